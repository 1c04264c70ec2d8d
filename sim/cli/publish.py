"""What of a sweep is shipped beside its experiment file: figures, small tables, and influence.

A figure is shipped once, as a light PNG; its rows stand in a table, and in one only. Raw runs and figures for print
are not shipped; the command that makes them again is. `influence.csv` has one row a number of the model and is what
`multivector trace` reads. The numbers that the README quotes are written anew from the tables.
"""

import shutil
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from sim.analysis.sensitivity.discovery import Discovery
from sim.analysis.sensitivity.factors import DUMMY
from sim.analysis.sensitivity.sweep_results import Sweep
from sim.cli.cited_numbers import README, renewed
from sim.evidence.influence import INFLUENCE
from sim.io.errors import Problems
from sim.io.readers import read_text
from sim.io.writers import table_as_csv, write_text

_SHIPPED = ("indices", "interactions", "noise", "convergence", "refused")
_MANY = 100  # factors from which a sweep speaks about the numbers of the model as a whole
_DIGITS = "%.5g"


def publish(sweep: Sweep, folder: Path, found: Sequence[Discovery] = ()) -> list[Path]:
    """Draw the figures of a sweep into the folder of its experiment and write its small tables there.

    Returns
    -------
    list
        The paths of all that was written, figures first; the README, in which only quoted numbers change, is not named.

    Raises
    ------
    sim.io.errors.InputError
        If the README quotes what is not in the tables; everything else has been written by then.
    """
    from sim.figures.pictures import write_rows
    from sim.figures.sensitivity import CAPTIONS, publish_figures

    written, rows = publish_figures(sweep, folder / "figures", found)
    tables = {name: getattr(sweep, name) for name in _SHIPPED}
    tables = {name: table for name, table in tables.items() if not table.empty}
    tables |= {"runs": _in_short(sweep), **_sums(sweep)}
    if found:
        told = ("words", "rate", "coverage", "density")
        tables["boxes"] = pd.DataFrame([{name: getattr(one, name) for name in told} for one in found])
    for number, one in enumerate(found, start=1):
        tables |= {f"box-{number}": one.box, f"path-{number}": one.path, f"scores-{number}": one.scores}
    for name, table in tables.items():
        written.append(_csv(_without_courses(table), folder / "tables" / f"{name}.csv"))
    written += [write_rows(rows[name], folder / "tables" / f"{name}.csv") for name in rows if name not in tables]
    sized = "mu_star" in set(sweep.indices["index"])  # influence is told in elementary effects
    if sweep.manifest["screen"] or (sized and len(sweep.factors) > _MANY):
        written.append(_csv(influence(sweep), folder / INFLUENCE))
    _only({*written, folder / "figures" / CAPTIONS}, folder / "figures", folder / "tables")
    page = folder / README
    if page.is_file():
        write_text(page, renewed(_text_of(page), folder))
    return written


def _text_of(page: Path) -> str:
    problems = Problems()
    text = read_text(page, problems)
    problems.raise_if_any()
    return text or ""


def _only(written: Collection[Path], *folders: Path) -> None:
    """Take away what was published before and is no longer; last, so that nothing is lost where there is no room."""
    there = [path for folder in folders if folder.is_dir() for path in folder.iterdir()]
    for path in (path for path in there if path not in written):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _csv(table: pd.DataFrame, path: Path) -> Path:
    write_text(path, table_as_csv(table, _DIGITS))
    return path


def _without_courses(table: pd.DataFrame) -> pd.DataFrame:
    """Rows for every quarter of a course are told by the figure; the tables keep the rest."""
    if "outcome" not in table:
        return table
    return table[~table["outcome"].astype(str).str.contains("@", regex=False)]


def _in_short(sweep: Sweep) -> pd.DataFrame:
    """What was run, as a table of two columns."""
    told = {
        "experiment": sweep.name,
        "scenario": (sweep.manifest["scenario"] or {}).get("name", ""),
        "design": sweep.kind.word,
        "points": sweep.manifest["points"],
        "replicates": sweep.manifest["replicates"],
        "runs": sweep.number_of_runs,
        "seed": sweep.manifest["seed"],
        "factors": len(sweep.factors) - 1,
        "evidence": str(sweep.manifest["identity"]["evidence"])[:16],
        **{f"version of {name}": version for name, version in sweep.manifest["versions"].items()},
    }
    return pd.DataFrame({"what": list(told), "value": [str(value) for value in told.values()]})


def _sums(sweep: Sweep) -> dict[str, pd.DataFrame]:
    """The sums of first and of total orders by outcome: how much is told by the factors one by one.

    What first orders lack to one is told by factors together only; totals count it once for each of them.
    """
    orders = sweep.indices[sweep.indices["index"].isin(["first", "total"])]
    if orders.empty:
        return {}
    sums = orders.pivot_table(index="outcome", columns="index", values="value", aggfunc="sum", sort=False)
    return {"sums": sums.reset_index()}


def influence(sweep: Sweep) -> pd.DataFrame:
    """One row a factor, the most influential first.

    Columns: number, rank, influence (the largest mean elementary effect over all outcomes, in standard deviations of
    the outcome), on (the outcome it is largest for), value, low, high (of the number, as they were), and for every
    outcome its elementary effect and, where it was studied closely, its total order with interval.
    """
    screened = sweep.screening if sweep.manifest["screen"] else sweep.indices
    effects = screened[screened["index"] == "mu_star"].pivot_table(
        index="factor", columns="outcome", values="value", sort=False
    )
    spread = _spread(sweep, effects.columns)
    sized = effects / spread
    table = pd.DataFrame({"influence": sized.max(axis=1), "on": sized.idxmax(axis=1)})
    known = {factor["name"]: factor for factor in _all_factors(sweep)}
    for key, source in (("value", "base"), ("low", "low"), ("high", "high")):
        table[key] = [known[name][source] if name in known else np.nan for name in table.index]
    total = sweep.indices[sweep.indices["index"] == "total"].set_index("factor")
    for outcome in effects.columns:
        table[f"{outcome} mu_star"] = sized[outcome]
        mine = total[total["outcome"] == outcome]
        for key, source in (("total", "value"), ("total_low", "low"), ("total_high", "high")):
            table[f"{outcome} {key}"] = mine[source].reindex(table.index)
    table = table.sort_values("influence", ascending=False, kind="stable")
    real = table.drop(DUMMY, errors="ignore")
    real.insert(0, "rank", range(1, len(real) + 1))
    return real.reset_index(names="number")


def _all_factors(sweep: Sweep) -> Sequence[dict[str, float]]:
    """Every factor the experiment named, also those that did not pass the screening."""
    factors: Sequence[dict[str, float]] = sweep.manifest["identity"]["experiment"]["factors"]
    return factors


def _spread(sweep: Sweep, outcomes: "pd.Index[str]") -> "pd.Series[float]":
    """Standard deviation of each outcome between the points of the screening."""
    from sim.analysis.sensitivity.sweep_results import read_outputs

    name = "screen-outcomes.parquet" if sweep.manifest["screen"] else "outcomes.parquet"
    values = read_outputs(sweep.path_of(name), int(sweep.manifest["replicates"]))
    return pd.Series({outcome: float(values[outcome].mean(axis=1).std()) for outcome in outcomes})
