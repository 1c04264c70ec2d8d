"""`run_backtest`: the years after an origin played in every way, kept as draws, and scored where something came."""

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sim.analysis.backtest.against import Against, read_against
from sim.analysis.backtest.result import Backtest, score
from sim.analysis.hindcast.before_fit import before_the_fit
from sim.analysis.hindcast.identity import identity_of
from sim.analysis.hindcast.playing import Asked, play_ways
from sim.analysis.hindcast.recorded import recorded_after
from sim.analysis.hindcast.results import Hindcast
from sim.analysis.hindcast.ways import WAYS, Question, Way, can_ask, vote_quarters
from sim.analysis.kept_arrays import keeping
from sim.analysis.observed import ARMS
from sim.analysis.record import Record, record_of
from sim.analysis.spread import check_world
from sim.analysis.starting import TRAILING
from sim.batch.identity import allowed_cores, digest_of
from sim.batch.results import check_tables
from sim.batch.watching import watched
from sim.batch.worker import Stage, Tell, Work
from sim.engine.ensemble import LANES
from sim.engine.fitted import posterior_of
from sim.evidence.calibration import load_plan
from sim.evidence.evidence import Evidence
from sim.evidence.history import History, load_history
from sim.evidence.posterior import FIXED, HISTORY, POSTERIOR, ROWS
from sim.io.arguments import Arguments, functions_given, path_given
from sim.io.errors import InputError, input_error, shown_path
from sim.io.json_files import read_json_group
from sim.scenario.arguments import check_setting, given_fitted
from sim.scenario.calendar import quarter_text
from sim.scenario.events import EventKind
from sim.scenario.scenario import Scenario, evidence_of, load_scenario, scenario_of, with_fitted

SCENARIO = "history-2010-2025"
TOLD = "-told"
"""What the name of the scenario ends in that tells growth and prices as well."""

ORIGIN, RUNS, SEED = 2019, 2000, 2020
"""As decided before anything was looked up: the last year that is known, runs of each way, and their luck."""

_UNTIL = "until"  # what a fit says of the last year of its targets
_QUARTERS = 4


@watched
def run_backtest(
    scenario: str | Path | Scenario = SCENARIO,
    against: str | Path | None = None,
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Tell | None = None,
    *,
    origin: int = ORIGIN,
    told: str | Path | Scenario | None = None,
    fitted: str | None = None,
    fit: str | Path | None = None,
    ways: Sequence[Way] = WAYS,
    out: str | Path | None = None,
) -> Hindcast:
    """Foretell the years after an origin in every way, beside the null model, and score what came.

    Parameters
    ----------
    scenario
        The past and the dated events after it: a scenario, its name or path, in a world that begins before the origin.
    against
        A CSV file with what came (see `docs/scoring.md`). Without one, an origin inside the record is scored on the
        record itself, and nothing is scored at its end.
    runs, seed, workers, progress
        As in `sim.run`; `RUNS` runs of each way on seed `SEED` unless told otherwise. Nothing is written until
        `Hindcast.write` is called.
    origin
        The last year of which runs know.
    told
        The same scenario with growth and prices told as well; by its name with `-told` behind it unless given.
    fitted
        How fitted numbers are taken, `posterior` or `fixed`. Unless told otherwise from the posterior, where there is
        one that knows nothing after the origin.
    fit
        The folder of a calibration whose posterior is taken in place of the shipped one: for an origin before the end
        of the record, one that was fitted until then.
    ways
        Which ways are played; all of them unless told otherwise.
    out
        Folder in which blocks of runs are kept while this lasts, so that the same call goes on where it was stopped.

    Raises
    ------
    sim.io.errors.InputError
        If a scenario, an argument or the file is wrong, or nothing of the file can be scored.
    """
    functions_given("sim.analysis.run_backtest", none=("progress",), progress=progress)
    ways = _known_ways(ways)
    kept_in = None if out is None else path_given("sim.analysis.run_backtest", "out", out)
    asked = asked_of(scenario, against, runs, seed, workers, origin=origin, told=told, fitted=fitted, fit=fit)
    work = Work(asked.question.plain.name, None, progress, lambda: None, asked.runs * len(ways))
    work.prepare()
    identity = identity_of(asked.question, asked.evidence, asked.runs)
    of, parts = (
        digest_of([identity, [str(way) for way in ways], repr(asked.history)]),
        len(ways) * -(-asked.runs // LANES),
    )
    with keeping(kept_in, f"backtest-{asked.question.plain.name}", of, parts) as kept:
        games = play_ways(asked, ways, work, kept)
    work.tell(Stage.WRITE)
    found = Hindcast(
        question=asked.question,
        games=tuple(games),
        runs=asked.runs,
        record=asked.record,
        history=asked.history,
        came=asked.came,
        scored=None,
        identity=identity,
        notes=asked.notes,
    )
    came = asked.came
    return found if came is None else dataclasses.replace(found, scored=_scored(found, came, asked.evidence))


def _known_ways(ways: Any) -> tuple[Way, ...]:
    """The ways asked for, each once; refused where one is none, or no way of the model itself is there."""
    several: list[Any] = [ways] if isinstance(ways, str | Way) or not isinstance(ways, Iterable) else list(ways)
    found = tuple(dict.fromkeys(one for one in several if isinstance(one, Way) and one in WAYS))
    if len(found) < len(several) or not any(not one.null for one in found):
        allowed = "some of sim.analysis.hindcast.ways.WAYS, each once, one of them with null=False"
        raise input_error(
            "sim.analysis.run_backtest", "ways", found=Arguments("").entry("", ways).quoted(), allowed=allowed
        )
    return found


def _scored(found: Hindcast, came: Against, evidence: Evidence) -> Backtest:
    """All runs, scored on what came beside every opponent."""
    null = found.draws(True, found.runs) if found.null else None
    draws = found.draws(False, found.runs)
    return score(draws, came, found.history, evidence, found.question.origin, null=null, notes=found.notes)


def asked_of(
    scenario: str | Path | Scenario,
    against: str | Path | None,
    runs: int | None,
    seed: int | None,
    workers: int | None,
    *,
    origin: int,
    told: str | Path | Scenario | None,
    fitted: str | None,
    fit: str | Path | None = None,
) -> Asked:
    """What is asked, checked; arguments as in `run_backtest`, whose errors it raises."""
    arguments, history = Arguments("sim.analysis.run_backtest"), load_history()
    runs, seed = arguments.runs(runs, 2) or RUNS, arguments.seed(seed)
    workers, fitted = arguments.workers(workers), given_fitted(arguments, fitted)
    origin = arguments.whole("origin", origin, history.first + TRAILING, history.last)
    path, folder = arguments.path_or_none("against", against), arguments.path_or_none("fit", fit)
    arguments.refuse_if_wrong()
    plain, also = _both(scenario, told)
    evidence = evidence_of(plain)
    plan = load_plan(evidence.folder / HISTORY)
    if folder is not None or origin < plan.last:
        evidence = before_the_fit(evidence, plan)
    if folder is not None:
        evidence, fitted = with_fit(evidence, folder), POSTERIOR if fitted is None else fitted
    plain, also = (check_setting(one, evidence, arguments) for one in (plain, also))
    for one in (plain, also):
        check_world(one, history)
    arguments.refuse_if_wrong()
    _check_years(plain, also, origin, history)
    fitted, notes = fitted_or_fixed(fitted, evidence, origin)
    notes = notes if folder is None else (*notes, *_unsound(folder))
    luck = SEED if seed is None else seed
    plain, also = (with_fitted(dataclasses.replace(one, seed=luck), fitted) for one in (plain, also))
    record = _record(history, evidence)
    question = Question(plain=plain, told=also, origin=origin, last=_last(plain, origin, history, path))
    came, question, more = _came(path, question, evidence, record)
    return Asked(
        question=question,
        runs=runs,
        evidence=evidence,
        history=history,
        record=record,
        workers=workers or allowed_cores(),
        came=came,
        notes=(*notes, *more),
    )


def _both(scenario: str | Path | Scenario, told: str | Path | Scenario | None) -> tuple[Scenario, Scenario]:
    """The scenario with events alone, and the one that tells more."""
    plain = scenario_of(scenario)
    if told is None:
        beside = plain.name + TOLD if plain.path is None else plain.path.with_name(f"{plain.name}{TOLD}.yaml")
        told = beside
        if isinstance(beside, Path) and not beside.is_file():
            allowed = f"{beside.name} beside it, or 'told' in Python"
            raise input_error(plain.name, "no scenario tells growth and prices of its years as well", allowed=allowed)
    also = told if isinstance(told, Scenario) else load_scenario(told, seeds=plain.seeds)
    if (also.world, also.start) != (plain.world, plain.start):
        found = f"'{also.world}' from {quarter_text(also.start)}"
        allowed = f"'{plain.world}' from {quarter_text(plain.start)}, as in {plain.name}"
        raise input_error(also.name, "both scenarios begin in one world at one time", found=found, allowed=allowed)
    return plain, also


def _check_years(plain: Scenario, also: Scenario, origin: int, history: History) -> None:
    """Runs begin before the origin and end after it, and none is set to what was recorded after it."""
    for one in (plain, also):
        for event in one.events:
            year = event.fields.get("year")
            if event.kind is EventKind.OBSERVE and isinstance(year, int) and year > origin:
                found = f"observe: {year}, at {quarter_text(event.at)}"
                said = f"runs that are asked for what came after {origin} are set to what came"
                raise input_error(one.name, said, found=found, allowed=f"years up to {origin}")
        if one.start > _QUARTERS * origin or one.end < _QUARTERS * (origin + 2) - 1:
            found = f"{quarter_text(one.start)} to {quarter_text(one.end)}"
            allowed = f"a scenario that plays the whole of {origin} and of {origin + 1}"
            raise input_error(
                one.name, f"it cannot be held against what came after {origin}", found=found, allowed=allowed
            )
    if plain.start // _QUARTERS < history.first:
        raise input_error(plain.name, f"the record begins in {history.first}", found=quarter_text(plain.start))


def _last(plain: Scenario, origin: int, history: History, path: Path | None) -> int:
    """The last year that is foretold: of the record, where nothing else is there to score an origin inside it."""
    whole = (plain.end + 1) // _QUARTERS - 1
    return min(whole, history.last) if path is None and origin < history.last else whole


def with_fit(evidence: Evidence, folder: Path) -> Evidence:
    """The evidence with the posterior that a calibration left in its folder; refused where there is none."""
    if not (folder / HISTORY / ROWS).is_file():
        allowed = "the folder that 'multivector calibrate' named at its end"
        found = f"no {HISTORY}/{ROWS}"
        raise input_error(shown_path(folder), "this is not the folder of a calibration", found=found, allowed=allowed)
    check_tables(folder)
    return dataclasses.replace(evidence, folder=folder)


def _unsound(folder: Path) -> tuple[str, ...]:
    """What is said of a fit that did not pass its check, or whose check cannot be read."""
    try:
        sound = read_json_group(folder / "calibration.json").get("sound")
    except InputError:
        sound = None
    if sound is True:
        return ()
    return (
        f"the fit in {shown_path(folder)} did not pass its check on simulated truths, and is good for trials alone",
    )


def fitted_or_fixed(fitted: str | None, evidence: Evidence, origin: int) -> tuple[str, tuple[str, ...]]:
    """How fitted numbers are taken, and what is said of it."""
    if fitted == FIXED:
        return FIXED, ()
    there = (evidence.folder / HISTORY / ROWS).is_file()
    if fitted is None and not there:
        return FIXED, ("there is no posterior yet: numbers that calibration fits are drawn from their ranges",)
    until = int(posterior_of(evidence).about.made_from.get(_UNTIL, ORIGIN))
    if until <= origin:
        return POSTERIOR, ()
    if fitted == POSTERIOR:
        return POSTERIOR, (f"the posterior knows the record to {until}, so that scores from {origin} are too kind",)
    note = f"the posterior knows the record to {until}: from {origin} its numbers are drawn from their priors instead"
    return FIXED, (note,)


def _record(history: History, evidence: Evidence) -> Record:
    """The record of the states and powers of a world."""
    known = {code for one in history.rows for code in (one.state, one.partner)}
    states, powers = (
        [actor.code for actor in actors if actor.code in known] for actors in (evidence.states, evidence.powers)
    )
    return record_of(history, states, powers)


def _came(
    path: Path | None, question: Question, evidence: Evidence, record: Record
) -> tuple[Against | None, Question, tuple[str, ...]]:
    """What came, the question with the votes that were held, and what is said of both."""
    if path is None:
        if question.origin >= record.years[-1]:
            return None, question, ()
        return recorded_after(record, question.origin, question.last), question, ()
    came = read_against(path, evidence).after(question.origin).in_quarters(vote_quarters(question))
    spans = {(one.first, one.last) for one in came.rows if one.measure == ARMS and one.last <= question.last}
    question = dataclasses.replace(question, spans=tuple(sorted(spans)))
    held = {one.quarter for one in came.rows if one.is_vote and one.quarter >= 0}
    asked = {at for at in held if question.at < at < _QUARTERS * (question.last + 1)} - set(vote_quarters(question))
    if not asked:
        return came, question, ()
    when = ", ".join(quarter_text(at) for at in sorted(asked))
    if not can_ask(question):
        return came, question, (f"no vote is asked in {question.plain.name}, so those of {when} are not foretold",)
    note = f"votes of {when} stand in the file and not in the scenario; they are asked with the sides of its own vote"
    return came, dataclasses.replace(question, votes=tuple(sorted(asked))), (note,)
