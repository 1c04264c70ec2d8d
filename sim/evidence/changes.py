"""What a world changes of the one it extends: `changes.csv` beside its `actors.yaml`, one number a row.

A row that names a number replaces it, by the rules of every number. A row whose name has stars in it gives no value:
what it matches keeps value and range, is assumed, and rests on the facts of the row alone. A star is one part of a
name, or at the end all that follows. The row that says most wins: a name before a pattern, of patterns the one with
most parts that are no stars, then the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

from sim.evidence.changed import Change, How
from sim.evidence.derivations import derive, layers_of
from sim.evidence.formulas import FormulaError, parse_formula
from sim.evidence.number_keys import TARGETS_CELL, WORDS_CELL
from sim.evidence.numbers import NUMBER_COLUMNS, OFFER_KINDS, Basis, Number, NumberReader
from sim.evidence.units import parse_unit
from sim.io.errors import Problem, listed, nearest_to, quoted, shown_path
from sim.io.forms import Form, Reader, Values, as_written, read_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from sim.evidence.derivations import Computed
    from sim.evidence.documents import KnowsFacts
    from sim.evidence.numbers import Written
    from sim.io.errors import Entry, Problems

CHANGES = "changes.csv"
_FEW = 5
_NOISE = 1e-9
_TEXT: Reader[object] = as_written({"type": "string"})
CHANGE: Form[KnowsFacts] = Form(
    needs={"number": _TEXT, **NUMBER_COLUMNS, "unit": WORDS_CELL, "meaning": WORDS_CELL},
    may={"targets": TARGETS_CELL},
)
"""The columns of the table; an empty unit or meaning is that of the number before."""


@dataclass(kw_only=True, eq=False)
class _Rows:
    """The rows of one table by what they name, apart by whether that has stars in it."""

    exact: dict[str, tuple[Entry, Values]] = field(default_factory=dict)
    patterns: dict[str, tuple[Entry, Values]] = field(default_factory=dict)


def read_changes(
    folders: Sequence[Path],
    numbers: NumberReader,
    strengths: Collection[str],
    problems: Problems,
    computed: Computed,
) -> dict[str, Change]:
    """What the worlds in these folders, the extended one first, change of each other; `numbers` is changed in place.

    strengths: the numbers that switch a system off when they are nought; computed: what other worlds have computed.
    Empty where there is no such table.
    """
    changes: dict[str, Change] = {}
    with_table = [place for place, folder in enumerate(folders) if (folder / CHANGES).is_file()]
    if not with_table:
        return changes
    worlds = [folder.name for folder in folders]
    layers = layers_of(numbers.read, worlds)
    for place in with_table:
        path = folders[place] / CHANGES
        if place == 0:
            message = "this world extends no other, so that it has nothing to change"
            problems.add(Problem(file=shown_path(path), message=message))
            continue
        known = {name: None for name, at in layers.items() if at < place}  # a set in order
        rows = _sorted_rows(path, numbers, problems)
        kept = dict(_kept(rows, known, numbers))
        kept = _with_ends(
            kept, [one for one in numbers.written if layers[one.name] < place], numbers, worlds, changes, computed
        )
        made = _replaced(rows, known, numbers, strengths)
        before = dict(numbers.read)
        _put(made, kept, numbers)
        for name in (*kept, *made.read):
            how = How.KEPT if name in kept else How.ROW
            last = changes.get(name)
            moved = numbers.read[name].value != before[name].value
            changes[name] = Change(
                number=name,
                how=how,
                world=worlds[place],
                moved=place if moved else -1 if last is None else last.moved,
                before=before[name],
                first=before[name].file if last is None else last.first,
            )
    return changes


def _sorted_rows(path: Path, numbers: NumberReader, problems: Problems) -> _Rows:
    """The rows of one table, each name and each pattern once."""
    rows = _Rows()
    for row, values in read_rows([path], CHANGE, numbers, problems):
        name = values["number"].text
        several = rows.patterns if "*" in name or _says_no_value(values) else rows.exact
        if not name:
            values["number"].refuse(allowed="the name of a number of the extended world, or a pattern of names")
        elif name in rows.exact or name in rows.patterns:
            first = (rows.exact.get(name) or rows.patterns[name])[0].line
            found = f"{quoted(name)} a second time (first on line {first})"
            values["number"].refuse(found=found, allowed="each number and each pattern once")
        else:
            several[name] = row, values
    return rows


def _says_no_value(values: Values) -> bool:
    return not values["value"].text and not values["formula"]


# --- a number with a row of its own ----------------------------------------------------------------------------------


def _replaced(rows: _Rows, known: Collection[str], numbers: NumberReader, strengths: Collection[str]) -> NumberReader:
    """The numbers that have a row of their own, read by the rules of every number."""
    made = NumberReader(numbers.facts)
    for name, (row, values) in rows.exact.items():
        if name not in known:
            _refuse_unknown(row.value["number"], name, known, numbers)
            continue
        before = numbers.read[name]
        values["unit"] = values["unit"] or before.unit
        if not check_unit(row, values["unit"], before):
            continue
        meaning = values["meaning"] or before.meaning
        made.from_row(name, row, values, meaning, numbers.spans[name], before.unit, before.plain)
        if name in strengths and name in made.read and made.read[name].value == 0.0 and before.value != 0.0:
            message = "this would switch a system off, which a scenario says ('without'), and not a world"
            row.value["value"].refuse(message=message)
    return made


def _refuse_unknown(entry: Entry, name: str, known: Collection[str], numbers: NumberReader) -> None:
    """A world changes numbers of the one it extends, and no others."""
    if name in numbers.read:
        allowed = "a number of the extended world; what this world adds is changed where it stands"
        entry.refuse(found=f"{quoted(name)}, which this world adds itself", allowed=allowed)
        return
    nearest = nearest_to(name, known)
    entry.refuse(found=quoted(name), allowed="the name of a number of the extended world", nearest=nearest)


def check_unit(row: Entry, unit: str, before: Number) -> bool:
    """The rules read a number in one unit: other words for it will do, another unit will not."""
    one, other = parse_unit(unit), parse_unit(before.unit)
    if unit == before.unit or (one is not None and one == other):
        return True
    row.value["unit"].refuse(allowed=f"nothing, or what it is counted in before: {before.unit}")
    return False


# --- what a pattern keeps --------------------------------------------------------------------------------------------


def matching(pattern: str, by_first: Mapping[str, Sequence[Sequence[str]]]) -> list[str]:
    """The names that a pattern matches: a star is one part of a name, or at the end all that follows.

    by_first: the names to choose from, each in its parts, by the first of them.
    """
    parts = pattern.split(".")
    named = [place for place, part in enumerate(parts) if part != "*"]
    several = parts[-1] == "*"
    candidates = chain.from_iterable(by_first.values()) if parts[0] == "*" else by_first.get(parts[0], ())
    return [
        ".".join(name)
        for name in candidates
        if (len(name) == len(parts) or (several and len(name) > len(parts)))
        and all(name[place] == parts[place] for place in named)
    ]


def _kept(rows: _Rows, known: Collection[str], numbers: NumberReader) -> Iterator[tuple[str, Number]]:
    """The numbers that a pattern keeps, as they are then."""
    by_first: dict[str, list[list[str]]] = {}
    for parts in (name.split(".") for name in known):
        by_first.setdefault(parts[0], []).append(parts)
    matched = {pattern: matching(pattern, by_first) for pattern in rows.patterns}
    sound = [one for one in rows.patterns.items() if check_pattern(*one[1], matched[one[0]], known, numbers)]
    taken = set(rows.exact)
    for pattern, (row, values) in sorted(sound, key=lambda one: _says(one[0]), reverse=True):
        names = [name for name in matched[pattern] if name not in taken]
        taken.update(names)
        stated = sorted(name for name in names if numbers.read[name].basis is not Basis.ASSUMED)
        if stated:
            _refuse_stated(row.value["number"], stated, numbers)
        for name in names:
            if numbers.read[name].basis is Basis.ASSUMED:
                yield (
                    name,
                    replace(
                        numbers.read[name],
                        evidence=values["evidence"],
                        passage="",
                        reason=values["reason"],
                        note="",
                        file=row.file,
                        line=row.line,
                    ),
                )


def _says(pattern: str) -> tuple[int, int]:
    """How much a pattern says: the parts that are no stars, then all parts."""
    parts = pattern.split(".")
    return sum(part != "*" for part in parts), len(parts)


def _refuse_stated(entry: Entry, names: Sequence[str], numbers: NumberReader) -> None:
    few = listed(f"{name} ({numbers.read[name].basis.name.lower()})" for name in names[:_FEW])
    more = f" and {len(names) - _FEW:,} more (`multivector list numbers` shows all)" if len(names) > _FEW else ""
    allowed = "a row of its own for each number that is not assumed in the extended world: its sources speak of it"
    entry.refuse(found=f"{quoted(entry.text or '')}, which matches {few}{more}", allowed=allowed)


def check_pattern(
    row: Entry, values: Values, matched: Collection[str], known: Collection[str], numbers: NumberReader
) -> bool:
    """A pattern matches a number, says why it is kept and on what that rests, and nothing else."""
    entry = row.value["number"]
    pattern, sound = entry.text or "", True
    if any("*" in part and part != "*" for part in pattern.split(".")):
        entry.refuse(allowed="stars that stand for whole parts of a name, such as ties.*.*.standing")
        return False
    if "*" not in pattern and pattern not in known:
        _refuse_unknown(entry, pattern, known, numbers)
        sound = False
    elif not matched:
        first = pattern.split(".")[0]
        nearest = nearest_to(first, {name.split(".")[0] for name in known}) if first != "*" else None
        found = f"{quoted(pattern)}, which matches no number of the extended world"
        entry.refuse(found=found, allowed="a pattern of names of numbers", nearest=nearest)
        sound = False
    for column in ("value", "low", "high", "unit", "passage", "formula", "meaning"):
        if row.value[column].text:
            message = "a pattern keeps what it matches as it is: this cell stays empty"
            row.value[column].refuse(message=message)
            sound = False
    if values["basis"] is not Basis.ASSUMED:
        if values["basis"] is not None:
            row.value["basis"].refuse(allowed="assumed, where no value is given")
        sound = False
    if not values["reason"]:
        row.value["reason"].refuse(found="", message="a reason is missing: why what it matches is kept")
        sound = False
    return sound


def _with_ends(
    kept: Mapping[str, Number],
    written: Sequence[Written],
    numbers: NumberReader,
    worlds: Sequence[str],
    changes: Mapping[str, Change],
    computed: Computed,
) -> dict[str, Number]:
    """What is kept, with the range of the extended world where that was left to a formula that is now gone.

    A formula that names numbers alone stays, and the number goes on following them; one that names facts goes.
    """
    gone = {one.name: one for one in written if one.name in kept and not _names_numbers_alone(one.text)}
    found = {name: replace(one, formula="") if name in gone else one for name, one in kept.items()}
    if any(one.low or one.high for one in gone.values()):
        before = dict(numbers.read)
        derive(written, numbers.facts, before, worlds, changes, computed)
        found |= {name: replace(found[name], low=before[name].low, high=before[name].high) for name in gone}
    return found


def _names_numbers_alone(text: str) -> bool:
    try:
        return not any(node.kind == "fact" for node in parse_formula(text).walk())
    except FormulaError:  # told where it is computed
        return True


def _put(made: NumberReader, kept: Mapping[str, Number], numbers: NumberReader) -> None:
    """Put the changed numbers in the places of those before, with their formulas and codes."""
    numbers.read.update(made.read)
    numbers.read.update(kept)
    gone = {*made.read, *(name for name, one in kept.items() if not one.formula)}
    numbers.written[:] = [*(one for one in numbers.written if one.name not in gone), *made.written]
    numbers.coded[:] = [*(one for one in numbers.coded if one.name not in gone), *made.coded]


# --- what the rest of the reading asks -------------------------------------------------------------------------------


def check_weights_again(
    path: Path, states: Sequence[str], changes: Mapping[str, Change], numbers: Mapping[str, Number], problems: Problems
) -> None:
    """The weights of the kinds of offer still sum to 1 in every state where one was changed."""
    for state in states:
        names = [f"states.{state}.weight.{kind}" for kind in OFFER_KINDS]
        total = sum(numbers[name].value for name in names if name in numbers)
        if not changes.keys().isdisjoint(names) and abs(total - 1.0) > _NOISE:
            found, key = f"weights that sum to {total:.12g}", f"states.{state}.weight.*"
            problems.add(Problem(file=shown_path(path), key=key, found=found, allowed="weights that sum to 1"))
