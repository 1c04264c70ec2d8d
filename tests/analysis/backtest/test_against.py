"""Tables of what came: read however they are laid out, mistakes told, nothing lost in silence."""

import math

import pytest

from sim.analysis.backtest.against import read_against
from sim.analysis.backtest.cells import MEASURES, period_of
from sim.evidence.evidence import load_evidence
from sim.io.errors import InputError

EVIDENCE = load_evidence()
HEAD = "state,partner,period,measure,value"
SHARE = "KAZ,CHN,2021,trade_share_of_turnover,"


@pytest.fixture
def read(tmp_path):
    def write_and_read(*lines, head=HEAD):
        path = tmp_path / "came.csv"
        path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        return read_against(path, EVIDENCE)

    return write_and_read


def problem(read, *lines, head=HEAD):
    with pytest.raises(InputError) as caught:
        read(*lines, head=head)
    return str(caught.value)


def values(against):
    return [one.value for one in against.rows]


# --- how it may be laid out ------------------------------------------------------------------------------------------


def test_columns_come_in_any_order_and_others_are_named(read):
    found = read("0.2,CHN,x,KAZ,trade_share_of_turnover,2021", head="value,partner,remark,state,measure,period")
    assert (found.rows[0].state, found.rows[0].partner, found.rows[0].value) == ("KAZ", "CHN", 0.2)
    assert "columns that are not read: remark" in found.remarks


@pytest.mark.parametrize("written", ["EU", "EU27", "eu-27", "EU_27", "European Union"])
def test_partners_go_by_code_and_name(read, written):
    assert read(f"KAZ,{written},2021,trade_share_of_turnover,0.3").rows[0].partner == "EU"


@pytest.mark.parametrize("written", ["KAZ", "kaz", "Kazakhstan"])
def test_states_go_by_code_and_name(read, written):
    assert read(f"{written},CHN,2021,trade_share_of_turnover,0.3").rows[0].state == "KAZ"


@pytest.mark.parametrize(
    ("text", "first", "last", "quarter"),
    [
        ("2021", 2021, 2021, -1),
        ("2021.0", 2021, 2021, -1),
        ("2022-03-02 00:00:00", 2022, 2022, 4 * 2022),
        ("2022-03-02T00:00:00Z", 2022, 2022, 4 * 2022),
        ("2022/03/02", 2022, 2022, 4 * 2022),
        ("2020 to 2024", 2020, 2024, -1),
        ("2021-Q3", 2021, 2021, 4 * 2021 + 2),
        ("2022-03-02", 2022, 2022, 4 * 2022),
        ("2022-10-12", 2022, 2022, 4 * 2022 + 3),
        ("2020-2024", 2020, 2024, -1),
        ("2020_2024", 2020, 2024, -1),
        ("2020-24", 2020, 2024, -1),
        ("2005-09", 2005, 2009, -1),
    ],
)
def test_periods(text, first, last, quarter):
    period = period_of(text)
    assert (period.first, period.last, period.quarter) == (first, last, quarter)


def test_a_month_is_one_of_a_vote_alone():
    assert period_of("2022-03", votes=True).quarter == 4 * 2022
    assert period_of("2022-03") is None


@pytest.mark.parametrize(
    "text", ["", "soon", "2022-13-02", "2022-02-30", "2024-2020", "22", "2021-Q5", "arms_2020_2024"]
)
def test_no_periods(text):
    assert period_of(text) is None


def test_windows_of_arms_may_stand_in_the_name_or_beside_it(read):
    found = read(
        "KAZ,RUS,2024,arms_supplier_share_2020_2024,0.4",
        "UZB,RUS,2020-2024,arms_supplier_share_2020_2024,0.5",
        "KGZ,RUS,2020-24,arms_supplier_share,0.6",
        "TJK,RUS,2024,arms_supplier_share,0.6",
        "TKM,RUS,2020/24,arms_supplier_share,0.6",
    )
    assert {(one.period, one.measure) for one in found.rows} == {("2020-2024", "arms_supplier_share")}
    assert len(found.rows) == 5
    assert "arms_supplier_share of single years are those of the 5 years that end then" in found.remarks


def test_arms_year_by_year_are_left_out(read):
    lines = [f"TJK,RUS,{year},arms_supplier_share,0.6" for year in (2022, 2023, 2024)]
    found = read(*lines, "KGZ,RUS,2020-24,arms_supplier_share,0.6")
    assert found.left_out == {"arms of a single year; windows of years are scored": 3}


def test_a_window_that_contradicts_itself_is_refused(read):
    assert "2020-2024, as the name of the measure has it" in problem(
        read, "KAZ,RUS,2019,arms_supplier_share_2020_2024,0.4"
    )


# --- units -----------------------------------------------------------------------------------------------------------


def test_a_unit_decides(read):
    head = f"{HEAD},unit"
    found = read(f"{SHARE}0.8,%", "UZB,CHN,2021,trade_share_of_turnover,0.8,share", head=head)
    assert values(found) == pytest.approx([0.008, 0.8])
    assert found.remarks == ()


def test_without_a_unit_a_value_above_one_makes_per_cent(read):
    found = read(f"{SHARE}0.8", "UZB,CHN,2021,trade_share_of_turnover,20")
    assert values(found) == pytest.approx([0.008, 0.2])
    assert "trade_share_of_turnover without a unit is read as per cent, since a value is above 1" in found.remarks
    other = read(f"{SHARE}0.8", "UZB,CHN,2021,un_agreement,90")
    assert values(other) == pytest.approx([0.8, 0.9])  # measure by measure


def test_turnover_is_million_usd_unless_told_otherwise(read):
    head = f"{HEAD},unit"
    lines = [
        "KAZ,CHN,2021,trade_turnover,18.2,bn USD",
        "KAZ,,2021,trade_turnover,101000,",
        "UZB,,2021,trade_turnover,1e9,USD",
    ]
    found = read(*lines, head=head)
    assert values(found) == pytest.approx([18200.0, 101000.0, 1000.0])
    assert found.rows[1].partner == ""
    assert "trade_turnover without a unit is read as million USD" in found.remarks


def test_votes_in_words_numbers_and_blanks(read):
    answers = {"KAZ": "Yes", "KGZ": "abstain", "TJK": "no", "UZB": ""}
    words = read(*(f"{state},,2022-03-02,vote_x,{answer}" for state, answer in answers.items()))
    assert values(words)[:3] == [1.0, 0.5, 0.0]
    assert math.isnan(values(words)[3])
    plain = read("KAZ,,2022-03-02,vote_x,0.5", "UZB,,2022-03-02,vote_x,0")
    assert values(plain) == [0.5, 0.0]
    signed = read("KAZ,RUS,2022-03-02,vote_x,0", "UZB,,2022-03-02,vote_x,-1", "KGZ,,2022-03-02,vote_x,1")
    assert values(signed) == [0.5, 0.0, 1.0]
    assert signed.rows[0].partner == ""
    assert any("1 yes, 0 abstained, -1 no" in remark for remark in signed.remarks)


# --- what cannot be scored, and what is wrong ------------------------------------------------------------------------


def test_what_cannot_be_scored_is_counted_by_reason(read):
    found = read(
        f"{SHARE}0.2",
        "KAZ,ISR,2021,trade_share_of_turnover,0.01",
        "GEO,CHN,2021,trade_share_of_turnover,0.01",
        "KAZ,CHN,2021,gdp,200",
        "KAZ,CHN,2021-Q2,trade_share_of_turnover,0.2",
        "UZB,CHN,2021,trade_share_of_turnover,",
        "UZB,CHN,2018,trade_share_of_turnover,0.2",
    )
    assert found.left_out == {
        "partner is no power of the model ('ISR')": 1,
        "state is not of the model ('GEO')": 1,
        "measure 'gdp' is not scored": 1,
        "trade_share_of_turnover of something else than a calendar year": 1,
        "no value": 1,
    }
    later = found.after(2019)
    assert [one.period for one in later.rows] == ["2021"]
    assert later.left_out["not wholly after 2019, the last year that fans know"] == 1
    assert sum(later.left_out.values()) + len(later.rows) == 7


def test_a_misspelt_measure_is_named_with_the_nearest(read):
    found = read(f"{SHARE}0.2", "KAZ,CHN,2021,trade_share_of_turnovr,0.2")
    assert "measure 'trade_share_of_turnovr' is not scored (near: trade_share_of_turnover)" in found.left_out


def test_arms_are_taken_among_the_powers_where_all_suppliers_are_there(read):
    whole = read(
        "KAZ,RUS,2020-2024,arms_supplier_share,60",
        "KAZ,TUR,2020-2024,arms_supplier_share,20",
        "KAZ,ISR,2020-2024,arms_supplier_share,20",
        "UZB,RUS,2020-2024,arms_supplier_share,40",
        "UZB,ISR,2020-2024,arms_supplier_share,20",
    )
    assert values(whole) == pytest.approx([0.75, 0.25, 0.4])
    assert any("parts of what the powers" in remark for remark in whole.remarks)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"{SHARE}much", "value: found 'much'"),
        (f"{SHARE}120", "a number from 0 to 100"),
        (f"{SHARE}-0.1", "a number from 0 to 1"),
        ("KAZ,CHN,someday,trade_share_of_turnover,0.2", "period: found 'someday'"),
        ("KAZ,,2022-03-02,vote_x,abstian", "Did you mean 'abstain'?"),
        ("KAZ,,2022-03-02,vote_x,0.7", "1, 0.5, 0"),
        ("KAZ,CHN,2021,trade_turnover,-3", "a number above 0"),
        ("KAZ,CHN,2021,un_agreement", "4 cells"),
    ],
)
def test_mistakes_are_told_with_their_place(read, line, said):
    told = problem(read, line)
    assert said in told
    assert "came.csv:2" in told


def test_a_wrong_unit_is_told(read):
    assert "Did you mean 'percent'?" in problem(read, f"{SHARE}12,percnt", head=f"{HEAD},unit")
    assert "million USD" in problem(read, "KAZ,CHN,2021,trade_turnover,1,parsec", head=f"{HEAD},unit")


def test_rows_stand_once_whatever_their_partner_is_called(read):
    told = problem(read, "KAZ,EU,2021,un_agreement,0.2", "KAZ,EU27,2021,un_agreement,0.3")
    assert "a second row of un_agreement KAZ EU 2021 (first on line 2)" in told
    assert "came.csv:3" in told


def test_a_missing_column_is_told_with_the_nearest(read):
    told = problem(read, f"{SHARE}0.2", head="states,partner,period,measure,value")
    assert "the column 'state' is missing" in told
    assert "Did you mean 'states'?" in told


def test_files_with_nothing_to_score_are_refused(read, tmp_path):
    assert "nothing in this file can be scored" in problem(read, "GEO,CHN,2021,un_agreement,0.4")
    assert "no rows" in problem(read)
    empty = tmp_path / "empty.csv"
    empty.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="the file is empty"):
        read_against(empty, EVIDENCE)
    with pytest.raises(InputError, match="No such file"):
        read_against(tmp_path / "none.csv", EVIDENCE)


def test_each_measure_is_read(read):
    lines = [f"KAZ,CHN,{'2020-2024' if 'arms' in name else 2021},{name},0.5" for name in MEASURES]
    assert {one.measure for one in read(*lines).rows} == set(MEASURES)


# --- how others save tables ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_cells_may_be_parted_by_another_sign(read, sign):
    found = read(f"{SHARE}0.2".replace(",", sign), head=HEAD.upper().replace(",", f" {sign}"))
    assert values(found) == [0.2]
    assert any(remark.startswith("cells are parted by") for remark in found.remarks)


def test_numbers_are_read_as_their_country_writes_them(read):
    assert values(read('KAZ,CHN,2021,trade_turnover,"18,200"', 'UZB,CHN,2021,trade_turnover,"1,018,200.5"')) == [
        18200.0,
        1018200.5,
    ]
    head = HEAD.replace(",", ";")
    found = read("KAZ;CHN;2021;trade_turnover;18.200,5", "UZB;CHN;2021;trade_turnover;9,125", head=head)
    assert values(found) == [18200.5, 9.125]  # one that cannot part thousands shows the habit of the file
    assert "commas in trade_turnover stand before decimals" in found.remarks
    shares = read("KAZ;CHN;2021;trade_share_of_turnover;17,125", head=head)
    assert values(shares) == pytest.approx([0.17125])
    assert values(read("KAZ,CHN,2021,trade_turnover,18 200")) == [18200.0]
    assert values(read(f"{SHARE}18 %", "UZB,CHN,2021,trade_share_of_turnover,0.5 %")) == pytest.approx([0.18, 0.005])


def test_what_is_not_known_is_missing(read):
    words = ("NA", "n/a", "..", "-", "nan", "")
    lines = [f"KAZ,CHN,{2021 + place},trade_share_of_turnover,{word}" for place, word in enumerate(words)]
    found = read(*lines, f"{SHARE.replace('2021', '2020')}0.2", "KAZ,,2022-03-02,vote_x,NA")
    assert found.left_out == {"no value": len(words) + 1}
    assert any("read as missing: -, .., NA, n/a, nan" in remark for remark in found.remarks)


def test_rows_that_lack_a_cell_are_counted(read):
    lines = (
        ",CHN,2021,un_agreement,0.2",
        "KAZ,,2021,un_agreement,0.2",
        "KAZ,CHN,2021,,0.2",
        "KAZ,CHN,,un_agreement,0.2",
    )
    found = read(f"{SHARE}0.2", *lines)
    assert found.left_out == {"no state": 1, "no partner": 1, "no measure": 1, "no period": 1}


def test_a_row_that_says_the_same_again_is_counted(read):
    found = read(f"{SHARE}0.2", f"{SHARE}0.2", "KAZ,USA,2022-03-02,vote_x,", "KAZ,RUS,2022-03-02,vote_x,")
    assert len(found.rows) == 2
    assert found.left_out == {"it stands twice, with the same value": 2}


def test_votes_of_a_year_find_a_quarter(read):
    found = read(
        "KAZ,,2022,vote_2022_10_12,yes", "KAZ,,2022,vote_x,yes", "KAZ,,2023,vote_y,yes", "UZB,UN,,vote_2021-03-02,no"
    )
    assert [one.quarter for one in found.rows] == [4 * 2022 + 3, -1, -1, 4 * 2021]
    assert [one.quarter for one in found.in_quarters([4 * 2022]).rows] == [
        4 * 2022 + 3,
        4 * 2022,
        4 * 2023 + 3,
        4 * 2021,
    ]
    assert any("against that of 2023-Q4" in remark for remark in found.in_quarters([]).remarks)


def test_votes_in_numbers_from_one_up(read):
    answers = {"KAZ": 1, "KGZ": 2, "TJK": 3, "UZB": 8}
    found = read(*(f"{state},,2022-03-02,vote_x,{answer}" for state, answer in answers.items()))
    assert values(found)[:3] == [1.0, 0.5, 0.0]
    assert math.isnan(values(found)[3])
    unsure = read("KAZ,,2022-03-02,vote_x,1", "KGZ,,2022-03-02,vote_x,0")
    assert any("if 0 means abstained, write words" in remark for remark in unsure.remarks)


@pytest.mark.parametrize(
    ("unit", "worth"),
    [
        ("USD bn", 2000.0),
        ("US$ million", 2.0),
        ("million USD current (sum of 27 members)", 2.0),
        ("current US$", 2e-6),
        ("USD mn", 2.0),
        ("USDm", 2.0),
        ("thousand dollars", 2e-3),
    ],
)
def test_money_is_read_in_many_words(read, unit, worth):
    assert values(read(f"KAZ,CHN,2021,trade_turnover,2,{unit}", head=f"{HEAD},unit")) == pytest.approx([worth])


@pytest.mark.parametrize("unit", ["million EUR", "million USD constant", "CNY"])
def test_other_money_is_refused(read, unit):
    assert "unit: found" in problem(read, f"KAZ,CHN,2021,trade_turnover,2,{unit}", head=f"{HEAD},unit")


def test_days_at_the_ends_of_a_year_stand_for_it(read):
    found = read("KAZ,CHN,2021-12-31,trade_share_of_turnover,0.2", "KAZ,CHN,2022-01-01,trade_share_of_turnover,0.2")
    assert [one.period for one in found.rows] == ["2021", "2022"]
    assert "first and last days of a year stand for the year" in found.remarks


def test_lines_before_the_header_are_passed_over(read):
    found = read(HEAD, f"{SHARE}0.2", head="# made up\n")
    assert found.rows[0].line == 4
    assert "2 lines before the names of columns are not read" in found.remarks


def test_large_tables_are_read(read):
    found = read(
        *["KAZ,ISR,2021,trade_share_of_turnover,0.1," + 120 * "x"] * 10_000, f"{SHARE}0.2,x", head=f"{HEAD},source"
    )
    assert len(found.rows) == 1
    assert found.left_out == {"partner is no power of the model ('ISR')": 10_000}
