"""What a sweep leaves: a folder with its manifest, and the tables in it, read when they are first asked for."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.analysis.sensitivity.design_kinds import DesignKind
from sim.batch import results as batch_results
from sim.batch.manifest import COMMON, MOST_ROWS
from sim.batch.results import FinishedFolder, opened_manifest
from sim.io.arguments import path_given
from sim.io.extras import optional
from sim.io.limits import LARGEST_SEED
from sim.io.shapes import ANYTHING, NAME, TEXT, Fault, group, list_of, map_of, one_of, or_nothing, whole

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]

SWEEP_FORMAT = 2
"""How the folder of a sweep is laid out. In format 1 `luck_alone` was called luck, which means more everywhere else."""

_FACTOR = group({"name": TEXT})


def _outcome(value: Any, key: str) -> Iterator[Fault]:
    yield from () if isinstance(value, str) else _FACTOR(value, key)


SWEEP = dataclasses.replace(
    batch_results.SWEEP,
    layouts=(1, SWEEP_FORMAT),
    shape=group(
        {
            **COMMON,
            **dict.fromkeys(("question", "note", "hash"), TEXT),
            "seed": whole(0, LARGEST_SEED),
            "replicates": whole(1, MOST_ROWS),
            "points": whole(0, MOST_ROWS),
            "design": group({"kind": one_of(*(kind.word for kind in DesignKind))}),
            "screen": or_nothing(map_of(ANYTHING)),
            "factors": list_of(_FACTOR, fewest=1),
            "outcomes": list_of(_outcome, fewest=1),
            "states": map_of(TEXT, NAME),
            "powers": map_of(TEXT, NAME),
        }
    ),
)


def read_outputs(path: Path, replicates: int) -> dict[str, Floats]:
    """The answers of a finished design: outcome -> float64 [points, replicates]."""
    table = pq.read_table(path)
    names = [name for name in table.column_names if name not in {"point", "replicate"}]
    return {name: table[name].to_numpy().reshape(-1, replicates) for name in names}


@dataclass(frozen=True, repr=False)
class Sweep(FinishedFolder):
    """The finished folder of a sweep; its tables are read when they are first asked for."""

    @property
    def kind(self) -> DesignKind:
        """Which design was run."""
        return DesignKind[self.manifest["design"]["kind"].upper().replace("-", "_")]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What was asked of every run, by name."""
        return tuple(one if isinstance(one, str) else one["name"] for one in self.manifest["outcomes"])

    @property
    def factors(self) -> dict[str, dict[str, Any]]:
        """What varied, by name, the dummy last."""
        return {factor["name"]: factor for factor in self.manifest["factors"]}

    @cached_property
    def design(self) -> pd.DataFrame:
        """One row a point, one column a factor."""
        return self._read("design")

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row a run: point, replicate, and the answers."""
        return self._read("outcomes")

    @cached_property
    def means(self) -> pd.DataFrame:
        """One row a point: the factors, and the answers averaged over replicates."""
        values = read_outputs(self.path_of("outcomes.parquet"), int(self.manifest["replicates"]))
        return self.design.assign(**{name: value.mean(axis=1) for name, value in values.items()})

    @cached_property
    def indices(self) -> pd.DataFrame:
        """Influence of each factor on each outcome, with intervals (see `sim.analysis.sensitivity.indices.INDICES`)."""
        return self._read("indices")

    @cached_property
    def interactions(self) -> pd.DataFrame:
        """Second order indices of pairs of factors."""
        return self._read("interactions")

    @cached_property
    def noise(self) -> pd.DataFrame:
        """How the variance of each outcome divides between parameters and luck."""
        return self._read("noise").rename(columns={"luck": "luck_alone"})

    @cached_property
    def convergence(self) -> pd.DataFrame:
        """Whether the sample was large enough, and how large it would have to be."""
        return self._read("convergence")

    @cached_property
    def refused(self) -> pd.DataFrame:
        """Outcomes that cannot be analysed, and why."""
        return self._read("refused")

    @cached_property
    def screening(self) -> pd.DataFrame:
        """Influence of every factor in the screening pass; empty where there was none."""
        return self._read("screen-indices") if self.manifest["screen"] else self.indices.iloc[:0]

    def to_xarray(self) -> "xarray.Dataset":
        """The answers as labelled arrays [point, replicate], with the factors as coordinates of the points.

        Raises
        ------
        sim.io.errors.InputError
            If xarray is not installed.
        """
        library = optional("xarray", "xarray", "to_xarray", "labelled arrays need")
        values = read_outputs(self.path_of("outcomes.parquet"), int(self.manifest["replicates"]))
        coordinates = {name: ("point", self.design[name].to_numpy()) for name in self.factors}
        told = {key: self.manifest[key] for key in ("name", "title", "question", "note", "seed")}
        arrays = {name: (("point", "replicate"), value) for name, value in values.items()}
        dataset: xarray.Dataset = library.Dataset(arrays, coords=coordinates, attrs=told)
        return dataset


def load_sweep(folder: Path | str) -> Sweep:
    """Open the folder of a finished sweep.

    Raises
    ------
    sim.io.errors.InputError
        If the folder is missing, was never finished, is none of a sweep, or holds anything that was changed since.
    """
    folder = path_given("load_sweep", "folder", folder)
    return Sweep(folder, opened_manifest(folder, SWEEP))
