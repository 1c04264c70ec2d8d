"""What is known, read from `seeds/`: documents, facts, numbers, actors and relations, worlds and systems.

Each number says what it means, where it lies, and what it rests on; `trace_number` follows one back to paragraphs of
documents. `load_evidence` is the door; the rooms behind it read one kind of file each.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
