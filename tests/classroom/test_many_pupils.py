"""Some pupils at once at a real server, as `make classroom-load` has thirty: every answer is to its own question.

How long answers take is measured there, on a quiet machine; here only what would be no class any more is refused.
"""

from tools import measure_classroom

GENEROUS = 20.0
"""Seconds, while other tests keep both cores busy; on a quiet machine an answer takes a tenth of one."""


def test_pupils_who_all_move_their_sliders_get_their_own_answers_in_order():
    with measure_classroom.opened("toy") as (teacher, pupils):
        class_, announced = measure_classroom.lesson(teacher, pupils, many=8, worlds=96, seconds=2.0)
    assert [one.wrong for one in class_] == [[]] * 8
    assert sum(one.superseded for one in class_) == 0  # who waits for an answer asks nothing newer
    assert all(one.taken for one in class_)
    assert max(max(one.taken) for one in class_) < GENEROUS
    assert all(0.0 < one.heard - announced < GENEROUS for one in class_)
    assert "out of order 0" in measure_classroom.report(class_, announced)
