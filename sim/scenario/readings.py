"""Readings taken by a scenario: which switches between contradicting sources it moves, and what that makes of numbers.

What a reading makes of a number gives way to what the scenario says of that number itself, wherever it says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.evidence.conflicts import check_reading

if TYPE_CHECKING:
    from collections.abc import Collection

    from sim.evidence.evidence import Evidence
    from sim.io.errors import Entry


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What readings make of numbers: values, reasons for leaving a range, and the switch behind each, by name."""

    numbers: Mapping[str, float] = field(default_factory=dict)
    beyond: Mapping[str, str] = field(default_factory=dict)
    switches: Mapping[str, str] = field(default_factory=dict)


def check_readings(entries: Mapping[str, Entry], evidence: Evidence) -> dict[str, str]:
    """The readings taken, by switch; wrong ones are left out with a problem."""
    taken = {}
    elsewhere = {one.switch for one in evidence.conflicts.values()} if evidence.changes else ()
    for switch, entry in entries.items():
        reading = check_reading(entry, switch, evidence.switches, evidence.world, elsewhere)
        if reading is not None:
            taken[switch] = reading
    return taken


def moved_by(readings: Mapping[str, str], evidence: Evidence, said: Collection[str]) -> Moved:
    """What the readings make of the numbers, but for those of which something else is said.

    The default of a switch moves nothing: it is what the seeds hold.
    """
    numbers, beyond, switches = {}, {}, {}
    for switch, reading in readings.items():
        conflict = evidence.switches[switch]
        if reading == conflict.default:
            continue
        for name, read in conflict.readings[reading].numbers.items():
            if name in said:
                continue
            numbers[name], switches[name] = read.value, switch
            if read.beyond:
                beyond[name] = read.beyond
    return Moved(numbers=numbers, beyond=beyond, switches=switches)
