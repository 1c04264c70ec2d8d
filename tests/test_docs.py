"""What the documentation says is true: printed pages are fresh, and what can be typed runs."""

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"
FEW = "3"


def blocks(path, *languages):
    """The fenced blocks of a page in one of the languages ("" = none named), each with its first line in the file."""
    text = path.read_text(encoding="utf-8")
    return [
        (text[: match.start(3)].count("\n") + 1, match[3])
        for match in re.finditer(r"^( *)```([^\n`]*)\n(.*?)^\1``` *$", text, flags=re.MULTILINE | re.DOTALL)
        if match[2].strip().lower() in languages
    ]


def readme_lines():
    """The lines typed at a terminal that the README shows, prompts, comments and line continuations removed."""
    if not README.is_file():
        return []
    shown = "\n".join(text for _, text in blocks(README, "", "sh", "bash", "shell", "console"))
    lines = shown.replace("\\\n", " ").splitlines()
    return [line.strip().removeprefix("$ ").strip() for line in lines]


def readme_commands():
    parts = [part for line in readme_lines() for part in re.split(r"\s*(?:&&|;)\s*", line)]
    return list(dict.fromkeys(part for part in parts if re.match(r"(?:\w+=\S+ +)*(?:\S*/)?multivector(?:\s|$)", part)))


def arguments_of(command):
    """What follows the program's name, with few runs; what the shell would do with the output is left out."""
    words = shlex.split(re.split(r"\s[|>]", command)[0], comments=True)
    while not words.pop(0).endswith("multivector"):
        pass
    if not {"run", "compare", "ablate", "patterns"}.intersection(words):
        return words
    if {"compare", "ablate"}.intersection(words):  # their figures have tests of their own
        words.append("--no-figures")
    if "--runs" in words:
        words[words.index("--runs") + 1] = FEW
        return words
    return [*(word for word in words if not word.startswith("--runs=")), "--runs", FEW]


def make_targets(text):
    return set(re.findall(r"^([a-z][a-z-]*):(?!=)", text, flags=re.MULTILINE))


@pytest.fixture(scope="module")
def printer():
    spec = importlib.util.spec_from_file_location("print_pages", ROOT / "tools" / "print_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- printed pages ---------------------------------------------------------------------------------------------------


def test_printed_pages_are_up_to_date(printer):
    stale = [path.name for path, text in printer.pages().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, "renew them with `make docs`"


def test_a_stale_page_is_told_and_then_renewed(printer, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(printer, "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("old", encoding="utf-8")
    monkeypatch.setattr(printer, "pages", lambda: {page: "new"})
    assert printer.main(["--check"]) == 1
    assert "page.md is stale" in capsys.readouterr().err
    assert page.read_text(encoding="utf-8") == "old"
    assert printer.main([]) == 0
    assert page.read_text(encoding="utf-8") == "new"
    assert printer.main(["--check"]) == 0


@pytest.mark.parametrize("page", sorted(path.name for path in DOCS.glob("*.md")))
def test_links_lead_somewhere(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    targets = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    broken = [target for target in targets if target and not (DOCS / target).exists()]
    assert not broken


# --- the tour --------------------------------------------------------------------------------------------------------


def test_the_tour_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tour = DOCS / "tour.md"
    space = {"__name__": "tour"}
    for line, text in blocks(tour, "python"):
        code = compile("\n" * (line - 1) + text, str(tour), "exec")
        exec(code, space)
        assert capsys.readouterr().out.strip() or "print(" not in text, f"the block at line {line} says nothing"
    assert len(blocks(tour, "python")) > 5


# --- the README ------------------------------------------------------------------------------------------------------


def test_the_readme_shows_commands():
    assert README.is_file(), "README.md is missing"
    assert readme_commands(), "README.md shows no multivector command in a fenced block"


@pytest.mark.parametrize("command", readme_commands())
def test_commands_of_the_readme_run(command, tmp_path):
    arguments = arguments_of(command)
    for word in arguments:
        path = tmp_path / word
        if (ROOT / word).is_file() and "/" in word:  # a path in a command is a path in a checkout
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes((ROOT / word).read_bytes())
        elif word.endswith((".yaml", ".yml")):  # the reader's own file, shown in full
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(blocks(README, "yaml", "yml")[0][1], encoding="utf-8")
    found = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, "-m", "sim.cli", *arguments],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": found, "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_make_targets_of_the_readme_exist():
    assert README.is_file(), "README.md is missing"
    text = README.read_text(encoding="utf-8")
    inline = "\n".join(re.findall(r"`(make [^`\n]+)`", text))
    named = re.findall(r"^(?:.*&& *)?make +([a-z][a-z-]*)", "\n".join([*readme_lines(), inline]), flags=re.MULTILINE)
    missing = set(named) - make_targets((ROOT / "Makefile").read_text(encoding="utf-8"))
    assert not missing
    assert named, "README.md names no make target"


def test_every_make_target_is_told_by_make_help():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    told = set(re.findall(r"^#   make ([a-z-]+)", text, flags=re.MULTILINE))
    assert make_targets(text) - {"help"} == told


def test_continuous_integration_runs_what_the_readme_says_must_pass():
    """`.ci/run` makes the target that the README names, and that target runs every tool that it names."""
    ci = set(re.findall(r"^make ([a-z]+)", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), flags=re.MULTILINE))
    promised = README.read_text(encoding="utf-8").partition("## How it is tested")[2].partition("\n## ")[0]
    assert ci - {"clean"} == {re.search(r"`make ([a-z]+)`", promised)[1]} == {"check"}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipes = dict(re.findall(r"^([a-z]+):(.*(?:\n\t.*)*)", makefile, flags=re.MULTILINE))
    assert "lint" in recipes["check"]
    assert "run-tests" in recipes["check"]
    for tool in ("ruff check", "ruff format --check", "mypy", "lint-imports"):
        assert re.search(rf"\)/{tool}\b", recipes["lint"]), tool
