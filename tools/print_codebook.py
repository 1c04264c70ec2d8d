"""The page of the codebook: what the levels of each field mean, who has which, and whether a second reader agrees.

python tools/print_codebook.py --sheet    what a second reader is asked for, as the beginning of recoding.yaml
"""

import argparse
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from print_pages import one_line, table

if TYPE_CHECKING:
    from sim.evidence.agreement import Agreement, Recoding, Report
    from sim.evidence.codebook import CodedField
    from sim.evidence.evidence import Evidence
    from sim.evidence.numbers import Number

ROOT = Path(__file__).resolve().parent.parent
HEAD = (
    "Field",
    "Both",
    "Judgements",
    "Same",
    "Within one level",
    "Kappa",
    "Only the first",
    "Only the second",
    "Neither",
)


def print_codebook(evidence: "Evidence", printed: str) -> str:
    """The page of the codebook; printed: the mark of a printed page."""
    from sim.evidence.agreement import compare_codes, load_recoding
    from sim.evidence.numbers import Basis

    recoding = load_recoding(evidence, ROOT / "seeds")
    report = None if recoding is None else compare_codes(evidence, recoding)
    coded = [number for number in evidence.numbers.values() if number.basis is Basis.CODED]
    lines = [
        printed,
        "",
        "# The codebook, and who has which level",
        "",
        f"{len(coded):,} numbers are coded: words of the documents, put on the scale none 0, low 0.25, medium 0.5, high"
        f" 0.75, dominant 1. For each of {len(evidence.codebook)} fields, [seeds/codebook.yaml](../seeds/codebook.yaml)"
        " asks one question and says beforehand what counts as each level; its head has the rules by which passages"
        " are weighed. A code is right to one level either way unless its number says otherwise. Where nothing speaks"
        " of an actor the number is [assumed](assumed.md), and is not on this page.",
        "",
        *_agreement(report, evidence),
        "## The fields",
        "",
    ]
    for field in evidence.codebook.values():
        numbers = [number for number in coded if field.covers(number.name)]
        lines += _field(field, numbers, evidence, recoding)
    return "\n".join(lines).rstrip() + "\n"


# --- agreement -------------------------------------------------------------------------------------------------------


def _agreement(report: "Report | None", evidence: "Evidence") -> list[str]:
    """How far a second reader agrees."""
    lines = ["## Whether a second reader agrees", ""]
    from sim.evidence.agreement import HIDDEN

    if report is None:
        return [
            *lines,
            "Nobody has coded a second time yet (there is no `recoding.yaml` among the seeds), so how far these codes"
            " depend on who read is not known.",
            "",
        ]
    recoding, overall = report.recoding, report.overall
    answered = f"{overall.answered:,} of {overall.coded:,} codes"
    lines += [
        f"{recoding.coder[:1].upper()}{recoding.coder[1:]}, {recoding.date}: {one_line(recoding.seen)} {answered} were"
        f" coded again, and {overall.only_second + overall.neither:,} numbers were looked at that the first coder had"
        " left as assumed. "
        + (
            "The cases that the codebook shows were hidden from the second reader, and count."
            if recoding.cases == HIDDEN
            else "The cases that the codebook shows do not count."
        )
        + " The first codes stand here as they were then; what was decided after both readings is in the table of"
        " differences. Both readers were trained in the same school and share its habits: strangers would agree less."
        " Of what lies in the facts' wording and not in the documents, agreement says nothing.",
        "",
        *_overall(report),
        "",
        "Kappa is Cohen's, with linear weights: a difference counts by how many levels it spans, and half levels count"
        " half. The levels are used as amounts in equal steps, so that two levels off is twice as wrong as one; squares"
        " would make one level off nearly free and give a higher figure. 0 is what dealing out the same codes at"
        " random gives, 1 is the same code everywhere. Numbers that rest on one passage are one judgement, and the"
        " interval leaves out one judgement at a time. It is not given below ten judgements. *Too few* are fewer than"
        " five numbers; with *no variation* one reader gave all the same level, and then kappa is nought or near it"
        " however well they agree. Both mean that the figure would say nothing, not that the codes are good.",
        "",
        "*Only the first* coded: the second found nothing that speaks of it. *Only the second*: the number is assumed,"
        " and the second reader found a passage.",
        "",
        *table(
            HEAD,
            [
                _agreement_row(one, one.field in evidence.codebook)
                for one in (overall, *report.fields.values())
                if one.pairs + one.only_first + one.only_second + one.neither
            ],
        ),
    ]
    if report.differ:
        lines += ["### Where they differ", "", "The furthest apart first.", ""]
        rows = [
            (
                *(f"`{number.name}`", second.first or level_in_words(number.value), second.level, _now(number)),
                _passages(number),
                *(", ".join(second.passages), one_line(second.reason)),
            )
            for number, second in report.differ
        ]
        head = ("Number", "First", "Second", "Now", "Passage of the first", "Passage of the second", "Why the second")
        lines += table(head, rows)
    return lines


def _now(number: "Number") -> str:
    """The level of a number today, after the two readings were looked at."""
    from sim.evidence.numbers import Basis

    return level_in_words(number.value) if number.basis is Basis.CODED else number.basis.name.lower()


def _overall(report: "Report") -> list[str]:
    one = report.overall
    if one.kappa is None:
        return [f"Over all fields: {one.says or 'no variation'}."]
    ends = "" if one.ends is None else f" ({one.ends[0]:.2f} to {one.ends[1]:.2f})"
    told = (
        f"**Over all fields: kappa {one.kappa:.2f}{ends}**, chance being reckoned field by field (fields with few"
        f" numbers pull it down); {one.same} of"
        f" {one.pairs} codes are the same ({one.same / one.pairs:.0%}), {one.near} within one level"
        f" ({one.near / one.pairs:.0%})."
    )
    if report.thrown_together is not None and report.squared is not None:
        told += (
            f" With all fields thrown together, as is often reported, it would be {report.thrown_together:.2f}, and"
            f" with squares {report.squared:.2f}: that rewards knowing which fields stand high."
        )
    looked_at = one.pairs + one.only_first + one.only_second + one.neither
    told += (
        f" On whether any passage speaks of a number the readers agree in {one.pairs + one.neither:,} of {looked_at:,}"
        " cases."
    )
    return [told]


def _agreement_row(one: "Agreement", kept: bool) -> tuple[str, ...]:
    """The row of one field; kept: whether the codebook has it still, so that there is something to link to."""
    kappa = one.says or "no variation"
    if one.kappa is not None:
        kappa = f"{one.kappa:.2f}" + ("" if one.ends is None else f" ({one.ends[0]:.2f} to {one.ends[1]:.2f})")
    name = f"[{one.field}](#{one.field})" if kept else one.field if one.field == "all" else f"{one.field} (dropped)"
    counts = (one.pairs, one.judgements, one.same, one.near)
    return (name, *map(str, counts), kappa, *map(str, (one.only_first, one.only_second, one.neither)))


# --- the fields ------------------------------------------------------------------------------------------------------


def _field(
    field: "CodedField", numbers: "Sequence[Number]", evidence: "Evidence", recoding: "Recoding | None"
) -> list[str]:
    """One field: question, levels with their cases, the codes, what would settle it."""
    from sim.evidence.numbers import LEVELS

    cases: dict[str, list[str]] = {}
    for anchor in field.anchors:
        cases.setdefault(anchor.level, []).append(f"`{anchor.number}` (`{anchor.passage}`)")
    levels = [
        (level, one_line(field.levels[level]), ", ".join(cases.get(level, ())))
        for level in LEVELS
        if level in field.levels
    ]
    sign = [" A level below nought means the opposite."] if field.signed else []
    lines = [f"### {field.id}", "", "".join([one_line(field.asks), *sign]), ""]
    lines += table(("Level", "What counts as it", "Case"), levels)
    lines += [f"*What would settle it*: {one_line(field.settle)}", ""]
    if not numbers:
        return lines
    head = ["Number", "Level", "Passage", "Why"]
    rows = []
    for number in sorted(numbers, key=lambda one: -one.value):
        says = one_line(evidence.facts[number.passage].says) if number.passage in evidence.facts else ""
        passage = f"{_passages(number)}: {says}" if says else _passages(number)
        row = [f"`{number.name}`", level_in_words(number.value), passage, one_line(number.reason)]
        if recoding is not None:
            second = recoding.codes.get(number.name)
            row.append("" if second is None else second.level)
        rows.append(row)
    if recoding is not None:
        head.append("Second reader")
    summary = f"<details><summary>{len(numbers)} {'code' if len(numbers) == 1 else 'codes'}</summary>"
    return [*lines, summary, "", *table(head, rows), "</details>", ""]


def level_in_words(value: float) -> str:
    """The level of a value: 0.25 is low, 0.375 low/medium, -0.25 -low."""
    from sim.evidence.numbers import LEVELS, level_value

    names = list(LEVELS)
    words = [*names, *(f"{one}/{two}" for one, two in pairwise(names))]
    sign = "-" if value < 0.0 else ""
    return next((sign + word for word in words if abs((level_value(word) or 0.0) - abs(value)) < 1e-9), f"{value:g}")


def _passages(number: "Number") -> str:
    return f"`{number.passage}`" if number.passage else ", ".join(f"`{fact}`" for fact in number.evidence)


# --- the sheet of the second reader ----------------------------------------------------------------------------------


def sheet(evidence: "Evidence") -> str:
    """What a second reader is asked for, without any level of the first: a `recoding.yaml` to be filled in."""
    from sim.evidence.agreement import to_code

    lines = [
        "# yaml-language-server: $schema=schema/recoding.json",
        "coder: second reader",
        "date:",
        "seen: The codebook, the facts and the documents; not the first codes, their reasons or passages.",
        "codes:",
    ]
    for field, names in to_code(evidence).items():
        if names:
            lines += ["", f"  # {field}: {one_line(evidence.codebook[field].asks)}"]
        for name in names:
            lines += [f"  # {name}: {one_line(evidence.numbers[name].meaning)}", f"  {name}: {{level: , passage: }}"]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the sheet; returns the exit status."""
    parser = argparse.ArgumentParser(description="Print what a second reader of the documents is asked to code.")
    parser.add_argument("--sheet", action="store_true", required=True, help="print the sheet to standard output")
    parser.parse_args(arguments)
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from sim.evidence.evidence import load_evidence

    sys.stdout.write(sheet(load_evidence(folder=ROOT / "seeds")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
