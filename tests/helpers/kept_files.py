"""The files of the project, as a checkout has them."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
_LEFT_BEHIND = {"results", "build", "dist", "htmlcov", "__pycache__"}
_HIDDEN = {".ci", ".gitignore", ".gitattributes", ".git-blame-ignore-revs"}  # that belong to it all the same


def kept_files():
    """The files of the project, without what tools and runs leave behind."""
    waiting = [ROOT]
    while waiting:
        for path in waiting.pop().iterdir():
            hidden = path.name.startswith(".") and path.name not in _HIDDEN
            if hidden or path.name in _LEFT_BEHIND or path.suffix in {".egg-info", ".nbc", ".nbi"}:
                continue
            if path.is_dir():
                waiting.append(path)
            else:
                yield path


def shown(path):
    """A path as a person would type it in the project's folder."""
    return path.relative_to(ROOT).as_posix()
