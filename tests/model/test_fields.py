"""The fields of the world, and the working space of phases under true names."""

import ast
import inspect
from pathlib import Path

import pytest

from sim.model.compiling import fields_used
from sim.model.fields import FIELDS, KEYS, REGISTERS
from sim.model.schedule import Phase
from sim.model.scratch import SCRATCH, register_of
from sim.model.world import place_of

PHASES = Path(inspect.getfile(fields_used)).parent / "phases"
NAMES = {field.name for field in FIELDS}


def functions():
    """Every function of the phases by name, as a syntax tree, and which of them are phases."""
    for path in sorted(PHASES.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                decorators = {one.id for one in node.decorator_list if isinstance(one, ast.Name)}
                yield node, "phase" in decorators


TREES = {node.name: node for node, _ in functions()}
PHASE_NAMES = [node.name for node, is_phase in functions() if is_phase]


def touched(name, seen=()):
    """What a phase and the helpers it calls read and write of the world."""
    found = set()
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "w":
            found.add(node.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {*TREES} - {*seen}:
            found |= touched(node.func.id, (*seen, name))
    return found


def test_every_phase_of_the_schedule_is_looked_at():
    assert len(PHASE_NAMES) == len(Phase) - 1  # all of them but ALL


@pytest.mark.parametrize("phase", PHASE_NAMES)
def test_a_phase_uses_all_of_its_working_space_and_no_name_that_is_none(phase):
    own = {one.name for one in SCRATCH.get(phase, ())}
    used = touched(phase)
    assert used - NAMES - set(KEYS) == own


@pytest.mark.parametrize("phase", SCRATCH)
def test_within_a_phase_no_two_names_are_one_array(phase):
    places = [place_of(one.name, phase) for one in SCRATCH[phase]]
    assert len(set(places)) == len(places)
    assert {register_of(phase, one.name) for one in SCRATCH[phase]} <= {field.name for field in REGISTERS}
    registers = {field.name for field in REGISTERS}
    assert not touched(phase) & registers  # nobody goes around the names


@pytest.mark.parametrize("phase", SCRATCH)
def test_working_space_is_written_before_it_is_read(phase):
    """What another phase has left in a register is never taken for one's own."""
    for one in SCRATCH[phase]:
        assert first_use(phase, one.name) == "written", one.name


def first_use(phase, name, seen=()):
    """Whether a name is first set or first read, in the order of the lines and calls of a phase."""
    for node in ordered(TREES[phase]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TREES:
            inside = first_use(node.func.id, name, (*seen, phase)) if node.func.id not in seen else None
            if inside:
                return inside
        elif isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(names(value) & {name} for value in [node.value]):
                return "read"
            if any(names(target) & {name} for target in targets):
                return "written" if isinstance(node, ast.Assign) else "read"
    return None


def names(tree):
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "w"
    }


def ordered(tree):
    """Statements and calls in the order in which they stand."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.AugAssign | ast.Call)]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))
