"""What the tables that close a command are printed with."""

import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def console_for(file: TextIO | None) -> "Console":
    """A console that writes to `file`, or to standard output."""
    from rich.console import Console

    file = file or sys.stdout
    return Console(file=file, width=None if file.isatty() else 100, highlight=False, emoji=False)


def plain_table() -> "Table":
    """A table without lines, with a column of names in bold."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", style="bold", no_wrap=True)
    return table
