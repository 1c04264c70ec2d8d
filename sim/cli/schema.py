"""`multivector schema`: how files are written, as JSON Schemas, for editors."""

import argparse
from collections.abc import Mapping
from typing import Any

from sim.cli.closing import close
from sim.cli.common import DONE, add_out_file, write_out
from sim.cli.streams import exactly

_OF_SEEDS = (
    *("world", "document", "fact", "number", "codebook", "recoding", "agenda"),
    *("system", "behaviour", "pattern", "record", "calibration", "lever", "conflict", "documented"),
)
KEPT: Mapping[str, str] = {
    "scenario": "scenarios/schema.json",
    "experiment": "experiments/schema.json",
    "lesson": "lessons/schema.json",
    **{kind: f"seeds/schema/{kind}.json" for kind in _OF_SEEDS},
}
"""The kinds of files that have a schema, and where the printed one stands in a checkout: near what it describes."""


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    schema = commands.add_parser("schema", help="print the JSON Schema of scenario files, or of others, for editors")
    schema.add_argument(
        "kind", nargs="?", choices=tuple(KEPT), default="scenario", help="the kind of files (default: scenario)"
    )
    add_out_file(schema)
    schema.set_defaults(command=_schema)


def _schema(asked: argparse.Namespace) -> int:
    from sim.io.errors import shown_path
    from sim.io.forms import schema_text

    schema = schema_of_kind(asked.kind)
    text = schema_text(schema)
    if asked.out is not None:
        write_out(asked.out, text)
    said = text if asked.out is None else f"written to {shown_path(asked.out)}\n"
    close(asked, lambda: exactly(said), lambda: {"schemas": [{"kind": asked.kind, "schema": schema}]})
    return DONE


def schema_of_kind(kind: str) -> dict[str, Any]:
    """The JSON Schema (draft 7) of one kind of files; only what that kind needs is loaded."""
    if kind == "scenario":
        from sim.scenario.schema import scenario_schema

        return scenario_schema()
    if kind == "experiment":
        from sim.analysis.sensitivity.experiment import experiment_schema

        return experiment_schema()
    if kind == "lesson":
        from sim.classroom.lesson_forms import lesson_schema

        return lesson_schema()
    if kind == "pattern":
        from sim.analysis.patterns import pattern_schema

        return pattern_schema()
    if kind == "lever":
        from sim.analysis.lever_file import lever_schema

        return lever_schema()
    if kind == "documented":
        from sim.analysis.documented_file import documented_schema

        return documented_schema()
    from sim.evidence.actors import world_schema
    from sim.evidence.agenda import agenda_schema
    from sim.evidence.agreement import recoding_schema
    from sim.evidence.behaviours import behaviour_schema
    from sim.evidence.calibration import plan_schema
    from sim.evidence.codebook import codebook_schema
    from sim.evidence.conflicts import conflict_schema
    from sim.evidence.documents import document_schema, fact_schema
    from sim.evidence.history import record_schema
    from sim.evidence.numbers import parameter_schema
    from sim.evidence.systems import system_schema

    makers = {
        "world": world_schema,
        "document": document_schema,
        "fact": fact_schema,
        "number": parameter_schema,
        "codebook": codebook_schema,
        "recoding": recoding_schema,
        "agenda": agenda_schema,
        "system": system_schema,
        "behaviour": behaviour_schema,
        "record": record_schema,
        "calibration": plan_schema,
        "conflict": conflict_schema,
    }
    return makers[kind]()
