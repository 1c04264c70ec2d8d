"""`multivector sweep`: run experiments, and tell what mattered."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.closing import close
from sim.cli.common import (
    DONE,
    Drawing,
    add_no_figures,
    add_numbers,
    add_out,
    add_readings,
    add_seeds,
    add_tables,
    add_workers,
    check_tables,
    draw_once,
    drawing,
    load_each,
    relative,
    say,
    with_readings,
    write_out,
    write_tables,
)
from sim.cli.places import a_path, each_once, telling, there_or_writable, writable
from sim.cli.progress import reporter
from sim.cli.typed import whole
from sim.io.errors import InputError, input_error, listed
from sim.io.limits import MOST_POINTS, MOST_REPLICATES
from sim.io.text import counted, duration
from sim.io.writers import table_as_csv

if TYPE_CHECKING:
    from sim.analysis.sensitivity.discovery import Discovery
    from sim.analysis.sensitivity.experiment import Discover, Experiment
    from sim.analysis.sensitivity.sweep_results import Sweep


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    sweep = commands.add_parser("sweep", help="run an experiment: many settings of the numbers, and what mattered")
    sweep.add_argument("experiments", nargs="+", metavar="EXPERIMENT", help="name, number, folder or file")
    sweep.add_argument(
        "--points", type=whole(1, MOST_POINTS), metavar="N", help="size of the design, in place of the file's"
    )
    sweep.add_argument(
        "--replicates", type=whole(1, MOST_REPLICATES), metavar="N", help="runs at each point, in place of the file's"
    )
    add_workers(sweep, "the file's")
    add_seeds(sweep)
    add_readings(sweep)
    add_numbers(sweep)
    add_out(sweep)
    said = "write what varies as a problem of SALib (JSON), to lay out points of one's own with it, and run nothing"
    sweep.add_argument("--problem", type=a_path, metavar="FILE.json", help=said)
    sweep.add_argument("--small", action="store_true", help="the smallest design that runs from end to end, for a try")
    sweep.add_argument("--dry-run", action="store_true", help="check everything, estimate the time, write nothing")
    add_no_figures(sweep)
    add_tables(sweep)
    sweep.add_argument("--publish", action="store_true", help="write figures and tables beside the experiment's file")
    sweep.set_defaults(command=_sweep)


def _sweep(asked: argparse.Namespace) -> int:
    check_published_as_written(asked)
    check_tables(asked)
    from sim.analysis.sensitivity.experiment import load_experiment
    from sim.analysis.sensitivity.experiment_files import experiment_path

    names = each_once(asked.experiments, lambda name: experiment_path(name) or Path(name))
    experiments = load_each(names, lambda name: _read(load_experiment(name, seeds=asked.seeds), asked))
    if asked.problem is not None:
        return _write_problem(asked, experiments)
    for folder in (one.folder for one in experiments if asked.publish and one.folder is not None):
        writable(folder)
    if not asked.dry_run:
        there_or_writable(asked.out)
    from sim.analysis.sensitivity import runner

    rows: dict[str, list[dict[str, Any]]] = {}
    files: list[tuple[str, Path]] = []
    swept: list[Sweep] = []
    for experiment in map(runner.smallest, experiments) if asked.small else experiments:
        options = {"points": asked.points, "replicates": asked.replicates, "seed": asked.seed}
        options |= {"workers": asked.workers, "out": asked.out}
        if asked.dry_run:
            estimate = runner.estimate_sweep(experiment, **options)
            _print_estimate(experiment, estimate)
            rows.setdefault("estimates", []).append({"experiment": experiment.name, **vars(estimate)})
            continue
        with reporter() as report:
            sweep = runner.sweep(experiment, progress=report, **options)
        found = discovered(experiment.discover, experiment.seed, sweep)
        written = _write(asked, experiment, sweep, found)
        from sim.cli.sweep_report import print_sweep

        print_sweep(sweep, found)  # only now: whoever stops reading after a few lines has all files
        print("\n".join(f"{what:<9} {relative(path)}" for what, path in written))
        files += written
        swept.append(sweep)
        for name, table in tables(sweep, found).items():
            rows.setdefault(name, []).extend({"experiment": experiment.name, **row} for row in table)
    if asked.json:
        close(asked, lambda: None, lambda: rows, scenarios=swept, files=files)
    return DONE


def _write_problem(asked: argparse.Namespace, experiments: list["Experiment"]) -> int:
    """Write what an experiment varies as SALib writes it."""
    import json

    from sim.analysis.sensitivity.designs import salib_problem

    if len(experiments) > 1:
        raise input_error("--problem", "one experiment has one problem", found=f"{len(experiments)} experiments")
    write_out(asked.problem, json.dumps(salib_problem(experiments[0].factors), indent=2) + "\n")
    close(asked, lambda: None, dict, files=[("problem", Path(asked.problem))])
    return DONE


def tables(sweep: "Sweep", found: list[Any]) -> dict[str, list[dict[str, Any]]]:
    """What came out, by the names of the tables of a sweep; without the single quarters of a course."""
    told: dict[str, list[dict[str, Any]]] = {}
    for name in ("indices", "noise", "convergence", "refused"):
        table = getattr(sweep, name)
        told[name] = table[~table["outcome"].astype(str).str.contains("@", regex=False)].to_dict("records")
    boxes = [{"box": one.words, "rate": one.rate, "coverage": one.coverage, "density": one.density} for one in found]
    told["boxes"] = boxes
    return told


def _read(experiment: "Experiment", asked: argparse.Namespace) -> "Experiment":
    """The experiment on its scenario with readings taken, and with fitted numbers as they are asked for."""
    if experiment.scenario is None:
        return experiment
    from sim.scenario.scenario import with_fitted

    return replace(experiment, scenario=with_readings(with_fitted(experiment.scenario, asked.numbers), asked.reading))


def check_published_as_written(asked: argparse.Namespace) -> None:
    """What lies beside a file is what the file says: nothing smaller, and nothing on another luck."""
    names = ("points", "replicates", "seed", "small", "reading", "numbers")
    changed = [name for name in names if getattr(asked, name) not in (None, False, [])]
    if asked.publish and changed:
        found = listed(f"--{name}" for name in changed)
        raise input_error(
            "--publish", "what is published is what the file says", found=found, allowed="none of these beside it"
        )


def _print_estimate(experiment: "Experiment", estimate: Any) -> None:
    state = "finished already, nothing would be run" if estimate.finished else "nothing was written"
    size = f"{counted(estimate.points, 'point')}, {counted(estimate.runs, 'run')}"
    print(f"{experiment.name}: {size}, {duration(estimate.seconds)} by estimate")
    print(f"    to {relative(estimate.folder)} ({state})")


def discovered(asks: "Sequence[Discover]", seed: int, sweep: "Sweep") -> list[Any]:
    """The boxes that were asked for; where the workbench is missing, or a box makes no sense, that is said."""
    if not asks:
        return []
    from sim.analysis.sensitivity import discovery

    if not discovery.available():
        say(f"{discovery.MISSING}\nEverything else goes on without it.")
        return []
    found = []
    worlds, means = sweep.design.drop(columns="point"), sweep.means
    for ask in asks:
        try:
            found.append(discovery.discover(worlds, means[ask.outcome].to_numpy(), ask, seed=seed))
        except InputError as error:
            say(str(error))
    return found


def _write(
    asked: argparse.Namespace, experiment: "Experiment", sweep: "Sweep", found: list[Any]
) -> list[tuple[str, Path]]:
    """Write what was asked for beside the results; what was written, and where."""
    with telling(sweep.folder, "the results are complete, but tables cannot be written beside them"):
        write_tables(sweep, ("design", "runs", "indices", "interactions", "noise", "convergence", "refused"), asked)
    written = [("results", Path(sweep.folder))]
    if asked.publish and experiment.folder is not None:
        from sim.cli.publish import publish

        with drawing(experiment.folder):
            publish(sweep, experiment.folder, found)
        written.append(("published", experiment.folder))
    elif not asked.no_figures:
        place = Path(sweep.folder) / "figures"
        draw_once(Drawing(place, [Path(sweep.folder), *map(told_of, found)], partial(draw, sweep, found)))
        written.append(("figures", place))
    return written


def told_of(found: "Discovery") -> str:
    """All that figures show of a box, as a text."""
    return "\n".join([found.words, *map(table_as_csv, (found.box, found.path, found.scores))])


def draw(sweep: "Sweep", found: list[Any], folder: Path) -> None:
    """Draw all figures of a sweep into a folder, and the boxes that were found."""
    from sim.figures.sensitivity import draw_sweep

    draw_sweep(sweep, folder, found)
