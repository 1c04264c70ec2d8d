"""Whether a second reader of the same documents gives the same codes (`recoding.yaml` among the seeds).

The second reader has the codebook, the facts and the documents, and not the first codes. Agreement is Cohen's weighted
kappa with linear weights: a difference counts by how far apart two levels lie. The levels stand for amounts in equal
steps, and a code that is off by two levels moves a rule twice as far as one that is off by one; squares would make one
level off count for nearly nothing, and give figures that look better. Codes halfway between two levels need no rule
of their own, and the sign counts where a field has one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.evidence.agenda import field_to_settle
from sim.evidence.codebook import field_of
from sim.evidence.kappa import Pair, interval, kappa_within, weighted_kappa
from sim.evidence.numbers import CODE_SCHEMA, LEVELS, Basis, Number, level_value
from sim.evidence.worlds import shipped_folder
from sim.io.errors import Entry, Problems, listed, nearest_to
from sim.io.forms import (
    TEXT,
    Form,
    Reader,
    as_written,
    file_schema,
    group,
    list_schema,
    read_file,
    read_form,
    schema_of,
    word,
)

if TYPE_CHECKING:
    from sim.evidence.evidence import Evidence

FILE = "recoding.yaml"
CANNOT_SAY = "cannot say"
ASSUMED = "assumed"
SEEN, HIDDEN = "seen", "hidden"
FEW = 5
"""With fewer numbers than this kappa says nothing and is not given."""
_ONE_LEVEL = 0.25
_TINY = 1e-9


# --- how it is written -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SecondCode:
    """What the second reader says of one number; value: what the level stands for, None for `cannot say`.

    first: the first reader's level when the second one read, `assumed` where there was none; '' for as it is now.
    field: where the codebook has dropped its field since, that field; '' otherwise.
    """

    level: str
    value: float | None
    passages: tuple[str, ...] = ()
    reason: str = ""
    first: str = ""
    field: str = ""


@dataclass(frozen=True, kw_only=True)
class Recoding:
    """All codes of a second reader by number: who, when, and what was seen."""

    coder: str
    date: str
    seen: str
    codes: Mapping[str, SecondCode]
    cases: str = SEEN


def _read_passages(entry: Entry, evidence: Evidence) -> tuple[str, ...]:
    """Facts by id, or places in documents as `document, place`; one, or a list."""
    written = entry.value if isinstance(entry.value, list) else [entry]
    found = []
    for item in written:
        text = TEXT.read(item, None)
        document = text.partition(",")[0].strip()
        if text and text not in evidence.facts and not (document != text and document in evidence.documents):
            allowed = "the id of a fact, or the id of a document, a comma and the place in it"
            item.refuse(allowed=allowed, nearest=nearest_to(text, evidence.facts))
        found.append(text)
    return tuple(found)


_PASSAGE = {"type": "string", "pattern": r"\S"}
CODE: Form[Evidence] = Form(
    needs={
        "level": as_written({"anyOf": [{"const": CANNOT_SAY}, CODE_SCHEMA]}).says(
            "the level by the codebook, or that nothing speaks of it"
        )
    },
    may={
        "passage": Reader(read=_read_passages, schema={"anyOf": [_PASSAGE, list_schema(_PASSAGE)]}, missing=()).says(
            "the fact, or the place in a document, that decides; two for a level halfway"
        ),
        "reason": TEXT.says("why this level and not the next"),
        "first": as_written({"anyOf": [{"const": ASSUMED}, CODE_SCHEMA]}).says(
            "the first code when the second was made"
        ),
        "field": TEXT.says("the field it was coded by, where the codebook has dropped that since"),
    },
)
RECODING: Form[object] = Form(
    needs={
        "coder": TEXT.says("who coded, as a role"),
        "date": TEXT.says("when"),
        "seen": TEXT.says("what the coder had seen, and what not"),
        "codes": group(schema_of(CODE), "codes by number").says("the codes by number"),
    },
    may={"cases": word((SEEN, HIDDEN)).says("whether the coder had seen the cases of the codebook", SEEN)},
)


def load_recoding(evidence: Evidence, folder: Path | str | None = None) -> Recoding | None:
    """The codes of the second reader; None where nobody has coded a second time.

    Raises `InputError` with every mistake of the file: numbers that are not to be coded, levels that their field does
    not have, unknown facts.
    """
    path = (shipped_folder("seeds") if folder is None else Path(folder).absolute()) / FILE
    if not path.is_file():
        return None
    problems, codes = Problems(), dict[str, SecondCode]()
    values = read_file(path, RECODING, None, problems)
    known = [name for name in evidence.numbers if field_of(name, evidence.codebook) is not None]
    for name, entry in (values.pop("codes") or {}).items():
        dropped = isinstance(entry.value, dict) and "field" in entry.value and name in evidence.numbers
        if name not in known and not dropped:
            allowed = "a number that a field of the codebook covers"
            entry.refuse(found=f"'{name}'", allowed=allowed, nearest=nearest_to(name, known))
            continue
        code = _second_code(entry, name, evidence)
        if code is not None:
            codes[name] = code
    problems.raise_if_any()
    return Recoding(codes=codes, **values)


def _second_code(entry: Entry, name: str, evidence: Evidence) -> SecondCode | None:
    values = read_form(entry, CODE, evidence)
    field = field_of(name, evidence.codebook)
    if values is None or values["level"] is None:
        return None
    levels = tuple(LEVELS) if field is None else tuple(field.levels)
    text = values["level"].text or ""
    value = None if text == CANNOT_SAY else level_value(text)
    parts = text.removeprefix("-").split("/")
    signed = field is not None and field.signed
    off = value is None or any(part not in levels for part in parts) or (text[:1] == "-" and not signed)
    first = "" if values["first"] is None else values["first"].text or ""
    if first not in ("", ASSUMED) and level_value(first) is None:
        values["first"].refuse(allowed=f"a level, or '{ASSUMED}'", nearest=nearest_to(first, [*LEVELS, ASSUMED]))
    if text != CANNOT_SAY and off:
        allowed = f"a level: {listed(levels)}, two neighbours, or '{CANNOT_SAY}'"
        values["level"].refuse(allowed=allowed, nearest=nearest_to(text, [*levels, CANNOT_SAY]))
    elif text != CANNOT_SAY and len(values["passage"]) < len(parts):
        entry.refuse(found="", message="a level needs its passage, and halfway between two needs two of them")
    return SecondCode(
        level=text,
        value=value,
        passages=values["passage"],
        reason=values["reason"],
        first=first,
        field="" if field is not None else values["field"],
    )


def recoding_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of `recoding.yaml`."""
    said = "What a second reader of the same documents codes, without having seen the first codes."
    return file_schema("A second coding for multivector", said, schema_of(RECODING))


# --- what is to be coded ---------------------------------------------------------------------------------------------


def to_code(evidence: Evidence) -> dict[str, list[str]]:
    """By field of the codebook, the numbers that a second reader is asked for.

    What the first coder assumed of actors is among them, so that the list does not tell where a passage was found; what
    is computed is not, and neither are the cases that the book shows.
    """
    shown, asked = _cases(evidence), dict[str, list[str]]()
    for number in evidence.numbers.values():
        field = field_to_settle(number, evidence)
        computed = number.basis is Basis.ASSUMED and number.formula
        if field is not None and not computed and number.name not in shown:
            asked.setdefault(field.id, []).append(number.name)
    return {field: asked[field] for field in evidence.codebook if field in asked}


def _cases(evidence: Evidence) -> frozenset[str]:
    """The numbers whose level the codebook itself shows."""
    return frozenset(anchor.number for field in evidence.codebook.values() for anchor in field.anchors)


def _to_compare(evidence: Evidence, recoding: Recoding) -> dict[str, list[str]]:
    """By field, the coded numbers, and of the others those that the second reader was shown.

    Cases of the book are left out where the reader had seen them; fields that the book has dropped come last.
    """
    shown = _cases(evidence) if recoding.cases == SEEN else frozenset[str]()
    found = dict[str, list[str]]()
    for name in evidence.numbers:
        field = _field(name, evidence, recoding)
        looked_at = _first(name, evidence, recoding) is not None or name in recoding.codes
        if field and looked_at and name not in shown:
            found.setdefault(field, []).append(name)
    dropped = [field for field in found if field not in evidence.codebook]
    return {field: found[field] for field in (*evidence.codebook, *dropped) if field in found}


def _field(name: str, evidence: Evidence, recoding: Recoding) -> str:
    """The field of a number, one that the codebook has dropped included; '' where it has none."""
    field = field_of(name, evidence.codebook)
    return recoding.codes[name].field if field is None and name in recoding.codes else "" if field is None else field.id


def _first(name: str, evidence: Evidence, recoding: Recoding) -> float | None:
    """The first code of a number as it was when the second was made; None where it was not coded."""
    second, number = recoding.codes.get(name), evidence.numbers[name]
    if second is not None and second.first:
        return level_value(second.first)
    return number.value if number.basis is Basis.CODED else None


# --- agreement -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far two readers agree on the numbers of one field, or of all.

    coded: numbers that the first coder coded; answered: of these, those of which the second reader says anything;
    pairs: those that both coded; judgements: how many passages decided the first codes of these (five states on one
    passage are one judgement); same, near: pairs with the same level, and with levels no more than one apart;
    only_first, only_second: coded by one, while the other finds nothing that speaks of it; neither: nobody finds
    anything; says: why kappa would mean nothing, empty where it means something.
    """

    field: str
    coded: int
    answered: int
    pairs: int
    judgements: int
    same: int
    near: int
    only_first: int
    only_second: int
    neither: int
    kappa: float | None
    ends: Pair | None
    says: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """Agreement by field and over all, and where the readers differ, the furthest apart first.

    thrown_together, squared: kappa over all with chance reckoned over all fields at once, by linear weights and by
    squares, as others report it.
    """

    recoding: Recoding
    fields: Mapping[str, Agreement]
    overall: Agreement
    thrown_together: float | None
    squared: float | None
    differ: tuple[tuple[Number, SecondCode], ...]


def compare_codes(evidence: Evidence, recoding: Recoding) -> Report:
    """What the second reader's codes say of the first; the cases that the codebook shows are left out."""
    asked = _to_compare(evidence, recoding)
    by_field = {field: _agreement(field, names, evidence, recoding) for field, names in asked.items()}
    every = [name for names in asked.values() for name in names]
    named = _pairs(every, evidence, recoding)
    apart = {name: abs(one - two) for name, (one, two) in named if abs(one - two) > _TINY}
    furthest_first = sorted(apart, key=lambda name: -apart[name])
    pairs = [pair for _, pair in named]
    return Report(
        recoding=recoding,
        fields=by_field,
        overall=_agreement("all", every, evidence, recoding),
        thrown_together=weighted_kappa(pairs),
        squared=weighted_kappa(pairs, power=2),
        differ=tuple((evidence.numbers[name], recoding.codes[name]) for name in furthest_first),
    )


def _pairs(names: Iterable[str], evidence: Evidence, recoding: Recoding) -> list[tuple[str, Pair]]:
    """The numbers that both readers coded, each with the two codes."""
    found = []
    for name in names:
        first, second = _first(name, evidence, recoding), recoding.codes.get(name)
        if first is not None and second is not None and second.value is not None:
            found.append((name, (first, second.value)))
    return found


def _agreement(what: str, names: Sequence[str], evidence: Evidence, recoding: Recoding) -> Agreement:
    first = {name for name in names if _first(name, evidence, recoding) is not None}
    looked_at = {name for name in names if name in recoding.codes}
    said = {name for name in looked_at if recoding.codes[name].value is not None}
    named = _pairs(names, evidence, recoding)
    pairs = [pair for _, pair in named]
    fields = {name: _field(name, evidence, recoding) for name in names}
    parts: dict[tuple[str, str], list[tuple[str, Pair]]] = defaultdict(list)
    for name, pair in named:
        parts[fields[name], evidence.numbers[name].passage or name].append((fields[name], pair))
    judgements = list(parts.values())
    says = _what_it_means(pairs)
    return Agreement(
        field=what,
        coded=len(first),
        answered=len(first & looked_at),
        pairs=len(pairs),
        judgements=len(judgements),
        same=sum(abs(one - two) <= _TINY for one, two in pairs),
        near=sum(abs(one - two) <= _ONE_LEVEL + _TINY for one, two in pairs),
        only_first=len(first & looked_at - said),
        only_second=len(said - first),
        neither=len(looked_at - first - said),
        kappa=None if says else _kappa_of([part for several in judgements for part in several]),
        ends=None if says else interval(judgements, _kappa_of),
        says=says,
    )


def _kappa_of(pairs: Sequence[tuple[str, Pair]]) -> float | None:
    """Kappa of pairs of codes, each with its field."""
    by_field: dict[str, list[Pair]] = defaultdict(list)
    for field, pair in pairs:
        by_field[field].append(pair)
    return kappa_within(by_field.values())


def _what_it_means(pairs: Sequence[Pair]) -> str:
    """Why kappa would mean nothing here; empty where it means something."""
    if len(pairs) < FEW:
        return "too few"
    if len({one for one, _ in pairs}) == 1 or len({two for _, two in pairs}) == 1:
        return "no variation"
    return ""
