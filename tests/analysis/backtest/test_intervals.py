"""Intervals over states and partners: that they cover, and what rows are worth when some share their fate."""

import numpy as np
import pytest

from sim.analysis.backtest.intervals import LEAST, clusters_of, effective, skill_interval, weights_of

STATES, PARTNERS, YEARS = "ABCDE", "qrstuvw", ("2020", "2021", "2022", "2023")
ROWS = [(state, partner, year) for state in STATES for partner in PARTNERS for year in YEARS]
CLUSTERS = clusters_of([state for state, *_ in ROWS], [partner for _, partner, _ in ROWS])


def noise(chance, by_state, by_partner, by_row):
    """Differences of scores with parts that rows of a state, and rows of a partner, share."""
    state = dict(zip(STATES, by_state * chance.normal(size=len(STATES)), strict=True))
    partner = dict(zip(PARTNERS, by_partner * chance.normal(size=len(PARTNERS)), strict=True))
    return np.array([state[s] + partner[p] for s, p, _ in ROWS]) + by_row * chance.normal(size=len(ROWS))


def test_a_row_is_drawn_as_often_as_its_state_times_its_partner():
    drawn = weights_of(CLUSTERS, 50)
    assert drawn.shape == (50, len(ROWS))
    assert drawn.sum(axis=1) == pytest.approx(np.full(50, len(ROWS)))
    first = {row: place for place, row in enumerate(ROWS)}
    assert np.array_equal(drawn[:, first["A", "q", "2020"]], drawn[:, first["A", "q", "2023"]])
    one, two = drawn[:, first["A", "q", "2020"]], drawn[:, first["B", "r", "2020"]]
    across = drawn[:, first["A", "r", "2020"]] * drawn[:, first["B", "q", "2020"]]
    assert np.array_equal(one * two, across)


def test_states_and_partners_are_drawn_independently_also_where_they_are_as_many():
    square = clusters_of(*zip(*[(s, p) for s in "ABCDE" for p in "qrstu"], strict=True))
    drawn = weights_of(square, 2000)
    assert np.corrcoef(drawn[:, 0], drawn[:, 6])[0, 1] < 0.3


@pytest.mark.parametrize(
    ("by_state", "by_partner", "least"), [(0.0, 0.0, 0.9), (0.03, 0.03, 0.82), (0.1, 0.1, 0.75), (0.2, 0.0, 0.7)]
)
def test_intervals_cover_the_truth(by_state, by_partner, least):
    """Wider than need be where nothing is shared, and too narrow where it is all one state's fate: there are five."""
    chance, inside, times = np.random.default_rng(7), 0, 120
    for _ in range(times):
        theirs = 1.0 + 0.1 * np.abs(chance.normal(size=len(ROWS)))
        mine = theirs - 0.1 - noise(chance, by_state, by_partner, 0.1)
        low, high = skill_interval(mine, theirs, CLUSTERS, 0.9)
        truth = 0.1 / (1.0 + 0.1 * np.sqrt(2.0 / np.pi))
        inside += low <= truth <= high
    assert inside / times >= least


def test_the_same_rows_in_another_order_have_the_same_interval():
    chance = np.random.default_rng(2)
    mine, theirs = 1.0 + 0.1 * chance.random(len(ROWS)), np.full(len(ROWS), 1.2)
    order = chance.permutation(len(ROWS))
    again = clusters_of(*zip(*[ROWS[place][:2] for place in order], strict=True))
    found = skill_interval(mine[order], theirs[order], again, 0.9)
    assert found == pytest.approx(skill_interval(mine, theirs, CLUSTERS, 0.9))


def test_too_few_to_draw_anew_have_no_interval():
    few = clusters_of(list("ABC")[: LEAST - 1] * 2, ["q"] * 3 + ["r"] * 3)
    assert np.isnan(skill_interval(np.ones(6), np.full(6, 2.0), few, 0.9)).all()


def test_rows_that_share_nothing_count_for_many_and_those_of_a_state_as_one():
    chance = np.random.default_rng(3)
    alone = np.mean([effective(noise(chance, 0.0, 0.0, 1.0), CLUSTERS) for _ in range(50)])
    by_state = np.mean([effective(noise(chance, 1.0, 0.0, 0.01), CLUSTERS) for _ in range(50)])
    by_both = np.mean([effective(noise(chance, 1.0, 1.0, 0.1), CLUSTERS) for _ in range(50)])
    assert alone > 0.25 * len(ROWS)
    assert by_state == pytest.approx(len(STATES), rel=0.35)
    assert by_both < 2.0 * len(PARTNERS)


def test_scores_that_never_differ_are_worth_what_they_are():
    assert effective(np.zeros(len(ROWS)), CLUSTERS) == len(ROWS)
