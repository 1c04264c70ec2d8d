"""Forecasts that can be checked: draws of years that nobody has seen, frozen in a folder, and scored when they came.

A folder holds the question (a scenario), the draws, the rules by which they will be scored, and a manifest with a hash
of each. Whoever scores it checks the hashes first, so that nothing can be mended after the fact.
"""

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.backtest.against import Against, Came, read_against
from sim.analysis.backtest.cells import period_of
from sim.analysis.backtest.result import Backtest, score
from sim.analysis.hindcast.draws import arms_and_votes, table_of, yearly_cells
from sim.analysis.hindcast.frozen_rules import README, rules_text
from sim.analysis.hindcast.playing import Game, arms_exponents
from sim.analysis.hindcast.request import fitted_or_fixed
from sim.analysis.hindcast.results import write_draws
from sim.analysis.hindcast.ways import Way
from sim.analysis.observed import AGREEMENT, TRADE_SHARE, joined, observe
from sim.analysis.spread import check_world
from sim.batch.identity import allowed_cores, code_hash, evidence_hash, version_of
from sim.batch.manifest import leads_out
from sim.batch.notebook import telling_of_trouble
from sim.batch.watching import watched
from sim.batch.worker import Tell, Work
from sim.engine.ensemble import LANES, prepare
from sim.engine.fitted import posterior_of
from sim.engine.sampling import every_number
from sim.evidence.evidence import Evidence, load_evidence
from sim.evidence.history import History, Observation, load_history
from sim.evidence.posterior import POSTERIOR
from sim.io.arguments import Arguments, path_given
from sim.io.errors import input_error, shown_path
from sim.io.json_files import read_json_group
from sim.io.parquet import read_parquet
from sim.io.readers import MOST_BYTES
from sim.io.regular import read_regular
from sim.io.sealed import seal
from sim.io.shapes import HASH, INNER_PATH, TEXT, Shape, check_shape, group, map_of, one_of, whole
from sim.io.writers import file_hash, write_bytes, write_text
from sim.scenario.arguments import check_setting, given_fitted
from sim.scenario.calendar import quarter_text
from sim.scenario.events import EventKind
from sim.scenario.scenario import Scenario, evidence_of, scenario_of, with_fitted

if TYPE_CHECKING:
    import pandas as pd

DRAWS, MANIFEST, QUESTION = "draws.parquet", "manifest.json", "question.yaml"
FROZEN_DRAWS = 200
MAIN = Way("observed", "unconditional")  # today is the record, and nothing is told of what comes
_FORMAT = 1
_QUARTERS = 4
_WHOLE = 1e6  # million USD: shares are kept as parts of a turnover of this size


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """What a folder foretells: draws of whole runs, and the manifest that they were frozen with."""

    folder: Path
    manifest: Mapping[str, Any]
    draws: "pd.DataFrame"

    @property
    def origin(self) -> int:
        """The last year before those that are foretold."""
        return int(self.manifest["origin"])

    @property
    def world(self) -> str:
        """Whose states and powers it is about."""
        return str(self.manifest["world"])


# --- freezing --------------------------------------------------------------------------------------------------------


@watched
def freeze(
    question: str | Path | Scenario,
    folder: str | Path,
    draws: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Tell | None = None,
    *,
    fitted: str | None = None,
    made: date | None = None,
    seeds: Path | str | None = None,
) -> Frozen:
    """Play a question with every number drawn, and freeze what comes out in a folder.

    Parameters
    ----------
    question
        A scenario of whole years, its name or path; its votes are foretold as well.
    folder
        Where the files go. One that has been frozen already is refused: what is decided otherwise is a new folder.
    draws, seed, workers, progress
        Runs that are played and kept, `FROZEN_DRAWS` unless told otherwise; the rest as in `sim.run`.
    fitted
        As in `run_backtest`.
    made
        The day of freezing, today unless told otherwise.
    seeds
        The folder of a world of one's own, for what is named and not loaded yet (`load_scenario(..., seeds=...)`).

    Raises
    ------
    sim.io.errors.InputError
        If the question or an argument is wrong, or the folder is frozen.
    """
    arguments, history = Arguments("sim.analysis.freeze"), load_history()
    arguments.called("progress", progress)
    place, seed = arguments.path("folder", folder), arguments.seed(seed)
    runs, workers = arguments.runs(draws, 2) or FROZEN_DRAWS, arguments.workers(workers)
    fitted = given_fitted(arguments, fitted)
    day: Any = made
    if day is not None and not isinstance(day, date):
        arguments.entry("made", day).refuse(allowed="a day, as datetime.date, or None for today")
    arguments.refuse_if_wrong()
    if (place / MANIFEST).exists():
        allowed = "a new folder; what has been frozen is never changed"
        raise input_error(shown_path(place), "this folder is frozen", found=MANIFEST, allowed=allowed)
    if (place / README).exists() and not (place / DRAWS).exists():  # with draws it is a freeze that was broken off
        raise input_error(shown_path(place), "this folder is somebody else's", found=README, allowed="a new folder")
    asked = scenario_of(question, seeds, "sim.analysis.freeze")
    evidence = evidence_of(asked)
    asked = check_setting(asked, evidence, arguments)
    arguments.refuse_if_wrong()
    check_world(asked, history)
    years = _years_of(asked)
    taken, _ = fitted_or_fixed(fitted, evidence, years[0] - 1)
    asked = with_fitted(dataclasses.replace(asked, seed=asked.seed if seed is None else seed), taken)
    with telling_of_trouble(place, noted=False):  # before the runs, which nobody wants to lose
        place.mkdir(parents=True, exist_ok=True)
    game = _played(asked, evidence, history, runs, progress, workers or allowed_cores())
    table = frozen_table(game, years, vote_quarters_of(asked), runs)
    with telling_of_trouble(place, noted=False):
        return _kept(place, asked, evidence, years, table, made or datetime.now(UTC).date())


def _years_of(asked: Scenario) -> tuple[int, int]:
    """The first and the last year of a question, both of them whole."""
    if asked.start % _QUARTERS or asked.quarters % _QUARTERS:
        found = f"{quarter_text(asked.start)} to {quarter_text(asked.end)}"
        raise input_error(asked.name, "only whole years are foretold", found=found, allowed="Q1 of a year to Q4 of one")
    return asked.start // _QUARTERS, asked.end // _QUARTERS


def vote_quarters_of(asked: Scenario) -> tuple[int, ...]:
    """The quarters in which a scenario asks for votes."""
    return tuple(sorted({event.at for event in asked.events if event.kind is EventKind.VOTE}))


def _played(
    asked: Scenario, evidence: Evidence, history: History, runs: int, progress: Tell | None, workers: int
) -> Game:
    """Runs of a question, with every number drawn."""
    prepared = prepare(every_number(asked, evidence, 1), evidence)
    work = Work(asked.name, None, progress, lambda: None, runs)
    work.prepare()
    starts, parts = list(range(0, runs, LANES)), {}

    def one(number: int) -> None:
        block = prepared.run_block(starts[number], min(LANES, runs - starts[number]))
        parts[number] = observe(block, history, asked.seed)
        work.done += block.runs

    work.play(range(len(starts)), one, workers)
    seen = joined([parts[number] for number in range(len(starts))])
    return Game(way=MAIN, seen=seen, exponent=arms_exponents(asked, evidence, runs))


def frozen_table(game: Game, years: tuple[int, int], votes: tuple[int, ...], draws: int) -> "pd.DataFrame":
    """Shares of trade and agreement of every year, arms over all years together, and votes."""
    first, last = years
    yearly = yearly_cells(game, first - 1, last, (TRADE_SHARE, AGREEMENT))
    cells = [*yearly, *arms_and_votes(game, [years] if last > first else [], votes)]
    return table_of(((game, one) for one in cells), draws)


def _kept(
    place: Path, asked: Scenario, evidence: Evidence, years: tuple[int, int], table: "pd.DataFrame", made: date
) -> Frozen:
    """Write the folder, its manifest last."""
    write_draws(table, place / DRAWS)
    fit = posterior_of(evidence).sha256 if asked.fitted == POSTERIOR else ""
    write_text(place / README, rules_text(asked, years, vote_quarters_of(asked), made, int(table["draw"].nunique())))
    files = {README: file_hash(place / README)}
    if asked.path is not None:
        if asked.path.resolve() != (place / QUESTION).resolve():
            write_bytes(place / QUESTION, read_regular(asked.path, MOST_BYTES))
        files[QUESTION] = file_hash(place / QUESTION)
    manifest: dict[str, Any] = {
        "format": _FORMAT,
        "made": made.isoformat(),
        "scenario": asked.name,
        "world": asked.world,
        "origin": years[0] - 1,
        "last": years[1],
        "draws": int(table["draw"].nunique()),
        "seed": asked.seed,
        "draws_sha256": table_hash(table),
        "files": files,
        "posterior": fit,
        "evidence": evidence_hash(evidence),
        "code": code_hash(),
        "version": version_of("multivector"),
        **({} if asked.seeds is None else {"seeds": str(asked.seeds)}),
    }
    manifest["seal"] = seal(manifest)
    write_text(place / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    return load_frozen(place)


def table_hash(table: "pd.DataFrame") -> str:
    """SHA-256 of what draws say: names of columns, words and values, whatever wrote the file."""
    digest = hashlib.sha256()
    for name in table.columns:
        column = table[name]
        digest.update(f"{name}\n".encode())
        if name == "value":
            values = column.to_numpy(dtype="<f8")
            digest.update(np.where(np.isnan(values), np.nan, values).astype("<f8").tobytes())
        elif name == "draw":
            digest.update(column.to_numpy(dtype="<i8").tobytes())
        else:
            digest.update("\n".join(column.astype(str)).encode())
    return digest.hexdigest()


# --- scoring ---------------------------------------------------------------------------------------------------------


def load_frozen(folder: str | Path) -> Frozen:
    """Read a frozen folder. Raises `InputError` where it is none, or is not what it was when it was frozen."""
    import pyarrow as pa

    place = path_given("sim.analysis.load_frozen", "folder", folder)
    manifest = _manifest_of(place)
    wrong = [name for name, known in manifest["files"].items() if not _same(place, name, known)]
    if not os.path.lexists(place / DRAWS):
        raise input_error(shown_path(place), "the draws are missing", allowed=DRAWS)
    try:
        draws = read_parquet(place / DRAWS).to_pandas()
        same = table_hash(draws) == manifest["draws_sha256"]
    except (TypeError, ValueError, LookupError, pa.ArrowException):  # words where numbers were
        same = False
    wrong += [] if same else [DRAWS]
    if wrong:
        message = "this folder is not what it was when it was frozen, and is not scored"
        allowed = "the files as they were published"
        raise input_error(shown_path(place), message, found=", ".join(wrong), allowed=allowed)
    return Frozen(folder=place, manifest=manifest, draws=draws)


_NEEDED: Mapping[str, Shape] = {
    "format": one_of(_FORMAT),
    "world": TEXT,
    "origin": whole(0, 9999),
    "last": whole(0, 9999),
    "draws_sha256": HASH,
    "files": map_of(HASH, INNER_PATH),
    "seal": HASH,
}
_MANIFEST = group(_NEEDED)


def _manifest_of(place: Path) -> dict[str, Any]:
    """What the manifest says; raises `InputError` where there is none that can be read."""
    path = place / MANIFEST
    if not path.is_file():
        raise input_error(shown_path(place), "this is no frozen forecast", allowed=f"a folder with {MANIFEST}")
    manifest = read_json_group(path)
    missing = [key for key in _NEEDED if key not in manifest]
    if missing:
        found = f"without {', '.join(missing)}"
        raise input_error(shown_path(path), "this manifest cannot be read", found=found, allowed=f"format {_FORMAT}")
    if manifest["seal"] != seal(manifest):
        message = "this manifest is not what it was when the folder was frozen, and nothing is scored"
        raise input_error(shown_path(path), message, allowed="the file as it was published")
    check_shape(manifest, _MANIFEST, shown_path(path))
    return manifest


def _same(place: Path, name: str, known: str) -> bool:
    try:
        return not leads_out(place, name) and file_hash(place / name) == known
    except OSError:
        return False


def score_frozen(folder: str | Path, against: str | Path, seeds: str | Path | None = None) -> Backtest:
    """Score a frozen folder on what came, by the rules that were frozen with it.

    Parameters
    ----------
    folder
        A folder that `freeze` has made. It is checked first.
    against
        A CSV file with what came (see `docs/scoring.md`). Its rows of earlier years are what opponents know beside the
        record: the years between the end of the record and the forecast have to be there for a random walk to start.
    seeds
        The folder of the world, where it is one's own and no longer lies where it lay when this was frozen.

    Raises
    ------
    sim.io.errors.InputError
        If the folder is not as it was frozen, or the file is wrong or has nothing that was foretold.
    """
    frozen = load_frozen(folder)
    evidence = load_evidence(frozen.world, frozen.manifest.get("seeds") if seeds is None else seeds)
    held = {period_of(str(one), votes=True) for one in frozen.draws["period"].unique()}
    quarters = {one.quarter for one in held if one is not None and one.quarter >= 0}
    came = read_against(path_given("sim.analysis.score_frozen", "against", against), evidence).in_quarters(quarters)
    history = longer(load_history(), came, frozen.origin)
    known = any(one.last == frozen.origin for one in came.rows)
    notes = () if known else (f"the file has nothing of {frozen.origin}, from which opponents of shares would start",)
    return score(frozen.draws, came, history, evidence, frozen.origin, notes=notes)


def longer(history: History, came: Against, origin: int) -> History:
    """The record, gone on with what a file says of the years to the origin; what the record has stays."""
    after = [one for one in came.rows if history.last < one.last <= origin and one.first == one.last and one.partner]
    rows = [*history.rows, *_observations(after)]
    return dataclasses.replace(history, last=max(origin, history.last), rows=tuple(rows))


def _observations(came: Iterable[Came]) -> Iterable[Observation]:
    """Rows of the record that say the same; shares as parts of a turnover of one size."""
    whole: set[tuple[str, int]] = set()
    for one in came:
        about: dict[str, Any] = {"state": one.state, "organisation": "", "when": str(one.first), "period": one.first}
        about |= {"end": f"{one.first}-12-31", "source": (), "known_since": one.first + 1}
        if one.measure == TRADE_SHARE:
            if (one.state, one.first) not in whole:
                whole.add((one.state, one.first))
                yield _row(about, partner="", measure="turnover", value=_WHOLE, unit="million USD")
            yield _row(about, partner=one.partner, measure="trade", value=one.value * _WHOLE, unit="million USD")
        elif one.measure == AGREEMENT:
            yield _row(about, partner=one.partner, measure="un_agreement", value=one.value, unit="0 to 1")


def _row(about: Mapping[str, Any], **said: Any) -> Observation:
    return Observation(**{**about, **said})
