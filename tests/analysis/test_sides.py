"""Taking a side: the word has the consequences that documents name, on the same luck, and not because of who takes one.

Runs of one scenario are played twice, as they are and with the price of a side at nought; looked at are those in which
the same state takes the same side in the same quarter on both sides of the comparison.
"""

import numpy as np
import pytest

from sim.analysis.paired import Resampling, paired
from sim.engine.ensemble import prepare
from sim.evidence.evidence import load_evidence
from sim.scenario.scenario import load_scenario, with_number

RUNS = 300
AFTER = 12  # quarters after the side was taken
PRICES = (
    "choice.side_loyalty",
    "delivery.side_trade",
    "offers.side_favour",
    "offers.side_shun",
    "reactions.side_anger",
)
STATE, PATRON, RIVALS = "KAZ", "RUS", ("USA", "EU", "JPN")


@pytest.fixture(scope="module")
def played():
    scenario = load_scenario("rivalry-to-the-limit")
    free = scenario
    for name in PRICES:
        free = with_number(free, name, 0.0, "a side without a price")
    return tuple(prepare(one).run_block(0, RUNS) for one in (free, scenario))


@pytest.fixture(scope="module")
def sided(played):
    """The runs in which the side is taken in the same quarter in both, with that quarter."""
    codes = [block.state_measure("sided")[:, :, block.states.index(STATE)] for block in played]
    side = 1 + played[0].powers.index(PATRON)
    first = [np.where((code == side).any(axis=1), (code == side).argmax(axis=1), -1) for code in codes]
    same = (first[0] == first[1]) & (first[0] >= 0) & (first[0] + AFTER < codes[0].shape[1])
    runs = np.flatnonzero(same)
    assert len(runs) > 50
    return runs, first[0][runs]


def differences(played, sided, measure, powers=(), summed=False):
    """With a price less without, run by run, so many quarters after; a sum over them where it is counted up."""
    runs, first = sided
    found = []
    for block in played:
        state = block.states.index(STATE)
        if powers:
            places = [block.powers.index(code) for code in powers]
            values = block.power_measure(measure)[:, :, state, places].sum(axis=2)
        else:
            values = block.state_measure(measure)[:, :, state]
        window = range(1, AFTER + 1) if summed else (AFTER,)
        found.append(sum(values[runs, first + after] for after in window))
    told = paired(found[0][:, None], found[1][:, None], Resampling(len(runs), 0))
    return float(told.low[0]), float(told.high[0])


@pytest.mark.parametrize(
    ("measure", "powers", "summed", "way", "document"),
    [
        ("signed_deal", RIVALS, True, -1, "c5-many-friends-rule"),
        ("signed_infrastructure", RIVALS, True, -1, "c5-many-friends-rule"),
        ("trade", RIVALS, False, -1, "c5-many-friends-rule"),
        ("pressure", RIVALS, False, 1, "conflicting-terms-trust-backlash"),
        ("output", (), False, -1, "c5-many-friends-rule"),
        ("stability", (), False, -1, "c5-many-friends-rule"),
        ("autonomy", (), False, -1, "diversified-ties-avoid-capture"),
        ("effective_partners", (), False, -1, "diversified-ties-raise-voice"),
    ],
    ids=lambda part: str(part)[:24],
)
def test_who_takes_a_side_loses_what_documents_say_it_loses(played, sided, measure, powers, summed, way, document):
    assert document in load_evidence().facts
    low, high = differences(played, sided, measure, powers, summed)
    assert way * low > 0.0
    assert way * high > 0.0


def test_the_patron_signs_more_and_presses_no_more(played, sided):
    low, _ = differences(played, sided, "signed_deal", (PATRON,), summed=True)
    _, high = differences(played, sided, "pressure", (PATRON,))
    assert low > 0.0
    assert high <= 0.0


def test_before_a_side_is_taken_its_price_moves_nothing(played, sided):
    runs, first = sided
    free, priced = (block.power_measure("trade")[:, :, block.states.index(STATE)] for block in played)
    taken = played[1].state_measure("sided") > 0.0
    looked_at = 0
    for run, quarter in zip(runs, first, strict=True):
        if not taken[run, :quarter].any():  # what a neighbour's side moves comes to this state through the region
            looked_at += 1
            assert (free[run, : quarter + 1] == priced[run, : quarter + 1]).all()
    assert looked_at
