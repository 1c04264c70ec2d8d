"""Arrays, tuples and loops written down in few words.

The compiler provides for every kind of array, of place and of loop: it lays an array out in memory, asks of each
position whether it counts from the end, and counts a loop in a structure of four places. All of that is read, tidied
and thrown away again. Our arrays lie in one piece, their positions are whole numbers that count from the beginning, and
our loops count by ones. So where a number lies is worked out with what is needed for it, what makes up a value is
looked up once, and a loop has one place for its count. The machine code is as fast and gives the same bits.

This reaches into the compiler. Where that is not built as we know it, importing raises `ImportError`, and all is
written down the compiler's own way.
"""

import inspect
from collections import defaultdict
from typing import Any

from llvmlite import ir as llvm
from numba.core import cgutils, ir, types
from numba.core.datamodel import default_manager
from numba.core.imputils import impl_ret_borrowed
from numba.core.lowering import Lower

# What is replaced or leaned upon, with the names of its parameters.
_AS_WE_KNOW_IT: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (Lower, "setup_function", ("self", "fndesc")),
    (Lower, "_find_singly_assigned_variable", ("self",)),
    (Lower, "pre_block", ("self", "block")),
    (Lower, "lower_inst", ("self", "inst")),
    (Lower, "lower_assign", ("self", "ty", "inst")),
    (Lower, "lower_getitem", ("self", "resty", "expr", "value", "index", "signature")),
    (Lower, "lower_setitem", ("self", "target_var", "index_var", "value_var", "signature")),
    (Lower, "lower_expr", ("self", "resty", "expr")),
    (Lower, "loadvar", ("self", "name")),
    (Lower, "typeof", ("self", "varname")),
    (cgutils, "alloca_once", ("builder", "ty", "size", "name", "zfill")),
    (llvm.IRBuilder, "extract_value", ("self", "agg", "idx", "name")),
    (llvm.IRBuilder, "insert_value", ("self", "agg", "value", "idx", "name")),
    (llvm.IRBuilder, "position_after", ("self", "instr")),
    (llvm.IRBuilder, "position_at_start", ("self", "block")),
)
_OF_AN_ARRAY = ("meminfo", "parent", "nitems", "itemsize", "data", "shape", "strides")


def as_we_know_it() -> bool:
    """Whether the compiler is built as this file takes it to be."""
    try:
        same = all(
            tuple(inspect.signature(getattr(owner, name)).parameters) == parameters
            for owner, name, parameters in _AS_WE_KNOW_IT
        )
        array = default_manager[types.Array(types.float64, 2, "C")]
        same = same and [array.get_field_position(name) for name in _OF_AN_ARRAY] == list(range(len(_OF_AN_ARRAY)))
        placed = set(llvm.IRBuilder.position_after.__code__.co_names)
        put = set(llvm.instructions.InsertValue.__init__.__code__.co_names)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False
    return same and placed >= {"_block", "_anchor"} and put >= {"aggregate", "value", "indices"}


if not as_we_know_it():
    raise ImportError("this compiler is built otherwise")


class Words(llvm.IRBuilder):
    """Writes instructions down; what a value is made of is not taken out of it again, and nothing is taken twice."""

    taken: dict[Any, Any]
    _block: Any
    _anchor: int

    def extract_value(self, agg: Any, idx: Any, name: str = "") -> Any:  # noqa: ARG002 (as the compiler asks)
        """Take a part of a value, right where the value is made, so that it is there wherever the value is."""
        path = tuple(idx) if isinstance(idx, tuple | list) else (idx,)
        agg, path = _innermost(agg, path)
        if not path:
            return agg
        key = (id(agg), path)
        if key not in self.taken:
            self.taken[key] = (self._take(agg, path), agg)
        return self.taken[key][0]

    def _take(self, value: Any, path: tuple[int, ...]) -> Any:
        block, anchor = self._block, self._anchor
        if isinstance(value, llvm.Argument):
            self.position_at_start(value.parent.entry_basic_block)
        elif isinstance(value, llvm.PhiInstr):
            self.position_after([one for one in value.parent.instructions if isinstance(one, llvm.PhiInstr)][-1])
        elif isinstance(value, llvm.Instruction):
            self.position_after(value)
        at, inside = self._anchor, self._block is block
        made = super().extract_value(value, path)
        self._block, self._anchor = block, anchor + (inside and at <= anchor)
        return made


def _innermost(value: Any, path: tuple[int, ...]) -> tuple[Any, tuple[int, ...]]:
    """The value that was put at a place of a larger one, as far as that can be told, and what is left of the place."""
    while path:
        if isinstance(value, llvm.instructions.InsertValue):
            put = tuple(value.indices)
            if put == path[: len(put)]:
                value, path = value.value, path[len(put) :]
            elif path == put[: len(path)]:  # a part of what is asked for
                break
            else:
                value = value.aggregate
        elif isinstance(value, llvm.Constant) and isinstance(value.constant, list | tuple):
            value, path = value.constant[path[0]], path[1:]
        else:
            break
    return value, path


class Places(Lower):
    """Writes down looks into arrays and tuples, and loops; all else the compiler's own way."""

    def setup_function(self, fndesc: Any) -> None:
        """Begin a function."""
        super().setup_function(fndesc)
        self.builder.__class__ = Words
        self.builder.taken = {}

    def _find_singly_assigned_variable(self) -> None:
        super()._find_singly_assigned_variable()
        self._held: dict[str, Any] = {}
        self._loose = {} if self.context.enable_nrt or self._disable_sroa_like_opt else _Met(self).loose()

    def pre_block(self, block: Any) -> None:
        """Forget what was worked out in the block before, which need not come before this one."""
        super().pre_block(block)
        self._worked_out: dict[Any, Any] = {}

    def lower_inst(self, inst: Any) -> None:
        """Write a statement down; what is never a value of its own is only remembered."""
        if isinstance(inst, ir.Assign) and inst.target.name in self._loose:
            self._held[inst.target.name] = getattr(self, self._loose[inst.target.name])(inst.value)
        else:
            super().lower_inst(inst)

    def _hold_tuple(self, made: Any) -> Any:
        return [(self.loadvar(one.name), self.typeof(one.name)) for one in made.items]

    def _hold_copy(self, copied: Any) -> Any:
        return self._held[copied.name]

    def _hold_range(self, call: Any) -> Any:
        kind = self.fndesc.calltypes[call].return_type.dtype
        ends = [
            self.context.cast(self.builder, self.loadvar(one.name), self.typeof(one.name), kind) for one in call.args
        ]
        return (ends[0] if ends[1:] else ends[0].type(0), ends[-1], kind)

    def _hold_count(self, begun: Any) -> Any:
        first, end, kind = self._held[begun.value.name]
        place = cgutils.alloca_once(self.builder, first.type)
        self.builder.store(first, place)
        return place, end, kind

    def _hold_step(self, step: Any) -> Any:
        place, end, kind = self._held[step.value.name]
        now = self.context.unpack_value(self.builder, kind, place)
        flag, compared = ("nsw", self.builder.icmp_signed) if kind.signed else ("nuw", self.builder.icmp_unsigned)
        self.builder.store(self.builder.add(now, now.type(1), flags=(flag,)), place)
        return now, compared("<", now, end)

    def lower_assign(self, ty: Any, inst: Any) -> Any:
        """Give a value; numbers that never change stand side by side."""
        value = inst.value
        fixed = isinstance(value, ir.Const | ir.Global | ir.FreeVar)
        if fixed and isinstance(ty, types.UniTuple | types.NamedUniTuple) and isinstance(ty.dtype, types.Integer):
            numbers = [self.context.get_constant_generic(self.builder, ty.dtype, one) for one in value.value]
            return llvm.Constant(self.context.get_value_type(ty), numbers)
        return super().lower_assign(ty, inst)

    def lower_getitem(self, resty: Any, expr: Any, value: Any, index: Any, signature: Any) -> Any:
        """Read a number, or take a part of an array."""
        array = self.typeof(value.name)
        if not _looked_into(array, self.typeof(index.name)):
            return super().lower_getitem(resty, expr, value, index, signature)
        base, positions = self.loadvar(value.name), self._positions(index)
        place = self._place(array, base, positions)
        if len(positions) == array.ndim:
            return self.context.cast(
                self.builder, self.context.unpack_value(self.builder, array.dtype, place), array.dtype, resty
            )
        return self._lent(resty, self._part(array, base, place, resty))

    def lower_setitem(self, target_var: Any, index_var: Any, value_var: Any, signature: Any) -> Any:
        """Write a number."""
        array = self.typeof(target_var.name)
        if not _looked_into(array, self.typeof(index_var.name), whole=True):
            return super().lower_setitem(target_var, index_var, value_var, signature)
        place = self._place(array, self.loadvar(target_var.name), self._positions(index_var))
        given, kind = self.loadvar(value_var.name), self.typeof(value_var.name)
        given = self.context.cast(self.builder, given, kind, signature.args[2])
        self.builder.store(self.context.cast(self.builder, given, signature.args[2], array.dtype), place)
        return None

    def lower_expr(self, resty: Any, expr: Any) -> Any:
        """Take a field of a named tuple or the sizes of an array, or where a loop stands."""
        if expr.op == "getattr":
            kind = self.typeof(expr.value.name)
            if expr.attr == "shape" and _simple(kind):
                return self.builder.extract_value(self.loadvar(expr.value.name), self._member(kind, "shape"))
        elif expr.op in ("pair_first", "pair_second") and expr.value.name in self._held:
            return self._held[expr.value.name][expr.op == "pair_second"]
        return super().lower_expr(resty, expr)

    def _lent(self, kind: Any, value: Any) -> Any:
        """An array that is another's as well, counted where the compiler counts references."""
        return impl_ret_borrowed(self.context, self.builder, kind, value)

    def _positions(self, index: Any) -> list[tuple[Any, Any]]:
        """The positions of an index, each with its type."""
        if index.name in self._held:
            return list(self._held[index.name])
        kind, value = self.typeof(index.name), self.loadvar(index.name)
        if not isinstance(kind, types.BaseTuple):
            return [(value, kind)]
        return [(self.builder.extract_value(value, at), one) for at, one in enumerate(kind.types)]

    def _place(self, array: Any, base: Any, positions: list[tuple[Any, Any]]) -> Any:
        """Where a number of an array lies, or where a part begins."""
        builder, shape = self.builder, self._member(array, "shape")
        at = None
        for axis, (value, kind) in enumerate(positions):
            step = self.context.cast(builder, value, kind, types.intp)
            if at is not None:
                step = self._once("add", self._once("mul", at, builder.extract_value(base, (shape, axis))), step)
            at = step
        for axis in range(len(positions), array.ndim):
            at = self._once("mul", at, builder.extract_value(base, (shape, axis)))
        return builder.gep(builder.extract_value(base, self._member(array, "data")), [at], inbounds=True)

    def _part(self, array: Any, base: Any, place: Any, part: Any) -> Any:
        """The part of an array that begins at a place, an array of fewer axes."""
        builder, left = self.builder, array.ndim - part.ndim
        made = llvm.Constant(self.context.get_value_type(part), llvm.Undefined)
        for name in ("meminfo", "parent", "itemsize"):
            same = builder.extract_value(base, self._member(array, name))
            made = builder.insert_value(made, same, self._member(part, name))
        made = builder.insert_value(made, place, self._member(part, "data"))
        number = None
        for name in ("shape", "strides"):
            for axis in range(part.ndim):
                size = builder.extract_value(base, (self._member(array, name), left + axis))
                made = builder.insert_value(made, size, (self._member(part, name), axis))
                if name == "shape":
                    number = size if number is None else self._once("mul", number, size)
        return builder.insert_value(made, number, self._member(part, "nitems"))

    def _member(self, array: Any, name: str) -> int:
        place: int = self.context.data_model_manager[array].get_field_position(name)
        return place

    def _once(self, operation: str, one: Any, other: Any) -> Any:
        """Work out a number of two others, once a block."""
        key = (operation, _known(one), _known(other))
        if key not in self._worked_out:
            self._worked_out[key] = (getattr(self.builder, operation)(one, other), one, other)
        return self._worked_out[key][0]


class _Met:
    """What a function sets and uses."""

    def __init__(self, lower: Lower) -> None:
        self.lower = lower
        self.set: dict[str, list[Any]] = defaultdict(list)
        self.used: dict[str, list[Any]] = defaultdict(list)
        for label, block in lower.blocks.items():
            for statement in block.body:
                target = statement.target.name if isinstance(statement, ir.Assign) else None
                if target is not None:
                    self.set[target].append((label, statement.value))
                value = statement.value if target is not None else statement
                if isinstance(value, ir.Var):
                    self.used[value.name].append((label, statement, value))
                elif isinstance(value, ir.Inst):
                    for one in value.list_vars():
                        self.used[one.name].append((label, statement, value))

    def loose(self) -> dict[str, str]:
        """Variables that need never be values of their own, each with how it is remembered."""
        found: dict[str, str] = {}
        for name, places in self.set.items():
            if len(places) > 1 or not isinstance(places[0][1], ir.Expr):
                continue
            (label, made), held = places[0], dict[str, str]()
            if made.op == "build_tuple" and all(self._index(label, name, *use) for use in self.used[name]):
                found[name] = "_hold_tuple"
            elif made.op == "call" and self._range(made) and self._counts(name, label, "_hold_range", held):
                found |= held
        return found

    def _index(self, label: int, name: str, at: int, statement: Any, value: Any) -> bool:
        """Whether a tuple only says where to look into an array."""
        typeof, index = self.lower.typeof, self.lower.typeof(name)
        if at < label:
            return False
        if isinstance(statement, ir.SetItem):
            return statement.value.name != name and _looked_into(typeof(statement.target.name), index, whole=True)
        return isinstance(value, ir.Expr) and value.op == "getitem" and _looked_into(typeof(value.value.name), index)

    def _range(self, call: Any) -> bool:
        """Whether what is called gives whole numbers one by one."""
        kind = self.lower.typeof(call.func.name)
        plain = len(call.args) in (1, 2) and not call.kws and call.vararg is None
        return plain and isinstance(kind, types.Function) and kind.typing_key is range

    def _counts(self, name: str, label: int, how: str, held: dict[str, str]) -> bool:
        """Whether all that comes of a range is a loop over it; all its variables then are in `held`."""
        held[name] = how
        for at, statement, value in self.used[name]:
            if at < label or not isinstance(statement, ir.Assign) or len(self.set[statement.target.name]) > 1:
                return False
            after = _AFTER[how].get("copy" if isinstance(value, ir.Var) else getattr(value, "op", ""))
            if after is None or (after and not self._counts(statement.target.name, at, after, held)):
                return False
        return True


# How a loop goes on, from what to what; the empty word is its end.
_BEGUN = {"copy": "_hold_copy", "iternext": "_hold_step"}
_AFTER: dict[str, dict[str, str]] = {
    "_hold_range": {"getiter": "_hold_count"},
    "_hold_count": _BEGUN,
    "_hold_copy": _BEGUN,
    "_hold_step": {"pair_first": "", "pair_second": ""},
}


def _known(value: Any) -> Any:
    return (str(value.type), value.constant) if isinstance(value, llvm.Constant) else id(value)


def _looked_into(array: Any, index: Any, whole: bool = False) -> bool:
    """Whether an index says by whole numbers where in an array something lies (`whole`: one number of it)."""
    kinds = list(index.types) if isinstance(index, types.BaseTuple) else [index]
    if not _simple(array) or not all(isinstance(one, types.Integer) for one in kinds):
        return False
    return len(kinds) == array.ndim or (not whole and 0 < len(kinds) < array.ndim)


def _simple(array: Any) -> bool:
    """Whether an array lies in one piece and holds plain numbers."""
    plain = isinstance(array, types.Array) and array.layout == "C" and array.aligned and array.ndim > 0
    return plain and isinstance(array.dtype, types.Integer | types.Float)
