"""Waves that were played, kept in the folder of a calibration: a stop costs no more than the wave it falls in."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.io.writers import write_bytes

Floats = NDArray[np.float64]

_SEAL = 64  # letters of the hash with which a file begins


@dataclass(frozen=True, kw_only=True)
class Wave:
    """Points [P, D] from -1 to 1, their targets [P, R, K] at single precision, and what part of the prior was left."""

    points: Floats
    targets: Floats
    left: float


def write_wave(place: Path, wave: Wave) -> None:
    """Write a wave whole, with the hash of what it says before it."""
    data = io.BytesIO()
    np.savez(data, points=wave.points, targets=wave.targets.astype(np.float32), left=np.float64(wave.left))
    said = data.getvalue()
    write_bytes(place, hashlib.sha256(said).hexdigest().encode() + said)


def read_wave(place: Path, points: Floats) -> Wave | None:
    """The wave of these points, if it is there and whole; what is damaged, or of other points, is played again."""
    try:
        said = place.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(said[_SEAL:]).hexdigest().encode() != said[:_SEAL]:
        return None
    with np.load(io.BytesIO(said[_SEAL:]), allow_pickle=False) as arrays:
        if not np.array_equal(arrays["points"], points):
            return None
        targets = arrays["targets"].astype(np.float64)
        return Wave(points=points, targets=targets, left=float(arrays["left"]))
