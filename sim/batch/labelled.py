"""The course of runs as labelled arrays: dimensions with names, coordinates with dates, units with every quantity.

Only this room of the wing knows xarray, which is an extra: `pip install multivector[xarray]`.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.io.extras import optional
from sim.model.variables import BY_NAME, BY_POWER

if TYPE_CHECKING:
    import pandas as pd
    import xarray

_ROWS = ("run", "quarter", "state")


def labelled_series(series: "pd.DataFrame", powers: Sequence[str], about: Mapping[str, Any]) -> "xarray.Dataset":
    """The table `series` as a dataset: measures over [run, quarter, state], and some over [..., power].

    Quarters are dates, their last days, so that they can be drawn, compared and subtracted; `label` has them as text.
    Words are text, empty where there is none. What comes back can be written as netCDF.

    Parameters
    ----------
    series
        One row a run, quarter and state, in this order.
    powers
        Their codes, the last part of the names of columns by power.
    about
        Becomes the attributes of the dataset.

    Raises
    ------
    sim.io.errors.InputError
        If xarray is not installed.
    """
    library = optional("xarray", "xarray", "to_xarray", "labelled arrays need")
    import pandas as pd

    labels, states = series["quarter"].cat.categories, series["state"].cat.categories
    runs = series["run"].to_numpy()[:: len(labels) * len(states)]
    shape = (len(runs), len(labels), len(states))
    ends = pd.PeriodIndex(labels.astype(str), freq="Q").to_timestamp(how="end").normalize()
    coordinates = {
        "run": runs,
        "quarter": ("quarter", ends.to_numpy("datetime64[ns]"), {"long_name": "last day of the quarter"}),
        "label": ("quarter", labels.to_numpy(object)),
        "state": states.to_numpy(object),
        "power": np.array(powers, dtype=object),
    }
    arrays: dict[str, Any] = {}
    for name in (column for column in series.columns if column not in _ROWS):
        measure = next((one for one in BY_POWER if name in {f"{one}_{power}" for power in powers}), name)
        if measure in arrays:
            continue
        columns = [f"{measure}_{power}" for power in powers] if measure in BY_POWER else [measure]
        values = np.stack([_plain(series[column]).reshape(shape) for column in columns], axis=-1)
        by_power = measure in BY_POWER
        arrays[measure] = ((*_ROWS, *(("power",) if by_power else ())), values if by_power else values[..., 0])
    dataset: xarray.Dataset = library.Dataset(arrays, coords=coordinates, attrs=dict(about))
    for measure in arrays:
        known = BY_NAME[measure]
        dataset[measure].attrs = {"units": known.unit, "long_name": known.explained}
    return dataset


def _plain(column: "pd.Series[Any]") -> np.ndarray[Any, Any]:
    """Numbers as they are, words as text with none missing."""
    plain = column if column.dtype.kind in "fiu" else column.astype(object).where(column.notna(), "")
    return np.asarray(plain)
