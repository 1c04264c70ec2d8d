"""Experiments: one scenario, many settings of its numbers. Written as YAML files, read and checked here.

An experiment says which numbers, policy switches and common scales vary (factors) and within what limits, how the
points are laid out (design), how often chance is played through at each of them (replicates), and what is asked of
every run (outcomes). It is a file, `experiments/<name>/experiment.yaml`; a mapping with the same keys will do
in Python. Everything is checked before anything runs, and every mistake is told with its file and line.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from sim.analysis.sensitivity.factors import Factor, read_factors
from sim.analysis.sensitivity.responses import Response, read_asks
from sim.evidence.evidence import load_evidence
from sim.evidence.worlds import shipped_folder
from sim.io.checks import check_choice, check_keys, check_list, check_number, check_text, check_whole_number
from sim.io.errors import Entry, InputError, Problems, input_error, listed, nearest_to
from sim.io.readers import parse_yaml, read_yaml
from sim.scenario.scenario import LARGEST_SEED, Scenario, list_scenarios, load_scenario

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILE = "experiment.yaml"
MOST_POINTS = 1 << 20
MOST_ROWS = 5_000_000
MOST_REPLICATES = 100_000
FEWEST_FAST = 65  # the search curve of the extended FAST needs more points than 4 times its 4 harmonics squared


class DesignKind(Enum):
    """How points are laid out; the value says what the design is for."""

    ONE_AT_A_TIME = "each factor at its ends, all others where they stand: a tornado"
    GRID = "every combination of levels: phase diagrams and courses by level"
    LATIN_HYPERCUBE = "spread evenly through the whole space: rank correlations, scenario discovery"
    SOBOL = "first, total and second order indices, with intervals"
    MORRIS = "elementary effects along trajectories: screening many factors with few runs"
    FAST = "first and total order indices from search curves (extended FAST)"

    @property
    def word(self) -> str:
        """The design as written in a file: `one-at-a-time`, `sobol` and so on."""
        return self.name.lower().replace("_", "-")


DESIGNS = tuple(kind.word for kind in DesignKind)


@dataclass(frozen=True, kw_only=True)
class Design:
    """A layout of points.

    `points`: base points (Sobol), points (Latin hypercube, grid without levels), trajectories (Morris), points a search
    curve (FAST); for one at a time, points a factor. `levels` is for Morris, `curves` for FAST.
    """

    kind: DesignKind
    points: int = 2
    second_order: bool = True
    levels: int = 4
    curves: int = 2

    def rows(self, factors: int, combinations: int = 0) -> int:
        """How many points there are for so many factors, the dummy included."""
        if self.kind is DesignKind.SOBOL:
            return self.points * ((2 * factors if self.second_order else factors) + 2)
        if self.kind is DesignKind.MORRIS:
            return self.points * (factors + 1)
        if self.kind is DesignKind.FAST:
            return self.points * self.curves * factors
        if self.kind is DesignKind.ONE_AT_A_TIME:
            return 1 + combinations
        return combinations if self.kind is DesignKind.GRID else self.points


@dataclass(frozen=True, kw_only=True)
class Screen:
    """A first, cheap pass over all factors after which only the strongest `keep` go into the design."""

    trajectories: int
    levels: int
    keep: int


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
        if screen:
            return 0 if self.screen is None else self.screen.trajectories * (len(self.factors) + 2)
        kept = len(self.factors) if self.screen is None else min(self.screen.keep, len(self.factors))
        return self.design.rows(kept + 1, combinations_of(self.factors[:kept], self.design))


def combinations_of(factors: Iterable[Factor], design: Design) -> int:
    """Combinations of all levels (grid), or their sum (one at a time; the dummy has two)."""
    counts = [len(factor.levels) or design.points for factor in factors]
    if design.kind is DesignKind.ONE_AT_A_TIME:
        return sum(counts) + design.points
    total = 1
    for count in counts:
        total *= count
    return total


# --- finding and reading ---------------------------------------------------------------------------------------------

_REQUIRED = ("title", "question", "scenario", "factors", "design", "outcomes")
_OPTIONAL = ("seed", "replicates", "screen", "discover", "notes")


def list_experiments(folder: Path | str | None = None) -> tuple[str, ...]:
    """The names of the experiments in `folder`, or of those that come with the package."""
    place = shipped_folder("experiments") if folder is None else Path(folder)
    return tuple(sorted(path.parent.name for path in place.glob(f"*/{FILE}")))


def experiment_path(name_or_path: str | Path) -> Path | None:
    """The file of an experiment by its name, its folder or its path; None when this is none (a scenario, say)."""
    path = Path(name_or_path)
    if path.name == FILE:
        return path
    if (path / FILE).is_file():
        return path / FILE
    names = list_experiments()
    short = {name[:4]: name for name in names}
    name = short.get(str(name_or_path), str(name_or_path))
    return shipped_folder("experiments") / name / FILE if name in names else None


def load_experiment(what: str | Path | Mapping[str, Any]) -> Experiment:
    """Read and check an experiment.

    Parameters
    ----------
    what
        The name or number of a shipped experiment, a folder with an `experiment.yaml`, the path of such a file, or a
        mapping with the same keys.

    Raises
    ------
    sim.io.errors.InputError
        With every problem found.
    """
    problems = Problems()
    path: Path | None = None
    if isinstance(what, str | Path):
        path = experiment_path(what)
        if path is None:
            known = list_experiments()
            raise input_error(
                str(what),
                "there is no such experiment",
                allowed=f"{listed(known)}, a folder with an {FILE}, or the path of one",
                nearest=nearest_to(what, known),
            )
        top = read_yaml(path, problems)
    else:
        top = parse_yaml(yaml.safe_dump(_plain(what), sort_keys=False, allow_unicode=True), "experiment", problems)
    experiment = None
    if top is not None and check_keys(top, _REQUIRED, _OPTIONAL, problems):
        experiment = _read(top, path, problems)
    problems.raise_if_any()
    assert experiment is not None
    return experiment


def _plain(value: Any) -> Any:
    """A mapping from Python as YAML can write it: tuples and arrays become lists."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "items"):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _read(top: Entry, path: Path | None, problems: Problems) -> Experiment | None:
    keys = top.value
    scenario = _scenario(keys.get("scenario"), path, problems)
    design = _design(keys.get("design"), problems)
    screen = _screen(keys.get("screen"), problems)
    if scenario is None or design is None:
        return None
    evidence = load_evidence(scenario.world)
    factors = read_factors(keys.get("factors"), scenario, evidence, problems)
    check_levels_fit(keys.get("factors"), factors, design, problems)
    asks = read_asks(keys.get("outcomes"), scenario, evidence, problems)
    check_names_differ(keys.get("outcomes"), factors, asks, problems)
    experiment = Experiment(
        name="experiment" if path is None else path.resolve().parent.name,
        title=check_text(keys.get("title"), problems),
        question=check_text(keys.get("question"), problems),
        scenario=scenario,
        seed=_whole(keys, "seed", scenario.seed, 0, LARGEST_SEED, problems),
        replicates=_whole(keys, "replicates", 1, 1, MOST_REPLICATES, problems),
        factors=factors,
        design=design,
        screen=screen,
        outcomes=asks,
        discover=_discover(keys.get("discover"), asks, problems),
        notes=check_text(keys["notes"], problems) if "notes" in keys else "",
        path=path,
    )
    check_experiment_size(top, experiment, problems)
    return experiment


def check_names_differ(
    entry: Entry | None, factors: tuple[Factor, ...], asks: tuple[Response, ...], problems: Problems
) -> None:
    """No outcome bears the name of a factor: both are columns of one table."""
    both = {factor.name for factor in factors} & {ask.name for ask in asks}
    if entry is not None and both:
        problems.about(entry, found=f"the outcome '{min(both)}'", allowed="a name that no factor has")


def _whole(keys: dict[str, Entry], key: str, usual: int, low: int, high: int, problems: Problems) -> int:
    if key not in keys:
        return usual
    return check_whole_number(keys[key], problems, low, high) or low


def _scenario(entry: Entry | None, path: Path | None, problems: Problems) -> Scenario | None:
    """The scenario by name: one that is shipped, or one beside the experiment's file."""
    if entry is None:
        return None
    beside = () if path is None else list_scenarios(path.parent)
    beside = tuple(name for name in beside if name != Path(FILE).stem)
    name = check_choice(entry, (*list_scenarios(), *beside), problems)
    if name is None:
        return None
    try:
        return load_scenario(name if path is None or name not in beside else path.parent / f"{name}.yaml")
    except InputError as error:
        for problem in error.problems:
            problems.add(problem)
        return None


def check_experiment_size(entry: Entry, experiment: Experiment, problems: Problems) -> None:
    """A design has no more points than a machine can hold."""
    for screen in (True, False):
        rows = experiment.rows(screen)
        if rows > MOST_ROWS:
            place = entry.value["screen" if screen else "design"]
            problems.about(place, found=f"{rows:,} points", allowed=f"at most {MOST_ROWS:,}")


# --- design ----------------------------------------------------------------------------------------------------------

FEWEST = {DesignKind.FAST: FEWEST_FAST, DesignKind.LATIN_HYPERCUBE: 4}
"""The smallest number of points of a design, where it is more than two."""

_DESIGN_KEYS: dict[DesignKind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    DesignKind.ONE_AT_A_TIME: ((), ("points",)),
    DesignKind.GRID: ((), ("points",)),
    DesignKind.LATIN_HYPERCUBE: (("points",), ()),
    DesignKind.SOBOL: (("points",), ("second_order",)),
    DesignKind.MORRIS: (("trajectories",), ("levels",)),
    DesignKind.FAST: (("points",), ("curves",)),
}


def _design(entry: Entry | None, problems: Problems) -> Design | None:
    if entry is None:
        return None
    if not isinstance(entry.value, dict):
        problems.about(entry, allowed="a group of keys: kind, one of " + listed(DESIGNS) + ", and its size")
        return None
    if "kind" not in entry.value:
        problems.about(entry, found="", message="'kind' is missing", allowed=listed(DESIGNS))
        return None
    word = check_choice(entry.value["kind"], DESIGNS, problems)
    if word is None:
        return None
    kind = DesignKind[word.upper().replace("-", "_")]
    required, optional = _DESIGN_KEYS[kind]
    check_keys(entry, ("kind", *required), optional, problems)
    keys = entry.value
    fewest = FEWEST.get(kind, 2)
    key = "trajectories" if kind is DesignKind.MORRIS else "points"
    points = _whole(keys, key, fewest, fewest, MOST_POINTS, problems)
    if kind is DesignKind.SOBOL and "points" in keys:
        check_power_of_two(keys["points"], problems)
    levels = _whole(keys, "levels", 4, 2, 64, problems)
    if "levels" in keys:
        check_even(keys["levels"], problems)
    return Design(
        kind=kind,
        points=points,
        second_order=_second_order(keys.get("second_order"), problems),
        levels=levels,
        curves=_whole(keys, "curves", 2, 2, 64, problems),
    )


def _second_order(entry: Entry | None, problems: Problems) -> bool:
    return entry is None or check_choice(entry, ("true", "false"), problems) != "false"


def check_power_of_two(entry: Entry, problems: Problems) -> None:
    """A Sobol sequence is balanced only at powers of two."""
    value = entry.value
    if isinstance(value, int) and not isinstance(value, bool) and value > 0 and value & (value - 1):
        below = 1 << (value.bit_length() - 1)
        problems.about(entry, allowed=f"a power of two, such as {below} or {2 * below}")


def check_even(entry: Entry, problems: Problems) -> None:
    """Trajectories step over half of the levels, so there is an even number of them."""
    if isinstance(entry.value, int) and entry.value % 2:
        problems.about(entry, allowed="an even number of levels")


def _screen(entry: Entry | None, problems: Problems) -> Screen | None:
    if entry is None or not check_keys(entry, ("trajectories", "keep"), ("levels",), problems):
        return None
    keys = entry.value
    if "levels" in keys:
        check_even(keys["levels"], problems)
    return Screen(
        trajectories=_whole(keys, "trajectories", 10, 2, MOST_POINTS, problems),
        levels=_whole(keys, "levels", 4, 2, 64, problems),
        keep=_whole(keys, "keep", 1, 1, MOST_POINTS, problems),
    )


def check_levels_fit(entry: Entry | None, factors: tuple[Factor, ...], design: Design, problems: Problems) -> None:
    """Search curves run through every value, so they cannot run through levels; a grid needs at most a few factors."""
    if entry is None:
        return
    stepped = [factor.name for factor in factors if factor.levels]
    if design.kind is DesignKind.FAST and stepped:
        problems.about(
            entry, found=f"levels of {listed(stepped)}", allowed="limits: FAST moves along curves, use sobol for levels"
        )


# --- what to look for ------------------------------------------------------------------------------------------------


def _discover(entry: Entry | None, asks: tuple[Response, ...], problems: Problems) -> tuple[Discover, ...]:
    if entry is None:
        return ()
    names = [ask.name for ask in asks]
    found = []
    for item in check_list(entry, problems, "a list of what to look for"):
        if not check_keys(item, ("outcome",), ("at_least", "at_most"), problems):
            continue
        keys = item.value
        if ("at_least" in keys) == ("at_most" in keys):
            told = "both" if "at_least" in keys else "neither"
            problems.about(item, found=told, allowed="one of at_least and at_most")
        outcome = check_choice(keys.get("outcome"), names, problems)
        least = check_number(keys.get("at_least"), problems)
        most = check_number(keys.get("at_most"), problems)
        if outcome is not None:
            found.append(Discover(outcome=outcome, least=least, most=most))
    return tuple(found)
