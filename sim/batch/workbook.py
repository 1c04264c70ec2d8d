"""Tables as one workbook for spreadsheets. Only this room knows openpyxl, which is an extra: `multivector[excel]`."""

import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.io.extras import optional
from sim.io.letters import cleaned
from sim.io.writers import write_bytes

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS, MOST_COLUMNS = 1_048_575, 16_384  # of a sheet, below its line of names
MOST_CELLS = 3_000_000  # of a sheet; more take minutes to write and no spreadsheet opens them well


def check_there() -> None:
    """Raise `InputError` where openpyxl is not installed."""
    optional("openpyxl", "excel", "excel", "workbooks need")


def write_workbook(path: Path, about: Mapping[str, object], tables: "Mapping[str, pd.DataFrame]") -> list[str]:
    """Write a sheet with what the results are and one a table; returns the names of tables too large for a sheet.

    Text stays text, also where it begins as a formula would.

    Raises
    ------
    sim.io.errors.InputError
        If openpyxl is not installed.
    """
    check_there()
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)

    def cell(sheet: Any, value: object) -> Any:
        if isinstance(value, str):
            made = WriteOnlyCell(sheet, cleaned(value))
            made.data_type = "s"
            return made
        return value

    first = book.create_sheet("about")
    for key, said in about.items():
        first.append([cell(first, key), cell(first, said if isinstance(said, int | float) else str(said))])
    left_out = []
    for name, table in tables.items():
        rows, columns = table.shape
        if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
            left_out.append(name)
            continue
        sheet = book.create_sheet(name[:31])
        sheet.freeze_panes = "A2"
        sheet.append([cell(sheet, str(column)) for column in table.columns])
        for row in table.itertuples(index=False, name=None):
            sheet.append([cell(sheet, _plain(value)) for value in row])
    sink = io.BytesIO()
    book.save(sink)
    write_bytes(path, sink.getvalue())
    return left_out


def _plain(value: Any) -> object:
    """A value as a sheet can hold it: nothing for what is missing, text for what is no number."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, bool | int | float) else str(value)
