"""Working space: what a phase works out on its way, under true names, and the registers in which it lies."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple


class Scratch(NamedTuple):
    """Working space of one phase under its true name: axes beside the lane, unit, and meaning."""

    name: str
    axes: str
    unit: str
    meaning: str


_STOCK_AND_ROUTES = (
    Scratch("engaged", "", "share", "alignment with all powers together"),
    Scratch("aligned", "", "share", "alignment with one power"),
    Scratch("all_trade", "", "bn USD a year", "trade with all powers"),
    Scratch("routed_sum", "", "weight", "pull of all corridors to a power"),
    Scratch("per_routed", "", "1/weight", "one over that"),
    Scratch("room", "", "0..1", "what the corridors that draw freight let through"),
    Scratch("speed", "", "share", "part of the way there that freight moves"),
    Scratch("drawn", "c", "weight", "pull of a corridor to a power"),
    Scratch("carried_part", "", "share", "part of all trade that a corridor carries"),
)

_FLOWS = (
    Scratch("using", "", "bn USD a year", "trade of all states that would use a corridor"),
    Scratch("closed", "c", "0..1", "how far a corridor is closed, for want of room too"),
    Scratch("line_now", "", "0..1", "how far a pipeline is open"),
    Scratch("outlets_whole", "", "amount", "outlets for energy, to everyone, with every line open"),
    Scratch("shut_in", "", "share", "oil and gas that finds its line closed"),
    Scratch("shut_sold", "", "share", "the part of it that powers would buy"),
    Scratch("by_others", "", "share", "by how much the ways still open carry more"),
    Scratch("by_line", "j", "share", "what a power buys by named lines"),
    Scratch("lost", "j", "share", "the part of it that finds its line closed"),
    Scratch("brought", "j", "share", "what a power buys that has come by another way than usual"),
    Scratch("energy", "j", "0..1", "part of the trade with a power that is oil and gas"),
    Scratch("turnover", "", "bn USD a year", "trade with everyone"),
    Scratch("held_up", "j", "0..1", "part of the trade with a power that corridors hold up"),
    Scratch("bonds", "", "0..", "membership in all customs unions together"),
    Scratch("cut", "", "bn USD a year", "trade that sanctions against the state cut off"),
    Scratch("sources", "", "bn USD a year", "trade with those who set sanctions, by how hard these are"),
    Scratch("sold_on", "", "log", "gain of trade with them from goods that are passed on"),
    Scratch("aimed", "j", "log", "what unions, ways and sanctions make of trade in the end"),
)

# What a phase works out on its way, and nobody reads afterwards. The arrays are registers that all phases share, one
# after the other; within a phase no two names are the same register.
SCRATCH: Mapping[str, tuple[Scratch, ...]] = {
    "climate_power": (
        Scratch("sanctioning", "", "trn USD", "might of those who set sanctions against it, by how hard these are"),
        Scratch("others_might", "", "trn USD", "might of all other powers"),
        Scratch("driven_apart", "", "rivalry", "step by which a third power parts the two"),
        Scratch("talks", "", "0 or 1", "the two hold a dialogue"),
        Scratch("swing", "", "logit", "luck of their rivalry"),
        Scratch("power_shift", "", "ratio", "change of parity between the two since the start"),
        Scratch("freshest", "", "0..1", "freshest summit of another power"),
        Scratch("hosts", "", "0 or 1", "it calls the leaders of the region together"),
    ),
    "climate_state": (
        *_FLOWS,
        Scratch("kept_shut", "", "0..1", "part of the state's trade that a power keeps shut"),
        Scratch("fortune", "", "share", "luck of growth this quarter"),
    ),
    "perceive_state": (
        Scratch("region_gdp", "", "bn USD a year", "output of the region"),
        Scratch("region_gdp_start", "", "bn USD a year", "the same at the start"),
        Scratch("load", "", "bn USD a year", "trade of all states on a corridor"),
        Scratch("on_order", "j", "stock", "works on order from a power"),
        Scratch("widening", "", "factor", "what works of all states have made of its capacity"),
        Scratch("outlets", "", "amount", "outlets for energy, to everyone"),
        Scratch("cohesion_sum", "", "0..", "cohesion with the neighbours, summed"),
        Scratch("unpressed", "", "0..1", "what the pressure of all powers leaves free"),
        Scratch("pressure_nearby", "", "0..", "pressure of a power on the neighbours, by cohesion, summed"),
        Scratch("gained", "", "gain", "recent gains with all powers"),
    ),
    "offer_power": (
        Scratch("bloc_discord", "", "0..1", "largest quarrel in its camp"),
        Scratch("great_busy", "", "powers", "great powers absorbed elsewhere, by how far"),
        Scratch("great_powers", "", "powers", "great powers beside it"),
        Scratch("allies_heat", "", "0..", "rivalries of its allies, by coordination"),
        Scratch("effort", "", "offers", "expected offers to the whole region, then per weight of appeal"),
        Scratch("appeal_sum", "", "weight", "appeal of all states together"),
        Scratch("able", "", "0..1", "comparative advantage in a kind, less what a war leaves of it"),
        Scratch("pushed_all", "i", "factor", "more or fewer offers of all kinds to a state than these would make"),
        Scratch("pushed", "", "factor", "more or fewer offers than need and attention alone would make"),
        Scratch("comes", "", "0 or 1", "an offer comes of itself"),
        Scratch("tabled", "", "", "above nought where an offer comes, of itself or by a scenario"),
        Scratch("drafted_value", "", "unit", "value of all drafts of a kind"),
        Scratch("asking", "", "0..1", "exclusivity that its offers of a kind ask for"),
        Scratch("governing", "", "0..1", "strings that its offers of a kind bring"),
    ),
    "bargain_state": (Scratch("suitors_together", "", "weight", "seriousness on the table, summed over powers"),),
    "choose_state": (
        Scratch("to_beat", "", "utility", "what an offer has to beat"),
        Scratch("strings_cost", "", "utility", "what strings would cost in full"),
        Scratch("packaged", "", "scales", "accepted so far this quarter"),
        Scratch("packaged_with", "j", "weight", "the same by power, in dependence"),
    ),
    "diplomacy_state": (
        Scratch("drawn_to_yes", "", "powers", "how strongly those that ask draw it to yes, below 0 to no"),
        Scratch("balloted", "", "powers", "powers that ask for a vote"),
        Scratch("travelled", "", "visits", "visits this quarter"),
    ),
    "deliver_state": (
        Scratch("kept_part", "", "0..1", "part of what is due that the power delivers this quarter"),
        Scratch("spent", "", "unit", "paid for this quarter of a kind of the power's"),
        Scratch("fitted", "", "1/year", "trend of trade with the power beyond what both sides earn"),
        Scratch("apart", "", "1/year", "trade with the power that goes to others"),
        Scratch("came", "", "unit", "delivered of a kind by the power"),
        Scratch("released", "", "0..1", "part of the security under way from the power that comes this quarter"),
        Scratch("works", "", "scales", "finished of a kind by the power, in absorptive scales"),
        Scratch("links_built", "", "scales", "infrastructure that the power has finished"),
        Scratch("deal_flow", "", "bn USD a year", "trade under contracts that are being delivered"),
        Scratch("neglect", "", "-1..1", "unmet needs above their usual level"),
    ),
    "react_power": (
        Scratch("contradiction", "", "weight", "exclusive promises to its rivals"),
        Scratch("signed_now", "", "unit", "signed with it this quarter in all states"),
    ),
    "feel_state": (
        Scratch("free_ties", "", "0..", "dependence on powers that ask for no rules of government"),
        Scratch("common_track", "", "0..1", "freshest offer to all states at once"),
        Scratch("help", "", "powers", "powers that helped in its own crisis"),
        Scratch("strongest_pull", "", "weight", "strongest pull to anyone's side"),
        Scratch("side_pull", "j", "weight", "pull to the side of each power"),
    ),
    "feel_power": (Scratch("just_hosted", "", "0 or 1", "it has met leaders of the region this quarter"),),
    "start_state": (*_STOCK_AND_ROUTES, *_FLOWS),
    "record_state": (
        *_STOCK_AND_ROUTES,
        Scratch("leaning", "", "-1..1", "alignment weighed by the place between the poles"),
        Scratch("side_code", "", "code", "whose side is taken: 0 nobody's, else the place of the power from 1"),
        Scratch("most_promised", "", "0..1", "largest exclusive promise"),
        Scratch("visits_made", "", "visits", "visits this quarter"),
        Scratch("visits_compensating", "", "visits", "those of them beyond the calendar"),
        Scratch("entropy_sum", "", "nat", "spread of alignment over the powers"),
        Scratch("offers_made", "", "offers", "offers received this quarter"),
        Scratch("offers_taken", "", "offers", "those of them that were accepted"),
        Scratch("needed", "", "0..1", "unmet need, mean of the kinds by weight"),
    ),
}
"""By phase, its working space."""


def register_of(phase: str, name: str) -> str | None:
    """The field in which a phase keeps its working space of that name; None for what is no working space of it."""
    count: dict[str, int] = {}
    for one in SCRATCH.get(phase, ()):
        place = count.setdefault(one.axes, 0)
        if one.name == name:
            return f"register_{one.axes}{place}"
        count[one.axes] += 1
    return None


def registers() -> Iterator[tuple[str, str]]:
    """Name and axes of every register: of each shape as many as the phase that needs most."""
    for axes in sorted({one.axes for names in SCRATCH.values() for one in names}):
        most = max(sum(one.axes == axes for one in names) for names in SCRATCH.values())
        yield from ((f"register_{axes}{n}", axes) for n in range(most))
