"""Which offers a power makes: to whom, how often, how large."""

from .arithmetic import clamp, exp, log, logit, positive, saturating


def attraction(
    need: float, standing: float, ability: float, market: float, need_match: float, market_pull: float
) -> float:
    """How strongly is a power drawn to serve this need of this state?

    Claim: powers go where their strength meets a need and where they believe in the partner; a larger market draws
    more. [c5-partner-by-issue, best-fit-format-choice, chn-matches-needs, chn-demand-led-projects]

    need, standing, ability 0..1; market: the state's output over the regional mean. A power shares its effort among the
    states in proportion to the exponential of this number.
    """
    return need_match * (need * standing * ability + market_pull * market / (1.0 + market))


def effort_by_niche(niche: float, niche_defence: float) -> float:
    """By what factor does a power make more (or fewer) offers of a kind because that kind is its niche?

    Claim: Russia spends its effort on hard security and identity and does not try to match money or values.
    [rus-niche-not-money-or-values, rus-edge-security-and-identity, rus-format-protects-sphere]

    niche in -1..1.
    """
    return exp(niche_defence * niche)


def effort_in_rivalry(heat: float, rivalry_spending: float) -> float:
    """By what factor does rivalry raise what a power puts into the region?

    Claim: rivalry speeds investment and building. [rivalry-builds-and-strains, us-rivalry-makes-china-more-giving]

    heat: the power's sharpest rivalry in this domain, 0..1.
    """
    return 1.0 + rivalry_spending * heat


def effort_by_purse(purse: float, full: float, purse_push: float) -> float:
    """By what factor does unspent money raise (or a thin purse lower) the number of offers?

    Claim: money set aside for a region looks for projects; where it runs short so do offers.
    [chn-puts-bri-resources-in-ca, others-cannot-match-chn-scale]

    purse: what can be signed now; full: the most that can be saved up, same unit. Half full changes nothing.
    """
    filled = purse / full if full > 0.0 else 0.0
    return exp(purse_push * (filled + filled - 1.0))


def offer_probability(expected: float, carrot: float, summit: float, summit_boost: float) -> float:
    """How likely is at least one offer this quarter?

    Claim: a power answers a rival's gain with more offers, and summits bring them in bunches.
    [us-format-building-chn-response, usa-c5-summit-2025-11, triangle-shock-propagation]

    expected: offers a quarter to this state of this kind; carrot >= 0: extra effort decided after a rival's gain;
    summit 0 or 1. Offers come in bunches: their rate is itself spread out, which makes one or more as likely as
    expected / (1 + expected) and not 1 - e^-expected.
    """
    return saturating(expected * (1.0 + carrot) * (1.0 + summit_boost * summit))


def market_factor(market: float, market_exponent: float) -> float:
    """By what factor are offers to this state larger or smaller than to an average one?

    Claim: the larger, modernising states draw the larger projects. [kaz-uzb-see-china-as-modernisation-prop]

    market: the state's output over the regional mean at the start, so that projects grow with economies.
    """
    return exp(market_exponent * log(market))


def offer_size(
    median: float,
    luck: float,
    market_factor: float,
    package: float,
    size_spread: float,
    size_limit: float,
    mega_deal: float,
) -> float:
    """How large is one offer?

    Claim: sizes are very unequal; a deal-making power comes to a summit with one large package.
    [us-enters-by-large-contracts, usa-kaz-deals-17bn-2025, kaz-usa-locomotives-4bn-2025]

    median in the unit of the kind; luck uniform in 0..1; market_factor from the rule above; package 0..1: lumpiness
    of the power where there is a summit, else 0. Log-logistic: like a lognormal in the middle, heavier above.
    """
    spread = exp(clamp(size_spread * logit(luck), -size_limit, size_limit))
    return median * market_factor * spread * (1.0 + mega_deal * package)


def within_network(size: float, median: float, network: float, network_ceiling: float) -> float:
    """How much of a minerals offer is left when the region is one supplier among many?

    Claim: the United States weaves a network of suppliers, so what it will pay for here has a ceiling.
    [usa-weaves-minerals-network, usa-aus-minerals-8p5bn-2025, usa-jpn-minerals-framework-2025]

    network 0..1; size and median in bn USD.
    """
    return size / (1.0 + network_ceiling * network * size / median)


def within_purse(size: float, total: float, purse: float) -> float:
    """What can be offered when the power cannot sign more than it has?

    Claim: every scheme is limited by the money behind it; none matches Chinese scale. [others-cannot-match-chn-scale]

    total: all that the power would offer of this kind this quarter, in the unit of size; purse likewise.
    """
    covered = positive(purse)
    return size if total <= covered else size * covered / total


def host_probability(summit_rate: float, own_format: float, rival_format: float, format_mirroring: float) -> float:
    """How likely is a power to call the region's leaders together this quarter?

    Claim: when one power upgrades its format with the five, the others follow. [us-format-building-chn-response,
    chn-us-format-contest-fiercest, jpn-c5-first-summit-2025-12, ind-c5-first-summit-2022-01]

    summit_rate: its own calendar; own_format, rival_format 0..1: how fresh its own and the freshest other summit are.
    """
    return clamp(summit_rate + format_mirroring * rival_format * (1.0 - own_format), 0.0, 1.0)


def held_back(guess: float, mind: float, heard: float, sounding: float) -> float:
    """Does a power keep an offer to itself because it has been told that it would be refused? 1 or 0.

    Claim: what reaches the table has been agreed beforehand; powers sound out what the other side could take.
    [usa-c5-summit-2025-11, c5-shop-for-security-partners, putnam-two-levels-1988]

    guess: odds of a yes as the power sees them; mind uniform in 0..1: where the state stands this quarter, low is
    willing; heard uniform in 0..1; sounding: part of its offers of which it hears beforehand where the state
    stands.
    """
    return 1.0 if heard < sounding and mind >= guess else 0.0


def guess_next(guess: float, odds: float, answer_weight: float) -> float:
    """What odds of a yes does a power guess after an answer?

    Claim: powers go where they are welcome, and learn from how an offer was received. [best-fit-format-choice,
    us-exclusivity-pressure-insufficient]

    guess: before; odds: how near to a yes the answer was; both 0..1.
    """
    return guess + answer_weight * (odds - guess)


def guess_fading(guess: float, first_guess: float, guess_fade: float) -> float:
    """What is left of a guess after a quarter in which other things have happened?

    Claim: governments and needs change, and a power tries again. [us-sought-basing-after-afghan-exit]

    guess, first_guess (of a power that has had no answer yet): 0..1.
    """
    return first_guess + (guess - first_guess) * guess_fade


def sequenced(depth: float, restraint: float, sequencing: float) -> float:
    """By what factor does a patient power hold back security offers until economic ties are deep?

    Claim: China builds economic ties first and widens security work once they are deep. [chn-three-levers,
    chn-strength-is-economic, chn-economy-before-security, tjk-builds-military-ties-with-chn]

    depth: the power's share of trade and works; restraint: how far it works that way; both 0..1.
    """
    return 1.0 - clamp(sequencing * restraint * (1.0 - depth), 0.0, 1.0)


def reentry_effort(border: float, reentry: float, security_reentry: float) -> float:
    """By what factor does a power that wants to return make more security offers where the border is threatened?

    Claim: danger beyond the southern border gives the United States an opening for exercises, arms and bids for bases.
    [us-sought-basing-after-afghan-exit, us-views-tjk-uzb-as-anchors, us-security-toolkit,
    afghan-border-gives-us-opening]

    border: threat at this state's border; reentry: how far the power seeks it; both 0..1.
    """
    return 1.0 + security_reentry * reentry * border


def gateway_effort(captive: float, gateway: float, route_finance: float) -> float:
    """By what factor does a power offer more works to a state whose routes its rivals control?

    Claim: Europe pays for rail that gives the region another way out. [eu-global-gateway-rail-money,
    diversified-ties-raise-voice]

    captive: share of the state's trade that crosses what rivals of the power control; gateway: how far it pays for
    routes; both 0..1.
    """
    return 1.0 + route_finance * gateway * captive


def collective_effort(collective: float, freshness: float, collective_track: float) -> float:
    """By what factor does a track with all states at once raise the number of offers?

    Claim: collective projects lower the cost of bargaining with each. [chn-collective-track,
    collective-track-lowers-bargaining-cost, chn-c5-12-ministerial-tracks]

    collective: how far the power works that way; freshness of its last summit; both 0..1.
    """
    return 1.0 + collective_track * collective * freshness


def effort_by_side(sided: float, sided_elsewhere: float, side_favour: float, side_shun: float) -> float:
    """By what factor does a power make more or fewer offers to a state that has taken a side?

    Claim: a side that is taken closes doors on the other and opens them on this one. [exclusive-choice-pressure,
    trade-falls-between-blocs]

    sided 0 or 1: the state stands at the power's side; sided_elsewhere: rivalry with the side it has taken, 0..1.
    """
    return (1.0 + side_favour * sided) * (1.0 - clamp(side_shun * sided_elsewhere, 0.0, 1.0))


def generous_size(median: float, courted: float, generosity: float, rivalry_generosity: float) -> float:
    """What is the usual size of an offer once rivals have stepped up?

    Claim: the more its rivals court the region, the more China gives. [us-rivalry-makes-china-more-giving,
    us-format-building-chn-response]

    median in the unit of the kind; courted: recent gains of the power's rivals with the state, weighted by rivalry;
    generosity 0..1: how far the power answers so.
    """
    return median * (1.0 + rivalry_generosity * generosity * saturating(courted))
