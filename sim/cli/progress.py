"""How far a long command has come: a bar where a person is watching, else a plain line now and then."""

import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from sim.batch.watching import watching
from sim.cli.common import say

if TYPE_CHECKING:
    from rich.console import Console


def reporter() -> AbstractContextManager[Any]:
    """What to call with a `Progress`; said on standard error."""
    return watching(_console, say)


def _console() -> "Console":
    from sim.cli.console import console_for

    return console_for(sys.stderr)
