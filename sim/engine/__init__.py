"""Plays the turn: an ensemble over many runs at once, or Mesa agents for one run that can be looked into.

Here a scenario and the evidence meet the model: events become rows, numbers are drawn, and what is left is a block of
arrays. Both engines call the same compiled phases and agree to the last bit.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
