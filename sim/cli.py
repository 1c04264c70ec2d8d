"""The command line: `multivector`, or `python -m sim`.

Heavy libraries are imported by the command that needs them; `--help`, `check`, `list` and `trace` answer at once.

Exit codes: 0 done; 1 a fault of this program; 2 the input is wrong, and the message says where; 130 interrupted.
"""

import argparse
import os
import shlex
import sys
import textwrap
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.commands import add_all
from sim.complaints import Complaints, InputError, check_group, parse_yaml

if TYPE_CHECKING:
    from sim.batch import Progress
    from sim.record import Results
    from sim.scenario import Scenario

DONE, FAULT, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
_LISTS = ("scenarios", "numbers", "outcomes", "systems")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    asked = _parser().parse_args(arguments)
    try:
        code: int = asked.command(asked)
        sys.stdout.flush()
    except InputError as error:
        _say(str(error))
        return WRONG_INPUT
    except KeyboardInterrupt as stop:
        _say_interrupted(stop, arguments)
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception:  # noqa: BLE001  the last resort: say that it is not the user's doing
        traceback.print_exc()
        _say("\nThis is a fault of multivector, not of your input. Please report it with the lines above.")
        return FAULT
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="multivector",
        description="Great powers make offers, states balance among them: conditional exploration, not a forecast.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    run = commands.add_parser("run", help="run scenarios many times; ends with a table, figures and files")
    run.add_argument("scenarios", nargs="+", metavar="SCENARIO", help="name of a scenario, or a YAML file")
    run.add_argument("--runs", type=_at_least(1), metavar="N", help="number of runs, in place of the scenario's")
    run.add_argument("--seed", type=_at_least(0), metavar="S", help="seed, in place of the scenario's; 0 is a seed")
    run.add_argument("--engine", choices=("ensemble", "mesa"), default="ensemble", help="both give the same numbers")
    run.add_argument("--workers", type=_at_least(1), metavar="N", help="threads (default: all cores)")
    run.add_argument("-o", "--out", default="results", metavar="DIR", help="where results go (default: results)")
    run.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="set a number; may be repeated")
    run.add_argument("--series", type=_at_least(0), metavar="N", help="keep the whole course of the first N runs")
    run.add_argument("--dry-run", action="store_true", help="check everything, estimate time and disk, write nothing")
    run.add_argument("--no-figures", action="store_true", help="do not draw figures")
    run.add_argument("--csv", action="store_true", help="write the tables as CSV too")
    run.set_defaults(command=_run)

    check = commands.add_parser("check", help="check scenarios without running them")
    check.add_argument("files", nargs="*", metavar="FILE", help="files or names (default: all that are shipped)")
    check.set_defaults(command=_check)

    lists = commands.add_parser("list", help="what there is: scenarios, numbers, outcomes, systems")
    lists.add_argument("what", nargs="?", choices=_LISTS, help="only this (default: an overview)")
    lists.add_argument("--world", metavar="WORLD", help="whose numbers (default: the home world)")
    lists.set_defaults(command=_list)

    trace = commands.add_parser("trace", help="a number back to the facts and documents behind it")
    trace.add_argument("name", metavar="NAME", help="a number, a system, a fact or a document")
    trace.add_argument("--world", metavar="WORLD", help="whose numbers (default: the home world)")
    trace.set_defaults(command=_trace)

    chronicle = commands.add_parser("chronicle", help="one run told as a story")
    chronicle.add_argument("scenario", metavar="SCENARIO", help="name of a scenario, or a YAML file")
    chronicle.add_argument("--seed", type=_at_least(0), metavar="S", help="seed, in place of the scenario's")
    chronicle.add_argument("--run", type=_at_least(0), default=0, metavar="N", help="which run (default: 0)")
    chronicle.add_argument("-o", "--out", metavar="FILE", help="write to a file instead of the screen")
    chronicle.set_defaults(command=_chronicle)
    add_all(commands)
    return parser


class _Version(argparse.Action):
    """Answer `--version` without reading package metadata on every other call."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from sim import __version__

        print(f"multivector {__version__}")
        parser.exit()


def _at_least(lowest: int) -> Any:
    def read(text: str) -> int:
        try:
            number = int(text.replace("_", "").replace(",", ""))
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
        if number < lowest:
            raise argparse.ArgumentTypeError(f"{number} is too small, the least is {lowest}")
        return number

    return read


def _say(text: str) -> None:
    """A word to the person at the terminal; standard output is kept for what was asked for."""
    print(text, file=sys.stderr)


def _say_interrupted(stop: KeyboardInterrupt, arguments: Sequence[str]) -> None:
    done, total = getattr(stop, "done", None), getattr(stop, "total", None)
    if done is None:
        _say("\nInterrupted.")
        return
    from sim.complaints import shown_path

    folder = shown_path(getattr(stop, "folder", ""))
    _say(f"\nInterrupted; {done:,} of {total:,} runs are finished and kept in {folder}.")
    _say(f"To go on from there, give the same command again:\n\n    {shlex.join(['multivector', *arguments])}\n")


# --- run -------------------------------------------------------------------------------------------------------------


def _run(asked: argparse.Namespace) -> int:
    scenarios = _load_all(asked.scenarios, asked.set)
    from sim import batch

    options = {
        "runs": asked.runs,
        "seed": asked.seed,
        "workers": asked.workers,
        "out": asked.out,
        "engine": asked.engine,
        "series": batch.SERIES_RUNS if asked.series is None else asked.series,
    }
    if asked.dry_run:
        for scenario in scenarios:
            _print_estimate(scenario.name, batch.estimate(scenario, **options))
        return DONE
    results = []
    for scenario in scenarios:
        with _reporter() as report:
            results.append(batch.run(scenario, progress=report, **options))
    drawn = [] if asked.no_figures else _draw(results)
    from sim.report import print_results

    for one in results:
        if asked.csv:
            one.write_csv()
        print_results(one)
    for one in results:
        print(f"results   {_relative(one.folder)}")
    for folder in drawn:
        print(f"figures   {_relative(folder)}")
    return DONE


def _load_all(names: Iterable[str], settings: Sequence[str]) -> list["Scenario"]:
    """All scenarios with the settings applied; what is wrong with any of them is told together."""
    from sim.scenario import load_scenario

    scenarios, complaints = [], Complaints()
    for name in dict.fromkeys(names):
        try:
            scenarios.append(_with_settings(load_scenario(name), settings))
        except InputError as error:
            for complaint in error.complaints:
                complaints.add(complaint)
    complaints.raise_if_any()
    return scenarios


def _with_settings(scenario: "Scenario", settings: Sequence[str]) -> "Scenario":
    """The scenario with numbers set on the command line, which pass the same checks as those in a file."""
    if not settings:
        return scenario
    from sim.evidence import load_evidence
    from sim.scenario import check_number_name, read_override, with_number

    evidence = load_evidence(scenario.world)
    complaints = Complaints()
    for setting in settings:
        written, equals, value = setting.partition("=")
        place = f"--set {setting}"
        top = parse_yaml(f"{written.strip()}: {value.strip()}" if equals else setting, place, complaints)
        if top is None:
            continue
        for name, entry in check_group(top, complaints, "NAME=VALUE, such as file.number=3").items():
            known = check_number_name(entry, name, evidence, complaints)
            if known is None:
                continue
            number, reason = read_override(entry, evidence.numbers[known], complaints)
            if number is not None:
                scenario = with_number(scenario, known, number, reason)
    complaints.raise_if_any()
    return scenario


def _print_estimate(name: str, estimate: Any) -> None:
    from sim.complaints import shown_path

    state = "finished already, nothing would be run" if estimate.finished else "nothing was written"
    print(f"{name}: {estimate.runs:,} runs, {_duration(estimate.seconds)} and {_size(estimate.size)} by estimate")
    print(f"    to {shown_path(estimate.folder)} ({state})")


def _draw(results: Sequence["Results"]) -> list[Path]:
    _say("drawing figures ...")
    from sim.plots import draw_comparison, draw_figures

    folders = [one.folder / "figures" for one in results]
    for one, folder in zip(results, folders, strict=True):
        draw_figures(one, folder)
    if len(results) > 1:
        folders.append(draw_comparison(results))
    return folders


def _relative(path: Path) -> str:
    from sim.complaints import shown_path

    return shown_path(path)


# --- progress --------------------------------------------------------------------------------------------------------


def _reporter() -> AbstractContextManager[Any]:
    return _Bar() if sys.stderr.isatty() else nullcontext(_PlainLines())


class _PlainLines:
    """One plain line every ten seconds, for logs; and one before the long silence of a first compilation."""

    every = 10.0

    def __init__(self) -> None:
        self.clock: float | None = None
        self.said = time.monotonic()
        self.start = 0

    def __call__(self, progress: "Progress") -> None:
        """Take note of progress; speak if it is time."""
        now = time.monotonic()
        if progress.stage.name == "RUN" and self.clock is None:
            self.clock, self.start, self.said = now, progress.done, now
        if now - self.said < self.every and progress.stage.name != "COMPILE":
            return
        self.said = now
        line = f"{progress.scenario}: {progress.stage.value}"
        if self.clock is not None and now > self.clock:
            rate = (progress.done - self.start) / (now - self.clock)
            left = _duration((progress.total - progress.done) / rate) if rate > 0 else "unknown time"
            line = f"{progress.scenario}: {progress.done:,} of {progress.total:,} runs"
            line += f", {rate:,.0f} a second, {left} left"
        _say(line)


class _Bar:
    """A progress bar on standard error."""

    def __enter__(self) -> "_Bar":
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

        self.bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[figures]}"),
            TimeRemainingColumn(compact=True),
            console=Console(stderr=True),
            transient=True,
        )
        self.bar.start()
        self.task: Any = None
        self.stage: Any = None
        self.clock = time.monotonic()
        self.start = 0
        return self

    def __call__(self, progress: "Progress") -> None:
        """Move the bar."""
        if progress.stage is not self.stage:
            self._next_stage(progress)
        figures = ""
        if progress.stage.name == "RUN":
            passed = max(time.monotonic() - self.clock, 1e-9)
            rate = (progress.done - self.start) / passed
            figures = f"{progress.done:,} of {progress.total:,} runs, {rate:,.0f} a second"
        self.bar.update(self.task, completed=progress.done, figures=figures)

    def _next_stage(self, progress: "Progress") -> None:
        if self.task is not None:
            self.bar.remove_task(self.task)
        self.stage, self.clock, self.start = progress.stage, time.monotonic(), progress.done
        counted = progress.stage.name == "RUN"
        words = progress.scenario if counted else f"{progress.scenario}: {progress.stage.value}"
        self.task = self.bar.add_task(words, total=progress.total if counted else None, figures="")

    def __exit__(self, *_: object) -> None:
        self.bar.stop()


def _duration(seconds: float) -> str:
    if seconds < 1:
        return "under a second"
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 6000:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


# --- check, list, trace, chronicle -----------------------------------------------------------------------------------


def _check(asked: argparse.Namespace) -> int:
    from sim.scenario import list_scenarios, load_scenario, quarter_text

    code = DONE
    for name in asked.files or list_scenarios():
        try:
            scenario = load_scenario(name)
        except InputError as error:
            _say(str(error))
            code = WRONG_INPUT
            continue
        dates = f"{quarter_text(scenario.start)} to {quarter_text(scenario.end)}"
        events = f"{len(scenario.events)} event{'' if len(scenario.events) == 1 else 's'}"
        print(f"fine  {name}: {scenario.title} ({dates}, {events})")
    return code


def _list(asked: argparse.Namespace) -> int:
    from sim.evidence import HOME_WORLD, list_worlds, load_evidence

    world = asked.world or HOME_WORLD
    lines: dict[str, Callable[[], list[str]]] = {
        "scenarios": _scenario_lines,
        "numbers": lambda: _number_lines(load_evidence(world)),
        "outcomes": _outcome_lines,
        "systems": lambda: _system_lines(load_evidence(world)),
    }
    if asked.what:
        print("\n".join(lines[asked.what]()))
        return DONE
    for what in ("scenarios", "outcomes", "systems"):
        print(f"{what.upper()}\n" + "\n".join(lines[what]()) + "\n")
    evidence = load_evidence(world)
    counted = f"{len(evidence.numbers)} in {world}, with {len(evidence.facts)} facts behind them"
    print(f"NUMBERS\n  {counted}; `multivector list numbers` shows them")
    print(f"\nWORLDS\n  {', '.join(list_worlds())}")
    return DONE


def _scenario_lines() -> list[str]:
    from sim.scenario import list_scenarios, load_scenario

    lines = []
    for name in list_scenarios():
        try:
            title = load_scenario(name).title
        except InputError:
            title = f"(has mistakes: multivector check {name})"
        lines.append(f"  {name:<26} {title}")
    return lines


def _number_lines(evidence: Any) -> list[str]:
    numbers = evidence.numbers.values()
    return [f"{n.name:<42} {n.value:<10g} {n.low:g} to {n.high:g} {n.unit} ({n.basis.name.lower()})" for n in numbers]


def _outcome_lines() -> list[str]:
    from sim.measures import OUTCOMES

    return [f"  {o.word + ('-<power>' if o.names_power else ''):<26} {o.value}" for o in OUTCOMES]


def _system_lines(evidence: Any) -> list[str]:
    lines = []
    for system in evidence.systems.values():
        claim = textwrap.shorten(f"{system.name}: {system.claim}", 110, placeholder=" ...")
        lines.append(f"  {system.id:<38} {claim}")
    return lines


def _trace(asked: argparse.Namespace) -> int:
    from sim.evidence import HOME_WORLD, load_evidence
    from sim.trace import trace_number

    print(trace_number(load_evidence(asked.world or HOME_WORLD), asked.name))
    return DONE


def _chronicle(asked: argparse.Namespace) -> int:
    from sim.chronicle import tell
    from sim.scenario import load_scenario

    scenario = load_scenario(asked.scenario)
    text = tell(scenario, scenario.seed if asked.seed is None else asked.seed, asked.run).rstrip("\n") + "\n"
    if asked.out is None:
        print(text, end="")
        return DONE
    from sim.record import write_text

    write_text(Path(asked.out), text)
    _say(f"written to {_relative(Path(asked.out))}")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
