"""`multivector play`: one state played quarter by quarter at the terminal, and the game kept as a scenario."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.closing import about, close
from sim.cli.common import DONE, add_numbers, add_seeds, say
from sim.cli.places import a_path, writable_file
from sim.cli.typed import SEED, percentage_points

if TYPE_CHECKING:
    from sim.engine.offer import Offer
    from sim.narrative.games import Game

HELP = """\
  yes 1 3     accept offers 1 and 3            no 2        refuse offer 2
  rule 1      leave offer 1 to your own rule   visit CODE  travel to a power this quarter
  why 1       what speaks for and against it   if 1        what a yes would change, against a no
  if 1 10%    the same with clauses of 10 %    next        (or nothing) play the quarter
  quit        end the game here
"""
VOTE_HELP = "  vote yes    so you vote in it; vote no, vote abstain, vote away (to stay away), or vote rule"
WORDS = {
    **dict.fromkeys(("yes", "y", "accept"), "yes"),
    **dict.fromkeys(("no", "n", "refuse"), "no"),
    **dict.fromkeys(("rule", "r"), "rule"),
    **dict.fromkeys(("why", "w"), "why"),
    **dict.fromkeys(("if", "i"), "if"),
    **dict.fromkeys(("visit", "v"), "visit"),
    "vote": "vote",
    **dict.fromkeys(("next", ""), "next"),
    **dict.fromkeys(("help", "h", "?"), "help"),
    **dict.fromkeys(("quit", "q", "exit"), "quit"),
}
SAID = {"yes": True, "no": False, "rule": None}


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    play = commands.add_parser("play", help="play one state yourself: accept, refuse, ask why, try what a yes would do")
    play.add_argument("scenario", metavar="SCENARIO", help="name of a scenario, or a YAML file")
    play.add_argument("state", metavar="STATE", help="who is played: code or name")
    play.add_argument("--seed", type=SEED, metavar="S", help="seed, in place of the scenario's")
    told = (
        "keep the game as a scenario of that name, a .yaml file that `check` and `run` take, and that is not there yet"
    )
    play.add_argument("--save", type=a_path, metavar="FILE", help=told)
    add_seeds(play)
    add_numbers(play)
    play.set_defaults(command=_play)


def _play(asked: argparse.Namespace) -> int:
    from sim.cli.game_report import print_game
    from sim.narrative.games import Game

    if asked.save is not None:
        _check_new(asked.save)
    game = Game(asked.scenario, asked.state, asked.seed, fitted=asked.numbers, seeds=asked.seeds)
    if asked.save is not None:
        game.check_can_be_saved(asked.save)
    try:
        _quarters(game)
    finally:  # Ctrl-C ends a game, and does not lose it
        if asked.save is not None and game.model.moves:
            game.save(asked.save)
    files = [("game", asked.save)] if asked.save is not None and game.model.moves else []
    if asked.save is not None and not game.model.moves:
        say("nothing was decided, so no game was kept")
    close(
        asked,
        lambda: print_game(game),
        lambda: {"answers": game.decisions, "votes": game.votes},
        scenarios=[about(game.model.setting, 1, game.model.prepared.seed)],
        files=files,
    )
    return DONE


def _check_new(path: Path) -> None:
    """A game is kept under a new name, by which a scenario can be called."""
    from sim.io.checks import is_name
    from sim.io.errors import input_error, quoted, shown_path

    if path.suffix != ".yaml" or not is_name(path.stem):
        allowed = "small letters, digits and hyphens, and .yaml"
        raise input_error("--save", "this cannot be the file of a scenario", found=quoted(path.name), allowed=allowed)
    if path.exists() or path.is_symlink():
        raise input_error(shown_path(path), "there is such a file already, and it is left as it is")
    writable_file(path)


def _quarters(game: "Game") -> None:
    """Quarter by quarter, until the game is over or nobody says any more."""
    from sim.cli.game_report import print_answers, print_quarter

    lines = _lines()
    print(f"You are {game.model.state(game.state).name}. What you leave open, your own rule answers.\n{HELP}", end="")
    while not game.over:
        print_quarter(game)
        if game.balloted is not None:
            print(VOTE_HELP)
        for line in lines:
            if _done(game, line):
                break
        else:
            return
        print_answers(game.step())


def _lines() -> Iterator[str]:
    """What is typed, line by line, until there is no more of it or somebody wants to stop."""
    while True:
        print("> ", end="")
        sys.stdout.flush()
        try:
            line = sys.stdin.readline() if sys.stdin is not None else ""
        except (OSError, ValueError):  # closed, or no text
            line = ""
        if not line or WORDS.get(line.strip().lower()) == "quit":
            print()
            return
        yield line.strip()


def _done(game: "Game", line: str) -> bool:
    """Do what a line says; whether the quarter is to be played. What is wrong is told, and nothing is done."""
    from sim.io.errors import InputError, nearest_to, quoted

    first, *rest = line.lower().replace(",", " ").replace(" %", "%").split() or [""]
    word = WORDS.get(first)
    if word is None:
        near = nearest_to(first, [one for one in WORDS if len(one) > 1])
        print(
            f"{quoted(first)} is nothing that can be done here{f'; did you mean {near}?' if near else ''}\n{HELP}",
            end="",
        )
        return False
    try:
        if word == "help":
            print(HELP, end="")
        elif word == "visit":
            _travel(game, rest)
        elif word == "vote":
            _vote(game, rest)
        elif word != "next":
            _about(game, word, rest)
    except InputError as error:
        print(error)
    return word == "next"


def _travel(game: "Game", codes: list[str]) -> None:
    for code in codes:
        game.visit(code.upper())
        print(f"planned: a visit to {game.model.power(code.upper()).name}")
    if not codes:
        print(f"to whom? One of {', '.join(power.code for power in game.model.powers)}")


def _vote(game: "Game", words: list[str]) -> None:
    """How the state votes, in one word."""
    from sim.cli.game_report import vote_line

    how = " ".join(words)
    game.vote(None if how == "rule" else how)
    print(vote_line(game))


def _share(written: str) -> float:
    """A share written in per cent."""
    from sim.io.errors import input_error

    try:
        return percentage_points(written.removesuffix("%")) / 100.0
    except argparse.ArgumentTypeError as error:
        raise input_error("clauses", str(error)) from error


def _about(game: "Game", word: str, numbers: list[str]) -> None:
    """What is said or asked about offers by their numbers."""
    from sim.cli.game_report import print_preview, print_quarter, print_why

    inbox, clauses = game.inbox, None
    if word == "if" and numbers and numbers[-1].endswith("%"):
        *numbers, written = numbers
        clauses = _share(written)
    chosen: list[Offer] = []
    for written in numbers or [""]:
        if not written.isascii() or not written.isdigit() or not 1 <= int(written[:9]) <= len(inbox):
            print(f"which offer? {f'A number from 1 to {len(inbox)}' if inbox else 'There is none in this quarter'}")
            return
        chosen.append(inbox[int(written[:9]) - 1])
    for offer in chosen:
        if word in SAID:
            game.answer(offer, SAID[word])
        elif word == "why":
            print_why(game.why(offer))
        else:
            print_preview(game.preview(offer, clauses=clauses))
    if word in SAID:
        print_quarter(game)
