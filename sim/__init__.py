"""Multivector: great powers make offers, states balance among them, and the evidence says with which numbers.

The front door. Everything else stands in the wing of its kind, from the ground up: `io`, `evidence`, `scenario`,
`model`, `engine`, `batch`, `analysis`, `narrative`, `figures`, `classroom`, `cli`. Each wing says what it is for and
offers its names; all are looked up when first used, so that `import sim` stays quick.
"""

import lazy_loader

__version__ = "0.2.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
