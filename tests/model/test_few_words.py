"""What is written down in few words says what Python says, and another compiler goes its own way."""

import ast
import re
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from llvmlite import ir as llvm
from numba.core.lowering import Lower

from helpers.other_compiler import printed
from sim.engine import line_by_line
from sim.engine.ensemble import prepare
from sim.model import pipeline
from sim.model.chance import lucks
from sim.model.compiling import _inner, entry
from sim.model.parameters import vector
from sim.model.schedule import GO_ON, Phase
from sim.model.variables import BY_POWER, BY_STATE
from sim.model.world import build
from sim.scenario.events import EventKind
from sim.scenario.scenario import load_scenario

few_words = pytest.importorskip("sim.model.few_words", reason="this compiler goes its own way", exc_type=ImportError)

ROOT = Path(__file__).parents[2]
SOURCES = (*(ROOT / "sim" / "model").rglob("*.py"), ROOT / "sim" / "batch" / "counting.py")

Land = namedtuple("Land", ["grid", "row", "places", "count"])
Rows = namedtuple("Rows", ["low", "high"])
ROWS = Rows(1, 2)


@pytest.fixture(autouse=True)
def nothing_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("MULTIVECTOR_CACHE", str(tmp_path / "home"))


def land():
    return Land(
        np.arange(24.0).reshape(2, 3, 4) / 7.0,
        np.array([0.5, -1.0, 2.0, 0.25]),
        np.array([2, 0, 1, 2], dtype=np.uint64),
        np.array([[1, 2, 3], [4, 5, 6]], dtype=np.int64),
    )


def _looks(w):
    states, powers, lanes = w.grid.shape
    total = 0.0
    for i in range(states):
        for j in range(powers):
            for lane in range(lanes):
                w.grid[i, j, lane] += w.row[lane] * w.count[i, j]
            here = i, j
            w.count[here] += 1
            total += w.grid[i, j, w.places[j]] * here[1]
        for n in range(w.places.size):
            total -= w.grid[i, w.places[n], n]
    return total + w.grid[ROWS.low, ROWS.high, 3] + ROWS.high


def _parts(w):
    page = w.grid[1]
    line = page[2]
    same = w.grid[1, 2]
    page[0, 1] = 5.0
    line[3] = same[0] + w.grid[1, 0, 1]
    size = page.size + line.size + page.nbytes + page.strides[0] + line.shape[0] + page.itemsize
    return size + same[3] + page[1:, 2].sum()


def _loops(w):
    seen, last = 0, -1
    for a in range(4):
        if a == 1:
            continue
        for b in range(a, 3):
            if w.row[b] < 0.0 and a == 0:
                break
            seen += 10 * a + b
        else:
            seen += 1000
        for c in range(3, a):
            last = c
        for d in range(9, a, -2):
            seen += d
        for e in range(w.places[a]):
            seen += 100000 * e
    steps = range(2, 5)
    for f in steps:
        for g in steps:
            last += f * g
    first, second, third = range(3)
    return seen, last, a, first + second + third, len(steps)


def _chosen(w, backwards):
    """A loop over one of two ranges, and an index that is one of two tuples."""
    over = range(3) if backwards else range(1, 4)
    where = (0, 1) if backwards else (1, 2)
    total = 0.0
    for n in over:
        total += w.row[n] * w.count[where]
    return total


@pytest.mark.parametrize("function", [_looks, _parts, _loops], ids=lambda one: one.__name__)
@pytest.mark.parametrize("part", [False, True])
def test_it_says_what_python_says(function, part):
    ours, theirs = land(), land()
    compiled = entry(_calling(_inner(function)) if part else function)
    assert compiled(ours) == function(theirs)
    for one, other in zip(ours, theirs, strict=True):
        assert one.tobytes() == other.tobytes()


def _calling(inner):
    def call(w):
        return inner(w)

    return call


@pytest.mark.parametrize("backwards", [False, True])
def test_what_may_be_one_of_two_is_left_to_the_compiler(backwards):
    inner = _inner(_chosen)

    def call(w, backwards):
        return inner(w, backwards)

    assert entry(call)(land(), backwards) == _chosen(land(), backwards)


def test_no_position_is_asked_whether_it_counts_from_the_end():
    inner = _inner(_looks)
    entry(_calling(inner))(land())
    (made,) = inner.overloads.values()
    assert "select" not in str(made.library._final_module)


def test_no_position_of_ours_counts_from_the_end():
    for path in SOURCES:
        if path.parent.name == "phases" or path.name in ("turn.py", "counting.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Subscript):
                    signs = [one for one in ast.walk(node.slice) if isinstance(one, ast.USub)]
                    assert not signs or "reshape" in ast.unparse(node), f"{path.name}: {ast.unparse(node)}"


def test_another_compiler_is_told_by_its_names(monkeypatch):
    assert few_words.as_we_know_it()
    assert pipeline.few_words is few_words
    monkeypatch.setattr(Lower, "lower_inst", lambda self, inst, more: None)
    assert not few_words.as_we_know_it()
    monkeypatch.undo()
    monkeypatch.setattr(llvm.IRBuilder, "position_after", lambda self, instr: None)
    assert not few_words.as_we_know_it()
    monkeypatch.undo()
    monkeypatch.setattr(few_words, "_OF_AN_ARRAY", ("data", "shape"))
    assert not few_words.as_we_know_it()


OTHER_COMPILER = """
import sys
sys.modules["sim.model.few_words"] = None  # as where importing it raises
from sim.model import pipeline
from test_few_words_alone import _looks, _parts, entry, land
assert pipeline.few_words is None
print(entry(_looks)(land()).hex(), entry(_parts)(land()).hex())
"""


def test_another_compiler_goes_its_own_way_to_the_same_bits(tmp_path):
    told, complaints = printed(OTHER_COMPILER, _without_tests(tmp_path))
    assert (told.split(), complaints) == ([_looks(land()).hex(), float(_parts(land())).hex()], "")


def _without_tests(folder):
    """The functions of this file alone, as a module."""
    source = Path(__file__).read_text(encoding="utf-8")
    begin, end = source.index("Land = "), source.index("@pytest.mark.parametrize")
    fixture = source[source.index("@pytest.fixture") : source.index("def land")]
    head = "from collections import namedtuple\nimport numpy as np\nfrom sim.model.compiling import _inner, entry\n\n"
    (folder / "test_few_words_alone.py").write_text(head + source[begin:end].replace(fixture, ""), encoding="utf-8")
    return folder


class Watched(np.ndarray):
    """Numbers that stop whoever asks for one at a place that is not there, or that counts from the end."""

    def _look(self, index):
        places = index if isinstance(index, tuple) else (index,)
        whole = [place for place in places if not isinstance(place, slice)]
        assert len(whole) < len(places) or all(0 <= at < size for at, size in zip(whole, self.shape, strict=False))

    def __getitem__(self, index):
        self._look(index)
        return super().__getitem__(index)

    def __setitem__(self, index, value):
        self._look(index)
        super().__setitem__(index, value)


def test_no_place_that_is_worked_out_lies_outside_whatever_happens(tmp_path):
    readme = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"`(\w+: \{[^`]*\})`", readme[readme.index("| Event |") :].split("\n\n")[0])
    assert {one.partition(":")[0] for one in shown} == {kind.name.lower() for kind in EventKind}
    lines = [f"  - {{at: 2026-Q{at % 4 + 1}, {one}}}\n" for at, one in enumerate(shown) if "observe" not in one]
    path = tmp_path / "everything.yaml"
    text = f"title: T\nquestion: Q?\nextends: baseline\nto: 2027-Q2\nevents:\n{''.join(lines)}"
    path.write_text(text, encoding="utf-8")
    scenario = load_scenario(path)
    ready = prepare(scenario)
    values = dict(ready.values_of(0, 1))
    store = build(ready.evidence, values, lucks(ready.seed, 0, 1))
    watched = type(store)(*(one.view(Watched) for one in store))
    p, settings = vector(values, 1), ready.settings(0, 1, values)
    pages = [np.zeros((1, *rest)).view(Watched) for rest in shapes_of_record(ready)]
    happenings, pole = ready.happenings(0, 1).view(Watched), ready.pole.view(Watched)
    for quarter in range(scenario.start, scenario.end + 1):
        settings.apply(store, p, quarter)
        begun = 0 if quarter == scenario.start else GO_ON
        line_by_line.advance(watched, p.view(Watched), happenings, quarter, 1, int(Phase.ALL), begun, pole, *pages)
    assert pages[1].any()


def shapes_of_record(ready):
    states, powers = len(ready.evidence.states), len(ready.evidence.powers)
    return (states, powers, len(BY_POWER), 1), (states, len(BY_STATE), 1)
