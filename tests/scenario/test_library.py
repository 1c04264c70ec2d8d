"""The library of questions: each rests on something, changes something, and moves what it asks about."""

import dataclasses
import functools
import math
import re
from pathlib import Path

import numpy as np
import pytest

from sim.engine import agents, ensemble
from sim.engine.sampling import event_dates
from sim.evidence.evidence import load_evidence
from sim.evidence.worlds import HOME_WORLD
from sim.scenario.events import EventKind
from sim.scenario.family import list_scenarios
from sim.scenario.scenario import load_scenario

README = (Path(__file__).parents[2] / "scenarios" / "README.md").read_text(encoding="utf-8")
ARRAYS = ("by_power", "by_state", "offers")
TO_BEGIN_WITH = {"toy", "baseline"}
LIBRARY = tuple(name for name in list_scenarios() if name not in TO_BEGIN_WITH)
WITH_PARENT = tuple(name for name in LIBRARY if load_scenario(name).extends)
AT_LEAST = 18
RUNS = 48
TWO_YEARS = 8  # quarters
CLEAR = 3.0  # how many of its standard errors an effect has to be away from nothing
MONEY = slice(0, 3)  # the kinds of offer counted in money; the fourth is security
SECURITY = slice(3, 4)
ACCEPTED, SIGNED = 1, 3  # the places of offers accepted, and of what they are worth, among the totals of offers


@functools.cache
def played(name):
    return ensemble.prepare(load_scenario(name)).run_block(0, RUNS)


# --- what each file says ---------------------------------------------------------------------------------------------


def test_there_are_enough_questions():
    assert len(LIBRARY) >= AT_LEAST


@pytest.mark.parametrize("name", LIBRARY)
def test_each_asks_rests_and_expects(name):
    scenario = load_scenario(name)
    assert scenario.question.endswith("?")
    assert scenario.evidence
    assert len(scenario.notes.split()) > 10  # a sentence or two on what to expect, or how to read it
    lines = scenario.path.read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line.startswith("# ") and "language-server" not in line]) > 2


def test_no_two_ask_the_same():
    for what in ("title", "question"):
        said = [getattr(load_scenario(name), what) for name in LIBRARY]
        assert len(set(said)) == len(said)


@pytest.mark.parametrize("name", WITH_PARENT)
def test_each_says_how_it_differs_from_the_one_it_extends(name):
    scenario = load_scenario(name)
    parent = load_scenario(scenario.extends[0])
    asked = ("world", "start", "end", "numbers", "sampled", "without", "events")
    assert any(getattr(scenario, what) != getattr(parent, what) for what in asked)


@pytest.mark.parametrize("name", LIBRARY)
def test_the_readme_has_a_row_and_a_section_for_each(name):
    row = re.search(rf"^\| `{name}` \|(.*)\|$", README, re.MULTILINE)
    assert row
    assert all(cell.strip() for cell in row[1].split("|"))
    assert re.search(rf"^### `{name}`$", README, re.MULTILINE)


def test_every_kind_of_event_is_used():
    used = {event.kind for name in LIBRARY for event in load_scenario(name).events}
    # Backtests set runs to the record; a question that did so would tell its own answer.
    assert used == set(EventKind) - {EventKind.OBSERVE}


def test_chance_random_dates_and_ranges_are_used():
    scenarios = [load_scenario(name) for name in LIBRARY]
    assert any(event.chance < 1.0 for one in scenarios for event in one.events)
    assert any(event.latest is not None for one in scenarios for event in one.events)
    assert any(one.sampled for one in scenarios)


# --- sums and promises in the comments -------------------------------------------------------------------------------


def offered(name, by):
    """Money that a power is ordered to lay on the table, bn USD."""
    events = [event for event in load_scenario(name).events if event.kind is EventKind.OFFER]
    return sum(event.fields["size"] for event in events if event.fields["by"] == by)


def test_japan_offers_its_three_trillion_yen_and_no_more():
    yen_a_dollar = 150.0
    target = load_evidence().facts["jpn-target-2025-yen"].value * 1000.0 / yen_a_dollar
    assert offered("japan-package", "JPN") == pytest.approx(target)


def test_europe_offers_its_package_and_no_more():
    dollars_a_euro = 1.083
    package = load_evidence().facts["eu-package-2025-eur"].value * dollars_a_euro
    assert offered("global-gateway", "EU") == pytest.approx(package, rel=0.01)


def test_the_downturn_is_as_deep_as_that_of_2020():
    facts = load_evidence().facts
    fall = (facts["c5-gdp-growth-2019"].value - facts["c5-gdp-growth-2020"].value) / 100.0
    losses = [event.fields["loss"] for event in load_scenario("downturn-like-2020").events]
    assert losses == pytest.approx([fall] * len(losses))


@pytest.mark.parametrize(
    ("name", "kind", "of", "key", "in_all"),
    [
        ("kazakh-unrest-unanswered", EventKind.CAPACITY, "RUS", "change", 1.0),
        ("middle-corridor-open", EventKind.CORRIDOR, "MIDDLE", "capacity", 5.0625),
        ("archipelago-blockade", EventKind.CORRIDOR, "NARROWS", "capacity", 0.66),
    ],
)
def test_what_changes_in_steps_comes_to_what_is_said(name, kind, of, key, in_all):
    events = [event for event in load_scenario(name).events if event.kind is kind and event.fields["of"] == of]
    assert math.prod(1.0 + event.fields[key] for event in events) == pytest.approx(in_all)


def test_the_quarrel_breaks_out_when_the_narrows_are_closed():
    events = load_scenario("archipelago-blockade").events
    closing = [event for event in events if event.draw == "closing"]
    dates = event_dates(closing, 2025, 0, RUNS)
    assert len(closing) == 2
    assert np.array_equal(dates[0], dates[1])
    assert len(set(dates[0])) > 1


def test_nobody_can_date_the_raid():
    scenario = load_scenario("afghan-spillover")
    certain, possible = event_dates(scenario.events, scenario.seed, 0, RUNS)
    assert np.isfinite(certain).all()
    assert len(set(certain)) > 5
    happened = (possible >= scenario.start).sum()
    assert 0 < happened < RUNS


# --- what they do ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LIBRARY)
def test_each_runs_to_its_end(name):
    block = played(name)
    block.check()
    alignment = block.power_measure("alignment")
    assert block.quarters[-1] == load_scenario(name).end
    assert block.offers.sum() > 0
    assert alignment.min() >= 0.0
    assert alignment.sum(axis=-1).max() <= 1.0 + 1e-9


def paired(name, measure):
    """Mean over runs of what a scenario adds to a measure, and its standard error; the same luck in both."""
    scenario = load_scenario(name)
    difference = measure(played(name)) - measure(played(scenario.extends[0]))
    return difference.mean(), difference.std() / math.sqrt(RUNS)


def of_state(measure, state):
    """Mean over the run of a measure by state: block -> [runs]."""
    return lambda block: block.state_measure(measure)[:, :, block.states.index(state)].mean(axis=1)


def of_tie(measure, state, power):
    """Mean over the run of a measure by state and power."""

    def ask(block):
        return block.power_measure(measure)[:, :, block.states.index(state), block.powers.index(power)].mean(axis=1)

    return ask


def signed(power, kinds=MONEY, total=SIGNED):
    """What a power signs with all states of the home world in a run."""
    home = [state.code for state in load_evidence(HOME_WORLD).states]

    def ask(block):
        states = [block.states.index(state) for state in home]
        return block.offers[:, states, block.powers.index(power), kinds, total].sum(axis=(1, 2)).astype(float)

    return ask


def signatures(power):
    """How many offers of business a power has accepted by the home world in a run, whatever each is worth."""
    return signed(power, total=ACCEPTED)


def votes(block):
    """How many votes were cast in a run, whatever they were."""
    return (block.state_measure("vote") > 0.0).sum(axis=(1, 2)).astype(float)


# What each question is about, and the direction in which it has to move if the file does what it says.
# The measures were picked after a look at 200 runs with this seed: this keeps what was seen, and confirms nothing anew.
MOVES = {
    "afghan-spillover": (of_state("threat", "TJK"), +1),
    "archipelago-blockade": (of_tie("trade", "ONDO", "VASTMK"), -1),
    "china-russia-rift": (of_tie("pressure", "KAZ", "CHN"), +1),
    "chinese-standstill": (of_tie("trade", "KAZ", "CHN"), -1),
    "chinese-slowdown": (of_tie("trade", "KAZ", "CHN"), -1),
    "cku-railway": (of_tie("trade", "KGZ", "CHN"), +1),
    "conditionality-ends": (signed("USA"), +1),
    "divided-assembly": (votes, +1),
    "downturn-like-2020": (of_tie("trade", "KAZ", "EU"), -1),
    "eurasian-exit": (of_tie("trade", "KGZ", "RUS"), -1),
    "everybody-refused": (of_state("accepted", "KAZ"), -1),
    "exclusivity-two-sided": (of_state("autonomy", "UZB"), -1),
    "exclusivity-ultimatum": (signatures("USA"), -1),
    "five-apart": (of_state("threat", "KGZ"), +1),
    "five-as-one": (of_state("threat", "KGZ"), -1),
    "global-gateway": (signed("EU"), +1),
    "gulf-entrant": (of_state("effective_partners", "UZB"), +1),
    "japan-package": (of_tie("alignment", "TKM", "JPN"), +1),
    "kazakh-unrest": (of_state("threat", "KAZ"), +1),
    "kazakh-unrest-unanswered": (of_tie("trust", "KAZ", "RUS"), -1),
    "late-suitor": (signed("TUR"), -1),
    "middle-corridor-open": (of_tie("pressure", "TKM", "RUS"), -1),
    "oil-price-halves": (of_tie("trade", "TKM", "EU"), -1),
    "pipeline-shut": (of_tie("trade", "KAZ", "EU"), -1),
    "refineries-outside-china": (of_state("refining", "KAZ"), +1),
    "rivalry-to-the-limit": (of_state("autonomy", "KAZ"), -1),
    "secondary-sanctions": (of_tie("trust", "KAZ", "USA"), -1),
    "six-states": (of_state("offers", "KAZ"), -1),
    "tariff-shock": (of_tie("trust", "KAZ", "USA"), -1),
    "us-china-detente": (of_tie("pressure", "UZB", "USA"), -1),
    "us-security-return": (signed("USA", SECURITY), +1),
    "uzbek-succession": (of_tie("alignment", "UZB", "RUS"), +1),
    "war-ends": (signed("RUS"), +1),
    "war-goes-on": (signed("RUS"), -1),
    "western-quarrel": (of_state("offers", "KAZ"), +1),
}
# `washington-summit` spans other years than the one it extends, `rough-decade` is about spread, and the scenarios of
# history are held against the record and not against one another.
HISTORY = {
    "history-2010-2019-others-told",
    "history-2010-2019-told",
    "history-2010-2025",
    "history-2010-2025-told",
}
NOT_PAIRED = {"washington-summit", "rough-decade"} | HISTORY


def test_every_question_is_asked_whether_it_moves_something():
    assert set(MOVES) | NOT_PAIRED == set(WITH_PARENT)


@pytest.mark.parametrize("name", MOVES)
def test_each_moves_what_it_asks_about(name):
    measure, sign = MOVES[name]
    mean, error = paired(name, measure)
    assert sign * mean > CLEAR * error, (mean, error)


def test_a_rough_decade_spreads_more_widely():
    def spread(name):
        return played(name).state_measure("autonomy").mean(axis=(1, 2)).std()

    assert spread("rough-decade") > spread("baseline")


# --- worlds that are data --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("world", "more"), [("gulf-entrant", "powers"), ("six-states", "states")])
def test_a_larger_world_is_the_home_world_and_one_more(world, more):
    home, larger = load_evidence(HOME_WORLD), load_evidence(world)
    for group in ("states", "powers"):
        had, has = getattr(home, group), getattr(larger, group)
        assert has[: len(had)] == had
        assert len(has) - len(had) == (group == more)
    # a file is told as seen from where it was first read, which may be elsewhere
    told = [{name: dataclasses.replace(one.numbers[name], file="") for name in home.numbers} for one in (home, larger)]
    assert told[0] == told[1]


def test_a_world_may_have_nothing_of_the_home_world():
    home, isles = load_evidence(HOME_WORLD), load_evidence("archipelago")
    codes = {actor.code for actor in (*home.states, *home.powers, *home.corridors)}
    assert codes.isdisjoint(actor.code for actor in (*isles.states, *isles.powers, *isles.corridors))


@pytest.mark.parametrize("name", ["archipelago", "archipelago-blockade", "gulf-entrant", "six-states"])
def test_agents_and_lanes_agree_in_every_world(name):
    scenario = load_scenario(name)
    end = scenario.start + TWO_YEARS - 1
    events = tuple(event for event in scenario.events if event.last <= end)
    scenario = dataclasses.replace(scenario, end=end, events=events)
    by_agents = agents.prepare(scenario).run_block(1, 2)
    in_lanes = ensemble.prepare(scenario).run_block(0, 4)
    for array in ARRAYS:
        assert np.array_equal(getattr(by_agents, array), getattr(in_lanes, array)[1:3]), array
