"""Machine code that comes with the package is used where it was made for, as far as the package itself is trusted."""

import importlib
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from sim.io import words_once
from sim.model import code_cache, shipped
from sim.model.compiling import entry

ROOT = Path(__file__).parents[2]
FOUND, MADE = (1, 0), (0, 1)
posix = pytest.mark.skipif(os.name != "posix", reason="elsewhere other things say who may write")

FUNCTION = """
import math

def mean_of_roots(values):
    total = 0.0
    for value in values:
        total += math.sqrt(value) / 3.0
    return total / values.size
"""
COMPILE = """
import numpy as np
from function_that_is_shipped import mean_of_roots
from sim.model.compiling import entry
entry(mean_of_roots)(np.arange(9.0))
"""


pytestmark = pytest.mark.skipif(code_cache._coming() is None, reason="no code is shipped for this machine")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a function, and one with its code for the processor that is shipped for."""
    place = tmp_path_factory.mktemp("made")
    (place / "function_that_is_shipped.py").write_text(FUNCTION, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-c", COMPILE],
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(place)]), "MULTIVECTOR_CACHE": str(place / "code")}
        | {"NUMBA_CPU_NAME": shipped.PROCESSOR, "NUMBA_CPU_FEATURES": shipped.FEATURES},
        timeout=300,
        check=True,
    )
    return place


@pytest.fixture
def function(made, tmp_path, monkeypatch):
    """The function, with its code as what came along, nothing kept, and nothing said."""
    shutil.copytree(made / "code", tmp_path / "came-along")
    source = Path(shutil.copy(shipped.SOURCE, tmp_path))
    source.chmod(0o644)
    monkeypatch.setattr(shipped, "SOURCE", source)
    monkeypatch.setattr(shipped, "PLACE", tmp_path / "came-along")
    monkeypatch.setenv("MULTIVECTOR_CACHE", str(tmp_path / "home"))
    monkeypatch.setattr(words_once, "_said", set())
    monkeypatch.syspath_prepend(str(made))
    return importlib.import_module("function_that_is_shipped").mean_of_roots


def played(function):
    """What the function says, and whether its code was found or made."""
    compiled = entry(function)
    said = compiled(np.arange(1.0, 900.0))
    return said.hex(), (compiled.found, compiled.made)


def kept(place):
    return [path for path in place.rglob("*") if path.is_file()]


def the_file(tmp_path):
    (file,) = kept(tmp_path / "came-along")
    return file


def test_code_that_came_along_is_used_and_gives_the_bits_of_code_made_here(function, tmp_path, monkeypatch):
    said, how = played(function)
    assert how == FOUND
    assert kept(tmp_path / "home") == []
    monkeypatch.setattr(shipped, "PLACE", tmp_path / "nowhere")
    assert played(function) == (said, MADE)
    assert said == function(np.arange(1.0, 900.0)).hex()


@pytest.mark.parametrize(
    ("where", "name", "value"),
    [
        (shipped, "FEATURES", f"{shipped.FEATURES},+none"),
        (shipped, "PROCESSOR", "x86-64-v9"),
        (code_cache, "compile_hash", lambda: "0123456789abcdef"),
        (numba.config, "CPU_NAME", "generic"),
    ],
    ids=["processor that can less", "another level", "other sources or versions", "the user says which"],
)
def test_what_was_made_for_others_is_not_used(function, monkeypatch, where, name, value):
    monkeypatch.setattr(where, name, value)
    assert played(function)[1] == MADE


LINUX = "x86_64-unknown-linux-gnu"


def test_it_fits_a_processor_that_can_as_much_or_more_on_the_same_system(monkeypatch):
    assert shipped.made_for(LINUX, shipped.FEATURES)[1:] == (shipped.PROCESSOR, shipped.FEATURES)
    assert shipped.made_for(LINUX, f"{shipped.FEATURES},+avx512f,-amx-tile")
    assert shipped.made_for(LINUX, shipped.FEATURES.replace("+avx2", "-avx2")) is None
    assert shipped.made_for("aarch64-unknown-linux-gnu", shipped.FEATURES) is None
    monkeypatch.setattr(sys, "platform", "darwin")
    assert shipped.made_for(LINUX, shipped.FEATURES) is None


@pytest.mark.parametrize("damage", [lambda whole: whole[:-9], lambda whole: whole[:-1] + b"?", lambda _: b""])
def test_what_is_damaged_is_made_anew_and_kept_by_the_user(function, tmp_path, damage):
    file = the_file(tmp_path)
    broken = damage(file.read_bytes())
    file.write_bytes(broken)
    assert [played(function)[1], played(function)[1]] == [MADE, FOUND]
    assert file.read_bytes() == broken
    assert len(kept(tmp_path / "home")) == 1


OTHERS = {
    "the file": lambda file: file.chmod(0o666),
    "its folder": lambda file: file.parent.chmod(0o777),
    "all that came along": lambda file: file.parent.parent.chmod(0o775 | stat.S_IWOTH),
}


def not_run(monkeypatch, function, caplog):
    monkeypatch.setattr(code_cache, "Loaded", lambda _: pytest.fail("what others may write is run"))
    assert played(function)[1] == MADE
    assert [
        record.getMessage().endswith("is damaged or not ours; it is not used, and made anew")
        for record in caplog.records
    ] == [True]


@posix
@pytest.mark.parametrize("what", OTHERS)
def test_what_others_may_write_is_not_run(function, tmp_path, what, monkeypatch, caplog):
    OTHERS[what](the_file(tmp_path))
    not_run(monkeypatch, function, caplog)


@posix
def test_a_link_is_not_run(function, tmp_path, monkeypatch, caplog):
    file = the_file(tmp_path)
    elsewhere = file.rename(tmp_path / "elsewhere")
    file.symlink_to(elsewhere)
    not_run(monkeypatch, function, caplog)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("level", range(3))
def test_what_another_user_owns_is_not_run(function, tmp_path, level, monkeypatch, caplog):
    file = the_file(tmp_path)
    os.chown((file, *file.parents)[level], 65534, 65534)
    not_run(monkeypatch, function, caplog)


def test_warm_means_that_the_turn_came_along_too(function, tmp_path, monkeypatch):
    assert not code_cache.warm()
    file = the_file(tmp_path)
    file.rename(file.with_name("turn.advance-1.nbc"))
    assert code_cache.warm()
    monkeypatch.setattr(shipped, "FEATURES", "+none")
    assert not code_cache.warm()
