"""What `multivector check` says of events that are allowed and hardly meant."""

import pytest

from sim.cli import main
from sim.engine.remarks import fields_of, remarks
from sim.evidence.evidence import load_evidence
from sim.scenario.family import list_scenarios
from sim.scenario.scenario import load_scenario


@pytest.fixture
def told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def read(*events, without=""):
        path = tmp_path / "x.yaml"
        lines = "".join(f"  - {event}\n" for event in events)
        off = f"without: {without}\n" if without else ""
        path.write_text(f"title: T\nquestion: Q?\nextends: baseline\n{off}events:\n{lines}", encoding="utf-8")
        scenario = load_scenario(path)
        return remarks(scenario, load_evidence(scenario.world))

    return read


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("corridor: {of: MIDDLE}", "corridor: it changes nothing: capacity and cost of nought"),
        ("capacity: {of: CHN, change: 0 %}", "capacity: it changes nothing: change of nought"),
        ("tariff: {by: USA, against: KAZ, rate: 0 %}", "tariff: it changes nothing: there is no tariff already"),
        ("war: {of: RUS, level: none}", "war: it changes nothing: the war is at this level already"),
        ("growth: {of: CHN, to: usual}", "growth: it changes nothing: this is how fast it grows already"),
        ("rivalry: {between: all, by: 0}", "rivalry: it changes nothing: a step of nought"),
        ("pact: {of: RUS, in: TKM, move: join}", "pact: it changes nothing: TKM is neutral, and joins no alliance"),
        ("set: {number: terms.conditionality, to: 1}", "set: it changes nothing: terms.conditionality is 1 already"),
        ("chance: 0 %, visit: {by: KAZ, to: RUS}", "visit: it happens in no run: its chance is 0 %"),
    ],
)
def test_what_changes_nothing_is_told_with_its_line(told, event, said):
    assert told(f"{{at: 2027-Q1, {event}}}") == [f"x.yaml:5: {said}"]


def test_a_newcomer_that_is_there_from_the_start_is_told(told):
    assert told("{at: 2026-Q1, enter: {of: IND}}") == [
        "x.yaml:5: enter: it changes nothing: IND is there from the start of the run"
    ]


def test_a_tariff_is_told_only_where_it_is_in_force(told):
    tariff = "tariff: {by: USA, against: KAZ, rate: 25 %}"
    assert told(f"{{at: 2027-Q1, {tariff}}}", "{at: 2028-Q1, tariff: {by: USA, against: KAZ, rate: 0 %}}") == []
    (said,) = told(f"{{at: 2027-Q1, {tariff}}}", f"{{at: 2028-Q1, {tariff}}}")
    assert said == "x.yaml:6: tariff: it changes nothing: a tariff of 0.25 is in force already"
    assert told(f"{{at: 2027-Q1, until: 2027-Q4, {tariff}}}", f"{{at: 2028-Q1, {tariff}}}") == []


def test_what_undoes_something_that_still_holds_is_not_told(told):
    held = "{at: 2027-Q1, until: 2029-Q4, growth: {of: CHN, rate: 1 %}}"
    assert told(held, "{at: 2028-Q1, growth: {of: CHN, to: usual}}") == []


def test_an_end_of_what_lives_on_by_itself_is_told(told):
    trade = "set: {number: ties.KAZ.RUS.trade, to: 26}"
    (said,) = told(f"{{at: 2027-Q1, until: 2028-Q4, {trade}}}")
    assert "nothing goes back after 2028-Q4: ties.KAZ.RUS.trade starts what then lives on" in said
    assert told("{at: 2027-Q1, until: 2028-Q4, set: {number: ties.KAZ.RUS.trust, to: 0.5}}") == []


def test_a_strength_that_is_switched_off_and_set_is_told(told):
    event = "set: {number: choice.dependence_aversion, to: 0.5}"
    (said,) = told(f"{{at: 2027-Q1, {event}}}", without="[over-dependence-aversion]")
    assert (
        said == "x.yaml:6: set: choice.dependence_aversion is switched off by 'without', and this switches it on again"
    )
    assert told(f"{{at: 2027-Q1, {event}}}") == []


def test_the_size_of_an_offer_to_several_is_asked_about_once_it_is_not_said(told):
    offer = "offer: {by: CHN, to: [KAZ, UZB], kind: deal, size: 4 bn USD"
    (said,) = told(f"{{at: 2027-Q1, {offer}}}}}")
    assert "4 bn USD is laid before each of KAZ and UZB" in said
    assert told(f"{{at: 2027-Q1, {offer}, amount: each}}}}") == []
    assert told(f"{{at: 2027-Q1, {offer}, amount: together}}}}") == []


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("states.KAZ.gdp", {"gdp"}),
        ("ties.KAZ.RUS.trade", {"trade", "stock"}),
        ("ties.KAZ.RUS.security", {"stock"}),
        ("ties.KAZ.RUS.trust", {"trust", "trust_start"}),
        ("states.KAZ.need.deal", {"need", "need_start"}),
        ("rivalry.CHN.USA.economic", {"anchor"}),
        ("terms.conditionality", set()),
    ],
)
def test_the_fields_of_a_number(name, fields):
    assert fields_of(name) == fields


def test_the_shipped_scenarios_mean_what_they_say(capsys):
    assert main.main(["check", *list_scenarios()]) == 0
    assert "note" not in [line.split(" ")[0] for line in capsys.readouterr().out.splitlines()]
