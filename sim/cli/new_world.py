"""The part of `multivector new` that begins a world of one's own, in a folder that `--seeds` names afterwards."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.closing import close
from sim.cli.common import DONE, relative
from sim.io.checks import check_text, is_name
from sim.io.errors import Entry, InputError, Problems, input_error, listed, nearest_to, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.evidence.evidence import Evidence

WORLDS = "worlds"
"""The folder of worlds of one's own, unless another is named."""

_RESERVED = ("documents", "facts", "history", "layer", "parameters", "schema", "systems")
_LAYER_TEXT = """\
# Worlds of one's own: every folder here with an actors.yaml is one. They are laid over the seeds that come with
# multivector: each may extend a shipped world, and what worlds share (sources, the numbers of the rules) is read there.
# A documents.yaml and a folder facts/ beside this file, laid out like the shipped ones, add sources of one's own.
over: shipped
"""


def add_world(parser: argparse.ArgumentParser) -> None:
    """What may be begun beside a scenario."""
    parser.add_argument("--world", metavar="NAME", help="begin a world of this name, to change what it extends")
    parser.add_argument("--power", metavar="CODE", help="begin a world with a power more, such as KOR; needs --like")
    parser.add_argument("--state", metavar="CODE", help="begin a world with a state more, such as AFG; needs --like")
    parser.add_argument(
        "--like", metavar="CODE", help="whose numbers it has to begin with; beside --world alone: a world to copy whole"
    )
    parser.add_argument("--called", metavar="TEXT", help="the name of the new power or state (default: its code)")


def asks_for_world(asked: argparse.Namespace) -> bool:
    """Whether a world is to be begun, and not a scenario."""
    return any(value is not None for value in (asked.world, asked.power, asked.state, asked.like, asked.called))


def new_world(asked: argparse.Namespace) -> int:
    """Write the files of a world, and a scenario that plays in it."""
    _check_together(asked)
    from sim.evidence.evidence import load_evidence
    from sim.evidence.worlds import HOME_WORLD

    folder = Path(WORLDS if asked.out is None else asked.out)
    name = asked.world or f"with-{(asked.power or asked.state).lower()}"
    if not is_name(name) or name in _RESERVED:
        allowed = f"small letters, digits and hyphens, and none of {listed(_RESERVED)}"
        raise input_error("--world", "this cannot be the name of a world", found=quoted(name), allowed=allowed)
    copied = asked.like if asked.power is None and asked.state is None else None
    evidence = load_evidence(copied or asked.extends or HOME_WORLD, _read_from(asked, folder))
    files = _files(asked, evidence)
    _check_free(folder, name)
    _write(folder, name, files, _scenario_text(name, asked, evidence))
    load_evidence(name, folder)
    place, scenario = relative(folder), relative(folder / f"{name}.yaml")

    def show() -> None:
        print(f"written to {relative(folder / name)}: {listed(files)}; and {scenario}, a scenario in it")
        print(f"all its numbers are there to be replaced; now: multivector check --seeds {place} {scenario}")

    written = [{"name": name, "path": relative(folder / name)}, {"name": name, "path": scenario}]
    close(asked, show, lambda: {"written": written})
    return DONE


def _check_together(asked: argparse.Namespace) -> None:
    """The options go together: one thing is begun, and it is like another."""
    if asked.name is not None:
        message = "a scenario and a world are begun one at a time"
        raise input_error("new", message, found=quoted(asked.name), allowed="NAME, or --world NAME with its options")
    if asked.power is not None and asked.state is not None:
        message = "begin one at a time; the second world extends the first with --extends"
        raise input_error("new", message, found="--power and --state", allowed="one of them")
    new = asked.power or asked.state
    if asked.alone:
        message = "a world that stands by itself is a copy of another"
        raise input_error("new", message, found="--alone", allowed="--world NAME --like WORLD")
    if (asked.power, asked.state) == (None, None):
        if asked.world is None or asked.called is not None:
            raise input_error("new", "what is begun?", allowed="--power CODE, --state CODE or --world NAME")
        if asked.like is not None and asked.extends is not None:
            raise input_error("new", "a copy extends nothing", found="--like and --extends", allowed="one of them")
    elif not new or asked.like is None:
        allowed = "--power CODE --like CODE, or --state CODE --like CODE"
        raise input_error(
            "new", "it begins with the numbers of another: which?", found=quoted(new or ""), allowed=allowed
        )


def _read_from(asked: argparse.Namespace, folder: Path) -> "str | Path | None":
    """Where the world is read that is begun from: the folder itself where it has worlds already."""
    from sim.evidence.worlds import seeds_folder

    if asked.seeds is not None:
        return str(asked.seeds)
    try:
        return seeds_folder(folder)
    except InputError:
        return None


def _files(asked: argparse.Namespace, evidence: "Evidence") -> "Mapping[str, str]":
    from sim.evidence import new_world as begin

    if asked.power is None and asked.state is None and asked.like is None:
        return begin.world_over(evidence)
    if asked.power is None and asked.state is None:
        if begin.changes_rules(evidence):
            message = f"the world {evidence.world} changes numbers of the rules, which a copy would not have"
            raise input_error("--like", message, found=quoted(asked.like), allowed=f"--extends {evidence.world}")
        return begin.world_apart(evidence)
    option, several = ("--power", evidence.powers) if asked.state is None else ("--state", evidence.states)
    code, known = asked.power or asked.state, {one.code: one for one in several}
    problems = Problems()
    begin.check_new_code(code, evidence, option, problems)
    if asked.like not in known:
        place = Entry(asked.like, problems, "--like", 0, 0, "", asked.like)
        message = f"the world {evidence.world} has no such {option.removeprefix('--')}"
        place.refuse(message=message, allowed=listed(known), nearest=nearest_to(asked.like, known))
    called = (
        check_text(Entry(asked.called, problems, "--called", 0, 0, "", asked.called))
        if asked.called is not None
        else code
    )
    problems.raise_if_any()
    new = begin.Newcomer(code=code, name=called, like=known[asked.like])
    return begin.world_with_power(evidence, new) if asked.state is None else begin.world_with_state(evidence, new)


def _check_free(folder: Path, name: str) -> None:
    """Nothing is written over, and no world bears this name."""
    from sim.evidence.worlds import list_worlds

    for place in (folder / name, folder / f"{name}.yaml"):
        if place.exists() or place.is_symlink():
            raise input_error(relative(place), "there is such a place already, and it is left as it is")
    known = list_worlds(folder) if (folder / "layer.yaml").is_file() else list_worlds()
    if name in known:
        raise input_error("--world", "there is a world of this name", found=quoted(name), allowed="a name of its own")


def _write(folder: Path, name: str, files: "Mapping[str, str]", scenario: str) -> None:
    from sim.evidence.worlds import DOCUMENTS, LAYER
    from sim.io.writers import write_text

    try:
        (folder / name).mkdir(parents=True)
        if not (folder / LAYER).exists() and not (folder / DOCUMENTS).exists():
            write_text(folder / LAYER, _LAYER_TEXT)
        for file, text in files.items():
            write_text(folder / name / file, text)
        write_text(folder / f"{name}.yaml", scenario)
    except OSError as error:
        raise input_error(relative(folder), f"cannot be written: {error.strerror or error}") from error


def _scenario_text(name: str, asked: argparse.Namespace, evidence: "Evidence") -> str:
    """A scenario that plays in the new world and asks nothing yet."""
    from sim.evidence.worlds import HOME_WORLD

    title = f"The world {name}"
    lines = [f"title: {title}", "question: What is different in this world?"]
    if evidence.world == HOME_WORLD and (asked.power or asked.state or asked.like is None):
        return "\n".join([*lines, "extends: baseline", f"world: {name}"]) + "\n"
    start = ["from: 2026-Q1", "to: 2035-Q4", "runs: 1000", "seed: 2025"]
    return "\n".join([*lines, f"world: {name}", *start]) + "\n"
