"""What is to be run, cut into blocks, and one block made: the part of a batch that any process can do by itself.

Runs are cut into blocks of a fixed number, whatever the number of workers. A block is a function of what was asked for
and of its number: making it twice, here or on another machine, gives the same bytes.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import pyarrow as pa

from sim.batch.identity import code_hash, digest_of, evidence_hash, plain
from sim.batch.manifest import PARTIAL
from sim.batch.outcomes import Summary, Thresholds, final_columns, joined, summarise, thresholds
from sim.batch.results import RESULTS_FORMAT
from sim.batch.tables import PART, runs_table, series_table
from sim.batch.variance import LUCKS_PER_DRAW
from sim.engine.block import Block, Pages, pages_of
from sim.engine.fitted import fitted_numbers
from sim.engine.sampling import every_number, sampled_numbers
from sim.evidence.evidence import Evidence
from sim.io.shapes import inside
from sim.scenario.following import following
from sim.scenario.scenario import Scenario, evidence_of

CHUNK = 288
"""Runs in one block: small enough for memory and an even load, and a whole number of fillings of the engine's lanes."""

SERIES_RUNS = 2048
"""Runs whose whole course is kept unless told otherwise; bands, outcomes and offers always rest on every run."""

NUMBERS = ("fixed", "sampled")
"""How numbers are taken: the value of each, or a draw from its range for every run."""


class PreparedEngine(Protocol):
    """An engine made ready for one scenario."""

    def run_block(self, first: int, count: int) -> Block:
        """Run numbers `first` to `first + count - 1`; may be called from several threads at once."""


@runtime_checkable
class PagedEngine(Protocol):
    """An engine that can also give runs as they lie in memory, which saves a copy of them."""

    def run_pages(self, first: int, count: int) -> list[Pages]:
        """Run numbers `first` to `first + count - 1`; what comes back may be overwritten by the next call."""


Engine = Callable[[Scenario, Evidence], PreparedEngine]


@dataclass(frozen=True, kw_only=True)
class BatchRequest:
    """What is asked for; it holds all that another process needs to make any block of it."""

    scenario: Scenario  # with the number of runs and the seed that are meant
    engine: str | Engine = "ensemble"
    series: int = SERIES_RUNS
    thin: int = 1
    measures: tuple[str, ...] | None = None
    numbers: str = "fixed"


class Plan:
    """One scenario to be run, resolved, and the folder it belongs in."""

    def __init__(self, request: BatchRequest, out: Path) -> None:
        """Look up what the order names; refuse what does not exist."""
        self.request = request
        self.evidence = evidence_of(request.scenario)
        self.scenario = request.scenario
        if request.numbers == "sampled":
            self.scenario = every_number(request.scenario, self.evidence, LUCKS_PER_DRAW)
        self.fitted = fitted_numbers(self.scenario, self.evidence)
        self.measures = request.measures
        self.thin = request.thin
        self.series = min(request.series, self.scenario.runs)
        self.numbers = {name: number.value for name, number in self.evidence.numbers.items()}
        self.numbers |= dict(self.scenario.numbers)
        self.stated = dict(self.numbers)  # before any follows its inputs
        self.following = following(self.scenario, self.evidence)
        self.following.follow(self.numbers)
        self.lines: Thresholds = thresholds(self.numbers)
        self.identity = self._identity()
        self.hash = digest_of(self.identity)
        self.folder = inside(out, f"{self.scenario.name}-{self.hash[:10]}")

    @property
    def blocks(self) -> range:
        """The numbers of the blocks."""
        return range(-(-self.scenario.runs // CHUNK))

    def _identity(self) -> dict[str, Any]:
        """Everything the results depend on; equal identities give equal bytes."""
        return {
            "format": RESULTS_FORMAT,
            "scenario": plain_scenario(self.scenario),
            "engine": self.request.engine if isinstance(self.request.engine, str) else "own",
            "series_runs": self.series,
            "thin": self.thin,
            "measures": None if self.measures is None else list(self.measures),
            "chunk": CHUNK,
            "evidence": evidence_hash(self.evidence),
            "code": code_hash(),
        }

    def prepare(self) -> PreparedEngine:
        """The engine made ready; only now is it loaded, since a batch that is finished needs none."""
        asked = self.request.engine
        engine = ENGINES[asked]() if isinstance(asked, str) else asked
        return engine(self.scenario, self.evidence)

    def make(self, prepared: PreparedEngine, number: int) -> tuple[list[Pages], Summary, dict[str, pa.Table]]:
        """Run one block: its arrays, how they are judged, and its tables by the names of their files.

        The arrays hold until this thread makes another block.
        """
        first = number * CHUNK
        pages = _played(prepared, first, min(CHUNK, self.scenario.runs - first))
        blocks = [block for page in pages for block in page.blocks()]
        for block in blocks:
            block.check()
        summary, tables = self.judge(blocks)
        named = {runs_part(number): tables[0]}
        if len(tables) > 1:
            named[f"series.parquet/block-{number:05d}.parquet"] = tables[1]
        return pages, summary, named

    def drawn(self, first: int, count: int) -> dict[str, Any]:
        """The numbers that are drawn, as the runs have them once they have followed their inputs: float64 [count]."""
        drawn = sampled_numbers(self.scenario, self.scenario.seed, first, count, self.fitted)
        computed = self.following.derivations.found
        if not any(name in computed and computed[name].numbers for name in drawn):
            return drawn  # none of them follows another, so none has moved
        values = self.stated | drawn
        self.following.follow(values)
        return {name: values[name] for name in drawn}

    def drawn_in_words(self) -> dict[str, str]:
        """From what each number is drawn that differs from run to run, by name."""
        said = {name: str(spread) for name, spread in self.scenario.sampled.items()}
        if self.fitted is not None:
            for name in self.fitted.names:
                low, high = self.fitted.interval(name)
                said[name] = f"posterior, {low:.4g} to {high:.4g} in 90 % of its rows"
        return said

    def judge(self, blocks: Sequence[Block]) -> tuple[Summary, list[pa.Table]]:
        """How runs came out; the table of the runs and, where one is kept, that of their course.

        blocks: the runs, in blocks one after the other.
        """
        first = blocks[0]
        summary = joined([summarise(block, self.lines) for block in blocks])
        runs = len(summary.outcome)
        tables = [runs_table(first, final_columns(summary, first), self.drawn(first.first, runs))]
        kept = min(runs, self.series - first.first)
        if kept > 0:
            tables.append(series_table(_heads(blocks, kept), summary, self.thin, self.measures))
        return summary, tables


def _heads(blocks: Sequence[Block], kept: int) -> list[Block]:
    """The first so many runs of blocks one after the other."""
    before = [sum(block.runs for block in blocks[:at]) for at in range(len(blocks))]
    left = [(block, min(block.runs, kept - done)) for block, done in zip(blocks, before, strict=True)]
    return [block if some == block.runs else block.head(some) for block, some in left if some > 0]


def _played(prepared: PreparedEngine, first: int, count: int) -> list[Pages]:
    """Runs as they were played; an engine of one's own may give them as a block."""
    if isinstance(prepared, PagedEngine):
        return prepared.run_pages(first, count)
    block = prepared.run_block(first, count)
    block.check()
    return [pages_of(block)]


def _ensemble() -> Engine:
    from sim.engine import ensemble

    return ensemble.prepare


def _numpy() -> Engine:
    from sim.engine import ensemble
    from sim.engine.ways import OVER_LANES

    return lambda scenario, evidence: replace(ensemble.prepare(scenario, evidence), way=OVER_LANES)


def _mesa() -> Engine:
    from sim.engine import agents

    prepare: Engine = agents.prepare
    return prepare


ENGINES: Mapping[str, Callable[[], Engine]] = {"ensemble": _ensemble, "numpy": _numpy, "mesa": _mesa}
"""What can play a scenario, by name; each is loaded when it is asked for."""


def runs_part(number: int) -> str:
    """Where the rows of one block wait until all are joined, below the results folder."""
    return f"{PARTIAL}/runs-{number:05d}{PART}"


def plain_scenario(scenario: Scenario, without: Collection[str] = ()) -> dict[str, Any]:
    """A scenario as results depend on it, as JSON can hold it: without its place on disk, notes and some more keys.

    Where it takes numbers from the posterior, the hash of that stands beside.
    """
    said: dict[str, Any] = plain(scenario)
    fitted = fitted_numbers(scenario)
    if fitted is not None:
        said["posterior"] = fitted.sha256
    for key in ("path", "seeds", "notes", "origins", *without):
        said.pop(key, None)
    for event in said["events"]:
        event.pop("file", None)
        event.pop("line", None)
    return said
