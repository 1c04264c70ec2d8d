"""The page as files: how much of it there is, that it asks nobody else, and that what it says stands in one place."""

import re
from pathlib import Path

import pytest

import sim.classroom
from sim.classroom.app import page_files
from sim.classroom.words import page_words

WING = Path(sim.classroom.__file__).parent
MOST_LINES = 500  # of code: a page that one person can read in an afternoon
WIDEST = 120
MODULES = {name: text.decode() for name, text in page_files().items() if name.endswith(".js")}
SHEETS = {name: text.decode() for name, text in page_files().items() if name.endswith(".css")}
FRAME = page_files()["index.html"].decode()
REMARK = re.compile(r"\s*(//.*)?$")


def test_the_page_stays_small():
    lines = [line for text in MODULES.values() for line in text.splitlines()]
    assert len([line for line in lines if not REMARK.match(line)]) < MOST_LINES
    assert max(map(len, lines)) <= WIDEST


def test_every_module_says_what_it_is_for():
    assert all(text.startswith("// ") for text in MODULES.values())


@pytest.mark.parametrize("name", sorted({*MODULES, *SHEETS, "index.html"}))
def test_nothing_is_fetched_from_elsewhere(name):
    text = page_files()[name].decode().replace("http://www.w3.org/2000/svg", "")
    assert "//" not in re.sub(r"(^|\s)//.*$", "", text, flags=re.MULTILINE)
    assert "@import" not in text


def test_nothing_stands_in_the_frame_that_the_policy_of_the_page_refuses():
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", FRAME)
    assert re.findall(r"<script[^>]*>", FRAME) == ['<script type="module" src="main.js">']
    for text in MODULES.values():
        assert not re.search(r"\beval\(|new Function|setTimeout\(['\"`]|document\.write|insertAdjacentHTML", text)


VIEWS = "main|look|play|dispute|class|lesson|word|sheet"
KEY = re.compile(rf"""["'`]((?:{VIEWS})\.[\w-]*)(["'`{{$])""")
"""A key in a source, whole, or up to where the rest of it is filled in."""


def test_every_string_is_asked_for_and_every_one_that_is_asked_for_is_there():
    rooms = sorted(path for path in WING.glob("*.py") if path.name != "words.py")
    sources = [*MODULES.values(), *(path.read_text(encoding="utf-8") for path in rooms)]
    found = [one for text in sources for one in KEY.findall(text)]
    whole = {key for key, end in found if end not in "{$"} | set(re.findall(r"\{(\w+\.\w+)\}", FRAME))
    begun = tuple(key for key, end in found if end in "{$")
    assert whole - set(page_words()) == {"class.zip"}  # the name of a file
    assert [key for key in begun if not any(known.startswith(key) for known in page_words())] == []
    assert [key for key in page_words() if key not in whole and not key.startswith(begun)] == []


def test_what_is_filled_in_has_a_name():
    for text in page_words().values():
        assert text.count("{") == len(re.findall(r"\{\w+\}", text)) == text.count("}")


def test_no_words_stand_in_the_modules():
    for name, text in MODULES.items():
        code = re.sub(r"//.*$", "", text, flags=re.MULTILINE)
        said = [one for one in re.findall(r"'([^'\n]*)'", code) if re.fullmatch(r"[A-Z][a-z]+( [a-z]+)+\.?", one)]
        assert said == [], name
