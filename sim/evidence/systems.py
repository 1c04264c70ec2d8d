"""The systems: mechanisms that can be switched off, with their claims, rules and strengths."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.evidence.documents import FACT_IDS
from sim.evidence.numbers import NumberReader
from sim.io.errors import Entry, Problems
from sim.io.forms import (
    TEXT,
    Form,
    Reader,
    Values,
    file_schema,
    group,
    list_of,
    names_of,
    read_file,
    read_form,
    schema_of,
)


@dataclass(frozen=True, kw_only=True)
class System:
    """A mechanism that can be switched off: its strengths are the numbers then set to 0."""

    id: str
    name: str
    claim: str
    evidence: tuple[str, ...]
    rules: tuple[str, ...]
    strengths: tuple[str, ...]
    file: str
    line: int


def check_stands_on_something(entry: Entry, _values: Values, _: object) -> None:
    """A system has evidence, and a strength at least, or it could not be switched off."""
    keys = entry.value
    if "evidence" in keys and keys["evidence"].value == []:
        keys["evidence"].refuse(found="", message="evidence is missing: the ids of facts")
    if "strengths" in keys and keys["strengths"].value == []:
        keys["strengths"].refuse(found="", message="a system needs a strength, or it could not be switched off")


_NUMBER_NAMES: Reader[NumberReader] = names_of(lambda numbers: numbers.read, "list numbers")
SYSTEM: Form[NumberReader] = Form(
    needs={
        "name": TEXT.says("what it is called"),
        "claim": TEXT.says("what it says about the world"),
        "evidence": FACT_IDS.but(minItems=1).says("the facts behind the claim, by id"),
        "rules": list_of(TEXT).says("the functions that carry it, as file.function"),
        "strengths": _NUMBER_NAMES.but(minItems=1).says("the numbers that are set to 0 to switch it off"),
    },
    check=check_stands_on_something,
)
SYSTEMS: Form[object] = Form(needs={"systems": group(schema_of(SYSTEM)).says("the systems by id")})


def read_systems(path: Path, numbers: NumberReader, problems: Problems) -> dict[str, System]:
    """The systems by id; `numbers` knows the facts and the numbers that they may name."""
    systems = {}
    for name, entry in read_file(path, SYSTEMS, None, problems)["systems"].items():
        values = read_form(entry, SYSTEM, numbers)
        if values is not None:
            systems[name] = System(id=name, **values, file=entry.file, line=entry.line)
    return systems


def system_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of `systems.yaml`."""
    return file_schema("Systems of multivector", "Mechanisms that can be switched off.", schema_of(SYSTEMS))
