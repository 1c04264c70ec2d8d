"""A sound example of every kind of event, in terms of a world: to look at, and to begin a file of one's own with.

What an example says stands with its kind, in `sim.scenario.events.FORMS`; here the names of a world are put into it.
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from sim.scenario.calendar import quarter_text
from sim.scenario.events import FORMS, EventKind
from sim.scenario.known import first_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sim.evidence.evidence import Evidence
    from sim.evidence.numbers import Number


def example_events(evidence: Evidence, at: int, knows_until: str = "") -> dict[str, str]:
    """An event of every kind that can happen in a world, in quarter `at`: kind -> one line of YAML.

    knows_until: the last day of which the scenario may know, "" where it does not say; an event after it says so.
    """
    names = _names(evidence)
    late = ", afterwards: true" if knows_until and first_day(at) > knows_until else ""
    examples = {}
    for kind, form in FORMS.items():
        template = Template(form.example)
        if form.example and set(template.get_identifiers()) <= set(names):
            word = kind.name.lower()
            examples[word] = f"{{at: {quarter_text(at)}, {word}: {template.substitute(names)}{late}}}"
    return examples


def keys_of(kind: EventKind) -> dict[str, str]:
    """The keys of a kind of event: key -> what it means and how it is written, and whether it may be left out."""
    form = FORMS[kind]
    either = {key for way in form.schema.get("oneOf", ()) for key in way["required"]}
    needs = {key: _meaning(reader.schema) for key, reader in form.needs.items()}
    may = {
        key: f"{_meaning(reader.schema)} ({'one way to say it' if key in either else 'may be left out'})"
        for key, reader in form.may.items()
    }
    return needs | may


def _meaning(schema: Mapping[str, object]) -> str:
    said, words = str(schema.get("description", "")), schema.get("enum")
    if isinstance(words, list) and words and all(isinstance(one, str) for one in words):
        return f"{said}: {' or '.join(words)}" if said else " or ".join(words)
    return said


def _names(evidence: Evidence) -> dict[str, str]:
    """What stands for `$state` and the like in a world; what it does not have is left out."""
    powers = [power.code for power in evidence.powers]
    names = {"state": evidence.states[0].code, "power": powers[0]}
    if len(powers) > 1:
        names["other"] = powers[-1]
    if len(powers) > 2:
        names["third"] = powers[1]
    for word, ways in (("corridor", evidence.corridors), ("pipeline", evidence.pipelines)):
        if ways:
            names[word] = ways[0].code
    held = ((state.code, power) for state in evidence.states for power in powers)
    names["member"], names["union"] = next(
        (pair for pair in held if evidence.numbers[f"ties.{pair[0]}.{pair[1]}.union"].value > 0.0),
        (names["state"], names["power"]),
    )
    number = next(free_numbers(evidence), None)
    if number is not None:
        names |= {"number": number.name, "value": f"{quarter_up(number):g}"}
    year = _recorded_year(evidence)
    return names if year is None else {**names, "year": str(year)}


def free_numbers(evidence: Evidence) -> Iterator[Number]:
    """Numbers that say how strong a behaviour is and that may be another, each once, in the order of the systems."""
    strengths = dict.fromkeys(name for system in evidence.systems.values() for name in system.strengths)
    return (evidence.numbers[name] for name in strengths if evidence.numbers[name].low < evidence.numbers[name].high)


def quarter_up(number: Number) -> float:
    """A value a quarter up the range of a number."""
    return number.low + (number.high - number.low) / 4


def _recorded_year(evidence: Evidence) -> int | None:
    """The last year of the record, in a world of which there is one."""
    from sim.evidence.history import load_history  # read only where somebody asks for it

    history = load_history()
    states, powers = ({actor.code for actor in actors} for actors in (evidence.states, evidence.powers))
    return history.last if any(one.state in states and one.partner in powers for one in history.rows) else None
