"""Events of a scenario in sentences: `EventKind` has the sentence, and here are the words that go into it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sim.io.text import capital, listing
from sim.model.vocabulary import DOMAIN_WORDS, KIND_WORDS
from sim.narrative.levels import NEW_COURSE, THAWED, WEIGHT
from sim.narrative.ways import way_told, way_words
from sim.scenario.calendar import quarter_text
from sim.scenario.events import EventKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.scenario.events import Event

SEVERAL = {  # the same thing done to several is told once: by this key they differ
    EventKind.TARIFF: "against",
    EventKind.CRISIS: "in",
    EventKind.THAW: "in",
    EventKind.DOWNTURN: "in",
    EventKind.PLANT: "in",
    EventKind.PRESSURE: "on",
    EventKind.PACT: "in",
    EventKind.ANSWER: "by",
    EventKind.BORDER: "of",
    EventKind.UNION: "in",
}
SHARES = ("rate", "loss", "share")  # fields that are told as percentages
OBSERVED_WORDS = {
    "trade": "trade and output",
    "votes": "agreement in votes",
    "all": "trade, output and agreement in votes",
}
VOTED = "An order goes to {by}: to {vote}."
VOTE_ORDERS = {
    "yes": "vote yes",
    "no": "vote no",
    "abstain": "abstain from the vote",
    "away": "stay away from the vote",
}
CHANGES = ("change", "capacity", "cost")  # and these with their sign


def event_sentence(event: Event, names: Mapping[str, str], targets: Mapping[str, tuple[str, ...]]) -> str:
    """An event of the scenario in its own sentence.

    names: of states, powers, corridors and pipelines, by code, and of numbers; targets: those to whom it happens, where
    it is told of several at once.
    """
    said: dict[str, Any] = {**event.fields, **targets, **way_words(event), **_said_of(event, names, targets)}
    for key, value in said.items():
        if isinstance(value, tuple):
            said[key] = listing(names.get(code, str(code)) for code in value) or "nobody"
        elif isinstance(value, str):
            kind = KIND_WORDS[value].one if value in KIND_WORDS else value
            said[key] = names.get(value, kind)
        elif isinstance(value, float):
            sign = "+" if key in CHANGES else ""
            said[key] = f"{value:{sign}.0%}" if key in (*SHARES, *CHANGES) else f"{value:g}"
    if event.kind is EventKind.OFFER:
        said["size"] = f"{said['size']} {'index points' if event.fields['kind'] == 'security' else 'bn USD'}"
    held = "" if event.until is None else f" It holds until {quarter_text(event.until)}."
    form = VOTED if "vote" in event.fields else event.kind.value
    told = way_told(event, said, capital(form.format(**said))) + _how_far(event)
    return told + held + (f" {event.note}" if event.note else "")


def _said_of(event: Event, names: Mapping[str, str], targets: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """What a sentence says in words of its own, where the plain value would not read well."""
    fields = event.fields
    if "vote" in fields:
        return {"vote": VOTE_ORDERS[str(fields["vote"])]}
    if event.kind in {EventKind.CAPACITY, EventKind.BUDGET, EventKind.ANSWER}:
        kind = str(fields["kind"])
        return {"kind": "in everything" if kind == "all" else f"in {KIND_WORDS[kind].need}"}
    if event.kind in {EventKind.WAR, EventKind.QUARREL, EventKind.PRESSURE}:
        return {"level": WEIGHT.of(float(str(fields["level"])))}
    if event.kind is EventKind.RIVALRY:
        domain = fields["domain"]
        words = "in trade and in security" if domain == "all" else DOMAIN_WORDS[str(domain)]
        return {"domain": f"{words}, {_shift(fields)}"} | (
            {"between": "all powers"} if fields["between"] == "all" else {}
        )
    if event.kind is EventKind.SET:
        named = zip(fields["number"], fields["to"], strict=True)  # type: ignore[arg-type]
        return {"number": listing(f"{names.get(str(name), str(name))} is {value:g}" for name, value in named)}
    if event.kind is EventKind.GROWTH and fields["rate"] is None:
        return {"rate": "its usual rate"}
    if event.kind is EventKind.GROWTH:
        return {"rate": f"{fields['rate']:.1%}"}
    if event.kind is EventKind.OBSERVE:
        return {"what": OBSERVED_WORDS[str(fields.get("what", "all"))]}
    if event.kind is EventKind.PACT:
        return {"move": str(fields["move"]) if targets else {"join": "joins", "leave": "leaves"}[str(fields["move"])]}
    return {}


def _shift(fields: Mapping[str, Any]) -> str:
    """Which way a rivalry goes, and how far."""
    if fields["to"] is not None:
        return f"to {fields['to']:+.2f} on a scale from -1 to 1".replace("+0.00", "0")
    return f"by {fields['by']:+.2f} on a scale from -1 to 1"


def _how_far(event: Event) -> str:
    """How far a change goes that can go in part; nothing where it goes all the way."""
    words = {EventKind.THAW: THAWED, EventKind.LEADER: NEW_COURSE}.get(event.kind)
    said = "" if words is None else words.of(float(str(event.fields["extent"])))
    return f" {said}" if said else ""


def number_told(name: str, meaning: str) -> str:
    """What a number is, up to the first pause, and its name where that reads as words, without codes and underlines."""
    told = f"'{re.split('[,:;(]', meaning)[0].strip()}'"
    return f"{told} ({name})" if re.fullmatch("[a-z.]+", name) else told
