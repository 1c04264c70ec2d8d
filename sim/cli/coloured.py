"""A story in colour at a terminal."""

from itertools import groupby
from typing import TextIO

from sim.cli.console import console_for
from sim.evidence.story import Role, Story
from sim.evidence.story_text import story_lines

_WIDEST = 120  # longer lines are hard to read
_STYLES = {
    Role.HEADING: "bold",
    Role.NAME: "cyan",
    Role.VALUE: "green",
    Role.QUIET: "dim",
    Role.WARNING: "yellow",
    Role.CODE: "magenta",
}


def print_story(story: Story, file: TextIO | None = None) -> None:
    """Print to `file`, or to standard output, as wide as it is."""
    from rich.text import Text

    console = console_for(file)
    for line in story_lines(story, min(console.width, _WIDEST)):
        text = Text()  # what comes from seeds is never read as markup
        for role, pieces in groupby(line, key=lambda piece: piece.role):
            text.append("".join(piece.text for piece in pieces), _STYLES.get(role, ""))
        text.rstrip()
        console.print(text, soft_wrap=True)
