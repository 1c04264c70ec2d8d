"""The model as people who know Mesa expect it, and offers that can be looked at from the table to the answer."""

import dataclasses
import gc
import json
import re
import subprocess
import sys
import weakref
from pathlib import Path

import mesa
import numpy as np
import pytest

from sim.engine.agents import Model, Power, State
from sim.io.errors import InputError
from sim.model.fields import KINDS, TERMS
from sim.model.variables import BY_STATE
from sim.scenario.calendar import quarter_text
from sim.scenario.scenario import load_scenario

ROOT = Path(__file__).parents[2]
QUARTERS = 6


@pytest.fixture(scope="module")
def short():
    scenario = load_scenario("toy")
    return dataclasses.replace(scenario, start=scenario.start + 2, end=scenario.start + 1 + QUARTERS)


@pytest.fixture(scope="module")
def played(short):
    return Model(short, seed=3).run_model()


def courses(model):
    return model.by_power.tobytes() + model.by_state.tobytes()


# --- as Mesa has it --------------------------------------------------------------------------------------------------


def test_a_model_steps_and_stops_by_itself(short):
    model = Model(short, seed=0)
    assert isinstance(model, mesa.Model)
    steps = 0
    while model.running:
        assert model.quarter == short.start - 1 + steps
        model.step()
        steps += 1
    assert steps == model.steps == QUARTERS
    assert model.quarter == short.end


def test_a_step_after_the_end_changes_nothing(short):
    model = Model(short, seed=3).run_model()
    before = courses(model), len(model.offers), len(model.datacollector.get_model_vars_dataframe())
    model.step()
    assert not model.running
    assert (courses(model), len(model.offers), len(model.datacollector.get_model_vars_dataframe())) == before


def test_agents_are_the_actors_of_the_evidence(played):
    evidence = played.evidence
    assert set(played.agents_by_type) == {State, Power}
    assert [state.code for state in played.agents_by_type[State]] == [actor.code for actor in evidence.states]
    assert [power.name for power in played.agents_by_type[Power]] == [actor.name for actor in evidence.powers]
    assert len(played.agents) == len(evidence.states) + len(evidence.powers)
    assert played.state("BEK") in played.states
    assert played.power("SUD") in played.powers


def test_the_seed_decides_the_course_and_nought_is_a_seed(short):
    def course(**asked):
        return courses(Model(short, **asked).run_model())

    assert course(seed=0) == course(seed=0)
    assert course() == course(seed=short.seed)
    assert len({course(seed=0), course(seed=short.seed + 1), course(seed=0, run=1), course()}) == 4


def test_numbers_can_be_given_to_a_model(short):
    calm = Model(
        short, seed=3, numbers={"offers.summit_boost": 0.0, "states.ALD.gdp": {"value": 400.0, "beyond": "a rich one"}}
    )
    assert calm.world.gdp[0, 0] == 400.0
    assert courses(calm.run_model()) != courses(Model(short, seed=3).run_model())


def test_unknown_names_are_complained_about(played):
    with pytest.raises(InputError, match=r"'ADL'.*ALD"):
        played.state("ADL")
    with pytest.raises(InputError, match="'ALD'"):
        played.power("ALD")
    with pytest.raises(InputError, match="Did you mean 'baseline'"):
        Model("baselin")


# --- what is collected -----------------------------------------------------------------------------------------------


def test_the_model_frame_has_a_row_a_quarter(played, short):
    frame = played.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == ["quarter", "offers_answered"]
    assert frame["quarter"].tolist() == [quarter_text(short.start + n) for n in range(QUARTERS)]
    assert frame["offers_answered"].is_monotonic_increasing
    assert frame["offers_answered"].iloc[-1] == len(played.offers) > 0


def test_the_frame_of_the_states_has_a_row_a_quarter_and_state(played):
    frame = played.datacollector.get_agenttype_vars_dataframe(State)
    states, powers = played.evidence.states, played.evidence.powers
    assert list(frame.columns) == ["state", *BY_STATE, *(f"alignment_{power.code}" for power in powers)]
    assert len(frame) == QUARTERS * len(states)
    for i, state in enumerate(states):
        mine = frame[frame["state"] == state.code]
        for name in BY_STATE:
            assert np.array_equal(mine[name], played.by_state[:, i, BY_STATE.index(name), 0]), name
        for j, power in enumerate(powers):
            assert np.array_equal(mine[f"alignment_{power.code}"], played.by_power[:, i, j, 0, 0])


def test_actors_show_where_they_stand(played):
    for state in played.states:
        assert sum(state.alignment.values()) < 1.0
        assert set(state.trust) == set(state.pressure) == set(state.dependence) == {p.code for p in played.powers}
        assert set(state.need) == set(KINDS)
        assert state.side is None or state.side in state.alignment
        assert 1.0 <= state.measure("effective_partners") <= len(played.powers)
    for power in played.powers:
        assert set(power.purse) == set(KINDS)
        for other, levels in power.rivalry.items():
            assert played.power(other).rivalry[power.code] == levels


# --- offers ----------------------------------------------------------------------------------------------------------


def test_offers_are_seen_at_every_turn(short):
    model = Model(short, seed=3)
    seen = 0
    while model.running:
        model.step()
        answered = [offer for state in model.states for offer in state.answered]
        assert answered == model.offers[seen:]
        assert all(offer.quarter == model.quarter for offer in answered)
        assert all(not state.table for state in model.states)
        assert len(answered) == model.by_state[model.page, :, BY_STATE.index("offers"), 0].sum()
        assert (
            sum(offer.accepted for offer in answered)
            == model.by_state[model.page, :, BY_STATE.index("accepted"), 0].sum()
        )
        seen = len(model.offers)
    assert seen > 20


def test_offers_lie_on_the_table_unanswered_until_the_state_decides(short, monkeypatch):
    laid = []
    decide = State.decide

    def watch(state, phase):
        laid.extend(state.table)
        decide(state, phase)

    monkeypatch.setattr(State, "decide", watch)
    model = Model(short, seed=3)
    model.step()
    assert {(o.by, o.to, o.kind, o.size) for o in laid} == {(o.by, o.to, o.kind, o.size) for o in model.offers}
    assert all(offer.accepted is None and not offer.terms for offer in laid)


def test_an_offer_says_who_to_whom_what_and_on_which_terms(played):
    states, powers = {s.code for s in played.states}, {p.code for p in played.powers}
    for offer in played.offers:
        assert offer.by in powers
        assert offer.to in states
        assert offer.kind in KINDS
        assert offer.size > 0.0
        assert offer.amount.endswith("points" if offer.kind == "security" else "bn USD")
        assert 0.0 <= offer.exclusivity_signed <= offer.exclusivity_asked <= 1.0
        assert 0.0 <= offer.strings <= 1.0
        assert 0.0 <= offer.local <= 1.0


def test_the_terms_of_an_offer_add_up_to_its_utility(played):
    for offer in played.offers:
        assert tuple(offer.terms) == TERMS
        assert sum(offer.terms.values()) == pytest.approx(offer.utility, abs=1e-12)


def test_an_offer_is_taken_where_the_draw_stays_below_the_odds(played):
    assert {offer.accepted for offer in played.offers} == {True, False}
    for offer in played.offers:
        assert 0.0 < offer.draw < 1.0
        assert offer.accepted == (offer.draw < offer.probability)


def test_better_than_the_reservation_is_better_than_even_odds(played):
    permitted = [offer for offer in played.offers if offer.permitted]
    assert {offer.utility > offer.reservation for offer in permitted} == {True, False}
    for offer in permitted:
        assert (offer.utility > offer.reservation) == (offer.probability > 0.5)


def test_reasons_are_plain_words_that_speak_for_the_answer(played):
    for offer in played.offers:
        assert len(offer.reasons) <= 3
        assert all(reason and "{" not in reason and "_" not in reason for reason in offer.reasons)
    taken = next(offer for offer in played.offers if offer.accepted and offer.permitted)
    flat = dict.fromkeys(TERMS, 0.0)
    wanted = dataclasses.replace(taken, accepted=True, terms=flat | {"benefit": 2.0, "dependence": -1.0})
    feared = dataclasses.replace(taken, accepted=False, terms=flat | {"benefit": 2.0, "dependence": -1.0})
    assert wanted.reasons == ("it serves a need",)
    assert feared.reasons == (f"it would deepen dependence on {taken.by}",)


def test_what_may_not_be_taken_is_refused_and_says_why(played):
    offer = dataclasses.replace(played.offers[0], permitted=False, accepted=False)
    neutral = dataclasses.replace(offer, terms=dict(offer.terms) | {"benefit": 1.0})
    empty = dataclasses.replace(offer, terms=dict(offer.terms) | {"benefit": 0.0})
    assert neutral.reasons == ("a neutral state joins no alliance",)
    assert empty.reasons == ("there is nothing in it",)


def test_a_neutral_state_takes_no_alliance(short):
    certain = {"states.ALD.neutrality": 1.0, "choice.alliance_size": 0.0}
    bound = {name: {"value": value, "beyond": "to be sure"} for name, value in certain.items()}
    offers = Model(short, seed=3, numbers=bound).run_model().offers
    security = [offer for offer in offers if offer.kind == "security" and offer.to == "ALD"]
    assert security
    assert not any(offer.accepted or offer.permitted for offer in security)


# --- batches by Mesa -------------------------------------------------------------------------------------------------

BATCHES = """
import json
import sys
import warnings

warnings.simplefilter("ignore")  # what Mesa says of its own words
from mesa.batchrunner import batch_run
from sim import Model

asked = json.loads(sys.argv[1])
print(json.dumps({name: batch_run(Model, display_progress=False, **one) for name, one in asked.items()}))
"""

TOY = load_scenario("toy")
SHORT = {"max_steps": 3, "data_collection_period": 1}
ASKED = {
    "seed": SHORT | {"parameters": {"scenario": "toy", "seed": [0, 1]}},
    "run": SHORT | {"parameters": {"scenario": "toy", "run": [0, 1]}},
    "rng": SHORT | {"parameters": {"scenario": "toy"}, "rng": [0, 1]},
    "end": {"data_collection_period": -1, "parameters": {"scenario": "toy", "run": [0, 1]}},
}
SEEDS_AS_PARAMETERS = mesa.__version__.startswith("3.3.")  # and in no other way


@pytest.fixture(scope="module")
def batches():
    """Rows by batch, from a process of its own: that part of Mesa changes how this one starts others."""
    asked = {name: one for name, one in ASKED.items() if not (name == "rng" and SEEDS_AS_PARAMETERS)}
    command = [sys.executable, "-c", BATCHES, json.dumps(asked)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def expected_rows(quarters, **asked):
    """What the rows of one run should say, by quarter and state."""
    model, found = Model("toy", **asked), {}
    for _ in range(quarters):
        model.step()
        for state in model.states:
            found[quarter_text(model.quarter), state.code] = (
                len(model.offers), *(state.measure(name) for name in BY_STATE), *state.alignment.values()
            )  # fmt: skip
    return found


def rows_by(rows, powers, **chosen):
    """Rows of a batch in the same form; each quarter and state once."""
    mine = [row for row in rows if all(row[name] == value for name, value in chosen.items())]
    found = {
        (row["quarter"], row["state"]): (
            row["offers_answered"], *(row[name] for name in BY_STATE), *(row[f"alignment_{code}"] for code in powers)
        )
        for row in mine
    }  # fmt: skip
    assert len(found) == len(mine)
    return found


@pytest.mark.parametrize("name", ["seed", "run", "rng"])
def test_mesa_runs_batches_with_rows_of_every_state(name, batches, played):
    if name not in batches:
        pytest.skip("this version of Mesa knows seeds as parameters only")
    rows, powers = batches[name], [power.code for power in played.powers]
    quarters = len({row["quarter"] for row in rows})
    assert quarters in (3, 4)  # the loop of Mesa 3.3 goes one step beyond
    for value in (0, 1):
        asked = {"seed" if name == "rng" else name: value}
        assert rows_by(rows, powers, **{name: value}) == expected_rows(quarters, **asked)


def test_the_end_of_a_batch_is_the_end_of_the_run(batches, played):
    rows, end = batches["end"], quarter_text(TOY.end)
    assert {row["quarter"] for row in rows} == {end}
    for run in (0, 1):
        whole = expected_rows(TOY.end - TOY.start + 1, run=run)
        last = {place: row for place, row in whole.items() if place[0] == end}
        assert rows_by(rows, [power.code for power in played.powers], run=run) == last


def test_the_page_on_mesa_runs():
    page = (ROOT / "docs" / "mesa.md").read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL))
    assert code.count("print(") == 3
    command = [sys.executable, "-W", "ignore", "-c", code]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert answer.returncode == 0, answer.stderr
    assert [line.split()[0].isdigit() for line in answer.stdout.splitlines()] == [True] * 4


def test_a_model_that_nobody_has_any_more_is_gone():
    gone = [weakref.ref(Model("toy")) for _ in range(3)]
    gc.collect()
    assert [model() for model in gone] == [None] * 3
    assert [actor.unique_id for actor in Model("toy").agents] == [1, 2, 3, 4, 5]
