"""A batch in a few numbers: for the closing table, the README of a results folder and `summary.json`."""

from typing import TYPE_CHECKING, Any

from sim.batch.outcomes import split_word
from sim.batch.variance import ENDED

if TYPE_CHECKING:
    import pandas as pd

    from sim.batch.results import Results

_DIGITS = 6  # of shares and amounts in JSON; more than the number of runs supports


def summary_of(results: "Results") -> dict[str, Any]:
    """What came out, as plain data for JSON: outcomes and alignment at the end, and what the spread is due to.

    Shares are shares of runs, 0..1; alignment is the mean over runs with the range of nine in ten.
    """
    last = results.manifest["quarters"][-1]
    final, bands = results.final_outcomes(), results.bands
    bands = bands[(bands["quarter"] == last) & (bands["measure"].isin(["alignment", "effective_partners"]))]
    states: dict[str, Any] = {}
    for code, name in results.states.items():
        rows = final[final["state"] == code]
        mine = bands[bands["state"] == code]
        shares = mine[mine["measure"] == "alignment"].set_index("power")
        partners = mine[mine["measure"] == "effective_partners"].iloc[0]
        states[code] = {
            "name": name,
            "outcomes": {str(row.outcome): _short(row.share) for row in rows.itertuples()},
            "balancing_ended": _short(share_ended(rows)),
            "alignment": {power: _band(shares.loc[power]) for power in results.powers},
            "effective_partners": _band(partners),
        }
    told: dict[str, Any] = {
        "scenario": results.name,
        "title": results.title,
        "note": results.manifest["note"],
        "runs": results.number_of_runs,
        "seed": results.manifest["seed"],
        "end": last,
        "states": states,
    }
    if results.manifest["lucks_per_draw"] > 1:
        told["variance"] = {
            "lucks_per_draw": results.manifest["lucks_per_draw"],
            "numbers_drawn": len(results.manifest["numbers_drawn"]),
            "shares": [_split(row) for row in results.variance.to_dict("records")],
        }
    return told


def share_ended(rows: "pd.DataFrame") -> float:
    """Share of runs in which a state has stopped balancing, out of its rows of `final_outcomes`."""
    return float(sum(row.share for row in rows.itertuples() if split_word(str(row.outcome))[0].ends_multi_vectorism))


def variance_lines(results: "Results") -> list[str]:
    """Shares of variance due to numbers as lines of text, one for each state and measure that people ask for first."""
    table = results.variance
    if table.empty:
        return ["not told: there are too few draws, or nothing varies"]
    asked = table[table["measure"].isin([ENDED, "effective_partners", "alignment"])]
    return [
        f"{row.state:<8} {_words(row):<28} {share_of_numbers(row)}"
        for row in asked.sort_values(["state", "measure", "power"], kind="stable").itertuples()
    ]


def share_of_numbers(row: Any) -> str:
    """A share of variance with its interval, in per cent."""
    low, high = 100 * row.numbers_low, 100 * row.numbers_high
    return f"{100 * row.numbers:.0f} % ({low:.0f}–{high:.0f})"


def _words(row: Any) -> str:
    return f"{row.measure.replace('_', ' ')} {row.power}".strip()


def _band(row: "pd.Series[Any]") -> dict[str, float]:
    return {name: _short(row[name]) for name in ("mean", "p5", "p50", "p95")}


def _split(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(name): _short(value) if isinstance(value, float) else value for name, value in row.items()}


def _short(value: Any) -> float:
    return float(f"{float(value):.{_DIGITS}g}")
