"""What an experiment asks of every run, and its answers from a block of runs; how it is written: `response_forms`.

Only the answers are kept. A sweep plays hundreds of thousands of runs, whose whole records no machine could hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.engine.block import Block

EACH, ALL, LARGEST, EVERY = "each", "all", "largest", "every"
MONEY = "money"  # every kind of offer whose value is an amount of money
SUMMARIES = ("end", "mean", "sum", "max", "min", "change")
BALANCING = "balancing"  # any word of a state that has not stopped balancing


class Source(Enum):
    """Where the answer to a question about a run is found."""

    MEASURE = "a measure kept every quarter"
    WORD = "whether the outcome word is one of these"
    TOTAL = "offers counted over the whole run"


@dataclass(frozen=True, kw_only=True)
class Response:
    """One number asked of every run.

    `what` is the measure, the outcome words or the total; states are averaged over; `power` is a code, `all` or
    `largest`; `kind` a kind of offer, `all` or `money`; `at` a quarter index or one of `SUMMARIES`. Questions written
    as one (`each`, `every`) share a `group`, and `labels` says which of them this is.
    """

    name: str
    source: Source
    what: tuple[str, ...]
    states: tuple[str, ...]
    power: str = ""
    kind: str = ""
    at: int | str = "end"
    group: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


# --- answering -------------------------------------------------------------------------------------------------------


def answers(block: Block, asks: tuple[Response, ...], lines: Mapping[str, Any]) -> NDArray[Any]:
    """What is asked of each run of a block: float64 [R, asks].

    lines: the numbers `measures.<name>`, each a float or one float a run; they draw the lines between outcome words and
    say over how many last quarters an end is judged.
    """
    import numpy as np

    last = np.maximum(1, np.rint(np.broadcast_to(lines["measures.final_quarters"], (block.runs,))).astype(int))
    found = np.empty((block.runs, len(asks)))
    for quarters in np.unique(last):
        where = np.flatnonzero(last == quarters)
        part = block if len(where) == block.runs else _cut(block, where)
        mine = {name: line[where] if isinstance(line, np.ndarray) else line for name, line in lines.items()}
        reader = _Reader(part, int(quarters), mine)
        for column, ask in enumerate(asks):
            found[where, column] = reader.answer(ask)
    return found


def _cut(block: Block, where: NDArray[Any]) -> Block:
    from dataclasses import replace

    return replace(block, by_power=block.by_power[where], by_state=block.by_state[where], offers=block.offers[where])


class _Reader:
    """Answers questions about one block; what several of them need is worked out once."""

    def __init__(self, block: Block, final: int, lines: Mapping[str, Any]) -> None:
        self.block, self.final, self.lines = block, final, lines
        self._kept: dict[Any, Any] = {}

    def answer(self, ask: Response) -> NDArray[Any]:
        """One number a run [R]."""
        states = [self.block.states.index(code) for code in ask.states]
        if ask.source is Source.TOTAL:
            return self._total(ask, states)
        by_time = self._over_time(ask, states)
        if ask.at == "end" and ask.source is Source.MEASURE:
            from sim.batch.outcomes import trailing_mean

            return trailing_mean(by_time[:, -self.final :], self.final)[:, -1]
        return _summed_up(by_time, ask.at, self.block.quarters[0])

    def _total(self, ask: Response, states: list[int]) -> NDArray[Any]:
        block = self.block
        totals = block.offer_total(ask.what[0])[:, states]
        if ask.power != ALL:
            totals = totals[:, :, [block.powers.index(ask.power)]]
        if ask.kind == MONEY:
            from sim.model.variables import SECURES

            totals = totals[..., [at for at, kind in enumerate(block.kinds) if kind != SECURES]]
        elif ask.kind != ALL:
            totals = totals[..., [block.kinds.index(ask.kind)]]
        summed: NDArray[Any] = totals.sum(axis=(2, 3)).mean(axis=1)
        return summed

    def _over_time(self, ask: Response, states: list[int]) -> NDArray[Any]:
        """Mean over states, [R, T]; only the last quarters where no more is needed."""
        if ask.source is Source.WORD:
            codes, about = self._words(only_end=ask.at == "end")
            hit = self._is(ask.what[0], codes, about)
            for word in ask.what[1:]:
                hit = hit | self._is(word, codes, about)
            mean: NDArray[Any] = hit[:, :, states].mean(axis=2)
            return mean
        only_end = slice(-self.final, None) if ask.at == "end" else slice(None)
        measured: NDArray[Any] = self._measure(ask)[:, only_end][:, :, states].mean(axis=2)
        return measured

    def _measure(self, ask: Response) -> NDArray[Any]:
        """A measure by state, [R, T, I]; powers are put together as asked."""
        from sim.batch.outcomes import combined_pressure
        from sim.model.variable import Reduction
        from sim.model.variables import BY_NAME, BY_STATE

        name = ask.what[0]
        if name in BY_STATE:
            return self.block.state_measure(name)
        by_power = self.block.power_measure(name)
        if ask.power in self.block.powers:
            return by_power[..., self.block.powers.index(ask.power)]
        put: NDArray[Any]
        if ask.power == LARGEST:
            put = by_power.max(axis=-1)
        elif BY_NAME[name].over_powers is Reduction.JOINT:
            put = combined_pressure(by_power)
        else:
            put = by_power.sum(axis=-1) if BY_NAME[name].over_powers is Reduction.SUM else by_power.mean(axis=-1)
        return put

    def _words(self, only_end: bool) -> tuple[NDArray[Any], NDArray[Any]]:
        """Code of the outcome and the power it is about, [R, T, I], of every quarter or of the last alone."""
        if only_end not in self._kept:
            import numpy as np

            from sim.batch.outcomes import Thresholds, classify, trailing_mean

            names = Thresholds.__dataclass_fields__
            lines: Any = {name: self.lines[f"measures.{name}"] for name in names}
            lines = {n: v[:, None, None] if isinstance(v, np.ndarray) else v for n, v in lines.items()}
            span = slice(-self.final, None) if only_end else slice(None)
            last = slice(-1, None) if only_end else slice(None)
            mean = [
                trailing_mean(values[:, span], self.final)[:, last]
                for values in (
                    self.block.power_measure("alignment"),
                    self.block.power_measure("pressure"),
                    self.block.state_measure("effective_partners"),
                )
            ]
            sided = self.block.state_measure("sided")[:, last]
            self._kept[only_end] = classify(mean[0], mean[1], mean[2], sided, Thresholds(**lines))
        kept: tuple[NDArray[Any], NDArray[Any]] = self._kept[only_end]
        return kept

    def _is(self, word: str, codes: NDArray[Any], about: NDArray[Any]) -> NDArray[Any]:
        import numpy as np

        from sim.batch.outcomes import OUTCOMES, split_word

        if word == BALANCING:
            return np.isin(codes, [code for code, one in enumerate(OUTCOMES) if not one.ends_multi_vectorism])
        outcome, power = split_word(word)
        hit: NDArray[Any] = codes == OUTCOMES.index(outcome)
        return hit & (about == self.block.powers.index(power)) if power else hit


def _summed_up(by_time: NDArray[Any], at: int | str, start: int) -> NDArray[Any]:
    """One number a run out of [R, T]."""
    if isinstance(at, int):
        return by_time[:, at - start]
    if at == "end":
        return by_time[:, -1]
    if at == "change":
        change: NDArray[Any] = by_time[:, -1] - by_time[:, 0]
        return change
    summed: NDArray[Any] = getattr(by_time, at)(axis=1)
    return summed
