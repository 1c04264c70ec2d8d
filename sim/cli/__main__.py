"""`python -m sim.cli` is the `multivector` command."""

import sys

from sim.cli.main import whole_process

if __name__ == "__main__":
    sys.exit(whole_process())
