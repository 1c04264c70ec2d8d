"""How a number was coded: the question of the codebook, what its level means, and the passage that decides it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.evidence.codebook import field_of
from sim.evidence.numbers import LEVELS, Basis, Number
from sim.evidence.source_story import fact_branch
from sim.evidence.story import Branch, Kind, Line, Link, Part, Piece, Role, Row, Story, name_of, names, told, words

if TYPE_CHECKING:
    from sim.evidence.codebook import Anchor, CodedField
    from sim.evidence.evidence import Evidence
    from sim.evidence.teller import Teller


def level_of(value: float) -> str:
    """The word of a coded value: `medium`, `low/medium`, `-low`; empty where it stands at no level."""
    sign = "-" if value < 0.0 else ""
    levels = list(LEVELS)
    for at, level in enumerate(levels):
        if abs(abs(value) - LEVELS[level]) < 1e-9:
            return sign + level
        if at and abs(abs(value) - (LEVELS[level] + LEVELS[levels[at - 1]]) / 2.0) < 1e-9:
            return f"{sign}{levels[at - 1]}/{level}"
    return ""


def is_code(number: Number) -> bool:
    """Whether a number was put on the scale by a coder, and not computed from others that were."""
    return number.basis is Basis.CODED and not number.formula


def level_words(number: Number) -> Line:
    """The level beside the value of a code; nothing for any other number."""
    level = level_of(number.value) if is_code(number) else ""
    return (Piece(f", that is {level}"),) if level else ()


def code_rows(evidence: Evidence, number: Number) -> tuple[Row, ...]:
    """The question of the codebook, the level with its meaning, and the coder's reason."""
    if not is_code(number):
        return ()
    field = field_of(number.name, evidence.codebook)
    asks = () if field is None else (Row("question", (*words(field.asks), *_named(field))),)
    return (*asks, *_meanings(field, level_of(number.value)), *told("reason", number.reason))


def _named(field: CodedField) -> Line:
    return (Piece(" ("), name_of(Kind.FIELD, field.id), Piece(")"))


def _meanings(field: CodedField | None, level: str) -> tuple[Row, ...]:
    parts = [part for part in level.removeprefix("-").split("/") if part]
    known = {} if field is None else field.levels
    label = "level " if len(parts) == 1 else "between "
    return tuple(Row(f"{label}{part}", words(known.get(part, "")) or words("as the scale has it")) for part in parts)


def coded_parts(teller: Teller, number: Number, seen: set[str]) -> Iterator[Part]:
    """How a number was coded; in full also what the other levels would have been, and cases that show them."""
    if not is_code(number):
        return
    field = field_of(number.name, teller.evidence.codebook)
    branches: tuple[Branch, ...] = ()
    if number.passage:
        decides = (Row("", words("the passage that decides the level", Role.QUIET)),)
        branches = (fact_branch(teller, number.passage, decides, seen),)
    yield Part("how it is coded", code_rows(teller.evidence, number), branches)
    if field is not None and teller.unfolds:
        mine = level_of(number.value).removeprefix("-").split("/")
        others = [Row(one, words(field.levels[one])) for one in field.levels if one not in mine]
        yield Part("what would have been another level", (*others, *told("settled by", field.settle)))
        yield _cases(teller.evidence, field)


def _cases(evidence: Evidence, field: CodedField) -> Part:
    return Part("cases that show the levels", (), tuple(_case(evidence, anchor) for anchor in field.anchors))


def _case(evidence: Evidence, anchor: Anchor) -> Branch:
    known = anchor.number in evidence.numbers
    name = name_of(Kind.NUMBER, anchor.number) if known else Piece(anchor.number)
    fact = evidence.facts.get(anchor.passage)
    passage = name_of(Kind.FACT, anchor.passage) if fact is not None else Piece(anchor.passage)
    says = "" if fact is None else fact.says
    return Branch((Piece(f"{anchor.level}: "), name, Piece(", "), passage), told("", says))


def field_story(teller: Teller, field: CodedField) -> Story:
    """Everything told of a field of the codebook: what is asked, what each level means, who has which."""
    codes = [number for number in teller.evidence.numbers.values() if is_code(number) and field.covers(number.name)]
    rows = [*(Row(level, words(meaning)) for level, meaning in field.levels.items())]
    by_level: dict[str, list[str]] = {}
    for number in codes:
        by_level.setdefault(level_of(number.value) or f"{number.value:g}", []).append(number.name)
    order = {level: at for at, level in enumerate(_every_level())}
    coded = tuple(
        Row(level, names(Kind.NUMBER, by_level[level]))
        for level in sorted(by_level, key=lambda one: (order.get(one, len(order)), one))
    )
    parts = [
        Part("what each level means", (*rows, *told("settled by", field.settle))),
        _cases(teller.evidence, field),
        Part("who has which level", coded or (Row("", words("nobody in this world", Role.QUIET)),)),
    ]
    return Story(Link(Kind.FIELD, field.id), words(field.asks), (), tuple(parts))


def _every_level() -> list[str]:
    """The levels from the lowest below nought to the highest, with those halfway."""
    return list(dict.fromkeys(level_of(step / 8.0) for step in range(-8, 9)))
