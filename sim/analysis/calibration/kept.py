"""Waves that were played, kept in the folder of a calibration: a stop costs no more than the wave it falls in."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.io.sealed import read_sealed, write_sealed

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Wave:
    """Points [P, D] from -1 to 1, their targets [P, R, K] at single precision, and what part of the prior was left."""

    points: Floats
    targets: Floats
    left: float


def write_wave(place: Path, wave: Wave, of: str = "") -> None:
    """Write a wave whole, sealed; of: hash of all that its targets depend on."""
    data = io.BytesIO()
    np.savez(data, points=wave.points, targets=wave.targets.astype(np.float32), left=np.float64(wave.left))
    write_sealed(place, data.getvalue(), of)


def read_wave(place: Path, points: Floats, of: str = "") -> Wave | None:
    """The wave of these points, if it is there and whole; what is damaged, or of another fit, is played again."""
    said = read_sealed(place, of)
    if said is None:
        return None
    with np.load(io.BytesIO(said), allow_pickle=False) as arrays:
        if not np.array_equal(arrays["points"], points):
            return None
        targets = arrays["targets"].astype(np.float64)
        return Wave(points=points, targets=targets, left=float(arrays["left"]))
