#!/usr/bin/env bash
# Mesa's batch_run puts what the model reports of one step beside what its agents report of the step before.
#
# One would expect: a row of batch_run shows one moment; a model and its only agent that both report how many steps were
# taken say the same in every row, and `data_collection_period=-1` gives the last one.
# What happens (Mesa 3.3.1): for a model that collects at the end of its step, the model's value is looked up by place in
# a list, counted from 0, and the agents' rows by the number of the step, counted from 1. Every row pairs two different
# steps, the first has no agent at all, and the last step of the agents is in no row.
# Why it matters: a table of states beside totals, a regression of one on the other, is off by one step, and looks right.
set -euo pipefail
PYTHON=${PYTHON:-python3}
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
"$PYTHON" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check mesa==3.3.1
cat > steps.py <<'PY'
import mesa
from mesa.batchrunner import batch_run


class Counter(mesa.Agent):
    pass


class Counting(mesa.Model):
    def __init__(self, size=1):
        super().__init__(rng=1)
        Counter(self)
        self.datacollector = mesa.DataCollector(
            model_reporters={"of_model": lambda model: model.steps},
            agent_reporters={"of_agent": lambda agent: agent.model.steps},
        )

    def step(self):
        self.datacollector.collect(self)
        self.running = self.steps < 4


def pairs(period):
    rows = batch_run(Counting, {"size": 1}, data_collection_period=period, display_progress=False)
    return [(row["of_model"], row.get("of_agent")) for row in rows]


if __name__ == "__main__":
    every, last = pairs(1), pairs(-1)
    print("mesa", mesa.__version__)
    print("steps as the model and as its agent report them, row by row:", every)
    print("the last alone:", last)
    assert every == [(1, None), (2, 1), (3, 2), (4, 3)], "the surprise is gone"
    assert last == [(4, 3)], "the surprise is gone"
PY
venv/bin/python steps.py
