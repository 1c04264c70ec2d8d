"""The contract of a rule. Every rule of the rulebook is put to it; a new rule is put to it by being there."""

import ast
import functools
import inspect
import math
import re
import types
from pathlib import Path

import numpy as np
import pytest

from helpers.rulebook import (
    ALL,
    CIRCUMSTANCES,
    CLAIMING,
    RULEBOOK,
    arguments_of,
    file_of,
    name_of,
    numbers_of,
    over_lanes,
    rules_of,
    some_arguments,
)
from sim.evidence.evidence import load_evidence
from sim.model.parameters import RULE_FILES

LANES = 192
LONGEST_BODY = 25
SIM = Path(inspect.getfile(RULEBOOK[0])).parents[1]

# Numbers that stand beside a rule file and that the turn applies itself, because there is nothing to decide in between.
WITHOUT_A_RULE = {
    "climate.rivalry_level": "a factor on every rivalry when the world is set up",
    "climate.dialogue_rate": "the probability with which a draw is compared",
    "security.intervention_tie": "a step in the tie of whoever was helped",
    "region.clash_fade": "the part of an alarm that is left after a quarter",
    "choice.horizon": "handed to the rule of delivery that says what of a work stands by then",
    "diplomacy.agreement_common": "handed to the rule of arithmetic that shares luck",
    "diplomacy.kind_weight": "a weight in a sum over kinds of offer",
    "delivery.local_relief": "a factor on what is finished with work done at home",
    "delivery.downturn_need": "a factor on a downturn, the threat to every need but that for protection",
    "delivery.world_growth": "growth of those who are no agents, handed to the same rule as that of a power",
    "economy.making_up": "the part of a gap that is made up in a quarter",
    "routes.plant_stage": "the part of the plants under way that moves on",
}

every_rule = pytest.mark.parametrize("rule", ALL, ids=name_of)
every_claim = pytest.mark.parametrize("rule", CLAIMING, ids=name_of)


def evidence_of(rule):
    """The ids in brackets at the end of the claim in a rule's docstring."""
    claim = re.search(r"Claim: .*?\[([^\]]+)\]", inspect.getdoc(rule) or "", re.DOTALL)
    return [name.strip() for name in claim.group(1).split(",")] if claim else []


def interpreted(rule, lanes):
    return [rule(*values) for values in some_arguments(rule, lanes).T.tolist()]


@functools.cache
def compiled(module):
    """Results of every rule of a file, from machine code: name -> float64 [lane]."""
    rules = rules_of(module)
    given = np.ones((len(rules), max(len(arguments_of(rule)) for rule in rules), LANES))
    for place, rule in enumerate(rules):
        given[place, : len(arguments_of(rule))] = some_arguments(rule, LANES)
    results = np.empty((len(rules), LANES))
    over_lanes(*rules)(given, results)
    return {rule.__name__: row for rule, row in zip(rules, results, strict=True)}


class TestEveryRule:
    @every_rule
    def test_gives_the_same_for_the_same(self, rule):
        assert interpreted(rule, 32) == interpreted(rule, 32)

    @every_rule
    def test_reads_nothing_but_its_arguments_and_other_rules(self, rule):
        for name in rule.__code__.co_names:
            found = rule.__globals__.get(name)
            shared = isinstance(found, types.FunctionType) and found.__module__.startswith("sim.model.rules.")
            plain = file_of(rule) == "arithmetic" or isinstance(found, float)
            assert shared or plain, f"{name_of(rule)} reads {name}"

    @every_rule
    def test_takes_and_returns_floats(self, rule):
        told = inspect.get_annotations(rule)
        assert told.pop("return") is float
        assert set(told) == set(arguments_of(rule))
        assert set(told.values()) <= ({float, bool} if rule.__name__ == "pick" else {float})
        assert all(isinstance(result, float) for result in interpreted(rule, 32))

    @every_rule
    def test_has_no_defaults_and_takes_every_argument_by_name(self, rule):
        for parameter in inspect.signature(rule).parameters.values():
            assert parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
            assert parameter.default is inspect.Parameter.empty

    @every_rule
    def test_is_finite_inside_the_ranges_of_its_arguments(self, rule):
        for values in some_arguments(rule, LANES).T.tolist():
            assert math.isfinite(rule(*values)), dict(zip(arguments_of(rule), values, strict=True))

    @every_rule
    def test_is_the_same_to_the_last_bit_when_compiled(self, rule):
        by_hand = np.array(interpreted(rule, LANES))
        by_machine = compiled(inspect.getmodule(rule))[rule.__name__]
        differing = np.flatnonzero(by_hand.view(np.int64) != by_machine.view(np.int64))
        assert not differing.size, some_arguments(rule, LANES)[:, differing[0]]

    @every_rule
    def test_says_what_it_answers(self, rule):
        first = (inspect.getdoc(rule) or "").splitlines()[0]
        assert len(first) > 10
        assert file_of(rule) in {"arithmetic", "structure"} or "?" in first


class TestEveryClaim:
    @every_claim
    def test_rests_on_facts_that_exist_and_may_be_used(self, rule):
        facts = load_evidence().facts
        ids = evidence_of(rule)
        assert ids, f"{name_of(rule)} has no claim with evidence in brackets"
        assert [name for name in ids if name not in facts or not facts[name].use] == []

    @every_claim
    def test_is_finite_with_all_systems_switched_off(self, rule):
        off = {name for system in load_evidence().systems.values() for name in system.strengths}
        held = {name: 0.0 for name in arguments_of(rule) if f"{file_of(rule)}.{name}" in off}
        for values in some_arguments(rule, 32, **held).T.tolist():
            assert math.isfinite(rule(*values)), dict(zip(arguments_of(rule), values, strict=True))

    @every_claim
    def test_fits_on_a_screen(self, rule):
        body = ast.parse(inspect.getsource(rule)).body[0].body[1:]
        assert body[-1].end_lineno - body[0].lineno + 1 <= LONGEST_BODY


class TestEveryNumber:
    @pytest.mark.parametrize("name", [f"{file}.{number}" for file in RULE_FILES for number in numbers_of(file)])
    def test_is_an_argument_of_a_rule_of_its_file(self, name):
        file, number = name.split(".")
        takers = [rule for rule in CLAIMING if file_of(rule) == file and number in arguments_of(rule)]
        assert bool(takers) != (name in WITHOUT_A_RULE)

    def test_without_a_rule_is_read_by_the_turn(self):
        sources = [path.read_text(encoding="utf-8") for path in [*SIM.glob("phases/*.py"), *SIM.glob("*.py")]]
        unread = {name for name in WITHOUT_A_RULE if not any(name in source for source in sources)}
        assert unread == set()

    def test_reaches_the_argument_that_has_its_name(self):
        """Where a phase hands a number straight to a rule, the argument is called like the number.

        A rule may borrow a number of another file, but not under a name that its own file has given to something else.
        """
        rules = {rule.__name__: rule for rule in CLAIMING}
        handed = set()
        for path in sorted(SIM.glob("phases/*.py")):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in rules:
                    rule = rules[call.func.id]
                    named = [*zip(arguments_of(rule), call.args, strict=False)]
                    named += [(word.arg, word.value) for word in call.keywords]
                    for argument, value in named:
                        number = number_read(value)
                        if number:
                            own = f"{file_of(rule)}.{argument}" if argument in numbers_of(file_of(rule)) else number
                            fits = number == own and number.endswith(f".{argument}")
                            handed.add((fits, path.name, name_of(rule), argument, number))
        assert handed
        assert [case for case in handed if not case[0]] == []


def number_read(node):
    """`choice.gain` for the expression p[choice.gain, lane] or p[choice.gain + kind, lane], else nothing."""
    if not (isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "p"):
        return None
    row = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
    row = row.left if isinstance(row, ast.BinOp) else row
    if isinstance(row, ast.Attribute) and isinstance(row.value, ast.Name):
        return f"{row.value.id}.{row.attr}"
    return None


def test_a_range_for_one_rule_names_a_rule_and_an_argument():
    known = {f"{rule.__name__}.{name}" for rule in ALL for name in arguments_of(rule)}
    assert {name for name in CIRCUMSTANCES if "." in name} <= known
