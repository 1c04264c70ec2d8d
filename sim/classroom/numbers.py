"""Numbers as a class meets them: a slider for each, a search over all of them, and the way to what each rests on."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from sim.classroom.room import Caller, Post, Role, Room
from sim.classroom.sources import badge, desk, label_of, lead, panel, scale_of, unit_of
from sim.classroom.words import say
from sim.engine.ensemble import prepare
from sim.evidence.evidence import Evidence
from sim.evidence.numbers import Basis, Number
from sim.evidence.provenance import known_names
from sim.evidence.story import Kind, clean
from sim.figures.markup import Markup, element, joined
from sim.io.arguments import Arguments
from sim.io.errors import nearest_to, quoted
from sim.scenario.scenario import Scenario, evidence_of
from sim.scenario.units import ONE_FOR_ALL, check_number_name

MOST_SHOWN = 5
"""Sliders at once, and numbers of which opinions are listed: more of them nobody follows from the last row."""

MOST_FOUND = 30
"""Answers of a search; how many there are in all is told beside them."""

MOST_ASKED = 200
"""Letters of what is searched for, and sliders that may be asked for at once."""

FIRST = (
    "climate.rivalry_level",
    "minds.side_switch",
    "choice.dependence_aversion",
    "reactions.lever_use",
    "minds.side_threshold",
)
"""Numbers a class without a lesson begins with: over their ranges each moves outcome words of the next ten years by ten
points and more, which is measured again by a test. Rank by influence is another thing: most of it is on shares, which a
class hardly sees."""

_STEPS = 50, 500  # the fewest that feel smooth, and the most that a key can be pressed for
_LOOKED_AT = 96  # runs over which the middle of a number that differs from run to run is taken
_DIGITS = 4  # of amounts that are told


# --- sliders ---------------------------------------------------------------------------------------------------------


def sliders(scenario: Scenario, names: Sequence[str]) -> list[dict[str, Any]]:
    """What a slider needs for each of some numbers of a scenario, as values for JSON.

    `value` is the scenario's own, the middle one where it `differs` from run to run. `step` is None where a slider
    may stand anywhere; `unit` stands behind what is told, which is `scale` times the value. `off` names the system
    that the scenario switches off and without which the number does nothing, "" for none; `one` says whether all runs
    must share the value.
    """
    evidence = evidence_of(scenario)
    values = prepare(scenario).values_of(0, _LOOKED_AT)
    systems = [evidence.systems[system] for system in scenario.without]
    off = {name: system.name for system in systems for name in system.strengths}
    return [_slider(evidence.numbers[name], values[name], off.get(name, "")) for name in names]


def _slider(number: Number, value: Any, off: str) -> dict[str, Any]:
    own = float(np.median(value))
    return {
        "name": number.name,
        "label": label_of(number),
        "value": own,
        "low": number.low,
        "high": number.high,
        "step": _step(number.low, number.high, own),
        "unit": unit_of(number.unit),
        "scale": scale_of(number.unit),
        "basis": number.basis.name,
        "one": number.name.startswith(ONE_FOR_ALL),
        "differs": isinstance(value, np.ndarray) and bool(np.ptp(value) > 0.0),
        "off": off,
    }


def _step(low: float, high: float, own: float) -> float | None:
    """The coarsest of 1, 2 and 5 times a power of ten that is fine enough and meets both ends and the own value."""
    width, place = (Decimal(repr(end)) - Decimal(repr(low)) for end in (high, own))
    fewest, most = _STEPS
    for exponent in range(width.adjusted(), width.adjusted() - 4, -1):
        for digit in (5, 2, 1):
            step = Decimal(digit).scaleb(exponent)
            if fewest * step <= width <= most * step and width % step == 0 and place % step == 0:
                return float(step)
    return None


def first_names(evidence: Evidence) -> tuple[str, ...]:
    """The numbers to begin with in a world: those of `FIRST` that it has; its first ones where it has none of them."""
    return tuple(name for name in FIRST if name in evidence.numbers) or tuple(evidence.numbers)[:MOST_SHOWN]


# --- as pieces of a page ---------------------------------------------------------------------------------------------


def slider_rows(several: Sequence[Mapping[str, Any]]) -> Markup:
    """Sliders under each other; the page says where each of them stands, and moves it."""
    tools = element("p", *(button(do, "", say(f"dispute.{do}")) for do in ("reset_all", "all")), class_="tools")
    return joined([element("h2", say("dispute.sliders")), *map(_row, several), tools], "")


def _row(slider: Mapping[str, Any]) -> Markup:
    name, own = slider["name"], f"own-{slider['name']}"
    why = say("dispute.differs") if slider["differs"] else ""
    why = say("dispute.off", system=slider["off"]) if slider["off"] else why
    back = button("reset", name, "↺", aria_label=say("dispute.reset", label=slider["label"]))
    disabled = {"disabled": ""} if slider["off"] else {}
    return element(
        "div",
        element("p", _label(slider)),
        element("p", element("output", aria_live="off"), _badge(slider), back, class_="moving"),
        range_input(slider, slider["value"], list=own, **disabled),
        element("datalist", element("option", value=slider["value"]), id=own),  # its tick holds the thumb
        *([element("p", why, class_="quiet")] if why else []),
        class_="slider",
        data_name=name,
        data_value=slider["value"],
        data_unit=slider["unit"],
        data_scale=slider["scale"],
        data_differs="yes" if slider["differs"] else "",
    )


def _label(slider: Mapping[str, Any]) -> Markup:
    return lead(Kind.NUMBER, slider["name"], slider["label"])


def _badge(slider: Mapping[str, Any]) -> Markup:
    return badge(Basis[slider["basis"]])


def found_list(several: Sequence[Mapping[str, Any]], found: int) -> Markup:
    """What a search has found: each name leads to its source, and can become a slider."""
    if not several:
        return element("p", say("dispute.found_nothing"), class_="quiet", role="status")
    lines = [element("li", joined([_label(one), _badge(one), add_button(one)])) for one in several]
    told = say("dispute.found", found=f"{found:,}", shown=len(several))
    return joined([element("p", told, class_="quiet", role="status"), element("ul", *lines, class_="found")], "")


def add_button(slider: Mapping[str, Any]) -> Markup:
    """A button that puts a slider beside the worlds."""
    told = say("dispute.add_which", label=slider["label"])
    return button("add", slider["name"], say("dispute.add"), aria_label=told)


def button(do: str, name: str, text: str, **more: object) -> Markup:
    """A button that does something with a number; the page knows what by its word."""
    return element("button", text, type="button", data_do=do, data_name=name, **more)


def range_input(slider: Mapping[str, Any], value: float, **more: object) -> Markup:
    """A slider by itself."""
    step = "any" if slider["step"] is None else slider["step"]
    ends = {"min": slider["low"], "max": slider["high"], "step": step, "value": value}
    return element("input", type="range", aria_label=slider["label"], **ends, **more)


def amount_of(slider: Mapping[str, Any], value: float) -> str:
    """A value of a number as it is told."""
    return clean(f"{slider['scale'] * value:.{_DIGITS}g} {slider['unit']}")


# --- what pages ask --------------------------------------------------------------------------------------------------


def known_number(arguments: Arguments, key: str, value: Any, evidence: Evidence) -> str:
    """The name of a number of this world; raises at once for none, since what is nearest to many takes seconds."""
    written = arguments.text(key, value)
    name = check_number_name(arguments.entry(key, written), written, evidence) or ""
    arguments.refuse_if_wrong()
    return name


def _numbers(room: Room, _: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Sliders: those of the first of some names, or those to begin with; or what some words find."""
    scenario, arguments = room.asked_scenario(asked), Arguments("numbers")
    evidence = evidence_of(scenario)
    words = arguments.text("words", asked.get("words", ""))
    given = arguments.names("names", asked.get("names", ()))
    if len(words) > MOST_ASKED:
        arguments.entry("words", f"{len(words)} letters").refuse(allowed=f"at most {MOST_ASKED} letters")
    if len(given) > MOST_ASKED:
        arguments.entry("names", f"{len(given)} names").refuse(allowed=f"at most {MOST_ASKED} names")
    arguments.refuse_if_wrong()
    if "words" in asked:
        names = desk(evidence).shelf.find(words)
        several = sliders(scenario, names[:MOST_FOUND])
        listed = found_list(several, len(names)) if words.strip() else ""
        return {"found": len(names), "numbers": several, "html": listed}
    names = [known_number(arguments, f"names[{at}]", name, evidence) for at, name in enumerate(given)]
    several = sliders(scenario, list(dict.fromkeys(names or _to_begin_with(room, evidence)))[:MOST_SHOWN])
    return {"found": len(evidence.numbers), "numbers": several, "html": slider_rows(several)}


def _to_begin_with(room: Room, evidence: Evidence) -> tuple[str, ...]:
    """The sliders of the class's lesson; without one, those that move most of what is seen."""
    lesson = () if room.lesson is None else room.lesson.sliders
    return tuple(name for name in lesson if name in evidence.numbers) or first_names(evidence)


def _source(room: Room, _: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The panel of a thing; with its slider where that is a number."""
    scenario, arguments = room.asked_scenario(asked), Arguments("source")
    evidence = evidence_of(scenario)
    word = arguments.choice("kind", asked.get("kind"), [kind.name.lower() for kind in Kind])
    name = arguments.text("name", asked.get("name"))
    arguments.refuse_if_wrong()
    kind = Kind[word.upper()]
    known = known_names(desk(evidence).teller)[kind]
    if kind is Kind.NUMBER:
        name = known_number(arguments, "name", name, evidence)
    elif name not in known:
        allowed = f"the name of {kind.value} of this world"
        arguments.entry("name", name).refuse(found=quoted(name), allowed=allowed, nearest=nearest_to(name, known))
    arguments.refuse_if_wrong()
    slider = sliders(scenario, [name])[0] if kind is Kind.NUMBER else None
    beside = "" if slider is None else element("p", add_button(slider))
    return {"kind": word, "name": name, "slider": slider, "html": joined([panel(evidence, kind, name), beside], "")}


POSTS = (
    Post("/api/numbers", Role.PUPIL, False, _numbers),
    Post("/api/source", Role.PUPIL, False, _source),
)
