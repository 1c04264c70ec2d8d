"""`multivector check`: are scenarios and lessons right, and are results still what they were when they were written?"""

import argparse
from pathlib import Path
from typing import Any

from sim.cli.closing import close
from sim.cli.common import DONE, WRONG_INPUT, add_seeds, relative, say
from sim.io.errors import InputError, Problems, input_error, quoted
from sim.io.text import counted, size


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    check = commands.add_parser(
        "check", help="check scenarios, experiments and lessons before they run, and results against their hashes"
    )
    check.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="files or names of scenarios, experiments, lessons, or results folders (default: all scenarios)",
    )
    add_seeds(check)
    check.set_defaults(command=_check)


def _check(asked: argparse.Namespace) -> int:
    from sim.evidence.worlds import list_worlds
    from sim.scenario.family import list_scenarios

    list_worlds(asked.seeds)  # said once, and not of every file
    rows: list[dict[str, Any]] = []
    for name in asked.files or list_scenarios():
        try:
            lines = _lines(name, asked.seeds)
        except InputError as error:
            lines = [error]
        for line in lines:
            if isinstance(line, InputError):
                say(str(line))
            else:
                print(line)
            rows += _rows(name, line)
    close(asked, lambda: None, lambda: {"checked": rows})
    return WRONG_INPUT if any(row["says"] == "wrong" for row in rows) else DONE


def _rows(name: str, line: str | InputError) -> list[dict[str, Any]]:
    """What is said of a file as rows: that it is fine, a note, or what is wrong with it, problem by problem."""
    if isinstance(line, str):
        says, _, text = line.partition("  ")
        return [{"name": name, "says": says, "text": text}]
    return [{"name": name, "says": "wrong", "text": str(one), **vars(one)} for one in line.problems]


def _lines(name: str, seeds: str | None) -> list[str | InputError]:
    """What there is to say about an experiment, about a lesson, about results, or about a scenario."""
    from sim.analysis.sensitivity.experiment_files import experiment_path

    if not name.strip():
        raise input_error("check", "a name says something", found=quoted(name))
    if experiment_path(name) is not None:
        return [_experiment_line(name, seeds)]
    from sim.classroom.lessons import lesson_path

    if lesson_path(name) is not None:
        return [_lesson_line(name)]
    return _results_lines(Path(name)) if Path(name).is_dir() else _scenario_lines(name, seeds)


def _experiment_line(name: str, seeds: str | None) -> str:
    from sim.analysis.sensitivity.experiment import load_experiment

    experiment = load_experiment(name, seeds=seeds)
    points = experiment.rows(screen=True) + experiment.rows()
    size = f"{counted(len(experiment.factors), 'factor')}, {counted(points, 'point')}"
    return f"fine  {name}: {experiment.title} ({experiment.design.kind.word}, {size})"


def _lesson_line(name: str) -> str:
    from sim.classroom.lessons import load_lesson

    lesson = load_lesson(name)
    told = [f"{lesson.minutes} minutes", counted(len(lesson.steps), "step"), counted(len(lesson.expect), "claim")]
    return f"fine  {name}: {lesson.title} ({', '.join(told)})"


def _scenario_lines(name: str, seeds: str | None = None) -> list[str | InputError]:
    """That a scenario is fine, and what in it is hardly meant."""
    from sim.engine.remarks import remarks
    from sim.evidence.needed import check_needed
    from sim.evidence.posterior import POSTERIOR, check_names, described
    from sim.scenario.calendar import quarter_text
    from sim.scenario.scenario import evidence_of, load_scenario

    scenario = load_scenario(name, seeds=seeds)
    evidence = evidence_of(scenario)
    problems = Problems()
    check_needed(evidence, problems)
    problems.raise_if_any()
    dates = f"{quarter_text(scenario.start)} to {quarter_text(scenario.end)}"
    said = [dates, counted(len(scenario.events), "event")]
    uncertain = sum(not event.certain for event in scenario.events)
    said += [f"{uncertain} of them left to luck"] if uncertain else []
    said += [f"{counted(len(scenario.sampled), 'number')} drawn for every run"] if scenario.sampled else []
    if scenario.fitted == POSTERIOR:
        check_names(described(evidence.folder), evidence.numbers, evidence.folder, evidence.world)
        said.append("fitted numbers from the posterior")
    said += [f"reading {reading} of {switch}" for switch, reading in scenario.readings.items()]
    fine = f"fine  {name}: {scenario.title} ({', '.join(said)})"
    return [fine, *(f"note  {remark}" for remark in remarks(scenario, evidence))]


def _results_lines(place: Path) -> list[str | InputError]:
    """What there is to say about each results folder at a place, or what is wrong with it."""
    from sim.batch.verify import check_results, is_forecast, results_below

    folders = results_below(place)
    if not folders:
        raise input_error(relative(place), "a results folder has a manifest.json", found="a folder without results")
    lines: list[str | InputError] = []
    for folder in folders:
        try:
            if is_forecast(folder):
                lines.append(_forecast_line(folder))
                continue
            found = check_results(folder)
        except InputError as error:
            lines.append(error)
            continue
        told = f"{counted(found.runs, 'run')}, {counted(found.files, 'file')}, {size(found.size)}, as they were written"
        lines.append(f"fine  {relative(folder)}: {found.title} ({told})")
    return lines


def _forecast_line(folder: Path) -> str:
    """That a forecast is what it was when it was frozen."""
    from sim.analysis.hindcast.frozen import load_frozen

    found = load_frozen(folder)
    told = f"years after {found.origin}, {found.manifest['draws']:,} draws, as they were frozen"
    return f"fine  {relative(folder)}: {found.manifest['scenario']} ({told})"
