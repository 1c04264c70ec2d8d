"""Formulas computed: quantities with their dimensions, for one run or for many, the same bits on every machine."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any

from sim.evidence.formulas import FormulaError, Node, Quantity
from sim.evidence.units import Dimension, dimension_in_words, parse_unit, times, to_the
from sim.io.errors import nearest_to, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sim.evidence.documents import Fact
    from sim.evidence.numbers import Number


def quantity_of(amount: Any, unit: str, what: str) -> Quantity:
    """An amount in the base unit of its dimension. Raises `FormulaError` for a unit that cannot be computed with."""
    known = parse_unit(unit)
    if known is None:
        raise FormulaError(found=f"the unit {quoted(unit)} of {what}", allowed="a unit that can be computed with")
    return Quantity(amount * known.scale, known.dimension)


def compute(
    node: Node, facts: Mapping[str, Fact], numbers: Mapping[str, Number], values: Mapping[str, Any]
) -> Quantity:
    """The quantity of a formula.

    values: by the name of a number or the id of a fact, where that is not what it is stated to be; a float, or float64
    [lanes]. Raises `FormulaError` where units do not go together, a fact has no value, or a divisor is nought.
    """
    if node.kind == "literal":
        return node.quantity
    if node.kind == "number":
        number = numbers[node.text]
        return quantity_of(values.get(node.text, number.value), number.unit, node.text)
    if node.kind == "fact":
        return _fact_quantity(node.text, facts, values)
    if node.text == "holds" and node.kind == "call":
        return _holds(node, facts)
    parts = [compute(part, facts, numbers, values) for part in node.parts]
    return _call(node, parts) if node.kind == "call" else _signed(node, parts)


def _known_fact(name: str, facts: Mapping[str, Fact]) -> Fact:
    if name not in facts:
        raise FormulaError(found=quoted(name), allowed="the id of a fact", nearest=nearest_to(name, facts))
    if not facts[name].use:
        raise FormulaError(found=quoted(name), message="this fact is marked 'use: no' and cannot be computed with")
    return facts[name]


def _fact_quantity(name: str, facts: Mapping[str, Fact], values: Mapping[str, Any]) -> Quantity:
    fact = _known_fact(name, facts)
    if fact.value is None:
        raise FormulaError(found=f"{quoted(name)}, which has no value", allowed="a fact with a value, or holds(...)")
    return quantity_of(values.get(name, fact.value), fact.unit, name)


def _holds(node: Node, facts: Mapping[str, Fact]) -> Quantity:
    if len(node.parts) != 1 or node.parts[0].kind != "fact":
        raise FormulaError(found="holds() of something else", allowed="holds(the id of one fact)")
    _known_fact(node.parts[0].text, facts)
    return Quantity(1.0)


def _same(parts: Sequence[Quantity], what: str) -> Dimension:
    first = parts[0].dimension
    for part in parts[1:]:
        if part.dimension != first:
            both = f"{dimension_in_words(first)} and {dimension_in_words(part.dimension)}"
            raise FormulaError(found=f"{what} of {both}", allowed="parts in the same kind of unit")
    return first


def _signed(node: Node, parts: Sequence[Quantity]) -> Quantity:
    if node.kind == "^":
        return _power(parts[0], node.quantity.amount)
    one, two = parts
    if node.kind in "+-":
        dimension = _same(parts, "a sum" if node.kind == "+" else "a difference")
        return Quantity(one.amount + two.amount if node.kind == "+" else one.amount - two.amount, dimension)
    if node.kind == "*":
        return Quantity(one.amount * two.amount, times(one.dimension, two.dimension))
    if _any(two.amount == 0.0):
        raise FormulaError(found=f"{node.parts[1].text}, which is nought", allowed="a divisor that is not nought")
    return Quantity(one.amount / two.amount, times(one.dimension, two.dimension, -1))


def _power(base: Quantity, exponent: Fraction) -> Quantity:
    amount = reduce(lambda so_far, _: so_far * base.amount, range(exponent.numerator), base.amount * 0.0 + 1.0)
    for _ in range(exponent.denominator.bit_length() - 1):
        amount = _root(amount)
    return Quantity(amount, to_the(base.dimension, exponent))


def _call(node: Node, parts: Sequence[Quantity]) -> Quantity:
    dimension = _same(parts, f"a {node.text}")
    amounts = [part.amount for part in parts]
    if node.text == "sqrt":
        if len(parts) != 1:
            raise FormulaError(found=f"sqrt of {len(parts)} parts", allowed="sqrt of one")
        return Quantity(_root(amounts[0]), to_the(dimension, Fraction(1, 2)))
    if node.text == "gmean":
        if len(parts) not in (2, 4):
            raise FormulaError(found=f"the geometric mean of {len(parts)} parts", allowed="of two or of four")
        product = reduce(lambda one, two: one * two, amounts)
        return Quantity(_root(product) if len(parts) == 2 else _root(_root(product)), dimension)
    total: Callable[[Any, Any], Any] = lambda one, two: one + two  # noqa: E731
    folds: Mapping[str, Callable[[Any, Any], Any]] = {"sum": total, "mean": total, "min": _least, "max": _most}
    amount = reduce(folds[node.text], amounts)
    return Quantity(amount / len(parts) if node.text == "mean" else amount, dimension)


def _is_array(amount: Any) -> bool:
    return getattr(amount, "ndim", 0) > 0


def _any(truth: Any) -> bool:
    return bool(truth.any()) if _is_array(truth) else bool(truth)


def _least(one: Any, two: Any) -> Any:
    return one * (one <= two) + two * (one > two)


def _most(one: Any, two: Any) -> Any:
    return one * (one >= two) + two * (one < two)


def _root(amount: Any) -> Any:
    if _any(amount < 0.0):
        raise FormulaError(found="the root of a number below nought", allowed="a root of nought or more")
    if _is_array(amount):
        import numpy as np  # only where there are lanes: reading evidence needs none

        return np.sqrt(amount)
    return math.sqrt(amount)
