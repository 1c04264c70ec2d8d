"""A computation is told so that a person with a pocket calculator can follow it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from helpers.small_seeds import files, number, write
from sim.evidence import load_evidence
from sim.evidence.computation import computation_of, step_lines
from sim.evidence.provenance import trace_number
from sim.evidence.story import Kind
from sim.io.errors import InputError

HOME = load_evidence()


def shown(evidence: Any, name: str) -> list[str]:
    computation = computation_of(evidence, name)
    assert computation is not None
    return ["".join(piece.text for piece in line) for line in step_lines(computation)]


FACTS = {
    "one-sum": (12.0, "bn EUR"),
    "five-months": (5.0, "bn USD in five months"),
    "a-year": (24.0, "bn USD a year"),
    "a-part": (0.25, "share"),
    "a-score": (3.0, "score 1-5"),
    "a-fall": (-0.5, "share"),
    "per-cent": (20.0, "percent"),
    "rate-a-year": (2.0, "1/year"),
    "told": (None, ""),
}


def computed(tmp_path: Path, formula: str, value: float, unit: str = "share", **more: Any) -> Any:
    """A small world in which one number is computed."""
    contents = files()
    said = {"kind": "claim", "says": "Something.", "document": "a-paper", "locator": "page 1", "confidence": 0.8}
    for name, (amount, of) in FACTS.items():
        figure = {} if amount is None else {"value": amount, "unit": of}
        contents["facts/one.yaml"]["facts"].append({"id": name} | said | figure)
    rate = number(1.1, 1.0, 1.2, unit="USD/EUR", basis="assumed", evidence=[], reason="a guess")
    part = number(0.2, 0.1, 0.4, unit="share", basis="assumed", evidence=[], reason="a guess")
    contents["parameters/coefficients.yaml"] = {"rate": rate, "part": part}
    whole = number(value, unit=unit, basis="figure", evidence=[], formula=formula, reason="so") | more
    contents["parameters/measures.yaml"]["whole"] = {key: one for key, one in whole.items() if one is not None}
    return load_evidence(folder=write(tmp_path, contents))


class TestSteps:
    @pytest.mark.parametrize(
        ("formula", "value", "unit", "lines"),
        [
            ("a-part", 0.25, "share", ["0.25, as written"]),
            (
                "one-sum * coefficients.rate * coefficients.part / 20 quarters",
                0.13,
                "bn USD a quarter",
                ["12 bn EUR × 1.1 USD/EUR × 0.2 / 20 quarters = 0.132 bn USD a quarter, written 0.13"],
            ),
            (
                "one-sum * coefficients.rate * coefficients.part / 5 years",
                0.13,
                "bn USD a quarter",
                [
                    "12 bn EUR × 1.1 USD/EUR × 0.2 / 5 years = 0.528 bn USD a year",
                    "= 0.132 bn USD a quarter, written 0.13",
                ],
            ),
            ("five-months", 12.0, "bn USD a year", ["5 bn USD in five months = 12 bn USD a year, as written"]),
            (
                "mean(five-months, a-year)",
                18.0,
                "bn USD a year",
                ["mean of 5 bn USD in five months and 24 bn USD a year"],
            ),
            ("rate-a-year", 0.5, "1/quarter", ["2 a year = 0.5 a quarter, as written"]),
            ("gmean(a-part, 1)", 0.5, "share", ["geometric mean of 0.25 and 1 = 0.5, as written"]),
            ("sqrt(a-part)", 0.5, "share", ["√0.25 = 0.5, as written"]),
            ("(1 - a-part)^(1/2)", 0.87, "share", ["(1 − 0.25)^(1/2) = 0.86603, written 0.87"]),
            ("0 - a-fall", 0.5, "share", ["0 − (-0.5) = 0.5, as written"]),
            ("per-cent + a-part", 0.45, "share", ["20 percent + 0.25 = 0.45, as written"]),
            ("holds(told) * a-part", 0.25, "share", ["1 (it holds) × 0.25 = 0.25, as written"]),
            (
                "max(a-part, coefficients.part) * a-part",
                0.06,
                "share",
                ["[1] largest of 0.25 and 0.2 = 0.25", "0.25 [1] × 0.25 = 0.0625, written 0.06"],
            ),
            ("a-score / (1 + a-score)", 0.75, "share", ["3 / (1 + 3) = 0.75, as written"]),
        ],
    )
    def test_are_what_one_would_write_on_paper(
        self, tmp_path: Path, formula: str, value: float, unit: str, lines: list[str]
    ) -> None:
        found = shown(computed(tmp_path, formula, value, unit, low=0.0, high=100.0), "measures.whole")
        assert len(found) == len(lines)
        for line, wanted in zip(found, lines, strict=True):
            assert line.startswith(wanted)

    def test_a_step_that_comes_twice_is_told_once(self, tmp_path: Path) -> None:
        formula = "a-part * mean(a-part, 1) / mean(a-part, 1)"
        lines = shown(computed(tmp_path, formula, 0.25), "measures.whole")
        assert lines == ["[1] mean of 0.25 and 1 = 0.625", "0.25 × 0.625 [1] / 0.625 [1] = 0.25, as written"]

    def test_a_number_without_a_formula_has_none(self) -> None:
        assert computation_of(HOME, "choice.dependence_aversion") is None

    def test_where_each_input_alone_would_move_it_is_told(self, tmp_path: Path) -> None:
        evidence = computed(tmp_path, "a-part * coefficients.part", 0.05, low=None, high=None)
        computation = computation_of(evidence, "measures.whole")
        assert computation is not None
        assert computation.range_follows
        by_name = {one.link.name: one for one in computation.inputs}
        assert by_name["a-part"].link.kind is Kind.FACT
        assert by_name["a-part"].alone is None
        assert by_name["coefficients.part"].alone == pytest.approx((0.025, 0.1))


class TestReal:
    """Computations of the evidence that ships, redone by hand from what the page shows."""

    @pytest.mark.parametrize(
        ("name", "by_hand"),
        [
            ("powers.EU.budget.minerals", 12 * 1.08 * 0.2 / 5 / 4),
            ("ties.KAZ.CHN.trade", (30.1 * 43.82) ** 0.5),
            ("ties.TJK.CHN.trade", (0.7268 / 3.78 * 8.9 * 3.86) ** 0.5),
            ("offers.mega_deal", 17 / 4.2 - 1),
            ("ties.KAZ.CHN.infrastructure", 33 / (33 + 3.05 + 2.94 + 9.08 + 6.5) * (50 + 63.9) / 2),
            ("ties.TJK.JPN.trade", 0.0443 * 2),
        ],
    )
    def test_the_last_line_gives_what_is_found_by_hand(self, name: str, by_hand: float) -> None:
        last = shown(HOME, name)[-1]
        found = re.search(r"= ([\d.]+)[^=]*(?:as written|written ([\d.]+))$", last)
        assert found is not None
        assert float(found[1]) == pytest.approx(by_hand, rel=1e-4)
        assert float(found[2] or found[1]) == HOME.numbers[name].value

    @pytest.mark.parametrize("name", sorted(HOME.derivations.found))
    def test_every_line_that_is_plain_arithmetic_holds_as_printed(self, name: str) -> None:
        """What is printed is right by itself: amounts without units, as a pocket calculator has them."""
        for line in shown(HOME, name):
            left, _, right = re.sub(r"\[\d+\]", "", line).partition(" = ")
            units = {unit for unit in re.findall(r"[a-zA-Z]+", left) if unit != "it"}
            first = re.match(r"-?[\d.e-]+", right)
            if units or first is None or not left or "percent" in right:
                continue
            text = left.replace("×", "*").replace("−", "-").replace("^", "**")
            text = re.sub(r"√(\([^()]*\)|[\d.e-]+)", r"(\1)**0.5", text)
            assert eval(text) == pytest.approx(float(first[0]), rel=2e-4, abs=1e-9), line


class TestText:
    def test_inputs_unfold_in_turn_and_each_is_told_once(self) -> None:
        text = trace_number(HOME, "states.KAZ.other.deal")
        lines = text.splitlines()
        told = [line.strip() for line in lines if line.strip().startswith("- gdp-kaz-2024 = ")]
        assert told
        assert all(line.endswith("told above") for line in told[1:])
        deep = next(line for line in lines if "- chn-kaz-trade-2024-customs" in line)
        flat = next(line for line in lines if "- ties.KAZ.CHN.trade = " in line)
        assert len(deep) - len(deep.lstrip()) > len(flat) - len(flat.lstrip())

    def test_it_keeps_within_the_width(self) -> None:
        for width in (60, 80, 120):
            for line in trace_number(HOME, "powers.EU.budget.minerals", width).splitlines():
                assert len(line) <= width

    def test_bits_of_a_file_cannot_reach_the_terminal(self, tmp_path: Path) -> None:
        contents = files()
        fact = contents["facts/one.yaml"]["facts"][0]
        fact["says"] = "a \x1b[31mred\x07 word"
        with pytest.raises(InputError, match=r"facts\[0\]\.says: found the character U\+001B"):
            load_evidence(folder=write(tmp_path / "one", contents))
        fact["says"] = "a [bold]word[/bold]"
        text = trace_number(load_evidence(folder=write(tmp_path / "other", contents)), "states.KAZ.gdp")
        assert "[bold]word[/bold]" in text
