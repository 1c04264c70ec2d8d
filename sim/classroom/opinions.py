"""What a class says a number is: one opinion a seat, all of them as dots on the range, and worlds played with them.

A world has one opinion of each number, in turn, so that every pupil is heard as often as any other. Which one is
addressed by seed, round and seat: the same question gives the same worlds, and the first 96 of 500 are those of 96.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.classroom.numbers import MOST_SHOWN, amount_of, button, known_number, range_input, sliders
from sim.classroom.room import Caller, Post, Role, Room
from sim.classroom.words import say
from sim.evidence.evidence import Evidence
from sim.evidence.numbers import Number
from sim.figures.markup import Markup, element, joined
from sim.io.arguments import Arguments
from sim.io.checks import check_number
from sim.io.errors import input_error
from sim.io.text import counted
from sim.model.chance import Stream, address, lucks, name_key, uniform
from sim.scenario.scenario import evidence_of
from sim.scenario.units import ONE_FOR_ALL

_OPINIONS = name_key("opinions")  # so that no draw of a scenario has the address of one of these
_WIDE, _TALL, _EDGE, _DOT = 600, 120, 40, 6  # of the strip of dots, in pixels of its own
_PLACES = 40  # beside each other on the strip; what falls on the same one is piled up


# --- what is kept ----------------------------------------------------------------------------------------------------


def said_in(room: Room, evidence: Evidence) -> dict[str, Mapping[int, float]]:
    """What a class says of the numbers of a world, by name and seat.

    A number of the same name that means something else, or has another range, in another world was another question.
    """
    with room.lock:
        kept = dict(room.opinions)
    here = (number for name, *_ in kept if (number := evidence.numbers.get(name)) is not None)
    return {number.name: mine for number in here if (mine := kept.get(_asked(number)))}


def _asked(number: Number) -> tuple[Any, ...]:
    return number.name, number.meaning, number.low, number.high


# --- as numbers of worlds --------------------------------------------------------------------------------------------


def in_turn(opinions: Mapping[int, float], name: str, runs: int, seed: int) -> NDArray[np.float64]:
    """One opinion for each run, float64 [runs]: in a round every seat has its turn once, each round in its own order.

    opinions: by seat, one or more; name: of the number, so that two numbers are not drawn from the same seat.
    """
    seats = sorted(opinions)
    values = np.array([opinions[seat] for seat in seats])
    rounds = lucks(seed, 0, -(-runs // len(seats)))
    with np.errstate(over="ignore"):  # addresses wrap round on purpose
        places: Any = np.array([address(0, Stream.NUMBER, name_key(name), _OPINIONS, seat) for seat in seats])
        order = np.asarray(uniform(rounds[:, np.newaxis], places)).argsort(axis=1)
    return values[order].ravel()[:runs]


def numbers_of_opinions(
    opinions: Mapping[str, Mapping[int, float]], names: Sequence[str], runs: int, seed: int
) -> dict[str, Any]:
    """Numbers for `sim.peek` out of what a class says: an array with one opinion a run for each of the names.

    A line between outcome words is the same for all runs, and gets the middle opinion. Raises `InputError` for a
    number of which nobody has said anything.
    """
    found: dict[str, Any] = {}
    for name in names:
        mine = opinions.get(name)
        if not mine:
            raise input_error(f"opinions: {name}", "nobody has said yet what this number is")
        found[name] = middle(mine) if name.startswith(ONE_FOR_ALL) else in_turn(mine, name, runs, seed)
    return found


def middle(opinions: Mapping[int, float]) -> float:
    """The middle opinion."""
    return float(np.median(list(opinions.values())))


# --- as pieces of a page ---------------------------------------------------------------------------------------------


def question(slider: Mapping[str, Any], mine: float | None) -> Markup:
    """Where a pupil says what a number is; mine: what they have said, None for nothing."""
    name, value = slider["name"], slider["value"] if mine is None else mine
    told = say("dispute.said_nothing") if mine is None else say("dispute.you_said", value=amount_of(slider, mine))
    back = [] if mine is None else [button("unsay", name, say("dispute.unsay"))]
    return element(
        "div",
        element("h2", say("dispute.question", label=slider["label"])),
        element(
            "p",
            range_input(slider, value),
            element("output", amount_of(slider, value), data_unit=slider["unit"], data_scale=slider["scale"]),
        ),
        element("p", joined([button("say", name, say("dispute.say")), *back, element("span", told, class_="quiet")])),
        class_="opinion",
    )


def class_says(slider: Mapping[str, Any], opinions: Mapping[int, float]) -> Markup:
    """What a class says of a number: dots on its range beside the model's own value, and worlds played with them."""
    heading = element("h2", say("dispute.class_says", label=slider["label"]))
    if not opinions:
        return element("div", heading, element("p", say("dispute.nobody"), class_="quiet"), class_="opinion")
    count = counted(len(opinions), "opinion")
    told = say(
        "dispute.strip",
        opinions=count,
        low=_briefly(slider, min(opinions.values())),
        high=_briefly(slider, max(opinions.values())),
        middle=_briefly(slider, middle(opinions)),
        own=amount_of(slider, slider["value"]),
    )
    how = say("dispute.one_for_all" if slider["one"] else "dispute.in_turn", opinions=count)
    play = element("p", button("play", slider["name"], say("dispute.play")), " ", how)
    return element("div", heading, strip(slider, opinions, told), element("p", told), play, class_="opinion")


def _briefly(slider: Mapping[str, Any], value: float) -> str:
    """A value as it is told where a scale need not be said again."""
    return amount_of({**slider, "unit": ""} if slider["unit"].startswith("(") else slider, value)


def strip(slider: Mapping[str, Any], opinions: Mapping[int, float], told: str) -> Markup:
    """The range of a number as a line, a dot for each opinion, those at one place piled up; told: the same in words."""
    low, high = slider["low"], slider["high"]
    line = _TALL - 3 * _DOT - 24

    def across(value: float) -> float:
        share: float = (min(max(value, low), high) - low) / (high - low)
        return _EDGE + share * (_WIDE - 2 * _EDGE)

    piled: Counter[int] = Counter()
    at = [round((opinions[seat] - low) / (high - low) * _PLACES) for seat in sorted(opinions)]
    step = min(2.0 * _DOT, (line - _DOT) / max(Counter(at).values()))
    ends = ((0, low, "start"), (_WIDE, high, "end"))
    pieces = [_text(x, _TALL - 6, _briefly(slider, end), anchor) for x, end, anchor in ends]
    pieces.append(element("path", d=f"M{across(low):g} {line}H{across(high):g}", stroke="currentColor"))
    for place in at:
        piled[place] += 1
        x, y = across(low + place / _PLACES * (high - low)), line - step * piled[place] + step / 2
        pieces.append(element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=_DOT, class_="dot"))
    own = across(slider["value"])
    pieces.append(element("path", d=f"M{own:.1f} {line + 2}l-8 14h16z", class_="own"))
    pieces.append(_text(own, line + 30, say("dispute.own"), "middle"))
    return element("svg", *pieces, viewBox=f"0 0 {_WIDE} {_TALL}", role="img", aria_label=told, class_="strip")


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return element("text", text, x=f"{x:.1f}", y=y, text_anchor=anchor)


# --- what pages ask --------------------------------------------------------------------------------------------------


def _opinion(room: Room, caller: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What one pupil says of a number: gives it (`value`), takes it back (`value`: null), or only asks."""
    scenario, arguments, seat = room.asked_scenario(asked), Arguments("opinion"), caller.seat
    evidence = evidence_of(scenario)
    if seat is None:
        raise input_error("opinion", "only who has a seat has a say", allowed="the page of a pupil")
    name, value = known_number(arguments, "name", asked.get("name"), evidence), asked.get("value")
    if name and value is not None:
        number = evidence.numbers[name]
        value = check_number(arguments.entry("value", value), number.low, number.high)
    arguments.refuse_if_wrong()
    if "value" in asked:
        _keep(room, evidence.numbers[name], seat, value, scenario.name)
    mine = said_in(room, evidence).get(name, {}).get(seat)
    (slider,) = sliders(scenario, [name])
    return {"name": name, "mine": mine, "html": question(slider, mine)}


def _keep(room: Room, number: Number, seat: int, value: float | None, scenario: str) -> None:
    """Note what a seat says, or that it says nothing any more, and tell everybody that something was said.

    scenario: in which it was asked.
    """
    with room.lock:
        mine = dict(room.opinions.get(_asked(number), {}))
        mine.pop(seat, None)
        if value is not None:
            mine[seat] = value
        room.opinions[_asked(number)] = mine
        room.note("opinion", scenario=scenario, name=number.name, seat=seat, value=value)
    room.tell({"event": "opinions", "name": number.name, "count": len(mine)})


def _opinions(room: Room, _: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the class says of one number, or of those of which most was said: a dot for each seat."""
    scenario, arguments = room.asked_scenario(asked), Arguments("opinions")
    evidence = evidence_of(scenario)
    said = said_in(room, evidence)
    names = sorted(said, key=lambda name: (-len(said[name]), name))[:MOST_SHOWN]
    if "name" in asked:
        names = [known_number(arguments, "name", asked["name"], evidence)]
    arguments.refuse_if_wrong()
    several = sliders(scenario, names)
    shown = [(slider, said.get(slider["name"], {})) for slider in several]
    return {
        "numbers": [
            {**slider, "dots": [{"seat": seat, "value": mine[seat]} for seat in sorted(mine)]} for slider, mine in shown
        ],
        "html": joined([class_says(slider, mine) for slider, mine in shown], ""),
    }


POSTS = (
    Post("/api/opinion", Role.PUPIL, False, _opinion),
    Post("/api/opinions", Role.TEACHER, False, _opinions),
)
