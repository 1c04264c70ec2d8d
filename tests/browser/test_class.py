"""A class plays together: the teacher gives a game, pupils play it, and the board shows every one of them."""

import zipfile

import pytest

from helpers.windows import opened

STATE = "KAZ"


@pytest.fixture
def server(tmp_path):
    """A class of its own: what it plays together, nobody can leave."""
    started = opened(tmp_path, "baseline")
    yield started
    started.close()
    assert "Traceback" not in started.complaints()


def test_a_class_plays_and_is_shown_and_taken_home(open_window, server, tmp_path):
    teacher, pupil, other = (open_window(address).settled() for address in (None, server.pupils, server.pupils))
    teacher.view("class")
    teacher.settled()
    teacher.page.select_option("#class [data-part=which]", STATE)
    teacher.page.click("#class [data-part=begin]")
    teacher.page.wait_for_selector("#class svg")
    teacher.page.click("#class [data-part=open]")
    teacher.settled()
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
