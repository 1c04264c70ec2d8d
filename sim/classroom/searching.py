"""Numbers found by words: those of their names, of what they mean, and of the states and powers they are about."""

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from sim.evidence.evidence import Evidence
from sim.io.errors import nearest_to

MOST_WORDS = 12
"""Words of a search that are looked up; nobody types more."""

_NAME, _LABEL, _MEANING = 2.0, 2.0, 1.0  # how near a word is, by where it stands
_BEGUN, _AKIN = 0.7, 0.4  # a word that begins like this; one of the same stem
_STEM = 5  # letters that words of one stem have in common; the longer has as many more at most
_BY_NAME = 100.0  # whoever writes a name means that number
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """Numbers by their words: by word, where it stands and how much that weighs, as (place in `names`, weight)."""

    names: tuple[str, ...]
    words: Mapping[str, Mapping[int, float]]

    def find(self, asked: str) -> list[str]:
        """Names of the numbers that are meant, nearest first; of two as near, the one that stands first."""
        scores: dict[int, float] = defaultdict(float)
        met: dict[int, int] = defaultdict(int)
        words = self._looked_up(asked)
        for found in words:
            rarity = math.log(1.0 + len(self.names) / len(found))
            for place, weight in found.items():
                scores[place] += weight * rarity
                met[place] += 1
        written = asked.strip().lower()
        for place, name in enumerate(self.names):
            if len(written) > 2 and written in name.lower():
                scores[place] += _BY_NAME * len(written) / len(name)
                met[place] = len(words)
        meant = [place for place in scores if 2 * met[place] >= len(words)]
        return [self.names[place] for place in sorted(meant, key=lambda place: (-met[place], -scores[place], place))]

    def _looked_up(self, asked: str) -> list[dict[int, float]]:
        """For each word that says something, the numbers it may mean; what most of them have in common says nothing."""
        words = [word for word in dict.fromkeys(_words(asked)) if len(word) > 1][:MOST_WORDS]
        found = [self._like(word) or self._like(nearest_to(word, self.words) or "") for word in words]
        found = [places for places in found if places]
        telling = [places for places in found if 2 * len(places) <= len(self.names)]
        return telling or found

    def _like(self, asked: str) -> dict[int, float]:
        """Numbers with this word, one that begins with it, or one of its stem: place and weight."""
        found: dict[int, float] = {}
        for word, places in self.words.items() if asked else ():
            part = _likeness(asked, word)
            for place, weight in places.items() if part else ():
                found[place] = max(found.get(place, 0.0), part * weight)
        return found


def shelf(evidence: Evidence, names: Sequence[str], labels: Mapping[str, str]) -> Shelf:
    """The words of the numbers of a world; names: all of them in order; labels: what stands beside their sliders."""
    actors = {one.code: f"{one.name} {one.adjective}" for one in (*evidence.states, *evidence.powers)}
    words: dict[str, dict[int, float]] = defaultdict(dict)
    for place, name in enumerate(names):
        whose = " ".join(actors.get(part, "") for part in name.split("."))
        weighed = ((_NAME, f"{name} {whose}"), (_LABEL, labels[name]), (_MEANING, evidence.numbers[name].meaning))
        for weight, text in weighed:
            for word in _words(text):
                words[word][place] = max(words[word].get(place, 0.0), weight)
    return Shelf(names=tuple(names), words=words)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _likeness(asked: str, word: str) -> float:
    if word == asked:
        return 1.0
    if len(asked) > 2 and word.startswith(asked):
        return _BEGUN
    if len(word) > 3 and asked.startswith(word):
        return _AKIN
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(asked, word, strict=False)))
    return _AKIN if shared >= _STEM and max(len(asked), len(word)) - shared <= _STEM else 0.0
