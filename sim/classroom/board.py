"""A class on one board: every pupil's game is a dot among the thousand worlds that the rule plays from the same start.

All pupils play one state of one scenario with one seed, and run 0 of it. The rule's own game on that luck is run 0 of
the worlds. A pupil is a seat, a number and a word for a colour, and never a name.
"""

import base64
import io
import zipfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.batch.outcomes import outcome_words, summarise, thresholds
from sim.batch.peeking import Peek, peek
from sim.classroom.dots import MEASURES, Course, Dot, dots_table, picture
from sim.classroom.room import Caller, Phase, Post, Role, Room, Table
from sim.classroom.taken_home import VOTE_HEADS, decisions_text, game_file
from sim.classroom.words import say
from sim.engine.block import Block
from sim.figures.markup import Markup, element, joined, said
from sim.figures.style import PALETTE
from sim.io.arguments import Arguments
from sim.model.fields import KINDS
from sim.model.variables import OFFER_TOTALS, OUTCOME, in_words, percent_scale
from sim.model.world import axes_of
from sim.scenario.calendar import quarter_text
from sim.scenario.scenario import evidence_of

if TYPE_CHECKING:
    from sim.engine.agents import Model
    from sim.evidence.evidence import Evidence
    from sim.narrative.games import Game
    from sim.scenario.scenario import Scenario

WORLDS = 1000

COLOURS = {
    "blue": PALETTE[1], "orange": PALETTE[0], "green": PALETTE[2], "purple": PALETTE[3], "grey": PALETTE[7],
    "brown": PALETTE[8],
}  # fmt: skip
"""Colours of seats by their word; the number tells seats of one colour apart."""


@dataclass(frozen=True, kw_only=True)
class Board:
    """What a class is laid out on: the worlds of the rule from the start that all games have.

    about: name of the state, title and seed. courses: by seat the game, the quarter that comes next in it, and how it
    went until then, as last worked out.
    """

    about: Mapping[str, object]
    worlds: Course
    quarters: tuple[str, ...]
    courses: dict[int, tuple["Game", int, Course]] = field(default_factory=dict)


# --- what is worked out ----------------------------------------------------------------------------------------------


def rule_worlds(
    scenario: "Scenario", state: str, seed: int, runs: int, numbers: Mapping[str, float] | None = None
) -> Course:
    """What the rule makes of a state in many worlds; the first is its game on the luck that pupils have."""
    seen: Peek = peek(scenario, runs, seed=seed, numbers=numbers, measures=MEASURES[:1], kept=MEASURES)
    place, names = seen.states.index(state), _names(evidence_of(scenario), seen.powers)
    return Course(
        values={name: percent_scale(name) * seen.kept[name][:, :, place] for name in MEASURES},
        words=outcome_words(seen.outcome[:, :, place], seen.about[:, :, place], names),
    )


def course_of(game: "Game") -> Course:
    """How a game went up to now: one run."""
    block = _so_far(game.model)
    place = block.states.index(game.state)
    values = {name: percent_scale(name) * block.state_measure(name)[:, :, place] for name in MEASURES}
    if not block.quarters:
        return Course(values=values, words=np.zeros((1, 0), dtype=np.str_))
    judged = summarise(block, thresholds(game.model.prepared.values))
    names = _names(game.model.evidence, block.powers)
    return Course(values=values, words=outcome_words(judged.outcome[:, :, place], judged.power[:, :, place], names))


def _names(evidence: "Evidence", powers: tuple[str, ...]) -> tuple[str, ...]:
    """Names of powers by their codes, by which a class knows them."""
    known = {one.code: one.name for one in evidence.powers}
    return tuple(known[code] for code in powers)


def _so_far(model: "Model") -> Block:
    """What a model has recorded of the quarters that were played; no totals of offers."""
    axes, first = axes_of(model.evidence), model.setting.start
    played = max(0, model.quarter + 1 - first)
    shape = (1, len(axes["i"]), len(axes["j"]), len(KINDS), len(OFFER_TOTALS))
    return Block(
        first=model.run_number,
        states=axes["i"],
        powers=axes["j"],
        kinds=KINDS,
        quarters=tuple(range(first, first + played)),
        by_power=model.by_power[None, :played, ..., 0],
        by_state=model.by_state[None, :played, ..., 0],
        offers=np.zeros(shape, dtype=np.int64),
        answers=np.zeros((1, 0), dtype=np.int8),
    )


# --- what is taken home ----------------------------------------------------------------------------------------------


def class_files(games: Mapping[int, "Game"]) -> dict[str, str]:
    """The files of a class by their names: the answers and the votes of all seats, and every game as a scenario."""
    seats = sorted(games.items())
    rows = [{"seat": seat} | row for seat, game in seats for row in game.decisions]
    files = {"decisions.csv": decisions_text(rows, "seat")}
    if votes := [{"seat": seat} | row for seat, game in seats for row in game.votes]:
        files["votes.csv"] = decisions_text(votes, "seat", heads=VOTE_HEADS)
    return files | dict(game_file(game, f"seat-{seat:02}") for seat, game in seats)


def zipped(files: Mapping[str, str]) -> bytes:
    """Some files in one, without a folder and with no date of their own, so that the same files are the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


# --- what a page asks ------------------------------------------------------------------------------------------------


def begin(room: Room, _: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Give the class a game: a state of a scenario and a seed. What was played until then is put away."""
    scenario = room.asked_scenario(asked)
    arguments = Arguments("class")
    names = {one.code: one.name for one in evidence_of(scenario).states}
    state = arguments.choice("state", asked.get("state"), names)
    seed = arguments.seed(asked.get("seed"))
    arguments.refuse_if_wrong()
    table = Table(scenario.name, state, scenario.seed if seed is None else seed, dict(room.numbers))
    worlds = rule_worlds(scenario, state, table.seed, WORLDS, table.numbers)
    quarters = tuple(quarter_text(quarter) for quarter in range(scenario.start, scenario.end + 1))
    about = {"name": names[state], "title": scenario.title, "seed": table.seed}
    with room.lock:
        room.table, room.board = table, Board(about=about, worlds=worlds, quarters=quarters)
        room.phase = Phase.CLOSED
        room.games.clear()
        room.note("table", scenario=table.scenario, state=table.state, seed=table.seed)
    room.tell({"event": "table"})
    return {}


def turn(room: Room, _: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Open the games, close them, or show all dots to everybody; without a common game each plays what they like."""
    arguments = Arguments("class")
    phase = arguments.choice("phase", asked.get("phase"), [one.value for one in Phase])
    arguments.refuse_if_wrong()
    with room.lock:
        room.phase = Phase(phase)
        room.note("phase", phase=phase)
    room.tell({"event": "phase", "phase": phase})
    return {}


def show(room: Room, caller: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the class plays, how far it is, and the dots that the caller may see: their own until all are shown.

    quarter: which one, counted from 0; without it the last that half of the games have played. measure: `MEASURES` or
    the outcome word.
    """
    arguments = Arguments("class")
    measure = arguments.choice("measure", asked.get("measure", MEASURES[0]), (*MEASURES, OUTCOME))
    quarter = arguments.whole_or_none("quarter", asked.get("quarter"), 0, 10_000)
    arguments.refuse_if_wrong()
    with room.lock:
        table, board, phase, games = room.table, room.board, room.phase, dict(room.games)
    told: dict[str, Any] = {"phase": phase.value, "games": len(games), "measure": measure, "state": None}
    if table is None:
        return told | {"html": {"about": said(say("class.none"))}}
    everything = caller.role is Role.TEACHER or phase is Phase.SHOWN
    seen = [seat for seat in sorted(games) if (everything or seat == caller.seat) and _fits(games[seat].game, table)]
    dots = [_dot(board, seat, games[seat], seat == caller.seat) for seat in seen]
    at = min(_reached(dots) if quarter is None else quarter, len(board.quarters) - 1)
    now = board.quarters[at]
    here = sum(dot.course.quarters > at for dot in dots)
    far = max((dot.course.quarters for dot in dots), default=0) or len(board.quarters)  # where a replay ends
    told |= {"state": table.state, "at": at, "quarter": now, "last": len(board.quarters) - 1, "far": far - 1}
    drawn = joined([picture(board.worlds, dots, measure, at, now), dots_table(board.worlds, dots, measure, at)])
    html = {
        "about": said(say(f"class.{phase.value}", **board.about, games=len(games), people=room.listening)),
        "title": said(say("class.title", quarter=now, here=here, games=len(dots))),
        "measure": _options(measure),
        "picture": drawn,
    }
    return told | {"html": html}


def _fits(game: "Game", table: Table) -> bool:
    """Whether a game is one of those that the class plays: one that was begun just before may come late."""
    return (game.model.setting.name, game.state, game.model.prepared.seed) == (table.scenario, table.state, table.seed)


def _options(measure: str) -> Markup:
    """What dots can be laid out by, with what they are laid out by now."""
    chosen = {measure: {"selected": ""}}
    named = (*MEASURES, OUTCOME)
    return joined(element("option", in_words(name), value=name, **chosen.get(name, {})) for name in named)


def _reached(dots: list[Dot]) -> int:
    """The last quarter that half of the games have played."""
    played = sorted(dot.course.quarters for dot in dots)
    return max(0, played[(len(played) - 1) // 2] - 1) if played else 0


def _dot(board: Board, seat: int, played: Any, own: bool) -> Dot:
    """A game, worked out anew where it has moved on. One that moves just now stays where it was."""
    game = played.game
    before, quarter, course = board.courses.get(seat, (None, 0, None))
    known = course is not None and before is game
    if played.lock.acquire(blocking=not known):
        try:
            if not known or quarter != game.quarter:
                course = course_of(game)
                board.courses[seat] = (game, game.quarter, course)
        finally:
            played.lock.release()
    assert course is not None
    word = list(COLOURS)[(seat - 1) % len(COLOURS)]
    return Dot(seat=seat, colour=word, fill=COLOURS[word], course=course, own=own)


def take_home(room: Room, _: Caller, __: Mapping[str, Any]) -> dict[str, Any]:
    """All games of the class as files, in one; as text, since that is what an answer holds."""
    with room.lock:
        played = dict(room.games)
    with ExitStack() as held:
        for one in played.values():
            held.enter_context(one.lock)
        files = class_files({seat: one.game for seat, one in played.items()})
    return {"name": "class.zip", "base64": base64.b64encode(zipped(files)).decode()}


POSTS = (
    Post("/api/class/begin", Role.TEACHER, True, begin),
    Post("/api/class/turn", Role.TEACHER, False, turn),
    Post("/api/class/board", Role.PUPIL, False, show),
    Post("/api/class/export", Role.TEACHER, False, take_home),
)
