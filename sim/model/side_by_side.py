"""Loops with an exponential or a logarithm in them work on several vectors side by side.

Both are long chains, each step of which waits for the last. A processor that is given one chain after the other waits
with it; given four at once it takes a quarter to a fifth less time for them. The compiler lets well alone where a loop
is as long as that, so it is told, of these loops only: of all of them it would take a third longer to compile. It is a
hint, results are the same to the last bit, since lanes do not touch each other.

This reaches into the compiler. Where that is not built as we know it, importing raises `ImportError`, and nothing is
said.
"""

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from llvmlite import ir as llvm
from numba.core import ir
from numba.core.analysis import compute_cfg_from_blocks
from numba.core.lowering import Lower

from sim.model import chance
from sim.model.rules import arithmetic

VECTORS = 4

# What is replaced or leaned upon, with the names of its parameters.
_AS_WE_KNOW_IT: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (Lower, "lower_function_body", ("self",)),
    (Lower, "lower_block", ("self", "block")),
    (Lower, "typeof", ("self", "varname")),
    (ir.Block, "find_exprs", ("self", "op")),
    (llvm.MDValue, "__init__", ("self", "parent", "values", "name")),
    (llvm.MDValue, "descr", ("self", "buf")),
    (llvm.Module, "add_metadata", ("self", "operands")),
    (llvm.Branch, "set_metadata", ("self", "name", "node")),
)


def as_we_know_it() -> bool:
    """Whether the compiler is built as this file takes it to be."""
    try:
        return all(
            tuple(inspect.signature(getattr(owner, name)).parameters) == parameters
            for owner, name, parameters in _AS_WE_KNOW_IT
        )
    except (AttributeError, TypeError, ValueError):
        return False


if not as_we_know_it():
    raise ImportError("this compiler is built otherwise")


class SideBySide(Lower):
    """Says of the loops that are meant how many vectors they work on at once; all else the compiler's own way."""

    def lower_function_body(self) -> Any:
        """Look for the ends of the loops before they are written down."""
        self._ends = frozenset(id(self.blocks[label]) for label in _ends_of_long_loops(self))
        return super().lower_function_body()

    def lower_block(self, block: Any) -> None:
        """Write down a block, and at the end of a loop what is to be said of it."""
        super().lower_block(block)
        end = self.builder.block.terminator
        if id(block) in self._ends and isinstance(end, llvm.Branch):
            end.set_metadata("llvm.loop", _Loop(self.module, VECTORS))


class _Loop(llvm.MDValue):
    """What is said of one loop; it names itself first, so that it is no other's."""

    def __init__(self, module: llvm.Module, vectors: int) -> None:
        count = llvm.Constant(llvm.IntType(32), vectors)
        said = module.add_metadata(["llvm.loop.interleave.count", count])
        super().__init__(module, (said,), name=str(len(module.metadata)))

    def descr(self, buf: list[str]) -> None:
        """Write it down."""
        buf.append(f"distinct !{{ {self.get_reference()}, {self.operands[0].get_reference()} }}\n")

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


def _ends_of_long_loops(lower: Lower) -> Iterator[int]:
    """The blocks that go back to where an innermost loop with a long chain begins."""
    flow = compute_cfg_from_blocks(lower.blocks)
    loops = flow.loops()
    for head, loop in loops.items():
        inner = all(other == head or other not in loop.body for other in loops)
        called = [one for label in loop.body for one in _called(lower, lower.blocks[label])] if inner else []
        if any(map(_long, called)) and called.count(chance.uniform) <= 1:  # else there are several chains already
            yield from (label for label, _ in flow.predecessors(head) if label in loop.body)


def _called(lower: Lower, block: Any) -> Iterator[Callable[..., Any]]:
    """The functions of Python that a block calls."""
    for expression in block.find_exprs("call"):
        kind = lower.typeof(expression.func.name)
        called = getattr(kind, "typing_key", None) or getattr(getattr(kind, "dispatcher", None), "py_func", None)
        if inspect.isfunction(called):
            yield called


_CHAINS = (arithmetic.exp, arithmetic.log)


@functools.cache
def _long(function: Callable[..., Any]) -> bool:
    """Whether a function, or one that it calls, works out an exponential or a logarithm."""
    if function in _CHAINS:
        return True
    names = (function.__globals__.get(name) for name in function.__code__.co_names)
    called = (getattr(one, "py_func", one) for one in names)
    return any(_long(one) for one in called if inspect.isfunction(one) and one is not function)
