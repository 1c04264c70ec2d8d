"""The command: text when piped, colour at a terminal, a page in a file; and what is wrong with what was asked."""

from __future__ import annotations

import io
import sys

import pytest

from sim.cli import coloured, main
from sim.evidence import load_evidence
from sim.evidence.provenance import find, story_of, trace_number
from sim.evidence.story import Kind, Link, Piece, Role, Story
from sim.evidence.teller import Teller


class Terminal(io.StringIO):
    """A terminal of which all that is written can be read."""

    def isatty(self) -> bool:
        return True


def terminal(monkeypatch):
    """Put a terminal of 80 columns in place of standard output; in the test itself, after pytest put its own there."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    seen = Terminal()
    monkeypatch.setattr(sys, "stdout", seen)
    return seen


def test_piped_it_is_plain(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert main.main(["trace", "powers.EU.budget.minerals"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert out == trace_number(load_evidence(), "powers.EU.budget.minerals") + "\n"
    assert "12 bn EUR × 1.08 USD/EUR × 0.2 / 5 years = 0.5184 bn USD a year" in out
    assert "= 0.1296 bn USD a quarter, written 0.13" in out


def test_at_a_terminal_it_is_in_colour_and_as_wide(monkeypatch):
    seen = terminal(monkeypatch)
    assert main.main(["trace", "powers.EU.budget.minerals"]) == 0
    out = seen.getvalue()
    assert "\x1b[" in out
    plain = "".join(part.partition("m")[2] if at else part for at, part in enumerate(out.split("\x1b[")))
    assert max(len(line) for line in plain.splitlines()) <= 80
    assert plain == trace_number(load_evidence(), "powers.EU.budget.minerals", 80) + "\n"


def test_no_colour_is_respected(monkeypatch):
    seen = terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    assert main.main(["trace", "powers.EU.budget.minerals"]) == 0
    out = seen.getvalue()
    assert "\x1b[3" not in out  # colours of letters; what is bold may stay so


def test_text_of_seeds_is_never_markup(monkeypatch):
    seen = terminal(monkeypatch)
    line = (Piece("[bold]not bold[/bold] :smile:", Role.WORDS),)
    coloured.print_story(Story(Link(Kind.NUMBER, "a.b"), line, (), ()))
    assert "[bold]not bold[/bold] :smile:" in seen.getvalue()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["share", "of", "China"], "share of China, an outcome"),
        (["balancing"], "What moves it most"),
        (["choice.dependence_cost"], "a rule"),
        (["zeng-pang-2023"], "a document"),
        (["c5-eggs-in-many-baskets"], "a fact"),
        (["border-exposure"], "What each level means"),
        (["china-trade"], "c-chn-c5-trade, a conflict of sources"),
        (["over-dependence-aversion"], "a system"),
    ],
)
def test_everything_that_a_story_names_can_be_traced(words, said, capsys):
    assert main.main(["trace", *words]) == 0
    assert said in capsys.readouterr().out


def test_a_fact_says_what_the_world_starts_with(capsys):
    assert main.main(["trace", "chn-c5-trade-2024"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "sum(ties.*.CHN.trade)" in out
    assert "ties.KAZ.CHN.trade, ties.KGZ.CHN.trade" in out
    assert "the fact says 94.8 bn USD a year" in out


def test_of_an_outcome_the_strongest_numbers_come_first():
    teller = Teller(load_evidence())
    story = story_of(teller, find(teller, "balancing"))
    table = next(part.table for part in story.parts if part.table)
    shares = [float(row[0][0].text.rstrip("%")) for row in table]
    assert len(table) == 10
    assert shares == sorted(shares, reverse=True)
    assert all(row[-1][0].link is not None for row in table)


def test_the_page_lands_in_a_file(tmp_path, capsys):
    assert main.main(["trace", "share", "of", "China", "--html", str(tmp_path / "china.html")]) == 0
    assert (tmp_path / "china.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "china.html" in capsys.readouterr().out
    assert main.main(["trace", "--world", "toy", "--html", str(tmp_path / "all.html")]) == 0
    assert "choice.dependence_aversion" in (tmp_path / "all.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trace"], ["trace:", "allowed: NAME", "--html FILE"]),
        (["trace", "balancin"], ["found 'balancin'", "allowed: the name of a number", "Did you mean 'balancing'?"]),
        (["trace", "powers.EU.budget.mineral"], ["Did you mean 'powers.EU.budget.minerals'?"]),
        (["trace", "balancin", "--html", "{new}/a.html"], ["Did you mean 'balancing'?"]),
        (["trace", "balancing", "--html", "{new}/a.pdf"], ["--html", "found a.pdf", "allowed: .html or .htm"]),
        (["trace", "balancing", "--html", "{file}/a.html"], ["{file}/a.html", "cannot be written"]),
        (["trace", "balancing", "--world", "mars"], ["found 'mars'", "allowed: central-asia"]),
    ],
)
def test_wrong_names_and_files_are_told(arguments, said, tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    places = {"new": tmp_path / "new", "file": tmp_path / "file"}
    assert main.main([word.format(**places) for word in arguments]) == 2
    err = capsys.readouterr().err
    for part in said:
        assert part.format(**places) in err
    assert "Traceback" not in err
    assert not (tmp_path / "new").exists()
