"""One scenario in many variants, each set against it on the same luck: the baseline is played once for all of them."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.effect_tables import effect_table
from sim.analysis.identity import rests_on
from sim.analysis.kept_tables import KeptTables, noted_in
from sim.analysis.observables import cut, observed
from sim.analysis.paired import Finals, Label, Resampling, holm, joined, paired
from sim.analysis.paired_request import PairedRequest
from sim.batch.identity import digest_of
from sim.batch.outcomes import thresholds
from sim.batch.plan import plain_scenario
from sim.batch.worker import Tell, Work
from sim.engine.ensemble import prepare
from sim.io.shapes import inside
from sim.model.variables import OUTCOME_CHANGED
from sim.scenario.calendar import quarter_text
from sim.scenario.scenario import Scenario, evidence_of

if TYPE_CHECKING:
    import pandas as pd

VARIANTS_FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Variant:
    """The scenario with something changed, after how many quarters it is looked at, and which outcomes are.

    keys: what its rows are marked with, by column.
    """

    keys: Mapping[str, str]
    scenario: Scenario
    after: tuple[int, ...]
    keep: Callable[[Label], bool] = lambda _: True


class Variants:
    """Variants of one scenario; runs and seed are the scenario's own."""

    def __init__(self, base: Scenario, variants: Sequence[Variant], level: float) -> None:
        self.base, self.variants, self.level = base, variants, level
        self.evidence = evidence_of(base)
        self.after = sorted({after for variant in variants for after in variant.after})

    def identity(self) -> dict[str, Any]:
        """Everything the tables depend on."""
        return {
            "format": VARIANTS_FORMAT,
            "scenario": plain_scenario(self.base),
            "variants": [[dict(one.keys), plain_scenario(one.scenario), list(one.after)] for one in self.variants],
            "level": self.level,
            **rests_on(self.evidence),
        }

    def tables(self, workers: int, tell: Tell | None, kept: KeptTables) -> "list[pd.DataFrame]":
        """One table a variant, in their order; those that are kept are not made again."""
        runs, count = self.base.runs, len(self.variants)
        work = Work(self.base.name, kept.place, tell, kept.save, runs * (count + 1))
        work.prepare()
        missing = [number for number in range(count) if number not in kept.found]
        if missing:
            with work.kept_whatever_happens():
                reference = self._finals(self.base, self.after)
            resampling = Resampling(runs, self.base.seed)
            work.unkept = runs  # the reference
            work.done = runs * len(kept.found) + runs

            def one_variant(number: int) -> None:
                kept.add(number, self._table(self.variants[number], reference, resampling), work, runs)

            work.play(missing, one_variant, workers)
            kept.save()
        return [kept.found[number] for number in range(count)]

    def _finals(self, scenario: Scenario, after: Sequence[int]) -> dict[int, Finals]:
        """What the runs came to after each so many quarters; nothing is played beyond the last."""
        prepared = prepare(replace(scenario, end=scenario.start + max(after) - 1), self.evidence)
        lines = thresholds(prepared.values)
        parts: dict[int, list[Finals]] = {quarters: [] for quarters in after}
        for block in prepared.run_blocks(0, scenario.runs):
            for quarters in after:
                parts[quarters].append(observed(cut(block, quarters), lines))
        return {quarters: joined(several) for quarters, several in parts.items()}

    def _table(self, variant: Variant, reference: Mapping[int, Finals], resampling: Resampling) -> "pd.DataFrame":
        import pandas as pd

        found = self._finals(variant.scenario, variant.after)
        tables = []
        for quarters, mine in found.items():
            table = self._differences(reference[quarters], mine, variant, resampling)
            table.insert(0, "quarter", quarter_text(self.base.start + quarters - 1))
            tables.append(table)
        table = pd.concat(tables, ignore_index=True)
        for place, (key, value) in enumerate(variant.keys.items()):
            table.insert(place, key, value)
        return table

    def _differences(self, before: Finals, after: Finals, variant: Variant, resampling: Resampling) -> "pd.DataFrame":
        assert before.words is not None
        assert after.words is not None
        changed = (before.words != after.words).astype(np.float64)
        one = np.concatenate([before.values, np.zeros_like(changed)], axis=1)
        two = np.concatenate([after.values, changed], axis=1)
        labels = [*before.labels, *(Label(state, OUTCOME_CHANGED, "") for state in before.states)]
        touched = float((one != two).any(axis=1).mean())
        wanted = [place for place, label in enumerate(labels) if variant.keep(label)]
        picked = [labels[place] for place in wanted]
        found = paired(one[:, wanted], two[:, wanted], resampling, self.level)
        table = effect_table(picked, found, self.base.runs).drop(columns="needed")
        table["touched"] = touched
        table["clear"] = holm(table["p"].to_numpy()) < 1.0 - self.level
        return table


@contextlib.contextmanager
def tables_of(work: Variants, word: str, request: PairedRequest, progress: Tell | None) -> Iterator["pd.DataFrame"]:
    """The tables of all variants in one, noted under a name of its own while they are made; the notes go at the end.

    word: what the notes are called after. Used as a context, so that what is written is written before the notes go.
    """
    import pandas as pd

    of = digest_of(work.identity())
    place = None if request.folder is None else inside(request.folder, f"{word}-{work.base.name[:60]}-{of[:10]}")
    with contextlib.nullcontext() if place is None else noted_in(place):
        tables = work.tables(request.workers, progress, KeptTables(place, "", len(work.variants), of))
        yield pd.concat(tables, ignore_index=True)
