"""Time that the processor takes for a block, without what looking on for coverage would add."""

import contextlib
import sys
import time
from collections.abc import Iterator
from types import SimpleNamespace


@contextlib.contextmanager
def processor_time() -> Iterator[SimpleNamespace]:
    """Measure a block; afterwards `seconds` of what is given says how long it took."""
    taken = SimpleNamespace(seconds=float("inf"))
    tracer = sys.gettrace()
    sys.settrace(None)
    start = time.process_time()
    try:
        yield taken
    finally:
        taken.seconds = time.process_time() - start
        sys.settrace(tracer)
