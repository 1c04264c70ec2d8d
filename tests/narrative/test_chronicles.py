"""Scenarios at their own seed, told as stories: fit to be read, and some of them kept and replayed word for word.

`make chronicles` renews the stories that are kept; the difference is then read as prose. A story is kept from the
day on which an empty file of its name lies beside the others.
"""

import functools
import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sim.engine.agents import Model
from sim.evidence.evidence import load_evidence
from sim.io.text import CAUTION, WIDTH, capital
from sim.model.variables import BY_STATE
from sim.narrative.chronicle import tell
from sim.narrative.observer import Stand, StateYear
from sim.narrative.paragraphs import ROOM, Paragraphs, times_told
from sim.scenario.events import EventKind
from sim.scenario.family import list_scenarios
from sim.scenario.scenario import load_scenario

KEPT = Path(__file__).parents[1] / "chronicles"
SCENARIOS = list_scenarios()
STORIES = sorted(path.stem for path in KEPT.glob("*.txt"))

story = functools.cache(tell)


def prose(name):
    """The story without the line that lists drawn numbers and their units."""
    return re.sub(r"Drawn for this run.*?\n\n", "", story(name), flags=re.DOTALL)


def test_every_story_that_is_kept_has_a_scenario():
    assert {"toy", "baseline"} <= set(STORIES) <= set(SCENARIOS)


@pytest.mark.parametrize("name", STORIES)
def test_the_story_is_the_one_that_is_kept(name):
    assert story(name).rstrip("\n") + "\n" == (KEPT / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_story_says_that_it_is_no_forecast(name):
    opening = " ".join(story(name).split("Who is who")[0].split())
    assert CAUTION in opening


@pytest.mark.parametrize("name", SCENARIOS)
def test_actors_go_by_their_names(name):
    evidence = load_evidence(load_scenario(name).world)
    actors = (*evidence.states, *evidence.powers)
    codes = "|".join(actor.code for actor in actors)
    assert re.findall(rf"\b(?:{codes})\b", prose(name)) == []
    for actor in actors:
        assert actor.name in prose(name)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_story_reads_as_prose(name):
    lines = prose(name).splitlines()
    assert re.findall(r"\b(?:nan|inf|None|True|False)\b|[{}_\[\]]|np\.", prose(name)) == []
    for line in lines:
        assert "  " not in line.strip(), line
        assert line == line.rstrip(), line
        assert len(line) <= WIDTH, line
    for before, after in pairwise(lines):
        assert before != after or not before, f"said twice: {before}"
    sentences = " ".join(prose(name).split())
    assert re.findall(r" [,.;:]|\.\.|,,|\(\)| because\.| and\.", sentences) == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_year_is_told(name):
    scenario = load_scenario(name)
    headings = [line for line in story(name).splitlines() if re.fullmatch(r"\d{4}", line)]
    assert headings == [str(year) for year in range(scenario.start // 4, scenario.end // 4 + 1)]
    assert story(name).count("\nHow it ends\n") == 1


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_story_opens_with_who_is_who_and_ends_with_what_changed(name):
    headings = [line for line, under in pairwise(story(name).splitlines()) if under and set(under) == {"-"}]
    assert headings[0] == "Who is who"
    assert headings[-2:] == ["How it ends", "What changed, and why"]
    evidence = load_evidence(load_scenario(name).world)
    first = story(name).split("Who is who")[1].split("\n\n2")[0]
    for actor in (*evidence.states, *evidence.powers):
        assert len(re.findall(rf"^{re.escape(capital(actor.spoken))} ", first, re.MULTILINE)) == 1


def paragraphs(name):
    """Year -> paragraphs of that year, each in one line; events and the year at a glance left out."""
    years = re.split(r"\n(\d{4})\n-{4}\n", story(name).split("\nHow it ends\n")[0])[1:]
    told = {}
    for year, text in zip(years[::2], years[1::2], strict=True):
        told[year] = [" ".join(part.split()) for part in text.strip().split("\n\n")[1:]]
    return told


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_state_has_one_short_paragraph_a_year_at_most(name):
    evidence = load_evidence(load_scenario(name).world)
    for year, parts in paragraphs(name).items():
        assert len(parts) <= len(evidence.states), year
        for state in evidence.states:
            opening = [part for part in parts if re.match(rf"(?:In|From)?[^.]*\b{state.name}\b", part)]
            assert opening, (year, state.name)
        for part in parts:
            sentences = re.findall(r"\. (?=[A-Z])|\.$", part)
            assert len(sentences) <= ROOM, part
            assert len(part) <= 800, part


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_sentence_about_a_state_is_told_again_and_again(name):
    said = Counter()
    for parts in paragraphs(name).values():
        for part in parts:
            said.update(re.split(r"(?<=\.) (?=[A-Z])", part))
    said = Counter({text: count for text, count in said.items() if len(text) > 60})
    assert max(said.values()) <= 6, said.most_common(1)


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_counted_in_a_story_is_so_in_the_run(name):
    model = Model(name).run_model()
    text = " ".join(story(name).split())
    signed = sum(offer.accepted for offer in model.offers)
    assert f"Of {len(model.offers)} offers {signed} were signed." in text
    glances = [(int(a), int(b)) for a, b in re.findall(r"(\d+) offers are made and (\d+) signed", text)]
    assert [sum(numbers) for numbers in zip(*glances, strict=True)] == [len(model.offers), signed]
    off_calendar = model.by_state[:, :, BY_STATE.index("compensating_visits"), 0].sum()
    assert f"Leaders went off the calendar {times_told(int(off_calendar))}" in text
    sided = model.by_state[:, :, BY_STATE.index("sided"), 0]
    before = np.vstack([np.zeros_like(sided[:1]), sided[:-1]])
    taken = int(((sided != before) & (sided > 0)).sum())
    assert len(re.findall(r"openly takes the side of", text)) == taken
    assert text.count("stands on nobody's side any more") == int(((sided != before) & (sided == 0)).sum())


@pytest.mark.parametrize("name", SCENARIOS)
def test_offers_that_a_scenario_lays_on_the_table_are_answered_in_the_story(name):
    scenario = load_scenario(name)
    offers = [event for event in scenario.events if event.kind is EventKind.OFFER]
    text = " ".join(story(name).split())
    assert len(re.findall(r"(?:takes it|refuses the offer), because ", text)) == len(offers)


def test_quiet_states_are_told_together():
    teller = Paragraphs("AAA", {"AAA": "Alpha", "BBB": "Beta"}, {"BBB": "Betaville"})
    stand = Stand(alignment={"BBB": 0.2}, trust={"BBB": 0.5}, standing={"BBB": 0.5}, partners=1.0)
    calm = StateYear(before=stand, after=stand, kept={"BBB": 0.0}, failed={"BBB": 0.0})
    assert teller.paragraph(calm) == ""
    assert teller.quiet(calm) == "Alpha (no offers, nothing signed)"
    sided = StateYear(sides=[(8100, "BBB", 0.5)], before=stand, after=stand, kept={"BBB": 0.0}, failed={"BBB": 0.0})
    assert teller.paragraph(sided).startswith("In Q1 Alpha openly takes the side of Beta: 20% of")


def test_votes_are_told_once_for_all_states():
    text = " ".join(story("divided-assembly").split())
    assert len(re.findall(r"In the vote of Q1 [^.]*\.", text)) == text.count("A vote divides the powers")
    assert re.search(r"(?:abstain|stay away|stays away|abstains)", text)


def test_clashes_and_plants_are_told():
    teller = Paragraphs("AAA", {"AAA": "Alpha", "BBB": "Beta", "CCC": "Gamma"}, {"BBB": "Betaville"})
    stand = Stand(alignment={"BBB": 0.2}, trust={"BBB": 0.5}, standing={"BBB": 0.5}, partners=1.0)
    year = StateYear(
        clashes=[(8100, "CCC")],
        before=stand,
        after=replace(stand, refines=0.2),
        kept={"BBB": 0.0},
        failed={"BBB": 0.0},
    )
    told = teller.paragraph(year)
    assert told.startswith("In Q1 Alpha clashes with Gamma. New plants")
    assert "New plants let it refine 20% of what it mines." in told


def test_another_seed_is_another_story():
    assert tell("toy", seed=0) != tell("toy", seed=2)
    assert tell("toy", seed=0) == tell("toy", seed=0)
    assert tell("toy", seed=0, run=1) != tell("toy", seed=0)
