#!/usr/bin/env bash
# A Mesa model is never freed, and neither is anything that it holds.
#
# One would expect: a model that nobody refers to any more goes, at the latest when the garbage collector has looked at
# its circles.
# What happens (Mesa 3.3.1): the numbers that agents get are counted in a dictionary of the class `Agent`, by model. It
# refers to each model that ever had an agent, and each model to its agents, its space and what its collector kept. No
# collection frees any of it, for as long as the process lives. `remove_all_agents` leaves the model there as well.
# Why it matters: a server, a notebook or a sweep that makes one model after another, and drops each, fills the memory.
set -euo pipefail
PYTHON=${PYTHON:-python3}
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Mesa 3.3 needs Python 3.11 or later; name one: PYTHON=python3.11 $0" >&2; exit 2; }
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
"$PYTHON" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check mesa==3.3.1
cat > kept.py <<'PY'
import gc
import weakref

import mesa


class Town(mesa.Model):
    def __init__(self, people):
        super().__init__(seed=1)
        mesa.Agent.create_agents(self, people)


def kept(people):
    towns = [weakref.ref(Town(people)) for _ in range(10)]
    gc.collect()
    return sum(town() is not None for town in towns)


if __name__ == "__main__":
    print("mesa", mesa.__version__)
    print("of 10 models without agents, left:", without := kept(0))
    print("of 10 models with one agent, left:", with_one := kept(1))
    assert without == 0, "something else holds models"
    assert with_one == 10, "the surprise is gone"
PY
venv/bin/python kept.py
