"""Counting over many runs in constant memory: bands, outcome words and offers.

Bands are read off histograms of whole numbers, and means off whole-number sums. Whole numbers add up to the same total
in any order, so the result does not depend on how runs were cut into blocks, on which block came first, or on the
number of workers.
"""

import io
import math
import threading
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.batch.counting import FIXED_POINT, PER_OCTAVE, SMALLEST, count
from sim.batch.outcomes import OUTCOMES, Summary, outcome_words
from sim.batch.tables import labels_of, share_range, table_of, value_unit
from sim.engine.block import Block, Pages, pages_of
from sim.engine.laid_offers import NOT_LAID, TAKEN, offers_among
from sim.io.parquet import text_column
from sim.io.regular import open_regular
from sim.model.variable import Scale
from sim.model.variables import BY_NAME, BY_POWER, BY_STATE, COUNTS, OFFER_TOTALS
from sim.scenario.calendar import quarter_text
from sim.scenario.events import Event

QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)

# How finely a measure is counted. Shares and indices are rounded to the nearest step; amounts, which know no upper
# end, fall into bins of equal ratio.
_STEP, _RATIO = 0, 1
_LARGEST = 20
_RATIO_BINS = 1 + (_LARGEST - SMALLEST) * PER_OCTAVE
_MOST_COUNTED = 255
_FEW = 1 << 16
"""Fewer runs than this are counted in half of the memory."""


def _scale(measure: str, powers: int) -> tuple[int, float, int]:
    """How a measure is counted: by step or ratio, steps per unit, and the number of bins."""
    scales = {
        Scale.SHARE: (_STEP, 1000.0, 1001),
        Scale.POINTS: (_STEP, 10.0, 1001),
        Scale.POWERS: (_STEP, 1000.0, 1000 * powers + 1),
        Scale.COUNT: (_STEP, 1.0, _MOST_COUNTED + 1),
        Scale.AMOUNT: (_RATIO, 0.0, _RATIO_BINS),
        Scale.WORD: (_STEP, 0.0, 0),  # no quantity; the outcome words tell it
        Scale.KEPT: (_STEP, 0.0, 0),
    }
    scale = BY_NAME[measure].counted_by
    assert scale is not None, f"{measure} is recorded, so it says how it is counted"
    return scales[scale]


class _Histograms:
    """Histograms of some measures over the same cells (quarter, state and perhaps power)."""

    def __init__(self, measures: tuple[str, ...], cells: int, powers: int, runs: int | None) -> None:
        scales = [_scale(measure, powers) for measure in measures]
        self.measures = measures
        self.cells = cells
        self.by_ratio = np.array([scale[0] for scale in scales], dtype=np.int64)
        self.per_unit = np.array([scale[1] for scale in scales], dtype=np.float64)
        self.bins = np.array([scale[2] for scale in scales], dtype=np.int64)
        self.start = np.concatenate(([0], np.cumsum(self.bins * cells)[:-1])).astype(np.int64)
        counted: Any = np.uint32 if runs is None or runs >= _FEW else np.uint16  # as much as is counted of one cell
        self.histogram = np.zeros(int((self.bins * cells).sum()), dtype=counted)
        self.sums = np.zeros((cells, len(measures)), dtype=np.int64)
        self.least = np.full((cells, len(measures)), np.inf)
        self.most = np.full((cells, len(measures)), -np.inf)
        self.outside = 0

    def add(self, values: NDArray[np.float64]) -> None:
        """Count values [fillings, ..., measures, lanes]: runs lie side by side in memory, and so they are read here."""
        laid = np.ascontiguousarray(values).reshape(len(values), self.cells, len(self.measures), -1)
        how = (self.by_ratio, self.per_unit, self.bins, self.start)
        self.outside += count(laid, *how, self.histogram, self.sums, self.least, self.most)

    def quantiles(self, index: int, runs: int) -> NDArray[np.float64]:
        """Quantiles [cells, len(QUANTILES)] of one measure, interpolated inside a bin as if runs lay evenly in it.

        Counts are not interpolated: a quantile is then the smallest count that so many runs do not exceed. Where values
        lay beyond the bins, the outermost reaches as far as they did.
        """
        filled, held = self.filled(index)
        bins, cells = int(self.bins[index]), np.arange(self.cells)
        reached = np.concatenate(([0], np.cumsum(held)))
        before = reached[np.searchsorted(filled, cells * bins)]  # in all cells that come earlier
        lower, width = self._edges(index)
        below, beyond = np.isfinite(self.least[:, index]), np.isfinite(self.most[:, index])
        found = np.empty((self.cells, len(QUANTILES)))
        for column, q in enumerate(QUANTILES):
            rank = round(100 * q) * runs / 100
            at = np.searchsorted(reached[1:], before + math.ceil(rank))
            place, inside = filled[at] - cells * bins, held[at]
            share = (rank - (reached[at] - before)) / inside
            begin, span = lower[place], width[place]
            if (stretched := beyond & (place == bins - 1)).any():
                span[stretched] = self.most[stretched, index] - begin[stretched]
            if (stretched := below & (place == 0)).any():
                span[stretched] += begin[stretched] - self.least[stretched, index]
                begin[stretched] = self.least[stretched, index]
            found[:, column] = begin + span * share
        return found

    def filled(self, index: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The bins of one measure that hold anything, cell after cell, and how much each holds: most are empty."""
        start = int(self.start[index])
        counts = self.histogram[start : start + int(self.bins[index]) * self.cells]
        places = np.flatnonzero(counts != 0)  # of truth values, which is several times as fast as of numbers
        return places, counts[places].astype(np.int64)

    def filled_bins(self) -> NDArray[np.uint32 | np.int64]:
        """Where anything is held in the histograms of all measures, in as few bytes as will do."""
        places = [self.filled(index)[0] + self.start[index] for index in range(len(self.measures))]
        told: Any = np.uint32 if self.histogram.size < 1 << 32 else np.int64
        return np.concatenate(places, dtype=told, casting="unsafe")

    def means(self, index: int, runs: int) -> NDArray[np.float64]:
        """Means [cells] of one measure; not a number where values were so large that their sum cannot be relied on."""
        means: NDArray[np.float64] = self.sums[:, index] / (FIXED_POINT * runs)
        with np.errstate(over="ignore"):
            farthest = np.maximum(np.abs(self._finite(self.least)), np.abs(self._finite(self.most)))[:, index]
            means[farthest * FIXED_POINT * runs >= float(1 << 62)] = np.nan
        return means

    @staticmethod
    def _finite(ends: NDArray[np.float64]) -> NDArray[np.float64]:
        """The ends that values beyond the bins reached, nought where there were none."""
        return np.where(np.isfinite(ends), ends, 0.0)

    def _edges(self, index: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lower edge and width of every bin; the first, where nothing is kept apart from zero, stands for zero."""
        place = np.arange(int(self.bins[index]), dtype=np.float64)
        if self.by_ratio[index]:
            octave, step = np.divmod(place - 1.0, float(PER_OCTAVE))
            exponent = octave.astype(np.int64) + SMALLEST
            lower = np.ldexp(1.0 + step / PER_OCTAVE, exponent)
            width = np.ldexp(1.0 / PER_OCTAVE, exponent)
        elif self.measures[index] in COUNTS:
            lower, width = place, np.zeros_like(place)
        else:
            lower, width = (place - 0.5) / self.per_unit[index], np.full_like(place, 1.0 / self.per_unit[index])
        lower[0] = width[0] = 0.0
        return lower, width


class Aggregate:
    """What all runs of a scenario come to; `add` may be called from several threads."""

    def __init__(self, block: Block, runs: int | None = None) -> None:
        """Take the names and sizes from a block; count nothing yet.

        runs: as many are counted at most; None: any number.
        """
        self.states, self.powers, self.kinds = block.states, block.powers, block.kinds
        self.quarters = block.quarters
        pairs = len(self.quarters) * len(self.states)
        self.runs = 0
        self.blocks: set[int] = set()
        self._by_power = _Histograms(BY_POWER, pairs * len(self.powers), len(self.powers), runs)
        self._by_state = _Histograms(BY_STATE, pairs, len(self.powers), runs)
        self._outcomes = np.zeros((pairs, len(OUTCOMES) * (len(self.powers) + 1)), dtype=np.int64)
        self._offers = np.zeros(block.offers.shape[1:], dtype=np.int64)
        self._answers = np.zeros((block.answers.shape[1], 2), dtype=np.int64)  # laid on the table, and taken
        self._lock = threading.Lock()

    @property
    def outside(self) -> int:
        """How many values lay beyond what the histograms cover and were counted at their edge."""
        return self._by_power.outside + self._by_state.outside

    def add(self, number: int, played: Block | Sequence[Pages], summary: Summary) -> None:
        """Count the runs of block `number`; a block that was counted before is left out."""
        pages = [pages_of(played)] if isinstance(played, Block) else played
        runs, cells = sum(page.runs for page in pages), len(self.quarters) * len(self.states)
        codes = summary.outcome.astype(np.int64) * (len(self.powers) + 1) + summary.power + 1
        codes = codes.reshape(runs, cells) + np.arange(cells) * self._outcomes.shape[1]
        outcomes = np.bincount(codes.ravel(), minlength=self._outcomes.size).reshape(self._outcomes.shape)
        with self._lock:
            if number in self.blocks:
                return
            self.blocks.add(number)
            self.runs += runs
            self._outcomes += outcomes
            for page in pages:
                self._by_power.add(page.by_power)
                self._by_state.add(page.by_state)
                self._offers += page.offers.sum(axis=(0, -1))
                said = (page.answers > NOT_LAID, page.answers == TAKEN)
                self._answers += np.stack([one.sum(axis=(0, -1)) for one in said], 1)

    # --- tables ---

    def bands(self) -> pa.Table:
        """Mean and quantiles by measure, power, quarter and state; power is empty for measures of a state alone."""
        parts = []
        times, states, powers = len(self.quarters), len(self.states), len(self.powers)
        for index, measure in enumerate(BY_STATE):
            if not self._by_state.bins[index]:
                continue
            parts.append(self._band(self._by_state, index, measure, np.full(times * states, -1)))
        for index, measure in enumerate(BY_POWER):
            if not self._by_power.bins[index]:
                continue
            parts.append(self._band(self._by_power, index, measure, np.tile(np.arange(powers), times * states)))
        return pa.concat_tables(parts).combine_chunks()

    def _band(self, counted: _Histograms, index: int, measure: str, power: NDArray[Any]) -> pa.Table:
        cells, pairs = counted.cells, len(self.quarters) * len(self.states)
        pair = np.repeat(np.arange(pairs), cells // pairs)
        columns = {
            "quarter": self._when(pair // len(self.states)),
            "state": self._text(pair % len(self.states), self.states),
            "power": self._text(power + 1, ("", *self.powers)),
            "measure": text_column([measure] * cells),
            "mean": counted.means(index, self.runs),
        }
        quantiles = counted.quantiles(index, self.runs)
        for column, q in enumerate(QUANTILES):
            columns[f"p{round(100 * q)}"] = quantiles[:, column]
        return table_of(columns)

    def outcomes(self) -> pa.Table:
        """Runs and their share by quarter, state and outcome word; words nobody had are left out."""
        cell, code = np.nonzero(self._outcomes)
        kind, power = np.divmod(code, len(self.powers) + 1)
        runs = self._outcomes[cell, code]
        words = outcome_words(kind.astype(np.int8), (power - 1).astype(np.int8), self.powers)
        return table_of(
            {
                "quarter": self._when(cell // len(self.states)),
                "state": self._text(cell % len(self.states), self.states),
                "outcome": text_column(words.tolist()),
                "power": self._text(power, ("", *self.powers)),
                "runs": runs,
                "share": runs / self.runs,
            }
        )

    def offers(self) -> pa.Table:
        """Offers by state, power and kind, summed over all runs."""
        shape = self._offers.shape[:3]
        state, power, kind = (index.ravel() for index in np.indices(shape))
        totals = self._offers.reshape(-1, len(OFFER_TOTALS))
        columns = {
            "state": self._text(state, self.states),
            "power": self._text(power, self.powers),
            "kind": self._text(kind, self.kinds),
            # values of one kind add up, those of all kinds do not: a row says what its values are
            "unit": text_column([value_unit(self.kinds[at]) for at in kind]),
        }
        columns |= {name: totals[:, index] for index, name in enumerate(OFFER_TOTALS)}
        return table_of(columns)

    def laid(self, events: Sequence[Event]) -> pa.Table:
        """What became of each offer that an event lays on the table, over all runs.

        events: of the scenario; the range is that of the share of all conceivable runs, with nineteen chances in
        twenty (`sim.batch.tables.share_range`).
        """
        offers = offers_among(events)
        ranges = [share_range(int(taken), int(laid)) for laid, taken in self._answers]
        columns: dict[str, Any] = {
            "quarter": text_column([quarter_text(event.at) for event in offers]),
            "latest": text_column([quarter_text(event.last) for event in offers]),
        }
        for name, key in (("power", "by"), ("state", "to"), ("kind", "kind")):
            columns[name] = text_column([str(event.fields[key]) for event in offers])
        columns["size"] = np.array([float(str(event.fields["size"])) for event in offers], dtype=np.float64)
        columns["laid"] = self._answers[:, 0]
        columns["taken"] = self._answers[:, 1]
        shares = [math.nan if not laid else taken / laid for laid, taken in self._answers]
        low, high = [ends[0] for ends in ranges], [ends[1] for ends in ranges]
        for name, values in (("share", shares), ("low", low), ("high", high)):
            columns[name] = np.array(values, dtype=np.float64)
        return table_of(columns)

    def _when(self, places: NDArray[Any]) -> pa.Array:
        """Quarters by their places, of which one stands before the other."""
        return self._text(places, [quarter_text(quarter) for quarter in self.quarters], ordered=True)

    @staticmethod
    def _text(codes: NDArray[Any], words: Sequence[str], ordered: bool = False) -> pa.Array:
        return labels_of(np.asarray(codes, dtype=np.int16), words, ordered=ordered)

    # --- keeping it for a resumed batch ---

    def packed(self) -> bytes:
        """The aggregate as it stands, as bytes that `absorb` understands."""
        with self._lock:
            kept: dict[str, NDArray[Any]] = {
                "blocks": np.array(sorted(self.blocks), dtype=np.int64),
                "runs": np.array([self.runs, self._by_power.outside, self._by_state.outside]),
                "outcomes": self._outcomes.copy(),
                "offers": self._offers.copy(),
                "answers": self._answers.copy(),
            }
            for name, counted in (("power", self._by_power), ("state", self._by_state)):
                filled = counted.filled_bins()
                kept |= {f"{name}_bins": filled, f"{name}_counts": counted.histogram[filled]}
                kept |= {f"{name}_sums": counted.sums.copy()}
                kept |= {f"{name}_least": counted.least.copy(), f"{name}_most": counted.most.copy()}
        sink = io.BytesIO()
        np.savez(sink, **kept)  # type: ignore[arg-type]
        return sink.getvalue()

    def restore(self, path: Path) -> bool:
        """Take up a aggregate written by `save`; False, and nothing taken, if there is none that can be read."""
        try:
            with open_regular(path) as handle:
                return self.absorb(handle.read())
        except OSError:
            return False

    def absorb(self, data: bytes) -> bool:
        """Add what another aggregate of the same scenario counted, given as its `packed` bytes.

        Returns False, and adds nothing, where the bytes cannot be read, or hold a block that is counted already.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as kept:
                parts = {name: kept[name] for name in kept.files}
            blocks = set(parts["blocks"].tolist())
            mine = {"outcomes": self._outcomes, "offers": self._offers, "answers": self._answers}
            for name, counted in (("power", self._by_power), ("state", self._by_state)):
                mine |= {f"{name}_least": counted.least, f"{name}_most": counted.most}
            fits = all(parts[name].shape == counted.shape for name, counted in mine.items())
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error):
            return False
        with self._lock:
            if not fits or blocks & self.blocks:
                return False
            self.blocks |= blocks
            runs, power_outside, state_outside = parts["runs"].tolist()
            self.runs += runs
            self._by_power.outside += power_outside
            self._by_state.outside += state_outside
            self._outcomes += parts["outcomes"]
            self._offers += parts["offers"]
            self._answers += parts["answers"]
            for name, counted in (("power", self._by_power), ("state", self._by_state)):
                counted.histogram[parts[f"{name}_bins"]] += parts[f"{name}_counts"]
                counted.sums += parts[f"{name}_sums"]
                np.minimum(counted.least, parts[f"{name}_least"], out=counted.least)
                np.maximum(counted.most, parts[f"{name}_most"], out=counted.most)
        return True


def warm_up(runs: int | None = None) -> None:
    """Compile the counting of so many runs before they are timed."""
    _Histograms(BY_POWER, 1, 1, runs).add(np.zeros((1, 1, 1, 1, len(BY_POWER), 1)))
