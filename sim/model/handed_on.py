"""Functions that only ever become a part of another: tidied as they are written down, and no more.

The compiler optimises every function that it meets with all that it calls, and makes machine code of it, also where
nobody ever calls it: a rule by itself, once more in each helper and phase that uses it, and once more in the turn. All
of that is thrown away but the last. So our inner functions are handed on once each is tidied by itself, without which
the turn is a twentieth slower, and only the outermost, which the interpreter calls, is optimised as a whole and made
machine code. Two more things are spared:

- A value that is set once is a value, wherever what follows it. The compiler gives it a place in memory as soon as
  another block reads it, writes the whole value out and in, be it a tuple of fifty arrays, and takes that back later.
- A helper that is written into a phase is read anew for each place, so it need not be copied twice.

This reaches into the compiler. Where that is not built as we know it, importing raises `ImportError`, and functions are
compiled the compiler's own way: it takes more than twice as long and gives the same bits.
"""

import inspect
from collections import defaultdict
from functools import partial
from typing import Any

from numba import _dynfunc
from numba.core import ir
from numba.core.analysis import compute_cfg_from_blocks, must_use_alloca
from numba.core.codegen import JITCodeLibrary, JITCPUCodegen
from numba.core.compiler import DefaultPassBuilder, Flags
from numba.core.compiler_machinery import register_pass
from numba.core.environment import lookup_environment
from numba.core.inline_closurecall import InlineWorker
from numba.core.lowering import Lower
from numba.core.untyped_passes import InlineClosureLikes, InlineInlinables

# What is replaced or leaned upon, with the names of its parameters.
_AS_WE_KNOW_IT: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (JITCodeLibrary, "__init__", ("self", "codegen", "name")),
    (JITCodeLibrary, "add_llvm_module", ("self", "ll_module")),
    (JITCodeLibrary, "finalize", ("self",)),
    (JITCodeLibrary, "_optimize_functions", ("self", "ll_module")),
    (JITCodeLibrary, "get_pointer_to_function", ("self", "name")),
    (JITCodeLibrary, "_get_module_for_linking", ("self",)),
    (JITCodeLibrary, "_raise_if_finalized", ("self",)),
    (JITCPUCodegen, "set_env", ("self", "env_name", "env")),
    (InlineInlinables, "_do_work", ("self", "state", "work_list", "block", "i", "expr", "inline_worker")),
    (InlineWorker, "run_untyped_passes", ("self", "func", "enable_ssa")),
    (
        InlineWorker,
        "inline_ir",
        ("self", "caller_ir", "block", "i", "callee_ir", "callee_freevars", "arg_typs"),
    ),
    (Lower, "_find_singly_assigned_variable", ("self",)),
    (Lower, "storevar", ("self", "value", "name", "argidx")),
    (DefaultPassBuilder, "define_untyped_pipeline", ("state", "name")),
    (ir.Stmt, "list_vars", ("self",)),
)
# What an unfinished function consists of, which only its own code tells.
_MADE_OF = {"_codegen", "_final_module", "_linking_libraries"}


def as_we_know_it() -> bool:
    """Whether the compiler is built as this file takes it to be."""
    try:
        same = all(
            tuple(inspect.signature(getattr(owner, name)).parameters) == parameters
            for owner, name, parameters in _AS_WE_KNOW_IT
        )
        begins = [vars(owner).get("__init__") for owner in JITCodeLibrary.__mro__]
        made_of = {name for one in begins if inspect.isfunction(one) for name in one.__code__.co_names}
    except (AttributeError, TypeError, ValueError):
        return False
    there = hasattr(Flags, "no_compile") and hasattr(JITCodeLibrary, "_finalized")
    return same and there and made_of >= _MADE_OF


if not as_we_know_it():
    raise ImportError("this compiler is built otherwise")


# Whether functions are tidied one by one, each with passes of its own, which older compilers do not.
_ONE_BY_ONE = tuple(inspect.signature(JITCPUCodegen._function_pass_manager).parameters) == ("self", "kwargs")


def _reloads(library: JITCodeLibrary) -> set[Any]:
    """What has to be made ready when code is loaded, which older compilers do not keep here."""
    kept: set[Any] = getattr(library, "_reload_init", set())
    return kept


class Part(JITCodeLibrary):
    """What a function is written down in that becomes part of another."""

    def add_llvm_module(self, ll_module: Any) -> None:
        """Take what is written down, tidied."""
        self._optimize_functions(ll_module)
        self._final_module.link_in(ll_module)

    def _optimize_functions(self, ll_module: Any) -> None:
        if not _ONE_BY_ONE:
            super()._optimize_functions(ll_module)
            return
        ll_module.data_layout = self._codegen._data_layout
        for function in ll_module.functions:
            if not function.is_declaration:  # what is only named has nothing to tidy
                passes, builder = self._codegen._function_pass_manager()
                passes.run(function, builder)

    def finalize(self) -> None:
        """Put to it what it calls itself, and no more."""
        self._raise_if_finalized()
        for library in dict.fromkeys(self._linking_libraries):
            _reloads(self).update(_reloads(library))
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:  # noqa: ARG002 (as the compiler asks)
        """Give 0: it is nowhere in memory."""
        return 0


def lower_part(state: Any, lower: Any) -> None:
    """Write a part down with the compiler's own pass, `lower`, and make it known to those who call it."""
    state.library = Part(state.targetctx.codegen(), state.func_id.func_qualname)
    state.flags.no_compile = True
    lower(state)
    made = state["cr"]
    # what stands for it among the compiled functions; the interpreter never calls it
    sign = _dynfunc.make_function(made.fndesc.lookup_module(), made.fndesc.qualname, "", 0, made.env, (state.library,))
    state.targetctx.insert_user_function(sign, made.fndesc, [state.library])
    state.reload_init.extend(_reloads(state.library))
    state["cr"] = made._replace(cfunc=sign)


def tell_parts(state: Any) -> None:
    """Tell machine code where the parts in it find their environments, as the compiler does for each function."""
    for variable in state.library._final_module.global_variables:
        environment = lookup_environment(variable.name)
        if environment is not None:
            state.targetctx.codegen().set_env(variable.name, environment)


def values_set_once(lower: Any) -> set[str]:
    """Variables that are set in one place, which comes before all that read them, and need no place in memory.

    What counts references is left to the compiler.
    """
    blocks = lower.blocks
    if lower.func_ir.func_id.is_generator:
        return set()
    set_in, met_in = defaultdict(list), defaultdict(set)
    for label, block in blocks.items():
        for statement in block.body:
            if isinstance(statement, ir.Del):
                met_in[statement.value].add(label)
                continue
            if isinstance(statement, ir.Assign):
                set_in[statement.target.name].append(label)
            for variable in statement.list_vars():
                met_in[variable.name].add(label)
    before = compute_cfg_from_blocks(blocks).dominators()
    barred = must_use_alloca(blocks)
    return {
        name
        for name, (first, *more) in set_in.items()
        if not more
        and name not in barred
        and all(first <= label and first in before[label] for label in met_in[name])
        and not _counted(lower, name)
    }


def _counted(lower: Any, name: str) -> bool:
    model = lower.context.data_model_manager[lower.typeof(name)]
    return bool(lower.context.enable_nrt and model.contains_nrt_meminfo())


def _itself(block: Any, _memo: Any) -> Any:
    return block


class _Worker(InlineWorker):
    """Writes a helper into its caller without copying it first: it was read for this place alone."""

    def __init__(self, like: InlineWorker) -> None:
        super().__init__(
            like.typingctx, like.targetctx, like.locals, like.pipeline, like.flags, validator=like.validator
        )
        self._compiler_pipeline = _untyped

    def run_untyped_passes(self, func: Any, enable_ssa: bool = False) -> Any:
        made = super().run_untyped_passes(func, enable_ssa)
        for block in made.blocks.values():
            block.__deepcopy__ = partial(_itself, block)
        return made

    def inline_ir(
        self, caller_ir: Any, block: Any, i: int, callee_ir: Any, callee_freevars: Any, arg_typs: Any = None
    ) -> Any:
        blocks = list(callee_ir.blocks.values())
        done = super().inline_ir(caller_ir, block, i, callee_ir, callee_freevars, arg_typs)
        for one in blocks:
            vars(one).pop("__deepcopy__", None)
        return done


@register_pass(mutates_CFG=True, analysis_only=False)
class WriteIn(InlineInlinables):
    """Writes helpers into their callers."""

    _name = "multivector_write_in"

    def _do_work(self, state: Any, work_list: Any, block: Any, i: int, expr: Any, inline_worker: Any) -> Any:
        return super()._do_work(state, work_list, block, i, expr, _Worker(inline_worker))


def _untyped(state: Any, name: str = "untyped") -> Any:
    pipeline = DefaultPassBuilder.define_untyped_pipeline(state, name)
    pipeline.passes = steps(state, pipeline.passes)
    pipeline.finalize()
    return pipeline


def steps(state: Any, passes: list[tuple[type, str]]) -> list[tuple[type, str]]:
    """The steps of a function: helpers are written in our way; functions inside it are looked for if there are any."""
    inside = any(inspect.iscode(one) for one in state.func_id.code.co_consts)
    kept = [(one, text) for one, text in passes if inside or one is not InlineClosureLikes]
    return [(WriteIn if one is InlineInlinables else one, text) for one, text in kept]
