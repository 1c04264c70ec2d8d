"""Pupils' games: a seat plays one state, quarter by quarter, and what it decides can be taken home.

A game is a `sim.Game` of the class's own scenario with the class's numbers, kept in the room under the seat that plays
it, so that a page which is loaded anew finds it again. A page says which quarter of which game it shows: where that has
been played by another page of the same seat, nothing is done and the page is told.
"""

import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.classroom.desk import VOTES, choice, desk
from sim.classroom.reasons import if_signed, why_so
from sim.classroom.room import Caller, Phase, Post, Role, Room, Table
from sim.classroom.taken_home import VOTE_HEADS, decisions_text, game_file
from sim.classroom.words import say
from sim.io.arguments import Arguments
from sim.io.errors import input_error, listed, quoted
from sim.model.vocabulary import KIND_WORDS
from sim.narrative.games import Game
from sim.scenario.calendar import quarter_text
from sim.scenario.events import EventKind
from sim.scenario.scenario import Scenario, evidence_of

if TYPE_CHECKING:
    from sim.engine.offer import Offer

HERE = "your game"
"""Where what is refused is said to stand."""

ANSWERS = {"yes": True, "no": False, "rule": None}


@dataclass(eq=False)
class Played:
    """The game of a seat, which holds `lock` for as long as it looks at it or moves it.

    number: of the game, which no other has, nor had before the server began; became: offers of the last quarter, as
    they were answered.
    """

    game: Game
    number: int = field(default_factory=lambda: secrets.randbelow(2**53))
    lock: threading.RLock = field(default_factory=threading.RLock)
    became: "tuple[Offer, ...]" = ()

    @property
    def visits(self) -> tuple[str, ...]:
        """Powers that are visited in the coming quarter."""
        moves = (move for move in self.game.model.moves if move.kind is EventKind.VISIT)
        return tuple(str(move.fields["to"]) for move in moves if move.at == self.game.quarter)


def games_of(room: Room) -> dict[int, Game]:
    """The games of a class by seat, as they are now."""
    with room.lock:
        return {seat: played.game for seat, played in sorted(room.games.items())}


# --- what a page is told ---------------------------------------------------------------------------------------------


def shown(played: Played) -> dict[str, Any]:
    """A game as the page draws it, and the same in plain values."""
    game = played.game
    return {
        "game": played.number,
        "state": game.state,
        "quarter": quarter_text(game.quarter),
        "over": game.over,
        "inbox": [
            {name: getattr(offer, name) for name in ("by", "kind", "size", "permitted", "told")} for offer in game.inbox
        ],
        "visits": list(played.visits),
        "decided": len(game.model.moves),
        "html": desk(game, played.became, played.visits),
    }


def kept(game: Game, seat: int) -> dict[str, Any]:
    """What a seat takes home, each with the name of its file: its answers and its votes as tables, and the game."""
    name = f"{game.state.lower()}-seat-{seat:02}"
    yaml_name, yaml = game_file(game, name)
    return {
        "csv_name": f"{name}.csv",
        "csv": decisions_text(game.decisions),
        "votes_name": f"{name}-votes.csv",
        "votes": decisions_text(game.votes, heads=VOTE_HEADS),
        "yaml_name": yaml_name,
        "yaml": yaml,
    }


# --- what a page asks ------------------------------------------------------------------------------------------------


def _game(room: Room, caller: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The game of the seat; begun where there is none, or where another one is wanted."""
    arguments = Arguments(HERE)
    restart = arguments.flag("restart", asked.get("restart", False))
    wanted = asked.get("state")
    state = None if wanted is None else arguments.text("state", wanted)
    arguments.refuse_if_wrong()
    seat = _seat(caller)
    with room.lock:
        there: Played | None = room.games.get(seat)
        table = room.table
    states = _states(room.base if table is None else room.scenario(table.scenario), table)
    more = {"choice": choice(states, _closed(room, caller))}
    if there is None and state is None:
        return {"game": None, **more}
    if there is None or restart:
        _check_open(room, caller)
        begun = _begun(room, table, state or (there.game.state if there else ""))
        with room.lock:  # of two pages of a seat that begin at once, the later goes on with the game of the earlier
            if room.table is not table:  # nobody else's game stands on the board of the one that was given meanwhile
                raise input_error(HERE, say("play.another"))
            _check_open(room, caller)
            there = begun if restart else room.games.setdefault(seat, begun)
            room.games[seat] = there
            if there is begun:
                room.note("begun", seat=seat, game=begun.number, state=begun.game.state)
        _tell(room, seat, there)
    with there.lock:
        name = there.game.model.state(there.game.state).name
        if state is not None and state.strip().lower() not in (there.game.state.lower(), name.lower()):
            raise input_error(HERE, say("play.one_at_a_time", name=name), found=quoted(state))
        return shown(there) | more


def _states(scenario: Scenario, table: Table | None) -> dict[str, str]:
    """Who may be played, by code: one state where the class plays it together."""
    states = evidence_of(scenario).states
    return {one.code: one.name for one in states if table is None or one.code == table.state}


def _begun(room: Room, table: Table | None, state: str) -> Played:
    """A game from its start: that of the class where there is one, else the class's scenario, with its numbers."""
    if table is None:
        return Played(Game(room.base, state, numbers=room.numbers or None))
    if state != table.state:
        raise input_error(HERE, say("play.together"), found=quoted(state), allowed=table.state)
    return Played(Game(room.scenario(table.scenario), state, table.seed, numbers=table.numbers or None))


def _answer(room: Room, caller: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A yes or a no to an offer, or the rule's own answer."""
    with _at(room, caller, asked, moves=True) as played:
        arguments = Arguments(HERE)
        said = arguments.choice("say", asked.get("say"), ANSWERS)
        arguments.refuse_if_wrong()
        offer = _offer(played.game, asked)
        played.game.answer(offer, ANSWERS[said])
        _note(room, caller, played, "answer", by=offer.by, kind=offer.kind, say=said)
        return shown(played)


def _visit(room: Room, caller: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A visit to a power in the coming quarter."""
    with _at(room, caller, asked, moves=True) as played:
        arguments = Arguments(HERE)
        power = arguments.choice("power", asked.get("power"), [power.code for power in played.game.model.powers])
        arguments.refuse_if_wrong()
        if power in played.visits:
            raise input_error(HERE, "this visit is planned already", found=quoted(power))
        played.game.visit(power)
        _note(room, caller, played, "visit", power=power)
        return shown(played)


def _vote(room: Room, caller: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """How the state votes in the coming quarter, or its rule's own vote."""
    with _at(room, caller, asked, moves=True) as played:
        arguments = Arguments(HERE)
        how = arguments.choice("how", asked.get("how"), VOTES)
        arguments.refuse_if_wrong()
        played.game.vote(VOTES[how] or None)
        _note(room, caller, played, "vote", how=how)
        return shown(played)


def _step(room: Room, caller: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Play the quarter: what is left open, the rule answers."""
    with _at(room, caller, asked, moves=True) as played:
        played.became = played.game.step()
        _note(room, caller, played, "step")
        _tell(room, _seat(caller), played)
        return shown(played)


def _why(room: Room, caller: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """An offer weighed term by term."""
    with _at(room, caller, asked) as played:
        return {"html": why_so(played.game.why(_offer(played.game, asked)))}


def _if(room: Room, caller: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What a yes would change, against a no; with other clauses where they are given."""
    with _at(room, caller, asked) as played:
        arguments, clauses = Arguments(HERE), asked.get("clauses")
        clauses = None if clauses is None else arguments.share("clauses", clauses)
        arguments.refuse_if_wrong()
        names = {actor.code: actor.name for actor in (*played.game.model.states, *played.game.model.powers)}
        return {"html": if_signed(played.game.preview(_offer(played.game, asked), clauses=clauses), names)}


def _kept(room: Room, caller: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the seat decided, as a table and as a scenario; of a game that is over, too."""
    with _at(room, caller, asked, over=True) as played:
        return kept(played.game, _seat(caller))


# --- what is checked -------------------------------------------------------------------------------------------------


def _seat(caller: Caller) -> int:
    if caller.seat is None:
        raise input_error(HERE, "this page has no seat, so it cannot play", allowed="a page that is loaded anew")
    return caller.seat


def _closed(room: Room, caller: Caller) -> str:
    """Why the caller may not move now, empty where they may: pupils while the teacher lets them, the teacher always."""
    return "" if caller.role is Role.TEACHER or room.phase is Phase.OPEN else say(f"play.{room.phase.value}")


def _check_open(room: Room, caller: Caller) -> None:
    if why := _closed(room, caller):
        raise input_error(HERE, why)


@contextmanager
def _at(
    room: Room, caller: Caller, asked: Mapping[str, Any], *, moves: bool = False, over: bool = False
) -> Iterator[Played]:
    """The game of the seat, held, at the quarter that the page shows; over: whether it may be over."""
    arguments, seat = Arguments(HERE), _seat(caller)
    number = arguments.whole("game", asked.get("game"), 0, 2**53)
    quarter = arguments.text("quarter", asked.get("quarter"))
    arguments.refuse_if_wrong()
    with room.lock:
        played: Played | None = room.games.get(seat)
    if played is None or played.number != number:
        raise input_error(HERE, say("play.another"))
    with played.lock:  # which may have been held for a while
        if moves:
            _check_open(room, caller)
        now = quarter_text(played.game.quarter)
        if quarter != now:
            raise input_error(HERE, say("play.gone_on", now=now))
        if played.game.over and not over:
            raise input_error(HERE, say("play.over"))
        yield played


def _offer(game: Game, asked: Mapping[str, Any]) -> "Offer":
    """The offer of the inbox that is meant."""
    arguments = Arguments(HERE)
    by, kind = (arguments.text(key, asked.get(key)) for key in ("by", "kind"))
    arguments.refuse_if_wrong()
    for offer in game.inbox:
        if (offer.by, offer.kind) == (by, kind):
            return offer
    there = [f"{KIND_WORDS[one.kind].bare} by {one.by}" for one in game.inbox]
    raise input_error(
        "game", say("play.no_offer"), found=quoted(f"{kind} by {by}"), allowed=listed(there, "") or "none"
    )


def _note(room: Room, caller: Caller, played: Played, what: str, **told: Any) -> None:
    """Keep a move of a game."""
    room.note(what, seat=_seat(caller), game=played.number, **told)


def _tell(room: Room, seat: int, played: Played) -> None:
    """Let the board know that a game has begun or gone on."""
    room.tell({"event": "moved", "seat": seat, "quarter": quarter_text(played.game.quarter)})


POSTS = (
    Post("/api/game", Role.PUPIL, False, _game),
    Post("/api/game/answer", Role.PUPIL, False, _answer),
    Post("/api/game/visit", Role.PUPIL, False, _visit),
    Post("/api/game/vote", Role.PUPIL, False, _vote),
    Post("/api/game/step", Role.PUPIL, False, _step),
    Post("/api/game/why", Role.PUPIL, True, _why),
    Post("/api/game/if", Role.PUPIL, True, _if),
    Post("/api/game/kept", Role.PUPIL, False, _kept),
)
