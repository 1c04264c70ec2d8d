import os
import threading
from pathlib import Path

import pytest

from sim.io.errors import InputError
from sim.io.json_files import MOST_JSON_DEPTH, parse_json, read_json, read_json_group
from sim.io.regular import read_regular


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "not valid JSON"),
        (b'{"a": 1', "not valid JSON"),
        (b'{\n"a": 1,\n}', "k.json:3"),
        (b"\xff{}", "not text in UTF-8"),
        (b'{"a": NaN}', "NaN is no number"),
        (b"[1e999]", "too large a number"),
        (b'{"a": 1, "a": 2}', "the key 'a' stands twice"),
        (b"[" * 100_000, "deeper nesting"),
        (b"[" * (MOST_JSON_DEPTH + 1) + b"]" * (MOST_JSON_DEPTH + 1), "deeper nesting"),
        (b"[" + b"9" * 5000 + b"]", "not JSON that is read here"),
    ],
)
def test_odd_json_is_refused_in_words(raw, said):
    with pytest.raises(InputError, match=said):
        parse_json(raw, "k.json")


def test_the_key_that_stands_twice_is_found_among_many_at_once():
    many = ",".join(f'"{number}": 1' for number in range(100_000))
    with pytest.raises(InputError, match="the key '99999' stands twice"):
        parse_json(f'{{{many},"99999": 2}}'.encode(), "k.json")


def test_nesting_is_allowed_to_the_limit():
    assert parse_json(b"[" * MOST_JSON_DEPTH + b"]" * MOST_JSON_DEPTH, "k.json")


@pytest.mark.parametrize(("text", "found"), [("[1]", "a list"), ("null", "nothing"), ('"word"', "'word'")])
def test_a_group_is_wanted_at_the_top(tmp_path, text, found):
    place = tmp_path / "k.json"
    place.write_text(text)
    assert read_json(place) is not ...
    with pytest.raises(InputError, match=f"found {found}; allowed: a group of keys"):
        read_json_group(place)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    refused = []

    def read():
        try:
            read_regular(tmp_path / "pipe", 10)
        except InputError as error:
            refused.append(str(error))

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    reading.join(5)
    assert "not a plain file" in refused[0]


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no such device")
def test_a_device_without_end_is_refused():
    with pytest.raises(InputError, match="not a plain file"):
        read_regular("/dev/zero", 10)


def test_a_folder_and_a_file_too_large_are_refused(tmp_path):
    with pytest.raises(InputError, match="found a folder"):
        read_regular(tmp_path, 10)
    (tmp_path / "large").write_bytes(b"x" * 11)
    with pytest.raises(InputError, match="at most 10 bytes"):
        read_regular(tmp_path / "large", 10)
    assert read_regular(tmp_path / "large", 11) == b"x" * 11
    with pytest.raises(InputError, match="cannot be read"):
        read_regular(tmp_path / "missing", 10)
