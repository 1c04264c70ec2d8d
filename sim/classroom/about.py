"""What every page asks first: what is looked at here, who I am, and whether the rulebook is ready."""

from collections.abc import Mapping
from typing import Any

from sim.classroom.looking import compiling, measures_as_values
from sim.classroom.room import Caller, Post, Role, Room
from sim.io.arguments import Arguments
from sim.io.errors import Problem
from sim.io.text import CAUTION
from sim.scenario.calendar import quarter_text
from sim.scenario.scenario import evidence_of

MOST_NUMBER = 2**53  # what a page can count without rounding
MOST_LETTERS = 64  # of the name that a page gives itself


def page_of(asked: Mapping[str, Any]) -> tuple[str, int]:
    """The id of the load of the page that asks, and its running number; 0 and no name where none is told."""
    arguments = Arguments("request")
    page = arguments.text("page", asked.get("page", "-"))
    number = arguments.whole("number", asked.get("number", 0), 0, MOST_NUMBER)
    arguments.refuse_if_wrong()
    return page[:MOST_LETTERS], number


def no_group() -> Problem:
    """What is said of a request that is no JSON object."""
    return Problem(file="request", found="something else", allowed="an object with keys")


def _state(room: Room, caller: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What a page needs to draw itself."""
    scenario = room.asked_scenario(asked)
    evidence = evidence_of(scenario)
    return {
        "role": caller.role.value,
        "seat": caller.seat,
        "scenario": scenario.name,
        "title": scenario.title,
        "question": scenario.question,
        "scenarios": [{"code": name, "name": room.title(name)} for name in room.scenarios],
        "measures": measures_as_values(),
        "seed": scenario.seed,
        "states": [{"code": state.code, "name": state.name} for state in evidence.states],
        "powers": [{"code": power.code, "name": power.name} for power in evidence.powers],
        "quarters": [quarter_text(quarter) for quarter in range(scenario.start, scenario.end + 1)],
        "caution": CAUTION,
        "compiling": compiling(),
        "phase": room.phase.value,
        "step": room.step,
        "seats": room.seats,
    }


def _join(room: Room, caller: Caller, _: Mapping[str, Any]) -> dict[str, Any]:
    """A seat for a page that has none."""
    if caller.seat is not None:
        return {"seat": caller.seat}
    seat, token = room.take_seat()
    return {"seat": seat, "seat_token": token}


POSTS = (Post("/api/state", Role.PUPIL, False, _state), Post("/api/join", Role.PUPIL, False, _join))
