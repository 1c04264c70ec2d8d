"""A command imports Matplotlib without its manual, and all else of it is there."""

import inspect
import subprocess
import sys

from matplotlib.artist import Artist, kwdoc
from matplotlib.lines import Line2D

from sim.figures.light_import import import_lightly

LIGHTLY = """
import sys
from sim.figures.light_import import import_lightly
import_lightly()
described = [name for name in sys.modules if name.startswith("mpl_toolkits.")]
from matplotlib import artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
described += [Line2D.set.__doc__, artist.kwdoc(Line2D)[:10]]
line = Line2D([0], [0])
line.set(color="red", linewidth=3)
described += [line.get_color(), line.get_linewidth()]

class Mine(Line2D):
    def set_mine(self, mine): "Mine."
described.append("mine" in Mine.set.__doc__)
from mpl_toolkits.mplot3d import Axes3D
figure = Figure()
figure.add_axes(Axes3D(figure))
import matplotlib.dviread
assert matplotlib.dviread.Dvi is not None
figure.subplots(subplot_kw={"projection": "polar"}).plot([0, 1], [0, 1])
print(described)
"""


def test_nothing_is_described_and_nothing_is_missing():
    done = subprocess.run([sys.executable, "-c", LIGHTLY], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[None, 'Properties', 'red', 3.0, True]"
    assert done.stderr == ""


def test_what_is_there_is_left_as_it_is():
    kept = Line2D.set
    import_lightly()
    assert Line2D.set is kept


def test_matplotlib_is_built_as_the_light_way_takes_it_to_be():
    assert isinstance(vars(Artist)["_update_set_signature_and_docstring"], classmethod)
    assert inspect.isfunction(kwdoc)
