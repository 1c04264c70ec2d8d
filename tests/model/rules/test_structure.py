import math

import pytest

from helpers.rulebook import falls, rises, stays_between
from sim.model.rules.structure import autonomy_of, balance_of, entropy_of, share_of


def test_a_share_is_a_part_of_the_whole():
    rises(share_of, "stock")
    falls(share_of, "total")
    assert share_of(2.0, 8.0) == 0.25
    assert share_of(8.0, 8.0) == 1.0


def test_a_share_of_nothing_is_nothing():
    assert share_of(0.0, 0.0) == 0.0
    assert share_of(1.0, 5e-324) == 0.0  # a way that is open by next to nothing, not one that is infinitely wide
    assert share_of(1.0, 1e-200) == 1e200


def test_entropy_is_that_of_shannon():
    stays_between(0.0, 1.0 / math.e + 1e-12, entropy_of)
    assert entropy_of(0.0) == 0.0
    assert entropy_of(1.0) == 0.0
    assert entropy_of(0.5) == pytest.approx(0.5 * math.log(2.0))


def test_even_ties_have_the_most_entropy():
    even = sum(entropy_of(share) for share in [0.25] * 4)
    assert even == pytest.approx(math.log(4.0))
    assert sum(entropy_of(share) for share in [0.7, 0.1, 0.1, 0.1]) < even


def test_autonomy_is_lost_to_pressure_and_to_promises():
    falls(autonomy_of, "coerced", "promised")
    stays_between(0.0, 1.0, autonomy_of)
    assert autonomy_of(0.0, 0.0) == 1.0
    assert autonomy_of(0.2, 0.5) == pytest.approx(0.4)
    assert autonomy_of(1.0, 0.0) == 0.0
    assert autonomy_of(0.0, 1.0) == 0.0


@pytest.mark.parametrize(("lean", "score"), [(-1.0, 0.0), (-0.1, 45.0), (0.0, 50.0), (0.1, 55.0), (2.0, 100.0)])
def test_balance_is_even_at_fifty(lean, score):
    assert balance_of(lean) == pytest.approx(score)


def test_balance_rises_towards_one_pole():
    rises(balance_of, "lean")
    stays_between(0.0, 100.0, balance_of)
