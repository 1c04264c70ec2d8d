import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from helpers.fake_engine import LINES, POWERS, STATES, fake_block
from sim.batch.manifest import Damaged, sealed_manifest, write_manifest
from sim.batch.outcomes import final_columns, outcome_words, summarise, thresholds
from sim.batch.results import RESULTS_FORMAT, load_results
from sim.batch.tables import join_tables, runs_table, series_table, write_table
from sim.engine.block import Block
from sim.io.errors import InputError
from sim.io.sealed import seal
from sim.io.writers import file_hash, write_text, write_whole
from sim.model.variable import Scale
from sim.model.variables import BY_NAME, BY_POWER, BY_STATE, MEASURES


@pytest.fixture
def block():
    return fake_block(3, 10)


@pytest.fixture
def summary(block):
    return summarise(block, thresholds(LINES))


def words_of(block, summary):
    return outcome_words(summary.outcome, summary.power, block.powers)


def test_a_series_has_one_row_a_run_quarter_and_state(block, summary):
    frame = series_table(block, summary).to_pandas()
    assert len(frame) == block.runs * len(block.quarters) * len(STATES)
    assert not frame.duplicated(["run", "quarter", "state"]).any()
    assert sorted(frame["run"].unique()) == list(range(3, 13))


def test_a_series_says_what_the_block_holds(block, summary):
    frame = series_table(block, summary).to_pandas()
    run, time, state, power = 4, 5, 1, 2
    quarter = f"{block.quarters[time] // 4}-Q{block.quarters[time] % 4 + 1}"
    code = block.states[state]
    row = frame[(frame["run"] == block.first + run) & (frame["quarter"] == quarter) & (frame["state"] == code)].iloc[0]
    for index, name in enumerate(BY_POWER):
        held = np.float32(block.by_power[run, time, state, power, index])
        assert row[f"{name}_{block.powers[power]}"] == held
    for index, name in enumerate(BY_STATE):
        if BY_NAME[name].counted_by is Scale.WORD:
            held = int(block.by_state[run, time, state, index])
            assert (row[name] if held else None) == (block.powers[held - 1] if held else None)
        else:
            assert row[name] == np.float32(block.by_state[run, time, state, index])
    assert row["outcome"] == words_of(block, summary)[run, time, state]


def test_nobody_sided_with_is_a_missing_value(block, summary):
    frame = series_table(block, summary).to_pandas()
    assert frame["sided"].isna().sum() == (block.state_measure("sided") == 0).sum()


def test_runs_have_one_row_each(block, summary):
    frame = runs_table(block, final_columns(summary, block)).to_pandas()
    assert frame["run"].tolist() == list(range(3, 13))
    for state in STATES:
        assert frame[f"outcome_{state}"].notna().all()
        for power in POWERS:
            assert frame[f"alignment_{state}_{power}"].between(0, 1).all()


def test_equal_tables_give_equal_bytes(block, summary, tmp_path):
    table = series_table(block, summary)
    first = write_table(table, tmp_path, "one.parquet")
    again = write_table(series_table(block, summary), tmp_path, "two.parquet")
    assert first.sha256 == again.sha256 == file_hash(tmp_path / "one.parquet")


def test_files_tell_nothing_of_time_machine_or_place(block, summary, tmp_path):
    write_table(series_table(block, summary), tmp_path, "one.parquet")
    about = pq.ParquetFile(tmp_path / "one.parquet").metadata
    assert set(about.metadata or {}) <= {b"ARROW:schema"}
    assert str(tmp_path).encode() not in (tmp_path / "one.parquet").read_bytes()


def test_joining_parts_keeps_every_row_in_order(block, summary, tmp_path):
    table = runs_table(block, final_columns(summary, block))
    for number in range(3):
        write_table(table.slice(number * 3, 3), tmp_path, f"part-{number}.arrow")
    written = join_tables([tmp_path / f"part-{number}.arrow" for number in range(3)], tmp_path, "all.parquet")
    assert written.rows == 9
    assert pq.read_table(tmp_path / "all.parquet").equals(table.slice(0, 9))


def test_joining_does_not_depend_on_how_rows_were_cut(tmp_path):
    table = pa.table({"run": list(range(90)), "word": ["a", None, "b"] * 30})
    for name, size in (("few", 45), ("many", 10)):
        parts = []
        for start in range(0, 90, size):
            write_table(table.slice(start, size), tmp_path, f"{name}-{start}.arrow")
            parts.append(tmp_path / f"{name}-{start}.arrow")
        join_tables(parts, tmp_path, f"{name}.parquet")
    assert (tmp_path / "few.parquet").read_bytes() == (tmp_path / "many.parquet").read_bytes()


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(tmp_path):
    write_text(tmp_path / "note.txt", "old")

    def half(handle):
        handle.write(b"ne")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"):
        write_whole(tmp_path / "note.txt", half)
    assert (tmp_path / "note.txt").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_wrong_shapes_and_numbers_that_are_not_finite_are_refused(block):
    block.check()
    bad = block.by_state.copy()
    bad[6, 0, 0, 0] = np.nan
    parts = {name: getattr(block, name) for name in Block.__dataclass_fields__}
    with pytest.raises(ValueError, match="run 9 left a number in by_state"):
        Block(**(parts | {"by_state": bad})).check()
    with pytest.raises(ValueError, match="by_power has shape"):
        Block(**(parts | {"by_power": block.by_power[:, :-1]})).check()


def test_the_head_of_a_block_is_its_first_runs(block):
    head = block.head(4)
    head.check()
    assert head.runs == 4
    assert np.array_equal(head.by_power, block.by_power[:4])


def test_a_manifest_comes_back_and_a_foreign_one_does_not(tmp_path):
    write_manifest(tmp_path, {"format": RESULTS_FORMAT, "title": "Türkiye – a test"})
    read = sealed_manifest(tmp_path)
    assert read.pop("seal") == seal({"format": RESULTS_FORMAT, "title": "Türkiye – a test"})
    assert read == {"format": RESULTS_FORMAT, "title": "Türkiye – a test"}
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(Damaged, match="not valid JSON"):
        sealed_manifest(tmp_path)


def test_a_folder_that_is_not_complete_is_refused(tmp_path):
    with pytest.raises(InputError, match="no results folder"):
        load_results(tmp_path)
    (tmp_path / "partial").mkdir()
    with pytest.raises(InputError, match="unfinished"):
        load_results(tmp_path)


def test_any_reader_of_parquet_opens_the_files(block, summary, tmp_path):
    for number in range(2):
        table = series_table(block, summary)
        write_table(table, tmp_path, f"series.parquet/block-{number:05d}.parquet")
    frame = pd.read_parquet(tmp_path / "series.parquet")
    assert len(frame) == 2 * block.runs * len(block.quarters) * len(STATES)
    assert json.loads(frame["run"].head(1).to_json(orient="values")) == [3]


@pytest.mark.parametrize("thin", [1, 2, 3, 5, 16, 40])
def test_a_thinned_series_keeps_every_so_many_quarters_and_the_last(block, summary, thin):
    whole, thinned = (series_table(block, summary, step).to_pandas() for step in (1, thin))
    quarters = whole["quarter"].unique().tolist()
    kept = quarters[::-1][::thin][::-1]
    assert thinned["quarter"].unique().tolist() == kept
    wanted = whole[whole["quarter"].isin(kept)].reset_index(drop=True)
    assert thinned.astype(str).equals(wanted.astype(str))


def test_a_series_of_some_measures_has_their_columns_only(block, summary):
    whole = series_table(block, summary).to_pandas()
    some = series_table(block, summary, measures=("trust", "autonomy")).to_pandas()
    assert list(some.columns) == ["run", "quarter", "state", "autonomy", *(f"trust_{power}" for power in POWERS)]
    assert some.equals(whole[list(some.columns)])
    assert list(series_table(block, summary, measures=()).to_pandas().columns) == ["run", "quarter", "state"]


def test_the_words_of_a_series_stand_in_the_order_of_the_alphabet_once_each(block, summary):
    words = words_of(block, summary)
    column = series_table(block, summary).column("outcome").combine_chunks()
    assert column.dictionary.to_pylist() == np.unique(words).tolist()
    assert column.to_pylist() == words.ravel().tolist()


def test_where_a_number_always_stands_the_file_says_so(block, summary, tmp_path):
    write_table(series_table(block, summary), tmp_path, "series.parquet")
    read = pq.read_table(tmp_path / "series.parquet")
    assert read.equals(series_table(block, summary))
    maybe = {field.name for field in read.schema if field.nullable}
    assert maybe == {"quarter", "state", "outcome", "sided"}


def test_columns_are_packed_as_suits_them(block, summary, tmp_path):
    write_table(series_table(block, summary), tmp_path, "series.parquet")
    group = pq.ParquetFile(tmp_path / "series.parquet").metadata.row_group(0)
    packed = {group.column(at).path_in_schema: group.column(at).encodings for at in range(group.num_columns)}
    assert "BYTE_STREAM_SPLIT" in packed[f"alignment_{block.powers[0]}"]
    assert "BYTE_STREAM_SPLIT" in packed["trade_rest"]
    assert "BYTE_STREAM_SPLIT" not in packed[f"works_stock_{block.powers[0]}"]


def test_every_measure_names_its_columns(block, summary):
    columns = list(series_table(block, summary).column_names)
    assert series_table(block, summary, measures=MEASURES).column_names == columns
    one_by_one = [set(series_table(block, summary, measures=(name,)).column_names[3:]) for name in MEASURES]
    assert all(one_by_one)
    assert sum(map(len, one_by_one)) == len(columns) - 3
