"""How files are read, checked, refused, written and locked, and how things are said to readers.

Nothing here knows the model. A reader gives entries that know their file and line; a check names what is wrong with
one of them, and all mistakes of a file are told together. Files land whole or not at all.

Rooms by what they are for: what people write (`readers`, `forms`, `checks`, `meant`, `errors`), what callers give
(`arguments`, `limits`), what was kept on disk and is read back (`regular`, `json_files`, `parquet`, `shapes`,
`sealed`, `own`), writing (`writers`, `locks`), words (`letters`, `text`, `words_once`), cards (`shown`), and the
machine (`memory`, `extras`).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
