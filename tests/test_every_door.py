"""Every function that anybody may call, and every option that anybody may type, with what it must not be given.

The doors are found, not listed: what a wing offers, and what can be done with what it gives back. A new function is
covered as soon as it is offered; where it has an argument of a name that nobody has met, the test fails until
`KINDS` says what that is.
"""

import argparse
import importlib
import inspect
import math
import signal
import threading
from enum import Enum
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from helpers.fake_engine import FakePrepared, fake_scenario
from sim.analysis.sensitivity import load_experiment
from sim.cli.main import _parser
from sim.engine import Offer, ensemble
from sim.evidence import load_history
from sim.io.errors import InputError
from sim.scenario import load_scenario

ROOT = Path(sim.__file__).parent
TOY = load_scenario("toy")
PREPARED = ensemble.prepare(TOY)
EXPERIMENT = "0002-rivalry-and-aversion"


# --- what must not be given ------------------------------------------------------------------------------------------


class Awkward:
    """What cannot be counted, compared or shown."""

    def __repr__(self):
        raise ValueError("nobody can show this")

    def __index__(self):
        raise ValueError("nobody can count this")


ENDLESS = []
ENDLESS.append(ENDLESS)
NOTHING_TAKES = (Awkward(), ENDLESS, b"x", {3: ENDLESS}, pd.NA, np.array([[1.0]]), 10**5000)
"""What is no argument of anything."""

UNKNOWN = st.text(alphabet="qx", min_size=1, max_size=9)
NO_NAME = UNKNOWN | st.integers() | st.floats() | st.lists(UNKNOWN, min_size=1, max_size=2).map(tuple)
NO_TEXT = st.integers() | st.floats() | st.booleans() | st.lists(st.text(), max_size=2)
KIND = {  # by what is meant: what it must not be, and how a parameter of this kind is called
    "whole": (
        st.integers(max_value=-1) | st.integers(min_value=2**63) | st.floats() | st.text() | st.booleans(),
        "runs seed run workers points replicates part parts until thin series most horizon width draws origin place "
        "rng port",
    ),
    "path": (
        st.sampled_from(["", "  ", "a\0b", "x" * 5000, math.nan]) | st.integers() | st.lists(st.text(), max_size=2),
        "out folder file path seeds fit against keep",
    ),
    "scenario": (
        UNKNOWN | st.sampled_from(["", "a\0b", "nowhere/x.yaml", "x" * 5000]) | st.integers() | st.floats(),
        "scenario scenarios question name_or_path what experiment",
    ),
    "told": (UNKNOWN | st.integers() | st.floats(), "told"),
    "flag": (st.integers() | st.text() | st.floats() | st.lists(st.booleans()), "small dated screen null"),
    "answers": (st.integers() | st.text(min_size=1) | st.lists(st.integers() | UNKNOWN, min_size=1), "answers"),
    "players": (
        st.integers() | st.text() | st.lists(st.text()) | st.dictionaries(UNKNOWN, st.integers(), min_size=1),
        "players",
    ),
    "said": (st.integers() | st.text() | st.floats(), "said"),
    "called": (st.integers() | st.text() | st.booleans() | st.lists(st.text()), "write evaluator ready"),
    "watched": (st.integers() | st.text() | st.floats() | st.lists(st.text()), "progress"),
    "level": (
        st.floats(max_value=0.0) | st.floats(min_value=1.0) | st.text() | st.integers() | st.booleans(),
        "level",
    ),
    "share": (
        st.floats(max_value=-0.01) | st.floats(min_value=1.01) | st.text() | st.booleans() | st.just(math.nan),
        "clauses",
    ),
    "names": (
        UNKNOWN | st.lists(UNKNOWN | st.integers(), min_size=1, max_size=3) | st.integers() | st.booleans(),
        "only systems states measures kept ways names",
    ),
    "least": (st.floats(max_value=-0.1) | st.text() | st.booleans() | st.just(math.nan), "least"),
    "years": (UNKNOWN | st.lists(st.integers(max_value=1900), min_size=1) | st.floats() | st.booleans(), "origins"),
    "name": (
        NO_NAME,
        "fitted numbers engine switch reading state power by kind group world organisation day at code name system "
        "measure question questions lan lesson how",
    ),
    "text": (NO_TEXT, "caption door text opponent variant of"),
    "cluster": (st.integers() | st.sampled_from(["", "  "]) | st.floats() | st.lists(st.text()), "dask"),
    "made": (
        st.integers() | st.text() | st.floats() | st.lists(st.integers(), max_size=2),
        "evidence results played comparison several sweep found titles table one other made phase offer shown",
    ),
}
KINDS = {name: values for values, names in KIND.values() for name in names.split()}
FREE = {  # what may be anything of its sort: no value of another sort is mistaken for it
    "draw_sweep": {"found"},  # discoveries, which `sweep` gives; without them nothing is drawn of them
    "draw_levers": {"caption"},
    "row": {"horizon", "kind", "series"},  # text, which stand for other things elsewhere
    "error_of": {"power"},  # a power that no class names has no error
    "paths_of": {"table"},  # none where there is no such table
    "write_tables": {"place"},  # a folder, and no place in a list
    "reasons_with": {"names"},  # by code
}
INSIDE = {"Problems"}  # the notebook of the readers of files, into which only they write


# --- the doors -------------------------------------------------------------------------------------------------------


def offered():
    """Everything that a wing offers, by its name."""
    found = {}
    for stub in sorted(ROOT.rglob("__init__.pyi")):
        wing = ".".join(("sim", *stub.parent.relative_to(ROOT).parts))
        module = importlib.import_module(wing)
        for name in module.__all__:
            one = getattr(module, name)
            if callable(one) and one not in found.values():
                found[f"{wing}.{name}"] = one
    return found


def given_back(function):
    """The class of ours that a function gives back, if it is one."""
    told = function.__annotations__.get("return")
    if isinstance(told, str):
        told = vars(importlib.import_module(function.__module__)).get(told.strip("\"'"))
    return told if inspect.isclass(told) and told.__module__.startswith("sim.") else None


def doors():
    """Every function and method that can be called with something, and its parameters."""
    functions = {name: one for name, one in offered().items() if inspect.isfunction(one)}
    classes = {one for one in offered().values() if inspect.isclass(one)}
    classes |= {given_back(one) for one in functions.values()} - {None}
    for one in sorted(classes, key=lambda one: one.__name__):
        if issubclass(one, BaseException) or one.__name__ in INSIDE:
            continue
        for name, method in inspect.getmembers(one, inspect.isfunction):
            if not name.startswith("_") and method.__module__.startswith("sim."):
                functions[f"{one.__name__}.{name}"] = method
    functions |= {"sim.Model": sim.Model, "sim.Game": sim.Game}
    return {
        name: parameters
        for name, one in functions.items()
        if (parameters := [par for par in inspect.signature(one).parameters.values() if asked(name, par)])
    }


def asked(name, parameter):
    """Whether something is said of a parameter here."""
    kept = parameter.name in FREE.get(name.rpartition(".")[2], ())
    return not kept and parameter.name != "self" and parameter.kind is not parameter.VAR_KEYWORD


DOORS = doors()


def test_every_parameter_is_of_a_kind_that_is_known():
    names = [(door, one.name) for door, parameters in DOORS.items() for one in parameters]
    unknown = [f"{door}: {name}" for door, name in names if name not in KINDS]
    assert unknown == [], "say in KIND what these are, and what they must not be"


@pytest.fixture(scope="module")
def instances(tmp_path_factory):
    """Something of every class whose methods are asked; of some only what their checks look at."""
    block = PREPARED.run_block(0, 2)
    model = sim.Model("toy")
    model.step()
    bare = {}
    for name, one in {**{o.__name__: o for o in offered().values()}, **returned()}.items():
        if inspect.isclass(one) and not issubclass(one, BaseException | Enum):
            bare[name] = object.__new__(one)
    out = tmp_path_factory.mktemp("results")
    table = pd.DataFrame({"kind": ["told"], "of": ["all"], "horizon": [1], "skill": [0.0], "right": [0.0]})
    origins = bare["Origins"]
    for name in ("skill", "drift"):
        object.__setattr__(origins, name, table)
    made = sim.run(fake_scenario(), runs=2, out=out, engine=FakePrepared)
    vars(bare["Comparison"]).update(names=("one", "other"), results=(made, made), runs=2, level=0.95)
    object.__setattr__(bare["Ablation"], "table", pd.DataFrame({"system": ["trade"], "measure": ["trust"]}))
    return {
        **bare,
        "Model": model,
        "Block": block,
        "Offer": model.offers[0] if model.offers else bare["Offer"],
        "Results": sim.run(fake_scenario(), runs=2, out=out, engine=FakePrepared),
        "Game": sim.Game(TOY, "ALD"),
        "Experiment": load_experiment(EXPERIMENT),
        "History": load_history(),
        "Sweep": sim.run(fake_scenario(), runs=2, out=out, engine=FakePrepared),
    }


def returned():
    """Classes that functions give back, by name."""
    found = (given_back(one) for one in offered().values() if inspect.isfunction(one))
    return {one.__name__: one for one in found if one is not None}


GOOD = {  # an argument that is needed, where another one is wrong
    "scenario": "toy",
    "scenarios": "toy",
    "question": "toy",
    "name_or_path": "toy",
    "experiment": EXPERIMENT,
    "what": EXPERIMENT,
    "part": 1,
    "parts": 2,
    "runs": 2,
    "thin": 1,
    "folder": "x",
    "path": "x",
    "against": "x.csv",
    "text": "x",
    "state": "ALD",
    "name": "choice.dependence_aversion",
    "evidence": sim.load_evidence("toy"),
    "played": PREPARED,
    "offer": Offer(quarter=TOY.start, by="SUD", to="ALD", kind="deal", size=1.0, exclusivity_asked=0.0, strings=0.0),
    "one": TOY,
    "other": TOY,
    "switch": "none",
    "reading": "none",
    "place": 0,
    "day": "2019-12-31",
    "organisation": "WTO",
    "kind": "told",
    "system": "trade",
    "names": {},
    "measure": "trust",
    "table": pd.DataFrame(),
}
SCENARIOS = {"each_reading", "with_reading"}  # which take a scenario, and not its name


def call(door, parameter, value, instances):
    """Go through a door with one argument that is wrong, and all others right."""
    owner, _, name = door.rpartition(".")
    function = (
        sim.Model if door == "sim.Model" else getattr(instances.get(owner) or importlib.import_module(owner), name)
    )
    positional, named = [], {}
    for one in inspect.signature(function).parameters.values():
        if one.name == parameter.name:
            given_one = value
        elif one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
            given_one = TOY if name in SCENARIOS and one.name == "scenario" else GOOD.get(one.name)
        else:
            continue
        if one.kind is one.VAR_POSITIONAL:
            positional = [given_one, given_one]
        else:
            named[one.name] = given_one
    return function(*positional, **named)


def usual(parameter, value):
    """Whether a value is what stands for what is usual."""
    return value is None and parameter.default is None


class Taken(BaseException):
    """A door took so long that it must have taken what it was given."""


def ring(*_):
    raise Taken


def refused(door, parameter, value, instances, folder):
    """A door says in words what is wrong with a value, at once, and leaves nothing."""
    if usual(parameter, value):
        return
    alarm = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")
    before = signal.signal(signal.SIGALRM, ring) if alarm else None
    if alarm:
        signal.setitimer(signal.ITIMER_REAL, 20.0)
    try:
        call(door, parameter, value, instances)
    except InputError as error:
        said = str(error)
        assert said.strip()
        assert len(said) < 4000, said[:200]
    except Taken:
        raise AssertionError(f"{door}: {parameter.name} took {type(value).__name__}, and its time") from None
    else:
        raise AssertionError(f"{door}: {parameter.name} took {type(value).__name__}")
    finally:
        if alarm:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            signal.signal(signal.SIGALRM, before)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("door", DOORS)
def test_what_nothing_takes_is_refused_by_every_argument(door, instances, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for parameter in DOORS[door]:
        for value in NOTHING_TAKES:
            refused(door, parameter, value, instances, tmp_path)


@pytest.mark.parametrize("door", DOORS)
@settings(max_examples=6, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_wrong_for_an_argument_is_refused(door, instances, tmp_path, monkeypatch, data):
    monkeypatch.chdir(tmp_path)
    parameter = data.draw(st.sampled_from(DOORS[door]))
    refused(door, parameter, data.draw(KINDS[parameter.name]), instances, tmp_path)


# --- the command line ------------------------------------------------------------------------------------------------


PARSER = _parser()


def options():
    """Every option of every command that takes one value: the command, and the option."""
    (commands,) = (one for one in PARSER._actions if isinstance(one, argparse._SubParsersAction))
    return [
        (name, option)
        for name, parser in commands.choices.items()
        for option in parser._actions
        if option.option_strings and option.nargs is None
    ]


WORDS = ("1,2,3", "1,5", "1.5", "-1", "1e400", "9" * 30, "9" * 5000, "nan", "True", "", " ", "\u0661", "0x10", "1__0")


@pytest.mark.parametrize(("command", "option"), options(), ids=lambda one: getattr(one, "dest", one))
def test_an_option_is_refused_where_it_is_no_number_or_given_twice(command, option, capsys):
    name = option.option_strings[-1]
    typed = callable(option.type) and "whole" in getattr(option.type, "__qualname__", "")
    for word in WORDS if typed else ():
        with pytest.raises(SystemExit) as stop:
            PARSER.parse_args([command, f"{name}={word}"])
        assert stop.value.code == 2
        assert f"{name}: found" in (said := capsys.readouterr().err)
        assert len(said) < 4000
    if isinstance(option, argparse._AppendAction):
        return
    right = next(iter(option.choices)) if option.choices else "2012"
    for again in (right, "2013" if option.choices is None else right):
        with pytest.raises(SystemExit) as stop:
            PARSER.parse_args([command, f"{name}={right}", f"{name}={again}"])
        assert stop.value.code == 2
        said = capsys.readouterr().err
        assert "given twice" in said or "found" in said
