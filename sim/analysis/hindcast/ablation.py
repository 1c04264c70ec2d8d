"""Which systems earn their place: each switched off by itself, and what that does to the score on the record.

Worlds are set to the record of several past years and told nothing of what came after, and their fans are scored on the
record, with everything on, with one system off, and with all off (growth and noise alone). All share their luck run by
run. What a system gains is 1 less the ratio of the mean CRPS with it to that without it: above nought, fans are better
for having it.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.ablation import check_systems
from sim.analysis.backtest.against import Came
from sim.analysis.backtest.intervals import clusters_of, effective, skill_interval
from sim.analysis.backtest.skill import LEVEL, LOSES, WINS, word_for
from sim.analysis.effect_tables import csv_of, records_of
from sim.analysis.hindcast.draws import cells_of
from sim.analysis.hindcast.identity import identity_of
from sim.analysis.hindcast.playing import Asked, Game, arms_exponents
from sim.analysis.hindcast.recorded import recorded_after
from sim.analysis.hindcast.request import RUNS, SCENARIO, asked_of
from sim.analysis.hindcast.ways import OBSERVED, UNCONDITIONAL, Question, Way, scenario_of
from sim.analysis.kept_arrays import keeping
from sim.analysis.observed import AGREEMENT, ARMS, TRADE_SHARE, joined, observe
from sim.analysis.origins import write_table
from sim.analysis.record import Floats
from sim.analysis.scores import crps
from sim.analysis.starting import HORIZON, TRAILING
from sim.batch.identity import digest_of
from sim.batch.manifest import close_folder
from sim.batch.watching import watched
from sim.batch.worker import Tell, Work
from sim.engine.ensemble import LANES, prepare
from sim.evidence.history import load_history
from sim.io.arguments import Arguments, path_given
from sim.io.shapes import inside_by
from sim.io.text import CAUTION
from sim.io.writers import write_text
from sim.scenario.scenario import Scenario, evidence_of

if TYPE_CHECKING:
    import pandas as pd

ORIGINS = (2012, 2013, 2014, 2015)
"""Past years from which runs start; the record goes on for four years after each."""

MEASURES = (TRADE_SHARE, AGREEMENT, ARMS)
TOGETHER = "all together"
"""In place of a system, where all are switched off at once."""

ABLATION_RUNS = RUNS // 4
_GAINS = {WINS: "earns its place", LOSES: "costs"}
_NOTHING = "nothing to be seen"


@dataclass(frozen=True, kw_only=True)
class Ablation:
    """What each system gains.

    `table`: one row a system (and one for all together) and measure: mean `crps` with everything on and `without` it,
    `gain` (1 less their ratio) with its interval `low` to `high`, what it `says`, `count` of scored figures and how
    many independent ones they are worth (`effective`).
    """

    scenario: Scenario
    origins: tuple[int, ...]
    runs: int
    level: float
    table: "pd.DataFrame"
    identity: dict[str, Any]
    notes: tuple[str, ...]

    @property
    def caption(self) -> str:
        """What it rests on, in one line."""
        origins = ", ".join(map(str, self.origins))
        return f"from {origins}, {self.runs:,} runs of each, seed {self.scenario.seed}; scored on the record"

    @property
    def sentence(self) -> str:
        """Whether all systems together beat growth and noise; it comes first."""
        row = self.row(TOGETHER, TRADE_SHARE)
        verb = {WINS: "beat", LOSES: "lose to"}.get(row["word"], "do not beat")
        count = len(evidence_of(self.scenario).systems)
        told = f"{_percent(row['gain'])}, {_percent(row['low'])} to {_percent(row['high'])}"
        return f"On shares of trade all {count} systems together {verb} growth and noise: skill {told}."

    def row(self, system: str, measure: str) -> "pd.Series[Any]":
        """One row of the table."""
        arguments = Arguments("Ablation.row")
        for key, value in (("system", system), ("measure", measure)):
            arguments.choice(key, value, tuple(dict.fromkeys(self.table[key])))
        arguments.refuse_if_wrong()
        mine = self.table[(self.table["system"] == system) & (self.table["measure"] == measure)]
        return mine.iloc[0]

    def folder(self, out: Path | str = "results") -> Path:
        """Where `write` puts its files unless told otherwise."""
        place = path_given("Ablation.folder", "out", out)
        said = csv_of(self.table) + self.caption
        return inside_by(place, f"ablate-skill-{self.scenario.name}", said)

    def write(self, folder: Path | str | None = None) -> Path:
        """Write the table as CSV and Parquet, and everything as JSON; returns the folder."""
        place = self.folder() if folder is None else path_given("Ablation.write", "folder", folder)
        write_table(self.table, place, "ablation")
        told = {
            "note": CAUTION,
            "sentence": self.sentence,
            "caption": self.caption,
            "level": self.level,
            **self.identity,
            "notes": list(self.notes),
            "table": records_of(self.table),
        }
        write_text(place / "ablation.json", json.dumps(told, indent=1, ensure_ascii=False, default=str) + "\n")
        said = {"name": self.scenario.name, "title": "What each system gains on the record", "runs": self.runs}
        close_folder(place, "ablate", said, ["ablation.csv", "ablation.parquet", "ablation.json"])
        return place


def _percent(part: float) -> str:
    return f"{100 * part:+.1f} %".replace("-", "−")


@watched
def ablate_by_skill(
    scenario: str | Path | Scenario = SCENARIO,
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Tell | None = None,
    *,
    origins: Sequence[int] | int = ORIGINS,
    fitted: str | None = None,
    fit: str | Path | None = None,
    systems: Sequence[str] | None = None,
    level: float = LEVEL,
    out: str | Path | None = None,
) -> Ablation:
    """Switch off each system by itself, and score the fans on the record after some past years.

    Parameters
    ----------
    scenario, seed, workers, progress, fitted, fit
        As in `run_backtest`.
    runs
        From each origin, with everything on and without each system; `ABLATION_RUNS` unless told otherwise.
    origins
        Last years that are known; something has to come after each in the record.
    systems
        Which systems; all of them unless told otherwise.
    level
        How much the intervals hold.
    out
        Folder in which scores are kept while this lasts, so that the same call goes on where it was stopped.

    Raises
    ------
    sim.io.errors.InputError
        As `run_backtest`.
    """
    arguments = Arguments("sim.analysis.ablate_by_skill")
    arguments.called("progress", progress)
    history = load_history()
    given: Any = origins
    several: list[Any] = list(given) if isinstance(given, list | tuple | range) else [given]
    origins = [arguments.whole("origins", one, history.first + TRAILING, history.last - 1) for one in several or [None]]
    level, kept_in = arguments.level(level), arguments.path_or_none("out", out)
    arguments.refuse_if_wrong()
    asked = [
        asked_of(
            scenario,
            None,
            ABLATION_RUNS if runs is None else runs,
            seed,
            workers,
            origin=origin,
            told=scenario,
            fitted=fitted,
            fit=fit,
        )
        for origin in origins
    ]
    first = asked[0]
    questions = [_short(one) for one in asked]
    names = check_systems(systems, list(first.evidence.systems))
    cases: list[tuple[str, Way, tuple[str, ...]]] = [("", _WAY, ()), (TOGETHER, _WAY._replace(null=True), ())]
    cases += [(name, _WAY, (name,)) for name in names]
    work = Work(first.question.plain.name, None, progress, lambda: None, first.runs * len(cases) * len(questions))
    work.prepare()
    rows: dict[tuple[int, int], Floats] = {}
    came = [_rows(one, question) for one, question in zip(asked, questions, strict=True)]

    def one(number: int) -> None:
        place, case = divmod(number, len(cases))
        _, way, off = cases[case]
        known = kept.get(f"case-{number:04d}")
        if known is None:
            game = _played(asked[place], questions[place], way, off, work)
            rows[place, case] = _scores(game, questions[place], came[place])
            kept.put(f"case-{number:04d}", {"scores": rows[place, case]})
        else:
            rows[place, case] = known["scores"]
            work.done += first.runs

    identities = [identity_of(question, first.evidence, first.runs) for question in questions]
    of, count = digest_of([identities, names, repr(history)]), len(questions) * len(cases)
    with keeping(kept_in, f"ablate-skill-{first.question.plain.name}", of, count) as kept:
        work.play(range(count), one, first.workers)
    scores = {
        cases[case][0]: np.concatenate([rows[at, case] for at in range(len(asked))]) for case in range(len(cases))
    }
    return Ablation(
        scenario=first.question.plain,
        origins=tuple(origins),
        runs=first.runs,
        level=level,
        table=_table(scores, [one for some in came for one in some], level),
        identity=identities[0],
        notes=tuple(dict.fromkeys(note for one in asked for note in one.notes)),
    )


_WAY = Way(OBSERVED, UNCONDITIONAL)


def _short(asked: Asked) -> Question:
    """The question without years that lie further ahead than is scored."""
    question = asked.question
    return dataclasses.replace(question, last=min(question.origin + HORIZON, asked.record.years[-1]))


def _rows(asked: Asked, question: Question) -> list[Came]:
    """What came after an origin and is scored."""
    found = recorded_after(asked.record, question.origin, question.last)
    return [one for one in found.rows if one.measure in MEASURES]


def _played(asked: Asked, question: Question, way: Way, off: Sequence[str], work: Work) -> Game:
    """Runs with some systems off, one block after the other."""
    scenario = scenario_of(question, way, asked.evidence, asked.record, off)
    prepared, parts = prepare(scenario, asked.evidence), []
    for start in range(0, asked.runs, LANES):
        block = prepared.run_block(start, min(LANES, asked.runs - start))
        parts.append(observe(block, asked.history, scenario.seed))
        work.done += block.runs
    return Game(way=way, seen=joined(parts), exponent=arms_exponents(scenario, asked.evidence, asked.runs))


def _scores(game: Game, question: Question, came: Sequence[Came]) -> Floats:
    """CRPS of the fans of one game for what came [N]; nan where runs say nothing of it."""
    fans: dict[tuple[str, str], Floats] = {
        (cells.measure, cells.period): cells.values for cells in cells_of(game, question.origin, question.last, ())
    }
    states, powers = game.seen.states, game.seen.powers
    found = np.full(len(came), np.nan)
    for place, one in enumerate(came):
        members = fans[one.measure, one.period][:, states.index(one.state), powers.index(one.partner)]
        known = members[np.isfinite(members)]
        if 2 * len(known) >= len(members):
            found[place] = float(crps(known, np.float64(one.value)))  # type: ignore[arg-type]
    return found


def _table(scores: Mapping[str, Floats], came: Sequence[Came], level: float) -> "pd.DataFrame":
    """One row a system and measure."""
    import pandas as pd

    whole, found = scores[""], []
    for system, without in scores.items():
        for measure in MEASURES if system else ():
            mine = np.array([one.measure == measure for one in came]) & np.isfinite(whole) & np.isfinite(without)
            if mine.any():
                chosen = [one for one, kept in zip(came, mine.tolist(), strict=True) if kept]
                gain = _gain(whole[mine], without[mine], chosen, level)
                found.append({"system": system, "measure": measure, **gain})
    return pd.DataFrame(found)


def _gain(whole: Floats, without: Floats, came: Sequence[Came], level: float) -> dict[str, Any]:
    """What a system gains on some figures, and how sure that is."""
    clusters = clusters_of([one.state for one in came], [one.partner for one in came])
    low, high = skill_interval(whole, without, clusters, level)
    word = word_for(low, high)
    return {
        "crps": float(whole.mean()),
        "without": float(without.mean()),
        "gain": 1.0 - float(whole.mean()) / float(without.mean()),
        "low": low,
        "high": high,
        "word": word,
        "says": _GAINS.get(word, _NOTHING),
        "count": len(came),
        "effective": effective(without - whole, clusters),
    }
