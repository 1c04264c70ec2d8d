"""A fact in one line, and where something is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.evidence.story import Kind, Line, Piece, Role, Row, amount, name_of, told

if TYPE_CHECKING:
    from sim.evidence.documents import Fact
    from sim.evidence.teller import Teller


def written(teller: Teller, file: str, line: int) -> tuple[Row, ...]:
    """Where something is written; left out where there are very many and each has its own place."""
    return told("written", f"{place_in(teller, file)}:{line}", Role.QUIET) if teller.unfolds else ()


def place_in(teller: Teller, file: str) -> str:
    """A file as seen from the folder that holds the seeds, so that a page is the same wherever they lie."""
    path = Path(file)
    home = teller.evidence.folder.parent
    return path.relative_to(home).as_posix() if path.is_absolute() and path.is_relative_to(home) else file


def figure_of(fact: Fact) -> Line:
    """The figure a fact states, with its range; nothing where it states none."""
    if fact.value is None:
        return ()
    span = ""
    if fact.low is not None or fact.high is not None:
        low = fact.value if fact.low is None else fact.low
        span = f" ({low:g} to {fact.value if fact.high is None else fact.high:g})"
    return (Piece(amount(fact.value, fact.unit) + span, Role.VALUE),)


def fact_head(fact: Fact) -> Line:
    """A fact with its figure, where it states one."""
    figure = figure_of(fact)
    return (name_of(Kind.FACT, fact.id), *((Piece(" = "), *figure) if figure else ()))
