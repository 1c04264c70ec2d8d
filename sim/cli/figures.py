"""`multivector figures`: the figures of finished folders drawn again, out of what lies there; nothing is run."""

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sim.cli.closing import close
from sim.cli.common import DONE, Drawing, draw_once, relative
from sim.cli.places import a_path, each_once, writable
from sim.io.errors import InputError, Problems, input_error, shown_path
from sim.io.writers import file_hash

_KINDS = "a finished folder of run, compare, sweep, ablate, levers or policies"


def add(commands: Any) -> None:
    """Describe the command."""
    parser = commands.add_parser("figures", help="draw the figures of finished folders again; nothing is run")
    parser.add_argument("folders", nargs="+", type=a_path, metavar="FOLDER", help=_KINDS)
    out = "where figures go (default: into each folder); of several, each gets a folder of its name there"
    parser.add_argument("-o", "--out", type=a_path, metavar="DIR", help=out)
    parser.set_defaults(command=_figures)


def _figures(asked: argparse.Namespace) -> int:
    folders = [Path(one) for one in each_once(map(str, asked.folders), Path)]
    problems, opened = Problems(), list[_Opened]()
    for folder in folders:
        try:
            opened.append(_open(folder))
        except InputError as error:
            problems.take(error.problems)
    problems.raise_if_any()
    places = [writable(place) for place in _places(folders, asked.out)]
    draw_once(*(Drawing(place, one.shows, one.draw) for one, place in zip(opened, places, strict=True)))
    drawn = [{"of": relative(one), "figures": relative(place)} for one, place in zip(folders, places, strict=True)]
    close(asked, lambda: None, lambda: {"figures": drawn}, files=[("figures", place) for place in places])
    return DONE


class _Opened(NamedTuple):
    """A finished folder that was opened: what its figures show, and what draws them into another folder."""

    shows: Sequence[Path | str]
    draw: Callable[[Path], object]


def _places(folders: list[Path], out: Path | None) -> list[Path]:
    """Where the figures of each folder go."""
    if out is None:
        return [folder / "figures" for folder in folders]
    if len(folders) == 1:
        return [out]
    from sim.batch.naming import apart

    return [out / name for name in apart([folder.resolve().name for folder in folders])]


def _open(folder: Path) -> _Opened:
    """Open a folder of which figures can be drawn.

    Raises
    ------
    sim.io.errors.InputError
        If there is no such folder, it is not finished, or it is of a kind that cannot be drawn again.
    """
    if not folder.is_dir():
        found = "no folder" if folder.exists() else "no such folder"
        raise input_error(shown_path(folder), "figures are drawn from folders", found=found, allowed=_KINDS)
    for file, opens in _BY_FILE.items():
        if (folder / file).exists():
            _check_unchanged(folder)
            return opens(folder)
    if (folder / "partial").is_dir():
        help_ = "it is finished by giving the command that began it again"
        raise input_error(shown_path(folder), help_, found="an unfinished folder")
    raise input_error(shown_path(folder), "nothing that can be drawn again lies there", allowed=_KINDS)


def _check_unchanged(folder: Path) -> None:
    """Nothing is drawn from files that are not what they were, where a manifest says what that was."""
    from sim.batch.manifest import check_files, has_manifest, sealed_manifest

    if has_manifest(folder):
        manifest = sealed_manifest(folder)
        if "left_by" in manifest:  # batches and sweeps are checked by those who open them
            check_files(folder, manifest)


def _of_manifest(folder: Path) -> _Opened:
    from sim.batch.manifest import sealed_manifest
    from sim.batch.results import SWEEP, load_results
    from sim.cli.run import draw_one

    if SWEEP.key in sealed_manifest(folder):
        return _of_sweep(folder)
    return _Opened([folder], partial(draw_one, load_results(folder)))


def _of_sweep(folder: Path) -> _Opened:
    from sim.analysis.sensitivity.experiment import Discover
    from sim.analysis.sensitivity.sweep_results import load_sweep
    from sim.cli.sweep import discovered, draw, told_of

    sweep = load_sweep(folder)
    asks = [Discover(**one) for one in sweep.manifest.get("discover", ())]
    found = discovered(asks, int(sweep.manifest["seed"]), sweep)
    return _Opened([folder, *map(told_of, found)], partial(draw, sweep, found))


def _of_comparison(folder: Path) -> _Opened:
    from sim.analysis.kept_comparison import load_comparison
    from sim.cli.compare import draw

    return _Opened(_told_by(folder), partial(draw, load_comparison(folder)))


def _of_ablation(folder: Path) -> _Opened:
    from sim.analysis.ablation_results import load_effects, read_titles
    from sim.cli.ablate import draw

    return _Opened(_told_by(folder), partial(draw, load_effects(folder), read_titles(folder)))


def _of_levers(folder: Path) -> _Opened:
    from sim.analysis.lever_results import read_levers
    from sim.cli.levers import draw

    found = read_levers(folder / "levers.json")
    return _Opened([*_told_by(folder), found.scenario], partial(draw, found, found.scenario))


def _of_policies(folder: Path) -> _Opened:
    from sim.analysis.policy_results import read_policies
    from sim.cli.policies import draw

    found = read_policies(folder / "policies.json")
    return _Opened([*_told_by(folder), found.scenario], partial(draw, found.table, found.scenario))


def _told_by(folder: Path) -> list[Path | str]:
    """What tells all that lies in a folder: its manifest, or where an earlier version wrote none, its files."""
    from sim.batch.manifest import has_manifest

    if has_manifest(folder):
        return [folder]
    return [file_hash(path) for path in sorted(folder.iterdir()) if path.is_file()]


_BY_FILE: dict[str, Callable[[Path], _Opened]] = {
    "comparison.json": _of_comparison,
    "effects.json": _of_ablation,
    "levers.json": _of_levers,
    "policies.json": _of_policies,
    "manifest.json": _of_manifest,  # which the others have too
}
"""What tells the kind of a folder -> how it is opened."""
