"""The model description says what the model does: equations work out as the rules do, and nothing is left out."""

import importlib.util
import inspect
import re
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from sim.evidence.evidence import load_evidence
from sim.model.fields import FIELDS, REGISTERS
from sim.model.schedule import QUARTER, Phase
from sim.model.variables import VARIABLES

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
DRAWS = 60
ROOMS = sorted(path.stem for path in (ROOT / "sim" / "model" / "rules").glob("*.py") if path.stem != "__init__")
PARTS = {  # what ODD+D asks for, by the numbers of its headings
    "I": ("Purpose", "Entities, state variables, scales", "Process overview and scheduling"),
    "II": (
        *("Theoretical and empirical background", "Individual decision making", "Learning", "Individual sensing"),
        *("Individual prediction", "Interaction", "Collectives", "Heterogeneity", "Stochasticity", "Observation"),
    ),
    "III": ("Implementation", "Initialisation", "Input data", "Submodels"),
}
NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")


def tool(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def page(name):
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


EQUATIONS = tool("print_equations")


def rules_of(room):
    module = import_module(f"sim.model.rules.{room}")
    found = vars(module).items()
    return {name: one for name, one in found if inspect.isfunction(one) and one.__module__ == module.__name__}


RULES = [(room, name) for room in ROOMS for name in rules_of(room)]


def outcome(work):
    """What comes of it, or the kind of error it ends in."""
    try:
        return float(work())
    except (ArithmeticError, ValueError) as wrong:
        return type(wrong)


def some_number(chance):
    """A share, an amount, or one of the values at which rules turn."""
    return float(chance.choice((chance.uniform(0.01, 0.99), chance.uniform(-2.0, 3.0), 0.0, 1.0, 2.0)))


# --- equations -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("room", "name"), RULES, ids=".".join)
def test_a_printed_equation_works_out_as_its_rule(room, name):
    rule = rules_of(room)[name]
    if not EQUATIONS.is_an_equation(rule):
        assert (room, name) in {("arithmetic", "exp"), ("arithmetic", "log")}
        return
    lines = EQUATIONS.equation(rule)
    assert all(len(line) <= EQUATIONS.WIDTH for line in lines)
    steps = EQUATIONS.read_back(lines)
    assert steps[-1][0] == name
    chance = np.random.default_rng(1)
    compared = 0
    for _ in range(DRAWS):
        given = {one: some_number(chance) for one in inspect.signature(rule).parameters}
        space = {**vars(import_module(f"sim.model.rules.{room}")), **given}

        def work(space=space):
            for left, right in steps[:-1]:
                exec(f"{left} = {right}", space)
            return eval(steps[-1][1], space)

        expected, found = outcome(lambda given=given: rule(**given)), outcome(work)
        assert repr(found) == repr(expected)
        compared += isinstance(expected, float)
    assert compared > DRAWS // 10


def test_another_equation_than_that_of_the_rule_is_told():
    rule = rules_of("minds")["promises_next"]
    wrong = EQUATIONS.equation(rule)[0].replace("(1 − forgetting)", "forgetting")
    ((name, right),) = EQUATIONS.read_back([wrong])
    given = {"memory": 0.5, "event": 0.25, "forgetting": 0.125}
    assert name == "promises_next"
    assert eval(right, {}, given) != rule(**given)


def test_every_rule_stands_in_the_rulebook_with_its_equation():
    text = page("rulebook")
    for room, name in RULES:
        part = text.partition(f"\n### `{room}.{name}`\n")[2].partition("\n### ")[0].partition("\n## ")[0]
        assert part, f"{room}.{name}"
        rule = rules_of(room)[name]
        if EQUATIONS.is_an_equation(rule):
            assert "\n".join(("```text", *EQUATIONS.equation(rule), "```")) in part, f"{room}.{name}"


def test_every_constant_of_an_equation_is_given_a_value():
    text = page("rulebook")
    for room in ROOMS:
        plain = (one for one in rules_of(room).values() if EQUATIONS.is_an_equation(one))
        source = "\n".join(line for one in plain for line in EQUATIONS.equation(one))
        used = set(re.findall(r"\b[A-Z][A-Z_]+\b", source))
        told = text.partition(f"\n## {room}\n")[2].partition("\n## ")[0]
        assert used <= set(EQUATIONS.constants_of(room))
        assert all(re.search(rf"`{name}` = -?[\d.]", told) for name in used), room


def test_every_phase_of_a_quarter_names_its_rules():
    played = EQUATIONS.rules_by_phase()
    assert list(played) == [phase.name.lower() for phase in (Phase.START, *QUARTER)]
    assert [phase for phase, rules in played.items() if not rules] == ["events"]  # they set things, by no rule
    told = {rule for rules in played.values() for rule in rules}
    assert told <= {".".join(one) for one in RULES}
    assert "choice.acceptance" in played["choose"]


# --- numbers and variables -------------------------------------------------------------------------------------------


def rows(text):
    """The cells of all rows of tables in a text."""
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in text.splitlines() if line[:1] == "|"
    ]


def test_every_shared_number_stands_in_the_table_with_unit_value_range_basis_and_evidence():
    told = {cells[0].strip("`"): cells[1:] for cells in rows(page("rulebook")) if len(cells) == 7}
    shared = [one for one in load_evidence().numbers.values() if Path(one.file).parent.name == "parameters"]
    assert len(shared) > 250
    for number in shared:
        value, unit, span, basis, meaning, rests = told[number.name]
        assert (value, unit, basis) == (f"{number.value:g}", number.unit, number.basis.name.lower())
        assert span == f"{number.low:g}–{number.high:g}"
        assert meaning
        assert re.findall(r"`([^`]+)`", rests) == list(number.evidence)


def test_every_variable_of_the_world_stands_in_the_page_with_unit_and_start():
    text = page("variables").partition("## State variables")[2].partition("## Starts in the home world")[0]
    told = {cells[0].strip("`"): cells[1:] for cells in rows(text) if cells[0].startswith("`")}
    fields = {field.name: field for field in FIELDS if field not in REGISTERS}
    assert set(told) == set(fields)
    for name, (axes, unit, meaning, start) in told.items():
        assert (axes.strip("`"), unit, meaning) == fields[name][1:4]
        assert start.strip("`") == fields[name].start if fields[name].start else start


def test_every_number_that_a_variable_starts_from_has_its_value_in_the_page():
    text = page("variables").partition("## Starts in the home world")[2].partition("## Measures")[0]
    letters = tool("print_variables").LETTERS
    shown = [
        cell for cells in rows(text) for cell in cells[1:] if re.fullmatch(rf"\S+ [{''.join(letters.values())}]", cell)
    ]
    heads = {name.partition(".")[0] for name in re.findall(r"\n### `(\w+)`", text)}
    starts = {field.start.partition(".")[0] for field in FIELDS if field.start}
    assert heads == starts
    assert len(shown) > 900


def test_every_measure_stands_in_the_page():
    text = page("variables").partition("## Measures")[2]
    told = [cells[0].strip("`") for cells in rows(text) if cells[0].startswith("`")]
    assert told == [one.name for one in VARIABLES]


# --- the prose -------------------------------------------------------------------------------------------------------


def test_the_description_has_every_part_of_the_protocol_in_order():
    found = re.findall(r"^### ([IVX]+\.[ivx]+) (.+)$", page("odd"), flags=re.MULTILINE)
    wanted = [(f"{part}.{NUMERALS[at]}", title) for part, titles in PARTS.items() for at, title in enumerate(titles)]
    assert found == wanted


def test_the_description_leads_to_its_printed_parts():
    text = page("odd")
    for name in ("rulebook", "variables"):
        assert f"({name}.md" in text
        assert "(odd.md)" in page(name)
