"""What an offer is worth to a state, term by term, and whether it says yes."""

from .arithmetic import HALF, NEARLY_ALL, clamp, log, logistic, positive, saturating


def absorptive_scale(gdp: float, is_security: float, absorption: float) -> float:
    """Which size of offer brings half of the most an offer could bring?

    Claim: a small economy can use only so much at once. [weak-base-caps-autonomy, c5-best-offer-rule]

    gdp in bn USD; is_security 0 or 1: security is measured in index points, the same for all. Result in the offer's
    unit.
    """
    return absorption if is_security > 0.0 else absorption * gdp


def unmet(need: float, backlog: float, span: float) -> float:
    """How much of a need is still open when part of it is already on order, 0..1?

    Claim: states choose partners need by need. [c5-partner-by-issue, c5-functional-portfolio]

    backlog: signed and not yet delivered; span: what the state can absorb over the years in which such works are built,
    same unit.
    """
    return need / (1.0 + backlog / span)


def priority(is_security: float, regime_security: float, security_premium: float) -> float:
    """How much more does this kind of offer count because the government's survival comes first?

    Claim: foreign policy serves regime security, then gain. [c5-aim-regime-security-and-gain]

    is_security 0 or 1; regime_security 0..1.
    """
    return 1.0 + security_premium * regime_security * is_security


def belief(trust: float, volatility: float, delivery_doubt: float, volatility_discount: float) -> float:
    """What part of a promise does the state expect to see, 0..1?

    Claim: reliable deliverers are preferred; a power that flips its policy is believed less. [stable-provider-wins,
    delivery-explains-bri-appeal, usa-trade-policy-flips, usa-contradictions-breed-doubt]
    """
    return clamp(1.0 - delivery_doubt * (1.0 - trust) - volatility_discount * volatility, 0.0, 1.0)


def benefit(
    need: float,
    size: float,
    span: float,
    packaged: float,
    believed: float,
    weight: float,
    local: float,
    gain: float,
    local_gain: float,
) -> float:
    """What does the state gain from the offer itself?

    Claim: states take what serves their needs from whoever brings it; more of the same adds ever less.
    [c5-aim-regime-security-and-gain, c5-best-offer-rule, c5-multivector-default]

    need: unmet, 0..1; span: what the state can absorb over the years in which such works are built, so that a work of
    ten years is weighed over ten years; size over span is concave; packaged: what was already accepted this quarter, in
    spans, which uses up the state's capacity to absorb; believed 0..1; weight from `priority`; local: share of local
    work.
    """
    return gain * weight * need * saturating(size / span) * believed * (1.0 + local_gain * local) / (1.0 + packaged)


def share_then(share: float, total: float, own: float, ordered: float, size: float, endures: float) -> float:
    """What share of a kind of ties would the power hold when works that are on order stand, 0..1?

    Claim: what counts is how concentrated ties would become; works come over years, and those of others come too.
    [c5-avoid-overdependence-chn-rus, chn-decade-of-groundwork]

    share now; total: of the kind from everyone now; own, ordered: on order from this power, and from all; size: of the
    offer; endures: what of it all stands at the horizon, 0..1; all in one unit.
    """
    whole = total + endures * (ordered + size)
    return (share * total + endures * (own + size)) / whole if whole > 0.0 else 0.0


def share_after(dependence: float, share: float, then: float, kind_weight: float, packaged: float) -> float:
    """How much would the state depend on the power after accepting, 0..0.99?

    Claim: what counts is how concentrated ties would become. [c5-avoid-overdependence-chn-rus]

    dependence: now; share of the kind now, and then: from the rule above; kind_weight: weight of the kind in alignment;
    packaged: what the state already took from this power this quarter, in dependence.
    """
    return clamp(dependence + packaged + kind_weight * (then - share), 0.0, NEARLY_ALL)


def dependence_cost(
    after: float, trade_war: float, dependence_aversion: float, tolerance: float, spillover_fear: float
) -> float:
    """What does the state lose by leaning more on this power?

    Claim: states avoid depending on one power, above all a large one, and more so when that power is in a trade war.
    [c5-avoid-overdependence-chn-rus, c5-eggs-in-many-baskets, c5-fear-trade-war-spillover]

    after: dependence after accepting, 0..0.99; trade_war: escalation of the power's sharpest economic rivalry beyond
    its start, 0..1. Zero up to the tolerance, then rising without limit as dependence nears one.
    """
    excess = positive(log((1.0 - tolerance) / (1.0 - after)))
    return dependence_aversion * excess * (1.0 + spillover_fear * trade_war)


def exclusivity_price(
    exclusivity: float, at_stake: float, sided: float, exclusivity_cost: float, principle_cost: float
) -> float:
    """What does an exclusive clause cost the state?

    Claim: an exclusive clause costs what the state holds with those it excludes, and something in itself, because sides
    are not taken while the contest is open. [exclusive-choice-pressure, us-exclusivity-pressure-insufficient,
    kaz-tokayev-no-sides-2025, c5-many-friends-rule]

    exclusivity 0..1; at_stake: dependence on the power's rivals weighted by rivalry; sided 1 if the state has already
    chosen this power's side, which makes the clause free.
    """
    return exclusivity * (principle_cost + exclusivity_cost * at_stake) * (1.0 - sided)


def loyalty_price(sided_elsewhere: float, side_loyalty: float) -> float:
    """What does it cost a state that has taken a side to deal with that side's rival?

    Claim: a state that has switched stays for a while. [us-exclusivity-pressure-insufficient, c5-many-friends-rule]

    sided_elsewhere: rivalry between the offering power and the side taken, 0..1.
    """
    return side_loyalty * sided_elsewhere


def displeasure_price(levers_at_stake: float, issue_linkage: float) -> float:
    """What will rivals of the offering power exact, across all issues?

    Claim: a power can make a state pay in one field for what it does in another. [rus-transit-and-labour-levers,
    axes-of-rivalry, triangle-shock-propagation]

    levers_at_stake: sum over other powers of rivalry with the offering power x lever x dependence.
    """
    return issue_linkage * levers_at_stake


def governance_price(asked: float, sensitivity: float, regime_security: float, governance_cost: float) -> float:
    """What do governance terms cost this government?

    Claim: terms about rights and government worry incumbents; offers without them are easier to take.
    [us-stresses-governance-rights, no-conditions-breed-reliability, c5-fear-values-export-and-imu]

    All arguments 0..1 but the number.
    """
    return governance_cost * asked * sensitivity * regime_security


def balancing_value(top: float, own: float, overlapping_invite: float) -> float:
    """What is it worth to bring this power in beside a dominant one?

    Claim: states invite a second power into the space of the first so that powers check each other.
    [c5-overlapping-spheres, c5-eggs-in-many-baskets]

    top: dependence on the most important power; own: dependence on the offering one.
    """
    return overlapping_invite * top * positive(top - own)


def entrenched_value(share: float, entrenchment: float) -> float:
    """What is it worth that the offer builds on what this power has built before?

    Claim: works that fit what already stands are easier to take, so that ties resist short-run orders from elsewhere.
    [entrenched-ties-resist-orders, chn-infrastructure-capillaries, chn-decade-of-groundwork]

    share: the power's share of this kind of ties, 0..1.
    """
    return entrenchment * share


def shelter_value(pressing: float, is_security: float, counter_upgrade: float, security_shelter: float) -> float:
    """What is this power worth as a counterweight to those who press the state now?

    Claim: pressed by one power, a state raises ties with its rival, above all in security.
    [pressure-raises-rival-engagement, csto-drills-cited-in-us-talks]

    pressing: pressure from the offering power's rivals, weighted by rivalry.
    """
    return counter_upgrade * pressing * (1.0 + security_shelter * is_security)


def trust_value(trust: float, trust_weight: float) -> float:
    """What does trust in the power add (or mistrust take away)?

    Claim: trust earned by delivery carries over to the next offer. [stable-provider-wins, non-coercion-earns-trust]
    """
    return trust_weight * (trust - HALF)


def parallel_value(others: float, own: float, parallel_deepening: float) -> float:
    """What is it worth to keep step with this power after gains taken from others?

    Claim: a state that takes from one power moves ahead with the others in the same period.
    [c5-deepen-chn-rus-after-us, c5-three-balancing-practices, c5-functional-portfolio]

    others: mean recent gains from the other powers; own: recent gains from this one.
    """
    return parallel_deepening * positive(others - own)


def resentment_price(resentment: float, resentment_weight: float) -> float:
    """What does resentment of this power's tariffs and pressure take away?

    Claim: courting with orders while taxing and threatening leaves doubt. [usa-contradictions-breed-doubt,
    tariff-small-but-resented, coercion-yields-little]
    """
    return resentment_weight * resentment


def agenda_price(resisted: float, is_security: float, agenda_weight: float) -> float:
    """What does a security offer cost where a guarantor has written "no outside militaries" into every format?

    Claim: Russia works its no-outside-militarisation agenda into every format, and others must reckon with the order it
    leads. [rus-embeds-agenda, existing-security-order-constrains-others]

    resisted: sum over other powers of agenda x security share x rivalry with the offering power.
    """
    return agenda_weight * resisted * is_security


def summit_value(summit: float, summit_prestige: float) -> float:
    """What does it add that the offer is signed before cameras at a summit?

    Claim: what reaches the table of a summit has been agreed beforehand and brings a government prestige.
    [usa-c5-summit-2025-11, usa-kaz-deals-17bn-2025, us-enters-by-large-contracts]

    summit: 1 if the offering power receives the region's leaders this quarter, else 0.
    """
    return summit_prestige * summit


def reservation(capability: float, outside_option: float, capability_cap: float) -> float:
    """What must an offer beat for the state to take it?

    Claim: a weak base caps how much a state can refuse. [weak-base-caps-autonomy, c5-security-capability-gap]

    capability 0..1.
    """
    return outside_option * (1.0 - capability_cap * (1.0 - capability))


def permitted(size: float, gain: float, neutrality: float, is_security: float, alliance_size: float) -> float:
    """May the state take the offer at all? 1 or 0.

    Claim: nothing is signed that brings nothing; a neutral state joins no alliance. [c5-aim-regime-security-and-gain,
    c5-views-self-interested-and-varied]

    gain: the benefit term; neutrality 0..1; a security offer above alliance_size (index points) is an alliance.
    """
    alliance = neutrality >= 1.0 and is_security > 0.0 and size > alliance_size
    return 0.0 if alliance or gain <= 0.0 else 1.0


def recent_gain(recent: float, gain: float, gain_memory: float) -> float:
    """How much has a state lately gained with a power?

    Claim: steps with one power are followed by steps with others in the same period. [c5-deepen-chn-rus-after-us]

    gain: what was signed this quarter, weighted by kind; recent, and the result, in the same measure.
    """
    return recent * gain_memory + gain


def unseen(temperature: float, agreed: float, talks_reveal: float) -> float:
    """How much remains unseen of what decides an answer?

    Claim: what reaches the table of a summit has been agreed beforehand; talks bring to light what the other side could
    not take. [usa-c5-summit-2025-11, putnam-two-levels-1988]

    temperature > 0; agreed 1 if the offer has been negotiated before it is laid on the table, else 0.
    """
    return temperature * (1.0 - talks_reveal * agreed)


def settled(believed: float, agreed: float, talks_reveal: float) -> float:
    """What part of a promise does the state expect to see when it has been talked over item by item, 0..1?

    Claim: what reaches the table of a summit has been agreed beforehand; talks take doubts away on both sides.
    [usa-c5-summit-2025-11, putnam-two-levels-1988]

    believed: without talks, 0..1; agreed as above.
    """
    return believed + talks_reveal * agreed * (1.0 - believed)


def acceptance(utility: float, reservation: float, permitted: float, temperature: float) -> float:
    """How likely is a yes?

    Claim: leaders choose by interest, not by lot, but no observer sees all they see.
    [c5-views-self-interested-and-varied]

    utility and reservation in the same unit; temperature > 0: how much remains unseen.
    """
    return permitted * logistic((utility - reservation) / temperature)


def thin_left(relative: float, thin_money: float, thin_floor: float) -> float:
    """What part of its worth is left to an offer that is spread thin, 0..1?

    Claim: a package divided over five states and years sways each of them little; but money counts for what it is, not
    for what its author made of it. [jpn-thin-spread-little-sway, jpn-c5-3tn-yen-5y]

    relative: size over the absorptive scale; thin_floor: the size, in scales, at which half of the loss is gone.
    """
    return 1.0 - thin_money / (1.0 + relative / thin_floor)


def order_value(affinity: float, priority_order: float) -> float:
    """What does the power's place in the usual order of partners add or take away?

    Claim: ties with the two neighbouring powers come first, contact with the United States is kept in measure, and the
    two large states lean further west than the others. [c5-rus-chn-priority, c5-moderate-us-contact,
    influence-order-rus-unmatched, kaz-uzb-lean-west-after-afghan-exit]

    affinity 0..1.
    """
    return priority_order * (affinity - HALF)


def union_price(bound: float, own: float, is_security: float, union_cost: float) -> float:
    """What does an economic offer from outside cost a member of a customs union?

    Claim: tariff preference and standards of the union make it costly to turn elsewhere. [rus-eaeu-pull,
    bri-eaeu-docking-helps-c5]

    bound: membership in unions of other powers; own: in this power's; both 0..1.
    """
    return union_cost * bound * (1.0 - own) * (1.0 - is_security)


def vacuum_value(strained: float, is_security: float, vacuum_pull: float) -> float:
    """What is another protector worth while the guarantor is tied down?

    Claim: a drained guarantor makes states look for further security partners. [c5-shop-for-security-partners,
    rus-war-drains-influence]

    strained: sum over other powers of strain x share of security ties, 0..1.
    """
    return vacuum_pull * strained * is_security


def second_tier_value(tier: float, heat: float, top: float, second_tier: float) -> float:
    """What is a middle power worth because the great ones quarrel or loom large?

    Claim: as rivalry or dependence grows, states add partners of the second tier. [c5-will-add-india-turkiye,
    c5-turn-to-south-asia-and-islamic-world, ind-tur-seek-a-role, eu-global-gateway-rail-money]

    tier: 1 a middle power, 0 a great one; heat: sharpest rivalry of all; top: dependence on the most important power.
    """
    return second_tier * tier * (1.0 - (1.0 - heat) * (1.0 - top))


def alike(hardness: float, other: float, soft_hard: float) -> float:
    """How far can works of one power stand in for those of another, 0..1?

    Claim: soft infrastructure (schools, health, networks) and hard (ports, power, rail) are weak substitutes.
    [b3w-soft-bri-hard, usa-investment-thin-on-infrastructure]

    hardness of each: 1 hard, 0 soft.
    """
    apart = hardness - other if hardness > other else other - hardness
    return 1.0 - clamp(soft_hard * apart, 0.0, 1.0)
