"""Sliders, the search over all numbers, and panels of sources: for every number there is, every text escaped."""

import dataclasses
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pytest

import sim
from helpers.small_seeds import files, write
from sim.classroom import numbers, searching, sources
from sim.classroom.lessons import load_lesson
from sim.classroom.room import Caller, Role, Room
from sim.evidence.evidence import load_evidence
from sim.evidence.numbers import Basis
from sim.evidence.provenance import known_names
from sim.evidence.story import Kind
from sim.io.errors import InputError
from sim.scenario.scenario import evidence_of, load_scenario

BASELINE = load_scenario("baseline")
EVIDENCE = evidence_of(BASELINE)
EVIL = "<script>alert('x')</script> & \"quoted\" <b>bold</b>"
PUPIL = Caller(Role.PUPIL, "page", 1)
ASKED = {post.path: post.answer for post in numbers.POSTS}


class Read(HTMLParser):
    """A piece of a page: its text, its tags, and the attributes of each element."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.held, self.text = [], [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.held.append(dict(attrs))

    def handle_data(self, data):
        self.text += data

    @property
    def leads(self):
        return {(one["data-kind"], one["data-name"]) for one in self.held if one.get("data-do") == "source"}


def spaced(text):
    return " ".join(text.split())


@pytest.fixture(scope="module")
def every_slider():
    return {one["name"]: one for one in numbers.sliders(BASELINE, list(EVIDENCE.numbers))}


@pytest.fixture(scope="module")
def panels():
    return {name: Read(sources.panel(EVIDENCE, Kind.NUMBER, name)) for name in EVIDENCE.numbers}


@pytest.fixture
def room():
    return Room(BASELINE)


def ask(room, path, **asked):
    return ASKED[path](room, PUPIL, asked)


# --- sliders ---------------------------------------------------------------------------------------------------------


def test_every_number_has_a_slider_with_its_range_and_basis(every_slider):
    for name, number in EVIDENCE.numbers.items():
        slider = every_slider[name]
        assert (slider["low"], slider["high"], slider["basis"]) == (number.low, number.high, number.basis.name)
        assert slider["low"] < slider["high"]
        assert slider["label"]
        assert slider["one"] == name.startswith("measures.")


def test_a_unit_that_says_nothing_to_a_class_is_left_out_beside_the_slider_and_in_the_panel(every_slider, panels):
    units = {name: every_slider[name]["unit"] for name in ("choice.dependence_aversion", "climate.rivalry_level")}
    assert units == {"choice.dependence_aversion": "", "climate.rivalry_level": "×"}
    growth = every_slider["powers.CHN.growth"]
    assert numbers.amount_of(growth, growth["value"]) == "4.62 % a year"
    assert "4.62 % a year, written 0.0462" in panels["powers.CHN.growth"].text
    assert not {"factor", "utility"} & {one["unit"] for one in every_slider.values()}
    assert "1.8 utility" not in panels["choice.dependence_aversion"].text
    assert "plainly" not in panels["choice.dependence_aversion"].text  # it is the heading


def test_a_slider_can_stand_at_its_ends_and_at_the_models_own_value(every_slider):
    by_hand = [one for one in every_slider.values() if one["step"] is not None]
    assert len(by_hand) > 0.9 * len(every_slider)
    for one in by_hand:
        for place in (one["high"] - one["low"], one["value"] - one["low"]):
            assert place / one["step"] == pytest.approx(round(place / one["step"]), abs=1e-6)
        assert 49.9 < (one["high"] - one["low"]) / one["step"] < 500.1


def test_the_value_is_the_scenarios_own():
    scenario = sim.load_scenario("war-ends")
    name, value = next(iter(scenario.numbers.items())) if scenario.numbers else ("choice.gain", None)
    slider = numbers.sliders(scenario, [name])[0]
    assert slider["value"] == (evidence_of(scenario).numbers[name].value if value is None else value)


def test_a_number_that_differs_from_run_to_run_says_so(every_slider):
    drawn = [name for name, one in every_slider.items() if one["differs"]]
    assert {"delivery.flywheel", "delivery.price_pass"} <= set(drawn)
    assert len(drawn) < 50
    rows = numbers.slider_rows([every_slider["delivery.flywheel"]])
    assert "differs from world to world" in rows


def test_a_number_that_is_switched_off_cannot_be_moved():
    without = dataclasses.replace(BASELINE, without=("over-dependence-aversion",))
    (slider,) = numbers.sliders(without, ["choice.dependence_aversion"])
    assert slider["value"] == 0.0
    assert slider["off"]
    assert "disabled" in next(one for one in Read(numbers.slider_rows([slider])).held if one.get("type") == "range")


def test_a_class_begins_with_five_numbers_of_its_world(tmp_path):
    assert numbers.first_names(EVIDENCE) == numbers.FIRST
    assert len(numbers.FIRST) == numbers.MOST_SHOWN
    assert numbers.first_names(load_evidence("toy")) == numbers.FIRST
    assert numbers.first_names(load_evidence(folder=write(tmp_path))) == ("choice.dependence_aversion",)


@pytest.mark.parametrize("name", numbers.FIRST)
def test_each_of_the_first_sliders_moves_the_words_of_a_class(name):
    """A peek is compared end to end: how many of a state's worlds have another word in ten years."""
    number = EVIDENCE.numbers[name]
    low, high = (sim.peek(BASELINE, 192, numbers={name: end}).counted[-1] / 192 for end in (number.low, number.high))
    moved = np.abs(high - low).sum(axis=(1, 2)) / 2
    assert moved.max() > 0.1


def test_a_lesson_says_which_sliders_its_class_has(room):
    assert [one["name"] for one in ask(room, "/api/numbers")["numbers"]] == list(numbers.FIRST)
    room.lesson = load_lesson(2)
    assert [one["name"] for one in ask(room, "/api/numbers")["numbers"]] == list(load_lesson(2).sliders)
    twice = ask(room, "/api/numbers", names=["choice.gain", "choice.gain", *numbers.FIRST])
    assert [one["name"] for one in twice["numbers"]] == ["choice.gain", *numbers.FIRST[:4]]


# --- found -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("dependence", "choice.dependence_aversion"),
        ("dislikes depending on one power", "choice.dependence_aversion"),
        ("rivalry level", "climate.rivalry_level"),
        ("rivalery level", "climate.rivalry_level"),
        ("goods trade Kazakhstan China", "ties.KAZ.CHN.trade"),
        ("states.UZB.gdp", "states.UZB.gdp"),
    ],
)
def test_the_nearest_number_comes_first(words, first):
    assert sources.desk(EVIDENCE).shelf.find(words)[0] == first


def test_a_search_says_how_many_there_are_and_shows_the_nearest(room):
    found = ask(room, "/api/numbers", words="kazakhstan")
    assert found["found"] > len(found["numbers"]) == numbers.MOST_FOUND
    assert f"{found['found']} found" in Read(found["html"]).text
    assert ask(room, "/api/numbers", words="zzzz qqq")["numbers"] == []
    assert ask(room, "/api/numbers", words="  ") == {"found": 0, "numbers": [], "html": ""}
    assert ask(room, "/api/numbers", words="<i>%")["found"] == 0


def test_what_most_numbers_have_in_common_finds_nothing_beside_a_word_that_tells():
    shelf = sources.desk(EVIDENCE).shelf
    assert shelf.find("the tolerance of a state")[0] == "choice.tolerance"
    assert len(shelf.find("the sanctions of")) < 20


def test_an_empty_shelf_finds_nothing():
    nothing = SimpleNamespace(states=(), powers=(), numbers={})
    assert searching.shelf(nothing, [], {}).find("anything") == []


# --- sources ---------------------------------------------------------------------------------------------------------


def test_every_number_has_a_panel_that_tells_value_range_and_basis(panels):
    for name, number in EVIDENCE.numbers.items():
        text = spaced(panels[name].text)
        assert name in text
        assert f"{number.low:g} to {number.high:g}" in text
        assert spaced(number.meaning).lower() in text.lower()


def test_the_bias_of_every_document_that_a_panel_names_is_seen_at_once(panels):
    for name, number in EVIDENCE.numbers.items():
        panel, text = panels[name], spaced(panels[name].text)
        facts = [EVIDENCE.facts[fact] for fact in number.evidence]
        documents = {document for kind, document in panel.leads if kind == "document"}
        assert {fact.document for fact in facts} <= documents, name
        assert all(spaced(EVIDENCE.documents[document].bias) in text for document in documents), name
        assert all(spaced(fact.locator) in text for fact in facts), name


def test_every_name_in_a_panel_leads_to_a_panel(panels, room):
    known = {kind.name.lower(): set(names) for kind, names in known_names(sources.desk(EVIDENCE).teller).items()}
    leads = set().union(*(panel.leads for panel in panels.values()))
    assert {kind for kind, _ in leads} >= {"number", "fact", "document", "rule", "system", "outcome", "conflict"}
    assert all(name in known[kind] for kind, name in leads)
    seen = {}
    for kind, name in sorted(leads):
        seen.setdefault(kind, name)
    for kind, name in seen.items():
        told = ask(room, "/api/source", kind=kind, name=name)
        assert (told["slider"] is not None) == (kind == "number")
        assert all(further in known[of] for of, further in Read(told["html"]).leads)


def test_a_number_and_its_source_come_together(room):
    told = ask(room, "/api/source", kind="number", name="climate.rivalry_level")
    assert told["slider"]["name"] == "climate.rivalry_level"
    assert "No source states it" in told["html"]
    assert re.search(r"1 of [\d,]+ in influence", spaced(Read(told["html"]).text))


# --- what is refused, and what is escaped ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "asked", "said"),
    [
        ("/api/source", {"kind": "number", "name": "climate.rivalry_levle"}, "Did you mean 'climate.rivalry_level'"),
        ("/api/numbers", {"names": ["climate.rivalry_levle"]}, "Did you mean 'climate.rivalry_level'"),
        ("/api/numbers", {"names": ["x"] * 300}, "at most 200 names"),
        ("/api/numbers", {"names": 3}, "a list of names"),
        ("/api/numbers", {"words": "x" * 300}, "at most 200 letters"),
        ("/api/numbers", {"words": ["x"]}, "text"),
        ("/api/numbers", {"scenario": "../../x"}, "no such scenario"),
        ("/api/source", {"kind": "document", "name": "zeng-pang-2032"}, "Did you mean 'zeng-pang-2023'"),
        ("/api/source", {"kind": "documents", "name": "zeng-pang-2023"}, "Did you mean 'document'"),
        ("/api/source", {"kind": "number"}, "text"),
        ("/api/source", {"kind": "fact", "name": "../../etc/passwd"}, "the name of a fact of this world"),
    ],
)
def test_what_is_no_name_is_refused_with_the_nearest(room, path, asked, said):
    with pytest.raises(InputError, match=re.escape(said)):
        ask(room, path, **asked)


def test_of_many_names_that_nobody_knows_the_first_is_told(room):
    with pytest.raises(InputError) as refused:
        ask(room, "/api/numbers", names=[f"no.such{number}" for number in range(numbers.MOST_ASKED)])
    assert len(refused.value.problems) == 1


def test_every_text_of_the_seeds_is_escaped(tmp_path):
    contents = files()
    document = contents["documents.yaml"]["documents"]["a-paper"]
    for key in ("citation", "kind", "bias", "note", "url", "licence", "author"):
        document[key] = EVIL
    fact = contents["facts/one.yaml"]["facts"][0]
    for key in ("says", "locator", "note"):
        fact[key] = EVIL
    number = contents["parameters/choice.yaml"]["dependence_aversion"]
    for key in ("meaning", "note", "reason"):
        number[key] = EVIL
    evidence = load_evidence(folder=write(tmp_path, contents))
    for kind, name in (
        (Kind.NUMBER, "choice.dependence_aversion"),
        (Kind.DOCUMENT, "a-paper"),
        (Kind.FACT, fact["id"]),
    ):
        text = sources.panel(evidence, kind, name)
        assert "&lt;script&gt;" in text
        assert not {"script", "b"} & set(Read(text).tags)


def test_every_text_of_a_slider_is_escaped():
    text = dict.fromkeys(("name", "label", "unit", "off"), EVIL)
    slider = text | {"value": 1.0, "low": 0.0, "high": 2.0, "step": 0.1, "one": False, "differs": True, "scale": 1.0}
    slider["basis"] = Basis.ASSUMED.name
    for piece in (numbers.slider_rows([slider]), numbers.found_list([slider], 1)):
        assert not {"script", "b"} & set(Read(piece).tags)
        assert "<script" not in piece
        assert {one["data-name"] for one in Read(piece).held if one.get("data-name")} == {EVIL}
