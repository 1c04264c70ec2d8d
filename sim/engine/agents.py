"""The model as Mesa sees it: states and powers that perceive, decide and resolve, and hand each other offers.

The agents hold no rules. Each calls the phases of `sim.model.turn` for itself with one lane, so that a run here is the
same to the last bit as the same run in the ensemble; what Mesa adds is that everything can be looked at: who is on the
table with what, what was answered, and why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine.block import Block
from sim.engine.collecting import Collector, as_batches_see_it, measure_place, mesa, one_seed
from sim.engine.ensemble import PreparedEnsemble, offer_totals, prepare_checked
from sim.engine.ensemble import prepare as prepare_ensemble
from sim.engine.laid_offers import LaidOffers
from sim.engine.offer import Offer, offer_at
from sim.engine.players import Playable, Player, ask, cast, given_players
from sim.engine.sampling import event_dates
from sim.engine.ways import chosen, compile_behind
from sim.engine.whole import Whole
from sim.evidence.actors import Actor
from sim.evidence.evidence import Evidence
from sim.io.arguments import Arguments
from sim.io.errors import input_error, listed, nearest_to
from sim.model.chance import lucks
from sim.model.fields import KINDS
from sim.model.parameters import vector
from sim.model.schedule import QUARTER, Phase
from sim.model.variables import BY_POWER, BY_STATE
from sim.model.world import axes_of, build, unpack
from sim.scenario.arguments import check_setting, given_fitted, given_numbers
from sim.scenario.events import Event
from sim.scenario.scenario import Scenario, evidence_of, scenario_of, with_fitted


class _Actor(mesa.Agent):
    """What states and powers share: a name, a place in the arrays, and the three moves of a turn."""

    def __init__(self, model: "Model", actor: Actor, place: int) -> None:
        super().__init__(model)
        self.actor = actor
        self.place = place

    @property
    def code(self) -> str:
        """The three-letter code."""
        return self.actor.code

    @property
    def name(self) -> str:
        """The name in full."""
        return self.actor.name

    def perceive(self, phase: Phase) -> None:
        """See what has changed in the world."""
        self.model.play(phase, self.place)

    def decide(self, phase: Phase) -> None:
        """Make, counter or answer offers; plan visits."""
        self.model.play(phase, self.place)

    def resolve(self, phase: Phase) -> None:
        """Live with what was decided."""
        self.model.play(phase, self.place)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code})"


class State(_Actor):
    """A state between powers: it bargains over what is on its table, accepts or refuses, and travels."""

    def __init__(self, model: "Model", actor: Actor, place: int) -> None:
        super().__init__(model, actor, place)
        self.table: list[Offer] = []
        self.answered: list[Offer] = []

    def decide(self, phase: Phase) -> None:
        """Counter the terms, answer every offer on the table, then vote."""
        if phase is Phase.CHOOSE:
            ask(self.model, self)
        elif phase is Phase.DIPLOMACY:
            cast(self.model, self)
        super().decide(phase)
        if phase is Phase.CHOOSE:
            self.answered = [self.model.answer_to(offer) for offer in self.table]
            self.table = []
            self.model.offers.extend(self.answered)

    def perceive(self, phase: Phase) -> None:
        """Look around; last quarter's answers leave the desk."""
        self.answered = []
        super().perceive(phase)

    @property
    def alignment(self) -> dict[str, float]:
        """Share of ties by power; the rest is with others and at home."""
        return self._by_power("alignment")

    @property
    def dependence(self) -> dict[str, float]:
        """Dependence by power, 0..1."""
        return self._by_power("dependence")

    @property
    def trust(self) -> dict[str, float]:
        """Trust by power, 0..1."""
        return self._by_power("trust")

    @property
    def pressure(self) -> dict[str, float]:
        """Pressure in force by power, 0..1."""
        return self._by_power("pressure")

    @property
    def need(self) -> dict[str, float]:
        """Unmet need by kind of offer, 0..1."""
        return {kind: float(self.model.world.need[self.place, k, 0]) for k, kind in enumerate(KINDS)}

    @property
    def visits(self) -> dict[str, bool]:
        """Visits this quarter by power; True where it was not on the calendar."""
        gone, extra = self.model.world.visit[self.place, :, 0], self.model.world.compensated[self.place, :, 0]
        return {power.code: bool(extra[j]) for j, power in enumerate(self.model.powers) if gone[j] > 0.0}

    @property
    def side(self) -> str | None:
        """The power whose side the state has taken, if any."""
        taken = np.flatnonzero(self.model.world.sided[self.place, :, 0])
        return self.model.evidence.powers[int(taken[0])].code if len(taken) else None

    def measure(self, name: str) -> float:
        """A measure of the last quarter by name (`sim.model.variables.BY_STATE`)."""
        return float(self.model.by_state[self.model.page, self.place, measure_place(name), 0])

    def _by_power(self, field: str) -> dict[str, float]:
        row = getattr(self.model.world, field)[self.place, :, 0]
        return {power.code: float(row[j]) for j, power in enumerate(self.model.evidence.powers)}


class Power(_Actor):
    """A power outside: it lays offers before states and reacts to what moves against it."""

    def decide(self, phase: Phase) -> None:
        """Lay this quarter's offers on the tables of the states."""
        super().decide(phase)
        for state in self.model.states:
            state.table.extend(self.model.offers_on(state, self))

    @property
    def rivalry(self) -> dict[str, dict[str, float]]:
        """Rivalry with the other powers by domain, -1..1."""
        level = self.model.world.rivalry[self.place, :, :, 0]
        return {
            other.code: {"economic": float(level[j, 0]), "security": float(level[j, 1])}
            for j, other in enumerate(self.model.evidence.powers)
            if j != self.place
        }

    @property
    def purse(self) -> dict[str, float]:
        """What the power can still sign, by kind: bn USD, security in index points."""
        return {kind: float(self.model.world.purse[self.place, k, 0]) for k, kind in enumerate(KINDS)}


class Model(Whole, Playable, mesa.Model):
    """One run of a scenario, quarter by quarter.

    scenario: a name, a path or a `Scenario`; seed: the scenario's own if None; run: which run of the batch with that
    seed; numbers: values by name that override the scenario's, as in `sim.engine.ensemble.prepare`; fitted: how fitted
    numbers are taken, `posterior` or `fixed`, in place of what the scenario says; seeds: the folder of a world of one's
    own, where the scenario is not loaded yet; rng: Mesa's word for the seed, a whole number; players: by the code of a
    state a function that answers its offers (`sim.engine.players`). Raises `InputError` for what does not exist, and
    for what a scenario file could not say either.

    After every `step`, `offers` holds all offers answered so far, the agents show their state, and `datacollector` has
    one more row for the model and for every state. `copy.deepcopy(model)` and pickle make a branch that goes on as this
    model would. Once a step is broken off, every use raises `sim.engine.whole.BrokenModel`.
    """

    agent_numbers = getattr(mesa.Agent, "_ids", None)  # up to Mesa 3.3 it counts outside of the model

    def __init__(
        self,
        scenario: str | Path | Scenario = "baseline",
        seed: int | None = None,
        run: int = 0,
        numbers: Mapping[str, float] | None = None,
        fitted: str | None = None,
        *,
        rng: int | None = None,
        seeds: str | Path | None = None,
        players: Mapping[str, Player] | None = None,
    ) -> None:
        scenario = scenario_of(scenario, seeds, "sim.Model")
        evidence = evidence_of(scenario)
        arguments = Arguments("sim.Model")
        scenario = with_fitted(scenario, given_fitted(arguments, fitted))
        scenario = check_setting(scenario, evidence, arguments)
        seed, run = one_seed(arguments, seed, rng), arguments.run(run)
        self.given = given_numbers(arguments, numbers, evidence)
        self.players = given_players(arguments, players, evidence)
        self.moves: list[Event] = []  # what players did, as events
        self._votes: dict[str, str] = {}  # how states are to vote in the coming quarter
        arguments.refuse_if_wrong()
        compile_behind("sim.engine.first_time", 1, 1)
        self.evidence: Evidence = evidence
        self.prepared = prepare_checked(scenario, evidence, seed, self.given)
        own = int(lucks(self.prepared.seed, run, 1)[0])  # another one for every run
        super().__init__(rng=own)  # for whoever extends the model; our own chance is addressed
        self.setting, self.run_number = scenario, run
        self.values = self.prepared.values_of(run, 1)
        self.happenings = self.prepared.happenings(run, 1)
        self.dates = event_dates(scenario.events, self.prepared.seed, run, 1)[:, 0]
        self.settings = self.prepared.settings(run, 1)
        self.laid = LaidOffers(self.prepared.events, self.prepared.dates(run, 1), evidence)
        self.store = build(self.evidence, self.values, lucks(self.prepared.seed, run, 1), explain=True)
        self.world = unpack(self.store)
        self.numbers = vector(self.values, 1)
        axes = axes_of(self.evidence)
        shape = (scenario.quarters, len(axes["i"]))
        self.by_power = np.zeros((*shape, len(axes["j"]), len(BY_POWER), 1))
        self.by_state = np.zeros((*shape, len(BY_STATE), 1))
        self.quarter = scenario.start - 1  # the quarter last played
        self.offers: list[Offer] = []
        for place, actor in enumerate(self.evidence.states):
            State(self, actor, place)
        for place, actor in enumerate(self.evidence.powers):
            Power(self, actor, place)
        for state in self.states:
            self.play(Phase.START, state.place)
        self.datacollector = Collector(State, self.evidence)
        self.guard()

    @property
    def states(self) -> mesa.agent.AgentSet:
        """The states, in the order of the actors' file."""
        return self.agents_by_type[State]

    @property
    def powers(self) -> mesa.agent.AgentSet:
        """The powers, in the order of the actors' file."""
        return self.agents_by_type[Power]

    def step(self) -> None:
        """One quarter: everyone perceives, decides and resolves, phase by phase."""
        if self.quarter >= self.setting.end:
            self.running = False
            return
        self.quarter += 1
        self.settings.apply(self.store, self.numbers, self.quarter)
        for phase in QUARTER:
            if phase.owner == "events":
                self.play(phase, 0)
            else:
                getattr(self, phase.owner).do(phase.move, phase)
        self.laid.look(self.world, self.quarter)
        self.datacollector.collect(self)
        self.running = self.quarter < self.setting.end

    def run_model(self) -> "Model":
        """Play to the end of the scenario; returns the model."""
        while self.running:
            self.step()
        return self

    def play(self, phase: Phase, place: int) -> None:
        """Let one actor go through one phase of the current quarter."""
        arguments = Arguments("sim.Model.play")  # compiled code would write wherever it is sent
        arguments.made("phase", phase, Phase, "a Phase of `sim.model.schedule`")
        actors = max(len(self.evidence.states), len(self.evidence.powers))
        place = arguments.whole("place", place, 0, actors - 1)
        arguments.refuse_if_wrong()
        page = self.page
        with np.errstate(over="ignore"):  # addresses wrap round on purpose when nothing is compiled
            chosen(1).advance(
                self.store,
                self.numbers,
                self.happenings,
                self.quarter,
                1,
                int(phase),
                place,
                self.prepared.pole,
                self.by_power[page : page + 1],
                self.by_state[page : page + 1],
            )

    @property
    def page(self) -> int:
        """The place of the current quarter in the record."""
        return max(0, self.quarter - self.setting.start)

    @property
    def happening(self) -> list[Event]:
        """The events that happen in the current quarter of this run."""
        return [event for event, date in zip(self.setting.events, self.dates, strict=True) if date == self.quarter]

    def state(self, code: str) -> State:
        """A state by its code."""
        state: State = self._actor(self.states, code)
        return state

    def power(self, code: str) -> Power:
        """A power by its code."""
        power: Power = self._actor(self.powers, code)
        return power

    def _actor(self, actors: mesa.agent.AgentSet, code: str) -> Any:
        arguments = Arguments("sim.Model")
        arguments.text("code", code)
        arguments.refuse_if_wrong()
        known = {actor.code: actor for actor in actors}
        if code not in known:
            raise input_error(
                self.setting.name,
                "there is no such actor",
                found=f"'{code}'",
                allowed=listed(known, "list actors"),
                nearest=nearest_to(code, known),
            )
        return known[code]

    def offers_on(self, state: State, power: Power) -> list[Offer]:
        """What a power has just laid before a state, unanswered."""
        arguments = Arguments("sim.Model.offers_on")
        arguments.made("state", state, State, "a state of this model, as `model.state` gives it")
        arguments.made("power", power, Power, "a power of this model, as `model.power` gives it")
        w, i, j = self.world, state.place, power.place
        return [
            Offer(
                quarter=self.quarter,
                by=power.code,
                to=state.code,
                kind=kind,
                size=float(w.size[i, j, k, 0]),
                exclusivity_asked=float(w.asked[i, j, k, 0]),
                strings=float(w.strings[i, j, k, 0]),
            )
            for k, kind in enumerate(KINDS)
            if w.size[i, j, k, 0] > 0.0
        ]

    def answer_to(self, offer: Offer) -> Offer:
        """An offer with its answer, and with what decided it."""
        Arguments("sim.Model.answer_to").made("offer", offer, Offer, "an offer, as `model.offers_on` gives it")
        places = self.state(offer.to).place, self.power(offer.by).place, KINDS.index(offer.kind)
        return offer_at(self.world, self.quarter, axes_of(self.evidence), places)


Model.__init__.__signature__ = as_batches_see_it(Model.__init__)  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True)
class PreparedAgents:
    """A scenario made ready to be run by Mesa's agents, one run after the other; the same results, slowly."""

    ensemble: PreparedEnsemble

    @property
    def quarters(self) -> tuple[int, ...]:
        """The quarters played."""
        return self.ensemble.quarters

    def run_block(self, first: int, count: int) -> Block:
        """Play runs `first` .. `first + count - 1`."""
        models = [
            Model(self.ensemble.scenario, seed=self.ensemble.seed, run=run).run_model()
            for run in range(first, first + count)
        ]
        axes = axes_of(self.ensemble.evidence)
        return Block(
            first=first,
            states=axes["i"],
            powers=axes["j"],
            kinds=KINDS,
            quarters=self.quarters,
            by_power=np.stack([model.by_power[..., 0] for model in models]),
            by_state=np.stack([model.by_state[..., 0] for model in models]),
            offers=np.stack([offer_totals(model.world)[..., 0] for model in models]),
            answers=np.stack([model.laid.answers[:, 0] for model in models]),
        )


def prepare(scenario: Scenario, evidence: Evidence | None = None) -> PreparedAgents:
    """Make a scenario ready to be run by Mesa's agents."""
    return PreparedAgents(ensemble=prepare_ensemble(scenario, evidence))
