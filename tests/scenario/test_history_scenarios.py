"""The scenarios of history: dated, marked where nobody knew, and told as the record has it."""

import csv
import re
from pathlib import Path

import pytest

from sim.evidence.evidence import load_evidence
from sim.evidence.known import known_since
from sim.io.errors import InputError
from sim.scenario.calendar import quarter_text
from sim.scenario.events import EventKind
from sim.scenario.scenario import load_scenario

SEEDS = Path(__file__).parents[2] / "seeds"
TO_2019 = ("history-2010-2019", "history-2010-2019-told")
TO_2025 = ("history-2010-2025", "history-2010-2025-told")
TOLD = ("history-2010-2019-told", "history-2010-2025-told")
KNOWN = "2019-12-31"
LAST_KNOWN = 2019 * 4 + 3  # the last quarter of 2019
DATE = re.compile(r"(\d{4})(?:-(\d{2}))?")
STATES = ("KAZ", "KGZ", "TJK", "TKM", "UZB")


def dates_of(fact):
    """The years and months that a fact names, as (year, month or None)."""
    return [(int(year), int(month) if month else None) for year, month in DATE.findall(fact.date)]


def year_told(event):
    """The year an event is about: growth is told from the third quarter of the year before."""
    return (event.at + 2) // 4 if event.kind is EventKind.GROWTH else event.at // 4


def told_of(name, kind):
    return [event for event in load_scenario(name).events if event.kind is kind]


# --- dates and marks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TO_2019)
def test_nothing_to_2019_was_first_known_later(name):
    scenario, evidence = load_scenario(name), load_evidence("history-2010")
    assert scenario.end == LAST_KNOWN
    for event in scenario.events:
        assert not event.afterwards
        assert all(known_since(evidence.facts[fact], evidence) <= KNOWN for fact in event.evidence), event


@pytest.mark.parametrize("name", TO_2025)
def test_what_nobody_knew_in_2019_says_so(name):
    scenario, evidence = load_scenario(name), load_evidence("history-2010")
    later = {fact for fact, one in evidence.facts.items() if known_since(one, evidence) > KNOWN}
    late = [event for event in scenario.events if event.at > LAST_KNOWN or later & set(event.evidence)]
    assert len(late) > 30
    assert [event for event in scenario.events if event.afterwards] == late


@pytest.mark.parametrize("name", TO_2019 + TO_2025)
def test_every_event_rests_on_facts_of_its_time(name):
    facts = load_evidence("history-2010").facts
    for event in load_scenario(name).events:
        assert event.evidence, quarter_text(event.at)
        assert event.certain
        spans = []
        for fact in event.evidence:
            years = [year for year, _ in dates_of(facts[fact])]
            assert years, fact
            spans.append((min(years), max(years)))
        about = year_told(event)
        assert any(first <= about <= last for first, last in spans), (event.kind, quarter_text(event.at))
        ends = about if event.until is None else event.until // 4
        assert all(first - 1 <= ends and about <= last + 1 for first, last in spans), event


def test_where_a_month_is_known_an_event_stands_in_its_quarter():
    facts = load_evidence("history-2010").facts
    for event in load_scenario("history-2010-2025").events:
        months = [(year, month) for fact in event.evidence for year, month in dates_of(facts[fact]) if month]
        if months:
            quarters = {year * 4 + (month - 1) // 3 for year, month in months}
            assert event.at in quarters, (event.kind, quarter_text(event.at), event.evidence)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("{at: 2020-Q1, visit: {by: KAZ, to: RUS}}", "afterwards"),
        ("{at: 2018-Q1, visit: {by: KAZ, to: RUS}, evidence: [kabul-falls-2021-08]}", "kabul-falls-2021-08"),
    ],
)
def test_a_late_event_that_is_not_marked_is_refused(tmp_path, event, said):
    lines = "title: T\nquestion: Q?\nextends: history-2010-2019\nto: 2020-Q4\nevents:\n"
    path = tmp_path / "late.yaml"
    path.write_text(f"{lines}  - {event}\n", encoding="utf-8")
    with pytest.raises(InputError, match=said):
        load_scenario(path)
    path.write_text(f"{lines}  - {event[:-1]}, afterwards: true}}\n", encoding="utf-8")
    assert load_scenario(path).events[-1].afterwards


# --- what is told ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TO_2019 + TO_2025)
def test_steps_of_the_price_are_those_of_yearly_means(name):
    facts = load_evidence("history-2010").facts
    steps = told_of(name, EventKind.PRICE)
    assert steps
    for event in steps:
        year = event.at // 4
        ratio = facts[f"brent-{year}"].value / facts[f"brent-{year - 1}"].value
        assert event.fields["change"] == pytest.approx(ratio - 1.0, abs=0.0006)
        assert event.at % 4 == 0
    if name in TOLD:
        assert {event.at // 4 for event in steps} == set(range(2011, load_scenario(name).end // 4 + 1))


@pytest.mark.parametrize("name", TOLD)
def test_growth_of_all_twelve_is_that_of_the_record(name):
    with (SEEDS / "history" / "output.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["measure"] == "growth" and row["period"] >= "2010"]
    told = {(event.fields["of"], year_told(event)): event.fields["rate"] for event in told_of(name, EventKind.GROWTH)}
    assert len({code for code, _ in told}) == 12
    for row in rows:
        code, year = row["state"] or row["partner"], int(row["period"])
        since = max(when for who, when in told if who == code and when <= year)  # no row where a rate stays as it is
        assert told[code, since] == pytest.approx(float(row["value"]) / 100.0, abs=0.00051)


def test_growth_told_to_2025_comes_to_the_means_of_its_facts():
    facts = load_evidence("history-2010").facts
    events = told_of("history-2010-2025-told", EventKind.GROWTH)
    loss = told_of("history-2010-2025-told", EventKind.DOWNTURN)[0].fields["loss"]
    for code in {event.fields["of"] for event in events}:
        rates = {year_told(event): event.fields["rate"] for event in events if event.fields["of"] == code}
        path = [rates[max(when for when in rates if when <= year)] for year in range(2020, 2026)]
        path[0] -= loss if code in STATES else 0.0
        mean = facts[f"growth-{code.lower()}-2020-2025"].value / 100.0
        assert sum(path) / len(path) == pytest.approx(mean, abs=0.001)


@pytest.mark.parametrize("name", TOLD)
def test_where_growth_and_price_are_told_their_luck_is_off(name):
    numbers = load_scenario(name).numbers
    assert [numbers[f"economy.{one}"] for one in ("price_swing", "growth_noise", "price_income")] == [0.0, 0.0, 0.0]
