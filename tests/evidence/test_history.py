"""The record: what is read of it, how bad rows are told, and that no row stands in a trap."""

# ruff: noqa: E501 (in the tables of mistakes one mistake is one line)

import csv
import shutil
from collections import Counter, defaultdict

import pytest

from sim.evidence.evidence import load_evidence
from sim.evidence.history import FILES, load_history
from sim.evidence.record_forms import MEASURES, period_of
from sim.evidence.worlds import shipped_folder
from sim.io.errors import InputError

PLACE = shipped_folder("seeds") / "history"
HEAD = "state,partner,period,measure,value,unit,source,known_since\n"


@pytest.fixture(scope="module")
def record():
    return load_history()


@pytest.fixture
def copy(tmp_path):
    """A copy of the record; gives a function that writes rows into one file in place of its own."""
    for name in (*FILES, "record.yaml"):
        shutil.copy(PLACE / name, tmp_path / name)

    def with_rows(*rows, file="trade.csv", keep=False):
        old = (tmp_path / file).read_text(encoding="utf-8") if keep else HEAD
        (tmp_path / file).write_text(old + "".join(f"{row}\n" for row in rows), encoding="utf-8")
        return tmp_path

    return with_rows


# --- what stands there -----------------------------------------------------------------------------------------------


def test_nothing_is_later_than_2019(record):
    assert record.last == 2019
    assert max(row.period for row in record.rows) == 2019
    for name in FILES:
        with (PLACE / name).open(encoding="utf-8", newline="") as handle:
            ends = {period_of(row["period"]).last for row in csv.DictReader(handle)}
        assert min(ends) >= (1990 if name in ("arms.csv", "memberships.csv") else 2000)
        assert max(ends) <= 2019


def test_every_figure_was_known_a_year_later(record):
    for row in record.rows:  # but who joined and left is known on the day
        assert row.known_since == row.period + (row.measure != "membership")


def test_every_pair_has_its_years(record):
    evidence = load_evidence()
    years = defaultdict(set)
    for row in record.rows:
        if row.measure == "trade":
            years[row.state, row.partner].add(row.period)
    first = {"KAZ": 2000, "KGZ": 2000, "TJK": 2001, "TKM": 2005, "UZB": 2010}
    pairs = {(state.code, power.code) for state in evidence.states for power in evidence.powers}
    assert set(years) == pairs
    assert all(years[pair] == set(range(first[pair[0]], 2020)) for pair in pairs)
    counted = Counter(row.measure for row in record.rows)
    wanted = {"trade": 588, "turnover": 84, "output": 240, "growth": 240, "price": 20}
    assert {measure: counted[measure] for measure in wanted} == wanted


def test_the_record_is_small():
    assert sum(path.stat().st_size for path in PLACE.iterdir()) < 300_000


def test_uzbek_trade_is_never_the_extrapolation(record):
    uzbek = [row for row in record.rows if row.state == "UZB" and row.measure in ("trade", "turnover")]
    assert uzbek
    assert not any("imf-dots" in row.source for row in uzbek if row.period < 2016)
    share = {row.period: row.value for row in uzbek if row.partner == "RUS"}
    whole = {row.period: row.value for row in uzbek if row.measure == "turnover"}
    russian = [100 * share[year] / whole[year] for year in range(2010, 2016)]
    assert max(russian) - min(russian) > 5.0  # the extrapolation has 19.1 eleven years running


def test_kazakh_trade_with_russia_does_not_break_at_the_customs_union(record):
    mine = (row for row in record.rows if row.measure == "trade")
    trade = {row.period: row for row in mine if (row.state, row.partner) == ("KAZ", "RUS")}
    assert all(trade[year].source == ("national-trade-statistics",) for year in (2010, 2011))
    assert all(trade[year].value > 0.75 * trade[year - 1].value for year in range(2010, 2015))


def test_tajik_trade_with_china_has_one_definition(record):
    rows = [row for row in record.rows if row.measure == "trade"]
    mine = {row.period: row.value for row in rows if (row.state, row.partner) == ("TJK", "CHN")}
    whole = {row.period: row.value for row in record.rows if row.state == "TJK" and row.measure == "turnover"}
    assert all(0.10 < mine[year] / whole[year] < 0.25 for year in range(2010, 2020))  # Chinese reports say 40 to 52 %


def test_older_facts_on_trade_agree_with_the_record_or_say_that_they_do_not(record):
    counted = {(row.state, row.partner, row.period): row.value for row in record.rows if row.measure == "trade"}
    facts = [fact for fact in load_evidence().facts.values() if fact.id.startswith("trade-") and fact.kept]
    assert len(facts) > 20
    for fact in facts:
        state, partner, year = fact.id.upper().split("-")[1:]
        off = fact.value * 1000.0 / counted[state, partner, int(year)] - 1.0
        assert (abs(off) > 0.1) is fact.kept.startswith("The record has"), fact.id


def test_parts_are_less_than_the_whole(record):
    parts, wholes = Counter(), {}
    for row in record.rows:
        if row.measure == "trade":
            parts[row.state, row.period] += row.value
        elif row.measure == "turnover":
            wholes[row.state, row.period] = row.value
    assert all(0.3 < parts[key] / wholes[key] < 0.95 for key in parts)


def test_every_power_is_in_one_class(record):
    powers = [code for one in record.classes for code in one.powers]
    assert sorted(powers) == sorted(power.code for power in load_evidence().powers)
    assert {code for mine in record.groups.values() for code in mine} == set(powers)
    assert record.error_of("IND") > record.error_of("CHN") > 0.0
    assert record.error_of("nobody") == 0.0


# --- how bad rows are told -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("KAZ,CHN,2020,trade,5,million USD,imf-dots,2021", "trade.csv:2: period: found '2020'; allowed: a year from 2000 to 2019"),
        ("UZB,RUS,2012,trade,5,million USD,imf-dots,2013", "source: found 'imf-dots'; until 2015 the file carries"),
        ("UZB,,2012,turnover,5,million USD,imf-dots,2013", "allowed: another source (uzbek-extrapolation)"),
        ("KAZ,RUS,2010,trade,5,million USD,cow-trade,2011", "allowed: another source (customs-union-break)"),
        ("TJK,CHN,2012,trade,5,million USD,cow-trade,2013", "allowed: another source (two-definitions)"),
        ("TKM,RUS,2003,trade,5,million USD,imf-dots,2004", "allowed: another source (early-mirrors)"),
        ("KAZ,CHM,2010,trade,5,million USD,imf-dots,2011", "partner: found 'CHM'; allowed: CHN, RUS, USA, EU, JPN, IND, TUR. Did you mean 'CHN'?"),
        ("KZA,CHN,2010,trade,5,million USD,imf-dots,2011", "state: found 'KZA'"),
        ("KAZ,CHN,2010,trad,5,million USD,imf-dots,2011", "measure: found 'trad'; allowed: trade, turnover, output, growth, price, arms,"),
        ("KAZ,CHN,2010,trade,5,bn USD,imf-dots,2011", "unit: found 'bn USD'; allowed: million USD"),
        ("KAZ,CHN,2010,trade,0,million USD,imf-dots,2011", "value: found '0'; allowed: a number above 0"),
        ("KAZ,CHN,2010,trade,.nan,million USD,imf-dots,2011", "value: found '.nan'; allowed: a finite number"),
        ("KAZ,CHN,2010,trade,5,million USD,imf-dost,2011", "source: found 'imf-dost'; allowed: the id of a document in seeds/documents.yaml. Did you mean 'imf-dots'?"),
        ("KAZ,CHN,2010,trade,5,million USD,,2011", "allowed: the id of a document"),
        ("KAZ,CHN,2010,trade,5,million USD,imf-dots,2010", "known_since: found '2010'; allowed: a year after 2010"),
        ("KAZ,,2010,trade,5,million USD,imf-dots,2011", "measure: found trade of state; allowed: of state and partner"),
        ("KAZ,CHN,2010,price,5,USD a barrel,eia-brent,2011", "found price of state and partner; allowed: of neither"),
        ("KAZ,CHN,2010,trade,5,million USD,imf-dots,2011", "trade of KAZ in 2010; its turnover is missing"),
    ],
)  # fmt: skip
def test_a_bad_row_is_told(copy, row, told):
    with pytest.raises(InputError) as wrong:
        load_history(copy(row))
    assert told in str(wrong.value)
    assert "trade.csv:2" in str(wrong.value)


def test_a_row_twice_and_parts_above_the_whole_are_told(copy):
    folder = copy(
        "KAZ,,2010,turnover,4,million USD,imf-dots,2011",
        "KAZ,CHN,2010,trade,5,million USD,imf-dots,2011",
        "KAZ,CHN,2010,trade,6,million USD,imf-dots,2011",
    )
    with pytest.raises(InputError) as wrong:
        load_history(folder)
    assert "found a second row of trade of KAZ with CHN in 2010; allowed: each once" in str(wrong.value)
    assert "allowed: the sum of its parts (11) or more" in str(wrong.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("powers: [TUR]", "powers: [TUR, CHN]", "this partner is in another class already"),
        ("error: 0.28", "error: 0.5", "classes.distant.error: found '0.5'; allowed: a number from low (0.18) to high (0.35)"),
        ("sources: [cow-trade,", "sources: [cow-trad,", "Did you mean 'cow-trade'?"),
        ("last: 2019", "last: 2010", "a year from 2000 to 2010"),
        ("traps:", "trap:", "Did you mean 'traps'?"),
        ("{low: 0.8,", "{", "'low' is missing"),
    ],
)  # fmt: skip
def test_bad_rules_are_told(copy, old, new, told):
    folder = copy(keep=True)
    rules = folder / "record.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as wrong:
        load_history(folder)
    assert told in str(wrong.value)


def test_every_measure_says_its_unit(record):
    assert {row.unit for row in record.rows} == {form.unit for form in MEASURES.values()}
