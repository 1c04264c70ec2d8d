"""The page of variables: every field of the world with axes, unit and start, what each starts at, and what is measured.

Fields, measures and starts are read from the model and the seeds; what a field holds that no number starts is read from
a world that has been set up and not played.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sim.evidence.evidence import Evidence
    from sim.model.fields import Field

Table = Callable[[Sequence[str], Iterable[Sequence[str]]], list[str]]

GROUPS = (  # heading of a group of fields, and the axes that belong to it
    ("States", ("i", "ik")),
    ("Powers", ("j", "jd", "jk", "jj", "jjd")),
    ("Pairs of states", ("ii",)),
    ("Corridors", ("c", "ic", "jc", "ijc")),
    ("Pipelines", ("l", "il", "jl", "lc")),
    ("Pairs of a state and a power", ("ij", "ijd")),
    ("Offers and what is held by kind", ("ijk", "ijku")),
)
AXES = (
    *(("i", "state"), ("j", "power"), ("k", "kind of offer: deal (commerce), minerals, infrastructure, security")),
    *(("d", "domain of rivalry: economic, security"), ("c", "corridor"), ("l", "pipeline")),
    ("u", "term of the utility of an offer"),
)
ORIGINS = {
    "RECORDED": "recorded every quarter",
    "JUDGED": "judged when a run ends",
    "TALLIED": "added up over a run",
    "DERIVED": "derived, for comparisons",
}


def print_variables(evidence: "Evidence", printed: str, table: Table) -> str:
    """The page of state variables, their starts in the home world, and measures."""
    from sim.model.fields import FIELDS, REGISTERS
    from sim.model.variables import VARIABLES
    from sim.model.world import axes_of

    working = {register.name for register in REGISTERS}
    fields = [field for field in FIELDS if field.name not in working]
    starts = starts_of()
    axes = axes_of(evidence)
    lines = [
        printed,
        "",
        "# Variables, and where they start",
        "",
        f"Part of the [model description](odd.md) (I.ii and III.ii): the {len(fields)} variables of the world,"
        f" their starts in the home world, and the {len(VARIABLES)} measures that are taken of it. What moves them"
        " is in the [rulebook](rulebook.md), by rule and in the order of a quarter.",
        "",
        *table(("Axis", "Stands for"), ((f"`{letter}`", words) for letter, words in AXES)),
        "A variable with the axes `ij` has a value for every pair of a state and a power. *Start*: the number it"
        " is read from, for the places in braces; a bare value, which all places have; or *worked out*, where it"
        " follows from the others before the first quarter. Every value is also one a run, so that runs may differ"
        " in it. Working space that lives within one phase is listed in [scratch.py](../sim/model/scratch.py).",
        "",
        "## State variables",
        "",
    ]
    for heading, group in groups_of(fields):
        lines += [f"### {heading}", ""]
        rows = ((f"`{f.name}`", f"`{f.axes}`", f.unit, f.meaning, starts[f.name]) for f in group)
        lines += table(("Variable", "Axes", "Unit", "Meaning", "Start"), rows)
    lines += ["## Starts in the home world", ""]
    lines += [
        "The letter is the basis: **f** a figure computed from facts, **c** coded from a passage on the scale none"
        " 0, low 0.25, medium 0.5, high 0.75, dominant 1, **t** fitted to the record, **a** assumed. Range,"
        " evidence and formula of each stand in the seeds, and `multivector trace <number>` tells them.",
        "",
        *start_tables(evidence, [field for field in fields if field.start], axes, table),
        "## Measures",
        "",
        "What is kept of a run, with the same axes.",
        "",
    ]
    rows = ((f"`{v.name}`", f"`{v.axes}`", v.unit, v.explained, ORIGINS[v.origin.name]) for v in VARIABLES)
    lines += table(("Measure", "Axes", "Unit", "Meaning", "How"), rows)
    return "\n".join(lines).rstrip() + "\n"


def groups_of(fields: Sequence["Field"]) -> Iterator[tuple[str, list["Field"]]]:
    """The fields under their headings; axes that no heading names would be lost, and are refused."""
    named = {axes for _, group in GROUPS for axes in group}
    left = {field.axes for field in fields} - named
    assert not left, f"no heading for {sorted(left)}"
    for heading, group in GROUPS:
        found = [field for field in fields if field.axes in group]
        if found:
            yield heading, found


def starts_of() -> dict[str, str]:
    """Where each field starts, in words: a number, a value, or worked out."""
    from sim.engine.agents import Model
    from sim.model.fields import FIELDS

    world = Model("baseline").world
    found = {}
    for field in FIELDS:
        values = np.unique(getattr(world, field.name))
        if field.start:
            found[field.name] = f"`{field.start}`"
        elif len(values) <= 1:
            found[field.name] = f"{values[0]:g}" if len(values) else "–"
        else:
            found[field.name] = "worked out"
    return found


# --- the numbers behind the starts -----------------------------------------------------------------------------------


def start_tables(
    evidence: "Evidence", fields: Sequence["Field"], axes: Mapping[str, tuple[str, ...]], table: Table
) -> list[str]:
    """Tables of all numbers from which fields start: a row an actor or pair, a column a number, or turned."""
    from sim.model.world import number_places

    names: dict[str, list[str]] = {}
    for field in {one.start: one for one in fields}.values():
        found = dict.fromkeys(name for _, name in number_places(field, tuple(axes.items())))
        names.setdefault(field.start.partition(".")[0], []).extend(name for name in found if name in evidence.numbers)
    lines: list[str] = []
    for head, depth in HEADS.items():
        split = [name.split(".")[1:] for name in dict.fromkeys(names[head])]
        rows = dict.fromkeys(".".join(parts[:depth]) for parts in split)
        columns = dict.fromkeys(".".join(parts[depth:]) for parts in split)

        def cell(row: str, column: str, head: str = head) -> str:
            number = evidence.numbers.get(".".join((head, row, column)))
            return "" if number is None else f"{number.value:.3g} {LETTERS[number.basis.name]}"

        turned = len(columns) > len(rows)
        down, across = (columns, rows) if turned else (rows, columns)
        lines += [f"### `{head}`", ""]
        body = ([f"`{one}`", *(cell(*((o, one) if turned else (one, o))) for o in across)] for one in down)
        lines += table(("", *(f"`{one}`" for one in across)), body)
    return lines


HEADS = {"states": 1, "powers": 1, "rivalry": 2, "neighbours": 2, "corridors": 1, "pipelines": 1, "ties": 2}
LETTERS = {"FIGURE": "f", "CODED": "c", "FITTED": "t", "ASSUMED": "a"}
