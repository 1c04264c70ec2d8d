"""Optional libraries: where one is missing, what it is for and how to get it is said."""

from importlib import import_module
from typing import Any

from sim.io.errors import input_error


def optional(name: str, extra: str, door: str, needs: str) -> Any:
    """A module of an optional library, such as `SALib.sample`.

    extra: the set of libraries that brings it; door: what was asked for; needs: `sweeps need`. Raises `InputError`
    where the library is not installed; what fails within the library is its own affair.
    """
    library = name.split(".", maxsplit=1)[0]
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != library:
            raise
        message = f"{needs} {library}, which is not installed; it comes with: pip install 'multivector[{extra}]'"
        raise input_error(door, message) from None
