"""What rests on what, read backwards: which numbers, formulas, codes, systems and rules stand on a fact or a number."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.evidence.rule_claims import all_rules, rules_taking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sim.evidence.evidence import Evidence

_Index = dict[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class Uses:
    """Indexes from facts, numbers and documents to what rests on them, all by name.

    computed: from what a formula names to the numbers it computes; coded: from the passage to the codes it decides;
    supports: from a fact to the numbers it otherwise speaks for; systems: from facts, and from the numbers that switch
    a system off; rules: from the facts behind a claim; facts: from a document.
    """

    computed: Mapping[str, Sequence[str]]
    coded: Mapping[str, Sequence[str]]
    supports: Mapping[str, Sequence[str]]
    systems: Mapping[str, Sequence[str]]
    rules: Mapping[str, Sequence[str]]
    facts: Mapping[str, Sequence[str]]
    _through: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def through(self, name: str) -> tuple[str, ...]:
        """The numbers that are computed from it by way of others, and not from itself."""
        if name not in self._through:
            near = self.computed.get(name, ())
            found, todo = (
                dict[str, None](),
                list(near) + list(self.coded.get(name, ())) + list(self.supports.get(name, ())),
            )
            begun = set(todo)
            while todo:
                for further in self.computed.get(todo.pop(), ()):
                    if further not in found and further not in begun:
                        found[further] = None
                        todo.append(further)
            self._through[name] = tuple(sorted(found))
        return self._through[name]


def uses_in(evidence: Evidence) -> Uses:
    """What rests on what in one world."""
    computed, coded, supports, systems, rules, facts = (defaultdict[str, list[str]](list) for _ in range(6))
    for name, number in evidence.numbers.items():
        one = evidence.derivations.found.get(name)
        named = () if one is None else (*one.facts, *one.numbers)
        _note(computed, named, name)
        if number.passage:
            _note(coded, (number.passage,), name)
        _note(supports, (fact for fact in number.evidence if fact not in named and fact != number.passage), name)
    for system in evidence.systems.values():
        _note(systems, (*system.evidence, *system.strengths), system.id)
    for rule in all_rules().values():
        _note(rules, rule.evidence, rule.name)
    for fact in evidence.facts.values():
        facts[fact.document].append(fact.id)
    return Uses(computed=computed, coded=coded, supports=supports, systems=systems, rules=rules, facts=facts)


def _note(index: _Index, keys: Iterable[str], name: str) -> None:
    for key in dict.fromkeys(keys):
        index[key].append(name)


THE_START = "the starting conditions of the world"
_STARTING = frozenset(("states", "powers", "ties", "rivalry", "neighbours", "corridors", "pipelines"))


def place_of_use(number: str) -> str:
    """Who reads a number, where that is not one rule."""
    stem = number.partition(".")[0]
    if stem in _STARTING:
        return THE_START
    if stem == "measures":
        return "the outcome words in sim/batch/outcomes.py"
    if stem in ("coefficients", "codes"):
        return ""
    return "" if rules_taking(number) else f"the rules in sim/model/rules/{stem}.py, by way of the engine"
