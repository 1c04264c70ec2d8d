import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

import sim
from helpers.fake_engine import FakePrepared, fake_scenario
from sim.analysis.previews import NOTHING_SEEN
from sim.engine.offer import Offer
from sim.figures.cards import MOST_ROWS
from sim.figures.markup import HEIGHT, NAME, STYLE, _strokes, element, interval, one_sided, said, stacked, swatch
from sim.figures.style import look, outcome_fill
from sim.io.errors import InputError
from sim.io.text import CAUTION, percent_in_cell
from sim.model.fields import TERMS

STRANGE = '</style><script>alert("1")</script> & <img src=x onerror=alert(1)>'
OUTCOMES = ("multi-vector", "leaning-NOR", "locked-in-NOR", "squeezed", "sided-OST", "isolated")
HOW = look({"NOR": "Nordheim", "OST": "Ostria"})


class Page(HTMLParser):
    """The elements of a piece of HTML, each closed where it should be, its attributes, and its text cell by cell."""

    def __init__(self, html):
        super().__init__()
        self.open, self.names, self.attributes, self.cells = [], set(), set(), []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag in {"td", "th"}:
            self.cells.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.cells[-1] += data


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs")
    return sim.run(fake_scenario(runs=60, title=STRANGE), out=out, engine=FakePrepared)


@pytest.fixture(scope="module")
def compared(results):
    other = sim.run(fake_scenario("other", runs=60, seed=7), out=results.folder.parent, engine=FakePrepared)
    effects = sim.compare(results, other).effects
    table = effects.assign(difference=0.2, low=0.1, high=0.3, effect=0.5, z=3.0, counts=True)
    return replace(sim.compare(results, other), effects=table)


@pytest.fixture(scope="module")
def model():
    model = sim.Model("toy")
    model.step()
    return model


@pytest.fixture(scope="module")
def game():
    game = sim.Game("toy", "ALD", 5)
    while not game.inbox:
        game.step()
    return game


@pytest.fixture(scope="module")
def cards(results, compared, model, game):
    shown = {"results": results, "comparison": compared, "model": model, "offer": model.offers[0], "game": game}
    shown |= {"peek": sim.peek("toy", 8), "preview": game.preview(game.inbox[0], runs=4, clauses=0.01)}
    return {name: one._repr_html_() for name, one in shown.items()}


# --- cards -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["results", "comparison", "model", "offer", "peek", "preview", "game"])
def test_a_card_is_html_that_needs_nothing_and_does_nothing(cards, name):
    page = Page(cards[name])
    names = "div style strong small table caption thead tbody tr th td svg rect path circle span code"
    assert page.names <= set(names.split())
    allowed = "class scope width height viewbox role aria-label aria-hidden d x y cx cy r fill stroke"
    assert page.attributes <= {*allowed.split(), "stroke-width", "stroke-opacity", "stroke-linecap"}
    assert cards[name].startswith(f'<div class="{NAME}">')
    assert "url(" not in cards[name]
    assert {"svg", "table"} <= page.names | ({"svg"} if name == "game" else set())


@pytest.mark.parametrize("name", ["results", "comparison", "model", "offer", "peek", "preview", "game"])
def test_a_card_says_that_it_is_no_forecast(cards, name):
    assert CAUTION in cards[name]


def test_all_that_the_style_says_is_said_of_cards_alone():
    rules = STYLE.replace("\\\n", "").split("}")
    heads = [head for rule in rules for head in rule.partition("{")[0].split(",") if head.strip()]
    assert all(head.strip().startswith(f".{NAME}") for head in heads)


def test_text_of_strangers_stays_text(cards):
    assert "&lt;script&gt;" in cards["results"]
    assert "<script" not in "".join(cards.values())
    assert "<img" not in "".join(cards.values())
    strange = Offer(quarter=8100, by=STRANGE, to="\x1b[31m", kind=STRANGE, size=1, exclusivity_asked=0.1, strings=0.2)
    plain = {"div", "style", "strong", "small", "table", "caption", "tbody", "tr", "th", "td"}
    assert Page(sim.card(strange)).names == plain
    assert "\x1b" not in sim.card(strange) + repr(strange)


def test_results_show_every_state_and_share(cards, results):
    cells = Page(cards["results"]).cells
    for row in results.final_outcomes().itertuples():
        if row.share >= 0.01:
            assert any(f"{row.outcome} {percent_in_cell(row.share)}" in cell for cell in cells)
    assert set(results.states.values()) <= set(cells)


def test_a_comparison_shows_what_counts_and_says_where_the_rest_is(cards, compared):
    cells = Page(cards["comparison"]).cells
    assert sum("0.10…" in cell or "10.00…" in cell for cell in cells) == MOST_ROWS
    assert re.search("and [0-9]+ more:", cards["comparison"])
    assert "comparison.effects" in cards["comparison"]
    assert "No run ends otherwise in Aldara and Bekmar" in cards["comparison"]  # two runs of one luck
    nothing = replace(compared, effects=compared.effects.assign(counts=False))
    assert "other less fake: no difference counts." in sim.card(nothing)
    without_spread = replace(compared, effects=compared.effects.assign(effect=float("inf")))
    assert "NaN" not in sim.card(without_spread)


def test_a_model_shows_itself_before_it_is_played_and_after(cards, model):
    assert "not played yet; it begins in 2026-Q1" in sim.card(sim.Model("toy"))
    assert "1 of 20 quarters played, the last 2026-Q1" in cards["model"]
    assert f"{model.offers[0].by} to {model.offers[0].to}" in Page(cards["model"]).cells


def test_an_offer_shows_its_points_and_what_it_is_when_unanswered(cards, model):
    offer = model.offers[0]
    cells = Page(cards["offer"]).cells
    assert sum(cell.startswith(("+", "−")) for cell in cells) <= len(TERMS)
    assert "odds of a yes" in cells
    bare = Offer(quarter=8100, by="A", to="B", kind="deal", size=1.0, exclusivity_asked=0.1, strings=0.2)
    assert "not answered yet" in sim.card(bare)
    assert "odds of a yes" not in sim.card(bare)
    assert "refused" in sim.card(replace(bare, accepted=False, permitted=False))
    assert repr(offer).startswith("<Offer of 2026-Q1: ")


def test_a_peek_shows_the_words_of_every_state(cards):
    cells = Page(cards["peek"]).cells
    for row in sim.peek("toy", 8).final_outcomes().itertuples():
        assert any(f"{row.outcome} {percent_in_cell(row.share)}" in cell for cell in cells)
    assert "8 worlds to" in cards["peek"]
    assert "with other numbers: choice.dependence_aversion" in sim.card(
        sim.peek("toy", 2, numbers={"choice.dependence_aversion": 0.5})
    )


def test_a_preview_says_what_could_be_seen_and_that_clauses_are_only_tried(cards, game):
    found = game.preview(game.inbox[0], runs=4, clauses=0.01)
    assert cards["preview"].count(NOTHING_SEEN) == sum(not effect.seen for effect in found.effects)
    assert "no counter-offer can be made" in cards["preview"]
    assert "no counter-offer" not in sim.card(game.preview(game.inbox[0], runs=4))
    assert "would not be signed whatever" in sim.card(replace(found, allowed=False))


def test_a_game_shows_its_table_and_its_end(cards, game):
    cells = Page(cards["game"]).cells
    assert game.inbox[0].amount in cells
    assert "its own rule" in cells
    short = replace(sim.load_scenario("toy"), end=sim.load_scenario("toy").start)
    over = sim.Game(short, "ALD", 5)
    assert "in 2026-Q1" in sim.card(over)
    over.step()
    assert f"ends as {over.ending}" in sim.card(over)


def test_only_what_has_a_card_gets_one():
    for value in (None, "toy", 3, object()):
        with pytest.raises(InputError, match=r"sim\.card"):
            sim.card(value)


def test_a_damaged_folder_says_so_in_place_of_its_card(tmp_path):
    hurt = sim.run(fake_scenario(runs=4), out=tmp_path, engine=FakePrepared)
    (hurt.folder / "outcomes.parquet").write_bytes(b"<b>")
    assert hurt._repr_html_().startswith("<pre>")
    assert "outcomes.parquet" in hurt._repr_html_()


# --- lines -----------------------------------------------------------------------------------------------------------


def test_each_is_one_short_line_elsewhere(results, compared, model):
    lines = [repr(one) for one in (results, compared, model, model.offers[0])]
    assert [line.split()[0] for line in lines] == ["<Results", "<Comparison", "<Model", "<Offer"]
    assert all(len(line) < 220 and line.isprintable() for line in lines)
    assert repr(sim.Model("toy")).endswith("not played yet>")
    assert repr(object.__new__(sim.Model)) == "<Model>"


# --- pieces ----------------------------------------------------------------------------------------------------------


def test_what_is_no_markup_is_escaped():
    assert said("<&>\n") == "&lt;&amp;&gt;\\n"
    assert element("p", element("b", "<"), title='"') == '<p title="&quot;"><b>&lt;</b></p>'


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_strokes_of_a_hatching_stay_inside_their_area(outcome):
    fill = outcome_fill(outcome, HOW)
    for left, right in ((10.0, 60.0), (10.0, 12.0), (10.0, 10.2)):
        for stroke in _strokes(fill.get("hatch", ""), left, right, HEIGHT):
            x, y, way, *ends = re.fullmatch(r"M([\d.]+) ([\d.]+)([LHh])([\d.]+) ?([\d.]+)?", stroke).groups()
            across = [float(x), *([float(ends[0])] if way != "h" else [])]
            assert all(left - 0.1 <= one <= max(right, left + 1.5) + 0.1 for one in across)
            assert all(0.0 <= float(one) <= HEIGHT for one in (y, ends[1] or y))
    assert ("<path" in swatch(fill)) == ("hatch" in fill)


def test_bars_are_drawn_where_they_should_be():
    assert 'aria-label="told"' in stacked([(0.5, outcome_fill("squeezed", HOW))], "told")
    assert 'cx="110"' in interval(-1.0, 0.0, 1.0, 2.0, "#000000")
    assert 'cx="216.5"' in interval(1.0, 9.0, 9.0, 2.0, "#000000")
    assert 'x="110" y="3" width="106.5"' in one_sided(2.0, 2.0, "#000000")
    assert 'x="3.5" y="3" width="106.5"' in one_sided(-2.0, 2.0, "#000000")
    assert 'width="0"' in one_sided(1.0, 0.0, "#000000")
