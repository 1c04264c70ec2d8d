"""A class plays together: the teacher gives a game, pupils play it, and the board shows every one of them."""

import zipfile

import pytest

from helpers.windows import Window, opened

STATE = "KAZ"


@pytest.fixture
def server(tmp_path):
    """A class of its own: what it plays together, nobody can leave."""
    started = opened(tmp_path, "baseline")
    yield started
    started.close()
    assert "Traceback" not in started.complaints()


def give_a_game(teacher):
    """The teacher gives the class a game, and opens it."""
    teacher.view("class")
    teacher.settled()
    teacher.page.select_option("#class [data-part=which]", STATE)
    teacher.page.click("#class [data-part=begin]")
    teacher.page.wait_for_selector("#class svg")
    teacher.page.click("#class [data-part=open]")
    teacher.settled()


def test_a_class_plays_and_is_shown_and_taken_home(open_window, server, tmp_path):
    teacher, pupil, other = (open_window(address).settled() for address in (None, server.pupils, server.pupils))
    give_a_game(teacher)
    for window in (pupil, other):
        window.view("play")
        window.page.click(f"#play button[name={STATE}]")
        window.settled()
        for _ in range(2):
            window.page.click("#play button[name=step]")
            window.settled()
    teacher.page.click("#class [data-part=shown]")
    teacher.settled()
    seats = [window.state("state.seat") for window in (pupil, other)]
    assert len(set(seats)) == 2
    told = teacher.page.inner_text("#class")
    for seat in seats:
        assert f"{seat} (" in told
    pupil.view("class")
    pupil.page.wait_for_selector("#class svg")
    assert teacher.barriers() == []
    assert pupil.barriers() == []
    with teacher.page.expect_download() as waiting:
        teacher.page.click("#class [data-part=keep]")
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    with zipfile.ZipFile(path) as kept:
        assert kept.testzip() is None
        assert sum(name.endswith(".yaml") for name in kept.namelist()) == 2


def test_a_class_that_is_kept_goes_on_after_its_server_was_killed(browser, tmp_path):
    given = ("baseline", "--keep", str(tmp_path / "ours.jsonl"))
    server = opened(tmp_path, *given)
    again = None
    teacher, pupil = (Window(browser, address).settled() for address in (server.teacher, server.pupils))
    try:
        give_a_game(teacher)
        pupil.view("play")
        pupil.page.click(f"#play button[name={STATE}]")
        for _ in range(2):
            pupil.settled()
            pupil.page.click("#play button[name=step]")
        pupil.settled()
        before, seat = pupil.page.inner_text("#play h2"), pupil.state("state.seat")
        server.kill()
        pupil.page.click("#play button[name=step]")
        pupil.page.wait_for_function("() => document.getElementById('status').textContent.includes('not answer')")
        again = opened(tmp_path, *given, port=server.port)
        assert (again.teacher, again.pupils) == (server.teacher, server.pupils)
        pupil.page.wait_for_function("before => document.querySelector('#play h2').textContent !== before", arg=before)
        assert pupil.state("state.seat") == seat
        teacher.page.reload()
        teacher.settled().view("class")
        teacher.page.wait_for_selector("#class svg")
        assert f"{seat} (" in teacher.page.inner_text("#class")
    finally:
        for window in (teacher, pupil):
            window.close()
        server.close()
        if again:
            again.close()
    assert "Traceback" not in again.complaints()
