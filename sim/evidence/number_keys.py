"""How some keys of a number are read: its wording for a class, what it was fitted to, and words in a cell."""

from sim.io.checks import check_list, check_text
from sim.io.errors import Entry
from sim.io.forms import TEXT, Reader, list_schema

MOST_WORDS = 8
"""Words of a plain wording: more do not stand beside a slider on a wall."""


def _plain(entry: Entry, _: object) -> str:
    text = check_text(entry)
    if len(text.split()) > MOST_WORDS:
        entry.refuse(found=f"{len(text.split())} words", allowed=f"at most {MOST_WORDS} words")
    return text


PLAIN: Reader[object] = Reader(read=_plain, schema=TEXT.schema, missing="")
TARGETS: Reader[object] = Reader(
    read=lambda entry, _: tuple(check_text(one) for one in check_list(entry, "a list of names of targets")),
    schema=list_schema({"type": "string"}, minItems=1, uniqueItems=True),
    missing=(),
)
TARGETS_CELL: Reader[object] = Reader(
    read=lambda cell, _: tuple(one.strip() for one in (cell.text or "").split(";") if one.strip()),
    schema={"type": "string"},
    missing=(),
)
"""The same in a cell of a table, separated by semicolons; the column may be left out."""


WORDS_CELL: Reader[object] = Reader(
    read=lambda cell, _: " ".join((cell.text or "").split()), schema={"type": "string"}, missing=""
)
