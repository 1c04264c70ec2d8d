"""What is taken home of a game."""

from typing import TYPE_CHECKING

from sim.classroom.words import say
from sim.io.errors import InputError

if TYPE_CHECKING:
    from sim.narrative.games import Game


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
