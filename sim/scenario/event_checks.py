"""What no single key of an event can tell: sides that differ, sizes that go by kind, numbers within their ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.io.errors import Entry, listed, quoted
from sim.scenario.units import ONE_FOR_ALL, Range, check_number_name, check_size, read_override

if TYPE_CHECKING:
    from sim.io.forms import Schema, Values
    from sim.scenario.event_keys import Codes

EACH, TOGETHER = AMOUNTS = ("each", "together")
ANSWERED = ("to", "say")
ANSWER_SCHEMA: Schema = {
    "oneOf": [
        {"required": [*ANSWERED], "not": {"required": ["vote"]}},
        {"required": ["vote"], "not": {"anyOf": [{"required": [key]} for key in (*ANSWERED, "kind")]}},
    ]
}


def read_offer_size(_: Entry, fields: Values, codes: Codes) -> None:
    """The size of an offer is money or points, as its kind asks; of a kind nobody knows it is not read.

    What is meant for several together is shared out evenly.
    """
    written, kind = fields["size"], fields["kind"]
    size = check_size(written, kind) if isinstance(written, Entry) and kind in codes.kinds else None
    if fields["amount"] == TOGETHER and size is not None and fields["to"]:
        size /= len(fields["to"])
    fields["size"] = size
    if fields["amount"] is None:  # not said; luck goes by what is said
        del fields["amount"]


def check_answer(entry: Entry, fields: Values, _: Codes) -> None:
    """An answer goes to powers, or is a vote; what the other of the two would say is no part of the event."""
    beside = [key for key in (*ANSWERED, "kind") if key in entry.value]
    if "vote" not in entry.value:
        for key in ANSWERED:
            if key not in entry.value:
                entry.refuse(found="", message=f"'{key}' is missing")
        del fields["vote"]
        return
    if beside:
        entry.refuse(found=f"'vote' with {listed(map(quoted, beside))}", allowed="'to' and 'say', or 'vote'")
    for key in (*ANSWERED, "kind"):
        del fields[key]


def check_visit_sides(entry: Entry, fields: Values, codes: Codes) -> None:
    """A visit joins a state and a power."""
    by, to = fields["by"], fields["to"]
    if by is not None and to is not None and (by in codes.states) == (to in codes.states):
        both = "two states" if by in codes.states else "two powers"
        entry.refuse(found=f"a visit between {both}, '{by}' and '{to}'", allowed="a state and a power")


def check_sides_differ(entry: Entry, fields: Values, _: Codes) -> None:
    """No power asks for a yes and a no."""
    both = [code for code in fields["for"] or () if code in (fields["against"] or ())]
    if both:
        entry.refuse(found=f"{listed(both)} on both sides", allowed="each power on one side at most")


def check_own_sanction(entry: Entry, fields: Values, _: Codes) -> None:
    """Nobody sets a sanction against itself."""
    both = [code for code in fields["by"] or () if code in (fields["against"] or ())]
    if both:
        entry.refuse(found=f"{listed(both)} on both sides", allowed="a sanction by some against others")


def forget_unsaid(_: Entry, fields: Values, _codes: Codes) -> None:
    """Whether a way is closed, and by whom, is no part of an event that does not say so: luck goes by what is said."""
    for key in ("open", "by"):
        if fields[key] is None:
            del fields[key]


def check_to_or_by(entry: Entry, _fields: Values, _: Codes) -> None:
    """A rivalry goes to a level or moves by a step; not both, and not neither."""
    if ("to" in entry.value) == ("by" in entry.value):
        found = "both 'to' and 'by'" if "to" in entry.value else "neither 'to' nor 'by'"
        entry.refuse(found=found, allowed="one of them")


def read_settings(entry: Entry, fields: Values, codes: Codes) -> None:
    """One number with its value, or several by name; each a number that a run can change, within its range."""
    one, several = ("number" in entry.value, "to" in entry.value), "numbers" in entry.value
    written = fields.pop("numbers") or {}
    number, value = fields["number"], fields["to"]
    fields["number"], fields["to"] = (), ()
    if several == any(one) or (any(one) and not all(one)):
        entry.refuse(found=listed(entry.value) or "nothing", allowed="'number' and 'to', or 'numbers'")
        return
    named = list(written.items())
    if not several:
        if not isinstance(number.value, str):
            number.refuse(allowed="the name of a number of the evidence")
            return
        named = [(number.value, value)]
    if not named:
        entry.refuse(found="no number", allowed="one number or more")
    for name, setting in named:
        known = check_number_name(setting if several else number, name, codes)
        if known is not None:
            read_setting(setting, known, fields, codes)


def read_setting(entry: Entry, name: str, fields: Values, codes: Codes) -> None:
    """The value of one number, added to those read before."""
    if name.startswith(ONE_FOR_ALL):
        entry.refuse(
            found=quoted(name), allowed="a number of the world; a line between outcome words holds for the whole run"
        )
        return
    if name in fields["number"]:
        entry.refuse(message=f"'{name}' is set twice")
        return
    value, _ = read_override(entry, codes.numbers[name])
    if isinstance(value, Range):
        entry.refuse(found="a range", allowed="one value; a number of the scenario may be drawn from a range")
    elif value is not None:
        fields["number"] += (name,)
        fields["to"] += (value,)


def check_rate_or_usual(entry: Entry, _fields: Values, _: Codes) -> None:
    """Growth has a rate, or goes back to the usual one; not both, and not neither."""
    if ("rate" in entry.value) == ("to" in entry.value):
        found = "both 'rate' and 'to'" if "rate" in entry.value else "neither 'rate' nor 'to'"
        entry.refuse(found=found, allowed="one of them")


def check_recorded(entry: Entry, fields: Values, codes: Codes) -> None:
    """A year that is observed is one of the record, in a world with states and powers that the record knows."""
    from sim.evidence.history import load_history  # read only where somebody asks for it

    if fields["year"] is None:
        return
    history = load_history()
    if not history.first <= fields["year"] <= history.last:
        entry.value["year"].refuse(allowed=f"a year of the record, {history.first} to {history.last}")
    elif not any(one.state in codes.states and one.partner in codes.powers for one in history.rows):
        entry.refuse(found="states and powers that no record is of", allowed="an event of another kind in this world")
