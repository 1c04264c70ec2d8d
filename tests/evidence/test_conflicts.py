"""Contradicting sources: every conflict is settled by a reason or has a switch, and every mistake in one is told."""

# ruff: noqa: E501 (in the table of mistakes one mistake is one line)

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from helpers.small_seeds import files, write
from sim.evidence.conflicts import Conflict
from sim.evidence.evidence import Evidence, load_evidence
from sim.evidence.provenance import trace_number
from sim.evidence.rounding import is_rounded
from sim.io.errors import InputError

LEDGER = (
    *("c-uranium-share", "c-tariff-kaz", "c-tariff-incidence", "c-copper-tariff", "c-chn-c5-trade", "c-us-trade-scope"),
    *("c-one-thirtieth", "c-jpn-arithmetic", "c-jpn-money-kind", "c-horgos-throughput", "c-six-states", "c-zhong-ou"),
    *("c-first-summit", "c-c5plus1-count", "c-top-partner", "c-us-deal-size", "c-us-deal-direction", "c-uzb-100bn"),
    *("c-line-d", "c-russia-standing", "c-russia-reaction-to-china", "c-visit-effect", "c-compensating-visit"),
    *("c-processing", "c-china-image", "c-conditions-us", "c-minerals-40-70", "c-refining-internal", "c-tungsten"),
    *("c-kaz-rare-earth", "c-middle-corridor-origin", "c-us-strategy-wording", "c-regional-trend", "c-india-claim"),
    *("c-pompeo-five", "c-investor-source", "c-police-date", "c-not-independent", "c-rcep-absent", "c-un-vote-later"),
    *("c-dysprosium-2012", "c-infra-50bn", "c-ft-quote", "c-greenland", "c-anecdotes-us-industry", "c-jpn-logistics"),
    *("c-us-sequence", "c-eu-separate"),
)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load_evidence()


class TestShipped:
    def test_every_conflict_that_was_found_in_the_documents_is_there(self, evidence: Evidence) -> None:
        assert len(LEDGER) == 48
        assert set(LEDGER) <= set(evidence.conflicts)

    def test_each_is_settled_or_has_a_switch(self, evidence: Evidence) -> None:
        for conflict in evidence.conflicts.values():
            assert bool(conflict.settled) != bool(conflict.switch)
            assert conflict.facts

    def test_a_default_moves_nothing(self, evidence: Evidence) -> None:
        for conflict in evidence.switches.values():
            for name, read in conflict.readings[conflict.default].numbers.items():
                assert read.value == evidence.numbers[name].value

    def test_every_other_reading_moves_something(self, evidence: Evidence) -> None:
        for conflict in evidence.switches.values():
            for reading in conflict.readings.values():
                moved = [name for name, read in reading.numbers.items() if read.value != evidence.numbers[name].value]
                assert bool(moved) == (reading.name != conflict.default), (conflict.switch, reading.name)

    def test_customs_say_what_the_founding_documents_say(self, evidence: Evidence) -> None:
        def total(reading: str) -> float:
            read = evidence.switches["china-trade"].readings[reading].numbers
            return sum(read[f"ties.{state.code}.CHN.trade"].value for state in evidence.states)

        assert total("customs") == pytest.approx(evidence.facts["chn-c5-trade-2024"].value, rel=0.002)
        assert total("customs-2025") == pytest.approx(evidence.facts["chn-c5-trade-2025"].value, rel=0.002)
        assert total("mean") == pytest.approx(73.7, abs=0.1)

    @pytest.mark.parametrize("world", ["six-states", "gulf-entrant"])
    def test_a_world_that_extends_another_has_its_switches(self, world: str, evidence: Evidence) -> None:
        assert list(load_evidence(world).switches) == list(evidence.switches)

    @pytest.mark.parametrize("world", ["toy", "archipelago"])
    def test_other_worlds_have_none(self, world: str) -> None:
        assert load_evidence(world).switches == {}


class TestTold:
    def test_a_number_tells_what_other_readings_make_of_it(self, evidence: Evidence) -> None:
        story = " ".join(trace_number(evidence, "ties.KAZ.CHN.trade").split())
        assert "the switch china-trade (c-chn-c5-trade): mean (the default) 36.3, customs 43.8" in story

    def test_a_fact_tells_in_which_conflict_it_stands(self, evidence: Evidence) -> None:
        story = " ".join(trace_number(evidence, "chn-c5-trade-2024").split())
        assert "in conflict (c-chn-c5-trade)" in story
        assert "73.7 bn, not at the 94.8 of the documents" in story

    def test_a_number_tells_what_was_settled_for_it(self, evidence: Evidence) -> None:
        assert "c-not-independent, by a written reason" in trace_number(evidence, "powers.CHN.governance")

    @pytest.mark.parametrize("name", ["c-chn-c5-trade", "china-trade"])
    def test_a_conflict_is_told_whole(self, name: str, evidence: Evidence) -> None:
        story = trace_number(evidence, name)
        assert story.startswith("c-chn-c5-trade, a conflict of sources\n")
        assert "seeds/conflicts.yaml:" in story
        assert "ties.KGZ.CHN.trade = 22.7 bn USD a year" in story
        assert "chn-kgz-trade-2024-customs" in story

    def test_a_settled_one_too(self, evidence: Evidence) -> None:
        assert "Settled: A slip." in trace_number(evidence, "c-jpn-arithmetic")


# --- reading a file --------------------------------------------------------------------------------------------------

TRADE = "ties.KAZ.CHN.trade"
MORE = "{end: high, evidence: [big-trade]}"
OPEN = """\
    question: How much?
    facts: [big-trade, kept-only]
    switch: trade
    default: mean
    because: Both err.
    readings:
      mean: {says: Between., numbers: {ties.KAZ.CHN.trade: {value: 0.5, reason: half}}}
      more: {says: More., numbers: {ties.KAZ.CHN.trade: {end: high, evidence: [big-trade]}}}
"""


def seeds(folder: Path, text: str, world: str = "central-asia") -> Path:
    contents: dict[str, Any] = files() | {"conflicts.yaml": f"world: {world}\nconflicts:\n  one:\n{text}"}
    return write(folder, contents)


def read(folder: Path, text: str = OPEN) -> Conflict:
    return load_evidence(folder=seeds(folder, text)).conflicts["one"]


class TestSound:
    def test_a_switch(self, tmp_path: Path) -> None:
        conflict = read(tmp_path)
        assert conflict.moved == (TRADE,)
        assert conflict.readings["more"].numbers[TRADE].value == 1.0
        assert conflict.readings["mean"].numbers[TRADE].value == 0.5
        assert conflict.facts == ("big-trade", "kept-only")

    def test_a_written_reason(self, tmp_path: Path) -> None:
        settled = read(
            tmp_path, "    question: Q?\n    facts: [unused]\n    settled: So it is.\n    follows: [ties.*.CHN.trade]\n"
        )
        assert (settled.switch, settled.settled, settled.follows) == ("", "So it is.", ("ties.*.CHN.trade",))

    def test_a_computed_value_is_rounded_as_the_seeds_are(self, tmp_path: Path) -> None:
        more = OPEN.replace("{end: high, evidence: [big-trade]}", "{formula: ties.KAZ.CHN.fit ^ (1/2)}")
        assert read(tmp_path, more).readings["more"].numbers[TRADE].value == 0.707

    def test_a_level_of_a_coded_number(self, tmp_path: Path) -> None:
        contents = files()
        for row in contents["central-asia/ties.csv"]:
            if (row["state"], row["power"], row["field"]) == ("KAZ", "CHN", "trade"):
                row |= {"basis": "coded", "value": "medium", "low": "", "high": "", "passage": "big-trade"}
        next(iter(contents["codebook.yaml"]["fields"].values()))["numbers"].append(TRADE)
        more = OPEN.replace(MORE, "{value: high, evidence: [big-trade]}")
        contents["conflicts.yaml"] = f"world: central-asia\nconflicts:\n  one:\n{more}"
        conflict = load_evidence(folder=write(tmp_path, contents)).conflicts["one"]
        assert conflict.readings["more"].numbers[TRADE].value == 0.75

    def test_without_the_file_there_are_none(self, tmp_path: Path) -> None:
        assert load_evidence(folder=write(tmp_path)).conflicts == {}

    def test_a_changed_file_is_read_again(self, tmp_path: Path) -> None:
        assert read(tmp_path).switch == "trade"
        assert read(tmp_path, OPEN.replace("switch: trade", "switch: barter")).switch == "barter"

    def test_what_rounds(self) -> None:
        assert is_rounded("11.0", 10.97)
        assert is_rounded("43.8", 43.82)
        assert not is_rounded("43.8", 43.9)
        assert not is_rounded("1.0", 1.4)


MISTAKES = [
    ("facts: [big-trade, kept-only]", "facts: [big-trad]", "one.facts[0]: found 'big-trad'; allowed: big-trade, kept-only, unused. Did you mean 'big-trade'?"),
    ("question: How much?", "qestion: How much?", "one.qestion: found the unknown key 'qestion'"),
    ("    because: Both err.\n", "", "one: 'because' is missing: a switch needs switch, default, because, readings"),
    ("    because: Both err.\n", "    because: Both err.\n    settled: No.\n", "one.switch: found 'switch' beside 'settled'; allowed: a settled conflict without a switch"),
    ("    because: Both err.\n", "    because: Both err.\n    follows: []\n", "one.follows: found 'follows' beside a switch; allowed: what its readings move"),
    ("default: mean", "default: men", "one.default: found 'men'; allowed: mean, more. Did you mean 'mean'?"),
    ("switch: trade", "switch: Trade!", "one.switch: found 'Trade!'; allowed: a name: small letters, digits and hyphens"),
    ("      more: {says", "      mo_re: {says", "found 'mo_re'; allowed: small letters, digits and hyphens"),
    ("value: 0.5, reason: half", "value: 0.6, reason: half", "found 0.6 for 'ties.KAZ.CHN.trade'; allowed: what the seeds hold, 0.5, since this is the default"),
    ("value: 0.5, reason: half", "value: 0.5", "found a value alone; allowed: with a formula, evidence or a reason"),
    ("more: {says: More., numbers: {ties.KAZ", "more: {says: More., numbers: {ties.KAX", "found 'ties.KAX.CHN.trade'; allowed: the name of a number of the evidence. Did you mean 'ties.KAZ.CHN.trade'?"),
    (MORE, "{value: 2, evidence: [big-trade]}", "found 2 for 'ties.KAZ.CHN.trade'; allowed: 0 to 1 share; to go outside on purpose add beyond: the reason"),
    (MORE, "{value: 0.7, evidence: [kept-only]}", "this fact is marked 'use: no' and cannot be evidence"),
    (MORE, "{evidence: [big-trade]}", "found neither 'value' nor 'formula' nor 'end'; allowed: a value, a formula, or an end"),
    (MORE, "{end: high, value: 1}", "end: found 'end' beside other words about its value; allowed: the end alone"),
    (MORE, "{end: hihg, evidence: [big-trade]}", "end: found 'hihg'; allowed: low, high. Did you mean 'high'?"),
    (MORE, "{value: lots, evidence: [big-trade]}", "value: found 'lots'; allowed: a number"),
    (MORE, "{formula: big-trad}", "formula: found 'big-trad'; allowed: the id of a fact. Did you mean 'big-trade'?"),
    (MORE, "{formula: big-trade}", "formula: found a formula in USD / year; allowed: one in share"),
    (MORE, "{formula: ties.KAZ.CHN.fit, value: 0.9}", "value: found '0.9'; allowed: what the formula gives, 0.5, rounded"),
    (f"{{says: More., numbers: {{{TRADE}: {MORE}}}}}", "{says: More.}", "found a reading that moves no number; allowed: numbers, or a conflict that is settled"),
    (f"      more: {{says: More., numbers: {{{TRADE}: {MORE}}}}}\n", "", "one.default: found one reading; allowed: two or more, or a conflict that is settled"),
]  # fmt: skip


class TestMistakes:
    @pytest.mark.parametrize(("old", "new", "said"), MISTAKES, ids=[str(at) for at in range(len(MISTAKES))])
    def test_each_is_told_with_its_line(self, tmp_path: Path, old: str, new: str, said: str) -> None:
        assert old in OPEN
        with pytest.raises(InputError) as caught:
            read(tmp_path, OPEN.replace(old, new))
        assert said in str(caught.value)
        assert all("conflicts.yaml:" in line for line in str(caught.value).splitlines())

    def test_neither_reason_nor_switch(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="found neither 'settled' nor 'readings'"):
            read(tmp_path, "    question: Q?\n    facts: [unused]\n")

    def test_followers_that_are_no_numbers(self, tmp_path: Path) -> None:
        text = "    question: Q?\n    facts: [unused]\n    settled: Yes.\n    follows: [ties.*.CHN.trad]\n"
        with pytest.raises(InputError, match=r"follows\[0\]: found 'ties.\*.CHN.trad'"):
            read(tmp_path, text)

    def test_a_switch_twice(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="found the switch 'trade' a second time; allowed: each switch once"):
            read(tmp_path, f"{OPEN}  two:\n{OPEN}")

    def test_a_number_in_two_switches(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"found 'ties.KAZ.CHN.trade', which 'trade' moves too"):
            read(tmp_path, f"{OPEN}  two:\n{OPEN.replace('switch: trade', 'switch: other')}")

    def test_a_world_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="world: found 'middle-earth'"):
            load_evidence(folder=seeds(tmp_path, OPEN, "middle-earth"))

    def test_what_follows_is_not_moved_beside_what_it_follows(self, tmp_path: Path) -> None:
        contents = files()
        for row in contents["central-asia/ties.csv"]:
            if (row["state"], row["power"], row["field"]) == ("KAZ", "CHN", "fit"):
                row |= {"basis": "assumed", "formula": TRADE}
        both = OPEN.replace(f"{TRADE}: {MORE}", f"{TRADE}: {MORE}, ties.KAZ.CHN.fit: {MORE}")
        contents["conflicts.yaml"] = f"world: central-asia\nconflicts:\n  one:\n{both}"
        with pytest.raises(InputError, match=r"found 'ties.KAZ.CHN.fit' beside 'ties.KAZ.CHN.trade', from which it"):
            load_evidence(folder=write(tmp_path, contents))
