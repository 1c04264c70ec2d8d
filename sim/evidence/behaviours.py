"""What the documents say actors do, one by one, and which rules of the model carry it (`seeds/behaviours.yaml`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.evidence.evidence import Evidence, shipped_folder
from sim.io.checks import check_choice, check_group, check_keys, check_list, check_text
from sim.io.errors import Complaints, Entry
from sim.io.readers import read_yaml


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """One thing that actors do: the system it belongs to, in our words, the rules that carry it, what is left out."""

    id: str
    system: str
    says: str
    rules: tuple[str, ...]
    left_out: str = ""


def load_behaviours(evidence: Evidence, folder: Path | str | None = None) -> Mapping[str, Behaviour]:
    """The behaviours by id. Raises `InputError` with every mistake of the file: keys, systems, rules without a name."""
    seeds = shipped_folder("seeds") if folder is None else Path(folder).absolute()
    complaints = Complaints()
    top = read_yaml(seeds / "behaviours.yaml", complaints)
    read: dict[str, Behaviour] = {}
    if top is not None and check_keys(top, ("behaviours",), (), complaints):
        for name, entry in check_group(top.value["behaviours"], complaints, "behaviours by id").items():
            behaviour = _behaviour(name, entry, evidence, complaints)
            if behaviour is not None:
                read[name] = behaviour
    complaints.raise_if_any()
    return read


def _behaviour(name: str, entry: Entry, evidence: Evidence, complaints: Complaints) -> Behaviour | None:
    if not check_keys(entry, ("system", "says", "rules"), ("left_out",), complaints):
        return None
    keys = entry.value
    rules = tuple(check_text(item, complaints) for item in check_list(keys["rules"], complaints, "a list of rules"))
    check_carried(entry, rules, complaints)
    return Behaviour(
        id=name,
        system=check_choice(keys["system"], evidence.systems, complaints) or "",
        says=check_text(keys["says"], complaints),
        rules=rules,
        left_out=check_text(keys["left_out"], complaints) if "left_out" in keys else "",
    )


def check_carried(entry: Entry, rules: tuple[str, ...], complaints: Complaints) -> None:
    """A behaviour is carried by a rule at least, or says why it is left out."""
    if not rules and "left_out" not in entry.value:
        complaints.about(entry, found="", message="no rule carries this behaviour: say under 'left_out' why")
