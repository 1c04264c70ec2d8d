"""The turn is compiled and kept, so that others find it: what `sim.engine.ways` begins in a process of its own."""

import contextlib
import sys

import numpy as np

from sim.evidence.evidence import load_evidence
from sim.io.errors import InputError
from sim.io.locks import hold
from sim.model.chance import lucks
from sim.model.code_cache import cache_home, compile_hash, warm
from sim.model.parameters import number_values, vector
from sim.model.turn import advance
from sim.model.variables import BY_POWER, BY_STATE
from sim.model.world import build


def compile_and_keep() -> int:
    """Compile the turn and keep it for other processes; 1 where it could not be kept, else 0.

    Where another process is at it already, nothing is done.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(hold(cache_home() / f"{compile_hash()}.lock", "the compiled rulebook"))
        except InputError:
            return 0
        evidence = load_evidence()
        values, pole = number_values(evidence, {}, ()), np.zeros(len(evidence.powers))
        store = build(evidence, values, lucks(0, 0, 1))
        pages = np.zeros((0, 1, 1, len(BY_POWER), 1)), np.zeros((0, 1, len(BY_STATE), 1))
        advance(store, vector(values, 1), np.zeros((0, 11)), 0, 0, 0, 0, pole, *pages)
    return 0 if warm() else 1


if __name__ == "__main__":
    sys.exit(compile_and_keep())
