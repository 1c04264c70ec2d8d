"""Formulas: how a number is computed from facts, other numbers and quantities.

    eu-package-2025-eur * coefficients.usd_per_eur * coefficients.eu_minerals_part / 20 quarters

The grammar is small on purpose. Names with points are numbers, names without are facts; a literal is 0, 1, an exponent,
or carries a unit, so that no coefficient can hide in a formula: it is a number of its own, with a basis and a range.
There are sums, products, whole powers and square roots and nothing else: these have the same bits on every machine.
"""

from __future__ import annotations

import fnmatch
import math
import re
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any

from sim.evidence.units import PLAIN, Dimension, dimension_in_words, is_money, parse_unit, times, to_the
from sim.io.errors import listed, nearest_to, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from sim.evidence.documents import Fact
    from sim.evidence.numbers import Number

FUNCTIONS = ("sum", "mean", "gmean", "min", "max", "sqrt", "holds")
_NAMED = re.compile(r"[A-Za-z_]\w*(?:\.(?:\w+|\*))+")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<named>[A-Za-z_]\w*(?:\.(?:\w+|\*))+)"
    r"|(?P<word>[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*)|(?P<sign>[-+*/^(),]))"
)
_MOST_LETTERS = 600
_MOST_DEEP = 20


class FormulaError(Exception):
    """What is wrong with a formula: found, allowed and nearest as in every message."""

    def __init__(self, message: str = "", found: str = "", allowed: str = "", nearest: str | None = None) -> None:
        super().__init__(message or found)
        self.message, self.found, self.allowed, self.nearest = message, found, allowed, nearest


@dataclass(frozen=True)
class Quantity:
    """An amount in the base unit of its dimension; a float, or float64 [lanes]."""

    amount: Any
    dimension: Dimension = PLAIN


@dataclass(frozen=True)
class Node:
    """A part of a formula: `kind` is literal, fact, number, call, or one of the signs.

    text: as written; parts: what it is made of; quantity: of a literal.
    """

    kind: str
    text: str
    parts: tuple[Node, ...] = ()
    quantity: Quantity = field(default_factory=lambda: Quantity(0.0))

    def walk(self) -> Iterator[Node]:
        """Itself and all it is made of."""
        yield self
        for part in self.parts:
            yield from part.walk()


# --- reading ---------------------------------------------------------------------------------------------------------


def parse_formula(text: str) -> Node:
    """The tree of a formula. Raises `FormulaError`."""
    if len(text) > _MOST_LETTERS:
        raise FormulaError(found=f"{len(text)} letters", allowed=f"a formula of at most {_MOST_LETTERS} letters")
    return _Parser(text).whole()


class _Parser:
    """Reads a formula from left to right, by precedence: sums, products, powers."""

    def __init__(self, text: str) -> None:
        self.tokens = list(self._split(text))
        self.at = 0
        self.deep = 0

    @staticmethod
    def _split(text: str) -> Iterator[tuple[str, str]]:
        at, end = 0, len(text.rstrip())
        while at < end:
            match = _TOKEN.match(text, at)
            if match is None or match.lastgroup is None:
                allowed = "names of facts and numbers, literals, + - * / ^ ( ) and functions"
                raise FormulaError(found=f"{quoted(text[at:].strip()[:12])} in a formula", allowed=allowed)
            yield match.lastgroup, match[match.lastgroup]
            at = match.end()

    def whole(self) -> Node:
        node = self._sum()
        if self.at < len(self.tokens):
            raise FormulaError(found=f"{quoted(self._text())} after {quoted(node.text)}", allowed="+ - * / or ^")
        return node

    def _sign(self, signs: str) -> str:
        """The next token where it is one of these signs, which is then taken; '' otherwise."""
        if self.at < len(self.tokens) and self.tokens[self.at][0] == "sign" and self.tokens[self.at][1] in signs:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def _text(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else "the end"

    def _sum(self) -> Node:
        self.deep += 1
        if self.deep > _MOST_DEEP:
            raise FormulaError(found="deeper brackets than that", allowed=f"at most {_MOST_DEEP} levels")
        node = self._product()
        while sign := self._sign("+-"):
            other = self._product()
            if node.kind == other.kind == "literal":
                raise FormulaError(
                    found=f"{node.text} {sign} {other.text}", allowed="a number of its own under coefficients"
                )
            node = Node(sign, f"{node.text} {sign} {other.text}", (node, other))
        self.deep -= 1
        return node

    def _product(self) -> Node:
        node = self._power()
        while sign := self._sign("*/"):
            other = self._power()
            node = Node(sign, f"{node.text} {sign} {other.text}", (node, other))
        check_no_ratio(node)
        return node

    def _power(self) -> Node:
        node = self._atom()
        if not self._sign("^"):
            return node
        exponent = self._exponent()
        return Node("^", f"{node.text}^{exponent}", (node,), Quantity(exponent))

    def _exponent(self) -> Fraction:
        """A whole number, or one over 2 or 4 in brackets: what has the same bits on every machine."""
        bracket = self._sign("(")
        above = self._whole_number()
        below = self._whole_number() if bracket and self._sign("/") else 1
        if bracket and not self._sign(")"):
            raise FormulaError(found=quoted(self._text()), allowed="a closing bracket")
        if below not in (1, 2, 4) or above > 9:
            raise FormulaError(found=f"the exponent {above}/{below}", allowed="a whole number up to 9, (1/2) or (1/4)")
        return Fraction(above, below)

    def _whole_number(self) -> int:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "the end")
        if kind != "number" or "." in text:
            raise FormulaError(found=quoted(text), allowed="a whole number as an exponent")
        self.at += 1
        return int(text)

    def _atom(self) -> Node:
        if self._sign("("):
            inner = self._sum()
            if not self._sign(")"):
                raise FormulaError(found=quoted(self._text()), allowed="a closing bracket")
            return Node(inner.kind, f"({inner.text})", inner.parts, inner.quantity)
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        self.at += 1
        if kind == "number":
            return self._literal(text)
        if kind == "named":
            return Node("number", text)
        if kind == "word":
            return self._call(text) if self._sign("(") else Node("fact", text)
        raise FormulaError(
            found=quoted(text) if text else "nothing where a part is missing",
            allowed="a fact, a number, a literal with a unit, a function or a bracket",
        )

    def _call(self, name: str) -> Node:
        if name not in FUNCTIONS:
            raise FormulaError(found=f"{name}()", allowed=listed(FUNCTIONS), nearest=nearest_to(name, FUNCTIONS))
        parts = [self._sum()]
        while self._sign(","):
            parts.append(self._sum())
        if not self._sign(")"):
            raise FormulaError(found=quoted(self._text()), allowed="a comma or a closing bracket")
        return Node("call", name, tuple(parts))

    def _literal(self, text: str) -> Node:
        """0, 1, or a number with the words of its unit."""
        words = []
        while self.at < len(self.tokens) and self.tokens[self.at][0] == "word" and not self._opens():
            words.append(self.tokens[self.at][1])
            self.at += 1
        phrase = " ".join(words)
        unit = parse_unit(phrase) if phrase else None
        if phrase and unit is None:
            raise FormulaError(found=f"the unit {quoted(phrase)}", allowed="a unit such as quarters, years, states")
        if unit is None and float(text) not in (0.0, 1.0):
            raise FormulaError(
                found=f"the bare number {text}",
                allowed="0, 1, an exponent, a literal with a unit such as 20 quarters, or a number of its own under "
                "coefficients",
            )
        counts = unit is None or (unit.dimension != PLAIN and not is_money(unit.dimension) and "." not in text)
        if not counts:
            raise FormulaError(
                found=f"the literal {text} {phrase}",
                allowed="a whole number of years, states or the like; a number of its own under coefficients otherwise",
            )
        amount = float(text) if unit is None else float(text) * unit.scale
        dimension = PLAIN if unit is None else unit.dimension
        return Node("literal", f"{text} {phrase}".strip(), (), Quantity(amount, dimension))

    def _opens(self) -> bool:
        """Whether the word that is next is followed by a bracket, so that it is a function."""
        after = self.at + 1
        return after < len(self.tokens) and self.tokens[after] == ("sign", "(")


def check_no_ratio(node: Node) -> None:
    """A product holds one literal of a kind: the ratio of two would be a coefficient without a name."""
    kinds = [literal.quantity.dimension for literal in _factors(node) if literal.quantity.dimension != PLAIN]
    twice = next((kind for kind in kinds if kinds.count(kind) > 1), None)
    if twice is not None:
        raise FormulaError(
            found=f"two literals in {dimension_in_words(twice)} in one product",
            allowed="one, or a number of its own under coefficients",
        )


def _factors(node: Node) -> Iterator[Node]:
    """The literals that a product multiplies or divides by, brackets or not."""
    if node.kind == "literal":
        yield node
    elif node.kind in ("*", "/", "^"):
        for part in node.parts:
            yield from _factors(part)


# --- names -----------------------------------------------------------------------------------------------------------


def facts_of(node: Node) -> tuple[str, ...]:
    """The ids of the facts in a formula, each once."""
    return tuple(dict.fromkeys(part.text for part in node.walk() if part.kind == "fact"))


def with_names(node: Node, names: Collection[str]) -> Node:
    """The tree with every pattern of numbers written out. Raises `FormulaError` for a name that is no number."""
    if node.kind == "number" and "*" not in node.text:
        if node.text not in names:
            nearest = nearest_to(node.text, names)
            raise FormulaError(found=quoted(node.text), allowed="the name of a number", nearest=nearest)
        return node
    if node.kind == "number":
        raise FormulaError(found=quoted(node.text), allowed="a pattern of names inside sum, mean, gmean, min or max")
    parts: list[Node] = []
    for part in node.parts:
        if node.kind == "call" and part.kind == "number" and "*" in part.text:
            matching = sorted(fnmatch.filter(names, part.text))
            if not matching:
                raise FormulaError(found=f"{quoted(part.text)}, which no number matches", allowed="names of numbers")
            parts += [Node("number", name) for name in matching]
        else:
            parts.append(with_names(part, names))
    return Node(node.kind, node.text, tuple(parts), node.quantity)


def numbers_of(node: Node) -> tuple[str, ...]:
    """The names of the numbers in a formula, each once; patterns have to be written out."""
    return tuple(dict.fromkeys(part.text for part in node.walk() if part.kind == "number"))


# --- computing -------------------------------------------------------------------------------------------------------


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
