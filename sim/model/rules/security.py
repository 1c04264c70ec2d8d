"""Threat, the call for a guarantor, and what a quick intervention earns."""

from .arithmetic import clamp, larger, pick, positive


def threat_felt(unrest: float, border: float, unrest_demand: float, border_demand: float) -> float:
    """How threatened does a government feel, 0..1?

    Claim: unrest at home and danger at the border both drive the search for protection, and each is enough on its own.
    [c5-security-capability-gap, nonmember-turns-to-rus-under-threat, afghan-and-ukraine-raise-threat]
    """
    return clamp(1.0 - (1.0 - unrest_demand * unrest) * (1.0 - border_demand * border), 0.0, 1.0)


def help_given(
    unrest: float,
    security_share: float,
    ability: float,
    standing: float,
    usual_standing: float,
    luck: float,
    call_level: float,
    grudge: float,
) -> float:
    """How much help does a guarantor send to a government shaken by unrest, 0..1?

    Claim: a government in serious trouble asks the power whose guarantee it holds, and that power sends troops fast; a
    power without such a tie is not asked, and one that has been turned away hesitates. [csto-intervention-kaz-2022-01,
    c5-use-chn-rus-support, conflicting-terms-trust-backlash]

    security_share: the power's share of the state's security ties; ability 0..1; standing, usual_standing: the power's
    belief in the state now and as it was; luck uniform in 0..1.
    """
    asked = 1.0 if unrest > call_level else 0.0
    willing = 1.0 - clamp(grudge * positive(usual_standing - standing), 0.0, 1.0)
    came = 1.0 if luck < ability * security_share * willing else 0.0
    return asked * came * unrest


def unrest_after_help(unrest: float, helped: float, intervention_relief: float) -> float:
    """What is left of the unrest once help has come?

    Claim: quick outside help ends a crisis soon. [csto-intervention-kaz-2022-01]
    """
    return unrest * (1.0 - intervention_relief * clamp(helped, 0.0, 1.0))


def prestige_earned(
    helped_here: float, helped_elsewhere: float, intervention_lift: float, neighbour_part: float
) -> float:
    """What does a successful intervention add to a state's trust in the power that sent it?

    Claim: a quick success lifts the guarantor across the region, most where it helped.
    [intervention-lifts-csto-standing, shocks-consolidate-rus-guarantor, rus-de-facto-guarantor]
    """
    return intervention_lift * (helped_here + neighbour_part * helped_elsewhere)


def words_of_support(unrest: float, governance: float, incumbent_support: float) -> float:
    """What does a power earn by backing a shaken government in words alone?

    Claim: a power that asks nothing about governance backs whoever rules, and is thanked a little.
    [xi-message-to-tokayev-2022-01, chn-backs-incumbents-against-colour-revolution]

    governance: how much the power asks about government and rights, 0..1.
    """
    return incumbent_support * unrest * (1.0 - governance)


def pact_stock(stock: float, joins: float, neutrality: float, pact_tie: float) -> float:
    """What does a state hold in security with the leader of a pact once it has joined (1), or left (-1)?

    Claim: membership of the collective pact binds beyond treaties, arms and drills; a neutral state joins none.
    [csto-kaz, tkm-outside-pacts]

    stock: index points; neutrality: 1 joins no alliance.
    """
    joining = pick(neutrality < 1.0, pact_tie, 0.0)
    return larger(stock + pick(joins > 0.0, joining, -pact_tie), 0.0)
