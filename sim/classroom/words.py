"""What the page says: one file a language, one line a string, read by the page and by the pieces made here."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sim.io.errors import Problems
from sim.io.readers import read_yaml

FOLDER = Path(__file__).parent / "words"
LANGUAGE = "en"


@cache
def page_words(language: str = LANGUAGE) -> Mapping[str, str]:
    """The strings of a language by their keys (`look.title`); what stands in braces is filled in where they are shown.

    Raises `InputError` where the file is not what it should be.
    """
    problems = Problems()
    top = read_yaml(FOLDER / f"{language}.yaml", problems)
    problems.raise_if_any()
    assert top is not None
    return {str(key): str(entry.value) for key, entry in top.value.items()}


def say(key: str, **fields: object) -> str:
    """One string, filled in; nothing is escaped here. KeyError for a key that is not in the file: a fault of ours."""
    return page_words()[key].format(**fields)
