"""The scenario language as a JSON Schema, for editors that complete and underline while a person types.

The schema follows from the same tables by which files are read, so it cannot promise what the reader refuses to know.
It is the looser of the two: codes, ids, dates within the run and ranges of numbers are known to `multivector check`
alone, because they depend on the world and on what is extended.
"""

from __future__ import annotations

import json
from typing import Any

from sim.scenario.calendar import QUARTER_TEXT, SPAN_TEXT
from sim.scenario.events import FORMS, LEVEL_SCHEMA, Form
from sim.scenario.scenario import LARGEST_SEED, MOST_RUNS, NAME_TEXT
from sim.scenario.units import PERCENT_TEXT, QUANTITY_TEXT, Shape

NAME = "scenarios/schema.json"
"""Where the printed schema stands in a checkout."""

_DRAFT = "http://json-schema.org/draft-07/schema#"
_TEXT = {"type": ["string", "number", "boolean"], "minLength": 1}


def schema_text() -> str:
    """The schema as it is kept in the file: JSON with a line break at the end."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"


def scenario_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of a scenario file."""
    return {
        "$schema": _DRAFT,
        "title": "A scenario of multivector",
        "description": "A question put to the model: a span of time, what differs from the evidence, and events.",
        "type": "object",
        "required": ["title", "question"],
        "anyOf": [{"required": ["extends"]}, {"required": ["from", "to", "runs", "seed"]}],
        "additionalProperties": False,
        "properties": {key: {"description": said, **what} for key, (said, what) in _properties().items()},
        "definitions": {
            "quarter": {"type": "string", "pattern": QUARTER_TEXT},
            "amount": _amount(),
            "setting": _setting(),
            "event": _event(),
            **{f"event-{kind.name.lower()}": _fields(form) for kind, form in FORMS.items()},
        },
    }


def _properties() -> dict[str, tuple[str, dict[str, Any]]]:
    """Each key of a scenario: what it means, and how it is written."""
    return {
        "title": ("what this is, in a line", _TEXT),
        "question": ("what is asked", _TEXT),
        "extends": ("the scenario this one starts from: a name, never a path", _named()),
        "world": ("whose states and powers; the home world unless told otherwise", _named()),
        "from": ("the first quarter, such as 2026-Q1", _part("quarter")),
        "to": ("the last quarter, such as 2035-Q4", _part("quarter")),
        "runs": (
            "how many times chance is played through",
            {"type": "integer", "minimum": 1, "maximum": MOST_RUNS},
        ),
        "seed": (
            "which luck; the same seed gives the same results, and 0 is a seed",
            {"type": "integer", "minimum": 0, "maximum": LARGEST_SEED},
        ),
        "numbers": (
            "numbers that differ from the evidence, by name: a value, a level, or a range drawn for every run",
            {"type": "object", "additionalProperties": _part("setting")},
        ),
        "without": ("systems of the model switched off, by id", _list({"type": "string"}, unique=True)),
        "events": ("what happens from outside", _list(_part("event"))),
        "evidence": ("the facts behind the question, by id", _list({"type": "string"})),
        "notes": ("anything a reader should know", _TEXT),
    }


def _part(name: str) -> dict[str, Any]:
    # A reference may have no neighbours in draft 7, so that a description can stand beside it here.
    return {"allOf": [{"$ref": f"#/definitions/{name}"}]}


def _named() -> dict[str, Any]:
    return {"type": "string", "pattern": NAME_TEXT}


def _list(items: dict[str, Any], unique: bool = False) -> dict[str, Any]:
    return {"type": "array", "items": items, **({"uniqueItems": True} if unique else {})}


def _amount() -> dict[str, Any]:
    """A value of a number: bare, with its unit, as a percentage, in money, or as a level."""
    return {
        "description": "a number, with its unit if you like (25 %, 300 mn USD), or a level (none, low, ... dominant)",
        "anyOf": [{"type": "number"}, {"type": "string", "pattern": QUANTITY_TEXT}, LEVEL_SCHEMA],
    }


def _setting() -> dict[str, Any]:
    """What may be said about a number: its value, a value outside its range with a reason, or a range to draw from."""
    beyond = {"description": "why it leaves the range of the evidence", **_TEXT}
    return {
        "anyOf": [
            _part("amount"),
            {
                "type": "object",
                "required": ["value", "beyond"],
                "additionalProperties": False,
                "properties": {"value": _part("amount"), "beyond": beyond},
            },
            {
                "type": "object",
                "required": ["between"],
                "additionalProperties": False,
                "properties": {
                    "between": {
                        "description": "the lowest and the highest value drawn",
                        **_list(_part("amount")),
                        "minItems": 2,
                        "maxItems": 2,
                    },
                    "shape": {"enum": [shape.name.lower() for shape in Shape]},
                    "peak": {"description": "where a triangle is highest", **_part("amount")},
                    "beyond": beyond,
                },
            },
        ]
    }


def _event() -> dict[str, Any]:
    """An item of the list of events: when, how often, with what chance, and exactly one kind."""
    window = {
        "type": "object",
        "required": ["between"],
        "additionalProperties": False,
        "properties": {"between": {**_list(_part("quarter")), "minItems": 2, "maxItems": 2}},
    }
    kinds = [kind.name.lower() for kind in FORMS]
    return {
        "type": "object",
        "required": ["at"],
        "oneOf": [{"required": [kind]} for kind in kinds],
        "dependencies": {"until": ["every"]},
        "additionalProperties": False,
        "properties": {
            "at": {
                "description": "when: a quarter, or {between: [2026-Q1, 2028-Q4]} for one drawn for every run",
                "anyOf": [_part("quarter"), window],
            },
            "every": {
                "description": "how often it repeats, such as 4 quarters or 2 years",
                "type": "string",
                "pattern": SPAN_TEXT,
            },
            "until": {"description": "when it stops repeating; else with the run", **_part("quarter")},
            "chance": {
                "description": "in what share of runs it happens, such as 30 %",
                "type": "string",
                "pattern": PERCENT_TEXT,
            },
            "name": {"description": "events of one name share their luck", **_named()},
            **{kind: _part(f"event-{kind}") for kind in kinds},
            "evidence": {"description": "the facts behind it, by id", **_list({"type": "string"})},
            "note": {"description": "what a reader should know about it", **_TEXT},
        },
    }


def _fields(form: Form) -> dict[str, Any]:
    """The keys of one kind of event."""
    return {
        "type": "object",
        "required": list(form.needs),
        "additionalProperties": False,
        "properties": {key: dict(reader.schema) for key, reader in (*form.needs.items(), *form.may.items())},
    }
