"""Where the browser comes from: the machine's own, one that is named, Debian's, or none, and then that is said."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "find_browser.py"


@pytest.fixture
def finder(monkeypatch, tmp_path):
    """The tool, on a machine that has nothing but what a test puts there; with the list of what apt-get was asked."""
    spec = importlib.util.spec_from_file_location("find_browser", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.delenv(module.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(module, "NAMES", ("chromium", "chromium-browser"))
    monkeypatch.setattr(module.os, "geteuid", lambda: 0)
    return module


def put(folder, name, *lines):
    path = folder / name
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    path.chmod(0o755)
    return str(path)


BROWSER = "echo Chromium 156"


def test_the_first_that_starts_is_taken(finder, tmp_path):
    put(tmp_path, "chromium", "echo install the snap >&2", "exit 1")  # a name without a browser
    other = put(tmp_path, "chromium-browser", BROWSER)
    assert finder.found() == other


def test_a_named_one_comes_before_all_and_is_not_replaced(finder, tmp_path, monkeypatch):
    put(tmp_path, "chromium", BROWSER)
    put(tmp_path, "apt-get", f": > {tmp_path}/asked")
    monkeypatch.setenv(finder.VARIABLE, mine := put(tmp_path, "mine", BROWSER))
    assert finder.found() == mine
    monkeypatch.setenv(finder.VARIABLE, "none")
    assert finder.found() is None
    assert finder.main() == 0
    assert not (tmp_path / "asked").exists()


def test_where_there_is_none_debian_is_asked_after_its_list_of_packages(finder, tmp_path, capsys):
    put(
        tmp_path,
        "apt-get",
        f'echo "$@" >> {tmp_path}/asked',
        f'case "$*" in *update) : > {tmp_path}/list;; *) [ -e {tmp_path}/list ] || exit 100',
        f"printf '#!/bin/sh\\n{BROWSER}\\n' > {tmp_path}/chromium; /bin/chmod +x {tmp_path}/chromium;; esac",
    )
    assert finder.main() == 0
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert [line.split()[-1] for line in asked] == ["chromium", "update", "chromium"]
    assert f"Tests in a browser: {tmp_path}/chromium" in capsys.readouterr().out


@pytest.mark.parametrize("why", ["nobody to ask", "not root", "fails"])
def test_where_none_can_be_had_it_is_said_and_all_goes_on(finder, tmp_path, monkeypatch, capsys, why):
    if why != "nobody to ask":
        put(tmp_path, "apt-get", f": > {tmp_path}/asked", "echo E: no network >&2", "exit 100")
    if why == "not root":
        monkeypatch.setattr(finder.os, "geteuid", lambda: 1000)
    assert finder.main() == 0
    said = capsys.readouterr().out
    assert finder.MISSING in said
    assert "apt-get install chromium" in said
    assert finder.VARIABLE in said
    assert ("E: no network" in said) == (tmp_path / "asked").exists() == (why == "fails")


def test_without_a_browser_its_tests_are_skipped_and_say_what_to_install(finder):
    one = "tests/browser/test_opening.py::test_the_token_leaves_the_address_bar"
    options = ["-q", "-p", "no:cacheprovider", "-o", "addopts=-rs --import-mode=importlib"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, one],
        cwd=TOOL.parents[1],
        env=os.environ | {finder.VARIABLE: "none"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 skipped" in done.stdout
    assert finder.MISSING in " ".join(done.stdout.split())
