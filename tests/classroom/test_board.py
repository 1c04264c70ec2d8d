"""The board of a class: pupils among the worlds of the rule on the same luck, and what is taken home."""

import io
import zipfile

import numpy as np
import pytest

import sim
from sim.batch.outcomes import outcome_words
from sim.classroom import board
from sim.classroom.dots import MEASURES
from sim.classroom.playing import kept
from sim.cli.main import main
from sim.figures.play_cards import game_card
from sim.scenario.scenario import load_scenario

TOY = load_scenario("toy")
RUNS = 40


@pytest.fixture(scope="module")
def worlds():
    return board.rule_worlds(TOY, "BEK", 5, RUNS)


@pytest.fixture(scope="module")
def games():
    """Three pupils: one leaves all to the rule, one refuses all, one has not begun."""
    made = {seat: sim.Game("toy", "BEK", 5) for seat in (2, 7, 11)}
    for _ in range(5):
        made[2].step()
        for offer in made[7].inbox:
            made[7].answer(offer, False)
        made[7].step()
    return made


def test_who_leaves_all_to_the_rule_is_the_first_of_its_worlds(worlds, games):
    course = board.course_of(games[2])
    assert course.words.shape == (1, 5)
    assert np.array_equal(course.words[0], worlds.words[0, :5])
    for name in MEASURES:
        assert np.array_equal(course.values[name][0], worlds.values[name][0, :5]), name
    other = board.course_of(games[7])
    assert not np.array_equal(other.values["effective_partners"], course.values["effective_partners"])
    assert board.course_of(games[11]).words.shape == (1, 0)


def test_outcome_words_are_those_of_the_finished_run(worlds):
    game = sim.Game("toy", "BEK", 5)
    while not game.over:
        game.step()
    names = {power.code: power.name for power in game.model.evidence.powers}
    word, _, power = game.ending.partition("-")
    assert board.course_of(game).words[0, -1] == worlds.words[0, -1] == f"{word}-{names[power]}"
    seen = sim.peek(TOY, RUNS, seed=5)
    place = seen.states.index("BEK")
    wanted = outcome_words(seen.outcome, seen.about, tuple(names[code] for code in seen.powers))[:, :, place]
    assert np.array_equal(worlds.words, wanted)


def test_every_file_of_a_class_plays_its_game_again_to_the_bit(games, tmp_path):
    files = board.class_files(games)
    assert list(files) == ["decisions.csv", "seat-02.yaml", "seat-07.yaml", "seat-11.yaml"]
    with zipfile.ZipFile(io.BytesIO(board.zipped(files))) as archive:
        archive.extractall(tmp_path)
    assert board.zipped(files) == board.zipped(files)
    for seat, game in games.items():
        assert main(["check", str(tmp_path / f"seat-{seat:02}.yaml")]) == 0
        setting = load_scenario(tmp_path / f"seat-{seat:02}.yaml")
        again, played = sim.Model(setting).run_model(), game.model
        quarters = played.quarter + 1 - TOY.start
        assert np.array_equal(again.by_power[:quarters], played.by_power[:quarters])
        assert np.array_equal(again.by_state[:quarters], played.by_state[:quarters])
        lanes = sim.peek(setting, 2, kept=("output",)).kept["output"][0, :quarters]
        assert np.array_equal(lanes, played.as_played.run_block(0, 1).state_measure("output")[0, :quarters])


def test_a_game_that_can_be_no_scenario_takes_nothing_else_away(tmp_path):
    path = tmp_path / "Our own.yaml"
    path.write_text("title: Ours\nquestion: What if?\nextends: toy\nruns: 10\nseed: 1\n", encoding="utf-8")
    game = sim.Game(path, "BEK", 5)
    game.step()
    files = board.class_files({4: game})
    assert list(files) == ["decisions.csv", "seat-04.txt"]
    assert files["seat-04.txt"].startswith("This game cannot be a scenario.")
    assert "found 'Our own'" in files["seat-04.txt"]
    assert len(files["decisions.csv"].splitlines()) == 1 + len(game.decisions)
    taken = kept(game, 4)
    assert (taken["csv_name"], taken["yaml_name"]) == ("bek-seat-04.csv", "bek-seat-04.txt")
    assert taken["yaml"] == files["seat-04.txt"]


def test_votes_of_all_seats_are_a_table_where_there_were_any(games):
    assert "votes.csv" not in board.class_files(games)
    setting = load_scenario("divided-assembly")
    seats = {seat: sim.Game(setting, "KAZ", 5) for seat in (3, 8)}
    seats[8].vote("away")
    for game in seats.values():
        game.step()
    heads, left, told = board.class_files(seats)["votes.csv"].splitlines()
    assert heads == "seat,quarter,yes,no,said,voted,rule"
    assert (left.split(",")[0], left.split(",")[4]) == ("3", "")
    assert (told.split(",")[0], *told.split(",")[4:6]) == ("8", "away", "away")
    assert told.split(",")[6] == left.split(",")[6]
    assert "told how to vote in 1 vote" in game_card(seats[8])
    assert "told how to vote" not in game_card(seats[3])


def test_decisions_of_all_seats_are_one_table(games):
    lines = board.class_files(games)["decisions.csv"].splitlines()
    assert lines[0] == "seat,quarter,power,kind,size,said,signed,rule,odds"
    rows = [line.split(",") for line in lines[1:]]
    assert {row[0] for row in rows} == {"2", "7"}
    assert {row[5] for row in rows if row[0] == "7"} == {"no"}
    assert len(rows) == len(games[2].decisions) + len(games[7].decisions)
    assert len(board.class_files({})["decisions.csv"].splitlines()) == 1
