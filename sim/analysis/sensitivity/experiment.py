"""Experiments: one scenario, many settings of its numbers. Written as YAML files, read and checked here.

An experiment says which numbers, policy switches and common scales vary (factors) and within what limits, how the
points are laid out (design), how often chance is played through at each of them (replicates), and what is asked of
every run (outcomes). It is a file, `experiments/<name>/experiment.yaml`; a mapping with the same keys will do
in Python. Everything is checked before anything runs, and every mistake is told with its file and line.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from sim.analysis.sensitivity.design_kinds import (
    DESIGN_SCHEMA,
    SCREEN,
    Design,
    DesignKind,
    Screen,
    combinations_of,
    read_design,
)
from sim.analysis.sensitivity.experiment_files import FILE, experiment_path, list_experiments
from sim.analysis.sensitivity.factors import DUMMY, Factor, factor_schema, read_factors
from sim.analysis.sensitivity.own_points import read_points
from sim.analysis.sensitivity.response_forms import Subject, read_responses, response_schema
from sim.analysis.sensitivity.responses import Response
from sim.io.arguments import Arguments, path_given
from sim.io.checks import check_choice
from sim.io.errors import Entry, InputError, Problems, input_error, listed, nearest_to, quoted
from sim.io.forms import (
    NAME_SCHEMA,
    TEXT,
    Form,
    Reader,
    Values,
    as_written,
    file_schema,
    inner,
    items,
    name_of,
    number,
    read_each,
    read_form,
    schema_of,
    whole_number,
)
from sim.io.letters import SEEN, is_on_one_line
from sim.io.limits import LARGEST_SEED, MOST_REPLICATES
from sim.io.readers import parse_yaml, read_yaml
from sim.scenario.family import list_scenarios
from sim.scenario.scenario import Scenario, evidence_of, load_scenario

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_ROWS = 5_000_000


@dataclass(frozen=True, kw_only=True)
class Discover:
    """In which worlds is the mean of an outcome at least, or at most, so much?"""

    outcome: str
    least: float | None = None
    most: float | None = None

    @property
    def words(self) -> str:
        """The condition as a reader sees it."""
        return f"{self.outcome} >= {self.least:g}" if self.least is not None else f"{self.outcome} <= {self.most:g}"


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A question with everything that is needed to answer it."""

    name: str
    title: str
    question: str
    factors: tuple[Factor, ...]
    design: Design
    scenario: Scenario | None = None
    seed: int = 0
    replicates: int = 1
    screen: Screen | None = None
    outcomes: tuple[Response, ...] = ()
    discover: tuple[Discover, ...] = ()
    notes: str = ""
    path: Path | None = None

    @property
    def folder(self) -> Path | None:
        """Where the file lies, if there is one."""
        return None if self.path is None else self.path.parent

    def rows(self, screen: bool = False) -> int:
        """How many points are run, of the screening pass or of the design itself; each `replicates` times."""
        arguments = Arguments("Experiment.rows")
        screen = arguments.flag("screen", screen)
        arguments.refuse_if_wrong()
        if screen:
            return 0 if self.screen is None else self.screen.trajectories * (len(self.factors) + 2)
        kept = len(self.factors) if self.screen is None else min(self.screen.keep, len(self.factors))
        return self.design.rows(kept + 1, combinations_of(self.factors[:kept], self.design))


# --- how an experiment is written ------------------------------------------------------------------------------------


def check_one_limit(entry: Entry) -> None:
    """What is looked for has one limit."""
    if ("at_least" in entry.value) == ("at_most" in entry.value):
        entry.refuse(found="both" if "at_least" in entry.value else "neither", allowed="one of at_least and at_most")


_OUTCOME: Reader[Collection[str]] = name_of(lambda outcomes: outcomes)
DISCOVER: Form[Collection[str]] = Form(
    needs={"outcome": _OUTCOME.says("the outcome whose mean is looked at, by name")},
    may={"at_least": number().says("its lowest value"), "at_most": number().says("its highest value")},
    first=check_one_limit,
    schema={"oneOf": [{"required": ["at_least"]}, {"required": ["at_most"]}]},
)


@cache
def experiment_form() -> Form[object]:
    """The keys of an experiment; made when it is needed, since what can be asked is known to other rooms."""
    return Form(
        needs={
            "title": TEXT.says("what this is, in a line"),
            "question": TEXT.says("what is asked"),
            "scenario": as_written(NAME_SCHEMA).says("the scenario whose numbers are varied, by name"),
            "factors": as_written(factor_schema()).says("what varies, and within what limits"),
            "design": as_written(DESIGN_SCHEMA).says("how the points are laid out"),
            "outcomes": as_written(response_schema()).says("what is asked of every run, by name"),
        },
        may={
            "seed": whole_number(0, LARGEST_SEED).says("which luck; without it, the scenario's"),
            "replicates": whole_number(1, MOST_REPLICATES, 1).says("runs at each point"),
            "screen": inner(SCREEN).says("a first, cheap pass over all factors; the strongest go into the design"),
            "discover": items(schema_of(DISCOVER), "a list of what to look for").says("worlds to look for"),
            "notes": TEXT.says("anything a reader should know"),
        },
    )


def experiment_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of an experiment."""
    said = "One scenario, many settings of its numbers: what varies, how points are laid out, and what is asked."
    return file_schema("An experiment of multivector", said, schema_of(experiment_form()))


# --- reading ---------------------------------------------------------------------------------------------------------


def load_experiment(what: str | Path | Mapping[str, Any], *, seeds: str | Path | None = None) -> Experiment:
    """Read and check an experiment.

    Parameters
    ----------
    what
        The name or number of a shipped experiment, a folder with an `experiment.yaml`, the path of such a file, or a
        mapping with the same keys.
    seeds
        The folder of a world of one's own, in place of the shipped seeds.

    Raises
    ------
    sim.io.errors.InputError
        With every problem found.
    """
    problems = Problems()
    path: Path | None = None
    if isinstance(what, str | Path):
        what = str(path_given("load_experiment", "what", what))
        path = experiment_path(what)
        if path is None:
            known = list_experiments()
            raise input_error(
                str(what),
                "there is no such experiment",
                allowed=f"{listed(known, 'list experiments')}, a folder with an {FILE}, or the path of one",
                nearest=nearest_to(what, known),
            )
        top = read_yaml(path, problems)
    else:
        top = parse_yaml(_as_yaml(what), "experiment", problems)
    values = None if top is None else read_form(top, experiment_form(), None)
    experiment = None if top is None or values is None else _read(top, values, path, seeds)
    problems.raise_if_any()
    assert experiment is not None
    return experiment


def _as_yaml(what: Any) -> str:
    """A mapping from Python as a file would say the same. Raises `InputError` for what no file could say."""
    arguments = Arguments("load_experiment")
    allowed = "the name or number of an experiment, its folder or file, or a mapping with the keys of such a file"
    if not isinstance(what, Mapping):
        arguments.entry("what", what).refuse(allowed=allowed)
        arguments.refuse_if_wrong()
    try:
        return str(yaml.safe_dump(_plain(what), sort_keys=False, allow_unicode=True))
    except (yaml.YAMLError, ValueError, RecursionError):
        message = "this mapping holds what no file could say; it takes text, numbers, lists and groups of keys"
        raise input_error("load_experiment", message) from None


def _plain(value: Any) -> Any:
    """A mapping from Python as YAML can write it: tuples and arrays become lists."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "items"):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _read(top: Entry, values: Values, path: Path | None, seeds: str | Path | None) -> Experiment | None:
    scenario = None if values["scenario"] is None else _scenario(values["scenario"], path, seeds)
    design = None if values["design"] is None else read_design(values["design"])
    if scenario is None or design is None:
        return None
    folder = None if path is None else path.parent
    subject = Subject(scenario=scenario, evidence=evidence_of(scenario), folder=folder)
    factors = read_factors(values["factors"], subject)
    outcomes = read_responses(values["outcomes"], subject)
    check_levels_fit(values["factors"], factors, design)
    if design.kind is DesignKind.TABLE:
        design = _with_points(values, factors, design, folder)
    check_names_differ(values["outcomes"], factors, outcomes)
    screen = values["screen"]
    experiment = Experiment(
        name="experiment" if path is None else path.resolve().parent.name,
        title=values["title"],
        question=values["question"],
        scenario=scenario,
        seed=scenario.seed if values["seed"] is None else values["seed"],
        replicates=values["replicates"],
        factors=factors,
        design=design,
        screen=None if screen is None else Screen(**screen),
        outcomes=outcomes,
        discover=_discover(values["discover"], outcomes),
        notes=values["notes"],
        path=path,
    )
    check_experiment_size(top, experiment)
    if not is_on_one_line(experiment.name):
        message = "an experiment is called by the name of its folder"
        top.refuse(found=quoted(experiment.name), message=message, allowed=SEEN)
    return experiment


def _with_points(values: Values, factors: tuple[Factor, ...], design: Design, folder: Path | None) -> Design:
    """The design with the points of its table."""
    entry = values["design"].value.get("file")
    if values["screen"] is not None:
        values["design"].refuse(found="a table of points beside 'screen'", allowed="one of them")
    own = None if entry is None or not factors else read_points(entry, folder, factors, passed_over=("point", DUMMY))
    return design if own is None else replace(design, own=own, points=len(own))


def _scenario(entry: Entry, path: Path | None, seeds: str | Path | None) -> Scenario | None:
    """The scenario by name: one that is shipped, or one beside the experiment's file."""
    beside = () if path is None else list_scenarios(path.parent)
    beside = tuple(name for name in beside if name != Path(FILE).stem)
    name = check_choice(entry, (*list_scenarios(), *beside), "list scenarios")
    if name is None:
        return None
    try:
        place = name if path is None or name not in beside else path.parent / f"{name}.yaml"
        return load_scenario(place, seeds=seeds)
    except InputError as error:
        for problem in error.problems:
            entry.problems.add(problem)
        return None


def _discover(entries: Iterable[Entry], outcomes: tuple[Response, ...]) -> tuple[Discover, ...]:
    names = [response.name for response in outcomes]
    return tuple(
        Discover(outcome=values["outcome"], least=values["at_least"], most=values["at_most"])
        for _, values in read_each(entries, DISCOVER, names)
    )


def check_names_differ(entry: Entry | None, factors: tuple[Factor, ...], outcomes: tuple[Response, ...]) -> None:
    """No outcome bears the name of a factor: both are columns of one table."""
    both = {factor.name for factor in factors} & {response.name for response in outcomes}
    if entry is not None and both:
        entry.refuse(found=f"the outcome '{min(both)}'", allowed="a name that no factor has")


def check_levels_fit(entry: Entry | None, factors: tuple[Factor, ...], design: Design) -> None:
    """Search curves run through every value, so they cannot run through levels."""
    stepped = [factor.name for factor in factors if factor.levels]
    if entry is not None and design.kind is DesignKind.FAST and stepped:
        entry.refuse(
            found=f"levels of {listed(stepped)}", allowed="limits: FAST moves along curves, use sobol for levels"
        )


def check_experiment_size(entry: Entry, experiment: Experiment) -> None:
    """A design has no more points than a machine can hold."""
    for screen in (True, False):
        rows = experiment.rows(screen)
        if rows > MOST_ROWS:
            place = entry.value["screen" if screen else "design"]
            place.refuse(found=f"{rows:,} points", allowed=f"at most {MOST_ROWS:,}")
