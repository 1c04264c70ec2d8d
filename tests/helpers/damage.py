"""What can happen to a file on a disk: a bit turned, the end lost, another file in its place, JSON that is odd."""

import json
import os
import shutil
from pathlib import Path

from helpers.spoil import spoilt
from sim.io.sealed import seal


def damaged(path, others, chance):
    """Do one thing to a file, and say what; others: files of other folders that could be mistaken for it."""
    ways = [*_WAYS, *(_OF_JSON if path.suffix == ".json" else ())]
    way = chance.choice(ways)
    return way(path, others, chance)


def _turned(path, _, chance):
    data = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 1, 1, 2, 8))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    return "bits turned"


def _cut(path, _, chance):
    data = path.read_bytes()
    path.write_bytes(data[: chance.randrange(len(data))])
    return "cut"


def _without_middle(path, _, chance):
    data = path.read_bytes()
    start = chance.randrange(len(data))
    path.write_bytes(data[:start] + data[start + chance.randrange(1, 200) :])
    return "a piece lost"


def _emptied(path, *_):
    path.write_bytes(b"")
    return "emptied"


def _more(path, _, chance):
    path.write_bytes(path.read_bytes() + chance.randbytes(chance.choice((1, 7, 4000))))
    return "more behind it"


def _noise(path, _, chance):
    path.write_bytes(chance.randbytes(chance.choice((1, 100, 5000))))
    return "noise"


def _zeros(path, *_):
    path.write_bytes(bytes(path.stat().st_size))
    return "zeros"


def _gone(path, *_):
    path.unlink()
    return "gone"


def _folder(path, *_):
    path.unlink()
    path.mkdir()
    return "a folder"


def _pipe(path, *_):
    path.unlink()
    os.mkfifo(path)
    return "a pipe"


def _link(path, others, chance):
    path.unlink()
    path.symlink_to(chance.choice((Path("/dev/zero"), Path(path.name), Path("nowhere"), *others[:1])))
    return "a link"


def _swapped(path, others, chance):
    there = [one for one in others if one.name == path.name] or others
    shutil.copyfile(chance.choice(there), path)
    return "another's"


_WAYS = (_turned, _turned, _turned, _cut, _without_middle, _emptied, _more, _noise, _zeros, _gone, _folder, _pipe)
_WAYS += (_link, _swapped, _swapped)


def _odd(path, _, chance):
    told = json.loads(path.read_bytes())
    for _ in range(chance.choice((1, 1, 3))):
        told = spoilt(told, chance) if told else told
    path.write_text(json.dumps(told), encoding="utf-8")
    return "odd JSON"


def _odd_and_sealed(path, _, chance):
    told = json.loads(path.read_bytes())
    told = spoilt(told, chance)
    if isinstance(told, dict) and isinstance(told.get("seal"), str):
        told["seal"] = seal(told)
    path.write_text(json.dumps(told), encoding="utf-8")
    return "odd JSON with its seal"


TEXTS = (
    *("[]", "{}", "null", "1", '"x"', "{", "[" * 100_000, '{"a":' * 50_000, "NaN", '{"format": 1}', '{"format": true}'),
    *("9" * 10_000, '{"format": 1e999}', '{"files": [{}]}', '{"seal": null}', '{"format": 2, "format": 2}', "\ufeff{}"),
    '{"format": 2, "seal": "", "files": [{"name": "../../x", "sha256": ""}]}',
)


def _other_text(path, _, chance):
    path.write_text(chance.choice(TEXTS), encoding="utf-8")
    return "other text"


_OF_JSON = (_odd, _odd, _odd, _odd_and_sealed, _odd_and_sealed, _other_text, _other_text)
