"""The page on the backtest says what the published tables say."""

import csv
import hashlib
from pathlib import Path

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "experiments" / "backtest"
PAGE = (ROOT / "docs" / "backtest.md").read_text(encoding="utf-8")
NOTE = ROOT / "docs" / "decisions" / "0026-decisions-before-the-look.md"


def rows_of(name):
    with (PUBLISHED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def whole(text):
    return f"{100.0 * float(text):.0f}"


def skill_of(variant, kind, opponent, series="trade_share_of_turnover"):
    (row,) = (
        row
        for row in rows_of("2014/skill.csv")
        if (row["variant"], row["kind"], row["series"], row["of"], row["horizon"], row["opponent"])
        == (variant, kind, series, "all", "1-4", opponent)
    )
    return row


def test_the_main_question_is_answered_as_the_table_answers_it():
    row = skill_of("observed", "unconditional", "random-walk fan")
    assert row["says"] == "wins"
    told = f"skill {whole(row['skill'])} per cent, interval {whole(row['low'])} to {whole(row['high'])}"
    assert f"{told}; {row['count']} figures, worth some {float(row['effective']):.0f}" in PAGE
    assert skill_of("observed", "unconditional", "null model")["says"] == "ties"
    assert skill_of("alone", "unconditional", "random-walk fan")["says"] == "loses"


def test_the_page_says_first_that_the_systems_do_not_beat_growth_and_noise():
    (together,) = (
        row
        for row in rows_of("systems.csv")
        if row["system"] == "all together" and row["measure"] == "trade_share_of_turnover"
    )
    assert float(together["low"]) < 0.0 < float(together["high"])
    first = PAGE.split("## What came out\n", 1)[1].strip().split(".")[0]
    assert "All 44 systems together do not beat growth and noise alone" in first


def test_what_was_published_came_out_of_the_decisions_as_they_stand():
    told = hashlib.sha256(NOTE.read_bytes()).hexdigest()
    for name in ("2014", "2019"):
        assert told in (PUBLISHED / name / "README.txt").read_text(encoding="utf-8")


def test_nothing_after_2019_is_scored():
    assert max(row["period"] for row in rows_of("2014/scores.csv")) <= "2019"
