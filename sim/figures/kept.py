"""Figures that are current are not drawn again.

Beside figures lies a record: what they were drawn of, what drew them, and a hash of every file. They are current while
all three are so. Nothing here imports what draws, so that finding this out costs next to nothing.
"""

import json
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from sim.batch.identity import digest_of, version_of
from sim.batch.manifest import sealed_manifest, wrong_files
from sim.io.errors import InputError
from sim.io.json_files import read_json_group
from sim.io.sealed import seal
from sim.io.shapes import HASH, INNER_PATH, check_shape, group, list_of
from sim.io.writers import file_hash, sources_hash, write_text

RECORD = "drawn.json"
_DRAWN_WITH = ("matplotlib", "numpy", "pandas", "pillow", "scipy")
_SHAPE = group(
    {
        "of": HASH,
        "by": HASH,
        "files": list_of(group({"name": INNER_PATH, "sha256": HASH}), fewest=1),
        "seal": HASH,
    }
)
_NOTED: ContextVar[list[Path] | None] = ContextVar("noted", default=None)


def sealed_as(*folders: Path) -> list[str]:
    """The seals of finished folders: whoever knows them knows all that lies there."""
    return [str(sealed_manifest(folder)["seal"]) for folder in folders]


def are_current(folder: Path, of: Iterable[str]) -> bool:
    """Whether the figures in a folder are what would be drawn of this today, none of them changed or missing.

    of: texts that tell what the figures show, such as seals of results and a caption.
    """
    try:
        record = read_json_group(folder / RECORD)
        check_shape(record, _SHAPE, RECORD)
        sound = record["seal"] == seal(record) and record["of"] == digest_of(list(of)) and record["by"] == _drawn_by()
        return sound and next(wrong_files(folder, record), None) is None
    except (InputError, UnicodeEncodeError):  # half of a letter, which no text can hold
        return False


def draw_and_record(folder: Path, of: Iterable[str], draw: Callable[[Path], object]) -> None:
    """Let figures be drawn into a folder, and say there what they show and what they are."""
    written: list[Path] = []
    before = _NOTED.set(written)
    try:
        draw(folder)
    finally:
        _NOTED.reset(before)
    names = dict.fromkeys(path.relative_to(folder).as_posix() for path in written)
    record = {
        "of": digest_of(list(of)),
        "by": _drawn_by(),
        "files": [{"name": name, "sha256": file_hash(folder / name)} for name in names],
    }
    write_text(folder / RECORD, json.dumps({**record, "seal": seal(record)}, indent=1, ensure_ascii=False) + "\n")


def noted(path: Path) -> Path:
    """Note a file that belongs to the figures being drawn; gives it back."""
    written = _NOTED.get()
    if written is not None:
        written.append(path)
    return path


@cache
def _drawn_by() -> str:
    """A hash of all that a picture depends on beside what it shows: our sources, and the libraries that draw."""
    sources = sources_hash(Path(__file__).parents[1])
    return digest_of([sources, *(f"{name} {version_of(name)}" for name in _DRAWN_WITH)])
