"""What people get wrong in scenario files, and what they are told, word for word.

`python tests/scenario/test_mistakes.py` renews what is said in `mistakes/scenarios.yaml`; read the difference before
keeping it.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from helpers.small_seeds import write
from sim.io.errors import InputError, listed
from sim.scenario.events import EVENT_KINDS, LASTING
from sim.scenario.family import list_scenarios
from sim.scenario.scenario import load_scenario
from sim.scenario.timeline import EVENT_KEYS

PATH = Path(__file__).parents[1] / "mistakes" / "scenarios.yaml"
TABLE: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
HEAD: str = TABLE["head"]


def told(folder: Path, text: str, files: dict[str, str]) -> list[str]:
    """What is said about the file x.yaml in a folder of its own; the working directory is that folder."""
    for path in folder.glob("*.yaml"):
        path.unlink()
    for name, content in {**files, "x": text}.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    try:
        load_scenario(folder / "x.yaml", seeds=folder / "seeds")
    except InputError as error:
        return [generic(line, files) for line in str(error).split("\n")]
    return []


def generic(line: str, files: dict[str, str]) -> str:
    """Lists that grow with the program and its scenarios, by their names."""
    there = dict.fromkeys([*sorted([*files, "x"]), *list_scenarios()])
    for name, words in (
        ("{keys of an event}", listed(EVENT_KEYS, "list events")),
        ("{kinds of event}", listed(EVENT_KINDS, "list events")),
        ("{kinds of event that last}", listed(LASTING)),
        ("{scenarios there are}", listed(there, "list scenarios")),
    ):
        line = line.replace(words, name)
    return line


def whole(text: str | dict[str, Any]) -> str:
    """A text as it is written, or one that is too long to be written out."""
    if isinstance(text, str):
        return text
    return str(text["before"] + text["repeat"] * text["times"] + text["after"])


def cases() -> list[tuple[str, str, dict[str, str], list[str]]]:
    """Every mistake: its name, the file, other files, and what is said."""
    found = [(one["name"], HEAD + whole(one["text"]), {}, one.get("says", [])) for one in TABLE["mistakes"]]
    for one in TABLE["heads"]:
        lines = [line for line in HEAD.splitlines() if not line.startswith(one["key"] + ":")]
        lines += [f"{one['key']}: {one['to']}"] if "to" in one else []
        found.append((one["name"], "\n".join(lines) + "\n", {}, one.get("says", [])))
    found += [(one["name"], whole(one["text"]), {}, one.get("says", [])) for one in TABLE["whole"]]
    found += [(one["name"], one["text"], one["files"] or {}, one.get("says", [])) for one in TABLE["families"]]
    return found


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    write(folder / "seeds")
    return folder


@pytest.mark.parametrize(("text", "files", "says"), [case[1:] for case in cases()], ids=[case[0] for case in cases()])
def test_a_mistake_is_told_word_for_word(
    desk: Path, monkeypatch: pytest.MonkeyPatch, text: str, files: dict[str, str], says: list[str]
) -> None:
    monkeypatch.chdir(desk)
    said = told(desk, text, files)
    if not yaml.__with_libyaml__:  # two parsers, two ways to say what is not YAML, sometimes a line apart
        said, says = ([line.partition("this is not valid YAML")[2] or line for line in lines] for lines in (said, says))
        said, says = ([line for line in lines if not line.startswith(": ")] for lines in (said, says))
    assert said == says


def test_the_catalogue_is_large_and_no_mistake_stands_in_it_twice() -> None:
    names = [case[0] for case in cases()]
    assert len(names) >= 40
    assert len(set(names)) == len(names)
    assert len({case[1] + repr(case[2]) for case in cases()}) == len(names)


# --- renewing what is said -------------------------------------------------------------------------------------------


def renewed() -> str:
    """The table with what is said now."""
    comment = "".join(f"{line}\n" for line in PATH.read_text(encoding="utf-8").splitlines() if line.startswith("#"))
    said = {name: told(Path.cwd(), text, files) for name, text, files, _ in cases()}
    lines = [comment, *_written("head", HEAD, "")]
    for section in ("mistakes", "heads", "whole", "families"):
        lines.append(f"\n{section}:")
        for one in TABLE[section]:
            lines.append(f"  - name: {one['name']}")
            lines += [f"    key: {one['key']}"] if "key" in one else []
            lines += [f"    to: {json.dumps(one['to'])}"] if "to" in one else []
            lines += _written("text", one["text"], "    ") if "text" in one else []
            if "files" in one:
                lines.append("    files:" if one["files"] else "    files: {}")
                for name, text in one["files"].items():
                    lines += _written(name, text, "      ")
            lines.append("    says:")
            lines += [f"      - {json.dumps(line, ensure_ascii=False)}" for line in said[one["name"]]]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _written(key: str, text: str | dict[str, Any], indent: str) -> list[str]:
    plain = isinstance(text, str) and text.endswith("\n") and text.isprintable() is False and text[0] not in " #\n"
    if plain and not set(str(text)) & {"\t", "\a"}:
        return [f"{indent}{key}: |", *(f"{indent}  {line}" for line in str(text).splitlines())]
    return [f"{indent}{key}: {json.dumps(text, ensure_ascii=False)}"]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        write(Path(name) / "seeds")
        os.chdir(name)
        text = renewed()
    os.chdir(PATH.parent)
    PATH.write_text(text, encoding="utf-8")
    untold = re.findall(r"- name: (.*)\n(?:(?!  - name:).*\n)*?    says:\n\n", text)
    sys.exit(f"nothing is said about: {', '.join(untold)}" if untold else 0)
