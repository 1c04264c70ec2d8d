"""Nobody is kept out: what axe-core knows to look for is not in any view, and no view needs a mouse."""

import pytest

from helpers.windows import NARROW


@pytest.mark.parametrize("chart", ["map", "fan", "triangle", "table"])
def test_nothing_bars_the_way_to_look(open_window, chart):
    window = open_window(size=NARROW).settled()
    window.choose_chart(chart)
    window.page.locator("#sliders input[type=range]").first.press("End")
    window.settled()
    assert window.barriers() == []


def test_nothing_bars_the_way_to_two_scenarios_in_the_teach_view_with_a_bet(open_window):
    window = open_window().settled()
    window.page.select_option("#look select[name=beside]", index=2)
    window.settled()
    window.page.click("#tools button[name=teach]")
    assert window.barriers() == []
    window.page.check("#look .bet-first")
    assert window.barriers() == []


def test_nothing_bars_the_way_to_dispute(open_window):
    window = open_window(size=NARROW).settled()
    window.view("dispute")
    window.page.fill("#dispute input[type=search]", "trade")
    window.settled()
    assert window.barriers() == []


def test_nothing_bars_the_way_to_play(open_window):
    window = open_window(size=NARROW).settled()
    window.view("play")
    window.settled()
    assert window.barriers() == []
    window.page.click("#play button >> nth=0")
    window.settled()
    window.page.click("#play button[name^='why ']")
    window.settled()
    assert window.barriers() == []
    window.page.click("#play button[name^='if ']")
    window.settled()
    assert window.barriers() == []


def test_nothing_bars_the_way_to_class(open_window, server):
    teacher, pupil = open_window(size=NARROW).settled(), open_window(server.pupils).settled()
    for window in (teacher, pupil):
        window.view("class")
        window.settled()
    assert teacher.barriers() == []
    assert pupil.barriers() == []


def test_letters_of_every_size_bar_nobody(open_window):
    window = open_window(size=NARROW).settled()
    for size in ("small", "large"):
        window.page.click(f"#tools button[name={size}]")
        assert window.barriers() == []
