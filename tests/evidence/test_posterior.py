"""What calibration left: written the same every time, read back, and told of by name where it is broken."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from helpers.posteriors import ABOUT, NUMBERS, seeds_with, small_table
from sim.evidence.evidence import load_evidence
from sim.evidence.posterior import (
    check_names,
    check_numbers,
    described,
    load_posterior,
    read_about,
    rounded,
    write_posterior,
)
from sim.io.errors import InputError

PLACE = "history/posterior.parquet"


@pytest.fixture
def seeds(tmp_path):
    return seeds_with(tmp_path)


def check(seeds, world="toy"):
    check_numbers(load_posterior(seeds), load_evidence(world, seeds).numbers, seeds, world)


def write_table(seeds, table):
    """Other rows beside the same description."""
    pq.write_table(pa.table(table), seeds / PLACE)


def test_what_is_written_is_read_back(seeds):
    table, posterior = small_table(), load_posterior(seeds)
    assert posterior.about.columns == tuple(sorted(table))
    assert posterior.names == tuple(sorted(NUMBERS))
    for name, values in table.items():
        assert np.array_equal(posterior.column(name), rounded(values))
    assert posterior.about.made_from == ABOUT["made_from"]
    told = posterior.about.numbers["delivery.partner_income"]
    assert told.targets == ("shares", "turnover")
    assert told.low < told.median < told.high
    check(seeds)


def test_the_same_rows_give_the_same_bytes_and_the_hash_is_of_what_they_say(tmp_path):
    one, two = (tmp_path / name for name in ("one", "two"))
    table = small_table()
    first = write_posterior(table, ABOUT, one)
    second = write_posterior(dict(reversed(table.items())), ABOUT, two)
    assert first == second
    for name in (PLACE, "history/posterior.json"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    again = pq.read_table(one / PLACE)
    pq.write_table(again, one / PLACE, compression="none", row_group_size=7)  # as another version might
    assert load_posterior(one).sha256 == first.sha256


def test_six_digits_are_kept():
    assert rounded([1.23456789, -0.000123456789, 1e9 + 4.0, 0.0]).tolist() == [1.23457, -0.000123457, 1e9, 0.0]


def test_where_there_is_none_it_is_said_how_to_make_one(tmp_path):
    assert read_about(tmp_path) is None
    for ask in (load_posterior, described):
        with pytest.raises(InputError, match=r"no posterior of the fitted numbers.*'multivector calibrate'"):
            ask(tmp_path)


def test_a_changed_row_is_found_by_the_hash(seeds):
    table = {name: rounded(values) for name, values in sorted(small_table().items())}
    table["delivery.flywheel"][3] += 0.001
    write_table(seeds, table)
    with pytest.raises(InputError, match=r"posterior.parquet.*content is not what posterior.json tells of.*hash"):
        load_posterior(seeds)


def test_other_columns_and_other_rows_are_named(seeds):
    table = small_table()
    write_table(seeds, {name: table[name] for name in sorted(table) if name != "delivery.flywheel"})
    with pytest.raises(InputError, match=r"other columns: delivery.flywheel"):
        load_posterior(seeds)
    write_table(seeds, {name: table[name][:10] for name in sorted(table)})
    with pytest.raises(InputError, match=r"found 10; it does not have as many rows as posterior.json says.*50"):
        load_posterior(seeds)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pa.array(["a"] * 50), "float64"),
        (pa.array([1] * 50), "float64"),
        (pa.array([1.0] * 49 + [None], pa.float64()), "not finite"),
        (pa.array([float("inf")] * 50), "not finite"),
    ],
)
def test_a_column_that_holds_no_numbers_is_named(seeds, column, message):
    write_table(seeds, small_table() | {"delivery.flywheel": column})
    with pytest.raises(InputError, match=rf"delivery.flywheel.*{message}"):
        load_posterior(seeds)


@pytest.mark.parametrize("content", [b"", b"no table", None])
def test_a_file_that_is_no_table_is_refused(seeds, content):
    if content is None:
        content = (seeds / PLACE).read_bytes()[:200]
    (seeds / PLACE).write_bytes(content)
    with pytest.raises(InputError, match="cannot be read as a Parquet file"):
        load_posterior(seeds)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "format"),
        ({"rows": "many"}, "rows"),
        ({"rows": 0}, "rows"),
        ({"columns": 3}, "columns"),
        ({"sha256": None}, "sha256"),
        ({"more": 1}, "more"),
        ({"numbers": {"delivery.flywheel": {"median": "x", "low": 0, "high": 1}}}, "median"),
        ({"numbers": {"delivery.flywheel": 4}}, "numbers.delivery.flywheel"),
        ({"made_from": [1]}, "it was changed after it was written"),
        ({"made_from": {"until": 2015}}, "it was changed after it was written"),
    ],
)
def test_a_description_that_is_wrong_is_told(seeds, change, message):
    place = seeds / "history/posterior.json"
    said = json.loads(place.read_text()) | change
    place.write_text(json.dumps(said, indent=2))
    with pytest.raises(InputError, match=rf"posterior.json.*{message}"):
        described(seeds)


def test_an_unknown_column_is_named_with_the_nearest_number(tmp_path):
    seeds = seeds_with(tmp_path, small_table() | {"delivery.partner_incme": np.full(50, 0.9)})
    with pytest.raises(InputError, match=r"delivery.partner_incme.*delivery.partner_income"):
        check(seeds)
    with pytest.raises(InputError, match=r"delivery.partner_incme"):  # and without a look at the rows
        check_names(described(seeds), load_evidence("toy", seeds).numbers, seeds, "toy")


def test_a_line_between_outcome_words_is_not_fitted(tmp_path):
    seeds = seeds_with(tmp_path, small_table(("measures.leaning_share",)))
    with pytest.raises(InputError, match=r"measures.leaning_share"):
        check(seeds)


def test_values_outside_the_range_of_their_number_are_named_and_counted(tmp_path):
    table = small_table()
    table["delivery.partner_income"][:3] = 9.0
    seeds = seeds_with(tmp_path, table)
    with pytest.raises(InputError, match=r"delivery.partner_income.*3 of 50 values outside"):
        check(seeds)


@pytest.mark.parametrize("table", [{}, {"a.b": []}, {"a.b": [1.0], "a.c": [1.0, 2.0]}, {"a.b": [float("nan")]}])
def test_nothing_broken_is_written(tmp_path, table):
    with pytest.raises(InputError, match="write_posterior"):
        write_posterior(table, {}, tmp_path)
    assert not (tmp_path / "history").exists()


def test_no_library_for_tables_is_loaded_to_read_scenarios(seeds):
    ask = (
        "import sys; from pathlib import Path; from sim.scenario.scenario import load_scenario; "
        "from sim.evidence.posterior import described; load_scenario('baseline'); "
        f"described(Path({str(seeds)!r})); print(sorted({{'pyarrow', 'numpy'}} & sys.modules.keys()))"
    )
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
