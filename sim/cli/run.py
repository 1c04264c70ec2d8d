"""`multivector run`: a batch of each scenario, on this machine, on a cluster, or as one part of a job array."""

import argparse
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.closing import close
from sim.cli.common import (
    DONE,
    WRONG_INPUT,
    Drawing,
    add_ask,
    add_batch_options,
    add_no_figures,
    add_out,
    add_scenarios,
    add_tables,
    check_tables,
    draw_once,
    load_all,
    relative,
    say,
    write_tables,
)
from sim.cli.places import telling, there_or_writable
from sim.cli.progress import reporter
from sim.cli.typed import whole
from sim.io.errors import InputError, input_error, quoted
from sim.io.letters import printable
from sim.io.limits import LONGEST, MOST_PARTS, MOST_RUNS
from sim.io.text import counted, duration, size

if TYPE_CHECKING:
    from sim.batch.answers import Answer
    from sim.batch.parts import Part
    from sim.batch.results import Results
    from sim.batch.runner import Estimate
    from sim.scenario.scenario import Scenario

_SAMPLED = "sampled"


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    run = commands.add_parser("run", help="run scenarios many times; ends with a table, figures and files")
    add_scenarios(run)
    told = "draw every number from its range, and tell how much of the spread is due to that"
    add_batch_options(run, more=f"{_SAMPLED}: {told}", several=True)
    add_ask(run)
    add_out(run)
    run.add_argument("--engine", choices=("ensemble", "numpy", "mesa"), default="ensemble", help="all: same numbers")
    run.add_argument(
        "--series", type=whole(0, MOST_RUNS), metavar="N", help="keep the whole course of the first N runs"
    )
    run.add_argument(
        "--thin", type=whole(1, LONGEST), default=1, metavar="N", help="keep every Nth quarter of that course"
    )
    run.add_argument("--measures", type=_names, metavar="A,B", help="keep only these measures of that course")
    add_tables(run)
    add_no_figures(run)
    run.add_argument("--dry-run", action="store_true", help="check everything, estimate time and disk, write nothing")
    where = run.add_mutually_exclusive_group()
    where.add_argument(
        "--dask", metavar="ADDRESS", help="send blocks to the Dask scheduler there; local: to processes started here"
    )
    where.add_argument(
        "--block",
        type=_part,
        metavar="I/N",
        help="make part I of N only, as in a job array; without it, all are joined",
    )
    where.add_argument(
        "--array",
        type=whole(1, MOST_PARTS),
        metavar="N",
        help="print a script for Slurm that plays this in N parts, play nothing",
    )
    run.set_defaults(command=_run)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        allowed = "names with a comma between them; see docs/variables.md"
        raise argparse.ArgumentTypeError(printable(f"found {quoted(text)}; allowed: {allowed}"))
    return names


def _part(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]+)/([0-9]+)", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]) <= MOST_PARTS:
        allowed = f"a part and how many there are, such as 3/40, from 1/40 to 40/40, {MOST_PARTS} parts at most"
        raise argparse.ArgumentTypeError(printable(f"found {quoted(text)}; allowed: {allowed}"))
    return int(match[1]), int(match[2])


def _run(asked: argparse.Namespace) -> int:
    check_tables(asked)
    fitted = None if asked.numbers == _SAMPLED else asked.numbers
    scenarios = load_all(asked.scenarios, asked.set, asked.reading, fitted, asked.seeds)
    from sim.batch import plan, runner
    from sim.batch.asked import BatchAsked

    kept = {
        "engine": asked.engine,
        "series": plan.SERIES_RUNS if asked.series is None else asked.series,
        "thin": asked.thin,
        "measures": asked.measures,
        "numbers": _SAMPLED if asked.numbers == _SAMPLED else "fixed",
    }
    BatchAsked("sim.run", asked.runs, None, asked.workers, asked.out, {**kept, "dask": asked.dask})
    options = {"runs": asked.runs, "workers": asked.workers, "out": asked.out, **kept}
    batches = [(scenario, seed) for scenario in scenarios for seed in seeds_of(asked)]
    check_asks(asked, scenarios, options)
    if not asked.dry_run and asked.array is None:  # only now: what is refused leaves no folder
        there_or_writable(asked.out)
    if asked.array is not None:
        return _print_script(batches, asked, options)
    if asked.dry_run:
        return _estimate(batches, options, asked)
    if asked.block is not None:
        return _run_parts(batches, asked.block, options, asked)
    results = []
    for scenario, seed in batches:
        with reporter() as report:
            results.append(runner.run(scenario, seed=seed, progress=report, dask=asked.dask, **options))
    return _show(results, asked)


def seeds_of(asked: argparse.Namespace) -> list[int | None]:
    """The seeds that were asked for, or None alone for the scenario's own."""
    seeds = asked.seed or [None]
    twice = [seed for place, seed in enumerate(seeds) if seed in seeds[:place]]
    if twice:
        raise input_error("--seed", "this seed is named twice", found=f"{twice[0]}")
    return list(seeds)


def check_asks(asked: argparse.Namespace, scenarios: Sequence["Scenario"], options: dict[str, Any]) -> None:
    """Every question can be answered by every batch; otherwise nothing is run."""
    if not asked.ask:
        return
    from dataclasses import replace

    from sim.batch.asks import known_before, read_asks

    for scenario in scenarios:
        planned = scenario if asked.runs is None else replace(scenario, runs=asked.runs)
        kept = (options["series"], options["thin"], options["measures"])
        read_asks(asked.ask, known_before(planned, *kept))


def _estimate(
    batches: "Sequence[tuple[Scenario, int | None]]", options: dict[str, Any], asked: argparse.Namespace
) -> int:
    from sim.batch import runner

    found = [(scenario.name, seed, runner.estimate(scenario, seed=seed, **options)) for scenario, seed in batches]
    codes = [_print_estimate(name, one) for name, _, one in found]
    rows = [{"scenario": name, "seed": seed, **vars(one)} for name, seed, one in found]
    close(asked, lambda: None, lambda: {"estimates": rows})
    return max(codes)


def _run_parts(
    batches: "Sequence[tuple[Scenario, int | None]]",
    block: tuple[int, int],
    options: dict[str, Any],
    asked: argparse.Namespace,
) -> int:
    from sim.batch.parts import run_part

    rows = []
    for scenario, seed in batches:
        with reporter() as report:
            part = run_part(scenario, *block, seed=seed, progress=report, **options)
        _print_part(scenario.name, block, part)
        rows.append({"scenario": scenario.name, "part": block[0], "parts": block[1], **vars(part)})
    close(asked, lambda: None, lambda: {"parts": rows})
    return DONE


def _print_script(
    batches: "Sequence[tuple[Scenario, int | None]]", asked: argparse.Namespace, options: dict[str, Any]
) -> int:
    """The script of a job array, on standard output; everything that is asked for has been checked."""
    from sim.batch.parts import cut
    from sim.cli.job_array import script

    if asked.dry_run:
        raise input_error("--array", "a script is written and nothing is run: --dry-run says nothing beside it")
    cuts = [cut(scenario, asked.array, seed=seed, **options) for scenario, seed in batches]
    blocks = max(one.blocks for one in cuts)
    if asked.array > blocks:
        idle = counted(asked.array - blocks, "part")
        say(f"--array {asked.array}: {counted(blocks, 'block')} to share, which leaves nothing to do for {idle}")
    scenarios = list({scenario.name: scenario for scenario, _ in batches}.values())
    text = script(asked.given, scenarios, cuts, asked.workers)
    close(asked, lambda: print(text, end=""), lambda: {"scripts": [{"parts": asked.array, "text": text}]})
    return DONE


def _print_part(name: str, block: tuple[int, int], part: "Part") -> None:
    if part.finished:
        print(f"{name}: finished before, in {relative(part.folder)}")
        return
    print(f"{name}: part {block[0]} of {block[1]} is there, {counted(part.done, 'run')}, in {relative(part.folder)}")
    print("    when all parts are there, the same command without --block puts them together")


def _show(results: Sequence["Results"], asked: argparse.Namespace) -> int:
    drawn, trouble = [], None
    try:
        for one in results:
            with telling(one.folder, "the results are complete, but tables cannot be written beside them"):
                write_tables(one, one.tables, asked)
        drawn = [] if asked.no_figures else _draw(results)
    except InputError as error:  # told when the table has been shown
        trouble = error
    files = [("results", one.folder) for one in results] + [("figures", folder) for folder in drawn]
    answers = _answers(results, asked.ask)
    # only now: whoever stops reading after a few lines has all files
    close(
        asked,
        lambda: _print(results, answers),
        lambda: _tables(results, answers),
        scenarios=results,
        files=files,
    )
    if trouble is not None:
        raise trouble
    return DONE


def _answers(results: Sequence["Results"], asks: Sequence[str]) -> "list[tuple[Results, Answer]]":
    """What every batch answers to every question."""
    if not asks:
        return []
    from sim.batch.answers import answered
    from sim.batch.asks import known_from_results, read_asks

    return [(one, answered(one, ask)) for one in results for ask in read_asks(asks, known_from_results(one))]


def _by_scenario(results: Sequence["Results"]) -> "list[list[Results]]":
    """Results of one question on several seeds together, in order."""
    together: dict[object, list[Results]] = {}
    for one in results:
        scenario = one.manifest["identity"]["scenario"]
        together.setdefault(str({**scenario, "seed": None}), []).append(one)
    return list(together.values())


def _print(results: Sequence["Results"], answers: "Sequence[tuple[Results, Answer]]") -> None:
    from sim.cli.asked_report import print_answers, print_seeds
    from sim.cli.run_report import print_results

    for together in _by_scenario(results):
        if len(together) == 1:
            print_results(together[0])
        else:
            from sim.analysis.across_seeds import across_seeds

            print_seeds(together, across_seeds(together))
    if answers:
        several = len(results) > 1
        seeds = len({one.manifest["seed"] for one in results}) > 1
        print_answers((_whose(one, seeds) if several else "", answer) for one, answer in answers)


def _whose(one: "Results", seeds: bool) -> str:
    return f"{one.name}, seed {one.manifest['seed']}" if seeds else one.name


def _tables(results: Sequence["Results"], answers: "Sequence[tuple[Results, Answer]]") -> dict[str, Any]:
    from sim.analysis.across_seeds import across_seeds
    from sim.cli.run_rows import rows_of_answers, rows_of_runs

    told: dict[str, Any] = rows_of_runs(results)
    seeds = [together for together in _by_scenario(results) if len(together) > 1]
    rows = [{"scenario": one[0].name, **row} for one in seeds for row in across_seeds(one).to_dict("records")]
    return told | ({"seeds": rows} if rows else {}) | ({"asks": rows_of_answers(answers)} if answers else {})


def _draw(results: Sequence["Results"]) -> list[Path]:
    wanted = [Drawing(one.folder / "figures", [one.folder], partial(draw_one, one)) for one in results]
    for seed in dict.fromkeys(one.manifest["seed"] for one in results):  # scenarios side by side on one luck
        alike = [one for one in results if one.manifest["seed"] == seed]
        if len(alike) > 1:
            from sim.figures.given import beside_each_other

            wanted.append(
                Drawing(beside_each_other(alike), [one.folder for one in alike], partial(_draw_together, alike))
            )
    draw_once(*wanted)
    return [one.folder for one in wanted]


def draw_one(results: "Results", folder: Path) -> None:
    """Draw all figures of a batch into a folder."""
    from sim.figures.batch import draw_figures

    draw_figures(results, folder)


def _draw_together(results: Sequence["Results"], folder: Path) -> None:
    from sim.figures.batch import draw_comparison

    draw_comparison(results, folder)


def _print_estimate(name: str, estimate: "Estimate") -> int:
    """What a batch would take; the exit code says whether it could be written."""
    state = "finished already, nothing would be run" if estimate.finished else "nothing was written"
    print(
        f"{name}: {counted(estimate.runs, 'run')}, {duration(estimate.seconds)} and {size(estimate.size)} by estimate"
    )
    print(f"    to {relative(estimate.folder)} ({state}), where {size(estimate.free)} are free")
    print(f"    in {counted(estimate.blocks, 'block')}, the most that many machines could share")
    if estimate.kept and not estimate.finished:
        print(f"    {counted(estimate.kept, 'run')} kept from a batch that was stopped, not to be made again")
    if estimate.drawn:
        print(f"    {counted(estimate.drawn, 'number')} drawn, a column each in the table of runs")
    if estimate.finished:
        return DONE
    if not estimate.writable:
        say(f"{relative(estimate.folder)}: results cannot be written there")
    if estimate.size > estimate.free:
        say(f"{relative(estimate.folder)}: there is too little room; keep less with --series, --thin and --measures")
    return DONE if estimate.writable and estimate.size <= estimate.free else WRONG_INPUT
