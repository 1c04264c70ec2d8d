"""Where experiments are found, before anything of them is read."""

from __future__ import annotations

from pathlib import Path

from sim.evidence.worlds import shipped_folder
from sim.io.arguments import path_given

FILE = "experiment.yaml"


def list_experiments(folder: Path | str | None = None) -> tuple[str, ...]:
    """The names of the experiments in `folder`, or of those that come with the package."""
    place = shipped_folder("experiments") if folder is None else Path(folder)
    return tuple(sorted(path.parent.name for path in place.glob(f"*/{FILE}")))


def experiment_path(name_or_path: str | Path) -> Path | None:
    """The file of an experiment by its name, its folder or its path; None when this is none (a scenario, say)."""
    path = path_given("load_experiment", "what", name_or_path)
    if path.name == FILE:
        return path
    if (path / FILE).is_file():
        return path / FILE
    names = list_experiments()
    short = {name[:4]: name for name in names}
    name = short.get(str(name_or_path), str(name_or_path))
    return shipped_folder("experiments") / name / FILE if name in names else None
