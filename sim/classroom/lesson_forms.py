"""What a lesson is made of, and how it is written: steps, claims of what comes out, the questions of a worksheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING, Any

from sim.classroom.glossary import WORDS
from sim.io.checks import check_choice, check_group, check_list, check_number, check_text
from sim.io.errors import Entry, listed, nearest_to, quoted
from sim.io.forms import (
    NAME_SCHEMA,
    TEXT,
    Form,
    Reader,
    as_written,
    file_schema,
    group_schema,
    inner,
    items,
    list_of,
    list_schema,
    name_of,
    names_of,
    schema_of,
    whole_number,
    word,
)
from sim.io.limits import LARGEST_SEED
from sim.scenario.calendar import QUARTER
from sim.scenario.family import list_scenarios
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from sim.evidence.evidence import Evidence

KINDS = ("say", "bet", "do", "look", "discuss")
"""What a class does in a step: it is told, it bets, it moves something, it looks, it talks."""

VIEWS = ("look", "play", "dispute", "class")
MOST_SLIDERS = 5  # more do not fit on a wall beside the chart that they move
MOST_MINUTES = 180
ENDS = ("low", "high")
_PAIRS = (("word", "measure"), ("within", "change"))
_FULL = 100.0  # per cent


@dataclass(frozen=True, kw_only=True)
class Bet:
    """What a class bets on: in how many of a hundred worlds a state bears a word."""

    state: str
    word: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: text for the class, a note for the teacher, and what the page shows while it lasts.

    numbers: where the sliders stand, by name; those that are not named stand where the evidence has them. quarter: the
    one that is looked at, None for the last; scenario: None for that of the lesson; play: the state that is played.
    """

    kind: str
    minutes: int
    text: str
    note: str = ""
    view: str = "look"
    scenario: str | None = None
    quarter: int | None = None
    numbers: Mapping[str, float]
    bet: Bet | None = None
    play: str | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a state says to a power, or to all of them, in every quarter."""

    by: str
    to: str
    say: str


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """A claim of what comes out at `sim.batch.peeking.WORLDS` worlds: between low and high.

    With `word` the share of worlds that bear it, in per cent, else the mean of the measure; `change`: how far that is
    from the same scenario with nothing moved. says: for the teacher, with {low} and {high} where they stand. quarter:
    None for the last; seed: None for that of the scenario.
    """

    says: str
    state: str
    word: str = ""
    measure: str = ""
    low: float
    high: float
    change: bool = False
    scenario: str | None = None
    quarter: int | None = None
    seed: int | None = None
    numbers: Mapping[str, float]
    answers: tuple[Answer, ...] = ()

    @property
    def told(self) -> str:
        """The claim in words."""
        return self.says.format(
            low=f"{self.low:g}".replace("-", "\u2212"), high=f"{self.high:g}".replace("-", "\u2212")
        )


@dataclass(frozen=True, kw_only=True)
class Task:
    """A question of the worksheet, the lines there are to write on, and the answer, which only teachers see."""

    ask: str
    lines: int
    answer: str


@dataclass(frozen=True, kw_only=True)
class Misreading:
    """What pupils may take from the page that is wrong, and what to say to it."""

    reading: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One lesson; `number` counts from 1, `name` is that of its file."""

    number: int
    name: str
    title: str
    question: str
    minutes: int
    scenario: str
    sliders: tuple[str, ...]
    before: tuple[str, ...]
    aims: tuple[str, ...]
    words: tuple[str, ...]
    steps: tuple[Step, ...]
    expect: tuple[Expectation, ...]
    tasks: tuple[Task, ...]
    misreadings: tuple[Misreading, ...]
    limits: tuple[str, ...]

    def bet_on(self, step: Step) -> Mapping[str, float]:
        """Where sliders stand in the worlds that a bet is about: those of the step after it, if that moves any."""
        after = self.steps[self.steps.index(step) + 1 :][:1]
        return after[0].numbers if after and after[0].kind == "do" and after[0].scenario == step.scenario else {}


# --- how a lesson is written -----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """What a lesson may name: the world of its scenario, other scenarios, and the sliders that it has."""

    scenario: Scenario
    evidence: Evidence
    sliders: tuple[str, ...] = ()

    @property
    def states(self) -> list[str]:
        """Codes of the states."""
        return [state.code for state in self.evidence.states]

    @property
    def powers(self) -> list[str]:
        """Codes of the powers, and `all`."""
        return [*(power.code for power in self.evidence.powers), "all"]

    @property
    def outcomes(self) -> list[str]:
        """Outcome words, those about a power with its code and without."""
        from sim.batch.outcomes import OUTCOMES

        codes = [power.code for power in self.evidence.powers]
        about = [f"{one.word}-{code}" for one in OUTCOMES if one.names_power for code in codes]
        return [*(one.word for one in OUTCOMES), *about]


def _measures(_: Known) -> list[str]:
    from sim.model.variables import BANDED, BY_POWER

    return [name for name in BANDED if name not in BY_POWER]


def _values(entry: Entry, known: Known) -> dict[str, float]:
    """Numbers by name, each a slider of the lesson and within its range."""
    found = {}
    for name, value in check_group(entry, "values by the name of a slider").items():
        if name not in known.sliders:
            place, near = f"{entry.key}.{name}", nearest_to(name, known.sliders)
            value.refuse(key=place, found=quoted(name), allowed=f"a slider: {listed(known.sliders)}", nearest=near)
            continue
        number = known.evidence.numbers[name]
        checked = check_number(value, number.low, number.high)
        if checked is not None:
            found[name] = checked
    return found


def _within(entry: Entry, _: object) -> tuple[float, float]:
    """Two numbers, the lower one first."""
    ends = [check_number(one) for one in check_list(entry, "two numbers: the lowest and the highest")]
    low, high = (ends[0], ends[1]) if len(ends) == len(ENDS) else (None, None)
    if low is None or high is None or low > high:
        entry.refuse(allowed="two numbers: the lowest and the highest")
        return 0.0, 0.0
    return low, high


def _claim(entry: Entry, _: object) -> str:
    """A claim, with the ends of its interval where they belong: then what is read is what is checked."""
    text = check_text(entry)
    try:
        written = [(name, how, turned) for _, name, how, turned in Formatter().parse(text) if name is not None]
        fields = {name if not (how or turned) else "" for name, how, turned in written}  # as they stand, not laid out
    except ValueError:
        fields = set()
    if text and fields not in (set(ENDS), {ENDS[0]}):
        allowed = "a sentence in which {low} and {high} stand, or {low} where they are the same, and no other braces"
        entry.refuse(allowed=allowed)
        return ""
    return text


def _own_scenario(entry: Entry, _: object) -> str | None:
    return check_choice(entry, list_scenarios(), "list scenarios")


STATE: Reader[Known] = name_of(lambda known: known.states, where="list actors")
WORD: Reader[Known] = name_of(lambda known: known.outcomes, where="list outcomes")
VALUES: Reader[Known] = Reader(read=_values, schema=group_schema({"type": "number"}), missing={})
SCENARIO: Reader[object] = Reader(read=_own_scenario, schema=NAME_SCHEMA)
_WHOSE: Reader[Known] = name_of(lambda known: known.powers, where="list actors")
_KIND: Reader[object] = word(KINDS)
_SAID: Reader[object] = word(("yes", "no"))
_VIEW: Reader[object] = name_of(lambda _: VIEWS, "look", {"enum": list(VIEWS)})
_EXPLAINED: Reader[object] = names_of(lambda _: WORDS, "")
TEXTS: Reader[object] = list_of(TEXT, "a list of sentences")

BET: Form[Known] = Form(
    needs={"state": STATE.says("whose bar is drawn"), "word": WORD.says("which part of it is bet on")}
)
STEP: Form[Known] = Form(
    needs={
        "kind": _KIND.says("what the class does"),
        "minutes": whole_number(1, MOST_MINUTES, 1).says("how long it takes"),
        "text": TEXT.says("what the class reads"),
    },
    may={
        "note": TEXT.says("what the teacher should know"),
        "view": _VIEW.says("which view is shown"),
        "scenario": SCENARIO.says("what is looked at; without it, the scenario of the lesson"),
        "quarter": QUARTER.says("the quarter that is looked at; without it, the last"),
        "numbers": VALUES.says("where the sliders stand; those that are not named stand where the evidence has them"),
        "bet": inner(BET).says("what the class bets on"),
        "play": STATE.says("the state that is played"),
    },
)
ANSWER: Form[Known] = Form(
    needs={
        "by": STATE.says("whose answer it is"),
        "to": _WHOSE.says("whose offers, or all"),
        "say": _SAID.says("the answer, in every quarter"),
    }
)


def check_claim(entry: Entry) -> None:
    """A claim is about a word or a measure, and about how much of it there is or how far it has moved."""
    for one, other in _PAIRS:
        if (one in entry.value) == (other in entry.value):
            entry.refuse(found="both" if one in entry.value else "neither", allowed=f"one of {one} and {other}")


WITHIN: Reader[object] = Reader(read=_within, schema=list_schema({"type": "number"}, minItems=2, maxItems=2))
EXPECTATION: Form[Known] = Form(
    needs={
        "says": Reader(read=_claim, schema={"type": "string"}, missing="").says(
            "the claim for the teacher, with {low} and {high} where the interval is told"
        ),
        "state": STATE.says("of which state"),
    },
    may={
        "word": WORD.says("the outcome word that is counted"),
        "measure": name_of(_measures, where="list measures").says("the measure whose mean is taken"),
        "within": WITHIN.says("between what it lies; shares of worlds in per cent"),
        "change": WITHIN.says("between what it moves against the same with nothing moved; shares in points"),
        "scenario": SCENARIO.says("another scenario than that of the lesson"),
        "quarter": QUARTER.says("when; without it, in the last quarter"),
        "seed": whole_number(0, LARGEST_SEED).says("which luck; without it, that of the scenario"),
        "numbers": VALUES.says("where the sliders stand"),
        "answers": items(schema_of(ANSWER), "a list of answers").says("what states say in every quarter"),
    },
    first=check_claim,
    schema={
        "allOf": [
            {"oneOf": [{"required": [one]} for one in pair]} for pair in (("word", "measure"), ("within", "change"))
        ]
    },
)
TASK: Form[object] = Form(
    needs={
        "ask": TEXT.says("a question of the worksheet"),
        "lines": whole_number(1, 20, 2).says("lines to write on"),
        "answer": TEXT.says("what a good answer says; not on the worksheet"),
    }
)
MISREADING: Form[object] = Form(
    needs={"reading": TEXT.says("what a pupil may conclude"), "answer": TEXT.says("what to say to it")}
)
LESSON: Form[Known] = Form(
    needs={
        "title": TEXT.says("what the lesson is called"),
        "question": TEXT.says("the question that it asks"),
        "minutes": whole_number(1, MOST_MINUTES, 1).says("how long it takes, the sum of its steps"),
        "scenario": as_written(NAME_SCHEMA).says("the scenario that is looked at, by name"),
        "before": TEXTS.says("what a class should know before"),
        "aims": TEXTS.says("what pupils can do afterwards"),
        "steps": items(schema_of(STEP), "a list of steps").says("what is done, in order"),
        "expect": items(schema_of(EXPECTATION), "a list of claims").says("what comes out, checked by a test"),
        "tasks": items(schema_of(TASK), "a list of questions").says("the questions of the worksheet"),
        "misreadings": items(schema_of(MISREADING), "a list of readings").says("what is easily taken wrongly"),
        "limits": TEXTS.says("what the lesson cannot show"),
    },
    may={
        "sliders": as_written(list_schema({"type": "string"}, uniqueItems=True, maxItems=MOST_SLIDERS)).says(
            "numbers that have a slider, by name"
        ),
        "words": _EXPLAINED.says("words that the worksheet explains"),
    },
)


def lesson_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of a lesson."""
    said = "What a class does in an hour: steps, sliders, what to expect, and the questions of the worksheet."
    return file_schema("A lesson of multivector", said, schema_of(LESSON))
