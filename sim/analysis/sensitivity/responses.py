"""What an experiment asks of every run: read from its file, and answered from a block of runs.

Only the answers are kept. A sweep plays hundreds of thousands of runs, whose whole records no machine could hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from sim.io.checks import check_choice, check_group, check_list, check_unknown_keys
from sim.io.errors import Entry, Problems, listed, nearest_to, quoted
from sim.scenario.calendar import parse_quarter, quarter_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.engine.block import Block
    from sim.evidence.evidence import Evidence
    from sim.scenario.scenario import Scenario

NAME = re.compile(r"[A-Za-z][A-Za-z0-9 _.-]{0,63}\Z")
NAME_IN_WORDS = "letters, digits, spaces, dots and hyphens, a letter first, at most 64"
EACH, ALL, LARGEST, EVERY = "each", "all", "largest", "every"
SUMMARIES = ("end", "mean", "sum", "max", "min", "change")
BALANCING = "balancing"  # any word of a state that has not stopped balancing
_TAKEN = frozenset({"point", "replicate"})


class Source(Enum):
    """Where the answer to a question about a run is found."""

    MEASURE = "a measure kept every quarter"
    WORD = "whether the outcome word is one of these"
    TOTAL = "offers counted over the whole run"


@dataclass(frozen=True, kw_only=True)
class Response:
    """One number asked of every run.

    `what` is the measure, the outcome words or the total; states are averaged over; `power` is a code, `all` or
    `largest`; `at` a quarter index or one of `SUMMARIES`. Questions written as one (`each`, `every`) share a `group`,
    and `labels` says which of them this is.
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


# --- reading ---------------------------------------------------------------------------------------------------------

_SOURCES = {"measure": Source.MEASURE, "word": Source.WORD, "total": Source.TOTAL}
_KEYS = {
    Source.MEASURE: ("measure", "state", "power", "at"),
    Source.WORD: ("word", "state", "at"),
    Source.TOTAL: ("total", "state", "power", "kind"),
}


def read_asks(entry: Entry | None, scenario: Scenario, evidence: Evidence, problems: Problems) -> tuple[Response, ...]:
    """The questions of an experiment, those for each state, power, word or quarter written out."""
    if entry is None:
        return ()
    asks: list[Response] = []
    groups = check_group(entry, problems, "a group of outcomes, each with a name")
    if not groups and isinstance(entry.value, dict):
        problems.about(entry, found="nothing", allowed="at least one outcome")
    for name, item in groups.items():
        if check_response_name(item, name, problems):
            new = _asks(name, item, scenario, evidence, problems)
            check_new_names(item, new, asks, problems)
            asks += new
    return tuple(asks)


def check_new_names(entry: Entry, new: list[Response], known: list[Response], problems: Problems) -> None:
    """Written out for each state, power, word or quarter, a question bears no name that is taken."""
    taken = {ask.name for ask in known} & {ask.name for ask in new}
    if taken:
        problems.about(entry, found=f"'{min(taken)}' a second time", allowed="each name once")


def check_response_name(entry: Entry, name: str, problems: Problems) -> bool:
    """The name of an outcome stands in tables and figures, so it is short and plain."""
    if name in _TAKEN:
        problems.about(entry, found=f"the name {quoted(name)}", allowed="another: a column of the tables has it")
        return False
    if NAME.match(name):
        return True
    problems.about(entry, found=f"the name {quoted(name)}", allowed=NAME_IN_WORDS)
    return False


def _asks(name: str, item: Entry, scenario: Scenario, evidence: Evidence, problems: Problems) -> list[Response]:
    if not isinstance(item.value, dict):
        problems.about(item, allowed="a group of keys with one of " + listed(_SOURCES))
        return []
    kinds = [key for key in _SOURCES if key in item.value]
    if len(kinds) != 1:
        found = listed(kinds) + " together" if kinds else "none of them"
        problems.about(item, found=found, allowed="exactly one of " + listed(_SOURCES))
        return []
    source = _SOURCES[kinds[0]]
    check_unknown_keys(item, _KEYS[source], problems)
    keys = item.value
    before = len(problems)
    whats = _whats(keys[kinds[0]], source, evidence, problems)
    states = _states(keys.get("state"), evidence, problems)
    powers = _powers(item, source, whats, evidence, problems)
    times = _times(keys.get("at"), scenario, problems)
    kind = (check_choice(keys.get("kind"), (*evidence.kinds, ALL), problems) if "kind" in keys else ALL) or ALL
    if len(problems) > before:
        return []
    asks = []
    for (what_label, what), (state, codes), power, at in (
        (w, s, p, t) for w in whats.items() for s in states.items() for p in powers.items() for t in times.items()
    ):
        labels = {"word": what_label, "state": state, "power": power[0], "quarter": at[0]}
        labels = {key: label for key, label in labels.items() if label}
        full = ".".join([name, *(label for key, label in labels.items() if key != "quarter")])
        full = f"{full}@{labels['quarter']}" if "quarter" in labels else full
        asks.append(
            Response(
                name=full,
                source=source,
                what=what,
                states=codes,
                power=power[1],
                kind=kind,
                at=at[1],
                group=name,
                labels=labels,
            )
        )
    return asks


def _whats(entry: Entry, source: Source, evidence: Evidence, problems: Problems) -> dict[str, tuple[str, ...]]:
    """Label -> the measure, the words or the total; the label is empty unless there is one question for each word."""
    from sim.batch.outcomes import OUTCOMES
    from sim.model.variables import OFFER_TOTALS, QUANTITIES

    if source is Source.MEASURE:
        name = check_choice(entry, QUANTITIES, problems)
        return {"": (name or "",)}
    if source is Source.TOTAL:
        return {"": (check_choice(entry, OFFER_TOTALS, problems) or "",)}
    plain = tuple(outcome.word for outcome in OUTCOMES)
    if entry.text == EACH:
        return {word: (word,) for word in plain}
    codes = [power.code for power in evidence.powers]
    known = [BALANCING, *plain, *(f"{o.word}-{code}" for o in OUTCOMES if o.names_power for code in codes)]
    items = entry.value if isinstance(entry.value, list) else [entry]
    words = []
    for item in items:
        if item.text in known:
            words.append(item.text)
        else:
            allowed = f"{EACH}, {BALANCING}, {listed(plain)}, or a word with its power such as {known[-1]}"
            problems.about(item, allowed=allowed, nearest=nearest_to(item.text, known) if item.text else None)
    return {"": tuple(words)}


def _states(entry: Entry | None, evidence: Evidence, problems: Problems) -> dict[str, tuple[str, ...]]:
    codes = tuple(state.code for state in evidence.states)
    if entry is None or entry.text == ALL:
        return {"": codes}
    if entry.text == EACH:
        return {code: (code,) for code in codes}
    if isinstance(entry.value, list):
        chosen = [check_choice(item, codes, problems) for item in check_list(entry, problems)]
        return {"": tuple(code for code in chosen if code)}
    code = check_choice(entry, (*codes, ALL, EACH), problems)
    return {"": (code or "",)}


def _powers(
    item: Entry, source: Source, whats: Mapping[str, tuple[str, ...]], evidence: Evidence, problems: Problems
) -> dict[str, str]:
    """Label -> code, `all` or `largest`; a measure of a state alone has none, one by power needs one."""
    from sim.model.variables import BY_POWER

    entry = item.value.get("power")
    by_power = source is Source.MEASURE and whats.get("", ("",))[0] in BY_POWER
    if source is not Source.TOTAL and not by_power:
        if entry is not None and source is Source.MEASURE and whats.get("", ("",))[0]:
            problems.about(entry, message="this measure is of a state alone; leave 'power' out")
        return {"": ""}
    codes = tuple(power.code for power in evidence.powers)
    if entry is None:
        if by_power:
            problems.about(item, found="", message="'power' is missing", allowed=listed((*codes, ALL, LARGEST, EACH)))
        return {"": ALL}
    if entry.text == EACH:
        return {code: code for code in codes}
    more = (ALL, EACH) if source is Source.TOTAL else (ALL, LARGEST, EACH)
    return {"": check_choice(entry, (*codes, *more), problems) or ""}


def _times(entry: Entry | None, scenario: Scenario, problems: Problems) -> dict[str, int | str]:
    if entry is None:
        return {"": "end"}
    if entry.text == EVERY:
        return {quarter_text(at): at for at in range(scenario.start, scenario.end + 1)}
    if entry.text in SUMMARIES:
        return {"": entry.text}
    quarter = parse_quarter(entry.text or "")
    if quarter is None or not scenario.start <= quarter <= scenario.end:
        span = f"{quarter_text(scenario.start)} to {quarter_text(scenario.end)}"
        problems.about(
            entry,
            allowed=f"{listed((*SUMMARIES, EVERY))}, or a quarter from {span}",
            nearest=nearest_to(entry.text, (*SUMMARIES, EVERY)) if entry.text else None,
        )
        return {"": "end"}
    return {"": quarter}


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
        if ask.kind != ALL:
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
        from sim.model.variables import BY_NAME, BY_STATE, Reduction

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
