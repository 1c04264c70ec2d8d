"""Pieces of HTML for cards in notebooks: text, tables, and bars as SVG inside the page.

A card needs nothing beside it: no script, no font, nothing from elsewhere, and no name that another card could take
away. Ink is the ink of the page, so cards are at home on light paper and on dark. Whatever is no `Markup` is text, and
is escaped.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from sim.figures.style import web_colour
from sim.io.letters import printable

NAME = "multivector"  # the class of a card; all that its style says is said of what is inside one
STYLE = """
.multivector{line-height:1.4;max-width:62rem;overflow-x:auto}
.multivector small{font-size:.88em;opacity:.85}
.multivector.multivector table{border-collapse:collapse;table-layout:auto;margin:.5em 0;font-size:.92em;border:0}
.multivector.multivector caption{text-align:left;caption-side:top;padding:0 0 .2em;color:inherit;font-weight:bold}
.multivector.multivector tr{background:none}
.multivector.multivector th,.multivector.multivector td{text-align:left;vertical-align:top;padding:.25em 1em .25em 0;\
border:0;border-bottom:1px solid rgba(128,128,128,.4);background:none;color:inherit;white-space:normal;max-width:none}
.multivector.multivector .number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.multivector svg{vertical-align:middle;max-width:none}
.multivector .word{white-space:nowrap;margin-right:.5em}
"""
WIDTH, HEIGHT, SWATCH = 220, 16, 11  # of bars and of the samples beside words, in pixels
_STEP, _RADIUS = 5, 3.5
_EMPTY = {"input"}  # elements that hold nothing and are not closed


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def said(text: object) -> Markup:
    """Anything as markup: text of whoever wrote it, escaped and on one line."""
    return text if isinstance(text, Markup) else Markup(escape(printable(str(text))))


def joined(parts: Iterable[object], between: str = " ") -> Markup:
    """Parts in a row."""
    return Markup(said(between).join(said(part) for part in parts))


def element(name: str, /, *inside: object, **attributes: object) -> Markup:
    """An element with its attributes; `class_` stands for `class`, and `stroke_width` for `stroke-width`."""
    told = "".join(f' {key.rstrip("_").replace("_", "-")}="{said(value)}"' for key, value in attributes.items())
    return Markup(f"<{name}{told}>" if name in _EMPTY else f"<{name}{told}>{joined(inside, '')}</{name}>")


def framed(title: str, name: str, lines: Iterable[object], parts: Iterable[Markup]) -> Markup:
    """A whole card: title and name, what is said of it line by line, then tables and remarks."""
    head = joined([element("strong", title), *([element("small", f"({name})")] if name else [])])
    quiet = (element("div", element("small", line)) for line in lines)
    return element("div", element("style", Markup(STYLE)), element("div", head), *quiet, *parts, class_=NAME)


def remark(text: object) -> Markup:
    """A quiet line below a table."""
    return element("div", element("small", text))


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]], numbers: Sequence[int] = ()) -> Markup:
    """A table whose rows begin with what they are about; numbers: the columns that stand to the right."""

    def cells(row: Sequence[object], name: str) -> Iterator[Markup]:
        for at, cell in enumerate(row):
            more: dict[str, object] = {"class_": "number"} if at in numbers else {}
            scope = {"scope": "col"} if name == "th" else {"scope": "row"} if at == 0 else {}
            yield element("th" if scope else name, cell, **more, **scope)

    above = [element("caption", caption)] if caption else []
    head = [element("thead", element("tr", *cells(heads, "th")))] if heads else []
    body = element("tbody", *(element("tr", *cells(row, "td")) for row in rows))
    return element("table", *above, *head, body)


# --- pictures --------------------------------------------------------------------------------------------------------


def stacked(parts: Iterable[tuple[float, Mapping[str, Any]]], told: str, width: int = WIDTH) -> Markup:
    """Shares of a whole side by side, each with a fill as `style.outcome_fill` gives it; told: the same in words."""
    whole = {"x": 0.5, "y": 0.5, "width": width - 1, "height": HEIGHT - 1, "fill": "none"}
    pieces = [element("rect", **whole, stroke="currentColor", stroke_opacity="0.3", stroke_width="0.8")]
    start = 0.0
    for share, fill in parts:
        end = start + share * width
        pieces += _filled(start, end, HEIGHT, fill)
        start = end
    return _picture(width, HEIGHT, told, pieces)


def swatch(fill: Mapping[str, Any]) -> Markup:
    """A sample of a fill, to stand before its word."""
    return _picture(SWATCH, SWATCH, "", _filled(0.0, float(SWATCH), SWATCH, fill))


def interval(low: float, value: float, high: float, reach: float, colour: str) -> Markup:
    """A value on its interval, right and left of nothing; reach: where the picture ends on either side."""
    at = {name: _place(end, reach) for name, end in (("low", low), ("value", value), ("high", high))}
    middle = HEIGHT / 2
    pieces = [
        _nothing(),
        element("path", d=f"M{at['low']} {middle:g}H{at['high']}", stroke=colour, stroke_width="2.5", fill="none"),
        element("circle", cx=at["value"], cy=f"{middle:g}", r=f"{_RADIUS:g}", fill=colour),
    ]
    return _picture(WIDTH, HEIGHT, "", pieces)


def one_sided(value: float, reach: float, colour: str) -> Markup:
    """A bar from nothing to the right or to the left; reach: where the picture ends on either side."""
    ends = sorted((_across(0.0, reach), _across(value, reach)))
    bar = {"x": _short(ends[0]), "y": 3, "width": _short(ends[1] - ends[0]), "height": HEIGHT - 6}
    return _picture(WIDTH, HEIGHT, "", [element("rect", **bar, fill=colour), _nothing()])


def _picture(width: int, height: int, told: str, pieces: Iterable[Markup]) -> Markup:
    """A picture of its own; what stands beside it in words anyway is hidden from those who listen."""
    heard = {"role": "img", "aria_label": told} if told else {"aria_hidden": "true"}
    return element("svg", *pieces, width=width, height=height, viewBox=f"0 0 {width} {height}", **heard)


def _nothing() -> Markup:
    middle = _short(_across(0.0, 1.0))
    return element("path", d=f"M{middle} 0V{HEIGHT}", stroke="currentColor", stroke_opacity="0.5", fill="none")


def _across(value: float, reach: float) -> float:
    inside = max(-1.0, min(1.0, value / reach)) if reach > 0.0 else 0.0
    return WIDTH / 2 + inside * (WIDTH / 2 - _RADIUS)


def _place(value: float, reach: float) -> str:
    return _short(_across(value, reach))


def _filled(start: float, end: float, height: int, fill: Mapping[str, Any]) -> Iterator[Markup]:
    """An area with its edge, and its hatching in strokes: a pattern would need a name in the page."""
    edge = web_colour(fill["edgecolor"])
    area = {"x": _short(start + 0.5), "y": 0.5, "width": _short(max(end - start - 0.5, 0.5)), "height": height - 1}
    yield element("rect", **area, fill=web_colour(fill["facecolor"]), stroke=edge, stroke_width="0.8")
    strokes = "".join(_strokes(fill.get("hatch", ""), start + 1.0, end - 0.5, height))
    if strokes:
        yield element("path", d=strokes, stroke=edge, stroke_width="1.2", stroke_linecap="round", fill="none")


def _strokes(hatch: str, left: float, right: float, height: int) -> Iterator[str]:
    """The strokes of a hatching inside an area: `/` and `x` slant, `-` lies, `.` is dotted."""
    low, high = 1.0, height - 1.0
    if hatch[:1] in {"-", "."} and right > left:
        for row in (0.25, 0.5, 0.75):
            y, across = _short(low + row * (high - low)), left + 1.5
            if hatch[0] == "-":
                yield f"M{_short(left)} {y}H{_short(right)}"
            while hatch[0] == "." and across < right:
                yield f"M{_short(across)} {y}h0"
                across += _STEP
    if hatch[:1] not in {"/", "x"}:
        return
    tall = high - low
    foot = left - tall + (-left % _STEP)
    while foot < right:
        one, other = max(foot, left), min(foot + tall, right)
        if one < other:
            down, up = high - (one - foot), high - (other - foot)
            yield f"M{_short(one)} {_short(down)}L{_short(other)} {_short(up)}"
            if hatch[0] == "x":
                yield f"M{_short(one)} {_short(height - down)}L{_short(other)} {_short(height - up)}"
        foot += _STEP


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
