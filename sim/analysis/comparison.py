"""Scenarios compared on the same luck: what differs, how surely, and which runs end under another word.

The first scenario is the reference; every other is set against it, run by run. `compare` runs what has not been run
yet; `compare_results` takes results folders as they are and refuses those with other luck or another last quarter.
Scenarios that begin in different quarters are compared over the quarters they share: luck belongs to the quarter, so in
a shared quarter it is the same for both.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparable import check_actors, check_end, check_luck, check_runs, check_several, notes_on
from sim.analysis.effect_tables import LEAST, counting, csv_of, given_least, records_of, with_counts
from sim.analysis.kept_comparison import FILE, caption_of, changed_of
from sim.analysis.paired import LEVEL, RESAMPLES, paired, resampling_of
from sim.analysis.result_pairs import Course, Pair
from sim.batch.manifest import close_folder
from sim.batch.naming import names_apart, titles_apart
from sim.batch.results import Results, load_results
from sim.batch.rows import naive_words
from sim.batch.runner import run
from sim.batch.watching import watched
from sim.batch.worker import Tell
from sim.io.arguments import Arguments, path_given
from sim.io.letters import printable
from sim.io.shapes import inside_by
from sim.io.shown import Shown
from sim.io.text import CAUTION, counted, listing
from sim.io.writers import write_text
from sim.model.variables import BY_POWER, HEADLINES, QUANTITIES
from sim.scenario.arguments import given_fitted
from sim.scenario.family import list_scenarios
from sim.scenario.scenario import Scenario, scenario_of, with_fitted

if TYPE_CHECKING:
    import pandas as pd

What: TypeAlias = str | Path | Scenario | Results

COURSE_RUNS = 2048
"""Runs whose course is compared quarter by quarter, the first ones, as far as the results have kept it."""

_IN_COURSE = tuple(name for name in HEADLINES if name in QUANTITIES)
"""What is compared quarter by quarter."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Comparison(Shown):
    """Scenarios set against the first of them, on the same luck.

    Tables are pandas frames:

    - `effects`: one row a scenario and outcome (state, measure, power; power is empty for a state alone), with
      `runs` (pairs behind the row), `start` (in the reference at the end of its first quarter: what "nothing changes"
      would say), `reference` and `mean` (over runs), `difference` with the interval `low` to `high`, `effect`
      (difference in units of the spread between runs), `z`, `p`, `clear` (after correction for the number of outcomes),
      `moved` (share of runs that differ at all), `needed` (runs that would give the same precision without pairing) and
      `counts` (clear, and no smaller than the smallest difference of interest).
    - `changes`: how many runs ended under which word in the reference (`before`) and in the scenario (`after`).
    - `course`: paired differences with intervals, quarter by quarter, for the runs whose course both have kept.
    """

    results: tuple[Results, ...]
    names: tuple[str, ...]  # of the results, told apart where two are called the same
    states: dict[str, str]  # code -> name, of those in all results
    powers: dict[str, str]
    runs: int  # how many runs are paired
    seed: int
    level: float
    notes: tuple[str, ...]
    least: float  # the smallest difference of interest
    effects: "pd.DataFrame"
    changes: "pd.DataFrame"
    out: Path | None = None  # where results were asked to go

    def __repr__(self) -> str:
        differing = counted(int(self.effects["counts"].sum()), "difference")
        names = printable(f"{listing(self.names[1:])} against {self.names[0]}")
        return f"<{type(self).__name__} of {names}; {self.caption}; {differing} that count>"

    @cached_property
    def course(self) -> "pd.DataFrame":
        """Paired differences by quarter."""
        return _course(self)

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles of the scenarios, for readers; told apart where two have the same."""
        return titles_apart(self.results)

    @property
    def counting(self) -> str:
        """What a difference must be to be starred, in words."""
        return counting(self.least)

    @property
    def caption(self) -> str:
        """What the comparison rests on, in one line."""
        return caption_of(self.runs, self.seed)

    @property
    def folder(self) -> Path:
        """Where `write` puts its files unless told otherwise: beside the results."""
        said = "\n".join(one.folder.name for one in self.results)
        place = self.results[0].folder.parent if self.out is None else self.out
        names = "-and-".join(PurePath(name).name for name in self.names)  # folders of one name go by their paths
        return inside_by(place, f"compare-{names[:60]}", said)

    def changed(self, scenario: str) -> dict[str, float]:
        """Share of runs that end under another word than in the reference, by state."""
        arguments = Arguments("Comparison.changed")
        arguments.choice("scenario", scenario, self.names[1:])
        arguments.refuse_if_wrong()
        return changed_of(self.changes, scenario, self.states)

    def unchanged_words(self) -> dict[str, str]:
        """What "nothing changes" says of each state: the word most runs of the reference would have had at first."""
        return {state: word for state, (word, _) in naive_words(self.results[0]).items() if state in self.states}

    def ask(self, *questions: str) -> "pd.DataFrame":
        """The share of runs in which it is so, in the reference and in each scenario, and how they differ.

        questions: lines such as `alignment STATE POWER > 30 %`; see `sim.batch.asks` and `sim.analysis.compared_asks`.
        """
        from sim.analysis.compared_asks import ask_compared

        arguments = Arguments("Comparison.ask")
        arguments.names("questions", questions)
        arguments.refuse_if_wrong()
        return ask_compared(self.results, self.names, self.runs, self.level, questions)

    def write(self, folder: Path | str | None = None) -> Path:
        """Write the tables as CSV and everything as JSON; returns the folder."""
        folder = self.folder if folder is None else path_given("Comparison.write", "folder", folder)
        tables = ("effects", "changes", "course")
        for name in tables:
            write_text(folder / f"{name}.csv", csv_of(getattr(self, name)))
        write_text(folder / FILE, json.dumps(self._told(), indent=1, ensure_ascii=False) + "\n")
        said = {"name": self.names[0], "title": f"Compared: {', '.join(self.names)}", "runs": self.runs}
        close_folder(folder, "compare", said, [*(f"{name}.csv" for name in tables), FILE])
        return folder

    def _told(self) -> dict[str, Any]:
        return {
            "note": CAUTION,
            "runs": self.runs,
            "seed": self.seed,
            "level": self.level,
            "smallest_of_interest": self.least,
            "resamples": RESAMPLES,
            "notes": list(self.notes),
            "scenarios": [
                {"name": name, "title": one.title, "hash": one.manifest["hash"], "runs": one.number_of_runs}
                for name, one in zip(self.names, self.results, strict=True)
            ],
            "states": self.states,
            "powers": self.powers,
            "nothing_changes": self.unchanged_words(),
            "effects": records_of(self.effects),
            "changes": records_of(self.changes),
        }


# --- the front -------------------------------------------------------------------------------------------------------


@watched
def compare(
    *scenarios: What,
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: Path | str | None = None,
    progress: Tell | None = None,
    level: float = LEVEL,
    fitted: str | None = None,
    least: float = LEAST,
    seeds: Path | str | None = None,
) -> Comparison:
    """Compare scenarios with the first of them, on the same luck.

    Parameters
    ----------
    scenarios
        Two or more: scenarios, their names or paths, results, or results folders.
    runs, seed
        In place of what the first results, or else the first scenario, say; they hold for all, since only runs with
        the same luck can be paired.
    workers, out, progress
        As in `sim.run`; results that are there already are opened and not run again.
    level
        How much the intervals cover.
    fitted
        How fitted numbers are taken in all scenarios, `posterior` or `fixed`; as each says unless told otherwise. In
        either case runs that are paired have the same.
    least
        The smallest difference of interest: in percentage points of what goes from 0 to 1, in points of what goes from
        0 to 100, and in per cent of the reference for sums and amounts. Smaller ones do not count (`counts`), however
        clear they are; with 0 all do that are clear.
    seeds
        The folder of a world of one's own, for what is named and not loaded yet (`load_scenario(..., seeds=...)`).

    Raises
    ------
    sim.io.errors.InputError
        If a scenario is wrong, or results had other luck or end in another quarter.
    """
    arguments = Arguments("sim.compare")
    arguments.called("progress", progress)
    runs, seed, workers = arguments.runs(runs), arguments.seed(seed), arguments.workers(workers)
    out, level = arguments.path_or_none("out", out), arguments.level(level)
    fitted, least = given_fitted(arguments, fitted), given_least(arguments, least)
    arguments.refuse_if_wrong()
    several: list[Scenario | Results] = [_opened(one, seeds) for one in scenarios]
    check_several(several)
    for one in several[1:]:
        check_end(several[0], one)
    model = next((one for one in several if isinstance(one, Results)), several[0])
    if runs is None:
        runs = model.number_of_runs if isinstance(model, Results) else model.runs
    if seed is None:
        seed = int(model.manifest["seed"]) if isinstance(model, Results) else model.seed
    found = [
        one if isinstance(one, Results) else run(with_fitted(one, fitted), runs, seed, workers, out, progress)
        for one in several
    ]
    return replace(compare_results(found, level, least), out=out)


def is_results(what: What) -> bool:
    """Whether results are meant, and not a scenario: `Results`, or a folder that is not the name of a scenario."""
    if isinstance(what, Results | Scenario):
        return isinstance(what, Results)
    arguments = Arguments("sim.compare")
    arguments.made("scenarios", what, str | Path, "a scenario, its name or path, or finished results and their folder")
    what = arguments.path("scenarios", what)
    arguments.refuse_if_wrong()
    return Path(what).is_dir() and str(what) not in list_scenarios()


def _opened(what: What, seeds: Path | str | None) -> Scenario | Results:
    if isinstance(what, Results):
        return what
    if isinstance(what, Scenario) or not is_results(what):
        return scenario_of(what, seeds, "sim.compare")
    return load_results(what)


def compare_results(several: Sequence[Results], level: float = LEVEL, least: float = LEAST) -> Comparison:
    """Compare finished results with the first of them; `least` as in `compare`.

    Raises
    ------
    sim.io.errors.InputError
        If the runs had other luck (another seed), end in another quarter, or share no state and power.
    """
    import pandas as pd

    check_several(several)
    names = names_apart(several)
    for one in several[1:]:
        check_luck(several[0], one)
        check_end(several[0], one)
    states = _shared([one.states for one in several])
    powers = _shared([one.powers for one in several])
    check_actors(several, states, powers)
    runs = min(one.number_of_runs for one in several)
    check_runs(several, runs)
    seed = int(several[0].manifest["seed"])
    resampling = resampling_of(runs, seed)
    pairs = [
        Pair(reference=several[0], other=one, name=name, powers=tuple(powers), runs=runs, seed=seed, level=level)
        for name, one in zip(names[1:], several[1:], strict=True)
    ]
    effects, changes = zip(*(pair.tables(tuple(states), resampling) for pair in pairs), strict=True)
    return Comparison(
        results=tuple(several),
        names=names,
        states=states,
        powers=powers,
        runs=runs,
        seed=seed,
        level=level,
        notes=tuple(notes_on(several, names, runs, pairs)),
        least=least,
        effects=with_counts(pd.concat(effects, ignore_index=True), least),
        changes=pd.concat(changes, ignore_index=True),
    )


def _shared(several: Sequence[dict[str, str]]) -> dict[str, str]:
    return {code: name for code, name in several[0].items() if all(code in one for one in several)}


# --- quarter by quarter -----------------------------------------------------------------------------------------------


def _course(comparison: Comparison) -> "pd.DataFrame":
    """Paired differences by quarter, with intervals, over the runs and quarters that all results have kept."""
    import pandas as pd

    courses = [Course(one) for one in comparison.results]
    states = tuple(comparison.states)
    quarters = [quarter for quarter in courses[0].quarters if all(quarter in one.quarters for one in courses)]
    runs = min(COURSE_RUNS, comparison.runs, *(one.runs for one in courses))
    asked = {
        f"{name}_{power}" if power else name: (name, power)
        for name in _IN_COURSE
        for power in (comparison.powers if name in BY_POWER else ("",))
    }
    asked = {name: what for name, what in asked.items() if all(name in one.columns for one in courses)}
    tables = []
    if runs > 1 and quarters and asked:
        resampling = resampling_of(runs, comparison.seed)
        first, *others = (_asked_for(one, asked, runs, quarters, states) for one in courses)
        labels = pd.DataFrame(
            [(quarter, state, *what) for what in asked.values() for quarter in quarters for state in states],
            columns=["quarter", "state", "measure", "power"],
        )
        for name, other in zip(comparison.names[1:], others, strict=True):
            found = paired(first, other, resampling, comparison.level)
            told = {"runs": runs, "difference": found.difference, "low": found.low, "high": found.high}
            tables.append(labels.assign(**told))
            tables[-1].insert(0, "scenario", name)
    columns = ["scenario", "quarter", "state", "measure", "power", "runs", "difference", "low", "high"]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def _asked_for(
    course: Course, asked: Iterable[str], runs: int, quarters: Sequence[str], states: Sequence[str]
) -> NDArray[np.float64]:
    """Columns of the course side by side: [R, columns * T * I]."""
    read = course.read(list(asked), runs, quarters, states)
    return np.concatenate([part.reshape(runs, -1) for part in read.values()], axis=1)
