"""Files made to hurt: refused quickly and in bounded memory, and never followed out of their folder."""

import json
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
import yaml

from helpers.clock import processor_time
from sim.evidence.evidence import load_evidence
from sim.io.errors import InputError
from sim.scenario.family import MOST_FILES
from sim.scenario.scenario import load_scenario

ROOT = Path(__file__).parents[2]
SECONDS = 1.0
MEGABYTES = 60.0
HEAD = "title: T\nquestion: Q?\nworld: toy\nfrom: 2026-Q1\nto: 2035-Q4\nruns: 2\nseed: 0\n"
VISIT = "visit: {by: ALD, to: OST}"


def laughs(width=9):
    """Each line names the one before it nine times: a thousand million words, if they were written out."""
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n + 1}: &a{n + 1} [{','.join([f'*a{n}'] * width)}]" for n in range(width)]
    return "\n".join(lines) + "\n"


def staircase(steps, width):
    """Long keys inside long keys, and below them a long list whose every item could carry the whole path."""
    keys = (f"{' ' * step}{'k' * width}{step}:\n" for step in range(steps))
    return "".join(keys) + " " * steps + "z: [" + "1," * 90_000 + "1]\n"


BOMBS = {
    "aliases of aliases": laughs(),
    "brackets": "[" * 500_000,
    "braces": "{a: " * 200_000,
    "dashes": "- " * 400_000,
    "question marks": "? " * 400_000,
    "colons": ":" * 900_000,
    "commas": "[" + "," * 900_000,
    "spaces": " " * 900_000,
    "one long key": "k" * 900_000 + ": 1\n",
    "long keys in long keys": staircase(20, 200),
    "one key very often": "a: 1\n" * 150_000,
    "many keys": "".join(f"k{n}: 1\n" for n in range(45_000)),
    "anchors": "".join(f"&a{n} k{n}: 1\n" for n in range(45_000)),
    "documents": "---\n" * 200_000,
    "a tag of a megabyte": "a: !" + "x" * 900_000 + " 1\n",
    "digits": HEAD + "numbers: {choice.gain: " + "9" * 900_000 + "}\n",
    "digits for runs": HEAD.replace("runs: 2", "runs: " + "9" * 900_000),
    "a unit of a megabyte": HEAD + "numbers: {choice.gain: 1" + " " * 900_000 + "x}\n",
    "numbers nobody knows": HEAD
    + "numbers:\n"
    + "".join(f"  choice.dependence_aversio{n}: 1\n" for n in range(20_000)),
    "facts nobody knows": HEAD + "evidence:\n" + "".join(f"  - c5-multivector-{n}\n" for n in range(40_000)),
    "guests": HEAD + "events: [{at: 2026-Q1, summit: {host: SUD, guests: [" + "ALD, " * 80_000 + "ALD]}}]\n",
    "events": HEAD + "events:\n" + f"  - {{at: 2026-Q1, {VISIT}}}\n" * 13_000,
    "mistaken events": HEAD + "events:\n" + "  - {at: 2026-Q9, vist: {by: ALD}}\n" * 9_000,
    "events that repeat": HEAD + "events:\n" + f"  - {{at: 2026-Q1, every: 1 quarter, {VISIT}}}\n" * 9_000,
}


EACH = """
import contextlib, json, resource, sys, time
from pathlib import Path
from sim.io import InputError
from sim.evidence import load_evidence
from sim.scenario import load_scenario

with contextlib.suppress(ValueError, OSError):  # not every system knows how to limit memory
    resource.setrlimit(resource.RLIMIT_AS, (400_000_000, 400_000_000))
load_evidence("toy")
told = {}
for path in sorted(Path(sys.argv[1]).glob("*.yaml")):
    before, started, said = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time(), ""
    try:
        load_scenario(path)
    except InputError as error:
        said = str(error)
    seconds = time.process_time() - started
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    told[path.stem] = (said, seconds, grown / (1e6 if sys.platform == "darwin" else 1e3))
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def bombed(tmp_path_factory):
    """What is said about each bomb, the processor time it took, and by how many megabytes the process grew."""
    folder = tmp_path_factory.mktemp("bombs")
    for name, text in BOMBS.items():
        (folder / f"{name.replace(' ', '-')}.yaml").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", EACH, str(folder)], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX limits")
@pytest.mark.skipif(not yaml.__with_libyaml__, reason="without its C parser PyYAML takes ten times as long")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once_and_in_little_memory(bombed, name):
    said, seconds, megabytes = bombed[name.replace(" ", "-")]
    assert said
    assert len(said) < 100_000
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


def test_memory_does_not_grow_with_the_path_to_a_value(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(BOMBS["long keys in long keys"], encoding="utf-8")
    tracemalloc.start()
    try:
        with pytest.raises(InputError):
            load_scenario(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1e6 * MEGABYTES


def test_as_many_events_as_are_allowed_are_read_quickly(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(HEAD + "events:\n" + f"  - {{at: 2026-Q1, {VISIT}}}\n" * 9_000, encoding="utf-8")
    load_evidence("toy")
    with processor_time() as taken:
        assert len(load_scenario(path).events) == 9_000
    assert taken.seconds < 2 * SECONDS


LIMITED = """
import contextlib, resource, sys
with contextlib.suppress(ValueError, OSError):  # not every system knows how to limit memory
    resource.setrlimit(resource.RLIMIT_AS, (400_000_000, 400_000_000))
resource.setrlimit(resource.RLIMIT_CPU, (5, 5))
from sim.cli.main import main
sys.exit(main(["check", *sys.argv[1:]]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX limits")
@pytest.mark.parametrize("what", ["a hundred megabytes", "aliases of aliases", "a chain", "an endless device"])
def test_the_command_stays_within_its_limits(tmp_path, what):
    path = tmp_path / "x.yaml"
    if what == "a hundred megabytes":
        with path.open("wb") as handle:
            handle.write(b"title: T\n" + b"# much ado\n" * 100_000)
            handle.truncate(100_000_000)
    elif what == "aliases of aliases":
        path.write_text(laughs(), encoding="utf-8")
    elif what == "a chain":
        for number in range(300):
            text = f"title: T\nquestion: Q?\nextends: x{number + 1}\n" + "#" * 100_000
            (tmp_path / f"x{number}.yaml").write_text(text, encoding="utf-8")
        (tmp_path / "x300.yaml").write_text("", encoding="utf-8")
        path = tmp_path / "x0.yaml"
    else:
        path.symlink_to("/dev/zero")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) < 10


# --- nothing outside the folder is read ------------------------------------------------------------------------------

HEIR = "title: T\nquestion: Q?\nextends: parent\n"
LEADS_OUT = "this is a link that leads out of its folder, and is not followed"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    place = tmp_path / "scenarios"
    place.mkdir()
    (tmp_path / "secret.yaml").write_text(HEAD.replace("title: T", "title: Secret"), encoding="utf-8")
    monkeypatch.chdir(place)
    return place


def said(folder, extends):
    (folder / "x.yaml").write_text(HEIR.replace("parent", extends), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_scenario(folder / "x.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    "written",
    [
        "../secret",
        "'../secret.yaml'",
        "./../secret",
        "below/../../secret",
        "..",
        ".",
        "'..\\secret'",
        "/etc/passwd",
        "'C:\\secret'",
        "file:///etc/passwd",
        "~/secret",
        "'%2e%2e/secret'",
        "'parent\\0'",
        "＿secret",
    ],
)
def test_no_path_leads_out(folder, written):
    assert said(folder, written).startswith("x.yaml:3: extends: found ")


def test_no_absolute_path_leads_out(folder, tmp_path):
    assert "extends: found " in said(folder, str(tmp_path / "secret"))


@pytest.mark.parametrize("target", ["../secret.yaml", "/etc/passwd", "/dev/zero", "nowhere.yaml/x"])
def test_no_link_leads_out(folder, target):
    (folder / "parent.yaml").symlink_to(target)
    words = said(folder, "parent")
    assert (
        words == "x.yaml:3: extends: found 'parent'; this is a link that leads out of its folder, and is not followed"
    )


def test_a_link_to_itself_is_told(folder):
    (folder / "parent.yaml").symlink_to("parent.yaml")
    assert LEADS_OUT in said(folder, "parent")


def test_a_link_within_the_folder_may_be_followed(folder):
    (folder / "other.yaml").write_text(HEAD, encoding="utf-8")
    (folder / "parent.yaml").symlink_to("other.yaml")
    (folder / "x.yaml").write_text(HEIR, encoding="utf-8")
    assert load_scenario(folder / "x.yaml").extends == ("parent",)


def test_two_names_of_one_file_are_a_circle(folder):
    (folder / "parent.yaml").symlink_to("x.yaml")
    assert "in a circle: x -> parent" in said(folder, "parent")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_for_a_parent_does_not_hang(folder):
    os.mkfifo(folder / "parent.yaml")
    assert "not a plain file" in said(folder, "parent")


def test_a_folder_for_a_parent_is_told(folder):
    (folder / "parent.yaml").mkdir()
    assert "found a folder; allowed: a file" in said(folder, "parent")


def test_a_chain_has_an_end(folder):
    for number in range(MOST_FILES + 5):
        (folder / f"n{number}.yaml").write_text(HEIR.replace("parent", f"n{number + 1}"), encoding="utf-8")
    with pytest.raises(InputError, match=f"a chain of more than {MOST_FILES} files"):
        load_scenario(folder / "n0.yaml")


def test_a_chain_as_long_as_allowed_is_read(folder):
    for number in range(MOST_FILES - 1):
        (folder / f"n{number}.yaml").write_text(HEIR.replace("parent", f"n{number + 1}"), encoding="utf-8")
    (folder / f"n{MOST_FILES - 1}.yaml").write_text(HEAD, encoding="utf-8")
    assert len(load_scenario(folder / "n0.yaml").extends) == MOST_FILES - 1
