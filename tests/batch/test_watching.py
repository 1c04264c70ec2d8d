import re
import sys
import types

import pytest

import sim
from helpers.fake_engine import FakePrepared, fake_scenario
from sim.batch import watching
from sim.batch.worker import Progress, Stage
from sim.io.errors import InputError


class Cell:
    """The cell of a notebook: what it has been shown, each picture in the place of the one before."""

    def __init__(self):
        self.shown = []

    def __call__(self, line, display_id):
        assert display_id is True
        self.shown.append(line)
        return self

    def update(self, line):
        self.shown.append(line)


def told(done, stage=Stage.RUN, name="toy", counted="runs"):
    return Progress(scenario=name, stage=stage, done=done, total=1000, counted=counted)


@pytest.fixture
def cell(monkeypatch):
    """A notebook's kernel around everything."""
    cell = Cell()
    shell = types.SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", types.SimpleNamespace(display=cell))
    return cell


def run(tmp_path, **more):
    return sim.run(fake_scenario(), runs=20, out=tmp_path, engine=FakePrepared, **more)


def test_a_notebook_shows_a_bar_that_ends_as_one_line(cell, tmp_path):
    run(tmp_path, progress=True)
    lines = [line._repr_html_() for line in cell.shown]
    assert any(
        re.search('<progress value="[0-9]+" max="20"></progress> fake [0-9]+ of 20 runs', line) for line in lines
    )
    assert repr(cell.shown[-1]) == "fake: 20 runs"
    assert "<progress" not in lines[-1]
    cell.shown.clear()
    run(tmp_path, progress=True)  # it is there already
    assert cell.shown == []


def test_elsewhere_lines_go_to_standard_error(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(watching.PlainLines, "every", 0.0)
    run(tmp_path, progress=True)
    said = capsys.readouterr()
    assert said.out == ""
    assert re.search("fake: [0-9]+ of 20 runs, [0-9.,]+ a second", said.err)


@pytest.mark.parametrize("progress", [None, False])
def test_nothing_is_shown_unless_asked_for(progress, cell, tmp_path, capsys):
    run(tmp_path, progress=progress)
    assert cell.shown == []
    assert capsys.readouterr().err == ""


def test_a_function_is_called_as_ever(cell, tmp_path):
    heard = []
    run(tmp_path, progress=heard.append)
    assert heard[-1].done == 20
    assert cell.shown == []


def test_what_is_neither_is_refused_and_nothing_begins(cell, tmp_path):
    with pytest.raises(InputError, match="True for a bar, a function, or None"):
        run(tmp_path, progress="yes")
    with pytest.raises(TypeError, match="unknown"):
        run(tmp_path, progress=True, unknown=1)
    assert list(tmp_path.iterdir()) == cell.shown == []


def test_a_stop_says_how_far_it_came(cell):
    def stopped():
        with watching.shown_here() as tell:
            tell(told(0, Stage.COMPILE))
            tell(told(0))
            tell(told(300))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert repr(cell.shown[0]) == "toy: compiling the rulebook, first time only"
    assert repr(cell.shown[-1]) == "toy: stopped after 300 of 1,000 runs"


def test_text_of_strangers_stays_text(cell):
    with watching.shown_here() as tell:
        tell(told(0, name="<b>\x1b[31m"))
        tell("<script>")
    shown = "".join(line._repr_html_() for line in cell.shown)
    assert "&lt;b&gt;\\x1b[31m" in shown
    assert "&lt;script&gt;" in shown
    assert not re.search("<(b|script)>|\x1b", shown)


def test_several_scenarios_and_other_counts_end_in_a_line(cell):
    with watching.shown_here() as tell:
        tell(told(1000))
        tell(told(1000, name="other", counted="points"))
    assert repr(cell.shown[-1]) == "toy: 1,000 runs; other: 1,000 points"


def test_ipython_in_a_terminal_is_no_notebook(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=types.SimpleNamespace))
    assert watching.notebook_display() is None
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace())
    assert watching.notebook_display() is None
