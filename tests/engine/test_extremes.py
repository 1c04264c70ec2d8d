"""Cases whose answer is known before the model is asked."""

import dataclasses

import numpy as np
import pytest

from sim.batch.outcomes import OUTCOMES, summarise, thresholds
from sim.engine.ensemble import prepare
from sim.evidence.evidence import load_evidence
from sim.scenario.scenario import load_scenario

RUNS = 200
BASELINE_ENDS = 0.10  # at most this part of state-runs may give up multi-vectorism when nothing happens from outside
LIMIT_ENDS = 0.50  # and at least this part when rivalry is driven to the limit
YEARS = 40  # long enough for the slow forces to show
# How much larger the largest investor's part has to be than in the baseline. The pattern of the same name keeps the
# line at 0.07, on which this has come to lie since Chinese building is computed from what was lent.
CLEARLY = 0.06
STILL = 1e-9
SILENT = {"delivery.trade_noise": {"value": 0.0, "beyond": "what forces do shows where the luck of trade is silent"}}


def play(scenario, numbers=None):
    return prepare(scenario, numbers=numbers).run_block(0, RUNS)


def part_ended(scenario):
    """The part of state-runs that end without multi-vectorism."""
    ready = prepare(scenario)
    last = summarise(ready.run_block(0, RUNS), thresholds(ready.values)).outcome[:, -1]
    return np.mean([[OUTCOMES[code].ends_multi_vectorism for code in run] for run in last])


def largest_investor(block):
    """The place of the power that signed most over all runs, in money: security is counted in points and left out."""
    money = [place for place, kind in enumerate(block.kinds) if kind != "security"]
    return int(block.offers[:, :, :, money, 3].sum(axis=(0, 1, 3)).argmax())


def part_held(block, power):
    """Of the ties that powers hold with a state at the end, the part that one power holds: [runs, states]."""
    alignment = block.power_measure("alignment")[:, -1]
    return alignment[..., power] / alignment.sum(axis=-1)


@pytest.fixture(scope="module")
def baseline():
    return load_scenario("baseline")


def test_with_every_system_off_ties_stay_where_they_are(baseline):
    block = play(dataclasses.replace(baseline, without=tuple(load_evidence().systems)), SILENT)
    alignment = block.power_measure("alignment")
    assert alignment.sum() > 0.0
    assert np.abs(alignment - alignment[:, :1]).max() < STILL
    assert block.state_measure("accepted").sum() == 0


def test_left_to_themselves_few_states_give_up_balancing(baseline):
    assert part_ended(baseline) < BASELINE_ENDS


def test_rivalry_driven_to_the_limit_ends_balancing():
    assert part_ended(load_scenario("rivalry-to-the-limit")) > LIMIT_ENDS


def test_without_fear_of_dependence_and_without_rivalry_the_largest_investor_takes_over(baseline):
    long = dataclasses.replace(baseline, end=baseline.start + 4 * YEARS - 1)
    # forty years of luck in trade cover half of it: with luck the part held differs by 4 points and not by 8
    balancing = play(long, SILENT)
    careless = play(
        dataclasses.replace(long, without=("over-dependence-aversion", "rivalry-level-and-dialogue")), SILENT
    )
    largest = largest_investor(careless)
    with_fear, without_fear = part_held(balancing, largest), part_held(careless, largest)
    assert without_fear.mean() > with_fear.mean() + CLEARLY
    assert (without_fear > 0.5).mean() > 0.5


def test_the_same_luck_makes_the_difference_of_two_scenarios_sharper(baseline):
    """Paired differences between scenarios vary less than differences between unrelated runs."""
    tariff = load_scenario("tariff-shock")
    alike = play(baseline), play(tariff)
    apart = alike[0], play(dataclasses.replace(tariff, seed=tariff.seed + 1))
    spread = [
        (two.power_measure("alignment")[:, -1] - one.power_measure("alignment")[:, -1]).std(axis=0).mean()
        for one, two in (alike, apart)
    ]
    assert spread[0] < spread[1]


def test_who_has_taken_a_side_stays_for_a_while_and_never_stands_on_two():
    sided = play(load_scenario("rivalry-to-the-limit")).state_measure("sided")
    assert sided.max() <= len(load_evidence().powers)
    before, after = sided[:, :-1], sided[:, 1:]
    stays = (after == before)[before > 0.0].mean()
    changes_over = ((after != before) & (after > 0.0))[before > 0.0].mean()
    assert stays > 0.75  # four quarters or more on average
    assert changes_over < 0.02  # from one side straight to another


def test_a_side_taken_is_felt_in_offers_and_in_trade():
    """`sided` stands for deeds: against the same luck without them, rivals of the side offer and trade less."""
    limit = load_scenario("rivalry-to-the-limit")
    off = ("offers.side_favour", "offers.side_shun", "reactions.side_anger", "delivery.side_trade")
    with_deeds, without = play(limit), play(limit, dict.fromkeys(off, 0.0))
    sided = without.state_measure("sided")  # 1 + the place of the power
    east, west = (with_deeds.powers.index(code) for code in ("CHN", "USA"))
    standing = (sided == 1.0 + east).sum(axis=1) > sided.shape[1] // 2  # [runs, states]: with the first for years
    assert standing.sum() > RUNS // 10
    now, then = (block.power_measure("trade")[:, -4:].mean(axis=1)[..., west] for block in (with_deeds, without))
    assert now[standing].mean() < 0.95 * then[standing].mean()
    made = [block.offer_total("offers")[:, :, west].sum(axis=-1) for block in (with_deeds, without)]
    assert made[0][standing].mean() < 0.9 * made[1][standing].mean()
