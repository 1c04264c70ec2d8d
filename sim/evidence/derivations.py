"""Numbers that are computed: checked against their formulas, given a range where none is stated, moved with inputs.

A number whose formula names other numbers follows them. Where an input differs from what the evidence states, as in a
scenario or a sweep, the number moves by as much as its formula does, from what is stated or drawn for it: its own
uncertainty is not lost, and what is drawn stays in its range. What somebody sets stays as it is set, and what is set
to nought stays nought, because that is how a system is switched off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from decimal import InvalidOperation
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from sim.evidence.evaluation import compute, quantity_of
from sim.evidence.formulas import FormulaError, Node, Quantity, facts_of, numbers_of, parse_formula, with_names
from sim.evidence.rounding import is_rounded
from sim.evidence.units import Unit, dimension_in_words, parse_unit
from sim.io.checks import range_in_words
from sim.io.errors import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sim.evidence.changed import Change
    from sim.evidence.documents import Fact
    from sim.evidence.numbers import Number, Span, Written


@dataclass(frozen=True, kw_only=True, eq=False)
class Derivation:
    """How one number is computed: `tree` with every pattern of names written out, the facts and numbers in it."""

    name: str
    tree: Node
    unit: Unit
    span: Span
    facts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    def amount(self, quantity: Quantity) -> Any:
        """A quantity of this dimension in the unit of the number."""
        return quantity.amount / self.unit.scale


@dataclass(eq=False)
class Derivations:
    """All computed numbers of a world, those before others on which the others rest.

    again: the numbers computed again since a world changed what they are computed from: its place among the worlds
    that extend each other, and the value before.
    """

    facts: Mapping[str, Fact]
    numbers: Mapping[str, Number]
    found: dict[str, Derivation] = field(default_factory=dict)
    again: dict[str, tuple[int, float]] = field(default_factory=dict)
    _inputs: Mapping[str, float] = field(default_factory=dict)  # of all, with what the evidence states
    _stated: dict[str, Any] = field(default_factory=dict)

    def value(self, name: str, values: Mapping[str, Any] | None = None) -> Any:
        """What the formula of a number gives, in its unit; values: of inputs that are not as stated."""
        one = self.found[name]
        return one.amount(compute(one.tree, self.facts, self.numbers, values or {}))

    def follow(self, values: dict[str, Any], pinned: Collection[str] = ()) -> None:
        """Move every number with those from which it is computed; values: all numbers by name, changed in place.

        A value is a float, or float64 [lanes]; pinned: numbers that stay as they are. Nothing is done, and nothing
        changes by a bit, where no input differs from what the evidence states. Raises `FormulaError` where a formula
        cannot be computed with what its inputs have become.
        """
        if not self._inputs:
            inputs = {name for one in self.found.values() for name in one.numbers}
            self._inputs = {name: self.numbers[name].value for name in inputs}
        moved = {name for name, stated in self._inputs.items() if _differs(values.get(name, stated), stated)}
        if not moved:
            return
        for name, one in self.found.items():
            if name in values and name not in pinned and not moved.isdisjoint(one.numbers):
                if name not in self._stated:
                    self._stated[name] = self.value(name)
                shift = self.value(name, values) - self._stated[name]
                values[name] = _shifted(values[name], shift, self.numbers[name], one.span)
                moved.add(name)

    def by(self, formulas: Mapping[str, str]) -> Derivations:
        """The same with other formulas for some numbers, which are known to compute; a number may be new here.

        Where such a formula names one of these numbers, it means what the evidence states of it.
        """
        if not formulas:
            return self
        found = dict(self.found)
        for name, text in formulas.items():
            tree = self._as_stated(with_names(parse_formula(text), self.numbers), formulas)
            unit = parse_unit(self.numbers[name].unit)
            if unit is not None:
                span = self.found[name].span if name in self.found else (-math.inf, math.inf)
                found[name] = Derivation(
                    name=name, tree=tree, unit=unit, span=span, facts=facts_of(tree), numbers=numbers_of(tree)
                )
        order = _in_order({name: one.tree for name, one in found.items()}, {})
        return Derivations(facts=self.facts, numbers=self.numbers, found={name: found[name] for name in order})

    def _as_stated(self, node: Node, names: Collection[str]) -> Node:
        """The tree with some numbers as the amounts that the evidence states."""
        if node.kind == "number" and node.text in names:
            number = self.numbers[node.text]
            return Node("literal", node.text, (), quantity_of(number.value, number.unit, node.text))
        return replace(node, parts=tuple(self._as_stated(part, names) for part in node.parts))

    def inputs_of(self, name: str) -> tuple[str, ...]:
        """The facts and numbers in the formula of a number; empty where it has none."""
        one = self.found.get(name)
        return () if one is None else (*one.facts, *one.numbers)

    def facts_behind(self, name: str) -> frozenset[str]:
        """The facts behind a number: its own, and those of the numbers from which it is computed."""
        found, todo, seen = set(self.numbers[name].evidence), [name], {name}
        while todo:
            for inner in self.inputs_of(todo.pop()):
                if inner in self.numbers and inner not in seen:
                    seen.add(inner)
                    todo.append(inner)
                    found |= set(self.numbers[inner].evidence)
        return frozenset(found)


def _differs(value: Any, stated: float) -> bool:
    if value is stated:  # most are the very same, and all are looked at for each filling of the lanes
        return False
    return bool((value != stated).any()) if getattr(value, "ndim", 0) else bool(value != stated)


def _shifted(value: Any, shift: Any, number: Number, span: Span) -> Any:
    """A value moved by a shift within what makes sense, and a drawn one within its range; nought stays nought."""
    not_finite = FormulaError(found=f"a value of {number.name} that is not finite", allowed="smaller inputs")
    if not getattr(value, "ndim", 0) and not getattr(shift, "ndim", 0):
        moved = value + shift
        if not math.isfinite(moved):
            raise not_finite
        return value if value == 0.0 and number.value != 0.0 else min(max(moved, span[0]), span[1])
    import numpy as np  # only where there are lanes: reading evidence needs none

    lanes = value + shift
    if not np.isfinite(lanes).all():
        raise not_finite
    lanes = np.minimum(np.maximum(lanes, span[0]), span[1])
    if not getattr(value, "ndim", 0):  # one value for all: the usual case, in which every step counts
        return np.full(lanes.shape, value) if value == 0.0 and number.value != 0.0 else lanes
    # It is drawn itself, or moved by a sweep: it stays where it could have been.
    lanes = np.clip(lanes, np.minimum(value, number.low), np.maximum(value, number.high))
    return np.where((value == 0.0) & (number.value != 0.0), value, lanes)


# --- from what was written -------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Computed:
    """What formulas gave, by the very things they were computed from: worlds of the same seeds have most in common.

    A key is the number as it was read and the numbers in its formula, each known by where it lies in memory; they are
    kept beside what was found, so that nothing else can come to lie there.
    """

    found: dict[tuple[str, tuple[int, ...]], tuple[Number, tuple[Number, ...]]] = field(default_factory=dict)

    def get(self, one: Written, derivation: Derivation, numbers: Mapping[str, Number]) -> Number | None:
        """The number with its range and evidence, where it was computed from the same things; None elsewhere."""
        known = self.found.get((one.text, tuple(map(id, self._things(derivation, numbers)))))
        return None if known is None else known[0]

    def keep(self, one: Written, derivation: Derivation, numbers: Mapping[str, Number], result: Number) -> None:
        """Keep what was found of a number, of which nothing is wrong; in `numbers` it is still as it was read."""
        things = self._things(derivation, numbers)
        self.found[one.text, tuple(map(id, things))] = result, things

    @staticmethod
    def _things(derivation: Derivation, numbers: Mapping[str, Number]) -> tuple[Number, ...]:
        return numbers[derivation.name], *(numbers[name] for name in derivation.numbers)


def derive(
    written: Sequence[Written],
    facts: Mapping[str, Fact],
    numbers: dict[str, Number],
    worlds: Sequence[str],
    changes: Mapping[str, Change] | None = None,
    computed: Computed | None = None,
) -> Derivations:
    """The computed numbers of a world; problems are noted where each is written.

    Numbers whose range is left to their formula get it. worlds: the names of the folders from which the world is made,
    the one that is extended first: a pattern in a file of one sees nothing of what a later one adds. computed: what
    other worlds with the same facts have computed.
    """
    computed = Computed() if computed is None else computed
    layers = layers_of(numbers, worlds, changes)
    seen = {layer: {name: None for name, at in layers.items() if at <= layer} for layer in range(-1, len(worlds))}
    at_home = _layer_of_files((one.place.file for one in written), worlds)
    known = [one for one in written if one.name in numbers]
    trees = {one.name: tree for one in known if (tree := _tree(one, seen[at_home[one.place.file]])) is not None}
    found = Derivations(facts=facts, numbers=numbers)
    by_name = {one.name: one for one in written}
    moved = {name: one.moved for name, one in (changes or {}).items() if one.moved >= 0}
    for name in _in_order(trees, by_name):
        written_in = at_home[by_name[name].place.file]
        one = _derivation(by_name[name], trees[name], numbers)
        if one is not None:
            found.found[name] = one
            again = max((moved[inner] for inner in one.numbers if inner in moved), default=-1) if moved else -1
            before = numbers[name].value
            same = None if again > written_in else computed.get(by_name[name], one, numbers)
            if same is not None:
                numbers[name] = same
            elif not _sound(by_name[name], found, facts, numbers, computed, again=again > written_in):
                del found.found[name]
            elif numbers[name].value != before:
                moved[name] = again
                found.again[name] = again, before
    return found


def _refuse(one: Written, error: FormulaError) -> None:
    """Say what is wrong with a formula where it stands."""
    one.place.refuse(found=error.found, allowed=error.allowed, nearest=error.nearest, message=error.message)


def _tree(one: Written, names: Collection[str]) -> Node | None:
    """The tree of a formula; names: of the numbers that it may see."""
    try:
        return with_names(parse_formula(one.text), names)
    except FormulaError as error:
        _refuse(one, error)
        return None


def layers_of(
    numbers: Mapping[str, Number], worlds: Sequence[str], changes: Mapping[str, Change] | None = None
) -> dict[str, int]:
    """The place of the world in whose folder each number first stands; -1 for what holds in every world.

    changes: a number that a world changes is still one of the world that is extended.
    """
    files = {name: number.file for name, number in numbers.items()}
    files |= {name: one.first for name, one in (changes or {}).items()}
    of_file = _layer_of_files(files.values(), worlds)
    return {name: of_file[file] for name, file in files.items()}


def _layer_of_files(files: Iterable[str], worlds: Sequence[str]) -> dict[str, int]:
    """The place of the world in whose folder each file lies; -1 for what lies in none of them."""
    places = {folder: place for place, folder in enumerate(worlds)}
    return {file: places.get(PurePath(file).parent.name, -1) for file in set(files)}


def _in_order(trees: Mapping[str, Node], written: Mapping[str, Written]) -> list[str]:
    """The names so that what a number rests on comes before it; a number that rests on itself is refused."""
    order: list[str] = []
    state: dict[str, str] = {}

    def visit(name: str, chain: tuple[str, ...]) -> None:
        if state.get(name) == "done" or name not in trees:
            return
        if name in chain:
            circle = " -> ".join([*chain[chain.index(name) :], name])
            if state.get(name) != "refused":
                error = FormulaError(message=f"numbers are computed from each other in a circle: {circle}")
                if name not in written:
                    raise error
                _refuse(written[name], error)
            state[name] = "refused"
            return
        for inner in numbers_of(trees[name]):
            visit(inner, (*chain, name))
        if state.get(name) != "refused":
            order.append(name)
        state[name] = "done"

    for name in trees:
        visit(name, ())
    return order


def _derivation(one: Written, tree: Node, numbers: Mapping[str, Number]) -> Derivation | None:
    unit = parse_unit(numbers[one.name].unit)
    if unit is None:
        found = f"the unit {quoted(numbers[one.name].unit)}"
        _refuse(one, FormulaError(found=found, allowed="a unit that can be computed with"))
        return None
    return Derivation(
        name=one.name, tree=tree, unit=unit, span=one.span, facts=facts_of(tree), numbers=numbers_of(tree)
    )


def _sound(
    one: Written,
    found: Derivations,
    facts: Mapping[str, Fact],
    numbers: dict[str, Number],
    computed: Computed,
    *,
    again: bool,
) -> bool:
    """Whether the formula can be computed, is in the unit of its number and gives its value; its range is filled in.

    computed: where it is noted that it does; again: an input is another than when the value was written, so that the
    value is what the formula gives now.
    """
    derivation, number, as_written = found.found[one.name], numbers[one.name], False
    try:
        quantity = compute(derivation.tree, facts, numbers, {})
        if quantity.dimension != derivation.unit.dimension:
            raise FormulaError(
                found=f"a formula in {dimension_in_words(quantity.dimension)}",
                allowed=f"one that gives {number.unit}, that is {dimension_in_words(derivation.unit.dimension)}",
            )
        if again:
            number = _computed_again(one, number, derivation.amount(quantity))
        else:
            as_written = _check_equal(one, derivation.amount(quantity))
        low, high = ends(derivation, facts, numbers)
    except FormulaError as error:
        _refuse(one, error)
        return False
    evidence = tuple(dict.fromkeys((*derivation.facts, *held_in(derivation.tree), *number.evidence)))
    low = min(low, number.value) if one.low else number.low
    high = max(high, number.value) if one.high else number.high
    low, high = max(low, one.span[0]), min(high, one.span[1])
    follows = one.low and one.high and bool(derivation.numbers)
    result = replace(number, low=low, high=high, evidence=evidence, follows=follows)
    if as_written and low < high:
        computed.keep(one, derivation, numbers, result)
    numbers[one.name] = result
    if (one.low or one.high) and not low < high:
        message = "nothing in its formula has a range: 'low' and 'high' have to be written"
        _refuse(one, FormulaError(message=message))
        return False
    return True


def _computed_again(one: Written, number: Number, amount: float) -> Number:
    """The number with the value that its formula gives now; a range that is written moves with it, within its span."""
    least, most = one.span
    if not least <= amount <= most:
        allowed = f"{range_in_words(*one.span)}, or a row of its own in the changes.csv that changes what it rests on"
        raise FormulaError(found=f"{amount:.6g}, which the formula gives in this world", allowed=allowed)
    low, high = (min(max(end + amount - number.value, least), most) for end in (number.low, number.high))
    return replace(number, value=amount, low=low, high=high)


def held_in(tree: Node) -> list[str]:
    """Facts that a formula only asks whether they hold."""
    calls = [node for node in tree.walk() if node.kind == "call" and node.text == "holds"]
    return [part.text for node in calls for part in node.parts]


def _check_equal(one: Written, computed: float) -> bool:
    """Whether what is written is what is computed, rounded to the digits written; a problem where it is not."""
    text = one.value.text or str(one.value.value)
    try:
        equal = is_rounded(text, computed)
    except InvalidOperation:  # a level; codes are not computed
        raise FormulaError(found=quoted(text), allowed=f"the computed value, {computed:.4g}") from None
    if not equal:
        one.value.refuse(found=f"{text}, while the formula gives {computed:.6g}", allowed="the value of its formula")
    return equal


def ends(derivation: Derivation, facts: Mapping[str, Fact], numbers: Mapping[str, Number]) -> tuple[float, float]:
    """The least and the most that the formula gives within the ranges of its inputs, each pushed the way it pulls.

    Exact where the formula rises or falls in every input, as sums, products and quotients of positive amounts do.
    """
    ranges: dict[str, tuple[float, float]] = {
        name: (numbers[name].low, numbers[name].high) for name in derivation.numbers
    }
    for name in derivation.facts:
        fact = facts[name]
        if fact.value is not None and (fact.low is not None or fact.high is not None):
            ends = fact.low if fact.low is not None else fact.value, fact.high if fact.high is not None else fact.value
            ranges[name] = ends

    def at(values: Mapping[str, float]) -> float:
        return float(derivation.amount(compute(derivation.tree, facts, numbers, values)))

    down, up = dict[str, float](), dict[str, float]()
    for name, (low, high) in ranges.items():
        rises = at({name: low}) <= at({name: high})
        down[name], up[name] = (low, high) if rises else (high, low)
    return at(down), at(up)
