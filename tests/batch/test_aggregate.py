from dataclasses import replace

import numpy as np
import pytest

from helpers.fake_engine import LINES, fake_block
from sim.batch.aggregate import QUANTILES, Aggregate
from sim.batch.outcomes import final_columns, summarise, thresholds
from sim.batch.tables import share_range
from sim.model.variable import Scale
from sim.model.variables import BANDED, BY_NAME, BY_POWER, OFFER_TOTALS
from sim.scenario.events import Event, EventKind

LINE = thresholds(LINES)


def counted(cuts):
    aggregate = None
    for number, (first, count) in enumerate(cuts):
        block = fake_block(first, count)
        aggregate = aggregate or Aggregate(block)
        aggregate.add(number, block, summarise(block, LINE))
    return aggregate


@pytest.fixture(scope="module")
def whole():
    return fake_block(0, 300)


@pytest.fixture(scope="module")
def bands():
    return counted([(0, 300)]).bands().to_pandas()


# How far a quantile may lie from the exact one: absolute, and relative for what has no upper end.
NEAR = {
    Scale.SHARE: {"abs": 0.00101, "rel": 0.0},
    Scale.POINTS: {"abs": 0.101, "rel": 0.0},
    Scale.POWERS: {"abs": 0.00101, "rel": 0.0},
    Scale.COUNT: {"abs": 0.0, "rel": 0.0},
    Scale.AMOUNT: {"abs": 0.001, "rel": 0.02},
}


@pytest.mark.parametrize("measure", BANDED)
def test_bands_agree_with_all_the_runs_held_at_once(measure, whole, bands):
    told = bands[bands["measure"] == measure]
    of_power = measure in BY_POWER
    values = whole.power_measure(measure) if of_power else whole.state_measure(measure)
    values = values.reshape(whole.runs, -1)
    assert len(told) == values.shape[1]
    assert told["mean"].to_numpy() == pytest.approx(values.mean(axis=0), abs=1e-5)
    exact = np.quantile(values, QUANTILES, axis=0, method="inverted_cdf").T
    found = told[[f"p{round(100 * q)}" for q in QUANTILES]].to_numpy()
    assert found == pytest.approx(exact, **NEAR[BY_NAME[measure].counted_by])


def test_rows_name_what_they_are_about(whole, bands):
    row = bands[
        (bands["measure"] == "alignment")
        & (bands["quarter"] == "2026-Q2")
        & (bands["state"] == "BEK")
        & (bands["power"] == "SUD")
    ]
    assert row["mean"].item() == pytest.approx(whole.power_measure("alignment")[:, 5, 1, 2].mean(), abs=1e-6)
    assert set(bands[bands["measure"] == "threat"]["power"]) == {""}


def test_nothing_depends_on_how_runs_were_cut_or_ordered():
    one = counted([(0, 300)])
    other = counted([(200, 100), (0, 150), (150, 50)])
    for table in ("bands", "outcomes", "offers"):
        assert getattr(one, table)().equals(getattr(other, table)())


def test_a_block_is_counted_once():
    block = fake_block(0, 20)
    aggregate = Aggregate(block)
    for _ in range(2):
        aggregate.add(7, block, summarise(block, LINE))
    assert aggregate.runs == 20


def test_a_tally_comes_back_as_it_was(tmp_path):
    aggregate = counted([(0, 30), (30, 20)])
    (tmp_path / "aggregate.npz").write_bytes(aggregate.packed())
    again = Aggregate(fake_block(0, 1))
    assert again.restore(tmp_path / "aggregate.npz")
    assert (again.runs, again.blocks) == (50, {0, 1})
    assert again.bands().equals(aggregate.bands())
    assert again.offers().equals(aggregate.offers())


def test_few_runs_are_counted_in_half_of_the_memory_and_come_to_the_same(whole):
    few, many = Aggregate(whole, 300), Aggregate(whole, 1 << 16)
    for aggregate in (few, many):
        aggregate.add(0, whole, summarise(whole, LINE))
    assert 2 * few._by_power.histogram.nbytes == many._by_power.histogram.nbytes
    assert few.bands().equals(many.bands())
    for one, other in ((few, many), (many, few)):
        taken_up = Aggregate(whole, 300) if one is many else Aggregate(whole)
        assert taken_up.absorb(one.packed())
        assert taken_up.bands().equals(other.bands())


@pytest.mark.parametrize("content", [b"", b"not a aggregate", None])
def test_a_spoilt_tally_is_not_taken_up(content, tmp_path):
    if content is not None:
        (tmp_path / "aggregate.npz").write_bytes(content)
    aggregate = Aggregate(fake_block(0, 1))
    assert not aggregate.restore(tmp_path / "aggregate.npz")
    assert aggregate.runs == 0


def test_outcomes_are_counted_like_the_words_of_the_runs(whole):
    table = counted([(0, 300)]).outcomes().to_pandas()
    last = table[table["quarter"] == table["quarter"].iloc[-1]]
    words = final_columns(summarise(whole, LINE), whole)["outcome"]
    for index, state in enumerate(whole.states):
        told = last[last["state"] == state].set_index("outcome")["runs"].to_dict()
        seen, times = np.unique(words[:, index], return_counts=True)
        assert told == dict(zip(seen.tolist(), times.tolist(), strict=True))
    assert table.groupby(["quarter", "state"], observed=True)["share"].sum().to_numpy() == pytest.approx(1.0)


def test_offers_are_summed(whole):
    table = counted([(0, 300)]).offers().to_pandas()
    row = table[(table["state"] == "BEK") & (table["power"] == "OST") & (table["kind"] == "minerals")]
    assert row[list(OFFER_TOTALS)].to_numpy().tolist() == [whole.offers[:, 1, 1, 1].sum(axis=0).tolist()]


def test_what_lies_outside_is_counted_at_the_edge_and_told():
    block = fake_block(0, 5)
    block.power_measure("trust")[:] = 1.5
    aggregate = Aggregate(block)
    aggregate.add(0, block, summarise(block, LINE))
    bands = aggregate.bands().to_pandas()
    assert aggregate.outside == 5 * len(block.quarters) * len(block.states) * len(block.powers)
    middle = bands[bands["measure"] == "trust"]["p50"].to_numpy()
    assert ((middle >= 0.999) & (middle <= 1.5)).all()


def test_quantiles_beyond_the_bins_reach_as_far_as_the_values_did():
    whole = fake_block(0, 40)
    amounts = whole.power_measure("trade")
    amounts[:] = np.linspace(2e6, 1e9, 40)[:, None, None, None]  # all of them beyond the last bin, at about 1e6
    whole.power_measure("trust")[:20] = -0.5
    whole.power_measure("trust")[20:] = 0.4
    tables = []
    for cuts in ([(0, 40)], [(20, 40), (0, 20)]):
        aggregate = Aggregate(whole)
        for first, last in cuts:
            part = replace(
                whole,
                first=first,
                by_power=whole.by_power[first:last],
                by_state=whole.by_state[first:last],
                offers=whole.offers[first:last],
                answers=whole.answers[first:last],
            )
            counted_apart = Aggregate(whole)
            counted_apart.add(first, part, summarise(part, LINE))
            assert aggregate.absorb(counted_apart.packed())
        tables.append(aggregate.bands())
    assert tables[0].equals(tables[1])
    bands = tables[0].to_pandas()
    trade, trust = bands[bands["measure"] == "trade"], bands[bands["measure"] == "trust"]
    assert trade["mean"].to_numpy() == pytest.approx(amounts.mean(), rel=1e-6)
    assert (trade["p50"] < trade["p95"]).all()
    assert ((trade["p95"] > 9e8) & (trade["p95"] <= 1e9)).all()
    assert ((trust["p5"] >= -0.5) & (trust["p5"] < 0.0)).all()
    assert trust["p95"].to_numpy() == pytest.approx(0.4, abs=0.001)


def test_a_mean_that_its_sum_cannot_hold_is_not_told():
    block = fake_block(0, 5)
    block.power_measure("trade")[:] = 1e13
    aggregate = Aggregate(block)
    aggregate.add(0, block, summarise(block, LINE))
    bands = aggregate.bands().to_pandas()
    assert bands[bands["measure"] == "trade"]["mean"].isna().all()
    assert bands[bands["measure"] != "trade"]["mean"].notna().all()


def test_quarters_of_tables_can_be_compared(whole):
    aggregate = counted([(0, 300)])
    for table in (aggregate.bands(), aggregate.outcomes()):
        quarters = table.to_pandas()["quarter"]
        later = quarters >= quarters.iloc[-1]
        assert later.any()
        assert not later.all()


def test_values_of_offers_say_their_unit():
    table = counted([(0, 300)]).offers().to_pandas()
    assert set(table.groupby("unit", observed=True)["kind"].unique().map(tuple).map(len)) == {1, 3}
    assert set(table[table["kind"] == "security"]["unit"]) == {"thousandths of an index point"}


def test_a_measure_that_stays_at_zero_is_told_as_zero():
    block = fake_block(0, 9)
    block.power_measure("pressure")[:] = block.power_measure("trade")[:] = 0.0
    aggregate = Aggregate(block)
    aggregate.add(0, block, summarise(block, LINE))
    bands = aggregate.bands().to_pandas()
    assert (bands[bands["measure"].isin(["pressure", "trade"])][["mean", "p5", "p50", "p95"]] == 0).all().all()


# --- offers that events lay on the table -----------------------------------------------------------------------------

LAID = tuple(
    Event(at=8104 + late, kind=EventKind.OFFER, fields={"by": by, "to": "ALD", "kind": kind, "size": 2.0})
    for late, by, kind in ((4, "NOR", "deal"), (0, "SUD", "security"), (8, "NOR", "deal"))
)


def answered(first, count):
    """A block in which the first offer is always taken, the second in every other run, the third never laid."""
    runs = np.arange(first, first + count)
    answers = np.stack([np.ones(count), runs % 2, np.full(count, -1)], axis=1).astype(np.int8)
    return replace(fake_block(first, count), answers=answers)


def test_answers_to_laid_offers_are_counted_however_runs_are_cut_and_taken_up_again(tmp_path):
    whole = Aggregate(answered(0, 1))
    whole.add(0, answered(0, 100), summarise(answered(0, 100), LINE))
    parts = Aggregate(answered(0, 1))
    parts.add(1, answered(60, 40), summarise(answered(60, 40), LINE))
    (tmp_path / "counts.npz").write_bytes(parts.packed())
    resumed = Aggregate(answered(0, 1))
    assert resumed.restore(tmp_path / "counts.npz")
    resumed.add(0, answered(0, 60), summarise(answered(0, 60), LINE))
    told = whole.laid(LAID)
    rows = told.to_pandas()
    assert rows.equals(resumed.laid(LAID).to_pandas())
    assert rows["power"].tolist() == ["SUD", "NOR", "NOR"]  # in the order of their dates
    assert rows["laid"].tolist() == [100, 100, 0]
    assert rows["taken"].tolist() == [100, 50, 0]
    assert rows["share"].tolist()[:2] == [1.0, 0.5]
    assert rows.loc[2, ["share", "low", "high"]].isna().all()


def test_the_range_of_a_share_is_wilsons():
    assert share_range(0, 0) == (pytest.approx(np.nan, nan_ok=True), pytest.approx(np.nan, nan_ok=True))
    assert share_range(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert share_range(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert share_range(0, 600)[1] == pytest.approx(0.0064, abs=1e-4)
