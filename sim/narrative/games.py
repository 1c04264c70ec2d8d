"""One state played quarter by quarter: what lies on its table, why, what a yes would lead to, and the game as a file.

A game is a `sim.Model` with one player. What is added is that the table of the coming quarter can be looked at, as
often as one likes, before anything is decided.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.previews import FUTURES, HORIZON, MOST_FUTURES, Preview, preview
from sim.batch.outcomes import outcome_words, summarise, thresholds
from sim.engine.agents import Model
from sim.engine.offer import Offer
from sim.engine.players import SAID, answer_event, vote_event, with_moves
from sim.io.arguments import Arguments
from sim.io.errors import input_error
from sim.io.limits import LONGEST
from sim.io.shown import Shown
from sim.io.writers import write_text
from sim.model.world import unpack
from sim.narrative.counterfactual import code_meant, explain
from sim.narrative.replay import Moment, Replay
from sim.scenario.calendar import quarter_text
from sim.scenario.events import VOTE_WORDS, Event, EventKind
from sim.scenario.game_file import check_extendable, game_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.engine.ensemble import PreparedEnsemble
    from sim.narrative.explanation import Explanation
    from sim.scenario.scenario import Scenario

STANDING = ("output", "stability", "effective_partners")
"""Measures by which a player sees how the state stands."""


@dataclass(frozen=True, kw_only=True)
class Ballot:
    """A vote in which a state is asked for its answer.

    yes, no: powers that ask for either, by code; rule: how the state votes if nothing is said (yes, no, abstain or
    away); told: how it is to vote, empty where that is left to its rule.
    """

    yes: tuple[str, ...]
    no: tuple[str, ...]
    rule: str
    told: str = ""


def told_of(rows: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """How many answers or votes of a game were told, not left to the rule, and how many of them as the rule would."""
    told = [row for row in rows if row["said"]]
    return len(told), sum(row["said"] == row["rule"] for row in told)


class Game(Shown):
    """A scenario in which one state is played; its other states, and every power, go by their rules.

    scenario, seed, numbers, fitted, seeds: as for `sim.Model`; state: code or name. `inbox` is what lies on the table
    in the coming `quarter`, and `balloted` the vote of that quarter, if there is one; `answer`, `visit`, `vote` and
    then `step`. What is left open, the rule of the state answers.
    """

    def __init__(
        self,
        scenario: str | Path | Scenario,
        state: str,
        seed: int | None = None,
        *,
        numbers: Mapping[str, float] | None = None,
        fitted: str | None = None,
        seeds: str | Path | None = None,
    ) -> None:
        arguments = Arguments("sim.Game")
        state = arguments.text("state", state)
        arguments.refuse_if_wrong()
        self.model = Model(scenario, seed, numbers=numbers, fitted=fitted, seeds=seeds)
        states = self.model.evidence.states
        self.state = code_meant("state", state, {one.code: one.name for one in states}, "play")
        self.model.players = {self.state: self._said}
        self._pending: dict[tuple[str, str], Event] = {}
        self._vote = ""
        self._votes: list[dict[str, Any]] = []
        self._seen: tuple[tuple[Offer, ...], Ballot | None] | None = None

    @property
    def quarter(self) -> int:
        """The coming quarter, as year * 4 + quarter - 1."""
        return self.model.quarter + 1

    @property
    def over(self) -> bool:
        """Whether the last quarter has been played."""
        return self.model.quarter >= self.model.setting.end

    @property
    def inbox(self) -> tuple[Offer, ...]:
        """What lies on the table in the coming quarter; none once the game is over.

        Each offer has its worth, its odds and what the rule of the state says to it: `accepted`, unless `told` says
        that it has been decided already. Odds move with what is decided of other offers.
        """
        return self._coming[0]

    @property
    def balloted(self) -> Ballot | None:
        """The vote in which the state is asked for its answer in the coming quarter; None where there is none."""
        ballot = self._coming[1]
        return ballot and replace(ballot, told=self._vote)

    @property
    def _coming(self) -> tuple[tuple[Offer, ...], Ballot | None]:
        """Offers and the vote of the coming quarter, as far as it is decided; a vote is left to its rule."""
        if self._seen is None:
            self._seen = (), None
            if not self.over:
                ready = with_moves(self.model.prepared, [*self.model.moves, *self._pending.values()])
                moment = Replay(ready, self.model.run_number).moment(self.quarter)
                self._seen = tuple(one for _, one in moment.offers() if one.to == self.state), self._ballot(moment)
        return self._seen

    def _ballot(self, moment: Moment) -> Ballot | None:
        """What powers ask for in a quarter, and how the state votes in it."""
        powers, asked = self.model.evidence.powers, moment.world.ballot[:, 0]
        if not np.any(asked):
            return None
        yes, no = (tuple(powers[j].code for j in np.flatnonzero(asked == side)) for side in (1.0, -1.0))
        voted = int(unpack(moment.replay.store).vote[self.model.state(self.state).place, 0])
        return Ballot(yes=yes, no=no, rule=VOTE_WORDS[voted - 1])

    @property
    def _ready(self) -> PreparedEnsemble:
        """The game so far with what has been decided of the coming quarter, made ready."""
        votes = [vote_event(self.quarter, self.state, self._vote)] if self._vote else []
        return with_moves(self.model.prepared, [*self.model.moves, *self._pending.values(), *votes])

    def answer(self, offer: Offer, said: bool | None) -> None:
        """Say yes (True) or no (False) to an offer of the inbox, or leave it to the rule again (None)."""
        arguments = Arguments("Game.answer")
        asked = self._asked(arguments, offer)
        said = None if said is None else arguments.flag("said", said)
        arguments.refuse_if_wrong()
        self._check_there(asked)
        self._pending.pop((asked.by, asked.kind), None)
        if said is not None:
            self._pending[asked.by, asked.kind] = answer_event(asked, said)
        self._seen = None

    def visit(self, power: str) -> None:
        """Send the leader to a power in the coming quarter."""
        arguments = Arguments("Game.visit")
        arguments.text("power", power)
        arguments.refuse_if_wrong()
        self.model.visit(self.state, power)

    def vote(self, how: str | None) -> None:
        """Say how the state votes in the coming quarter, or leave it to the rule again (None).

        how: yes, no, abstain or away. Raises `InputError` where no power asks for a vote then.
        """
        arguments = Arguments("Game.vote")
        how = "" if how is None else arguments.choice("how", how, VOTE_WORDS)
        arguments.refuse_if_wrong()
        if self.balloted is None:
            message = "the game is over" if self.over else "no power asks for a vote"
            raise input_error("sim.Game", message, found=quarter_text(self.model.quarter + (not self.over)))
        self._vote = how

    def step(self) -> tuple[Offer, ...]:
        """Play the coming quarter; the offers of the state as they were answered."""
        told = self.balloted if self._vote else None
        if self._vote:
            self.model.vote(self.state, self._vote)
        before = self.model.quarter
        self.model.step()
        if self.model.quarter > before:
            self._note_vote(told)
        self._pending, self._vote, self._seen = {}, "", None
        return tuple(self.model.state(self.state).answered)

    def _note_vote(self, told: Ballot | None) -> None:
        """Keep how the state voted in the quarter just played; told: the ballot, if it was told how to vote."""
        voted = int(self.model.state(self.state).measure("vote"))
        if not voted:
            return
        asked: dict[str, str] = {}
        for event in self.model.happening:
            fields: Mapping[str, Any] = event.fields
            if event.kind is EventKind.VOTE:
                asked |= dict.fromkeys(fields["for"], "yes") | dict.fromkeys(fields["against"], "no")
        row = {"quarter": quarter_text(self.model.quarter)}
        row |= {side: " ".join(code for code in asked if asked[code] == side) for side in ("yes", "no")}
        cast = VOTE_WORDS[voted - 1]
        row |= {"said": told.told if told else "", "voted": cast, "rule": told.rule if told else cast}
        self._votes.append(row)

    def why(self, offer: Offer) -> Explanation:
        """An offer of the inbox term by term, as the rule of the state weighs it, and what would turn its answer."""
        asked = self._asked(arguments := Arguments("Game.why"), offer)
        arguments.refuse_if_wrong()
        self._check_there(asked)
        run, quarter = self.model.run_number, asked.quarter
        return explain(self._ready, run, state=self.state, at=quarter, by=asked.by, kind=asked.kind)[0]

    def preview(
        self, offer: Offer, *, runs: int = FUTURES, horizon: int = HORIZON, clauses: float | None = None
    ) -> Preview:
        """What a yes to an offer of the inbox would change, against a no (`sim.preview`).

        clauses: a share 0..1 to try in place of what bargaining left; it can be tried, and not offered.
        """
        asked = self._asked(arguments := Arguments("Game.preview"), offer)
        runs = arguments.whole("runs", runs, 1, MOST_FUTURES)
        horizon = arguments.whole("horizon", horizon, 1, LONGEST)
        clauses = None if clauses is None else arguments.share("clauses", clauses)
        arguments.refuse_if_wrong()
        self._check_there(asked)
        return preview(self._ready, asked, self.model.run_number, runs=runs, horizon=horizon, clauses=clauses)

    @property
    def standing(self) -> dict[str, float]:
        """How the state stood at the end of the last quarter, by measure; empty before the first."""
        if self.quarter == self.model.setting.start:
            return {}
        state = self.model.state(self.state)
        return {name: state.measure(name) for name in STANDING}

    @property
    def decisions(self) -> list[dict[str, Any]]:
        """What was answered so far, offer by offer, and what the rule would have said: rows for a table."""
        return [
            {
                "quarter": quarter_text(one.quarter),
                "power": one.by,
                "kind": one.kind,
                "size": one.size,
                "said": one.told,
                "signed": bool(one.accepted),
                "rule": "yes" if one.by_rule else "no",
                "odds": one.probability,
            }
            for one in self.model.offers
            if one.to == self.state
        ]

    @property
    def votes(self) -> list[dict[str, Any]]:
        """How the state voted so far, vote by vote: rows for a table.

        yes, no: codes of the powers that asked for either, parted by blanks; said: what the state was told, empty where
        that was left to its rule; voted; rule: what the rule says.
        """
        return [dict(row) for row in self._votes]

    @property
    def ending(self) -> str:
        """The outcome word of the state where the run ends: by its rule from here on, unless the game is over."""
        block = self.model.as_played.run_block(self.model.run_number, 1)
        summary = summarise(block, thresholds(self.model.prepared.values))
        words = outcome_words(summary.outcome[0, -1], summary.power[0, -1], block.powers)
        return str(words[block.states.index(self.state)])

    def text(self, folder: str | Path = ".") -> str:
        """The game so far as a scenario file that is to lie in `folder`; run 0 of it is the game."""
        arguments = Arguments("Game.text")
        folder = arguments.path("folder", folder)
        arguments.refuse_if_wrong()
        model = self.model
        name = next(one.name for one in model.evidence.states if one.code == self.state)
        title = f"{name} played in {model.setting.name}"
        numbers = {known: float(np.ravel(model.values[known])[0]) for known in model.given}
        how: dict[str, Any] = {"title": title, "seed": model.prepared.seed, "numbers": numbers, "folder": folder}
        return game_text(model.setting, model.moves, **how)

    def save(self, path: str | Path) -> Path:
        """Write the game as a scenario file, whole; gives its path. Raises `InputError` where it cannot be written."""
        arguments = Arguments("Game.save")
        path = arguments.path("path", path)
        arguments.refuse_if_wrong()
        text = self.text(path.parent)
        try:
            write_text(path, text)
        except OSError as error:
            raise input_error(str(path), f"this file cannot be written ({error.strerror or error})") from error
        return path

    def check_can_be_saved(self, path: str | Path) -> None:
        """Refuse before a game begins what could not be written in the end: see `save`."""
        arguments = Arguments("Game.check_can_be_saved")
        path = arguments.path("path", path)
        arguments.refuse_if_wrong()
        check_extendable(self.model.setting, path.parent)

    def _said(self, _: Model, offer: Offer) -> bool | None:
        decided = self._pending.get((offer.by, offer.kind))
        return None if decided is None else decided.fields["say"] == SAID[True]

    @staticmethod
    def _asked(arguments: Arguments, offer: Offer) -> Offer:
        return arguments.made("offer", offer, Offer, "an offer of the inbox")

    def _check_there(self, offer: Offer) -> None:
        if all((one.quarter, one.by, one.kind) != (offer.quarter, offer.by, offer.kind) for one in self.inbox):
            found = f"{offer.kind} by {offer.by} in {quarter_text(offer.quarter)}"
            raise input_error("sim.Game", "no such offer lies on the table", found=found)
