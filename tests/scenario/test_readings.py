"""Readings taken by a scenario: in its file, from what it extends, on the command line, and in Python."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import pytest

from sim.cli.common import load_all
from sim.evidence.evidence import load_evidence
from sim.io.arguments import Arguments
from sim.io.errors import InputError
from sim.scenario.arguments import check_setting
from sim.scenario.diff import diff_text
from sim.scenario.reading_choice import each_reading, readings_taken, with_reading
from sim.scenario.scenario import Scenario, load_scenario, with_number

HEAD = "title: T\nquestion: Q?\nfrom: 2026-Q1\nto: 2026-Q4\nruns: 10\nseed: 0\n"
KAZ, KGZ = "ties.KAZ.CHN.trade", "ties.KGZ.CHN.trade"


def asked(folder: Path, text: str, name: str = "x") -> Scenario:
    path = folder / f"{name}.yaml"
    path.write_text(text if text.startswith("title") else HEAD + text, encoding="utf-8")
    return load_scenario(path)


def wrong(scenario: Scenario) -> str:
    arguments = Arguments("test")
    check_setting(scenario, load_evidence(scenario.world), arguments)
    return "\n".join(str(problem) for problem in arguments.problems)


class TestInAFile:
    def test_a_reading_becomes_numbers(self, tmp_path: Path) -> None:
        scenario = asked(tmp_path, "readings: {china-trade: customs}")
        assert scenario.readings == {"china-trade": "customs"}
        assert (scenario.numbers[KAZ], scenario.numbers[KGZ]) == (43.8, 22.7)
        assert set(scenario.by_reading.values()) == {"china-trade"}
        assert not wrong(scenario)

    def test_the_default_moves_nothing_but_is_said(self, tmp_path: Path) -> None:
        scenario = asked(tmp_path, "readings: {china-trade: mean}")
        assert (scenario.readings, dict(scenario.numbers)) == ({"china-trade": "mean"}, {})

    def test_numbers_go_before_a_reading(self, tmp_path: Path) -> None:
        scenario = asked(tmp_path, f"readings: {{china-trade: customs}}\nnumbers: {{{KAZ}: 40}}")
        assert (scenario.numbers[KAZ], scenario.numbers[KGZ]) == (40.0, 22.7)
        assert KAZ not in scenario.by_reading

    def test_a_range_goes_before_a_reading_too(self, tmp_path: Path) -> None:
        scenario = asked(tmp_path, f"readings: {{china-trade: customs}}\nnumbers: {{{KAZ}: {{between: [31, 40]}}}}")
        assert KAZ in scenario.sampled
        assert KAZ not in scenario.numbers

    def test_the_reason_for_leaving_a_range_is_kept(self, tmp_path: Path) -> None:
        scenario = asked(tmp_path, "readings: {china-trade: customs-2025}")
        assert "a year later" in scenario.beyond[KAZ]
        assert not wrong(scenario)

    def test_what_is_extended_hands_its_reading_on(self, tmp_path: Path) -> None:
        asked(tmp_path, "readings: {china-trade: customs, us-trade: whole}", "parent")
        heir = "title: T\nquestion: Q?\nextends: parent\n"
        assert asked(tmp_path, heir).numbers[KAZ] == 43.8
        other = asked(tmp_path, f"{heir}readings: {{china-trade: national}}")
        assert other.readings == {"china-trade": "national", "us-trade": "whole"}
        assert other.numbers[KAZ] == 30.1
        back = asked(tmp_path, f"{heir}readings: {{china-trade: mean}}")
        assert KAZ not in back.numbers

    def test_a_number_of_the_parent_goes_before_a_reading_of_the_heir(self, tmp_path: Path) -> None:
        asked(tmp_path, f"numbers: {{{KAZ}: 40}}", "parent")
        heir = "title: T\nquestion: Q?\nextends: parent\nreadings: {china-trade: customs}\n"
        assert asked(tmp_path, heir).numbers[KAZ] == 40.0

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (
                "readings: {china-trad: customs}",
                "readings.china-trad: found the unknown switch 'china-trad'; allowed: ",
            ),
            ("readings: {china-trad: customs}", "Did you mean 'china-trade'?"),
            (
                "readings: {china-trade: custom}",
                "customs, customs-2025, national. Did you mean 'customs'?",
            ),
            ("readings: {china-trade: [customs]}", "readings.china-trade: found a list"),
            ("readings: customs", "readings: found 'customs'; allowed: readings by switch"),
            ("world: toy\nreadings: {china-trade: customs}", "none: there are no switches in the world 'toy'"),
        ],
    )
    def test_what_is_wrong_is_told(self, tmp_path: Path, text: str, said: str) -> None:
        with pytest.raises(InputError) as caught:
            asked(tmp_path, text)
        assert said in str(caught.value)

    def test_check_says_which_reading_is_taken(self, tmp_path: Path) -> None:
        from sim.cli.check import _scenario_lines

        asked(tmp_path, "readings: {china-trade: customs}")
        assert "reading customs of china-trade" in str(_scenario_lines(str(tmp_path / "x.yaml"))[0])

    def test_diff_says_which_reading_is_taken_and_where(self, tmp_path: Path) -> None:
        one, other = asked(tmp_path, "", "one"), asked(tmp_path, "readings: {china-trade: customs}", "other")
        told = diff_text(one, other)
        assert "Readings\n  china-trade\n    - mean" in told
        assert "conflicts.yaml:" in told
        assert f"{KAZ} (bn USD a year)\n    - 36.3" in told
        assert told.count("other.yaml:7") > 2


class TestOnTheCommandLine:
    def test_a_reading_is_taken(self) -> None:
        (scenario,) = load_all(["baseline"], [], ["china-trade=customs"])
        assert scenario.numbers[KAZ] == 43.8

    def test_set_goes_before_it(self) -> None:
        (scenario,) = load_all(["baseline"], [f"{KAZ}=40"], ["china-trade=customs"])
        assert (scenario.numbers[KAZ], scenario.numbers[KGZ]) == (40.0, 22.7)

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ("china-trade", "allowed: SWITCH=READING"),
            ("china-trad=customs", "found the unknown switch 'china-trad'"),
            ("china-trade=custom", "Did you mean 'customs'?"),
            ("china-trade=", "china-trade: found ''"),
        ],
    )
    def test_what_is_wrong_is_told(self, written: str, said: str) -> None:
        with pytest.raises(InputError) as caught:
            load_all(["baseline"], [], [written])
        assert said in str(caught.value)
        assert f"--reading {written}" in str(caught.value)

    def test_compare_opens_a_scenario_in_every_reading(self) -> None:
        from sim.cli import compare

        commands = argparse.ArgumentParser().add_subparsers()
        compare.add(commands)
        words = ["baseline", "--readings", "china-trade", "--readings", "us-trade"]
        opened = compare._opened(commands.choices["compare"].parse_args(words))
        assert [one.name for one in opened] == [
            "baseline",
            "baseline-china-trade-customs",
            "baseline-china-trade-customs-2025",
            "baseline-china-trade-national",
            "baseline-us-trade-whole",
            "baseline-us-trade-books",
        ]

    def test_readings_cannot_be_asked_of_finished_results(self, tmp_path: Path) -> None:
        from sim.cli import compare

        commands = argparse.ArgumentParser().add_subparsers()
        compare.add(commands)
        words = [str(tmp_path), "--readings", "china-trade", "--reading", "us-trade=whole"]
        with pytest.raises(InputError, match="found --reading, --readings"):
            compare._opened(commands.choices["compare"].parse_args(words))

    def test_an_experiment_is_run_with_a_reading(self) -> None:
        from sim.analysis.sensitivity.experiment import load_experiment
        from sim.cli.sweep import _read

        named = argparse.Namespace(reading=["china-trade=customs"], numbers=None)
        experiment = _read(load_experiment("0002"), named)
        assert experiment.scenario is not None
        assert experiment.scenario.numbers[KAZ] == 43.8


class TestInPython:
    def test_a_reading_is_taken_and_taken_back(self) -> None:
        baseline = load_scenario("baseline")
        customs = with_reading(baseline, "china-trade", "customs")
        assert customs.numbers[KAZ] == 43.8
        assert not wrong(customs)
        back = with_reading(customs, "china-trade", "mean")
        assert dict(back.numbers) == dict(baseline.numbers)
        assert back.readings == {"china-trade": "mean"}

    def test_what_is_set_stands(self) -> None:
        one = with_number(with_reading(load_scenario("baseline"), "china-trade", "customs"), KAZ, 43.8)
        other = with_reading(one, "china-trade", "national")
        assert (other.numbers[KAZ], other.numbers[KGZ]) == (43.8, 5.3)
        assert not wrong(other)

    def test_reasons_go_with_their_numbers(self) -> None:
        later = with_reading(load_scenario("baseline"), "china-trade", "customs-2025")
        assert KAZ in later.beyond
        assert KAZ not in with_reading(later, "china-trade", "national").beyond

    def test_every_reading_moves_nothing_else(self) -> None:
        baseline = load_scenario("baseline")
        evidence = load_evidence()
        for switch, conflict in evidence.switches.items():
            for scenario in each_reading(baseline, switch)[1:]:
                assert set(scenario.numbers) - set(baseline.numbers) <= set(conflict.moved)
                assert not wrong(scenario), switch

    def test_each_reading_begins_with_the_one_that_is_taken(self) -> None:
        customs = with_reading(load_scenario("baseline"), "china-trade", "customs")
        assert [one.readings["china-trade"] for one in each_reading(customs, "china-trade")] == [
            *("customs", "mean", "customs-2025", "national")
        ]

    @pytest.mark.parametrize(("switch", "reading"), [("china-trad", "customs"), ("china-trade", "custom")])
    def test_what_is_wrong_is_told(self, switch: str, reading: str) -> None:
        with pytest.raises(InputError, match="Did you mean 'c"):
            with_reading(load_scenario("baseline"), switch, reading)
        with pytest.raises(InputError, match="unknown switch 'china-trad'"):
            each_reading(load_scenario("baseline"), "china-trad")

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"readings": {"china-trade": "customs"}}, "nothing said of 'ties.KAZ.CHN.trade'"),
            ({"readings": {"china-trad": "customs"}}, "unknown switch 'china-trad'"),
            ({"by_reading": {KAZ: "china-trade"}}, f"'{KAZ}' by 'china-trade'"),
            ({"readings": ["china-trade"]}, "values by the name of their number"),
        ],
    )
    def test_a_scenario_cannot_say_that_it_takes_a_reading_and_not_take_it(self, change: object, said: str) -> None:
        assert said in wrong(replace(load_scenario("baseline"), **change))  # type: ignore[arg-type]

    def test_the_reading_of_every_switch_is_known(self) -> None:
        evidence = load_evidence()
        taken = readings_taken(with_reading(load_scenario("baseline"), "china-trade", "customs"), evidence)
        assert list(taken) == list(evidence.switches)
        assert (taken["china-trade"], taken["us-trade"]) == ("customs", "half")
