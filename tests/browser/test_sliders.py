"""A number is moved: worlds answer while it is dragged, and the last picture is what was asked for."""

import json

import pytest

import sim
from helpers.windows import NARROW, WIDE, Window, opened

SLIDER = "#sliders input[type=range]"
SIZES = ("small", "middle", "large")


def drawn(window):
    """From now on count pictures: how many different ones the bars were, one after the other."""
    window.page.evaluate(
        """async () => {
          const {on} = await import('/base.js');
          const bars = () => document.querySelector('#look .bars').innerHTML;
          window.pictures = [bars()];
          on('look', () => { if (bars() !== window.pictures.at(-1)) window.pictures.push(bars()); });
        }"""
    )
    return lambda: window.page.evaluate("() => window.pictures.length - 1")


def thumb(slider):
    """Where the thumb of a slider is."""
    box = slider.bounding_box()
    share = slider.evaluate("(one) => (one.value - one.min) / (one.max - one.min)")
    return box["x"] + 8 + share * (box["width"] - 16), box["y"] + box["height"] / 2, box


def check_is_what_peek_says(window):
    """What is drawn are the worlds of the numbers on the sliders, to the last of them."""
    numbers, look = window.state("state.numbers"), window.state("state.look")
    peek = sim.peek("baseline", look["runs"], numbers=numbers, seed=look["seed"])
    told = {}
    for row, state in enumerate(look["states"]):
        for word, count in zip(look["words"], look["counts"][-1][row], strict=True):
            if count:
                told[state["code"], word["word"]] = count
    assert told == {(row.state, row.outcome): row.runs for row in peek.final_outcomes().itertuples()}
    said = {word["word"]: word["said"] for word in look["words"]}
    shares = {state["code"]: f"{state['name']}: " for state in look["states"]}
    labels = window.page.eval_on_selector_all("#look .shares", "(all) => all.map((one) => one.ariaLabel)")
    assert len(labels) == len(shares)
    for label, (code, name) in zip(labels, shares.items(), strict=True):
        assert label.startswith(name)
        for (state, word), runs in told.items():
            if state == code:
                assert f"{said[word]} {int(100 * runs / look['runs'] + 0.5)} %" in label


def test_worlds_answer_while_a_slider_is_dragged_and_the_last_picture_is_right(open_window):
    window = open_window().settled()
    slider = window.page.locator(SLIDER).first
    pictures = drawn(window)
    x, y, box = thumb(slider)
    mouse = window.page.mouse
    mouse.move(x, y)
    mouse.down()
    for step in range(400):  # to and fro, until three pictures have come
        share = abs((step / 12) % 2 - 1)
        mouse.move(box["x"] + 8 + share * (box["width"] - 16), y)
        window.page.wait_for_timeout(30)
        if step >= 24 and pictures() >= 3:
            break
    while_dragged = pictures()
    mouse.move(box["x"] + box["width"] - 10, y)
    mouse.up()
    assert while_dragged >= 3
    window.settled()
    assert len(window.state("state.numbers")) == 1
    check_is_what_peek_says(window)


def test_the_keyboard_alone_moves_the_bars(open_window):
    window = open_window().settled()
    pictures = drawn(window)
    keyboard = window.page.keyboard
    for _ in range(80):
        keyboard.press("Tab")
        if window.page.evaluate("() => document.activeElement.matches('#sliders input[type=range]')"):
            break
    else:
        raise AssertionError("no slider is reached with the Tab key")
    assert window.page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") != "none"
    keyboard.press("End")
    window.settled()
    keyboard.press("PageDown")
    window.settled()
    assert pictures() >= 1
    assert len(window.state("state.numbers")) == 1
    check_is_what_peek_says(window)


def test_two_windows_are_never_mixed_up(open_window, server):
    windows = [open_window(), open_window(server.pupils), open_window(server.pupils)]
    answers = [[] for _ in windows]
    for window, mine in zip(windows, answers, strict=True):
        window.ready()
        window.page.on("response", lambda response, mine=mine: mine.append(response))
    keys = ("End", "Home", "PageUp")
    for _ in range(6):
        for window, key in zip(windows, keys, strict=True):
            window.page.locator(SLIDER).nth(keys.index(key)).press(key)
            window.page.locator(SLIDER).nth(keys.index(key)).press("ArrowLeft")
    for window, mine in zip(windows, answers, strict=True):
        window.settled()
        check_is_what_peek_says(window)
        pages = set()
        for response in mine:
            if "/api/look" in response.url and response.status == 200:
                asked = json.loads(response.request.post_data)
                pages.add(asked["page"])
                assert response.json()["number"] == asked["number"]
        assert len(pages) == 1
    assert len({json.dumps(window.state("state.numbers")) for window in windows}) == 3


def test_a_server_that_is_killed_while_a_slider_is_dragged_comes_back(browser, tmp_path):
    server = opened(tmp_path, "baseline")
    again = None
    window = Window(browser, server.teacher).ready()
    try:
        window.settled()
        x, y, box = thumb(window.page.locator(SLIDER).first)
        window.page.mouse.move(x, y)
        window.page.mouse.down()
        window.page.mouse.move(box["x"] + 0.3 * box["width"], y)
        server.kill()
        window.page.mouse.move(box["x"] + 0.8 * box["width"], y)
        window.page.mouse.up()
        window.page.wait_for_function("() => document.getElementById('status').textContent.includes('not answer')")
        numbers = window.state("state.numbers")
        again = opened(tmp_path, "baseline", port=server.port)
        window.page.evaluate("async () => { window.old = (await import('/base.js')).state.look; }")
        window.page.goto(again.teacher)  # the new address over the old one
        window.until("state.look !== window.old")
        window.settled()
        assert window.page.inner_text("#status") == ""
        assert window.state("state.numbers") == numbers
        check_is_what_peek_says(window)
    finally:
        window.close()
        server.close()
        if again:
            again.close()


@pytest.mark.parametrize("size", SIZES)
def test_in_the_teach_view_slider_and_chart_are_on_one_screen(open_window, size):
    window = open_window(size=NARROW).settled()
    window.page.click(f"#tools button[name={size}]")
    window.page.click("#tools button[name=teach]")
    window.settled()
    assert window.page.evaluate("() => document.documentElement.scrollWidth") <= NARROW[0]
    sliders = window.page.locator(SLIDER).all()
    assert 1 <= len(sliders) <= 5
    for slider in sliders:
        slider.scroll_into_view_if_needed()
        for one in (slider, window.page.locator("#look .bars").first):
            box = one.bounding_box()
            assert box["x"] >= 0
            assert box["y"] >= 0
            assert box["x"] + box["width"] <= NARROW[0]
            assert box["y"] + box["height"] <= NARROW[1], (slider, one)


def test_letters_have_three_sizes(open_window):
    window = open_window(size=WIDE).ready()
    high = []
    for size in SIZES:
        window.page.click(f"#tools button[name={size}]")
        high.append(window.page.locator("#caution").bounding_box()["height"])
        assert window.page.evaluate("() => document.documentElement.scrollWidth") <= WIDE[0]
    assert high[0] < high[1] < high[2]
