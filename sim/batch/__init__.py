"""Many runs, and the folder they leave: planned in blocks, made by workers, counted, kept, resumed, verified.

`run` is the door. Runs are cut into blocks whose bytes depend on nothing but the question, so workers, machines and
interruptions change nothing; `identity` says what results depend on.

Rooms by what they are for: what is asked for (`asked`, `several_seeds`, `plan`, `identity`, `room`), making it
(`runner`, `worker`, `cluster`, `parts`, `watching`, `first_time`), counting (`outcomes`, `aggregate`, `counting`,
`tables`, `variance`, `summary`), the folder (`folder`, `notebook`, `settling`, `manifest`, `verify`, `checkout`),
finished ones (`results`, `rows`, `naming`, `asks`, `asked_values`, `answers`, `labelled`, `workbook`), and a look at a
few runs in memory (`peeking`, `pool`).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
