"""The words that lessons use, explained: the model's own words where it has some, and ours where it has none."""

from typing import NamedTuple

from sim.classroom.words import say
from sim.evidence.numbers import Basis

_OUTCOMES = ("multi-vector", "leaning", "locked-in", "squeezed", "sided", "isolated")
_MEASURES = {
    "balance": "balance",
    "output": "output",
    "pressure": "pressure",
    "share": "alignment",
    "stability": "stability",
    "trust": "trust",
    "unmet need": "unmet_need",
}
_BASES = {basis.name.lower(): basis for basis in Basis}
_OURS = (
    *("autonomy", "band", "bias", "clause", "conditional", "hedging", "interval", "line", "luck"),
    *("multi-vector policy", "neutral", "number", "offer", "pair", "partners", "power", "range", "rivalry"),
    *("rule", "scenario", "seed", "state", "strings", "world"),
)

WORDS = tuple(sorted((*_OUTCOMES, *_MEASURES, *_BASES, *_OURS)))
"""Every word that is explained."""


class Word(NamedTuple):
    """A word and what it says."""

    word: str
    says: str


def glossary() -> list[Word]:
    """All words in the order of the alphabet."""
    return [Word(word, explained(word)) for word in WORDS]


def explained(word: str) -> str:
    """What a word of `WORDS` says. KeyError for any other."""
    if word in _OUTCOMES:
        from sim.batch.outcomes import split_word

        return say("word.outcome", says=split_word(word)[0].value)
    if word in _MEASURES:
        from sim.model.variables import BY_NAME

        return say("word.measure", says=BY_NAME[_MEASURES[word]].explained.replace("0..1", say("word.scale")))
    if word in _BASES:
        return say("word.basis", says=_BASES[word].value)
    return say(f"word.{word.replace(' ', '_')}")
