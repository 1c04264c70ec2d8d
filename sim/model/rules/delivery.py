"""From a signature to something that stands: delivery, wear, trade."""

from .arithmetic import NEARLY_ALL, YEARS_A_QUARTER, clamp, positive, saturating
from .choice import dependence_cost


def kept_share(
    credibility: float, volatility: float, noise: float, delivery_risk: float, volatility_swing: float
) -> float:
    """What part of what falls due is delivered, 0..1? The rest is cancelled.

    Claim: powers differ in turning plans into results, and erratic ones swing from quarter to quarter.
    [delivery-explains-bri-appeal, b3w-private-money-doubt, new-silk-road-2011-fizzled, usa-trade-policy-flips]

    credibility, volatility 0..1; noise standard logistic.
    """
    return clamp(1.0 - delivery_risk * (1.0 - credibility - volatility_swing * volatility * noise), 0.0, 1.0)


def wear_left(wear: float, upkeep: float, lifeline_upkeep: float) -> float:
    """What part of a stock is left after a quarter?

    Claim: works that operate earn revenue and are kept up. [bri-projects-running-2022, infra-lifeline-jobs-tax]

    wear: lost per quarter without upkeep; upkeep 0..1: how far this kind of stock earns its keep.
    """
    return 1.0 - wear * (1.0 - clamp(lifeline_upkeep * upkeep, 0.0, 1.0))


def home_built(start: float, worn: float, income: float, home_building: float) -> float:
    """What does a state add by itself, and with others who are not agents, in a quarter?

    Claim: the five pursue gains of their own and are not pawns. [c5-not-pawns, c5-aim-regime-security-and-gain]

    start: what stood at the start, in the unit of the kind; worn: the part of a stock that wears out in a quarter;
    income: output over output at the start.
    """
    return home_building * worn * start * income


def entangled(alignment: float, works_share: float, lifeline: float) -> float:
    """How much does a state depend on a power, 0..1, given how much of its infrastructure that power built?

    Claim: networks woven into the economy bind and resist short-run orders. [entrenched-ties-resist-orders,
    chn-infrastructure-capillaries, us-orders-cannot-dislodge-china]

    alignment, works_share 0..1.
    """
    return clamp(alignment * (1.0 + lifeline * works_share), 0.0, NEARLY_ALL)


def trade_room(
    share: float, dependence: float, dependence_aversion: float, tolerance: float, trade_steering: float
) -> float:
    """How much of its trend can trade with a power still show, from 1 (all) down to nothing or less?

    Claim: a larger share leaves less to win, and a state that fears to depend on a power steers new business elsewhere.
    [c5-avoid-overdependence-chn-rus, c5-eggs-in-many-baskets, chn-c5-growth-likely-continues]

    share: of the state's trade, 0..1; dependence 0..0.99; the aversion and the tolerance are those of choosing offers.
    """
    return 1.0 - share - trade_steering * dependence_cost(dependence, 0.0, dependence_aversion, tolerance, 0.0)


def trade_next(
    trade: float,
    income_growth: float,
    fit: float,
    room: float,
    works: float,
    tariff_rise: float,
    flywheel: float,
    link_gain: float,
    tariff_exposure: float,
    tariff_bite: float,
) -> float:
    """What is trade with this power a quarter later, bn USD a year?

    Claim: fit of endowments and better links make trade grow and keep growing; tariffs cut the part that they touch.
    [complementarity-trade-loop, growth-rests-on-endowment-and-links, chn-c5-trade-2025, usa-tariff-hits-under-100m]

    income_growth: output growth this quarter; fit: trend growth beyond income, per year; room: from the
    rule above; works: infrastructure finished this quarter over the state's absorptive scale; tariff_rise: change of
    the tariff rate this quarter, fraction.
    """
    grown = trade * (1.0 + flywheel * (income_growth + YEARS_A_QUARTER * fit * room + link_gain * works))
    return positive(grown * (1.0 - tariff_exposure * tariff_bite * tariff_rise))


def goodwill_next(goodwill: float, works: float, goodwill_fade: float, livelihood: float) -> float:
    """How warmly does the public see the power, 0..1?

    Claim: visible works earn goodwill. [chn-livelihood-projects-goodwill, astana-light-rail-chinese]

    works: infrastructure finished this quarter over the state's absorptive scale.
    """
    return clamp(goodwill * goodwill_fade + livelihood * saturating(works), 0.0, 1.0)


def need_next(
    need: float, base: float, threat: float, finished: float, need_recovery: float, need_relief: float
) -> float:
    """How large is a need next quarter, 0..1?

    Claim: needs fall as works are finished and return with growth; threat raises the need for protection.
    [c5-see-china-as-pragmatic-chance, c5-security-capability-gap]

    base: the usual need; threat: felt threat for security, 0 for other kinds; finished: over the absorptive scale.
    """
    usual = base + (1.0 - base) * threat
    return clamp(need + need_recovery * (usual - need) - need_relief * need * saturating(finished), 0.0, 1.0)


def union_fit(fit: float, union: float, others_gain: float, union_deepening: float) -> float:
    """What is the trend of trade inside a customs union when outsiders make gains, per year?

    Claim: when outside pull grows, the union deepens its preferences and standards. [rus-eaeu-pull,
    bri-eaeu-docking-helps-c5]

    fit: trend without it; union 0..1: membership; others_gain: mean recent gains with the other powers.
    """
    return fit + union_deepening * union * saturating(others_gain)
