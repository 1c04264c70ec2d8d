"""What the documentation says is true: printed pages are fresh, and what can be typed runs."""

import ast
import importlib.util
import io
import os
import re
import shlex
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image

from helpers.kept_files import kept_files, shown
from helpers.markdown import anchors, targets, torn_rows
from helpers.windows import opened
from sim.evidence.evidence import load_evidence

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"
FEW = "3"
PAGES = sorted(path for path in kept_files() if path.suffix == ".md")
OF_THEIR_DAY = {"CHANGELOG.md"} | {shown(path) for path in PAGES if path.parent.name == "decisions"}


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
    words = shlex.split(command, comments=True)
    words = words[: next((at for at, word in enumerate(words) if word in {"|", ">"}), len(words))]
    while not words.pop(0).endswith("multivector"):
        pass
    played = {"run", "compare", "ablate", "patterns", "documented", "levers", "policies", "backtest"}
    if not played.intersection(words):
        return words
    if {"compare", "ablate", "backtest"}.intersection(words):  # their figures have tests of their own
        words.append("--no-figures")
    if "--runs" in words:
        words[words.index("--runs") + 1] = FEW
        return words
    return [*(word for word in words if not word.startswith("--runs=")), "--runs", FEW]


def make_targets(text):
    return set(re.findall(r"^([a-z][a-z-]*):(?!=)", text, flags=re.MULTILINE))


def tool(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def printer():
    return tool("print_pages")


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


def test_the_sheet_of_the_second_reader_tells_no_level(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tools")
    asked = [line for line in tool("print_codebook").sheet(load_evidence()).splitlines() if line.endswith("}")]
    assert asked
    assert all(line.endswith(": {level: , passage: }") for line in asked)


# --- tables, links, names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_row_of_a_table_has_the_cells_of_its_head(page):
    assert torn_rows(page.read_text(encoding="utf-8")) == []


TABLE = "| a | b |\n|---|---|\n"


@pytest.mark.parametrize(
    ("text", "torn"),
    [
        (TABLE + "| 1 | 2 |\n", []),
        (TABLE + "| `x \\| y` | 2 \\| 3 |\n", []),  # escaped bars are no ends of cells
        (TABLE + "1 | 2\n", []),  # nor need a row begin or end with one
        (TABLE + "| `x | y` | 2 |\n", [3]),  # others are, inside code as well
        (TABLE + "| 1 |\n| 1 | 2 |\n| 1 | 2 | 3 |\n", [3, 5]),
        ("| a | b |\n|---|\n| 1 | 2 |\n", [1, 2, 3]),  # the head does not fit its rule: no table at all
        (TABLE + "\n| 1 | 2 |\n", [4]),  # a row that has come off
        ("```\n| 1 |\n|---|---|\n```\n", []),
    ],
)
def test_torn_tables_are_found(text, torn):
    assert [line for line, _ in torn_rows(text)] == torn


def broken_links(page):
    """Links and pictures of a page that lead to no file, or to no heading of it."""
    for line, _, target in targets(page.read_text(encoding="utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, place = target.partition("#")
        path = page.parent / unquote(name) if name else page
        if not path.exists():
            yield line, target, "no such file"
        elif place and place not in anchors(path.read_text(encoding="utf-8")):
            yield line, target, "no such heading"


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_links_lead_somewhere(page):
    assert list(broken_links(page)) == []


def test_broken_links_are_found(tmp_path):
    page, other = tmp_path / "page.md", tmp_path / "other.md"
    other.write_text('# How `sim.run` works, and why\n\n## Twice\n\n## Twice\n\n<a id="place"></a>\n', encoding="utf-8")
    right = [
        "other.md",
        "other.md#how-simrun-works-and-why",
        "other.md#twice-1",
        "other.md#place",
        "#here",
        "mailto:a@b",
    ]
    wrong = ["another.md", "other.md#thrice", "#there", "picture.png"]
    links = [f"[x]({target})" for target in right + wrong[:-1]]
    page.write_text("\n".join(["# Here", "", *links, "![x](picture.png)"]), encoding="utf-8")
    assert [target for _, target, _ in broken_links(page)] == wrong


DOTTED = re.compile(r"(?<![\w./-])sim(?:\.[A-Za-z_]\w*)+")
PATHS = re.compile(r"(?<![\w./:-])(?:sim|tests|seeds|docs|scenarios|experiments|tools)/(?:<[^<>\n]*>|[\w.*/-])*")


def found_by_name(name):
    """Whether a dotted name can be imported and looked up."""
    thing, so_far = import_module("sim"), "sim"
    for part in name.split(".")[1:]:
        so_far += f".{part}"
        try:
            thing = getattr(thing, part) if hasattr(thing, part) else import_module(so_far)
        except ModuleNotFoundError:
            return False
    return True


def found_on_disk(name):
    """Whether a path is there; what stands in <angle brackets> may be anything."""
    pattern = re.sub(r"<[^<>]*>", "*", name).rstrip("/.")
    return any(ROOT.glob(pattern))


def untrue(text):
    """Dotted names and paths in a text that are not there."""
    text = re.sub(r"https?://\S+", "", text)
    names = [name for name in dict.fromkeys(DOTTED.findall(text)) if not found_by_name(name)]
    return names + [path for path in dict.fromkeys(PATHS.findall(text)) if not found_on_disk(path)]


@pytest.mark.parametrize("page", [page for page in PAGES if shown(page) not in OF_THEIR_DAY], ids=shown)
def test_names_and_paths_in_a_page_are_there(page):
    said, _, recipes = page.read_text(encoding="utf-8").partition("\n## How to add\n")
    # what a recipe writes is not there before; `test_recipes.py` follows each
    assert untrue(said + re.sub(r"^```.*?^```$", "", recipes, flags=re.MULTILINE | re.DOTALL)) == []


def docstrings(path):
    """All docstrings of a file of code, with what they belong to."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield getattr(node, "name", path.stem), ast.get_docstring(node) or ""


CODE = sorted(path for top in ("sim", "tools") for path in (ROOT / top).rglob("*.py"))


@pytest.mark.parametrize("folder", sorted({path.parent for path in CODE}), ids=shown)
def test_names_and_paths_in_docstrings_are_there(folder):
    files = [path for path in CODE if path.parent == folder]
    wrong = {f"{shown(path)}: {name}": untrue(text) for path in files for name, text in docstrings(path)}
    assert {place: names for place, names in wrong.items() if names} == {}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("`sim.run`, `sim.io.errors.InputError`, sim.batch.outcomes.Outcome.LEANING and sim.Model(1).x", []),
        ("`sim.ruin` and `sim.io.errors.InputErorr`", ["sim.ruin", "sim.io.errors.InputErorr"]),
        ("`sim/io/errors.py`, seeds/, tests/test_<name of it>.py, experiments/<number>-global-sensitivity.", []),
        ("`sim/io/wrong.py` and (docs/*.txt)", ["sim/io/wrong.py", "docs/*.txt"]),
        ("https://example.org/docs/none.html and ../seeds/none.csv", []),
    ],
)
def test_names_and_paths_that_are_not_there_are_found(text, wrong):
    assert untrue(text) == wrong


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
    if arguments[0] == "classroom":  # goes on until somebody ends it
        served = opened(tmp_path, *arguments[1:])
        served.close()
        assert served.process.returncode in {0, 130}, served.complaints()
        return
    found = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "sim.cli", *arguments]
    how = {"cwd": tmp_path, "env": os.environ | {"PYTHONPATH": found, "MPLBACKEND": "agg"}, "text": True}
    if arguments[0] == "classroom":
        check_it_stays_open([*command, "--port", "0"], **how)
        return
    done = subprocess.run(command, capture_output=True, timeout=300, check=False, **how)
    assert done.returncode == 0, done.stdout + done.stderr


def check_it_stays_open(command, **how):
    """A class is open until somebody ends it."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how) as room:
        try:
            assert room.stdout.readline().startswith("teacher   http://127.0.0.1:")
            assert room.poll() is None
            room.send_signal(signal.SIGINT)
            assert room.wait(30) in {0, 130}
        finally:
            room.kill()


def test_the_figure_of_the_readme_is_drawn_by_a_tool():
    drawer = tool("draw_readme_figure")
    shown_there = [target for _, kind, target in targets(README.read_text(encoding="utf-8")) if kind == "picture"]
    assert shown(drawer.FIGURE) in shown_there
    with Image.open(drawer.FIGURE) as kept, Image.open(io.BytesIO(drawer.drawn(runs=int(FEW)))) as fresh:
        assert (fresh.mode, fresh.size) == ("P", kept.size)


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
