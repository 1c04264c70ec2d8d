"""Where a number of an array lies, written down in few words.

The compiler provides for every kind of array and of place: it lays the whole array out in memory, asks of each position
whether it counts from the end, and works with steps of bytes. Our arrays lie in one piece, their positions are
whole numbers that count from the beginning, and what makes up an array is looked up once. That is a tenth of the
words, which the compiler need not read, tidy and throw away: the machine code is about the same.
"""

from typing import Any

from llvmlite import ir as llvm
from numba.core import types
from numba.core.datamodel.models import ArrayModel
from numba.core.imputils import impl_ret_borrowed
from numba.core.lowering import Lower


class Places(Lower):
    """Writes down looks into arrays and named tuples; all else the compiler's own way."""

    def pre_block(self, block: Any) -> None:
        """Forget what was worked out in the block before, which need not come before this one."""
        super().pre_block(block)
        self._worked_out: dict[Any, Any] = {}

    def lower_getitem(self, resty: Any, expr: Any, value: Any, index: Any, signature: Any) -> Any:
        """Read a number, or take a part of an array."""
        array, positions = self.typeof(value.name), self._positions(index)
        if positions is None or not _simple(array) or len(positions) > array.ndim:
            return super().lower_getitem(resty, expr, value, index, signature)
        base = self.loadvar(value.name)
        place = self._place(array, base, positions)
        if len(positions) == array.ndim:
            return self.context.cast(self.builder, self.builder.load(place), array.dtype, resty)
        return self._lent(resty, self._part(array, base, place, resty))

    def lower_setitem(self, target_var: Any, index_var: Any, value_var: Any, signature: Any) -> Any:
        """Write a number."""
        array, positions = self.typeof(target_var.name), self._positions(index_var)
        if positions is None or not _simple(array) or len(positions) != array.ndim:
            return super().lower_setitem(target_var, index_var, value_var, signature)
        place = self._place(array, self.loadvar(target_var.name), positions)
        given, kind = self.loadvar(value_var.name), self.typeof(value_var.name)
        given = self.context.cast(self.builder, given, kind, signature.args[2])
        self.builder.store(self.context.cast(self.builder, given, signature.args[2], array.dtype), place)
        return None

    def lower_expr(self, resty: Any, expr: Any) -> Any:
        """Take a field of a named tuple, or the sizes of an array."""
        if expr.op == "getattr":
            kind = self.typeof(expr.value.name)
            if isinstance(kind, types.BaseNamedTuple) and expr.attr in kind.fields and _simple(resty):
                at = kind.fields.index(expr.attr)
                if kind[at] == resty:
                    return self._lent(resty, self._taken(self.loadvar(expr.value.name), at))
            if expr.attr == "shape" and _simple(kind):
                return self._taken(self.loadvar(expr.value.name), self._member(kind, "shape"))
        return super().lower_expr(resty, expr)

    def _lent(self, kind: Any, value: Any) -> Any:
        """An array that is another's as well, counted where the compiler counts references."""
        return impl_ret_borrowed(self.context, self.builder, kind, value)

    def _positions(self, index: Any) -> list[tuple[Any, Any]] | None:
        """The positions of an index, each with its type; None where some are no plain whole numbers."""
        kind = self.typeof(index.name)
        kinds = list(kind) if isinstance(kind, types.BaseTuple) else [kind]
        if not kinds or not all(isinstance(one, types.Integer) for one in kinds):
            return None
        value = self.loadvar(index.name)
        if not isinstance(kind, types.BaseTuple):
            return [(value, kind)]
        return [(self.builder.extract_value(value, at), one) for at, one in enumerate(kinds)]

    def _place(self, array: Any, base: Any, positions: list[tuple[Any, Any]]) -> Any:
        """Where a number of an array lies, or where a part begins."""
        builder, shape = self.builder, self._member(array, "shape")
        at = None
        for axis, (value, kind) in enumerate(positions):
            step = self.context.cast(builder, value, kind, types.intp)
            if at is None:
                at = step
                continue
            at = self._once("add", self._once("mul", at, self._taken(base, (shape, axis))), step)
        for axis in range(len(positions), array.ndim):
            at = self._once("mul", at, self._taken(base, (shape, axis)))
        return builder.gep(self._taken(base, self._member(array, "data")), [at], inbounds=True)

    def _part(self, array: Any, base: Any, place: Any, part: Any) -> Any:
        """The part of an array that begins at a place, an array of fewer axes."""
        builder, left = self.builder, array.ndim - part.ndim
        made = llvm.Constant(self.context.get_value_type(part), llvm.Undefined)
        for name in ("meminfo", "parent", "itemsize"):
            made = builder.insert_value(made, self._taken(base, self._member(array, name)), self._member(part, name))
        made = builder.insert_value(made, place, self._member(part, "data"))
        number = None
        for name in ("shape", "strides"):
            for axis in range(part.ndim):
                size = self._taken(base, (self._member(array, name), left + axis))
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

    def _taken(self, value: Any, at: Any) -> Any:
        """Take a part of a value, once, right where the value is made."""
        taken = self.__dict__.setdefault("_parts", {})
        key = (id(value), at)
        if key not in taken:
            builder, here = self.builder, self.builder.block
            if isinstance(value, llvm.Argument):
                builder.position_at_start(value.parent.entry_basic_block)
            elif isinstance(value, llvm.Instruction) and not isinstance(value, llvm.PhiInstr):
                builder.position_after(value)
            else:
                return builder.extract_value(value, at)
            taken[key] = (builder.extract_value(value, at), value)
            builder.position_at_end(here)
        return taken[key][0]


def _known(value: Any) -> Any:
    return (str(value.type), value.constant) if isinstance(value, llvm.Constant) else id(value)


def _simple(array: Any) -> bool:
    """Whether an array lies in one piece and holds plain numbers."""
    return (
        isinstance(array, types.Array)
        and array.layout == "C"
        and array.aligned
        and array.ndim > 0
        and isinstance(array.dtype, types.Integer | types.Float)
    )
