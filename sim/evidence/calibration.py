"""What is fitted, to what, and how: `seeds/history/calibration.yaml`, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.evidence.evidence import load_evidence
from sim.evidence.posterior import NO_NUMBER
from sim.evidence.worlds import shipped_folder
from sim.io.checks import check_text, is_name
from sim.io.errors import Problems, listed, nearest_to, quoted
from sim.io.forms import (
    NAME_SCHEMA,
    TEXT,
    Form,
    Reader,
    Values,
    file_schema,
    group,
    inner,
    names_of,
    number,
    read_form,
    schema_of,
    whole_number,
)
from sim.io.readers import read_yaml

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sim.io.errors import Entry

FILE = "calibration.yaml"
ARMS_EXPONENT = f"{NO_NUMBER}arms_exponent"
"""The only one there is: the power of what is delivered in security to which recorded shares of arms belong."""

ESTIMATED = (
    *("drift", "size-one-year", "size-three-years", "lag-one"),
    *("size-growth", "slope-partner", "slope-own", "slope-price"),
    *("size-agreement", "drift-agreement", "lag-agreement"),
    *("arms-largest", "arms-concentration", "arms-turnover"),
    "together",
)
"""Targets that can be estimated; a plan says in words what each is, and cannot have others."""

LEAST_YEARS = 5  # changes over three years and lags need as many

FEWEST_POINTS = 100  # below which a wave is no design

_FIRST_YEAR, _LAST_YEAR, _LARGEST_SEED = 1900, 2100, 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class Prior:
    """One number that is fitted: flat from `low` to `high`, and the targets from which it should be learnt."""

    name: str
    low: float
    high: float
    targets: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class Waves:
    """Rounds of history matching: how many, of how many points and runs of each, and what is cut.

    cut: largest implausibility that is kept, of the `ranked` largest target; allowance: part of the ensemble's variance
    that is added for what the emulator does not know.
    """

    number: int
    points: int
    runs: int
    cut: float
    ranked: int
    allowance: float


@dataclass(frozen=True, kw_only=True)
class Sampler:
    """How the posterior is drawn; freedom: degrees of the t distribution of the likelihood."""

    walkers: int
    steps: int
    discarded: int
    draws: int
    freedom: float


@dataclass(frozen=True, kw_only=True)
class Checks:
    """How many simulated truths, how long each is sampled, and what the coverage and the p of every number must be."""

    truths: int
    steps: int
    least: float
    most: float
    flat: float


@dataclass(frozen=True, kw_only=True)
class Seeds:
    """Which luck the design, the sampler and the checks have."""

    design: int
    sampler: int
    checks: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that a calibration is."""

    scenario: str
    first: int
    last: int
    waves: Waves
    sampler: Sampler
    checks: Checks
    seeds: Seeds
    priors: tuple[Prior, ...]
    targets: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """What is fitted, in the order of the file."""
        return tuple(prior.name for prior in self.priors)

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the record that are used."""
        return tuple(range(self.first, self.last + 1))


# --- how it is written -----------------------------------------------------------------------------------------------


def check_ends(entry: Entry, values: Values, _: object) -> None:
    """A prior has a width, and a number something from which it is learnt."""
    low, high = values["low"], values["high"]
    targets = entry.value.get("targets")
    if targets is not None and targets.value == []:
        targets.refuse(found="none", allowed="at least one target from which it should be learnt")
    if low is not None and high is not None and not low < high:
        entry.value["high"].refuse(allowed=f"a number above low ({low:g})")


_TARGETS: Reader[Collection[str]] = names_of(lambda targets: targets)
PRIOR: Form[Collection[str]] = Form(
    needs={
        "low": number().says("the low end of the flat prior"),
        "high": number().says("its high end"),
        "targets": _TARGETS.says("the targets from which it should be learnt, by name"),
        "why": TEXT.says("why the prior lies there"),
    },
    check=check_ends,
)
WAVES: Form[object] = Form(
    needs={
        "number": whole_number(1, 20).says("rounds"),
        "points": whole_number(FEWEST_POINTS, 100_000).says("points of each"),
        "runs": whole_number(8, 100_000).says("runs of each point"),
        "cut": number(0).says("the largest implausibility that is kept"),
        "ranked": whole_number(1, 1000).says("of which target in order of implausibility, the largest being 1"),
        "allowance": number(0, 10).says("part of the ensemble's variance added for what the emulator does not know"),
    }
)
SAMPLER: Form[object] = Form(
    needs={
        "walkers": whole_number(4, 10_000).says("walkers, at least twice as many as numbers"),
        "steps": whole_number(50, 1_000_000).says("steps of each"),
        "discarded": whole_number(0, 1_000_000).says("steps left out at the start"),
        "draws": whole_number(100, 1_000_000).says("draws that are kept"),
        "freedom": number(2.1, 1000).says("degrees of freedom of the t distribution"),
    }
)
CHECKS: Form[object] = Form(
    needs={
        "truths": whole_number(10, 100_000).says("simulated truths"),
        "steps": whole_number(50, 1_000_000).says("steps of each walker for one truth"),
        "least": number(0, 1).says("least coverage of 90 per cent intervals"),
        "most": number(0, 1).says("most"),
        "flat": number(0, 1).says("least p of a test that ranks are flat, after Holm"),
    }
)
SEEDS: Form[object] = Form(
    needs={name: whole_number(0, _LARGEST_SEED).says("a seed") for name in ("design", "sampler", "checks")}
)
PLAN: Form[object] = Form(
    needs={
        "scenario": TEXT.but(**NAME_SCHEMA).says("what is played: a scenario that comes with the package"),
        "first": whole_number(_FIRST_YEAR, _LAST_YEAR).says("the first year of the record that is used"),
        "last": whole_number(_FIRST_YEAR, _LAST_YEAR).says("the last"),
        "waves": inner(WAVES).says("rounds of points"),
        "sampler": inner(SAMPLER).says("how the posterior is drawn"),
        "checks": inner(CHECKS).says("how the procedure is checked on simulated truths"),
        "seeds": inner(SEEDS).says("which luck"),
        "numbers": group(schema_of(PRIOR)).says("what is fitted, by the name of the number"),
        "targets": group(TEXT.schema).says("what is matched, in words"),
    }
)


def load_plan(folder: Path | str | None = None) -> Plan:
    """Read and check the plan of the shipped record, or of another folder laid out like it.

    Raises `InputError` with every mistake, among them names of targets that are not explained and years too few.
    """
    place = shipped_folder("seeds") / "history" if folder is None else Path(folder)
    problems = Problems()
    top = read_yaml(place / FILE, problems)
    values = None if top is None else read_form(top, PLAN, None)
    problems.raise_if_any()
    assert top is not None  # what cannot be read has been complained about
    assert values is not None
    targets = {name: str(entry.text or "") for name, entry in values["targets"].items()}
    priors = []
    for name, entry in values["numbers"].items():
        read = read_form(entry, PRIOR, targets)
        if read is not None:
            priors.append(Prior(name=name, **read))
    if values["scenario"] is not None and not is_name(values["scenario"]):
        top.value["scenario"].refuse(allowed="the name of a scenario: small letters, digits and hyphens, never a path")
    check_known(values["numbers"], load_evidence().numbers)
    check_targets(values["targets"])
    check_times(values, top)
    check_counts(values, top)
    problems.raise_if_any()
    return Plan(
        scenario=values["scenario"],
        first=values["first"],
        last=values["last"],
        waves=Waves(**values["waves"]),
        sampler=Sampler(**values["sampler"]),
        checks=Checks(**values["checks"]),
        seeds=Seeds(**values["seeds"]),
        priors=tuple(priors),
        targets=targets,
    )


def check_known(numbers: Mapping[str, Entry], known: Collection[str]) -> None:
    """What is fitted is a number of the home world, or one of how the model is observed."""
    for name, entry in numbers.items():
        if name != ARMS_EXPONENT and name not in known:
            allowed = f"the name of a number ('multivector list numbers'), or {ARMS_EXPONENT}"
            entry.refuse(found=quoted(name), allowed=allowed, nearest=nearest_to(name, (*known, ARMS_EXPONENT)))


def check_targets(targets: Mapping[str, Entry]) -> None:
    """Whoever writes of a target that nobody estimates believes that it is matched."""
    for name, entry in targets.items():
        check_text(entry)
        if name not in ESTIMATED:
            entry.refuse(found=quoted(name), allowed=listed(ESTIMATED), nearest=nearest_to(name, ESTIMATED))


def check_times(values: Values, top: Entry) -> None:
    """There are years enough."""
    first, last = values["first"], values["last"]
    if None not in (first, last) and last - first + 1 < LEAST_YEARS:
        top.value["last"].refuse(allowed=f"{first + LEAST_YEARS - 1} or later: {LEAST_YEARS} years are needed")


def check_counts(values: Values, top: Entry) -> None:
    """There is something to fit, walkers and steps suffice for it, and what must be covered is a span."""
    dimensions, sampler, checks = len(values["numbers"]), values["sampler"], values["checks"]
    if not dimensions:
        top.value["numbers"].refuse(found="none", allowed="at least one number that is fitted")
    if sampler is not None and None not in sampler.values():
        walkers, steps, discarded = sampler["walkers"], sampler["steps"], sampler["discarded"]
        where = top.value["sampler"].value
        if walkers < 2 * dimensions:
            where["walkers"].refuse(allowed=f"at least {2 * dimensions}: two for each number that is fitted")
        if discarded >= steps:
            where["discarded"].refuse(allowed="fewer than steps")
        elif sampler["draws"] > (most := walkers * (steps - discarded)):
            where["draws"].refuse(allowed=f"at most {most}: steps of all walkers that are kept")
    if checks is not None and None not in checks.values() and not checks["least"] < checks["most"]:
        top.value["checks"].value["most"].refuse(allowed=f"a number above least ({checks['least']:g})")


def plan_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of the file."""
    return file_schema("Calibration of multivector", "What is fitted to the record, to what, and how.", schema_of(PLAN))
