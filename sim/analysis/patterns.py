"""Stylised patterns and extremes: what the model has to show before its other answers deserve a hearing.

The patterns stand in `seeds/patterns.yaml`, each with its claim, its sources, what is looked at and the line it has to
stay above or below; `sim.analysis.pattern_measures` measures each: one number a run. The mean of these numbers over
runs has a 95 % interval; where the whole of it lies on the right side of the line the pattern holds. What does not hold
is said so, and no number is moved to make it hold.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.paired import LEVEL, Resampling, paired
from sim.analysis.pattern_measures import PATTERN_MEASURES, Lab, Pattern
from sim.evidence.evidence import Evidence, load_evidence
from sim.evidence.worlds import shipped_folder
from sim.io.arguments import Arguments
from sim.io.checks import (
    check_choice,
    check_choices,
    check_group,
    check_keys,
    check_list,
    check_number,
    check_text,
    check_whole_number,
)
from sim.io.errors import Entry, Problems, input_error, listed, nearest_to, quoted
from sim.io.readers import read_yaml
from sim.scenario.arguments import given_runs
from sim.scenario.calendar import check_quarter
from sim.scenario.scenario import MOST_RUNS
from sim.scenario.timeline import check_facts

if TYPE_CHECKING:
    import pandas as pd

_KEYS = ("id", "claim", "evidence", "measure", "scenario", "why")
_MORE = ("against", "states", "powers", "from", "quarters", "above", "below", "runs", "needs")


class Verdict(Enum):
    """What can be said of a pattern; the value is the sentence for it."""

    HOLDS = "the whole interval lies on the right side of the line"
    FAILS = "the whole interval lies on the wrong side of the line"
    UNCLEAR = "the interval lies on both sides of the line; more runs would tell"
    MISSING = "the model has not yet got the part that this needs"

    @property
    def words(self) -> str:
        """As written in the table."""
        return {"HOLDS": "holds", "FAILS": "does not hold", "UNCLEAR": "unclear", "MISSING": "not built yet"}[self.name]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What the model says to a pattern: the mean over runs of what is measured, with its interval."""

    pattern: Pattern
    verdict: Verdict
    value: float
    low: float
    high: float
    runs: int


# --- reading ---------------------------------------------------------------------------------------------------------


def load_patterns(path: Path | str | None = None) -> tuple[Pattern, ...]:
    """Read and check `seeds/patterns.yaml`, or another file laid out like it.

    Raises
    ------
    sim.io.errors.InputError
        With every mistake in the file: unknown facts, actors, scenarios, measures, keys.
    """
    path = shipped_folder("seeds") / "patterns.yaml" if path is None else Path(path)
    problems = Problems()
    top = read_yaml(path, problems)
    patterns: list[Pattern] = []
    if top is not None and check_keys(top, ("runs", "looked_at", "patterns"), (), problems):
        runs, looked_at = (
            check_whole_number(top.value.get(key), problems, 2, MOST_RUNS) or 2 for key in ("runs", "looked_at")
        )
        listed_there = top.value.get("patterns")
        for entry in [] if listed_there is None else check_list(listed_there, problems, "a list of patterns"):
            pattern = _read_pattern(entry, load_evidence(), (runs, looked_at), problems)
            if pattern is not None:
                check_new(entry, pattern, patterns, problems)
                patterns.append(pattern)
    problems.raise_if_any()
    return tuple(patterns)


def _read_pattern(entry: Entry, evidence: Evidence, usual: tuple[int, int], problems: Problems) -> Pattern | None:
    if not check_keys(entry, _KEYS, _MORE, problems):
        return None
    keys = check_group(entry, problems)
    states, powers = ([actor.code for actor in actors] for actors in (evidence.states, evidence.powers))
    above, below = (check_number(keys.get(side), problems) for side in ("above", "below"))
    check_one_line(entry, keys, problems)
    whole = {key: check_whole_number(keys.get(key), problems, 1, MOST_RUNS) for key in ("runs", "quarters")}
    return Pattern(
        id=check_text(keys.get("id"), problems),
        claim=check_text(keys.get("claim"), problems),
        evidence=check_facts(keys.get("evidence"), evidence, problems),
        measure=check_choice(keys.get("measure"), PATTERN_MEASURES, problems) or "",
        scenario=check_scenario(keys.get("scenario"), problems),
        against=check_scenario(keys.get("against"), problems),
        states=check_choices(keys.get("states"), states, problems) or tuple(states),
        powers=check_choices(keys.get("powers"), powers, problems),
        start=check_quarter(keys.get("from"), problems),
        quarters=whole["quarters"],
        above=above,
        below=below,
        runs=whole["runs"] or usual[0],
        looked_at=usual[1],
        needs=tuple(item.text or "" for item in check_list(keys["needs"], problems)) if "needs" in keys else (),
        why=check_text(keys.get("why"), problems),
    )


def check_new(entry: Entry, pattern: Pattern, before: Sequence[Pattern], problems: Problems) -> None:
    """Every pattern has a name of its own."""
    if pattern.id in {one.id for one in before}:
        problems.about(entry.value["id"], message=f"'{pattern.id}' is there twice")


def check_one_line(entry: Entry, keys: dict[str, Entry], problems: Problems) -> None:
    """A pattern has one line to stay above or below."""
    given = [side for side in ("above", "below") if side in keys]
    if len(given) != 1:
        problems.about(entry, found=" and ".join(given) or "neither", allowed="one of above and below")


def check_scenario(entry: Entry | None, problems: Problems) -> str:
    """A scenario that comes with the program, such as `baseline` or `patterns/crisis`."""
    if entry is None:
        return ""
    name = check_text(entry, problems)
    folder = shipped_folder("scenarios")
    known = sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.yaml"))
    if name not in known:
        problems.about(entry, found=quoted(name), allowed=listed(known), nearest=nearest_to(name, known))
    return name


# --- asking the model -------------------------------------------------------------------------------------------------


def find(pattern: Pattern, lab: Lab | None = None, runs: int | None = None, level: float = LEVEL) -> Finding:
    """Ask the model about one pattern.

    runs: in place of what the file says, also for what is played offer by offer; level: what the interval covers.
    """
    known = load_evidence().systems
    if any(system not in known for system in pattern.needs):
        nothing = math.nan
        return Finding(pattern=pattern, verdict=Verdict.MISSING, value=nothing, low=nothing, high=nothing, runs=0)
    if runs is not None:
        pattern = replace(pattern, runs=runs, looked_at=min(runs, pattern.looked_at))
    values = PATTERN_MEASURES[pattern.measure](pattern, lab or Lab())
    values = values[np.isfinite(values), None]  # a run without a case to look at says nothing
    if len(values) < 2:
        raise input_error(pattern.id, "hardly any run has a case to look at; ask for more runs", found=f"{len(values)}")
    found = paired(np.zeros_like(values), values, Resampling(len(values), 0), level)
    value, low, high = (float(number[0]) for number in (found.difference, found.low, found.high))
    return Finding(
        pattern=pattern, verdict=verdict_of(pattern, low, high), value=value, low=low, high=high, runs=len(values)
    )


def verdict_of(pattern: Pattern, low: float, high: float) -> Verdict:
    """Whether an interval lies on the right side of the line of a pattern."""
    if pattern.above is not None:
        right, wrong = low > pattern.above, high <= pattern.above
    else:
        assert pattern.below is not None
        right, wrong = high < pattern.below, low >= pattern.below
    return Verdict.HOLDS if right else Verdict.FAILS if wrong else Verdict.UNCLEAR


def find_all(runs: int | None = None, progress: Callable[[str], None] | None = None) -> "list[Finding]":
    """Ask the model about every pattern; `progress` is told the id of each before it is asked.

    Raises `InputError` where `runs`, in place of what the patterns say, is no number of runs.
    """
    arguments = Arguments("find_all")
    runs = given_runs(arguments, runs, 2)
    arguments.refuse_if_wrong()
    lab, findings = Lab(), []
    for pattern in load_patterns():
        if progress is not None:
            progress(pattern.id)
        findings.append(find(pattern, lab, runs))
    return findings


def table_of(findings: Sequence[Finding]) -> "pd.DataFrame":
    """Findings as a table, one row a pattern."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "pattern": one.pattern.id,
                "claim": one.pattern.claim,
                "evidence": " ".join(one.pattern.evidence),
                "measured": one.pattern.measure,
                "line": one.pattern.line,
                "value": one.value,
                "low": one.low,
                "high": one.high,
                "runs": one.runs,
                "verdict": one.verdict.words,
            }
            for one in findings
        ]
    )
