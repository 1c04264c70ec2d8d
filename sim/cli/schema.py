"""`multivector schema`: the scenario language as a JSON Schema, for editors."""

import argparse
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    schema = commands.add_parser("schema", help="print the JSON Schema of scenario files, for editors")
    schema.add_argument("-o", "--out", metavar="FILE", help="write to a file instead of the screen")
    schema.set_defaults(command=_schema)


def _schema(asked: argparse.Namespace) -> int:
    from sim.scenario.schema import schema_text

    if asked.out is None:
        print(schema_text(), end="")
        return 0
    from sim.io.errors import input_error, shown_path

    path = Path(asked.out)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(schema_text(), encoding="utf-8", newline="\n")
    except OSError as error:
        raise input_error(shown_path(path), f"cannot be written: {error.strerror or error}") from error
    print(f"written to {shown_path(path)}")
    return 0
