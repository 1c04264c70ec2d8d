"""What is done otherwise while one of our functions is compiled is undone when it is done."""

import gc

import numpy as np
import pytest
from numba import njit
from numba.core import postproc, types
from numba.core.typing.context import BaseContext

from sim.model import while_compiling
from sim.model.compiling import _inner, entry
from sim.model.while_compiling import compiling

USUAL = (postproc.PostProcessor.run, types.BaseFunction.get_call_type, BaseContext.resolve_getattr)


@pytest.fixture(autouse=True)
def nothing_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("MULTIVECTOR_CACHE", str(tmp_path / "home"))


def now():
    return postproc.PostProcessor.run, types.BaseFunction.get_call_type, BaseContext.resolve_getattr


def test_the_compiler_is_as_we_know_it():
    assert while_compiling.as_we_know_it()


def test_all_is_as_before_when_it_is_done():
    before = gc.get_threshold()
    with compiling():
        within = gc.get_threshold()
        assert within > before
        assert not set(now()) & set(USUAL)
        with compiling():
            assert gc.get_threshold() == within
        assert gc.get_threshold() == within
    assert gc.get_threshold() == before
    assert now() == USUAL


def test_all_is_as_before_when_it_fails():
    before = gc.get_threshold()

    def wrong(value):
        return value.nowhere

    with pytest.raises(Exception, match="nowhere"):
        entry(wrong)(1.0)
    assert gc.get_threshold() == before
    assert now() == USUAL


def test_what_somebody_else_says_of_the_collector_stands():
    before = gc.get_threshold()
    try:
        gc.set_threshold(0)
        with compiling():
            assert gc.get_threshold()[0] == 0
        gc.set_threshold(*before)
        with compiling():
            gc.set_threshold(123, 4, 5)
        assert gc.get_threshold() == (123, 4, 5)
        gc.set_threshold(1_000_000, 5, 5)  # more seldom than we ask for
        with compiling():
            assert gc.get_threshold() == (1_000_000, 5, 5)
    finally:
        gc.set_threshold(*before)


def test_another_compiler_is_left_alone(monkeypatch):
    monkeypatch.setattr(types.BaseFunction, "get_call_type", lambda self, context, arguments: None)
    other = now()
    with compiling():
        assert now() == other
    assert now() == other


def test_others_are_compiled_as_before_and_ours_after_them():
    def mean(values):
        total = 0.0
        for value in values:
            total += value
        return total / len(values)

    values = np.array([1.0, 2.5, -4.0])
    assert njit(mean)(values) == entry(mean)(values) == mean(values)

    def divided(value, by):
        return value / by

    with pytest.raises(ZeroDivisionError):  # what is known of ours is not believed of others
        njit(divided)(1.0, 0.0)
    inner = _inner(divided)

    def call(value, by):
        return inner(value, by)

    assert entry(call)(1.0, 0.0) == np.inf
    with pytest.raises(ZeroDivisionError):
        njit(divided)(2.0, 0.0)
