"""Worlds of one's own in a folder laid over the shipped seeds: changed, spoilt or grown from the toy world."""

from __future__ import annotations

import csv
import io
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import yaml

from sim.evidence.worlds import shipped_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

TOY = shipped_folder("seeds") / "toy"
CHANGED = """\
number,value,low,high,unit,basis,evidence,passage,formula,reason,meaning
states.ALD.gdp,5000,4000,6000,,assumed,,,,to see whether it is used,
"""
QUESTION = "title: T\nquestion: Q\nextends: toy\n"


def layer(folder: Path, worlds: Mapping[str, Mapping[str, str]] | None = None) -> Path:
    """A layer with some worlds, each the texts of its files by name; `rich`, the toy with a giant, unless others."""
    rich = {"actors.yaml": "extends: toy\n", "changes.csv": CHANGED}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "layer.yaml").write_text("over: shipped\n", encoding="utf-8")
    for world, files in ({"rich": rich} if worlds is None else worlds).items():
        (folder / world).mkdir()
        for name, text in files.items():
            (folder / world / name).write_text(text, encoding="utf-8")
    return folder


def question(folder: Path, text: str = QUESTION + "world: rich\n") -> Path:
    """A scenario in a file."""
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def toy_files() -> dict[str, str]:
    """The files of the toy world by name."""
    return {path.name: path.read_text(encoding="utf-8") for path in TOY.iterdir()}


def grown(states: int, powers: int, ways: int = 2, *, related: bool = True) -> dict[str, str]:
    """The files of a world with so many states, powers and corridors, each like one of the toy world.

    related: whether its tables have rows.
    """
    top: dict[str, Any] = yaml.safe_load((TOY / "actors.yaml").read_text(encoding="utf-8"))
    alike, codes = {}, {}
    for key, count in (("states", states), ("powers", powers), ("corridors", ways)):
        old = list(top[key])
        codes[key] = [f"{key[0].upper()}{at:03d}" for at in range(count)]
        alike |= {code: old[at % len(old)] for at, code in enumerate(codes[key])}
        top[key] = {code: top[key][alike[code]] for code in codes[key]}
    del top["pipelines"]
    rows = {name: list(csv.DictReader(text.splitlines())) for name, text in toy_files().items() if ".csv" in name}
    files = {"actors.yaml": yaml.dump(top, Dumper=_Plain, sort_keys=False, default_flow_style=True, width=10**9)}
    if not related:
        return files | {name: _table(several, ()) for name, several in rows.items()}
    files["ties.csv"] = _table(rows["ties.csv"], product(codes["states"], codes["powers"]), alike)
    files["rivalries.csv"] = _table(rows["rivalries.csv"], combinations(codes["powers"], 2))
    files["neighbours.csv"] = _table(rows["neighbours.csv"], combinations(codes["states"], 2))
    pairs = product(codes["corridors"], [*codes["states"], *codes["powers"]])
    files["corridors.csv"] = _table(rows["corridors.csv"], pairs, alike)
    files["pipelines.csv"] = _table(rows["pipelines.csv"], ())
    return files


class _Plain(yaml.SafeDumper):
    """Writes out what stands twice, where YAML would refer to the first."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _table(rows: list[dict[str, str]], pairs: Iterable[tuple[str, str]], alike: Mapping[str, str] | None = None) -> str:
    """A table with rows for each pair: those of the pair it is like, or of the first there is."""
    one, two, *_ = rows[0]
    text = io.StringIO()
    table = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    table.writeheader()
    for first, second in pairs:
        like = (rows[0][one], rows[0][two]) if alike is None else (alike[first], alike[second])
        for row in rows:
            if (row[one], row[two]) == like:
                shared = row.get("field") in ("energy", "union") and not second.endswith("000")
                nought = {"value": "0", "low": "0", "basis": "assumed", "formula": ""} if shared else {}
                table.writerow(row | {one: first, two: second} | nought)
    return text.getvalue()
