"""Words for what closes and opens trade."""

import dataclasses

import pytest

from sim.narrative.chronicle import tell
from sim.scenario.events import Event, EventKind
from sim.scenario.scenario import load_scenario

TOY = load_scenario("toy")
NOTHING = {"open": None, "by": None, "capacity": 0.0, "cost": 0.0}


def story(kind, **fields):
    event = Event(at=TOY.start, kind=kind, fields=fields)
    told = tell(dataclasses.replace(TOY, events=(event,), sampled={}, end=TOY.start + 3))
    return " ".join(told.split())


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        (
            EventKind.CORRIDOR,
            {"of": "ROAD", "open": 0.0, "by": "OST"},
            "The Ostrian road is closed. It is the doing of",
        ),
        (EventKind.CORRIDOR, {"of": "ROAD", "open": 1.0}, "The Ostrian road is fully open."),
        (EventKind.CORRIDOR, {"of": "ROAD", "capacity": 0.5}, "On the Ostrian road capacity changes by +50% and"),
        (EventKind.CORRIDOR, {"of": "ROAD", "open": 0.5, "cost": 0.1}, "is open to 50%. On the Ostrian road capacity"),
        (EventKind.PIPELINE, {"of": "PIPE", "open": 0.0}, "The gas line over the mountains is closed."),
        (EventKind.BORDER, {"of": "BEK", "with": "all", "open": 0.25}, "with all powers is open to 25%."),
        (EventKind.BORDER, {"of": "BEK", "with": ("SUD",), "open": 0.0}, "is closed."),
        (EventKind.SANCTION, {"by": ("SUD",), "against": ("OST",), "level": 1.0}, "are now all there is."),
        (EventKind.SANCTION, {"by": ("SUD",), "against": ("OST",), "level": 0.0}, "are now over."),
        (EventKind.UNION, {"of": "OST", "in": "BEK", "level": 0.0}, "is now none (0%)."),
    ],
)
def test_an_event_is_told_in_words(kind, fields, said):
    every = NOTHING if kind is EventKind.CORRIDOR else {"by": None} if "open" in fields else {}
    assert said in story(kind, **every | fields)
