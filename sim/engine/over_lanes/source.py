"""What the sources of phases and rules say, as syntax trees, and what follows from it before anything is converted."""

import ast
import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

from sim.model import chance
from sim.model.compiling import HELPERS, RULEBOOK
from sim.model.fields import LISTS

Function = Callable[..., Any]

COUNTERS = tuple(name for name in LISTS if name.endswith(("_first", "_last")) or name == "seats")
"""Fields without a lane that say where lists begin and end."""

KEYED = ("state_key", "power_key")
"""Fields without a lane that nobody writes."""

LISTED = tuple(name for name in LISTS if name not in COUNTERS)
"""Fields whose last axis is the place in a list."""

_RULES = frozenset(module.__name__ for module in (*RULEBOOK, chance))


class NotUnderstoodError(ValueError):
    """A source is written in a way that cannot be played over lanes."""


def not_understood(function: Function, node: ast.AST, why: str) -> NotUnderstoodError:
    """The error that says which line of a source is not understood, and why."""
    return NotUnderstoodError(f"{inspect.getfile(function)}:{getattr(node, 'lineno', 0)}: {why}")


def tree_of(function: Function) -> ast.FunctionDef:
    """The syntax tree of a function, its lines numbered as in its file. Shared: nobody may change it."""
    return _trees(inspect.getmodule(function))[function.__name__]


@functools.cache
def _trees(module: ModuleType) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(inspect.getsource(module))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


@functools.cache
def arguments_of(function: Function) -> tuple[str, ...]:
    """The names of what a function is handed."""
    return tuple(argument.arg for argument in tree_of(function).args.args)


@functools.cache
def names_of(function: Function) -> tuple[ast.Name, ...]:
    """Every name in a function, wherever it stands."""
    return tuple(node for node in ast.walk(tree_of(function)) if isinstance(node, ast.Name))


@functools.cache
def local_names(function: Function) -> frozenset[str]:
    """The names that a function is handed or writes, the variables of its loops among them."""
    return frozenset(arguments_of(function)) | {one.id for one in names_of(function) if isinstance(one.ctx, ast.Store)}


@functools.cache
def loop_names(function: Function) -> frozenset[str]:
    """The variables of the loops of a function."""
    loops = (node.target for node in ast.walk(tree_of(function)) if isinstance(node, ast.For))
    return frozenset(target.id for target in loops if isinstance(target, ast.Name))


# --- who is called ---------------------------------------------------------------------------------------------------


def called_by(function: Function, node: ast.AST) -> Function | None:
    """The helper or rule that is called, as plain Python; None for anything else."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return None
    found = function.__globals__.get(node.func.id)
    found = getattr(found, "py_func", found)
    return found if inspect.isfunction(found) else None


def is_helper(function: Function | None) -> bool:
    """Whether this is a helper that is written into the phase that calls it."""
    return function is not None and (function.__module__, function.__name__) in HELPERS


def is_rule(function: Function | None) -> bool:
    """Whether this is a rule, or a function of chance."""
    return function is not None and function.__module__ in _RULES


def helpers_in(function: Function, nodes: Sequence[ast.AST]) -> Iterator[tuple[ast.Call, Function]]:
    """The helpers that these lines of a function call."""
    for one in nodes:
        for node in ast.walk(one):
            called = called_by(function, node)
            if isinstance(node, ast.Call) and called is not None and is_helper(called):
                yield node, called


def bound(call: ast.Call, called: Function, name: str | None) -> str | None:
    """The argument of a helper that is handed what its caller knows by a name."""
    for argument, given in zip(arguments_of(called), call.args, strict=True):
        if isinstance(given, ast.Name) and given.id == name:
            return argument
    return None


# --- what is looked into, and written --------------------------------------------------------------------------------


def field_of(node: ast.AST) -> str | None:
    """The field of the world that is looked into: X of `w.X[...]`."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
        owner = node.value.value
        if isinstance(owner, ast.Name) and owner.id == "w":
            return node.value.attr
    return None


def places_of(node: ast.AST) -> list[ast.expr]:
    """What stands between the brackets."""
    if not isinstance(node, ast.Subscript):
        return []
    return list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]


def names_in(nodes: Sequence[ast.AST]) -> set[str]:
    """Every name in these lines."""
    return {node.id for one in nodes for node in ast.walk(one) if isinstance(node, ast.Name)}


def targets_of(node: ast.AST) -> list[ast.expr]:
    """What a statement writes."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
    return [one for target in targets for one in (target.elts if isinstance(target, ast.Tuple) else [target])]


def names_written(nodes: Sequence[ast.AST]) -> set[str]:
    """The names that these lines write."""
    every = (target for one in nodes for node in ast.walk(one) for target in targets_of(node))
    return {target.id for target in every if isinstance(target, ast.Name)}


def fields_written(function: Function, nodes: Sequence[ast.AST]) -> set[str]:
    """The fields of the world that these lines of a function and the helpers they call write."""
    every = (field_of(target) for one in nodes for node in ast.walk(one) for target in targets_of(node))
    found = {name for name in every if name is not None}
    for _, called in helpers_in(function, nodes):
        found |= _written_by(called)
    return found


@functools.cache
def _written_by(function: Function) -> frozenset[str]:
    return frozenset(fields_written(function, tree_of(function).body))


def is_place(function: Function, nodes: Sequence[ast.AST], name: str) -> bool:
    """Whether a name stands for the place in a list, in these lines of a function or in the helpers they call."""
    for one in nodes:
        for node in ast.walk(one):
            if field_of(node) in LISTED:
                last = places_of(node)[-1]
                if isinstance(last, ast.Name) and last.id == name:
                    return True
    for call, called in helpers_in(function, nodes):
        argument = bound(call, called, name)
        if argument is not None and is_place(called, tree_of(called).body, argument):
            return True
    return False


def own_space(function: Function, actor: str) -> frozenset[str]:
    """The fields that a phase writes at rows that are not its actor's: its working space, another one for every actor.

    Raises `NotUnderstoodError` where a field is written both ways.
    """
    at_actor: set[str] = set()
    elsewhere: set[str] = set()
    seen: set[tuple[Function, str | None]] = set()

    def visit(one: Function, known: str | None) -> None:
        if (one, known) in seen:
            return
        seen.add((one, known))
        tree = tree_of(one)
        for target in (target for node in ast.walk(tree) for target in targets_of(node)):
            field = field_of(target)
            if field is not None:
                at = {place.id for place in places_of(target) if isinstance(place, ast.Name)}
                (at_actor if known in at else elsewhere).add(field)
        for call, called in helpers_in(one, tree.body):
            visit(called, bound(call, called, known))

    visit(function, actor)
    if mixed := at_actor & elsewhere:
        raise not_understood(
            function, tree_of(function), f"written at the rows of its actor and at others: {', '.join(sorted(mixed))}"
        )
    return frozenset(elsewhere)
