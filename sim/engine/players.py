"""Who plays a state in place of its rule: what players are asked, and what they did, kept as events of a scenario.

A player answers the offers on its table one by one, and may send the leader on visits and say how the state votes.
Nothing else is changed: an answer or a vote is what an `answer` event would have said, a visit what a `visit` event
would have called. So the scenario with these events is the same game to the last bit, in both engines, and whoever
plays a run again plays the game.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from sim.engine.event_rows import rows_of, vote_code
from sim.engine.offer import Offer
from sim.io.arguments import Arguments
from sim.io.errors import input_error, listed, nearest_to
from sim.model.fields import KINDS
from sim.scenario.calendar import quarter_text
from sim.scenario.events import VOTE_WORDS, Event, EventKind, FieldValue

if TYPE_CHECKING:
    from sim.engine.ensemble import PreparedEnsemble
    from sim.evidence.evidence import Evidence
    from sim.scenario.scenario import Scenario

Player: TypeAlias = Callable[[Any, Offer], bool | None]
"""Is given the model and an offer, unanswered; gives back True, False, or None for what the rule of the state says."""

SAID = {True: "yes", False: "no"}


class Playable:
    """What lets a model of Mesa be played; mixed in before `mesa.Model`.

    Whoever mixes it in calls `ask` before a state chooses, and has the attributes named here.
    """

    world: Any
    quarter: int
    evidence: Evidence
    prepared: PreparedEnsemble
    setting: Scenario
    moves: list[Event]
    players: Mapping[str, Player]
    _votes: dict[str, str]
    _moving: bool
    _choosing = False

    @property
    def as_played(self) -> PreparedEnsemble:
        """The same game made ready: its `scenario` holds what players did as events, and plays it to the same bits."""
        return with_moves(self.prepared, self.moves)

    def visit(self, state: str, power: str) -> None:
        """Send the leader of a state to a power: in the coming quarter, or in this one while a player is asked.

        Raises `InputError` for codes that nobody has, after the last quarter, and in the midst of a step.
        """
        arguments = Arguments("sim.Model.visit")
        states = [actor.code for actor in self.evidence.states]
        powers = [actor.code for actor in self.evidence.powers]
        state = arguments.choice("state", state, states)
        power = arguments.choice("power", power, powers)
        arguments.refuse_if_wrong()
        at = self._planned("a visit")
        self.world.called_visit[states.index(state), powers.index(power), 0] = 1.0
        self.moves.append(Event(at=at, kind=EventKind.VISIT, fields={"by": state, "to": power}))

    def vote(self, state: str, how: str) -> None:
        """Say how a state votes: in the coming quarter, or in this one while a player is asked; the later holds.

        how: yes, no, abstain or away. Where no power asks for a vote then, nothing comes of it. Raises `InputError` as
        `visit` does.
        """
        arguments = Arguments("sim.Model.vote")
        state = arguments.choice("state", state, [actor.code for actor in self.evidence.states])
        how = arguments.choice("how", how, VOTE_WORDS)
        arguments.refuse_if_wrong()
        move = vote_event(self._planned("a vote"), state, how)
        self._votes[state] = how
        self.moves.append(move)

    def _planned(self, what: str) -> int:
        """The quarter in which what is planned now happens."""
        at = self.quarter if self._choosing else self.quarter + 1
        if self._moving and not self._choosing:
            message = f"{what} is planned between two steps, or while a player is asked"
            raise input_error(self.setting.name, message, found="a step that is under way")
        if at > self.setting.end:
            raise input_error(self.setting.name, f"the run is over: it ended in {quarter_text(self.setting.end)}")
        return at


def given_players(arguments: Arguments, value: Any, evidence: Evidence) -> dict[str, Player]:
    """Players by the code of their state; none where None is given. What is wrong is noted."""
    if value is None:
        return {}
    states = [actor.code for actor in evidence.states]
    if not isinstance(value, Mapping):
        arguments.entry("players", value).refuse(allowed="a function by the code of each state that is played")
        return {}
    found: dict[str, Player] = {}
    for code, player in value.items():
        if not isinstance(code, str) or code not in states:
            near = nearest_to(code, states) if isinstance(code, str) else None
            arguments.entry("players", code).refuse(allowed=listed(states), nearest=near)
            continue
        arguments.called(f"players.{code}", player, none=False)
        found[code] = player
    return found


def ask(model: Any, state: Any) -> None:
    """Let whoever plays a state answer what lies on its table; what is left open, its rule answers.

    model: a model of agents before the state chooses; state: the agent. Raises `InputError` for what is no answer.
    """
    player = model.players.get(state.code)
    if player is None:
        return
    world, i = model.world, state.place
    model._choosing = True
    try:
        for offer in state.table:
            j, k = model.power(offer.by).place, KINDS.index(offer.kind)
            signed, local = float(world.signed[i, j, k, 0]), float(world.local[i, j, 0])
            said = player(model, replace(offer, exclusivity_signed=signed, local=local))
            if said is None:
                continue
            if not isinstance(said, bool | np.bool_):
                arguments = Arguments("sim.Model")
                arguments.entry(f"players.{state.code}", said).refuse(
                    message="a player gave back what is no answer", allowed="True, False, or None for the state's own"
                )
                arguments.refuse_if_wrong()
            world.told[i, j, k, 0], world.instructed[i, 0] = 1.0 if said else -1.0, 1.0  # as an event of the turn does
            model.moves.append(answer_event(offer, bool(said)))
    finally:
        model._choosing = False


def cast(model: Any, state: Any) -> None:
    """Let a state vote as whoever plays it said, whatever events of the scenario had told it before."""
    how = model._votes.pop(state.code, None)
    if how is not None:
        model.world.told_vote[state.place, 0] = vote_code(how)


def vote_event(quarter: int, state: str, how: str) -> Event:
    """A vote as an event of its quarter."""
    return Event(at=quarter, kind=EventKind.ANSWER, fields={"by": state, "vote": how})


def answer_event(offer: Offer, said: bool) -> Event:
    """The answer to one offer as an event of its quarter."""
    fields: dict[str, FieldValue] = {"by": offer.to, "to": (offer.by,), "kind": offer.kind, "say": SAID[said]}
    return Event(at=offer.quarter, kind=EventKind.ANSWER, fields=fields)


def with_moves(prepared: PreparedEnsemble, moves: Sequence[Event]) -> PreparedEnsemble:
    """The same scenario with more answers, votes and visits, made ready; of two on one thing the later holds."""
    if not moves:
        return prepared
    scenario = replace(prepared.scenario, events=(*prepared.scenario.events, *moves))
    events = tuple(sorted(scenario.events, key=lambda event: event.at))
    rows, event_of = rows_of(events, prepared.evidence)
    return replace(prepared, scenario=scenario, events=events, rows=rows, event_of=event_of)
