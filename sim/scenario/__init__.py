"""A question, read from `scenarios/`: a world, a span of time, numbers that differ, events with their dates.

A scenario knows nothing of the model that will play it. `load_scenario` is the door; a new kind of event is a row of
the table in `events`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
