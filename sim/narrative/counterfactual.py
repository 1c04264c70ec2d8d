"""Why an offer was taken or refused: its worth term by term, what it had to beat, and what would have turned it.

A quarter is explained by playing the run again up to it, which gives the same bits, and by trying it once more with one
thing changed: nothing of the rulebook is repeated here, and the run that is asked about is never touched.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.ensemble import PreparedEnsemble
from sim.engine.offer import Offer
from sim.io.arguments import Arguments
from sim.io.errors import InputError, input_error, listed, nearest_to, quoted
from sim.io.limits import FIRST_YEAR, LAST_YEAR
from sim.io.meant import quarter_meant
from sim.io.text import CAUTION, wrapped
from sim.model.fields import KINDS, TERMS
from sim.model.parameters import choice
from sim.model.rules.choice import acceptance, unseen
from sim.model.vocabulary import term_words
from sim.narrative.explanation import POINTS, Explanation, Flip
from sim.narrative.facts import facts_of
from sim.narrative.replay import Moment, Replay
from sim.scenario.calendar import parse_quarter, quarter_text

if TYPE_CHECKING:
    from sim.engine.agents import Model

LARGEST, CLOSEST = 3, 2  # how many offers are picked where nobody says which
FACTOR, STEPS = 20.0, 60  # sizes tried: from a twentieth to twenty times, in so many steps either way
SHARES = 25  # steps in which clauses and trust are tried, up to the end of their scale
HALVINGS = 40  # how closely the turning point is then narrowed down
FINE = 1000.0  # turning points are told to three decimals at most
YEAR = 4  # quarters


# --- what would have turned the answer -------------------------------------------------------------------------------


def _turning_point(turned: Callable[[float], bool], was: float, tried: Sequence[float]) -> float | None:
    """The value nearest to `was`, on the way along `tried`, at which the answer is another; None where it never is."""
    near = was
    for value in tried:
        if turned(value):
            far = value
            break
        near = value
    else:
        return None
    for _ in range(HALVINGS):
        middle = 0.5 * (near + far)
        if turned(middle):
            far = middle
        else:
            near = middle
    rounded = (math.ceil if far > was else math.floor)(far * FINE) / FINE
    return rounded if rounded != was and turned(rounded) else far


def _flips(moment: Moment, at: tuple[int, int, int], offer: Offer, margin: float) -> Iterator[Flip]:
    """The smallest changes that turn the answer, each for itself; of the rule's own where an order stands."""
    own = bool(offer.told) and (offer.permitted or offer.told == "no")  # an order stands whatever is offered

    def turned(what: str) -> Callable[[float], bool]:
        return lambda value: bool(moment.again(at, what, value, own=own).accepted[(*at, 0)] > 0.0) != offer.by_rule

    def flip(what: str, was: float, to: float | None, reach: tuple[float, float]) -> Flip:
        because = "" if to is None else _moved_most(offer, moment.again(at, what, to, own=own), at)
        return Flip(what=what, was=was, to=to, reach=reach, because=because)

    steps = range(1, STEPS + 1)
    ways = [
        _turning_point(turned("size"), offer.size, [offer.size * FACTOR ** (way * n / STEPS) for n in steps])
        for way in (1.0, -1.0)
    ]
    found = [to for to in ways if to is not None]
    nearest = min(found, key=lambda to: abs(math.log(to / offer.size)), default=None)
    yield flip("size", offer.size, nearest, (offer.size / FACTOR, offer.size * FACTOR))
    if not offer.by_rule and offer.permitted:
        yield _gift(moment, at, offer, margin)
    trust = float(moment.world.trust[at[0], at[1], 0])
    for what, was, end in (
        ("exclusivity", offer.exclusivity_signed, 1.0 if offer.by_rule else 0.0),
        ("trust", trust, 0.0 if offer.by_rule else 1.0),
    ):
        tried = [was + (end - was) * n / SHARES for n in range(1, SHARES + 1)] if was != end else []
        yield flip(what, was, _turning_point(turned(what), was, tried), (min(was, end), max(was, end)))


def _moved_most(offer: Offer, world: Any, at: tuple[int, int, int]) -> str:
    """What moved most towards the other answer, such as "more benefit"; "veto" where one came or went."""
    if bool(world.allowed[(*at, 0)] > 0.0) != offer.permitted:
        return "veto"
    sign = -1.0 if offer.by_rule else 1.0
    now = {name: float(world.terms[(*at, n, 0)]) for n, name in enumerate(TERMS)}
    most = max(now, key=lambda name: sign * (now[name] - offer.terms[name]))
    said = term_words(most)
    grown = (now[most] > offer.terms[most]) == bool(said.short_for)  # what only counts against grows by falling
    return f"{'more' if grown else 'less'} {said.label}"


def _gift(moment: Moment, at: tuple[int, int, int], offer: Offer, margin: float) -> Flip:
    """How much more of the same would make up for what is missing if it only brought benefit and tied nobody."""
    place = (*at, TERMS.index("benefit"), 0)

    def enough(size: float) -> bool:
        return float(moment.again(at, "size", size).terms[place]) - offer.terms["benefit"] >= margin

    tried = [offer.size * FACTOR ** (n / STEPS) for n in range(1, STEPS + 1)]
    size = _turning_point(enough, offer.size, tried)
    return Flip(
        what="gift", was=0.0, to=None if size is None else size - offer.size, reach=(0.0, (FACTOR - 1.0) * offer.size)
    )


def _unseen(moment: Moment, at: tuple[int, int, int]) -> float:
    """How much of what decides about an offer nobody outside can see, by the numbers of this quarter."""
    temperature, reveal = (float(moment.numbers[row, 0]) for row in (choice.temperature, choice.talks_reveal))
    return unseen(temperature, float(moment.world.agreed[(*at, 0)]), reveal)


def _margin(offer: Offer, temperature: float) -> float:
    """How much utility could be lost (or would have to be added) before the draw decides otherwise."""
    if not offer.permitted:
        return 0.0
    low, high = offer.reservation - FACTOR * 2.0 * temperature, offer.reservation + FACTOR * 2.0 * temperature
    for _ in range(2 * HALVINGS):
        middle = 0.5 * (low + high)
        if offer.draw < acceptance(middle, offer.reservation, 1.0, temperature):
            high = middle
        else:
            low = middle
    return abs(offer.utility - high)


# --- how to read it --------------------------------------------------------------------------------------------------


def how_to_read(prepared: PreparedEnsemble) -> str:
    """What points, odds and the draw are, in one paragraph."""
    even = POINTS * float(np.ravel(prepared.values["choice.temperature"])[0])
    better = acceptance(even / POINTS, 0.0, 1.0, even / POINTS)
    said = (
        "How to read this. Worth is counted in points; those for and against an offer add up to what it is worth to "
        "the state. It is set against what the offer has to beat, and the difference gives the odds of a yes: as good "
        f"as that is even odds, {even:g} points better makes {better:.0%}. What nobody outside can see is left to "
        "chance, less of it where talks came before the offer: a number from 0 to 1 is drawn, and below the odds it is "
        "a yes. What is said of the actors puts the levels of this run into words; many of them are judgements or "
        f"assumptions. A {CAUTION}."
    )
    return "\n".join(wrapped(said))


# --- the door --------------------------------------------------------------------------------------------------------


def explain(
    played: "PreparedEnsemble | Model",
    run: int = 0,
    *,
    state: str,
    at: str | int | None = None,
    by: str | None = None,
    kind: str | None = None,
) -> tuple[Explanation, ...]:
    """Explain the answers of a state in one run, offer by offer; `print` each, or look at its parts.

    Parameters
    ----------
    played, run
        A `sim.Model` as far as it has been played, whose run is meant; or a scenario made ready
        (`sim.engine.ensemble.prepare`), and which of its runs. It is played again from its start, and left as it is.
    state, by, kind
        Code or name of the state; of a power, and a kind of offer (`sim.model.fields.KINDS`), to look at no others.
    at
        A quarter ("2026-Q1", or year * 4 + quarter - 1): every offer of it. None: the largest offers and the closest
        calls of the first year that has any.

    Raises
    ------
    sim.io.errors.InputError
        For a state, power, kind or quarter that does not exist or has not been played, where there is nothing to
        explain, and where a model was changed by hand so that playing again does not lead to the same offers.
    """
    arguments = Arguments("sim.explain")
    run = arguments.run(run)
    if not isinstance(played, PreparedEnsemble) and not hasattr(played, "prepared"):
        arguments.entry("played", played).refuse(allowed="a `sim.Model`, or what `sim.engine.ensemble.prepare` gives")
    for key, value in (("state", state), ("by", by), ("kind", kind)):
        if value is not None or key == "state":
            arguments.text(key, value)
    if at is not None and not isinstance(at, str):
        at = arguments.whole("at", at, FIRST_YEAR * 4, LAST_YEAR * 4 + 3)
    arguments.refuse_if_wrong()
    if isinstance(played, PreparedEnsemble):
        return _explain(played, run, played.scenario.end, state, at, by, kind)
    explanations = _explain(played.as_played, played.run_number, played.quarter, state, at, by, kind)
    mine = set(map(_fingerprint, played.offers))
    if not all(_fingerprint(one.offer) in mine for one in explanations):
        message = "the model was changed by hand, and playing the run again does not lead to the same offers"
        raise input_error(played.setting.name, message)
    return explanations


def _fingerprint(offer: Offer) -> tuple[Any, ...]:
    """What two offers share only if they are the same."""
    return offer.quarter, offer.by, offer.to, offer.kind, offer.size, offer.utility, offer.probability, offer.draw


def _explain(
    prepared: PreparedEnsemble, run: int, last: int, state: str, at: str | int | None, by: str | None, kind: str | None
) -> tuple[Explanation, ...]:
    scenario, evidence = prepared.scenario, prepared.evidence
    end = min(last, scenario.end)
    codes = {
        "state": code_meant("state", state, {actor.code: actor.name for actor in evidence.states}),
        "power": None if by is None else code_meant("power", by, {actor.code: actor.name for actor in evidence.powers}),
        "kind": None if kind is None else code_meant("kind", kind, {name: name for name in KINDS}),
    }
    quarter = None if at is None else check_quarter_played(at, scenario.start, end)
    names = {actor.code: actor.spoken or actor.name for actor in (*evidence.states, *evidence.powers)}
    replay = Replay(prepared, run)
    found: list[tuple[Moment, tuple[int, int, int], Offer]] = []
    for now in [quarter] if quarter is not None else range(scenario.start, end + 1):
        moment = replay.moment(now)
        found += [(moment, place, offer) for place, offer in moment.offers() if _wanted(offer, codes)]
        if quarter is None and found and (now + 1 - scenario.start) % YEAR == 0:
            break
    if not found:
        when = f"in {quarter_text(quarter)}" if quarter is not None else f"up to {quarter_text(end)}"
        asked = f"{names[str(codes['state'])]}, {names[by_code] if (by_code := codes['power']) else 'any power'}"
        raise input_error("explain", f"there was no such offer {when}", found=f"{asked}, {codes['kind'] or 'any kind'}")
    if quarter is None:
        found = _telling(found)
    return tuple(_explained(moment, place, offer, names) for moment, place, offer in found)


def _wanted(offer: Offer, codes: Mapping[str, str | None]) -> bool:
    asked = ((offer.to, codes["state"]), (offer.by, codes["power"]), (offer.kind, codes["kind"]))
    return all(wanted in (None, have) for have, wanted in asked)


def _relative(moment: Moment, at: tuple[int, int, int]) -> float:
    return float(moment.world.size[(*at, 0)] / moment.world.span[at[0], at[2], 0])


def _closeness(offer: Offer) -> float:
    """How far the draw was from the odds; nothing is far from an answer that was given from outside."""
    return math.inf if offer.told else abs(offer.probability - offer.draw)


def _telling(
    found: list[tuple[Moment, tuple[int, int, int], Offer]],
) -> list[tuple[Moment, tuple[int, int, int], Offer]]:
    """The largest offers and the closest calls, in the order in which they were made."""
    by_size = sorted(range(len(found)), key=lambda n: -_relative(*found[n][:2]))
    by_call = sorted(range(len(found)), key=lambda n: _closeness(found[n][2]))
    largest = by_size[:LARGEST]
    closest = [n for n in by_call if n not in largest][:CLOSEST]
    return [found[n] for n in sorted([*largest, *closest])]


def _explained(moment: Moment, at: tuple[int, int, int], offer: Offer, names: Mapping[str, str]) -> Explanation:
    margin = _margin(offer, _unseen(moment, at))
    return Explanation(
        offer=offer,
        names=names,
        facts=facts_of(moment, at, names),
        relative=_relative(moment, at),
        margin=margin,
        flips={flip.what: flip for flip in _flips(moment, at, offer, margin)},
    )


def code_meant(what: str, written: str, known: Mapping[str, str], door: str = "explain") -> str:
    """The code that was meant, by code or name whatever the case; complains with the nearest.

    what: it is of, in a word; known: names by code; door: what asks.
    """
    meant = {text.lower(): code for code, name in known.items() for text in (code, name)}
    if written.strip().lower() in meant:
        return meant[written.strip().lower()]
    near = nearest_to(written.lower(), meant)
    raise input_error(
        door,
        f"there is no such {what}",
        found=quoted(written),
        allowed=listed(known, "list actors"),
        nearest=None if near is None else meant[near],
    )


def check_quarter_played(at: str | int, start: int, end: int) -> int:
    """The quarter that was asked for, inside the run; complains with the nearest."""
    span = f"{quarter_text(start)} to {quarter_text(end)}"
    quarter = at if isinstance(at, int) else parse_quarter(at.strip().upper())
    if quarter is None:
        near = quarter_meant(str(at))
        raise _no_quarter(str(at), "that is no quarter", f"a quarter such as {quarter_text(start)}, from {span}", near)
    if not start <= quarter <= end:
        near = quarter_text(min(max(quarter, start), end))
        raise _no_quarter(quarter_text(quarter), "that quarter is not part of the run", span, near)
    return quarter


def _no_quarter(written: str, message: str, allowed: str, nearest: str | None) -> InputError:
    return input_error("explain", message, found=quoted(written), allowed=allowed, nearest=nearest)


def explained_together(explanations: Iterable[Explanation]) -> str:
    """Explanations as one text, one below the other."""
    return "\n\n\n".join(str(one) for one in explanations)
