"""Look at every view of the classroom as a picture, as a laptop and as the projector of a school show it.

python tools/look_at_classroom.py FOLDER                    all views at 1366 x 768 and 1024 x 768, as PNG files
python tools/look_at_classroom.py FOLDER --scenario toy     of another scenario
python tools/look_at_classroom.py --figure                  draw docs/figures/classroom.png anew

Needs Chromium (`tools/find_browser.py`) and what the tests need.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from find_browser import MISSING, found
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from helpers.windows import NARROW, WIDE, Server, Window, chromium, opened  # noqa: E402

FIGURE = ROOT / "docs" / "figures" / "classroom.png"
VIEWS = ("look", "play", "dispute", "class")
CHARTS = ("map", "fan", "triangle", "table")
MOST_BYTES = 200_000


def main(arguments: list[str] | None = None) -> int:
    """Draw what is asked for; 1 where there is no browser."""
    parser = argparse.ArgumentParser(description="Look at every view of the classroom as a picture.")
    parser.add_argument("folder", nargs="?", type=Path, help="where the pictures go")
    parser.add_argument("--scenario", default="baseline", help="what the class looks at")
    parser.add_argument("--figure", action="store_true", help=f"draw {FIGURE.relative_to(ROOT)}")
    asked = parser.parse_args(arguments)
    if (path := found()) is None:
        print(MISSING, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as place, chromium(path) as browser:
        server = opened(Path(place), asked.scenario)
        try:
            if asked.figure:
                draw_figure(browser, server)
            if asked.folder:
                asked.folder.mkdir(parents=True, exist_ok=True)
                for size in (WIDE, NARROW):
                    look_at(browser, server, size, asked.folder)
        finally:
            server.close()
    return 0


def look_at(browser: object, server: Server, size: tuple[int, int], folder: Path) -> None:
    """Every view in one size."""
    window = Window(browser, server.teacher, size=size).ready()

    def taken(name: str) -> None:
        window.page.wait_for_timeout(400)
        window.page.screenshot(path=folder / f"{name}-{size[0]}.png")
        print(folder / f"{name}-{size[0]}.png", flush=True)

    for chart in CHARTS:
        window.choose_chart(chart)
        taken(f"look-{chart}")
    for view in VIEWS[1:]:
        window.view(view)
        taken(view)
    print("\n".join(f"the page complained: {line}" for line in window.complaints), end="", flush=True)
    window.close()


def draw_figure(browser: object, server: Server) -> None:
    """The page as the documentation shows it, with few colours so that it stays small."""
    window = Window(browser, server.teacher).ready()
    window.page.wait_for_timeout(400)
    window.page.screenshot(path=FIGURE)
    window.close()
    with Image.open(FIGURE) as picture:
        picture.convert("RGB").quantize(128).save(FIGURE, optimize=True)
    print(f"{FIGURE.relative_to(ROOT)}: {FIGURE.stat().st_size / 1000:.0f} kB")
    assert FIGURE.stat().st_size < MOST_BYTES


if __name__ == "__main__":
    sys.exit(main())
