"""Batches of the stand-in engine, and what of their folders has to agree to the last byte."""

import hashlib

from helpers.fake_engine import FakePrepared, fake_scenario
from sim.batch.manifest import SET_ASIDE
from sim.batch.plan import CHUNK
from sim.batch.runner import run

RUNS = 2 * CHUNK + 90  # two full blocks and a part of one


def go(folder, **asked):
    return run(fake_scenario(runs=RUNS), out=folder, engine=FakePrepared, **asked)


def bytes_of(folder):
    """Every file of a results folder but the manifest, which tells of one machine and day, and what was set aside."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json" and not path.is_relative_to(folder / SET_ASIDE)
    }
