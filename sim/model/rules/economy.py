"""What a state earns and how firm it stands: output, the price of its exports, works, closures, needs, calm at home."""

from .arithmetic import (
    HALF,
    NEARLY_ALL,
    ROOT_OF_A_QUARTER,
    YEARS_A_QUARTER,
    clamp,
    larger,
    positive,
    root,
    saturating,
    shared_luck,
)


def price_step(luck: float, called: float, price_swing: float) -> float:
    """By how much does the price of what the region exports move this quarter, as a logarithm?

    Claim: the price of oil is as good as a random walk, the same for everybody. [oil-price-swing-2000-2019]

    luck of spread 1; called: step that a scenario imposes; price_swing: spread of a year's step.
    """
    return ROOT_OF_A_QUARTER * price_swing * luck + called


def tide_next(
    tide: float,
    own: float,
    common: float,
    swing: float,
    growth_noise: float,
    growth_common: float,
    tide_part: float,
    tide_persistence: float,
) -> float:
    """How far does growth stand above or below its trend for years rather than quarters, per year?

    Claim: good years follow good years; about half of what moves output from year to year moves slowly.
    [growth-swings-2000-2019, growth-drifts-2000-2019]

    own, common: luck of spread 1 of this state and of all; swing: spread of a year's growth; tide_part: the part of its
    variance that moves slowly.
    """
    fresh = root(1.0 - tide_persistence * tide_persistence) * root(tide_part) * growth_noise * swing
    return tide_persistence * tide + fresh * shared_luck(own, common, growth_common)


def growth_luck(
    own: float,
    common: float,
    swing: float,
    growth_noise: float,
    growth_common: float,
    tide_part: float,
    shock_limit: float,
) -> float:
    """By how much does this quarter's growth differ from its trend and tide, as a share of output?

    Claim: output has good and bad quarters, a part of which the states share. [growth-swings-2000-2019,
    c5-gdp-growth-2019, c5-gdp-growth-2020]

    own, common: luck of spread 1; swing: spread of a year's growth; shock_limit: in spreads.
    """
    drawn = clamp(shared_luck(own, common, growth_common), -shock_limit, shock_limit)
    return ROOT_OF_A_QUARTER * root(1.0 - tide_part) * growth_noise * swing * drawn


def growth_of(
    trend: float,
    tide: float,
    luck: float,
    exported_price: float,
    built: float,
    usual: float,
    made_up: float,
    price_income: float,
) -> float:
    """How much does output grow this quarter, as a share?

    Claim: works sustain jobs, tax revenue and upgrading; prices of exports lift or sink exporters; part of what a shock
    took is made up. [infra-lifeline-jobs-tax, bri-projects-running-2022, oil-price-moves-output,
    public-investment-multiplier, crisis-losses-mostly-stay]

    trend, tide: per year; luck, built, made_up: shares of output this quarter; exported_price: step of the price x the
    share of exports it is the price of; usual: what deliveries add a year when they are as the trend takes for granted.
    """
    return YEARS_A_QUARTER * (trend + tide - usual) + luck + price_income * exported_price + built + made_up


def built_by(delivered: float, gdp: float, works_income: float) -> float:
    """What does a delivery add to output, as a share?

    Claim: works sustain jobs, tax revenue and upgrading. [infra-lifeline-jobs-tax, public-investment-multiplier]

    delivered: paid for this quarter, bn USD; gdp in bn USD a year.
    """
    return works_income * delivered / gdp


def drag_of(
    rent: float,
    energy_lost: float,
    shut: float,
    pressed: float,
    unrest: float,
    energy_income: float,
    trade_income: float,
    coercion_income: float,
    unrest_income: float,
) -> float:
    """What part of output is held down for as long as it lasts, 0..0.5?

    Claim: energy that cannot leave, trade that is shut out, coercion and unrest cost output while they last.
    [rus-transit-and-labour-levers, kaz-spreads-energy-routes, ca-2022-unrest-and-border-clashes, trade-raises-income]

    rent: share of exports that is energy; energy_lost: part of it that finds no way out; shut, pressed: trade that is
    shut out, and trade with each power x its pressure, over output; unrest 0..1.
    """
    lost = energy_income * rent * energy_lost + trade_income * shut + coercion_income * pressed
    return clamp(lost + unrest_income * unrest, 0.0, HALF)


def income_next(gdp: float, growth: float, slump: float, drag: float, drag_before: float) -> float:
    """What is a state's yearly output after one more quarter, bn USD?

    Claim: output grows at its trend with good and bad quarters, and what holds it down lets go again.
    [c5-gdp-growth-2019, c5-gdp-growth-2020]

    growth: this quarter, of which no loss takes all; slump: part that a scenario takes away; drag: part held down now,
    and a quarter ago.
    """
    return gdp * larger(1.0 + growth, 1.0 - NEARLY_ALL) * (1.0 - slump) * (1.0 - drag) / (1.0 - drag_before)


def gap_next(gap: float, slump: float, made_up: float, recovered: float) -> float:
    """How much of the output that was lost will still be made up, as a share?

    Claim: most of what a crisis takes stays lost, a part is made up. [crisis-losses-mostly-stay, c5-gdp-growth-2020]

    slump: lost this quarter; made_up: made up this quarter.
    """
    return positive(gap + recovered * slump - made_up)


def stability_next(
    stability: float,
    usual: float,
    surprise: float,
    neglect: float,
    works: float,
    pressed: float,
    unrest: float,
    stability_return: float,
    growth_calm: float,
    need_strain: float,
    works_calm: float,
    pressure_strain: float,
    unrest_scar: float,
) -> float:
    """How firm is a government at home, 0..1?

    Claim: governments stand on what they deliver: growth, works and met needs calm; neglect, pressure and unrest shake.
    [c5-aim-regime-security-and-gain, ca-fragility-needs-outside-help, infra-lifeline-jobs-tax,
    growth-shocks-and-conflict, ca-2022-unrest-and-border-clashes]

    surprise: growth of output this quarter beyond its trend; neglect: unmet needs above their usual level (below 0:
    better met), 0..1; works: under way this quarter, over the absorptive scale; pressed, unrest 0..1.
    """
    settled = stability + stability_return * (usual - stability)
    moved = growth_calm * surprise + works_calm * saturating(works) - need_strain * neglect
    return clamp(settled + moved - pressure_strain * pressed - unrest_scar * unrest, 0.0, 1.0)
