"""The page of the policies: what refusing everybody, signing everything or taking a side buys and costs."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.policy_results import MeasuredPolicies

MEASURED = Path(__file__).resolve().parent.parent / "experiments" / "policies.json"


def print_policies(printed: str) -> str:
    """The page, out of `experiments/policies.json`; `printed` is the line that says where it comes from."""
    from sim.analysis.policy_results import FELT, read_policies

    found = read_policies(MEASURED)
    quarters = sorted(set(found.table["quarter"]))
    lines = [
        printed,
        "",
        "# What constant policies buy and cost",
        "",
        "What a state wins and loses that follows a constant policy in place of its own rule, in"
        f" `{found.scenario}`, over {found.runs:,} runs on the same luck (`multivector policies`; `make policies`"
        " measures again). Each state is told for itself, the others go on by their rules. A policy is a list of events"
        " that any scenario could hold: orders (`answer`), visits, and for a side an alliance that excludes all rivals."
        f" Shown is policy less rule in {quarters[-1]}, with half of the {found.level:.0%} interval; bold is what"
        f" counts: clear among all outcomes of the policy (Holm), and at least {FELT:g} of the spread between runs."
        " Money signed for is a means, and stands in the last columns without being counted. Shares are in percentage"
        " points. Conditional exploration, not a forecast.",
        "",
        *_policies(found.table),
        *_verdict(found),
    ]
    for state in dict.fromkeys(found.table["state"]):
        lines += [f"## {state}", "", *_of_state(found.table, str(state), quarters)]
    return "\n".join(lines).rstrip() + "\n"


def _policies(table: "pd.DataFrame") -> Iterator[str]:
    for policy, words in table.groupby("policy", sort=False)["policy_words"].first().items():
        yield f"- `{policy}`: {words}."
    yield ""


def _verdict(found: "MeasuredPolicies") -> Iterator[str]:
    from sim.analysis.policy_results import free_lunches

    free = free_lunches(found.table)
    said = ", ".join(f"`{policy}` in {state}" for state, policy in free)
    yield (
        f"**Better than the rule in something and worse in nothing: {said}.**"
        if free
        else "**No policy is better than the rule in something and worse in nothing, in any state.**"
    )
    yield ""


def _of_state(table: "pd.DataFrame", state: str, quarters: list[str]) -> Iterator[str]:
    from print_pages import table as markdown

    from sim.analysis.observables import words_of
    from sim.analysis.policy_effects import ENDS, MEANS
    from sim.analysis.policy_results import judged

    mine = table[table["state"] == state]
    verdicts = judged(mine).set_index(["policy", "quarter"])["verdict"]
    last = mine[mine["quarter"] == quarters[-1]]
    measures = [name for name in (*ENDS, *MEANS) if (last["measure"] == name).any()]
    head = ["Policy", *(words_of(name) for name in measures), *(f"verdict {quarter}" for quarter in quarters)]
    rows = []
    for policy, of_policy in last.groupby("policy", sort=False):
        by_name = of_policy.set_index("measure")
        cells = [_cell(by_name.loc[name]) for name in measures]
        rows.append([f"`{policy}`", *cells, *(verdicts[policy, quarter] for quarter in quarters)])
    yield from markdown(head, rows)


def _cell(row: "pd.Series[float]") -> str:
    from sim.analysis.observables import scale_of
    from sim.analysis.policy_results import FELT
    from sim.io.text import signed

    scale = scale_of(str(row.name))
    half = scale * (float(row["high"]) - float(row["low"])) / 2
    text = f"{signed(scale * float(row['difference']))} ± {half:.2f}"
    effect = float(row["effect"])
    counts = bool(row["clear"]) and not abs(effect) < FELT
    return f"**{text}**" if counts else text
