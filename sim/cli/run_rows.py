"""The closing table of `multivector run` as rows, for `--json`."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sim.model.variables import HEADLINES

if TYPE_CHECKING:
    from sim.batch.answers import Answer
    from sim.batch.results import Results

Row = dict[str, Any]


def rows_of_runs(several: Sequence["Results"]) -> dict[str, list[Row]]:
    """Outcome words at the end, what people ask for first, offers of events, and what the spread is due to."""
    told: dict[str, list[Row]] = {"outcomes": [], "ends": [], "laid": [], "variance": []}
    for one in several:
        whose = {"scenario": one.name, "seed": one.manifest["seed"]}
        told["outcomes"] += [whose | row for row in one.final_outcomes().to_dict("records")]
        told["ends"] += [whose | row for row in _ends(one)]
        for name in ("laid", "variance"):
            if name in one.tables:
                told[name] += [whose | row for row in getattr(one, name).to_dict("records")]
    return {name: rows for name, rows in told.items() if rows}


def _ends(one: "Results") -> Iterator[Row]:
    """Means and quantiles in the last quarter, with the mean in the first as `start`."""
    bands, quarters = one.bands, one.manifest["quarters"]
    bands = bands[bands["measure"].isin(HEADLINES)]
    by = ["state", "measure", "power"]
    starts = bands[bands["quarter"] == quarters[0]].set_index(by)["mean"].to_dict()
    for row in bands[bands["quarter"] == quarters[-1]].to_dict("records"):
        yield {**row, "quarter": quarters[-1], "start": starts.get(tuple(row[key] for key in by))}


def rows_of_answers(answers: Sequence[tuple["Results", "Answer"]]) -> list[Row]:
    """A row a question and batch."""
    return [{"scenario": one.name, "seed": one.manifest["seed"], **vars(answer)} for one, answer in answers]
