"""The page of the levers: what is pulled, what it should move, and what it moves."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.lever_results import MeasuredLevers

MEASURED = Path(__file__).resolve().parent.parent / "experiments" / "levers.json"


def print_levers(printed: str) -> str:
    """The page, out of `experiments/levers.json`; `printed` is the line that says where it comes from."""
    from sim.analysis.lever_results import Answer, read_levers

    found = read_levers(MEASURED)
    answers = list(found.expected["answer"])
    counted = ", ".join(f"{answers.count(one.word)} {one.word}" for one in Answer if one.word in answers)
    lines = [
        printed,
        "",
        "# The levers",
        "",
        f"What is pulled, what it should move, and what it moves: `{found.scenario}` with and without each, over"
        f" {found.runs:,} runs on the same luck (`multivector levers`; `make levers` measures again). Levers stand in"
        " [`seeds/levers.yaml`](../seeds/levers.yaml), with what was expected before any was pulled. An answer is *as"
        f" expected* where the whole {found.level:.0%} interval lies on the right side of nought and, where the record"
        " gives a size, reaches it; *too little* or *too much* beside such a size; *nothing* where the interval holds"
        " nought. Shares are in percentage points. Conditional exploration, not a forecast.",
        "",
        f"**Expected and found**: {counted}.",
        "",
        *_written(found),
        "## Numbers of the powers",
        "",
        "Every number of a power pulled to the high end of its range, or where it stands there to the low one. Shown is"
        " the clear outcome that moves most beside the spread between runs (Holm, within the lever), and how many"
        " outcomes are clear.",
        "",
        *_numbers(found),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _written(found: "MeasuredLevers") -> Iterator[str]:
    from print_pages import table

    for row in found.summary.itertuples():
        said = found.words[row.lever]
        if said["number"]:
            continue
        yield f"## `{row.lever}`"
        yield ""
        yield f"{said['says'][:1].upper()}{said['says'][1:]}; looked at in {row.quarter}. {said['why'].strip()}"
        yield ""
        if not row.touched:
            yield "It moves nothing in any run."
            yield ""
            continue
        mine = found.expected[found.expected["lever"] == row.lever]
        head = ("Outcome", "Should", "Difference", "As a part of it", "Answer")
        yield from table(head, (_expected(one) for one in mine.itertuples()))
        most = found.strongest[found.strongest["lever"] == row.lever]
        told = "; ".join(f"{_name(one)} {_interval(one)}" for one in most.itertuples())
        yield f"{row.clear} of {row.outcomes} outcomes are clear{f'; most of all {told}' if told else ''}."
        yield ""


def _expected(row: "pd.Series[float]") -> tuple[str, ...]:
    from sim.cli.lever_report import part_of, should

    least, most, change = (math.nan if one is None else one for one in (row.least, row.most, row.change))
    answer = row.answer if row.answer == "as expected" else f"**{row.answer}**"
    return _name(row), should(row.way, least, most), _interval(row), part_of(change), answer


def _name(row: "pd.Series[float]") -> str:
    from sim.analysis.observables import words_of

    return f"{row.state} {words_of(row.measure, row.power)}"


def _interval(row: "pd.Series[float]") -> str:
    from sim.analysis.observables import scale_of
    from sim.io.text import signed

    scale = scale_of(row.measure)
    middle, low, high = (signed(scale * float(value)) for value in (row.difference, row.low, row.high))
    return f"{middle} ({low} to {high})"


def _numbers(found: "MeasuredLevers") -> Iterator[str]:
    from print_pages import table

    strongest = {row.lever: row for row in found.strongest.itertuples()}
    rows = []
    for row in found.summary.itertuples():
        said = found.words[row.lever]
        if not said["number"]:
            continue
        most = strongest.get(row.lever)
        told = (
            f"{_name(most)} {_interval(most)}"
            if most is not None
            else "nothing clear"
            if row.touched
            else "**nothing**"
        )
        rows.append((f"`{row.lever}`", said["says"], told, f"{row.clear} of {row.outcomes}"))
    yield from table(("Number", "Pulled", "Moves most", "Clear"), rows)
