"""The way of our functions through the compiler: its own passes, with our way of writing down a function.

What the compiler's settings cannot say is said here, of our functions alone. All of it is for speed, of the code or of
compiling; with `MULTIVECTOR_PLAIN` none of it is done, and the bits are the same.
"""

import importlib
from types import ModuleType
from typing import Any

import numba
from numba.core.compiler import Compiler
from numba.core.compiler_machinery import register_pass
from numba.core.lowering import Lower
from numba.core.typed_passes import IRLegalization, NativeLowering, NopythonRewrites

from sim.model.code_cache import PLAIN
from sim.model.while_compiling import compiling


def _if_it_fits(name: str) -> ModuleType | None:
    """A module of ours that reaches into the compiler; None where that is built otherwise and goes its own way."""
    try:
        return importlib.import_module(f"sim.model.{name}")
    except ImportError:
        return None


handed_on, few_words, side_by_side = _if_it_fits("handed_on"), _if_it_fits("few_words"), _if_it_fits("side_by_side")
_OURS = (getattr(side_by_side, "SideBySide", None), getattr(few_words, "Places", None))
_Words: Any = type("Words", (*filter(None, _OURS), Lower), {})


class _Wide(_Words):
    """Asks for the full width of the vector units, of which LLVM uses half by default on some processors.

    Results are the same to the last bit: lanes do not touch each other, and nothing is contracted. It is an attribute
    of each function, so that other code in the process is compiled as before. What the user has said of the processor
    (`NUMBA_CPU_FEATURES`, `NUMBA_CPU_NAME`) stands.
    """

    def setup_function(self, fndesc: Any) -> None:
        super().setup_function(fndesc)
        if numba.config.CPU_FEATURES is None and numba.config.CPU_NAME is None:
            set.add(self.function.attributes, '"prefer-vector-width"="512"')  # `add` knows no attributes of a target

    def _find_singly_assigned_variable(self) -> None:
        super()._find_singly_assigned_variable()
        if handed_on is not None:
            self._singly_assigned_vars |= handed_on.values_set_once(self)


@register_pass(mutates_CFG=True, analysis_only=False)
class _Whole(NativeLowering):
    """Writes down what the interpreter calls."""

    _name = "multivector_whole"

    @property
    def lowering_class(self) -> type:
        return _Wide

    def run_pass(self, state: Any) -> bool:
        done = bool(super().run_pass(state))
        if handed_on is not None:
            handed_on.tell_parts(state)
        return done


@register_pass(mutates_CFG=True, analysis_only=False)
class _Part(NativeLowering):
    """Writes down what becomes part of another."""

    _name = "multivector_part"

    @property
    def lowering_class(self) -> type:
        return _Wide

    def run_pass(self, state: Any) -> bool:
        if handed_on is None:
            return bool(super().run_pass(state))
        handed_on.lower_part(state, super().run_pass)
        return True


class Outer(Compiler):
    """For what the interpreter calls."""

    lowering: type = _Whole
    spared: tuple[type, ...] = ()

    def compile_extra(self, func: Any) -> Any:
        """Compile a function with all that it calls."""
        if PLAIN:
            return super().compile_extra(func)
        with compiling():
            return super().compile_extra(func)

    def define_pipelines(self) -> Any:
        """Give the compiler's own passes, with ours in the place of two."""
        pipelines = super().define_pipelines()
        if not PLAIN:
            spared = () if self.state.flags.nrt else self.spared
            for pipeline in pipelines:
                passes = [(one, text) for one, text in pipeline.passes if one not in spared]
                if handed_on is not None:
                    passes = handed_on.steps(self.state, passes)
                pipeline.passes = [(self.lowering if one is NativeLowering else one, text) for one, text in passes]
                pipeline.finalize()
        return pipelines


class Inner(Outer):
    """For what becomes part of another."""

    lowering = _Part
    # looking for arrays that are worked out in one go, and for where references are let go: a part has neither
    spared = (NopythonRewrites, IRLegalization)


class Unaliased(Inner):
    """Tells the compiler that the arrays handed to a phase do not overlap, which lets it work on many lanes at once.

    A hint only: results are the same to the last bit without it (tested), loops are just slower.
    """

    def __init__(
        self, typingctx: Any, targetctx: Any, library: Any, args: Any, return_type: Any, flags: Any, locals: Any
    ) -> None:
        if hasattr(flags, "noalias") and not PLAIN:
            flags.noalias = True
        super().__init__(typingctx, targetctx, library, args, return_type, flags, locals)
