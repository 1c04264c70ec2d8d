"""What the documents say actors do, one by one, and which rules of the model carry it (`seeds/behaviours.yaml`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.evidence.evidence import Evidence
from sim.evidence.worlds import shipped_folder
from sim.io.checks import check_choice, check_group, check_keys, check_list, check_text
from sim.io.errors import Entry, Problems
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
    problems = Problems()
    top = read_yaml(seeds / "behaviours.yaml", problems)
    read: dict[str, Behaviour] = {}
    if top is not None and check_keys(top, ("behaviours",), (), problems):
        for name, entry in check_group(top.value["behaviours"], problems, "behaviours by id").items():
            behaviour = _behaviour(name, entry, evidence, problems)
            if behaviour is not None:
                read[name] = behaviour
    problems.raise_if_any()
    return read


def _behaviour(name: str, entry: Entry, evidence: Evidence, problems: Problems) -> Behaviour | None:
    if not check_keys(entry, ("system", "says", "rules"), ("left_out",), problems):
        return None
    keys = entry.value
    rules = tuple(check_text(item, problems) for item in check_list(keys["rules"], problems, "a list of rules"))
    check_carried(entry, rules, problems)
    return Behaviour(
        id=name,
        system=check_choice(keys["system"], evidence.systems, problems) or "",
        says=check_text(keys["says"], problems),
        rules=rules,
        left_out=check_text(keys["left_out"], problems) if "left_out" in keys else "",
    )


def check_carried(entry: Entry, rules: tuple[str, ...], problems: Problems) -> None:
    """A behaviour is carried by a rule at least, or says why it is left out."""
    if not rules and "left_out" not in entry.value:
        problems.about(entry, found="", message="no rule carries this behaviour: say under 'left_out' why")
