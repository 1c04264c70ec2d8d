"""The page of contradicting sources: the switches with what each reading makes of numbers, and what was settled."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.evidence.conflicts import Conflict
    from sim.evidence.evidence import Evidence

HEADLINE = "china-trade"
TRADE = "ties.{}.CHN.trade"


def print_conflicts(evidence: "Evidence", printed: str) -> str:
    """The page as Markdown; `printed` is the remark at its top."""
    from print_pages import counted

    conflicts = list(evidence.conflicts.values())
    left_open = [one for one in conflicts if one.switch]
    lines = [
        printed,
        "",
        "# Where the sources contradict each other",
        "",
        f"{counted(len(conflicts), 'contradiction')} between the sources, or within one of them. For"
        f" {len(conflicts) - len(left_open)} there is a written reason why one reading holds; for {len(left_open)} the"
        " numbers of the world would truly be others, and there a switch takes another reading:"
        " `readings: {china-trade: customs}` in a scenario, `--reading china-trade=customs` on the command line, or all"
        " readings side by side on the same luck with `multivector compare baseline --readings china-trade`. What a"
        " scenario says of a number itself goes before a reading. Every results folder says in its manifest which"
        " readings it rests on, and `multivector trace` tells of a fact in which conflict it stands.",
        "",
        *headline(evidence),
        "## Switches",
        "",
    ]
    for conflict in left_open:
        lines += switch_lines(evidence, conflict)
    lines += ["## Settled", ""]
    for conflict in conflicts:
        if conflict.settled:
            lines += settled_lines(conflict)
    return "\n".join(lines).rstrip() + "\n"


def headline(evidence: "Evidence") -> list[str]:
    """Trade with China by every reading, state by state and in sum: the figures that founding documents begin with."""
    from print_pages import table

    conflict = evidence.switches.get(HEADLINE)
    if conflict is None:
        return []
    head = ("Trade with China, bn USD a year", *(state.code for state in evidence.states), "Sum")
    rows = []
    for reading in conflict.readings.values():
        names = [TRADE.format(state.code) for state in evidence.states]
        values = [
            reading.numbers[name].value if name in reading.numbers else evidence.numbers[name].value for name in names
        ]
        mark = " (default)" if reading.name == conflict.default else ""
        rows.append((f"`{reading.name}`{mark}", *(f"{value:g}" for value in values), f"{sum(values):.1f}"))
    return [*table(head, rows)]


def switch_lines(evidence: "Evidence", conflict: "Conflict") -> list[str]:
    """One switch: the question, its facts, why the default, and each reading with the numbers it moves."""
    from print_pages import codes, table

    rows = []
    for reading in conflict.readings.values():
        mark = " (default)" if reading.name == conflict.default else ""
        moved = list(moved_by(evidence, conflict, reading.name)) or ["what the seeds hold"]
        rows.append((f"`{reading.name}`{mark}", reading.says, "<br>".join(moved)))
    return [
        f"### {conflict.switch}",
        "",
        f"{conflict.question} ({codes(conflict.facts)}; `{conflict.id}`)",
        "",
        f"The default is `{conflict.default}`. {conflict.because}",
        "",
        *table(("Reading", "How it reads", "What it makes of numbers"), rows),
    ]


def moved_by(evidence: "Evidence", conflict: "Conflict", reading: str) -> Iterator[str]:
    """What a reading makes of numbers, a line each: from what the seeds hold to what it says, and how."""
    for name, read in conflict.readings[reading].numbers.items():
        stated = evidence.numbers[name]
        said = f"`{name}` {read.value:g}"
        if reading != conflict.default:
            said = f"`{name}` {stated.value:g} → {read.value:g}"
        if read.beyond:
            said += " (beyond its range)"
        yield said


def settled_lines(conflict: "Conflict") -> list[str]:
    """One settled conflict: the question, its facts, the reason, and the numbers that follow it."""
    from print_pages import codes

    follow = f" Numbers that follow it: {codes(conflict.follows)}." if conflict.follows else ""
    return [
        f"### {conflict.id.removeprefix('c-')}",
        "",
        f"{conflict.question} ({codes(conflict.facts)})",
        "",
        f"{conflict.settled}{follow}",
        "",
    ]
