"""A batch in a few numbers, and its columns in words: closing table, README of a results folder, `summary.json`."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.batch.outcomes import split_word
from sim.batch.rows import Row, bands_at, final_rows, rows_at
from sim.model.fields import KINDS, Kind
from sim.model.variable import Origin, Reduction
from sim.model.variables import (
    BALANCING_ENDED,
    BY_NAME,
    BY_POWER,
    HEADLINES,
    MEAN,
    MEASURES,
    OFFER_TOTALS,
    OUTCOME,
    QUANTITIES,
    SUM,
    VARIABLES,
    in_words,
    kept_of_a_run,
)

if TYPE_CHECKING:
    from sim.batch.results import Results

MOST_LAID = 20  # offers of events that a closing table tells one by one
_DIGITS = 6  # of shares and amounts in JSON; more than the number of runs supports


def summary_of(results: "Results") -> dict[str, Any]:
    """What came out, as plain data for JSON: outcomes and alignment at the end, and what the spread is due to.

    Shares are shares of runs, 0..1; alignment is the mean over runs with the range of nine in ten.
    """
    last = results.manifest["quarters"][-1]
    final, bands = final_rows(results), bands_at(results, last)
    states: dict[str, Any] = {}
    for code, name in results.states.items():
        states[code] = {
            "name": name,
            "outcomes": {row["outcome"]: _short(row["share"]) for row in final[code]},
            BALANCING_ENDED: _short(share_ended(final[code])),
        }
        for measure in sorted(name for name in HEADLINES if name in QUANTITIES):
            powers = results.powers if measure in BY_POWER else ()
            by_power = {power: _band(bands[code, measure, power]) for power in powers}
            states[code][measure] = by_power or _band(bands[code, measure, ""])
    told: dict[str, Any] = {
        "scenario": results.name,
        "title": results.title,
        "note": results.manifest["note"],
        "runs": results.number_of_runs,
        "seed": results.manifest["seed"],
        "end": last,
        "readings": results.readings,
        "remarks": remarks_on(results),
        "states": states,
    }
    if results.manifest["lucks_per_draw"] > 1:
        told["variance"] = {
            "lucks_per_draw": results.manifest["lucks_per_draw"],
            "numbers_drawn": len(results.manifest["numbers_drawn"]),
            "shares": [_split(row) for row in results.variance.to_dict("records")],
        }
    return told


def share_ended(rows: Sequence[Row]) -> float:
    """Share of runs in which a state has stopped balancing, out of its rows of `sim.batch.rows.final_rows`."""
    return float(sum(row["share"] for row in rows if split_word(row["outcome"])[0].ends_multi_vectorism))


def remarks_on(results: "Results") -> list[str]:
    """What a reader of the numbers should know beside them, a line each; usually nothing."""
    outside = int(results.manifest.get("outside_histograms", 0))
    if not outside:
        return []
    counted = "1 value of all runs lies" if outside == 1 else f"{outside:,} values of all runs lie"
    return [
        f"{counted} beyond what is counted finely; quantiles among them are read off the way from there to the "
        "farthest, and a mean too large to be summed is left empty"
    ]


def laid_lines(results: "Results") -> list[str]:
    """In how many runs each offer that an event lays on the table is taken, a line each; none where none is laid."""
    return [": ".join(pair) for pair in laid_in_words(results)]


def laid_in_words(results: "Results") -> list[tuple[str, str]]:
    """The same as pairs: the offer, and how often it is taken with the interval of that."""
    if "laid" not in results.tables:
        return []
    told = []
    for row in rows_at(results, "laid"):
        offer = offer_in_words(row)
        if not row["laid"]:
            told.append((offer, "never laid on the table"))
            continue
        shares = (100 * row[name] for name in ("share", "low", "high"))
        told.append((offer, "taken in {:.0f} % ({:.0f} to {:.0f} %)".format(*shares) + f" of {row['laid']:,} runs"))
    return told


def offer_in_words(row: Mapping[str, Any]) -> str:
    """An offer that an event lays on the table, out of its row of `laid`: when, who to whom, what, how much."""
    when = row["quarter"] if row["latest"] == row["quarter"] else f"{row['quarter']} to {row['latest']}"
    size = f"{row['size']:.4g} {'points' if row['kind'] == KINDS[Kind.SECURITY] else 'bn USD'}"
    return f"{when} {row['power']} to {row['state']}, {row['kind']}, {size}"


def variance_lines(results: "Results") -> list[str]:
    """Shares of variance due to numbers as lines of text, one for each state and measure that people ask for first."""
    table = results.variance
    if table.empty:
        return ["not told: there are too few draws, or nothing varies"]
    asked = table[table["measure"].isin(HEADLINES)]
    return [
        f"{row.state:<8} {in_words(row.measure, row.power):<28} {share_of_numbers(row)}"
        for row in asked.sort_values(["state", "measure", "power"], kind="stable").itertuples()
    ]


def share_of_numbers(row: Any) -> str:
    """A share of variance with its interval, in per cent."""
    low, high = 100 * row.numbers_low, 100 * row.numbers_high
    return f"{100 * row.numbers:.0f} % ({low:.0f}–{high:.0f})"


def _band(row: Row) -> dict[str, float]:
    return {name: _short(row[name]) for name in ("mean", "p5", "p50", "p95")}


def _split(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(name): _short(value) if isinstance(value, float) else value for name, value in row.items()}


def _short(value: Any) -> float:
    return float(f"{float(value):.{_DIGITS}g}")


# --- columns in words ------------------------------------------------------------------------------------------------


def columns_in_words(final_quarters: int) -> dict[str, str]:
    """What the README of a results folder says of the columns, each part under its name in `results_readme.txt`."""
    last = f"over the last {final_quarters} quarters"
    judged = [one for one in VARIABLES if one.origin is Origin.JUDGED and one.name != OUTCOME]
    mean = {one.name: f", mean {last}" for one in judged if one.summary is MEAN}
    totals = [BY_NAME[name] for name in OFFER_TOTALS]
    parts = {
        "series_columns": [_row(BY_NAME[name].column, BY_NAME[name].explained) for name in MEASURES],
        "runs_columns": [
            *(_row(f"{one.name}_*", one.explained + mean.get(one.name, "")) for one in judged),
            *_listed(f"means {last}", MEAN),
            *_listed("sums over the run", SUM),
        ],
        "offers_columns": [
            "  " + ", ".join(["state", "power", "kind", "unit", *(one.name for one in totals if one.by_offer)]),
            *(_row(one.name, one.explained) for one in totals if not one.by_offer),
        ],
        "ended": [f"  {BALANCING_ENDED}: {BY_NAME[BALANCING_ENDED].explained}"],
    }
    return {name: "\n".join(lines) for name, lines in parts.items()}


def _row(column: str, meaning: str) -> str:
    return f"  {column:<20} {meaning}"


def _listed(what: str, summary: Reduction) -> list[str]:
    """Columns of `runs.parquet` that recorded measures are summed up in, below a line that says how."""
    columns = [f"{name}_*" for name in kept_of_a_run("i", summary)]
    columns += [f"{name}_*_<power>" for name in kept_of_a_run("ij", summary)]
    return [f"  {what}:", *textwrap.wrap(", ".join(columns), 110, initial_indent="    ", subsequent_indent="    ")]
