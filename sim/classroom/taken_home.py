"""What is taken home of a game: what was decided, and the game as a scenario."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sim.classroom.words import say
from sim.io.errors import InputError
from sim.io.writers import table_as_csv

if TYPE_CHECKING:
    from sim.narrative.games import Game


HEADS = ("quarter", "power", "kind", "size", "said", "signed", "rule", "odds")
VOTE_HEADS = ("quarter", "yes", "no", "said", "voted", "rule")


def decisions_text(rows: Iterable[Mapping[str, Any]], *before: str, heads: tuple[str, ...] = HEADS) -> str:
    """Decisions of games as a table of values parted by commas; before: heads that stand before the usual ones."""
    import pandas as pd

    return table_as_csv(pd.DataFrame(list(rows), columns=(*before, *heads)), "%.6g")


def game_file(game: "Game", name: str) -> tuple[str, str]:
    """A game as a scenario, with the name of its file.

    Where it cannot be one (its scenario has a name that none can extend, or its file has been changed since), why not,
    as text: what a class decided is not lost for that.
    """
    path = game.model.setting.path
    try:
        return f"{name}.yaml", game.text("." if path is None else path.parent)
    except InputError as error:
        return f"{name}.txt", f"{say('play.no_yaml')}\n{error}\n"
