#!/usr/bin/env bash
# Mesa's batch_run changes how the whole process starts others, even when it starts none.
#
# One would expect: with `number_processes=1` the runs are played here, one after the other, and nothing about processes
# changes.
# What happens (Mesa 3.5.1): batch_run first calls multiprocessing.set_start_method("spawn", force=True), whatever the
# number of processes. On Linux up to Python 3.13, where "fork" was in force, everything that the host starts later, a
# pool of its own or of another library, is spawned: slower to start, and broken where it relied on inherited state or on
# functions that cannot be pickled. A method that the host had chosen itself is overridden as well.
# Why it matters: a notebook that runs one small batch behaves differently afterwards, far from the cause.
set -euo pipefail
PYTHON=${PYTHON:-python3}
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 12))' || { echo "Mesa 3.5 needs Python 3.12 or later; name one: PYTHON=python3.12 $0" >&2; exit 2; }
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
"$PYTHON" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check mesa==3.5.1 networkx==3.6
cat > method.py <<'PY'
import multiprocessing

import mesa
from mesa.batchrunner import batch_run


class Still(mesa.Model):
    def __init__(self, size=1, rng=None):
        super().__init__(rng=rng)
        self.datacollector = mesa.DataCollector(model_reporters={"size": lambda m: size})

    def step(self):
        self.datacollector.collect(self)
        self.running = False


if __name__ == "__main__":
    multiprocessing.set_start_method("forkserver")  # the host has chosen
    before = multiprocessing.get_start_method()
    batch_run(Still, parameters={"size": [1, 2]}, number_processes=1, display_progress=False)
    after = multiprocessing.get_start_method()
    print("mesa", mesa.__version__)
    print("start method before:", before, "- after a batch in one process:", after)
    assert (before, after) == ("forkserver", "spawn"), "the surprise is gone"
PY
venv/bin/python method.py
