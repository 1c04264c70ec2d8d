"""What `multivector list` lists, what `new` writes of every kind of event, and messages that say where names are."""

import json
import re

import pytest

from sim.cli import main
from sim.cli.list import _LISTS
from sim.cli.lists import LISTINGS
from sim.evidence.evidence import load_evidence
from sim.evidence.worlds import list_worlds
from sim.io.errors import MOST_LISTED, listed
from sim.scenario.event_examples import example_events
from sim.scenario.events import EVENT_KINDS, FORMS
from sim.scenario.scenario import load_scenario


def test_every_list_has_a_name_that_the_command_knows():
    assert sorted(LISTINGS) == sorted(_LISTS)


@pytest.mark.parametrize("what", sorted(LISTINGS))
def test_every_list_says_what_a_row_is_written_as_and_finds_it(what, capsys):
    assert main.main(["list", what, "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["rows"]
    assert {row["table"] for row in page["rows"]} == {what}
    name = list(page["rows"][-1].values())[1]
    assert main.main(["list", what, name]) == 0
    shown = capsys.readouterr().out
    assert name in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mesures"], "Did you mean 'measures'?"),
        (["events", "tarrif"], "Did you mean 'tariff'?"),
        (["facts", "no such word"], "`multivector list facts` shows all"),
        (["actors", "KAX"], "Did you mean 'KAZ'?"),
        (["outlets", "CPC", "--world", "archipelago"], "nothing here has that"),
        (["worlds", "--world", "tooy"], "Did you mean 'toy'?"),
    ],
)
def test_what_is_not_there_is_told_with_the_nearest(arguments, said, capsys):
    assert main.main(["list", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_scenarios_are_listed_of_the_world_that_is_asked_for(capsys):
    assert main.main(["list", "scenarios", "--world", "archipelago"]) == 0
    told = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert told == ["archipelago", "archipelago-blockade"]


def test_seeds_that_are_none_are_said_once(tmp_path, capsys):
    assert main.main(["check", "--seeds", str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_one_kind_of_event_is_told_key_by_key(capsys):
    assert main.main(["list", "events", "TARIFF"]) == 0
    told = capsys.readouterr().out
    for key in FORMS[next(kind for kind in FORMS if kind.name == "TARIFF")].keys:
        assert f"{key}: " in told
    assert "until: " in told


# --- examples of events ----------------------------------------------------------------------------------------------


def test_every_kind_of_event_has_an_example():
    assert [kind for kind, form in FORMS.items() if not form.example] == []


@pytest.mark.parametrize("world", list_worlds())
def test_examples_are_sound_in_every_world(world, tmp_path):
    evidence = load_evidence(world)
    examples = example_events(evidence, 2015 * 4, evidence.knows_until)
    there = example_events(evidence, 0)
    missing = [kind.name.lower() for kind in FORMS if kind.name.lower() not in there]
    assert sorted([*examples, *missing]) == sorted(EVENT_KINDS)
    head = f"title: All\nquestion: What then?\nworld: {world}\nfrom: 2014-Q1\nto: 2016-Q4\nruns: 2\nseed: 1\nevents:\n"
    path = tmp_path / "all.yaml"
    path.write_text(head + "".join(f"  - {line}\n" for line in examples.values()), encoding="utf-8")
    assert {event.kind.name.lower() for event in load_scenario(path).events} == set(examples)


@pytest.mark.parametrize("kinds", [["tariff"], ["all"], ["war", "set", "war"]])
def test_new_writes_events_that_check_accepts(kinds, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main.main(["new", "mine", *(word for kind in kinds for word in ("--event", kind))]) == 0
    assert main.main(["check", "mine.yaml"]) == 0
    shown = capsys.readouterr().out
    count = len(EVENT_KINDS) if kinds == ["all"] else len(set(kinds))
    assert f"{count} event" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--event", "tarrif"], "Did you mean 'tariff'?"),
        (["--event", "observe", "--extends", "toy"], "the world 'toy' has nothing that it could be about"),
    ],
)
def test_new_refuses_events_that_cannot_be(arguments, said, tmp_path, capsys):
    assert main.main(["new", "mine", "-o", str(tmp_path), *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


# --- where all names are ---------------------------------------------------------------------------------------------


def test_a_list_that_is_cut_says_where_all_is():
    many = [f"n{number}" for number in range(MOST_LISTED + 3)]
    assert listed(many[:MOST_LISTED]) == ", ".join(many[:MOST_LISTED])
    assert listed(many, "list facts").endswith("and 3 more (`multivector list facts` shows all)")
    assert listed(many, where="").endswith("and 3 more (all of them stand there)")


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "no-such-scenario"],
        ["new", "x", "--event", "dance"],
        ["ablate", "toy", "--system", "dance", "--runs", "2"],
        ["levers", "baseline", "--lever", "dance", "--runs", "2"],
    ],
)
def test_messages_that_cut_a_list_name_a_list_that_there_is(arguments, capsys):
    assert main.main(arguments) == 2
    said = capsys.readouterr().err
    command = re.search(r"and [0-9,]+ more \(`multivector list ([a-z]+)` shows all\)", said)
    assert command, said
    assert command[1] in LISTINGS
