"""Try the wheel at both ends of what it allows, on every Python that is here: do all of them give the same tables?

python tools/try_ends.py                        Python 3.11, 3.12 and 3.13, as far as they are here
python tools/try_ends.py python3.12             with this one
python tools/try_ends.py --end oldest --no-tests

Each Python gets the oldest and the newest libraries that pyproject.toml allows and that are built for it. A small
set of tests runs with each, and three scenarios are played from the wheel, far from any checkout. Printed is a hash of
every table: of its columns, their types and every value. Exit code 1 if a test fails or two tables differ.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from try_wheel import ROOT, build, inside, run

PYTHONS = ("python3.11", "python3.12", "python3.13")
ENDS = {"oldest": "lowest-direct", "newest": "highest"}
WITH_THE_TESTS = ("pytest>=8.2", "hypothesis>=6.100", "jsonschema>=4.20")
TESTS = ("tests/engine/test_agents.py", "tests/engine/test_whole.py", "tests/batch/test_tables.py")

TABLES = """
import hashlib, importlib.metadata, json, pathlib
import pyarrow, pyarrow.parquet, sim
assert "site-packages" in sim.__path__[0], sim.__path__
told = {name: importlib.metadata.version(name) for name in ("mesa", "numba", "numpy", "pandas", "pyarrow")}
print(json.dumps(told))
for name in ("toy", "washington-summit", "history-2010-2019"):
    sim.run(name, runs=24, seed=5, out="tables")
    found = {}
    for path in sorted(pathlib.Path("tables").glob(f"{name}-*/**/*.parquet")):
        table, hashed = pyarrow.parquet.read_table(path), hashlib.sha256()
        for column in table.column_names:
            values = table[column]
            if pyarrow.types.is_dictionary(values.type):
                values = values.cast(values.type.value_type)
            hashed.update(repr((column, str(values.type), values.to_pylist())).encode())
        found[path.parent.stem if path.parent.suffix else path.stem] = hashed.hexdigest()[:8]
    print(json.dumps([name, found]))
"""


def main(arguments: list[str] | None = None) -> int:
    """Try every Python with both ends; 0 when all pass and agree."""
    parser = argparse.ArgumentParser(description="Try the wheel with the oldest and the newest libraries.")
    parser.add_argument("pythons", nargs="*", default=PYTHONS, metavar="PYTHON", help="interpreters to try")
    parser.add_argument("--end", choices=ENDS, help="one end alone")
    parser.add_argument("--no-tests", action="store_true", help="the three scenarios alone")
    asked = parser.parse_args(arguments)
    pythons = {name: found for name in asked.pythons if (found := find(name))}
    for name in asked.pythons:
        if name not in pythons:
            print(f"{name}: not on this machine, and so not tried", flush=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        wheel = build(folder)
        run([sys.executable, "-m", "venv", "resolver"], folder)
        resolver = inside(folder / "resolver", "uv")
        python = inside(folder / "resolver", "python")
        run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv>=0.8"], folder)
        ends = [asked.end] if asked.end else list(ENDS)
        tried = [
            attempt(resolver, python, wheel, folder, end, not asked.no_tests)
            for python in pythons.values()
            for end in ends
        ]
    return told(tried)


def find(name: str) -> str | None:
    """Where an interpreter is that really starts; also one that a manager of versions keeps aside."""
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    aside = sorted(home.glob(f"{name.removeprefix('python')}.*/bin/python")) if name.startswith("python3.") else []
    for candidate in (shutil.which(name), *map(str, reversed(aside))):
        if (
            candidate
            and subprocess.run([candidate, "-c", "import venv"], capture_output=True, check=False).returncode == 0
        ):
            return candidate
    return None


def attempt(resolver: str, python: str, wheel: Path, folder: Path, end: str, tests: bool) -> dict[str, str] | None:
    """The hash of every table with one Python at one end; None if anything fails."""
    home = folder / f"{Path(python).parents[1].name}-{Path(python).name}-{end}"
    home.mkdir()
    try:
        run([python, "-m", "venv", "--without-pip", "venv"], home)
        of = inside(home / "venv", "python")
        print(f"\n{run([of, '--version'], home).strip()}, the {end} libraries", flush=True)
        (home / "tests.in").write_text("\n".join(WITH_THE_TESTS), encoding="utf-8")
        options = ["--resolution", ENDS[end], "--only-binary", ":all:", "--extra", "sweep", "--extra", "history"]
        options += ["--extra", "classroom"]
        compiled = [str(ROOT / "pyproject.toml"), "tests.in", "--python", of, "--quiet", "-o", "all.txt"]
        run([resolver, "pip", "compile", *options, *compiled], home)
        run([resolver, "pip", "install", "--quiet", "--python", of, "-r", "all.txt"], home)
        run([resolver, "pip", "install", "--quiet", "--python", of, "--no-deps", str(wheel)], home)
        versions, *scenarios = [json.loads(line) for line in run([of, "-c", TABLES], home).splitlines()]
        print("  " + ", ".join(f"{name} {version}" for name, version in versions.items()), flush=True)
        for name, tables in scenarios:
            print(f"  {name:<18}" + " ".join(f"{table} {hashed}" for table, hashed in tables.items()), flush=True)
        if tests:
            said = run([of, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "filterwarnings=", *TESTS], ROOT)
            print("  tests: " + said.strip().splitlines()[-1], flush=True)
    except subprocess.CalledProcessError as failed:
        print(
            f"  FAILED: {' '.join(map(str, failed.cmd))[:200]}\n{failed.stdout[-3000:]}{failed.stderr[-3000:]}",
            flush=True,
        )
        return None
    finally:
        shutil.rmtree(home / "venv", ignore_errors=True)
    return {f"{name} {table}": hashed for name, tables in scenarios for table, hashed in tables.items()}


def told(tried: list[dict[str, str] | None]) -> int:
    """Say whether all sets agree, and return the exit code."""
    worked = [one for one in tried if one is not None]
    differ = sorted({name for one in worked for name in one if any(other.get(name) != one[name] for other in worked)})
    if differ:
        print(f"\nThese tables differ: {', '.join(differ)}")
    elif worked:
        print(f"\nThe same {len(worked[0])} tables from each of {len(worked)} sets of libraries")
    if len(worked) < len(tried) or not tried:
        print(f"{len(tried) - len(worked)} of {len(tried)} sets failed")
    return int(bool(differ) or len(worked) < len(tried) or not tried)


if __name__ == "__main__":
    sys.exit(main())
