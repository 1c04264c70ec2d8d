"""What is measured: each quantity once, with its axes, unit and meaning, and how it is counted, summed up and shown.

Nothing else lists measures. Their places in the record of a run, the columns of tables and their types, histograms,
means and sums, labels, what stands in tables and figures, and what is written about them in the READMEs of results
follow from `VARIABLES`. A new one is a row here and a line in the phase that records it (`sim.model.phases.record`).
"""

from collections import namedtuple
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sim.model.fields import KINDS, Kind
from sim.model.variable import Origin, Reduction, Scale, Variable

MEAN, SUM, JOINT = Reduction.MEAN, Reduction.SUM, Reduction.JOINT

# Those that are worked out, and not recorded, are called by these names where they are.
OUTCOME, FIRST_ENDED, PRESSED_QUARTERS = "outcome", "first_ended", "pressed_quarters"
COMBINED_PRESSURE = "combined_pressure"
MEAN_TRUST, ACCEPTANCE = "mean_trust", "acceptance"
BALANCING_ENDED, OUTCOME_CHANGED = "balancing_ended", "outcome_changed"

SECURES = KINDS[Kind.SECURITY]  # the one kind that is measured in points and not in money

VARIABLES: tuple[Variable, ...] = (
    # --- judged ---
    Variable(
        *(OUTCOME, "i", "word"),
        "the outcome word if the run ended here",
        origin=Origin.JUDGED,
        counted_by=Scale.WORD,
    ),
    Variable(
        *(FIRST_ENDED, "i", "quarter"),
        "{unit} in which balancing first ended (locked-in, squeezed, sided or isolated); missing: never",
        origin=Origin.JUDGED,
    ),
    Variable(
        *(PRESSED_QUARTERS, "i", "quarters"),
        "{unit} under more pressure than the line for `squeezed`",
        origin=Origin.JUDGED,
        summary=SUM,
    ),
    Variable(
        *(COMBINED_PRESSURE, "i", "0..1"),
        "coercion in force of all powers together, {unit}",
        origin=Origin.JUDGED,
        summary=MEAN,
        label="pressure, all powers",
        percent=True,
        shown=6,
        policy=True,
        wanted=-1,
    ),
    # --- recorded of a state ---
    Variable(
        *("effective_partners", "i", "powers"),
        "1 / HHI over the powers: how many equal partners the portfolio is worth",
        counted_by=Scale.POWERS,
        summary=MEAN,
        also=("partners",),
        shown=1,
        headline=True,
        policy=True,
        wanted=1,
    ),
    Variable(
        *("hhi", "i", "0..1"),
        "concentration of alignment over the powers, {unit}",
        counted_by=Scale.SHARE,
        summary=MEAN,
        label="concentration (HHI)",
    ),
    Variable(
        *("entropy", "i", "natural logarithm"),
        "spread of alignment over the powers, {unit}",
        counted_by=Scale.POWERS,
    ),
    Variable(
        *("autonomy", "i", "0..1"),
        "room for own decisions, {unit}",
        counted_by=Scale.SHARE,
        summary=MEAN,
        percent=True,
        shown=3,
        wanted=1,
    ),
    Variable(
        *("balance", "i", "0..100"),
        "place between the two poles of rivalry, {unit}; 45 to 55 is hedging",
        counted_by=Scale.POINTS,
        summary=MEAN,
        shown=4,
    ),
    Variable(
        *("threat", "i", "0..1"),
        "threat felt at the border and at home, {unit}",
        counted_by=Scale.SHARE,
        summary=MEAN,
        percent=True,
        shown=8,
    ),
    Variable(
        *("delivered", "i", "bn USD"),
        "value delivered this quarter, {unit}",
        counted_by=Scale.AMOUNT,
        summary=SUM,
    ),
    Variable(
        *("visits", "i", "visits"),
        "leader-level {unit} this quarter",
        counted_by=Scale.COUNT,
        summary=SUM,
    ),
    Variable(
        *("compensating_visits", "i", "visits"),
        "{unit} this quarter beyond the calendar, after a deal with a rival or a vote",
        counted_by=Scale.COUNT,
        summary=SUM,
        part_of="visits",
    ),
    Variable(
        *("offers", "i", "offers"),
        "{unit} received this quarter",
        counted_by=Scale.COUNT,
        summary=SUM,
        by_offer=True,
    ),
    Variable(
        *("accepted", "i", "offers"),
        "{unit} accepted this quarter",
        counted_by=Scale.COUNT,
        summary=SUM,
        part_of="offers",
        by_offer=True,
        label="offers accepted, number",
    ),
    Variable(
        *("sided", "i", "power"),
        "the {unit} whose side the state has openly taken; missing for none",
        counted_by=Scale.WORD,  # in memory 1 + the place of the power; outcome words tell how often
    ),
    Variable(
        *("cohesion", "i", "0..1"),
        "how far the state acts as one with its neighbours, mean, {unit}",
        counted_by=Scale.SHARE,
        summary=MEAN,
    ),
    Variable(
        *("nationalism", "i", "0..1"),
        "how far nation-building has gone, {unit}",
        counted_by=Scale.SHARE,
        summary=MEAN,
    ),
    Variable(
        *("refining", "i", "0..1"),
        "part of what is mined that it can refine itself, {unit}",
        counted_by=Scale.SHARE,
        summary=MEAN,
    ),
    Variable(
        *("energy_concentration", "i", "0..1"),
        "concentration of the buyers of its energy, {unit}",
        counted_by=Scale.SHARE,
        summary=MEAN,
    ),
    Variable(
        *("vote", "i", "code"),
        "vote this quarter: 0 none, 1 yes, 2 no, 3 abstains, 4 stays away (a {unit}: its bands mean little)",
        counted_by=Scale.COUNT,
    ),
    Variable(
        *("output", "i", "bn USD a year"),
        "output at prices of the start, {unit}",
        counted_by=Scale.AMOUNT,
        summary=MEAN,
        shown=11,
        policy=True,
        wanted=1,
    ),
    Variable(
        *("trade_rest", "i", "bn USD a year"),
        "goods trade with all who are no agents, {unit}; with `trade` of all powers it is the turnover",
        counted_by=Scale.AMOUNT,
    ),
    Variable(
        *("stability", "i", "0..1"),
        "firmness at home, {unit}",
        counted_by=Scale.SHARE,
        summary=MEAN,
        percent=True,
        shown=12,
        policy=True,
        wanted=1,
    ),
    Variable(
        *("unmet_need", "i", "0..1"),
        "need that is not met, mean of the kinds by their weight, {unit}",
        counted_by=Scale.SHARE,
        summary=MEAN,
        percent=True,
        shown=13,
        policy=True,
        wanted=-1,
    ),
    # --- recorded of a state and a power ---
    Variable(
        *("alignment", "ij", "0..1"),
        "share of the state's engagement, {unit}; what is missing to 1 is home and partners outside the model",
        counted_by=Scale.SHARE,
        over_powers=SUM,
        summary=MEAN,
        percent=True,
        also=("dependence", "engagement"),
        shown=2,
        headline=True,
        policy=True,
    ),
    Variable(
        *("trade", "ij", "bn USD a year"),
        "goods trade, {unit}",
        counted_by=Scale.AMOUNT,
        over_powers=SUM,
    ),
    Variable(
        *("trust", "ij", "0..1"),
        "the state's belief in the power's word, {unit}",
        counted_by=Scale.SHARE,
        over_powers=MEAN,
        summary=MEAN,
        percent=True,
    ),
    Variable(
        *("pressure", "ij", "0..1"),
        "coercion now in force, {unit}",
        counted_by=Scale.SHARE,
        over_powers=JOINT,
        summary=MEAN,
        percent=True,
    ),
    Variable(
        *("energy_sold", "ij", "0..1"),
        "share of the state's outlets for oil and gas that lead to the power, {unit}; works open outlets, also where "
        "little is sold",
        counted_by=Scale.SHARE,
        over_powers=SUM,
        percent=True,
    ),
    Variable(
        *("un_agreement", "ij", "0..1"),
        "how far the state votes as the power does in the United Nations, {unit}",
        counted_by=Scale.SHARE,
        over_powers=MEAN,
        percent=True,
    ),
    Variable(
        *("minerals_stock", "ij", "bn USD"),
        "what the power has put into mines and plants, {unit}",
        counted_by=Scale.AMOUNT,
        over_powers=SUM,
    ),
    Variable(
        *("works_stock", "ij", "bn USD"),
        "works of the power that stand, {unit}",
        counted_by=Scale.AMOUNT,
        over_powers=SUM,
    ),
    Variable(
        *("security_stock", "ij", "index points"),
        "security ties with the power, {unit}",
        counted_by=Scale.AMOUNT,
        over_powers=SUM,
    ),
    Variable(
        *("arms", "ij", "index points"),
        "security delivered by the power this quarter, {unit}; shares mean something over five years",
        counted_by=Scale.KEPT,
        over_powers=SUM,
    ),
    *(
        Variable(
            *(f"signed_{kind}", "ij", "index points" if kind == SECURES else "bn USD"),
            f"value of the offers accepted this quarter: {kind}, {{unit}}",
            counted_by=Scale.KEPT,
            over_powers=SUM,
        )
        for kind in KINDS
    ),
    # --- totals of a run by power and kind of offer, beside those marked above ---
    Variable(
        *("value_offered", "ijk", "million USD"),
        "value of the offers made, {unit}; for security, thousandths of an index point",
        origin=Origin.TALLIED,
    ),
    Variable(
        *("value_signed", "ijk", "million USD"),
        "value of the offers accepted, {unit}; for security, thousandths of an index point",
        origin=Origin.TALLIED,
        part_of="value_offered",
    ),
    # --- derived, for comparisons ---
    Variable(
        *(MEAN_TRUST, "i", "0..1"),
        "mean of `trust` over the powers, {unit}",
        origin=Origin.DERIVED,
        label="trust, mean of powers",
        percent=True,
        shown=5,
        policy=True,
        wanted=1,
    ),
    Variable(
        *(ACCEPTANCE, "i", "0..1"),
        "share of the offers of a run that were accepted, {unit}; 0 where none was made",
        origin=Origin.DERIVED,
        label="offers accepted",
        percent=True,
        shown=7,
        policy=True,
    ),
    Variable(
        *(BALANCING_ENDED, "i", "0 or 1"),
        "1 where the outcome word says that balancing has ended, else 0",
        origin=Origin.DERIVED,
        percent=True,
        shown=9,
        headline=True,
    ),
    Variable(
        *(OUTCOME_CHANGED, "i", "0 or 1"),
        "1 where a run ends under another outcome word, else 0",
        origin=Origin.DERIVED,
        label="word changed",
        percent=True,
        shown=10,
    ),
)

BY_NAME: Mapping[str, Variable] = MappingProxyType({variable.name: variable for variable in VARIABLES})


def _recorded(axes: str) -> tuple[str, ...]:
    return tuple(one.name for one in VARIABLES if one.origin is Origin.RECORDED and one.axes == axes)


BY_STATE = _recorded("i")
"""What is recorded of a state every quarter, in the order of the last axis of `Block.by_state`."""

BY_POWER = _recorded("ij")
"""What is recorded of a state and a power every quarter, in the order of the last axis of `Block.by_power`."""

QUANTITIES = tuple(name for name in (*BY_STATE, *BY_POWER) if BY_NAME[name].is_quantity)
"""What is recorded as a quantity and not as a name; experiments may ask for it."""

BANDED = tuple(name for name in QUANTITIES if BY_NAME[name].is_banded)
"""What is counted over all runs; of these there are bands."""

COUNTS = frozenset(name for name in QUANTITIES if BY_NAME[name].counted_by is Scale.COUNT)
"""What is recorded in whole numbers."""

OFFER_TOTALS = tuple(one.name for one in VARIABLES if one.by_offer or one.axes == "ijk")
OFFER_VALUES = tuple(one.name for one in VARIABLES if one.axes == "ijk")  # in a unit that differs from kind to kind
"""Totals of a run by state, power and kind, in the order of the last axis of `Block.offers`."""

_WORDS = tuple(one.name for one in VARIABLES if one.counted_by is Scale.WORD)
MEASURES = (*_WORDS, *QUANTITIES)
"""What `series.parquet` can keep of a run, beside run, quarter and state."""

HEADLINES = tuple(one.name for one in VARIABLES if one.headline)
"""What people ask for first: whom a state leans on, how many partners it has, and whether it still balances."""


def _places(names: tuple[str, ...]) -> Any:
    """The place of each name by that name, as compiled code can read it."""
    return namedtuple("Place", names)(*range(len(names)))


state_place = _places(BY_STATE)
power_place = _places(BY_POWER)
"""Where each measure stands in what is recorded of a state, and of a state and a power: `state_place.hhi` is 1."""


def kept_of_a_run(axes: str, summary: Reduction) -> tuple[str, ...]:
    """Recorded variables of which a run keeps its mean over the last quarters, or its sum."""
    wanted = (one for one in VARIABLES if one.origin is Origin.RECORDED and one.axes == axes)
    return tuple(one.name for one in wanted if one.summary is summary)


def in_words(name: str, power: str = "") -> str:
    """A variable as tables and figures call it, with the power that it is about; results may hold unknown ones."""
    known = BY_NAME.get(name)
    words = known.label if known is not None and known.label else name.replace("_", " ")
    return f"{words} {power}" if power else words


def percent_scale(name: str) -> float:
    """What a value is multiplied with before it is shown: 100 where it is told in per cent."""
    known = BY_NAME.get(name)
    return 100.0 if known is not None and known.percent else 1.0
