"""Bytes kept on disk for the program itself, behind a hash of them and of what they belong to."""

import hashlib
from pathlib import Path

from sim.io.errors import InputError
from sim.io.regular import read_regular
from sim.io.writers import write_bytes

MOST_SEALED = 4_000_000_000
_LENGTH = 64  # letters of the hash with which a file begins


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
