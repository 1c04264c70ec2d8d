"""Build the wheel, install it far from any checkout, and see that everything a user meets first works there.

python tools/try_wheel.py                        with this Python
python tools/try_wheel.py python3.11 python3.13  with these
python tools/try_wheel.py --demo 2000 ...        with as many runs as `make demo` (20 unless told otherwise)

Each Python gets the newest libraries that the project allows. Exit code 1 if anything fails.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

EVERY_NAME = """
import importlib, importlib.metadata, pkgutil, sim
folder = sim.__path__[0]
assert "site-packages" in folder, folder
count = 0
for found in [None, *pkgutil.walk_packages(sim.__path__, "sim.")]:
    if found is not None and not found.ispkg:
        continue
    module = sim if found is None else importlib.import_module(found.name)
    for name in getattr(module, "__all__", ()):
        getattr(module, name)
        count += 1
libraries = ("mesa", "numba", "numpy", "pandas", "pyarrow")
print(f"{count} names;", ", ".join(f"{name} {importlib.metadata.version(name)}" for name in libraries))
"""

A_CALL = """
import sim
results = sim.run("toy", runs=20, out="from-python")
print(len(results.bands), "rows of bands;", len(sim.tell("toy").splitlines()), "lines of a story")
"""


def main(arguments: list[str] | None = None) -> int:
    """Try the wheel with every Python that is named."""
    parser = argparse.ArgumentParser(description="Install the wheel outside any checkout and try it.")
    parser.add_argument("pythons", nargs="*", default=[sys.executable], metavar="PYTHON", help="interpreters to try")
    parser.add_argument("--demo", type=int, default=20, metavar="N", help="runs of the two scenarios of the demo")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        wheel = build(folder)
        return max(attempt(python, wheel, folder, asked.demo) for python in asked.pythons)


def build(folder: Path) -> Path:
    """The wheel, built into a folder."""
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--wheel-dir", str(folder)]
    run([sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], folder)
    wheel = next(folder.glob("multivector-*.whl"))
    print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB", flush=True)
    return wheel


def inside(venv: Path, command: str) -> str:
    """A command of an environment, wherever the system puts it."""
    return str(venv / ("Scripts" if sys.platform == "win32" else "bin") / command)


def attempt(python: str, wheel: Path, folder: Path, runs: int) -> int:
    """Install the wheel for one Python and go through what a user meets first; 0 if all of it works."""
    home = folder / Path(python).name.replace(".", "-")
    home.mkdir()
    try:
        run([python, "-m", "venv", "venv"], home)
        of, command = inside(home / "venv", "python"), inside(home / "venv", "multivector")
        print(run([of, "--version"], home).strip(), flush=True)
        run([of, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{wheel}[sweep]"], home)
        print("  " + run([of, "-c", EVERY_NAME], home).strip(), flush=True)
        for words in (["--help"], ["list"], ["check", "baseline"], ["schema"], ["trace", "choice.dependence_aversion"]):
            run([command, *words], home)
        run([command, "new", "mine"], home)
        run([command, "check", "mine.yaml"], home)
        print("  " + run([of, "-c", A_CALL], home).strip(), flush=True)
        said = run([command, "run", "baseline", "washington-summit", "--runs", str(runs)], home)
        print(f"  the demo with {runs} runs: {len(said.splitlines())} lines", flush=True)
    except subprocess.CalledProcessError as failed:
        print(f"  FAILED: {' '.join(map(str, failed.cmd))[:200]}\n{failed.stdout}{failed.stderr}", flush=True)
        return 1
    return 0


def run(command: list[str], folder: Path) -> str:
    """What a command prints; raises `CalledProcessError` if it fails."""
    kept = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, check=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
