"""From a signature to something that stands: delivery, wear, trade."""

from .arithmetic import (
    HALF,
    NEARLY_ALL,
    ROOT_OF_A_QUARTER,
    YEARS_A_QUARTER,
    clamp,
    exp,
    positive,
    saturating,
    shared_luck,
)
from .choice import dependence_cost


def building_years(stage: float, last_stage: float) -> float:
    """How many years does a work take from signature to delivery, on the mean?

    Claim: works and mines take years, contracts of trade quarters. [minerals-chain-ten-years, chn-decade-of-groundwork]

    stage, last_stage: part of the first and of the second stage of the pipeline that moves on in a quarter, above 0.
    """
    return YEARS_A_QUARTER * (1.0 / stage + 1.0 / last_stage)


def endures_part(years: float, horizon: float, passing: float) -> float:
    """What part of a work signed now stands at the horizon, 0..1?

    Claim: works and mines take years; a contract of trade passes through the books and leaves nothing that stands.
    [minerals-chain-ten-years, chn-decade-of-groundwork]

    years: from the rule above; horizon: years that a state looks ahead; passing: 1 for contracts of trade, of which a
    year's part counts beside a year's trade. Two stages alike: 1 - e^-x (1 + x) with x = 2 horizon / years.
    """
    x = horizon / (HALF * years)
    built = 1.0 - exp(-x) * (1.0 + x)
    return passing * clamp(1.0 / years, 0.0, 1.0) + (1.0 - passing) * built


def lot_due(luck: float, lot_chance: float) -> float:
    """Does a lot of arms come this quarter? 1 or 0.

    Claim: arms come in few and large lots: most suppliers deliver in some years and not in others.
    [arms-years-to-2019, arms-windows-to-2019]

    luck uniform in 0..1.
    """
    return 1.0 if luck < lot_chance else 0.0


def lots_part(lot: float, lot_part: float) -> float:
    """What part of the security under way is delivered as arms this quarter, 0..1?

    Claim: arms come in few and large lots. [arms-years-to-2019, arms-windows-to-2019]

    lot: from the rule above; lot_part: the part of security contracts that is arms.
    """
    return lot_part * lot


def training_part(lot_chance: float, lot_part: float) -> float:
    """What part of the security under way is delivered as training, exercises and posts this quarter, 0..1?

    Claim: what binds guarantor and state beside arms comes year by year. [rus-heritage-and-csto,
    existing-security-order-constrains-others]

    It flows at the rate at which lots come, so that a contract takes equally long whatever part of it is arms.
    """
    return lot_chance * (1.0 - lot_part)


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


def steered_away(dependence: float, dependence_aversion: float, tolerance: float, trade_steering: float) -> float:
    """How much trend does trade with a power lose because the state fears to depend on it, per year?

    Claim: as one power's share grows, new business goes to others. [c5-avoid-overdependence-chn-rus,
    c5-eggs-in-many-baskets, chn-c5-growth-likely-continues]

    dependence 0..0.99; the aversion and the tolerance are those of choosing offers.
    """
    return trade_steering * dependence_cost(dependence, 0.0, dependence_aversion, tolerance, 0.0)


def side_trade_lost(sided_elsewhere: float, side_trade: float) -> float:
    """How much trend does trade lose with a rival of the side that a state has taken, per year?

    Claim: trade between camps falls behind trade within them. [trade-falls-between-blocs, c5-many-friends-rule]

    sided_elsewhere: rivalry between the power and the side taken, 0..1.
    """
    return side_trade * sided_elsewhere


def mass_of(might: float, vigour: float, dealing: float) -> float:
    """How large is a power as a partner in trade, trn USD?

    Claim: trade answers what the partner earns, and a war takes money and trade first. [trade-answers-both-incomes,
    rus-war-drains-influence]

    might: output; vigour: part of its means for trade that a war leaves; dealing: what scenarios have made of them. A
    hundredth is always left, since a logarithm is taken of it.
    """
    left = vigour * dealing
    return might * (left if left > 1.0 - NEARLY_ALL else 1.0 - NEARLY_ALL)


def trade_trend(
    income_growth: float,
    partner_growth: float,
    exported_price: float,
    fit: float,
    works: float,
    flywheel: float,
    own_income: float,
    partner_income: float,
    price_pass: float,
    link_gain: float,
) -> float:
    """By how much does trade with a partner grow this quarter for reasons, as a logarithm?

    Claim: trade answers what both sides earn, the price of what is sold, fit of endowments and better links.
    [complementarity-trade-loop, growth-rests-on-endowment-and-links, trade-answers-both-incomes, oil-price-moves-trade]

    income_growth, partner_growth: of output this quarter; exported_price: step of the price x share of exports that it
    is the price of; fit: of this pair beyond incomes, per year; works: infrastructure finished this quarter over the
    absorptive scale.
    """
    earned = own_income * income_growth + partner_income * partner_growth + price_pass * exported_price
    return flywheel * (earned + YEARS_A_QUARTER * fit + link_gain * works)


def trade_luck(
    swing: float, own: float, common: float, trade_noise: float, partner_luck: float, luck_limit: float
) -> float:
    """By how much does trade with a partner move this quarter for no reason that the model knows, as a logarithm?

    Claim: trade with a partner wanders, by steps with fat tails, a small part of which all states share.
    [trade-steps-2000-2019, trade-steps-common-2000-2019]

    swing: spread of a year's step of this pair; own, common: luck of spread 1, held inside the limit. Half the square
    of the step's size is taken off, so that luck alone does not make trade grow.
    """
    size = ROOT_OF_A_QUARTER * trade_noise * swing
    drawn = clamp(shared_luck(own, common, partner_luck), -luck_limit, luck_limit)
    return size * drawn - HALF * size * size


def trade_next(trade: float, step: float, tariff_rise: float, tariff_exposure: float, tariff_bite: float) -> float:
    """What is trade with this power a quarter later, bn USD a year?

    Claim: trade moves in proportion to what it is; tariffs cut the part that they touch.
    [growth-rests-on-endowment-and-links, chn-c5-trade-2025, usa-tariff-hits-under-100m]

    step: sum of trend and luck, as a logarithm; tariff_rise: change of the tariff rate this quarter, fraction.
    """
    return positive(trade * exp(step) * (1.0 - tariff_exposure * tariff_bite * tariff_rise))


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
