"""What the interpreter calls: compiled for each kind of arguments, kept, and played without loading the compiler."""

import os
import struct
import subprocess
import sys
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from sim.io import words_once
from sim.model import code_cache, door, machine_code
from sim.model.code_cache import COMPILER
from sim.model.compiling import entry, inlined
from sim.model.machine_code import Code, Loaded, unpacked

pytestmark = pytest.mark.skipif(not COMPILER, reason="without a compiler everything is played without")
ROOT = Path(__file__).parents[2]

Pair = namedtuple("Pair", ["places", "values"])


@inlined
def halved(value):
    return value / 2.0


def weighed(pair, factor, first):
    """All of a table by its places, from a column on, halved: floats, whole numbers and tuples of arrays."""
    total = 0.0
    for row in range(pair.values.shape[0]):
        for column in range(first, pair.values.shape[1]):
            total += halved(pair.values[row, column]) * factor * pair.places[row]
    return total


def counted(values):
    return values.shape[0] + values.size


def doubled(values):
    for at in range(values.shape[0]):
        values[at] *= 2.0


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A folder of its own for compiled code."""
    monkeypatch.setenv("MULTIVECTOR_CACHE", str(tmp_path / "home"))
    return tmp_path / "home"


TABLE = np.arange(24.0).reshape(4, 6) / 7.0
FROZEN = TABLE.copy()
FROZEN.setflags(write=False)
TABLES = {
    "in one piece": TABLE,
    "columns first": np.asfortranarray(TABLE),
    "every other": np.repeat(TABLE, 2, axis=1)[:, ::2],
    "backwards": TABLE[::-1, ::-1],
    "that can only be read": FROZEN,
    "of nothing": TABLE[:0],
    "of one column": TABLE[:, :1].copy(),
    "of whole numbers": np.arange(24).reshape(4, 6),
}


@pytest.mark.parametrize("table", TABLES)
def test_code_gives_what_the_function_gives_for_arrays_of_every_kind(table):
    pair = Pair(np.arange(3, 3 + len(TABLES[table]), dtype=np.uint64), TABLES[table])
    expected = weighed(pair, 0.1, 0)
    for how in [(0, 1), (1, 0)]:  # made, then found
        function = entry(weighed)
        assert function(pair, 0.1, 0) == expected
        assert function(pair, np.float64(0.1), np.int32(0)) == expected
        assert (function.found, function.made) == how


def test_another_kind_of_argument_has_code_of_its_own(home):
    function = entry(counted)
    assert [function(array) for array in (np.zeros(3), np.zeros((2, 5)), np.zeros(0, np.int64))] == [6, 12, 0]
    assert function.made == 3
    assert len(list(home.rglob("*.nbc"))) == 3


def test_a_function_may_give_nothing_and_write_what_it_is_handed():
    function, values = entry(doubled), np.array([1.0, -0.5])
    assert function(values) is None
    assert values.tolist() == [2.0, -1.0]


@pytest.mark.parametrize("what", ["a word", None, [1.0], 1j])
def test_what_code_cannot_be_handed_is_refused(what):
    with pytest.raises(TypeError, match="is not handed"):
        entry(counted)(what)


def test_a_tuple_is_looked_at_again_where_one_of_its_arrays_is_another():
    function, values = entry(weighed), np.ones((2, 2))
    assert function(Pair(np.array([1, 1], np.uint64), values), 1.0, 0) == 2.0
    assert function(Pair(np.array([1, 3], np.uint64), values), 1.0, 0) == 4.0
    values[:] = 3.0  # the same arrays, and what is in them now
    same = Pair(np.array([1, 3], np.uint64), values)
    assert [function(same, 1.0, 0), function(same, 2.0, 1)] == [12.0, 12.0]


def test_many_threads_go_through_a_door_at_once():
    function = entry(weighed)

    def play(number):
        pair = Pair(np.full(50, number, np.uint64), np.ones((50, 40)))
        return [function(pair, 1.0, 0) for _ in range(20)]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(play, range(32))) == [[1000.0 * number] * 20 for number in range(32)]
    assert function.made == 1


WITHOUT = """
import sys
import numpy as np
from sim.model import turn
from sim.engine import ensemble
from sim.scenario.scenario import load_scenario
ensemble.prepare(load_scenario("toy")).run_block(0, 2)
print(turn.advance.found, turn.advance.made, sorted({"numba", "pandas"} & set(sys.modules)))
"""


def test_where_code_is_kept_the_compiler_is_not_loaded(monkeypatch):
    monkeypatch.undo()
    from sim.engine import first_time

    first_time.compile_and_keep()
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.strip() == "1 0 []"


# --- what cannot be put into memory ----------------------------------------------------------------------------------


def kept_one(home):
    """The code of a function that was compiled."""
    entry(counted)(np.zeros(2))
    (file,) = home.rglob("*.nbc")
    return unpacked(file.read_bytes()[code_cache._MARK :])


def test_code_that_asks_for_what_is_nowhere_is_refused(home):
    code = kept_one(home)
    assert Loaded(code)
    strange = code.made.replace(b"\0" + code.name.encode() + b"\0", b"\0" + b"x" * len(code.name) + b"\0")
    with pytest.raises(ValueError, match="not in it"):
        Loaded(code._replace(made=strange))


def test_a_symbol_that_is_nowhere_is_found_before_llvm_stops_the_process(home, monkeypatch):
    code = kept_one(home)
    symbols = machine_code._symbols
    monkeypatch.setattr(machine_code, "_symbols", lambda made: [*symbols(made), ("no_such_thing_anywhere", False)])
    with pytest.raises(ValueError, match="asks for no_such_thing_anywhere"):
        Loaded(code)
    monkeypatch.setattr(machine_code, "_symbols", lambda made: [*symbols(made), ("memcpy", False)])
    assert Loaded(code)


@pytest.mark.skipif(sys.platform != "linux", reason="objects of other systems are not looked into")
def test_an_object_is_read_as_its_system_reads_it(home):
    code = kept_one(home)
    symbols = dict(machine_code._symbols(code.made))
    assert symbols[code.name]
    assert {name for name, there in symbols.items() if not there} <= {"memset", "memcpy", "memmove"}


@pytest.mark.parametrize("cut", [8, 63, 64, 100, -1000, -64])
def test_an_object_that_is_not_whole_is_refused(home, cut):
    code = kept_one(home)
    with pytest.raises(ValueError, match=r"whole|not in it|of this system"):
        Loaded(code._replace(made=code.made[:cut]))


@pytest.mark.parametrize("whole", [b"", b"{}\nx", b'["a", "none"]\n', b'["\xc3\xa9", "none"]\nx', b'["a", "word"]\nx'])
def test_what_is_no_code_is_not_unpacked(whole):
    with pytest.raises(ValueError):  # noqa: PT011  of several kinds
        unpacked(whole)


def test_code_is_packed_in_one_piece():
    code = Code("name", "float", struct.pack("3q", 1, 2, 3))
    assert unpacked(code.packed()) == code


# --- a compiler that is built otherwise ------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [AttributeError("no such door"), ValueError("cannot be kept")])
def test_another_compiler_calls_its_code_its_own_way(home, trouble, caplog, monkeypatch):
    monkeypatch.setattr(words_once, "_said", set())

    def refuse(*_):
        raise trouble

    function = entry(counted)
    function._make = refuse
    assert [function(np.zeros((2, 5))), function(np.zeros((2, 5)))] == [12, 12]
    assert not list(home.rglob("*.nbc"))
    assert [str(trouble) in record.getMessage() for record in caplog.records] == [True]


def test_a_compiler_that_does_not_load_is_done_without(monkeypatch):
    monkeypatch.setattr(door, "compiler_works", lambda: False)
    function = entry(counted)
    assert function(np.zeros((2, 5))) == 12
    assert (function.found, function.made) == (0, 0)
