"""Facts for the sentences about an offer: actors, shares and levels, as they stood when the state weighed it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.io.text import listing, percent_in_sentence
from sim.model.fields import DOMAINS, KINDS
from sim.model.parameters import choice, identity, routes
from sim.model.rules.choice import settled
from sim.model.rules.identity import kinship_value
from sim.model.rules.routes import buyer_bond, outlet_value
from sim.model.vocabulary import KIND_WORDS
from sim.narrative.levels import (
    AGENDA,
    CLOSENESS,
    CULTURE,
    KINSHIP,
    MEANS,
    MINDS,
    ORDER,
    PRESSURE,
    RESENTED,
    STRAINED,
    TIER,
    TRUST,
    rivalry_with,
    unions_of,
)

if TYPE_CHECKING:
    from sim.narrative.replay import Moment

    Place = tuple[int, int, int]
    Number = Callable[[int], float]

TWO = 2  # as many powers as press a state are named
SECURITY, ECONOMIC = DOMAINS.index("security"), DOMAINS.index("economic")
GUARDS = KINDS.index("security")


def facts_of(moment: "Moment", at: "Place", names: Mapping[str, str]) -> dict[str, str]:
    """What the sentences about an offer may name: actors, shares, trust, needs, as they stood when it was weighed.

    at: places of the state, the power and the kind of offer; names: of states and powers by code. Numbers of the rules
    are those of the run in this quarter.
    """
    w, axes, (i, j, k) = moment.world, moment.replay.axes, at
    powers = [names[code] for code in axes["j"]]
    states = [names[code] for code in axes["i"]]

    def number(row: int) -> float:
        return float(moment.numbers[row, 0])

    return {
        "by": powers[j],
        "to": states[i],
        "kind": KIND_WORDS[KINDS[k]].one,
        "need": KIND_WORDS[KINDS[k]].need,
        **_of_benefit(w, at, number),
        **_of_ties(w, at, powers, number),
        **_of_draw(w, at, states[i], powers[j], number),
        **_of_rivals(w, at, powers, states[i]),
        **_of_pressure(w, at, powers, states),
        **_of_protection(w, at, powers, states[i]),
    }


def _of_benefit(w: Any, at: "Place", number: "Number") -> dict[str, str]:
    """What the offer is to the need that it serves."""
    i, j, k = at
    lost = "carriage and refining" if KINDS[k] == "minerals" else "the cost of carriage"
    left, whole = percent_in_sentence(float(w.worth[i, j, k, 0])), percent_in_sentence(1.0)
    backlog = w.rival_backlog[i, j, 0] if KINDS[k] == "infrastructure" else w.backlog[i, k, 0]
    ordered = f"{float(backlog / w.span[i, k, 0]):.1f}"
    times = float(w.size[i, j, k, 0] / w.span[i, k, 0])
    years = float(w.span[i, k, 0] / w.scale[i, k, 0])
    believed = settled(float(w.believed[i, j, 0]), float(w.agreed[i, j, k, 0]), number(choice.talks_reveal))
    return {
        "unmet": percent_in_sentence(float(w.need[i, k, 0])),
        "ordered": f", with {ordered} times what it can absorb well on order" if float(ordered) else "",
        "times": f"{times:.1f} times" if round(times, 1) >= 1 else percent_in_sentence(times) + " of",
        "years": f"{years:.1f} years" if years > 1 else "year",
        "believed": percent_in_sentence(believed),
        "worth": f"; after {lost}, {left} of it is left" if left != whole else "",
        "signed": percent_in_sentence(float(w.signed[i, j, k, 0])),
        "strings": percent_in_sentence(float(w.strings[i, j, k, 0])),
        "minds": MINDS.of(float(w.sensitivity[i, 0])),
    }


def _of_ties(w: Any, at: "Place", powers: list[str], number: "Number") -> dict[str, str]:
    """What binds the state to this power and to others."""
    i, j, k = at
    held = w.dependence[i, :, 0]
    top = int(np.argmax(held))
    rent, sold = float(w.energy_rent[i, 0]), float(w.sold[i, j, 0])
    bond = buyer_bond(rent, sold, number(routes.energy_bond))
    seek = outlet_value(rent, float(w.top_outlet[i, 0]), sold, number(routes.route_seeking))
    others = {power: float(w.union[i, n, 0]) for n, power in enumerate(powers) if n != j}
    return {
        "dependence": percent_in_sentence(float(held[j])),
        "tolerance": percent_in_sentence(number(choice.tolerance)),
        "top": powers[top],
        "top_share": percent_in_sentence(float(held[top])),
        "share": percent_in_sentence(float(w.share[i, j, k, 0])),
        "trust": f"{float(w.trust[i, j, 0]):.2f}",
        "trusts": TRUST.of(float(w.trust[i, j, 0])).format(powers[j]),
        "affinity": f"{float(w.affinity[i, j, 0]):.2f}",
        "order": ORDER.of(float(w.affinity[i, j, 0])),
        "rent": percent_in_sentence(rent),
        "sold": percent_in_sentence(sold) if sold > 0.0 else "none",
        "energy": "binds it to that buyer" if bond >= seek else "calls for more outlets",
        "unions": unions_of(others) or "in no customs union of another power",
        "resented": RESENTED.of(float(w.resentment[i, j, 0])),
        "tier": TIER.of(float(w.tier[j, 0])),
        "heat": f"{float(w.hottest[i, 0]):.2f}",
    }


def _of_draw(w: Any, at: "Place", to: str, by: str, number: "Number") -> dict[str, str]:
    """What draws the state to the power: language and culture, or an organisation, the weightier of the two first."""
    i, j, _ = at
    culture, kinship = float(w.culture[i, j, 0]), float(w.kinship[i, j, 0])
    nation = float(w.nationalism[i, 0])
    pulls = number(identity.cultural_pull), number(identity.turkic_pull)
    drawn = f"the language and culture of {by} {CULTURE.of(culture).format(to)}"
    joined = f"an organisation of shared identity of {to} and {by} {KINSHIP.of(kinship)}"
    worth = kinship_value(culture, 0.0, nation, *pulls), kinship_value(0.0, kinship, nation, *pulls)
    said = [text for value, text in sorted(zip(worth, (drawn, joined), strict=True), reverse=True) if value > 0.0]
    return {"kin": ", and ".join(said) or drawn}


def _of_rivals(w: Any, at: "Place", powers: list[str], to: str) -> dict[str, str]:
    """Who minds that the state deals with the power, and what that could cost it."""
    i, j, k = at
    domain = SECURITY if k == GUARDS else ECONOMIC
    rivalry = np.maximum(w.rivalry[j, :, domain, 0], 0.0)
    rivalry[j] = 0.0
    could = rivalry * w.dependence[i, :, 0] * w.grip[i, :, 0]
    most = int(np.argmax(could))
    sides = np.flatnonzero(w.sided[i, :, 0])
    of_side = [f"{rivalry_with(max(float(w.rivalry[j, n, SECURITY, 0]), 0.0), powers[n])}" for n in sides]
    rival = (
        f": {powers[most]} is {rivalry_with(float(rivalry[most]), powers[j])}, {to} depends on it to "
        f"{percent_in_sentence(float(w.dependence[i, most, 0]))}, and it has {MEANS.of(float(w.grip[i, most, 0]))} of "
        "pressing there"
    )
    return {
        "rival": rival if could[most] > 0.0 else "",
        "side": listing(powers[n] for n in sides) or "another power",
        "side_rival": listing(of_side) or "a rival of that side",
    }


def _of_pressure(w: Any, at: "Place", powers: list[str], states: list[str]) -> dict[str, str]:
    """Who presses the state, and which neighbour this power presses."""
    i, j, _ = at
    hostile = np.where(w.rivalry[j, :, SECURITY, 0] > 0.0, w.pressure[i, :, 0], 0.0)
    hostile[j] = 0.0
    order = [n for n in np.argsort(-hostile, kind="stable") if hostile[n] > 0.0][:TWO]
    pressing = [f"{PRESSURE.of(float(hostile[n]))} pressure from {powers[n]}" for n in order]
    beside = w.cohesion[i, :, 0] * w.pressure[:, j, 0]
    beside[i] = 0.0
    near = int(np.argmax(beside))
    level = PRESSURE.of(float(w.pressure[near, j, 0]))
    close = CLOSENESS.of(float(w.cohesion[i, near, 0]))
    said = f"{level} pressure on {states[near]}, with which {states[i]} has {close} common ground"
    return {"pressing": listing(pressing) or "no pressure", "neighbour": said}


def _of_protection(w: Any, at: "Place", powers: list[str], to: str) -> dict[str, str]:
    """Who else has a hand in the security of the state, what it minds, and whether it is tied down."""
    i, j, _ = at
    held = w.share[i, :, GUARDS, 0].copy()
    held[j] = 0.0
    hostile = np.maximum(w.rivalry[j, :, SECURITY, 0], 0.0)
    guard = int(np.argmax(hostile * w.agenda[:, 0] * held))
    busy = int(np.argmax(w.strain[:, 0] * held))

    def holding(n: int) -> str:
        return f"{powers[n]}, which has {percent_in_sentence(float(held[n]))} of the security ties of {to},"

    return {
        "guard": f"{holding(guard)} {AGENDA.of(float(w.agenda[guard, 0]))}",
        "guard_rival": rivalry_with(float(hostile[guard]), powers[guard]),
        "strained": f"{holding(busy)} is {STRAINED.of(float(w.strain[busy, 0]))} elsewhere",
    }
