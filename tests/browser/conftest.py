"""One class and one browser for all tests of this folder; a window of its own for each."""

import importlib.util
from pathlib import Path

import pytest

from helpers.windows import Window, chromium, opened

TOOL = Path(__file__).parents[2] / "tools" / "find_browser.py"


@pytest.fixture(scope="package")
def browser():
    spec = importlib.util.spec_from_file_location("find_browser", TOOL)
    finder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(finder)
    path = finder.found()
    if path is None:
        pytest.skip(finder.MISSING)
    with chromium(path) as started:
        yield started


@pytest.fixture(scope="package")
def server(tmp_path_factory):
    started = opened(tmp_path_factory.mktemp("class"), "baseline")
    yield started
    started.close()
    assert "Traceback" not in started.complaints()


@pytest.fixture
def open_window(browser, server):
    """Opens windows of the class, the teacher's unless told otherwise; none may ask elsewhere or complain."""
    windows = []

    def opening(address=None, **how):
        windows.append(Window(browser, address or server.teacher, **how))
        return windows[-1]

    yield opening
    for window in windows:
        window.close()
    assert [window.strangers for window in windows if window.strangers] == []
    assert [window.complaints for window in windows if window.complaints] == [], server.complaints()[-3000:]
