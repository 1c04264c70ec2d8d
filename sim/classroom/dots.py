"""The picture of a class: every world of the rule a dot above a line, every pupil one below it, and a table of both.

Lengths are those of the picture, which is as wide as its place on the page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from sim.batch.outcomes import OUTCOMES, split_word
from sim.classroom.room import TEACHERS_SEAT
from sim.classroom.words import say
from sim.figures.markup import Markup, element, joined, table
from sim.figures.style import INK
from sim.io.text import percent_in_cell
from sim.model.variables import BY_NAME, OUTCOME, in_words, percent_scale

Floats = NDArray[np.float64]
Words = NDArray[np.str_]

MEASURES = ("output", "stability", "effective_partners", "balance")
"""What dots can be laid out by, beside the outcome word."""

WIDE, TALL, EDGE = 900.0, 220.0, 30.0
COLUMNS = 120  # that values are gathered in, from the lowest to the highest of all quarters
LARGEST = 7.0  # dot of a world
PUPIL, ROWS = 26.0, 5  # dot of a pupil, and rows of them
BELOW = 62.0  # the line to the middle of the first row


@dataclass(frozen=True, kw_only=True)
class Course:
    """How some runs went, of one state: R runs, T quarters that were played.

    values: by measure, in the unit that is shown, [R, T]; words: the outcome word if the run ended there, with the name
    of its power, [R, T].
    """

    values: Mapping[str, Floats]
    words: Words

    @property
    def quarters(self) -> int:
        """Quarters that were played."""
        return int(self.words.shape[1])


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A pupil: the number and the colour of the seat, its word and as it is drawn; own: of the one who looks."""

    seat: int
    colour: str
    fill: str
    course: Course
    own: bool = False

    @property
    def short(self) -> str:
        """What stands on it: the number of the seat, a letter for the teacher's."""
        return say("class.teacher") if self.seat == TEACHERS_SEAT else str(self.seat)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Where things stand from left to right: values between two ends, or words side by side.

    places: of words, in their order, none for values.
    """

    low: float = 0.0
    high: float = 1.0
    places: tuple[str, ...] = ()

    @property
    def column(self) -> float:
        """The width of a column."""
        return (WIDE - 2 * EDGE) * (0.9 / len(self.places) if self.places else 1.0 / COLUMNS)

    def columns(self, found: NDArray[np.generic]) -> NDArray[np.int64]:
        """In which column each value or word stands."""
        if self.places:
            order = {word: place for place, word in enumerate(self.places)}
            return np.array([order[str(word)] for word in found], dtype=np.int64)
        shares = (found.astype(np.float64) - self.low) / (self.high - self.low or 1.0)
        return np.clip(shares * COLUMNS, 0, COLUMNS - 1).astype(np.int64)

    def middle(self, column: int) -> float:
        """The middle of a column."""
        return EDGE + (column + 0.5) / (len(self.places) or COLUMNS) * (WIDE - 2 * EDGE)

    def place(self, found: float | str) -> float:
        """Where a value or a word stands."""
        if isinstance(found, str):
            return self.middle(self.places.index(found))
        return EDGE + (found - self.low) / (self.high - self.low or 1.0) * (WIDE - 2 * EDGE)


# --- what is shown of a course ---------------------------------------------------------------------------------------


def found_of(course: Course, measure: str) -> NDArray[np.generic]:
    """What is laid out, values or words: [R, T]."""
    return course.words if measure == OUTCOME else course.values[measure]


def scale_of(worlds: Course, dots: Sequence[Dot], measure: str, at: int) -> Scale:
    """A scale with room for every quarter that the class has seen, so that it stands still while they are replayed."""
    courses = [worlds, *(dot.course for dot in dots)]
    seen = max([at + 1, *(dot.course.quarters for dot in dots)])
    found = np.concatenate([found_of(course, measure)[:, :seen].ravel() for course in courses])
    if measure == OUTCOME:
        return Scale(places=tuple(sorted(set(found.tolist()), key=_rank)))
    return Scale(low=float(found.min()), high=float(found.max()))


def _rank(word: str) -> tuple[int, str]:
    """Outcome words from many partners to none, then by power."""
    outcome, power = split_word(word)
    return OUTCOMES.index(outcome), power


def in_full(measure: str, found: object) -> str:
    """A value with its unit, or a word."""
    if isinstance(found, str):
        outcome, power = split_word(found)
        return say("look.word", word=outcome.word, power=power) if power else outcome.word
    return f"{found:.4g} {unit_of(measure)}"


def unit_of(measure: str) -> str:
    """The unit in which a measure is shown."""
    return "%" if percent_scale(measure) != 1.0 else BY_NAME[measure].unit.replace("..", " to ")


def ticks(low: float, high: float) -> list[float]:
    """Round values between two ends, about five of them."""
    span = high - low or 1.0
    power = 10.0 ** np.floor(np.log10(span / 5))
    step = float(next(power * by for by in (1, 2, 5, 10) if span / (power * by) <= 6))
    return [step * number for number in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]


# --- the picture -----------------------------------------------------------------------------------------------------


def picture(worlds: Course, dots: Sequence[Dot], measure: str, at: int, quarter: str) -> Markup:
    """One quarter: the worlds, the rule's own game on the luck of the class, and the pupils who have come so far."""
    scale = scale_of(worlds, dots, measure, at)
    found = found_of(worlds, measure)
    rule = found[0, at].item()
    x = scale.place(rule)
    told = say("class.chart", runs=len(found), label=in_words(measure), quarter=quarter, rule=in_full(measure, rule))
    return element(
        "svg",
        _worlds(scale, found[:, at]),
        element("path", d=f"M0 {TALL + 1:g}H{WIDE:g}", stroke=INK),
        *_ends(scale, measure),
        element("path", d=f"M{x:.1f} {TALL - 22:g}l11 11l-11 11l-11 -11z", class_="rule"),
        *_pupils(scale, [dot for dot in dots if dot.course.quarters > at], measure, at),
        viewBox=f"0 0 {WIDE:g} {TALL + BELOW + min(len(dots), ROWS) * PUPIL:g}",
        role="img",
        aria_label=told,
        class_="dots",
    )


def _worlds(scale: Scale, found: NDArray[np.generic]) -> Markup:
    """Every world a dot, stacked in its column; all are as large as the highest column has room for."""
    many = np.bincount(scale.columns(found))
    size, most = LARGEST * (2 if scale.places else 1), int(many.max())
    while -(-most // _abreast(scale, size)) * size > TALL:
        size *= 0.97
    abreast = _abreast(scale, size)
    drawn = [
        f"M{scale.middle(column) + (one % abreast - (abreast - 1) / 2) * size:.1f} "
        f"{TALL - (one // abreast + 0.5) * size:.1f}h0"
        for column, inside in enumerate(many.tolist())
        for one in range(inside)
    ]
    return element("path", d="".join(drawn), class_="worlds", stroke_width=f"{max(0.85 * size, 0.8):.2f}")


def _abreast(scale: Scale, size: float) -> int:
    return max(1, int(scale.column / size))


def _ends(scale: Scale, measure: str) -> Iterable[Markup]:
    """What stands where, below the line; words that would run into each other stand on two lines."""
    ends: Sequence[float | str] = scale.places or ticks(scale.low, scale.high)
    for number, end in enumerate(ends):
        y = TALL + 20 + (20 if len(scale.places) > 4 and number % 2 else 0)
        shown = in_full(measure, end) if isinstance(end, str) else f"{end:.6g}"
        yield element("text", shown, x=f"{scale.place(end):.1f}", y=f"{y:g}")
    if not scale.places:
        yield element("text", f"{in_words(measure)}, {unit_of(measure)}", x=f"{WIDE / 2:g}", y=f"{TALL + 40:g}")


def _pupils(scale: Scale, dots: Sequence[Dot], measure: str, at: int) -> Iterable[Markup]:
    """Each in the first row that has room at its place; where all are full, further to the right."""
    taken: list[tuple[int, float]] = []
    places = {dot.seat: scale.place(found_of(dot.course, measure)[0, at].item()) for dot in dots}
    for dot in sorted(dots, key=lambda one: (places[one.seat], one.seat)):
        x = places[dot.seat]
        for turn in count():
            row, right = turn % ROWS, x + turn // ROWS * PUPIL
            if not any(other == row and abs(place - right) < PUPIL for other, place in taken):
                break
        taken.append((row, right))
        y = TALL + BELOW + row * PUPIL
        circle = element("circle", cx=f"{right:.1f}", cy=f"{y:g}", r=f"{PUPIL / 2 - 2:g}", stroke=dot.fill)
        number = element("text", dot.short, x=f"{right:.1f}", y=f"{y + 5:g}")
        yield element("g", circle, number, class_="pupil own" if dot.own else "pupil")


# --- the same in words -----------------------------------------------------------------------------------------------


def dots_table(worlds: Course, dots: Sequence[Dot], measure: str, at: int) -> Markup:
    """The rule and every pupil who has come so far, with the share of worlds that lies below, or has the same word."""
    found = found_of(worlds, measure)[:, at]
    rows = [(say("class.rule"), in_full(measure, found[0].item()), "")]
    for dot in dots:
        if dot.course.quarters > at:
            mine = found_of(dot.course, measure)[0, at]
            share = float(np.mean(found == mine if measure == OUTCOME else found < mine))
            who = say("class.seat", seat=dot.short, colour=say(f"class.{dot.colour}"))
            rows.append((who, in_full(measure, mine.item()), percent_in_cell(share)))
    shares = say("class.same" if measure == OUTCOME else "class.below", runs=len(found))
    legend = element("p", say("class.legend", runs=len(found)), class_="quiet")
    return joined([legend, table("", (say("class.who"), in_words(measure), shares), rows, numbers=(1, 2))])
