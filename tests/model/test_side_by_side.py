"""Loops with long chains work on several vectors at once, and come out with the same bits."""

import numpy as np
import pytest

from sim.model.chance import uniform
from sim.model.compiling import compiler
from sim.model.rules.arithmetic import exp, fat_tailed, logit, positive

side_by_side = pytest.importorskip(
    "sim.model.side_by_side", reason="this compiler goes its own way", exc_type=ImportError
)

LUCK = np.uint64(7)


def _worked_out(values, out):
    for at in range(values.size):
        out[at] = exp(3.0 * values[at]) * logit(values[at])


def _of_pairs(values, out):
    for one in range(values.size):
        out[one] = 0.0
        for other in range(values.size):
            out[one] += positive(values[other] - values[one])


def _drawn(values, out):
    for at in range(values.size):
        out[at] = logit(uniform(LUCK, np.uint64(at)))


def _drawn_twice(values, out):
    for at in range(values.size):
        out[at] = logit(uniform(LUCK, np.uint64(at))) + logit(uniform(LUCK, np.uint64(at + 1)))


def _compiled(function):
    from sim.model.pipeline import Outer

    return compiler().njit(error_model="numpy", pipeline_class=Outer)(function)


@pytest.fixture
def said(monkeypatch):
    """How often the compiler was told of a loop."""
    told = []

    class Counted(side_by_side._Loop):
        def __init__(self, module, vectors):
            told.append(vectors)
            super().__init__(module, vectors)

    monkeypatch.setattr(side_by_side, "_Loop", Counted)
    return told


@pytest.mark.parametrize("size", [1, 7, 8, 31, 96, 100])
def test_bits_are_those_of_the_interpreter_at_any_length(size):
    values = np.random.default_rng(size).uniform(0.01, 0.99, size)
    one, two = np.empty(size), np.empty(size)
    _compiled(_worked_out)(values, one)
    _worked_out(values, two)
    assert np.array_equal(one, two)


def test_only_loops_with_a_long_chain_are_told_of(said):
    values, out = np.linspace(0.1, 0.9, 40), np.empty(40)
    _compiled(_of_pairs)(values, out)
    assert not said
    _compiled(_worked_out)(values, out)
    assert said == [side_by_side.VECTORS]


def test_where_chance_is_drawn_twice_there_are_chains_enough(said):
    values, out = np.linspace(0.1, 0.9, 40), np.empty(40)
    _compiled(_drawn_twice)(values, out)
    assert not said
    _compiled(_drawn)(values, out)
    assert said == [side_by_side.VECTORS]


def test_a_chain_is_found_through_the_rules_that_are_called():
    assert side_by_side._long(logit)
    assert not side_by_side._long(fat_tailed)  # roots and divisions, of which one follows the other at any width
    assert not side_by_side._long(positive)


def test_with_a_compiler_that_is_built_otherwise_nothing_is_said(monkeypatch):
    assert side_by_side.as_we_know_it()
    monkeypatch.setattr(side_by_side.Lower, "lower_block", lambda self, lines: None)
    assert not side_by_side.as_we_know_it()
