"""A whole backtest on years of the record: who knows wins, who only says so loses, who says the same ties."""

import io
import json

import numpy as np
import pandas as pd
import pytest

from helpers import foretold
from helpers.foretold import EVIDENCE, HISTORY, ORIGIN, PAIRS, RECORD, YEARS
from sim.analysis.backtest.against import read_against
from sim.analysis.backtest.fans import fans_of
from sim.analysis.backtest.opponents import ABSTAINS, GRAVITY, NULL, PERSISTENCE, TREND, WALK
from sim.analysis.backtest.result import SERIES, score
from sim.analysis.backtest.scoring import VECTORS, VOTES
from sim.analysis.backtest.skill import EVERY, LOSES, OPEN, TIES, WINS, word_for
from sim.analysis.observed import TRADE_SHARE
from sim.cli.backtest_report import print_backtest
from sim.figures.backtest import draw_backtest
from sim.io.errors import InputError

ANSWERS = np.array([0.5] * 6 + [np.nan] * 3 + [1.0, 0.0])


@pytest.fixture(scope="module")
def came(tmp_path_factory):
    path = tmp_path_factory.mktemp("came") / "came.csv"
    path.write_text("\n".join(foretold.came_lines()) + "\n", encoding="utf-8")
    return read_against(path, EVIDENCE)


def scored(came, *tables, **given):
    draws = pd.concat(tables, ignore_index=True)
    return score(draws, came, HISTORY, EVIDENCE, ORIGIN, **given)


@pytest.fixture(scope="module")
def knows(came):
    return scored(
        came,
        foretold.table(foretold.knowing, votes=ANSWERS),
        foretold.table(foretold.overconfident, "alone", "conditional"),
        null=foretold.table(foretold.walking()),
        notes=("a note of somebody",),
    )


@pytest.fixture(scope="module")
def same(came):
    return scored(came, foretold.table(foretold.walking()))


# --- who wins --------------------------------------------------------------------------------------------------------


def test_who_knows_wins_against_everybody(knows):
    for opponent in (WALK, PERSISTENCE, TREND, GRAVITY, NULL):
        row = knows.row(opponent=opponent)
        assert row["says"] == WINS
        assert row["skill"] > 0.5
        assert row["count"] == len(PAIRS) * len(YEARS)
    assert "the model wins against persistence with a random-walk fan" in knows.sentence
    assert "(observed, unconditional)" in knows.sentence
    assert "in 2016 to 2019" in knows.sentence
    assert "independent ones" in knows.sentence


def test_who_only_says_so_loses_and_its_intervals_hold_little(knows):
    row = knows.row(variant="alone", kind="conditional")
    assert row["says"] == LOSES
    assert row["inside_90"] < 0.5
    assert row["inside_90_opponent"] > 0.75
    assert row["interval_90"] > row["interval_90_opponent"]
    assert row["log"] > row["log_opponent"]
    assert any("the model loses to persistence with a random-walk fan" in one for one in knows.sentences)
    pit = knows.scores[knows.scores["variant"] == "alone"]["pit"]
    assert ((pit < 0.05) | (pit > 0.95)).mean() > 0.5


def test_who_says_the_same_ties(same):
    row = same.row()
    assert row["skill"] == pytest.approx(0.0, abs=1e-12)
    assert row["says"] == TIES
    assert "the model ties with persistence with a random-walk fan" in same.sentence


def test_the_fan_beats_its_own_middle(same):
    assert same.row(opponent=PERSISTENCE)["says"] == WINS


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(0.01, 0.2, WINS), (-0.1, 0.2, TIES), (0.0, 0.2, TIES), (-0.2, -0.01, LOSES), (np.nan, np.nan, OPEN)],
)
def test_words(low, high, word):
    assert word_for(low, high) == word


# --- tables ----------------------------------------------------------------------------------------------------------


def unheard(found):
    (vote,) = set(found.scores[found.scores["series"] == VOTES]["period"])
    return f"runs say nothing of it (votes, alone, conditional; {vote})"


def test_each_thing_that_came_is_a_row_of_each_question(knows):
    figures = knows.scores[knows.scores["measure"] == TRADE_SHARE]
    assert len(figures) == 2 * len(PAIRS) * len(YEARS)
    assert not figures.duplicated(["state", "partner", "period", "variant", "kind"]).any()
    votes = knows.scores[knows.scores["series"] == VOTES]
    assert len(votes) == len(RECORD.states)
    assert votes["crps_always_abstains"].tolist() == [0.0, 0.0, 0.0, 0.0, 0.5]
    assert votes["brier"].between(0.0, 2.0).all()
    assert votes["inside_90"].isna().all()
    assert knows.left_out[unheard(knows)] == 5


def test_known_is_what_was_known_at_the_origin(knows):
    row = knows.scores.iloc[0]
    assert row["known"] == pytest.approx(foretold.share(row["state"], row["partner"], ORIGIN))


def test_vectors_are_scored_by_state_and_year(knows):
    assert len(knows.vectors) == 2 * len(RECORD.states) * len(YEARS)
    assert set(knows.vectors["parts"]) == {len(RECORD.powers)}
    assert knows.row(VECTORS)["says"] == WINS


def test_skill_is_told_by_horizon_partner_and_state(knows):
    mine = knows.skill[(knows.skill["series"] == TRADE_SHARE) & (knows.skill["opponent"] == WALK)]
    mine = mine[mine["variant"] == "observed"].set_index(["of", "horizon"])
    assert mine.loc[(EVERY, "1-4"), "count"] == 140
    assert sum(mine.loc[(EVERY, str(years)), "count"] for years in range(1, 5)) == 140
    for code in (*RECORD.states, *RECORD.powers):
        assert mine.loc[(code, "1-4"), "count"] == 140 // (5 if code in RECORD.states else 7)
    for group in HISTORY.groups:
        assert (f"{group} partners", "1-4") in mine.index
    assert (mine["effective"] <= mine["count"]).all()
    assert knows.row(VOTES, ABSTAINS, horizon="all")["count"] == 5


def test_every_series_has_words(knows):
    assert set(knows.skill["series"]) <= set(SERIES)


def test_years_beyond_four_are_told_apart_from_the_main_question(came):
    import dataclasses

    draws = foretold.table(foretold.knowing)
    early = score(draws, came, HISTORY, EVIDENCE, 2014)
    assert early.row()["count"] == len(PAIRS) * 3
    assert early.row(horizon="all")["count"] == len(PAIRS) * 4
    assert dataclasses.is_dataclass(early)
    assert "in 2016 to 2018" in early.sentence


def test_a_file_without_the_main_question_says_so(came):
    import dataclasses

    votes = dataclasses.replace(came, rows=tuple(one for one in came.rows if one.is_vote))
    found = scored(votes, foretold.table(foretold.knowing, votes=ANSWERS))
    assert found.sentence.startswith("The file has nothing of the main question. Beside it: On votes in ")
    assert found.left_out == {}


# --- what goes wrong -------------------------------------------------------------------------------------------------


def test_nothing_after_the_origin_is_refused(came):
    with pytest.raises(InputError, match="nothing here lies after 2019"):
        score(foretold.table(foretold.knowing), came, HISTORY, EVIDENCE, 2019)


def test_fans_about_something_else_are_refused(came):
    draws = foretold.table(foretold.knowing).assign(measure="un_agreement")
    with pytest.raises(InputError, match="no fan is about anything here"):
        scored(came, draws)


def test_draws_are_checked():
    draws = foretold.table(foretold.knowing)
    with pytest.raises(ValueError, match="lacks draw"):
        fans_of(draws.drop(columns="draw"))
    with pytest.raises(ValueError, match="stands twice"):
        fans_of(pd.concat([draws, draws.head(1)]))
    with pytest.raises(ValueError, match="is not finite"):
        fans_of(draws.assign(value=np.nan))


def test_draws_may_come_in_any_order_and_as_categories(came, knows):
    draws = foretold.table(foretold.knowing, votes=ANSWERS).sample(frac=1.0, random_state=1)
    words = ("variant", "kind", "state", "partner", "period", "measure")
    again = scored(came, draws.astype(dict.fromkeys(words, "category")))
    mine = knows.scores[knows.scores["variant"] == "observed"].reset_index(drop=True)
    pd.testing.assert_frame_equal(again.scores.drop(columns="crps_null_model"), mine.drop(columns="crps_null_model"))


# --- files, words, figures -------------------------------------------------------------------------------------------


def test_what_is_written(knows, tmp_path):
    folder = knows.write(tmp_path / "out")
    names = {path.name for path in folder.iterdir()}
    assert {"scores.csv", "skill.csv", "vectors.csv", "left_out.csv", "backtest.json"} <= names
    told = json.loads((folder / "backtest.json").read_text(encoding="utf-8"))
    assert told["note"] == "conditional exploration, not a forecast"
    assert told["sentence"] == knows.sentence
    assert told["left_out"] == dict(knows.left_out)
    assert "a note of somebody" in told["notes"]
    assert len(pd.read_csv(folder / "scores.csv")) == len(knows.scores)
    again = knows.write(tmp_path / "again")
    same = names - {"manifest.json"}  # a manifest knows its folder
    assert all((again / name).read_bytes() == (folder / name).read_bytes() for name in same)


def test_what_is_printed(knows):
    out = io.StringIO()
    print_backtest(knows, out)
    said = " ".join(out.getvalue().split())
    assert said.startswith(" ".join(knows.sentence.split()))
    assert "a note of somebody" in said
    assert "a vote without a value is read as absent" in said
    assert f"Left out, 5 rows: {unheard(knows)}" in said
    assert "Intervals of 50, 80 and 90 % hold" in said


def test_figures_say_what_they_are(knows, tmp_path):
    folder = draw_backtest(knows, tmp_path)
    names = {path.stem for path in folder.glob("*.png")}
    assert names == {"fans-observed-unconditional", "fans-alone-conditional", "pit", "skill_by_horizon"}
    assert {path.stem for path in folder.glob("*.csv")} == names
    assert pd.read_csv(folder / "pit.csv")["count"].sum() == 2 * len(PAIRS) * len(YEARS)
