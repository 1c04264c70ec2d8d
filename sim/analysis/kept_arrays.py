"""Parts of long work kept as arrays while it lasts, each in a file of its own behind a hash of what it depends on."""

import contextlib
import dataclasses
import io
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from sim.analysis.kept_tables import noted_in
from sim.batch.manifest import PARTIAL, set_aside_and_say
from sim.batch.worker import Interrupted
from sim.io.sealed import read_sealed, write_sealed

Thing = TypeVar("Thing")


class KeptArrays:
    """Arrays by the name of the part they belong to; without a folder nothing is kept. Used by several threads."""

    def __init__(self, place: Path | None, of: str) -> None:
        """`of`: hash of all that the parts depend on, so that those of another question are not taken up."""
        self.place, self.of = place, of

    def get(self, part: str) -> dict[str, Any] | None:
        """What was kept of a part; None where nothing was. What is not what it was is set aside."""
        if self.place is None or not os.path.lexists(self.place / _name(part)):
            return None
        data = read_sealed(self.place / _name(part), f"{self.of} {part}")
        if data is None:
            set_aside_and_say(self.place, [_name(part)], f"{_name(part)} is not what it was")
            return None
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}

    def put(self, part: str, arrays: Mapping[str, Any]) -> None:
        """Keep a part, whole or not at all."""
        if self.place is not None:
            sink = io.BytesIO()
            np.savez(sink, **arrays)
            write_sealed(self.place / _name(part), sink.getvalue(), f"{self.of} {part}")

    def thing(self, part: str, kind: type[Thing], make: Callable[[], Thing]) -> Thing:
        """A part whose fields are arrays, tuples and whole numbers: taken up where it was kept, else made and kept."""
        known = self.get(part)
        if known is not None:
            split = {name.partition(" "): value for name, value in known.items()}
            return kind(**{name: _READ[word](value) for (word, _, name), value in split.items()})
        made = make()
        values = {one.name: getattr(made, one.name) for one in dataclasses.fields(made)}  # type: ignore[arg-type]
        words = {
            name: next(word for word, kind_ in _TYPES.items() if isinstance(value, kind_))
            for name, value in values.items()
        }
        self.put(part, {f"{words[name]} {name}": np.asarray(value) for name, value in values.items()})
        return made


NOT_KEPT = KeptArrays(None, "")
"""For whoever keeps nothing."""

_TYPES = {"array": np.ndarray, "tuple": tuple, "whole": int}
_READ: dict[str, Callable[[Any], Any]] = {
    "array": lambda value: value,
    "tuple": lambda value: tuple(value.tolist()),
    "whole": int,
}


def _name(part: str) -> str:
    return f"{PARTIAL}/{part}.npz"


@contextlib.contextmanager
def keeping(out: Path | None, word: str, of: str, parts: int) -> Iterator[KeptArrays]:
    """Keep parts in a folder of `out` that is gone when all is done; a stop by hand says how many are kept.

    word: what the folder is called after; parts: how many there are.

    Raises
    ------
    sim.batch.worker.Interrupted
        In place of a KeyboardInterrupt, where parts are kept.
    """
    if out is None:
        yield KeptArrays(None, of)
        return
    kept = KeptArrays(out / f"{word[:60]}-{of[:10]}", of)
    assert kept.place is not None
    try:
        with noted_in(kept.place):
            yield kept
    except KeyboardInterrupt:
        done = len(list((kept.place / PARTIAL).glob("*.npz")))
        raise Interrupted(kept.place, done, parts, "parts") from None
