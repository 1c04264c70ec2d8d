"""Panels whose axes make ticks only when they are wanted.

Matplotlib makes a tick of either kind for either axis of every panel that is begun, to tell them where they are cut
off. Most are thrown away: there are no minor ticks here, and triangles and flows have no axes at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis, YAxis
from matplotlib.ticker import NullLocator


class _NoneUnlessWanted:
    """The minor ticks of an axis: none where it is to have none."""

    def __get__(self, axis: Any, owner: Any) -> Any:
        if axis is None:
            return self
        if not isinstance(axis.get_minor_locator(), NullLocator):
            return vars(Axis)["minorTicks"].__get__(axis, owner)
        axis.minorTicks = []  # from now on found there
        return axis.minorTicks


class _OnDemand:
    """An axis that tells its ticks how they look, and where they are cut off, when they are made."""

    minorTicks = _NoneUnlessWanted()  # noqa: N815 (the name is Matplotlib's)
    _cut_to: tuple[Any, Any] | None = None

    def set_clip_path(self, path: Any, transform: Any = None) -> None:
        """Cut off what lies outside a path, of all ticks that there are and will be."""
        self._cut_to = (path, transform)
        with self._no_new_ticks():
            super().set_clip_path(path, transform)  # type: ignore[misc]  # mixed into an axis

    def set_tick_params(self, which: str = "major", reset: bool = False, **looks: Any) -> None:
        """Say how ticks look, those that there are and will be."""
        with self._no_new_ticks():
            super().set_tick_params(which, reset, **looks)  # type: ignore[misc]

    @contextmanager
    def _no_new_ticks(self) -> Iterator[None]:
        unmade = [kind for kind in ("majorTicks", "minorTicks") if kind not in vars(self)]
        for kind in unmade:
            setattr(self, kind, [])
        try:
            yield
        finally:
            for kind in unmade:
                if vars(self).get(kind) == []:
                    delattr(self, kind)

    def _copy_tick_props(self, *_: Any) -> None:
        """Nothing: a tick looks as it was said of all when it is made, and none is changed by itself."""

    def _get_tick(self, major: bool) -> Any:
        tick = super()._get_tick(major)  # type: ignore[misc]
        if self._cut_to is not None:
            tick.set_clip_path(*self._cut_to)
        return tick


class _Across(_OnDemand, XAxis):
    """The axis below."""


class _Up(_OnDemand, YAxis):
    """The axis on the left."""


class Panel(Axes):
    """Axes as Matplotlib's, but for the ticks that nobody asked for."""

    def _init_axis(self) -> None:
        self.xaxis, self.yaxis = _Across(self, clear=False), _Up(self, clear=False)
        for side in ("bottom", "top"):
            self.spines[side].register_axis(self.xaxis)
        for side in ("left", "right"):
            self.spines[side].register_axis(self.yaxis)


PANELS = {"axes_class": Panel}
"""What `Figure.subplots` is told (`subplot_kw`) to give such panels."""
