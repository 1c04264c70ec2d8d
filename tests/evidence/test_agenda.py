"""The agenda has what much depends on and nobody has measured, and orders it by what a finding would take away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from helpers.small_seeds import files, write
from sim.evidence import load_evidence
from sim.evidence.agenda import EFFORTS, FILE, MUCH, load_agenda, topic_of, uncovered, what_is_open
from sim.evidence.influence import Influence, read_influence
from sim.evidence.numbers import Basis
from sim.io.errors import InputError

AVERSION, SHARE = "choice.dependence_aversion", "measures.leaning_share"


def topic(*numbers: str, **more: Any) -> dict[str, Any]:
    said = {"title": "A topic", "measure": "Count it.", "effort": "weeks", "decides": "Much."}
    return {"numbers": list(numbers)} | said | more


def influence(rank: int, size: float = 0.1, **totals: float) -> Influence:
    known = {outcome.replace("_", " "): (total, total - 0.01, total + 0.01) for outcome, total in totals.items()}
    return Influence(experiment="x", rank=rank, of=9, size=size, on="a", low=0.0, high=1.0, totals=known)


@pytest.fixture
def seeds(tmp_path: Path) -> Any:
    """Writes an agenda beside the small seeds, and gives the evidence and the topics."""

    def written(topics: dict[str, Any]) -> Any:
        folder = write(tmp_path, files() | {FILE: {"topics": topics}})
        evidence = load_evidence(folder=folder)
        return evidence, load_agenda(evidence, folder)

    return written


class TestReading:
    def test_a_topic_has_its_words_and_numbers(self, seeds: Any) -> None:
        _, topics = seeds({"one": topic("choice.*")})
        assert topics["one"].covers(AVERSION)
        assert not topics["one"].covers(SHARE)
        assert topics["one"].effort in EFFORTS

    def test_a_pattern_that_nothing_matches_is_refused(self, seeds: Any) -> None:
        with pytest.raises(InputError, match=r"agenda\.yaml:\d+: .*'choice\.wit'; allowed: a pattern"):
            seeds({"one": topic("choice.wit")})

    def test_the_first_topic_has_the_number(self, seeds: Any) -> None:
        _, topics = seeds({"one": topic(AVERSION), "two": topic("choice.*")})
        found = topic_of(AVERSION, topics)
        assert found is not None
        assert found.id == "one"

    def test_a_pattern_that_adds_nothing_is_refused(self, seeds: Any) -> None:
        with pytest.raises(InputError, match="all of which is with one"):
            seeds({"one": topic("choice.*"), "two": topic(AVERSION)})


class TestOrder:
    def test_what_would_take_away_most_comes_first(self, seeds: Any) -> None:
        evidence, topics = seeds({"one": topic(AVERSION), "two": topic(SHARE)})
        sweep = {AVERSION: influence(1, a=0.1), SHARE: influence(2, a=0.2, b=0.3)}
        two, one = what_is_open(evidence, topics, sweep)
        assert (two.id, one.id) == ("two", "one")
        assert two.takes == pytest.approx({"a": 0.2, "b": 0.3})

    def test_indices_add_up_to_no_more_than_all(self, seeds: Any) -> None:
        evidence, topics = seeds({"one": topic(AVERSION, SHARE)})
        (one,) = what_is_open(evidence, topics, {AVERSION: influence(1, a=0.8), SHARE: influence(2, a=0.7)})
        assert one.takes == {"a": 1.0}
        assert one.strongest is not None
        assert one.strongest.name == AVERSION

    def test_what_was_not_studied_closely_follows_by_its_strongest_number(self, seeds: Any) -> None:
        evidence, topics = seeds({"one": topic("choice.absorption.*"), "two": topic(SHARE), "three": topic(AVERSION)})
        sweep = {SHARE: influence(2, size=0.4), AVERSION: influence(1, a=0.01)}
        assert [one.id for one in what_is_open(evidence, topics, sweep)] == ["three", "two", "one"]

    def test_a_guess_on_which_much_depends_has_to_be_on_it(self, seeds: Any) -> None:
        evidence, topics = seeds({"two": topic(SHARE)})
        assert uncovered(evidence, topics, {AVERSION: influence(1)}) == [AVERSION]
        assert uncovered(evidence, topics, {AVERSION: influence(400)}) == []
        assert uncovered(evidence, topics, {AVERSION: influence(400, a=MUCH + 0.01)}) == [AVERSION]


class TestOurs:
    """The agenda that is shipped, against the sweep that is shipped."""

    def test_what_matters_and_is_guessed_or_judged_is_on_it(self) -> None:
        evidence, sweep = load_evidence(), read_influence()
        assert sweep
        assert uncovered(evidence, load_agenda(evidence), sweep) == []

    def test_every_topic_would_settle_something_open(self) -> None:
        evidence = load_evidence()
        found = what_is_open(evidence, load_agenda(evidence), read_influence())
        known = [one.id for one in found if all(number.basis is Basis.FIGURE for number in one.numbers)]
        assert known == []
