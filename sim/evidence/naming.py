"""Whom a fact names: the actors and the groups of whom its words, its id or its list `about` speak."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.evidence.actors import Actor
    from sim.evidence.documents import Fact
    from sim.evidence.evidence import Evidence

_ALL_STATES = ("c5", "ca")  # how ids of facts call the states together


@dataclass(frozen=True, kw_only=True, eq=False)
class Naming:
    """Finds out whom facts name."""

    evidence: Evidence

    @cached_property
    def _words(self) -> dict[str, re.Pattern[str]]:
        """By code, the words that name an actor in a sentence."""
        actors = (*self.evidence.states, *self.evidence.powers)
        return {actor.code: _any_of(_names_of(actor)) for actor in actors}

    @cached_property
    def _together(self) -> re.Pattern[str]:
        return _any_of((self.evidence.region, self.evidence.together, "the region"))

    def names(self, fact: Fact, code: str) -> bool:
        """Whether a fact names an actor, in its list, its id or its words."""
        told = f"{fact.id.replace('-', ' ')} {fact.says} {fact.note} {fact.locator}"
        return code in fact.about or bool(self._words[code].search(told))

    def names_all_states(self, fact: Fact) -> bool:
        """Whether a fact speaks of the states of the region together."""
        told = f"{fact.says} {fact.note}"
        return any(token in fact.id.split("-") for token in _ALL_STATES) or bool(self._together.search(told))


def _names_of(actor: Actor) -> tuple[str, ...]:
    return (actor.code, actor.name, actor.adjective, actor.capital, actor.spoken, *actor.called)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds any of some words, with an ending or without."""
    parts = sorted({re.escape(word.removeprefix("the ")) for word in words if word}, key=len, reverse=True)
    return re.compile(rf"(?<![A-Za-z])(?:{'|'.join(parts)})(?:s|'s)?(?![A-Za-z])", re.IGNORECASE)
