"""Options as they are typed: numbers checked as in files, and nothing taken that is given twice."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sim.io.checks import check_choice, check_number, check_whole_number, number_meant, whole_written
from sim.io.errors import Entry, InputError, Problem, Problems, nearest_to, quoted
from sim.io.letters import printable
from sim.io.limits import FIRST_YEAR, LARGEST_SEED, LAST_YEAR, MOST_RUNS, MOST_WORKERS


def whole(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers for the parser, which may be written 10_000 or 10,000; checked as in files."""

    def read(text: str) -> int:
        problems, value = Problems(), whole_written(text)
        meant = number_meant(text) if value is None and "," not in text else None
        entry = Entry(next((one for one in (value, meant) if one is not None), text), problems, "", 0, 0, "", text)
        found = check_whole_number(entry, low, high)
        if found is None:
            raise argparse.ArgumentTypeError(printable("; ".join(problem.said for problem in problems)))
        return found

    return read


def runs(least: int = 1) -> Callable[[str], int]:
    """A reader of numbers of runs."""
    return whole(least, MOST_RUNS)


def percentage_points(text: str) -> float:
    """A reader of 0 to 100 for the parser."""
    problems, meant = Problems(), None if "," in text else number_meant(text)
    found = check_number(Entry(text if meant is None else meant, problems, "", 0, 0, "", text), 0.0, 100.0)
    if found is None:
        raise argparse.ArgumentTypeError(printable("; ".join(problem.said for problem in problems)))
    return found


SEED = whole(0, LARGEST_SEED)
RUN = whole(0, MOST_RUNS - 1)
WORKERS = whole(1, MOST_WORKERS)
YEAR = whole(FIRST_YEAR, LAST_YEAR)


class Once(argparse.Action):
    """An option with one value, which is given once: nobody knows which of two is meant."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        """Keep the value; refuse a second one."""
        given = vars(namespace).setdefault("_given", {})
        if option is not None and self.dest in given:
            parser.error(printable(f"argument {option}: this is given twice, as {given[self.dest]} and as {values}"))
        given[self.dest] = values
        setattr(namespace, self.dest, values)


class Parser(argparse.ArgumentParser):
    """A parser that takes every option with one value once."""

    def __init__(self, **words: Any) -> None:
        super().__init__(allow_abbrev=False, **words)  # `--run` might be `--runs`, or which run
        for name in (None, "store"):
            self.register("action", name, Once)

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> tuple[Any, list[str]]:  # type: ignore[override]
        """Read the arguments, and refuse what is left over in the words of the command that it was given to."""
        found, left = super().parse_known_args(args, namespace)
        if left:
            behind = left[left.index("--") + 1 :] if "--" in left else []  # where nothing is an option
            option = next((one for one in left if one.startswith("-") and not behind), None)
            told = f"found {quoted((behind or left)[0])}; this is one too many"
            self.error(printable(told if option is None else self._no_option(option)))
        return found, left

    def _no_option(self, word: str) -> str:
        """That there is no such option, with the nearest that there is."""
        problems, options = Problems(), [one for action in self._actions for one in action.option_strings]
        name = word.partition("=")[0]
        message, allowed = "there is no such option", "what --help names"
        Entry(name, problems, "", 0, 0, "", name).refuse(
            message=message, allowed=allowed, nearest=nearest_to(name, options)
        )
        return "; ".join(problem.said for problem in problems)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse what is none of the choices, in the words of files, with the nearest."""
        if action.choices is not None and value not in action.choices:
            problems, words = Problems(), [str(one) for one in action.choices]
            check_choice(Entry(str(value), problems, "", 0, 0, "", str(value)), words)
            raise argparse.ArgumentError(action, printable("; ".join(problem.said for problem in problems)))


def as_typed(error: InputError, asked: argparse.Namespace) -> InputError:
    """An error of a function, told by the option that was typed and not by what the function calls it."""

    def typed(problem: Problem) -> Problem:
        option = problem.key.partition("[")[0]
        if not problem.file.startswith("sim.") or option not in vars(asked):
            return problem
        return replace(problem, file=f"--{option.replace('_', '-')}", key="")

    return InputError(map(typed, error.problems))
