"""An offer as one run leaves it: what was asked, what was answered, and why."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.io.arguments import Arguments
from sim.io.letters import printable
from sim.io.shown import Shown
from sim.model.fields import KINDS, TERMS
from sim.model.vocabulary import term_words
from sim.scenario.calendar import quarter_text

REASONS = 3  # as many as a sentence can carry
TOLD = {1: "yes", -1: "no", 0: ""}


@dataclass(frozen=True, kw_only=True, repr=False)
class Offer(Shown):
    """One offer, from being laid on the table to its answer.

    size in bn USD, for security in index points; exclusivity, strings and local are shares 0..1; terms are the parts of
    the utility, signed, by name (`sim.model.fields.TERMS`); accepted is None while the offer is unanswered.
    """

    quarter: int  # year * 4 + quarter - 1
    by: str
    to: str
    kind: str
    size: float
    exclusivity_asked: float
    strings: float
    exclusivity_signed: float = 0.0
    local: float = 0.0
    accepted: bool | None = None
    probability: float = 0.0
    draw: float = 0.0
    utility: float = 0.0
    reservation: float = 0.0
    permitted: bool = True
    told: str = ""  # "yes" or "no" where the answer was given from outside; probability and draw are the state's own
    terms: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def __repr__(self) -> str:
        answer = {None: "not answered yet", True: "accepted", False: "refused"}[self.accepted]
        what = printable(f"{self.by} to {self.to}, {self.kind}, {self.amount}")
        return f"<{type(self).__name__} of {quarter_text(self.quarter)}: {what}, {answer}>"

    @property
    def amount(self) -> str:
        """The size in words, with its unit."""
        return _amount(self.size, self.kind)

    @property
    def by_rule(self) -> bool:
        """Whether the state's own rule says yes, whatever it is told."""
        return self.permitted and self.draw < self.probability

    @property
    def veto(self) -> str:
        """Why the offer could not be taken at all; empty where it could."""
        if self.permitted:
            return ""
        return "a neutral state joins no alliance" if self.terms["benefit"] > 0.0 else "there is nothing in it"

    @property
    def settled(self) -> str:
        """What settled the answer before anything was weighed: a veto, or else an order; empty where nothing did."""
        return self.veto or ("it was told to" if self.told else "")

    @property
    def reasons(self) -> tuple[str, ...]:
        """What spoke most for the answer, in plain words, the weightiest first; a veto or an order stands alone."""
        return self.reasons_with({})

    def reasons_with(self, names: Mapping[str, str], most: int = REASONS) -> tuple[str, ...]:
        """The same with names in place of codes, at most so many."""
        arguments = Arguments("Offer.reasons_with")
        most = arguments.whole("most", most, 0, len(self.terms) or REASONS)
        arguments.made("names", names, Mapping, "names by code")
        arguments.refuse_if_wrong()
        if self.settled:
            return (self.settled,)
        sign = 1.0 if self.accepted else -1.0
        ranked = sorted(self.terms.items(), key=lambda term: -sign * term[1])
        words = [term_words(name).short(worth) for name, worth in ranked if sign * worth > 0.0]
        by, to = names.get(self.by, self.by), names.get(self.to, self.to)
        return tuple(word.format(by=by, to=to) for word in words if word)[:most]


def _unit(kind: str) -> str:
    return "index points" if kind == "security" else "bn USD"


def _amount(size: float, kind: str, decimals: int = 2) -> str:
    return f"{size:.{decimals}f} {_unit(kind)}"


def offer_at(world: Any, quarter: int, axes: Mapping[str, tuple[str, ...]], at: tuple[int, int, int]) -> Offer:
    """The answered offer at a place (state, power, kind) of a world with one lane, and with what decided it."""
    i, j, k = at
    here = (i, j, k, 0)
    return Offer(
        quarter=quarter,
        by=axes["j"][j],
        to=axes["i"][i],
        kind=KINDS[k],
        size=float(world.size[here]),
        exclusivity_asked=float(world.asked[here]),
        strings=float(world.strings[here]),
        exclusivity_signed=float(world.signed[here]),
        local=float(world.local[i, j, 0]),
        accepted=bool(world.accepted[here] > 0.0),
        probability=float(world.probability[here]),
        draw=float(world.draw[here]),
        utility=float(world.utility[here]),
        reservation=float(world.reserved[here]),
        permitted=bool(world.allowed[here] > 0.0),
        told=TOLD[int(world.told[here])],
        terms={term: float(world.terms[(i, j, k, n, 0)]) for n, term in enumerate(TERMS)},
    )
