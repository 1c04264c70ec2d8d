"""What events change between two quarters: from when until when, in which runs, and the same in both engines."""

import dataclasses

import numpy as np
import pytest

from sim.engine import agents, ensemble
from sim.engine.agents import Model
from sim.engine.laid_offers import NOT_LAID, REFUSED, TAKEN
from sim.engine.sampling import every_number
from sim.evidence.evidence import load_evidence
from sim.model.fields import EVENTS, FIELDS, LIVING, RECORDS, Kind
from sim.model.parameters import row_names
from sim.narrative.replay import Replay
from sim.scenario.calendar import parse_quarter
from sim.scenario.events import LASTING
from sim.scenario.scenario import load_scenario

ARRAYS = ("by_power", "by_state", "offers", "answers")
EVERYTHING = """
  - {at: 2026-Q2, until: 2026-Q4, set: {number: terms.conditionality, to: 0}}
  - {at: 2026-Q3, chance: 50 %, set: {numbers: {rivalry.CHN.USA.economic: 0.9, climate.rivalry_level: 1.2}}}
  - {at: {between: [2026-Q1, 2026-Q4]}, until: 2027-Q1, growth: {of: KAZ, rate: 9 %}}
  - {at: 2026-Q2, until: 2026-Q4, budget: {of: CHN, change: -50 %}}
  - {at: {between: [2026-Q1, 2026-Q4]}, until: 2027-Q1, capacity: {of: CHN, change: -40 %}}
  - {at: 2026-Q3, capacity: {of: CHN, change: 10 %, kind: deal}}
  - {at: 2026-Q2, until: 2026-Q4, pressure: {by: RUS, on: [KAZ, UZB], level: high}}
  - {at: 2026-Q2, until: 2026-Q3, tariff: {by: USA, against: KAZ, rate: 30 %}}
  - {at: {between: [2026-Q1, 2026-Q4]}, until: 2027-Q1, price: {change: -50 %}}
  - {at: 2026-Q2, pact: {of: RUS, in: UZB, move: join}}
  - {at: 2026-Q3, leader: {in: UZB}}
  - {at: {between: [2026-Q1, 2026-Q4]}, enter: {of: IND}}
  - {at: {between: [2026-Q2, 2026-Q4]}, observe: {year: 2016}}
  - {at: 2026-Q3, offer: {by: CHN, to: [KAZ, UZB], kind: infrastructure, size: 4 bn USD, amount: together}}
  - {at: 2026-Q3, chance: 50 %, offer: {by: CHN, to: KAZ, kind: infrastructure, size: 1 bn USD}}
"""


@pytest.fixture
def asked(tmp_path):
    """A scenario that extends another with some events, up to the quarter that is named."""

    def load(events, extends="baseline", to="2027-Q2"):
        path = tmp_path / "x.yaml"
        lines = "".join(f"  {line.strip()}\n" for line in events.strip().split("\n"))
        path.write_text(f"title: T\nquestion: Q?\nextends: {extends}\nto: {to}\nevents:\n{lines}", encoding="utf-8")
        return load_scenario(path)

    return load


def course(scenario, look):
    """What `look` sees at the end of each quarter of one run, by quarter."""
    model, seen = Model(scenario), {}
    while model.running:
        model.step()
        seen[model.quarter] = look(model)
    return seen


def at(quarter):
    return parse_quarter(quarter)


def place(evidence, *codes):
    axes = ([one.code for one in evidence.states], [one.code for one in evidence.powers])
    return tuple(next(axis.index(code) for axis in axes if code in axis) for code in codes)


def test_agents_and_lanes_agree_on_everything_at_once(asked):
    plain = asked(EVERYTHING)
    for scenario in (plain, every_number(plain, load_evidence(plain.world), 2)):
        by_agents = agents.prepare(scenario).run_block(3, 2)
        prepared = ensemble.prepare(scenario)
        in_lanes, alone = prepared.run_block(0, 8, lanes=8), prepared.run_block(3, 2, lanes=1)
        for array in ARRAYS:
            assert np.array_equal(getattr(by_agents, array), getattr(in_lanes, array)[3:5]), array
            assert np.array_equal(getattr(alone, array), getattr(in_lanes, array)[3:5]), array


def test_a_run_played_again_is_the_same_run(asked):
    scenario = asked(EVERYTHING)
    model = Model(scenario, run=2).run_model()
    replay = Replay(ensemble.prepare(scenario), 2)
    moment = replay.moment(at("2026-Q3"))
    row = row_names().index("terms.conditionality")
    assert moment.numbers[row, 0] == 0.0
    replay.moment(scenario.end)
    assert moment.numbers[row, 0] == 0.0
    assert replay.numbers[row, 0] == 1.0
    for group, again in zip(model.store, replay.store, strict=True):
        assert np.array_equal(group, again)


TO_THE_END = {
    "tariff": "{by: USA, against: KAZ, rate: 30 %}",
    "capacity": "{of: CHN, change: -40 %}",
    "war": "{of: RUS, level: high}",
    "quarrel": "{between: [EU, USA], level: high}",
    "corridor": "{of: NORTH, capacity: -50 %, cost: 25 %, open: low, by: RUS}",
    "border": "{of: KAZ, with: RUS, open: low, by: RUS}",
    "pipeline": "{of: CPC, open: none, by: RUS}",
    "sanction": "{by: [USA, EU], against: [RUS, KAZ], level: high}",
    "union": "{of: RUS, in: UZB, level: high}",
}


def test_every_kind_that_the_turn_can_carry_out_and_that_lasts_is_tried():
    assert set(TO_THE_END) == set(LASTING) & set(EVENTS)


@pytest.mark.parametrize("kind", TO_THE_END)
def test_what_holds_to_the_end_of_the_run_is_what_has_no_end(asked, kind):
    runs = [
        Model(asked(f"- {{at: 2026-Q2, {until}{kind}: {TO_THE_END[kind]}}}")).run_model().by_power
        for until in ("", "until: 2027-Q2, ")
    ]
    assert np.array_equal(*runs)


def test_what_is_not_asked_for_stops_nothing():
    prepared = ensemble.prepare(load_scenario("tariff-shock"))
    assert prepared.settings(0, 4).quarters == frozenset()


def test_a_number_holds_through_its_last_quarter_in_the_runs_in_which_it_is_set(asked):
    scenario = asked("- {at: 2026-Q2, until: 2026-Q4, chance: 40 %, set: {number: terms.conditionality, to: 0}}")
    settings, row = ensemble.prepare(scenario).settings(0, 40), row_names().index("terms.conditionality")
    happens = settings.first[0] > 0.0
    assert 0 < happens.sum() < 40
    store = Model(scenario).store  # of one lane; only the numbers are looked at
    p = np.ones((len(row_names()), 40))
    seen = {}
    for quarter in range(scenario.start, scenario.end + 1):
        settings.apply(store, p, quarter)
        seen[quarter] = p[row].copy()
    assert (seen[at("2026-Q1")] == 1.0).all()
    for quarter in ("2026-Q2", "2026-Q4"):
        assert (seen[at(quarter)] == np.where(happens, 0.0, 1.0)).all()
    assert (seen[at("2027-Q1")] == 1.0).all()


def test_of_two_that_overlap_the_later_holds_and_each_ends_by_itself(asked):
    scenario = asked(
        """- {at: 2026-Q1, until: 2026-Q4, growth: {of: CHN, rate: 1 %}}
        - {at: 2026-Q2, until: 2026-Q3, growth: {of: CHN, rate: 2 %}}
        - {at: 2026-Q4, until: 2027-Q1, growth: {of: CHN, rate: 3 %}}"""
    )
    (chn,) = place(load_evidence("central-asia"), "CHN")
    seen = course(scenario, lambda model: float(model.world.might_growth[chn, 0]))
    usual = load_evidence("central-asia").numbers["powers.CHN.growth"].value
    assert list(seen.values()) == [0.01, 0.02, 0.02, 0.03, 0.03, usual]


def test_means_come_back_with_what_others_made_of_them(asked):
    scenario = asked(
        """- {at: 2026-Q1, until: 2026-Q3, budget: {of: CHN, kind: deal, change: -50 %}}
        - {at: 2026-Q2, capacity: {of: CHN, kind: deal, change: -20 %}}"""
    )
    (chn,) = place(load_evidence("central-asia"), "CHN")
    usual = load_evidence("central-asia").numbers["powers.CHN.budget.deal"].value
    seen = course(scenario, lambda model: float(model.world.budget[chn, Kind.DEAL, 0]) / usual)
    assert list(seen.values()) == pytest.approx([0.5, 0.4, 0.4, 0.8, 0.8, 0.8])


def test_a_tariff_that_ends_is_felt_to_fall(asked):
    pair = place(load_evidence("central-asia"), "KAZ", "USA")
    scenario = asked("- {at: 2026-Q2, until: 2026-Q3, tariff: {by: USA, against: KAZ, rate: 30 %}}")
    seen = course(scenario, lambda model: float(model.world.tariff[pair][0]))
    assert list(seen.values()) == [0.0, 0.3, 0.3, 0.0, 0.0, 0.0]
    resented = course(scenario, lambda model: float(model.world.resentment[pair][0]))
    assert resented[at("2026-Q2")] > resented[at("2026-Q1")]
    assert resented[at("2027-Q2")] < resented[at("2026-Q3")]


def test_pressure_is_kept_up_until_its_end(asked):
    pair = place(load_evidence("central-asia"), "KAZ", "RUS")

    def felt(events):
        return course(asked(events), lambda model: float(model.world.pressure[pair][0]))

    none = felt("- {at: 2026-Q2, visit: {by: TJK, to: IND}}")
    once = felt("- {at: 2026-Q2, pressure: {by: RUS, on: KAZ, level: high}}")
    kept = felt("- {at: 2026-Q2, until: 2026-Q4, pressure: {by: RUS, on: KAZ, level: high}}")
    assert once[at("2026-Q2")] == kept[at("2026-Q2")] > none[at("2026-Q2")] + 0.3
    assert kept[at("2026-Q4")] > once[at("2026-Q4")] + 0.1
    assert kept[at("2027-Q2")] < kept[at("2026-Q4")]


def test_membership_of_a_pact_is_worth_a_tie_and_nothing_to_a_neutral_state(asked):
    evidence = load_evidence("central-asia")
    held = {}
    for state, move in (("UZB", "join"), ("KAZ", "leave"), ("TKM", "join")):
        pair = place(evidence, state, "RUS")
        for events in (f"pact: {{of: RUS, in: {state}, move: {move}}}", "visit: {by: TJK, to: IND}"):
            scenario = asked(f"- {{at: 2026-Q1, {events}}}", to="2026-Q1")
            held.setdefault(state, []).append(Model(scenario).run_model().world.stock[(*pair, Kind.SECURITY, 0)])
    tie = evidence.numbers["security.pact_tie"].value
    moved = {state: float(with_it - without) for state, (with_it, without) in held.items()}
    assert 0.5 * tie < moved["UZB"] <= tie + 0.05
    assert -tie - 0.05 <= moved["KAZ"] < -0.5 * tie
    assert moved["TKM"] == 0.0


def test_what_was_personal_goes_with_a_leader_and_with_nobody_elses(asked):
    evidence = load_evidence("central-asia")
    scenario = asked("- {at: 2026-Q4, leader: {in: UZB}}", to="2026-Q4")
    model = Model(scenario)
    while model.quarter < at("2026-Q3"):
        model.step()
    before = model.world.kept.copy()
    model.settings.apply(model.store, model.numbers, at("2026-Q4"))
    (uzb,) = place(evidence, "UZB")
    left = 1.0 - evidence.numbers["minds.leader_break"].value
    assert before[uzb].max() > 0.0
    assert model.world.kept[uzb] == pytest.approx(left * before[uzb])
    others = [i for i in range(len(evidence.states)) if i != uzb]
    assert np.array_equal(model.world.kept[others], before[others])


def test_a_newcomer_makes_no_offers_before_it_comes(asked):
    scenario = asked("- {at: 2028-Q1, enter: {of: TUR}}", to="2030-Q4")
    offers = [offer for offer in Model(scenario).run_model().offers if offer.by == "TUR"]
    assert offers
    assert min(offer.quarter for offer in offers) >= at("2028-Q1")


def test_the_price_falls_for_all_at_once_and_comes_back(asked):
    quiet = asked("- {at: 2026-Q1, visit: {by: TJK, to: IND}}")
    scenario = asked("- {at: 2026-Q2, until: 2026-Q3, price: {change: -50 %}}")
    prices = [course(one, lambda model: model.world.price[:, 0].copy()) for one in (scenario, quiet)]
    fallen = [prices[0][quarter] - prices[1][quarter] for quarter in prices[0]]
    for quarter, fall in enumerate(fallen):
        assert fall == pytest.approx(np.log(0.5) if quarter in {1, 2} else 0.0, abs=1e-12)


def test_the_turn_moves_what_is_said_to_live_and_nothing_else_that_a_number_starts():
    moved = set()
    for name in ("baseline", "toy"):
        scenario = load_scenario(name)
        model = Model(dataclasses.replace(scenario, events=(), end=scenario.start + 15))
        start = {one.name: getattr(model.world, one.name).copy() for one in FIELDS if one.start}
        model.run_model()
        moved |= {name for name, was in start.items() if not np.array_equal(was, getattr(model.world, name))}
    assert moved - {"anchor"} == set(LIVING)  # wedges move what is usual between two powers
    assert set(RECORDS) <= {one.name for one in FIELDS}


def test_offers_of_events_are_told_apart_and_their_answers_kept(asked):
    scenario = asked(
        """- {at: 2026-Q2, chance: 50 %, offer: {by: CHN, to: KAZ, kind: infrastructure, size: 1 bn USD}}
        - {at: 2026-Q3, offer: {by: RUS, to: TKM, kind: security, size: 0.3 points}}
        - {at: 2026-Q4, offer: {by: CHN, to: KAZ, kind: infrastructure, size: 2 bn USD}}"""
    )
    prepared = ensemble.prepare(scenario)
    block = prepared.run_block(0, 24)
    dates = prepared.dates(0, 24)
    assert block.answers.shape == (24, 3)
    assert np.array_equal(block.answers[:, 0] == NOT_LAID, dates[0] < 0.0)
    assert (block.answers[:, 1] == REFUSED).all()  # a neutral state joins no alliance
    assert set(np.unique(block.answers[:, 2])) <= {REFUSED, TAKEN}
    model = Model(scenario, run=4).run_model()
    last = next(one for one in model.offers if one.quarter == at("2026-Q4") and (one.by, one.to) == ("CHN", "KAZ"))
    assert block.answers[4, 2] == (TAKEN if last.accepted else REFUSED)


def test_a_corridor_is_as_it_was_once_what_befell_it_has_ended(asked):
    late = "{between: [2026-Q2, 2026-Q3]}"
    scenario = asked(f"- {{at: {late}, until: 2026-Q4, corridor: {{of: MIDDLE, capacity: -90 %, cost: 25 %}}}}")
    middle = [corridor.code for corridor in load_evidence("central-asia").corridors].index("MIDDLE")
    seen = course(
        scenario, lambda model: model.world.capacity[middle, 0] + 1000.0 * model.world.freight_cost[middle, 0]
    )
    assert seen[at("2026-Q4")] < seen[at("2026-Q1")] * 1.25
    assert seen[at("2026-Q4")] != seen[at("2026-Q1")]
    assert seen[at("2027-Q1")] == seen[at("2026-Q1")]
