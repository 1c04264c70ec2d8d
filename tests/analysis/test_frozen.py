"""Forecasts frozen in a folder: what is kept, what is refused, and how they are scored when their years have come."""

import dataclasses
import datetime
import json
from pathlib import Path

import numpy as np
import pytest

from sim.analysis.backtest.opponents import WALK
from sim.analysis.hindcast.frozen import freeze, load_frozen, longer, score_frozen, table_hash
from sim.analysis.observed import AGREEMENT, ARMS, TRADE_SHARE
from sim.analysis.record import record_of
from sim.cli.main import main
from sim.evidence.history import load_history
from sim.io.errors import InputError
from sim.scenario.calendar import parse_quarter
from sim.scenario.scenario import load_scenario

QUESTION = """title: Three years
question: Q?
extends: baseline
from: 2026-Q1
to: 2028-Q4
events:
  - {at: 2026-Q1, every: 4 quarters, vote: {for: [EU, JPN], against: RUS}}
"""
DAY = datetime.date(2026, 12, 1)
PAIRS = [(state, power) for state in ("KAZ", "KGZ", "UZB") for power in ("CHN", "RUS", "TUR")]


def frozen_in(place, **said):
    path = place / "asked.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(QUESTION, encoding="utf-8")
    return freeze(path, place / "2026-12", draws=12, workers=1, fitted="fixed", made=DAY, **said)


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    return frozen_in(tmp_path_factory.mktemp("frozen"))


def came(place, years=(2025, 2026), share=0.2):
    rows = [f"{i},{j},{year},{TRADE_SHARE},{share + 0.01 * (year - 2025)}" for i, j in PAIRS for year in years]
    path = place / "came.csv"
    votes = ["KAZ,,2027-02-24,vote_war,0.5"]
    path.write_text("\n".join(["state,partner,period,measure,value", *rows, *votes]) + "\n", encoding="utf-8")
    return path


def test_a_folder_holds_draws_rules_question_and_hashes(frozen):
    assert {path.name for path in frozen.folder.iterdir()} == {
        *("draws.parquet", "README.md", "question.yaml", "manifest.json")
    }
    assert (frozen.origin, frozen.manifest["last"]) == (2025, 2028)
    assert frozen.manifest["made"] == "2026-12-01"
    measures = set(frozen.draws["measure"])
    assert {TRADE_SHARE, AGREEMENT, ARMS, "vote_2026-q1", "vote_2028-q1"} <= measures
    assert set(frozen.draws[frozen.draws["measure"] == ARMS]["period"]) == {"2026-2028"}
    assert "2026-2028" in (frozen.folder / "README.md").read_text()


def test_the_same_question_gives_the_same_draws(frozen, tmp_path):
    again = frozen_in(tmp_path)
    assert again.manifest["draws_sha256"] == frozen.manifest["draws_sha256"]
    assert (again.folder / "README.md").read_bytes() == (frozen.folder / "README.md").read_bytes()


def test_what_is_frozen_is_never_made_again(frozen):
    with pytest.raises(InputError, match="frozen"):
        freeze("baseline", frozen.folder, draws=2)


def test_only_whole_years_are_foretold(tmp_path):
    asked = dataclasses.replace(load_scenario("baseline"), start=parse_quarter("2026-Q2"))
    with pytest.raises(InputError, match="whole years"):
        freeze(asked, tmp_path / "x", draws=2)


def test_a_hash_is_of_what_draws_say(frozen):
    draws = frozen.draws.copy()
    assert table_hash(draws) == frozen.manifest["draws_sha256"]
    draws.loc[0, "value"] += 1e-5
    assert table_hash(draws) != frozen.manifest["draws_sha256"]


@pytest.mark.parametrize("name", ["draws.parquet", "README.md", "question.yaml"])
def test_a_folder_that_was_changed_is_refused(tmp_path, name):
    place = frozen_in(tmp_path).folder
    if name == "draws.parquet":
        draws = load_frozen(place).draws
        draws["value"] = draws["value"] + 0.01
        draws.to_parquet(place / name)
    else:
        (place / name).write_text((place / name).read_text() + "\nand more\n")
    with pytest.raises(InputError, match=f"{name}; this folder is not what it was"):
        score_frozen(place, came(tmp_path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no frozen forecast"),
        ("{", "not valid JSON"),
        ("[]", "found a list; allowed: a group of keys"),
        ('{"format": 1}', "without world"),
    ],
)
def test_a_folder_without_a_sound_manifest_is_refused(tmp_path, text, said):
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(InputError, match=said):
        load_frozen(tmp_path)


@pytest.mark.parametrize(("key", "value"), [("origin", 2020), ("origin", "x"), ("world", "toy"), ("files", {})])
def test_a_manifest_that_was_changed_is_refused(tmp_path, key, value):
    place = frozen_in(tmp_path).folder
    manifest = json.loads((place / "manifest.json").read_text())
    (place / "manifest.json").write_text(json.dumps({**manifest, key: value}))
    with pytest.raises(InputError, match="this manifest is not what it was"):
        load_frozen(place)


def test_words_for_numbers_are_refused(tmp_path):
    place = frozen_in(tmp_path).folder
    load_frozen(place).draws.assign(value="x").to_parquet(place / "draws.parquet")
    with pytest.raises(InputError, match="this folder is not what it was"):
        load_frozen(place)


def test_a_folder_that_cannot_be_written_or_is_not_ours_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="results cannot be written there"):
        freeze("baseline", tmp_path / "file" / "2026-12", draws=2)
    (tmp_path / "README.md").write_text("notes of my own")
    with pytest.raises(InputError, match="somebody else"):
        freeze("baseline", tmp_path)


def test_the_day_of_freezing_is_a_day(tmp_path):
    with pytest.raises(InputError, match="made: found '2026'; allowed: a day"):
        freeze("baseline", tmp_path, made="2026")


def test_draws_that_are_gone_or_no_table_are_refused(tmp_path):
    place = frozen_in(tmp_path).folder
    (place / "draws.parquet").write_bytes(b"no table")
    with pytest.raises(InputError, match="cannot be read as a Parquet file"):
        load_frozen(place)
    (place / "draws.parquet").unlink()
    with pytest.raises(InputError, match="draws are missing"):
        load_frozen(place)


def test_what_came_is_scored_beside_a_walk_from_the_last_year_of_the_file(frozen, tmp_path):
    found = score_frozen(frozen.folder, came(tmp_path))
    shares = found.scores[found.scores["measure"] == TRADE_SHARE]
    assert len(shares) == len(PAIRS)
    assert shares["crps_random_walk_fan"].notna().all()
    assert found.row(opponent=WALK)["count"] == len(PAIRS)
    assert (found.scores["series"] == "votes").any()


def test_without_the_last_year_there_is_no_walk_and_it_is_said(frozen, tmp_path):
    found = score_frozen(frozen.folder, came(tmp_path, years=(2026,)))
    assert any("nothing of 2025" in note for note in found.notes)
    assert found.scores["crps_random_walk_fan"].isna().all() or "crps_random_walk_fan" not in found.scores


def test_the_record_goes_on_with_what_a_file_says(tmp_path):
    from sim.analysis.backtest.against import read_against
    from sim.evidence.evidence import load_evidence

    history, evidence = load_history(), load_evidence()
    file = read_against(came(tmp_path, years=(2018, 2024, 2025, 2026)), evidence)
    more = longer(history, file, 2025)
    codes = [[actor.code for actor in actors] for actors in (evidence.states, evidence.powers)]
    before, after = record_of(history, *codes), record_of(more, *codes)
    assert after.years[-1] == 2025
    assert np.array_equal(after.shares[..., : len(before.years)], before.shares, equal_nan=True)
    i, j = after.states.index("KAZ"), after.powers.index("CHN")
    assert after.shares[i, j, after.at(2025)] == pytest.approx(0.2)
    assert np.isnan(after.shares[i, j, after.at(2022)])


def test_the_command_says_what_is_wrong_and_scores_what_is_right(frozen, tmp_path, capsys):
    assert main(["score", str(tmp_path), "--against", "x.csv"]) == 2
    assert "no frozen forecast" in capsys.readouterr().err
    out = tmp_path / "out"
    assert main(["score", str(frozen.folder), "--against", str(came(tmp_path)), "-o", str(out)]) == 0
    assert "random-walk fan" in capsys.readouterr().out
    assert any(out.glob("score-2026-12-*/skill.csv"))


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[2] / "forecasts").glob("*/question.yaml")), ids=str)
def test_questions_that_are_kept_can_be_frozen_and_folders_are_as_they_were(path):
    asked = load_scenario(path)
    assert asked.start % 4 == 0
    assert asked.quarters % 4 == 0
    if (path.parent / "manifest.json").exists():
        assert load_frozen(path.parent).manifest["scenario"] == asked.name
