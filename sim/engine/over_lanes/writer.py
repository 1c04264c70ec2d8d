"""Statements of a phase and its helpers over arrays: loops, conditions, and what is written."""

import ast
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from sim.engine.over_lanes.expressions import assign, call, name
from sim.engine.over_lanes.places import HIDDEN, LANE, Places, Setting, Spot, Way
from sim.engine.over_lanes.source import (
    COUNTERS,
    LISTED,
    Function,
    arguments_of,
    called_by,
    field_of,
    fields_written,
    helpers_in,
    is_helper,
    is_place,
    local_names,
    loop_names,
    names_in,
    names_of,
    names_written,
    not_understood,
    places_of,
    targets_of,
    tree_of,
)

Lines = list[ast.stmt]


class Writer(Places):
    """Writes one function of a phase anew, in one way."""

    def __init__(self, setting: Setting, function: Function, way: Way) -> None:
        """Begin at the head of a function; one that is handed a lane is for all lanes at once."""
        dense = not way.entries and LANE in arguments_of(function)
        written = frozenset(fields_written(function, tree_of(function).body))
        mask = "_mask" if way.masked else None
        super().__init__(setting, function, way, Spot(mask=mask, entries=way.entries, dense=dense, written=written))

    def written(self) -> Any:
        """The function over arrays."""
        return self.finished([*arguments_of(self.function), *HIDDEN], self.block(tree_of(self.function).body))

    def block(self, nodes: Sequence[ast.stmt]) -> Lines:
        """Some lines; what follows a `continue` stands under the opposite condition."""
        out: Lines = []
        for place, node in enumerate(nodes):
            if isinstance(node, ast.If) and not node.orelse and isinstance(node.body[0], ast.Continue):
                rest = list(nodes[place + 1 :])
                return out + (self.line(ast.copy_location(ast.If(_turned(node.test), rest, []), node)) if rest else [])
            if place and self._grows(nodes[place - 1], node):
                continue  # the line before it has said how the list grows
            after = nodes[place + 1] if place + 1 < len(nodes) else node
            if self.at.entries and self._grows(node, after):
                out += self._appended(node, after)
            else:
                out += self.line(node)
        return out

    def inside(self, nodes: Sequence[ast.stmt], **changed: Any) -> Lines:
        """Some lines at another spot."""
        kept, self.at = self.at, replace(self.at, **changed)
        try:
            return self.block(nodes)
        finally:
            self.at = kept

    def line(self, node: ast.stmt) -> Lines:
        """One line, which may become several."""
        way = getattr(self, f"on_{type(node).__name__.lower()}", None)
        if way is None:
            raise not_understood(self.function, node, f"`{type(node).__name__}` is not known over lanes")
        return [ast.copy_location(one, node) for one in way(node)]

    def on_expr(self, node: ast.Expr) -> Lines:
        """A call of a helper for what it does; a docstring is left out."""
        if isinstance(node.value, ast.Constant):
            return []
        if not is_helper(called_by(self.function, node.value)):
            raise not_understood(self.function, node, "a line by itself calls a helper of the phase")
        return [ast.Expr(self.visit(node.value))]

    def on_return(self, node: ast.Return) -> Lines:
        """What comes back."""
        return [ast.Return(self.visit(node.value) if node.value is not None else None)]

    # --- what is written

    def on_assign(self, node: ast.Assign) -> Lines:
        """A name, several names, or rows of the world."""
        (target,) = node.targets
        if isinstance(target, ast.Subscript):
            return self._stored(target, self.visit(node.value))
        if not all(isinstance(one, ast.Name) for one in targets_of(node)):
            raise not_understood(self.function, node, "only names are written several at once")
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            return [assign(target, ast.Tuple([self._kept(one) for one in node.value.elts], ast.Load()))]
        return [assign(target, self._kept(node.value))]

    def _kept(self, node: ast.expr) -> ast.expr:
        """A value that a name keeps: no view of what is written while the name is in use."""
        looked = {field for one in ast.walk(node) if (field := field_of(one)) is not None}
        through = isinstance(node, ast.Subscript | ast.Call | ast.IfExp | ast.Name)
        value: ast.expr = self.visit(node)
        views = looked & self.at.written or is_helper(called_by(self.function, node))
        return call("_own", value) if through and views and not self.at.entries else value

    def _stored(self, target: ast.expr, value: ast.expr) -> Lines:
        place = self.place(target)
        if self.at.mask is not None:
            return [ast.Expr(call("_copyto", place, value, where=name(self.at.mask)))]
        place.ctx = ast.Store()
        return [assign(place, value)]

    def on_augassign(self, node: ast.AugAssign) -> Lines:
        """Something added to a name, to rows of the world, or to a counter."""
        value, target = self.visit(node.value), node.target
        if isinstance(target, ast.Name):
            if self.at.dense and target.id not in self.at.inner:
                return self._summed(node, target.id, value)
            return [assign(target.id, ast.BinOp(name(target.id), node.op, value))]
        place = self.place(target)
        if field_of(target) in self.at.raised:
            return [ast.Expr(call("_count_up", place.value, place.slice))]
        if self.at.mask is None:
            place.ctx = ast.Store()
            return [ast.AugAssign(place, node.op, value)]
        view, where = self.fresh("v"), name(self.at.mask)
        return [
            assign(view, place),
            ast.Expr(call(f"_{type(node.op).__name__}", name(view), value, name(view), where=where)),
        ]

    def _summed(self, node: ast.AugAssign, kept: str, value: ast.expr) -> Lines:
        """A sum over lanes, which may only say whether there is anything: its last bits depend on the order."""
        asked = {
            id(one.left)
            for one in ast.walk(tree_of(self.function))
            if isinstance(one, ast.Compare) and isinstance(one.ops[0], ast.Gt | ast.Eq) and _is(one.comparators[0], 0)
        }
        read = [one for one in names_of(self.function) if one.id == kept and isinstance(one.ctx, ast.Load)]
        if not isinstance(node.op, ast.Add) or not all(id(one) in asked for one in read):
            raise not_understood(
                self.function, node, f"of `{kept}`, summed over lanes, is asked more than whether there is any"
            )
        return [assign(kept, ast.BinOp(name(kept), ast.Add(), call("_total", value)))]

    def _refuse_leaks(self, node: ast.stmt, names: set[str], where: str, strictly: bool = False) -> None:
        """Refuse names that are written here and read elsewhere: over lanes they are not what they would be."""
        first, last = node.lineno, node.end_lineno or node.lineno
        outside = [one for one in names_of(self.function) if not first <= one.lineno <= last]
        anew = set() if strictly else {one.id for one in outside if isinstance(one.ctx, ast.Store)}
        for one in outside:
            if one.id in names - anew and (strictly or isinstance(one.ctx, ast.Load)):
                raise not_understood(self.function, one, f"`{one.id}` is written {where} and used elsewhere")

    # --- conditions

    def on_if(self, node: ast.If) -> Lines:
        """A condition on entries, on lanes, on the actor, or on what is the same for all."""
        laned = any(one == LANE or one in self.at.own for one in names_in([node.test]))
        if laned and self.at.entries:
            return self._for_entries(node)
        if laned and self.at.dense:
            return self._for_lanes(node)
        if self._asks_actor(node.test) and not self.at.entries:
            return self._under_mask(node)
        return [ast.If(self.visit(node.test), self.block(node.body) or [ast.Pass()], self.block(node.orelse))]

    def _asks_actor(self, test: ast.expr) -> bool:
        if isinstance(test, ast.BoolOp):
            return any(self._asks_actor(one) for one in test.values)
        return isinstance(test, ast.Compare) and any(map(self.is_actor, (test.left, *test.comparators)))

    def _under_mask(self, node: ast.If) -> Lines:
        """Lines for all actors but some: worked out for all, written for those."""
        if node.orelse:
            raise not_understood(self.function, node, "a condition on the actor has no `else` over lanes")
        mask, test = self.fresh("m"), self.visit(node.test)
        if self.at.mask is not None:
            test = call("_both", name(self.at.mask), test)
        body = self.inside(node.body, mask=mask)
        self._refuse_leaks(node, names_written(node.body), "under a condition on the actor")
        return [assign(mask, test), ast.If(call("_some", name(mask)), body, [])]

    def _for_lanes(self, node: ast.If) -> Lines:
        """Lines for the lanes in which something holds, where there is no actor."""
        if self.setting.acted or node.orelse:
            raise not_understood(self.function, node, "an `if` on the lane: `pick` chooses between values")
        body = self.inside(node.body, entries=True, dense=False, own=frozenset((LANE,)), inner=frozenset())
        found = assign(LANE, call("_flatnonzero", self.visit(node.test)))
        return [found, ast.If(ast.Attribute(name(LANE), "size", ast.Load()), body, [])]

    def _for_entries(self, node: ast.If) -> Lines:
        """Lines for the entries of a list for which something holds."""
        if node.orelse:
            raise not_understood(self.function, node, "a condition on an entry has no `else` over lanes")
        mask, rows, written = self.fresh("m"), self.fresh("r"), names_written(node.body)
        lines: Lines = [assign(rows, call("_narrowed", name(self.at.rows), name(mask)))]
        renamed = dict(self.at.renamed)
        for one in sorted(names_in(node.body) & self.at.own - written):
            lines.append(assign(f"{one}{mask}", call("_narrowed", self.visit(name(one)), name(mask))))
            renamed[one] = f"{one}{mask}"
        lines += self.inside(node.body, rows=rows, actor=rows, renamed=tuple(renamed.items()))
        self._refuse_leaks(node, written, "under a condition on an entry", strictly=True)
        return [assign(mask, self.visit(node.test)), ast.If(call("_some", name(mask)), lines, [])]

    # --- loops

    def on_for(self, node: ast.For) -> Lines:
        """A loop over lanes, over the entries of a list, or over whole numbers that are the same for all."""
        looped = node.iter.args if isinstance(node.iter, ast.Call) and _named(node.iter.func, "range") else None
        if looped is None or not isinstance(node.target, ast.Name) or node.orelse:
            raise not_understood(self.function, node, "loops run over `range`, with one name")
        if node.target.id == LANE:
            return self._over_lanes(node)
        if is_place(self.function, node.body, node.target.id):
            return self._over_entries(node, node.target.id, looped)
        over = ast.Call(name("range"), [self.visit(one) for one in looped], [])
        return [ast.For(node.target, over, self.block(node.body) or [ast.Pass()], [])]

    def _over_lanes(self, node: ast.For) -> Lines:
        if self.at.entries or self.at.dense:
            raise not_understood(self.function, node, "a loop over lanes stands in another one")
        grown = self._grown(node)
        if grown is not None:
            return grown
        first = {one.id for line in node.body for one in _first_written(line)}
        self._refuse_leaks(node, first, "in a loop over lanes")
        written = frozenset(fields_written(self.function, node.body))
        return self.inside(node.body, dense=True, written=written, inner=frozenset(first))

    def _grows(self, put: ast.stmt, grow: ast.stmt) -> bool:
        """Whether a line writes at the end of a list and the next one moves that end on."""
        if not (isinstance(put, ast.Assign) and isinstance(grow, ast.AugAssign) and isinstance(grow.target, ast.Name)):
            return False
        target = put.targets[0]
        return field_of(target) in LISTED and _named(places_of(target)[-1], grow.target.id)

    def _end_of(self, put: ast.stmt, grow: ast.stmt) -> tuple[ast.Subscript, str, ast.expr | None]:
        """The list that grows, the name of its end, and the condition under which it does, if there is one."""
        assert isinstance(put, ast.Assign)
        assert isinstance(grow, ast.AugAssign)
        test = grow.value.test if isinstance(grow.value, ast.IfExp) and _is(grow.value.orelse, 0) else None
        by = grow.value.body if isinstance(grow.value, ast.IfExp) and test is not None else grow.value
        if not (_is(by, 1) and isinstance(grow.op, ast.Add)) or self.at.mask is not None:
            raise not_understood(self.function, grow, "a list grows by `n += 1` or `n += 1 if ... else 0`")
        place = self.place(put.targets[0])
        place.slice = ast.Tuple([*places_of(place)[:-1], ast.Slice()], ast.Load())
        return place, getattr(grow.target, "id", ""), test

    def _grown(self, node: ast.For) -> Lines | None:
        """A list that each lane is written at the end of, and that grows only where there is something."""
        put, grow = node.body if len(node.body) == 2 else (node.body[0], node.body[0])
        if not self._grows(put, grow) or not _named(getattr(put, "value", put), LANE):
            return None
        kept, self.at = self.at, replace(self.at, dense=True)
        place, end, test = self._end_of(put, grow)
        come = ast.Constant(True) if test is None else self.visit(test)
        self.at = kept
        given = (place, name(end), come, name(self.at.actor), name("_lanes"))
        return [assign(end, call("_extended", *given))]

    def _appended(self, put: ast.stmt, grow: ast.stmt) -> Lines:
        """A list that something of each entry of another list is written at the end of."""
        kept, self.at = self.at, replace(self.at, rows="_rows")
        place, end, test = self._end_of(put, grow)
        self.at = kept
        come = ast.Constant(True) if test is None else self.visit(test)
        what = self.visit(put.value) if isinstance(put, ast.Assign) else ast.Constant(0)
        given = (place, name(end), what, come, name(self.at.rows), name("_actor"))
        return [assign(end, call("_appended", *given))]

    def _over_entries(self, node: ast.For, n: str, bounds: list[ast.expr]) -> Lines:
        """A loop over a list: its entries side by side, in rounds where it writes lanes."""
        if self.at.entries or self.at.dense or self.at.mask is not None or not self.setting.acted:
            raise not_understood(self.function, node, "a loop over a list stands in a loop over lanes or a condition")
        rows, written = self.fresh("e"), names_written(node.body)
        first, last = bounds if len(bounds) == 2 else (ast.Constant(0), bounds[0])
        found = call("_positions", self.visit(first), self.visit(last), name(self.at.actor))
        known = local_names(self.function) - loop_names(self.function) - written - {"w", "p", "t", self.way.actor}
        renamed = {one: f"{one}{rows}" for one in sorted(known & names_in(node.body))}
        raised = {field_of(one.target) for one in node.body if isinstance(one, ast.AugAssign)} & set(COUNTERS)
        body: Lines = [
            assign(new, call("_spread", name(old), name(rows), name(self.at.actor))) for old, new in renamed.items()
        ]
        there: dict[str, Any] = {"entries": True, "rows": rows, "actor": rows}
        body += self.inside(
            node.body,
            **there,
            own=frozenset({*written, n, *renamed}),
            raised=frozenset(raised),
            renamed=tuple(renamed.items()),
        )
        self._refuse_leaks(node, written, "in a loop over a list")
        couple = ast.Tuple([ast.Name(rows, ast.Store()), ast.Name(n, ast.Store())], ast.Store())
        if not fields_written(self.function, node.body) - {*LISTED, *COUNTERS}:
            return [assign(couple, found), ast.If(ast.Attribute(name(n), "size", ast.Load()), body, [])]
        kept, self.at = self.at, replace(self.at, **there)
        lanes = self.visit(self._lane_of(self.function, node))
        self.at = kept
        grows = any(self._grows(*two) for two in pairwise(node.body))
        in_turn = call("_rounds", name(rows), name(n), lanes, ast.Constant(grows))
        return [assign(couple, found), ast.For(couple, in_turn, body, [])]

    def _lane_of(self, function: Function, node: ast.AST) -> ast.expr:
        """Where a loop over a list finds the lane of an entry."""
        for one in ast.walk(node):
            if isinstance(one, ast.Assign):
                values = one.value.elts if isinstance(one.value, ast.Tuple) else [one.value]
                for target, value in zip(targets_of(one), values, strict=False):
                    if _named(target, LANE):
                        return value
            if field_of(one) is not None and field_of(places_of(one)[-1]) in LISTED:
                return places_of(one)[-1]
        for _, called in helpers_in(function, [node]):
            return self._lane_of(called, tree_of(called))
        raise not_understood(function, node, "a loop over a list writes lanes and does not say which")


def _first_written(line: ast.stmt) -> list[ast.Name]:
    """The names that a line, or what stands under it, writes without reading them first."""
    every = [target for one in ast.walk(line) if isinstance(one, ast.Assign) for target in targets_of(one)]
    return [target for target in every if isinstance(target, ast.Name)]


def _turned(test: ast.expr) -> ast.expr:
    """The condition that holds where another one does not."""
    turned: dict[type, ast.cmpop] = {ast.Eq: ast.NotEq(), ast.NotEq: ast.Eq()}
    if isinstance(test, ast.Compare) and type(test.ops[0]) in turned:
        return ast.copy_location(ast.Compare(test.left, [turned[type(test.ops[0])]], test.comparators), test)
    return ast.copy_location(ast.UnaryOp(ast.Not(), test), test)


def _named(node: ast.AST, known: str) -> bool:
    return isinstance(node, ast.Name) and node.id == known


def _is(node: ast.AST, value: float) -> bool:
    return isinstance(node, ast.Constant) and node.value == value
