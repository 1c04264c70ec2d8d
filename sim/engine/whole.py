"""A model is stepped whole and copied whole, or says in words that it is not.

Mesa wraps `step` in bookkeeping of its own: from 3.5 on a step that is broken off takes the coming ones with it, before
that it leaves a quarter half played. So every way to move a model on goes through one door here, and a model whose step
was broken off answers nothing any more. A copy holds everything there is, with the views into its world laid anew.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import itertools
import types
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import __version__
from sim.io.errors import InputError, input_error, listed
from sim.io.letters import printable
from sim.io.shown import Shown
from sim.model.fields import FIELDS
from sim.model.parameters import aligned, row_names
from sim.model.world import Store, unpack
from sim.scenario.calendar import quarter_text

if TYPE_CHECKING:
    from sim.engine.ensemble import PreparedEnsemble
    from sim.evidence.evidence import Evidence
    from sim.scenario.scenario import Scenario

MOVES = ("step", "run_for", "run_until")  # what moves a model on; the last two are not in every version of Mesa
COPYING = frozenset(("__copy__", "__deepcopy__", "__getstate__", "__reduce__", "__reduce_ex__"))


class BrokenModel(RuntimeError):
    """A step of this model was broken off: its world stands in the middle of a quarter."""


class Whole(Shown):
    """What keeps a model of Mesa from being half stepped or half copied; mixed in before `mesa.Model`.

    Whoever mixes it in calls `guard` once Mesa's own part is made, and has the attributes named here.
    """

    store: Any
    numbers: Any
    world: Any
    quarter: int
    agents: Any
    evidence: Evidence
    prepared: PreparedEnsemble
    setting: Scenario
    agent_numbers: MutableMapping[Any, Any] | None = None  # where Mesa counts agents, if outside of the model
    _moving = False

    def __repr__(self) -> str:
        known = vars(self)  # of a model that is broken, too, and of one that was never made
        if "prepared" not in known or "quarter" not in known:
            return f"<{type(self).__name__}>"
        setting, quarter = known["setting"], known["quarter"]
        when = f"after {quarter_text(quarter)}" if quarter >= setting.start else "not played yet"
        luck = f"run {known['run_number']} of seed {known['prepared'].seed}"
        return f"<{type(self).__name__} of {printable(setting.name)}; {luck}, {when}>"

    def guard(self) -> None:
        """Put every way to move the model on, as Mesa has laid it, behind one door."""
        self._ways = {name: getattr(self, name) for name in MOVES if hasattr(self, name)}
        self._hang_doors()

    def _hang_doors(self) -> None:
        for name in self._ways:
            vars(self)[name] = functools.partial(_move, self, name)

    def check_actors(self) -> None:
        """Every state and power is there, and once: Mesa lets agents be taken away and added."""
        wanted = sorted(actor.code for actor in (*self.evidence.states, *self.evidence.powers))
        there = sorted(agent.actor.code for agent in self.agents if hasattr(agent, "actor"))
        if there != wanted:
            gone = [code for code in wanted if code not in there]
            said = f"{listed(gone)} taken away" if gone else "an actor that is there twice"
            raise input_error(
                str(self.setting.name),
                "every state and power has to act once a quarter",
                found=said,
                allowed="these actors, and agents of your own beside them",
            )

    @contextmanager
    def moving(self) -> Iterator[None]:
        """While the model is moved on: whatever breaks that off leaves a model that says so ever after."""
        if self._moving:
            raise self._refusal("a step is under way", "the next one once it is over")
        self._moving = True
        try:
            yield
        except BaseException as cause:  # Ctrl-C leaves half a quarter as well as any fault
            _break(self, cause)
            raise
        self._moving = False

    def __copy__(self) -> Whole:
        """Refused: a shallow copy would share its world and its agents with this model."""
        raise self._refusal("a shallow copy of a model would step the same world", "copy.deepcopy(model)")

    def __deepcopy__(self, memo: dict[int, Any]) -> Whole:
        """A branch: what has happened is the same, what comes is its own. Raises `InputError` where it would not be."""
        evidence = self.evidence
        for never_changes in (evidence, self.prepared, self.setting, *evidence.states, *evidence.powers):
            memo[id(never_changes)] = never_changes
        branch: Whole = object.__new__(type(self))
        memo[id(self)] = branch
        state = self.__getstate__()
        try:
            branch.__setstate__(copy.deepcopy(state, memo))
        except TypeError as cause:
            raise self._refusal(f"something in this model cannot be copied: {cause}", "models without it") from cause
        return branch

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the views into the world, which are laid anew, and the doors of `guard`."""
        if self._moving:
            raise self._refusal("a model cannot be copied in the middle of a step", "a copy between two steps")
        kept = {name: value for name, value in vars(self).items() if name not in {"world", *self._ways}}
        self._refuse_ties(type(self).__name__, kept)
        for agent in self.agents:
            self._refuse_ties(repr(agent), vars(agent))
        collector = getattr(self, "datacollector", None)
        self._refuse_ties("the players", getattr(self, "players", {}))
        for asked in ("model_reporters", "agent_reporters"):
            self._refuse_ties("the data collector", getattr(collector, asked, {}))
        return {"kept": kept, "made_with": _made_with(), "next_agent": self._next_agent()}

    def _refuse_ties(self, owner: str, held: Mapping[str, Any]) -> None:
        """Refuse what would tie a copy to this model: views into its world, functions that hold it or its agents."""
        mine = {id(self), id(self.world), id(self.store), *map(id, self.agents)}
        for name, value in held.items():
            if isinstance(value, np.ndarray) and any(np.may_share_memory(value, part) for part in self.store):
                raise self._refusal(
                    f"'{name}' of {owner} is a view into the world of this model, which a copy would leave behind",
                    "a property that looks it up, or a copy of the array",
                )
            if any(id(one) in mine for one in _caught_by(value)):
                raise self._refusal(
                    f"'{name}' of {owner} is a function that holds this model or an agent of it, and so would its copy",
                    "a function that is given the model or the agent",
                )

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """Be the model that `__getstate__` saw. Raises `InputError` where another version saw it."""
        if state["made_with"] != _made_with():
            raise input_error(
                "sim.Model",
                "this model was kept by another version, and its numbers may mean something else here",
                found=state["made_with"],
                allowed=_made_with(),
            )
        vars(self).update(state["kept"])
        self.store, self.numbers = Store._make(map(_laid_out, self.store)), _laid_out(self.numbers)
        self.world = unpack(self.store)
        self._hang_doors()
        if self.agent_numbers is not None:
            self.agent_numbers[self] = itertools.count(state["next_agent"])

    def _next_agent(self) -> int | None:
        """The number that the next agent gets, where Mesa counts outside of the model."""
        if self.agent_numbers is None:
            return None
        number: int = next(self.agent_numbers[self])
        self.agent_numbers[self] = itertools.count(number)
        return number

    def _refusal(self, message: str, allowed: str) -> InputError:
        return input_error(str(self.setting.name), message, allowed=allowed)


def _move(model: Whole, name: str, *arguments: Any, **named: Any) -> Any:
    """Let Mesa move a model on."""
    model.check_actors()
    with model.moving():
        return model._ways[name](*arguments, **named)


def _caught_by(function: Any) -> Iterator[Any]:
    """What a function has caught from where it was written: variables around it, and usual arguments."""
    if not isinstance(function, types.FunctionType):
        return
    for cell in function.__closure__ or ():
        with suppress(ValueError):  # not filled yet
            yield cell.cell_contents
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()


def _laid_out(array: np.ndarray) -> np.ndarray:
    """The same array on a cache line, as the world is built."""
    placed = aligned(array.shape, array.dtype)
    placed[...] = array
    return placed


@functools.cache
def _made_with() -> str:
    """What the bytes of a model depend on."""
    layout = hashlib.sha256(repr((FIELDS, row_names())).encode()).hexdigest()
    return f"Multivector {__version__} (layout {layout[:12]}) with Mesa {version('mesa')}"


# --- broken models ---------------------------------------------------------------------------------------------------


class _Broken:
    """In front of the class of a model whose step was broken off: whatever it is asked, it says so."""

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("__") and name not in COPYING:
            return object.__getattribute__(self, name)
        raise BrokenModel(object.__getattribute__(self, "__dict__")["_broken"])


def _break(model: Whole, cause: BaseException) -> None:
    """Turn a model into one that only says that it is broken, and by what."""
    vars(model)["_broken"] = (
        f"{model.setting.name}: this model is broken: {type(cause).__name__} broke off a step at "
        f"{quarter_text(model.quarter)}, and its world stands in the middle of a quarter. Make a new sim.Model; what "
        "may be needed again is kept by copy.deepcopy(model) before a step."
    )
    whole = type(model)
    home = {"__module__": whole.__module__}
    model.__class__ = types.new_class(f"Broken{whole.__name__}", (_Broken, whole), exec_body=lambda it: it.update(home))
