"""One scenario run on several seeds: what each says, and whether they differ by more than luck within a batch would.

Each seed is a batch of its own, in a folder of its own; nothing is pooled.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.paired import Label, finals_of
from sim.analysis.result_pairs import kept_columns
from sim.io.errors import input_error, shown_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from sim.batch.results import Results


def across_seeds(several: Sequence[Results]) -> pd.DataFrame:
    """The means of all outcomes by seed, one row an outcome and seed.

    Parameters
    ----------
    several
        Results of one scenario, each with another seed, as `sim.run(scenario, seed=[0, 1, 2])` gives them.

    Returns
    -------
    pandas.DataFrame
        `state`, `measure`, `power` ("" for a state alone), `seed`, `runs`, `value` (mean over the runs of the seed),
        and of all seeds together `mean`, `lowest`, `highest`, `spread` (standard deviation between seeds) and `luck`
        (what it would be if seeds differed by the luck of so many runs alone).

    Raises
    ------
    sim.io.errors.InputError
        If there are fewer than two, or they are not of one scenario with seeds of their own.
    """
    import pandas as pd

    check_seeds(several)
    found = [means_of(one) for one in several]
    rows = []
    for label in found[0]:
        values = np.array([one[label][0] for one in found])
        errors = np.array([one[label][1] for one in found])
        together = {
            "mean": float(values.mean()),
            "lowest": float(values.min()),
            "highest": float(values.max()),
            "spread": float(values.std(ddof=1)),
            "luck": float(math.sqrt((errors**2).mean())),
        }
        rows += [
            {**label._asdict(), "seed": one.manifest["seed"], "runs": one.number_of_runs, "value": value, **together}
            for one, value in zip(several, values.tolist(), strict=True)
        ]
    return pd.DataFrame(rows)


def means_of(results: Results) -> Mapping[Label, tuple[float, float]]:
    """The mean of each outcome over the runs of one seed, and the standard error of that mean; nan of one run."""
    found = {}
    for state in results.states:
        columns = kept_columns(results, state, tuple(results.powers), results.number_of_runs)
        finals = finals_of(columns, (state,), tuple(results.powers))
        runs, lucks = finals.runs, int(results.manifest["lucks_per_draw"])
        draws = runs // lucks
        apart = finals.values[: draws * lucks].reshape(draws, lucks, -1).mean(axis=1)  # runs of a draw hang together
        errors = apart.std(axis=0, ddof=1) / math.sqrt(draws) if draws > 1 else np.full(apart.shape[1], math.nan)
        for label, mean, error in zip(finals.labels, finals.values.mean(axis=0), errors, strict=True):
            found[label] = float(mean), float(error)
    return found


def check_seeds(several: Sequence[Results]) -> None:
    """What is set side by side is one question, asked on different luck."""
    if len(several) < 2:
        raise input_error("across_seeds", "seeds are compared with two or more", found=f"{len(several)}")
    seen: dict[int, Results] = {}
    for one in several:
        seed = int(one.manifest["seed"])
        if _question(one) != _question(several[0]):
            raise input_error(
                shown_path(one.folder),
                "seeds are compared within one question: the same scenario, evidence and code",
                found=one.name,
                allowed=f"what {shown_path(several[0].folder)} holds, with another seed",
            )
        if seed in seen:
            raise input_error(shown_path(one.folder), "this seed is there already", found=f"seed {seed}")
        seen[seed] = one


def _question(one: Results) -> object:
    """What results depend on, but for the seed, the number of runs and how much of their course is kept."""
    identity = dict(one.manifest["identity"])
    scenario = {key: value for key, value in identity.pop("scenario").items() if key not in ("seed", "runs")}
    return scenario, {key: value for key, value in identity.items() if key in ("engine", "evidence", "code", "format")}
