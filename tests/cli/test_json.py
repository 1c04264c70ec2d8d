"""`--json`: one document of one shape from every command, alone on standard output, and as `docs/json.md` tells it."""

import argparse
import ast
import json
import re
from pathlib import Path

import pytest

from sim.cli import NAMES, add_all, main
from sim.cli.closing import document, plain

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (`\w+`)? ?\| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
KEYS = {"command", "version", "caution", "scenarios", "rows", "files"}


def documented():
    """Command -> table -> keys of a row that the page names; empty where it points to a table on disk."""
    found, command = {}, ""
    for name, tables, keys in ROW.findall(PAGE.partition("## Tables by command")[2].partition("\n## ")[0]):
        command = name.strip("`") or command
        found.setdefault(command, {})
        for table in re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", tables)):
            named = [] if "columns of" in keys else re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", keys))
            found[command][table] = named
    return found


def ask(capsys, *arguments, code=0):
    assert main.main([*map(str, arguments), "--json"]) == code
    return json.loads(capsys.readouterr().out)


def commands():
    parser = argparse.ArgumentParser()
    several = parser.add_subparsers()
    add_all(several)
    return several.choices


def test_every_command_takes_it_and_is_on_the_page():
    for name, parser in commands().items():
        assert "--json" in parser.format_usage(), name
    assert sorted(documented()) == sorted(commands())


@pytest.mark.parametrize("name", NAMES)
def test_every_command_closes_in_the_one_way(name):
    """What is printed as JSON is printed by one function; a command that prints its own is a shape of its own."""
    text = (ROOT / "sim" / "cli" / f"{name}.py").read_text(encoding="utf-8")
    called = {
        node.func.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and hasattr(node.func, "id")
    }
    assert called & {"close", "leave"}
    assert "json.dumps" not in text.replace("json.dumps(salib", "")


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    return tmp_path_factory.mktemp("json")


@pytest.fixture(scope="module")
def twin(there):
    path = there / "twin.yaml"
    path.write_text(
        "title: A twin\nquestion: What then?\nextends: toy\nwithout: [compensating-visit]\n", encoding="utf-8"
    )
    return path


def cases(there, twin):
    few = ("--runs", "12", "--no-figures", "-o", there)
    line = "dependence ALD OST > 20 %"
    return {
        "run": ["run", "toy", *few, "--ask", line],
        "run seeds": ["run", "toy", *few, "--seed", "0", "--seed", "1"],
        "run dry": ["run", "toy", "--dry-run", "-o", there],
        "compare": ["compare", "toy", twin, *few, "--ask", line],
        "check": ["check", "toy", twin],
        "list": ["list", "worlds"],
        "new": ["new", "fresh", "-o", there],
        "diff": ["diff", "toy", twin],
        "ablate": ["ablate", "toy", "--system", "compensating-visit", *few],
        "policies": ["policies", "toy", "--policy", "yes-to-all", "--state", "ALD", *few],
        "explain": ["explain", "toy", "--state", "BEK"],
        "trace": ["trace", "choice.gain"],
        "audit": ["audit", "--world", "toy", "--known-until", "2019-12-31"],
        "chronicle": ["chronicle", "toy"],
        "schema": ["schema", "lever"],
        "sweep": ["sweep", "0002-rivalry-and-aversion", "--small", "--dry-run", "-o", there],
    }


@pytest.mark.parametrize("case", sorted(cases(Path(), Path())))
def test_it_is_alone_on_standard_output_and_as_the_page_tells(case, there, twin, capsys):
    page = ask(capsys, *cases(there, twin)[case])
    command = case.split()[0]
    assert page["command"] == command
    assert set(page) >= KEYS
    assert page["caution"] == "conditional exploration, not a forecast"
    assert page["rows"]
    told = documented()[command]
    for row in page["rows"]:
        if command != "list":
            assert row["table"] in told
        if told.get(row["table"]):
            assert set(told[row["table"]]) <= set(row) or row["table"] in {"checked", "traced", "explanations"}
    for one in page["files"]:
        assert set(one) == {"what", "path"}


def test_finished_runs_are_asked_without_running(there, twin, capsys):
    page = ask(capsys, *cases(there, twin)["run"])
    folder = page["scenarios"][0]["folder"]
    again = ask(capsys, "ask", folder, "dependence ALD OST > 20 %")
    assert again["rows"] == [row for row in page["rows"] if row["table"] == "asks"]


def test_what_is_wrong_goes_to_standard_error_and_nothing_else_is_printed(capsys):
    assert main.main(["run", "no-such-scenario", "--json"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "there is no such scenario" in told.err


def test_a_check_tells_what_is_wrong_row_by_row(tmp_path, capsys):
    path = tmp_path / "wrong.yaml"
    path.write_text("title: x\nextends: toy\nruns: -1\n", encoding="utf-8")
    page = ask(capsys, "check", "toy", path, code=2)
    wrong = [row for row in page["rows"] if row["says"] == "wrong"]
    assert {row["line"] for row in wrong} >= {3}
    assert [row["says"] for row in page["rows"] if row["name"] == "toy"] == ["fine"]


def test_values_are_plain():
    import numpy as np

    assert plain({"a": np.float64("nan"), "b": np.int64(3), "c": (np.bool_(1), Path("x")), "d": float("inf")}) == {
        "a": None,
        "b": 3,
        "c": [True, "x"],
        "d": None,
    }
    page = document("x", {"t": [{"n": 1.5}]}, [], [])
    assert page["rows"] == [{"table": "t", "n": 1.5}]
