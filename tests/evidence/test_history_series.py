"""What the record has beside trade and output: arms, votes, investment, remittances, visits, memberships; and its traps."""

# ruff: noqa: E501 (in the tables of mistakes one mistake is one line)

import re
import shutil
from collections import Counter, defaultdict

import pytest

from sim.evidence.evidence import load_evidence
from sim.evidence.history import FILES, RULES, load_history
from sim.evidence.record_forms import MEASURES, period_of
from sim.evidence.worlds import shipped_folder
from sim.io.errors import InputError

PLACE = shipped_folder("seeds") / "history"
HEAD = "state,partner,period,measure,value,unit,source,known_since\n"


@pytest.fixture(scope="module")
def record():
    return load_history()


@pytest.fixture(scope="module")
def of(record):
    """The rows of a measure."""
    return lambda measure: [row for row in record.rows if row.measure == measure]


@pytest.fixture
def refused(tmp_path):
    """Puts rows into a file of a copy in place of its own, or after them; gives what is said of it."""

    def told(file, *rows, after=False):
        for name in (*FILES, RULES):
            shutil.copy(PLACE / name, tmp_path / name)
        old = (tmp_path / file).read_text(encoding="utf-8") if after else HEAD
        (tmp_path / file).write_text(old + "".join(f"{row}\n" for row in rows), encoding="utf-8")
        with pytest.raises(InputError) as wrong:
            load_history(tmp_path)
        return str(wrong.value)

    return told


# --- what stands there -----------------------------------------------------------------------------------------------


def test_every_measure_has_rows_within_its_range(record):
    assert {row.measure for row in record.rows} == set(MEASURES)
    assert all(MEASURES[row.measure].allows(row.value) for row in record.rows)


def test_no_file_is_without_a_row_and_none_stands_beside_the_record():
    assert {path.name for path in PLACE.glob("*.csv")} == set(FILES)


def test_every_state_has_every_power_in_every_window_of_arms(of):
    evidence = load_evidence()
    wanted = {(state.code, power.code) for state in evidence.states for power in evidence.powers}
    windows = {f"{first}-{first + 4}" for first in range(1995, 2020, 5)}
    assert {row.when for row in of("arms_total")} == windows
    for window in windows:
        assert {(row.state, row.partner) for row in of("arms") if row.when == window} == wanted


def test_parts_of_arms_are_no_more_than_all_and_russia_is_most_of_it(of):
    parts, whole = Counter(), Counter()
    for row in of("arms"):
        parts[row.state, row.when] += row.value
    for row in of("arms_total"):
        whole[row.state, row.when] = row.value
    assert all(parts[key] <= whole[key] + 1e-9 for key in parts)
    assert sum(parts.values()) > 0.85 * sum(whole.values())
    russian = sum(row.value for row in of("arms") if row.partner == "RUS")
    assert 0.5 < russian / sum(whole.values()) < 0.7


def test_arms_of_a_small_state_are_few_deliveries(of):
    whole = {(row.state, row.when): row.value for row in of("arms_total")}
    small = [whole[key] for key in whole if key[0] in ("KGZ", "TJK")]
    assert max(small) < 60.0  # a squadron of aircraft; Kazakhstan has 1,417 in a window
    assert small.count(0.0) == 4  # nothing at all in these windows, and so no share


def test_a_window_is_known_the_year_after_its_last(of):
    for row in (*of("arms"), *of("arms_total")):
        assert (row.period, row.known_since) == (int(row.when[5:]), int(row.when[5:]) + 1)


def test_votes_of_every_state_with_six_powers_but_one_year(of):
    years = defaultdict(set)
    for row in of("un_agreement"):
        years[row.state, row.partner].add(row.period)
    assert {partner for _, partner in years} == {
        "CHN",
        "RUS",
        "USA",
        "JPN",
        "IND",
        "TUR",
    }  # no member's votes for the Union
    for (state, _), mine in years.items():
        assert set(range(2000, 2020)) - mine == ({2001} if state in ("KGZ", "TJK", "UZB") else set())


def test_all_five_vote_with_russia_and_not_with_america(of):
    mean = {partner: [row.value for row in of("un_agreement") if row.partner == partner] for partner in ("RUS", "USA")}
    assert min(mean["RUS"]) > 0.6
    assert sum(mean["USA"]) / len(mean["USA"]) < 0.35
    far = [row.value for row in of("un_distance") if row.partner == "USA"]
    near = [row.value for row in of("un_distance") if row.partner == "RUS"]
    assert min(far) > max(near)


def test_points_are_on_one_scale_and_not_of_the_state_that_seldom_votes(of):
    rows = of("un_distance")
    assert {row.source for row in rows} == {("un-voting",)}
    assert {row.state for row in rows} == {"KAZ", "KGZ", "TJK", "UZB"}


def test_investment_is_told_by_host_and_by_investor_apart(of):
    host, investor = of("fdi_host"), of("fdi_investor")
    assert {row.partner for row in host} == {"CHN", "USA", "JPN"}
    assert {row.state for row in host} == {"KAZ", "KGZ", "TJK"}  # two publish nothing
    assert {row.partner for row in investor} == {"CHN", "USA"}
    both = {(row.state, row.partner, row.period): row.value for row in host}
    twice = [row.value / both[key] for row in investor if (key := (row.state, row.partner, row.period)) in both]
    assert min(twice) < 0.4  # the two ends differ by more than half: never one series
    assert {row.period for row in (*host, *investor)} == set(range(2014, 2020))


def test_remittances_are_of_the_release_of_the_record(of):
    rows = of("remittances")
    assert {row.source for row in rows} == {("wdi",)}
    assert {row.state for row in rows} == {"KAZ", "KGZ", "TJK", "UZB"}
    value = {(row.state, row.period): row.value for row in rows}
    assert 40.0 < value["TJK", 2008] < 50.0  # the largest share of output of any
    assert value["UZB", 2010] == pytest.approx(6.185)  # 6.9 in the earlier release


def test_visits_are_of_china_and_end_in_2017(of):
    rows = (*of("visits"), *of("military_visits"))
    assert {row.partner for row in rows} == {"CHN"}
    assert max(row.period for row in rows) == 2017
    assert all(row.value == int(row.value) for row in rows)


# --- who was a member when -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("organisation", "day", "members"),
    [
        ("security-pact", "2005-12-31", {"KAZ", "KGZ", "TJK"}),
        ("security-pact", "2010-01-01", {"KAZ", "KGZ", "TJK", "UZB"}),
        ("security-pact", "2012-12-19", {"KAZ", "KGZ", "TJK", "UZB"}),
        ("security-pact", "2012-12-20", {"KAZ", "KGZ", "TJK"}),
        ("customs-union", "2009-12-31", set()),
        ("customs-union", "2014-12-31", {"KAZ"}),
        ("economic-union", "2014-12-31", set()),
        ("economic-union", "2015-01-01", {"KAZ"}),
        ("economic-union", "2015-08-06", {"KAZ", "KGZ"}),
        ("turkic-organisation", "2019-09-30", {"KAZ", "KGZ"}),
        ("turkic-organisation", "2019-12-31", {"KAZ", "KGZ", "UZB"}),
        ("shanghai-organisation", "2019-12-31", {"KAZ", "KGZ", "TJK", "UZB"}),
        ("five-plus-one", "2015-12-31", {"KAZ", "KGZ", "TJK", "TKM", "UZB"}),
    ],
)
def test_members_on_a_day(record, organisation, day, members):
    assert set(record.members(organisation, day)) == members


def test_an_organisation_that_nobody_knows_has_no_members(record):
    with pytest.raises(InputError):
        record.members("league", "2010-01-01")


def test_members_agree_with_the_facts(record):
    evidence = load_evidence()
    organisations = {"csto": "security-pact", "sco": "shanghai-organisation", "eaeu": "economic-union"}
    found = 0
    for fact in evidence.facts.values():
        named = re.fullmatch(r"(csto|sco|eaeu)-(kaz|kgz|tjk|tkm|uzb)", fact.id)
        if named:
            assert named[2].upper() in record.members(organisations[named[1]], "2019-12-31"), fact.id
            found += 1
    assert found >= 9


# --- times as they are written ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kinds", "first", "last", "end"),
    [
        ("2010", ("year", "date"), 2010, 2010, "2010-12-31"),
        ("2005-2009", ("five years",), 2005, 2009, "2009-12-31"),
        ("2019-10", ("date",), 2019, 2019, "2019-10-31"),
        ("2012-12-19", ("date",), 2012, 2012, "2012-12-19"),
    ],
)
def test_a_time_is_what_it_says(text, kinds, first, last, end):
    period = period_of(text)
    assert (period.kinds, period.first, period.last, period.end) == (kinds, first, last, end)


@pytest.mark.parametrize(
    "text", ["", "210", "2010-Q1", "2005-2010", "2009-2005", "2019-13", "2019-02-30", "1066", "0000"]
)
def test_what_is_no_time_is_none(text):
    assert period_of(text) is None


# --- traps: each is put back and refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trap", "file", "row"),
    [
        ("uzbek-extrapolation", "trade.csv", "UZB,RUS,2015,trade,5,million USD,imf-dots,2016"),
        ("customs-union-break", "trade.csv", "KAZ,RUS,2011,trade,5,million USD,imf-dots,2012"),
        ("two-definitions", "trade.csv", "TJK,CHN,2013,trade,5,million USD,imf-dots-mirrors,2014"),
        ("early-mirrors", "trade.csv", "TKM,CHN,2004,trade,5,million USD,imf-dots,2005"),
        ("re-export", "trade.csv", "KGZ,CHN,2009,trade,5800,million USD,cow-trade,2010"),
        ("re-export", "trade.csv", "KGZ,CHN,2019,trade,6378,million USD,imf-dots-mirrors,2020"),
        ("second-scale", "votes.csv", "KAZ,RUS,2016,un_distance,0.61,points,un-final-passage,2017"),
        ("few-votes", "votes.csv", "TKM,RUS,2004,un_distance,1.38,points,un-voting,2005"),
        ("treaties-on-paper", "memberships.csv", "UZB,security-pact,2018,membership,1,member,atop,2018"),
        ("five-investors", "fdi.csv", "KAZ,RUS,2014,fdi_host,0,million USD,imf-dip,2015"),
        ("five-investors", "fdi.csv", "KAZ,EU,2014,fdi_investor,371.3,million USD,imf-dip,2015"),
        ("other-release", "remittances.csv", "UZB,,2010,remittances,6.9,percent of output,remittances-wdi,2011"),
    ],
)  # fmt: skip
def test_a_trap_refuses_what_it_is_there_for(record, refused, trap, file, row):
    said = refused(file, row)
    assert f"{file}:2: source: found '{row.split(',')[6]}'" in said
    assert f"allowed: another source ({trap})" in said
    assert next(one.why for one in record.traps if one.id == trap) in said


def test_every_trap_is_tried_here(record):
    marks = test_a_trap_refuses_what_it_is_there_for.pytestmark
    tried = {case[0] for mark in marks if mark.name == "parametrize" for case in mark.args[1]}
    assert tried == {trap.id for trap in record.traps}


def test_no_row_is_in_a_trap_and_a_better_source_gets_by(record):
    for trap in record.traps:
        caught = [row for row in record.rows if trap.catches(row)]
        assert all(set(row.source) - set(trap.sources) for row in caught), trap.id
    assert any(trap.catches(row) for trap in record.traps for row in record.rows)


@pytest.mark.parametrize(
    ("file", "row", "told"),
    [
        ("arms.csv", "KAZ,RUS,2019,arms,5,million TIV,sipri-arms,2020", "period: found '2019'; allowed: five years with the first and the last, such as 2005-2009, for arms"),
        ("arms.csv", "KAZ,RUS,2014-2018,arms,-5,million TIV,sipri-arms,2019", "value: found '-5'; allowed: a number of 0 or more"),
        ("arms.csv", "KAZ,RUS,2015-2019,arms,5,million USD,sipri-arms,2020", "unit: found 'million USD'; allowed: million TIV"),
        ("arms.csv", "KAZ,RUS,2016-2020,arms,5,million TIV,sipri-arms,2021", "period: found '2016-2020'; allowed: nothing later than 2019; the record ends there"),
        ("arms.csv", "KAZ,RUS,2015-2019,arms,5,million TIV,sipri-arms,2019", "known_since: found '2019'; allowed: a year after 2019"),
        ("arms.csv", "KAZ,RUS,2015-2018,arms,5,million TIV,sipri-arms,2019", "period: found '2015-2018'; allowed: a year, such as 2010; five years"),
        ("arms.csv", "KAZ,RUS,2015-2019,arms,5,million TIV,sipri-arms,2020", "arms of KAZ in 2015-2019; its arms_total is missing"),
        ("votes.csv", "KAZ,RUS,2020,un_agreement,0.7,0 to 1,un-voting,2021", "period: found '2020'; allowed: a year from 2000 to 2019; the record ends there"),
        ("votes.csv", "KAZ,RUS,2019,un_agreement,77,0 to 1,un-voting,2020", "value: found '77'; allowed: a number from 0 to 1"),
        ("votes.csv", "KAZ,RUS,2015-2019,un_agreement,0.7,0 to 1,un-voting,2020", "period: found '2015-2019'; allowed: a year, such as 2010, for un_agreement"),
        ("votes.csv", "KAZ,security-pact,2015,membership,1,member,memberships-web,2015", "measure: found 'membership'; allowed: trade"),
        ("memberships.csv", "KAZ,RUS,2015,membership,1,member,memberships-web,2015", "partner: found 'RUS'; allowed: commonwealth, security-pact"),
        ("memberships.csv", "KAZ,security-pakt,2015,membership,1,member,memberships-web,2015", "Did you mean 'security-pact'?"),
        ("memberships.csv", "KAZ,security-pact,2015,membership,0,member,memberships-web,2015", "value: found '0'; allowed: 1: KAZ is outside until then"),
        ("memberships.csv", "KAZ,security-pact,2015,membership,1,member,memberships-web,2014", "known_since: found '2014'; allowed: 2015 or later"),
        ("memberships.csv", "KAZ,security-pact,2021-11,membership,1,member,memberships-web,2021", "allowed: nothing later than 2019"),
        ("remittances.csv", "KAZ,,2010,remittances,130,percent of output,wdi,2011", "value: found '130'; allowed: a number above 0"),
    ],
)  # fmt: skip
def test_a_bad_row_is_told(refused, file, row, told):
    said = refused(file, row)
    assert told in said
    assert f"{file}:2" in said


def test_a_row_twice_is_told_whatever_it_is_about(refused):
    twice = "KAZ,security-pact,1992-05-15,membership,1,member,memberships-web,1992"
    said = refused("memberships.csv", twice, after=True)
    assert "found a second row of membership of KAZ with security-pact in 1992-05-15; allowed: each once" in said
