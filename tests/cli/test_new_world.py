"""`multivector new` begins worlds that check and run, in a folder of one's own, and writes nothing over."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import main
from sim.engine.ensemble import prepare
from sim.evidence.audit import audit
from sim.evidence.evidence import Evidence, load_evidence
from sim.evidence.new_world import Newcomer, changes_rules, world_apart, world_over, world_with_power, world_with_state
from sim.evidence.numbers import Basis
from sim.scenario.scenario import load_scenario

HOME = load_evidence()


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def put(files: dict[str, str], world: str = "mine") -> Evidence:
    """The evidence of a world with these files."""
    Path("worlds", world).mkdir(parents=True, exist_ok=True)
    Path("worlds/layer.yaml").write_text("over: shipped\n", encoding="utf-8")
    for name, text in files.items():
        Path("worlds", world, name).write_text(text, encoding="utf-8")
    return load_evidence(world, "worlds")


@pytest.mark.parametrize("like", ["CHN", "RUS", "IND"])
def test_a_power_may_be_like_any(like: str) -> None:
    (of,) = (power for power in HOME.powers if power.code == like)
    evidence = put(world_with_power(HOME, Newcomer(code="NEW", name="Newland", like=of)))
    mine = {name: one for name, one in evidence.numbers.items() if "NEW" in name.split(".")}
    assert len(mine) == len(evidence.numbers) - len(HOME.numbers)
    assert {one.basis for one in mine.values()} == {Basis.ASSUMED}
    assert all(any(word in one.reason for word in ("to begin with", "to be replaced")) for one in mine.values())
    assert mine["powers.NEW.might"].value == pytest.approx(HOME.numbers[f"powers.{like}.might"].value)
    said = " ".join(one.meaning for name, one in mine.items() if name.startswith("powers."))
    assert of.name not in said
    assert of.adjective not in said
    assert all(evidence.numbers[name].value == one.value for name, one in HOME.numbers.items())


@pytest.mark.parametrize("like", ["KGZ", "UZB"])
def test_a_state_may_be_like_any(like: str) -> None:
    (of,) = (state for state in HOME.states if state.code == like)
    evidence = put(world_with_state(HOME, Newcomer(code="NEW", name="Newland", like=of)))
    assert [state.code for state in evidence.states] == [*(state.code for state in HOME.states), "NEW"]
    assert evidence.together == "the six"
    assert evidence.numbers["neighbours.NEW.UZB.cohesion" if like != "UZB" else "neighbours.KAZ.NEW.cohesion"]


@pytest.mark.parametrize("world", ["toy", "archipelago", "history-2010"])
def test_other_worlds_grow_and_are_copied(world: str) -> None:
    evidence = load_evidence(world)
    more = Newcomer(code="NEW", name="Newland", like=evidence.powers[-1])
    assert len(put(world_with_power(evidence, more)).powers) == len(evidence.powers) + 1
    less = Newcomer(code="NEW", name="Newland", like=evidence.states[0])
    assert len(put(world_with_state(evidence, less), "state").states) == len(evidence.states) + 1
    over = put(world_over(evidence), "over")
    assert {name: one.value for name, one in over.numbers.items()} == {
        name: one.value for name, one in evidence.numbers.items()
    }
    if changes_rules(evidence):
        assert main.main(["new", "--world", "copy", "--like", world]) == 2
        return
    copy = put(world_apart(evidence), "copy")
    assert {name: f"{one.value:.9g}" for name, one in copy.numbers.items()} == {
        name: f"{one.value:.9g}" for name, one in evidence.numbers.items() if name in copy.numbers
    }


def test_what_is_begun_is_played_and_grows() -> None:
    assert main.main(["new", "--power", "NEW", "--like", "NOR", "--extends", "toy", "--world", "one"]) == 0
    words = ["new", "--state", "NEX", "--like", "ALD", "--extends", "one", "--world", "two", "--called", "Nexus"]
    assert main.main(words) == 0
    assert main.main(["check", "--seeds", "worlds", "worlds/two.yaml"]) == 0
    scenario = load_scenario("worlds/two.yaml", seeds="worlds")
    block = prepare(scenario).run_block(0, 1)
    assert (block.states, block.powers) == (("ALD", "BEK", "NEX"), ("NOR", "OST", "SUD", "NEW"))
    assert audit(load_evidence("two", "worlds"), frozenset()) is not None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--power", "KOR"], "it begins with the numbers of another: which?"),
        (["--power", "", "--like", "IND"], "it begins with the numbers of another: which?"),
        (["--like", "IND"], "what is begun?"),
        (["--called", "Korea"], "what is begun?"),
        (["--power", "KOR", "--like", "UND"], "Did you mean 'IND'?"),
        (["--power", "KOR", "--like", "KGZ"], "the world central-asia has no such power"),
        (["--state", "AFG", "--like", "CHN"], "the world central-asia has no such state"),
        (["--power", "kor", "--like", "IND"], "two to eight capital letters or digits. Did you mean 'KOR'?"),
        (["--power", "K", "--like", "IND"], "two to eight capital letters or digits"),
        (["--power", "../KOR", "--like", "IND"], "this cannot be the name of a world"),
        (["--power", "../KOR", "--like", "IND", "--world", "fine"], "two to eight capital letters or digits"),
        (["--power", "CHN", "--like", "IND"], "the world central-asia has this code already"),
        (["--power", "SOUTH", "--like", "IND"], "the world central-asia has this code already"),
        (["--power", "KOR", "--state", "AFG", "--like", "IND"], "begin one at a time"),
        (["--power", "KOR", "--like", "IND", "--world", "../out"], "this cannot be the name of a world"),
        (["--power", "KOR", "--like", "IND", "--world", "My World"], "this cannot be the name of a world"),
        (["--power", "KOR", "--like", "IND", "--world", "facts"], "this cannot be the name of a world"),
        (["--power", "KOR", "--like", "IND", "--world", "toy"], "there is a world of this name"),
        (["--power", "KOR", "--like", "IND", "--extends", "tooy"], "Did you mean 'toy'?"),
        (["--power", "KOR", "--like", "IND", "--called", "  "], "text"),
        (["--world", "fine", "--like", "tooy"], "Did you mean 'toy'?"),
        (["--world", "fine", "--like", "toy", "--extends", "toy"], "a copy extends nothing"),
        (["--world", "fine", "--alone"], "--world NAME --like WORLD"),
        (["fine", "--power", "KOR", "--like", "IND"], "a scenario and a world are begun one at a time"),
        (["--power", "KOR", "--like", "IND", "-o", "file"], "cannot be written"),
        ([], "what shall be begun?"),
    ],
)
def test_what_cannot_be_begun_is_told_and_leaves_nothing(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("file").write_text("mine", encoding="utf-8")
    assert main.main(["new", *words]) == 2
    assert said in capsys.readouterr().err.replace("\n", " ")
    assert [path.name for path in Path().iterdir()] == ["file"]


def test_nothing_is_written_over(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["new", "--world", "mine"]
    assert main.main(words) == 0
    before = {path: path.read_bytes() for path in Path("worlds").rglob("*") if path.is_file()}
    assert main.main(words) == 2
    assert "there is such a place already, and it is left as it is" in capsys.readouterr().err
    assert before == {path: path.read_bytes() for path in Path("worlds").rglob("*") if path.is_file()}
