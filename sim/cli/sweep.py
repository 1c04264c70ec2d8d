"""`multivector sweep`: run experiments, and tell what mattered."""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.closing import close
from sim.cli.common import (
    DONE,
    add_no_figures,
    add_numbers,
    add_out,
    add_readings,
    add_tables,
    add_workers,
    at_least,
    check_tables,
    load_each,
    relative,
    reporter,
    say,
    with_readings,
    write_out,
    write_tables,
)
from sim.io.errors import InputError, input_error, listed
from sim.io.text import duration

if TYPE_CHECKING:
    from sim.analysis.sensitivity.experiment import Experiment
    from sim.analysis.sensitivity.sweep_results import Sweep

_TOLD = 8  # outcomes in the closing table
_SHOWN = 8  # factors an outcome in the closing table; the files have them all


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    sweep = commands.add_parser("sweep", help="run an experiment: many settings of the numbers, and what mattered")
    sweep.add_argument("experiments", nargs="+", metavar="EXPERIMENT", help="name, number, folder or file")
    sweep.add_argument("--points", type=at_least(1), metavar="N", help="size of the design, in place of the file's")
    sweep.add_argument("--replicates", type=at_least(1), metavar="N", help="runs at each point, in place of the file's")
    add_workers(sweep, "the file's")
    add_readings(sweep)
    add_numbers(sweep)
    add_out(sweep)
    said = "write what varies as a problem of SALib (JSON), to lay out points of one's own with it, and run nothing"
    sweep.add_argument("--problem", metavar="FILE.json", help=said)
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

    experiments = load_each(dict.fromkeys(asked.experiments), lambda name: _read(load_experiment(name), asked))
    if asked.problem is not None:
        return _write_problem(asked, experiments)
    from sim.analysis.sensitivity import runner

    rows: dict[str, list[dict[str, Any]]] = {}
    files: list[tuple[str, Path]] = []
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
        found = _discover(experiment, sweep)
        _print(sweep, found)
        for what, path in _write(asked, experiment, sweep, found):
            print(f"{what:<9} {relative(path)}")
            files.append((what, path))
        for name, table in tables(sweep, found).items():
            rows.setdefault(name, []).extend({"experiment": experiment.name, **row} for row in table)
    if asked.json:
        close(asked, lambda: None, lambda: rows, files=files)
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
    size = f"{estimate.points:,} points, {estimate.runs:,} runs"
    print(f"{experiment.name}: {size}, {duration(estimate.seconds)} by estimate")
    print(f"    to {relative(estimate.folder)} ({state})")


def _discover(experiment: "Experiment", sweep: "Sweep") -> list[Any]:
    """The boxes that were asked for; where the workbench is missing, or a box makes no sense, that is said."""
    if not experiment.discover:
        return []
    from sim.analysis.sensitivity import discovery

    if not discovery.available():
        say(f"{discovery.MISSING}\nEverything else goes on without it.")
        return []
    found = []
    worlds, means = sweep.design.drop(columns="point"), sweep.means
    for ask in experiment.discover:
        try:
            found.append(discovery.discover(worlds, means[ask.outcome].to_numpy(), ask, seed=experiment.seed))
        except InputError as error:
            say(str(error))
    return found


def _write(
    asked: argparse.Namespace, experiment: "Experiment", sweep: "Sweep", found: list[Any]
) -> Iterator[tuple[str, Path]]:
    """Write what was asked for beside the results; what was written, and where."""
    write_tables(sweep, ("design", "runs", "indices", "interactions", "noise", "convergence", "refused"), asked)
    yield "results", Path(sweep.folder)
    if asked.publish and experiment.folder is not None:
        say("drawing figures ...")
        from sim.cli.publish import publish

        publish(sweep, experiment.folder, found)
        yield "published", experiment.folder
    elif not asked.no_figures:
        say("drawing figures ...")
        from sim.figures.sensitivity import draw_sweep

        draw_sweep(sweep, None, found)
        yield "figures", Path(sweep.folder) / "figures"


# --- the closing table -----------------------------------------------------------------------------------------------


def _print(sweep: "Sweep", found: list[Any]) -> None:
    print(f"\n{sweep.title}  ({sweep.name})")
    runs = f"{sweep.number_of_runs:,} runs, {sweep.manifest['replicates']} at each point, seed {sweep.manifest['seed']}"
    print(f"{runs}; conditional exploration, not a forecast\n")
    refused = list(sweep.refused["outcome"])
    told = [name for name in sweep.outcomes if "@" not in name and name not in refused]
    for outcome in told[:_TOLD]:
        _print_outcome(sweep, outcome)
    if len(told) > _TOLD:
        print(f"and {len(told) - _TOLD} more outcomes; indices.parquet has them all\n")
    whys = [str(row.why) for row in sweep.refused.itertuples() if "@" not in str(row.outcome)]
    for why in whys[:_TOLD]:
        print(why)
    if whys:
        more = f"and {len(whys) - _TOLD} more; refused.parquet has them all\n" if len(whys) > _TOLD else ""
        print(more)
    for one in found:
        print(f"{one.words}: in {one.rate:.0%} of the worlds")
        print(f"  a box covers {one.coverage:.0%} of them, and {one.density:.0%} of the box are such worlds")
        for row in one.box.itertuples():
            print(f"    {row.factor:<40} {row.low:.4g} to {row.high:.4g}  (of {row.least:.4g} to {row.most:.4g})")
        print()


def _print_outcome(sweep: "Sweep", outcome: str) -> None:
    noise = sweep.noise[sweep.noise["outcome"] == outcome].iloc[0]
    told = f"{outcome}: {noise['mean']:.4g} on average"
    if noise["parameters"] == noise["parameters"]:  # not a number where there is one replicate only
        luck = noise["luck_alone"] + noise["together"]
        told += f"; parameters {noise['parameters']:.0%} of the variance, luck {luck:.0%}"
    print(told)
    rows = sweep.indices[sweep.indices["outcome"] == outcome]
    for index in ("total", "mu_star", "rank_correlation", "swing", "effect"):
        mine = rows[rows["index"] == index]
        mine = mine.loc[mine["value"].abs().sort_values(ascending=False, kind="stable").index]
        for row in mine.head(_SHOWN).itertuples():
            span = f"{row.low:+.3f} to {row.high:+.3f}" if row.low == row.low else ""
            at = f" at {row.at:.4g}" if row.at == row.at else ""
            print(f"  {row.factor + at:<44} {index:<16} {row.value:+.3f}  {span}")
    widest = sweep.convergence[sweep.convergence["outcome"] == outcome]
    if not widest.empty:
        last = widest.sort_values("points").iloc[-1]
        state = "large enough" if last["enough"] else f"too small: about {last['points_needed']:,.0f} would do"
        print(f"  widest interval ±{last['half_width']:.3f} at {last['points']:,.0f}, the sample is {state}")
    print()
