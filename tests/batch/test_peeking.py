"""A look at some worlds: the first runs of the batch, whatever the threads, checked like a file; nothing is left."""

import dataclasses
import threading

import numpy as np
import pandas as pd
import pytest

import sim
from sim.batch.outcomes import outcome_words
from sim.batch.peeking import _cuts
from sim.batch.pool import made_together
from sim.engine import ensemble
from sim.io.errors import InputError
from sim.scenario.scenario import load_scenario

TOY = load_scenario("toy")
TOY = dataclasses.replace(TOY, end=TOY.start + 5)
AVERSION, LINE = "choice.dependence_aversion", "measures.leaning_share"


@pytest.fixture(scope="module")
def seen():
    return sim.peek(TOY, 120, measures=("alignment", "trust", "visits", "effective_partners"))


def alike(one, other, runs):
    assert np.array_equal(one.outcome[:runs], other.outcome[:runs])
    assert np.array_equal(one.about[:runs], other.about[:runs])
    for name, values in one.ends.items():
        assert np.array_equal(values[:runs], other.ends[name][:runs]), name


def test_it_is_the_batch_with_that_seed(seen, tmp_path):
    results = sim.run(TOY, runs=120, out=tmp_path)
    wanted = results.outcomes.astype({"quarter": str, "state": str, "power": str})
    pd.testing.assert_frame_equal(seen.outcomes, wanted, check_dtype=False)
    keys = ["quarter", "state", "power", "measure"]
    bands = results.bands.astype(dict.fromkeys(keys, str)).merge(seen.bands, on=keys, suffixes=("", "_seen"))
    assert len(bands) == len(seen.bands)
    for column in ("mean", "p5", "p25", "p50", "p75", "p95"):
        assert np.abs(bands[column] - bands[f"{column}_seen"]).max() < 0.0011, column
    final = seen.final_outcomes()
    assert final["runs"].tolist() == results.final_outcomes()["runs"].tolist()
    kept = results.runs["hhi_ALD"].mean()
    means = seen.means.set_index(["measure", "state", "power"])["mean"]
    assert means["hhi", "ALD", ""] == pytest.approx(kept)
    assert means["trust", "ALD", "SUD"] == pytest.approx(results.runs["trust_ALD_SUD"].mean())


def test_a_few_are_the_first_of_many(seen):
    few = sim.peek(TOY, 40)
    alike(few, seen, 40)
    assert set(few.courses) == {"alignment", "effective_partners"}


def test_courses_are_kept_run_by_run_where_they_are_asked_for(seen):
    kept = sim.peek(TOY, 120, measures=("trust",), kept=("visits", "alignment"), workers=3)
    block = ensemble.prepare(TOY).run_block(0, 120)
    assert set(kept.courses) == {"trust"}
    assert set(kept.kept) == {"visits", "alignment"}
    assert np.array_equal(kept.kept["visits"], block.state_measure("visits"))
    assert np.array_equal(kept.kept["alignment"], block.power_measure("alignment"))
    assert seen.kept == {}


def test_threads_move_no_bit(seen):
    for workers in (1, 3):
        other = sim.peek(TOY, 120, workers=workers, measures=tuple(seen.courses))
        alike(other, seen, 120)
        for name, course in seen.courses.items():
            assert np.array_equal(course, other.courses[name]), name


def test_numbers_are_checked_as_in_a_file(seen):
    moved = sim.peek(TOY, 40, numbers={AVERSION: 0.3})
    wanted = sim.peek(dataclasses.replace(TOY, numbers={AVERSION: 0.3}), 40)
    alike(moved, wanted, 40)
    assert not np.array_equal(moved.ends["alignment"], seen.ends["alignment"][:40])
    by_run = sim.peek(TOY, 40, numbers={AVERSION: np.linspace(0.5, 2.5, 40)})
    block = ensemble.prepare(TOY, numbers={AVERSION: np.linspace(0.5, 2.5, 40)}).run_block(0, 40)
    assert by_run.courses["effective_partners"][-1, 0, 0] == pytest.approx(
        block.state_measure("effective_partners")[:, -1, 0].mean()
    )


def test_the_lines_between_words_are_numbers_too(seen):
    everyone = sim.peek(TOY, 40, numbers={LINE: {"value": 0.0, "beyond": "to see it"}})
    words = outcome_words(everyone.outcome, everyone.about, everyone.powers)
    assert "multi-vector" not in words
    assert np.array_equal(everyone.ends["alignment"], seen.ends["alignment"][:40])


def test_answers_are_events():
    at, say = "2026-Q2", {"by": "ALD", "to": ["NOR", "OST", "SUD"], "say": "no"}
    given = sim.peek(TOY, 40, answers=[{"at": at, "answer": say}, {"at": at, "visit": {"by": "ALD", "to": "SUD"}}])
    told = dataclasses.replace(TOY, events=given.scenario.events)
    alike(given, sim.peek(told, 40), 40)
    model = sim.Model(TOY, players={"BEK": lambda _, offer: False}).run_model()
    alike(sim.peek(TOY, 40, answers=model.moves), sim.peek(model.as_played.scenario, 40), 40)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"runs": 0}, "runs"),
        ({"runs": 10**6}, "runs"),
        ({"numbers": {AVERSION: 99.0}}, AVERSION),
        ({"numbers": {"choice.dependence_aversoin": 1.0}}, "Did you mean"),
        ({"numbers": {AVERSION: np.ones(7)}}, "7 values"),
        ({"numbers": {LINE: np.full(500, 0.4)}}, "the same for all"),
        ({"measures": ["trsut"]}, "Did you mean"),
        ({"kept": ["trsut"]}, "Did you mean"),
        ({"answers": [{"at": "2026-Q2", "answer": {"by": "ADL", "to": "SUD", "say": "no"}}]}, "ALD"),
        ({"answers": [{"at": "2036-Q2", "answer": {"by": "ALD", "to": "SUD", "say": "no"}}]}, "within the run"),
        ({"answers": [{"at": "2026-Q2", "crisis": {"in": "ALD", "severity": "high"}}]}, "an answer or a visit"),
        ({"answers": [{"at": "2026-Q2", "chance": "5 %", "visit": {"by": "ALD", "to": "SUD"}}]}, "an answer or a"),
        ({"answers": {"at": "2026-Q2"}}, "a list of events"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_a_file_could_not_say_is_refused(asked, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=said):
        sim.peek(TOY, **asked)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert repr(sim.peek(TOY, 2)) == "Peek(toy, 2 runs, 2026-Q1 to 2027-Q2, seed 1)"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("runs", "threads"), [(1, 2), (96, 2), (500, 2), (500, 1), (97, 4), (20_000, 3)])
def test_parts_are_even_and_complete(runs, threads):
    cuts = _cuts(runs, threads)
    assert [first for first, _ in cuts] == list(np.cumsum([0, *(count for _, count in cuts)]))[:-1]
    assert sum(count for _, count in cuts) == runs
    assert max(count for _, count in cuts) <= 96
    assert len(cuts) % threads == 0 or runs in (1, 20_000)  # the last thread has less to do


# --- the pool --------------------------------------------------------------------------------------------------------


def test_the_pool_keeps_the_order_and_tells_what_failed():
    assert made_together([lambda n=n: n * n for n in range(50)], 4) == [n * n for n in range(50)]
    assert made_together([], 2) == []

    def fail():
        raise ValueError("this one")

    with pytest.raises(ValueError, match="this one"):
        made_together([lambda: 1, fail, lambda: 2], 3)


def test_a_call_goes_on_while_the_pool_is_busy():
    hold = threading.Event()
    busy = threading.Thread(target=lambda: made_together([hold.wait] * 64, 64))
    busy.start()
    try:
        assert made_together([lambda: 1, lambda: 2, lambda: 3], 3) == [1, 2, 3]
    finally:
        hold.set()
        busy.join()
