"""What another compiler makes of our functions: a process of its own, in which a module is missing."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def printed(lines, folder):
    """What some lines print, and what they complain of; folder: where the modules are that they import beside ours."""
    done = subprocess.run(
        [sys.executable, "-c", lines],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)])},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.stdout, done.stderr
