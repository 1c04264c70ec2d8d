"""Files are read as YAML 1.2 reads them, and every problem is told with its place."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sim.io import errors, readers
from sim.io.errors import Entry, InputError, Problem, Problems
from sim.io.readers import parse_yaml, plain_scalar, read_table, read_yaml


def read(text: str) -> tuple[Entry | None, list[str]]:
    notebook = Problems()
    top = parse_yaml(text, "f.yaml", notebook)
    return top, [str(problem) for problem in notebook]


@pytest.fixture(params=["C parser", "Python parser"])
def both_parsers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "Python parser":
        monkeypatch.setattr(readers, "_EventStream", yaml.SafeLoader)
    elif not yaml.__with_libyaml__:
        pytest.skip("PyYAML was built without its C parser")
    return request.param


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", True),
        ("False", False),
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("~", None),
        ("", None),
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        (".5", 0.5),
        ("-2", -2),
        ("010", 10),
        ("1:30", "1:30"),
        ("12:30:45", "12:30:45"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("2026-Q1", "2026-Q1"),
        ("2025-01-01", "2025-01-01"),
        ("4.2 bn USD", "4.2 bn USD"),
        (".inf", math.inf),
        ("-", "-"),
    ],
)
def test_plain_words_mean_what_yaml_1_2_says(both_parsers: str, written: str, meant: object) -> None:
    if written == "-":
        assert plain_scalar(written) == meant
        return
    top, said = read(f"key: {written}\n")
    assert not said
    assert top is not None
    value = top.value["key"].value
    assert value == meant
    assert type(value) is type(meant)


def test_quoted_words_are_text(both_parsers: str) -> None:
    top, said = read("{a: '1', b: \"true\", c: |\n  3\n}\n".replace("|\n  3\n", "'null'"))
    assert not said
    assert top is not None
    assert [entry.value for entry in top.value.values()] == ["1", "true", "null"]


def test_every_value_knows_its_place(both_parsers: str) -> None:
    top, _ = read("a:\n  - b: 1\n  - {c: [x, y]}\n")
    assert top is not None
    deep = top.value["a"].value[1].value["c"].value[1]
    assert (deep.key, deep.line, deep.column, deep.value) == ("a[1].c[1]", 3, 13, "y")


MISTAKES = {
    "empty": ("", "f.yaml: the file is empty"),
    "only a comment": ("# nothing\n", "f.yaml: the file is empty"),
    "duplicate key": ("a: 1\nb: {c: 1, c: 2}\n", "f.yaml:2: b: found the key 'c' a second time (first on line 2)"),
    "anchor": ("a: &x 1\n", "f.yaml:1: found the anchor &x"),
    "alias": ("a: &x [1]\nb: *x\n", "f.yaml:2: found the alias *x"),
    "tag": ("a: !!python/object/apply:os.system [ls]\n", "f.yaml:1: found the tag 'tag:yaml.org,2002:python"),
    "own tag": ("a: !thing 3\n", "f.yaml:1: found the tag '!thing'"),
    "second document": ("a: 1\n---\nb: 2\n", "f.yaml:2: found a second document"),
    "list as key": ("[a, b]: 1\n", "f.yaml:1: found a list or group as a key"),
    "tab": ("a:\n\t- b\n", "f.yaml:2: this is not valid YAML"),
    "open bracket": ("a: [1, 2\n", "this is not valid YAML"),
    "control character": ("a: \x07\n", "this is not valid YAML"),
    "deep": ("[" * 200 + "]" * 200, "f.yaml:1: "),
    "very deep": ("[" * 100_000, "f.yaml:1: "),
    "full": ("[" + "1," * 100_001 + "]", "found more values than that; allowed: at most 100000"),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_bad_file_is_refused_with_its_place(both_parsers: str, text: str, expected: str) -> None:
    _, said = read(text)
    assert any(expected in line for line in said), said


def test_an_alias_bomb_is_refused_at_once() -> None:
    text = "a0: &a0 [x]\n" + "".join(f"a{n + 1}: &a{n + 1} [{','.join([f'*a{n}'] * 9)}]\n" for n in range(9))
    top, said = read(text)
    assert top is None
    assert any("anchors and aliases are not read" in line for line in said)


@given(st.text(max_size=200))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    read(text)


@given(st.text(max_size=30))
def test_no_word_breaks_the_resolver(text: str) -> None:
    plain_scalar(text)


def test_two_readers_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The C parser and the Python one see the same in every file that ships."""
    if not yaml.__with_libyaml__:
        pytest.skip("PyYAML was built without its C parser")

    def flat(entry: Entry) -> object:
        inner: object = entry.value
        if isinstance(entry.value, dict):
            inner = {key: flat(value) for key, value in entry.value.items()}
        elif isinstance(entry.value, list):
            inner = [flat(value) for value in entry.value]
        return (entry.key, entry.line, entry.column, inner)

    for path in sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        fast, _ = read(text)
        with monkeypatch.context() as patch:
            patch.setattr(readers, "_EventStream", yaml.SafeLoader)
            slow, _ = read(text)
        assert fast is not None
        assert slow is not None
        assert flat(fast) == flat(slow)


class TestFiles:
    def said(self, path: Path) -> str:
        notebook = Problems()
        assert read_yaml(path, notebook) is None
        (problem,) = notebook
        return str(problem)

    def test_missing(self, tmp_path: Path) -> None:
        assert "no.yaml: cannot be read: No such file or directory" in self.said(tmp_path / "no.yaml")

    def test_folder(self, tmp_path: Path) -> None:
        assert "found a folder; allowed: a file" in self.said(tmp_path)

    def test_too_large(self, tmp_path: Path) -> None:
        path = tmp_path / "big.yaml"
        path.write_bytes(b"#" * (readers.MOST_BYTES + 1))
        assert "at most 1000000 bytes" in self.said(path)

    def test_not_text(self, tmp_path: Path) -> None:
        path = tmp_path / "latin.yaml"
        path.write_bytes("a: 1\nb: Türkiye\n".encode("latin-1"))
        assert "latin.yaml:2: this is not text in UTF-8" in self.said(path)

    def test_odd_name(self) -> None:
        assert "cannot be read" in self.said(Path("a\0b.yaml"))

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
    def test_a_pipe_does_not_hang(self, tmp_path: Path) -> None:
        path = tmp_path / "pipe.yaml"
        os.mkfifo(path)
        assert "not a plain file" in self.said(path)

    @pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid"), reason="needs POSIX permissions")
    def test_unreadable(self, tmp_path: Path) -> None:
        if os.geteuid() == 0:
            pytest.skip("the superuser reads everything")
        path = tmp_path / "mine.yaml"
        path.write_text("a: 1")
        path.chmod(0)
        assert "Permission denied" in self.said(path)

    def test_a_byte_order_mark_is_no_matter(self, tmp_path: Path) -> None:
        path = tmp_path / "bom.yaml"
        path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
        notebook = Problems()
        top = read_yaml(path, notebook)
        assert top is not None
        assert {key: entry.value for key, entry in top.value.items()} == {"a": 1, "b": 2}


class TestTables:
    def read(self, tmp_path: Path, text: str) -> tuple[list[Entry], list[str]]:
        path = tmp_path / "t.csv"
        path.write_text(text, encoding="utf-8")
        notebook = Problems()
        rows = read_table(path, ("one", "two"), notebook)
        return rows, [str(problem) for problem in notebook]

    def test_cells_know_their_place(self, tmp_path: Path) -> None:
        rows, said = self.read(tmp_path, 'one,two\n\n1.5,"a, b"\n')
        assert not said
        cells = rows[0].value
        assert (cells["one"].value, cells["two"].value, cells["two"].line) == (1.5, "a, b", 3)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", "the file is empty"),
            ("one,too\n", "t.csv:1: header: found 'too'; allowed: one, two. Did you mean 'two'?"),
            ("one\n1\n", "the column 'two' is missing"),
            ("one,two,two\n", "the column 'two' stands twice"),
            ("one,two\n1\n", "t.csv:2: found 1 cells; allowed: 2 cells"),
            ('one,two\n1,"x\n', "this is not valid CSV"),
        ],
    )
    def test_mistakes(self, tmp_path: Path, text: str, expected: str) -> None:
        _, said = self.read(tmp_path, text)
        assert any(expected in line for line in said), said


class TestWords:
    def test_a_complaint_reads_as_agreed(self) -> None:
        problem = Problem(
            file="scenarios/x.yaml",
            line=12,
            key="events[0].offer.kind",
            found="'deel'",
            allowed="deal, minerals",
            nearest="deal",
        )
        assert (
            str(problem)
            == "scenarios/x.yaml:12: events[0].offer.kind: found 'deel'; allowed: deal, minerals. Did you mean 'deal'?"
        )

    def test_an_error_lists_everything_in_order(self) -> None:
        notebook = Problems()
        for line in (9, 3, 3):
            notebook.add(Problem(file="a", line=line, message="wrong"))
        with pytest.raises(InputError) as caught:
            notebook.raise_if_any()
        assert str(caught.value) == "a:3: wrong\na:9: wrong"

    def test_very_many_complaints_end_the_reading(self) -> None:
        notebook = Problems()
        for line in range(errors.MOST_PROBLEMS):
            notebook.add(Problem(file="a", line=line, message="wrong"))
        with pytest.raises(InputError, match="reading stopped here"):
            notebook.add(Problem(file="a", line=9999, message="wrong"))

    def test_long_text_is_cut_in_messages(self) -> None:
        assert len(Entry("x" * 500, Problems(), "f", 1, 1, "k", "x" * 500).quoted()) < 70

    @pytest.mark.parametrize(
        ("word", "nearest"),
        [("deel", "deal"), ("chn", "CHN"), ("Minerals", "minerals"), ("zzz", None), ("x" * 9999, None)],
    )
    def test_nearest(self, word: str, nearest: str | None) -> None:
        assert errors.nearest_to(word, ("deal", "minerals", "CHN")) == nearest
