"""How large a batch is, or a part of it: what it would take, how it is cut, and how much of it is there."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a batch would take, judged by a few runs made and thrown away."""

    runs: int
    blocks: int
    kept: int  # runs of an interrupted batch that need not be made again
    seconds: float
    size: int  # bytes on disk
    free: int  # bytes free where they would go
    drawn: int  # numbers drawn from their ranges
    writable: bool
    folder: Path
    finished: bool


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
