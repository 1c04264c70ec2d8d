"""Levels in words: what a number of the world is called, in every sentence that says something of the world.

A claim follows the number of its run and quarter: a scenario that moves the number moves the word. The scale is that
of coded numbers (none, low, medium, high, dominant), and each word holds from half way to the next level. Where a rule
has a line of its own at the end of the scale, the word for the very end says what that rule does and holds only there.
Lines that only decide whether a thing is worth telling stand where it is told; what it is called stands here.
"""

from bisect import bisect_right
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from sim.evidence.numbers import LEVELS

SCALE = tuple(LEVELS.values())
HALFWAY = tuple((low + high) / 2.0 for low, high in pairwise(SCALE))
TWO = 2  # things that a power is said to be strong in, at most
MOST = 0.5  # of a count: what is called most must be more than this


class Words(NamedTuple):
    """What each level is called; `zero` and `full` hold at the very ends alone, and default to their neighbours."""

    none: str
    low: str
    medium: str
    high: str
    dominant: str
    zero: str | None = None
    full: str | None = None

    def of(self, number: float) -> str:
        """The word for a number on the scale 0..1; beyond its ends the word for the end."""
        if number <= SCALE[0] and self.zero is not None:
            return self.zero
        if number >= SCALE[-1] and self.full is not None:
            return self.full
        return (self.none, self.low, self.medium, self.high, self.dominant)[rank(number)]


def above_middle(number: float) -> bool:
    """Whether a number 0..1 is nearer to high than to medium."""
    return rank(number) > rank(LEVELS["medium"])


def rank(number: float) -> int:
    """The level nearest to a number 0..1: 0 none, 1 low, 2 medium, 3 high, 4 dominant; half way counts up."""
    return bisect_right(HALFWAY, number)


# --- states ----------------------------------------------------------------------------------------------------------

UNION = Words(
    "hardly tied to {}", "an observer of {}", "partly a member of {}", "nearly a full member of {}", "a member of {}"
)
UNION_LEVEL = Words(
    *("next to none", "that of an observer", "that of half a member", "nearly full", "full"),
    zero="none",
)
NEUTRALITY = Words(
    "",
    "It keeps somewhat apart from alliances.",
    "It keeps out of alliances for the most part.",
    "It keeps out of nearly all alliances.",
    "It keeps out of nearly all alliances.",
    full="It is neutral and joins no alliance.",
)
MINDS = Words(
    *("its government hardly minds", "its government minds a little", "its government dislikes"),
    *("its government strongly dislikes", "its government can hardly bear"),
)
TRUST = Words(
    *("hardly trusts {} at all", "trusts {} little", "half trusts {}", "trusts {}", "trusts {} almost fully"),
    zero="does not trust {} at all",
    full="trusts {} fully",
)
ORDER = Words(
    *(
        "comes last or nearly so",
        "comes late",
        "comes neither early nor late",
        "comes early",
        "comes first or nearly so",
    ),
)
CULTURE = Words("hardly draw {}", "draw {} a little", "draw {}", "draw {} strongly", "draw {} most strongly")
KINSHIP = Words(
    "hardly joins the two",
    "joins the two loosely",
    "joins the two in part",
    "joins the two closely",
    "joins the two most closely",
)
CLOSENESS = Words(*("hardly any", "little", "some", "much", "the utmost"))
RESENTED = Words(
    *("hardly resented", "resented a little", "resented", "strongly resented", "resented more than almost anything"),
)
UNREST = Words("a little unrest", "some unrest", "unrest", "grave unrest", "the gravest unrest")

THAWED = Words(
    *("It hardly goes through.", "It goes through a little.", "It goes through in part."),
    *("It goes through for the most part.", "It goes through almost altogether."),
    full="",
)
NEW_COURSE = Words(
    *("The old course hardly changes.", "The old course changes a little.", "The old course changes in part."),
    *("The old course changes for the most part.", "The old course changes almost altogether."),
    full="",
)
HELP = Words("hardly any help", "a little help", "help", "much help", "all the help there could be")

NEUTRAL = SCALE[-1]  # from here on the rules let a state join no alliance
OUT = Words("hardly", "a little", "in part", "for the most part", "altogether")  # how far a promise keeps rivals away

# --- powers ----------------------------------------------------------------------------------------------------------

ABILITY = Words("next to nothing", "weak", "middling", "strong", "dominant")
STRONG = rank(LEVELS["high"])
EXCLUDES = Words(
    "",
    "asks for some exclusivity",
    "wants rivals left out in part",
    "wants rivals left out",
    "wants all rivals left out",
)
STRINGS = Words(
    "",
    "attaches some strings about government",
    "attaches strings about government",
    "attaches many strings about government",
    "attaches strings about government to everything",
)
KEEPS = Words(
    "does not keep its word",
    "often falls short of its word",
    "keeps its word in part",
    "mostly keeps its word",
    "keeps its word",
)
TURNS = Words(
    "", "changes course now and then", "changes course often", "changes course easily", "changes course at will"
)
TIER = Words(
    *("close to a great power", "more a great power than a middle one", "between a great and a middle power"),
    *("more a middle power than a great one", "a middle power"),
)
AGENDA = Words(
    "hardly minds outside militaries",
    "would rather see no outside militaries",
    "speaks against outside militaries",
    "works against outside militaries",
    "wants no outside militaries",
)
STRAINED = Words("hardly tied down", "a little tied down", "tied down", "badly tied down", "wholly tied down")
MEANS = Words("hardly any means", "some means", "means", "strong means", "overwhelming means")

# --- what happens ----------------------------------------------------------------------------------------------------

WEIGHT = Words(
    *("slight", "light", "of middling weight", "heavy", "close to all there is"), zero="over", full="all there is"
)
PRESSURE = Words("slight", "light", "middling", "heavy", "extreme")

# --- two powers, on a scale from -1 to 1 -----------------------------------------------------------------------------

_FOES = Words("leave each other alone", "are wary of each other", "are rivals", "are sharp rivals", "are foes")
_FOE = Words("no rival of {}", "wary of {}", "a rival of {}", "a sharp rival of {}", "a foe of {}")
_FRIENDS = Words("", "work together a little", "work together", "work together closely", "act as one")


def rivalry_of_two(level: float) -> str:
    """What two powers do to each other, -1 (they act as one) to 1 (they are foes)."""
    return _FRIENDS.of(-level) if rank(-level) else _FOES.of(level)


def rivalry_with(level: float, other: str) -> str:
    """What a power is to another where it is any rival at all; level 0..1."""
    return _FOE.of(level).format(other)


# --- sentences with more than one number -----------------------------------------------------------------------------


def union_words(level: float) -> str:
    """How far membership of a customs union goes, with the number; level 0..1."""
    return f"{UNION_LEVEL.of(level)} ({level:.0%})"


def unions_of(memberships: Mapping[str, float]) -> str:
    """What a state is to the customs unions of powers: by the name of the power, 0..1; those of 0 are left out."""
    said = [
        UNION.of(level).format(f"the customs union of {power}") for power, level in memberships.items() if level > 0
    ]
    return " and ".join(said)


def opening_words(open_now: float) -> str:
    """How far a way is open, in words; 0 closed, 1 open."""
    return {SCALE[0]: "closed", SCALE[-1]: "fully open"}.get(open_now, f"open to {open_now:.0%}")


def answers_with(carrot: float, stick: float) -> str:
    """How a power answers the gains of rivals: with offers, 0..1, and with pressure, 0..1."""
    offers, presses = rank(carrot), rank(stick)
    if not offers and not presses:
        return "hardly answers rivals"
    if offers == presses:
        return "answers rivals with offers and pressure alike"
    if offers > presses:
        return f"answers rivals with offers{' more than with pressure' if presses else ''}"
    return f"answers rivals with pressure{' more than with offers' if offers else ''}"


def is_most(count: int, of_all: int) -> bool:
    """Whether the largest part of a count may be called most of it: only where it is more than all the rest."""
    return count > MOST * of_all


def strong_in(abilities: Mapping[str, float]) -> str:
    """What a power is strong in, at most two things, each 0..1 by name; else what it is best at, and how good."""
    best = sorted(abilities, key=lambda name: -abilities[name])
    strong = [name for name in best if rank(abilities[name]) >= STRONG][:TWO]
    if strong:
        return f"is strong in {' and '.join(strong)}"
    return f"is at its best in {best[0]}, where it is {ABILITY.of(abilities[best[0]])},"
