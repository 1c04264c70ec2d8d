"""Kappa is what is published for known tables, and the second reader's codes are held against the first."""

from __future__ import annotations

from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from helpers.small_seeds import files, number, write
from sim.evidence import load_evidence
from sim.evidence.agreement import (
    FILE,
    Pair,
    compare_codes,
    interval,
    kappa_within,
    load_recoding,
    to_code,
    weighted_kappa,
)
from sim.io.errors import InputError

STICK, CARROT = "powers.CHN.stick", "powers.USA.stick"


def of_table(*rows: tuple[int, ...]) -> list[Pair]:
    """The pairs of codes that a table of counts holds: first reader in rows, second in columns."""
    cells = ((one, two, count) for one, row in enumerate(rows) for two, count in enumerate(row))
    return [(0.25 * one, 0.25 * two) for one, two, count in cells for _ in range(count)]


HUSBANDS_AND_WIVES = of_table((7, 7, 2, 3), (2, 8, 3, 7), (1, 5, 4, 9), (2, 8, 9, 14))
NEUROLOGISTS = of_table((38, 5, 0, 1), (33, 11, 3, 0), (10, 14, 5, 6), (3, 7, 3, 10))
ESSAYS = [*zip([9, 7, 8, 7, 6, 8, 3, 5, 10], [8, 8, 6, 6, 7, 6, 1, 4, 8], strict=True)]


class TestKappa:
    def test_it_is_what_is_published_for_known_tables(self) -> None:
        # R's vcd, with equal spacing: Hout and others 1987 (couples), Landis and Koch 1977 (two neurologists)
        assert weighted_kappa(HUSBANDS_AND_WIVES) == pytest.approx(0.2374, abs=5e-5)
        assert weighted_kappa(NEUROLOGISTS) == pytest.approx(0.3797, abs=5e-5)

    def test_with_squares_too(self) -> None:
        # the example in the manual of Maple's QuadraticWeightedKappa
        assert weighted_kappa([(float(one), float(two)) for one, two in ESSAYS], power=2) == pytest.approx(
            0.758620689655
        )

    def test_with_two_levels_it_is_plain_kappa(self) -> None:
        assert weighted_kappa(of_table((20, 5), (10, 15))) == pytest.approx(0.4)

    def test_halfway_lies_between(self) -> None:
        apart = [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)]
        half, whole = weighted_kappa([*apart, (0.5, 0.625)]), weighted_kappa([*apart, (0.5, 0.75)])
        assert half is not None
        assert whole is not None
        assert whole < half < 1.0

    def test_nothing_varies_nothing_is_said(self) -> None:
        assert weighted_kappa([(0.5, 0.5)] * 9) is None
        assert weighted_kappa([]) is None
        assert kappa_within([[], [(0.5, 0.5)] * 9]) is None

    def test_one_field_higher_than_another_earns_nothing(self) -> None:
        low = of_table((5, 5), (5, 5))
        high = [(one + 0.75, two + 0.75) for one, two in low]
        assert kappa_within([low, high]) == pytest.approx(0.0)
        together = weighted_kappa([*low, *high])
        assert together is not None
        assert together > 0.5

    def test_the_interval_needs_ten_judgements_and_holds_kappa(self) -> None:
        def kappa(pairs: Any) -> float | None:
            return weighted_kappa([pair for _, pair in pairs])

        parts = [[("x", pair)] for pair in HUSBANDS_AND_WIVES]
        ends = interval(parts, kappa)
        assert ends is not None
        # the large-sample error that R's vcd gives is 0.0783
        assert ends[1] - ends[0] == pytest.approx(2 * 1.96 * 0.0783, rel=0.1)
        assert interval(parts[:9], kappa) is None
        assert interval([[("x", (0.25 * (at % 4), 0.25 * (at % 4)))] for at in range(20)], kappa) is None

    def test_many_numbers_on_one_passage_are_one_judgement(self) -> None:
        def kappa(pairs: Any) -> float | None:
            return weighted_kappa([pair for _, pair in pairs])

        single = [[("x", pair)] for pair in HUSBANDS_AND_WIVES]
        twice = [[("x", pair)] * 2 for pair in HUSBANDS_AND_WIVES]
        narrow = interval([[part] for two in twice for part in two], kappa)
        wide, alone = interval(twice, kappa), interval(single, kappa)
        assert narrow is not None
        assert wide is not None
        assert wide == pytest.approx(alone)
        assert narrow[1] - narrow[0] < wide[1] - wide[0]


def seeds(codes: dict[str, Any] | None = None, **levels: str) -> dict[str, Any]:
    """The small seeds with coded sticks of all powers, and a second reader; levels: first codes by power."""
    contents = files()
    contents["codebook.yaml"] = {
        "fields": {
            "stick": {
                "numbers": ["powers.*.stick"],
                "asks": "How readily does it press?",
                "levels": {"none": "never", "low": "seldom", "medium": "at times", "high": "often"},
                "anchors": [{"level": "high", "number": "powers.RUS.stick", "passage": "big-trade"}],
                "settle": "A count of threats.",
            }
        }
    }
    said = {"CHN": "high", "USA": "low", "RUS": "high"} | levels
    for code, level in said.items():
        coded = number(basis="coded", passage="big-trade", reason="It did.") | {"value": level}
        if level == "assumed":
            coded = number(basis="assumed")
        else:
            coded = {key: value for key, value in coded.items() if key not in ("low", "high")}
        contents["central-asia/actors.yaml"]["powers"][code]["numbers"]["stick"] = coded
    if codes is not None:
        contents[FILE] = {"coder": "second reader", "date": "2026-12-01", "seen": "The facts.", "codes": codes}
    return contents


def read(tmp_path: Path, contents: dict[str, Any]) -> Any:
    evidence = load_evidence(folder=write(tmp_path, contents))
    return evidence, load_recoding(evidence, tmp_path)


def code(level: str, passage: Any = "big-trade") -> dict[str, Any]:
    return {"level": level, "passage": passage}


class TestReading:
    def test_nobody_need_have_coded_again(self, tmp_path: Path) -> None:
        assert read(tmp_path, seeds())[1] is None

    def test_levels_halfway_and_cannot_say_are_read(self, tmp_path: Path) -> None:
        halfway = code("low/medium", ["big-trade", "a-paper, page 3"])
        recoding = read(tmp_path, seeds({STICK: halfway, CARROT: {"level": "cannot say"}}))[1]
        assert recoding.codes[STICK].value == 0.375
        assert recoding.codes[STICK].passages == ("big-trade", "a-paper, page 3")
        assert recoding.codes[CARROT].value is None

    @pytest.mark.parametrize(
        ("codes", "says"),
        [
            ({"powers.CHN.carrot": code("low")}, "a number that a field of the codebook covers"),
            ({STICK: code("dominant")}, "a level: none, low, medium, high, two neighbours, or 'cannot say'"),
            ({STICK: code("-low")}, "a level: none"),
            ({STICK: code("low/high")}, "a level: none"),
            ({STICK: code("low", "no-such-fact")}, "the id of a fact, or the id of a document"),
            ({STICK: code("low", "a-paper")}, "a comma and the place in it"),
            ({STICK: {"level": "low"}}, "a level needs its passage"),
            ({STICK: code("low/medium")}, "halfway between two needs two of them"),
            ({STICK: {"passage": "big-trade"}}, "'level' is missing"),
            ({STICK: code("low") | {"first": "lowish"}}, "a level, or 'assumed'"),
            ({"powers.CHN.sticks": code("low") | {"field": "gone"}}, "Did you mean 'powers.CHN.stick'?"),
        ],
    )
    def test_what_is_wrong_is_refused(self, tmp_path: Path, codes: dict[str, Any], says: str) -> None:
        with pytest.raises(InputError) as refused:
            read(tmp_path, seeds(codes))
        assert says in str(refused.value)
        assert "recoding.yaml:" in str(refused.value)


class TestComparing:
    def test_cases_are_neither_asked_for_nor_counted(self, tmp_path: Path) -> None:
        both = {name: code("high") for name in (STICK, CARROT, "powers.RUS.stick")}
        evidence, recoding = read(tmp_path, seeds(both))
        assert to_code(evidence) == {"stick": [STICK, CARROT]}
        report = compare_codes(evidence, recoding)
        assert (report.overall.pairs, report.overall.same, report.overall.near) == (2, 1, 1)
        assert [(number.name, second.level) for number, second in report.differ] == [(CARROT, "high")]

    def test_cases_that_were_hidden_count(self, tmp_path: Path) -> None:
        both = {name: code("high") for name in (STICK, CARROT, "powers.RUS.stick")}
        contents = seeds(both)
        contents[FILE]["cases"] = "hidden"
        assert compare_codes(*read(tmp_path, contents)).overall.pairs == 3

    def test_what_is_decided_afterwards_makes_no_agreement(self, tmp_path: Path) -> None:
        stood = code("high") | {"first": "low"}
        report = compare_codes(*read(tmp_path, seeds({STICK: stood, CARROT: code("low") | {"first": "assumed"}})))
        assert (report.overall.pairs, report.overall.same, report.overall.only_second) == (1, 0, 1)

    def test_a_field_that_was_dropped_is_told_of(self, tmp_path: Path) -> None:
        dropped = code("dominant") | {"first": "low", "field": "pull"}
        report = compare_codes(*read(tmp_path, seeds({STICK: code("high"), "powers.CHN.carrot": dropped})))
        assert list(report.fields) == ["stick", "pull"]
        assert (report.fields["pull"].pairs, report.fields["pull"].near) == (1, 0)

    def test_too_few_say_nothing(self, tmp_path: Path) -> None:
        evidence, recoding = read(tmp_path, seeds({STICK: code("high"), CARROT: code("low")}))
        field = compare_codes(evidence, recoding).fields["stick"]
        assert (field.kappa, field.ends, field.says) == (None, None, "too few")

    def test_who_finds_no_passage_is_counted(self, tmp_path: Path) -> None:
        evidence, recoding = read(tmp_path, seeds({STICK: {"level": "cannot say"}, CARROT: code("low")}, USA="assumed"))
        found = compare_codes(evidence, recoding).overall
        assert (found.coded, found.answered, found.pairs) == (1, 1, 0)
        assert (found.only_first, found.only_second, found.neither) == (1, 1, 0)

    def test_what_nobody_coded_again_is_told(self, tmp_path: Path) -> None:
        evidence, recoding = read(tmp_path, seeds({STICK: code("high")}))
        assert (
            compare_codes(evidence, recoding).overall.coded,
            compare_codes(evidence, recoding).overall.answered,
        ) == (2, 1)

    def test_all_at_one_level_is_no_agreement(self, tmp_path: Path) -> None:
        contents = seeds({})
        powers = contents["central-asia/actors.yaml"]["powers"]
        coded = powers["USA"]["numbers"]["stick"]
        names = ("carrot", "lumpiness", "agenda", "network", "restraint")
        for name in names:
            powers["USA"]["numbers"][name] = deepcopy(coded)
        contents["codebook.yaml"]["fields"]["stick"]["numbers"] = [f"powers.USA.{name}" for name in names] + [
            "powers.CHN.stick",
            "powers.RUS.stick",
            "powers.USA.stick",
        ]
        contents[FILE]["codes"] = {f"powers.USA.{name}": code("low") for name in names}
        evidence, recoding = read(tmp_path, contents)
        assert compare_codes(evidence, recoding).fields["stick"].says == "no variation"

    def test_the_furthest_apart_stand_first(self, tmp_path: Path) -> None:
        codes = {STICK: code("none"), CARROT: code("medium")}
        evidence, recoding = read(tmp_path, seeds(codes))
        apart = [abs(number.value - second.value) for number, second in compare_codes(evidence, recoding).differ]
        assert all(one >= two for one, two in pairwise(apart))
        assert apart == [0.75, 0.25]


class TestOurs:
    def test_the_sheet_asks_for_no_case(self) -> None:
        evidence = load_evidence()
        asked = {name for names in to_code(evidence).values() for name in names}
        cases = {anchor.number for field in evidence.codebook.values() for anchor in field.anchors}
        assert asked
        assert not asked & cases

    def test_what_the_second_reader_wrote_can_be_read(self) -> None:
        evidence = load_evidence()
        recoding = load_recoding(evidence)
        assert recoding is None or compare_codes(evidence, recoding).overall.pairs > 0


class TestAudit:
    def test_the_audit_shows_agreement_and_what_to_measure_first(self, capsys: pytest.CaptureFixture[str]) -> None:
        from sim.cli import main

        main.main(["audit"])
        said = capsys.readouterr().out
        assert "second reader" in said
        assert "Measure first" in said
