"""Who may import whom, and what the front doors offer: contracts hold, and break when broken on purpose."""

import importlib
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

import sim

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = {contract["id"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]}
WINGS = sorted(
    "sim" + (f".{inside}" if (inside := ".".join(path.parent.relative_to(ROOT / "sim").parts)) else "")
    for path in (ROOT / "sim").rglob("__init__.py")
)
MOST_NAMES = 14  # in the listing of the package


def lint(folder):
    """The exit code of the linter of imports and what it says, for the package in a folder."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=folder,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


# --- contracts -------------------------------------------------------------------------------------------------------


def test_the_contracts_hold():
    code, said = lint(ROOT)
    assert code == 0, said
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in said


BREAKS = {  # by contract: a room, and the import that it must not have, one at the top and one inside a function
    "wings": [
        ("io/errors.py", "from sim.cli import common"),
        ("model/world.py", "def f():\n    from sim.scenario import calendar\n    return calendar"),
        ("scenario/units.py", "from sim.model import chance"),
    ],
    "circles": [("model/chance.py", "from sim.model import world")],
    "rules": [("model/rules/choice.py", "import numba"), ("model/rules/terms.py", "from sim.model import chance")],
    "mesa": [("engine/ensemble.py", "import mesa"), ("figures/style.py", "def f():\n    import mesa\n    return mesa")],
    "drawing": [("analysis/paired.py", "import matplotlib.pyplot"), ("cli/publish.py", "import PIL.Image")],
    "extras": [
        ("batch/runner.py", "import distributed"),
        ("model/world.py", "import scipy.stats"),
        ("cli/play.py", "import uvicorn"),
    ],
}


def test_each_contract_is_broken_once():
    assert set(BREAKS) == set(CONTRACTS)


@pytest.mark.parametrize(
    ("contract", "room", "line"),
    [(contract, *one) for contract, breaks in BREAKS.items() for one in breaks],
    ids=lambda value: value.split("\n")[0] if isinstance(value, str) else None,
)
def test_a_contract_that_is_broken_on_purpose_is_told(tmp_path, contract, room, line):
    shutil.copytree(ROOT / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    broken = tmp_path / "sim" / room
    broken.write_text(f"{broken.read_text(encoding='utf-8')}\n\n{line}\n", encoding="utf-8")
    code, said = lint(tmp_path)
    assert code == 1, said
    assert f"{CONTRACTS[contract]['name']} BROKEN" in said


def test_a_wing_that_is_in_no_contract_is_refused(tmp_path):
    shutil.copytree(ROOT / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "sim" / "annexe").mkdir()
    (tmp_path / "sim" / "annexe" / "__init__.py").touch()
    code, said = lint(tmp_path)
    assert code == 1
    assert "annexe" in said


def test_every_library_of_a_contract_is_one_that_there_is():
    """A misspelt name would be forbidden in vain."""
    forbidden = {name for one in CONTRACTS.values() for name in one.get("forbidden_modules", ())}
    extras = PROJECT["project"]["optional-dependencies"].values()
    asked = " ".join([*PROJECT["project"]["dependencies"], *(one for extra in extras for one in extra)])
    for name in forbidden:
        known = find_spec(name) is not None or re.search(rf"\b{name}\b", asked)
        assert known, name


def test_every_folder_of_the_package_is_a_package():
    """A folder without an `__init__` is not seen by the linter."""
    folders = {path.parent for path in (ROOT / "sim").rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_the_listing_is_short():
    names = [path for path in (ROOT / "sim").iterdir() if path.name not in {"__pycache__", "_data"}]
    assert len([path for path in names if path.is_file() or any(path.rglob("*.py"))]) <= MOST_NAMES


# --- what the doors offer --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_says_what_it_is_for(wing):
    assert len((importlib.import_module(wing).__doc__ or "").split()) > 10


@pytest.mark.parametrize("wing", WINGS)
def test_every_name_that_is_offered_is_there(wing):
    module = importlib.import_module(wing)
    offered = getattr(module, "__all__", ())
    assert [name for name in offered if not hasattr(module, name)] == []
    stub = Path(module.__file__).with_suffix(".pyi")
    if stub.is_file():
        promised = re.findall(r"^from \S+ import (\w+) as \1$", stub.read_text(encoding="utf-8"), re.MULTILINE)
        assert sorted(promised) == sorted(offered)


@pytest.mark.parametrize("wing", WINGS)
def test_no_name_that_is_offered_is_that_of_a_room(wing):
    """Python sets a room as an attribute of its wing when it is imported, over whatever had the name."""
    module = importlib.import_module(wing)
    rooms = {found.name for found in pkgutil.iter_modules(module.__path__)}
    assert rooms & set(getattr(module, "__all__", ())) == set()


def test_everything_can_be_taken_at_once():
    scope = {}
    exec("from sim import *", scope)
    assert set(sim.__all__) <= set(scope)


def test_importing_the_package_loads_nothing_heavy():
    code = "import sim, sys; print([name for name in ('numpy', 'numba', 'pandas', 'mesa') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- lists kept by hand ----------------------------------------------------------------------------------------------


def test_every_command_is_described_to_the_parser():
    from sim.cli import NAMES

    rooms = {
        path.stem
        for path in (ROOT / "sim" / "cli").glob("*.py")
        if re.search(r"^def add\(commands: Any\)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    }
    assert set(NAMES) == rooms
    assert len(set(NAMES)) == len(NAMES)


def test_results_depend_on_every_wing_below_their_analysis():
    from sim.batch.identity import _IN_RESULTS

    layers = [layer.split(" | ") for layer in CONTRACTS["wings"]["layers"]]
    below = [wing for layer in layers[layers.index(["analysis"]) + 1 :] for wing in layer]
    assert sorted(_IN_RESULTS) == sorted(below)
