"""A scenario that says until when it knows holds nothing later, save what it says is known only afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.small_seeds import files, write
from sim.io.errors import InputError
from sim.scenario.scenario import Scenario, load_scenario

HEAD = "title: T\nquestion: Q\nfrom: 2010-Q1\nto: 2025-Q4\nruns: 1\nseed: 1\n"


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    contents = files()
    early = contents["facts/one.yaml"]["facts"][0]
    contents["facts/one.yaml"]["facts"].append(early | {"id": "late", "date": "2022-02"})
    contents["facts/one.yaml"]["facts"][0]["date"] = "2018 to 2019"
    return write(tmp_path_factory.mktemp("seeds"), contents)


def load(folder: Path, seeds: Path, text: str, parent: str = "") -> Scenario:
    (folder / "parent.yaml").write_text(HEAD + parent, encoding="utf-8")
    extends = "title: T\nquestion: Q\nextends: parent\n" if parent else HEAD
    (folder / "one.yaml").write_text(extends + text, encoding="utf-8")
    return load_scenario(folder / "one.yaml", seeds=seeds)


def event(at: str, *more: str) -> str:
    return "events:\n  - " + "\n    ".join([f"at: {at}", "price: {change: -50 %}", *more]) + "\n"


KNOWS = "knows_until: 2019-12-31\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            event("2020-Q1"),
            "events[0]: found an event that is certain to happen in 2020-Q1; allowed: what was known",
        ),
        (event("{between: [2020-Q1, 2020-Q3]}"), "certain to happen in 2020-Q1"),
        (event("2018-Q1", "every: 2 years"), "certain to happen in 2020-Q1"),
        (event("2012-Q1", "evidence: [late]"), "found an event that rests on late (2022-02)"),
        (event("2012-Q1", "evidence: [unused]"), "rests on unused (nobody says of what date it is)"),
        (event("2021-Q1", "chance: 10 %", "evidence: [late]"), "rests on late (2022-02)"),
    ],
)
def test_what_came_later_is_refused(tmp_path: Path, seeds: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path, seeds, KNOWS + text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        event("2019-Q4", "evidence: [big-trade]"),
        event("2020-Q1", "chance: 10 %"),
        event("{between: [2019-Q1, 2020-Q3]}"),
        event("2022-Q1", "evidence: [late]", "afterwards: true"),
    ],
)
def test_what_was_known_or_is_said_to_be_known_afterwards_is_read(tmp_path: Path, seeds: Path, text: str) -> None:
    scenario = load(tmp_path, seeds, KNOWS + text)
    assert scenario.knows_until == "2019-12-31"
    assert scenario.events[0].afterwards == ("afterwards" in text)


def test_it_is_inherited_and_the_nearest_wins(tmp_path: Path, seeds: Path) -> None:
    assert load(tmp_path, seeds, "notes: N\n", KNOWS).knows_until == "2019-12-31"
    assert load(tmp_path, seeds, "knows_until: 2021-06-30\n" + event("2021-Q1"), KNOWS).knows_until == "2021-06-30"
    with pytest.raises(InputError, match="certain to happen in 2020-Q1"):
        load(tmp_path, seeds, event("2020-Q1"), KNOWS)


def test_without_a_day_nothing_is_known_afterwards(tmp_path: Path, seeds: Path) -> None:
    assert load(tmp_path, seeds, event("2020-Q1")).knows_until == ""
    with pytest.raises(InputError, match=r"events\[0\]\.afterwards: found 'afterwards: true'"):
        load(tmp_path, seeds, event("2020-Q1", "afterwards: true"))


def test_numbers_of_the_world_that_know_more_are_named(tmp_path: Path, seeds: Path) -> None:
    with pytest.raises(InputError, match=r"ties\.\*\.\*\.trust: found 6 of 6: ties\.KAZ\.CHN\.trust rests on"):
        load(tmp_path, seeds, "knows_until: 2017-12-31\n")


@pytest.mark.parametrize("day", ["2019", "2019-02-30", "[]"])
def test_it_is_a_day(tmp_path: Path, seeds: Path, day: str) -> None:
    with pytest.raises(InputError, match=r"knows_until: found .*; allowed: a day such as 2019-12-31"):
        load(tmp_path, seeds, f"knows_until: {day}\n")
