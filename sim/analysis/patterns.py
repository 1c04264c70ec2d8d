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
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.identity import rests_on
from sim.analysis.kept_arrays import keeping
from sim.analysis.paired import LEVEL, Resampling, paired
from sim.analysis.pattern_measures import PATTERN_MEASURES, Lab, Pattern
from sim.batch.identity import digest_of, plain
from sim.batch.plan import plain_scenario
from sim.batch.watching import watched
from sim.evidence.documents import FACT_IDS
from sim.evidence.evidence import Evidence, load_evidence
from sim.evidence.worlds import shipped_folder
from sim.io.arguments import Arguments, path_given
from sim.io.checks import check_text
from sim.io.errors import Entry, Problems, input_error, listed, nearest_to, quoted
from sim.io.forms import (
    TEXT,
    Form,
    Reader,
    file_schema,
    items,
    list_of,
    name_of,
    names_of,
    number,
    read_each,
    read_file,
    schema_of,
    whole_number,
)
from sim.io.limits import MOST_RUNS
from sim.scenario.arguments import given_fitted
from sim.scenario.calendar import QUARTER

if TYPE_CHECKING:
    import pandas as pd


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


def check_one_line(entry: Entry) -> None:
    """A pattern has one line to stay above or below."""
    given = [side for side in ("above", "below") if side in entry.value]
    if len(given) != 1:
        entry.refuse(found=" and ".join(given) or "neither", allowed="one of above and below")


def _read_scenario(entry: Entry, _: object) -> str:
    name = check_text(entry)
    folder = shipped_folder("scenarios")
    known = sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.yaml"))
    if name not in known:
        entry.refuse(found=quoted(name), allowed=listed(known, "list scenarios"), nearest=nearest_to(name, known))
    return name


_SCENARIO: Reader[object] = Reader(read=_read_scenario, schema={"type": "string"}, missing="")
_STATES: Reader[Evidence] = names_of(lambda evidence: [state.code for state in evidence.states], "list actors")
_POWERS: Reader[Evidence] = names_of(lambda evidence: [power.code for power in evidence.powers], "list actors")
_MEASURE: Reader[Evidence] = name_of(lambda _: PATTERN_MEASURES, "", {"enum": list(PATTERN_MEASURES)})

PATTERN: Form[Evidence] = Form(
    needs={
        "id": TEXT.says("its name; each once"),
        "claim": TEXT.says("the statement the model is held to"),
        "evidence": FACT_IDS.says("the facts behind it, by id"),
        "measure": _MEASURE.says("what is measured: one number a run"),
        "scenario": _SCENARIO.says("a scenario that is shipped, such as baseline or patterns/crisis"),
        "why": TEXT.says("why the line lies where it lies"),
    },
    may={
        "against": _SCENARIO.says("another one, played on the same luck and compared run by run"),
        "states": _STATES.says("the states that are looked at; all where none is named"),
        "powers": _POWERS.says("the powers that are looked at"),
        "from": QUARTER.says("the first quarter that is looked at"),
        "quarters": whole_number(1, MOST_RUNS).says("how many of them"),
        "above": number().says("the line, where the mean has to stay above it"),
        "below": number().says("the line, where the mean has to stay below it"),
        "runs": whole_number(1, MOST_RUNS).says("runs, in place of the usual number"),
        "needs": list_of(TEXT).says("systems without which the pattern cannot be asked"),
    },
    first=check_one_line,
    schema={"oneOf": [{"required": ["above"]}, {"required": ["below"]}]},
)
PATTERNS: Form[object] = Form(
    needs={
        "runs": whole_number(2, MOST_RUNS, 2).says("runs of a pattern"),
        "looked_at": whole_number(2, MOST_RUNS, 2).says("runs of a pattern that is played offer by offer"),
        "patterns": items(schema_of(PATTERN), "a list of patterns").says("the patterns"),
    }
)


def load_patterns(path: Path | str | None = None, seeds: Path | str | None = None) -> tuple[Pattern, ...]:
    """Read and check `patterns.yaml` of the shipped seeds, or of the folder `seeds`, or another file laid out like it.

    Raises
    ------
    sim.io.errors.InputError
        With every mistake in the file: unknown facts, actors, scenarios, measures, keys.
    """
    problems, evidence = Problems(), load_evidence(folder=seeds)
    path = evidence.folder / "patterns.yaml" if path is None else path_given("load_patterns", "path", path)
    usual = read_file(path, PATTERNS, None, problems)
    patterns: dict[str, Pattern] = {}
    for entry, values in read_each(usual["patterns"], PATTERN, evidence):
        name = values["id"]
        if name and name in patterns:
            entry.value["id"].refuse(message=f"'{name}' is there twice")
        values["states"] = values["states"] or tuple(state.code for state in evidence.states)
        values["runs"] = values["runs"] or usual["runs"]
        patterns[name] = Pattern(start=values.pop("from"), **values, looked_at=usual["looked_at"])
    problems.raise_if_any()
    return tuple(patterns.values())


def pattern_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of `patterns.yaml`."""
    return file_schema("Patterns of multivector", "What the model is held to.", schema_of(PATTERNS))


# --- asking the model -------------------------------------------------------------------------------------------------


def find(pattern: Pattern, lab: Lab | None = None, runs: int | None = None, level: float = LEVEL) -> Finding:
    """Ask the model about one pattern.

    runs: in place of what the file says, also for what is played offer by offer; level: what the interval covers.
    """
    lab = lab or Lab()
    known = lab.evidence.systems
    if any(system not in known for system in pattern.needs):
        nothing = math.nan
        return Finding(pattern=pattern, verdict=Verdict.MISSING, value=nothing, low=nothing, high=nothing, runs=0)
    if runs is not None:
        pattern = replace(pattern, runs=runs, looked_at=min(runs, pattern.looked_at))
    values = PATTERN_MEASURES[pattern.measure](pattern, lab)
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


@watched
def find_all(
    runs: int | None = None,
    progress: Callable[[str], None] | bool | None = None,
    *,
    fitted: str | None = None,
    seeds: Path | str | None = None,
    out: Path | str | None = None,
) -> "list[Finding]":
    """Ask the model about every pattern; `progress` is told the id of each before it is asked, or is True for a bar.

    fitted: how fitted numbers are taken, `posterior` or `fixed`, in place of what scenarios say; seeds: a folder in
    place of the shipped one, with a home world of its own; out: folder in which findings are kept while this lasts, so
    that the same call goes on where it was stopped. Raises `InputError` where `runs`, in place of what the patterns
    say, is no number of runs.
    """
    arguments = Arguments("find_all")
    arguments.called("progress", progress)
    runs, fitted = arguments.runs(runs, 2), given_fitted(arguments, fitted)
    place = arguments.path_or_none("out", out)
    arguments.refuse_if_wrong()
    lab, findings, patterns = Lab(fitted=fitted, seeds=seeds), list[Finding](), load_patterns(seeds=seeds)
    with keeping(place, "patterns", _identity(patterns, runs, lab, seeds), len(patterns)) as kept:
        for pattern in patterns:
            known = kept.get(pattern.id)
            if known is None:
                if callable(progress):
                    progress(pattern.id)
                findings.append(find(pattern, lab, runs))
                found = findings[-1]
                kept.put(pattern.id, {"found": [found.value, found.low, found.high, found.runs]})
            else:
                value, low, high, count = known["found"].tolist()
                verdict = verdict_of(pattern, low, high) if count else Verdict.MISSING
                one = Finding(pattern=pattern, verdict=verdict, value=value, low=low, high=high, runs=int(count))
                findings.append(one)
    return findings


def _identity(patterns: Sequence[Pattern], runs: int | None, lab: Lab, seeds: Path | str | None) -> str:
    """Hash of everything that findings depend on."""
    played = dict.fromkeys(name for one in patterns for name in (one.scenario, one.against) if name)
    said = {
        "patterns": [plain(one) for one in patterns],
        "runs": runs,
        "scenarios": [plain_scenario(lab.scenario(name)) for name in played],
        **rests_on(load_evidence(folder=seeds)),
    }
    return digest_of(said)


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
