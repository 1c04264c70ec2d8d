"""A game at the terminal: what is typed is done, what is wrong is told, and the file is one that check accepts."""

import io
import json
import re

import pytest

from sim.cli.main import main
from sim.evidence.evidence import load_evidence
from sim.scenario.scenario import load_scenario

NAME = load_evidence("toy").states[0].name


@pytest.fixture
def play(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)

    def typed(*lines, given=("toy", "ALD", "--seed", "5")):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        code = main(["play", *given])
        said = capsys.readouterr()
        return code, said.out, said.err

    return typed


def test_a_game_is_played_and_kept(play, tmp_path):
    moves = ("next", "next", "why 1", "if 1", "if 1 10 %", "no 1", "yes 1", "visit sud", "", "quit")
    code, said, _ = play(*moves, given=("toy", NAME.lower(), "--seed", "5", "--save", "my-game.yaml"))
    assert code == 0
    for words in (
        "your rule",
        "points is what the offer is worth",
        "pairs of futures",
        "with clauses of 10%",
        "planned: a visit to",
    ):
        assert words in " ".join(said.split()), words
    kept = load_scenario(tmp_path / "my-game.yaml")
    decided = [event for event in kept.events if event not in load_scenario("toy").events]
    assert [event.kind.name for event in decided][-2:] == ["VISIT", "ANSWER"]
    assert main(["check", "my-game.yaml"]) == 0


def test_how_to_vote_is_said_where_there_is_a_vote(play, tmp_path):
    text = "title: A vote\nquestion: Whose?\nextends: toy\nevents:\n  - {at: 2026-Q2, vote: {for: NOR, against: SUD}}\n"
    (tmp_path / "a-vote.yaml").write_text(text, encoding="utf-8")
    moves = ("vote no", "next", "vote maybe", "vote away", "vote rule", "vote abstain", "next", "quit")
    code, said, _ = play(*moves, given=("a-vote.yaml", "ALD", "--seed", "5", "--save", "my-vote.yaml"))
    assert code == 0
    assert said.count("so you vote in it") == 1
    for words in ("no power asks for a vote", "allowed: yes, no, abstain, away", "asked for by NOR, no by SUD"):
        assert words in said, words
    assert [said.count(f"you: {told}.") for told in ("-", "away", "abstain")] == [2, 1, 1]
    assert re.search(r"You said how to vote in 1 vote, [01] of them as your rule would have\.", said)
    assert load_scenario(tmp_path / "my-vote.yaml").events[-1].fields == {"by": "ALD", "vote": "abstain"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("yse 1", "did you mean yes?"),
        ("yes 99", "which offer?"),
        ("yes", "which offer?"),
        ("no \u0661", "which offer?"),
        ("visit", "to whom?"),
        ("visit xxx", "allowed: NOR, OST, SUD"),
        ("if 1 200 %", "a number from 0 to 100"),
        ("if 10%", "which offer?"),
        ("help", "leave offer 1 to your own rule"),
    ],
)
def test_what_cannot_be_done_is_told_and_the_quarter_waits(play, line, said):
    code, out, _ = play(line)
    assert code == 0
    assert said in out
    assert out.count("2026-Q") == 1


def test_json_is_alone_and_says_what_was_answered(play):
    code, out, _ = play("no 1", "next", "next", given=("toy", "BEK", "--json"))
    page = json.loads(out)
    assert code == 0
    assert page["command"] == "play"
    assert {row["said"] for row in page["rows"]} == {"no", ""}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("toy", "ADL"), "Did you mean 'ALD'"),
        (("toi", "ALD"), "there is no such scenario"),
        (("toy", "ALD", "--save", "My Game.yaml"), "--save"),
        (("toy", "ALD", "--save", "my-game.txt"), "--save"),
        (("toy", "ALD", "--save", "there.yaml"), "there is such a file already"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_played(play, tmp_path, given, said):
    (tmp_path / "there.yaml").write_text("mine", encoding="utf-8")
    code, out, err = play("next", given=given)
    assert code == 2
    assert said in err
    assert out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["there.yaml"]


def test_a_game_in_which_nothing_was_decided_is_not_kept(play, tmp_path):
    code, _, err = play("quit", given=("toy", "ALD", "--save", "my-game.yaml"))
    assert code == 0
    assert "nothing was decided" in err
    assert list(tmp_path.iterdir()) == []
