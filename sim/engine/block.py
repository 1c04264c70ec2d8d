"""Blocks: the arrays that some runs leave in memory."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.io.arguments import Arguments
from sim.io.limits import LONGEST, MOST_RUNS
from sim.model.variables import BY_POWER, BY_STATE, OFFER_TOTALS


@dataclass(frozen=True, kw_only=True)
class Block:
    """Some runs one after the other; R runs, T quarters, I states, J powers, K kinds of offer."""

    first: int
    states: tuple[str, ...]
    powers: tuple[str, ...]
    kinds: tuple[str, ...]
    quarters: tuple[int, ...]  # [T] year * 4 + quarter - 1; what is recorded is the end of each
    by_power: NDArray[np.float64]  # [R, T, I, J, len(BY_POWER)]
    by_state: NDArray[np.float64]  # [R, T, I, len(BY_STATE)]
    offers: NDArray[np.int64]  # [R, I, J, K, len(OFFER_TOTALS)] totals of a run
    answers: NDArray[np.int8]  # [R, offers that events lay on the table], see `sim.engine.laid_offers`

    @property
    def runs(self) -> int:
        """How many runs the block holds."""
        return int(self.by_state.shape[0])

    def power_measure(self, name: str) -> NDArray[np.float64]:
        """One measure by power, [R, T, I, J]."""
        return self.by_power[..., _place("Block.power_measure", name, BY_POWER)]

    def state_measure(self, name: str) -> NDArray[np.float64]:
        """One measure by state, [R, T, I]."""
        return self.by_state[..., _place("Block.state_measure", name, BY_STATE)]

    def offer_total(self, name: str) -> NDArray[np.int64]:
        """One total of a run by state, power and kind of offer, [R, I, J, K]."""
        return self.offers[..., _place("Block.offer_total", name, OFFER_TOTALS)]

    def head(self, runs: int) -> "Block":
        """The first `runs` runs of the block."""
        runs = _counted("Block.head", "runs", runs, 0, MOST_RUNS)
        cut = {name: getattr(self, name)[:runs] for name in ("by_power", "by_state", "offers", "answers")}
        same = {name: getattr(self, name) for name in ("first", "states", "powers", "kinds", "quarters")}
        return Block(**same, **cut)

    def every(self, thin: int) -> "Block":
        """The same runs with every so many quarters only, counted back from the last; totals stay what they are."""
        thin = _counted("Block.every", "thin", thin, 1, LONGEST)
        kept = _kept(len(self.quarters), thin)
        cut = {name: getattr(self, name)[:, kept] for name in ("by_power", "by_state")}
        same = {name: getattr(self, name) for name in ("first", "states", "powers", "kinds", "offers", "answers")}
        return Block(**same, **cut, quarters=self.quarters[kept])

    def check(self) -> None:
        """Refuse arrays of the wrong shape and numbers that are not finite.

        Raises
        ------
        ValueError
            Naming the array and, for a number, the first run that went wrong.
        """
        runs, quarters = self.runs, len(self.quarters)
        states, powers, kinds = len(self.states), len(self.powers), len(self.kinds)
        wanted = {
            "by_power": (runs, quarters, states, powers, len(BY_POWER)),
            "by_state": (runs, quarters, states, len(BY_STATE)),
            "offers": (runs, states, powers, kinds, len(OFFER_TOTALS)),
            "answers": (runs, *self.answers.shape[1:2]),
        }
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, it should be {shape}")
        for name in ("by_power", "by_state"):
            fine = np.isfinite(getattr(self, name))
            if not fine.all():
                bad = int(np.argmin(fine.reshape(runs, -1).all(axis=1)))
                raise ValueError(f"run {self.first + bad} left a number in {name} that is not finite")


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Some runs as they were played: L of them side by side in the lanes, F times one after the other, and runs last.

    Letters as for `Block`; E offers that events lay on the table.
    """

    first: int
    states: tuple[str, ...]
    powers: tuple[str, ...]
    kinds: tuple[str, ...]
    quarters: tuple[int, ...]
    by_power: NDArray[np.float64]  # [F, T, I, J, len(BY_POWER), L]
    by_state: NDArray[np.float64]  # [F, T, I, len(BY_STATE), L]
    offers: NDArray[np.int64]  # [F, I, J, K, len(OFFER_TOTALS), L]
    answers: NDArray[np.int8]  # [F, E, L]

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return int(self.by_state.shape[0] * self.by_state.shape[-1])

    def blocks(self) -> list[Block]:
        """The same runs as blocks, one a filling of the lanes, which share the memory."""
        same = {name: getattr(self, name) for name in ("states", "powers", "kinds", "quarters")}
        arrays = {name: getattr(self, name) for name in ("by_power", "by_state", "offers", "answers")}
        lanes = self.by_state.shape[-1]
        return [
            Block(
                first=self.first + at * lanes,
                **same,
                **{name: np.moveaxis(array[at], -1, 0) for name, array in arrays.items()},
            )
            for at in range(self.by_state.shape[0])
        ]


def pages_of(block: Block) -> Pages:
    """A block as one filling of as many lanes as it has runs, which shares the memory."""
    same = {name: getattr(block, name) for name in ("first", "states", "powers", "kinds", "quarters")}
    arrays = {name: getattr(block, name) for name in ("by_power", "by_state", "offers", "answers")}
    return Pages(**same, **{name: np.moveaxis(array, 0, -1)[None] for name, array in arrays.items()})


def _place(function: str, name: str, names: tuple[str, ...]) -> int:
    """Where a measure stands among those of its sort; raises `InputError` with the nearest."""
    if not isinstance(name, str) or name not in names:
        arguments = Arguments(function)
        arguments.choice("name", name, names)
        arguments.refuse_if_wrong()
    return names.index(name)


def _counted(function: str, key: str, value: int, low: int, high: int) -> int:
    arguments = Arguments(function)
    checked = arguments.whole(key, value, low, high)
    arguments.refuse_if_wrong()
    return checked


def _kept(quarters: int, thin: int) -> slice:
    """Every so many quarters, the last one among them."""
    return slice((quarters - 1) % thin, None, thin)
