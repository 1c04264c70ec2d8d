"""Who is who: a sentence or two on every state and every power, read off the world as it stands."""

from collections import Counter
from collections.abc import Mapping

from sim.engine.agents import Model, Power, State
from sim.io.text import capital, listing, percent_in_sentence
from sim.model.fields import KINDS
from sim.model.vocabulary import KIND_WORDS
from sim.narrative.levels import EXCLUDES, KEEPS, NEUTRALITY, STRINGS, TURNS, above_middle, answers_with, strong_in

LEADING = 3  # partners that are named at the start
JUDGED = {  # what portraits say of actors by judgement: the last part of the numbers behind it
    "states": ("neutrality",),
    "powers": ("exclusivity", "governance", "carrot", "stick", "credibility", "volatility"),
}


def portrait_of_state(model: Model, state: State, names: Mapping[str, str]) -> str:
    """A state as it stands: its largest partners, what it needs, who guards it, and how far it is neutral."""
    world, i = model.world, state.place
    leading = sorted(state.alignment.items(), key=lambda share: -share[1])[:LEADING]
    shares = listing(f"{names[code]} ({share:.0%})" for code, share in leading)
    need = max(state.need.items(), key=lambda need: need[1])[0]
    said = [f"{state.name} deals most with {shares}, and needs {KIND_WORDS[need].need} most."]
    k = KINDS.index("security")
    guard = max(model.powers, key=lambda power: world.share[i, power.place, k, 0])
    share = float(world.share[i, guard.place, k, 0])
    if share > 0.0:
        said.append(f"Of its security ties {percent_in_sentence(share)} are with {names[guard.code]}.")
    said.append(NEUTRALITY.of(float(world.neutrality[i, 0])))
    return " ".join(filter(None, said))


def portrait_of_power(model: Model, power: Power, names: Mapping[str, str]) -> str:
    """A power as it stands: what it is strong in, what it asks, how it answers, and whether it keeps its word."""
    world, j = model.world, power.place
    able = strong_in({KIND_WORDS[kind].need: float(world.ability[j, k, 0]) for k, kind in enumerate(KINDS)})
    wants = EXCLUDES.of(float(world.exclusivity_style[j, 0]))
    strings = STRINGS.of(float(world.governance_style[j, 0]))
    asks = listing(filter(None, (wants, strings))) or "asks for little in return"
    answer = answers_with(float(world.carrot_style[j, 0]), float(world.stick_style[j, 0]))
    word, turns = float(world.credibility[j, 0]), TURNS.of(float(world.volatility[j, 0]))
    habits = listing(filter(None, (KEEPS.of(word), turns)), "but" if above_middle(word) else "and")
    return capital(f"{names[power.code]} {able} and {asks}; it {answer}, and {habits}.")


def how_portraits_are_known(model: Model) -> str:
    """What the portraits rest on: shares are counted, and the rest are judgements, by the basis of their numbers."""
    actors = {"states": model.states, "powers": model.powers}
    names = [
        f"{group}.{actor.code}.{part}" for group, parts in JUDGED.items() for actor in actors[group] for part in parts
    ]
    kinds = [f"powers.{power.code}.capability.{kind}" for power in model.powers for kind in KINDS]
    bases = Counter(model.evidence.numbers[name].basis.name.lower() for name in (*names, *kinds))
    told = listing(f"{count} {basis}" for basis, count in bases.most_common())
    return (
        "Shares are as the run has them. What powers are strong in, ask, answer with and keep, and who is neutral, are "
        f"levels put in words: of the numbers behind them {told}."
    )
