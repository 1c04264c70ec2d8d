"""What adding an event, a term of utility or a phase takes: one place each, and whatever else it needs is asked for."""

import ast
import inspect
from pathlib import Path

from sim.engine.event_rows import _ROWS
from sim.engine.setting_changes import _CHANGES
from sim.engine.setting_steps import STEPS
from sim.model import turn
from sim.model.fields import EVENTS, OFFER_TERMS, REGARD_TERMS, SETTINGS, TERMS
from sim.model.phases import layout
from sim.model.schedule import QUARTER, Phase
from sim.model.vocabulary import TERM_WORDS
from sim.scenario.events import FORMS, EventKind

PHASES = Path(inspect.getfile(layout)).parent


def function(room, name):
    tree = ast.parse((PHASES / f"{room}.py").read_text(encoding="utf-8"))
    return next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)


def attributes(tree, of):
    return [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == of
    ]


def test_every_event_has_a_code_a_form_and_a_row():
    kinds = [kind.name.lower() for kind in EventKind]
    assert sorted((*EVENTS, *SETTINGS)) == sorted(kinds)
    assert set(FORMS) == set(EventKind)
    assert {kind.name.lower() for kind in _ROWS} == set(EVENTS)
    assert {kind.name.lower() for kind in (*_CHANGES, *STEPS)} >= set(SETTINGS)
    assert {kind for kind, form in FORMS.items() if form.lasts} <= {*_CHANGES, *STEPS}
    assert layout.event._fields == EVENTS
    assert list(layout.event) == list(range(len(EVENTS)))


def test_the_turn_knows_what_each_event_does():
    told = attributes(function("climate", "happen"), "event")
    assert len(set(told)) == len(told)
    ways = attributes(function("flows", "change_ways"), "event")
    assert len(set(ways)) == len(ways)
    # each ends in one that is left when it is none of the others: of all events, and of those that close a way
    assert set(EVENTS) - set(told) - set(ways) == {"rivalry"}
    assert set(told) & {*EVENTS} - {*ways} >= {"sanction"}
    first, last = EVENTS.index("border"), EVENTS.index("union")
    assert set(EVENTS[first : last + 1]) == {*ways, "sanction"} - {"corridor"}


def test_every_term_has_its_words_and_is_added_up_once():
    assert TERMS == OFFER_TERMS + REGARD_TERMS
    assert set(TERMS) == set(TERM_WORDS)
    assert sorted(attributes(function("choose", "add_up"), "r")) == sorted(REGARD_TERMS)


def test_every_term_is_worked_out_by_name():
    calls = {
        node.func.id: [keyword.arg for keyword in node.keywords]
        for room in ("regards", "keep_reasons")
        for node in ast.walk(function("choose", room))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Regard", "Weighed"}
    }
    assert calls == {"Regard": list(REGARD_TERMS), "Weighed": list(OFFER_TERMS)}


def test_the_turn_plays_every_phase_of_the_schedule():
    """What `advance` opens for a phase is written by hand, because made by a program it compiles slower."""
    tree = ast.parse(inspect.getsource(turn))
    opened = [
        node.func.id
        for node in ast.walk(next(one for one in tree.body if getattr(one, "name", "") == "advance"))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and hasattr(turn, node.func.id)
    ]
    doors = [name for name in opened if "_" in name or name == "happen"]
    owners = {"states": "_state", "powers": "_power", "events": ""}
    wanted = [phase for phase in Phase if phase is Phase.START or phase in QUARTER]
    assert len(doors) == len(wanted)
    for phase in wanted:
        if phase is Phase.EVENTS:
            assert "happen" in doors
            continue
        stem = phase.name.lower().removesuffix("_power").removesuffix("_state")
        assert f"{stem}{owners[phase.owner]}" in doors
