"""Where things lie: looks into the world, and calls of helpers, for all actors and lanes or for the entries of a list.

Beside its own arguments every converted function is handed `_rows`, which actors are played, as a look into an array
takes them; `_actor`, their places, int64 [actors, 1]; `_mask`, for which of them lines are written; and `_lanes`, how
many. In a loop over a list rows and lanes are arrays with one place an entry.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass

from sim.engine.over_lanes.expressions import Expressions, Rules, call, name
from sim.engine.over_lanes.source import (
    COUNTERS,
    KEYED,
    LISTED,
    Function,
    bound,
    called_by,
    field_of,
    fields_written,
    is_helper,
    local_names,
    names_in,
    not_understood,
    places_of,
    tree_of,
)

LANE = "lane"
HIDDEN = ("_rows", "_actor", "_mask", "_lanes")


@dataclass(frozen=True)
class Way:
    """How a function is played: which argument is the actor, for entries of a list or not, under a mask or not."""

    actor: str | None
    entries: bool = False
    masked: bool = False


@dataclass(frozen=True)
class Spot:
    """Where in a function the conversion stands."""

    rows: str = "_rows"
    actor: str = "_actor"
    mask: str | None = None
    entries: bool = False  # in a loop over a list
    dense: bool = False  # in a loop over lanes
    renamed: tuple[tuple[str, str], ...] = ()  # names that stand for something else here
    written: frozenset[str] = frozenset()  # fields that the loop over lanes writes
    raised: frozenset[str] = frozenset()  # counters that the loop over a list raises
    own: frozenset[str] = frozenset()  # names that may differ from entry to entry
    inner: frozenset[str] = frozenset()  # names that the loop over lanes writes first


@dataclass(frozen=True)
class Setting:
    """What the functions of one phase share."""

    private: frozenset[str]  # fields of which every actor has its own
    acted: bool  # whether the phase is for actors
    rules: Rules
    helper: Callable[[Function, Way], tuple[str, object]]  # a converted helper, and the name it is known by
    fields: set[str]  # fields that are looked into, gathered on the way


class Places(Expressions):
    """Writes looks into the world and calls of helpers anew."""

    def __init__(self, setting: Setting, function: Function, way: Way, spot: Spot) -> None:
        """Begin at the head of a function."""
        super().__init__(function, setting.rules)
        self.setting, self.way, self.at = setting, way, spot

    def is_actor(self, node: ast.AST) -> bool:
        """Whether this is the place of the actor whose phase it is."""
        return isinstance(node, ast.Name) and node.id == self.way.actor

    def visit_name(self, node: ast.Name) -> ast.expr:
        """A name; the actor's stands for all that are played."""
        if self.is_actor(node):
            return name(self.at.actor)
        renamed = dict(self.at.renamed).get(node.id)
        if renamed is not None:
            return name(renamed)
        if node.id == LANE and not self.at.entries:
            return ast.Constant(None)  # handed on to a helper that is for all lanes
        return super().visit_name(node)

    def visit_attribute(self, node: ast.Attribute) -> ast.expr:
        """The shape of a field, or a constant by its name."""
        value = node.value
        if isinstance(value, ast.Attribute) and field_owner(value) and node.attr == "shape":
            self.setting.fields.add(value.attr)
            return ast.Attribute(name("w"), f"{value.attr}_shape", ast.Load())
        if field_owner(node):
            raise not_understood(self.function, node, f"`w.{node.attr}` is handed on whole")
        if isinstance(value, ast.Name) and value.id not in local_names(self.function):
            found = getattr(self.function.__globals__.get(value.id), node.attr, None)
            if isinstance(found, int):
                return ast.Constant(int(found))
        return self.same(node)

    def visit_subscript(self, node: ast.Subscript) -> ast.expr:
        """A look into the world or into another array."""
        field, parts = field_of(node), places_of(node)
        if field is not None:
            place = self.place(node)
            if field in self.at.raised:
                return ast.Call(name("_counted"), [place.value, place.slice], [])
            return place
        if LANE in names_in(parts[-1:]):
            return self.row(node)
        if any(self.is_actor(one) for one in parts):
            raise not_understood(self.function, node, "the actor's place is looked up in what is not of the world")
        return self.same(node)

    def place(self, node: ast.expr) -> ast.Subscript:
        """Where a field of the world lies: for all actors and lanes, or for the entries at hand."""
        field, parts = field_of(node), places_of(node)
        if field is None:
            return self.row(node)
        self.setting.fields.add(field)
        private, owned = field in self.setting.private, sum(self.is_actor(one) for one in parts)
        if owned > 1 or (private and owned):
            raise not_understood(self.function, node, f"the place of the actor stands twice in `{field}`")
        rows = name(self.at.rows)
        index: list[ast.expr] = [rows if self.is_actor(one) else self.visit(one) for one in parts[:-1]]
        last = rows if self.is_actor(parts[-1]) else parts[-1]
        if field in COUNTERS or field in KEYED:  # no lane: where actors are played side by side, an axis of one place
            index.append(rows if last is rows else self.visit(last))
            index += [rows] if private else []
            index.append(ast.Slice() if (private or owned) and not self.at.entries else ast.Constant(0))
        else:
            index += [rows] if private else []
            index.append(self.visit(last) if field in LISTED else self._lane(last))
        return ast.Subscript(ast.Attribute(name("w"), field, ast.Load()), ast.Tuple(index, ast.Load()), ast.Load())

    def row(self, node: ast.expr) -> ast.Subscript:
        """A look into an array that is handed over beside the world, its last axis the lane."""
        if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Name):
            raise not_understood(self.function, node, "neither a field of the world nor an array that was handed over")
        *before, last = places_of(node)
        index: list[ast.expr] = [name(self.at.rows) if self.is_actor(one) else self.visit(one) for one in before]
        later = isinstance(last, ast.BinOp) and isinstance(last.op, ast.Add) and last.right
        if later and isinstance(later, ast.Name) and later.id == LANE and self.at.dense:
            index.append(ast.Slice(self.visit(last.left)))  # type: ignore[attr-defined]
        else:
            index.append(self._lane(last))
        return ast.Subscript(node.value, ast.Tuple(index, ast.Load()), ast.Load())

    def _lane(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Name) and node.id == LANE and not self.at.entries:
            return ast.Slice()
        if self.at.entries:
            found: ast.expr = self.visit(node)
            return found
        raise not_understood(self.function, node, "the last place of a field is the lane")

    def visit_call(self, node: ast.Call) -> ast.expr:
        """A call of a helper, with what it is not handed in the source; or any other call."""
        called = called_by(self.function, node)
        if called is None or not is_helper(called):
            return super().visit_call(node)
        way = Way(bound(node, called, self.way.actor), self.at.entries, self.at.mask is not None)
        known, converted = self.setting.helper(called, way)
        self.scope[known] = converted
        given = [self.visit(one) for one in node.args]
        written = set() if self.at.entries else fields_written(called, tree_of(called).body)
        looked = [field_of(one) in written for one in node.args]  # what a helper is handed, it may write over
        given = [call("_own", new) if own else new for new, own in zip(given, looked, strict=True)]
        mask = name(self.at.mask) if self.at.mask else ast.Constant(None)
        return ast.Call(name(known), [*given, name(self.at.rows), name(self.at.actor), mask, name("_lanes")], [])


def field_owner(node: ast.Attribute) -> bool:
    """Whether this is a field of the world as a whole."""
    return isinstance(node.value, ast.Name) and node.value.id == "w"
