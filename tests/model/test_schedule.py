"""The schedule of a turn stands once, and looking at it loads nothing heavy."""

import subprocess
import sys

from sim.model.schedule import QUARTER, Phase


def test_everything_but_the_start_is_played_every_quarter_in_order():
    assert tuple(Phase)[2:] == QUARTER
    assert [int(phase) for phase in Phase] == list(range(len(Phase)))
    assert Phase.START not in QUARTER


def test_agents_make_all_their_moves_in_the_order_of_a_turn():
    moves = [phase.move for phase in QUARTER if phase.owner != "events"]
    order = ["perceive", "decide", "resolve"]
    assert set(moves) == set(order)
    assert moves == sorted(moves, key=order.index)


def test_nobody_makes_a_move_where_events_happen():
    assert all((phase.owner in ("states", "powers")) == bool(phase.move) for phase in QUARTER)


def test_the_schedule_loads_nothing_heavy():
    script = "import sys, sim.model.schedule; print(sorted({'numba', 'numpy', 'mesa', 'pandas'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"
