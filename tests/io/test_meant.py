"""What somebody meant who wrote a quarter, a day, a span or an amount in a way of his own; never more than a hint."""

import pytest

from sim.io.meant import amount_meant, day_meant, either_way, quarter_meant, span_meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026Q1", "2026-Q1"),
        ("2026 q3", "2026-Q3"),
        ("Q1 2026", "2026-Q1"),
        ("q4/2026", "2026-Q4"),
        ("1Q2026", "2026-Q1"),
        ("2026-1", "2026-Q1"),
        ("2026-05", "2026-Q2"),
        ("2026-12-31", "2026-Q4"),
        ("2026-2", None),
        ("2026Q5", None),
        ("2026-13", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_quarter(written, meant):
    assert quarter_meant(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("31.12.2019", "2019-12-31"),
        ("2019/12/31", "2019-12-31"),
        ("20191231", "2019-12-31"),
        ("2019-2-3", "2019-02-03"),
        ("1/2/2019", None),
        ("2019-02-30", None),
    ],
)
def test_a_day(written, meant):
    assert day_meant(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"), [("2y", "2 years"), ("1 yr", "1 year"), ("4q", "4 quarters"), ("4", None), ("2 weeks", None)]
)
def test_a_span(written, meant):
    assert span_meant(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1,500 mn USD", "1500 mn USD"),
        ("1 500 mn USD", "1500 mn USD"),
        ("1.500.000 mn USD", "1500000 mn USD"),
        ("1,5 bn USD", "1.5 bn USD"),
        ("$1.5bn", "1.5 bn USD"),
        ("300 million dollars", "300 mn USD"),
        ("25 percent", "25 %"),
        ("0.2 pts", "0.2 points"),
        ("1.500 mn USD", None),
        ("1,23,4 mn USD", None),
        ("300 mn EUR", None),
        ("a lot", None),
    ],
)
def test_an_amount(written, meant):
    assert amount_meant(written) == meant


@pytest.mark.parametrize(
    ("written", "clear"),
    [
        ("1.500 mn USD", "1.5 mn USD or 1500 mn USD"),
        ("12.345 bn USD", "12.3450 bn USD or 12345 bn USD"),
        ("-1.000 trn USD", "-1 trn USD or -1000 trn USD"),
        ("1.5 mn USD", ""),
        ("0.125 bn USD", ""),
        ("1.5000 bn USD", ""),
        ("1500 mn USD", ""),
        ("1.500", ""),
        ("1.500 points", ""),
    ],
)
def test_a_point_that_may_part_thousands(written, clear):
    assert either_way(written) == clear
