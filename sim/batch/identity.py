"""What results depend on, as hashes: evidence, code, versions."""

import dataclasses
import hashlib
import json
import os
import platform
from enum import Enum
from importlib import metadata
from pathlib import Path
from typing import Any

from sim.evidence.evidence import Evidence
from sim.io.writers import sources_hash

# The wings a result can depend on; the others only compare results, look into them or show them.
_IN_RESULTS = ("io", "evidence", "scenario", "model", "engine", "batch")


def evidence_hash(evidence: Evidence) -> str:
    """Hash of everything in the evidence that a run can depend on."""
    return digest_of(
        {
            "world": evidence.world,
            "actors": [actor.code for actor in (*evidence.states, *evidence.powers)],
            "kinds": list(evidence.kinds),
            "numbers": {name: number.value for name, number in evidence.numbers.items()},
            "formulas": {name: evidence.numbers[name].formula for name in evidence.derivations.found},
            "strengths": {name: list(system.strengths) for name, system in evidence.systems.items()},
        }
    )


def code_hash() -> str:
    """Hash of the source a run can depend on: all the wings below the analysis of results."""
    return sources_hash(Path(__file__).parents[1], _IN_RESULTS)


_LIBRARIES = ("numpy", "numba", "llvmlite", "pyarrow")


def versions() -> dict[str, str]:
    """Versions of what the bytes of results depend on beside our own code."""
    return {"python": platform.python_version()} | {name: version_of(name) for name in _LIBRARIES}


def version_of(distribution: str) -> str:
    """The version of an installed distribution, in words where it is not installed."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"


def allowed_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def digest_of(value: Any) -> str:
    """Hash of a value that JSON can hold, the same whatever the order of its keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [plain(item) for item in (sorted(value) if isinstance(value, frozenset | set) else value)]
    if isinstance(value, Enum):
        return value.name.lower()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
