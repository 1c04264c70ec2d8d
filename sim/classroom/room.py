"""What one class has in common: its scenario and lesson, who sits where, and what is told to everybody at once."""

import contextlib
import hmac
import secrets
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.classroom.stream import Stream
from sim.io.arguments import Arguments
from sim.io.errors import InputError, input_error, listed, nearest_to, quoted
from sim.scenario.family import list_scenarios
from sim.scenario.scenario import Scenario, load_scenario, with_fitted

if TYPE_CHECKING:
    from sim.classroom.journal import Journal
    from sim.classroom.lesson_forms import Lesson

MOST_SEATS = 200
"""Pupils at once; a class is thirty, and a hall of a school not more."""


TEACHERS_SEAT = 0
"""Who teaches may play, too; pupils' seats are counted from 1."""

EASILY_READ = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits of which none is taken for another."""


class Role(Enum):
    """Who asks."""

    PUPIL = "pupil"
    TEACHER = "teacher"


class Phase(Enum):
    """How far a class is with playing: pupils look, they play, everybody sees what came of it."""

    CLOSED = "closed"
    OPEN = "open"
    SHOWN = "shown"


@dataclass(frozen=True)
class Table:
    """What a class plays together: everybody the same state, by its code, of one scenario with one seed, and run 0.

    numbers: that go before those of the scenario.
    """

    scenario: str
    state: str
    seed: int
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Caller:
    """Who asks: page is the id of one load of a page, seat the number of a pupil's place, None for who has none."""

    role: Role
    page: str = ""
    seat: int | None = None


class Post(NamedTuple):
    """What a page may ask. heavy: whether worlds are played for it; who: the least who may ask.

    `answer` gives plain values for JSON, and raises `InputError` for what cannot be asked like this.
    """

    path: str
    who: Role
    heavy: bool
    answer: Callable[["Room", Caller, Mapping[str, Any]], dict[str, Any]]


def new_tokens() -> Mapping[Role, str]:
    """A token a role. That of pupils can be typed from a wall: 40 bits, at four guesses a second (`guard`)."""
    letters = [secrets.choice(EASILY_READ) for _ in range(8)]
    return {Role.TEACHER: secrets.token_urlsafe(18), Role.PUPIL: "".join([*letters[:4], "-", *letters[4:]])}


@dataclass
class Room:
    """One class. Posts are answered by several threads: whoever changes what several of them see holds `lock`.

    tokens: what a page has to show, by role; key: what addresses of teacher's pages have in them. table: what all
    play, None where each plays what they like, and board: whatever `board` keeps of it. games: by seat, whatever
    `playing` keeps of them. opinions: by number, with what it means where it was asked for, then by seat.
    journal: where what is done is kept, None where it is forgotten with the room.
    """

    base: Scenario
    lesson: "Lesson | None" = None
    fitted: str | None = None
    step: int = 0
    phase: Phase = Phase.CLOSED
    table: Table | None = None
    board: Any = None
    numbers: dict[str, float] = field(default_factory=dict)
    games: dict[int, Any] = field(default_factory=dict)
    opinions: dict[tuple[Any, ...], dict[int, float]] = field(default_factory=dict)
    tokens: Mapping[Role, str] = field(default_factory=new_tokens)
    key: str = field(default_factory=partial(secrets.token_urlsafe, 9))
    lock: threading.RLock = field(default_factory=threading.RLock)
    journal: "Journal | None" = None

    def __post_init__(self) -> None:
        self.own_lesson = self.lesson  # it was opened with; a file of the teacher's own is found here alone
        self._seats: dict[str, int] = {}
        self._known = {self.base.name: self.base}
        self._titles = {self.base.name: self.base.title}
        self._stream = Stream()
        self._let_go: list[Callable[[], object]] = []

    # --- what is played ----------------------------------------------------------------------------------------------

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of what may be looked at: the class's own scenario, then those that come with the package."""
        return (self.base.name, *(name for name in list_scenarios() if name != self.base.name))

    def title(self, name: str) -> str:
        """What a scenario is in a line; its name for as long as that has not been read."""
        return self._titles.get(name, name)

    def read_titles(self) -> None:
        """Read what every scenario is in a line, which takes half a second: in a thread, while a page opens."""
        for name in self.scenarios:
            with contextlib.suppress(InputError):  # one that has mistakes says so when it is asked for
                self._titles[name] = self.scenario(name).title

    def scenario(self, name: str) -> Scenario:
        """A scenario by its name, which is looked up and never taken for a path. Raises `InputError` for others."""
        with self.lock:
            if name in self._known:
                return self._known[name]
            if name not in self.scenarios:
                found, nearest = quoted(name), nearest_to(name, self.scenarios)
                allowed = listed(self.scenarios, "list scenarios")
                raise input_error("scenario", "no such scenario is here", found=found, allowed=allowed, nearest=nearest)
            self._known[name] = with_fitted(load_scenario(name), self.fitted)
            return self._known[name]

    def asked_scenario(self, asked: Mapping[str, Any]) -> Scenario:
        """The scenario that a request names; the class's own where it names none."""
        arguments = Arguments("scenario")
        told = asked.get("scenario")
        name = self.base.name if told is None else arguments.text("scenario", told)
        arguments.refuse_if_wrong()
        return self.scenario(name)

    # --- who asks ----------------------------------------------------------------------------------------------------

    def role_of(self, token: str) -> Role | None:
        """Whose token it is, compared in constant time; None for nobody's."""
        given, found = token.encode(), None
        for role, kept in self.tokens.items():
            if hmac.compare_digest(given, kept.encode()):
                found = role
        return found

    def seat_of(self, token: str) -> int | None:
        """The seat of a seat's own token, None for one that is not known (the server was started anew)."""
        return self._seats.get(token)

    def take_seat(self, token: str = "") -> tuple[int, str]:
        """A free seat, counted from 1, and the token by which its page comes back to it. No name is asked for.

        token: that it is to have, a new one unless told otherwise.
        """
        with self.lock:
            if len(self._seats) >= MOST_SEATS:
                raise input_error("seat", "the room is full", found=str(MOST_SEATS), allowed=f"{MOST_SEATS} seats")
            seat, token = len(self._seats) + 1, token or secrets.token_urlsafe(18)
            self._seats[token] = seat
            self.note("seat", seat=seat, token=token)
        self.tell({"event": "seats", "seats": seat})
        return seat, token

    @property
    def seats(self) -> int:
        """How many seats are taken."""
        return len(self._seats)

    def note(self, what: str, **told: Any) -> None:
        """Keep what was done, as `sim.classroom.journal` describes, where a class is kept."""
        if self.journal is not None:
            self.journal.note(what, **told)

    # --- what is told to everybody -----------------------------------------------------------------------------------

    def tell(self, event: dict[str, Any]) -> None:
        """Tell every page that listens; from any thread. event: plain values, `event` names its kind."""
        self._stream.tell(event)

    def listen(self) -> AsyncIterator[dict[str, Any]]:
        """What is told from now on, until the room closes or the reader leaves."""
        return self._stream.listen()

    @property
    def listening(self) -> int:
        """How many pages listen."""
        return self._stream.listening

    def when_closed(self, let_go: Callable[[], object]) -> None:
        """Have something called when the room closes, in whatever thread that is done."""
        self._let_go.append(let_go)

    def close(self) -> None:
        """Let everybody go who listens or waits."""
        self._stream.close()
        for let_go in self._let_go:
            let_go()
