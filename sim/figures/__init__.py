"""Drawing: figures of batches, comparisons, ablations and sweeps, all in one house style.

A drawing function takes a tidy table and axes; the functions named here put panels together, write SVG and PNG, and
say on every figure that it is a conditional exploration.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
