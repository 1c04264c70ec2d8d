"""What the documents say actors do, one by one, and which rules of the model carry it (`seeds/behaviours.yaml`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.evidence.evidence import Evidence
from sim.evidence.worlds import shipped_folder
from sim.io.errors import Entry, Problems
from sim.io.forms import (
    TEXT,
    Form,
    Reader,
    Values,
    file_schema,
    group,
    list_of,
    name_of,
    read_file,
    read_form,
    schema_of,
)


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """One thing that actors do: the system it belongs to, in our words, the rules that carry it, what is left out."""

    id: str
    system: str
    says: str
    rules: tuple[str, ...]
    left_out: str = ""


def check_carried(entry: Entry, values: Values, _: object) -> None:
    """A behaviour is carried by a rule at least, or says why it is left out."""
    if "rules" in entry.value and not values["rules"] and "left_out" not in entry.value:
        entry.refuse(found="", message="no rule carries this behaviour: say under 'left_out' why")


_SYSTEM_ID: Reader[Evidence] = name_of(lambda evidence: evidence.systems, "", where="list systems")
BEHAVIOUR: Form[Evidence] = Form(
    needs={
        "system": _SYSTEM_ID.says("the id of the system it belongs to"),
        "says": TEXT.says("what actors do, in our words"),
        "rules": list_of(TEXT, "a list of rules").says("the functions that carry it, as file.function"),
    },
    may={"left_out": TEXT.says("what of it the model leaves out, and why")},
    check=check_carried,
    schema={"anyOf": [{"properties": {"rules": {"minItems": 1}}}, {"required": ["left_out"]}]},
)
BEHAVIOURS: Form[object] = Form(
    needs={"behaviours": group(schema_of(BEHAVIOUR), "behaviours by id").says("the behaviours by id")}
)


def load_behaviours(evidence: Evidence, folder: Path | str | None = None) -> Mapping[str, Behaviour]:
    """The behaviours by id. Raises `InputError` with every mistake of the file: keys, systems, rules without a name."""
    seeds = shipped_folder("seeds") if folder is None else Path(folder).absolute()
    problems = Problems()
    read: dict[str, Behaviour] = {}
    for name, entry in read_file(seeds / "behaviours.yaml", BEHAVIOURS, None, problems)["behaviours"].items():
        values = read_form(entry, BEHAVIOUR, evidence)
        if values is not None:
            read[name] = Behaviour(id=name, **values)
    problems.raise_if_any()
    return read


def behaviour_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of `behaviours.yaml`."""
    return file_schema("Behaviours of multivector", "What the documents say actors do.", schema_of(BEHAVIOURS))
