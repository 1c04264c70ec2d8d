"""Whatever a file says, the answer is a scenario that can be run or an `InputError`; never anything else."""

import os
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.cli.new import starting_text
from sim.engine.ensemble import prepare
from sim.evidence.evidence import load_evidence
from sim.io.errors import InputError
from sim.io.letters import is_on_one_line
from sim.scenario.diff import diff_text
from sim.scenario.family import list_scenarios
from sim.scenario.scenario import SCENARIO_KEYS, load_scenario
from sim.scenario.timeline import EVENT_KEYS

ROOT = Path(__file__).parents[2]
HEAD = "title: T\nquestion: Q?\nworld: toy\nfrom: 2026-Q1\nto: 2029-Q4\nruns: 2\nseed: 0\n"
FEW = settings(max_examples=int(os.environ.get("MULTIVECTOR_FUZZ", "150")), deadline=None)


def everything(name):
    """A starting file with every example taken in, so that every corner of the language is there to be spoilt."""
    scenario = load_scenario(name)
    text = starting_text("x", scenario, load_evidence(scenario.world), "", alone=True)
    return "\n".join(line if line.startswith("##") else line.removeprefix("# ") for line in text.splitlines())


CORPUS = [everything("toy"), everything("baseline")]
CORPUS += [(ROOT / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8") for name in list_scenarios()]
ODD = ["\n", "\n  ", "\n    ", "\t", " ", "\0", "\x85", "\u2028", "\ufeff", "\U0001f600", "٣", "é", '"\\e[31m"']
LANGUAGE = """
    ALD BEK NOR OST SUD all low high dominant value beyond between shape peak triangular uniform by to in of
    host guests kind size exclusivity governance against rate severity change domain deal security economic
    2026-Q1 2028-Q4 9999-Q9 0 -1 1.5 1e999 .nan .inf 30 130 % -5 4.2 bn USD 0.2 points quarters years
    choice.dependence_aversion choice.gain measures.leaning_share rivalry.NOR.OST.economic trust-backlash
    baseline toy x .. / ~ null true no & * ! !!binary | > - ? : , [ ] { } ' " # % @ ` --- ...
"""
WORDS = [*SCENARIO_KEYS, *EVENT_KEYS, *LANGUAGE.split(), *ODD]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


def survives(desk, content):
    """The file is refused in words, or it is a scenario: one that can be laid out for runs and told about."""
    path = desk / "x.yaml"
    path.write_bytes(content)
    try:
        scenario = load_scenario(path)
    except InputError as error:
        said = str(error).split("\n")
    else:
        ready = prepare(scenario)
        assert ready.happenings(0, 3).shape[1] == 10 + 3  # what it says, its last quarter, and when in three runs
        assert set(scenario.sampled) <= set(ready.values_of(0, 3))
        assert "only their words differ" in diff_text(scenario, scenario)
        return
    assert all(is_on_one_line(line) and line.partition(": ")[2] for line in said), said


# --- texts that were sound once --------------------------------------------------------------------------------------

_place = st.floats(0.0, 1.0)
_change = st.one_of(
    st.tuples(st.just("cut"), _place, st.integers(1, 40)),
    st.tuples(st.just("put"), _place, st.sampled_from(WORDS) | st.text(max_size=4)),
    st.tuples(st.just("word"), _place, st.sampled_from(WORDS)),
    st.tuples(st.just("double"), _place, st.integers(1, 80)),
    st.tuples(st.just("swap"), _place, _place),
    st.tuples(st.just("indent"), _place, st.integers(0, 6)),
)


def changed(text, change):
    how, where, what = change
    at = int(where * len(text))
    if how == "cut":
        return text[:at] + text[at + what :]
    if how == "put":
        return text[:at] + what + text[at:]
    if how == "double":
        return text[: at + what] + text[at:]
    if how == "word":
        words = list(re.finditer(r"[\w.-]+", text))
        if not words:
            return text
        word = words[min(int(where * len(words)), len(words) - 1)]
        return text[: word.start()] + what + text[word.end() :]
    lines = text.split("\n")
    line = min(int(where * len(lines)), len(lines) - 1)
    if how == "swap":
        other = min(int(what * len(lines)), len(lines) - 1)
        lines[line], lines[other] = lines[other], lines[line]
    else:
        lines[line] = " " * what + lines[line].lstrip()
    return "\n".join(lines)


@FEW
@given(text=st.sampled_from(CORPUS), changes=st.lists(_change, min_size=1, max_size=4))
def test_no_spoilt_file_gives_anything_but_an_input_error(desk, text, changes):
    for change in changes:
        text = changed(text, change)
    survives(desk, text.encode("utf-8", "surrogatepass"))


# --- bytes, and structures that never were sound ---------------------------------------------------------------------


@FEW
@given(content=st.binary(max_size=300))
def test_no_bytes_give_anything_but_an_input_error(desk, content):
    survives(desk, content)


@FEW
@given(words=st.lists(st.sampled_from(WORDS), max_size=60))
def test_no_heap_of_words_gives_anything_but_an_input_error(desk, words):
    survives(desk, (HEAD + " ".join(words)).encode("utf-8"))


_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(WORDS)
_anything = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner),
    max_leaves=12,
)


@FEW
@given(said=st.dictionaries(st.sampled_from(SCENARIO_KEYS), _anything, max_size=3))
def test_no_structure_gives_anything_but_an_input_error(desk, said):
    survives(desk, (HEAD + yaml.safe_dump(said, allow_unicode=True)).encode("utf-8", "replace"))


_quarter = st.sampled_from(["2026-Q1", "2027-Q3", "2029-Q4", "2030-Q1", "2026", ""])
_amount = st.sampled_from(["0", "1", "-1", "0.5", "low", "25 %", "300 mn USD", "0.2 points", "1e999", ".nan", "x"])
_event = st.fixed_dictionaries(
    {"at": _quarter | st.fixed_dictionaries({"between": st.lists(_quarter, max_size=3)})},
    optional={
        "every": st.sampled_from(["1 quarter", "2 years", "0 years", "9999 quarters", "4"]),
        "until": _quarter,
        "chance": st.sampled_from(["0 %", "30 %", "100 %", "101 %", "0.3"]),
        "name": st.sampled_from(["a", "A", ""]),
        "visit": st.fixed_dictionaries({"by": st.sampled_from(["ALD", "NOR", "x"]), "to": st.sampled_from(["OST"])}),
        "rivalry": st.fixed_dictionaries({"between": st.sampled_from(["all", ["NOR", "OST"]]), "by": _amount}),
        "offer": st.fixed_dictionaries(
            {"by": st.just("SUD"), "to": st.just("all"), "kind": st.sampled_from(["deal", "security"]), "size": _amount}
        ),
    },
)
_setting = _amount | st.fixed_dictionaries(
    {"between": st.lists(_amount, max_size=3)},
    optional={"shape": st.sampled_from(["uniform", "triangular"]), "peak": _amount, "beyond": st.just("to see")},
)


@FEW
@given(
    events=st.lists(_event, max_size=4),
    numbers=st.dictionaries(
        st.sampled_from(["choice.gain", "states.ALD.gdp", "powers.NOR.exclusivity", "ties.ALD.NOR.trade"]), _setting
    ),
)
def test_nearly_sound_files_are_told_or_can_be_run(desk, events, numbers):
    text = HEAD + yaml.safe_dump({"events": events, "numbers": numbers})
    survives(desk, re.sub(r"'([^']*)'", r"\1", text).encode())
