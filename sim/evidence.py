"""The evidence: documents, facts, the numbers that rest on them, and who is in the world.

`load_evidence` reads the folder `seeds/` and refuses any number that does not say what it means, within what range it
lies, and on what it rests. `trace_number` tells the whole story of a number, back to the documents.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from enum import Enum
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from sim.checks import check_choice, check_choices, check_group, check_keys, check_list, check_number, check_text
from sim.complaints import Complaint, Complaints, Entry, input_error, listed, nearest_to, quoted, shown_path
from sim.reading import read_table, read_yaml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

KINDS = ("deal", "minerals", "infrastructure", "security")
DOMAINS = ("economic", "security")
LEVELS = {"none": 0.0, "low": 0.25, "medium": 0.5, "high": 0.75, "dominant": 1.0}
HOME_WORLD = "central-asia"

_INFINITY = float("inf")
_ANY = (-_INFINITY, _INFINITY)
_AMOUNT = (0.0, _INFINITY)
_SHARE = (0.0, 1.0)
_LEANING = (-1.0, 1.0)

# What an actor must state, and the widest range in which each number makes sense at all.
STATE_NUMBERS: Mapping[str, tuple[float, float]] = {
    "gdp": _AMOUNT,
    "growth": _ANY,
    "regime_security": _SHARE,
    "capability": _SHARE,
    "stability": _SHARE,
    "border_exposure": _SHARE,
    "neutrality": _SHARE,
    "governance_sensitivity": _SHARE,
    "nationalism": _SHARE,
    "processing": _SHARE,
    "energy_rent": _SHARE,
    "plants": _SHARE,
    "norms": _SHARE,
}
STATE_NUMBERS_BY_KIND: Mapping[str, tuple[float, float]] = {"weight": _SHARE, "need": _SHARE, "other": _AMOUNT}
POWER_NUMBERS: Mapping[str, tuple[float, float]] = {
    "might": _AMOUNT,
    "growth": _ANY,
    "exclusivity": _SHARE,
    "governance": _SHARE,
    "credibility": _SHARE,
    "volatility": _SHARE,
    "carrot": _SHARE,
    "stick": _SHARE,
    "lumpiness": _SHARE,
    "agenda": _SHARE,
    "network": _SHARE,
    "summit_rate": _AMOUNT,
    "tier": _SHARE,
    "restraint": _SHARE,
    "generosity": _SHARE,
    "collective": _SHARE,
    "narrator": _SHARE,
    "exchange": _SHARE,
    "zero_sum": _SHARE,
    "hardness": _SHARE,
    "reentry": _SHARE,
    "gateway": _SHARE,
    "refining": _SHARE,
}
POWER_NUMBERS_BY_KIND: Mapping[str, tuple[float, float]] = {
    "capability": _SHARE,
    "budget": _AMOUNT,
    "rate": _AMOUNT,
    "size": _AMOUNT,
    "niche": _LEANING,
}
TIE_FIELDS: Mapping[str, tuple[tuple[float, float], str]] = {
    "trade": (_AMOUNT, "goods trade between {state} and {power} a year"),
    "fit": (_ANY, "trend growth of the trade between {state} and {power} beyond the growth of {state} itself"),
    "infrastructure": (_AMOUNT, "infrastructure works of {power} standing in {state}, cumulative"),
    "minerals": (_AMOUNT, "what {power} has invested in the minerals of {state}"),
    "security": (_AMOUNT, "security tie of {state} with {power}; 1 is a treaty guarantee, standing exercises and arms"),
    "trust": (_SHARE, "belief of {state} in the word of {power}"),
    "standing": (_SHARE, "belief of {power} in the word of {state}"),
    "lever": (_SHARE, "what {power} could use against {state}: labour, transit, debt, market"),
    "calendar": (_SHARE, "leader visits between {state} and {power} that are in the calendar anyway, a quarter"),
    "affinity": (_SHARE, "place of {power} in the usual order in which {state} turns to partners; 1 is first"),
    "union": (_SHARE, "membership of {state} in a customs union led by {power}; 1 is full"),
    "kinship": (_SHARE, "what an organisation of shared identity with {power} means to {state}"),
    "culture": (_SHARE, "pull of the language and culture of {power} in {state}"),
    "haul": (_SHARE, "extra cost of carriage between {state} and {power} against that of a neighbour, as a share"),
    "energy": (_SHARE, "share of the oil and gas exports of {state} that goes to {power}"),
}
NEIGHBOUR_FIELDS: Mapping[str, tuple[tuple[float, float], str]] = {
    "cohesion": (_SHARE, "how far {one} and {two} act together; 1 is an alliance that works"),
    "friction": (_SHARE, "quarrels of {one} and {two} over borders, water and minorities; 1 is open fighting"),
}
CORRIDOR_NUMBERS: Mapping[str, tuple[float, float]] = {"capacity": _AMOUNT, "cost": _AMOUNT}
# Whose number it is, a state's or a power's, and what it means. What no row names is none.
CORRIDOR_FIELDS: Mapping[str, tuple[str, str]] = {
    "access": ("state", "how well {actor} reaches {corridor}; 1 lies on it"),
    "link": ("power", "how well {corridor} reaches the market of {actor}; 1 without a break"),
    "control": ("power", "how far {actor} could close {corridor}; 1 by a word of its own"),
}
TIE_COLUMNS = ("state", "power", "field", "value", "low", "high", "unit", "basis", "evidence", "formula")
RIVALRY_COLUMNS = ("power_a", "power_b", "domain", "value", "low", "high", "basis", "evidence", "formula")
NEIGHBOUR_COLUMNS = ("state_a", "state_b", "field", "value", "low", "high", "unit", "basis", "evidence", "formula")
CORRIDOR_COLUMNS = ("corridor", "actor", "field", "value", "low", "high", "unit", "basis", "evidence", "formula")


class Basis(Enum):
    """On what a number rests."""

    FIGURE = "taken from a fact, by the formula given"
    CODED = "a statement in words, put on the five-point scale none, low, medium, high, dominant"
    FITTED = "found by calibration against the record"
    ASSUMED = "no source states its size, so the range is wide; vary it"


class FactKind(Enum):
    """What sort of thing a fact is."""

    FIGURE = "a figure"
    EVENT = "something that happened"
    CLAIM = "a claim about cause and effect"
    RULE = "a rule of behaviour"
    MEMBERSHIP = "a membership"
    STANCE = "a position someone takes"
    CAPABILITY = "a capability"
    FORECAST = "a forecast"


_BASES = tuple(basis.name.lower() for basis in Basis)
_FACT_KINDS = tuple(kind.name.lower() for kind in FactKind)


# --- what is read ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Document:
    """A source: how to cite it, how far it is to be believed (0..1), and which way it leans."""

    id: str
    citation: str
    kind: str
    reliability: float
    bias: str
    language: str = ""
    date: str = ""
    used_for: str = ""
    file: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing a document says, in our words; `use` is False for what is kept for the record only."""

    id: str
    kind: FactKind
    says: str
    document: str
    locator: str
    confidence: float
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    date: str = ""
    note: str = ""
    use: bool = True
    file: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Number:
    """One number of the model; low <= value <= high, all three in `unit`."""

    name: str
    meaning: str
    unit: str
    value: float
    low: float
    high: float
    basis: Basis
    evidence: tuple[str, ...]
    formula: str = ""
    note: str = ""
    file: str
    line: int


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


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A state or a power."""

    code: str
    name: str
    adjective: str
    capital: str
    spoken: str = ""  # the name as it stands in a sentence, where that differs


@dataclass(frozen=True, kw_only=True)
class Corridor:
    """A way by which goods leave the region."""

    code: str
    name: str
    spoken: str = ""  # the name as it stands in a sentence, where that differs


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything read for one world. The dicts are shared between callers: read them, never write."""

    world: str
    folder: Path
    region: str
    together: str
    documents: Mapping[str, Document]
    facts: Mapping[str, Fact]
    numbers: Mapping[str, Number]
    systems: Mapping[str, System]
    states: tuple[Actor, ...]
    powers: tuple[Actor, ...]
    corridors: tuple[Corridor, ...] = ()
    kinds: tuple[str, ...] = field(default=KINDS)


# --- where the seeds are ---------------------------------------------------------------------------------------------


def shipped_folder(name: str) -> Path:
    """The folder `name` beside the package in a checkout, else the copy inside the installed package."""
    package = Path(__file__).resolve().parent
    beside = package.parent / name
    # An installed package may have a stranger's folder of that name beside it; a checkout has its project file there.
    in_checkout = (package.parent / "pyproject.toml").is_file() and beside.is_dir()
    return beside if in_checkout else package / "_data" / name


def list_worlds(folder: Path | str | None = None) -> tuple[str, ...]:
    """The names of the worlds that the seeds hold."""
    seeds = shipped_folder("seeds") if folder is None else Path(folder).absolute()
    others = sorted(path.parent.name for path in seeds.glob("*/actors.yaml"))
    return ((HOME_WORLD,) if (seeds / "actors.yaml").is_file() else ()) + tuple(others)


def load_evidence(world: str = HOME_WORLD, folder: Path | str | None = None) -> Evidence:
    """The evidence for one world, from `folder` or from the seeds that come with the package.

    Raises `InputError` with every problem found. Reading is done once per process as long as no file changes.
    """
    seeds = shipped_folder("seeds") if folder is None else Path(folder).absolute()
    if not seeds.is_dir():
        raise input_error(shown_path(seeds), "there is no such folder of seeds")
    worlds = list_worlds(seeds)
    if world not in worlds:
        raise input_error(
            shown_path(seeds),
            "there is no such world",
            found=quoted(world),
            allowed=listed(worlds),
            nearest=nearest_to(world, worlds),
        )
    return _read_evidence(world, seeds, _stamps_of(_files(seeds, worlds)))


def _folder_of(seeds: Path, world: str) -> Path:
    return seeds if world == HOME_WORLD else seeds / world


_OF_A_WORLD = ("actors.yaml", "ties.csv", "rivalries.csv", "neighbours.csv", "corridors.csv")


def _files(seeds: Path, worlds: Iterable[str]) -> list[Path]:
    """Every file on which a world may rest; those of all worlds, since any of them may be extended."""
    shared = [seeds / "documents.yaml", *sorted((seeds / "facts").glob("*.yaml")), seeds / "systems.yaml"]
    parameters = sorted((seeds / "parameters").glob("*.yaml"))
    return [*shared, *parameters, *(_folder_of(seeds, world) / name for world in worlds for name in _OF_A_WORLD)]


def _stamps_of(files: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and times of files, so that a changed file is read again. A missing one has size -1."""
    stamps = []
    for path in files:
        try:
            about = path.stat()
            stamps.append((str(path), about.st_size, about.st_mtime_ns))
        except OSError:
            stamps.append((str(path), -1, 0))
    return tuple(stamps)


@functools.lru_cache(maxsize=8)
def _read_evidence(world: str, seeds: Path, _stamps: tuple[tuple[str, int, int], ...]) -> Evidence:
    complaints = Complaints()
    documents = read_documents(seeds / "documents.yaml", complaints)
    facts = read_facts(sorted((seeds / "facts").glob("*.yaml")), documents, complaints)
    numbers = _NumberReader(facts, complaints)
    for path in sorted((seeds / "parameters").glob("*.yaml")):
        read_parameters(path, numbers)
    systems = read_systems(seeds / "systems.yaml", facts, numbers, complaints)
    cast, folders = _Cast(), []
    for folder, top in read_lineage(seeds, world, complaints):
        cast = read_actors(top, cast, numbers)
        folders.append(folder)
    states, powers, corridors = cast.states, cast.powers, cast.corridors
    tables = {name: [folder / name for folder in folders] for name in _OF_A_WORLD}
    read_ties(tables["ties.csv"], states, powers, numbers)
    read_rivalries(tables["rivalries.csv"], powers, numbers)
    read_neighbours(tables["neighbours.csv"], states, numbers)
    read_corridors(tables["corridors.csv"], corridors, states, powers, numbers)
    complaints.raise_if_any()
    return Evidence(
        world=world,
        folder=seeds,
        region=cast.region,
        together=cast.together,
        documents=documents,
        facts=facts,
        numbers=numbers.read,
        systems=systems,
        states=states,
        powers=powers,
        corridors=corridors,
    )


# --- documents and facts ---------------------------------------------------------------------------------------------

_DOCUMENT_KEYS = ("citation", "kind", "reliability", "bias")
_DOCUMENT_MORE = ("language", "date", "used_for", "author", "note", "url", "licence")
_FACT_KEYS = ("id", "kind", "says", "document", "locator", "confidence")
_FACT_MORE = ("value", "low", "high", "unit", "date", "note", "use")


def read_documents(path: Path, complaints: Complaints) -> dict[str, Document]:
    """The documents by id."""
    documents = {}
    for name, entry in _section(path, "documents", complaints).items():
        if not check_keys(entry, _DOCUMENT_KEYS, _DOCUMENT_MORE, complaints):
            continue
        keys = entry.value
        documents[name] = Document(
            id=name,
            citation=check_text(keys.get("citation"), complaints),
            kind=check_text(keys.get("kind"), complaints),
            reliability=check_number(keys.get("reliability"), complaints, 0, 1) or 0.0,
            bias=check_text(keys.get("bias"), complaints),
            language=_optional_text(keys, "language", complaints),
            date=_optional_text(keys, "date", complaints),
            used_for=_optional_text(keys, "used_for", complaints),
            file=entry.file,
            line=entry.line,
        )
    return documents


def read_facts(paths: Iterable[Path], documents: Mapping[str, Document], complaints: Complaints) -> dict[str, Fact]:
    """The facts of all themes by id; each id once in all files."""
    facts: dict[str, Fact] = {}
    for path in paths:
        top = read_yaml(path, complaints)
        if top is None or not check_keys(top, ("facts",), (), complaints) or "facts" not in top.value:
            continue
        for entry in check_list(top.value["facts"], complaints, "a list of facts"):
            fact = _fact(entry, documents, complaints)
            if fact is not None and check_new_fact(fact, facts, complaints):
                facts[fact.id] = fact
    return facts


def _fact(entry: Entry, documents: Mapping[str, Document], complaints: Complaints) -> Fact | None:
    if not check_keys(entry, _FACT_KEYS, _FACT_MORE, complaints):
        return None
    keys = entry.value
    kind = check_choice(keys.get("kind"), _FACT_KINDS, complaints)
    check_figure_has_value(entry, kind, complaints)
    return Fact(
        id=check_text(keys.get("id"), complaints),
        kind=FactKind[(kind or "claim").upper()],
        says=check_text(keys.get("says"), complaints),
        document=check_choice(keys.get("document"), documents, complaints) or "",
        locator=check_text(keys.get("locator"), complaints),
        confidence=check_number(keys.get("confidence"), complaints, 0, 1) or 0.0,
        value=check_number(keys.get("value"), complaints),
        low=check_number(keys.get("low"), complaints),
        high=check_number(keys.get("high"), complaints),
        unit=_optional_text(keys, "unit", complaints),
        date=_optional_text(keys, "date", complaints),
        note=_optional_text(keys, "note", complaints),
        use=_yes_or_no(keys.get("use"), complaints),
        file=entry.file,
        line=entry.line,
    )


def check_new_fact(fact: Fact, facts: Mapping[str, Fact], complaints: Complaints) -> bool:
    """An id stands for one fact only."""
    if fact.id not in facts:
        return bool(fact.id)
    first = facts[fact.id]
    complaints.add(
        Complaint(
            file=fact.file,
            line=fact.line,
            key="id",
            found=f"'{fact.id}' a second time (first in {first.file}:{first.line})",
            allowed="each id once",
        )
    )
    return False


def check_figure_has_value(entry: Entry, kind: str | None, complaints: Complaints) -> None:
    """A fact that is a figure states its value and unit."""
    if kind == "figure":
        for key in ("value", "unit"):
            if key not in entry.value:
                complaints.about(entry, found="", message=f"a fact of kind figure needs '{key}'")


def _yes_or_no(entry: Entry | None, complaints: Complaints) -> bool:
    if entry is None:
        return True
    return check_choice(entry, ("yes", "no", "true", "false"), complaints) not in ("no", "false")


def _optional_text(keys: Mapping[str, Entry], key: str, complaints: Complaints) -> str:
    return check_text(keys[key], complaints) if key in keys else ""


def _section(path: Path, name: str, complaints: Complaints) -> dict[str, Entry]:
    """The mapping under the one top-level key of a file."""
    top = read_yaml(path, complaints)
    if top is None or not check_keys(top, (name,), (), complaints) or name not in top.value:
        return {}
    return check_group(top.value[name], complaints)


# --- numbers ---------------------------------------------------------------------------------------------------------

_NUMBER_KEYS = ("meaning", "unit", "value", "low", "high", "basis")
_NUMBER_MORE = ("evidence", "formula", "note")


class _NumberReader:
    """Reads numbers one after the other and keeps them by name; every one passes the same checks."""

    def __init__(self, facts: Mapping[str, Fact], complaints: Complaints) -> None:
        self.facts = facts
        self.complaints = complaints
        self.read: dict[str, Number] = {}

    def from_group(self, name: str, entry: Entry, widest: tuple[float, float] = _ANY) -> Number | None:
        """A number written as a group of keys in YAML."""
        if not check_keys(entry, _NUMBER_KEYS, _NUMBER_MORE, self.complaints):
            return None
        keys = entry.value
        meaning = check_text(keys.get("meaning"), self.complaints) if "meaning" in keys else ""
        unit = check_text(keys.get("unit"), self.complaints) if "unit" in keys else ""
        evidence = self._ids(keys.get("evidence"))
        return self._keep(name, entry, keys, meaning, unit, evidence, widest)

    def from_row(
        self, name: str, row: Mapping[str, Entry], meaning: str, unit: str, widest: tuple[float, float]
    ) -> None:
        """A number written as a row of a table; the ids of its evidence are separated by semicolons."""
        cell = row["evidence"]
        evidence = tuple(part.strip() for part in (cell.text or "").split(";") if part.strip())
        for fact in evidence:
            check_usable_fact(cell, fact, self.facts, self.complaints)
        place = Entry(None, cell.file, cell.line, 1, name)
        self._keep(name, place, row, meaning, unit, evidence, widest)

    def _ids(self, entry: Entry | None) -> tuple[str, ...]:
        if entry is None:
            return ()
        return _usable(check_list(entry, self.complaints, "a list of ids of facts"), self.facts, self.complaints)

    def _keep(
        self,
        name: str,
        place: Entry,
        keys: Mapping[str, Entry],
        meaning: str,
        unit: str,
        evidence: tuple[str, ...],
        widest: tuple[float, float],
    ) -> Number | None:
        complaints = self.complaints
        basis = self._basis(keys)
        formula = (keys["formula"].text or "").strip() if "formula" in keys else ""
        coded = basis is Basis.CODED
        value, low, high = (check_amount(keys.get(key), coded, widest, complaints) for key in ("value", "low", "high"))
        check_has_evidence(place, keys, basis, complaints)
        check_has_formula(place, basis, formula, complaints)
        if name in self.read:
            complaints.about(place, found=f"the number '{name}' a second time", allowed="each number once")
            return None
        if basis is None or value is None or low is None or high is None:
            return None
        if not check_range(keys, value, low, high, complaints):
            return None
        number = Number(
            name=name,
            meaning=meaning,
            unit=unit,
            value=value,
            low=low,
            high=high,
            basis=basis,
            evidence=evidence,
            formula=" ".join(formula.split()),
            note=_optional_text(keys, "note", complaints),
            file=place.file,
            line=place.line,
        )
        self.read[name] = number
        return number

    def _basis(self, keys: Mapping[str, Entry]) -> Basis | None:
        word = check_choice(keys.get("basis"), _BASES, self.complaints)
        return None if word is None else Basis[word.upper()]


def _usable(items: Iterable[Entry], facts: Mapping[str, Fact], complaints: Complaints) -> tuple[str, ...]:
    return tuple(item.text or "" for item in items if check_usable_fact(item, item.text or "", facts, complaints))


def check_usable_fact(entry: Entry, fact: str, facts: Mapping[str, Fact], complaints: Complaints) -> bool:
    """Evidence is the id of a fact that is known and not set aside."""
    if fact not in facts:
        nearest = nearest_to(fact, facts)
        complaints.about(entry, found=quoted(fact), allowed="the id of a fact in seeds/facts", nearest=nearest)
        return False
    if not facts[fact].use:
        complaints.about(entry, found=quoted(fact), message="this fact is marked 'use: no' and cannot be evidence")
        return False
    return True


def check_amount(entry: Entry | None, coded: bool, widest: tuple[float, float], complaints: Complaints) -> float | None:
    """A finite number in the widest range that makes sense; a coded one may be written as a level."""
    if entry is not None and coded and entry.text in LEVELS:
        return LEVELS[entry.text]
    return check_number(entry, complaints, *widest)


def check_has_evidence(place: Entry, keys: Mapping[str, Entry], basis: Basis | None, complaints: Complaints) -> None:
    """Only an assumed number may go without evidence."""
    entry = keys.get("evidence")
    empty = entry is None or entry.value is None or entry.value == []
    if basis is not None and basis is not Basis.ASSUMED and empty:
        complaints.about(
            place if entry is None else entry,
            found="",
            message=f"a number of basis '{basis.name.lower()}' needs evidence: the ids of facts",
        )


def check_has_formula(place: Entry, basis: Basis | None, formula: str, complaints: Complaints) -> None:
    """A figure says how it follows from its facts."""
    if basis is Basis.FIGURE and not formula:
        complaints.about(place, found="", message="a number of basis 'figure' needs a formula")


def check_range(keys: Mapping[str, Entry], value: float, low: float, high: float, complaints: Complaints) -> bool:
    """The low end, the value and the high end stand in that order."""
    if low > high:
        complaints.about(keys["low"], found=f"low {low:g} above high {high:g}", allowed="low <= high")
        return False
    if not low <= value <= high:
        complaints.about(keys["value"], allowed=f"a value within low..high, that is {low:g} to {high:g}")
        return False
    return True


# --- parameters and systems ------------------------------------------------------------------------------------------

_SYSTEM_KEYS = ("name", "claim", "evidence", "rules", "strengths")


def read_parameters(path: Path, numbers: _NumberReader) -> None:
    """The numbers of one rule file, named `<file>.<number>`."""
    top = read_yaml(path, numbers.complaints)
    if top is None:
        return
    groups = check_group(top, numbers.complaints, "numbers by name")
    for name, entry in groups.items():
        if is_by_kind(entry):
            _numbers_by_kind(f"{path.stem}.{name}", entry, _ANY, numbers)
        else:
            numbers.from_group(f"{path.stem}.{name}", entry)


def is_by_kind(entry: Entry) -> bool:
    """Whether there is one number for each kind of offer here, and not one number."""
    return isinstance(entry.value, dict) and any(kind in entry.value for kind in KINDS)


def _numbers_by_kind(name: str, entry: Entry, widest: tuple[float, float], numbers: _NumberReader) -> None:
    if check_keys(entry, KINDS, (), numbers.complaints):
        for kind in KINDS:
            if kind in entry.value:
                numbers.from_group(f"{name}.{kind}", entry.value[kind], widest)


def read_systems(
    path: Path, facts: Mapping[str, Fact], numbers: _NumberReader, complaints: Complaints
) -> dict[str, System]:
    """The systems by id."""
    systems = {}
    for name, entry in _section(path, "systems", complaints).items():
        if not check_keys(entry, _SYSTEM_KEYS, (), complaints):
            continue
        keys = entry.value
        systems[name] = System(
            id=name,
            name=check_text(keys.get("name"), complaints),
            claim=check_text(keys.get("claim"), complaints),
            evidence=_usable_facts(keys.get("evidence"), facts, complaints),
            rules=_texts(keys.get("rules"), complaints),
            strengths=check_strengths(keys.get("strengths"), numbers.read, complaints),
            file=entry.file,
            line=entry.line,
        )
    return systems


def check_strengths(entry: Entry | None, numbers: Collection[str], complaints: Complaints) -> tuple[str, ...]:
    """A strength is a number of the parameters; a system has at least one, or it could not be switched off."""
    strengths = check_choices(entry, numbers, complaints)
    if entry is not None and entry.value == []:
        complaints.about(entry, found="", message="a system needs a strength, or it could not be switched off")
    return strengths


def _usable_facts(entry: Entry | None, facts: Mapping[str, Fact], complaints: Complaints) -> tuple[str, ...]:
    items = [] if entry is None else check_list(entry, complaints, "a list of ids of facts")
    if entry is not None and entry.value == []:
        complaints.about(entry, found="", message="evidence is missing: the ids of facts")
    return _usable(items, facts, complaints)


def _texts(entry: Entry | None, complaints: Complaints) -> tuple[str, ...]:
    items = [] if entry is None else check_list(entry, complaints)
    return tuple(check_text(item, complaints) for item in items)


# --- actors, corridors, ties, rivalries, neighbours ------------------------------------------------------------------

_CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}\Z")


@dataclass(frozen=True, kw_only=True)
class _Cast:
    region: str = ""
    together: str = ""
    states: tuple[Actor, ...] = ()
    powers: tuple[Actor, ...] = ()
    corridors: tuple[Corridor, ...] = ()


def read_lineage(seeds: Path, world: str, complaints: Complaints) -> list[tuple[Path, Entry]]:
    """The folders and actors of a world and of those it extends, the oldest first.

    A world that extends another has all that the other has, and adds to it; it changes nothing of it. Empty when one of
    them cannot be used.
    """
    worlds = list_worlds(seeds)
    lineage: list[tuple[Path, Entry]] = []
    chain: list[str] = []
    following: str | None = world
    while following is not None:
        chain.append(following)
        folder = _folder_of(seeds, following)
        top = read_yaml(folder / "actors.yaml", complaints)
        if top is None or not check_world_keys(top, complaints):
            return []
        lineage.append((folder, top))
        parent = top.value.get("extends")
        following = None if parent is None else check_extended(parent, worlds, chain, complaints)
        if parent is not None and following is None:
            return []
    return lineage[::-1]


def check_world_keys(top: Entry, complaints: Complaints) -> bool:
    """A world says who is in it; one that extends another says only what it adds."""
    own = ("region", "states", "powers")
    if isinstance(top.value, dict) and "extends" in top.value:
        return check_keys(top, ("extends",), (*own, "corridors"), complaints)
    return check_keys(top, own, ("corridors", "extends"), complaints)


def check_extended(entry: Entry, worlds: Iterable[str], chain: Sequence[str], complaints: Complaints) -> str | None:
    """What is extended is a world of these seeds, and not one of its own heirs."""
    world = check_choice(entry, worlds, complaints)
    if world is not None and world in chain:
        circle = " -> ".join([*chain, world])
        complaints.about(entry, message=f"worlds extend each other in a circle: {circle}")
        return None
    return world


def read_actors(top: Entry, before: _Cast, numbers: _NumberReader) -> _Cast:
    """The region, its states, powers and corridors: those of `before`, then those of the file in its order.

    Their numbers go to `numbers`.
    """
    complaints = numbers.complaints
    region, together = before.region, before.together
    if "region" in top.value and check_keys(top.value["region"], ("name", "five"), (), complaints):
        region = check_text(top.value["region"].value.get("name"), complaints)
        together = check_text(top.value["region"].value.get("five"), complaints)
    check_codes_are_new(top, before, complaints)
    states = _actors(top, "states", STATE_NUMBERS, STATE_NUMBERS_BY_KIND, numbers)
    powers = _actors(top, "powers", POWER_NUMBERS, POWER_NUMBERS_BY_KIND, numbers)
    corridors = _corridors(top, numbers)
    check_codes_differ(top, states, powers, corridors, complaints)
    for state in states:
        check_weights(top, state.code, numbers.read, complaints)
    return _Cast(
        region=region,
        together=together,
        states=(*before.states, *states),
        powers=(*before.powers, *powers),
        corridors=(*before.corridors, *corridors),
    )


def _actors(
    top: Entry,
    group: str,
    single: Mapping[str, tuple[float, float]],
    by_kind: Mapping[str, tuple[float, float]],
    numbers: _NumberReader,
) -> tuple[Actor, ...]:
    complaints = numbers.complaints
    if group not in top.value:
        return ()
    actors = []
    for code, entry in check_group(top.value[group], complaints).items():
        check_code(entry, code, complaints)
        if not check_keys(entry, ("name", "adjective", "capital", "numbers"), ("spoken",), complaints):
            continue
        keys = entry.value
        name, adjective, capital = (check_text(keys.get(key), complaints) for key in ("name", "adjective", "capital"))
        spoken = _optional_text(keys, "spoken", complaints)
        actors.append(Actor(code=code, name=name, adjective=adjective, capital=capital, spoken=spoken or name))
        if "numbers" in keys:
            _actor_numbers(f"{group}.{code}", keys["numbers"], single, by_kind, numbers)
    if not actors:
        complaints.about(top.value[group], found="", message=f"a world needs {group}")
    return tuple(actors)


def _corridors(top: Entry, numbers: _NumberReader) -> tuple[Corridor, ...]:
    """The corridors, if the world has any."""
    complaints = numbers.complaints
    if "corridors" not in top.value:
        return ()
    corridors = []
    for code, entry in check_group(top.value["corridors"], complaints, "corridors by code").items():
        check_code(entry, code, complaints)
        if not check_keys(entry, ("name", "numbers"), ("spoken",), complaints):
            continue
        keys = entry.value
        name = check_text(keys.get("name"), complaints)
        corridors.append(Corridor(code=code, name=name, spoken=_optional_text(keys, "spoken", complaints) or name))
        if "numbers" in keys:
            _actor_numbers(f"corridors.{code}", keys["numbers"], CORRIDOR_NUMBERS, {}, numbers)
    return tuple(corridors)


def _actor_numbers(
    prefix: str,
    entry: Entry,
    single: Mapping[str, tuple[float, float]],
    by_kind: Mapping[str, tuple[float, float]],
    numbers: _NumberReader,
) -> None:
    if not check_keys(entry, (*single, *by_kind), (), numbers.complaints):
        return
    for name, widest in single.items():
        if name in entry.value:
            numbers.from_group(f"{prefix}.{name}", entry.value[name], widest)
    for name, widest in by_kind.items():
        if name in entry.value:
            _numbers_by_kind(f"{prefix}.{name}", entry.value[name], widest, numbers)


def check_code(entry: Entry, code: str, complaints: Complaints) -> None:
    """A code is two to eight capital letters or digits."""
    if not _CODE.match(code):
        complaints.about(entry, found=f"the code '{code}'", allowed="two to eight capital letters or digits")


def check_codes_are_new(top: Entry, before: _Cast, complaints: Complaints) -> None:
    """A world that extends another gives its own actors and corridors codes of their own."""
    taken = {one.code for one in (*before.states, *before.powers)} | {one.code for one in before.corridors}
    for group in ("states", "powers", "corridors"):
        named = top.value[group].value if group in top.value else None
        for code, entry in named.items() if isinstance(named, dict) else ():
            if code in taken:
                complaints.about(
                    entry,
                    found=f"the code '{code}', which the extended world has already",
                    allowed="a code of its own; a world adds to the one it extends and changes nothing of it",
                )


def check_codes_differ(
    top: Entry,
    states: Iterable[Actor],
    powers: Iterable[Actor],
    corridors: Iterable[Corridor],
    complaints: Complaints,
) -> None:
    """No code stands for two things: a state, a power or a corridor."""
    taken = {state.code: "a state's" for state in states}
    for group, owner, named in (("powers", "a power's", powers), ("corridors", "a corridor's", corridors)):
        for code in [entry.code for entry in named]:
            if code in taken:
                complaints.about(
                    top.value[group].value[code],
                    found=f"the code '{code}', which is {taken[code]} already",
                    allowed="each code once",
                )
            taken.setdefault(code, owner)


def check_weights(top: Entry, code: str, numbers: Mapping[str, Number], complaints: Complaints) -> None:
    """The weights of the kinds of offer sum to 1."""
    names = [f"states.{code}.weight.{kind}" for kind in KINDS]
    if not all(name in numbers for name in names):
        return
    total = sum(numbers[name].value for name in names)
    if abs(total - 1.0) > 1e-9:
        place = top.value["states"].value[code].value["numbers"].value["weight"]
        complaints.about(place, found=f"weights that sum to {total:.12g}", allowed="weights that sum to 1")


def _rows(paths: Sequence[Path], columns: Sequence[str], complaints: Complaints) -> list[dict[str, Entry]]:
    """The rows of one table of a world and of those it extends; one of them must have that table."""
    there = [path for path in paths if path.is_file()] or paths[:1]
    return [row for path in there for row in read_table(path, columns, complaints)]


def read_ties(
    paths: Sequence[Path], states: tuple[Actor, ...], powers: tuple[Actor, ...], numbers: _NumberReader
) -> None:
    """The ties of every state with every power, named `ties.<state>.<power>.<field>`."""
    complaints = numbers.complaints
    names = {actor.code: actor.name for actor in (*states, *powers)}
    state_codes, power_codes = [actor.code for actor in states], [actor.code for actor in powers]
    seen: set[tuple[str, str, str]] = set()
    for row in _rows(paths, TIE_COLUMNS, complaints):
        state = check_choice(row["state"], state_codes, complaints)
        power = check_choice(row["power"], power_codes, complaints)
        tie = check_choice(row["field"], tuple(TIE_FIELDS), complaints)
        unit = check_text(row["unit"], complaints)
        if state is None or power is None or tie is None:
            continue
        seen.add((state, power, tie))
        widest, meaning = TIE_FIELDS[tie]
        told = meaning.format(state=names[state], power=names[power])
        numbers.from_row(f"ties.{state}.{power}.{tie}", row, told, unit, widest)
    wanted = [(state, power, tie) for state in state_codes for power in power_codes for tie in TIE_FIELDS]
    check_complete(paths, wanted, seen, complaints)
    for state in state_codes:
        check_energy_shares(paths, state, power_codes, numbers.read, complaints)


def check_energy_shares(
    paths: Sequence[Path], state: str, powers: Iterable[str], numbers: Mapping[str, Number], complaints: Complaints
) -> None:
    """The parts of its oil and gas that a state sells to the powers are parts of one whole."""
    names = [f"ties.{state}.{power}.energy" for power in powers]
    total = sum(numbers[name].value for name in names if name in numbers)
    if total > 1.0 + 1e-9:
        complaints.add(
            Complaint(
                file=shown_path(paths[-1]),
                key=f"ties.{state}.*.energy",
                found=f"shares that sum to {total:.12g}",
                allowed="shares that sum to 1 or less",
            )
        )


def read_rivalries(paths: Sequence[Path], powers: tuple[Actor, ...], numbers: _NumberReader) -> None:
    """The rivalry of every pair of powers, named `rivalry.<first>.<second>.<domain>`, codes in alphabetical order."""
    complaints = numbers.complaints
    names = {actor.code: actor.name for actor in powers}
    seen: set[tuple[str, str, str]] = set()
    for row in _rows(paths, RIVALRY_COLUMNS, complaints):
        one = check_choice(row["power_a"], tuple(names), complaints)
        two = check_choice(row["power_b"], tuple(names), complaints)
        domain = check_choice(row["domain"], DOMAINS, complaints)
        if one is None or two is None or domain is None or not check_two(row["power_b"], "power", one, two, complaints):
            continue
        first, second = sorted((one, two))
        seen.add((first, second, domain))
        meaning = f"{domain} rivalry of {names[first]} and {names[second]}; below 0 they coordinate"
        numbers.from_row(f"rivalry.{first}.{second}.{domain}", row, meaning, "-1 to 1", _LEANING)
    wanted = [(first, second, domain) for first, second in combinations(sorted(names), 2) for domain in DOMAINS]
    check_complete(paths, wanted, seen, complaints)


def read_neighbours(paths: Sequence[Path], states: tuple[Actor, ...], numbers: _NumberReader) -> None:
    """What lies between every pair of states, named `neighbours.<first>.<second>.<field>`, codes in alphabetical order.

    A world of one state needs no such table.
    """
    complaints = numbers.complaints
    names = {actor.code: actor.name for actor in states}
    pairs = list(combinations(sorted(names), 2))
    if not pairs and not any(path.is_file() for path in paths):
        return
    seen: set[tuple[str, str, str]] = set()
    for row in _rows(paths, NEIGHBOUR_COLUMNS, complaints):
        one = check_choice(row["state_a"], tuple(names), complaints)
        two = check_choice(row["state_b"], tuple(names), complaints)
        what = check_choice(row["field"], tuple(NEIGHBOUR_FIELDS), complaints)
        unit = check_text(row["unit"], complaints)
        if one is None or two is None or what is None or not check_two(row["state_b"], "state", one, two, complaints):
            continue
        first, second = sorted((one, two))
        seen.add((first, second, what))
        widest, meaning = NEIGHBOUR_FIELDS[what]
        told = meaning.format(one=names[first], two=names[second])
        numbers.from_row(f"neighbours.{first}.{second}.{what}", row, told, unit, widest)
    check_complete(paths, [(*pair, what) for pair in pairs for what in NEIGHBOUR_FIELDS], seen, complaints)


def read_corridors(
    paths: Sequence[Path],
    corridors: tuple[Corridor, ...],
    states: tuple[Actor, ...],
    powers: tuple[Actor, ...],
    numbers: _NumberReader,
) -> None:
    """What the corridors are to the states and powers, named `corridors.<corridor>.<actor>.<field>`.

    What has no row is none, and has no number. A world without corridors needs no such table.
    """
    complaints = numbers.complaints
    if not corridors and not any(path.is_file() for path in paths):
        return
    names = {actor.code: actor.spoken for actor in (*states, *powers)}
    owners = {"state": [actor.code for actor in states], "power": [actor.code for actor in powers]}
    ways = {corridor.code: corridor.spoken for corridor in corridors}
    for row in _rows(paths, CORRIDOR_COLUMNS, complaints):
        corridor = check_choice(row["corridor"], tuple(ways), complaints)
        what = check_choice(row["field"], tuple(CORRIDOR_FIELDS), complaints)
        unit = check_text(row["unit"], complaints)
        owner, meaning = CORRIDOR_FIELDS.get(what or "", ("", ""))
        actor = check_choice(row["actor"], owners.get(owner, tuple(names)), complaints)
        if corridor is None or actor is None or what is None:
            continue
        told = meaning.format(actor=names[actor], corridor=ways[corridor])
        numbers.from_row(f"corridors.{corridor}.{actor}.{what}", row, told, unit, _SHARE)


def check_two(entry: Entry, sort: str, one: str, two: str, complaints: Complaints) -> bool:
    """Between a power or state and itself lies nothing."""
    if one != two:
        return True
    complaints.about(entry, allowed=f"a {sort} other than '{one}'")
    return False


def check_complete(
    paths: Sequence[Path],
    wanted: Iterable[tuple[str, ...]],
    seen: Collection[tuple[str, str, str]],
    complaints: Complaints,
) -> None:
    """A table has every row it needs, those of the worlds that are extended counted."""
    missing = [" ".join(row) for row in wanted if row not in seen]
    if missing and any(path.is_file() for path in paths):
        complaints.add(Complaint(file=shown_path(paths[-1]), message=f"rows are missing: {listed(missing)}"))
