"""Words for what closes and opens trade: corridors, borders, pipelines, sanctions, customs unions."""

from collections.abc import Mapping
from typing import Any

from sim.io.text import capital
from sim.narrative.levels import WEIGHT, opening_words, union_words
from sim.scenario.event_keys import EVERYTHING
from sim.scenario.events import Event, EventKind


def way_words(event: Event) -> dict[str, str]:
    """How the fields of such an event are told; nothing for any other."""
    fields, said = event.fields, {}
    if fields.get("with") == EVERYTHING:
        said["with"] = "all powers"
    if fields.get("open") is not None:
        said["open"] = opening_words(float(str(fields["open"])))
    if event.kind is EventKind.UNION:
        said["level"] = union_words(float(str(fields["level"])))
    if event.kind is EventKind.SANCTION:
        said["level"] = WEIGHT.of(float(str(fields["level"])))
    return said


def way_told(event: Event, said: Mapping[str, Any], told: str) -> str:
    """The sentence of such an event with what has been done to the way and by whom; any other as it stands.

    said: its fields in words; told: its own sentence.
    """
    fields = event.fields
    if fields.get("open") is None:
        return told
    if event.kind is EventKind.CORRIDOR:
        moved = bool(fields.get("capacity")) or bool(fields.get("cost"))
        told = capital(f"{said['of']} is {said['open']}.") + (f" {told}" if moved else "")
    return told if fields.get("by") is None else f"{told} It is the doing of {said['by']}."
