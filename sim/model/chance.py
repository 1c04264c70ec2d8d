"""Addressed chance: every draw is a function of who, when and what for, never of the order of calls.

    value = uniform(luck(seed, run), address(quarter, stream, first, second, kind))

`luck` is one 64-bit key a run, `address` one 64-bit word a decision. Adding an event, a rule, a power or a state
therefore moves no other draw, so that two scenarios can be compared on the same luck. Actors enter by a name key and
not by their position, so the order in which a file lists them does not matter either.

The mixer is a 64-bit finaliser of the SplitMix64 family (variant 13 of Stafford's search, whose avalanche figures are
published), applied twice with the key added in between. `tests/model/test_chance.py` tests uniformity, independence of
neighbouring addresses and runs, and bit balance.
"""

from enum import IntEnum
from typing import Any

import numpy as np

_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_30, _27, _31, _12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
_ONE_BITS = np.uint64(0x3FF0000000000000)
_HALF_STEP = 1.1102230246251565e-16  # 2^-53: half the spacing of the 52-bit grid, so that 0 and 1 are never drawn


class Stream(IntEnum):
    """What a draw decides. The number is part of every address: a new stream gets a new number, none is ever reused."""

    RIVALRY = 1
    DIALOGUE = 2
    GROWTH = 3
    UNREST = 4
    UNREST_SEVERITY = 5
    BORDER = 6
    OFFER = 7
    SIZE = 8
    ACCEPT = 9
    VISIT = 10
    FORMAT = 11
    DELIVERY = 12
    CREDIBILITY = 13
    INTERVENTION = 14
    CLASH = 15
    DISCORD = 16
    WEDGE = 17
    WEDGE_OUTCOME = 18
    VOTE = 19
    TRADE = 20
    TRADE_PARTNER = 21
    PRICE = 22
    GROWTH_COMMON = 23
    TRUST = 24
    AGREEMENT = 25
    ARMS = 26
    SOUNDING = 27
    EVENT_HAPPENS = 40
    EVENT_DATE = 41
    NUMBER = 42
    POSTERIOR = 43


def mix(x: Any) -> Any:
    """Scramble 64 bits, one word or an array of words: flipping one flips each of the others half the time."""
    x = (x ^ (x >> _30)) * _FIRST
    x = (x ^ (x >> _27)) * _SECOND
    return x ^ (x >> _31)


def address(quarter: int, stream: int, first: np.uint64, second: np.uint64, kind: int) -> Any:
    """The address of one decision: a 64-bit word.

    quarter: year * 4 + q - 1; first, second: name keys of two actors; kind: of offer, or 0.
    """
    word = mix(np.uint64(quarter) * _GOLDEN + np.uint64(stream))
    word = mix(word + first)
    word = mix(word + second)
    return mix(word + np.uint64(kind))


def uniform(luck: np.uint64, where: np.uint64) -> float:
    """A number strictly between 0 and 1 for the run with key `luck` at address `where`."""
    word = mix(mix(luck ^ where) + luck)
    bits = np.uint64((word >> _12) | _ONE_BITS)
    return bits.view(np.float64) - 1.0 + _HALF_STEP


def luck(seed: int, run: int) -> Any:
    """The 64-bit key of one run, the same in every scenario and whatever runs beside it. Seed 0 is a seed."""
    with np.errstate(over="ignore"):
        return mix(mix(np.uint64(seed) + _GOLDEN) + np.uint64(run) * _GOLDEN)


def lucks(seed: int, first: int, count: int) -> Any:
    """Keys of `count` runs from `first` on: uint64 [count], the same keys `luck` gives one by one."""
    runs = np.arange(first, first + count, dtype=np.uint64)
    with np.errstate(over="ignore"):
        return mix(mix(np.uint64(seed) + _GOLDEN) + runs * _GOLDEN)


def name_key(name: str) -> np.uint64:
    """A 64-bit key of an actor's code (FNV-1a), so that addresses do not depend on the order of actors in a file."""
    word = 0xCBF29CE484222325
    for byte in name.encode():
        word = ((word ^ byte) * 0x100000001B3) % 2**64
    return np.uint64(word)
