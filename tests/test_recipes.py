"""The recipes of the docs, each followed to the letter.

Those of `docs/architecture.md` change code and seeds, in a copy of the repository; those of `docs/worlds.md` need no
checkout, and are followed in a folder that holds nothing.
"""

import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli import main

ROOT = Path(__file__).parent.parent
SECTION = re.compile(r"^### ([^\n]+)\n(.*?)(?=^### |\Z)", re.MULTILINE | re.DOTALL)


def recipes_in(page):
    """The recipes of a page by their headings."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return dict(SECTION.findall(text.partition("\n## How to add\n")[2]))


RECIPES, WORLDS = recipes_in("architecture.md"), recipes_in("worlds.md")
BLOCK = re.compile(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def patch(text, folder):
    """Apply a diff by its lines: what stands before must stand in the file exactly once."""
    name = re.search(r"^\+\+\+ b/(\S+)$", text, flags=re.MULTILINE)[1]
    path = folder / name
    content = path.read_text(encoding="utf-8")
    for hunk in re.split(r"^@@.*\n", text, flags=re.MULTILINE)[1:]:
        lines = hunk.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in " -").rstrip("\n")
        after = "".join(line[1:] for line in lines if line[0] in " +").rstrip("\n")
        assert content.count(before) == 1, f"{name} has not once:\n{before}"
        content = content.replace(before, after)
    path.write_text(content, encoding="utf-8")


def follow(recipe, folder, run):
    """Write, change and run what the recipe says, in its order; what the commands print."""
    told = []
    for language, name, text in BLOCK.findall(recipe):
        if name:
            (folder / name).write_text(text, encoding="utf-8")
        elif language == "diff":
            patch(text, folder)
        elif language == "bash":
            told += [run(line, folder) for line in text.splitlines()]
    return "\n".join(told)


def apart(line, folder):
    """Run a line in a process of its own, with the code that lies in the folder."""
    words = shlex.split(line)
    if words[0] == "multivector":
        words = [sys.executable, "-m", "sim.cli", *words[1:]]
    elif words[0] == "python":
        words[0] = sys.executable
    # interpreted, because two short runs take less than compiling the changed rulebook
    kept = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(folder)}
    done = subprocess.run(words, cwd=folder, env=kept, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def copy(tmp_path):
    for name in ("sim", "seeds", "scenarios"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


SAYS = {  # by recipe: what its commands must print
    "A power": "OCE",
    "A number": "what a power is worth that holds nothing of a kind yet",
    "A rule": "2 runs",
    "An event": "a scandal is laid at the door",
    "A measure": "mean",
    "A figure": "2 runs",
    "A command": "Aldara",
}


def test_there_is_a_recipe_for_whatever_is_added_often():
    assert set(RECIPES) == set(SAYS)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_works_to_the_letter(recipe, copy):
    assert SAYS[recipe] in follow(RECIPES[recipe], copy, apart)


OF_WORLDS = {  # by recipe: what its commands must print
    "A power": "Yearly output of South Korea",
    "A state": "2 runs",
    "Other numbers": "what if Kazakhstan were half as large",
    "Another region": "islands",
    "In Python": "taken from India (powers.IND.might)",
}


def test_there_is_a_recipe_for_every_sort_of_world():
    assert set(WORLDS) == set(OF_WORLDS)


@pytest.mark.parametrize("recipe", WORLDS)
def test_a_recipe_for_a_world_works_to_the_letter(recipe, tmp_path, monkeypatch, capsys):
    def here(line, folder):
        program, *words = shlex.split(line)
        if program == "python":
            runpy.run_path(str(folder / words[0]))
        else:
            assert main.main(words) == 0, line
        return capsys.readouterr().out

    monkeypatch.chdir(tmp_path)
    assert OF_WORLDS[recipe] in follow(WORLDS[recipe], tmp_path, here)
