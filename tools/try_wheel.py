"""Build the wheel, install it far from any checkout, and see that everything a user meets first works there.

python tools/try_wheel.py                        with this Python
python tools/try_wheel.py python3.11 python3.13  with these
python tools/try_wheel.py --demo 2000 ...        with as many runs as `make demo` (20 unless told otherwise)
python tools/try_wheel.py --no-code              the wheel for every system alone
python tools/try_wheel.py --keep dist            and keep the wheels in a folder

Each Python gets the newest libraries that the project allows. On Linux and x86-64 the machine code for a wheel of its
own is compiled with them, and that wheel is tried in turn: it has to start without compiling anything. Exit code 1 if
anything fails.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
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


MADE_FOR = "from sim.model import shipped; print(shipped.PROCESSOR, shipped.FEATURES)"
HELD = "import pathlib, sim; print(len([*pathlib.Path(sim.__path__[0]).glob('_data/machine_code/*/*.nbc')]))"
LONGEST = 900.0  # seconds that the code of the turn is waited for


def main(arguments: list[str] | None = None) -> int:
    """Try the wheel with every Python that is named."""
    parser = argparse.ArgumentParser(description="Install the wheel outside any checkout and try it.")
    parser.add_argument("pythons", nargs="*", default=[sys.executable], metavar="PYTHON", help="interpreters to try")
    parser.add_argument("--demo", type=int, default=20, metavar="N", help="runs of the two scenarios of the demo")
    parser.add_argument("--no-code", action="store_true", help="no wheel with machine code")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the wheels there")
    asked = parser.parse_args(arguments)
    with_code = not asked.no_code and sys.platform == "linux" and platform.machine() == "x86_64"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        wheel = build(folder)
        failed = [attempt(python, wheel, folder, asked.demo, with_code=with_code) for python in asked.pythons]
        for made in sorted(folder.rglob("multivector-*.whl")) if asked.keep else ():
            asked.keep.mkdir(parents=True, exist_ok=True)
            shutil.copy(made, asked.keep)
            print(f"kept: {asked.keep / made.name}", flush=True)
        return max(failed)


def build(folder: Path, python: str = sys.executable, **environment: str) -> Path:
    """The wheel, built into a folder by a Python; with what its hook is told by the environment."""
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--wheel-dir", str(folder)]
    run([python, "-m", "pip", "wheel", *options, str(ROOT)], folder, **environment)
    wheel = next(folder.glob("multivector-*.whl"))
    print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB", flush=True)
    return wheel


def inside(venv: Path, command: str) -> str:
    """A command of an environment, wherever the system puts it."""
    return str(venv / ("Scripts" if sys.platform == "win32" else "bin") / command)


def attempt(python: str, wheel: Path, folder: Path, runs: int, *, with_code: bool) -> int:
    """Install the wheel for one Python and go through what a user meets first; 0 if all of it works."""
    home = folder / Path(python).name.replace(".", "-")
    home.mkdir()
    try:
        run([python, "-m", "venv", "venv"], home)
        of, command = inside(home / "venv", "python"), inside(home / "venv", "multivector")
        print(run([of, "--version"], home).strip(), flush=True)
        install = [of, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*install, f"{wheel}[sweep]"], home)
        print("  " + run([of, "-c", EVERY_NAME], home).strip(), flush=True)
        if with_code:
            made = compile_code(of, home)
            own = build(home / "own", of, MULTIVECTOR_MACHINE_CODE=str(made))
            run([*install, "--no-deps", "--force-reinstall", str(own)], home)
            print(f"  files of machine code that came along: {run([of, '-c', HELD], home).strip()}", flush=True)
        if (compiled := first_table(command, home)) and with_code:
            print(f"  FAILED: {compiled} functions were compiled although their code came along", flush=True)
            return 1
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


def compile_code(of: str, home: Path) -> Path:
    """A folder with the machine code of an installed wheel, made for every processor of the level that is shipped."""
    (home / "own").mkdir()
    processor, features = run([of, "-c", MADE_FOR], home).split()
    made = {"MULTIVECTOR_CACHE": str(home / "code"), "NUMBA_CPU_NAME": processor, "NUMBA_CPU_FEATURES": features}
    run([of, "-m", "sim.batch.first_time"], home, **made)
    return home / "code"


def first_table(command: str, home: Path) -> int:
    """Say how long a first table of 200 worlds takes where nothing is kept yet; how many functions were compiled.

    What is compiled behind the first answer is waited for.
    """
    cache, begun = home / "cache", time.perf_counter()
    words = ["run", "baseline", "--runs", "200", "--no-figures", "-o", "first-table"]
    run([command, *words], home, MULTIVECTOR_CACHE=str(cache))
    print(f"  the first table of 200 worlds took {time.perf_counter() - begun:.1f} s", flush=True)
    if not any(path.is_file() for path in cache.rglob("*")):
        return 0
    while not any(cache.rglob("turn.advance-*.nbc")) and time.perf_counter() - begun < LONGEST:
        time.sleep(1.0)
    print(f"    and everything was compiled after {time.perf_counter() - begun:.0f} s", flush=True)
    return len([*cache.rglob("*.nbc")])


def run(command: list[str], folder: Path, **environment: str) -> str:
    """What a command prints, with this in its environment; raises `CalledProcessError` if it fails."""
    kept = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV"}} | environment
    done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, check=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
