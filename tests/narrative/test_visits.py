"""Sentences that say no more than the run has: who was visited and why, what goes in part, what a union is."""

import pytest

from sim.engine.offer import Offer
from sim.model.vocabulary import TERM_WORDS
from sim.narrative.event_sentences import event_sentence
from sim.narrative.levels import HELP, unions_of
from sim.narrative.observer import Observer, Visit
from sim.narrative.paragraphs import why_visited
from sim.scenario.events import Event, EventKind

NAMES = {"ALD": "Aldara", "BEK": "Bekmar", "NOR": "Nordheim", "OST": "Ostland"}


def visit(offer=False, voted=False):
    return Visit(quarter=8104, power="NOR", after=object() if offer else None, voted=voted)


@pytest.mark.parametrize(
    ("visits", "words"),
    [
        ([visit(offer=True)], ", to powers whose rivals had gained"),
        ([visit(offer=True), visit(offer=True, voted=True)], ", to powers whose rivals had gained"),
        ([visit(voted=True)], ", to powers that had asked for another vote"),
        (
            [visit(offer=True), visit(voted=True)],
            ", to powers whose rivals had gained or that had asked for another vote",
        ),
        ([visit(offer=True), visit()], ""),
    ],
)
def test_a_visit_is_called_an_answer_only_where_there_is_something_to_answer(visits, words):
    assert why_visited(visits) == words


def told(kind, **fields):
    return event_sentence(Event(at=8104, kind=kind, fields=fields), NAMES, {})


def test_what_can_go_in_part_is_told_in_part():
    whole, part, hardly = (told(EventKind.THAW, **{"in": "ALD", "extent": extent}) for extent in (1.0, 0.5, 0.1))
    assert whole == "A change of course in Aldara thaws its relations with its neighbours."
    assert part == f"{whole} It goes through in part."
    assert hardly == f"{whole} It hardly goes through."
    assert told(EventKind.LEADER, **{"in": "ALD", "extent": 1.0}) == "A new leader takes over in Aldara."
    assert told(EventKind.LEADER, **{"in": "ALD", "extent": 0.25}).endswith(" The old course changes a little.")


def test_a_rivalry_that_shifts_says_which_way_and_how_far():
    fields = {"between": ("NOR", "OST"), "domain": "all"}
    assert "by -0.20 on a scale from -1 to 1" in told(EventKind.RIVALRY, **fields, to=None, by=-0.2)
    assert "to +0.60 on a scale from -1 to 1" in told(EventKind.RIVALRY, **fields, to=0.6, by=None)


def test_an_observer_of_a_union_is_not_called_a_member_of_it():
    assert unions_of({"Russia": 0.25}) == "an observer of the customs union of Russia"
    assert unions_of({"Russia": 1.0}) == "a member of the customs union of Russia"
    short = TERM_WORDS["union"].short_against
    assert "in another" not in short
    assert "ties to another's customs union" in short


def test_help_is_told_by_how_much_of_it_there_is():
    said = [HELP.of(much) for much in (0.05, 0.25, 0.5, 0.75, 1.0)]
    assert len(set(said)) == len(said)


def test_what_a_visit_comes_after_is_what_a_rival_of_the_power_gained():
    from sim.engine.agents import Model

    model = Model("toy", seed=3)
    observer = Observer(model)
    seen = []
    for _ in range(24):
        model.step()
        observer.listen()
    for year in [observer.turn_page()]:
        for code, of_state in year.states.items():
            seen += [(code, one) for one in of_state.visits]
    for code, one in seen:
        assert one.after is not None or one.voted, (code, one)
        if isinstance(one.after, Offer):
            rivalry = model.world.rivalry[model.power(one.power).place, model.power(one.after.by).place, :, 0]
            assert one.after.by != one.power
            assert rivalry.max() > -1.0
    assert seen
