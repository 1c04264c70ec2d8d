"""Puts machine code into the wheel, where the environment names a folder with some; called by the builder of wheels.

MULTIVECTOR_MACHINE_CODE=FOLDER python -m pip wheel --no-deps .

What the folder holds was compiled by `tools/try_wheel.py` for one version of Python and of each library, and for Linux
on x86-64. The wheel is marked for that Python and that system; for every other one there is the wheel without code.
"""

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAMED_BY = "MULTIVECTOR_MACHINE_CODE"
# The C library that the wheels of Numba and NumPy ask for; the code itself asks it for no more than filling memory with
# noughts.
SYSTEM = "manylinux_2_27_x86_64"


class MachineCode(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the folder, and the marks of the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (as the builder asks)
        """Do so, unless no folder is named."""
        folder = os.environ.get(NAMED_BY)
        if not folder:
            return
        if not any(Path(folder).glob("*/turn.advance-*.nbc")):
            raise FileNotFoundError(f"{NAMED_BY}: no machine code of the turn in {folder}")
        python = f"cp{sys.version_info.major}{sys.version_info.minor}"
        build_data["force_include"][folder] = "sim/_data/machine_code"
        build_data["pure_python"] = False
        build_data["tag"] = f"{python}-{python}-{SYSTEM}"
