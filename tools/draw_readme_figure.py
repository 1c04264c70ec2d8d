"""Draw the figure of the README: whom each state is aligned with in the baseline, by luck and by what nobody knows.

Every number is drawn from its range, so that the first fan a newcomer sees hides nothing. A light PNG.

python tools/draw_readme_figure.py
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIGURE = ROOT / "docs" / "figures" / "alignment.png"
SCENARIO, RUNS = "baseline", 2_000  # those of `make demo`


def drawn(runs: int = RUNS) -> bytes:
    """The figure as a file."""
    import sim
    from sim.figures.pictures import in_palette

    with tempfile.TemporaryDirectory() as folder:
        results = sim.run(SCENARIO, runs=runs, out=folder, numbers="sampled")
        pictures = sim.figures.draw_figures(results)
        return in_palette(next(path for path in pictures if path.name == FIGURE.name).read_bytes())


def main() -> int:
    """Renew the figure; returns the exit status."""
    FIGURE.write_bytes(drawn())
    sys.stdout.write(f"drew {FIGURE.relative_to(ROOT).as_posix()}\n")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
