"""What each lever moves: every kind of event and every number of a power pulled by a stated step, on the same luck."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.effect_tables import ON_SHOW
from sim.analysis.lever_file import LEVERS_FILE, Lever, Move, load_levers
from sim.analysis.observables import SIGNED_VALUE, TRADE_SHARE
from sim.analysis.paired import LEVEL, Label
from sim.analysis.paired_request import check_known, paired_request
from sim.analysis.variants import Variant, Variants, tables_of
from sim.batch.watching import watched
from sim.batch.worker import Tell
from sim.engine.fitted import fitted_numbers
from sim.evidence.evidence import Evidence, load_evidence
from sim.evidence.numbers import Number
from sim.evidence.worlds import HOME_WORLD
from sim.io.arguments import functions_given
from sim.scenario.event_keys import codes_of
from sim.scenario.scenario import Scenario, evidence_of, with_number
from sim.scenario.timeline import unfold

if TYPE_CHECKING:
    import pandas as pd

RUNS = 400
"""Runs with and without each lever, unless told otherwise."""

WATCHED = frozenset((*ON_SHOW, TRADE_SHARE, SIGNED_VALUE))
"""Measures that are looked at where a number of a power is pulled; a written lever is held against every observable."""

_QUARTERS = 4  # in a year
_OF_A_POWER = "powers."
_ACTORS = ("states", "powers", "corridors")
_BEYOND = "a lever, pulled to see what it moves"


@dataclass(frozen=True, kw_only=True)
class Pull:
    """One lever ready to be pulled: what it is in words, the scenario with it pulled, and what it should move."""

    id: str
    says: str
    scenario: Scenario
    after: int  # quarters
    moves: tuple[Move, ...] = ()
    why: str = ""
    number: str = ""  # the name of the number, where it is one of a power that nobody wrote a lever for


@watched
def levers(
    scenario: str | Path | Scenario = "baseline",
    runs: int = RUNS,
    *,
    only: Sequence[str] | None = None,
    file: Path | str | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Tell | None = None,
    level: float = LEVEL,
    out: Path | str | None = None,
    write: "Callable[[pd.DataFrame], None]" = lambda _: None,
    seeds: Path | str | None = None,
) -> "pd.DataFrame":
    """Paired changes of everything that is observed when each lever is pulled.

    Parameters
    ----------
    scenario
        A scenario, its name or path.
    runs, seed, workers
        How many runs, with and without; on which luck, in place of what the scenario says; threads.
    only
        Ids of levers: those of the file, and `powers.<power>.<number>` for a number of a power; all unless told
        otherwise.
    file
        Levers in place of `seeds/levers.yaml`.
    progress
        Called from this thread with a `Progress` now and then; True for a bar.
    level
        How much the intervals cover, and what the correction keeps for the whole family of a lever.
    out
        Folder in which finished levers are noted while this lasts, so that the same call goes on where it was stopped.
    write
        Called with the table before the notes go.
    seeds
        The folder of a world of one's own, for what is named and not loaded yet (`load_scenario(..., seeds=...)`).

    Returns
    -------
    pandas.DataFrame
        One row a lever and outcome (state, measure, power; of a number of a power those that are `WATCHED`), as of the
        `quarter` after the years of the lever, with `reference`, `mean`, `difference`, `low`, `high`, `effect`, `z`,
        `p`, `moved`, `touched` (share of runs in which anything at all differs) and `clear`.

    Raises
    ------
    sim.io.errors.InputError
        If the scenario or the file is wrong, a lever is unknown, or fewer than two runs are asked for.
    """
    functions_given("sim.levers", none=("progress",), progress=progress, write=write)
    request = paired_request("sim.levers", runs=runs, seed=seed, workers=workers, level=level, out=out, seeds=seeds)
    base = request.of(scenario)
    known = pulls(base, file)
    wanted = [known[name] for name in check_known("lever", only, list(known), "list levers")]
    variants = [
        Variant(
            keys={"lever": one.id},
            scenario=one.scenario,
            after=(one.after,),
            keep=is_watched if one.number else lambda _: True,
        )
        for one in wanted
    ]
    with tables_of(Variants(base, variants, request.level), "levers", request, progress) as table:
        table.insert(0, "scenario", base.name)
        write(table)
    return table


def is_watched(label: Label) -> bool:
    """Whether an outcome is looked at where a number of a power is pulled: what tables show, trade and signatures."""
    return label.measure in WATCHED


def pulls(base: Scenario, file: Path | str | None = None) -> dict[str, Pull]:
    """Every lever by id: those of the file where the world of the scenario has its actors, and every number of a power.

    A lever that is looked at after the last quarter of the scenario is looked at in its last.
    """
    evidence = evidence_of(base)
    if file is None and holds_home(evidence) and (evidence.folder / LEVERS_FILE).is_file():
        file = evidence.folder / LEVERS_FILE
    written = () if file is None else load_levers(evidence, base.start, file)
    several = [*(_written(lever, base) for lever in written), *_numbers_of_powers(base, evidence)]
    return {pull.id: pull for pull in several}


def holds_home(evidence: Evidence) -> bool:
    """Whether the world has all actors of the home world, which the shipped levers are about."""
    home = load_evidence(HOME_WORLD)
    mine, theirs = codes_of(evidence), codes_of(home)
    return all(set(getattr(theirs, what)) <= set(getattr(mine, what)) for what in _ACTORS)


def _written(lever: Lever, base: Scenario) -> Pull:
    scenario = base
    for name, (value, reason) in lever.numbers.items():
        scenario = with_number(scenario, name, value, reason)
    after = min(_QUARTERS * lever.years, base.quarters)
    events = unfold(lever.events, base.start, base.end)
    return Pull(
        id=lever.id,
        says=lever.says,
        scenario=replace(scenario, events=(*scenario.events, *events)),
        after=after,
        moves=lever.moves,
        why=lever.why,
    )


def _numbers_of_powers(base: Scenario, evidence: Evidence) -> list[Pull]:
    """Every number of a power, pulled to the high end of its range, or where it stands there to the low one."""
    numbers: Mapping[str, Number] = evidence.numbers
    fitted = fitted_numbers(base, evidence)
    drawn = base.sampled.keys() | set(() if fitted is None else fitted.names)
    several = []
    for name, number in numbers.items():
        if not name.startswith(_OF_A_POWER) or name in drawn:
            continue
        was = base.numbers.get(name, number.value)
        to = number.high if number.high > was else number.low
        several.append(
            Pull(
                id=name,
                says=f"{number.meaning}: {was:g} becomes {to:g} {number.unit}",
                scenario=with_number(base, name, to, _BEYOND),
                after=base.quarters,
                number=name,
            )
        )
    return several
