"""Equations of the rules, printed from the rules themselves: what is shown is the code, in the signs of mathematics.

An equation is made from the syntax tree of a rule, so that it cannot say anything else than the rule does. A test reads
each one back, works it out, and compares it with the rule to the last bit (`read_back`).
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

WIDTH = 110  # letters a line, so that no equation has to be scrolled on a page
SIGNS = ((" * ", " · "), (" - ", " − "), (" == ", " = "), (" <= ", " ≤ "), (" >= ", " ≥ "), (" != ", " ≠ "))
PHASES = Path(__file__).resolve().parents[1] / "sim" / "model" / "phases"


class _Plain(ast.NodeTransformer):
    """Whole numbers without their `.0`."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """1.0 is printed as 1."""
        whole = isinstance(node.value, float) and node.value.is_integer()
        return ast.copy_location(ast.Constant(int(node.value)), node) if whole else node


def _in_signs(node: ast.expr) -> str:
    """An expression in the signs of mathematics."""
    text = ast.unparse(_Plain().visit(node))
    for code, sign in SIGNS:
        text = text.replace(code, sign)
    return re.sub(r"(?<![\w)\]])-(?=[\w(])", "−", text)


def _statements(function: Callable[..., float]) -> list[ast.stmt]:
    """What a rule does, its docstring left out."""
    definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(definition, ast.FunctionDef)
    return definition.body[1:]


def is_an_equation(function: Callable[..., float]) -> bool:
    """Whether a rule is plain arithmetic; the exponential and the logarithm work on the bits of a number."""
    return not any(isinstance(node, ast.Attribute) for one in _statements(function) for node in ast.walk(one))


def equation(function: Callable[..., float]) -> list[str]:
    """A rule as equations, one a line and long ones broken: what it works out on its way, and last what it gives."""
    lines: list[str] = []
    for statement in _statements(function):
        if isinstance(statement, ast.Return):
            assert statement.value is not None
            name, value = function.__name__, _in_signs(statement.value)
        elif isinstance(statement, ast.AugAssign):
            step = ast.BinOp(statement.target, statement.op, statement.value)
            name, value = ast.unparse(statement.target), _in_signs(step)
        else:
            assert isinstance(statement, ast.Assign), f"{function.__name__}: a rule is assignments and one return"
            name, value = ast.unparse(statement.targets[0]), _in_signs(statement.value)
        lines += textwrap.wrap(
            f"{name} = {value}", WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
    return lines


def read_back(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Printed equations as names and Python expressions again."""
    joined = "\n".join(lines).replace("\n    ", " ").splitlines()
    found = []
    for line in joined:
        name, _, value = line.partition(" = ")
        for code, sign in SIGNS:
            value = value.replace(sign, code)
        found.append((name, value.replace("−", "-")))
    return found


def constants_of(room: str) -> dict[str, float]:
    """The named constants of a file of rules that stand in its equations, by name."""
    module = import_module(f"sim.model.rules.{room}")
    return {
        name: value
        for name, value in vars(module).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, int | float)
    }


# --- where a rule is played ------------------------------------------------------------------------------------------


def _calls(node: ast.AST) -> Iterator[str]:
    """Names of what is called, in the order in which it is written."""
    for child in ast.iter_child_nodes(node):
        yield from _calls(child)
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Name):
            yield child.func.id


def _file_of_phases(name: str) -> tuple[dict[str, str], dict[str, ast.FunctionDef]]:
    """What a file of phases takes from others, by name with its full name, and its functions."""
    module = ast.parse((PHASES / f"{name}.py").read_text(encoding="utf-8"))
    taken = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in module.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return taken, {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}


def _rules_in(name: str, function: str, seen: set[str]) -> Iterator[str]:
    """The rules that a function of a phase calls, itself or through others, as file.name."""
    taken, functions = _file_of_phases(name)
    if function not in functions or f"{name}.{function}" in seen:
        return
    seen.add(f"{name}.{function}")
    for called in _calls(functions[function]):
        full = taken.get(called, "")
        if full.startswith("sim.model.rules."):
            yield full.removeprefix("sim.model.rules.")
        elif full.startswith("sim.model.phases."):
            yield from _rules_in(*full.removeprefix("sim.model.phases.").rsplit(".", 1), seen)
        else:
            yield from _rules_in(name, called, seen)


def rules_by_phase() -> dict[str, list[str]]:
    """By phase of a turn, in order: the rules it calls, in the order of first use; mathematics is left out."""
    from sim.model.schedule import QUARTER, Phase

    order = (Phase.START, *QUARTER)
    files = {path.stem: _file_of_phases(path.stem)[1] for path in PHASES.glob("*.py")}
    found = {}
    for phase in order:
        wanted = "happen" if phase is Phase.EVENTS else phase.name.lower()
        owners = {"states": "_state", "powers": "_power"}.get(phase.owner, "")
        names = (wanted, f"{wanted}{owners}")
        places = [(file, one) for file, functions in files.items() for one in names if one in functions]
        called = (rule for file, one in places for rule in _rules_in(file, one, set()))
        found[phase.name.lower()] = [rule for rule in dict.fromkeys(called) if not rule.startswith("arithmetic.")]
    return found
