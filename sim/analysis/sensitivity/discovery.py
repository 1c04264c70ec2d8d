"""Scenario discovery: in which worlds does something happen? PRIM and feature scores, through the EMA Workbench.

The workbench is large and stays optional. This room is the only one that knows it, and says how to get it where it is
missing; what it gives back are plain tables.
"""

import inspect
import logging
import warnings
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.sensitivity.factors import DUMMY
from sim.io.errors import input_error

if TYPE_CHECKING:
    from sim.analysis.sensitivity.experiment import Discover

INSTALL = "pip install 'multivector[discovery]'"
MISSING = f"scenario discovery needs the EMA Workbench, which is not installed; it comes with: {INSTALL}"
_FEWEST = 20  # worlds of either sort without which a box would describe accidents
_SIGNIFICANT = 0.05
_SMALLEST_BOX = 0.05  # part of all worlds
_TREES = 200
_MOST_RESTRICTED = 8  # factors, more than which no reader keeps in mind


@dataclass(frozen=True, kw_only=True)
class Discovery:
    """A box of worlds found by PRIM.

    - box: factor, low, high (limits of the box), least, most (ends of the range), quasi_p
    - path: coverage, density, mass, restricted; from all worlds to the smallest box, the chosen box last
    - scores: factor, value; how much each factor tells about the outcome
    """

    words: str
    rate: float  # part of all worlds in which it happens
    coverage: float  # part of those worlds that lies inside the box
    density: float  # part of the box that is such worlds
    chosen: int  # place of the box on the path
    box: pd.DataFrame
    path: pd.DataFrame
    scores: pd.DataFrame


def available() -> bool:
    """Whether the EMA Workbench can be imported."""
    from importlib.util import find_spec

    return find_spec("ema_workbench") is not None


def discover(
    worlds: pd.DataFrame, outcome: NDArray[np.float64], ask: "Discover", box: int | None = None, seed: int = 0
) -> Discovery:
    """Find the box of worlds in which an outcome is as asked.

    Parameters
    ----------
    worlds
        One row a point, one column a factor.
    outcome
        The mean over replicates at each point.
    ask
        The outcome and the least, or the most, it should be.
    box
        Which box of the path to take, 0 for all worlds; unless told otherwise the one with the best balance (harmonic
        mean) of coverage and density.
    seed
        For the trees behind the scores.

    Raises
    ------
    sim.io.errors.InputError
        If the EMA Workbench is missing, or there are too few worlds of one sort.
    """
    happens = outcome >= ask.least if ask.least is not None else outcome <= (ask.most or 0.0)
    check_both_sorts(ask, happens)
    with warnings.catch_warnings():  # the workbench uses parts of other libraries that are on their way out
        warnings.simplefilter("ignore")
        return _discover(worlds, happens, ask, box, seed)


def _discover(
    worlds: pd.DataFrame, happens: NDArray[np.bool_], ask: "Discover", box: int | None, seed: int
) -> Discovery:
    prim, scoring = _workbench()
    scores, _ = scoring.get_ex_feature_scores(worlds, happens.astype(int), nr_trees=_TREES, random_state=seed)
    scores = pd.DataFrame({"factor": scores.index.astype(str), "value": scores.to_numpy()[:, 0]})
    scores = scores.sort_values("value", ascending=False, kind="stable", ignore_index=True)
    found = _find(prim, worlds[_telling(scores)], happens)
    peeled = len(found.peeling_trajectory)
    if box is None:
        chosen = _best_plain(found)
    else:
        chosen = _without_accidents(found, min(box, peeled - 1))
    path = _path(found)
    path = pd.concat([path.iloc[:peeled], path.iloc[[chosen]]], ignore_index=True)
    limits, chosen = _limits(found, chosen), peeled
    return Discovery(
        words=ask.words,
        rate=float(happens.mean()),
        coverage=float(path["coverage"].iloc[chosen]),
        density=float(path["density"].iloc[chosen]),
        chosen=chosen,
        box=limits,
        path=path,
        scores=scores,
    )


def check_both_sorts(ask: "Discover", happens: NDArray[np.bool_]) -> None:
    """There are enough worlds in which it happens, and enough in which it does not."""
    count = int(happens.sum())
    if min(count, len(happens) - count) < _FEWEST:
        found = f"{count:,} of {len(happens):,} worlds"
        allowed = f"at least {_FEWEST} in which it holds and {_FEWEST} in which it does not"
        raise input_error("discover", f"'{ask.words}'", found=found, allowed=allowed)


def _workbench() -> tuple[Any, Any]:
    """The two modules that are used, or the word how to get them."""
    try:
        modules = [import_module(f"ema_workbench.analysis.{name}") for name in ("prim", "feature_scoring")]
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "ema_workbench":
            raise
        raise input_error("discover", MISSING) from None
    logging.getLogger("EMA").setLevel(logging.ERROR)
    return modules[0], modules[1]


def _telling(scores: pd.DataFrame) -> list[str]:
    """The factors that tell more about the outcome than the dummy does, and of them the few that tell most.

    Peeling takes a thin slice at a time. Among a hundred factors it takes one here and one there, none of which means
    anything by itself; among the few that matter it goes on where it began.
    """
    dummy = scores.loc[scores["factor"] == DUMMY, "value"]
    floor = float(dummy.iloc[0]) if len(dummy) else 0.0
    telling = scores.loc[scores["value"] > floor, "factor"]
    return [str(name) for name in telling.head(_MOST_RESTRICTED)]


def _find(prim: Any, worlds: pd.DataFrame, happens: NDArray[np.bool_]) -> Any:
    options: dict[str, Any] = {"mass_min": _SMALLEST_BOX}
    if "threshold" in inspect.signature(prim.Prim).parameters:  # version 2; later ones have none
        options["threshold"] = 1e-6
    return prim.Prim(worlds.astype(float), happens.astype(int), **options).find_box()


def _path(found: Any) -> pd.DataFrame:
    """The boxes in the order in which they were made."""
    path: pd.DataFrame = found.peeling_trajectory[["coverage", "density", "mass", "res_dim"]].astype(float)
    return path.rename(columns={"res_dim": "restricted"}).reset_index(drop=True)


def _balance(path: pd.DataFrame) -> NDArray[np.float64]:
    """Harmonic mean of coverage and density of every box."""
    both = path["coverage"] + path["density"]
    balance: NDArray[np.float64] = (2 * path["coverage"] * path["density"] / both.where(both > 0, 1.0)).to_numpy()
    return balance


def _best_plain(found: Any) -> int:
    """The best balanced box once every restriction that chance could have made is taken back.

    Of the boxes with the same number of restricted factors only the best is looked at.
    """
    path = _path(found).assign(balance=_balance(_path(found)))
    starts = path.groupby("restricted")["balance"].idxmax()
    pruned = [_without_accidents(found, int(start)) for start in starts]
    return max(pruned, key=lambda box: float(_balance(_path(found))[box]))


def _chances(found: Any, box: int) -> dict[str, Any]:
    """Factor -> quasi-p of its lower and upper limit; what is not restricted has none."""
    values: dict[str, Any] = (found.p_values if hasattr(found, "p_values") else found.qp)[box]
    return values


def _chance(values: Any) -> float:
    """The quasi-p of a restriction: the smaller of its two limits', nan where there is none."""
    real = [float(value) for value in values if value is not None and 0.0 <= float(value) <= 1.0]
    return min(real) if real else float("nan")


def _without_accidents(found: Any, box: int) -> int:
    """Take back restrictions that chance could have made (quasi-p above 0.05), worst first."""
    while True:
        worst = {name: _chance(values) for name, values in _chances(found, box).items()}
        worst = {name: chance for name, chance in worst.items() if chance > _SIGNIFICANT}
        if not worst:
            return box
        found.drop_restriction(max(worst, key=lambda name: worst[name]), box)
        box = len(found.peeling_trajectory) - 1


def _limits(found: Any, box: int) -> pd.DataFrame:
    """The restricted factors, the surest first."""
    limits, whole = found.box_lims[box], found.box_lims[0]
    rows = []
    for name, values in _chances(found, box).items():
        low, high = (float(value) for value in limits[name])
        least, most = (float(value) for value in whole[name])
        row = {"factor": str(name), "low": low, "high": high, "least": least, "most": most}
        rows.append(row | {"quasi_p": _chance(values)})
    columns = ["factor", "low", "high", "least", "most", "quasi_p"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("quasi_p", kind="stable", ignore_index=True)
