"""Who we are and what is told of others: nation-building, cultural pull, stories about powers, norms."""

from .arithmetic import YEARS_A_QUARTER, clamp, positive


def nationalism_next(nationalism: float, pressed: float, nation_building: float, sovereignty_rally: float) -> float:
    """How far has nation-building gone, 0..1?

    Claim: states build an identity of their own by media and holidays, faster when sovereignty is at risk.
    [c5-identity-building-by-media-and-holidays, c5-nationalism-and-banding, tokayev-unity-media-2022-04]

    pressed: pressure from all powers together, 0..1; nation_building a year.
    """
    pace = YEARS_A_QUARTER * nation_building + sovereignty_rally * pressed
    return clamp(nationalism + pace * (1.0 - nationalism), 0.0, 1.0)


def leverage_left(nationalism: float, identity_shield: float) -> float:
    """What part of an outside power's leverage is left against a nation sure of itself, 0..1?

    Claim: a weak identity lets outsiders divide and rule; a firm one takes leverage from them.
    [weak-identity-allows-divide-and-rule, c5-nationalism-and-banding]
    """
    return 1.0 - clamp(identity_shield * nationalism, 0.0, 1.0)


def rallied(stability: float, border: float, threat_rally: float) -> float:
    """How firm is a government at home that plays up danger from abroad, 0..1?

    Claim: governments play up the risk of terror to rally support. [c5-terror-risk-rally,
    c5-fear-values-export-and-imu]

    border: threat from across the border, 0..1.
    """
    return stability + (1.0 - stability) * clamp(threat_rally * border, 0.0, 1.0)


def culture_next(culture: float, nationalism: float, weakness: float, de_russification: float) -> float:
    """How strong is the pull of a power's language and culture, 0..1?

    Claim: identity policy and a weaker economy wear down the cultural pull of the former centre slowly.
    [rus-influence-erosion-causes, c5-identity-building-by-media-and-holidays]

    weakness: strain on the power, 0..1; de_russification: part lost a year where nation-building is complete.
    """
    return culture * (1.0 - YEARS_A_QUARTER * clamp(de_russification * nationalism * (1.0 + weakness), 0.0, 1.0))


def kinship_value(
    culture: float, kinship: float, nationalism: float, cultural_pull: float, turkic_pull: float
) -> float:
    """What are a shared language, culture or organisation worth when an offer is weighed?

    Claim: the former centre's language and schools still draw; and states in search of an identity turn to those they
    are akin to. [rus-edge-security-and-identity, ots-founded-2021-11, kaz-tur-upgrade-2022-05,
    turkic-council-8th-summit-2021-11]

    culture: pull of the power's culture; kinship: shared organisation; all 0..1.
    """
    return cultural_pull * culture + turkic_pull * kinship * nationalism


def story_next(
    story: float,
    works: float,
    attack: float,
    exchange: float,
    story_fade: float,
    narrative: float,
    awareness_gap: float,
) -> float:
    """How widely is a power's building told as a danger, 0..1?

    Claim: rivals tell works as debt traps and low standards, and projects that stay among governments feed doubt;
    exchanges between people blunt the story. [us-debt-trap-narrative, us-claims-on-standards-and-leverage,
    ca-elites-poorly-informed, people-ties-blunt-threat-story]

    works: the power's share of infrastructure; attack: rivals' voice weighted by rivalry; exchange: ties between
    people; all 0..1 but the attack.
    """
    told = clamp((narrative * attack + awareness_gap) * works * (1.0 - exchange), 0.0, 1.0)
    faded = story * story_fade
    return clamp(faded + (1.0 - faded) * told, 0.0, 1.0)


def norms_next(norms: float, usual: float, contact: float, norm_return: float, norm_diffusion: float) -> float:
    """How far do rules of government asked from outside resonate, 0..1?

    Claim: dealing much with powers that ask nothing erodes the norms of those that ask. [chn-ties-erode-us-norms,
    us-labels-chn-revisionist]

    contact: dependence on each power times how little it asks, summed, 0..1.
    """
    return clamp(norms + norm_return * (usual - norms) - norm_diffusion * contact * norms, 0.0, 1.0)


def told_trust(
    trust: float,
    story: float,
    governance: float,
    norms: float,
    usual: float,
    story_trust: float,
    norm_trust: float,
) -> float:
    """How far does the state trust the power once stories and norms have had their say, 0..1?

    Claim: reputation follows what is told, and a power that stands for norms loses with them. [us-debt-trap-narrative,
    chn-builds-own-narrative, chn-ties-erode-us-norms]

    trust: earned by deeds; story: how widely its works are told as a danger; governance: how much it asks; all 0..1.
    """
    lost = norm_trust * governance * positive(usual - norms)
    return clamp(trust - story_trust * story - lost, 0.0, 1.0)
