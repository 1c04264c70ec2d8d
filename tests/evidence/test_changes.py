"""A world may change numbers of the one it extends, and say until when it knows."""

# ruff: noqa: E501 (in the tables of mistakes one mistake is one line)

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from helpers.small_seeds import files, number, write
from sim.evidence import evidence as room
from sim.evidence.audit import audit
from sim.evidence.changed import How
from sim.evidence.dates import last_day
from sim.evidence.evidence import load_evidence
from sim.evidence.known import later_than
from sim.evidence.provenance import trace_number
from sim.io.errors import InputError

HEAD = ("number", "value", "low", "high", "unit", "basis", "evidence", "passage", "formula", "reason", "meaning")
REAL = Path(__file__).parents[2] / "seeds"


def row(name: str, value: object = "", low: object = "", high: object = "", **more: object) -> dict[str, object]:
    """A row of the table: assumed, with a reason, unless told otherwise."""
    cells = dict.fromkeys(HEAD, "") | {"basis": "assumed", "reason": "as it was then"}
    return cells | {"number": name, "value": value, "low": low, "high": high} | more


def changed(*rows: dict[str, object], **actors: object) -> dict[str, Any]:
    """The small seeds with two computed numbers, and a world that changes them."""
    contents: dict[str, Any] = files()
    contents["parameters/coefficients.yaml"] = {
        "part": number(0.5, 0.4, 0.6, basis="assumed", evidence=[]),
        "kept": number(0.2, 0.0, 0.5, basis="assumed", evidence=["big-trade"]),
    }
    contents["central-asia/coefficients.yaml"] = {
        "half": number(0.25, basis="figure", evidence=[], formula="coefficients.part * ties.KAZ.CHN.trust"),
        "all": number(3, 2, 5, basis="figure", evidence=[], formula="sum(ties.*.*.trust)"),
    }
    for name in ("low", "high"):
        del contents["central-asia/coefficients.yaml"]["half"][name]
    contents["past/actors.yaml"] = {"extends": "central-asia", **actors}
    if rows:
        contents["past/changes.csv"] = list(rows)
    return contents


def load(folder: Path, *rows: dict[str, object], **actors: object) -> room.Evidence:
    return load_evidence("past", write(folder, changed(*rows, **actors)))


def mistakes(folder: Path, *rows: dict[str, object], **actors: object) -> str:
    with pytest.raises(InputError) as caught:
        load(folder, *rows, **actors)
    return str(caught.value)


class TestChanges:
    def test_a_row_replaces_a_number_and_only_there(self, tmp_path: Path) -> None:
        past = load(tmp_path, row("ties.KAZ.CHN.trust", 0.1, 0, 0.4, meaning="trust as it was"))
        one = past.numbers["ties.KAZ.CHN.trust"]
        assert (one.value, one.low, one.high, one.unit, one.meaning) == (0.1, 0.0, 0.4, "share", "trust as it was")
        assert one.file.endswith("past/changes.csv")
        assert one.line == 2
        assert past.changes[one.name].how is How.ROW
        here = load_evidence(folder=tmp_path)
        assert here.numbers[one.name].value == 0.5
        assert not here.changes
        assert list(here.numbers) == list(past.numbers)  # in the same order

    def test_what_is_computed_from_it_is_computed_again(self, tmp_path: Path) -> None:
        past = load(tmp_path, row("ties.KAZ.CHN.trust", 0.1, 0, 0.4))
        half, whole = past.numbers["coefficients.half"], past.numbers["coefficients.all"]
        assert (half.value, half.low, half.high) == pytest.approx((0.05, 0.0, 0.24))
        assert whole.value == pytest.approx(2.6)  # a pattern of the extended world still sees what was changed
        assert (whole.low, whole.high) == pytest.approx((1.6, 4.6))  # its range is written, and moves with it
        assert past.changes["coefficients.all"].how is How.COMPUTED
        assert past.changes["coefficients.all"].before.value == 3.0

    def test_what_leaves_its_span_asks_for_a_row_of_its_own(self, tmp_path: Path) -> None:
        contents = changed(row("coefficients.part", 3, 0, 4))
        contents["central-asia/actors.yaml"]["powers"]["CHN"]["numbers"]["agenda"] = number(
            0.5, basis="figure", evidence=[], formula="coefficients.part"
        )
        with pytest.raises(InputError, match=r"agenda\.formula: found 3, which the formula gives in this world"):
            load_evidence("past", write(tmp_path, contents))

    def test_a_pattern_keeps_what_it_matches_and_rests_on_its_own_facts(self, tmp_path: Path) -> None:
        past = load(
            tmp_path, row("coefficients.half", 0.3, 0.1, 0.5), row("coefficients.all", 3, 2, 4), row("coefficients.*")
        )
        kept = past.numbers["coefficients.kept"]
        assert (kept.value, kept.low, kept.high, kept.evidence) == (0.2, 0.0, 0.5, ())
        assert past.changes["coefficients.kept"].how is How.KEPT
        assert past.numbers["coefficients.half"].value == 0.3

    def test_the_row_that_says_most_wins(self, tmp_path: Path) -> None:
        contents = changed(
            row("coefficients.*", reason="least"),
            row("coefficients.kept", reason="named"),
            row("coefficients.half", 0.3, 0, 1),
            row("coefficients.all", 3, 2, 4),
        )
        past = load_evidence("past", write(tmp_path, contents))
        assert past.numbers["coefficients.kept"].reason == "named"
        assert past.numbers["coefficients.part"].reason == "least"

    def test_a_world_changes_what_another_changed(self, tmp_path: Path) -> None:
        contents = changed(row("ties.KAZ.CHN.trust", 0.1, 0, 0.4))
        contents["older/actors.yaml"] = {"extends": "past"}
        contents["older/changes.csv"] = [row("ties.KAZ.CHN.trust", 0.2, 0, 0.4)]
        older = load_evidence("older", write(tmp_path, contents))
        assert older.numbers["coefficients.half"].value == pytest.approx(0.1)
        assert older.changes["ties.KAZ.CHN.trust"].before.value == 0.1

    def test_it_is_read_again_when_the_table_changes(self, tmp_path: Path) -> None:
        load(tmp_path, row("ties.KAZ.CHN.trust", 0.1, 0, 0.4))
        past = load(tmp_path, row("ties.KAZ.CHN.trust", 0.25, 0, 0.4))
        assert past.numbers["ties.KAZ.CHN.trust"].value == 0.25

    def test_its_story_and_the_audit_know(self, tmp_path: Path) -> None:
        past = load(tmp_path, row("ties.KAZ.CHN.trust", 0.1, 0, 0.4), row("coefficients.kept"))
        told = " ".join(trace_number(past, "ties.KAZ.CHN.trust").split())
        assert "by the world past, by a row of its own; before: 0.5" in told
        assert not [fault for fault in audit(past) if fault.name in past.changes]

    @pytest.mark.parametrize(
        ("rows", "said"),
        [
            ([row("ties.KAZ.CHN.trsut", 0.1, 0, 1)], "changes.csv:2: number: found 'ties.KAZ.CHN.trsut'; allowed: the name of a number of the extended world. Did you mean 'ties.KAZ.CHN.trust'?"),
            ([row("coefficients.part", 0.1, 0, 1)] * 2, "changes.csv:3: number: found 'coefficients.part' a second time (first on line 2)"),
            ([row("coefficient.*")], "found 'coefficient.*', which matches no number of the extended world; allowed: a pattern of names of numbers. Did you mean 'coefficients'?"),
            ([row("ties.*.*.trust")], "found 'ties.*.*.trust', which matches ties.KAZ.CHN.trust (fitted), ties.KAZ.RUS.trust (fitted),"),
            ([row("coefficients.p*")], "allowed: stars that stand for whole parts of a name"),
            ([row("coefficients.*", 0.5)], "changes.csv:2: value: found '0.5'; a pattern keeps what it matches as it is: this cell stays empty"),
            ([row("coefficients.kept", reason="")], "changes.csv:2: reason: a reason is missing"),
            ([row("coefficients.kept", basis="fitted", evidence="big-trade")], "changes.csv:2: basis: found 'fitted'; allowed: assumed, where no value is given"),
            ([row("coefficients.part", 0.5, 0, 1, unit="bn USD")], "changes.csv:2: unit: found 'bn USD'; allowed: nothing, or what it is counted in before: share"),
            ([row("coefficients.part", 0.5)], "coefficients.part: missing: 'low', 'high'"),
            ([row("coefficients.part", 0.5, 0, 1, evidence="big-tarde")], "Did you mean 'big-trade'?"),
            ([row("ties.KAZ.CHN.trust", 2, 0, 3)], "changes.csv:2: value: found '2'; allowed: a number from 0 to 1"),
            ([row("choice.dependence_aversion", 0, 0, 3)], "this would switch a system off, which a scenario says"),
            ([row("ties.KAZ.CHN.energy", 0.9, 0, 1)], "ties.KAZ.*.energy: found shares that sum to 1.4"),
            ([row("states.KAZ.weight.deal", 0.9, 0, 1)], "changes.csv: states.KAZ.weight.*: found weights that sum to 1.65"),
            ([row("coefficients.half", 0.9, basis="figure", formula="coefficients.part * ties.KAZ.CHN.trust")], "found 0.9, while the formula gives 0.25"),
            ([row("powers.CHN.stick", "huge", basis="coded", passage="big-trade")], "allowed: a level: none, low"),
        ],
    )  # fmt: skip
    def test_a_mistake_is_told_with_its_place(self, tmp_path: Path, rows: list[dict[str, object]], said: str) -> None:
        assert said in mistakes(tmp_path, *rows)

    def test_measures_may_be_changed(self, tmp_path: Path) -> None:
        assert (
            load(tmp_path, row("measures.leaning_share", 0.5, 0.4, 0.6)).numbers["measures.leaning_share"].value == 0.5
        )

    def test_a_world_that_extends_nothing_has_nothing_to_change(self, tmp_path: Path) -> None:
        contents = changed()
        contents["central-asia/changes.csv"] = [row("coefficients.part", 0.5, 0, 1)]
        with pytest.raises(InputError, match=r"central-asia/changes\.csv: this world extends no other"):
            load_evidence(folder=write(tmp_path, contents))

    def test_the_tables_of_a_world_still_only_add(self, tmp_path: Path) -> None:
        contents = changed()
        contents["past/ties.csv"] = contents["central-asia/ties.csv"][:1]
        with pytest.raises(
            InputError, match=r"a second time; allowed: each number once; a world changes numbers of the"
        ):
            load_evidence("past", write(tmp_path, contents))


class TestKnowsUntil:
    """Nothing of such a world rests on a later fact."""

    def test_a_number_that_knows_more_is_named_with_its_fact(self, tmp_path: Path) -> None:
        past = mistakes(tmp_path, row("coefficients.kept"), knows_until="2019-12-31")
        assert "past/actors.yaml:2: knows_until: " in past
        assert "ties.*.*.trust: found 6 of 6: ties.KAZ.CHN.trust rests on big-trade (2025)" in past
        assert "multivector audit --world past --known-until 2019-12-31" in past

    def test_few_are_named_one_by_one(self, tmp_path: Path) -> None:
        contents = changed(knows_until="2019-12-31")
        fact = contents["facts/one.yaml"]["facts"][0]
        contents["facts/one.yaml"]["facts"].append(fact | {"id": "late"})
        fact["date"] = "2019"
        contents["parameters/coefficients.yaml"]["kept"]["evidence"] = ["late"]
        contents["parameters/coefficients.yaml"]["part"]["evidence"] = ["unused"]
        folder = write(tmp_path, contents)
        with pytest.raises(InputError) as caught:
            load_evidence("past", folder)
        assert "coefficients.kept, which rests on late (2025); allowed: facts known by 2019-12-31" in str(caught.value)
        assert "coefficients.half, which rests on unused (nobody says of what date it is)" in str(caught.value)
        assert len(caught.value.problems) == 3  # and the number from which that one is computed
        write(folder, {"past/changes.csv": [row("coefficients.part"), row("coefficients.kept")]})
        assert load_evidence("past", folder).knows_until == "2019-12-31"

    def test_the_home_world_would_be_refused_where_it_knows_later_years(self, tmp_path: Path) -> None:
        seeds = tmp_path / "seeds"
        shutil.copytree(REAL, seeds)
        (seeds / "known").mkdir()
        (seeds / "known" / "actors.yaml").write_text("extends: central-asia\nknows_until: 2019-12-31\n")
        with pytest.raises(InputError) as caught:
            load_evidence("known", seeds)
        told = str(caught.value)
        for sort in ("ties.*.*.fit", "ties.*.*.trade", "diplomacy.*"):
            assert f" {sort}: found " in told
        assert len(caught.value.problems) < 70
        names = later_than("2019-12-31", load_evidence("known", seeds, dated=False))
        assert {"diplomacy.vote_weight", "ties.KAZ.CHN.fit", "ties.KAZ.CHN.trade"} <= names.keys()

    @pytest.mark.parametrize("day", ["2019", "2019-13-01", "2019-02-30", "soon"])
    def test_it_is_a_day(self, tmp_path: Path, day: str) -> None:
        assert f"knows_until: found '{day}'; allowed: a day such as 2019-12-31" in mistakes(tmp_path, knows_until=day)

    @pytest.mark.parametrize("date", ["2019-13", "2019-02-30", "2019-02-27/30"])
    def test_dates_of_facts_are_in_the_calendar(self, tmp_path: Path, date: str) -> None:
        contents = files()
        contents["facts/one.yaml"]["facts"][0]["date"] = date
        with pytest.raises(InputError, match=rf"date: found '{date}'; allowed: days and months of the calendar"):
            load_evidence(folder=write(tmp_path, contents))

    @pytest.mark.parametrize(
        ("text", "day"),
        [
            ("2019", "2019-12-31"),
            ("2010-2019", "2019-12-31"),
            ("2000 to 2019", "2019-12-31"),
            ("2025-12-21/22", "2025-12-22"),
            ("2021-09, 2022-03", "2022-03-31"),
            ("early 2000s", "2009-12-31"),
            ("long run", ""),
        ],
    )
    def test_the_last_day_of_a_date(self, text: str, day: str) -> None:
        assert last_day(text) == day
