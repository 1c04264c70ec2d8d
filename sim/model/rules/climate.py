"""What moves before anyone acts: rivalry between powers, income, unrest at home, the threat across the border."""

from .arithmetic import YEARS_A_QUARTER, clamp, positive


def rivalry_next(
    rivalry: float,
    anchor: float,
    parity_change: float,
    dialogue: float,
    noise: float,
    rivalry_reversion: float,
    power_shift: float,
    dialogue_damping: float,
    rivalry_volatility: float,
) -> float:
    """How hostile will two powers be next quarter?

    Claim: rivalry grows as the weaker of two rivals catches up, returns to its usual level, and is damped by leader
    contact; powers that coordinate are untouched by the shift. [power-shift-drives-rivalry,
    chn-rise-will-sharpen-us-rivalry, dialogue-limits-misjudgement]

    rivalry, anchor in -1..1 (negative: they coordinate); parity_change: change of the ratio of the weaker to the
    stronger since the start; dialogue 0 or 1; noise standard logistic. Returns -1..1.
    """
    usual = anchor + power_shift * parity_change * positive(anchor)
    moved = rivalry + rivalry_reversion * (usual - rivalry) + rivalry_volatility * noise * positive(anchor)
    return clamp(moved - dialogue_damping * dialogue * positive(moved), -1.0, 1.0)


def unrest_next(
    unrest: float,
    onset: float,
    severity: float,
    stability: float,
    crisis: float,
    unrest_rate: float,
    unrest_fade: float,
) -> float:
    """How strong is unrest in a state this quarter?

    Claim: unrest breaks out now and then, more often where the state is fragile, and fades.
    [ca-2022-unrest-and-border-clashes, ca-fragility-needs-outside-help]

    onset, severity: uniform draws in 0..1; stability 0..1; crisis: severity that a scenario imposes, else 0;
    unrest_rate: outbreaks a quarter in a state of no stability.
    """
    broken_out = severity if onset < unrest_rate * (1.0 - stability) else 0.0
    fresh = crisis if crisis > broken_out else broken_out
    fading = unrest * unrest_fade
    return fading if fading > fresh else fresh


def border_next(
    border: float,
    exposure: float,
    noise: float,
    border_level: float,
    border_persistence: float,
    border_volatility: float,
) -> float:
    """How strong is the threat from across the southern border for this state?

    Claim: Afghanistan stays a major and changeable source of risk; Tajikistan is the most exposed.
    [afghanistan-major-variable, tjk-most-exposed-to-afghan-risk]

    border, exposure 0..1; noise standard logistic, the same for the whole region. Returns 0..1.
    """
    usual = border_level * exposure
    return clamp(usual + border_persistence * (border - usual) + border_volatility * exposure * noise, 0.0, 1.0)


def downturn_next(downturn: float, growth: float, trend: float, downturn_memory: float, downturn_sense: float) -> float:
    """How deep is a downturn felt to be, 0..1?

    Claim: recession, inflation and spillovers of sanctions are felt for a while. [c5-gdp-growth-2020,
    sanctions-war-pandemic-inflation]

    growth: of output this quarter; trend: usual growth a year.
    """
    shortfall = positive(YEARS_A_QUARTER * trend - growth)
    return clamp(downturn * downturn_memory + downturn_sense * shortfall, 0.0, 1.0)


def shock_next(shock: float, unrest: float, border: float, downturn: float, shock_fade: float) -> float:
    """How much is left of the shocks that have piled up, 0..1?

    Claim: shocks that follow each other closely add up and prompt a rethink. [stacked-shocks-prompt-rethink,
    afghan-and-ukraine-raise-threat, ca-2022-unrest-and-border-clashes]

    unrest; border: threat beyond the usual; downturn: all 0..1.
    """
    left = (1.0 - shock * shock_fade) * (1.0 - unrest) * (1.0 - positive(border)) * (1.0 - downturn)
    return clamp(1.0 - left, 0.0, 1.0)


def strain_next(strain: float, war: float, strain_build: float, strain_recovery: float) -> float:
    """How far is a power strained by a war, 0..1?

    Claim: a war that goes on drains what a power can do elsewhere, slowly. [rus-war-drains-influence,
    rus-influence-erosion-causes]

    war 0..1: how heavy the war is this quarter; without one the strain fades.
    """
    return clamp(strain + strain_build * war * (1.0 - strain) - strain_recovery * (1.0 - war) * strain, 0.0, 1.0)


def vigour_left(strain: float, war_drain: float) -> float:
    """What part of its means for a kind of offer is left to a power at war, 0..1?

    Claim: the war takes money and trade first, while hard security stays where it was. [rus-war-drains-influence,
    shocks-consolidate-rus-guarantor, rus-leads-traditional-security]

    strain 0..1; war_drain: part lost at full strain, one for each kind of offer.
    """
    return 1.0 - clamp(war_drain * strain, 0.0, 1.0)
