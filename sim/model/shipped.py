"""Machine code that comes with an installed package, so that a first start compiles nothing.

A wheel for Linux holds the code that the interpreter calls, compiled once for every processor of the level `PROCESSOR`
(`tools/wheel_hook.py` puts it in). It is the second place where code is looked for, after the user's own store, and is
only ever read. It lies in a folder with the same name as there, a hash of sources and versions, so what was made for
others is not found; and it is looked for only where the processor can do all that the code asks of it, and the user has
not said anything else of the processor.

It runs as a program when it is read, as the package's own sources do. So it is trusted as far as these are: it has to
be owned as they are, and nobody may write it who may not write them.
"""

import sys
from pathlib import Path

from sim.io.own import read_beside

SOURCE = Path(__file__)  # as which it has to be owned
PLACE = SOURCE.parents[1] / "_data" / "machine_code"
PROCESSOR = "x86-64-v3"
FEATURES = ",".join(
    f"+{name}"
    for name in (
        *("cmov", "cx8", "fxsr", "mmx", "sse", "sse2"),
        *("crc32", "cx16", "popcnt", "sahf", "sse3", "sse4.1", "sse4.2", "ssse3"),
        *("avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe", "xsave"),
    )
)


def made_for(system: str, able: str) -> tuple[str, str, str] | None:
    """What the code that came along was made for, if it may run here; None if it may not.

    system, able: as LLVM calls the system, and what the processor can.
    """
    enough = set(FEATURES.split(",")) <= set(able.split(","))
    if not enough or not sys.platform.startswith("linux") or not system.startswith("x86_64"):
        return None
    return system, PROCESSOR, FEATURES


def read_shipped(path: Path, most: int) -> bytes:
    """The bytes of a file that came with the package, at most `most`.

    Raises
    ------
    OSError
        If there is none, it is another kind of thing, or (`NotOursError`) not as the package's sources are.
    """
    return read_beside(path, SOURCE, most)
