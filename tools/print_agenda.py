"""The page of what is assumed: how much rests on it, what to measure first and what that would change."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from print_pages import one_line, table

if TYPE_CHECKING:
    from sim.evidence.agenda import Open
    from sim.evidence.evidence import Evidence
    from sim.evidence.influence import Influence
    from sim.evidence.numbers import Number

ROOT = Path(__file__).resolve().parent.parent
WORTH_SAYING = 0.05  # a smaller part of an outcome is not told one by one
SHOWN = 10  # numbers of a topic that stand in the open; the rest can be unfolded


def print_assumed(evidence: "Evidence", printed: str) -> str:
    """The page of the agenda; printed: the mark of a printed page."""
    from sim.evidence.agenda import load_agenda, what_is_open
    from sim.evidence.influence import read_influence
    from sim.evidence.numbers import Basis

    found = {name: one for name, one in read_influence(ROOT / "experiments").items() if name in evidence.numbers}
    topics = load_agenda(evidence, ROOT / "seeds")
    agenda = what_is_open(evidence, topics, found)
    bases = [number.basis for number in evidence.numbers.values()]
    assumed, coded = bases.count(Basis.ASSUMED), bases.count(Basis.CODED)
    lines = [printed, "", "# What is assumed, and what to measure first", ""]
    lines += [
        f"{assumed:,} of {len(bases):,} numbers are assumed: no source states their size. {coded:,} are coded: a"
        " judgement in words, put on a scale by [the codebook](codebook.md). This page is the agenda that follows:"
        " what to measure first, how, and what that would change. The topics stand in"
        " [seeds/agenda.yaml](../seeds/agenda.yaml); whoever settles one is asked to write down the source, then the"
        " number ([how](../seeds/README.md)).",
        "",
    ]
    if not found:
        return "\n".join([*lines, "No sweep over the numbers is at hand yet, so the order is not known."]) + "\n"
    lines += _on_what_it_rests(evidence, found)
    lines += _measure_first(agenda)
    lines += _every_number(evidence, agenda, found)
    return "\n".join(lines).rstrip() + "\n"


def _on_what_it_rests(evidence: "Evidence", found: "Mapping[str, Influence]") -> list[str]:
    """For each outcome, how much of its influence rests on numbers of each basis."""
    from sim.evidence.numbers import Basis
    from sim.evidence.support import variance_by_basis

    sweep = next(iter(found.values()))
    shares = variance_by_basis(evidence, found)
    bases = [basis for basis in Basis if any(by_basis[basis] > 0.0 for by_basis in shares.values())]
    return [
        "## How much rests on it",
        "",
        f"The sweep [{sweep.experiment}](../experiments/{sweep.experiment}/README.md) moved {sweep.of:,} numbers over"
        " their ranges. The total order index of a number is the part of an outcome's variance that is left when"
        " everything else is known. Summed by what the numbers rest on, as parts of the whole:",
        "",
        *table(
            ("Outcome", *(basis.name.lower() for basis in bases)),
            ((outcome, *(f"{by_basis[basis]:.0%}" for basis in bases)) for outcome, by_basis in shares.items()),
        ),
    ]


def _measure_first(agenda: "Sequence[Open]") -> list[str]:
    """Topics in the order of what they would take away."""
    studied = [one for one in agenda if one.weight > 0.0]
    outcomes = list(dict.fromkeys(outcome for one in studied for outcome in one.takes))
    lines = [
        "## Measure first",
        "",
        "Topics stand in the order of what knowing them would take away, summed over the outcomes. What is open in an"
        " outcome is its variance when all numbers go over their ranges. The table has, for each outcome, the sum of"
        " the total order indices of a topic's numbers: *at most* this part of what is open would go. At most, because"
        " what works only together with other numbers is counted with each of them. A topic has all numbers that it"
        " names, figures too, whose ranges it would narrow.",
        "",
        *table(
            ("", "Topic", "Effort", *outcomes),
            (
                (str(place), f"[{one.title}](#{place}-{_anchor(one.title)})", one.effort or "–", *_cells(one, outcomes))
                for place, one in enumerate(studied, start=1)
            ),
        ),
    ]
    for place, one in enumerate(studied, start=1):
        lines += _topic(f"{place} {one.title}", one)
    rest = [one for one in agenda if one.weight <= 0.0]
    own, booked = [one for one in rest if not one.of_the_book], [one for one in rest if one.of_the_book]
    lines += [
        "## Measure later",
        "",
        "The screening found too little influence in these to study their numbers closely, or they came after the"
        " sweep. They stand in the order of their strongest number.",
        "",
    ]
    for one in own:
        lines += _topic(one.title, one)
    lines += [
        "## Fields of the codebook",
        "",
        "What would replace the judgement, for fields that are in no topic above. Their levels, codes and passages are"
        " on [the page of the codebook](codebook.md).",
        "",
        *table(
            ("Field", "What would settle it", "Strongest number", "Moves most"),
            (
                (f"[{one.id}](codebook.md#{one.id})", one_line(one.measure), _strongest(one), _moves(one))
                for one in booked
            ),
        ),
    ]
    return lines


def _cells(one: "Open", outcomes: Sequence[str]) -> list[str]:
    return [
        f"{one.takes.get(outcome, 0.0):.0%}" if one.takes.get(outcome, 0.0) >= 0.005 else "" for outcome in outcomes
    ]


def _topic(heading: str, one: "Open") -> list[str]:
    """One topic: what would change, how to measure, which numbers."""
    how = f"*How* ({one.effort}): {one_line(one.measure)}" if one.effort else f"*How*: {one_line(one.measure)}"
    lines = [f"### {heading}", "", what_would_change(one), "", how, ""]
    if one.decides:
        lines += [f"*What it decides*: {one_line(one.decides)}", ""]
    shown, folded = one.numbers[:SHOWN], one.numbers[SHOWN:]
    lines += ["*Numbers*: " + "; ".join(_with_range(number) for number in shown) + ".", ""]
    if folded:
        more = "; ".join(_with_range(number) for number in folded)
        lines += [f"<details><summary>and {len(folded)} more</summary>", "", f"{more}.", "", "</details>", ""]
    return lines


def what_would_change(one: "Open") -> str:
    """Which outcomes move how far, in a sentence or two."""
    takes = sorted(one.takes.items(), key=lambda item: -item[1])
    told = [f"{part:.0%} of what is open in *{outcome}*" for outcome, part in takes if part >= WORTH_SAYING]
    said = ""
    if told:
        said = f"Knowing it would take away up to {_and(told)}."
    elif takes:
        outcome, part = takes[0]
        said = f"Knowing it would take away little by itself: at most {part:.1%} of what is open in *{outcome}*."
    strongest = one.strongest
    if strongest is None:
        return "How much depends on it is not known: its numbers came after the sweep."
    size = one.influence[strongest.name]
    moves = f"Over its range alone `{strongest.name}` moves *{size.on}* by {size.size:.2g} standard deviations."
    return f"{said} {moves}".strip()


def _every_number(evidence: "Evidence", agenda: "Sequence[Open]", found: "Mapping[str, Influence]") -> list[str]:
    """All assumed numbers by influence."""
    from sim.evidence.numbers import Basis
    from sim.evidence.story import span

    assumed = [number for number in evidence.numbers.values() if number.basis is Basis.ASSUMED]
    known = sorted((n for n in assumed if n.name in found), key=lambda number: found[number.name].rank)
    unknown = [number.name for number in assumed if number.name not in found]
    topic = {number.name: one for one in agenda for number in one.numbers}
    lines = [
        "## Every assumed number, by influence",
        "",
        "Influence is how far the outcome that reacts most moves when the number goes over its whole range, in standard"
        " deviations of that outcome; the rank is among all numbers, assumed or not. `multivector trace <number>` says"
        " what each means and why it is taken so.",
        "",
        *table(
            ("Rank", "Number", "Range", "Influence", "Most on", "Topic"),
            (
                (
                    str(found[number.name].rank),
                    f"`{number.name}`",
                    span(number.low, number.high, number.unit),
                    f"{found[number.name].size:.2f}",
                    found[number.name].on,
                    topic[number.name].id if number.name in topic else "",
                )
                for number in known
            ),
        ),
    ]
    if unknown:
        lines += ["Not in that sweep: " + ", ".join(f"`{name}`" for name in unknown) + ".", ""]
    return lines


# --- small things ----------------------------------------------------------------------------------------------------


def _strongest(one: "Open") -> str:
    return "" if one.strongest is None else f"`{one.strongest.name}`"


def _moves(one: "Open") -> str:
    if one.strongest is None:
        return "not in the sweep"
    size = one.influence[one.strongest.name]
    return f"{size.on}, {size.size:.2g} sd"


def _with_range(number: "Number") -> str:
    from sim.evidence.story import span

    reach = span(number.low, number.high, number.unit)
    return f"`{number.name}` {number.value:g} ({reach}, {number.basis.name.lower()})"


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _anchor(title: str) -> str:
    """What a forge makes of a heading."""
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")
