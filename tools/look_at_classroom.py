"""Look at every view of the classroom as a picture, as a laptop and as the projector of a school show it.

python tools/look_at_classroom.py FOLDER                    all views at 1366 x 768 and 1024 x 768, as PNG files
python tools/look_at_classroom.py FOLDER --scenario toy     of another scenario
python tools/look_at_classroom.py --figure                  draw docs/figures/classroom.png anew

Needs Chromium (`tools/find_browser.py`) and what the tests need.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from find_browser import MISSING, found
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from helpers.windows import NARROW, WIDE, Server, Window, chromium, opened  # noqa: E402

FIGURE = ROOT / "docs" / "figures" / "classroom.png"
CHARTS = ("map", "fan", "triangle", "table")
SLIDER = "#sliders input[type=range]"
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
        if asked.figure:
            with_class(Path(place), asked.scenario, partial(draw_figure, browser))
        if asked.folder:
            asked.folder.mkdir(parents=True, exist_ok=True)
            for size in (WIDE, NARROW):
                look = partial(look_at, browser, size, asked.folder)
                with_class(Path(place), asked.scenario, look)
    return 0


def with_class(place: Path, scenario: str, do: Callable[[Server], None]) -> None:
    """Do something with a class that nobody has used yet."""
    server = opened(place, scenario)
    try:
        do(server)
    finally:
        server.close()


def look_at(browser: object, size: tuple[int, int], folder: Path, server: Server) -> None:
    """Every view in one size."""
    window = Window(browser, server.teacher, size=size).settled()
    page = window.page

    def taken(name: str, *, whole: bool = False, settled: bool = True) -> None:
        if settled:
            window.settled()
        page.mouse.move(0, 0)
        path = folder / f"{name}-{size[0]}.png"
        page.screenshot(path=path, full_page=whole)
        print(path, flush=True)

    page.locator(SLIDER).first.press("End")
    for chart in CHARTS:
        window.choose_chart(chart)
        taken(f"look-{chart}", whole=chart != "map")
    window.choose_chart("map")
    page.select_option("#look select[name=beside]", index=2)
    taken("look-beside")
    page.select_option("#look select[name=beside]", index=0)
    page.check("#look [name=bet]")
    taken("look-bet")
    page.uncheck("#look [name=bet]")
    for letters in ("large", "small", "middle"):
        page.click(f"#tools [name={letters}]")
        taken(f"look-{letters}")
    page.click("#tools [name=teach]")
    taken("teach")
    page.click("#tools [name=large]")
    taken("teach-large")
    page.click("#tools [name=middle]")
    page.click("#tools [name=teach]")
    page.locator("#sliders [data-do=source]").first.click()
    taken("dispute")
    page.fill("#dispute input[type=search]", "trade")
    taken("dispute-search", whole=True)
    look_at_games(window, taken)
    look_at_lesson(window, taken)
    print("".join(f"the page complained: {line}\n" for line in window.complaints), end="", flush=True)
    window.close()


def look_at_games(window: Window, taken: Callable[..., None]) -> None:
    """A game of one's own, and the board of the class with it."""
    page = window.page
    window.view("play")
    taken("play-choice")
    page.locator("#play .mine button").nth(0).click()
    for _ in range(2):
        window.settled()
        page.click("#play [name=step]")
    taken("play")
    page.locator("#play [name^='why ']").first.click()
    taken("play-why", whole=True)
    page.locator("#play [name^='if ']").first.click()
    taken("play-if", whole=True)
    window.view("class")
    window.settled()
    page.click("#class [data-part=begin]")
    page.wait_for_selector("#class svg")
    taken("class", whole=True)


def look_at_lesson(window: Window, taken: Callable[..., None]) -> None:
    """The first lesson at its start, at a bet, and on paper."""
    page = window.page
    page.select_option("#lesson select", "1")
    taken("lesson")
    while not page.locator("#look input.bet").count() and page.is_enabled("#lesson [name=next]"):
        page.click("#lesson [name=next]")
        window.settled()
    taken("lesson-bet")
    for path in page.eval_on_selector_all("#lesson a", "(all) => all.map((one) => one.pathname)"):
        page.goto(f"http://{window.home}{path}")
        taken(f"paper-{path.split('/')[1]}", whole=True, settled=False)


def draw_figure(browser: object, server: Server) -> None:
    """The page as the documentation shows it, with few colours so that it stays small."""
    window = Window(browser, server.teacher).settled()
    window.page.locator(SLIDER).first.press("End")
    window.settled().page.screenshot(path=FIGURE)
    window.close()
    with Image.open(FIGURE) as picture:
        picture.convert("RGB").quantize(128).save(FIGURE, optimize=True)
    print(f"{FIGURE.relative_to(ROOT)}: {FIGURE.stat().st_size / 1000:.0f} kB")
    assert FIGURE.stat().st_size < MOST_BYTES


if __name__ == "__main__":
    sys.exit(main())
