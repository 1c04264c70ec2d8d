"""What is compiled in a process of its own while the first runs are played without: counting, then the turn."""

import sys

from sim.batch.aggregate import warm_up
from sim.engine.first_time import compile_and_keep

if __name__ == "__main__":
    for runs in (0, None):  # few, and many
        warm_up(runs)
    sys.exit(compile_and_keep())
