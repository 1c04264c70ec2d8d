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
from numpy.typing import NDArray

from sim.batch.outcomes import outcome_words, summarise, thresholds
from sim.batch.peeking import Peek, peek
from sim.classroom.room import Caller, Phase, Post, Role, Room, Table
from sim.engine.block import Block
from sim.figures.style import PALETTE
from sim.io.arguments import Arguments
from sim.io.errors import input_error
from sim.io.writers import table_as_csv
from sim.model.fields import KINDS
from sim.model.variables import BY_NAME, OFFER_TOTALS, OUTCOME, in_words, percent_scale
from sim.model.world import axes_of
from sim.scenario.calendar import quarter_text
from sim.scenario.scenario import evidence_of

if TYPE_CHECKING:
    from sim.engine.agents import Model
    from sim.narrative.games import Game
    from sim.scenario.scenario import Scenario

Floats = NDArray[np.float64]
Words = NDArray[np.str_]

MEASURES = ("output", "stability", "effective_partners", "balance")
"""What dots can be laid out by, beside the outcome word."""

WORLDS = 1000
COLUMNS = 120  # that the worlds are counted in, from the lowest value to the highest of all quarters
DIGITS = 4  # of a value that is sent

COLOURS = {
    "blue": PALETTE[1], "orange": PALETTE[0], "green": PALETTE[2], "purple": PALETTE[3], "grey": PALETTE[7],
    "brown": PALETTE[8],
}  # fmt: skip
"""Colours of seats by their word; the number tells seats of one colour apart."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """How some runs went, of one state: R runs, T quarters that were played.

    values: by measure, in the unit that is shown, [R, T]; words: the outcome word if the run ended there, [R, T].
    """

    values: Mapping[str, Floats]
    words: Words


@dataclass(frozen=True, kw_only=True)
class Board:
    """What a class is laid out on: the worlds of the rule from the start that all games have, and what is said of them.

    dots: by seat what was last said of its game: the game, the quarter after which, and the words.
    """

    worlds: Course
    told: Mapping[str, Any]
    dots: dict[int, tuple["Game", int, dict[str, Any]]] = field(default_factory=dict)


# --- what is worked out ----------------------------------------------------------------------------------------------


def rule_worlds(
    scenario: "Scenario", state: str, seed: int, runs: int, numbers: Mapping[str, float] | None = None
) -> Course:
    """What the rule makes of a state in many worlds; the first is its game on the luck that pupils have."""
    seen: Peek = peek(scenario, runs, seed=seed, numbers=numbers, measures=MEASURES[:1], kept=MEASURES)
    place = seen.states.index(state)
    return Course(
        values={name: percent_scale(name) * seen.kept[name][:, :, place] for name in MEASURES},
        words=outcome_words(seen.outcome[:, :, place], seen.about[:, :, place], seen.powers),
    )


def course_of(game: "Game") -> Course:
    """How a game went up to now: one run."""
    block = _so_far(game.model)
    place = block.states.index(game.state)
    if not block.quarters:
        return Course(values=dict.fromkeys(MEASURES, np.zeros((1, 0))), words=np.zeros((1, 0), dtype=np.str_))
    judged = summarise(block, thresholds(game.model.prepared.values))
    return Course(
        values={name: percent_scale(name) * block.state_measure(name)[:, :, place] for name in MEASURES},
        words=outcome_words(judged.outcome[:, :, place], judged.power[:, :, place], block.powers),
    )


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


# --- what a page is told ---------------------------------------------------------------------------------------------


def cloud(worlds: Course, start: int) -> dict[str, Any]:
    """The worlds of the rule counted quarter by quarter, in columns of each measure and by outcome word.

    start: the first quarter, as year * 4 + quarter - 1. Gives plain values: `quarters` [T]; by measure `label`, `unit`,
    `low`, `high`, `counts` [T, columns] and `rule` [T]; of outcomes `names`, most frequent first, in place of the ends.
    """
    runs, times = worlds.words.shape
    names, places = np.unique(worlds.words, return_inverse=True)
    order = np.argsort(-np.bincount(places.ravel()), kind="stable")
    rank = np.argsort(order)[places.reshape(runs, times)]
    measures = {name: _columns(name, values) for name, values in worlds.values.items()}
    measures[OUTCOME] = {
        "label": in_words(OUTCOME),
        "unit": "",
        "names": names[order].tolist(),
        "counts": _counted(rank, len(names)),
        "rule": worlds.words[0].tolist(),
    }
    return {"runs": runs, "quarters": [quarter_text(start + at) for at in range(times)], "measures": measures}


def _columns(name: str, values: Floats) -> dict[str, Any]:
    low, high = float(values.min()), float(values.max())
    width = (high - low) / COLUMNS or 1.0
    column = np.minimum((values - low) / width, COLUMNS - 1).astype(np.int64)
    return {
        "label": in_words(name),
        "unit": "%" if percent_scale(name) != 1.0 else BY_NAME[name].unit,
        "low": low,
        "high": high,
        "counts": _counted(column, COLUMNS),
        "rule": _short(values[0]),
    }


def _counted(places: NDArray[np.int64], many: int) -> list[list[int]]:
    """How many runs are in each place, quarter by quarter; places: [R, T]."""
    return [np.bincount(quarter, minlength=many).tolist() for quarter in places.T]


def dot(course: Course, worlds: Course) -> dict[str, Any]:
    """One game quarter by quarter: its values and outcome words, and the share of worlds that lies below each."""
    played = course.words.shape[1]
    below = {name: (worlds.values[name][:, :played] < values).mean(axis=0) for name, values in course.values.items()}
    below[OUTCOME] = (worlds.words[:, :played] == course.words).mean(
        axis=0
    )  # a word has no below: worlds with the same
    return {
        "values": {name: _short(values[0]) for name, values in course.values.items()}
        | {OUTCOME: course.words[0].tolist()},
        "below": {name: np.round(share, 3).tolist() for name, share in below.items()},
    }


def _short(values: Floats) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values]


# --- what is taken home ----------------------------------------------------------------------------------------------


def decisions_text(games: Mapping[int, "Game"]) -> str:
    """What all seats decided, a row an offer, as a table of values parted by commas."""
    import pandas as pd

    rows = [{"seat": seat} | row for seat, game in sorted(games.items()) for row in game.decisions]
    heads = ("seat", "quarter", "power", "kind", "size", "said", "signed", "rule", "odds")
    return table_as_csv(pd.DataFrame(rows, columns=heads), "%.6g")


def class_files(games: Mapping[int, "Game"]) -> dict[str, str]:
    """The files of a class by their names: the decisions of all seats, and every game as a scenario."""
    files = {"decisions.csv": decisions_text(games)}
    for seat, game in sorted(games.items()):
        path = game.model.setting.path
        files[f"seat-{seat:02}.yaml"] = game.text(path.parent if path is not None else ".")
    return files


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
    state = arguments.choice("state", asked.get("state"), [one.code for one in evidence_of(scenario).states])
    seed = arguments.seed(asked.get("seed"))
    arguments.refuse_if_wrong()
    table = Table(scenario.name, state, scenario.seed if seed is None else seed, dict(room.numbers))
    worlds = rule_worlds(scenario, state, table.seed, WORLDS, table.numbers)
    with room.lock:
        room.table, room.board, room.phase = (
            table,
            Board(worlds=worlds, told=cloud(worlds, scenario.start)),
            Phase.CLOSED,
        )
        room.games.clear()
    room.tell({"event": "table"})
    return {}


def turn(room: Room, _: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Open the games, close them, or show all dots to everybody."""
    arguments = Arguments("class")
    phase = arguments.choice("phase", asked.get("phase"), [one.value for one in Phase])
    arguments.refuse_if_wrong()
    with room.lock:
        if room.table is None:
            raise input_error("class", "the class has no game yet", allowed="a state to play, first")
        room.phase = Phase(phase)
    room.tell({"event": "phase", "phase": phase})
    return {}


def told_cloud(room: Room, _: Caller, __: Mapping[str, Any]) -> dict[str, Any]:
    """The worlds of the rule; none while the class has no game."""
    board = room.board
    return {} if board is None else dict(board.told)


def told_board(room: Room, caller: Caller, _: Mapping[str, Any]) -> dict[str, Any]:
    """What the class plays, how far it is, and the dots that the caller may see: their own until all are shown."""
    with room.lock:
        table, board, phase, games = room.table, room.board, room.phase, dict(room.games)
    everything = caller.role is Role.TEACHER or phase is Phase.SHOWN
    seen = [seat for seat in sorted(games) if everything or seat == caller.seat]
    dots = [] if board is None else [_seat(seat) | _dot(board, seat, games[seat]) for seat in seen]
    told = {"phase": phase.value, "games": len(games), "people": room.listening, "seat": caller.seat, "dots": dots}
    if table is None:
        return told | {"state": None}
    scenario = room.scenario(table.scenario)
    names = {one.code: one.name for one in evidence_of(scenario).states}
    about = {"scenario": scenario.name, "title": scenario.title, "seed": table.seed}
    return told | about | {"state": table.state, "name": names[table.state]}


def _seat(seat: int) -> dict[str, Any]:
    word = list(COLOURS)[(seat - 1) % len(COLOURS)]
    return {"seat": seat, "colour": word, "fill": COLOURS[word]}


def _dot(board: Board, seat: int, played: Any) -> dict[str, Any]:
    """What is said of a game; worked out anew where it has moved on. One that moves just now stays where it was."""
    game = played.game
    before, quarter, said = board.dots.get(seat, (None, 0, {}))
    known = before is game
    if not played.lock.acquire(blocking=not known):
        return said
    try:
        if not known or quarter != game.quarter:
            said = dot(course_of(game), board.worlds)
            board.dots[seat] = (game, game.quarter, said)
    finally:
        played.lock.release()
    return said


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
    Post("/api/class/cloud", Role.PUPIL, False, told_cloud),
    Post("/api/class/board", Role.PUPIL, False, told_board),
    Post("/api/class/export", Role.TEACHER, False, take_home),
)
