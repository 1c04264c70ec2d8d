"""The page of the states: what the evidence says sets each apart, and what that does in the baseline.

Nothing in `sim/` knows a country; this page does, because it is about countries. Figures are means over runs of the
baseline on fixed luck, rounded far above the last bit, so the page is the same wherever it is printed.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from sim.engine.block import Block
    from sim.evidence.evidence import Evidence
    from sim.evidence.numbers import Number

RUNS = 480
SCENARIO = "baseline"
TRAITS = 5  # numbers shown for each state: those in which it differs most from the others
LAST = 4  # quarters over which an end state is averaged


class Trial(NamedTuple):
    """One thing that makes a state what it is, taken away: which numbers, set to what, and what to look at."""

    state: str
    words: str
    numbers: tuple[str, ...]
    to: float | None  # None: the mean of the other states
    asked: tuple[tuple[str, ...], ...]  # measures: ("signed", power, kind), ("alignment", power), or a name alone


TRIALS = (
    Trial(
        "KAZ",
        "its place for the United States and the European Union in the usual order of partners",
        ("ties.KAZ.USA.affinity", "ties.KAZ.EU.affinity"),
        None,
        (("signed", "USA", "deal"), ("signed", "EU", "infrastructure"), ("alignment", "USA")),
    ),
    Trial(
        "KAZ",
        "its part in the customs union",
        ("ties.KAZ.RUS.union",),
        0.0,
        (("signed", "USA", "deal"), ("signed", "EU", "infrastructure"), ("alignment", "RUS")),
    ),
    Trial(
        "KGZ",
        "its part in the customs union",
        ("ties.KGZ.RUS.union",),
        0.0,
        (("signed", "CHN", "deal"), ("signed", "EU", "infrastructure"), ("alignment", "RUS")),
    ),
    Trial(
        "KGZ",
        "its treaty ties with Russia's alliance",
        ("ties.KGZ.RUS.security",),
        None,
        (("alignment", "RUS"), ("signed", "RUS", "security"), ("effective_partners",)),
    ),
    Trial(
        "TJK",
        "its exposure to the southern border",
        ("states.TJK.border_exposure",),
        None,
        (("threat",), ("signed", "RUS", "security"), ("cohesion",)),
    ),
    Trial(
        "TKM",
        "its neutrality",
        ("states.TKM.neutrality",),
        None,
        (("signed", "RUS", "security"), ("alignment", "RUS"), ("effective_partners",)),
    ),
    Trial(
        "TKM",
        "its oil and gas",
        ("states.TKM.energy_rent",),
        None,
        (("signed", "EU", "infrastructure"), ("signed", "USA", "deal"), ("trust", "EU")),
    ),
    Trial(
        "UZB",
        "its place for the United States and the European Union in the usual order of partners",
        ("ties.UZB.USA.affinity", "ties.UZB.EU.affinity"),
        None,
        (("signed", "USA", "deal"), ("signed", "EU", "deal"), ("effective_partners",)),
    ),
)


def print_states(evidence: "Evidence", printed: str) -> str:
    """The page as Markdown; printed: the line that says where it comes from."""
    base = _play(evidence, {})
    lines = [
        printed,
        "",
        "# What makes each state behave as it does",
        "",
        "The five states run on the same rules. What tells them apart is evidence: numbers in `actors.yaml`, `ties.csv`"
        " and `neighbours.csv` of `seeds/central-asia/`, each with its source. First what sets each apart from the"
        " others, then what that does: the number is set to the mean of the other states (or to nought) and the"
        f" baseline is played again on the same luck, {RUNS} runs. Conditional exploration, not a forecast.",
        "",
        "## Whose offers are accepted",
        "",
        "Share of offers of each power that each state accepts in the baseline, in per cent.",
        "",
        *_acceptance(base),
    ]
    for state in evidence.states:
        lines += [f"## {state.name}", "", *_traits(evidence, state.code), ""]
        lines += [line for trial in TRIALS if trial.state == state.code for line in _trial(evidence, base, trial)]
    return "\n".join(lines).rstrip() + "\n"


def _play(evidence: "Evidence", numbers: Mapping[str, float]) -> "Block":
    from sim.engine.ensemble import prepare
    from sim.scenario.scenario import load_scenario

    beyond = "what another state has may lie outside what is thinkable for this one"
    given = {name: {"value": value, "beyond": beyond} for name, value in numbers.items()}
    return prepare(load_scenario(SCENARIO), evidence, numbers=given).run_block(0, RUNS)


def _acceptance(block: "Block") -> Iterator[str]:
    made, taken = (block.offer_total(name).sum(axis=(0, 3)) for name in ("offers", "accepted"))
    yield "| | " + " | ".join(block.powers) + " |"
    yield "|---|" + "---|" * len(block.powers)
    for i, state in enumerate(block.states):
        yield f"| {state} | " + " | ".join(f"{share:.0f}" for share in 100 * taken[i] / made[i]) + " |"
    yield ""


def _traits(evidence: "Evidence", code: str) -> Iterator[str]:
    """The numbers in which a state lies furthest from the others, measured by how far these lie apart."""
    found = []
    for number in evidence.numbers.values():
        parts = number.name.split(".")
        if parts[0] not in {"states", "ties"} or parts[1] != code or number.unit not in {"0..1", "share"}:
            continue
        others = np.array([_same(evidence, number, state.code) for state in evidence.states if state.code != code])
        found.append((abs(number.value - others.mean()), number, float(others.mean())))
    found.sort(key=lambda one: (-round(one[0], 9), one[1].name))
    yield "| what | value | others | rests on |"
    yield "|---|---|---|---|"
    for _, number, others in found[:TRAITS]:
        documents = dict.fromkeys(evidence.facts[fact].document for fact in number.evidence)
        rests = f"{number.basis.name.lower()}: {', '.join(documents) or 'no fact'}"
        yield f"| {' '.join(number.meaning.split())} (`{number.name}`) | {number.value:.2g} | {others:.2g} | {rests} |"


def _same(evidence: "Evidence", number: "Number", state: str) -> float:
    first, _, rest = number.name.split(".", 2)
    return evidence.numbers[f"{first}.{state}.{rest}"].value


def _trial(evidence: "Evidence", base: "Block", trial: Trial) -> Iterator[str]:
    numbers = {}
    for name in trial.numbers:
        others = [
            _same(evidence, evidence.numbers[name], state.code)
            for state in evidence.states
            if state.code != trial.state
        ]
        numbers[name] = float(np.mean(others)) if trial.to is None else trial.to
    other = _play(evidence, numbers)
    set_to = "set to the mean of the others" if trial.to is None else f"set to {trial.to:g}"
    found = [_difference(base, other, trial.state, asked) for asked in trial.asked]
    yield f"Take away {trial.words} ({set_to}): " + "; ".join(found) + "."
    yield ""


def _difference(base: "Block", other: "Block", state: str, asked: tuple[str, ...]) -> str:
    """A paired difference in words, with its 95 % interval."""
    from sim.model.variables import BY_POWER, in_words

    i = base.states.index(state)
    before, after = (_ask(block, i, asked) for block in (base, other))
    change: Any = after - before
    middle, half = float(change.mean()), 1.96 * float(change.std(ddof=1)) / RUNS**0.5
    if asked[0] == "signed":
        kind = {"deal": "trade deals", "minerals": "minerals deals", "security": "offers of security help"}
        what = f"{kind.get(asked[2], 'works')} signed with {asked[1]} in ten years"
        return f"{what} {middle:+.2f} (± {half:.2f}, from {before.mean():.1f})"
    if asked[0] in BY_POWER:
        what = "share of ties with" if asked[0] == "alignment" else "trust in"
        return f"{what} {asked[1]} {100 * middle:+.2f} points (± {100 * half:.2f}, from {100 * before.mean():.1f})"
    return f"{in_words(asked[0])} {middle:+.3f} (± {half:.3f}, from {before.mean():.2f})"


def _ask(block: "Block", i: int, asked: tuple[str, ...]) -> np.ndarray:
    from sim.model.variables import BY_POWER

    if asked[0] == "signed":
        taken = block.offer_total("accepted")
        return taken[:, i, block.powers.index(asked[1]), block.kinds.index(asked[2])].astype(np.float64)
    if asked[0] in BY_POWER:
        return block.power_measure(asked[0])[:, -LAST:, i, block.powers.index(asked[1])].mean(axis=1)
    return block.state_measure(asked[0])[:, -LAST:, i].mean(axis=1)
