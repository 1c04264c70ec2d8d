"""What an answer would lead to: many futures with a yes and with a no, on the same lucks, and what differs.

Both have the run's own past and its own luck through the quarter of the offer; from the next quarter on every pair of
futures has a luck of its own, and the state that was asked goes by its rule, as everyone does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.batch.outcomes import combined_pressure
from sim.engine.ensemble import PreparedEnsemble
from sim.engine.offer import Offer
from sim.engine.players import answer_event, with_moves
from sim.engine.running import Running, futures
from sim.io.arguments import Arguments
from sim.io.errors import input_error, listed
from sim.io.limits import LONGEST
from sim.io.shown import Shown
from sim.io.text import signed
from sim.model.fields import KINDS
from sim.model.variables import COMBINED_PRESSURE, percent_scale
from sim.scenario.calendar import quarter_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.engine.agents import Model
    from sim.engine.block import Block

    Floats = NDArray[np.float64]

FUTURES, MOST_FUTURES = 96, 5_000
HORIZON = 12
"""Quarters that are looked at unless told otherwise: later, what one answer did is hardly to be told from luck."""

LAST_QUARTERS = 4  # at the end of the horizon, over which the mean is taken
NINE_IN_TEN = (0.05, 0.95)

Look = Callable[["Block", int, int], "Floats"]
"""A measure of the state and the power of an offer, by their places: [R, T]."""


def _of_state(name: str) -> Look:
    return lambda block, state, _: block.state_measure(name)[..., state]


def _of_power(name: str) -> Look:
    return lambda block, state, power: block.power_measure(name)[..., state, power]


def _turnover(block: Block, state: int, _: int) -> Floats:
    turnover: Floats = block.power_measure("trade")[..., state, :].sum(axis=-1)
    return turnover + block.state_measure("trade_rest")[..., state]


def _pressed(block: Block, state: int, _: int) -> Floats:
    return combined_pressure(block.power_measure("pressure")[..., state, :])


LOOKS: Mapping[str, Look] = {
    "output": _of_state("output"),
    "stability": _of_state("stability"),
    "trade": _turnover,
    "trust": _of_power("trust"),
    COMBINED_PRESSURE: _pressed,
    "works_stock": _of_power("works_stock"),
}
"""What a preview looks at; trust and works are those of the power whose offer it is."""

NOTHING_SEEN = "nothing you could see"
"""What is said of an effect whose range straddles nought."""

OF_THE_POWER = frozenset(("trust", "works_stock"))


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a yes changes in one measure, at the end of the horizon.

    no, yes: means over the futures; change: the mean of yes less no, pair by pair, and low and high where nine in ten
    pairs lie; power: code of the one that it is about, "" for none.
    """

    measure: str
    power: str
    no: float
    yes: float
    change: float
    low: float
    high: float

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """With a no, with a yes, the change, and where nine in ten pairs lie, as text in the unit that is shown."""
        scale = percent_scale(self.measure)
        unit = " %" if scale != 1.0 else ""
        no, yes = (f"{scale * one:.2f}{unit}" for one in (self.no, self.yes))
        if not self.seen:
            return no, yes, "-", NOTHING_SEEN
        low, high = (signed(scale * end) for end in (self.low, self.high))
        return no, yes, signed(scale * self.change), f"{low} to {high}"

    @property
    def seen(self) -> bool:
        """Whether nine in ten pairs lie on one side of nought; else there is nothing that anybody in it could see."""
        return self.low > 0.0 or self.high < 0.0


@dataclass(frozen=True, kw_only=True)
class Preview(Shown):
    """What a yes to an offer would change, against a no.

    courses holds by measure the mean change and the range of nine in ten pairs, [quarters, 3]. clauses: the share 0..1
    that a yes was tried with; probability: the odds of a yes by the rule of the state, with these clauses; allowed:
    whether it could say yes at all; where it could not, nothing changes.
    """

    offer: Offer
    clauses: float
    probability: float
    allowed: bool
    runs: int
    quarters: tuple[int, ...]
    effects: tuple[Effect, ...]
    courses: Mapping[str, Floats]

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values, numbers in full."""
        rows = [{**vars(effect), "seen": effect.seen} for effect in self.effects]
        asked = {name: getattr(self.offer, name) for name in ("by", "to", "kind", "size")}
        asked |= {"quarter": quarter_text(self.offer.quarter), "runs": self.runs, "allowed": self.allowed}
        return {
            **asked,
            "clauses": self.clauses,
            "probability": self.probability,
            "quarters": [quarter_text(quarter) for quarter in self.quarters],
            "effects": rows,
            "courses": {name: course.tolist() for name, course in self.courses.items()},
        }


def preview(
    played: PreparedEnsemble | Model,
    offer: Offer,
    run: int = 0,
    *,
    runs: int = FUTURES,
    horizon: int = HORIZON,
    clauses: float | None = None,
) -> Preview:
    """Try a yes and a no to an offer, in many futures of a run each.

    Parameters
    ----------
    played, run
        A `sim.Model`, whose run is meant, with what its players did; or a scenario made ready
        (`sim.engine.ensemble.prepare`), and which of its runs. It is played again from its start, and left as it is.
    offer
        One that is made in that run, in a quarter that may be yet to come.
    runs
        Futures; the same number again is played for the no.
    horizon
        Quarters behind that of the offer; fewer where the run ends sooner.
    clauses
        What is signed of clauses that exclude rivals, 0..1, in place of what bargaining left. To try only: nothing
        in the rules lets a power walk away from a better counter-offer, so none can be made.

    Raises
    ------
    sim.io.errors.InputError
        Where no such offer is made in that run, and where nothing comes after it.
    """
    arguments = Arguments("sim.preview")
    run = arguments.run(run)
    if not isinstance(played, PreparedEnsemble) and not hasattr(played, "as_played"):
        arguments.entry("played", played).refuse(allowed="a `sim.Model`, or what `sim.engine.ensemble.prepare` gives")
    offer = arguments.made("offer", offer, Offer, "an offer, as `model.offers` holds them")
    runs = arguments.whole("runs", runs, 1, MOST_FUTURES)
    horizon = arguments.whole("horizon", horizon, 1, LONGEST)
    clauses = None if clauses is None else arguments.share("clauses", clauses)
    arguments.refuse_if_wrong()
    prepared = played if isinstance(played, PreparedEnsemble) else played.as_played
    run = run if isinstance(played, PreparedEnsemble) else played.run_number
    until = min(offer.quarter + horizon, prepared.scenario.end)
    if not prepared.scenario.start <= offer.quarter < until:
        found = f"an offer in {quarter_text(offer.quarter)}"
        raise input_error("sim.preview", "nothing of the run comes after it", found=found)
    place = _place(prepared, offer)
    no = _answered(prepared, run, offer, place, said=False)
    yes = _answered(prepared, run, offer, place, said=True, clauses=clauses)
    effects, courses = _compared(offer, futures(yes, runs, until), futures(no, runs, until))
    return Preview(
        offer=offer,
        clauses=offer.exclusivity_signed if clauses is None else clauses,
        probability=float(yes.world.probability[(*place, 0)]),
        allowed=bool(yes.world.accepted[(*place, 0)] > 0.0),
        runs=runs,
        quarters=tuple(range(offer.quarter + 1, until + 1)),
        effects=effects,
        courses=courses,
    )


def _answered(
    prepared: PreparedEnsemble,
    run: int,
    offer: Offer,
    place: tuple[int, int, int],
    *,
    said: bool,
    clauses: float | None = None,
) -> Running:
    """The run through the quarter in which the offer is answered so.

    clauses: what is signed of them in place of what bargaining left, None for that.
    """
    running = Running(with_moves(prepared, [answer_event(offer, said)]), run, explain=said)
    if clauses is None:
        running.play(offer.quarter)
    else:
        running.play(offer.quarter - 1)
        running.play_with(lambda world: world.signed.__setitem__((*place, 0), clauses))
    if not running.world.size[(*place, 0)] > 0.0:
        found = f"{offer.kind} by {offer.by} to {offer.to} in {quarter_text(offer.quarter)}"
        raise input_error("sim.preview", "there is no such offer in this run", found=found)
    return running


def _place(prepared: PreparedEnsemble, offer: Offer) -> tuple[int, int, int]:
    states = [actor.code for actor in prepared.evidence.states]
    powers = [actor.code for actor in prepared.evidence.powers]
    for code, known in ((offer.to, states), (offer.by, powers), (offer.kind, KINDS)):
        if code not in known:
            raise input_error("sim.preview", "no offer is made like this", found=f"'{code}'", allowed=listed(known))
    return states.index(offer.to), powers.index(offer.by), KINDS.index(offer.kind)


def _compared(offer: Offer, yes: Block, no: Block) -> tuple[tuple[Effect, ...], dict[str, Floats]]:
    """What differs at the end, and quarter by quarter."""
    state, power = yes.states.index(offer.to), yes.powers.index(offer.by)
    effects, courses = [], {}
    for name, look in LOOKS.items():
        with_it, without = look(yes, state, power), look(no, state, power)
        change = with_it - without
        courses[name] = np.column_stack([change.mean(axis=0), np.quantile(change, NINE_IN_TEN, axis=0).T])
        last = change[:, -LAST_QUARTERS:].mean(axis=1)
        low, high = np.quantile(last, NINE_IN_TEN)
        effects.append(
            Effect(
                measure=name,
                power=offer.by if name in OF_THE_POWER else "",
                no=float(without[:, -LAST_QUARTERS:].mean()),
                yes=float(with_it[:, -LAST_QUARTERS:].mean()),
                change=float(last.mean()),
                low=float(low),
                high=float(high),
            )
        )
    return tuple(effects), courses
