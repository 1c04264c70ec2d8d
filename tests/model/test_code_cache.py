"""Machine code is kept where it belongs: ours with us, that of a host with the host; damage costs time, never a run."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.batch import identity
from sim.engine.ensemble import prepare
from sim.io.writers import sources_hash
from sim.model import code_cache
from sim.model.compiling import entry
from sim.scenario.scenario import load_scenario

ROOT = Path(__file__).parents[2]
IN_RESULTS = ("io", "evidence", "scenario", "model", "engine", "batch")


def mean_of_squares(values):
    """A loop that the compiler turns into vector instructions."""
    total = np.zeros_like(values)
    for place in range(values.size):
        total[place] = values[place] * values[place]
    return total.sum() / values.size


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder of its own for compiled code."""
    monkeypatch.setenv("MULTIVECTOR_CACHE", str(tmp_path / "home"))
    return tmp_path / "home"


def played():
    """What a fresh function says, and whether its code was found or made."""
    function = entry(mean_of_squares)
    assert function(np.array([1.0, 2.0, 4.0])) == 7.0
    return sum(function.stats.cache_hits.values()), sum(function.stats.cache_misses.values())


FOUND, MADE = (1, 0), (0, 1)


def kept(home):
    return sorted(path for path in home.rglob("*") if path.is_file())


# --- what is kept is used, what is damaged is made anew --------------------------------------------------------------


def test_code_is_made_once_and_then_found(home):
    assert played() == MADE
    (file,) = kept(home)
    assert file.parent == home / code_cache.compile_hash()
    assert file.name.startswith("test_code_cache.mean_of_squares-")
    assert played() == FOUND
    assert kept(home) == [file]


DAMAGE = {
    "cut": lambda whole: whole[: len(whole) // 2],
    "empty": lambda whole: b"",
    "shorter than its hash": lambda whole: whole[:7],
    "one byte of the code": lambda whole: whole[:-900] + bytes([whole[-900] ^ 1]) + whole[-899:],
    "one byte of the hash": lambda whole: bytes([whole[0] ^ 1]) + whole[1:],
    "something else": lambda whole: b"# a note\n" * 99,
    "whole, but no code": lambda whole: hashlib.sha256(b"a note").digest() + b"a note",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_made_anew(home, damage):
    played()
    (file,) = kept(home)
    file.write_bytes(DAMAGE[damage](file.read_bytes()))
    assert played() == MADE
    assert played() == FOUND
    assert kept(home) == [file]


def test_a_folder_in_the_place_of_a_file_costs_nothing_but_the_keeping(home):
    played()
    (file,) = kept(home)
    file.unlink()
    file.mkdir()
    assert played() == MADE
    assert played() == MADE
    assert kept(home) == []


def test_where_nothing_can_be_written_nothing_is_kept_and_all_works(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("MULTIVECTOR_CACHE", str(tmp_path / "file" / "home"))
    assert played() == MADE
    assert played() == MADE
    assert not code_cache.warm()


def test_a_folder_that_can_only_be_read_is_read(home, monkeypatch):
    played()

    def refuse(path, data):
        raise PermissionError(path)

    monkeypatch.setattr(code_cache, "write_bytes", refuse)
    assert played() == FOUND


def test_warm_means_that_the_turn_is_kept_whole(home):
    turn = home / code_cache.compile_hash() / "turn.advance-1.nbc"
    assert not code_cache.warm()
    turn.parent.mkdir(parents=True)
    turn.write_bytes(hashlib.sha256(b"code").digest() + b"code")
    assert code_cache.warm()
    turn.write_bytes(hashlib.sha256(b"code").digest() + b"cod")
    assert not code_cache.warm()


def test_the_folder_is_that_of_ours_else_that_of_the_compiler_else_the_users(tmp_path, monkeypatch):
    for name in ("MULTIVECTOR_CACHE", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert code_cache.cache_home() == tmp_path / ".cache" / "multivector"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "users"))
    assert code_cache.cache_home() == tmp_path / "users" / "multivector"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "compilers"))
    assert code_cache.cache_home() == tmp_path / "compilers" / "multivector"
    monkeypatch.setenv("MULTIVECTOR_CACHE", str(tmp_path / "ours"))
    assert code_cache.cache_home() == tmp_path / "ours"


# --- a host and its own functions ------------------------------------------------------------------------------------

HOSTS = """
import numpy as np
from numba import njit

@njit(cache=True)
def {name}(values):
    total = 0.0
    for value in values:
        total += value * value
    return total
"""

HOST_PROGRAM = """
import json
import numba, numpy as np

def settings():
    return {name: repr(value) for name, value in vars(numba.config).items() if name.isupper()}

before = settings()
from host_first import first
said = [first(np.arange(4.0))]

from sim.batch.aggregate import warm_up
from sim.engine.ensemble import prepare
from sim.scenario.scenario import load_scenario
block = prepare(load_scenario("toy")).run_block(0, 2)
warm_up()

from host_second import second
said += [first(np.arange(4)), second(np.arange(5.0))]
changed = [name for name, value in settings().items() if before[name] != value]
wide = ["prefer-vector-width" in text for text in second.inspect_llvm().values()]
print(json.dumps({"said": said, "changed": changed, "wide": wide, "finite": bool(np.isfinite(block.by_power).all())}))
"""


@pytest.mark.parametrize("set_by_the_user", [False, True], ids=["of itself", "NUMBA_CACHE_DIR"])
def test_a_hosts_functions_stay_with_the_host(tmp_path, set_by_the_user):
    prepare(load_scenario("toy")).run_block(0, 1)  # so that the turn is kept, and need not be compiled here
    ours = tmp_path / "ours"
    shutil.copytree(code_cache.cache_home() / code_cache.compile_hash(), ours / code_cache.compile_hash())
    for counting in ours.rglob("aggregate.*"):
        counting.unlink()
    host = tmp_path / "host"
    host.mkdir()
    for name in ("first", "second"):
        (host / f"host_{name}.py").write_text(HOSTS.format(name=name), encoding="utf-8")
    theirs = tmp_path / "theirs" if set_by_the_user else host / "__pycache__"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    environment |= {"MULTIVECTOR_CACHE": str(ours), "PYTHONPATH": os.pathsep.join([str(host), str(ROOT)])}
    environment |= {"NUMBA_CACHE_DIR": str(theirs)} if set_by_the_user else {}

    done = subprocess.run(
        [sys.executable, "-c", HOST_PROGRAM],
        cwd=host,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"said": [14.0, 14.0, 30.0], "changed": [], "wide": [False], "finite": True}

    code = {path for path in tmp_path.rglob("*") if path.suffix in {".nbc", ".nbi"}}
    hosts = {path for path in code if path.is_relative_to(theirs)}
    own = {path for path in code if path.is_relative_to(ours)}
    assert code == hosts | own
    assert sorted(path.name.split("-")[0] for path in hosts if path.suffix == ".nbc") == [
        *["host_first.first"] * 2,
        "host_second.second",
    ]
    assert sorted(path.name.split("-")[0] for path in own) == ["aggregate._count", "turn.advance"]


# --- vectors ---------------------------------------------------------------------------------------------------------

WIDTH = """
import numpy as np
from sim.model.compiling import entry

@entry
def doubled(values):
    return 2.0 * values

doubled(np.arange(4.0))
print(all('"prefer-vector-width"="512"' in text for text in doubled.inspect_llvm().values()))
"""


@pytest.mark.parametrize(
    ("said_by_the_user", "wide"), [({}, "True"), ({"NUMBA_CPU_NAME": "generic"}, "False")], ids=["nothing", "generic"]
)
def test_vectors_are_as_wide_as_they_can_be_unless_the_user_speaks_of_the_processor(tmp_path, said_by_the_user, wide):
    (tmp_path / "program.py").write_text(WIDTH, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(tmp_path / "program.py")],
        env={name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
        | {"MULTIVECTOR_CACHE": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
        | said_by_the_user,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == (wide, "")


# --- what code and results depend on ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the package, to be scribbled on."""
    folder = tmp_path_factory.mktemp("copy") / "sim"
    shutil.copytree(ROOT / "sim", folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def moved_by(hashed, copy):
    """The files of the package by which a hash is moved when a byte of them changes."""
    moves = set()
    was = hashed()
    for path in sorted(copy.rglob("*.py")):
        source = path.read_bytes()
        path.write_bytes(source + b"#")
        if hashed() != was:
            moves.add(path.relative_to(copy))
        path.write_bytes(source)
    assert hashed() == was
    return moves


def test_compiled_code_depends_on_every_file_of_the_model_and_on_no_other(copy):
    moves = moved_by(lambda: sources_hash(copy / "model"), copy)
    assert moves == {path.relative_to(copy) for path in (copy / "model").rglob("*.py")}
    assert sources_hash(ROOT / "sim" / "model") == code_cache._SOURCES


def test_results_depend_on_every_file_below_the_analysis_and_on_no_other(copy, monkeypatch):
    monkeypatch.setattr(identity, "__file__", str(copy / "batch" / "identity.py"))
    moves = moved_by(identity.code_hash, copy)
    assert moves == {path.relative_to(copy) for wing in IN_RESULTS for path in (copy / wing).rglob("*.py")}


def test_a_file_that_is_renamed_added_or_taken_away_moves_both_hashes(copy, monkeypatch):
    monkeypatch.setattr(identity, "__file__", str(copy / "batch" / "identity.py"))

    def both():
        return sources_hash(copy / "model"), identity.code_hash()

    seen = [both()]
    new = copy / "model" / "phases" / "none.py"
    new.touch()
    seen.append(both())
    new = new.rename(new.with_name("nought.py"))
    seen.append(both())
    new.unlink()
    assert both() == seen[0]
    for hashes in zip(*seen, strict=True):
        assert len(set(hashes)) == len(seen)


@pytest.mark.parametrize(
    ("name", "value"),
    [("row_names", lambda: ("choice.temperature",)), ("FIELDS", ()), ("_SOURCES", "other")],
    ids=["numbers", "fields", "sources"],
)
def test_names_of_numbers_and_fields_and_sources_move_the_hash_of_compiled_code(monkeypatch, name, value):
    fresh = code_cache.compile_hash.__wrapped__
    was = fresh()
    assert fresh() == was == code_cache.compile_hash()
    monkeypatch.setattr(code_cache, name, value)
    assert fresh() != was


@pytest.mark.parametrize("library", ["numba", "llvmlite", "np"])
def test_another_version_of_a_library_moves_the_hash_of_compiled_code(monkeypatch, library):
    fresh = code_cache.compile_hash.__wrapped__
    was = fresh()
    monkeypatch.setattr(getattr(code_cache, library), "__version__", "0.0.1")
    assert fresh() != was
