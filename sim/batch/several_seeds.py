"""Several seeds given in one call, each checked as a seed by itself."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from sim.io.arguments import Arguments
from sim.io.limits import LARGEST_SEED

MOST_SEEDS = 1000
"""Seeds of one call: far more than tell how seeds differ."""


def several_seeds(function: str, seed: Any) -> list[Any] | None:
    """The seeds of a list, each once; None where there is one seed or none, which is checked by itself."""
    if isinstance(seed, str | bytes | Mapping) or not isinstance(seed, Iterable) or getattr(seed, "ndim", 1) == 0:
        return None
    arguments, seeds = Arguments(function), list(islice(seed, MOST_SEEDS + 1))
    if len(seeds) > MOST_SEEDS:
        arguments.entry("seed", "").refuse(found=f"more than {MOST_SEEDS}", allowed=f"{MOST_SEEDS} seeds or fewer")
    if not seeds:
        arguments.entry("seed", "").refuse(found="an empty list", allowed="one seed or more")
    for place, one in enumerate(seeds):
        arguments.whole(f"seed[{place}]", one, 0, LARGEST_SEED)
        if not isinstance(one, list) and one in seeds[:place]:
            arguments.entry(f"seed[{place}]", one).refuse(message="this seed is named twice")
    arguments.refuse_if_wrong()
    return seeds
