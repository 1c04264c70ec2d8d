"""What is printed fits, keeps its brackets, and moves no cursor, however narrow the terminal."""

import io

import pytest

from sim.cli.console import BOLD, DIM, END, console_for, plain_table
from sim.cli.streams import columns_on, folded
from sim.io.text import columns_of

WIDTHS = [20, 40, 60, 80, 200]
STRANGE = [
    "[/bold] [red]x",
    "\x1b[31mred\x1b[0m",
    "[link=https://a.b]y[/link]",
    ":smile:",
    "a\\[b]",
    "中文" * 9,
    "\u202ex",
]


def printed(monkeypatch, columns, *what):
    monkeypatch.setenv("COLUMNS", str(columns))
    file = io.StringIO()
    console = console_for(file)
    for one in what:
        console.print(one)
    return file.getvalue()


def wide_table(named=1):
    table = plain_table(named=named)
    for name in ("Kazakhstan", "Uzbekistan", "words of any length"):
        table.add_column(name, no_wrap="words" not in name)
    for row in ("a-name-of-some-length", "another"):
        table.add_row(row, "12.5\n[9…16]", f"{BOLD}0.25{END}", "words that may be broken " * 3)
    return table


@pytest.mark.parametrize("columns", WIDTHS)
def test_tables_and_prose_fit_and_nothing_of_them_is_lost(columns, monkeypatch):
    text = printed(monkeypatch, columns, f"{BOLD}A title{END}: and {DIM}prose{END} " * 9, wide_table(), wide_table(2))
    assert max(columns_of(line) for line in text.splitlines()) <= columns
    close = "".join(text.split())
    for cell in ("12.5", "0.25", "another"):
        assert close.count(cell) >= 2
    assert columns == 20 or close.count("[9…16]") >= 4  # no cell was cut
    assert not set(text) & {BOLD, DIM, END}


@pytest.mark.parametrize("text", STRANGE)
@pytest.mark.parametrize("columns", [40, 80])
def test_text_of_strangers_is_shown_and_never_read_as_markup(text, columns, monkeypatch):
    table = plain_table()
    table.add_column(text)
    table.add_row(text, text)
    said = printed(monkeypatch, columns, f"{BOLD}{text}{END}", table)
    assert "\x1b" not in said
    assert "\u202e" not in said
    if text.startswith("[/bold]"):
        assert said.count("[/bold]") == 4
        assert said.count("[red]x") == 4


@pytest.mark.parametrize(
    ("said", "columns"),
    [("40", 40), ("0", None), ("-5", None), ("abc", None), ("²", None), ("", None), ("9" * 30, None), ("1", 20)],
)
def test_how_many_columns_there_are(said, columns, monkeypatch):
    with monkeypatch.context() as patch:  # which whoever reports on the tests does not see
        patch.setenv("COLUMNS", said)
        found = columns_on(io.StringIO()), console_for(io.StringIO()).width
    assert found == (columns, columns or 80)


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_can_be_declined(name, value, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    for other in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    file = Terminal()
    console_for(file).print(f"{BOLD}loud{END}")
    assert "\x1b[1m" in file.getvalue()
    monkeypatch.setenv(name, value)
    file = Terminal()
    console_for(file).print(f"{BOLD}loud{END}")
    assert file.getvalue() == "loud\n"


def test_a_line_is_broken_between_words_below_its_second_column():
    line = "  squeezed     is pressed so hard from outside that it has lost its room"
    assert folded(line, None) == folded(line, 100) == line
    assert folded(line, 40).splitlines() == [
        "  squeezed     is pressed so hard from",
        "               outside that it has lost",
        "               its room",
    ]
    assert folded("name-of-some-length  what it is", 24).splitlines() == ["name-of-some-length", "    what it is"]
    assert folded("results   results/a-very-long-name-of-a-folder", 30).splitlines() == [
        "results",
        "results/a-very-long-name-of-a-folder",
    ]
    assert folded("=" * 50, 30) == "=" * 30
    assert all(columns_of(one) <= 20 for one in folded("中文" * 30, 20).splitlines())
