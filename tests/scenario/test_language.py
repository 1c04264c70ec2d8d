"""The scenario language beside its reader: the schema for editors, starting files, and two scenarios side by side."""

import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

from sim.batch.runner import estimate
from sim.cli import main
from sim.cli.new import starting_text
from sim.evidence.evidence import load_evidence
from sim.io.errors import InputError, Problems
from sim.io.readers import parse_yaml
from sim.scenario import scenario as room
from sim.scenario.diff import diff_text, differences
from sim.scenario.events import EventKind
from sim.scenario.family import list_scenarios
from sim.scenario.scenario import load_scenario
from sim.scenario.schema import scenario_schema

ROOT = Path(__file__).parents[2]
TABLE = yaml.safe_load((ROOT / "tests" / "mistakes" / "scenarios.yaml").read_text(encoding="utf-8"))
SCHEMA = Draft7Validator(scenario_schema())
ALONE = "title: T\nquestion: Q?\nworld: toy\nfrom: 2026-Q1\nto: 2030-Q4\nruns: 20\nseed: 4\n"
HEIR = "title: T\nquestion: Q?\nextends: one\n"


def plain(entry):
    """What our reader makes of a file, without its places."""
    if isinstance(entry.value, dict):
        return {key: plain(value) for key, value in entry.value.items()}
    return [plain(item) for item in entry.value] if isinstance(entry.value, list) else entry.value


def refused(text):
    top = parse_yaml(text, "x.yaml", Problems())
    return [error.message for error in SCHEMA.iter_errors(plain(top))]


@pytest.fixture
def put(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(name, text):
        path = tmp_path / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


# --- the schema ------------------------------------------------------------------------------------------------------


def test_the_schema_knows_every_key_and_every_kind_of_event():
    schema = scenario_schema()
    assert set(schema["properties"]) == {"title", "question", *room.SCENARIO_KEYS}
    kinds = {kind.name.lower() for kind in EventKind}
    assert kinds <= set(schema["definitions"]["event"]["properties"])
    assert {f"event-{kind}" for kind in kinds} <= set(schema["definitions"])


def test_what_the_reader_takes_the_schema_takes():
    text = ALONE + (
        "numbers:\n  a.b: 1\n  a.c: -1.5e-3\n  a.d: 25 %\n  a.e: 300 mn USD a quarter\n  a.f: high\n"
        "  a.g: {value: 3 points, beyond: why}\n"
        "  a.h: {between: [low, 0.5], shape: triangular, peak: 30 %, beyond: 1}\n"
        "without: [x]\nevidence: [y]\nnotes: 3\nevents:\n"
        "  - {at: 2026-Q1, summit: {host: AA, guests: all}, note: true}\n"
        "  - {at: {between: [2026-Q1, 2026-Q4]}, chance: .5 %, visit: {by: AA, to: BB}, name: a-b}\n"
        "  - {at: 2026-Q1, every: 2 years, until: 2030-Q1, tariff: {by: AA, against: [BB, CC], rate: 5%}}\n"
        "  - {at: 2026-Q1, every: 1 quarter, offer: {by: AA, to: BB, kind: security, size: 1 point, governance: 0}}\n"
        "  - {at: 2026-Q1, rivalry: {between: all, domain: all, to: -1}}\n"
    )
    assert refused(text) == []


def test_half_of_all_mistakes_are_underlined_while_they_are_typed():
    """Codes, ids, names and ranges depend on the world; the shape of everything else does not."""
    written = {mistake["name"]: mistake["text"] for mistake in TABLE["mistakes"]}
    texts = {name: TABLE["head"] + text for name, text in written.items() if isinstance(text, str)}
    missed = [name for name, text in texts.items() if not refused_or_no_yaml(text)]
    assert len(missed) <= 0.55 * len(texts), missed


def refused_or_no_yaml(text):
    top = parse_yaml(text, "x.yaml", Problems())
    return top is None or any(SCHEMA.iter_errors(plain(top)))


# --- starting files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parent", list_scenarios())
@pytest.mark.parametrize("alone", [False, True], ids=["heir", "alone"])
def test_a_starting_file_is_sound_and_so_are_all_its_examples(put, parent, alone):
    started = load_scenario(parent)
    text = starting_text("my-question", started, load_evidence(started.world), "", alone)
    scenario = load_scenario(put("my-question", text))
    assert scenario.question.endswith("?")
    assert scenario.events == (() if alone else started.events)
    lines = (line if line.startswith("##") else line.removeprefix("# ") for line in text.splitlines())
    full = "\n".join(lines) + "\n"
    everything = load_scenario(put("everything", full))
    assert len(everything.events) > len(scenario.events) + 5
    assert everything.sampled
    assert everything.without
    assert refused(text) == []
    assert refused(full) == []


def test_new_writes_a_file_that_check_accepts(put, tmp_path, capsys):
    put("mine", ALONE)
    assert main.main(["new", "a-railway", "--extends", "mine"]) == 0
    assert main.main(["check", "a-railway.yaml"]) == 0
    assert load_scenario(tmp_path / "a-railway.yaml").extends == ("mine",)
    assert main.main(["new", "b-railway"]) == 0
    assert load_scenario(tmp_path / "b-railway.yaml").extends == ("baseline",)
    assert "b-railway.yaml" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["taken"], "taken.yaml: there is such a file already, and it is left as it is"),
        (["../out"], "NAME: found '../out'; this cannot be the name of a scenario"),
        (["fine", "--extends", "tooy"], "Did you mean 'toy'?"),
        (["fine", "--extends", "../toy"], "--extends: found '../toy'; this cannot be the name of a scenario"),
        (["fine", "-o", "nowhere"], "fine.yaml: cannot be written: No such file or directory"),
    ],
)
def test_new_refuses(put, arguments, said, capsys):
    path = put("taken", "mine")
    assert main.main(["new", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "mine"
    assert not path.with_name("fine.yaml").exists()


# --- what the README of the scenarios shows --------------------------------------------------------------------------

README = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
SHOWN = dict(re.findall(r"`((\w+): \{[^`]*\})`", README[README.index("| Event |") :].split("\n\n")[0]))
BLOCKS = [block for block in re.findall(r"```yaml\n(.*?)```", README, flags=re.DOTALL) if "\n" in block.strip()]
ASKED = "title: T\nquestion: Q?\nextends: baseline\n"


def test_the_readme_shows_every_kind_of_event():
    assert set(SHOWN.values()) == {kind.name.lower() for kind in EventKind}


@pytest.mark.parametrize("shown", SHOWN)
def test_an_event_of_the_readme_is_read(put, shown):
    text = f"{ASKED}events: [{{at: 2027-Q1, {shown}}}]\n"
    events = load_scenario(put("x", text)).events
    assert {event.kind.name.lower() for event in events} == {SHOWN[shown]}
    assert refused(text) == []


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split(":")[0])
def test_a_block_of_the_readme_is_sound(put, block):
    text = block if block.startswith("title") else ASKED + block
    scenario = load_scenario(put("x", text))
    assert scenario.events or scenario.sampled
    assert refused(text) == []


# --- side by side ----------------------------------------------------------------------------------------------------


def told(put, one, other):
    put("one", one)
    return diff_text(load_scenario(Path("one.yaml")), load_scenario(put("other", other)))


def test_a_scenario_does_not_differ_from_itself(put):
    text = told(put, ALONE, HEIR)
    assert text.splitlines()[:4] == ["- one: T", "    one.yaml", "+ other: T", "    other.yaml, which extends one"]
    assert text.splitlines()[-1] == "The two ask the same of the model; only their words differ."


def test_everything_that_differs_is_told_with_its_file(put):
    one = ALONE + (
        "without: [parallel-deepening]\nnumbers: {choice.dependence_aversion: 1.5}\n"
        "events:\n  - {at: 2027-Q1, tariff: {by: NOR, against: all, rate: 25 %}}\n"
        "  - {at: 2028-Q1, visit: {by: ALD, to: OST}}\n"
    )
    other = HEIR + (
        "runs: 99\nnumbers:\n  choice.dependence_aversion: {between: [1, 2]}\n"
        "  choice.gain: {value: 9, beyond: to see}\nevents:\n"
        "  - {at: {between: [2026-Q1, 2026-Q3]}, chance: 30 %, crisis: {in: BEK, severity: high}}\n"
        "  - {at: 2028-Q2, every: 1 year, offer: {by: SUD, to: all, kind: security, size: 0.2 points}}\n"
        "without: [trust-backlash]\n"
    )
    lines = [" ".join(line.split()) for line in told(put, one, other).splitlines()]
    for line in (
        "Run",
        "runs",
        "- 20 one.yaml:6",
        "+ 99 other.yaml:4",
        "choice.dependence_aversion (utility)",
        "- 1.5 one.yaml:9",
        "+ 1 to 2, uniform other.yaml:6",
        "+ 9, beyond its range: to see other.yaml:7",
        "Systems switched off (1 the same in both)",
        "+ trust-backlash other.yaml:11",
        "Events (3 the same in both)",
        "+ 2026-Q1 to 2026-Q3, some time: crisis, in BEK, severity 0.75, chance 30 %",
    ):
        assert line in lines, line
    offer = "+ 2028-Q2 and 2 times more until 2030-Q2: offer, by SUD, to ALD and BEK, kind security, size 0.2 points"
    assert offer in lines
    gain = load_evidence("toy").numbers["choice.gain"]
    assert f"- {gain.value:g} the evidence, {gain.file}:{gain.line}" in lines


def test_check_says_what_is_left_to_luck(put, capsys):
    put("x", starting_text("x", load_scenario("toy"), load_evidence("toy"), "", False).replace("\n# ", "\n"))
    assert main.main(["check", "x.yaml"]) == 0
    assert "1 of them left to luck, 1 number drawn for every run)" in capsys.readouterr().out


def test_the_other_way_round_the_signs_change(put):
    put("one", ALONE)
    one, other = load_scenario(Path("one.yaml")), load_scenario(put("other", HEIR + "seed: 9\n"))
    ((forth,), (back,)) = (differences(*pair) for pair in ((one, other), (other, one)))
    assert forth.differences[0].one == back.differences[0].other
    assert forth.differences[0].other == back.differences[0].one


def test_two_worlds_can_be_compared(put):
    text = told(put, ALONE, "title: T\nquestion: Q?\nextends: baseline\nnumbers: {powers.USA.exclusivity: high}\n")
    assert "no such number in this world" in text


def test_only_some_states_of_an_item_may_differ(put):
    one = ALONE + "events: [{at: 2027-Q1, every: 1 year, tariff: {by: NOR, against: ALD, rate: 25 %}}]\n"
    other = ALONE + "events: [{at: 2027-Q1, every: 1 year, tariff: {by: NOR, against: all, rate: 25 %}}]\n"
    assert "+ 2027-Q1 and 3 times more until 2030-Q1: tariff, by NOR, against BEK, rate 25 %" in told(put, one, other)


def test_the_command_prints_the_differences_or_what_is_wrong(capsys):
    assert main.main(["diff", "baseline", "tariff-shock"]) == 0
    out = capsys.readouterr().out
    assert "scenarios/tariff-shock.yaml, which extends baseline" in out
    assert "tariff, by " in out
    assert main.main(["diff", "baselin", "tarif-shock"]) == 2
    said = capsys.readouterr().err
    assert "Did you mean 'baseline'?" in said
    assert "Did you mean 'tariff-shock'?" in said


@pytest.mark.parametrize("one", list_scenarios())
def test_every_shipped_scenario_differs_from_the_toy_in_words_that_can_be_read(one):
    text = diff_text(load_scenario("toy"), load_scenario(one))
    assert all(len(line) < 150 for line in text.splitlines())
    assert ("only their words differ" in text) == (one == "toy")


def test_where_a_scenario_stands_is_no_part_of_what_is_asked(tmp_path):

    names = set()
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "x.yaml"
        path.write_text(ALONE + "\n" * len(folder) + "numbers: {choice.dependence_aversion: 1.5}\n", encoding="utf-8")
        names.add(estimate(path, runs=1).folder.name)
    assert len(names) == 1


def test_what_cannot_be_read_is_an_input_error(put):
    with pytest.raises(InputError):
        load_scenario(put("x", ALONE + "numbers: {choice.dependence_aversion: {between: 3}}"))
