"""Results told apart: two that are called the same are two things all the same, in tables, legends and bars."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.io.errors import shown_path

if TYPE_CHECKING:
    from sim.batch.results import FinishedFolder


def apart(*levels: Sequence[str]) -> tuple[str, ...]:
    """One name for each of several things, no two alike.

    levels: names of all of them, the plainest first; each thing goes by the first of its names that it has for itself,
    and where it has none by its last and its number.
    """
    given = [
        next((names[at] for names in levels if list(names).count(names[at]) == 1), levels[-1][at])
        for at in range(len(levels[0]))
    ]
    told: list[str] = []
    for name in given:
        number, one = 1, name
        while one in told:
            number += 1
            one = f"{name} ({number})"
        told.append(one)
    return tuple(told)


def names_apart(several: "Sequence[FinishedFolder]") -> tuple[str, ...]:
    """Names of scenarios, for tables and files; of the folders where two scenarios are called the same."""
    folders = [one.folder.name for one in several]
    return apart([one.name for one in several], folders, [shown_path(one.folder) for one in several])


def titles_apart(several: "Sequence[FinishedFolder]") -> tuple[str, ...]:
    """Titles, for readers; with the name of the scenario, or of the folder, where two have the same."""
    return titles_apart_of([one.title for one in several], names_apart(several))


def titles_apart_of(titles: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """Titles, for readers; with the name beside where two have the same."""
    return apart(titles, [f"{title} ({name})" for title, name in zip(titles, names, strict=True)])
