"""The figures of a calibration: what is drawn, what is named, and that few or bad results break nothing."""

import dataclasses

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from helpers.calibrations import tiny_plan
from sim.analysis.calibration.checks import check_table
from sim.analysis.calibration.results import Calibration, numbers_table
from sim.figures import calibration as figures
from sim.figures.calibration import draw_calibration
from sim.figures.style import ABOVE, BELOW, FAINT, STYLE
from sim.scenario.scenario import load_scenario

PLAN = tiny_plan()
SIZE = len(PLAN.names)
TARGETS = (
    ("drift", "KAZ", "CHN", 0.5),
    ("drift", "KAZ", "RUS", 0.951),
    ("drift", "UZB", "RUS", 0.04),
    ("together", "", "", 0.7),
)


@pytest.fixture
def found(tmp_path):
    """A calibration that nobody played: the first number is known well, the last is unsound."""
    random = np.random.default_rng(1)
    draws = random.uniform(-1.0, 1.0, (400, SIZE))
    draws[:, 0] *= 0.2
    ranks = np.tile(((np.arange(200) + 0.5) / 200)[:, None], (1, SIZE))
    ranks[:, -1] = 0.999
    checks = check_table(PLAN.names, ranks, PLAN)
    rows = [
        {
            "target": name,
            "state": state,
            "of": of,
            "recorded": 1.0,
            "low": 0.0,
            "median": 0.5,
            "high": 2.0,
            "place": at,
            "inside": 0.05 < at < 0.95,
        }
        for name, state, of, at in TARGETS
    ]
    return Calibration(
        plan=PLAN,
        scenario=load_scenario(PLAN.scenario),
        numbers=numbers_table(PLAN, draws, np.ones(SIZE), np.ones(SIZE), checks),
        checks=checks,
        predicted=pd.DataFrame(rows),
        waves=pd.DataFrame(),
        ranks=ranks,
        draws={},
        identity="none",
        asked="",
        folder=tmp_path,
    )


def texts(axes):
    return {text.get_text() for text in axes.texts}


def test_every_figure_is_written_with_its_data(found, tmp_path):
    place = draw_calibration(found, tmp_path / "figures")
    for name in ("posterior", "simulated-truths", "targets"):
        assert (place / f"{name}.png").stat().st_size > 10_000
        assert len(pd.read_csv(place / f"{name}.csv")) > 1


def test_a_number_that_is_known_has_a_colour_and_one_that_is_not_is_grey(found):
    with mpl.rc_context(STYLE):
        figure, data = figures._posterior_figure(found)
    bars = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 2]
    assert [bar.get_color() for bar in bars] == [ABOVE] + [FAINT] * (SIZE - 1)
    assert data is found.numbers
    assert "0.4 to 1.2" in texts(figure.axes[0])
    low, high = bars[0].get_xdata()
    assert 0.4 < low < 0.5 < high < 0.6


def test_ranks_that_fail_stand_out_and_each_number_has_its_panel(found):
    with mpl.rc_context(STYLE):
        figure, data = figures._rank_figure(found)
    panels = [axes for axes in figure.axes if axes.axison]
    assert [axes.get_title(loc="left").splitlines()[0] for axes in panels] == list(PLAN.names)
    edges = [axes.patches[0].get_edgecolor() for axes in panels]
    assert edges[-1] == pytest.approx(mpl.colors.to_rgba(BELOW))
    assert edges[0] == pytest.approx(mpl.colors.to_rgba(ABOVE))
    assert data[PLAN.names[0]].tolist() == [20] * 10
    assert data[PLAN.names[-1]].tolist() == [0] * 9 + [200]


def test_what_lies_outside_is_named_once_on_its_side(found):
    with mpl.rc_context(STYLE):
        figure, _ = figures._target_figure(found)
    assert texts(figure.axes[0]) - {""} == {"KAZ RUS", "UZB RUS"}
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["drift", "together"]


def test_one_wave_is_called_one(found):
    assert "one wave of 100 points" in found.caption
    more = dataclasses.replace(PLAN, waves=dataclasses.replace(PLAN.waves, number=3))
    assert "3 waves of 100 points" in dataclasses.replace(found, plan=more).caption
