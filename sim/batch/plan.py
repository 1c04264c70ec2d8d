"""What is to be run, cut into blocks, and one block made: the part of a batch that any process can do by itself.

Runs are cut into blocks of a fixed number, whatever the number of workers. A block is a function of what was asked for
and of its number: making it twice, here or on another machine, gives the same bytes.
"""

import dataclasses
import hashlib
import json
import os
import platform
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from sim.batch.aggregate import Tally
from sim.batch.outcomes import Summary, Thresholds, final_columns, outcome_words, summarise, thresholds
from sim.batch.results import FORMAT
from sim.batch.tables import MEASURES, Block, Written, runs_table, series_table, table_bytes, write_bytes, write_table
from sim.batch.variance import LUCKS_PER_DRAW
from sim.engine.sampling import every_number, sampled_numbers
from sim.evidence.evidence import Evidence, load_evidence
from sim.io.errors import input_error, listed, nearest_to, quoted
from sim.scenario.scenario import Scenario

CHUNK = 288
"""Runs in one block: small enough for memory and an even load, and a whole number of fillings of the engine's lanes."""

SERIES_RUNS = 2048
"""Runs whose whole course is kept unless told otherwise; bands, outcomes and offers always rest on every run."""

NUMBERS = ("fixed", "sampled")
"""How numbers are taken: the value of each, or a draw from its range for every run."""

# The wings a result can depend on; the others only compare results, look into them or show them.
_IN_RESULTS = ("io", "evidence", "scenario", "model", "engine", "batch")


class Prepared(Protocol):
    """An engine made ready for one scenario."""

    def run_block(self, first: int, count: int) -> Block:
        """Run numbers `first` to `first + count - 1`; may be called from several threads at once."""


Engine = Callable[[Scenario, Evidence], Prepared]


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is asked for; it holds all that another process needs to make any block of it."""

    scenario: Scenario  # with the number of runs and the seed that are meant
    engine: str | Engine = "ensemble"
    series: int = SERIES_RUNS
    thin: int = 1
    measures: tuple[str, ...] | None = None
    numbers: str = "fixed"


class Plan:
    """One scenario to be run, resolved, and the folder it belongs in."""

    def __init__(self, order: Order, out: Path) -> None:
        """Look up what the order names; refuse what does not exist."""
        self.order = order
        self.evidence = load_evidence(order.scenario.world)
        self.scenario = order.scenario
        if check_numbers(order.numbers) == "sampled":
            self.scenario = every_number(order.scenario, self.evidence, LUCKS_PER_DRAW)
        self.measures = None if order.measures is None else check_measures(order.measures)
        self.engine = _engine(order.engine) if isinstance(order.engine, str) else order.engine
        self.thin = max(1, order.thin)
        self.series = min(order.series, self.scenario.runs)
        self.numbers = {name: number.value for name, number in self.evidence.numbers.items()}
        self.numbers |= dict(self.scenario.numbers)
        self.lines: Thresholds = thresholds(self.numbers)
        self.identity = self._identity()
        self.hash = digest_of(self.identity)
        self.folder = out / f"{self.scenario.name}-{self.hash[:10]}"

    @property
    def blocks(self) -> range:
        """The numbers of the blocks."""
        return range(-(-self.scenario.runs // CHUNK))

    def _identity(self) -> dict[str, Any]:
        """Everything the results depend on; equal identities give equal bytes."""
        scenario = plain(self.scenario)
        for where in ("path", "notes", "origins"):
            scenario.pop(where, None)
        for event in scenario["events"]:
            event.pop("file", None)
            event.pop("line", None)
        return {
            "format": FORMAT,
            "scenario": scenario,
            "engine": self.order.engine if isinstance(self.order.engine, str) else "own",
            "series_runs": self.series,
            "thin": self.thin,
            "measures": None if self.measures is None else list(self.measures),
            "chunk": CHUNK,
            "evidence": evidence_hash(self.evidence),
            "code": code_hash(),
        }

    def prepare(self) -> Prepared:
        """The engine made ready."""
        return self.engine(self.scenario, self.evidence)

    def make(self, prepared: Prepared, number: int) -> tuple[Block, Summary, dict[str, pa.Table]]:
        """Run one block: its arrays, how they are judged, and its tables by the names of their files."""
        first = number * CHUNK
        block = prepared.run_block(first, min(CHUNK, self.scenario.runs - first))
        block.check()
        summary, tables = self.judge(block)
        named = {runs_part(number): tables[0]}
        if len(tables) > 1:
            named[f"series.parquet/block-{number:05d}.parquet"] = tables[1]
        return block, summary, named

    def judge(self, block: Block) -> tuple[Summary, list[pa.Table]]:
        """How the runs of a block came out; the table of its runs and, where one is kept, that of their course."""
        summary = summarise(block, self.lines)
        drawn = sampled_numbers(self.scenario, self.scenario.seed, block.first, block.runs)
        tables = [runs_table(block, final_columns(summary, block), drawn)]
        kept = min(block.runs, self.series - block.first)
        if kept > 0:
            words = outcome_words(summary.outcome[:kept], summary.power[:kept], block.powers)
            tables.append(series_table(block.head(kept), words, self.thin, self.measures))
        return summary, tables


def check_numbers(numbers: str) -> str:
    """How numbers are taken is one of two words."""
    if numbers not in NUMBERS:
        raise input_error("numbers", "there is no such way", found=quoted(numbers), allowed=listed(NUMBERS))
    return numbers


def check_measures(measures: tuple[str, ...]) -> tuple[str, ...]:
    """Measures to keep, in the order in which they are always written; refuses a name that is none."""
    for name in measures:
        if name not in MEASURES:
            raise input_error(
                "measures",
                "there is no such measure",
                found=quoted(name),
                allowed=listed(MEASURES),
                nearest=nearest_to(name, MEASURES),
            )
    return tuple(name for name in MEASURES if name in measures)


def _engine(name: str) -> Engine:
    if name == "ensemble":
        from sim.engine import ensemble

        return ensemble.prepare
    if name == "mesa":
        from sim.engine import agents

        prepare: Engine = agents.prepare
        return prepare
    raise input_error("engine", "there is no such engine", found=quoted(name), allowed="ensemble, mesa")


def runs_part(number: int) -> str:
    """Where the rows of one block wait until all are joined, below the results folder."""
    return f"partial/runs-{number:05d}.parquet"


# --- blocks made elsewhere -------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Errand:
    """An order taken to another process, and what has to agree there."""

    order: Order
    hash: str
    versions: dict[str, str]
    folder: str  # the results folder, absolute
    token: str  # a file in it; whoever sees that file shares the folder


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What comes back of one block: names and hashes of files that were written, or the files themselves."""

    number: int
    files: tuple[Written, ...]
    counts: Written
    contents: dict[str, bytes]  # empty where the folder is shared


_READY: dict[str, tuple[Plan, Prepared]] = {}
_MAKING_READY = threading.Lock()


def run_errand(errand: Errand, number: int) -> Delivery:
    """Make one block in whatever process this is called; doing it twice leaves the same bytes."""
    with _MAKING_READY:
        if errand.hash not in _READY:
            _READY.clear()  # one at a time, so that a worker that lives long does not grow
            _READY[errand.hash] = _make_ready(errand)
        plan, prepared = _READY[errand.hash]
    block, summary, tables = plan.make(prepared, number)
    tally = Tally(block)
    tally.add(number, block, summary)
    folder, counts = Path(errand.folder), f"partial/counts-{number:05d}.npz"
    packed = tally.packed()
    made = Written(name=counts, sha256=hashlib.sha256(packed).hexdigest())
    if (folder / errand.token).is_file():
        files = tuple(write_table(table, folder, name) for name, table in tables.items())
        write_bytes(folder / counts, packed)
        return Delivery(number=number, files=files, counts=made, contents={})
    contents = {name: table_bytes(table) for name, table in tables.items()}
    listed_files = tuple(
        Written(name=name, sha256=hashlib.sha256(data).hexdigest(), rows=tables[name].num_rows)
        for name, data in contents.items()
    )
    return Delivery(number=number, files=listed_files, counts=made, contents={**contents, counts: packed})


def _make_ready(errand: Errand) -> tuple[Plan, Prepared]:
    plan = Plan(errand.order, Path())
    here = platform.node()
    if plan.hash != errand.hash:
        raise input_error(
            f"worker on {here}",
            "it has other code or evidence than the machine that sends the blocks; install the same version on both",
        )
    for name, version in versions().items():
        if version != errand.versions[name]:
            raise input_error(
                f"worker on {here}",
                "other versions may give other bytes; install the same on both",
                found=f"{name} {version}",
                allowed=errand.versions[name],
            )
    return plan, plan.prepare()


# --- identity --------------------------------------------------------------------------------------------------------


def evidence_hash(evidence: Evidence) -> str:
    """Hash of everything in the evidence that a run can depend on."""
    return digest_of(
        {
            "world": evidence.world,
            "actors": [actor.code for actor in (*evidence.states, *evidence.powers)],
            "kinds": list(evidence.kinds),
            "numbers": {name: number.value for name, number in evidence.numbers.items()},
            "strengths": {name: list(system.strengths) for name, system in evidence.systems.items()},
        }
    )


def code_hash() -> str:
    """Hash of the source a run can depend on: all the wings below the analysis of results."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(path for wing in _IN_RESULTS for path in (package / wing).rglob("*.py")):
        digest.update(f"{path.relative_to(package).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


_LIBRARIES = ("numpy", "numba", "llvmlite", "pyarrow")


def versions() -> dict[str, str]:
    """Versions of what the bytes of results depend on beside our own code."""
    return {"python": platform.python_version()} | {name: version_of(name) for name in _LIBRARIES}


def version_of(distribution: str) -> str:
    """The version of an installed distribution, in words where it is not installed."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"


def allowed_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def digest_of(value: Any) -> str:
    """Hash of a value that JSON can hold, the same whatever the order of its keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [plain(item) for item in (sorted(value) if isinstance(value, frozenset | set) else value)]
    if isinstance(value, Enum):
        return value.name.lower()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
