import xml.etree.ElementTree as ET
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from helpers.fake_engine import FakePrepared, fake_scenario
from sim.batch.outcomes import OUTCOMES
from sim.batch.runner import run
from sim.figures.batch import alignment_over_time, draw_comparison, draw_figures, offer_bars, outcome_bars
from sim.figures.style import DASHES, PALETTE, apart, look
from sim.figures.ternary import ternary_path, to_triangle
from sim.io.text import CAUTION

FIGURES = ("alignment", "ternary", "outcomes", "offers")
POWERS = {"NOR": "Nordheim", "OST": "Ostland", "SUD": "Sudmark"}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return run(fake_scenario(runs=60), out=tmp_path_factory.mktemp("runs"), engine=FakePrepared)


@pytest.fixture(scope="module")
def drawn(results):
    return draw_figures(results)


def axes_of_one():
    return Figure().subplots()


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("suffix", ["png", "svg", "csv"])
def test_every_figure_is_there_with_its_data_beside_it(name, suffix, drawn, results):
    path = results.folder / "figures" / f"{name}.{suffix}"
    assert path in drawn
    assert path.stat().st_size > 100


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_large_enough_for_print_and_say_what_they_are(name, drawn, results):
    picture = mpl.image.imread(results.folder / "figures" / f"{name}.png")
    assert picture.shape[1] >= 1200
    assert picture[..., :3].std() > 0.02
    tree = ET.parse(results.folder / "figures" / f"{name}.svg")
    comments = (results.folder / "figures" / f"{name}.svg").read_text(encoding="utf-8")
    assert tree.getroot().tag.endswith("svg")
    assert CAUTION in comments
    assert "60 runs" in comments


def test_the_same_results_give_the_same_pictures_byte_for_byte(drawn, results, tmp_path):
    for path in draw_figures(results, tmp_path):
        assert path.read_bytes() == (results.folder / "figures" / path.name).read_bytes(), path.name


def test_the_data_beside_a_figure_is_what_it_shows(drawn, results):
    beside = pd.read_csv(results.folder / "figures" / "alignment.csv", keep_default_na=False)
    bands = results.bands[results.bands["measure"] == "alignment"]
    assert len(beside) == len(bands)
    assert beside["p50"].to_numpy() == pytest.approx(bands["p50"].to_numpy(), abs=1e-5)
    shares = pd.read_csv(results.folder / "figures" / "outcomes.csv").groupby("state")["share"].sum()
    assert shares.to_numpy() == pytest.approx(1.0, abs=1e-4)


def test_the_corners_are_the_two_powers_that_matter_most_at_the_start(drawn, results):
    beside = pd.read_csv(results.folder / "figures" / "ternary.csv")
    first = beside[(beside["what"] == "mean") & (beside["quarter"] == "2025-Q1")]
    others = 1 - first[["left", "right", "top"]].sum(axis=1)
    assert (first["left"].mean() >= first["top"].mean()) or (first["right"].mean() >= first["top"].mean())
    assert (others > 0).all()  # home and everyone else is outside the triangle


def test_colours_go_by_order_and_dashes_differ():
    how = look(POWERS)
    assert list(how.colour.values()) == list(PALETTE[:3])
    many = look({f"P{number}": str(number) for number in range(25)})
    pairs = {(many.colour[code], str(many.dash[code])) for code in many.name}
    assert len(pairs) == 25
    assert len(set(PALETTE)) == len(PALETTE) == len(DASHES)


def test_neighbouring_colours_differ_in_grey_too():
    def grey(colour):
        red, green, blue = mpl.colors.to_rgb(colour)
        return 0.299 * red + 0.587 * green + 0.114 * blue

    shades = [grey(colour) for colour in PALETTE[:7]]
    assert abs(shades[0] - shades[1]) > 0.08
    assert max(shades) - min(shades) > 0.25


def test_corners_of_the_triangle_are_where_they_should_be():
    across, up = to_triangle(np.eye(3))
    assert across.tolist() == [0.0, 1.0, 0.5]
    assert up == pytest.approx([0.0, 0.0, 0.75**0.5])
    middle = to_triangle(np.array([2.0, 2.0, 2.0]))
    assert middle == pytest.approx((0.5, 0.75**0.5 / 3))


@pytest.mark.parametrize(
    "values", [{"a": 1.0, "b": 1.0, "c": 1.0}, {"a": 0.0, "b": 0.1, "c": 9.9, "d": 10.0}, {"a": 5.0}, {}]
)
def test_labels_are_moved_apart_and_keep_their_order(values):
    places = apart(values, 0.5, 0.0, 10.0)
    ordered = [places[key] for key in sorted(values, key=lambda key: values[key])]
    assert all(upper - lower >= 0.5 - 1e-6 for lower, upper in pairwise(ordered))
    assert all(-1e-6 <= place <= 10.0 + 1e-6 for place in ordered)


def bands_for_one():
    rows = [
        {"quarter": quarter, "power": power, "p5": 0.1, "p25": 0.15, "p50": 0.2, "p75": 0.25, "p95": 0.3}
        for quarter in ("2025-Q1", "2025-Q2")
        for power in POWERS
    ]
    return pd.DataFrame(rows)


def ends_for_one():
    rows = [{"label": "x", "outcome": word, "share": 1 / len(OUTCOMES)} for word in all_words()[: len(OUTCOMES)]]
    return pd.DataFrame(rows)


def all_words():
    return [f"{outcome.word}-OST" if outcome.names_power else outcome.word for outcome in OUTCOMES]


@pytest.mark.parametrize(
    ("draw", "data", "more"),
    [
        (alignment_over_time, bands_for_one(), (look(POWERS),)),
        (
            ternary_path,
            pd.DataFrame(
                {"what": ["mean", "mean", "run"], "quarter": "2025-Q1", "left": 0.2, "right": 0.3, "top": 0.1}
            ),
            (("A", "B", "C"),),
        ),
        (outcome_bars, ends_for_one(), (look(POWERS),)),
        (
            offer_bars,
            pd.DataFrame({"power": list(POWERS), "made": [3.0, 0.0, 1.0], "accepted": [1.0, 0.0, 1.0]}),
            (look(POWERS),),
        ),
    ],
    ids=["alignment", "ternary", "outcomes", "offers"],
)
def test_drawing_functions_take_axes_and_give_them_back(draw, data, more):
    axes = axes_of_one()
    before = data.copy()
    assert draw(data, axes, *more) is axes
    assert axes.has_data()
    assert data.equals(before)


def test_every_outcome_looks_different():
    axes = outcome_bars(ends_for_one(), axes_of_one(), look(POWERS))
    looks = {(bar.get_facecolor(), bar.get_hatch()) for bar in axes.patches}
    assert len(looks) == len(OUTCOMES)


def test_several_scenarios_are_drawn_side_by_side(results, tmp_path):
    other = run(fake_scenario("other", runs=20, seed=9), out=tmp_path, engine=FakePrepared)
    folder = draw_comparison([results, other])
    table = pd.read_csv(folder / "outcomes.csv")
    assert list(dict.fromkeys(table["scenario"])) == ["fake", "other"]
    assert (folder / "outcomes.png").exists()


def test_drawing_leaves_the_settings_of_the_caller_alone(results, tmp_path):
    before = dict(mpl.rcParams)
    draw_figures(results, tmp_path)
    assert dict(mpl.rcParams) == before
