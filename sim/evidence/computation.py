"""How a number was computed, so that a person can follow: each step with the amounts put in, and every input.

    12 bn EUR × 1.08 USD/EUR × 0.2 / 5 years
    = 0.5184 bn USD a year
    = 0.1296 bn USD a quarter, written 0.13

The steps are what somebody with a pocket calculator would do. Means, sums and the like of which something larger is
made come first, each with a mark by which the later ones refer to it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sim.evidence.derivations import ends
from sim.evidence.evaluation import compute
from sim.evidence.formulas import Node, Quantity
from sim.evidence.story import Kind, Line, Link, Piece, Role, amount
from sim.evidence.units import PLAIN, parse_unit, unit_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from sim.evidence.evidence import Evidence

_MOST_LISTED = 8  # of the parts of a sum; the others are among the inputs
_CALLS = {
    "sum": "sum of",
    "mean": "mean of",
    "gmean": "geometric mean of",
    "min": "least of",
    "max": "largest of",
}
_SIGNS = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}
_SHOWN = {"*": "×", "-": "−"}


@dataclass(frozen=True)
class Step:
    """One step: its mark (empty for the last), what is put in, and what comes out, in one unit or more."""

    mark: str
    line: Line
    gives: tuple[str, ...]


@dataclass(frozen=True)
class Input:
    """Something a formula names, and to where it alone would move the number within its own range."""

    link: Link
    alone: tuple[float, float] | None


@dataclass(frozen=True)
class Computation:
    """How one number is computed; range_follows: whether its range is what the ranges of the inputs allow."""

    steps: tuple[Step, ...]
    inputs: tuple[Input, ...]
    ends: tuple[float, float]
    range_follows: bool


def computation_of(evidence: Evidence, name: str) -> Computation | None:
    """How a number is computed; None where it has no formula."""
    one = evidence.derivations.found.get(name)
    if one is None:
        return None
    number = evidence.numbers[name]
    teller = _Teller(evidence)
    told = teller.tell(one.tree)
    quantity = compute(one.tree, evidence.facts, evidence.numbers, {})
    value = float(one.amount(quantity))
    gives = []
    unit, _ = unit_in_words(quantity.dimension, told.scale, float(quantity.amount))
    if told.amount is not None and _near(unit, told.scale) and not _near(unit, one.unit.scale):
        converted = _in_words(quantity, told.scale)
        gives += [converted] if converted != "".join(piece.text for piece in told.line) else []
    same = f"{value:.5g}" == f"{number.value:.5g}"
    gives.append(f"{_put(value, number.unit, 5)}, {'as written' if same else f'written {number.value:g}'}")
    inputs = [Input(Link(Kind.FACT, fact), _alone(evidence, name, fact)) for fact in one.facts]
    inputs += [Input(Link(Kind.NUMBER, inner), _alone(evidence, name, inner)) for inner in one.numbers]
    low, high = ends(one, evidence.facts, evidence.numbers)
    low, high = max(min(low, number.value), one.span[0]), min(max(high, number.value), one.span[1])
    follows = _near(low, number.low) and _near(high, number.high)
    last = Step("", told.line, tuple(gives))
    return Computation((*teller.steps, last), tuple(inputs), (low, high), follows)


def _alone(evidence: Evidence, name: str, inner: str) -> tuple[float, float] | None:
    """Where the number would be with one input at either end of its range; None where it has none."""
    thing = evidence.numbers.get(inner) or evidence.facts[inner]
    if thing.value is None or (thing.low is None and thing.high is None):
        return None
    low = thing.value if thing.low is None else thing.low
    high = thing.value if thing.high is None else thing.high
    if low == high:
        return None
    one, two = (float(evidence.derivations.value(name, {inner: end})) for end in (low, high))
    return min(one, two), max(one, two)


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9)


def _put(value: float, unit: str, digits: int = 6) -> str:
    """An amount as it is put into a formula: beside others, the words of a plain number would only be noise."""
    known = parse_unit(unit)
    plain = known is not None and known.dimension == PLAIN and known.scale == 1.0
    return amount(value, "" if plain else unit, digits)


def _in_words(quantity: Quantity, scale: float | None = None) -> str:
    """A quantity in a unit that people use."""
    unit, phrase = unit_in_words(quantity.dimension, scale, float(quantity.amount))
    return amount(float(quantity.amount) / unit, phrase, 5)


# --- telling ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Told:
    """A part of a formula as shown: what binds it, and its amount in a unit of this scale where it can be read off."""

    line: Line
    binds: int
    amount: float | None
    scale: float
    unit: str = ""  # the words behind a single amount


@dataclass
class _Teller:
    """Shows a formula with amounts in place of names; what has to come first is kept in `steps`."""

    evidence: Evidence
    steps: list[Step] = field(default_factory=list)

    def tell(self, node: Node) -> _Told:
        """A part of a formula with amounts put in."""
        if node.kind in ("fact", "number"):
            return self._leaf(node)
        if node.kind == "literal":
            value = float(node.text.split()[0])
            return _Told((Piece(node.text, Role.VALUE),), 9, value, _scale(node.quantity, value))
        if node.text == "holds":
            link = Link(Kind.FACT, node.parts[0].text)
            return _Told((Piece("1 (it holds)", Role.VALUE, link),), 9, 1.0, 1.0)
        if node.kind == "call":
            return self._call(node)
        if node.kind == "^":
            return self._power(node, self._whole(node.parts[0]), node.quantity.amount)
        return self._signed(node)

    def _leaf(self, node: Node) -> _Told:
        fact = node.kind == "fact"
        thing = self.evidence.facts[node.text] if fact else self.evidence.numbers[node.text]
        unit = parse_unit(thing.unit)
        value = 0.0 if thing.value is None else thing.value
        link = Link(Kind.FACT if fact else Kind.NUMBER, node.text)
        text = _put(value, thing.unit)
        scale = 1.0 if unit is None else unit.scale
        return _Told((Piece(text, Role.VALUE, link),), 9 if value >= 0.0 else 0, value, scale, text.partition(" ")[2])

    def _whole(self, node: Node) -> _Told:
        """A part that stands inside something else: long ones come first, as steps of their own."""
        listed = node.kind == "call" and node.text in _CALLS
        told = self.tell(node)
        return self._first(node, told) if listed or told.amount is None else told

    def _first(self, node: Node, told: _Told) -> _Told:
        """Make what was told a step, and refer to what it gives."""
        quantity = compute(node, self.evidence.facts, self.evidence.numbers, {})
        value = float(quantity.amount)
        scale, _ = unit_in_words(quantity.dimension, told.scale if told.amount is not None else None, value)
        gives = _in_words(quantity, scale)
        known = next((step for step in self.steps if step.line == told.line), None)
        step = known or Step(f"[{len(self.steps) + 1}]", told.line, (gives,))
        if known is None:
            self.steps.append(step)
        line = (Piece(gives, Role.VALUE), Piece(f" {step.mark}", Role.QUIET))
        return _Told(line, 9, value / scale, scale, gives.partition(" ")[2])

    def _call(self, node: Node) -> _Told:
        if node.text == "sqrt":
            inner = self._whole(node.parts[0])
            line = (Piece("√"), *(inner.line if inner.binds == 9 else _bracketed(inner.line)))
            root = None if inner.amount is None else math.sqrt(inner.amount)
            return _Told(line, 9, root, math.sqrt(inner.scale))
        parts = [self.tell(part) for part in node.parts]
        if len(parts) == 1:
            return parts[0]
        parts = [
            told if told.binds == 9 and told.amount is not None and part.text not in _CALLS else self._first(part, told)
            for part, told in zip(node.parts, parts, strict=True)
        ]
        scales = {part.scale for part in parts}
        one = parts[0].scale if len(scales) == 1 else None
        quantity = compute(node, self.evidence.facts, self.evidence.numbers, {})
        value = None if one is None else float(quantity.amount) / one
        return _Told((Piece(f"{_CALLS[node.text]} "), *_listed(parts)), 0, value, one or 1.0)

    def _signed(self, node: Node) -> _Told:
        binds = _SIGNS[node.kind]
        one, two = (self._whole(part) for part in node.parts)
        first = _bracketed(one.line) if one.binds < binds else one.line
        second = _bracketed(two.line) if two.binds < binds or (node.kind in "-/" and two.binds == binds) else two.line
        line = (*first, Piece(f" {_SHOWN.get(node.kind, node.kind)} "), *second)
        if node.kind == "*":
            return _Told(line, binds, _product(one.amount, two.amount), one.scale * two.scale)
        if node.kind == "/":
            inverse = None if not two.amount else 1.0 / two.amount
            return _Told(line, binds, _product(one.amount, inverse), one.scale / two.scale)
        nought = one if one.amount == 0.0 else two if two.amount == 0.0 else None  # nought has any unit
        scale = one.scale if nought is None else (two if nought is one else one).scale
        if (nought is None and not _near(one.scale, two.scale)) or None in (
            one.amount,
            two.amount,
        ):
            return _Told(line, binds, None, 1.0)
        sign = 1.0 if node.kind == "+" else -1.0
        return _Told(line, binds, (one.amount or 0.0) + sign * (two.amount or 0.0), scale)

    def _power(self, node: Node, base: _Told, exponent: Fraction) -> _Told:
        power = f"^{exponent}" if exponent.denominator == 1 else f"^({exponent})"
        line = (*(base.line if base.binds == 9 else _bracketed(base.line)), Piece(power))
        shown = exponent.numerator / exponent.denominator
        value = None if base.amount is None else base.amount**shown
        return _Told(line, _SIGNS[node.kind], value, base.scale**shown)


def _product(one: float | None, two: float | None) -> float | None:
    return None if one is None or two is None else one * two


def _scale(quantity: Quantity, value: float) -> float:
    return float(quantity.amount) / value if value else 1.0


def _bracketed(line: Line) -> Line:
    return (Piece("("), *line, Piece(")"))


def _listed(parts: Sequence[_Told]) -> Line:
    """Parts in a row; of very many only how many there are and between what they lie."""
    units = {part.unit for part in parts}
    unit = units.pop() if len(units) == 1 else ""
    if unit:  # said once, behind the last
        parts = [replace(part, line=_without(part.line, unit)) for part in parts]
    if len(parts) > _MOST_LISTED and all(part.amount is not None for part in parts):
        ordered = sorted(parts, key=lambda part: (part.amount or 0.0) * part.scale)
        return (
            Piece(f"{len(parts)} amounts from "),
            *ordered[0].line,
            Piece(" to "),
            *ordered[-1].line,
            Piece(f" {unit}" if unit else "", Role.VALUE),
        )
    pieces: list[Piece] = []
    for at, part in enumerate(parts):
        if at:
            pieces.append(Piece(" and " if at == len(parts) - 1 else ", "))
        pieces += part.line
    return (*pieces, Piece(f" {unit}", Role.VALUE)) if unit else tuple(pieces)


def _without(line: Line, unit: str) -> Line:
    return (replace(line[0], text=line[0].text.removesuffix(f" {unit}")), *line[1:])


def step_lines(computation: Computation) -> tuple[Line, ...]:
    """Each step in lines: what is put in, then what it gives, the way it is written on paper."""
    lines: list[Line] = []
    for step in computation.steps:
        lead = (Piece(f"{step.mark} ", Role.QUIET),) if step.mark else ()
        pieces: list[Piece] = [*lead, *step.line]
        bare = len(step.line) == 1 and len(step.gives) == 1 and step.gives[0].startswith(f"{step.line[0].text},")
        if bare:  # a fact taken as it is
            lines.append((*pieces, Piece(step.gives[0].removeprefix(step.line[0].text))))
            continue
        lines.append((*pieces, Piece(f" = {step.gives[0]}", Role.VALUE)))
        lines += [(Piece(f"= {gives}", Role.VALUE),) for gives in step.gives[1:]]
    return tuple(lines)
