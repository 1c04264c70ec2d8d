"""Who is who: a sentence or two on every state and every power, read off the world as it stands."""

from collections.abc import Mapping

from sim.engine.agents import Model, Power, State
from sim.io.text import capital, listing
from sim.model.fields import KINDS
from sim.model.vocabulary import KIND_WORDS

LEADING = 3  # partners that are named at the start
HIGH, SOME = 0.5, 0.25  # what counts as much, and as some, on scales from 0 to 1
KEEPS, SLIPS = 0.7, 0.55  # credibility from which a power keeps its word, and below which it often does not
GUARDED = 0.3  # share of security ties from which a power is the one that guards a state


def portrait_of_state(model: Model, state: State, names: Mapping[str, str]) -> str:
    """A state as it stands: its largest partners, what it needs, and who guards it."""
    world, i = model.world, state.place
    leading = sorted(state.alignment.items(), key=lambda share: -share[1])[:LEADING]
    shares = listing(f"{names[code]} ({share:.0%})" for code, share in leading)
    need = max(state.need.items(), key=lambda need: need[1])[0]
    said = [f"{state.name} deals most with {shares}, and needs {KIND_WORDS[need].need} most."]
    k = KINDS.index("security")
    guard = max(model.powers, key=lambda power: world.share[i, power.place, k, 0])
    if world.neutrality[i, 0] >= 1.0:
        said.append("It is neutral and joins no alliance.")
    elif world.share[i, guard.place, k, 0] >= GUARDED:
        said.append(f"Its security lies with {names[guard.code]} above all.")
    return " ".join(said)


def portrait_of_power(model: Model, power: Power, names: Mapping[str, str]) -> str:
    """A power as it stands: what it is strong in, what it asks, how it answers, and whether it keeps its word."""
    world, j = model.world, power.place
    best = sorted(range(len(KINDS)), key=lambda k: -world.ability[j, k, 0])
    strong = [KIND_WORDS[KINDS[k]].need for k in best if world.ability[j, k, 0] >= HIGH][:2]
    able = f"is strong in {listing(strong)}" if strong else f"is at its best in {KIND_WORDS[KINDS[best[0]]].need}"
    style = float(world.exclusivity_style[j, 0])
    wants = "wants rivals left out" if style >= HIGH else "asks for some exclusivity" if style >= SOME else ""
    strings = "attaches strings about government" if world.governance_style[j, 0] >= HIGH else ""
    asks = listing(filter(None, (wants, strings))) or "asks for little in return"
    carrot, stick = float(world.carrot_style[j, 0]), float(world.stick_style[j, 0])
    answer = (
        "with offers" if carrot > stick else "with pressure" if stick > carrot else "with offers and pressure alike"
    )
    word = float(world.credibility[j, 0])
    keeps = "keeps its word" if word >= KEEPS else "often falls short of its word" if word < SLIPS else ""
    turns = "changes course easily" if world.volatility[j, 0] >= HIGH else ""
    habits = listing(filter(None, (keeps, turns)), "but" if keeps.startswith("keeps") else "and")
    return capital(f"{names[power.code]} {able} and {asks}; it answers rivals {answer}{_also(habits)}.")


def _also(habits: str) -> str:
    return f", and {habits}" if habits else ""
