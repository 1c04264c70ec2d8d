"""Runs told in sentences: chronicles of a run, and explanations of a single answer.

`tell` writes the story of one run; `explain` says why an offer was taken or refused and what would have turned it, by
playing the run again with one thing changed. `Game` is a run in which one state is played.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
