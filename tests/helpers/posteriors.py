"""Small posteriors in copies of the seeds, so that nothing hangs on the one that calibration left."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.evidence.evidence import load_evidence
from sim.evidence.posterior import write_posterior
from sim.evidence.worlds import shipped_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

NUMBERS = ("delivery.partner_income", "delivery.flywheel", "economy.growth_noise", "flows.union_trade")
ABOUT = {
    "made_from": {"decisions": "0" * 64, "seeds": [1, 2], "date": "2026-11-30"},
    "targets": {"delivery.partner_income": ["shares", "turnover"]},
}


def small_table(names: Sequence[str] = NUMBERS, rows: int = 50, world: str = "toy") -> dict[str, Any]:
    """Rows within the ranges of numbers of a world, whose places in their ranges rise and fall together."""
    numbers = load_evidence(world).numbers
    where = (np.arange(rows) + 0.5) / rows
    table = {
        name: numbers[name].low + (numbers[name].high - numbers[name].low) * (1.0 - where if at % 2 else where)
        for at, name in enumerate(names)
    }
    return table | {"observation.arms_exponent": 0.5 + where}


def seeds_with(folder: Path, table: dict[str, Any] | None = None) -> Path:
    """A copy of the seeds with a posterior: a small one unless told otherwise."""
    seeds = folder / "seeds"
    shutil.copytree(shipped_folder("seeds"), seeds)
    write_posterior(small_table() if table is None else table, ABOUT, seeds)
    return seeds


def shipped_from(seeds: Path, patch: pytest.MonkeyPatch) -> None:
    """Let a folder of seeds stand for those that come with the package, as long as the patch lasts."""

    def folder(name: str) -> Path:
        return seeds if name == "seeds" else shipped_folder(name)

    patch.setattr("sim.evidence.worlds.shipped_folder", folder)
