"""Formulas compute what they say, in the unit of their number, or are refused in words."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers.small_seeds import files, number, write
from sim.evidence import load_evidence
from sim.evidence.evaluation import compute
from sim.evidence.formulas import FormulaError, Quantity, facts_of, numbers_of, parse_formula, with_names
from sim.evidence.units import PLAIN, dimension_in_words, parse_unit, times, to_the
from sim.io.errors import InputError

USD_A_YEAR = (("USD", Fraction(1)), ("year", Fraction(-1)))


class TestUnits:
    @pytest.mark.parametrize(
        ("text", "scale", "words"),
        [
            ("bn USD a year", 1e9, "USD / year"),
            ("bn USD a quarter", 4e9, "USD / year"),
            ("bn USD in five months", 2.4e9, "USD / year"),
            ("trn JPY over five years", 2e11, "JPY / year"),
            ("1/quarter", 4.0, "1 / year"),
            ("visits a quarter", 4.0, "visit / year"),
            ("USD/EUR", 1.0, "USD / EUR"),
            ("percent of world output", 0.01, "a plain number"),
            ("share of GDP", 1.0, "a plain number"),
            ("0..1", 1.0, "a plain number"),
            ("index points a quarter", 4.0, "1 / year"),
            ("bn USD cumulative", 1e9, "USD"),
        ],
    )
    def test_a_phrase_is_a_scale_and_what_is_counted(self, text: str, scale: float, words: str) -> None:
        unit = parse_unit(text)
        assert unit is not None
        assert unit.scale == pytest.approx(scale)
        assert dimension_in_words(unit.dimension) == words

    @pytest.mark.parametrize("text", ["furlongs", "bn USD a fortnight", "resentment", "%%"])
    def test_what_is_no_unit_is_none(self, text: str) -> None:
        assert parse_unit(text) is None

    def test_every_number_of_the_world_that_is_computed_has_a_unit(self) -> None:
        evidence = load_evidence()
        assert all(parse_unit(evidence.numbers[name].unit) is not None for name in evidence.derivations.found)

    def test_dimensions_multiply(self) -> None:
        year = (("year", Fraction(1)),)
        assert times(USD_A_YEAR, year) == (("USD", Fraction(1)),)
        assert times(year, year, -1) == PLAIN
        assert to_the(year, Fraction(1, 2)) == (("year", Fraction(1, 2)),)


def given(tmp_path: Path) -> Any:
    contents = files()
    contents["facts/one.yaml"]["facts"] += [
        {"id": "half-trade", "kind": "figure", "value": 20.0, "unit": "bn USD in six months", **_SAID},
        {"id": "some-part", "kind": "figure", "value": 25.0, "unit": "percent", "low": 20.0, "high": 40.0, **_SAID},
        {"id": "in-the-pact", "kind": "membership", **_SAID},
    ]
    return load_evidence(folder=write(tmp_path, contents))


_SAID = {"says": "So it is.", "document": "a-paper", "locator": "page 2", "confidence": 0.7}


def result(evidence: Any, text: str, **values: Any) -> Quantity:
    tree = with_names(parse_formula(text), evidence.numbers)
    return compute(tree, evidence.facts, evidence.numbers, values)


class TestFormulas:
    @pytest.mark.parametrize(
        ("text", "amount"),
        [
            ("big-trade", 106.3e9),
            ("half-trade", 40e9),
            ("half-trade * some-part", 10e9),
            ("big-trade - half-trade + half-trade", 106.3e9),
            ("(1 - some-part) ^ 2", 0.5625),
            ("some-part^(1/2)", 0.5),
            ("sqrt(some-part)", 0.5),
            ("gmean(half-trade, half-trade)", 40e9),
            ("mean(big-trade, half-trade)", 73.15e9),
            ("min(some-part, 1) + max(0, some-part)", 0.5),
            ("holds(in-the-pact) * some-part", 0.25),
            ("big-trade * 2 quarters", 53.15e9),
            ("sum(ties.KAZ.*.trust)", 1.5),
            ("big-trade * 1 year / big-trade / 4 states", 0.25),
        ],
    )
    def test_it_computes(self, tmp_path: Path, text: str, amount: float) -> None:
        assert result(given(tmp_path), text).amount == pytest.approx(amount)

    def test_products_bind_before_sums_and_from_the_left(self, tmp_path: Path) -> None:
        evidence = given(tmp_path)
        assert result(evidence, "1 - some-part * some-part").amount == pytest.approx(1 - 0.0625)
        assert result(evidence, "1 - some-part - some-part").amount == pytest.approx(0.5)
        assert result(evidence, "half-trade / half-trade / some-part").amount == pytest.approx(4.0)

    def test_it_computes_for_many_runs_at_once_with_the_same_bits(self, tmp_path: Path) -> None:
        evidence = given(tmp_path)
        text = "gmean(ties.KAZ.CHN.trust, some-part) + max(ties.KAZ.CHN.trust, some-part) * ties.KAZ.CHN.trust ^ 3"
        lanes = np.linspace(0.01, 0.99, 37)
        together = result(evidence, text, **{"ties.KAZ.CHN.trust": lanes}).amount
        alone = [result(evidence, text, **{"ties.KAZ.CHN.trust": float(lane)}).amount for lane in lanes]
        assert together.tolist() == alone

    def test_it_says_what_it_rests_on(self) -> None:
        tree = parse_formula("some-part * mean(ties.KAZ.CHN.trust, ties.KAZ.RUS.trust) + holds(in-the-pact)")
        assert facts_of(tree) == ("some-part", "in-the-pact")
        assert numbers_of(tree) == ("ties.KAZ.CHN.trust", "ties.KAZ.RUS.trust")

    @pytest.mark.parametrize(
        ("text", "found", "allowed"),
        [
            ("big-trade * 0.2", "the bare number 0.2", "a number of its own under coefficients"),
            ("3 * big-trade", "the bare number 3", "a number of its own under coefficients"),
            ("big-trade * 20 percent", "the literal 20 percent", "a number of its own under coefficients"),
            ("big-trade * 2 quarters / 50 quarters", "two literals in year in one product", "under coefficients"),
            ("(2 quarters * big-trade) / (50 quarters)", "two literals in year in one product", "under coefficients"),
            ("1 / (1 + 1 + 1)", "1 + 1", "under coefficients"),
            ("0.13 bn USD a quarter", "the literal 0.13 bn USD a quarter", "under coefficients"),
            ("2.5 years * big-trade", "the literal 2.5 years", "a whole number of years"),
            ("big-trade / 20 fortnights", "the unit 'fortnights'", "a unit such as"),
            ("big-trade + some-part", "a sum of USD / year and a plain number", "the same kind of unit"),
            ("big-trade +", "nothing where a part is missing", "a fact, a number"),
            ("big-trade half-trade", "'half-trade' after 'big-trade'", "+ - * / or ^"),
            ("(big-trade", "'the end'", "a closing bracket"),
            ("big-trade ^ some-part", "'some-part'", "a whole number as an exponent"),
            ("big-trade ^ (1/3)", "the exponent 1/3", "(1/2) or (1/4)"),
            ("median(big-trade, half-trade)", "median()", "sum, mean"),
            ("bigg-trade", "'bigg-trade'", "the id of a fact"),
            ("in-the-pact * some-part", "'in-the-pact', which has no value", "holds"),
            ("ties.KAZ.CHN.trusst", "'ties.KAZ.CHN.trusst'", "the name of a number"),
            ("ties.KAZ.*.trust", "'ties.KAZ.*.trust'", "inside sum"),
            ("sum(ties.NOW.*.trust)", "which no number matches", "names of numbers"),
            ("some-part / (some-part - some-part)", "which is nought", "a divisor that is not nought"),
            ("sqrt(0 - some-part)", "the root of a number below nought", "nought or more"),
            ("holds(ties.KAZ.CHN.trust)", "holds() of something else", "the id of one fact"),
            ("big-trade ; half-trade", "'; half-trade'", "names of facts"),
            ("__import__", "'__import__'", "names of facts"),
            ("(" * 30 + "1" + ")" * 30, "deeper brackets", "levels"),
            ("1 + " * 300 + "1", "letters", "at most"),
            ("gmean(some-part, some-part, some-part)", "of 3 parts", "two or of four"),
        ],
    )
    def test_what_is_wrong_is_said(self, tmp_path: Path, text: str, found: str, allowed: str) -> None:
        with pytest.raises(FormulaError) as wrong:
            result(given(tmp_path), text)
        assert found in wrong.value.found
        assert allowed in wrong.value.allowed

    def test_the_nearest_name_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(FormulaError) as wrong:
            result(given(tmp_path), "bigg-trade")
        assert wrong.value.nearest == "big-trade"


def seeded(tmp_path: Path, more: dict[str, dict[str, Any]], **gdp: Any) -> Any:
    """The small seeds with coefficients, and the output of one state written in another way."""
    contents = files()
    contents["central-asia/coefficients.yaml"] = more
    contents["central-asia/actors.yaml"]["states"]["KAZ"]["numbers"]["gdp"] = number(
        unit="bn USD a year", basis="figure", **gdp
    )
    return load_evidence(folder=write(tmp_path, contents))


def part(value: float = 0.2, low: float = 0.1, high: float = 0.4) -> dict[str, Any]:
    return number(value, low, high, basis="assumed", unit="share")


GDP = "states.KAZ.gdp"


class TestDerivations:
    def test_a_figure_is_what_its_formula_gives(self, tmp_path: Path) -> None:
        evidence = seeded(
            tmp_path, {"a_part": part()}, value=21.26, low=10.0, high=43.0, formula="big-trade * coefficients.a_part"
        )
        assert evidence.derivations.value(GDP) == pytest.approx(21.26)
        assert evidence.numbers[GDP].evidence == ("big-trade",)
        assert evidence.derivations.inputs_of(GDP) == ("big-trade", "coefficients.a_part")

    @pytest.mark.parametrize("value", [21, 21.3, 21.26])
    def test_the_value_may_be_rounded_to_the_digits_written(self, tmp_path: Path, value: float) -> None:
        seeded(tmp_path, {"a_part": part()}, value=value, low=10, high=43, formula="big-trade * coefficients.a_part")

    @pytest.mark.parametrize("value", [20, 21.2, 21.27, 22])
    def test_another_value_is_refused(self, tmp_path: Path, value: float) -> None:
        with pytest.raises(InputError, match=r"gdp\.value: found '?.*, while the formula gives 21\.26"):
            seeded(
                tmp_path, {"a_part": part()}, value=value, low=10, high=43, formula="big-trade * coefficients.a_part"
            )

    def test_rounding_never_hides_more_than_a_twentieth(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"found 0\.1, while the formula gives 0\.1296"):
            seeded(
                tmp_path,
                {"a_part": part(0.1296 / 106.3, 0.0, 0.4)},
                value=0.1,
                low=0.0,
                high=1.0,
                formula="big-trade * coefficients.a_part",
            )

    def test_the_range_follows_from_the_inputs_where_none_is_written(self, tmp_path: Path) -> None:
        gdp = {"value": 21.3, "formula": "big-trade * coefficients.a_part"}
        contents = files()
        contents["central-asia/coefficients.yaml"] = {"a_part": part()}
        written = number(unit="bn USD a year", basis="figure", **gdp)
        del written["low"], written["high"]
        contents["central-asia/actors.yaml"]["states"]["KAZ"]["numbers"]["gdp"] = written
        kaz = load_evidence(folder=write(tmp_path, contents)).numbers[GDP]
        assert (kaz.low, kaz.high) == (pytest.approx(10.63), pytest.approx(42.52))

    def test_without_a_range_anywhere_it_has_to_be_written(self, tmp_path: Path) -> None:
        contents = files()
        written = number(106.3, unit="bn USD a year", basis="figure", formula="big-trade")
        del written["low"], written["high"]
        contents["central-asia/actors.yaml"]["states"]["KAZ"]["numbers"]["gdp"] = written
        with pytest.raises(InputError, match="'low' and 'high' have to be written"):
            load_evidence(folder=write(tmp_path, contents))

    @pytest.mark.parametrize(
        ("formula", "says"),
        [
            ("big-trade * 0.2", "the bare number 0.2"),
            ("some-trade", "found 'some-trade'; allowed: the id of a fact"),
            ("coefficients.a_part", "found a formula in a plain number; allowed: one that gives bn USD a year"),
            ("states.KAZ.gdp * coefficients.a_part", "in a circle: states.KAZ.gdp -> states.KAZ.gdp"),
        ],
    )
    def test_a_wrong_formula_is_refused_with_file_and_line(self, tmp_path: Path, formula: str, says: str) -> None:
        with pytest.raises(InputError) as refused:
            seeded(tmp_path, {"a_part": part()}, value=21.26, low=10, high=43, formula=formula)
        assert says in str(refused.value)
        assert "actors.yaml:" in str(refused.value)

    def test_a_circle_over_two_numbers_is_refused(self, tmp_path: Path) -> None:
        more = {"one": part() | {"formula": "coefficients.two"}, "two": part() | {"formula": "coefficients.one"}}
        with pytest.raises(
            InputError, match=r"in a circle: coefficients\.one -> coefficients\.two -> coefficients\.one"
        ):
            seeded(tmp_path, more, value=106.3, low=50, high=150, formula="big-trade")


class TestFollowing:
    def made(self, tmp_path: Path) -> Any:
        more = {
            "a_part": part(),
            "of_part": part(0.1, 0.0, 0.9) | {"formula": "coefficients.a_part ^ 2 + coefficients.rest"},
        }
        more["rest"] = part(0.06, 0.0, 0.2)
        return seeded(tmp_path, more, value=10.63, low=1, high=90, formula="big-trade * coefficients.of_part")

    def values(self, evidence: Any, **changes: Any) -> dict[str, Any]:
        values = {name: one.value for name, one in evidence.numbers.items()} | changes
        evidence.derivations.follow(values)
        return values

    def test_nothing_moves_while_no_input_does(self, tmp_path: Path) -> None:
        evidence = self.made(tmp_path)
        plain = {name: one.value for name, one in evidence.numbers.items()}
        assert self.values(evidence) == plain
        assert self.values(evidence, **{"coefficients.a_part": 0.2}) == plain

    def test_a_number_moves_with_its_inputs_through_others(self, tmp_path: Path) -> None:
        moved = self.values(self.made(tmp_path), **{"coefficients.a_part": 0.4})
        assert moved["coefficients.of_part"] == pytest.approx(0.1 + 0.16 - 0.04)
        assert moved[GDP] == pytest.approx(10.63 + 106.3 * 0.12)

    def test_what_is_set_for_the_number_itself_is_where_it_moves_from(self, tmp_path: Path) -> None:
        moved = self.values(self.made(tmp_path), **{"coefficients.a_part": 0.4, GDP: 50.0})
        assert moved[GDP] == pytest.approx(50.0 + 106.3 * 0.12)

    def test_what_is_set_to_nought_stays_there(self, tmp_path: Path) -> None:
        moved = self.values(self.made(tmp_path), **{"coefficients.a_part": 0.4, GDP: 0.0})
        assert moved[GDP] == 0.0

    def test_it_never_leaves_what_makes_sense(self, tmp_path: Path) -> None:
        moved = self.values(self.made(tmp_path), **{"coefficients.of_part": -3.0})
        assert moved[GDP] == 0.0

    def test_runs_move_each_with_its_own_inputs_and_with_the_same_bits(self, tmp_path: Path) -> None:
        evidence = self.made(tmp_path)
        lanes = np.linspace(0.1, 0.4, 13)
        together = self.values(evidence, **{"coefficients.a_part": lanes})[GDP]
        alone = [self.values(evidence, **{"coefficients.a_part": float(lane)})[GDP] for lane in lanes]
        assert together.tolist() == alone

    def test_what_only_follows_is_not_drawn_beside_its_inputs(self, tmp_path: Path) -> None:
        written = number(unit="bn USD a year", basis="figure", value=21.3, formula="big-trade * coefficients.a_part")
        contents = files()
        contents["central-asia/coefficients.yaml"] = {"a_part": part()}
        contents["central-asia/actors.yaml"]["states"]["KAZ"]["numbers"]["gdp"] = {
            key: value for key, value in written.items() if key not in ("low", "high")
        }
        evidence = load_evidence(folder=write(tmp_path, contents))
        assert evidence.numbers[GDP].follows
        assert not evidence.numbers["coefficients.a_part"].follows
