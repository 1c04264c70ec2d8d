"""The fields of the world: axes, units, meanings, and the numbers they start from."""

from enum import IntEnum
from typing import NamedTuple

from sim.model.scratch import registers


class Kind(IntEnum):
    """Kinds of offer, in the order of the axis k."""

    DEAL = 0
    MINERALS = 1
    INFRASTRUCTURE = 2
    SECURITY = 3


class Domain(IntEnum):
    """Domains of rivalry, in the order of the axis d."""

    ECONOMIC = 0
    SECURITY = 1


KINDS = tuple(kind.name.lower() for kind in Kind)


DOMAINS = tuple(domain.name.lower() for domain in Domain)


# What may happen from outside, in the order of the codes by which a turn knows it. A new one is a name here, what it
# does in `happen` (`phases/climate.py`), its row in `sim.engine.event_rows`, and its form in `sim.scenario.events`.
EVENTS = (
    *("summit", "offer", "tariff", "crisis", "visit", "capacity", "rivalry", "vote", "war", "quarrel", "wedge", "thaw"),
    *("downturn", "corridor", "plant", "answer"),
    *("border", "pipeline", "sanction", "union"),
)

# What events change between two quarters instead (`sim.engine.settings`), so that the turn needs no branch for them.
SETTINGS = ("set", "growth", "budget", "pressure", "price", "pact", "leader", "enter", "observe")

# Fields that a number starts and the turn then moves: an event that sets the number moves them once and lets them live
# on. All others that a number starts are constants or usual levels, and stay where they are set.
LIVING = frozenset(
    (
        *("gdp", "might", "nationalism", "need", "norms", "other", "plants", "cohesion", "friction"),
        *("trade", "stock", "trust", "agreement", "standing", "culture", "outlet", "outlet_built", "stability"),
    )
)

# What was at the start, for comparison: no event changes it.
RECORDS = frozenset(("gdp_start", "might_start"))

# Parts of the utility of an offer, in the order in which they are added up: what depends on the offer, and the regard
# for the power whatever it offers. A new one is a name here, its worth in `phases/choose.py`, its words in
# `vocabulary.py`.
OFFER_TERMS = ("benefit", "dependence", "exclusivity", "governance", "entrenched")
REGARD_TERMS = (
    *("loyalty", "displeasure", "balancing", "shelter", "trust", "parallel", "resentment", "agenda", "summit"),
    *("order", "energy", "kinship", "solidarity", "union", "vacuum", "second_tier"),
)
TERMS = (*OFFER_TERMS, *REGARD_TERMS)


class Field(NamedTuple):
    """One array of the world: its axes, unit, meaning, and the number it starts from ("" = nought)."""

    name: str
    axes: str
    unit: str
    meaning: str
    start: str = ""


REGISTERS = tuple(
    Field(name, axes, "", "working space, under the names in `sim.model.scratch.SCRATCH`") for name, axes in registers()
)


FIELDS = (
    # states
    Field("gdp", "i", "bn USD a year", "output", "states.{i}.gdp"),
    Field("gdp_start", "i", "bn USD a year", "output at the start", "states.{i}.gdp"),
    Field("growth", "i", "1/year", "trend growth", "states.{i}.growth"),
    Field("growth_swing", "i", "1/year", "spread of yearly growth", "states.{i}.growth_swing"),
    Field("rest_swing", "i", "1/year", "spread of yearly steps of trade with the rest", "states.{i}.rest_swing"),
    Field("usual_works", "i", "1/year", "growth that usual deliveries give", "states.{i}.usual_works"),
    Field("growth_now", "i", "1/quarter", "growth this quarter"),
    Field("tide", "i", "1/year", "how far growth stands above its trend for years"),
    Field("gap", "i", "share", "lost output that will be made up"),
    Field("drag", "i", "share", "part of output that is held down"),
    Field("built", "i", "1/quarter", "growth by what was begun and delivered this quarter"),
    Field("building", "i", "scales", "works begun and finished this quarter, half of each, in absorptive scales"),
    Field("shut", "i", "ratio", "trade that is shut out, over output"),
    Field("squeezed", "i", "ratio", "trade with each power times its pressure, over output"),
    Field("regime_security", "i", "0..1", "weight of the government's survival", "states.{i}.regime_security"),
    Field("capability", "i", "0..1", "own means", "states.{i}.capability"),
    Field("stability", "i", "0..1", "firmness at home", "states.{i}.stability"),
    Field("stability_start", "i", "0..1", "usual firmness at home", "states.{i}.stability"),
    Field("border_exposure", "i", "0..1", "exposure to the southern border", "states.{i}.border_exposure"),
    Field("neutrality", "i", "0..1", "1 joins no alliance", "states.{i}.neutrality"),
    Field("sensitivity", "i", "0..1", "wariness of governance terms", "states.{i}.governance_sensitivity"),
    Field("nationalism", "i", "0..1", "how far nation-building has gone", "states.{i}.nationalism"),
    Field("processing", "i", "0..1", "how strongly it asks for processing at home", "states.{i}.processing"),
    Field("energy_rent", "i", "0..1", "share of exports that is oil and gas", "states.{i}.energy_rent"),
    Field("plants", "i", "0..1", "part of what is mined that it can refine", "states.{i}.plants"),
    Field("plant_ordered", "i", "amount", "plants begun, first stage"),
    Field("plant_underway", "i", "amount", "plants begun, second stage"),
    Field("norms", "i", "0..1", "resonance of rules of government asked from outside", "states.{i}.norms"),
    Field("norms_start", "i", "0..1", "the same at the start", "states.{i}.norms"),
    Field("cohesive", "i", "0..1", "mean cohesion with its neighbours"),
    Field("clash", "i", "0..1", "alarm about a clash with a neighbour"),
    Field("thaw", "i", "0..1", "change of course towards its neighbours this quarter"),
    Field("backing", "i", "0..1", "coordination of its guarantors with other powers"),
    Field("downturn", "i", "0..1", "felt depth of a downturn"),
    Field("slump", "i", "share", "loss of output that a scenario imposes this quarter"),
    Field("price", "i", "logarithm", "price of what the region exports against its start; the same for every state"),
    Field("price_step", "i", "logarithm", "its step this quarter"),
    Field("price_called", "i", "logarithm", "step of it that a scenario imposes this quarter"),
    Field("energy_lost", "i", "share", "part of its oil and gas that finds no way out now"),
    Field("shock", "i", "0..1", "shocks that have piled up"),
    Field("wary", "i", "0..1", "weight of the government's survival after shocks"),
    Field("pressed", "i", "0..1", "pressure from all powers together"),
    Field("top_outlet", "i", "0..1", "largest buyer's share of its oil and gas"),
    Field("buyers", "i", "0..1", "concentration of the buyers of its oil and gas"),
    Field("outlet_else", "i", "amount", "outlets for energy to everyone else"),
    Field("hottest", "i", "0..1", "sharpest rivalry between any powers, as it sees it"),
    Field("detoured", "i", "0..1", "share of its oil and gas exports that has found another way out"),
    Field("gains", "i", "gain", "recent gains with all powers"),
    Field("vote", "i", "code", "vote this quarter: 0 none, 1 yes, 2 no, 3 abstains, 4 stays away"),
    Field("unrest", "i", "0..1", "unrest at home"),
    Field("crisis", "i", "0..1", "unrest that a scenario imposes this quarter"),
    Field("border", "i", "0..1", "threat from across the border"),
    Field("threat", "i", "0..1", "felt threat"),
    Field("market", "i", "factor", "effect of market size on offers"),
    Field("attention", "i", "ratio", "output over the regional mean"),
    Field("top", "i", "0..1", "dependence on the most important power"),
    Field("hhi", "i", "0..1", "concentration of alignment among the powers"),
    Field("partners", "i", "powers", "effective partners, 1 / HHI"),
    Field("coerced", "i", "0..1", "dependence under pressure"),
    Field("delivered", "i", "bn USD", "delivered this quarter"),
    Field("renumbered", "i", "0 or 1", "whether numbers may have changed since it last planned ahead"),
    Field("disturbed", "i", "0 or 1", "whether anything that trade needs may ever have been closed, or a sanction set"),
    Field("rerouted", "i", "0 or 1", "whether corridors, or numbers, may have changed since it last weighed its ways"),
    Field("weight", "ik", "share", "weight of a kind in alignment", "states.{i}.weight.{k}"),
    Field("need", "ik", "0..1", "unmet need", "states.{i}.need.{k}"),
    Field("need_start", "ik", "0..1", "usual need", "states.{i}.need.{k}"),
    Field("other", "ik", "stock", "held at home and with everyone else", "states.{i}.other.{k}"),
    Field("other_start", "ik", "stock", "the same at the start", "states.{i}.other.{k}"),
    Field("total", "ik", "stock", "held with everyone"),
    Field("scale", "ik", "stock", "absorptive scale"),
    Field("per_scale", "ik", "1/stock", "one over the absorptive scale"),
    Field("span", "ik", "stock", "what it can absorb over the years in which such works are built"),
    Field("years", "ik", "years", "mean time from signature to delivery"),
    Field("endures", "ik", "share", "part of what is signed now that stands at the horizon"),
    Field("backlog", "ik", "stock", "signed and not yet delivered"),
    Field("unit_share", "ik", "1/stock", "share that one unit of stock is"),
    Field("open", "ik", "0..1", "part of a need that is still open, less what is on order"),
    Field("left", "ik", "share", "part of a stock that a quarter's wear leaves"),
    Field("finished", "ik", "scales", "finished this quarter by everyone, in absorptive scales"),
    Field("rank", "ik", "place", "place of a kind in the order of need, 0 first"),
    # powers
    Field("might", "j", "trn USD", "output", "powers.{j}.might"),
    Field("might_start", "j", "trn USD", "output at the start", "powers.{j}.might"),
    Field("might_growth", "j", "1/year", "trend growth", "powers.{j}.growth"),
    Field("dealing", "j", "factor", "what scenarios have made of its means for trade"),
    Field("mass", "j", "trn USD", "output and means for trade that a war leaves"),
    Field("mass_growth", "j", "logarithm", "growth of that this quarter"),
    Field("trade_luck", "j", "spreads", "luck of trade with it that all states share"),
    Field("exclusivity_style", "j", "0..1", "exclusiveness of its terms", "powers.{j}.exclusivity"),
    Field("governance_style", "j", "0..1", "its strings", "powers.{j}.governance"),
    Field("credibility", "j", "0..1", "part of its promises it delivers", "powers.{j}.credibility"),
    Field("volatility", "j", "0..1", "how erratic it is", "powers.{j}.volatility"),
    Field("carrot_style", "j", "0..1", "answers with offers", "powers.{j}.carrot"),
    Field("stick_style", "j", "0..1", "answers with pressure", "powers.{j}.stick"),
    Field("lumpiness", "j", "0..1", "comes with packages to summits", "powers.{j}.lumpiness"),
    Field("agenda", "j", "0..1", "resists outside militaries", "powers.{j}.agenda"),
    Field("network", "j", "0..1", "has other mineral suppliers", "powers.{j}.network"),
    Field("summit_rate", "j", "1/quarter", "its own summit calendar", "powers.{j}.summit_rate"),
    Field("tier", "j", "0..1", "1 a middle power, 0 a great one", "powers.{j}.tier"),
    Field("restraint", "j", "0..1", "economics first, no open retaliation", "powers.{j}.restraint"),
    Field("generosity", "j", "0..1", "raises its offers when rivals court", "powers.{j}.generosity"),
    Field("collective", "j", "0..1", "makes offers to all states at once", "powers.{j}.collective"),
    Field("narrator", "j", "0..1", "tells rivals' works as a danger", "powers.{j}.narrator"),
    Field("exchange", "j", "0..1", "ties between people", "powers.{j}.exchange"),
    Field("zero_sum", "j", "0..1", "answers rivals' gains with works", "powers.{j}.zero_sum"),
    Field("hardness", "j", "0..1", "1 builds hard infrastructure, 0 soft", "powers.{j}.hardness"),
    Field("reentry", "j", "0..1", "seeks military return where the border is in danger", "powers.{j}.reentry"),
    Field("gateway", "j", "0..1", "pays for routes around its rivals", "powers.{j}.gateway"),
    Field("refining", "j", "0..1", "part of the ore it buys that it can refine", "powers.{j}.refining"),
    Field("war", "j", "0..1", "weight of a war it wages"),
    Field("strain", "j", "0..1", "strain of that war"),
    Field("quarrel", "j", "0..1", "quarrel with its own side that a scenario imposes"),
    Field("discord", "j", "0..1", "quarrels with its own side"),
    Field("ballot", "j", "-1..1", "1 asks for a yes this quarter, -1 for a no"),
    Field("told_against", "j", "weight", "how strongly others tell its works as a danger"),
    Field("distraction", "j", "0..1", "how far the great powers are absorbed elsewhere, as it sees it"),
    Field("contained", "jd", "0..1", "its sharpest rivalry and that of its allies"),
    Field("vigour", "jk", "0..1", "part of its means that a war leaves"),
    Field("sanction", "jj", "0..1", "sanction of the first power against the second"),
    Field("outcast", "j", "0..1", "sanctions against it, by the might of those who set them"),
    Field("common_rival", "jj", "0..1", "how far some third power rivals both"),
    Field("called_wedge", "jj", "0 or 1", "attempt of a third power to part the two that a scenario imposes"),
    Field("format", "j", "0..1", "freshness of its last summit"),
    Field("heat", "jd", "0..1", "its sharpest rivalry"),
    Field("heat_start", "jd", "0..1", "its sharpest rivalry at the start"),
    Field("ability", "jk", "0..1", "comparative advantage", "powers.{j}.capability.{k}"),
    Field("budget", "jk", "unit/quarter", "what it can sign a quarter", "powers.{j}.budget.{k}"),
    Field("purse", "jk", "unit", "what it can sign now"),
    Field("rate", "jk", "1/quarter", "offers to the whole region", "powers.{j}.rate.{k}"),
    Field("median", "jk", "unit", "median size of its offers", "powers.{j}.size.{k}"),
    Field("niche", "jk", "-1..1", "where it concentrates", "powers.{j}.niche.{k}"),
    Field("rivalry", "jjd", "-1..1", "rivalry with another power"),
    Field("anchor", "jjd", "-1..1", "usual rivalry with another power", "rivalry.{j}.{j2}.{d}"),
    # pairs of states
    Field("cohesion", "ii", "0..1", "how far two states act as one", "neighbours.{i}.{i2}.cohesion"),
    Field("cohesion_start", "ii", "0..1", "usual cohesion", "neighbours.{i}.{i2}.cohesion"),
    Field("friction", "ii", "0..1", "what stands between two states", "neighbours.{i}.{i2}.friction"),
    Field("clashed", "ii", "0 or 1", "clash this quarter"),
    # corridors
    Field("capacity", "c", "bn USD a year", "goods it can carry", "corridors.{c}.capacity"),
    Field("capacity_built", "c", "bn USD a year", "goods it can carry undisturbed", "corridors.{c}.capacity"),
    Field("corridor_open", "c", "0..1", "how far it is open"),
    Field("corridor_by", "c", "code", "who closed it: 0 nobody, else the place of the power from 1"),
    Field("freight_cost", "c", "ratio", "price of carriage, 1 is the usual", "corridors.{c}.cost"),
    Field("access", "ic", "0..1", "how well a state reaches it", "corridors.{c}.{i}.access"),
    Field("widened", "ic", "amount", "what works in the state have added, as a share"),
    Field("carried", "ic", "bn USD a year", "trade of the state that it carries"),
    Field("way_shut", "ic", "0..1", "part of the state's trade on it that does not get through"),
    Field("link", "jc", "0..1", "how well it reaches a power's market", "corridors.{c}.{j}.link"),
    Field("control", "jc", "0..1", "how far the power could close it", "corridors.{c}.{j}.control"),
    Field("whole_pull", "ic", "weight", "how strongly it would draw freight of the state undisturbed"),
    Field("pull", "ic", "weight", "working space: how strongly it draws freight of the state"),
    Field("passage", "ic", "0..1", "part of the growth of trade that it lets through"),
    Field("routed", "ijc", "share", "part of the trade with a power that it carries"),
    # pipelines
    Field("line_open", "l", "0..1", "how far it is open"),
    Field("line_by", "l", "code", "who closed it: 0 nobody, else the place of the power from 1"),
    Field("along", "lc", "0..1", "how far it stops where a corridor is closed", "pipelines.{l}.{c}.along"),
    Field("carries", "il", "share", "part of the state's oil and gas that leaves by it", "pipelines.{l}.{i}.carries"),
    Field("line_shut", "il", "0..1", "part of what it carries for the state that does not get through"),
    Field("reach", "jl", "share", "part of what it carries that the power buys", "pipelines.{l}.{j}.reach"),
    Field("line_control", "jl", "0..1", "how far the power could close it", "pipelines.{l}.{j}.control"),
    # pairs of a state and a power
    Field("trade", "ij", "bn USD a year", "trade beside contracts", "ties.{i}.{j}.trade"),
    Field("fit", "ij", "1/year", "trend of trade beyond what both sides earn", "ties.{i}.{j}.fit"),
    Field("level", "ij", "log", "what unions, new ways and sanctions have made of usual trade"),
    Field("ways", "ij", "weight", "room and price of all ways to the power, undisturbed"),
    Field("ways_start", "ij", "weight", "the same at the start"),
    Field("border_open", "ij", "0..1", "how far the border is open to goods of the power"),
    Field("border_by", "ij", "code", "who closed it: 0 nobody, else the place of the power from 1"),
    Field("border_shut", "ij", "0..1", "part of trade that the border holds up"),
    Field("sanctioned", "ij", "0..1", "sanction of the power against the state"),
    Field("imposed", "ij", "0..1", "part of the state's trade that the power keeps shut"),
    Field("trade_swing", "ij", "1/year", "spread of yearly steps of trade", "ties.{i}.{j}.swing"),
    Field("rebuffed", "ij", "weight", "seriousness of what the state refused this quarter"),
    Field("trust", "ij", "0..1", "the state's belief in the power's word", "ties.{i}.{j}.trust"),
    Field("trust_start", "ij", "0..1", "first opinion", "ties.{i}.{j}.trust"),
    Field("standing", "ij", "0..1", "the power's belief in the state", "ties.{i}.{j}.standing"),
    Field("standing_start", "ij", "0..1", "usual standing", "ties.{i}.{j}.standing"),
    Field("lever", "ij", "0..1", "what the power could withhold", "ties.{i}.{j}.lever"),
    Field("calendar", "ij", "1/quarter", "scheduled visits", "ties.{i}.{j}.calendar"),
    Field("affinity", "ij", "0..1", "place in the usual order of partners", "ties.{i}.{j}.affinity"),
    Field("union", "ij", "0..1", "membership in a customs union the power leads", "ties.{i}.{j}.union"),
    Field("kinship", "ij", "0..1", "shared organisation of identity", "ties.{i}.{j}.kinship"),
    Field("culture", "ij", "0..1", "pull of the power's language and culture", "ties.{i}.{j}.culture"),
    Field("haul", "ij", "0..1", "extra cost of carriage against a neighbour", "ties.{i}.{j}.haul"),
    Field(
        "outlet", "ij", "amount", "outlet for energy, in shares of what was sold at the start", "ties.{i}.{j}.energy"
    ),
    Field("outlet_built", "ij", "amount", "the same with every pipeline open", "ties.{i}.{j}.energy"),
    Field("piped", "ij", "0..1", "share of exports that crosses by pipe what the power controls"),
    Field("piped_start", "ij", "0..1", "the same at the start"),
    Field("sold", "ij", "share", "share of oil and gas that the power buys"),
    Field("crossing", "ij", "0..1", "share of trade that crosses what the power controls"),
    Field("crossing_start", "ij", "0..1", "the same at the start"),
    Field("captive", "ij", "0..1", "share of trade that crosses what rivals of the power control"),
    Field("grip", "ij", "0..1", "what the power could withhold now"),
    Field("let_through", "ij", "0..1", "part of the growth of trade that corridors let through"),
    Field("flowing", "ij", "0..1", "part of the usual trade that gets through now"),
    Field(
        *("agreement", "ij", "0..1", "how far the state votes as the power does in the United Nations"),
        "ties.{i}.{j}.agreement",
    ),
    Field("agreement_start", "ij", "0..1", "usual agreement", "ties.{i}.{j}.agreement"),
    Field("dependence_start", "ij", "0..1", "dependence on the power at the start"),
    Field("arms", "ij", "index points", "arms delivered this quarter"),
    Field("partnered", "ij", "0..1", "security ties held by powers that coordinate with this one"),
    Field("bound", "ij", "0..1", "membership in customs unions of other powers"),
    Field("strained", "ij", "0..1", "security ties with other powers that are at war"),
    Field("neighbours_pressed", "ij", "0..1", "the power's pressure on neighbours, by cohesion"),
    Field("courted", "ij", "weight", "recent gains of the power's rivals"),
    Field("story", "ij", "0..1", "how widely the power's works are told as a danger"),
    Field("alignment", "ij", "share", "weighted share of ties"),
    Field("dependence", "ij", "0..1", "dependence on the power"),
    Field("believed", "ij", "0..1", "part of a promise the state expects"),
    Field("levers_at_stake", "ijd", "weight", "what rivals of the power could exact"),
    Field("at_stake", "ijd", "weight", "held with rivals of the power"),
    Field("pressing", "ij", "weight", "pressure from rivals of the power"),
    Field("resisted", "ij", "weight", "guarantors' resistance to the power"),
    Field("sided_elsewhere", "ij", "weight", "rivalry with the side the state took"),
    Field("suitor", "ij", "weight", "seriousness on the table, summed over kinds"),
    Field("bargaining", "ij", "0..1", "the state's bargaining power"),
    Field("local", "ij", "share", "local work obtained"),
    Field("others_recent", "ij", "gain", "mean recent gains with the other powers"),
    Field("recent", "ij", "gain", "recent gains with the power"),
    Field("gain", "ijd", "gain", "gains signed this quarter"),
    Field("provoked", "ijd", "gain", "how far the state provoked the power this quarter"),
    Field("visit", "ij", "0 or 1", "visit this quarter"),
    Field("visit_worth", "ij", "0..1", "what the visit is worth beside the others of this quarter"),
    Field("compensated", "ij", "0 or 1", "visit beyond the calendar"),
    Field("called_visit", "ij", "0 or 1", "visit that a scenario imposes"),
    Field("summit", "ij", "0 or 1", "summit held by the power this quarter"),
    Field("called_summit", "ij", "0 or 1", "summit that a scenario imposes"),
    Field("pressure", "ij", "0..1", "coercion in force"),
    Field("tariff", "ij", "fraction", "tariff of the power"),
    Field("tariff_rise", "ij", "fraction", "change of it this quarter"),
    Field("resentment", "ij", "0..1", "resentment of the power"),
    Field("goodwill", "ij", "0..1", "public view of the power"),
    Field("prestige", "ij", "0..1", "standing as rescuer"),
    Field("helped", "ij", "0..1", "help in a crisis this quarter"),
    Field("helped_nearby", "ij", "0..", "neighbours that the power helped in a crisis this quarter"),
    Field("kept", "ij", "promises", "kept, with forgetting"),
    Field("broken", "ij", "promises", "broken, with forgetting"),
    Field("fulfilled", "ij", "promises", "kept this quarter"),
    Field("failed", "ij", "promises", "broken this quarter"),
    Field("commitment", "ij", "0..1", "exclusive promises"),
    Field("promised", "ij", "0..1", "exclusive promises of this quarter"),
    Field("sided", "ij", "0 or 1", "side taken"),
    # offers
    Field("stock", "ijk", "stock", "delivered ties (commerce: trade a year)", "ties.{i}.{j}.{k}"),
    Field("share", "ijk", "share", "share of a kind"),
    Field("ordered", "ijk", "stock", "signed, first stage"),
    Field("underway", "ijk", "stock", "signed, second stage"),
    Field("welcome", "ijk", "0..1", "odds of a yes as the power guesses them from the answers it has had"),
    Field("carrot", "ijk", "factor", "extra effort decided after a rival's gain"),
    Field("worth", "ijk", "0..1", "part of an offer's worth that carriage and refining leave"),
    Field("rival_backlog", "ij", "stock", "works on order that could stand in for the power's own"),
    Field("size", "ijk", "unit", "offer on the table, 0 = none"),
    Field("asked", "ijk", "0..1", "exclusivity asked by the latest offer"),
    Field("strings", "ijk", "0..1", "governance asked by the latest offer"),
    Field("signed", "ijk", "0..1", "its exclusivity after bargaining"),
    Field("told", "ijk", "-1..1", "answer given from outside this quarter: 1 yes, -1 no, 0 the state's own"),
    Field("told_vote", "i", "code", "vote told from outside this quarter: 0 the state's own, 1..4 as `vote`"),
    Field("agreed", "ijk", "0 or 1", "whether it has been negotiated before it is laid on the table"),
    Field("accepted", "ijk", "0 or 1", "answer"),
    Field("probability", "ijk", "0..1", "probability of a yes by the state's own rule; kept where someone asks why"),
    Field("utility", "ijk", "utility", "what the offer is worth; kept where someone asks why"),
    Field("allowed", "ijk", "0 or 1", "whether the state may take it; kept where someone asks why"),
    Field("reserved", "ijk", "utility", "what it has to beat; kept where someone asks why"),
    Field("draw", "ijk", "0..1", "the draw that decided; kept where someone asks why"),
    Field("imposes", "j", "0 or 1", "whether a scenario has it lay an offer on a table this quarter"),
    Field("instructed", "i", "0 or 1", "whether an answer is given from outside this quarter"),
    Field("forced_size", "ijk", "unit", "offer that a scenario puts on the table"),
    Field("forced_exclusivity", "ijk", "0..1 or -1", "its exclusivity; -1 = the power's own style"),
    Field("forced_strings", "ijk", "0..1 or -1", "its governance terms; -1 = the power's own style"),
    Field("forced_agreed", "ijk", "0 or 1", "whether it has been negotiated before"),
    Field("made_count", "ijk", "offers", "offers so far"),
    Field("taken_count", "ijk", "offers", "accepted so far"),
    Field("made_value", "ijk", "unit", "value offered so far"),
    Field("taken_value", "ijk", "unit", "value accepted so far"),
    # what an engine may look at, and working space
    Field("terms", "ijku", "utility", "terms of the utility; kept only where someone asks why"),
    Field("appeal", "i", "weight", "working space: how strongly the power is drawn"),
    Field("clause", "jd", "utility", "working space: what a fully exclusive clause would cost"),
    Field("regard", "jd", "utility", "working space: what counts for or against the power whatever it offers"),
    *REGISTERS,
)


# Few of all possible offers are made in any one quarter. Work on those is done on lists of offers, packed side by side:
# what one power drafts (`draft`), what each has laid on the tables (`laid`), what lies on the table of each state
# (`table`), and what a state weighs at one place in its order of needs (`hand`). Rows of numbers that such lists carry:
DRAFT = ("drawn", "median", "market", "package", "spread", "limit", "mega", "network", "ceiling")

HAND = (
    *("size", "span", "need", "priority", "believed", "local", "packaged"),
    *("dependence", "share", "total", "own", "ordered", "endures", "weight", "packaged_with", "trade_war"),
    *("signed", "clause", "strings", "regard", "secures", "agreed", "told"),
)

STRIDE = 16  # lists are worked on in steps of so many offers, so that none is left for a slow remainder

LISTS = (
    *("draft_first", "draft_last", "draft_lane", "draft_luck", "draft", "draft_size"),
    *("laid_first", "laid_last", "laid_lane"),
    *("table_first", "table_last", "table_lane"),
    *("seats", "seat_lane", "seat_power", "seat_kind", "seat_luck"),
    *("hand", "hand_relative", "hand_taken", "hand_yes", "hand_odds"),
)

KEYS = ("state_key", "power_key", "luck", *LISTS)


AXES = tuple(dict.fromkeys(field.axes for field in FIELDS))
