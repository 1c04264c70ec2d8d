"""Questions asked of every run in one line: `dependence STATE POWER > 30 %`, `outcome STATE = multi-vector at 2030-Q4`.

A line has a measure, whom it is about, a comparison and a value with its unit; behind it may stand a quarter. Without
one it is about what a run comes to: the mean over its last quarters, or the sum over all. What such a line is in runs
is told in `sim.batch.answers`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sim.batch.asked_values import AskedValue, check_asked_value
from sim.io.errors import Entry, Problems, listed, nearest_to, quoted
from sim.model.variable import Origin, Reduction
from sim.model.variables import (
    BALANCING_ENDED,
    BY_NAME,
    COMBINED_PRESSURE,
    MEAN_TRUST,
    OUTCOME,
    OUTCOME_CHANGED,
    VARIABLES,
    kept_of_a_run,
)
from sim.scenario.calendar import quarter_text, read_quarter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sim.scenario.scenario import Scenario

ALL = "all"
"""All powers together, in place of one."""

ASKED = tuple(one.name for one in VARIABLES if one.axes != "ijk" and one.name != OUTCOME_CHANGED)
"""What can be asked about."""

KEPT = frozenset(
    name
    for name in ASKED
    if BY_NAME[name].origin is not Origin.RECORDED
    or name in (*kept_of_a_run("i", Reduction.MEAN), *kept_of_a_run("i", Reduction.SUM))
    or name in kept_of_a_run("ij", Reduction.MEAN)
)
"""What every run keeps without its course."""

SOURCES: Mapping[str, tuple[str, ...]] = {
    BALANCING_ENDED: (OUTCOME,),
    MEAN_TRUST: ("trust",),
    COMBINED_PRESSURE: ("pressure",),
}
"""What is worked out of the course of other measures, where a quarter is asked about."""

AT_A_TIME = frozenset((OUTCOME, *SOURCES))
"""What is not recorded and can be told of a quarter all the same."""

_SIGNS = {"≥": ">=", "≤": "<=", "==": "=", "≠": "!=", "<>": "!=", "is": "=", "is not": "!="} | {
    sign: sign for sign in (">=", "<=", "!=", "=", ">", "<")
}
_SIGN = re.compile(r">=|<=|!=|==|<>|[≥≤≠=<>]|(?<= )is not(?= )|(?<= )is(?= )")
_WHEN = re.compile(r"\s+(?:at|in)\s+(\S+)\s*\Z", re.IGNORECASE)
_FILLERS = frozenset(("of", "on", "with", "for", "to"))
_FORM = "MEASURE STATE [POWER] COMPARISON VALUE [at QUARTER], such as: alignment STATE POWER > 30 % at 2030-Q4"
_MOST = 300  # characters of a line


class Finished(Protocol):
    """Finished results, as far as a question needs them (`sim.batch.results.Results`)."""

    def path_of(self, name: str) -> Path:
        """A file of theirs, looked through."""

    def paths_of(self, table: str) -> list[Path]:
        """The files of a table, looked through."""

    @property
    def manifest(self) -> dict[str, Any]:
        """What is said of them."""

    @property
    def states(self) -> dict[str, str]:
        """Code -> name."""

    @property
    def powers(self) -> dict[str, str]:
        """Code -> name."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What runs have that can be asked about: code -> name of states and powers, and which course is kept."""

    states: Mapping[str, str]
    powers: Mapping[str, str]
    quarters: Sequence[str]  # of the run
    in_series: Sequence[str]  # quarters of the course that are kept
    measures: Sequence[str]  # of that course
    series_runs: int  # runs whose course is kept


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One question, read; `power` is "" for a measure of a state alone, `at` is "" for what a run comes to."""

    text: str  # as it is told: one way to write each question
    measure: str
    state: str
    power: str
    sign: str
    value: AskedValue
    at: str = ""

    @property
    def needs_course(self) -> bool:
        """Whether only runs whose course was kept can answer."""
        return bool(self.at) or self.measure not in KEPT


def known_from_results(results: Finished) -> Known:
    """What finished results have."""
    manifest = results.manifest
    quarters = list(manifest["quarters"])
    return Known(
        states=results.states,
        powers=results.powers,
        quarters=quarters,
        in_series=_thinned(quarters, int(manifest["thin"])),
        measures=list(manifest["measures"]),
        series_runs=int(manifest["series_runs"]),
    )


def known_before(scenario: Scenario, series: int, thin: int, measures: Sequence[str] | None) -> Known:
    """What the results of a scenario will have, so that a question can be refused before anything is run."""
    from sim.model.variables import MEASURES
    from sim.scenario.scenario import evidence_of

    evidence = evidence_of(scenario)
    quarters = [quarter_text(quarter) for quarter in range(scenario.start, scenario.end + 1)]
    return Known(
        states={actor.code: actor.name for actor in evidence.states},
        powers={actor.code: actor.name for actor in evidence.powers},
        quarters=quarters,
        in_series=_thinned(quarters, thin),
        measures=list(MEASURES if measures is None else measures),
        series_runs=min(series, scenario.runs),
    )


def _thinned(quarters: list[str], thin: int) -> list[str]:
    return quarters[::-1][::thin][::-1]


# --- reading ---------------------------------------------------------------------------------------------------------


def read_asks(texts: Iterable[str], known: Known, door: str = "--ask") -> list[Ask]:
    """Several questions, each once.

    door: what the user calls the place where they are written.

    Raises
    ------
    sim.io.errors.InputError
        With everything that is wrong with any of them.
    """
    problems = Problems()
    asks = [_read(text, known, door, problems) for text in texts]
    problems.raise_if_any()
    return list(dict.fromkeys(ask for ask in asks if ask is not None))


def _read(text: str, known: Known, door: str, problems: Problems) -> Ask | None:
    written = " ".join(text.split()) if isinstance(text, str) else ""
    whole = Entry(text, problems, door, 0, 0, "", str(text))
    if not written or len(written) > _MOST:
        whole.refuse(allowed=_FORM)
        return None
    line = Entry(written, problems, f"{door} {quoted(written)}", 0, 0, "", written)
    sign = _SIGN.search(written)
    if sign is None:
        line.refuse(found="no comparison", allowed=f"one of > >= < <= = !=: {_FORM}")
        return None
    before, after = written[: sign.start()].strip(), written[sign.end() :].strip()
    if _SIGN.search(after):
        line.refuse(found="two comparisons", allowed="one; ask twice for two lines")
        return None
    named = _who(before.split(), line, known)
    if named is None:
        return None
    measure, state, power = named
    at, after = _when(after, line, known)
    value = check_asked_value(_part(line, after), measure, _SIGNS[sign[0]], known.powers)
    if value is None or at is None:
        return None
    words = " ".join(part for part in (measure, state, power, _SIGNS[sign[0]], value.said) if part)
    ask = Ask(
        text=f"{words} at {at}" if at else words,
        measure=measure,
        state=state,
        power=power,
        sign=_SIGNS[sign[0]],
        value=value,
        at=at,
    )
    return ask if check_kept(ask, line, known) else None


def _part(line: Entry, text: str) -> Entry:
    """A part of a line, whose mistakes are told at the place of the line."""
    return Entry(text, line.problems, line.file, 0, 0, "", text)


def _names() -> dict[str, str]:
    """Everything a measure may be called, in small letters -> its name."""
    names = {}
    for name in ASKED:
        one = BY_NAME[name]
        for word in (name, name.replace("_", " "), name.replace("_", "-"), one.label, *one.also):
            if word:
                names[word.lower()] = name
    return names


def _who(words: list[str], line: Entry, known: Known) -> tuple[str, str, str] | None:
    """The measure, the state and the power, in this order and whatever the case."""
    names = _names()
    for length in range(len(words), 0, -1):
        measure = names.get(" ".join(words[:length]).lower())
        if measure is not None:
            break
    else:
        first = words[0] if words else ""
        near = nearest_to(first.lower(), names)
        found = quoted(first) if first else "no measure"
        line.refuse(
            found=found, message="there is no such measure", allowed=listed(ASKED, "list measures"), nearest=near
        )
        return None
    actors = _actors(words[length:], line, known)
    return None if actors is None else _sides(measure, actors, line, known)


def _actors(words: list[str], line: Entry, known: Known) -> list[str] | None:
    """The codes of those who are named, by code or name; `all` stays as it is."""
    called = {
        text.lower(): code
        for side in (known.states, known.powers)
        for code, name in side.items()
        for text in (code, name)
    } | {ALL: ALL}
    rest, found = [word for word in words if word.lower() not in _FILLERS], []
    while rest:
        for length in range(len(rest), 0, -1):
            code = called.get(" ".join(rest[:length]).lower())
            if code is not None:
                found.append(code)
                rest = rest[length:]
                break
        else:
            allowed = (
                f"a state ({listed(known.states, 'list actors')}) and a power ({listed(known.powers, 'list actors')})"
            )
            near = nearest_to(rest[0].lower(), [text for text in called if text != ALL])
            line.refuse(found=quoted(rest[0]), allowed=allowed, nearest=near and called[near])
            return None
    return found


def _sides(measure: str, actors: list[str], line: Entry, known: Known) -> tuple[str, str, str] | None:
    """One state, and one power where the measure is between the two."""
    states = [code for code in actors if code in known.states]
    powers = [code for code in actors if code not in known.states]
    if len(states) != 1:
        found = "no state" if not states else f"{len(states)} states"
        line.refuse(found=found, allowed=f"one of {listed(known.states, 'list actors')}")
    between = BY_NAME[measure].axes == "ij"
    if between and len(powers) != 1:
        found = "no power" if not powers else f"{len(powers)} powers"
        line.refuse(
            found=found,
            message=f"'{measure}' is between a state and a power",
            allowed=f"one of {listed((*known.powers, ALL), 'list actors')}",
        )
    elif not between and powers:
        line.refuse(found=f"the power {listed(powers)}", message=f"'{measure}' is of a state alone", allowed="a state")
    if len(states) != 1 or len(powers) != int(between):
        return None
    return measure, states[0], powers[0] if between else ""


def _when(after: str, line: Entry, known: Known) -> tuple[str | None, str]:
    """The quarter that is asked about, "" for none and None for a wrong one, and what stands before it."""
    match = _WHEN.search(after)
    if match is None:
        return "", after
    entry = _part(line, match[1])
    rest = after[: match.start()].strip()
    quarter = read_quarter(entry)
    if quarter is None:
        return None, rest
    at = quarter_text(quarter)
    if at not in known.quarters:
        entry.refuse(allowed=f"a quarter of the run, {known.quarters[0]} to {known.quarters[-1]}")
        return None, rest
    return at, rest


def check_kept(ask: Ask, line: Entry, known: Known) -> bool:
    """Whether runs keep what the question is about."""
    before = len(line.problems)
    variable = BY_NAME[ask.measure]
    if ask.at and variable.origin is not Origin.RECORDED and ask.measure not in AT_A_TIME:
        line.refuse(found=f"'{ask.measure}' at {ask.at}", allowed="no quarter: this is of the whole run")
        return False
    if ask.power == ALL and variable.over_powers is Reduction.JOINT and not ask.at:
        message = f"'{ask.measure}' of all powers is a measure of its own"
        line.refuse(found=ALL, message=message, nearest=COMBINED_PRESSURE)
    if ask.needs_course:
        if not known.series_runs:
            line.refuse(found="no course that was kept", allowed="results that keep one: --series N")
        elif ask.at and ask.at not in known.in_series:
            near = min(known.in_series, key=lambda one: abs(known.quarters.index(one) - known.quarters.index(ask.at)))
            line.refuse(found=ask.at, message="this quarter of the course is not kept (--thin)", nearest=near)
        for name in SOURCES.get(ask.measure, (ask.measure,)):
            if name not in known.measures:
                allowed = f"one of {listed(known.measures, 'list measures')}"
                line.refuse(found=f"'{name}'", message="the course of this is not kept (--measures)", allowed=allowed)
    return len(line.problems) == before
