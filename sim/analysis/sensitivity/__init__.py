"""Sweeps over many settings of the numbers: experiments, designs, indices, scenario discovery.

An experiment file names factors, a design and responses; `sweep` evaluates the design on common random numbers and
keeps the answers in a folder; indices with intervals follow from them.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
