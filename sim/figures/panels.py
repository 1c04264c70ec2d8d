"""Panels whose axes make ticks only when they are wanted.

Matplotlib makes a tick of either kind for either axis of every panel that is begun, to tell them where they are cut
off. Most are thrown away: there are no minor ticks here, and triangles and flows have no axes at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from matplotlib.artist import allow_rasterization
from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis, YAxis
from matplotlib.ticker import NullLocator


class _MadeWhenAsked(list[Any]):
    """Minor ticks of an axis that is to have none: the first is made when someone looks at it."""

    def __init__(self, axis: Any) -> None:
        super().__init__()
        self._axis = axis

    def __getitem__(self, which: Any) -> Any:
        if not len(self) and which == 0:
            self.append(self._axis._get_tick(major=False))
            self._axis.minorTicks = self  # making one may let an axis forget the ticks it had
        return super().__getitem__(which)


class _NoneUnlessWanted:
    """The minor ticks of an axis: none where it is to have none."""

    def __get__(self, axis: Any, owner: Any) -> Any:
        if axis is None:
            return self
        if not isinstance(axis.get_minor_locator(), NullLocator):
            return vars(Axis)["minorTicks"].__get__(axis, owner)
        axis.minorTicks = _MadeWhenAsked(axis)  # from now on found there
        return axis.minorTicks


class _OnDemand:
    """An axis that tells its ticks how they look, and where they are cut off, when they are made."""

    minorTicks = _NoneUnlessWanted()  # noqa: N815 (the name is Matplotlib's)
    _found: list[list[Any]] | None = None  # the ticks in view, while nothing moves
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

    def _update_ticks(self) -> list[Any]:
        if self._found is None:
            return list(super()._update_ticks())  # type: ignore[misc]
        if not self._found:
            self._found.append(super()._update_ticks())  # type: ignore[misc]
        return list(self._found[0])

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Find places of ticks no more than once meanwhile: nothing moves."""
        before, self._found = self._found, self._found if self._found is not None else []
        try:
            yield
        finally:
            self._found = before

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
    """Axes as Matplotlib's, but for the ticks that nobody asked for, and for looking for them more than once."""

    def get_tightbbox(self, *given: Any, **more: Any) -> Any:
        """What the panel takes up with all that belongs to it."""
        with self.xaxis.at_rest(), self.yaxis.at_rest():
            return super().get_tightbbox(*given, **more)

    @allow_rasterization
    def draw(self, renderer: Any) -> None:
        """Draw the panel."""
        with self.xaxis.at_rest(), self.yaxis.at_rest():
            super().draw(renderer)

    def _init_axis(self) -> None:
        self.xaxis, self.yaxis = _Across(self, clear=False), _Up(self, clear=False)
        for side in ("bottom", "top"):
            self.spines[side].register_axis(self.xaxis)
        for side in ("left", "right"):
            self.spines[side].register_axis(self.yaxis)


PANELS = {"axes_class": Panel}
"""What `Figure.subplots` is told (`subplot_kw`) to give such panels."""
