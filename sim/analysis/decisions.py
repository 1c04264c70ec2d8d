"""The note in which it is written what was decided before anything was fitted or looked up, and its hash."""

from pathlib import Path

from sim.io.writers import file_hash

DECISIONS = "docs/decisions/0026-decisions-before-the-look.md"
"""Where it is, in a checkout."""

_NOT_HERE = "not in this copy of the program"


def decisions_hash() -> str:
    """SHA-256 of the note of decisions; an installed copy has no notes."""
    path = Path(__file__).resolve().parents[2] / DECISIONS
    return file_hash(path) if path.is_file() else _NOT_HERE
