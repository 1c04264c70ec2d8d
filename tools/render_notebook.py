"""Run the notebook from top to bottom and keep what its cells show; Jupyter itself is not needed.

python tools/render_notebook.py           run it and write the outputs into it
python tools/render_notebook.py --check   only say whether what it prints is still what it shows; 1 if not
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
from typing import Any

NOTEBOOK = Path(__file__).resolve().parents[1] / "experiments" / "notebook.ipynb"


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
    printed = io.StringIO()
    value = None
    with contextlib.redirect_stdout(printed):
        exec(compile(body, f"cell {count}", "exec"), space)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), f"cell {count}", "eval"), space)
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        outputs.append({"output_type": "stream", "name": "stdout", "text": lines(printed.getvalue())})
    if value is not None:
        told = {"output_type": "execute_result", "execution_count": count, "metadata": {}, "data": shown(value)}
        outputs.append(told)
    return outputs


def shown(value: Any) -> dict[str, Any]:
    """A value as a notebook shows it: a figure as a picture, a table as a table, everything else as text."""
    data: dict[str, Any] = {"text/plain": lines(repr(value))}
    if hasattr(value, "savefig"):
        from sim.figures.pictures import in_palette  # found once the program has set its path

        picture = io.BytesIO()
        value.savefig(picture, format="png", dpi=110, bbox_inches="tight", metadata={"Software": None})
        data["image/png"] = base64.b64encode(in_palette(picture.getvalue())).decode()
    elif hasattr(value, "to_html"):
        data["text/html"] = lines(value.to_html())
    return data


def lines(text: str) -> list[str]:
    """Text as a notebook keeps it."""
    return text.splitlines(keepends=True)


def printed_by(notebook: dict[str, Any]) -> list[str]:
    """What the cells print; tables and pictures look different from one version of a library to the next."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    return ["".join(output["text"]) for output in outputs if output["output_type"] == "stream"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Render the notebook, or say whether it is stale; returns the exit status."""
    parser = argparse.ArgumentParser(description="Run the notebook and keep what its cells show.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if what is printed has changed")
    check = parser.parse_args(arguments).check
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
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
            sys.stderr.write("the notebook is stale; renew it with `make experiments`\n")
        return int(stale)
    NOTEBOOK.write_text(json.dumps(fresh, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    sys.stdout.write(f"rendered {NOTEBOOK.name}\n")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(NOTEBOOK.parent.parent))
    sys.exit(main())
