"""A batch cut into parts for a job array: each makes some of the blocks, and `sim.batch.run` puts them together."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.batch.asked import BatchAsked, ScenarioLike
from sim.batch.folder import Batch
from sim.batch.notebook import notes_folder, telling_of_trouble, tidy
from sim.batch.results import BATCH, finished_manifest
from sim.batch.runner import ROOM, check_room
from sim.batch.watching import watched
from sim.batch.worker import Tell
from sim.io.errors import shown_path
from sim.io.locks import hold


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some blocks of a batch, made; `done` and `total` count runs of this part."""

    folder: Path
    done: int
    total: int
    finished: bool  # whether the whole batch was put together before


@dataclass(frozen=True, kw_only=True)
class Cut:
    """How a batch would be cut for a job array; nothing has been played."""

    folder: Path
    runs: int
    blocks: int  # the most that parts could share
    parts: int


@watched
def run_part(
    scenario: ScenarioLike,
    part: int,
    parts: int,
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: Path | str | None = None,
    progress: Tell | None = None,
    **more: Any,
) -> Part:
    """Make every `parts`-th block of a batch, so that a job array on many machines can share it.

    `part` counts from 1. All parts may be at work at the same time in one shared folder. Afterwards `run` with the same
    arguments puts them together, and makes what is missing. Other arguments are those of `run`.
    """
    asked = BatchAsked("sim.batch.run_part", runs, seed, workers, out, {**more, "progress": progress})
    part, parts = asked.part(part, parts)
    plan = asked.plan(scenario)
    if finished_manifest(plan.folder, BATCH, plan.hash) is not None:
        return Part(folder=plan.folder, done=plan.scenario.runs, total=plan.scenario.runs, finished=True)
    check_room(plan)
    notes = notes_folder(plan.folder) / f"part-{part:05d}-of-{parts:05d}"
    with (
        telling_of_trouble(plan.folder, ROOM),
        hold(notes_folder(plan.folder) / "lock", shown_path(plan.folder), shared=True),
        hold(notes / "lock", shown_path(plan.folder)),
    ):
        if finished_manifest(plan.folder, BATCH, plan.hash) is not None:  # put together in the meantime
            tidy(plan.folder)
            return Part(folder=plan.folder, done=plan.scenario.runs, total=plan.scenario.runs, finished=True)
        batch = Batch(plan, progress, notes, plan.blocks[part - 1 :: parts])
        batch.play(asked.workers)
        batch.keep()
        return Part(folder=plan.folder, done=batch.work.done, total=batch.work.total, finished=False)


def cut(
    scenario: ScenarioLike,
    parts: int,
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: Path | str | None = None,
    **more: Any,
) -> Cut:
    """Say how a batch would be cut into parts for `run_part`, everything checked and nothing played or written.

    Other arguments are those of `run`.
    """
    asked = BatchAsked("sim.batch.cut", runs, seed, workers, out, more)
    _, parts = asked.part(1, parts)
    plan = asked.plan(scenario)
    return Cut(folder=plan.folder, runs=plan.scenario.runs, blocks=len(plan.blocks), parts=parts)
