"""The classroom: a page on which a class looks at the worlds, plays a state, asks why and doubts a number.

`serve` opens it. A request goes through the guard (`guard.py`: who may ask what at all), comes to the post of its view
(`looking.py`, `numbers.py`, `opinions.py`, `playing.py`, `board.py`, `lessons.py`), which says in plain values what the
page draws; where that takes worlds to be played, it waits in `work.py` for one of two places. `room.py` holds what one
class has in common; what the page says stands in `words/`, its own files in `page/`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
