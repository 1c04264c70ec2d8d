"""History matching: which points could have brought about what was recorded, and which could not by any luck.

Implausibility of a point is the distance of what was recorded from the emulated mean of a target, in standard
deviations over runs and of what the emulator leaves open (Craig and others 1997; Andrianakis and others 2015). One or
two targets that the model misses wherever it stands must not rule out everything, so not the largest is looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.calibration.emulator import Emulator
from sim.evidence.calibration import Waves
from sim.model.chance import address, lucks, name_key, uniform

Floats = NDArray[np.float64]

_OUTSIDE, _DESIGNED = 0, 101  # no quarter of any run, and a use of luck of its own
_BATCH = 4096
_MOST_BATCHES = 500


@dataclass(frozen=True, kw_only=True)
class Region:
    """Points that no wave has ruled out."""

    cuts: tuple[tuple[Emulator, Floats], ...]  # of each wave the emulator of the targets, and what was recorded [K]
    waves: Waves

    def holds(self, points: Floats) -> NDArray[np.bool_]:
        """Whether points [P, D] lie within the prior and are not implausible, [P]."""
        inside = np.asarray((np.abs(points) <= 1.0).all(axis=1))
        for emulator, recorded in self.cuts:
            if inside.any():
                far = implausible(emulator, recorded, points[inside], self.waves)
                inside[inside] = far <= self.waves.cut
        return inside

    def with_wave(self, emulator: Emulator, recorded: Floats) -> "Region":
        """The region, cut once more."""
        return Region(cuts=(*self.cuts, (emulator, recorded)), waves=self.waves)


def implausible(emulator: Emulator, recorded: Floats, points: Floats, waves: Waves) -> Floats:
    """Implausibility of points [P]: that of the target which is the `ranked`th largest."""
    spread = emulator.spread(points) * np.sqrt(1.0 + waves.allowance)
    apart = np.abs(recorded - emulator.mean(points)) / spread
    ranked = min(waves.ranked, apart.shape[1])
    return np.partition(apart, -ranked, axis=1)[:, -ranked]


def drawn_points(
    names: tuple[str, ...], count: int, seed: int, wave: int, holds: Callable[[Floats], NDArray[np.bool_]]
) -> tuple[Floats, float]:
    """Points drawn evenly from what is left [count, D], from -1 to 1, and the part of the prior that is left.

    Draws are addressed by seed, wave, number and place, so that the first points are the same however many follow. If
    almost nothing is left, fewer points come than were asked for.
    """
    found: list[Floats] = []
    kept = tried = 0
    for batch in range(_MOST_BATCHES):
        points = _batch(names, seed, wave, batch)
        inside = points[holds(points)]
        tried += len(points)
        kept += len(inside)
        found.append(inside)
        if kept >= count:
            break
    return np.concatenate(found)[:count], kept / tried


def _batch(names: tuple[str, ...], seed: int, wave: int, batch: int) -> Floats:
    with np.errstate(over="ignore"):
        keys = lucks(seed, batch * _BATCH, _BATCH)
        columns = [
            np.asarray(uniform(keys, address(_OUTSIDE, _DESIGNED, name_key(name), np.uint64(wave), 0)))
            for name in names
        ]
    points: Floats = 2.0 * np.stack(columns, axis=1) - 1.0
    return points
