"""Renew the tested set: the libraries that `make` installs, each with its version and the hashes of its files.

python tools/renew_constraints.py          the newest that pyproject.toml allows
python tools/renew_constraints.py --keep   what is there stays; only what pyproject.toml asks for besides is added

One file of constraints/ serves every Python from 3.11 on and every system: where they need different versions, a line
says for which it is. The resolver is fetched into a folder of its own and leaves nothing behind.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "constraints"
OLDEST_PYTHON = "3.11"

EXTRAS = {
    "run": ("sweep", "history", "classroom"),
    "test": ("sweep", "history", "classroom", "test", "dev"),
    "experiments": ("sweep", "history", "xarray", "discovery"),
}
"""What each file is for, and the extras of pyproject.toml that it holds."""

BUILD = ("hatchling>=1.25", "editables>=0.5")
"""What builds the project itself, as pyproject.toml says under build-system."""

HEAD = """\
# The tested set of libraries for `make {targets}`: versions, and hashes of their files.
# Written by `make constraints`, not by hand. It serves every Python from {python} on, and Linux, macOS and Windows.
#
#   python -m pip install --require-hashes -r constraints/{name}.txt
#   python -m pip install --no-deps --no-build-isolation --editable .
"""
TARGETS = {"run": "setup", "test": "test", "experiments": "experiments"}


def main(arguments: list[str] | None = None) -> int:
    """Write the files anew; 0 when that went well."""
    parser = argparse.ArgumentParser(description="Renew the tested set of libraries in constraints/.")
    parser.add_argument("--keep", action="store_true", help="keep versions that are there and still fit")
    keep = parser.parse_args(arguments).keep
    with tempfile.TemporaryDirectory() as place:
        resolver = Resolver(Path(place))
        everything = sorted({extra for extras in EXTRAS.values() for extra in extras})
        before = "\n".join(read(FOLDER / f"{name}.txt") for name in EXTRAS) if keep else ""
        whole = resolver.resolve("everything", everything, before)
        for name, extras in EXTRAS.items():
            text = resolver.resolve(name, extras, whole)
            write(name, text)
    return 0


class Resolver:
    """A resolver that knows markers and hashes, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        python = [sys.executable, "-m"]
        subprocess.run([*python, "venv", str(folder / "venv")], check=True)
        inside = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv>=0.8"]
        subprocess.run([str(inside / "python"), *install], check=True)
        self.command = str(inside / "uv")

    def resolve(self, name: str, extras: tuple[str, ...] | list[str], preferred: str) -> str:
        """The lines of one file; preferred: lines of another, whose versions are taken where they fit."""
        wanted, written = self.folder / "build.in", self.folder / f"{name}.txt"
        wanted.write_text("\n".join(BUILD), encoding="utf-8")
        if preferred:
            written.write_text(preferred, encoding="utf-8")
        options = [
            "--universal",
            "--python-version",
            OLDEST_PYTHON,
            "--generate-hashes",
            "--no-header",
            "--no-annotate",
        ]
        places = ["--no-emit-index-url", "--no-emit-find-links", "--no-config", "--quiet"]
        asked = [word for extra in extras for word in ("--extra", extra)]
        command = [self.command, "pip", "compile", "pyproject.toml", str(wanted), *options, *places, *asked]
        subprocess.run([*command, "-o", str(written)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        return read(written)


def write(name: str, text: str) -> None:
    """One file; nothing in it may lead to a place that only this machine knows."""
    if "://" in text or re.search(r"^--(?!hash)", text, flags=re.MULTILINE):
        sys.exit(f"{name}: the resolver wrote an address or an option into the file; nothing was changed")
    FOLDER.mkdir(exist_ok=True)
    head = HEAD.format(name=name, targets=TARGETS[name], python=OLDEST_PYTHON)
    (FOLDER / f"{name}.txt").write_text(head + text, encoding="utf-8", newline="\n")
    print(f"constraints/{name}.txt: {len(re.findall(r'^[a-z0-9]', text, flags=re.MULTILINE))} libraries")


def read(path: Path) -> str:
    """The text of a file, or nothing where there is none."""
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
