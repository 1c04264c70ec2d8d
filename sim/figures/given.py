"""What figures are drawn of, checked before anything is drawn or written."""

from collections.abc import Sequence
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any

from sim.io.arguments import Arguments
from sim.io.errors import listed
from sim.io.shapes import inside_by

if TYPE_CHECKING:
    from sim.batch.results import Results


def drawn_of(function: str, key: str, value: Any, kind: type[Any] | UnionType, maker: str, folder: Any) -> Path | None:
    """The folder that a figure of something goes into, None for the usual one.

    Raises `InputError` where the something was not made by its maker, or the folder is no path.
    """
    arguments = Arguments(function)
    several = list(value) if isinstance(value, list | tuple) else [value]
    for one in several or [None]:
        arguments.made(key, one, kind, f"what `{maker}` gives")
    place = arguments.path_or_none("folder", folder)
    arguments.refuse_if_wrong()
    return place


def beside_each_other(several: Sequence["Results"]) -> Path:
    """The folder for a figure of several scenarios, unless another one is named: beside that of the first."""
    folders = " ".join(one.folder.name for one in several)
    return inside_by(several[0].folder.parent, "-and-".join(one.name for one in several)[:60], folders)


def table_drawn(function: str, table: Any, columns: tuple[str, ...], maker: str, folder: Any, caption: Any) -> Path:
    """The folder that a figure of a table goes into; raises `InputError` where the table is none of its maker's."""
    import pandas as pd

    arguments = Arguments(function)
    arguments.made("table", table, pd.DataFrame, f"the table that `{maker}` gives")
    missing = [name for name in columns if name not in table.columns]
    if missing or not len(table):
        found = f"a table without {listed(missing)}" if missing else "a table without rows"
        arguments.entry("table", "").refuse(found=found, allowed=f"the table that `{maker}` gives")
    place = arguments.path("folder", folder)
    arguments.text("caption", caption)
    arguments.refuse_if_wrong()
    return place
