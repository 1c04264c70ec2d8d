"""The page of amounts: what powers offer, sign and build a year in the model, beside what is on record.

Nothing in `sim/` knows a country; this page does, because it is about countries. The record is announcements and sums
added up over long years, so a factor of two between the two columns says little and a factor of four something.
Figures are means over runs of the baseline on fixed luck, rounded far above the last bit.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from sim.engine.block import Block
    from sim.evidence.evidence import Evidence

RUNS = 480
SCENARIO = "baseline"
BUSINESS = ("deal", "minerals", "infrastructure")
CAPITAL = ("minerals", "infrastructure")
EURO, YEN = 1.08, 1000.0 / 155.0  # bn USD in a bn EUR, and in a trn JPY
A_BILLION = 1000.0  # million USD
FAR = 2.5  # how many times more or less than the record is worth a word


class Record(NamedTuple):
    """One sum on record: whose, what it is, its facts, what part of each fact counts a year, and what to compare."""

    power: str
    words: str
    facts: tuple[str, ...]
    a_year: float  # by how much the sum of the facts is multiplied
    kinds: tuple[str, ...]
    states: tuple[str, ...] = ()  # none: all


_FINANCE = "official finance committed from 2000 to 2021, a year"
RECORDS = (
    Record(
        "USA",
        "orders announced in 2025, over seven years",
        ("usa-kaz-deals-17bn-2025", "uzb-boeing-2025", "tjk-boeing-2025"),
        1.0 / 7.0,
        ("deal", "minerals"),
    ),
    Record("JPN", "the target of Tokyo, over five years", ("jpn-target-2025-yen",), YEN / 5.0, BUSINESS),
    Record("EU", "the package of 2025, over five years", ("eu-package-2025-eur",), EURO / 5.0, BUSINESS),
    *(
        Record("CHN", _FINANCE, (f"chn-finance-{state.lower()}-2000-2021",), 1.0 / 22.0, CAPITAL, (state,))
        for state in ("KAZ", "KGZ", "TJK", "TKM", "UZB")
    ),
    Record("CHN", "works finished up to 2023, over 22 years", ("chn-contracts-c5-2023",), 1.0 / 22.0, CAPITAL),
    Record("RUS", "investment so far, over 20 years", ("rus-investment-c5-2025",), 1.0 / 20.0, CAPITAL),
    Record(
        "TUR",
        "a seventh of the Asian stock of investment in three states, over 20 years",
        ("asian-fdi-kaz-2024", "asian-fdi-tkm-2024", "asian-fdi-uzb-2024"),
        0.136 / 20.0,
        CAPITAL,
        ("KAZ", "TKM", "UZB"),
    ),
)


def print_amounts(evidence: "Evidence", printed: str) -> str:
    """The page, as Markdown. Plays a few hundred runs."""
    from sim.engine.ensemble import prepare
    from sim.scenario.scenario import load_scenario

    block = prepare(load_scenario(SCENARIO), evidence).run_block(0, RUNS)
    lines = [
        "# Amounts",
        "",
        printed,
        "",
        f"What powers offer and sign a year in `{SCENARIO}`, mean over {RUNS} runs and ten years, in bn USD of 2024 "
        "(security in index points). A conditional exploration, not a forecast.",
        "",
        "## Offered and signed, by power",
        "",
        *_by_power(block),
        "## Beside what is on record",
        "",
        "Sums on record are announcements, targets and stocks added up over long years; what was paid of them is "
        f"mostly unknown. A row whose signed sum is more than {FAR:g} times as large, or as small, is marked.",
        "",
        *_beside_the_record(block, evidence),
        "## What is off, and why it was left",
        "",
        *_WHAT_IS_OFF,
    ]
    return "\n".join(lines) + "\n"


_WHAT_IS_OFF = (
    "- **China.** Committed finance of 2000 to 2021 went to Kazakhstan for three parts in five; the model signs "
    "by need and size of the economy, so that Uzbekistan and the two small states get more of it than they had. "
    "The record ends before the turn to Uzbekistan, and no figure of these years says how much of it that was.",
    "- **Türkiye.** Its stock of investment is the only sum in the evidence, and contractors build for others' "
    "money: for China finished works are four times its investment. At that rate the Turkish sum would be about "
    "1.2 a year. The numbers of Türkiye are assumed and stay within that.",
    "- **Japan.** The target is for firms, and a third of it was taken as realised when the budget was set; the "
    "model signs less than that because offers end where a state takes no more.",
    "- **Turkmenistan.** It signs as others do except in security, where a state whose neutrality is 1 may take no "
    "contract that would be an alliance.",
    "- **India.** No source gives a sum.",
)


def _totals(block: "Block", name: str) -> np.ndarray:
    """A total of offers a year: [state, power, kind], mean over runs."""
    years = len(block.quarters) / 4.0
    mean: np.ndarray = block.offer_total(name).mean(axis=0) / years
    return mean


def _by_power(block: "Block") -> Iterator[str]:
    offered, signed = (_totals(block, name) / A_BILLION for name in ("value_offered", "value_signed"))
    made, taken = (_totals(block, name) for name in ("offers", "accepted"))
    yield "| power | offers a year | taken | " + " | ".join(f"{kind}: offered / signed" for kind in block.kinds) + " |"
    yield "|---|---|---|" + "---|" * len(block.kinds)
    for j, power in enumerate(block.powers):
        sums = [f"{offered[:, j, k].sum():.2f} / {signed[:, j, k].sum():.2f}" for k in range(len(block.kinds))]
        count = made[:, j].sum()
        yield f"| {power} | {count:.1f} | {100 * taken[:, j].sum() / count:.0f} % | " + " | ".join(sums) + " |"
    yield ""


def _beside_the_record(block: "Block", evidence: "Evidence") -> Iterator[str]:
    signed = _totals(block, "value_signed") / A_BILLION
    yield "| power | where | on record | a year | signed in the model | more stands at the end | |"
    yield "|---|---|---|---|---|---|---|"
    for record in RECORDS:
        states = record.states or block.states
        i, k = [block.states.index(one) for one in states], [block.kinds.index(one) for one in record.kinds]
        j = block.powers.index(record.power)
        known = sum(float(evidence.facts[one].value or 0.0) for one in record.facts) * record.a_year
        now = float(signed[np.ix_(i, [j], k)].sum())
        facts = ", ".join(f"`{one}`" for one in record.facts)
        where = " ".join(record.states) or "all"
        mark = "far" if now > FAR * known or now < known / FAR else ""
        added = _added(block, i, j)
        said = f"{record.words} ({facts})"
        yield f"| {record.power} | {where} | {said} | {known:.2f} | {now:.2f} | {added:.2f} | {mark} |"
    yield ""


def _added(block: "Block", states: list[int], power: int) -> float:
    """By how much works and mines of a power grow a year, less what wears out, bn USD."""
    stands = block.power_measure("works_stock") + block.power_measure("minerals_stock")
    grown = (stands[:, -1] - stands[:, 0]).mean(axis=0)[states, power].sum()
    return float(grown) * 4.0 / (len(block.quarters) - 1)
