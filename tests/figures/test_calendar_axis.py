import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from helpers.fake_engine import FakePrepared, fake_scenario
from sim.batch.runner import run
from sim.figures.batch import alignment_over_time, draw_comparison
from sim.figures.calendar_axis import calendar_axis, course
from sim.figures.style import STYLE, house_style, in_lines, look


def quarters(first, years):
    return [f"{first + at // 4}-Q{at % 4 + 1}" for at in range(round(4 * years))]


def marks(span):
    axes = Figure().subplots()
    calendar_axis(axes, span)
    return axes.get_xlim(), [text.get_text() for text in axes.get_xticklabels()], axes.get_xticks().tolist()


def test_one_quarter_has_a_place_of_its_own_and_is_named():
    limits, names, ticks = marks(["2026-Q1"])
    assert names == ["2026-Q1"]
    assert limits[0] < ticks[0] == 2026.25 < limits[1]


def test_a_year_is_marked_by_its_quarters():
    _, names, _ = marks(quarters(2026, 1))
    assert names == ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]


@pytest.mark.parametrize("years", [2.5, 3, 5, 10, 15, 25, 40, 60, 100])
def test_longer_runs_are_marked_by_round_years_and_not_too_many(years):
    _, names, ticks = marks(quarters(2026, years))
    assert 2 <= len(ticks) <= 6
    assert all(tick == int(tick) for tick in ticks)
    assert len(set(np.diff(ticks))) == 1
    assert all(name.isdigit() and len(name) == 4 for name in names)


def test_one_quarter_is_drawn_as_a_short_line():
    when, low = course(["2026-Q1"], [0.3])
    assert when[0] < 2026.25 < when[1]
    assert low.tolist() == [0.3, 0.3]
    when, low = course(["2026-Q1", "2026-Q2"], [0.3, 0.4])
    assert when.tolist() == [2026.25, 2026.5]


def test_a_run_of_one_quarter_shows_every_power():
    powers = {"NOR": "Nordheim", "OST": "Ostland"}
    rows = [
        {"quarter": "2026-Q1", "power": power, "p5": 0.1, "p25": 0.2, "p50": 0.3, "p75": 0.4, "p95": 0.5}
        for power in powers
    ]
    axes = alignment_over_time(pd.DataFrame(rows), Figure().subplots(), look(powers))
    lines = [line for line in axes.lines if line.get_linewidth() > 1]
    assert len(lines) == 2
    assert all(np.ptp(line.get_xdata()) > 0 for line in lines)
    assert {text.get_text() for text in axes.texts} >= set(powers)


def settings():
    """All that a user may have set; which backend there is becomes known when somebody asks."""
    return {key: value for key, value in mpl.rcParams.copy().items() if key != "backend"}


def drawn_in(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_style_of_the_user_neither_leaks_in_nor_is_changed(tmp_path):
    results = run(fake_scenario(runs=4), out=tmp_path, engine=FakePrepared)
    plain = drawn_in(draw_comparison([results], tmp_path / "plain"))
    theirs = {
        "axes.facecolor": "black",
        "savefig.dpi": 30,
        "savefig.bbox": "tight",
        "lines.linewidth": 9,
        "grid.color": "red",
    }
    theirs |= {"font.family": "monospace", "axes.prop_cycle": mpl.cycler(color=["red"]), "path.sketch": (1, 100, 2)}
    with mpl.rc_context(theirs):
        before = settings()
        dark = drawn_in(draw_comparison([results], tmp_path / "dark"))
        assert settings() == before
    assert dark == plain


def test_the_house_style_goes_when_drawing_breaks_off():
    before, seen = settings(), []

    def draw():
        with house_style():
            seen.append(mpl.rcParams["axes.labelcolor"])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        draw()
    assert seen == [STYLE["axes.labelcolor"]]
    assert settings() == before


@pytest.mark.parametrize(
    "name", ["powers.RUS.capability.infrastructure_and_more", "a title with many words in it", "x" * 90, "short", ""]
)
@pytest.mark.parametrize("width", [5, 20, 34])
def test_names_are_broken_and_never_cut(name, width):
    lines = in_lines(name, width).split("\n")
    assert all(len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == name.replace(" ", "")
