"""Expressions of rules and phases over arrays: choices, conditions and calls. Rules are made of nothing else."""

import ast
import functools
import inspect
from typing import Any

from sim.engine.over_lanes.kit import KIT
from sim.engine.over_lanes.source import (
    Function,
    called_by,
    is_rule,
    local_names,
    not_understood,
    targets_of,
    tree_of,
)

_KNOWN = (
    *(ast.BinOp, ast.Constant, ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.Tuple, ast.Compare, ast.UnaryOp),
    *(ast.keyword, ast.Slice),
)
_PLAIN = {"int": "_whole", "min": "_lesser", "max": "_greater", "sqrt": "_sqrt", "len": "len"}
_WIDTHS = ("uint64", "int64", "float64")


def name(text: str) -> ast.Name:
    """A name that is read."""
    return ast.Name(text, ast.Load())


def call(text: str, *arguments: ast.expr, **named: ast.expr) -> ast.Call:
    """A call of what is known by a name."""
    return ast.Call(name(text), list(arguments), [ast.keyword(key, value) for key, value in named.items()])


def assign(target: str | ast.expr, value: ast.expr) -> ast.Assign:
    """A line that writes a name, or what else can be written."""
    return ast.Assign([ast.Name(target, ast.Store()) if isinstance(target, str) else target], value)


class Rules:
    """Rules converted, each once: they know floats, and are as well given arrays of them."""

    def __init__(self) -> None:
        """None is converted yet."""
        self._made: dict[Function, Any] = {}

    def converted(self, function: Function) -> Any:
        """A rule that takes and returns arrays. Raises `NotUnderstoodError` where its source is not understood."""
        if function not in self._made:
            self._made[function] = _Rule(function, self).written()
        return self._made[function]


class Expressions:
    """Writes the expressions of one function anew; nothing of its tree is changed."""

    def __init__(self, function: Function, rules: Rules) -> None:
        """Remember whose expressions they are; the names they use are gathered in `scope`."""
        self.function, self.rules = function, rules
        self.scope: dict[str, Any] = dict(KIT)
        self._count = 0

    def fresh(self, what: str) -> str:
        """A name that nobody has."""
        self._count += 1
        return f"_{what}{self._count}"

    def visit(self, node: ast.AST) -> Any:
        """An expression over arrays in the place of one over numbers."""
        own = getattr(self, f"visit_{type(node).__name__.lower()}", self._rewritten)
        return own(node)

    def same(self, node: ast.expr) -> ast.expr:
        """The same expression, its parts written anew."""
        written: ast.expr = self._rewritten(node)
        return written

    def _rewritten(self, node: ast.AST) -> Any:
        if not isinstance(node, _KNOWN):
            raise not_understood(self.function, node, f"`{type(node).__name__}` is not known over lanes")
        new = type(node)(**{key: self._part(value) for key, value in ast.iter_fields(node)})
        return ast.copy_location(new, node)

    def _part(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._part(one) for one in value]
        return self.visit(value) if isinstance(value, ast.expr | ast.keyword) else value

    def visit_ifexp(self, node: ast.IfExp) -> ast.expr:
        """`yes if test else no`: what the test says of each lane, or of all at once where it is one truth value."""
        test, yes, no = self.visit(node.test), self.visit(node.body), self.visit(node.orelse)
        kept = self.fresh("c")
        asked = ast.Attribute(ast.NamedExpr(ast.Name(kept, ast.Store()), test), "__class__", ast.Load())
        many = ast.Compare(asked, [ast.Is()], [name("_array")])
        return ast.IfExp(many, call("_where", name(kept), yes, no), ast.IfExp(name(kept), yes, no))

    def visit_boolop(self, node: ast.BoolOp) -> ast.expr:
        """`and`, `or`."""
        which = "_both" if isinstance(node.op, ast.And) else "_either"
        for value in node.values:
            if not isinstance(value, ast.Compare | ast.BoolOp | ast.Name | ast.UnaryOp):
                raise not_understood(self.function, value, "`and` and `or` join comparisons only")
        values: list[ast.expr] = [self.visit(value) for value in node.values]
        return functools.reduce(lambda one, two: call(which, one, two), values)

    def visit_unaryop(self, node: ast.UnaryOp) -> ast.expr:
        """`not`, and signs."""
        return call("_opposite", self.visit(node.operand)) if isinstance(node.op, ast.Not) else self.same(node)

    def visit_compare(self, node: ast.Compare) -> ast.expr:
        """A comparison of two."""
        if len(node.ops) > 1:
            raise not_understood(self.function, node, "comparisons are not chained over lanes")
        return self.same(node)

    def visit_name(self, node: ast.Name) -> ast.expr:
        """A name: of its own, or a constant of its file."""
        if node.id not in local_names(self.function) and node.id in self.function.__globals__:
            self.scope[node.id] = self.function.__globals__[node.id]
        return node

    def visit_call(self, node: ast.Call) -> ast.expr:
        """A call of a rule, or of one of the few functions that are known."""
        called = called_by(self.function, node)
        if called is not None and is_rule(called):
            self.scope[called.__name__] = self.rules.converted(called)
            return self._called(called.__name__, node)
        known = node.func.id if isinstance(node.func, ast.Name) else ""
        if called is None and known in _PLAIN:
            return self._called(_PLAIN[known], node)
        if known == "sqrt":
            return self._called("_sqrt", node)
        if isinstance(node.func, ast.Attribute):  # np.uint64(...), (...).view(np.float64)
            owner = node.func.value
            if node.func.attr == "view" or (
                node.func.attr in _WIDTHS and isinstance(owner, ast.Name) and owner.id == "np"
            ):
                return self.same(node)
        found = self.function.__globals__.get(known)
        if isinstance(found, type) and issubclass(found, tuple):
            return self.same(node)
        raise not_understood(
            self.function, node, f"`{ast.unparse(node.func)}` is no rule, no helper of a phase, and not known otherwise"
        )

    def _called(self, known: str, node: ast.Call) -> ast.expr:
        named = [ast.keyword(one.arg, self.visit(one.value)) for one in node.keywords]
        return ast.Call(name(known), [self.visit(one) for one in node.args], named)

    def finished(self, arguments: list[str], body: list[ast.stmt]) -> Any:
        """The function with these lines; a fault in one is told with the line of the source it comes from."""
        known = self.function.__name__
        inputs = ast.arguments([], [ast.arg(one) for one in arguments], None, [], [], None, [])
        tree = ast.copy_location(ast.FunctionDef(known, inputs, body or [ast.Pass()], [], None), tree_of(self.function))
        module = ast.fix_missing_locations(ast.Module([tree], []))
        exec(compile(module, inspect.getfile(self.function), "exec"), self.scope)
        return self.scope[known]


class _Rule(Expressions):
    """Writes one rule anew."""

    def written(self) -> Any:
        """The rule over arrays."""
        tree = tree_of(self.function)
        body = [ast.copy_location(new, old) for old in tree.body if (new := self._line(old)) is not None]
        return self.finished([argument.arg for argument in tree.args.args], body)

    def _line(self, node: ast.stmt) -> ast.stmt | None:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return None
        if isinstance(node, ast.Return) and node.value is not None:
            return ast.Return(self.visit(node.value))
        if all(isinstance(one, ast.Name) for one in targets_of(node)):
            if isinstance(node, ast.Assign):
                return ast.Assign(node.targets, self.visit(node.value))
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):  # not in place: it may be a view
                return assign(node.target.id, ast.BinOp(name(node.target.id), node.op, self.visit(node.value)))
        raise not_understood(self.function, node, "a rule is made of names that are written and of what it returns")
