"""Powers among themselves: who coordinates, who makes room for whom, wedges, quarrels in a bloc, and entrants."""

from .arithmetic import clamp, positive


def coordination_of(rivalry: float) -> float:
    """How far do two powers coordinate, 0..1? The part of their rivalry that lies below zero.

    Claim: powers with a common interest in calm coordinate what they do here. [chn-rus-share-stability-interest,
    chn-rus-coordination-lets-chn-grow]
    """
    return positive(-rivalry)


def accommodated(provoked: float, coordination: float, accommodation: float) -> float:
    """How much does a partner's gain still provoke a power that coordinates with it on security?

    Claim: Russia reacts strongly to American gains and mildly to Chinese ones. [rus-worries-less-about-chn-than-usa,
    chn-rus-holds-under-ukraine]

    provoked >= 0; coordination in security, 0..1.
    """
    return provoked * (1.0 - clamp(accommodation * coordination, 0.0, 1.0))


def deferred(held_by_partner: float, deference: float) -> float:
    """By what factor does a power hold back security offers where a partner leads?

    Claim: China leaves hard security to Russia and works on the softer kind. [chn-respects-rus-security-lead,
    chn-nontraditional-security, chn-sco-counter-threats]

    held_by_partner: sum over other powers of coordination x their share of the state's security ties, 0..1.
    """
    return 1.0 - clamp(deference * held_by_partner, 0.0, 1.0)


def works_together(credibility: float, held_by_partner: float, coordination_gain: float) -> float:
    """What part of its promises does a power keep when the state's guarantor coordinates with it, 0..1?

    Claim: what China brings about here hinges on coordination with Russia. [chn-results-hinge-on-rus,
    chn-rus-coordination-lets-chn-grow, bri-eaeu-docking-helps-c5]

    credibility: alone; held_by_partner: as above; both 0..1.
    """
    return credibility + (1.0 - credibility) * clamp(coordination_gain * held_by_partner, 0.0, 1.0)


def calmed(stability: float, backing: float, coordination_calm: float) -> float:
    """How firm is a government whose guarantor coordinates with other powers, 0..1?

    Claim: the stability of the region rises with coordination among the powers next to it.
    [chn-rus-share-stability-interest, chn-rus-three-point-agenda]

    backing: sum over powers of their share of security ties x coordination with others, 0..1.
    """
    return stability + (1.0 - stability) * clamp(coordination_calm * backing, 0.0, 1.0)


def wedge_step(
    common_rival: float,
    called: float,
    tried: float,
    won: float,
    wedge_rate: float,
    wedge_success: float,
    wedge_effect: float,
    wedge_backfire: float,
) -> float:
    """By how much does an attempt to drive two coordinating powers apart move their rivalry?

    Claim: a power that faces two rivals at once tries to part them; it mostly fails, and then they close ranks.
    [us-cannot-face-both, biden-tried-to-steady-russia-ties, us-wedge-turns-hard, us-will-keep-disrupting]

    common_rival: how far some third power rivals both, 0..1; called 1 where a scenario imposes an attempt; tried, won
    uniform in 0..1. Above 0 they part, below 0 they close ranks.
    """
    probability = 1.0 if called > 0.0 else wedge_rate * common_rival
    moved = wedge_effect if won < wedge_success else -wedge_backfire
    return moved if tried < probability else 0.0


def discord_next(
    discord: float,
    volatility: float,
    noise: float,
    quarrel: float,
    discord_level: float,
    discord_persistence: float,
    discord_swing: float,
) -> float:
    """How far is a power absorbed by quarrels with its own side, 0..1?

    Claim: an erratic power quarrels with those whom it asks for support. [usa-eu-long-trade-quarrels,
    eu-firms-wont-join-containment, us-method-by-administration]

    volatility 0..1; noise standard logistic; quarrel: one that a scenario imposes, 0..1, which sets a floor.
    """
    usual = discord_level * volatility
    moved = clamp(usual + discord_persistence * (discord - usual) + discord_swing * volatility * noise, 0.0, 1.0)
    return quarrel if quarrel > moved else moved


def allied_heat(heat: float, allies_heat: float, discord: float, containment: float, indiscipline: float) -> float:
    """How hot is the rivalry behind a power's terms when its allies' rivalries count too, 0..1?

    Claim: asked to contain a rival, allies hold back while the bloc quarrels. [eu-firms-wont-join-containment,
    usa-eu-long-trade-quarrels]

    allies_heat: coordination with each ally x that ally's heat, summed; discord: in the bloc, 0..1.
    """
    joined = containment * allies_heat * (1.0 - clamp(indiscipline * discord, 0.0, 1.0))
    return clamp(heat + joined, 0.0, 1.0)


def opening(tier: float, distraction: float, entrant_opening: float) -> float:
    """By what factor does a middle power make more offers while the great ones are busy elsewhere?

    Claim: while the incumbents are absorbed in other quarrels, entrants come with packages. [jpn-moves-into-opening,
    jpn-targets-rare-earth-uranium, chn-builds-while-west-quarrels]

    tier: 1 a middle power, 0 a great one; distraction: mean discord and strain of the great powers, 0..1.
    """
    return 1.0 + entrant_opening * tier * distraction
