"""What is kept on disk with a hash of itself: groups that name it, and bytes that stand behind it."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.io.errors import InputError
from sim.io.regular import read_regular
from sim.io.writers import write_bytes

MOST_SEALED = 4_000_000_000
_LENGTH = 64  # letters of the hash with which a file begins


def seal(told: Mapping[str, Any]) -> str:
    """SHA-256 of all that a group says beside its `seal`: who knows this one line knows the whole of it."""
    rest = {key: value for key, value in told.items() if key != "seal"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def write_sealed(place: Path, data: bytes, of: str) -> None:
    """Write bytes whole, behind the hash of them and of what they belong to."""
    write_bytes(place, _hash(data, of) + data)


def read_sealed(place: Path, of: str) -> bytes | None:
    """The bytes, where they are there, whole, and belong to that; None where they do not."""
    try:
        said = read_regular(place, MOST_SEALED)
    except InputError:
        return None
    data = said[_LENGTH:]
    return data if _hash(data, of) == said[:_LENGTH] else None


def _hash(data: bytes, of: str) -> bytes:
    return hashlib.sha256(f"{of}\n".encode() + data).hexdigest().encode()
