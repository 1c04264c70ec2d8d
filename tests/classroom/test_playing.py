"""Games of a class: a seat plays one state, is told what comes of it, and takes home a file that plays it again."""

import dataclasses
import io
import re
import threading
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.previews import NOTHING_SEEN
from sim.classroom import playing
from sim.classroom.playing import POSTS, games_of
from sim.classroom.room import Caller, Phase, Role, Room
from sim.classroom.room import Table as TogetherTable
from sim.cli.main import main
from sim.io.errors import InputError
from sim.io.text import signed
from sim.model.variables import percent_scale
from sim.narrative.explanation import points_of
from sim.scenario.events import VOTE_WORDS, Event, EventKind
from sim.scenario.scenario import load_scenario

TOY = load_scenario("toy")
TEACHER = Caller(Role.TEACHER, "t", 1)
PUPIL = Caller(Role.PUPIL, "p", 2)
DOORS = {post.path.removeprefix("/api/game").removeprefix("/"): post for post in POSTS}


class Table:
    """A seat at its page: what it was told last, and what it asks."""

    def __init__(self, room, caller=TEACHER, state="ALD"):
        self.room, self.caller = room, caller
        self.told = self.ask("", state=state)

    def ask(self, door, **asked):
        return DOORS[door].answer(self.room, self.caller, asked)

    def at(self, door, **asked):
        return self.ask(door, game=self.told["game"], quarter=self.told["quarter"], **asked)

    def do(self, door, **asked):
        self.told = self.at(door, **asked)
        return self.told

    def to_an_offer(self):
        while not self.told["inbox"]:
            self.do("step")
        return self.told["inbox"][0]


@pytest.fixture
def room():
    return Room(TOY)


@pytest.fixture(scope="module")
def asked():
    """A table with an offer on it, which no test moves."""
    table = Table(Room(TOY))
    assert "output" not in table.told["html"]
    table.do("step")
    table.to_an_offer()
    return table


def named(offer):
    return {"by": offer["by"], "kind": offer["kind"]}


def in_words(html):
    """What a piece of HTML says, without its elements."""
    said = []
    reader = HTMLParser()
    reader.handle_data = said.append
    reader.feed(html)
    return " ".join(" ".join(said).split())


# --- playing ---------------------------------------------------------------------------------------------------------


def test_a_game_shows_its_state_and_what_lies_on_the_table(asked):
    told = asked.told
    game = games_of(asked.room)[TEACHER.seat]
    offer, shown = game.inbox[0], told["inbox"][0]
    assert (told["state"], told["over"]) == ("ALD", False)
    assert (shown["by"], shown["kind"], shown["permitted"]) == (offer.by, offer.kind, offer.permitted)
    said = in_words(told["html"])
    for words in (offer.amount, "chance", f"output {game.model.state('ALD').measure('output'):.1f} bn USD a year"):
        assert words in said
    assert f'name="yes {offer.by} {offer.kind}" aria-pressed="false"' in told["html"]
    assert "style=" not in told["html"]


def test_a_vote_is_on_the_desk_in_its_quarter_alone():
    vote = Event(at=TOY.start + 1, kind=EventKind.VOTE, fields={"for": ("NOR",), "against": ("OST", "SUD")})
    table = Table(Room(dataclasses.replace(TOY, events=(*TOY.events, vote))))
    assert 'name="vote ' not in table.told["html"]
    with pytest.raises(InputError, match="no power asks for a vote"):
        table.at("vote", how="no")
    table.do("step")
    assert "a no by Ostria and Sudmark" in in_words(table.told["html"])
    assert 'name="vote rule" aria-pressed="true"' in table.told["html"]
    assert 'name="vote no" aria-pressed="true"' in table.do("vote", how="no")["html"]
    with pytest.raises(InputError, match="how"):
        table.at("vote", how="maybe")
    table.do("step")
    assert 'name="vote ' not in table.told["html"]
    assert games_of(table.room)[TEACHER.seat].model.state("ALD").measure("vote") == VOTE_WORDS.index("no") + 1.0


def test_what_is_decided_is_marked_done_and_told(room):
    table = Table(room)
    offer = table.to_an_offer()
    assert table.do("answer", **named(offer), say="no")["inbox"][0]["told"] == "no"
    assert table.do("answer", **named(offer), say="rule")["inbox"][0]["told"] == ""
    assert table.do("answer", **named(offer), say="yes")["inbox"][0]["told"] == "yes"
    assert table.do("visit", power="SUD")["visits"] == ["SUD"]
    assert "You visit Sudmark" in table.told["html"]
    table.do("step")
    assert ": signed</li>" in table.told["html"]
    assert table.told["visits"] == []
    assert table.told["decided"] == 2


def test_a_page_that_is_loaded_anew_finds_its_game_and_a_seat_has_one_at_a_time(room):
    table = Table(room)
    table.to_an_offer()
    assert DOORS[""].answer(room, Caller(Role.TEACHER, "another page", 1), {}) == table.told
    assert DOORS[""].answer(room, PUPIL, {})["game"] is None
    with pytest.raises(InputError, match=r"you play .* already"):
        table.ask("", state="BEK")
    again = table.ask("", state="bek", restart=True)
    assert (again["state"], again["quarter"]) == ("BEK", "2026-Q1")
    assert table.ask("", restart=True)["state"] == "BEK"
    with pytest.raises(InputError, match="begun anew"):
        table.at("step")


def test_games_have_the_numbers_of_the_class_when_they_begin(room):
    room.numbers["states.ALD.gdp"] = 90.0
    Table(room)
    room.numbers.clear()
    assert games_of(room)[1].model.world.gdp[0, 0] == 90.0


def test_of_two_pages_that_play_a_quarter_at_once_one_is_told(room):
    table, said = Table(room), []

    def step():
        try:
            said.append(table.at("step")["quarter"])
        except InputError as error:
            said.append(str(error))

    threads = [threading.Thread(target=step) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count("2026-Q2") == 1
    assert sum("played already" in one for one in said) == 3


def test_seats_do_not_mix(room):
    room.phase = Phase.OPEN
    one, other = Table(room), Table(room, PUPIL, "BEK")
    one.do("step")
    assert other.ask("")["quarter"] == "2026-Q1"
    assert {seat: game.state for seat, game in games_of(room).items()} == {1: "ALD", 2: "BEK"}


# --- why, and what if ------------------------------------------------------------------------------------------------


def test_why_shows_the_terms_that_count_with_their_sentences(asked):
    game = games_of(asked.room)[1]
    explanation = game.why(game.inbox[0])
    html = asked.at("why", **named(asked.told["inbox"][0]))["html"]
    points = points_of(explanation.offer.terms, explanation.offer.utility)
    said = in_words(html)
    for name, _, sentence in explanation.weighed:
        assert (" ".join(sentence.split()) in said.partition("The same in full")[0]) == bool(points[name])
    assert html.count("<svg") == sum(1 for value in points.values() if value)
    assert all(sentence in said for sentence in explanation.turned_by)
    assert "style" not in re.sub(r"<[a-z]+ [^>]*class=", "", html)  # which the page's policy would refuse


def test_if_you_sign_tells_each_measure_with_its_range(asked):
    offer = named(asked.told["inbox"][0])
    game = games_of(asked.room)[1]
    found = game.preview(game.inbox[0])
    html = asked.at("if", **offer)["html"]
    assert html.count("<svg") == len(found.effects) == 6
    assert html.count(NOTHING_SEEN) == sum(not effect.seen for effect in found.effects)
    ends = [[signed(percent_scale(one.measure) * end) for end in (one.low, one.high)] for one in found.effects]
    assert all(f"{low} to {high}" in html for low, high in ends)  # of what nobody could see, too
    assert "Tried with" not in html
    tried = in_words(asked.at("if", **offer, clauses=0.01)["html"])
    assert "clauses of 1 %" in tried.replace("\N{NO-BREAK SPACE}", " ")
    assert "no counter-offer can be made" in tried


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("door", "given", "said"),
    [
        ("", {"restart": "yes"}, "True or False"),
        ("", {"restart": True, "state": "ADL"}, "Did you mean 'ALD'"),
        ("", {"state": 3}, "text"),
        ("answer", {"say": "maybe"}, "say"),
        ("answer", {"say": "yes", "by": "XXX", "kind": "deal"}, "no such offer"),
        ("answer", {"say": "yes"}, "by"),
        ("visit", {"power": "XXX"}, "NOR"),
        ("visit", {}, "power"),
        ("why", {"by": "NOR", "kind": "../../etc"}, "no such offer"),
        ("if", {"clauses": 2.0}, "clauses"),
        ("if", {"clauses": "ten"}, "clauses"),
        ("step", {"quarter": "2025-Q1"}, "played already"),
        ("step", {"quarter": None}, "quarter"),
        ("step", {"game": "x"}, "game"),
        ("step", {"game": -1}, "game"),
        ("kept", {"game": 10**9}, "begun anew"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(asked, door, given, said):
    before = asked.ask("")
    with pytest.raises(InputError, match=re.escape(said)):
        asked.ask(door, **{"game": asked.told["game"], "quarter": asked.told["quarter"], **given})
    assert asked.ask("") == before


def test_who_has_no_seat_or_no_game_cannot_play(room):
    with pytest.raises(InputError, match="no seat"):
        DOORS[""].answer(room, Caller(Role.TEACHER, "t"), {"state": "ALD"})
    with pytest.raises(InputError, match="begun anew"):
        DOORS["step"].answer(room, TEACHER, {"game": 1, "quarter": "2026-Q1"})


def test_pupils_play_while_the_teacher_lets_them(room):
    with pytest.raises(InputError, match="not opened"):
        Table(room, PUPIL)
    room.phase = Phase.OPEN
    table = Table(room, PUPIL)
    room.phase = Phase.SHOWN
    with pytest.raises(InputError, match="has been closed"):
        table.at("step")
    assert table.at("kept")["yaml_name"] == "ald-seat-02.yaml"
    Table(room)


def test_a_quarter_that_waited_while_the_class_was_closed_is_not_played(room):
    room.phase = Phase.OPEN
    table, said = Table(room, PUPIL), []
    game = room.games[PUPIL.seat]

    def step():
        with pytest.raises(InputError, match="has been closed"):
            table.at("step")
        said.append("told")

    waiting = threading.Thread(target=step)
    with game.lock:
        waiting.start()
        waiting.join(0.05)
        room.phase = Phase.SHOWN
    waiting.join()
    assert said == ["told"]
    assert game.game.quarter == game.game.model.setting.start


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.CLOSED])
def test_a_game_of_a_table_that_was_put_away_while_it_was_made_is_not_begun(room, monkeypatch, phase):
    room.table, room.phase = TogetherTable("toy", "BEK", 9), Phase.OPEN
    begun = playing._begun

    def late(*given):
        made = begun(*given)
        if phase is Phase.OPEN:
            room.table = TogetherTable("toy", "ALD", 1)
        room.phase = phase
        return made

    monkeypatch.setattr(playing, "_begun", late)
    with pytest.raises(InputError, match="begun anew" if phase is Phase.OPEN else "not opened"):
        Table(room, PUPIL, "BEK")
    assert not room.games


def test_a_class_that_plays_together_plays_one_state_on_one_luck(room):
    room.table = TogetherTable("toy", "BEK", 9, {"states.BEK.gdp": 27.0})
    with pytest.raises(InputError, match="one state together"):
        Table(room)
    told = Table(room, state="BEK").told
    assert re.findall('name="([A-Z]{3})"', told["choice"]) == ["BEK"]
    game = games_of(room)[1]
    assert (game.model.prepared.seed, game.model.world.gdp[1, 0]) == (9, 27.0)
    assert "not opened" in DOORS[""].answer(room, PUPIL, {})["choice"]
    assert DOORS[""].answer(room, PUPIL, {})["choice"].count(" disabled") == 1  # and nobody is sent into a refusal


def test_a_visit_is_planned_once(room):
    table = Table(room)
    table.do("visit", power="SUD")
    with pytest.raises(InputError, match="planned already"):
        table.at("visit", power="SUD")


# --- what is taken home ----------------------------------------------------------------------------------------------


def test_what_is_taken_home_plays_the_game_again(room, tmp_path, monkeypatch, capsys):
    table = Table(room)
    while not table.told["over"]:
        for offer in table.told["inbox"]:
            if offer["by"] != "OST":
                table.do("answer", **named(offer), say="no" if offer["by"] == "SUD" else "yes")
        table.do("step")
    assert "It ends as" in table.told["html"]
    assert "Play the quarter" not in table.told["html"]
    for door, given in (("step", {}), ("visit", {"power": "SUD"}), ("why", {"by": "SUD", "kind": "deal"})):
        with pytest.raises(InputError, match="the game is over"):
            table.at(door, **given)
    kept = table.at("kept")
    game = games_of(room)[1]
    rows = pd.read_csv(io.StringIO(kept["csv"]), keep_default_na=False)
    assert list(rows["said"]) == [row["said"] for row in game.decisions]
    assert set(rows["said"]) == {"yes", "no", ""}
    monkeypatch.chdir(tmp_path)
    (tmp_path / kept["yaml_name"]).write_text(kept["yaml"], encoding="utf-8")
    assert main(["check", kept["yaml_name"]]) == 0
    capsys.readouterr()
    again = sim.Model(kept["yaml_name"]).run_model()
    assert np.array_equal(again.by_power, game.model.by_power)
    assert np.array_equal(again.by_state, game.model.by_state)
