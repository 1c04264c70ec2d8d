"""The scenario language as a JSON Schema, for editors that complete and underline while a person types.

The schema follows from the same tables by which files are read, so it cannot promise what the reader refuses to know.
It is the looser of the two: codes, ids, dates within the run and ranges of numbers are known to `multivector check`
alone, because they depend on the world and on what is extended.
"""

from __future__ import annotations

from typing import Any

from sim.io.forms import file_schema, schema_of
from sim.scenario.scenario import SCENARIO
from sim.scenario.timeline import event_definitions
from sim.scenario.units import AMOUNT_SCHEMA, SETTING_SCHEMA


def scenario_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of a scenario file."""
    return file_schema(
        "A scenario of multivector",
        "A question put to the model: a span of time, what differs from the evidence, and events.",
        schema_of(SCENARIO),
        {"amount": AMOUNT_SCHEMA, "setting": SETTING_SCHEMA, **event_definitions()},
    )
