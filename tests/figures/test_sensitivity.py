"""Every figure of a sweep takes data and axes, gives the axes back, and says what it is."""

import io
import xml.etree.ElementTree as ET

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from sim.analysis.sensitivity.experiment import Discover
from sim.analysis.sensitivity.runner import sweep
from sim.figures import discovery, phase_diagram, ternary
from sim.figures import sensitivity as figures
from sim.figures import sensitivity_panels as plots
from sim.figures.style import house_style
from sim.io.text import CAUTION

DRAWS = np.random.default_rng(3)
NAMES = ["alpha", "beta", "gamma", "dummy"]
LEVELS = np.linspace(0.0, 2.0, 9)


def axes():
    return Figure().subplots()


def indices(*kinds):
    rows = [
        {"factor": name, "index": kind, "at": at, "value": value, "low": value - 0.1, "high": value + 0.1}
        for place, name in enumerate(NAMES)
        for kind in kinds
        for at, value in ((0.0, -0.2 * (3 - place)), (1.0, 0.3 * (3 - place)))
    ]
    return pd.DataFrame(rows)


def over_two():
    x, y = (grid.ravel() for grid in np.meshgrid(LEVELS, LEVELS))
    share = 1 / (1 + np.exp(-4 * (x - y)))
    tables = [
        pd.DataFrame({"x": x, "y": y, "word": w, "share": s}) for w, s in (("sided", share), ("leaning", 1 - share))
    ]
    return pd.concat(tables, ignore_index=True)


PAIRS = pd.DataFrame(
    [
        {"factor_a": "alpha", "factor_b": "beta", "value": 0.3, "low": 0.2, "high": 0.4},
        {"factor_a": "alpha", "factor_b": "gamma", "value": -0.05, "low": -0.1, "high": 0.02},
        {"factor_a": "beta", "factor_b": "gamma", "value": 0.0, "low": -0.1, "high": 0.1},
    ]
)
COURSE = pd.DataFrame(
    [
        {
            "quarter": f"20{year}-Q{q}",
            "level": level,
            **dict(zip(("p5", "p25", "p50", "p75", "p95"), range(5), strict=True)),
        }
        for level in (0.0, 1.0)
        for year in (26, 27)
        for q in (1, 2, 3, 4)
    ]
)
DRAWN = {
    "tornado": lambda on: plots.tornado(indices("effect"), on),
    "index_bars": lambda on: plots.index_bars(indices("first", "total").drop_duplicates(["factor", "index"]), on),
    "ranked_bars": lambda on: plots.ranked_bars(indices("x").drop_duplicates("factor"), on),
    "noise_bars": lambda on: plots.noise_bars(
        pd.DataFrame({"outcome": ["y"], "parameters": [0.5], "luck_alone": [0.2], "together": [0.3]}), on
    ),
    "interaction_map": lambda on: plots.interaction_map(PAIRS, on, NAMES[:3]),
    "morris_scatter": lambda on: plots.morris_scatter(
        indices("mu_star", "sigma").assign(value=lambda rows: rows["value"].abs()), on
    ),
    "response_lines": lambda on: plots.response_lines(
        pd.DataFrame({"x": [0, 1, 0, 1], "series": list("aabb"), "value": 1.0, "low": 0.5, "high": 1.5}), on
    ),
    "fans": lambda on: plots.fans(COURSE, on),
    "phase_diagram": lambda on: phase_diagram.phase_diagram(over_two(), on),
    "heat_map": lambda on: phase_diagram.heat_map(
        over_two().query("word == 'sided'").assign(value=lambda r: r["share"]), on
    ),
    "ternary_density": lambda on: ternary.ternary_density(
        pd.DataFrame(DRAWS.dirichlet([4, 3, 2], 500), columns=["left", "right", "top"]), on, ("A", "B", "rest")
    ),
    "convergence_lines": lambda on: plots.convergence_lines(
        pd.DataFrame({"outcome": "y", "points": [8, 16], "half_width": [0.2, 0.1], "target": 0.05}), on
    ),
    "discovery_box": lambda on: discovery.discovery_box(
        pd.DataFrame({"factor": ["alpha"], "low": 0.5, "high": 1.0, "least": 0.0, "most": 1.0, "quasi_p": 0.01}), on
    ),
    "discovery_path": lambda on: discovery.discovery_path(
        pd.DataFrame({"coverage": [1.0, 0.8], "density": [0.2, 0.6], "restricted": [0, 2]}), on, 1
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_function_draws_on_the_axes_it_is_given(name):
    given = axes()
    before = len(given.get_children())
    assert DRAWN[name](given) is given
    assert len(given.get_children()) > before
    given.figure.savefig(io.BytesIO())


@pytest.mark.parametrize("name", DRAWN)
def test_labels_say_no_commands_for_typesetting(name):
    with house_style():  # in which letters are drawn as they stand
        figure = DRAWN[name](axes()).figure
        figure.draw_without_rendering()
    assert not [text.get_text() for text in figure.findobj(Text) if "\\math" in text.get_text()]


def test_the_sizes_of_a_sample_stand_below_it():
    with house_style():
        on = DRAWN["convergence_lines"](axes())
        on.figure.draw_without_rendering()
    assert [label.get_text() for label in on.get_xticklabels()] == ["8", "16"]


def test_the_widest_bar_is_on_top_and_the_dummy_at_the_bottom():
    on = plots.index_bars(indices("first", "total").query("at == 1"), axes())
    assert [label.get_text() for label in on.get_yticklabels()] == NAMES
    on = plots.tornado(indices("effect"), axes())
    assert next(label.get_text() for label in on.get_yticklabels()) == "alpha"


def test_borders_lie_where_the_leading_word_changes():
    on = phase_diagram.phase_diagram(over_two(), axes())
    width = LEVELS[1] - LEVELS[0]
    ends = np.array([line.get_xydata() for line in on.get_lines()])
    assert len(ends) > 0
    middle = ends.mean(axis=1)
    assert np.abs(middle[:, 0] - middle[:, 1]).max() <= width  # the two words are equally frequent where x is y


def test_a_cell_whose_interval_covers_zero_is_dotted():
    on = plots.interaction_map(PAIRS, axes(), NAMES[:3])
    assert len(on.get_lines()) == 2


# --- whole figures ---------------------------------------------------------------------------------------------------

PARTNERS = {"partners": {"measure": "effective_partners"}}
COURSES = {"course": {"measure": "threat", "at": "every"}}
REGIMES = {"regime": {"word": "each", "state": "each"}}
ENDS = {"ends": {"measure": "alignment", "power": "each"}}
FACTORS = ["choice.dependence_aversion", "climate.rivalry_level"]
SWITCHED = [FACTORS[1], {"switch": "compensating-visit"}]
SCREEN = {"screen": {"trajectories": 8, "keep": 2}}
WANTED = {
    "one-at-a-time": ({}, FACTORS, PARTNERS, {"tornado", "luck"}),
    "grid": ({"points": 9}, FACTORS, PARTNERS | REGIMES, {"phases-regime", "maps", "luck"}),
    "grid with a switch": ({"points": 3}, SWITCHED, PARTNERS | COURSES, {"responses", "courses", "luck"}),
    "latin-hypercube": ({"points": 12}, FACTORS, ENDS, {"correlations", "luck", "ternary-ends"}),
    "sobol": (
        {"points": 16} | SCREEN,
        FACTORS,
        PARTNERS,
        {"screening", "indices", "interactions", "luck", "convergence"},
    ),
    "morris": ({"trajectories": 8}, FACTORS, PARTNERS, {"screening", "luck", "convergence"}),
}


@pytest.fixture(scope="module", params=WANTED)
def drawn(request, tmp_path_factory):
    size, factors, asked, wanted = WANTED[request.param]
    size = dict(size)
    more = {"screen": size.pop("screen")} if "screen" in size else {}
    experiment = {
        "title": "A try",
        "question": "?",
        "scenario": "toy",
        "replicates": 2,
        "outcomes": asked,
        "factors": factors,
        "design": {"kind": request.param.split()[0]} | size,
        **more,
    }
    done = sweep(experiment, out=tmp_path_factory.mktemp("drawn"))
    return done, figures.draw_sweep(done), wanted


def test_a_sweep_draws_what_its_design_allows_with_the_data_beside(drawn):
    done, paths, wanted = drawn
    folder = done.folder / "figures"
    assert {path.stem for path in paths} == wanted
    for name in wanted:
        for suffix in ("png", "svg", "csv"):
            assert (folder / f"{name}.{suffix}").stat().st_size > 60
    captions = pd.read_csv(folder / figures.CAPTIONS)
    assert set(captions["figure"]) == wanted
    assert captions["title"].notna().all()


def test_figures_say_what_they_are_and_are_large_enough_for_print(drawn):
    done, _, wanted = drawn
    folder = done.folder / "figures"
    for name in wanted:
        picture = mpl.image.imread(folder / f"{name}.png")
        assert picture.shape[1] >= 1200
        assert picture[..., :3].std() > 0.02
        text = (folder / f"{name}.svg").read_text(encoding="utf-8")
        ET.fromstring(text)
        assert CAUTION in text


def missing(rows, table):
    """Numbers of the rows of which a table has no like; numbers are alike in five digits."""
    words = [name for name in rows if rows[name].dtype.kind not in "fiu"]
    how = {"on": words} if words else {"how": "cross"}
    pairs = rows.assign(row=range(len(rows))).merge(table, suffixes=("", " there"), **how)
    numbers = rows.columns.difference(words)
    alike = [np.isclose(pairs[name], pairs[f"{name} there"], rtol=1e-4, equal_nan=True) for name in numbers]
    return set(range(len(rows))) - set(pairs.loc[np.logical_and.reduce(alike), "row"])


def test_a_published_figure_is_one_light_picture_and_its_rows_stand_in_one_table(drawn, tmp_path):
    done, _, wanted = drawn
    paths, own = figures.publish_figures(done, tmp_path)
    assert [path.name for path in paths] == [f"{name}.png" for name in pd.read_csv(tmp_path / "captions.csv")["figure"]]
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.png" for name in wanted} | {figures.CAPTIONS}
    for path in paths:
        with Image.open(path) as picture, Image.open(done.folder / "figures" / path.name) as true:
            assert (picture.mode, picture.size) == ("P", true.size)
    for told in pd.read_csv(tmp_path / "captions.csv").itertuples():
        rows = pd.read_csv(done.folder / "figures" / f"{told.figure}.csv")
        table = own[told.table] if told.table in own else getattr(done, told.table)
        table = pd.read_csv(io.StringIO(table.to_csv(index=False)))
        if told.figure == "screening" and told.table == "indices":  # the same numbers, one below the other
            rows = rows.melt(id_vars=["outcome", "factor"], var_name="index")
        assert missing(rows, table) == set()
        assert missing(rows.assign(**{rows.select_dtypes("number").columns[-1]: -7.5}), table) == set(range(len(rows)))


def test_boxes_are_drawn_from_what_was_discovered(tmp_path):
    from sim.analysis.sensitivity.discovery import Discovery

    experiment = {
        "title": "A try",
        "question": "?",
        "scenario": "toy",
        "factors": FACTORS,
        "design": {"kind": "latin-hypercube", "points": 12},
        "outcomes": {"balancing": {"word": "balancing"}},
    }
    done = sweep(experiment, out=tmp_path)
    found = Discovery(
        words=Discover(outcome="balancing", most=0.5).words,
        rate=0.2,
        coverage=0.8,
        density=0.6,
        chosen=1,
        box=pd.DataFrame({"factor": ["a"], "low": 0.5, "high": 1.0, "least": 0.0, "most": 1.0, "quasi_p": [0.01]}),
        path=pd.DataFrame({"coverage": [1.0, 0.8], "density": [0.2, 0.6], "mass": [1.0, 0.3], "restricted": [0, 1]}),
        scores=pd.DataFrame({"factor": ["a", "dummy"], "value": [0.9, 0.1]}),
    )
    paths = figures.draw_sweep(done, found=[found])
    assert {"box-1", "scores-1"} <= {path.stem for path in paths}
