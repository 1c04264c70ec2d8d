"""What results say: paired differences between scenarios, what each system does, patterns, sensitivity.

Differences are taken run by run on the same luck, with intervals from a resampling that is addressed, not random.
Nothing here draws or prints.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
