"""Where scenarios are found, and which extends which."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.evidence.worlds import shipped_folder
from sim.io.arguments import Arguments, path_given
from sim.io.checks import check_choice, is_name
from sim.io.errors import Entry, input_error, listed, nearest_to, quoted, shown_path
from sim.io.forms import check_keys
from sim.io.letters import SEEN, is_on_one_line
from sim.io.readers import read_yaml

if TYPE_CHECKING:
    from sim.io.errors import Problems
    from sim.io.forms import Form

MOST_FILES = 16
"""Files in a chain of scenarios that extend each other; a question nobody can follow is no question."""


def list_scenarios(folder: Path | str | None = None) -> tuple[str, ...]:
    """The names of the scenarios in `folder`, or of those that come with the package."""
    place = shipped_folder("scenarios") if folder is None else path_given("list_scenarios", "folder", folder)
    return tuple(sorted(path.stem for path in place.glob("*.yaml")))


def find_scenario(name_or_path: str | Path, folder: Path | str | None) -> Path:
    """The path of a scenario by its name, or the path that was given. Raises `InputError` for a name nobody knows."""
    arguments, named = Arguments("load_scenario"), "the name of a scenario, or the path of a YAML file"
    arguments.made("name_or_path", name_or_path, str | Path, named)
    folder = arguments.path_or_none("folder", folder)
    arguments.refuse_if_wrong()
    written = str(name_or_path)
    if isinstance(name_or_path, Path) or written.endswith((".yaml", ".yml")) or "/" in written or "\\" in written:
        return path_given("load_scenario", "name_or_path", name_or_path)
    place = shipped_folder("scenarios") if folder is None else folder
    known = list_scenarios(place)
    if written in known:
        return place / f"{written}.yaml"
    raise input_error(
        shown_path(place),
        "there is no such scenario",
        found=quoted(written),
        allowed=f"{listed(known, 'list scenarios')}, or the path of a YAML file",
        nearest=nearest_to(written, known),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Member:
    """One file of a chain of scenarios."""

    path: Path
    top: Entry


def read_family(path: Path, form: Form[Any], problems: Problems) -> list[Member]:
    """The scenario and those it extends, the scenario itself first; empty when the file cannot be read.

    Of what they say only the keys are looked at: what is said can be read once it is known of which world.
    """
    family: list[Member] = []
    following: Path | None = path
    while following is not None:
        top = read_yaml(following, problems)
        if top is None or not check_keys(top, form):
            break
        if not is_on_one_line(following.stem):
            top.refuse(
                found=quoted(following.stem), message="a scenario is called by the name of its file", allowed=SEEN
            )
        family.append(Member(path=following, top=top))
        parent = top.value.get("extends")
        following = None if parent is None else check_parent(parent, following, family)
    return family


def check_parent(entry: Entry, child: Path, family: list[Member]) -> Path | None:
    """What is extended is the name of a scenario beside this one or of a shipped one, and not one of its own heirs."""
    folders = {place: list_scenarios(place) for place in dict.fromkeys((child.parent, shipped_folder("scenarios")))}
    known = dict.fromkeys(name for names in folders.values() for name in names)
    name = check_choice(entry, known, "list scenarios")
    if name is None:
        return None
    path = next(place / f"{name}.yaml" for place, names in folders.items() if name in names)
    if not is_name(name):
        entry.refuse(allowed="the name of a scenario: small letters, digits and hyphens, no path")
    elif not stays_inside(path):
        entry.refuse(message="this is a link that leads out of its folder, and is not followed")
    elif len(family) >= MOST_FILES:
        entry.refuse(found=f"a chain of more than {MOST_FILES} files", allowed=f"at most {MOST_FILES}")
    elif path.resolve() in [member.path.resolve() for member in family]:
        circle = " -> ".join([*(member.path.stem for member in family), name])
        entry.refuse(message=f"scenarios extend each other in a circle: {circle}")
    else:
        return path
    return None


def stays_inside(path: Path) -> bool:
    """Whether a link does not lead out of the folder; what was shipped may lie wherever it was installed."""
    try:
        home = path.parent.resolve()
        return home == shipped_folder("scenarios").resolve() or path.resolve().parent == home
    except (OSError, RuntimeError):  # a link that leads to itself
        return False
