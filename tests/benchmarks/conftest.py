"""What the measurements say, in a few lines at the end."""

import pytest

SAID: list[tuple[str, str]] = []


@pytest.fixture
def say():
    """Note a measurement for the table at the end."""
    return lambda what, figure: SAID.append((what, figure))


def pytest_terminal_summary(terminalreporter):
    if not SAID:
        return
    width = max(len(what) for what, _ in SAID)
    terminalreporter.section("measured")
    for what, figure in SAID:
        terminalreporter.write_line(f"{what:<{width}}  {figure}")
