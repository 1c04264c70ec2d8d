"""Events made in Python pass the checks of a scenario file: whatever stands in their fields, it is sound or refused."""

import json
from dataclasses import fields, replace

import numpy as np
import pytest

from sim.engine.event_rows import rows_of
from sim.evidence.evidence import load_evidence
from sim.io.arguments import Arguments
from sim.io.errors import InputError
from sim.scenario.event_arguments import check_event
from sim.scenario.event_examples import example_events
from sim.scenario.events import FORMS, Event, EventKind
from sim.scenario.family import list_scenarios
from sim.scenario.scenario import load_scenario

WORLD = load_scenario("baseline")
EVIDENCE = load_evidence(WORLD.world)
NAN = float("nan")
ODD = [None, 5, -1, "x", "", "all", True, 1.5, NAN, np.float64(-2.0), np.array([1, 2]), np.array(0.5), 10**9, b"x"]
ODD += [[], (), {}, object(), ("x",), [None], [[]], {"x": None}, "a\x1b[31mb", {5}, range(3)]


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    path = tmp_path_factory.mktemp("events") / "every-kind.yaml"
    written = "\n".join(f"  - {line}" for line in example_events(EVIDENCE, WORLD.start + 1).values())
    path.write_text(f"title: A\nquestion: B?\nextends: baseline\nevents:\n{written}\n", encoding="utf-8")
    return load_scenario(path).events


def checked(event, evidence=EVIDENCE):
    arguments = Arguments("sim.run")
    found = check_event("events[0]", event, evidence, arguments)
    arguments.refuse_if_wrong()
    return found


def sound_or_refused(event):
    """It is refused in words, or it can be laid out for the turn, and told in a manifest."""
    try:
        found = checked(event)
    except InputError:
        return False
    rows, _ = rows_of([found], EVIDENCE)
    allowed_gap = found.kind is EventKind.RIVALRY and found.fields["to"] is None
    assert allowed_gap or np.isfinite(rows).all()
    json.dumps({one.name: getattr(found, one.name) for one in fields(found) if one.name != "kind"}, allow_nan=False)
    return True


def test_events_of_files_pass_as_they_are(examples):
    assert {event.kind for event in examples} == set(FORMS)
    for event in examples:
        assert checked(event) == event
    for name in list_scenarios():
        scenario = load_scenario(name)
        evidence = load_evidence(scenario.world)
        for event in scenario.events:
            assert checked(event, evidence) == event


def test_whatever_stands_in_an_event_is_sound_or_refused(examples):
    for event in examples:
        for key in event.fields:
            for value in ODD:
                sound_or_refused(replace(event, fields={**event.fields, key: value}))
            rest = {name: value for name, value in event.fields.items() if name != key}
            assert sound_or_refused(replace(event, fields=rest)) or key in FORMS[event.kind].keys
    for one in fields(Event):
        for value in ODD:
            sound_or_refused(replace(examples[0], **{one.name: value}))


@pytest.mark.parametrize(
    ("kind", "said", "wrong"),
    [
        ("crisis", {"severity": NAN}, "fields.severity: found 'nan'; allowed: a finite number"),
        ("crisis", {"severity": 5}, "fields.severity: found '5'; allowed: a number from 0 to 1"),
        ("crisis", {"in": "KAS"}, "Did you mean 'KAZ'?"),
        ("crisis", {"in": ("KAZ", "UZB")}, "fields.in"),
        ("offer", {"size": -1}, "fields.size: found '-1'; allowed: a number from 0 to 10000"),
        ("offer", {"agreed": 1}, "fields.agreed: found '1'; allowed: True or False"),
        ("tariff", {"rate": "30 %"}, "fields.rate: found '30 %'; allowed: a number from 0 to 10"),
        ("summit", {"guests": "KAZ"}, "fields.guests: found 'KAZ'; allowed: a tuple of: KAZ"),
        ("visit", {"by": "USA", "to": "CHN"}, "a visit between two powers"),
        ("rivalry", {"to": 0.5}, "both 'to' and 'by'"),
    ],
)
def test_what_a_file_could_not_say_is_refused_in_its_words(examples, kind, said, wrong):
    event = next(event for event in examples if event.kind is EventKind[kind.upper()])
    with pytest.raises(InputError) as refused:
        checked(replace(event, fields={**event.fields, **said}))
    assert wrong in str(refused.value)


def test_what_may_be_left_unsaid_is_as_in_a_file(examples):
    event = next(event for event in examples if event.kind is EventKind.CAPACITY)
    kept = {key: value for key, value in event.fields.items() if key != "kind"}
    assert checked(replace(event, fields=kept)).fields["kind"] == "all"
