"""Formulas: how a number is computed from facts, other numbers and quantities.

    eu-package-2025-eur * coefficients.usd_per_eur * coefficients.eu_minerals_part / 20 quarters

The grammar is small on purpose. Names with points are numbers, names without are facts; a literal is 0, 1, an exponent,
or carries a unit, so that no coefficient can hide in a formula: it is a number of its own, with a basis and a range.
There are sums, products, whole powers and square roots and nothing else: these have the same bits on every machine.
"""

from __future__ import annotations

import fnmatch
import functools
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.evidence.units import PLAIN, Dimension, dimension_in_words, is_money, parse_unit
from sim.io.errors import listed, nearest_to, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


FUNCTIONS = ("sum", "mean", "gmean", "min", "max", "sqrt", "holds")
NAMED = re.compile(r"[A-Za-z_]\w*(?:\.(?:\w+|\*))+")
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


class Quantity(NamedTuple):
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


@functools.lru_cache(maxsize=4096)  # worlds that extend one another have most of their formulas in common
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
