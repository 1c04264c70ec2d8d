#!/usr/bin/env bash
# Rich breaks lines at no-break spaces, and so parts numbers from their signs in tables.
#
# One would expect: a no-break space (U+00A0) keeps "100 %" or "5 km" on one line; that is what it is for, and what
# Python's own textwrap does.
# What happens (rich 15.0.0): a text, a cell of a table and a column's least width all treat it as any other space. A column
# that holds "100 %" is said to need 3 columns, is made so narrow where the table is wide, and shows "100" above "%".
# Why: words are found with the regular expression \s*\S+\s*, and the least width with str.split; for both, a no-break space
# is a space. It has been reported (issues 3545 and 4196) and is so still. There is no option for it: `no_wrap` keeps a
# whole column on one line, which cuts longer cells.
# Why it matters: shares and amounts in narrow terminals are read wrongly, or not at all. What helps: a letter of the private
# use area in its place, which is turned back when the text is written, as below.
set -euo pipefail
PYTHON=${PYTHON:-python3}
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
"$PYTHON" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check rich==15.0.0
cat > breaks.py <<'PY'
import io
import textwrap
from importlib.metadata import version

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

KEPT, WORDS = "\u00a0", "seen in about 100\u00a0% of runs"


def shown(what, width):
    file = io.StringIO()
    Console(file=file, width=width, color_system=None).print(what)
    return file.getvalue()


def table(text):
    grid = Table(box=None, pad_edge=False)
    grid.add_column("state")
    grid.add_column("ends")
    grid.add_row("Aldara and all others", text)
    return grid


console = Console(width=80)
least = Measurement.get(console, console.options, f"100{KEPT}%").minimum
prose, cell = shown(WORDS, 18), shown(table(f"100{KEPT}%"), 8)
placed = shown(WORDS.replace(KEPT, "\ue000"), 18).replace("\ue000", KEPT)
print("rich", version("rich"))
print(prose, cell, f"least width of 100 %: {least}", f"by textwrap: {textwrap.wrap(WORDS, 18)}", placed, sep="\n")
parted = f"100{KEPT}\n%" in prose and least == 3 and f"100{KEPT}%" not in cell
if not (parted and textwrap.wrap(WORDS, 18)[1].startswith("100\u00a0%") and f"100{KEPT}%" in placed):
    raise SystemExit("the surprise is gone")
PY
venv/bin/python breaks.py
