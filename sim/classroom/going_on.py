"""A class that goes on: what its file says was done is done again, in the same order.

Games are played anew from what was decided, which gives the same quarters to the bit. Of games that the teacher put
away by giving the class another one nothing is played.
"""

from pathlib import Path
from typing import Any

from sim.batch.identity import code_hash, digest_of, evidence_hash
from sim.batch.plan import plain_scenario
from sim.classroom import about, board, opinions, playing, steps
from sim.classroom.desk import VOTES
from sim.classroom.journal import FORM, Journal, at_line
from sim.classroom.playing import ANSWERS, Played
from sim.classroom.room import TEACHERS_SEAT, Caller, Role, Room
from sim.io.errors import input_error, shown_path
from sim.scenario.scenario import evidence_of

_ASKED = {post.path: post.answer for view in (about, board, opinions, playing, steps) for post in view.POSTS}
_OF_ALL_GAMES = {"seat", "lesson", "opinion"}


def keep_in(path: Path, room: Room) -> Journal:
    """Keep a room in a file from now on; where there is one, the room becomes what that says, tokens and all.

    Raises `InputError` for the file of another class, and where a line tells of something that cannot be done.
    """
    try:
        journal = Journal(path, _head(room))
    except OSError as error:
        raise input_error(shown_path(path), f"this file cannot be written ({error.strerror or error})") from error
    try:
        tokens = journal.head["tokens"]
        room.tokens = {role: tokens[role.value] for role in Role}
        room.key = journal.head["key"]
        _again(room, journal)
    except BaseException:
        journal.close()
        raise
    room.journal = journal
    return journal


def _head(room: Room) -> dict[str, Any]:
    """What a file of this room begins with."""
    scenario = room.base
    depends = [plain_scenario(scenario), evidence_hash(evidence_of(scenario)), code_hash()]
    return {
        "class": FORM,
        "depends_on": digest_of(depends),
        "scenario": scenario.name,
        "lesson": None if room.lesson is None else room.lesson.name,
        "tokens": {role.value: token for role, token in room.tokens.items()},
        "key": room.key,
    }


def _again(room: Room, journal: Journal) -> None:
    """Do again what was done; of the games before the last that the class was given, nothing."""
    last = max((number for number, what, _ in journal.lines if what == "table"), default=0)
    told: dict[Played, dict[tuple[str, str], bool]] = {}  # answers to offers of the quarter that comes next
    for number, what, done in journal.lines:
        with at_line(journal.path, number):
            if what == "seat":
                _sit(room, journal.path, **done)
            elif what in _DOORS and (number >= last or what in _OF_ALL_GAMES):
                _ask(room, _DOORS[what], done)
            elif what == "begun" and number >= last:
                _ask(room, "/api/game", {"seat": done["seat"], "state": done["state"], "restart": True})
                room.games[done["seat"]].number = done["game"]
            elif number >= last:
                _move(room, what, told, **done)
    for played, answers in told.items():
        for offer in played.game.inbox:
            if (offer.by, offer.kind) in answers:
                played.game.answer(offer, answers[offer.by, offer.kind])


_DOORS = {
    "table": "/api/class/begin",
    "phase": "/api/class/turn",
    "lesson": "/api/lesson/step",
    "opinion": "/api/opinion",
}


def _ask(room: Room, path: str, done: dict[str, Any]) -> None:
    """Ask for something as a page did; who teaches may do all of it."""
    _ASKED[path](room, Caller(Role.TEACHER, seat=done.get("seat", TEACHERS_SEAT)), done)


def _sit(room: Room, path: Path, seat: int, token: str) -> None:
    if seat != room.seats + 1:
        said = "seats are counted one by one"
        raise input_error(shown_path(path), said, found=f"seat {seat}", allowed=f"seat {room.seats + 1}")
    room.take_seat(token)


def _move(
    room: Room, what: str, told: dict[Played, dict[tuple[str, str], bool]], seat: int, game: int, **how: str
) -> None:
    """One move of a game; none where the teacher had just put the game away."""
    played: Played | None = room.games.get(seat)
    if played is None or played.number != game:
        return
    mine = told.setdefault(played, {})
    if what == "answer":
        mine.pop((how["by"], how["kind"]), None)
        if (said := ANSWERS[how["say"]]) is not None:
            mine[how["by"], how["kind"]] = said
    elif what == "visit":
        played.game.visit(how["power"])
    elif what == "vote":
        played.game.vote(VOTES[how["how"]] or None)
    else:
        # what is on the table need not be looked at: only what was said of it counts
        players = played.game.model.players
        played.game.model.players = {played.game.state: lambda _, offer: mine.get((offer.by, offer.kind))}
        played.became = played.game.step()
        played.game.model.players = players
        mine.clear()
