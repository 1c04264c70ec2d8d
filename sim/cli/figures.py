"""`multivector figures`: the figures of finished folders drawn again, out of what lies there; nothing is run."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.cli.closing import close
from sim.cli.common import DONE, drawing, relative
from sim.cli.places import a_path, each_once, writable
from sim.io.errors import InputError, Problems, input_error, shown_path

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
    problems, draw = Problems(), []
    for folder in folders:
        try:
            draw.append(_drawer(folder))
        except InputError as error:
            problems.take(error.problems)
    problems.raise_if_any()
    places = [writable(place) for place in _places(folders, asked.out)]
    for one, place in zip(draw, places, strict=True):
        with drawing(place):
            one(place)
    drawn = [{"of": relative(one), "figures": relative(place)} for one, place in zip(folders, places, strict=True)]
    close(asked, lambda: None, lambda: {"figures": drawn}, files=[("figures", place) for place in places])
    return DONE


def _places(folders: list[Path], out: Path | None) -> list[Path]:
    """Where the figures of each folder go."""
    if out is None:
        return [folder / "figures" for folder in folders]
    if len(folders) == 1:
        return [out]
    from sim.batch.naming import apart

    return [out / name for name in apart([folder.resolve().name for folder in folders])]


def _drawer(folder: Path) -> Callable[[Path], object]:
    """What draws the figures of a folder into another one; the folder has been opened by then.

    Raises
    ------
    sim.io.errors.InputError
        If there is no such folder, it is not finished, or it is of a kind that cannot be drawn again.
    """
    if not folder.is_dir():
        found = "no folder" if folder.exists() else "no such folder"
        raise input_error(shown_path(folder), "figures are drawn from folders", found=found, allowed=_KINDS)
    for file, drawer in _BY_FILE.items():
        if (folder / file).exists():
            _check_unchanged(folder)
            return drawer(folder)
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


def _of_manifest(folder: Path) -> Callable[[Path], object]:
    from sim.batch.manifest import sealed_manifest
    from sim.batch.results import SWEEP, load_results

    if SWEEP.key in sealed_manifest(folder):
        return _of_sweep(folder)
    from sim.figures.batch import draw_figures

    results = load_results(folder)
    return lambda place: draw_figures(results, place)


def _of_sweep(folder: Path) -> Callable[[Path], object]:
    from sim.analysis.sensitivity.experiment import Discover
    from sim.analysis.sensitivity.sweep_results import load_sweep
    from sim.cli.sweep import discovered
    from sim.figures.sensitivity import draw_sweep

    sweep = load_sweep(folder)
    asks = [Discover(**one) for one in sweep.manifest.get("discover", ())]
    found = discovered(asks, int(sweep.manifest["seed"]), sweep)
    return lambda place: draw_sweep(sweep, place, found)


def _of_comparison(folder: Path) -> Callable[[Path], object]:
    from sim.analysis.kept_comparison import load_comparison
    from sim.figures.comparison import draw_differences

    comparison = load_comparison(folder)
    return lambda place: draw_differences(comparison, place)


def _of_ablation(folder: Path) -> Callable[[Path], object]:
    from sim.analysis.ablation_results import load_effects, read_titles
    from sim.figures.ablation import draw_ablation

    table, titles = load_effects(folder), read_titles(folder)
    return lambda place: draw_ablation(table, place, titles=titles)


def _of_levers(folder: Path) -> Callable[[Path], object]:
    from sim.analysis.lever_results import read_levers
    from sim.figures.levers import draw_levers

    found = read_levers(folder / "levers.json")
    return lambda place: draw_levers(found, place)


def _of_policies(folder: Path) -> Callable[[Path], object]:
    from sim.analysis.policy_results import read_policies
    from sim.figures.policies import draw_policies

    found = read_policies(folder / "policies.json")
    return lambda place: draw_policies(found.table, place, found.scenario)


_BY_FILE: dict[str, Callable[[Path], Callable[[Path], object]]] = {
    "comparison.json": _of_comparison,
    "effects.json": _of_ablation,
    "levers.json": _of_levers,
    "policies.json": _of_policies,
    "manifest.json": _of_manifest,  # which the others have too
}
"""What tells the kind of a folder -> how it is opened."""
