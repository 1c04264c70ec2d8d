"""Run notebooks from top to bottom and keep what their cells show; Jupyter itself is not needed.

python tools/render_notebook.py [FILE ...]   run them, or all there are, and write the outputs into them
python tools/render_notebook.py --check      only say whether what they print is still what they show; 1 if not
"""

import argparse
import ast
import base64
import contextlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK, TOUR = ROOT / "experiments" / "notebook.ipynb", ROOT / "docs" / "notebook.ipynb"
RENEWED_BY = {NOTEBOOK: "make experiments", TOUR: "make notebook"}


class Cell:
    """What a running cell shows beside what it prints; a display that is updated shows what it was told last."""

    def __init__(self) -> None:
        self.shown: list[Any] = []

    def display(self, value: Any, display_id: bool = False) -> SimpleNamespace | None:
        """Show a value, as IPython's function of that name does."""
        place = len(self.shown)
        self.shown.append(value)

        def update(later: Any) -> None:
            self.shown[place] = later

        return SimpleNamespace(update=update) if display_id else None


def rendered(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with fresh outputs. An error in a cell is raised, with the number of the cell in a note."""
    fresh: dict[str, Any] = json.loads(json.dumps(notebook))
    space: dict[str, Any] = {"__name__": "notebook"}
    count = 0
    for cell in fresh["cells"]:
        if cell["cell_type"] != "code":
            continue
        count += 1
        try:
            cell["outputs"] = outputs_of("".join(cell["source"]), space, count)
        except Exception as error:
            error.add_note(f"in code cell {count} of the notebook")
            raise
        cell["execution_count"] = count
    return fresh


def outputs_of(source: str, space: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Run one cell: what it prints, and what its last line is worth."""
    body = ast.parse(source, f"cell {count}")
    last = body.body.pop() if body.body and isinstance(body.body[-1], ast.Expr) else None
    printed, here = io.StringIO(), Cell()
    value = None
    notebook = mock.patch("sim.batch.watching.notebook_display", return_value=here.display)
    with contextlib.redirect_stdout(printed), notebook:
        exec(compile(body, f"cell {count}", "exec"), space)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), f"cell {count}", "eval"), space)
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        outputs.append({"output_type": "stream", "name": "stdout", "text": lines(printed.getvalue())})
    outputs += [{"output_type": "display_data", "metadata": {}, "data": shown(one)} for one in here.shown]
    if value is not None:
        told = {"output_type": "execute_result", "execution_count": count, "metadata": {}, "data": shown(value)}
        outputs.append(told)
    return outputs


def shown(value: Any) -> dict[str, Any]:
    """A value as a notebook shows it: a figure as a picture, a table as a table, ours as a card, else as text."""
    data: dict[str, Any] = {"text/plain": lines(repr(value))}
    if hasattr(value, "savefig"):
        from sim.figures.pictures import in_palette  # found once the program has set its path

        picture = io.BytesIO()
        value.savefig(picture, format="png", dpi=110, bbox_inches="tight", metadata={"Software": None})
        data["image/png"] = base64.b64encode(in_palette(picture.getvalue())).decode()
    elif hasattr(value, "to_html"):
        data["text/html"] = lines(value.to_html())
    elif type(value).__module__.startswith("sim."):
        data["text/html"] = lines(value._repr_html_())
    return data


def lines(text: str) -> list[str]:
    """Text as a notebook keeps it."""
    return text.splitlines(keepends=True)


def printed_by(notebook: dict[str, Any]) -> list[str]:
    """What the cells print, and our cards; tables and pictures change from one version of a library to the next."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    cards = ["".join(output["data"].get("text/html", ())) for output in outputs if "data" in output]
    printed = ["".join(output["text"]) for output in outputs if output["output_type"] == "stream"]
    return printed + [card for card in cards if card.startswith('<div class="multivector">')]


def main(arguments: Sequence[str] | None = None) -> int:
    """Render notebooks, or say which are stale; returns the exit status."""
    parser = argparse.ArgumentParser(description="Run notebooks and keep what their cells show.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if what is printed has changed")
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="FILE", help="all there are unless told otherwise")
    asked = parser.parse_args(arguments)
    return max(_renew(path.resolve(), asked.check) for path in asked.notebooks or RENEWED_BY)


def _renew(path: Path, check: bool) -> int:
    """Render one notebook, or say whether it is stale."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # its results are for looking at, not for keeping
        try:
            fresh = rendered(notebook)
        finally:
            os.chdir(here)
    if check:
        stale = printed_by(fresh) != printed_by(notebook)
        if stale:
            sys.stderr.write(f"{path.name} is stale; renew it with `{RENEWED_BY.get(path, 'this')}`\n")
        return int(stale)
    path.write_text(json.dumps(fresh, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    sys.stdout.write(f"rendered {path.name}\n")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
