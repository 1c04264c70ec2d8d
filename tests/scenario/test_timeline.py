"""Events that repeat, fall on a random date or happen with a chance: on luck of their own, in both engines alike."""

from dataclasses import replace

import numpy as np
import pytest

from sim.engine import agents, ensemble
from sim.engine.sampling import NEVER, event_dates, sampled_numbers
from sim.evidence.evidence import load_evidence
from sim.io.errors import InputError
from sim.narrative import chronicle
from sim.scenario.calendar import parse_quarter
from sim.scenario.scenario import load_scenario, with_number
from sim.scenario.timeline import MOST_EVENTS
from sim.scenario.units import Range

HEAD = "title: A title\nquestion: A question?\nworld: toy\nfrom: 2026-Q1\nto: 2028-Q4\nruns: 20\nseed: 4\n"
CRISIS = "{at: 2026-Q3, crisis: {in: BEK, severity: dominant}, chance: 40 %}"
VISIT = "{at: {between: [2026-Q1, 2027-Q4]}, visit: {by: ALD, to: OST}}"
TARIFF = "{at: 2026-Q2, every: 2 quarters, until: 2027-Q4, chance: 50 %, tariff: {by: NOR, against: all, rate: 60 %}}"
RIVALRY = "{at: {between: [2026-Q1, 2026-Q4]}, chance: 70 %, rivalry: {between: [NOR, OST], to: dominant}}"
MANY = 4000
WAYS = ("", ", amount: each", ", amount: together")


@pytest.fixture
def load(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def read(*events, name="x", head=HEAD):
        path = tmp_path / f"{name}.yaml"
        path.write_text(head + f"events: [{', '.join(events)}]\n", encoding="utf-8")
        return load_scenario(path)

    return read


def dates_of(scenario, runs=MANY, seed=1):
    return event_dates(scenario.events, seed, 0, runs)


def quarters(*texts):
    return [parse_quarter(text) for text in texts]


# --- what is read ----------------------------------------------------------------------------------------------------


def test_a_random_date_lies_between_two_quarters(load):
    (event,) = load(VISIT).events
    assert [event.at, event.latest] == quarters("2026-Q1", "2027-Q4")
    assert (event.chance, event.certain) == (1.0, False)


def test_an_event_repeats_until_it_ends_or_the_run_does(load):
    events = load("{at: 2026-Q2, every: 1 year, visit: {by: ALD, to: OST}}").events
    assert [event.at for event in events] == quarters("2026-Q2", "2027-Q2", "2028-Q2")
    events = load("{at: 2026-Q2, every: 3 quarters, until: 2027-Q1, visit: {by: ALD, to: OST}}").events
    assert [event.at for event in events] == quarters("2026-Q2", "2027-Q1")
    assert all(event.certain and not event.draw for event in events)


def test_repetitions_end_with_the_run_of_the_heir(load):
    load("{at: 2026-Q2, every: 1 year, visit: {by: ALD, to: OST}}", name="parent")
    child = load(name="child", head="title: T\nquestion: Q?\nextends: parent\nto: 2030-Q4\n")
    assert len(child.events) == 5


def test_a_chance_is_a_percentage(load):
    (event,) = load(CRISIS).events
    assert event.chance == 0.4


def test_events_can_be_counted(load):
    with pytest.raises(InputError, match=f"events by here.*at most {MOST_EVENTS}"):
        load(*["{at: 2026-Q1, every: 1 quarter, tariff: {by: NOR, against: all, rate: 1 %}}"] * 500)


# --- what is drawn ---------------------------------------------------------------------------------------------------


def test_a_chance_is_the_share_of_runs(load):
    (dates,) = dates_of(load(CRISIS))
    assert set(dates) == {NEVER, *quarters("2026-Q3")}
    assert np.mean(dates != NEVER) == pytest.approx(0.4, abs=0.03)


def test_a_random_date_falls_on_every_quarter_alike(load):
    (dates,) = dates_of(load(VISIT))
    found, counts = np.unique(dates, return_counts=True)
    first, last = quarters("2026-Q1", "2027-Q4")
    assert found.tolist() == list(range(first, last + 1))
    assert counts / MANY == pytest.approx(np.full(8, 1 / 8), abs=0.02)


def test_date_and_chance_are_drawn_independently(load):
    (dates,) = dates_of(load(RIVALRY))
    found, counts = np.unique(dates[dates != NEVER], return_counts=True)
    assert len(found) == 4
    assert counts / MANY == pytest.approx(np.full(4, 0.7 / 4), abs=0.02)


def test_every_repetition_has_a_chance_of_its_own(load):
    dates = dates_of(load(TARIFF))
    happened = dates[::2] != NEVER  # two states, one after the other
    assert np.array_equal(happened, dates[1::2] != NEVER)  # that of all states is one
    assert happened.mean(axis=1) == pytest.approx(np.full(4, 0.5), abs=0.03)
    assert np.abs(np.corrcoef(happened) - np.eye(4)).max() < 0.06


def test_an_event_more_moves_no_other(load):
    alone = dates_of(load(CRISIS))
    several = load(VISIT, TARIFF, CRISIS, RIVALRY)
    place = next(at for at, event in enumerate(several.events) if event.kind.name == "CRISIS")
    assert np.array_equal(dates_of(several)[place], alone[0])


def test_a_larger_chance_only_adds_runs(load):
    small, large = (dates_of(load(CRISIS.replace("40", chance)))[0] != NEVER for chance in ("20", "60"))
    assert small.sum() < large.sum()
    assert not np.any(small & ~large)


def test_the_same_event_twice_is_two_events(load):
    one, two = dates_of(load(CRISIS, CRISIS))
    assert not np.array_equal(one, two)
    assert np.mean((one != NEVER) & (two != NEVER)) == pytest.approx(0.16, abs=0.03)


def test_events_of_one_name_happen_together(load):
    named = CRISIS.replace("}, chance", "}, name: coup, chance")
    follows = "{at: 2027-Q1, name: coup, chance: 40 %, capacity: {of: OST, change: -20 %}}"
    one, two = dates_of(load(named, follows))
    assert np.array_equal(one == NEVER, two == NEVER)


def test_a_run_draws_the_same_whatever_runs_beside_it(load):
    events = load(VISIT, TARIFF, CRISIS).events
    whole = event_dates(events, 9, 0, 40)
    assert np.array_equal(whole[:, 7:8], event_dates(events, 9, 7, 1))
    assert not np.array_equal(whole, event_dates(events, 10, 0, 40))


# --- what happens ----------------------------------------------------------------------------------------------------


def same(one, other):
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("by_power", "by_state", "offers"))


def test_both_engines_and_any_lanes_agree_to_the_last_bit(load):
    scenario = load(VISIT, TARIFF, CRISIS, RIVALRY)
    whole = ensemble.prepare(scenario).run_block(0, 12)
    parts = ensemble.prepare(scenario).run_block(3, 5, lanes=2)
    slow = agents.prepare(scenario).run_block(3, 5)
    assert same(parts, slow)
    assert np.array_equal(whole.by_state[3:8], slow.by_state)


def test_a_run_is_the_run_of_what_happened_in_it(load):
    """With the dates drawn written out, and what did not happen left out, a run is the same to the last bit."""
    scenario = load(VISIT, TARIFF, CRISIS, RIVALRY)
    prepared = ensemble.prepare(scenario)
    courses = set()
    for run in range(6):
        dates = event_dates(scenario.events, scenario.seed, run, 1)[:, 0]
        happened = tuple(
            replace(event, at=int(date), latest=None, chance=1.0, draw="")
            for event, date in zip(scenario.events, dates, strict=True)
            if date != NEVER
        )
        certain = ensemble.prepare(replace(scenario, events=happened))
        assert same(prepared.run_block(run, 1), certain.run_block(run, 1))
        courses.add(len(happened))
    assert len(courses) > 1


def test_no_chance_is_no_event_and_a_full_one_is_certain(load):
    crisis = CRISIS.replace(", chance: 40 %", "")
    blocks = {
        name: ensemble.prepare(load(*events)).run_block(0, 3)
        for name, events in {
            "none": (),
            "never": (CRISIS.replace("40", "0"),),
            "always": (CRISIS.replace("40", "100"),),
            "certain": (crisis,),
        }.items()
    }
    assert same(blocks["none"], blocks["never"])
    assert same(blocks["always"], blocks["certain"])
    assert not same(blocks["none"], blocks["certain"])


def test_a_chronicle_tells_what_was_drawn_for_its_run(load):
    scenario = with_number(load(), "choice.gain", Range(low=1.0, high=2.0))
    drawn = sampled_numbers(scenario, scenario.seed, 3, 1)["choice.gain"][0]
    told = " ".join(chronicle.tell(scenario, run=3).split())
    number = load_evidence(scenario.world).numbers["choice.gain"]
    assert f"Drawn for this run: {number.meaning}, {drawn:.3g} {number.unit}." in told


def test_a_chronicle_tells_an_event_where_it_happened_only(load):
    scenario = load(CRISIS, VISIT)
    dates = event_dates(scenario.events, scenario.seed, 0, 20)
    for run in (int(np.argmax(dates[0] == NEVER)), int(np.argmax(dates[0] != NEVER))):
        text = chronicle.tell(scenario, run=run)
        told = [line for line in text.splitlines() if "A crisis breaks out" in line]
        assert len(told) == int(dates[0, run] != NEVER)
        visits = [line for line in text.splitlines() if "The leader of Aldara visits" in line]
        quarter = int(dates[1, run])
        assert [line[:7] for line in visits] == [f"{quarter // 4}-Q{quarter % 4 + 1}"]


# --- what lasts, and for how many ------------------------------------------------------------------------------------


def test_what_lasts_may_end_and_what_repeats_is_not_held(load):
    (held,) = load("{at: 2026-Q2, until: 2027-Q1, war: {of: NOR, level: high}}").events
    assert [held.at, held.until] == quarters("2026-Q2", "2027-Q1")
    repeated = load("{at: 2026-Q2, every: 2 quarters, until: 2027-Q1, war: {of: NOR, level: high}}").events
    assert [event.until for event in repeated] == [None, None]


def test_an_amount_for_all_together_is_shared_out_and_one_for_each_is_not(load):
    offer = "{at: 2026-Q2, offer: {by: NOR, to: [ALD, BEK], kind: deal, size: 3 bn USD"
    sizes = {said: [event.fields["size"] for event in load(f"{offer}{said}}}}}").events] for said in WAYS}
    assert sizes == {"": [3.0, 3.0], ", amount: each": [3.0, 3.0], ", amount: together": [1.5, 1.5]}


def test_saying_how_an_amount_is_meant_moves_no_draw(load):
    offer = "{at: 2026-Q2, chance: 50 %, offer: {by: NOR, to: [ALD, BEK], kind: deal, size: 3 bn USD"
    draws = [[event.draw for event in load(f"{offer}{said}}}}}").events] for said in WAYS[:2]]
    assert draws[0] == draws[1]


def test_several_numbers_are_set_by_one_event(load):
    numbers = "{numbers: {terms.conditionality: 0, powers.NOR.governance: low}}"
    (event,) = load(f"{{at: 2026-Q2, set: {numbers}}}").events
    assert event.fields == {"number": ("terms.conditionality", "powers.NOR.governance"), "to": (0.0, 0.25)}
