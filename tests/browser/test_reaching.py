"""Nobody is kept out: what axe-core knows to look for is not in any view, and no view needs a mouse."""

import pytest

from helpers.windows import NARROW

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

GRAVE = {"serious", "critical"}


def barriers(window):
    """What axe-core calls serious or critical on the page as it is, each with where it is."""
    found = axe.Axe().run(window.page).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {node['target']} {node['html'][:200]}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"][:5]
    ]


@pytest.mark.parametrize("chart", ["map", "fan", "triangle", "table"])
def test_nothing_bars_the_way_to_look(open_window, chart):
    window = open_window(size=NARROW).settled()
    window.choose_chart(chart)
    window.page.locator("#sliders input[type=range]").first.press("End")
    window.settled()
    assert barriers(window) == []


def test_nothing_bars_the_way_to_two_scenarios_in_the_teach_view_with_a_bet(open_window):
    window = open_window().settled()
    window.page.select_option("#look select >> nth=1", index=2)
    window.settled()
    window.page.click("#tools button >> nth=0")
    assert barriers(window) == []
    window.page.check("#look .bet-first")
    assert barriers(window) == []


def test_nothing_bars_the_way_to_dispute(open_window):
    window = open_window(size=NARROW).settled()
    window.view("dispute")
    window.page.fill("#dispute input[type=search]", "trade")
    window.settled()
    assert barriers(window) == []


def test_nothing_bars_the_way_to_play(open_window):
    window = open_window(size=NARROW).settled()
    window.view("play")
    window.settled()
    assert barriers(window) == []
    window.page.click("#play button >> nth=0")
    window.settled()
    window.page.click("#play button[name^='why ']")
    window.settled()
    assert barriers(window) == []
    window.page.click("#play button[name^='if ']")
    window.settled()
    assert barriers(window) == []


def test_nothing_bars_the_way_to_class(open_window, server):
    teacher, pupil = open_window(size=NARROW).settled(), open_window(server.pupils).settled()
    for window in (teacher, pupil):
        window.view("class")
        window.settled()
    assert barriers(teacher) == []
    assert barriers(pupil) == []


def test_letters_of_every_size_bar_nobody(open_window):
    window = open_window(size=NARROW).settled()
    for size in ("small", "large"):
        window.page.click(f"button.size.{size}")
        assert barriers(window) == []
