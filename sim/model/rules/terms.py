"""What an offer asks in return, and what bargaining makes of it."""

from .arithmetic import clamp, larger, saturating


def exclusivity_asked(
    style: float, heat: float, conditionality: float, rivalry_exclusivity: float, clause_by_kind: float
) -> float:
    """How exclusive are the terms a power asks, 0 (none) to 1 (leave my rivals)?

    Claim: some powers tie offers to cutting others out, the more so the hotter their rivalry; others ask nothing.
    [usa-deals-carry-decoupling-terms, exclusive-choice-pressure, chn-no-conditions-netease,
    us-fuses-economics-with-security, usa-turn-to-strategic-realism-2025]

    style 0..1; heat: the power's sharpest rivalry, 0..1; clause_by_kind 0..1: how far offers of the kind carry such
    clauses at all.
    """
    return clamp(conditionality * style * clause_by_kind * (1.0 + rivalry_exclusivity * heat), 0.0, 1.0)


def governance_asked(style: float, conditionality: float, strings_by_kind: float) -> float:
    """How much does a power ask about government, rights or whose technology is used, 0..1?

    Claim: US and European offers come with governance terms, Chinese ones do not. [us-stresses-governance-rights,
    chn-no-conditions-trade, chn-consults-not-imposes]

    style 0..1; strings_by_kind 0..1: how far offers of the kind carry such terms at all.
    """
    return clamp(conditionality * style * strings_by_kind, 0.0, 1.0)


def suitor_weight(offered: float, scale: float) -> float:
    """How seriously does one power's presence on the table count, 0..1?

    Claim: the number and the quality of rival offers make bargaining power. [c5-overlapping-spheres,
    diversified-ties-raise-voice]

    offered, scale in the same unit.
    """
    return saturating(offered / scale)


def bargaining_power(
    rival_suitors: float,
    breadth: float,
    capability: float,
    shown: float,
    track: float,
    overlapping_spheres: float,
    suitor_part: float,
    breadth_part: float,
    pressure_showing: float,
    track_chip: float,
) -> float:
    """How well can a state bargain with this power now, 0..1?

    Claim: rival offers, a broad set of partners and own means give bargaining power; a state under pressure shows its
    alternatives, and a visible parallel track with another power serves as a chip. [diversified-ties-raise-voice,
    c5-overlapping-spheres, weak-base-caps-autonomy, pressure-raises-rival-engagement,
    rus-transit-talks-during-china-talks]

    rival_suitors: weight of the other powers on the table; breadth: effective partners as a share of all powers;
    shown: pressure from this power times recent gains elsewhere; track: recent gains with other powers; all >= 0.
    """
    own_part = 1.0 - suitor_part - breadth_part
    spheres = suitor_part * saturating(rival_suitors) + breadth_part * breadth + own_part * capability
    return clamp(overlapping_spheres * spheres + pressure_showing * shown + track_chip * track, 0.0, 1.0)


def exclusivity_signed(asked: float, bargaining: float, concession: float) -> float:
    """How exclusive are the terms in the end?

    Claim: bargaining power lowers what is conceded. [diversified-ties-avoid-capture, c5-many-friends-rule]
    """
    return asked * (1.0 - concession * bargaining)


def terms_left(asked: float, bargaining: float, agreed: float, concession: float) -> float:
    """What is left of a term in the end, when an offer may have been bargained out before it is laid on the table?

    Claim: what is signed before cameras has been bargained out before, until both sides could take it.
    [usa-c5-summit-2025-11, putnam-two-levels-1988]

    asked, bargaining 0..1; agreed 1: bargained to the end, as if the state had all the bargaining power there is; 0:
    with what power it has at this table.
    """
    return exclusivity_signed(asked, larger(bargaining, agreed), concession)


def local_content(bargaining: float, local_share: float) -> float:
    """What share of the work is done in the country?

    Claim: states with bargaining power obtain local industry. [c5-ask-connectivity-and-industry-first,
    kaz-asks-china-for-local-processing]
    """
    return local_share * bargaining


def processing_granted(local: float, processing: float, summit: float, agenda_shaping: float) -> float:
    """What share of the work is done at home once the state has put processing on the agenda?

    Claim: the states write connectivity, industry and processing at home into formats and mining deals, and obtain part
    of it. [c5-agency-decisive, c5-push-integration-trade-investment, c5-ask-connectivity-and-industry-first,
    kaz-asks-china-for-local-processing]

    local: obtained by bargaining alone; processing: how strongly the state asks; summit 0 or 1: a format's agenda is
    open; all 0..1.
    """
    return clamp(local + agenda_shaping * processing * (1.0 + summit) * (1.0 - local), 0.0, 1.0)
