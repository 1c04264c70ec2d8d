"""The turn played line by line by Python itself: the very sources, as the compiler would be handed them.

For a single run, or for whoever wants to stop in the middle of a rule: no compiler is needed, and a run takes about a
second. Every number is the same to the last bit as in the other ways of playing a turn.
"""

from typing import Any

import numpy as np

from sim.model import turn


def advance(*arguments: Any) -> None:
    """Play quarters, or one phase of one actor: what `sim.model.turn.advance` does, with the same arguments."""
    with np.errstate(over="ignore"):  # addresses wrap round on purpose
        turn.advance.function(*arguments)
