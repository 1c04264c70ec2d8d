"""The classroom: a page on which a class looks at the worlds, plays a state, asks why and doubts a number.

`serve` (`serving.py`) opens it. A request passes the guard (`guard.py`: who may ask what at all), comes by `app.py` to
the post of its view, which says in plain values or pieces of HTML what the page draws, and waits in `work.py` for one
of two places where that takes worlds to be played. `room.py` holds what one class has in common, `stream.py` tells
everybody what happens in it, `about.py` answers what every page asks first. `journal.py` keeps what a class did in a
file, `going_on.py` does it again after a restart.

The views: `looking.py`; `numbers.py` with `searching.py`, `sources.py` and `opinions.py`; `playing.py` with `desk.py`,
`reasons.py` and `taken_home.py`; `board.py` with `dots.py`. Lessons: `lesson_forms.py` and `lessons.py` read them,
`expected.py` plays what they claim, `steps.py` brings them to the page, `worksheets.py` and `glossary.py` on paper.
What the page says stands in `words/` (`words.py`), its own files in `page/`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
