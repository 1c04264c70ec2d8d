"""A model is copied whole or not at all, and a step that was broken off is never forgotten."""

import copy
import dataclasses
import inspect
import pickle
import random

import mesa
import numpy as np
import pytest

import sim
from sim.engine.agents import Model, Power, State
from sim.engine.whole import BrokenModel
from sim.io.errors import InputError
from sim.scenario.scenario import load_scenario

AFTER = 2


class Watcher(mesa.Agent):
    """An agent that is none of the states and powers, with things of its own."""

    def __init__(self, model):
        super().__init__(model)
        self.seen = []

    def look(self):
        self.seen.append((len(self.model.offers), self.random.random(), self.model.rng.random()))


class Watched(Model):
    """A model that somebody has extended."""

    def __init__(self, *args, **named):
        super().__init__(*args, **named)
        self.watcher = Watcher(self)
        self.favourites = self.states.select(at_most=1)

    def step(self):
        super().step()
        self.watcher.look()


@pytest.fixture(scope="module")
def short():
    scenario = load_scenario("toy")
    return dataclasses.replace(scenario, end=scenario.start + 7)


def stepped(model, steps):
    for _ in range(steps):
        model.step()
    return model


def bits(model):
    """Everything that can be seen of a model, and what decides what comes."""
    collector = model.datacollector
    return {
        "record": (model.by_power.tobytes(), model.by_state.tobytes()),
        "world": [part.tobytes() for part in model.store],
        "views": [np.asarray(part).tobytes() for part in model.world],
        "numbers": model.numbers.tobytes(),
        "offers": model.offers,
        "laid": model.laid.answers.tobytes(),
        "model rows": collector.get_model_vars_dataframe().to_csv(),
        "state rows": collector.get_agenttype_vars_dataframe(State).to_csv(),
        "chance": (model.random.getstate(), str(model.rng.bit_generator.state)),
        "agents": [(type(agent).__name__, agent.unique_id) for agent in model.agents],
        "desks": [(state.table, state.answered) for state in model.states],
        "own": (model.watcher.seen, [state.code for state in model.favourites]),
        "clock": (model.steps, model.quarter, model.running, getattr(model, "time", None)),
    }


BRANCHES = {
    "deepcopy": copy.deepcopy,
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "deepcopy of an agent": lambda model: copy.deepcopy(model.watcher).model,
    "pickle of an agent": lambda model: pickle.loads(pickle.dumps(next(iter(model.powers)))).model,
    "pickle of a set of agents": lambda model: next(iter(pickle.loads(pickle.dumps(model.states)))).model,
    "copy of a copy": lambda model: copy.deepcopy(pickle.loads(pickle.dumps(model))),
}


@pytest.mark.parametrize("steps", [0, 3])
@pytest.mark.parametrize("how", BRANCHES)
def test_a_branch_is_exact_and_goes_its_own_way(how, steps, short):
    model = stepped(Watched(short, seed=3), steps)
    branch = BRANCHES[how](model)
    before = bits(model)
    assert bits(branch) == before
    stepped(branch, AFTER)
    assert bits(model) == before, "the branch has moved the original"
    assert bits(stepped(model, AFTER)) == bits(branch)
    assert Watcher(model).unique_id == Watcher(branch).unique_id == len(model.agents)
    assert all(agent.model is branch for agent in branch.agents)


def test_a_branch_follows_events_that_set_numbers():
    """Settings remember what they hold; at home, with many powers."""
    model = stepped(Model("washington-summit", seed=2), 5)
    branch = copy.deepcopy(model)
    stepped(branch, 8)
    stepped(model, 8)
    assert branch.by_power.tobytes() == model.by_power.tobytes()
    assert branch.offers == model.offers
    assert branch.evidence is model.evidence, "what never changes is shared"


def test_a_branch_may_be_told_something_else(short):
    model = stepped(Model(short, seed=3), 3)
    branch = copy.deepcopy(model)
    branch.world.trust[:] = 0.0
    assert model.world.trust.any()
    assert stepped(branch, 2).by_power.tobytes() != stepped(model, 2).by_power.tobytes()


def iter_of(model):
    yield len(model.offers)


def function_that_holds(model):
    return lambda anything: len(model.offers)


TIES = {
    "a shallow copy": (lambda model: None, copy.copy, "deepcopy"),
    "a view": (lambda model: setattr(model, "mine", model.world.trust[0]), copy.deepcopy, "'mine'.*view"),
    "a view of an agent": (
        lambda model: setattr(model.state("ALD"), "mine", model.world.trust[0]),
        pickle.dumps,
        r"'mine' of State\(ALD\)",
    ),
    "a function": (lambda model: setattr(model, "ask", function_that_holds(model)), copy.deepcopy, "'ask'.*function"),
    "a reporter": (
        lambda model: model.datacollector.model_reporters.update(odd=function_that_holds(model.state("ALD").model)),
        copy.deepcopy,
        "'odd'.*function",
    ),
    "a generator": (lambda model: setattr(model, "log", iter_of(model)), copy.deepcopy, "cannot be copied.*generator"),
}


@pytest.mark.parametrize("what", TIES)
def test_what_would_tie_a_copy_to_the_model_is_refused(what, short):
    tie, make, said = TIES[what]
    model = Model(short, seed=3)
    tie(model)
    with pytest.raises(InputError, match=said):
        make(model)


def test_a_model_is_not_copied_in_the_middle_of_a_step(short):
    model = Model(short, seed=3)
    refused = []

    def look(phase):
        for use in (copy.deepcopy, pickle.dumps, Model.step):
            with pytest.raises(InputError) if use is not Model.step else pytest.raises(InputError, match="under way"):
                model.step() if use is Model.step else use(model)
            refused.append(use)

    model.state("ALD").resolve = look
    model.step()
    assert len(refused) >= 3


def test_another_version_is_not_taken(short):
    state = Model(short).__getstate__()
    with pytest.raises(InputError, match=r"found Multivector 0\.0\.1.*another version.*allowed: Multivector"):
        object.__new__(Model).__setstate__(state | {"made_with": "Multivector 0.0.1 with Mesa 3.3.1"})


# --- broken off ------------------------------------------------------------------------------------------------------


USES = {
    "step": lambda model: model.step(),
    "run_model": lambda model: model.run_model(),
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
    "pickle": pickle.dumps,
    "offers": lambda model: model.offers,
    "world": lambda model: model.world,
    "running": lambda model: model.running,
    "rows": lambda model: model.datacollector,
    "state": lambda model: model.state("ALD"),
    "agents": lambda model: list(model.agents),
    "steps": lambda model: model.steps,
    "explain": lambda model: sim.explain(model, state="ALD"),
}


def at_call(number, of, error):
    """A method that works until its n-th call."""
    calls = iter(range(number))

    def method(*args, **named):
        if next(calls, None) is None:
            raise error
        return of(*args, **named)

    return method


def break_in_the_turn(model):
    model.play = at_call(40, model.play, KeyboardInterrupt())


def break_in_an_agent(model):
    power = model.power("OST")
    power.decide = at_call(2, power.decide, RuntimeError("out of ideas"))


def break_in_an_observer(model):
    model.datacollector.collect = at_call(2, model.datacollector.collect, ZeroDivisionError())


def break_in_an_extension(model):
    model.watcher.look = at_call(2, model.watcher.look, SystemExit())


def break_in_mesa(model):
    within = "_do_step" if hasattr(model, "_do_step") else "_user_step"
    if within == "_user_step":
        model._user_step = at_call(2, model._user_step, KeyboardInterrupt())
    else:
        events = model._event_list
        events.pop_event = at_call(5, events.pop_event, KeyboardInterrupt())


@pytest.mark.parametrize("way", ["step", "run_model", "run_for"])
@pytest.mark.parametrize(
    "breaking", [break_in_the_turn, break_in_an_agent, break_in_an_observer, break_in_an_extension, break_in_mesa]
)
def test_a_model_whose_step_was_broken_off_says_so_ever_after(breaking, way, short):
    model = Watched(short, seed=3)
    state = model.state("ALD")
    if not hasattr(model, way):
        pytest.skip("not in this version of Mesa")
    breaking(model)
    asked = {"step": (lambda: stepped(model, 8)), "run_for": (lambda: model.run_for(8))}.get(way, model.run_model)
    with pytest.raises((KeyboardInterrupt, SystemExit, RuntimeError, ZeroDivisionError)):
        asked()
    for use in USES.values():
        with pytest.raises(BrokenModel, match=r"this model is broken: \w+ broke off a step at 20\d\d-Q\d"):
            use(model)
    with pytest.raises(BrokenModel):
        state.measure("effective_partners")
    assert isinstance(model, Model)
    assert "Broken" in repr(model)


def test_another_model_is_as_well_as_ever(short):
    model = Model(short, seed=3)
    kept = copy.deepcopy(stepped(model, 2))
    break_in_an_agent(model)
    with pytest.raises(RuntimeError):
        stepped(model, 4)
    assert stepped(kept, 4).by_state.tobytes() == stepped(Model(short, seed=3), 6).by_state.tobytes()


# --- seeds under both names ------------------------------------------------------------------------------------------


def test_a_seed_has_two_names_and_one_value(short):
    by_seed, by_rng = (stepped(Model(short, **{name: 5}), 2) for name in ("seed", "rng"))
    assert by_seed.by_power.tobytes() == by_rng.by_power.tobytes()
    with pytest.raises(InputError, match=r"rng: found '5'.*beside a seed"):
        Model(short, seed=5, rng=5)
    for wrong in (1.5, True, "1", -1, np.random.default_rng(1)):
        with pytest.raises(InputError, match="rng"):
            Model(short, rng=wrong)


def test_batches_of_mesa_see_the_name_that_they_leave_alone():
    assert list(inspect.signature(Model).parameters) == [
        "scenario",
        "rng",
        "run",
        "numbers",
        "fitted",
        "seeds",
        "players",
    ]
    assert set(inspect.signature(Watched).parameters) == {"args", "named"}


def test_chance_for_those_who_extend_the_model_is_one_for_every_run(short):
    draws = [Model(short, run=run).random.random() for run in (0, 1, 0)]
    assert draws[0] == draws[2] != draws[1]
    assert isinstance(Model(short).random, random.Random)
    assert {type(agent) for agent in Model(short).agents} == {State, Power}


def test_every_actor_acts_and_once():
    model = Model("toy", seed=1)
    state = model.state("ALD")
    state.remove()
    for _ in range(2):  # it is refused before anything has moved, and the model is not broken by it
        with pytest.raises(InputError, match="found ALD taken away"):
            model.step()
    assert model.quarter == model.setting.start - 1
    model.register_agent(state)
    twin = type(state)(model, state.actor, state.place)
    with pytest.raises(InputError, match="there twice"):
        model.run_model()
    twin.remove()
    model.step()


def test_a_measure_is_asked_by_a_name_there_is():
    state = Model("toy", seed=1).state("ALD")
    with pytest.raises(InputError, match=r"State\.measure: name: found 'hhj'; allowed: .*Did you mean 'hhi'\?"):
        state.measure("hhj")
