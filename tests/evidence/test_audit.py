"""The audit finds what does not hold, and nothing where all holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from helpers.small_seeds import files, number, write
from sim.evidence import load_evidence
from sim.evidence.audit import Check, audit, facts_behind_rules, facts_named_in, start_against
from sim.evidence.naming import Naming
from sim.evidence.numbers import Basis, level_value
from sim.evidence.support import known_since, later_than, support, variance_by_basis
from sim.io.errors import InputError

_SAID = {"document": "a-paper", "locator": "page 2", "confidence": 0.7}
STICK = "powers.CHN.stick"


def fact(name: str, says: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "kind": "claim", "says": says} | _SAID | more


def codebook(**more: Any) -> dict[str, Any]:
    field = {
        "numbers": ["powers.*.stick"],
        "asks": "How readily does it press?",
        "levels": {"none": "never", "low": "seldom", "medium": "at times", "high": "often"},
        "anchors": [{"level": "high", "number": STICK, "passage": "kaz-pressed"}],
        "settle": "A count of threats.",
    }
    return {"fields": {"stick": field | more}}


def seeds(level: str = "high", **more: Any) -> dict[str, Any]:
    """The small seeds with one coded number, its passage and a codebook; `more` goes into the number."""
    contents = files()
    contents["documents.yaml"]["documents"]["a-paper"]["country"] = "China"
    contents["facts/one.yaml"]["facts"] = [
        {**one, "kept": "an example"} if one["id"] == "unused" else one for one in contents["facts/one.yaml"]["facts"]
    ]
    contents["facts/one.yaml"]["facts"].append(fact("kaz-pressed", "Chinese officials pressed Kaz in public."))
    contents["codebook.yaml"] = codebook()
    coded = number(basis="coded", passage="kaz-pressed", reason="It did.") | {"value": level} | more
    coded = {key: value for key, value in coded.items() if key not in ("low", "high")}
    contents["central-asia/actors.yaml"]["powers"]["CHN"]["numbers"]["stick"] = coded
    contents["central-asia/actors.yaml"]["powers"]["CHN"]["adjective"] = "Chinese"
    return contents


def read(tmp_path: Path, contents: dict[str, Any]) -> Any:
    return load_evidence(folder=write(tmp_path, contents))


def faults(tmp_path: Path, contents: dict[str, Any], check: Check) -> list[str]:
    found = audit(read(tmp_path, contents))
    return [f"{fault.name}: {fault.says}" for fault in found if fault.check is check]


class TestLevels:
    @pytest.mark.parametrize(
        ("text", "value"),
        [("none", 0.0), ("low", 0.25), ("dominant", 1.0), ("low/medium", 0.375), ("-high", -0.75), ("none/low", 0.125)],
    )
    def test_a_level_stands_for_a_value(self, text: str, value: float) -> None:
        assert level_value(text) == value

    @pytest.mark.parametrize("text", ["", "0.3", "lowish", "low/high", "medium/low", "low/medium/high", None])
    def test_what_is_no_level_stands_for_none(self, text: str | None) -> None:
        assert level_value(text) is None

    def test_a_code_reaches_one_level_either_way_where_nothing_else_is_said(self, tmp_path: Path) -> None:
        stick = read(tmp_path, seeds()).numbers[STICK]
        assert (stick.low, stick.value, stick.high) == (0.5, 0.75, 1.0)
        assert stick.evidence == ("kaz-pressed", "big-trade")

    def test_it_may_say_another_range(self, tmp_path: Path) -> None:
        contents = seeds()
        contents["central-asia/actors.yaml"]["powers"]["CHN"]["numbers"]["stick"] |= {"low": "none", "high": 0.9}
        stick = read(tmp_path, contents).numbers[STICK]
        assert (stick.low, stick.high) == (0.0, 0.9)


class TestCodebook:
    @pytest.mark.parametrize(
        ("level", "says"),
        [
            ("dominant", "found the level 'dominant'; allowed: a level of stick: none, low, medium, high"),
            ("-low", "a number from 0 to 1"),
            ("lowish", "Did you mean 'low'?"),
        ],
    )
    def test_a_code_off_the_book_is_refused(self, tmp_path: Path, level: str, says: str) -> None:
        with pytest.raises(InputError) as refused:
            read(tmp_path, seeds(level))
        assert says in str(refused.value)
        assert "actors.yaml:" in str(refused.value)

    def test_halfway_needs_two_facts(self, tmp_path: Path) -> None:
        assert read(tmp_path, seeds("low/medium")).numbers[STICK].value == 0.375
        with pytest.raises(InputError, match="halfway between two levels needs two facts"):
            read(tmp_path, seeds("low/medium", evidence=[]))

    def test_a_code_that_no_field_covers_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="which no field covers"):
            read(tmp_path, seeds() | {"codebook.yaml": codebook(numbers=["powers.*.carrot"])})

    def test_a_code_that_two_fields_cover_is_refused(self, tmp_path: Path) -> None:
        book = codebook()
        book["fields"]["again"] = codebook()["fields"]["stick"]
        with pytest.raises(InputError, match="which stick, again covers"):
            read(tmp_path, seeds() | {"codebook.yaml": book})

    @pytest.mark.parametrize(
        ("more", "says"),
        [
            ({"levels": {"none": "never", "hgh": "often"}}, "Did you mean 'high'?"),
            ({"levels": {"none": "never"}}, "a meaning for two levels or more"),
            ({"asks": None}, "asks"),
            ({"settled": "so"}, "Did you mean 'settle'?"),
        ],
    )
    def test_a_wrong_field_is_refused(self, tmp_path: Path, more: dict[str, Any], says: str) -> None:
        with pytest.raises(InputError) as refused:
            read(tmp_path, seeds() | {"codebook.yaml": codebook(**more)})
        assert "codebook.yaml:" in str(refused.value)
        assert says in str(refused.value)

    def test_every_code_of_the_home_world_has_its_field(self) -> None:
        evidence = load_evidence()
        coded = [name for name, one in evidence.numbers.items() if one.basis is Basis.CODED]
        assert coded
        assert all(sum(one.covers(name) for one in evidence.codebook.values()) == 1 for name in coded)


class TestNaming:
    @pytest.mark.parametrize(
        ("name", "says", "code", "named"),
        [
            ("kaz-asks", "It asks.", "KAZ", True),
            ("one-asks", "Kazakh officials ask.", "KAZ", True),
            ("one-asks", "Astana asks.", "KAZ", True),
            ("us-offers", "It offers.", "USA", True),
            ("one-offers", "The White House offers.", "USA", True),
            ("one-asks", "Uzbekistan asks.", "KAZ", False),
            ("one-asks", "Status of affairs.", "USA", False),
            ("eu-gives", "It gives.", "EU", True),
            ("one-gives", "It is neutral.", "EU", False),
        ],
    )
    def test_it_finds_whom_a_fact_names(self, name: str, says: str, code: str, named: bool) -> None:
        evidence = load_evidence()
        known = next(iter(evidence.facts.values()))
        made = type(known)(**(vars(known) | fact(name, says) | {"note": "", "kind": known.kind, "about": ()}))
        assert Naming(evidence=evidence).names(made, code) is named

    def test_a_list_names_whom_words_do_not(self) -> None:
        evidence = load_evidence()
        known = next(iter(evidence.facts.values()))
        made = type(known)(**(vars(known) | {"id": "one", "says": "It asks.", "note": "", "about": ("KAZ",)}))
        assert Naming(evidence=evidence).names(made, "KAZ")

    def test_it_knows_when_the_states_are_meant_together(self) -> None:
        evidence = load_evidence()
        assert Naming(evidence=evidence).names_all_states(evidence.facts["c5-rus-chn-priority"])


class TestAudit:
    def test_a_number_needs_a_fact_that_names_its_actor(self, tmp_path: Path) -> None:
        assert not faults(tmp_path / "one", seeds(), Check.NAMED)
        contents = seeds()
        contents["facts/one.yaml"]["facts"][-1]["says"] = "Somebody pressed Kaz in public."
        assert faults(tmp_path / "two", contents, Check.NAMED) == [f"{STICK}: no fact behind it names CHN"]

    def test_a_fact_about_all_states_gives_all_the_same_code(self, tmp_path: Path) -> None:
        contents = seeds()
        contents["facts/one.yaml"]["facts"].append(fact("the-two-ask", "The two ask for much."))
        contents["codebook.yaml"]["fields"]["asking"] = codebook(numbers=["states.*.processing"], anchors=[])["fields"][
            "stick"
        ]
        for code, level in (("KAZ", "low"), ("UZB", "low")):
            coded = {"meaning": "it", "unit": "0..1", "value": level, "basis": "coded", "passage": "the-two-ask"}
            contents["central-asia/actors.yaml"]["states"][code]["numbers"]["processing"] = coded
        contents["codebook.yaml"]["fields"]["asking"]["anchors"] = [
            {"level": "low", "number": "states.KAZ.processing", "passage": "the-two-ask"}
        ]
        assert not faults(tmp_path / "one", contents, Check.NAMED)
        contents["central-asia/actors.yaml"]["states"]["UZB"]["numbers"]["processing"]["value"] = "high"
        assert len(faults(tmp_path / "two", contents, Check.NAMED)) == 2

    def test_a_fact_that_nothing_uses_says_why_it_is_kept(self, tmp_path: Path) -> None:
        assert not faults(tmp_path / "one", seeds(), Check.UNUSED)
        contents = seeds()
        contents["facts/one.yaml"]["facts"].append(fact("idle", "Something happened."))
        assert [line.split(":")[0] for line in faults(tmp_path / "two", contents, Check.UNUSED)] == ["idle"]
        contents["facts/one.yaml"]["facts"][-1]["kept"] = "It may serve later."
        contents["systems.yaml"]["systems"]["over-dependence-aversion"]["evidence"].append("idle")
        assert "and something does" in faults(tmp_path / "three", contents, Check.UNUSED)[0]

    def test_what_rests_on_facts_elsewhere_counts_as_use(self, tmp_path: Path) -> None:
        (tmp_path / "patterns.yaml").write_text("evidence: [idle-fact]\n")
        (tmp_path / "facts").mkdir()
        (tmp_path / "facts" / "one.yaml").write_text("- id: other-fact\n")
        assert "idle-fact" in facts_named_in(tmp_path)
        assert "other-fact" not in facts_named_in(tmp_path)

    def test_a_comment_is_no_use(self, tmp_path: Path) -> None:
        (tmp_path / "patterns.yaml").write_text("# idle-fact\nwhy: word-one # other-fact\nlink: a#third-fact\n")
        named = facts_named_in(tmp_path)
        assert {"word-one", "third-fact"} <= named
        assert not named & {"idle-fact", "other-fact"}

    def test_what_rules_rest_on_counts_as_use(self, tmp_path: Path) -> None:
        text = '"""A rule.\n\nClaim: so it is. [one-fact,\n    two-fact]\n"""\nx = ["no-fact"]\n'
        (tmp_path / "rules.py").write_text(text)
        assert facts_behind_rules(tmp_path) == {"one-fact", "two-fact"}
        assert facts_behind_rules() & load_evidence().facts.keys()

    def test_a_coefficient_that_no_formula_uses_is_found(self, tmp_path: Path) -> None:
        contents = seeds()
        contents["central-asia/coefficients.yaml"] = {"a_part": number(basis="assumed")}
        assert faults(tmp_path, contents, Check.IDLE) == ["coefficients.a_part: no formula uses it"]

    def test_a_fact_that_the_start_contradicts_says_why(self, tmp_path: Path) -> None:
        contents = seeds()
        says = fact("all-trade", "Together.", kind="figure", value=1.5, unit="share", measures="sum(ties.*.CHN.trade)")
        contents["facts/one.yaml"]["facts"].append(says)
        told = faults(tmp_path / "one", contents, Check.START)
        assert told == [
            "all-trade: sum(ties.*.CHN.trade) starts at 1 share, the fact says 1.5: say under 'differs' why"
        ]
        says["differs"] = "Customs count transit."
        assert not faults(tmp_path / "two", contents, Check.START)
        says["value"] = 1.01
        assert "does not" in faults(tmp_path / "three", contents, Check.START)[0]

    @pytest.mark.parametrize(("measures", "told"), [("sum(ties.*.CHN.trad)", "no number matches"), ("1 +", "missing")])
    def test_measures_that_do_not_compute_are_found(self, tmp_path: Path, measures: str, told: str) -> None:
        contents = seeds()
        contents["facts/one.yaml"]["facts"].append(
            fact("all-trade", "Together.", kind="figure", value=1.5, unit="share", measures=measures)
        )
        assert told in faults(tmp_path, contents, Check.START)[0]

    def test_the_home_world_says_where_it_starts_elsewhere(self) -> None:
        evidence = load_evidence()
        assert [fault for fault in audit(evidence) if fault.check is Check.START] == []
        for fact in evidence.facts.values():
            if fact.measures and fact.value is not None:  # each computes: no code in it is mistyped
                assert start_against(fact, evidence) > 0.0

    def test_the_headline_of_a_document_needs_its_reason(self) -> None:
        evidence = load_evidence()
        silent = replace(evidence.facts["chn-c5-trade-2024"], differs="")
        told = audit(replace(evidence, facts={**evidence.facts, silent.id: silent}))
        assert [fault.name for fault in told if fault.check is Check.START] == [silent.id]

    def test_an_assumed_number_is_wide(self, tmp_path: Path) -> None:
        contents = seeds()
        contents["parameters/choice.yaml"]["dependence_aversion"] |= {"low": 0.9, "high": 1.1}
        assert faults(tmp_path / "one", contents, Check.NARROW) == [
            "choice.dependence_aversion: assumed, and only from 0.9 to 1.1"
        ]

    def test_a_case_of_the_codebook_has_its_level(self, tmp_path: Path) -> None:
        contents = seeds("low")
        assert faults(tmp_path, contents, Check.BOOK) == [
            "stick: its case powers.CHN.stick is said to be high and is 0.25"
        ]

    def test_a_document_says_whose_voice_it_is(self, tmp_path: Path) -> None:
        contents = seeds()
        del contents["documents.yaml"]["documents"]["a-paper"]["country"]
        assert [line.split(":")[0] for line in faults(tmp_path, contents, Check.COUNTRY)] == ["a-paper"]

    def test_every_fault_has_file_and_line(self, tmp_path: Path) -> None:
        contents = seeds("low")
        contents["facts/one.yaml"]["facts"].append(fact("idle", "Something happened."))
        found = audit(read(tmp_path, contents))
        assert found
        assert all(fault.file.endswith((".yaml", ".csv")) for fault in found)


class TestSupport:
    def test_it_counts_documents_and_countries(self, tmp_path: Path) -> None:
        rows = {row.basis: row for row in support(read(tmp_path, seeds()))}
        assert rows[Basis.CODED].numbers == rows[Basis.CODED].one_document == rows[Basis.CODED].one_country == 1
        assert rows[Basis.ASSUMED].without >= 1

    def test_it_finds_what_was_known_later(self, tmp_path: Path) -> None:
        evidence = read(tmp_path, seeds())
        assert known_since(evidence.facts["big-trade"], evidence) == "2025-12-31"
        assert STICK in later_than("2019-12-31", evidence)
        assert later_than("2025-12-31", evidence)[STICK] == ("kaz-pressed",)  # of which nobody says a date

    def test_later_facts_are_found_behind_formulas(self, tmp_path: Path) -> None:
        contents = seeds()
        contents["central-asia/coefficients.yaml"] = {"a_part": number(0.2, 0.1, 0.4, basis="assumed", evidence=[])}
        contents["central-asia/actors.yaml"]["states"]["KAZ"]["numbers"]["gdp"] = number(
            21.26,
            10.0,
            43.0,
            unit="bn USD a year",
            basis="figure",
            evidence=[],
            formula="big-trade * coefficients.a_part",
        )
        contents["central-asia/actors.yaml"]["states"]["UZB"]["numbers"]["growth"] = number(
            0.2, 0.1, 0.4, basis="assumed", evidence=[], formula="states.KAZ.gdp / states.KAZ.gdp * coefficients.a_part"
        )
        assert later_than("2019-12-31", read(tmp_path, contents))["states.UZB.growth"] == ("big-trade",)

    def test_influence_is_shared_out_by_basis(self, tmp_path: Path) -> None:
        from sim.evidence.influence import Influence

        evidence = read(tmp_path, seeds())
        one = Influence(
            experiment="x", rank=1, of=2, size=1.0, on="a", low=0.0, high=1.0, totals={"a": (0.3, 0.2, 0.4)}
        )
        two = Influence(
            experiment="x", rank=2, of=2, size=1.0, on="a", low=0.0, high=1.0, totals={"a": (0.1, 0.0, 0.2)}
        )
        shares = variance_by_basis(evidence, {STICK: one, "choice.dependence_aversion": two, "gone": two})
        assert shares["a"][Basis.CODED] == pytest.approx(0.75)
        assert shares["a"][Basis.ASSUMED] == pytest.approx(0.25)


class TestFigures:
    def test_a_figure_has_a_figure_of_a_source_in_it(self, tmp_path: Path) -> None:
        contents = seeds()
        contents["facts/one.yaml"]["facts"].append(fact("kaz-in-the-pact", "Kaz is in the pact.", kind="membership"))
        contents["central-asia/coefficients.yaml"] = {"a_part": number(0.5, 0.1, 0.9, basis="assumed", evidence=[])}
        growth = {"unit": "share", "basis": "figure", "evidence": ["kaz-pressed"]}
        held = number(0.5, 0.0, 1.0, formula="coefficients.a_part * holds(kaz-in-the-pact)", **growth)
        contents["central-asia/actors.yaml"]["states"]["KAZ"]["numbers"]["growth"] = held
        assert faults(tmp_path / "one", contents, Check.FIGURE) == [
            "states.KAZ.growth: its formula has no fact with a value, not even through other numbers"
        ]
        held["formula"] = "coefficients.a_part * big-trade / big-trade"
        assert not faults(tmp_path / "two", contents, Check.FIGURE)
