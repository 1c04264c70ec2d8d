"""Inner functions are handed on to the one that is called, and come out of it with the same bits."""

from pathlib import Path

import numpy as np
import pytest
from numba.core.codegen import JITCodeLibrary

from helpers.other_compiler import printed
from sim.model import pipeline
from sim.model.compiling import _called_plainly, _inner, entry, inlined

handed_on = pytest.importorskip("sim.model.handed_on", reason="this compiler goes its own way", exc_type=ImportError)

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def nothing_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("MULTIVECTOR_CACHE", str(tmp_path / "home"))


def _halved(value):
    if value < 0.0:
        raise ValueError("below nought")
    return value / 2.0


def _largest(values, floor):
    best = floor
    place = -1
    for at in range(values.size):
        here = values[at]
        if here > best:
            best, place = here, at
        elif here == best:
            continue
        else:
            shifted = here + floor
            if shifted > best:
                return shifted, at
    return best, place


def _both(values, floor):
    best, place = largest(values, floor)
    again, _ = largest(values, best - 1.0)
    total = 0.0
    for at in range(values.size):
        scale = 1.0 if at < place else 3.0
        for step in range(2):
            kept = scale * values[at] + step
            total += halved(kept) if kept > 0.0 else again
    return total + best + place


halved = _inner(_halved)
largest = inlined(_largest)


def test_the_compiler_is_as_we_know_it():
    assert handed_on.as_we_know_it()
    assert pipeline.handed_on is handed_on


@pytest.mark.parametrize("floor", [-10.0, 0.25, 7.0])
def test_what_is_made_of_parts_says_what_python_says(floor):
    values = np.array([0.5, -1.25, 3.0, 3.0, 1.0 / 3.0, -0.0])
    assert entry(_both)(values, floor) == _both_in_python(values, floor)


def _both_in_python(values, floor):
    plain = {"largest": _largest, "halved": _halved}
    return type(_both)(_both.__code__, plain)(values, floor)


def test_a_part_is_no_machine_code_and_the_whole_is():
    whole = _called_plainly(_both)
    whole(np.array([1.0, 2.0]), 0.0)
    for function in (halved, whole):
        (made,) = function.overloads.values()
        address = made.library.get_pointer_to_function(made.fndesc.llvm_cpython_wrapper_name)
        assert isinstance(made.library, handed_on.Part) is (function is halved)
        assert (address == 0) is (function is halved)


def _raises(value):
    return halved(value)


def test_what_a_part_raises_stops_the_whole():
    for _ in range(2):  # the second time from what is kept
        whole = entry(_raises)
        assert whole(3.0) == 1.5
        with pytest.raises(RuntimeError, match="the same lines in Python"):
            whole(-1.0)
    assert (whole.found, whole.made) == (1, 0)
    plainly = _called_plainly(_raises)
    with pytest.raises(ValueError, match="below nought"):
        plainly(-1.0)


def test_another_compiler_is_told_by_its_names(monkeypatch):
    monkeypatch.setattr(JITCodeLibrary, "finalize", lambda self, more: None)
    assert not handed_on.as_we_know_it()
    monkeypatch.undo()
    monkeypatch.delattr(JITCodeLibrary, "get_pointer_to_function")
    assert not handed_on.as_we_know_it()


OTHER_COMPILER = """
import sys
sys.modules["sim.model.handed_on"] = None  # as where importing it raises
import numpy as np
from sim.model import pipeline
from both import _both, entry
assert pipeline.handed_on is None
print(entry(_both)(np.array([0.5, -1.25, 3.0, 3.0]), 0.25).hex())
"""


def test_another_compiler_goes_its_own_way_to_the_same_bits(tmp_path):
    told, complaints = printed(OTHER_COMPILER, _without_tests(tmp_path))
    assert (told.strip(), complaints) == (entry(_both)(np.array([0.5, -1.25, 3.0, 3.0]), 0.25).hex(), "")


def _without_tests(folder):
    """The functions of this file alone, as a module."""
    source = Path(__file__).read_text(encoding="utf-8")
    begin, end = source.index("def _halved"), source.index("def test_the_compiler_is")
    head = "from sim.model.compiling import _inner, entry, inlined\n\n\n"
    (folder / "both.py").write_text(head + source[begin:end], encoding="utf-8")
    return folder
