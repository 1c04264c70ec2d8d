"""Letters that have no place in text: refused where text is read, shown as escapes where it is shown."""

import csv
import io

import pandas as pd
import pytest

from sim.io.checks import check_text
from sim.io.errors import InputError, Problems
from sim.io.json_files import parse_json
from sim.io.letters import as_cell, cleaned, hidden_in, is_on_one_line, on_one_line, printable, spelled
from sim.io.readers import parse_yaml, read_table
from sim.io.writers import table_as_csv

HIDDEN = [
    *("\x00", "\x07", "\x08", "\x0b", "\x0c", "\x1b", "\x1c", "\x7f", "\x80", "\x85", "\x9b"),
    *("\u061c", "\u200b", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2066", "\u2069", "\ufeff"),
    *("\ufffe", "\uffff", "\ud800", "\U000e0041"),
]
SEEN = ["ü", "ß", "Ұлы", "中文", "नमस्ते", "می\u200cخواهم", "50\u00a0%", "−1…2", "[bold]", "$x_1^2$", "👩\u200d🌾", "&<>"]


@pytest.mark.parametrize("letter", HIDDEN, ids=lambda letter: f"{ord(letter):04X}")
def test_a_letter_that_cannot_be_seen_is_refused_by_every_reader_and_escaped_by_every_screen(letter, tmp_path):
    assert hidden_in(f"a{letter}b") == f"U+{ord(letter):04X}"
    for shown in (printable(f"a{letter}b"), cleaned(f"a{letter}b"), on_one_line(f"a{letter}b"), as_cell(f"a{letter}b")):
        assert letter not in shown
        assert shown.startswith("a")
        assert shown.endswith("b")
        assert len(shown) > 2
    escaped = f"\\U{ord(letter):08x}"
    if letter != "\ud800":  # the reader of YAML itself refuses half a letter
        problems = Problems()
        parse_yaml(f'{{title: "a{escaped}b"}}', "a.yaml", problems)
        assert f"a.yaml:1: title: found the character U+{ord(letter):04X}" in str(*problems)
        problems = Problems()
        parse_yaml(f'{{"a{escaped}b": 1}}', "a.yaml", problems)
        assert len(problems) == 1
        problems = Problems()
        (tmp_path / "a.csv").write_bytes(f'name,value\n"a{letter}b",1\n'.encode())
        read_table(tmp_path / "a.csv", ("name", "value"), problems)
        assert len(problems) == 1
    with pytest.raises(InputError, match=rf"a\.json: .*U\+{ord(letter):04X}"):
        parse_json(("[" + '{"a": ["' + "a" + _json(letter) + 'b"]}' + "]").encode(), "a.json")


def _json(letter):
    whole = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{whole[at : at + 2].hex()}" for at in range(0, len(whole), 2))


@pytest.mark.parametrize("text", SEEN)
def test_what_people_write_stays_as_it_is(text):
    assert hidden_in(text) is None
    assert is_on_one_line(text)
    assert printable(text) == cleaned(text) == text
    assert on_one_line(text).split() == text.split()
    assert spelled(text, "utf-8") == text
    entry = parse_yaml(f'title: "{text}"', "a.yaml", Problems()).value["title"]
    assert check_text(entry).split() == text.split()


def test_lines_may_end_in_files_and_not_on_a_line():
    assert hidden_in("two\r\nlines\tand a tab") is None
    assert cleaned("two\nlines\tand a tab") == "two\nlines\tand a tab"
    assert cleaned("\r50 %") == "\\r50 %"  # it would write over the line that is there
    assert printable("two\nlines") == "two\\nlines"
    assert on_one_line("two\n  lines ") == "two lines"
    assert not is_on_one_line("two\nlines")


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        ("für 50\u00a0% − 3…4 × ±", "ascii", "fur 50 % - 3...4 x +/-"),
        ("für 50\u00a0% − 3…4", "cp1252", "für 50\u00a0% - 3…4"),
        ("│──┼ ▇ ▲", "ascii", "|--+ # ^"),
        ("Ұлы 中", "cp1251", "\\u04b0лы \\u4e2d"),
        ("\udcff", "utf-8", "\\udcff"),
        ("für", "no-such-encoding", "für"),
        ("für", None, "für"),
    ],
)
def test_letters_that_an_output_does_not_know_are_spelled_in_others(text, encoding, said):
    assert spelled(text, encoding) == said


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "\r=1", "-medium"])
def test_no_text_is_a_formula_in_a_table(text):
    kinds = pd.Categorical([text, "b"])
    table = pd.DataFrame({"title": pd.Series([text, "a\nb"]), "value": [-1.5, 2.0], "kind": kinds})
    rows = list(csv.reader(io.StringIO(table_as_csv(table))))
    assert rows[0] == ["title", "value", "kind"]
    assert rows[1][0] == rows[1][2]
    assert rows[1][0][0] in "'\\"
    assert rows[1][1] == "-1.5"  # a number stays one
    assert rows[2] == ["a\\nb", "2.0", "b"]
