"""A quiet word to whoever runs the program, once a process, about what costs time or safety and stops nothing.

It goes the way of the standard library's `logging`, under the name `multivector`: a program that uses this package can
turn it elsewhere or off, and where nobody does it is one line on standard error.
"""

import threading

from sim.io.letters import printable

_said: set[str] = set()
_lock = threading.Lock()


def say_once(text: str) -> None:
    """Say it, unless this process has said it before."""
    with _lock:
        if text in _said:
            return
        _said.add(text)
    import logging

    logging.getLogger("multivector").warning("%s", printable(text))
