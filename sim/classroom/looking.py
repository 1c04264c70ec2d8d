"""What the view *Look* shows: some hundred worlds as plain values that a page can draw.

Shares of outcome words go as whole numbers of worlds, so that a page shows what `sim.peek` counted, to the last one;
everything else is rounded to what a picture can show. No table is made on the way: it is done for every step of a
slider.
"""

import math
import time
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.batch.outcomes import OUTCOMES, outcome_words, split_word
from sim.batch.peeking import Peek, peek
from sim.classroom.numbers import known_number
from sim.classroom.opinions import numbers_of_opinions, said_in
from sim.classroom.room import Caller, Post, Role, Room
from sim.classroom.words import say
from sim.engine.ways import OVER_LANES, chosen
from sim.evidence.evidence import Evidence, load_evidence
from sim.figures.style import Look, look, outcome_fill, web_colour
from sim.figures.ternary import to_triangle
from sim.io.arguments import Arguments
from sim.io.checks import check_number
from sim.io.json_files import parse_json
from sim.io.regular import read_regular
from sim.model.variables import BANDED, BY_NAME, BY_POWER, in_words, percent_scale
from sim.scenario.calendar import quarter_text
from sim.scenario.scenario import Scenario

Floats = NDArray[np.float64]

PARTNERS = "alignment"
"""The measure that map, triangle and table are made of; every answer has it."""

WORLDS = 96
"""Worlds unless a page asks for more: what a slider plays while it is dragged."""

MOST_WORLDS: Mapping[Role, int] = {Role.PUPIL: 200, Role.TEACHER: 2000}
"""What one question of a page may play; who asks for more gets these, and is told how many they were."""

MOST_NUMBERS, MOST_ANSWERS = 100, 1000

CLOSE = 0.03
"""Shares this near to each other are called close: which of the two is larger is no news."""

_NEXT_TO_NOTHING = 1e-12
_NOTHING: Mapping[str, Mapping[int, float]] = {}
_MAP, _MAP_BYTES = Path(__file__).parent / "page" / "map.json", 100_000
_TILE, _ACROSS = 420, 3  # how wide a tile is with the gap behind it, in units of the picture; it is half as high
_ASKED_AT_MOST = 1_000_000
_DIGITS = 4  # of values that are drawn: more than any screen has pixels


def worlds_as_values(seen: Peek, evidence: Evidence, measure: str, power: str = "") -> dict[str, Any]:
    """Worlds as values for JSON: who is in them, outcome words, partners, and the fan of one measure.

    evidence: that of the world; measure: one of those that `seen` has bands of, `PARTNERS` among them; power: whom it
    is about, where it is by power. What comes back, [quarter][state] where it has both:

    - `counts` by word, of `runs` worlds; `kept` is the word of a state that is still multi-vector
    - `partners` by power, mean shares 0..1
    - `mixes` out of these: a colour, the two largest partners in words, and both their colours where they are close
    - `ways` out of these: the place among the `corners` of a triangle with sides of 100, downwards
    - `fan` with its `bands`: the mean and the quantiles of `sim.batch.aggregate.QUANTILES`
    - `tiles`: the map of a world that lies nowhere, else None
    """
    how = look({one.code: one.name for one in evidence.powers})
    words, counts = _counted(seen)
    partners = seen.courses[PARTNERS][..., 0]
    return {
        "scenario": seen.scenario.name,
        "title": seen.scenario.title,
        "runs": seen.runs,
        "seed": seen.seed,
        "states": [{"code": one.code, "name": one.name} for one in evidence.states],
        "powers": [{"code": code, "name": name, "colour": how.colour[code]} for code, name in how.name.items()],
        "quarters": [quarter_text(quarter) for quarter in seen.quarters],
        "kept": OUTCOMES[0].word,
        "words": [_word(word, how) for word in words],
        "counts": counts,
        "partners": np.round(partners, _DIGITS).tolist(),
        "tiles": _tiles([one.code for one in evidence.states]),
        "close": round(100 * CLOSE),
        "mixes": _mixes(partners, how),
        **_ways(partners, how),
        "fan": _fan(seen, measure, power),
    }


def measures_as_values() -> list[dict[str, str]]:
    """What the fan can show, what is shown untold first: its name and what it is called."""
    names = sorted(BANDED, key=lambda name: (name != PARTNERS, not BY_NAME[name].headline, not BY_NAME[name].shown))
    return [{"code": name, "name": in_words(name)} for name in names]


# --- what a page asks -------------------------------------------------------------------------------------------------


def compiling() -> bool:
    """Whether the rulebook is being compiled, so that worlds are played more slowly meanwhile."""
    return chosen(2) is OVER_LANES


def _look(room: Room, caller: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Play worlds and say what they came to; few while the rulebook is being compiled, so that a page need not wait."""
    scenario = room.asked_scenario(asked)
    opinions = said_in(room, _evidence(scenario.world, scenario.seeds))
    threads = 1 if caller.role is Role.PUPIL else None  # thirty pupils have more of a core each than of two by turns
    slow = compiling()
    most = WORLDS if slow else MOST_WORLDS[caller.role]
    return looked_at(scenario, asked, most, opinions, threads) | {"compiling": slow}


POSTS = (
    Post("/api/look", Role.PUPIL, True, _look),
    Post("/api/look/beside", Role.PUPIL, True, _look),  # a second scenario, which must not take the first one's turn
)


def looked_at(
    scenario: Scenario,
    asked: Mapping[str, Any],
    most: int,
    opinions: Mapping[str, Mapping[int, float]] = _NOTHING,
    threads: int | None = None,
) -> dict[str, Any]:
    """What a page asked of a scenario, played and as values: `ms` says how long it took, in milliseconds.

    asked: as a page sends it, with any of the keys worlds, seed, numbers, opinions (names of numbers that are what the
    class says they are), answers, measure and power; most: worlds that are played at most; opinions: what the class
    says, by number and seat; threads: that play, all there are where it is None. Raises `InputError` for what cannot be
    asked.
    """
    begun = time.perf_counter()
    evidence = _evidence(scenario.world, scenario.seeds)
    arguments = Arguments("look")
    asked = {key: value for key, value in asked.items() if value is not None}  # null is as usual
    worlds = min(arguments.whole("worlds", asked.get("worlds", WORLDS), 1, _ASKED_AT_MOST), most)
    seed = arguments.seed(asked.get("seed"))
    measure = arguments.choice("measure", asked.get("measure", PARTNERS), BANDED)
    powers = [power.code for power in evidence.powers]
    power = arguments.text("power", asked.get("power", ""))  # worlds that stand side by side may have other powers
    numbers, answers = _numbers(arguments, asked.get("numbers", {}), evidence), asked.get("answers")
    said = arguments.names("opinions", asked.get("opinions", []))
    if isinstance(answers, list) and len(answers) > MOST_ANSWERS:
        arguments.entry("answers", f"{len(answers)} of them").refuse(allowed=f"at most {MOST_ANSWERS}")
    if len(said) > MOST_NUMBERS:
        arguments.entry("opinions", f"{len(said)} of them").refuse(allowed=f"at most {MOST_NUMBERS}")
    arguments.refuse_if_wrong()
    numbers |= numbers_of_opinions(opinions, said, worlds, scenario.seed if seed is None else seed)
    how: dict[str, Any] = {"numbers": numbers, "answers": answers, "seed": seed, "workers": threads}
    seen = peek(scenario, worlds, measures=tuple({PARTNERS, measure}), **how)
    values = worlds_as_values(seen, evidence, measure, power if power in powers else powers[0])
    return values | {"ms": round(1000.0 * (time.perf_counter() - begun))}


@lru_cache(maxsize=8)
def _evidence(world: str, seeds: Path | None) -> Evidence:
    """Who is in a world; asking each time whether its files have changed costs as much as fifty worlds."""
    return load_evidence(world, seeds)


def _numbers(arguments: Arguments, numbers: Any, evidence: Evidence) -> dict[str, Any]:
    """Plain values by the name of a number of the world; within which range is for `peek` to say."""
    if not isinstance(numbers, Mapping) or len(numbers) > MOST_NUMBERS:
        allowed = f"at most {MOST_NUMBERS} values by the name of their number"
        arguments.entry("numbers", f"{type(numbers).__name__}").refuse(allowed=allowed)
        return {}
    found = {}
    for written, value in numbers.items():
        name = known_number(arguments, f"numbers.{written}", written, evidence)
        found[name] = check_number(arguments.entry(f"numbers.{name}", value))
    return {name: value for name, value in found.items() if value is not None}


# --- as values --------------------------------------------------------------------------------------------------------


def _counted(seen: Peek) -> tuple[list[str], list[Any]]:
    """Outcome words that occur at any time, in the order of figures, and how many worlds have each."""
    counted = seen.counted.reshape(*seen.counted.shape[:2], -1)
    met = np.flatnonzero(counted.any(axis=(0, 1)))
    about = len(seen.powers) + 1
    words = outcome_words((met // about).astype(np.int8), (met % about - 1).astype(np.int8), seen.powers)
    return words.tolist(), counted[..., met].tolist()


def _word(word: str, how: Look) -> dict[str, Any]:
    """A word with what it means, whether balancing has ended by it, and how it is filled."""
    outcome, power = split_word(word)
    fill = outcome_fill(word, how)
    return {
        "word": word,
        "said": say("look.word", word=outcome.word, power=how.name[power]) if power in how.name else word,
        "kind": OUTCOMES.index(outcome),
        "power": power,
        "text": outcome.value.replace("one power", how.name.get(power, "one power")),
        "ended": outcome.ends_multi_vectorism,
        "fill": web_colour(fill["facecolor"]),
        "edge": web_colour(fill["edgecolor"]),
        "hatch": fill.get("hatch", "")[:1],
    }


def _mixes(partners: Floats, how: Look) -> list[list[tuple[str, str, list[str]]]]:
    """Colour, largest partners and their shares in per cent, and the colours to stripe with; [quarter][state]."""
    codes, colours = list(how.colour), list(how.colour.values())
    order = np.argsort(-partners, axis=-1, kind="stable")[..., :2]
    largest = np.take_along_axis(partners, order, axis=-1)

    def one(at: int, state: int) -> tuple[str, str, list[str]]:
        who, shares = order[at, state].tolist(), largest[at, state].tolist()
        told = " · ".join(f"{codes[place]} {100 * share:.0f}" for place, share in zip(who, shares, strict=True))
        both = [colours[place] for place in who]
        second = round(100.0 * shares[-1] / max(sum(shares), _NEXT_TO_NOTHING))
        close = len(who) > 1 and shares[0] - shares[1] < CLOSE
        return web_colour(both[0], second, both[-1]), told, both if close else []

    return [[one(at, state) for state in range(partners.shape[1])] for at in range(len(partners))]


def _ways(partners: Floats, how: Look) -> dict[str, Any]:
    """The places of states among the two powers that are largest at the start, and all others at the top."""
    weight = partners[0].mean(axis=0)
    largest = sorted(np.argsort(-weight, kind="stable")[:2].tolist())
    left, right = largest[0], largest[-1]
    total = np.maximum(partners.sum(axis=-1), _NEXT_TO_NOTHING)
    one, other = partners[..., left], partners[..., right] * (left != right)
    across, up = to_triangle(np.stack([one, other, total - one - other], axis=-1))
    names = list(how.name.values())
    return {
        "corners": [names[left], names[right] if left != right else "", say("look.others")],
        "ways": np.round(100.0 * np.stack([across, -up], axis=-1), 2).tolist(),
    }


def _tiles(states: list[str]) -> dict[str, Any] | None:
    """A tile for each state of a world that is not on the map of the page, in the form of that map; None if it is."""
    if _on_map().issuperset(states):
        return None
    places = [(code, _TILE * (at % _ACROSS), _TILE * (at // _ACROSS) // 2) for at, code in enumerate(states)]
    wide, high = _TILE - 20, _TILE // 2 - 20
    return {
        "box": f"0 0 {_TILE * _ACROSS} {_TILE // 2 * -(-len(states) // _ACROSS)}",
        "states": {
            code: {"d": f"M{x} {y}h{wide}v{high}h-{wide}z", "x": x + wide // 2, "y": y + high // 2}
            for code, x, y in places
        },
        "land": [],
    }


@cache
def _on_map() -> frozenset[str]:
    """The states that the map of the page has."""
    return frozenset(parse_json(read_regular(_MAP, _MAP_BYTES), "map.json")["states"])


def _fan(seen: Peek, measure: str, power: str) -> dict[str, Any]:
    bands, scale = seen.courses[measure], percent_scale(measure)
    if measure in BY_POWER:
        bands = bands[:, :, seen.powers.index(power)]
    else:
        power = ""
    shown = _short(bands * scale)
    return {
        "measure": measure,
        "power": power,
        "text": in_words(measure, power),
        "unit": "%" if scale > 1.0 else BY_NAME[measure].unit,
        "bands": shown,
        "low": min(band[1] for states in shown for band in states),
        "high": max(band[-1] for states in shown for band in states),
    }


def _short(values: Floats) -> list[Any]:
    """Values with as many digits as can be seen when the largest of them fills a picture."""
    largest = float(np.abs(values).max())
    before = math.floor(math.log10(largest)) + 1 if largest > 0.0 else 0
    return np.round(values, max(_DIGITS - before, 0)).tolist()  # type: ignore[no-any-return]
