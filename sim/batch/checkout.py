"""Which commit the program and the question were at, where they lie in checkouts of git.

This is told in the manifest for whoever wants to find the sources again; results do not depend on it. Git is asked in
the background and with nothing switched on by which a repository could start programs of its own; where it is missing,
slow or in doubt, that is said by leaving things out.
"""

import contextlib
import os
import shutil
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.io.errors import InputError
from sim.io.regular import read_regular

_PATIENCE = 0.5  # seconds; an answer takes some thousandths, but there are checkouts of millions of files
_MOST = 1_000_000  # bytes of the settings of a repository
_PACKAGE = Path(__file__).resolve().parents[1]
_PROGRAM = _PACKAGE.parent
_QUIET = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-optional-locks", "--literal-pathspecs")
_STATUS = ("status", "--porcelain=v2", "--branch", "--untracked-files=no", "--ignore-submodules=all")


class Checkouts:
    """The state of the checkouts as a piece of work begins, looked up while it goes on."""

    def __init__(self, **files: Path | None) -> None:
        """Begin to look; files: those of the question by what they are, such as `scenario`, None where it has none."""
        self._told: dict[str, Any] = {"program": None, **dict.fromkeys(files)}
        self._looking = threading.Thread(target=self._look_quietly, args=(files,), daemon=True)
        self._looking.start()

    def told(self) -> dict[str, Any]:
        """What a manifest says of the `program` and of each file.

        None where it lies in no checkout, and else `commit` and `dirty`: whether files that belong to the commit differ
        from it, or this file does not belong to it. None where git cannot say.
        """
        self._looking.join(2 * _PATIENCE)
        return dict(self._told)

    def _look_quietly(self, files: Mapping[str, Path | None]) -> None:
        with contextlib.suppress(OSError, RuntimeError, ValueError):  # no folder to work in, links that lead in circles
            self._look(files)

    def _look(self, files: Mapping[str, Path | None]) -> None:
        git = shutil.which("git")
        if git is None:
            return
        states: dict[Path, dict[str, Any] | None] = {}
        if os.path.lexists(_PROGRAM / ".git"):  # and not installed within somebody else's checkout
            states[_PROGRAM] = self._told["program"] = _state(git, _PROGRAM)
        for what, path in files.items():
            file = None if path is None else Path(path).resolve()
            if file is None or file.is_relative_to(_PACKAGE):  # it came with an installed program
                continue
            root = next((folder for folder in file.parents if os.path.lexists(folder / ".git")), None)
            if root is None:
                continue
            if root not in states:
                states[root] = _state(git, root)
            state = states[root]
            alone = _asked(git, root, "ls-files", "--", str(file)) == ""
            self._told[what] = {**state, "dirty": True} if state is not None and alone else state


def _state(git: str, root: Path) -> dict[str, Any] | None:
    """Commit, and whether anything that belongs to it differs; None where git does not answer, or has no commit."""
    told = _asked(git, root, *_STATUS) if _plain_settings(root) else None
    lines = [] if told is None else told.splitlines()
    commit = next((line.split()[-1] for line in lines if line.startswith("# branch.oid ")), None)
    if told is None:
        commit = (_asked(git, root, "rev-parse", "--verify", "--quiet", "HEAD") or "").strip()
    if not commit or not commit.isalnum():
        return None
    return {"commit": commit, "dirty": None if told is None else any(not line.startswith("#") for line in lines)}


def _asked(git: str, root: Path, *words: str) -> str | None:
    """What git says of a checkout, or None."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603 - git itself, with words of our own
            [git, "-C", str(root), *_QUIET, *words],
            env=kept | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")


def _plain_settings(root: Path) -> bool:
    """Whether the repository's own settings name no filters, which are programs that `git status` may start."""
    try:
        place = root / ".git"
        if place.is_file():  # one of several working trees: a file that says where the repository is
            place = root / _said(place).removeprefix("gitdir:").strip()
        shared = place / "commondir"
        places = [place, place / _said(shared).strip()] if shared.is_file() else [place]
        files = [folder / name for folder in places for name in ("config", "config.worktree")]
        text = "\n".join(_said(file) for file in files if file.is_file()).lower()
    except (InputError, OSError, ValueError):
        return False
    return "[filter" not in text and "[include" not in text


def _said(path: Path) -> str:
    return read_regular(path, _MOST).decode("utf-8", "replace")
