"""Machine code is kept where it belongs: ours with us, that of a host with the host; damage costs time, never a run."""

import contextlib
import hashlib
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.batch import identity
from sim.engine.ensemble import prepare
from sim.io import words_once
from sim.io.writers import sources_hash
from sim.model import code_cache
from sim.model.compiling import entry
from sim.scenario.scenario import load_scenario

ROOT = Path(__file__).parents[2]
IN_RESULTS = ("io", "evidence", "scenario", "model", "engine", "batch")


def mean_of_squares(values):
    """A loop that the compiler turns into vector instructions."""
    total = 0.0
    for place in range(values.size):
        total += values[place] * values[place]
    return total / values.size


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder of its own for compiled code."""
    monkeypatch.setenv("MULTIVECTOR_CACHE", str(tmp_path / "home"))
    return tmp_path / "home"


def played():
    """What a fresh function says, and whether its code was found or made."""
    function = entry(mean_of_squares)
    assert function(np.array([1.0, 2.0, 4.0])) == 7.0
    return function.found, function.made


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

    def refuse(path, data, **_):
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


# --- what is kept runs as a program, so nobody else may have written it ----------------------------------------------


@pytest.fixture
def told(caplog, monkeypatch):
    """What was said in a quiet word."""
    monkeypatch.setattr(words_once, "_said", set())
    return lambda: "\n".join(record.getMessage() for record in caplog.records)


posix = pytest.mark.skipif(os.name != "posix", reason="elsewhere other things say who may write")


@posix
def test_folder_and_files_are_for_their_user_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("MULTIVECTOR_CACHE", str(tmp_path / "new" / "home"))
    was = os.umask(0o002)  # as where everybody has a group of their own
    try:
        played()
    finally:
        os.umask(was)
    made = (tmp_path / "new").rglob("*")
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new", *made)} == {0o700, 0o600}


OPEN = {
    "the folder that was named": lambda file: file.parent.parent.chmod(0o777),
    "that of these sources": lambda file: file.parent.chmod(0o770),
    "the file": lambda file: file.chmod(0o666),
    "the file, to a group": lambda file: file.chmod(0o620),
}


@posix
@pytest.mark.parametrize("what", OPEN)
def test_what_others_may_write_is_not_run(home, what, told, monkeypatch):
    played()
    (file,) = kept(home)
    OPEN[what](file)
    monkeypatch.setattr(code_cache, "Loaded", lambda _: pytest.fail("what others may write is run"))
    assert played() == MADE
    assert not code_cache.warm()
    assert len(told().splitlines()) == 1  # once
    assert "others m" in told() or "others could write" in told() or "not ours" in told()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("level", range(3))
def test_what_another_user_owns_is_not_run(home, level, told, monkeypatch):
    played()
    (file,) = kept(home)
    os.chown((file, *file.parents)[level], 65534, 65534)
    monkeypatch.setattr(code_cache, "Loaded", lambda _: pytest.fail("what another owns is run"))
    assert played() == MADE
    assert len(told().splitlines()) == 1
    assert "another user" in told() or "not ours" in told()


@posix
def test_the_usual_folder_is_closed_where_it_stood_open(tmp_path, monkeypatch, told):
    monkeypatch.delenv("MULTIVECTOR_CACHE", raising=False)
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    played()
    (tmp_path / "multivector").chmod(0o777)
    assert [played(), played()] == [MADE, FOUND]
    assert stat.S_IMODE((tmp_path / "multivector").stat().st_mode) == 0o700
    assert told().startswith("others could write in ")


@posix
@pytest.mark.parametrize("what", ["link", "pipe", "socket", "hard"])
def test_a_link_or_a_pipe_is_not_run_and_not_waited_for(home, what, told, tmp_path):
    played()
    (file,) = kept(home)
    elsewhere = tmp_path / "elsewhere"
    file.rename(elsewhere)
    if what == "link":
        file.symlink_to(elsewhere)
    elif what == "pipe":
        os.mkfifo(file)
    elif what == "socket":
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as made, contextlib.chdir(file.parent):
            made.bind(file.name)
    else:
        elsewhere.chmod(0o602)
        os.link(elsewhere, file)
    assert [played(), played()] == [MADE, FOUND]
    assert told().endswith("is damaged or not ours; it is not used, and made anew")


def test_damage_and_a_place_that_cannot_be_written_are_said_once(home, told, tmp_path, monkeypatch):
    played()
    (file,) = kept(home)
    file.write_bytes(file.read_bytes()[:99])
    assert [played(), played()] == [MADE, FOUND]
    assert len(told().splitlines()) == 1
    monkeypatch.setenv("MULTIVECTOR_CACHE", str(file))
    assert [played(), played()] == [MADE, MADE]
    assert len(told().splitlines()) == 2
    assert "compiled code is not kept in " in told()


def test_without_a_home_all_works(monkeypatch, told):
    for name in ("MULTIVECTOR_CACHE", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)

    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(code_cache.Path, "home", no_home)
    assert played() == MADE
    assert "compiled code is not kept anywhere" in told()


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
from sim.io import words_once
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
    for counting in ours.rglob("counting.*"):
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
    assert sorted(path.name.split("-")[0] for path in own) == ["counting._count", "turn.advance"]


# --- vectors ---------------------------------------------------------------------------------------------------------

WIDTH = """
import numpy as np
from sim.model import compiling

def double(values):
    for at in range(values.size):
        values[at] *= 2.0

doubled = compiling._called_plainly(double)
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


@pytest.mark.parametrize("library", ["numba", "llvmlite"])
def test_another_version_of_the_compiler_moves_the_hash_of_compiled_code(monkeypatch, library):
    fresh, version = code_cache.compile_hash.__wrapped__, code_cache._version
    was = fresh()
    monkeypatch.setattr(code_cache, "_version", lambda name: "0.0.1" if name == library else version(name))
    assert fresh() != was


def test_another_version_of_numpy_moves_the_hash_of_compiled_code(monkeypatch):
    fresh = code_cache.compile_hash.__wrapped__
    was = fresh()
    monkeypatch.setattr(np, "__version__", "0.0.1")
    assert fresh() != was
