"""Documents as a test: what they report as done is laid in the world of its date, and what was seen next is looked for.

All entries of `seeds/documented.yaml` are laid together, in one world that begins in the file's first quarter, since
that is how it happened; those that say `alone` are laid by themselves, without the others. In how many runs the thing
seen is seen has a 95 % interval; an entry holds where the whole of it lies on or above the line, nine runs in ten
unless the entry says otherwise. What does not hold is said so, and no number is moved to make it hold.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from sim.analysis.documented_file import (
    Documented,
    Reported,
    Seen,
    Sight,
    load_documented,
)
from sim.analysis.documented_view import TELLERS, View, stage, visited
from sim.analysis.identity import rests_on
from sim.analysis.kept_arrays import keeping
from sim.batch.identity import digest_of, plain
from sim.batch.plan import plain_scenario
from sim.batch.tables import share_range
from sim.batch.watching import watched
from sim.engine.ensemble import prepare
from sim.evidence.evidence import Evidence, load_evidence
from sim.io.arguments import Arguments
from sim.scenario.arguments import given_fitted
from sim.scenario.scenario import Scenario

_CHUNK = 2000  # runs held in memory at a time


class Verdict(Enum):
    """What can be said of one thing seen; the value is the sentence for it."""

    HOLDS = "the whole interval lies on or above the line"
    MISSES = "the whole interval lies below the line"
    UNCLEAR = "the interval lies on both sides of the line; more runs would tell"

    @property
    def word(self) -> str:
        """As written in tables."""
        return self.name.lower()

    def counted(self, number: int) -> str:
        """So many of them, in words."""
        one, more = {
            "HOLDS": ("holds", "hold"),
            "MISSES": ("is missed", "are missed"),
            "UNCLEAR": ("is unclear", "are unclear"),
        }[self.name]
        return f"{number} {one if number == 1 else more}"


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What the model says to one thing seen: in what share of runs it is seen (0..1), with the 95 % interval."""

    entry: Reported
    sight: Sight
    states: tuple[str, ...]  # one, or all that are added up
    runs: int
    share: float
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        """Whether the interval lies on the right side of the line."""
        return verdict_of(self.low, self.high, self.sight.line)

    @property
    def reason(self) -> str:
        """Why it is missed, as far as the file says; "" where it holds."""
        return "" if self.verdict is Verdict.HOLDS else self.sight.miss


def verdict_of(low: float, high: float, line: float) -> Verdict:
    """Whether an interval of a share lies on the right side of a line."""
    if math.isnan(low):
        return Verdict.UNCLEAR
    return Verdict.HOLDS if low >= line else Verdict.MISSES if high < line else Verdict.UNCLEAR


# --- asking the model ------------------------------------------------------------------------------------------------


@watched
def replay(
    runs: int | None = None,
    *,
    seed: int | None = None,
    fitted: str | None = None,
    file: Path | str | None = None,
    seeds: Path | str | None = None,
    progress: Callable[[str], None] | bool | None = None,
    out: Path | str | None = None,
) -> tuple[Replayed, ...]:
    """Play what documents report as done, and look for what was seen next.

    Parameters
    ----------
    runs
        Runs of every entry, in place of what the file says; journeys, which are played one run at a time, are looked at
        in no more than the file says.
    seed
        On which luck, in place of that of the baseline.
    fitted
        How fitted numbers are taken, `posterior` or `fixed`, in place of what the baseline says.
    file
        Entries in place of `seeds/documented.yaml`.
    seeds
        A folder of seeds in place of the shipped ones, with a home world of its own.
    progress
        Told in a word what is played next; True for a bar.
    out
        Folder in which what was played is kept while this lasts, so that the same call goes on where it was stopped.

    Raises
    ------
    sim.io.errors.InputError
        If the file or an argument is wrong.
    """
    arguments = Arguments("replay")
    arguments.called("progress", progress)
    runs, seed = arguments.runs(runs), arguments.seed(seed)
    fitted = given_fitted(arguments, fitted)
    file, kept_in = arguments.path_or_none("file", file), arguments.path_or_none("out", out)
    arguments.refuse_if_wrong()
    evidence = load_evidence(folder=seeds)
    book = load_documented(evidence, file)
    runs = book.runs if runs is None else runs
    together = tuple(entry for entry in book.entries if not entry.alone)
    stages = [entries for entries in (together, *((one,) for one in book.entries if one.alone)) if entries]
    found: dict[str, list[Replayed]] = {}
    of = _identity(book, evidence, stage(book, together, seed, fitted, seeds), runs)
    with keeping(kept_in, "documented", of, len(stages)) as kept:
        for number, entries in enumerate(stages):
            counts = kept.get(f"stage-{number:03d}")
            if counts is None:
                if callable(progress):
                    progress(entries[0].id if len(entries) == 1 else f"{len(entries)} entries in one world")
                counts = _play(book, entries, evidence, (runs, seed, fitted, seeds))
                kept.put(f"stage-{number:03d}", counts)
            _add(entries, counts, found)
    return tuple(one for entry in book.entries for one in found.get(entry.id, []))


def _identity(book: Documented, evidence: Evidence, staged: Scenario, runs: int) -> str:
    """Hash of everything that is seen depends on."""
    said = {
        "book": plain(book),
        "stage": plain_scenario(staged),
        "runs": runs,
        **rests_on(evidence),
    }
    return digest_of(said)


_Row: TypeAlias = tuple[Reported, Sight, tuple[str, ...]]


def _rows(entries: Sequence[Reported]) -> list[_Row]:
    """What is looked for on a stage: each thing seen, of each state or of all together."""
    return [(entry, sight, of) for entry in entries for sight in entry.sights for of in sight.subjects]


def _play(
    book: Documented,
    entries: tuple[Reported, ...],
    evidence: Evidence,
    asked: tuple[int, int | None, str | None, Path | str | None],
) -> dict[str, Any]:
    """Play one stage: in how many runs each thing was seen, and in how many it was looked for [rows]."""
    runs, seed, fitted, seeds = asked
    prepared = prepare(stage(book, entries, seed, fitted, seeds), evidence)
    rows = _rows(entries)
    seen, looked = [0] * len(rows), [0] * len(rows)
    for first in range(0, runs, _CHUNK):
        view = View(book=book, entries=entries, prepared=prepared, first=first, runs=min(_CHUNK, runs - first))
        for place, (entry, sight, of) in enumerate(rows):
            if sight.seen is Seen.VISITED:
                continue
            told = TELLERS[sight.seen](view, entry, sight, of)
            seen[place] += int(told.sum())
            looked[place] += len(told)
    few = View(book=book, entries=entries, prepared=prepared, first=0, runs=min(runs, book.looked_at))
    for place, (entry, sight, of) in enumerate(rows):
        if sight.seen is Seen.VISITED:
            told = visited(few, entry, sight, of)
            seen[place], looked[place] = int(told.sum()), len(told)
    return {"seen": np.array(seen, dtype=np.int64), "looked": np.array(looked, dtype=np.int64)}


def _add(entries: Sequence[Reported], counts: Mapping[str, Any], found: dict[str, list[Replayed]]) -> None:
    """Add what was found on one stage, by entry."""
    seen, looked = counts["seen"].tolist(), counts["looked"].tolist()
    for place, (entry, sight, of) in enumerate(_rows(entries)):
        low, high = share_range(seen[place], looked[place])
        share = seen[place] / looked[place]
        one = Replayed(entry=entry, sight=sight, states=of, runs=looked[place], share=share, low=low, high=high)
        found.setdefault(entry.id, []).append(one)
