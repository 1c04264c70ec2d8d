#!/usr/bin/env bash
# Mesa's batch_run over a list of seeds runs every model without a seed.
#
# One would expect: `batch_run(Model, parameters={"seed": [1, 2, 3]})` gives three runs with the seeds 1, 2 and 3, as the
# parameters of a model are what is varied. So it was up to Mesa 3.3.
# What happens (Mesa 3.5.1): the parameter is overwritten by batch_run's own argument `rng`, whose value is None unless it
# is given. The three runs are unseeded, the column "seed" of the rows says None, nothing is reproducible, and no warning
# is given. The seeds have to go in as `batch_run(..., rng=[1, 2, 3])`.
# Why it matters: a study that ran its seeds as a parameter goes on running after an upgrade, and loses its seeds.
set -euo pipefail
PYTHON=${PYTHON:-python3}
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 12))' || { echo "Mesa 3.5 needs Python 3.12 or later; name one: PYTHON=python3.12 $0" >&2; exit 2; }
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
"$PYTHON" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check mesa==3.5.1 networkx==3.6
cat > seeds.py <<'PY'
import warnings

import mesa
from mesa.batchrunner import batch_run


class Walk(mesa.Model):
    def __init__(self, seed=None):
        super().__init__(seed=seed)
        self.given = seed
        self.datacollector = mesa.DataCollector(model_reporters={"given": "given", "draw": lambda m: m.random.random()})

    def step(self):
        self.datacollector.collect(self)
        self.running = False


def runs(**asked):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        rows = batch_run(Walk, number_processes=1, display_progress=False, **asked)
    return [row["given"] for row in rows], [round(row["draw"], 6) for row in rows], len(said)


if __name__ == "__main__":
    print("mesa", mesa.__version__)
    as_parameter, draws, warned = runs(parameters={"seed": [1, 2, 3]})
    again = runs(parameters={"seed": [1, 2, 3]})[1]
    as_rng = runs(parameters={}, rng=[1, 2, 3])[0]
    print("seeds as a parameter reach the model as", as_parameter, "- warnings:", warned)
    print("draws:", draws, "the same call again:", again)
    print("seeds as rng reach the model as", as_rng)
    assert as_parameter == [None, None, None], "the surprise is gone"
    assert draws != again, "the surprise is gone: the runs repeat"
    assert warned == 0, "the surprise is gone: it is said"
    assert as_rng == [1, 2, 3], "the way out is gone"
PY
venv/bin/python seeds.py
