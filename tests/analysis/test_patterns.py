"""The patterns as ensembles. What each claims, where its line lies and why stands in `seeds/patterns.yaml`.

Probability: a pattern holds where the whole 95 % interval of the mean over so many runs lies on the right side of its
line, so an effect that truly lay on the line would pass by chance in at most one test of forty.
"""

import dataclasses

import numpy as np
import pytest

from sim.analysis.pattern_measures import PATTERN_MEASURES, Lab
from sim.analysis.patterns import Verdict, find, load_patterns, table_of, verdict_of
from sim.cli import main
from sim.evidence.evidence import load_evidence
from sim.io.errors import InputError

PATTERNS = {pattern.id: pattern for pattern in load_patterns()}
RUNS = 200
LOOKED_AT = 6

# What does not hold, and why as far as is known. A pattern that begins to hold has to be taken off, and one that ceases
# to hold has to be put on, with the reason: the test fails either way.
DOES_NOT_HOLD = {
    "largest-trader-leads-guarantor": (
        "the lead is asked for in every one of the five at once; with trade that wanders as it did to 2019, China "
        "stands behind Russia at the end in one of them in most runs, though it leads in the sum of the five"
    ),
    "without-restraint-largest-investor-takes-over": (
        "it gains six points and not eight, since Chinese building and mining are computed and not rounded up, and "
        "trade answers growth as the record has it; the line was drawn before, at seven"
    ),
}

# Switching these off takes the pattern away, which shows that it is the mechanism and not something else.
RESTS_ON = {
    "visits-follow-western-deals": "compensating-visit",
    "tariff-costs-trust-beyond-trade": "tariffs-and-coercion",
    "crisis-lifts-guarantor": "unrest-and-intervention",
    "exclusive-terms-cost-acceptance": "conditionality",
    "suitors-soften-terms": "overlapping-spheres-bargaining",
}


@pytest.fixture(scope="module")
def lab():
    return Lab()


def asked(name):
    """A pattern with as many runs as a test can afford; visits need more, as the file says."""
    pattern = PATTERNS[name]
    return dataclasses.replace(pattern, runs=max(RUNS, pattern.runs // 3), looked_at=LOOKED_AT)


@pytest.mark.parametrize("name", PATTERNS)
def test_pattern(name, lab):
    finding = find(asked(name), lab)
    if finding.verdict is Verdict.MISSING:
        assert set(finding.pattern.needs) - set(load_evidence().systems)
        return
    assert finding.low <= finding.value <= finding.high
    known = dict.fromkeys(DOES_NOT_HOLD, Verdict.FAILS)
    assert finding.verdict is known.get(name, Verdict.HOLDS), finding


@pytest.mark.parametrize("name", RESTS_ON)
def test_without_its_mechanism_a_pattern_is_gone(name):
    pattern = dataclasses.replace(asked(name), runs=RUNS)
    assert find(pattern, Lab(without=(RESTS_ON[name],))).verdict is not Verdict.HOLDS


def test_a_pattern_that_does_not_hold_is_known_and_explained():
    assert set(DOES_NOT_HOLD) <= set(PATTERNS)
    assert all(len(reason) > 40 for reason in DOES_NOT_HOLD.values())


def test_a_system_that_is_not_built_yet_is_no_failure(lab):
    pattern = dataclasses.replace(PATTERNS["nobody-leaves-the-middle"], needs=("weather",))
    finding = find(pattern, lab)
    assert finding.verdict is Verdict.MISSING
    assert np.isnan(finding.value)


@pytest.mark.parametrize(
    ("low", "high", "above", "below", "verdict"),
    [
        (0.2, 0.4, 0.1, None, Verdict.HOLDS),
        (0.05, 0.4, 0.1, None, Verdict.UNCLEAR),
        (0.0, 0.1, 0.1, None, Verdict.FAILS),
        (0.2, 0.4, None, 0.5, Verdict.HOLDS),
        (0.2, 0.6, None, 0.5, Verdict.UNCLEAR),
        (0.5, 0.6, None, 0.5, Verdict.FAILS),
    ],
)
def test_the_whole_interval_has_to_lie_on_the_right_side(low, high, above, below, verdict):
    pattern = dataclasses.replace(PATTERNS["largest-trader-rises"], above=above, below=below)
    assert verdict_of(pattern, low, high) is verdict


# --- the file --------------------------------------------------------------------------------------------------------


def test_every_measure_is_used_and_says_how_it_measures():
    assert {pattern.measure for pattern in PATTERNS.values()} == set(PATTERN_MEASURES)
    assert all(len(function.__doc__) > 60 for function in PATTERN_MEASURES.values())


def test_every_pattern_of_the_region_has_sources_and_says_why_its_line_lies_there():
    bare = {name for name, pattern in PATTERNS.items() if not pattern.evidence}
    assert bare == {"without-systems-nothing-moves"}
    assert all(len(pattern.why) > 40 for pattern in PATTERNS.values())


GOOD = """
runs: 20
looked_at: 5
patterns:
  - id: one
    claim: Something.
    evidence: [c5-multivector-default]
    measure: balancing_ended
    scenario: baseline
    below: 0.1
    why: Because.
"""


def test_a_file_of_patterns_is_read(tmp_path):
    path = tmp_path / "patterns.yaml"
    path.write_text(GOOD)
    (pattern,) = load_patterns(path)
    assert (pattern.id, pattern.runs, pattern.looked_at, pattern.line) == ("one", 20, 5, "below 0.1")
    assert pattern.states == tuple(actor.code for actor in load_evidence().states)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("c5-multivector-default", "c5-multivektor-default", "the id of a fact"),
        ("balancing_ended", "balancing_endet", "Did you mean 'balancing_ended'"),
        ("scenario: baseline", "scenario: patterns/crises", "Did you mean 'patterns/crisis'"),
        ("below: 0.1", "below: 0.1\n    above: 0.2", "one of above and below"),
        ("    below: 0.1\n", "", "one of above and below"),
        ("below: 0.1", "below: 0.1\n    states: [KAS]", "Did you mean 'KAZ'"),
        ("below: 0.1", "below: 0.1\n    from: 2027", "a quarter such as"),
        ("runs: 20", "runs: 1", "runs"),
        ("why: Because.", "whi: Because.", "Did you mean 'why'"),
        ("looked_at: 5\n", "", "'looked_at' is missing"),
    ],
    ids=["fact", "measure", "scenario", "two lines", "no line", "state", "quarter", "runs", "key", "head"],
)
def test_mistakes_in_the_file_are_told(before, after, said, tmp_path):
    path = tmp_path / "patterns.yaml"
    path.write_text(GOOD.replace(before, after, 1))
    with pytest.raises(InputError) as wrong:
        load_patterns(path)
    assert said in str(wrong.value)
    assert "patterns.yaml:" in str(wrong.value)


def test_a_pattern_is_there_once(tmp_path):
    path = tmp_path / "patterns.yaml"
    path.write_text(GOOD + GOOD.split("patterns:\n")[1])
    with pytest.raises(InputError, match="there twice"):
        load_patterns(path)


def test_patterns_without_a_name_are_told_and_not_taken_for_one(tmp_path):
    path = tmp_path / "patterns.yaml"
    nameless = GOOD.replace("  - id: one\n    claim", "  - claim", 1)
    path.write_text(nameless + nameless.split("patterns:\n")[1])
    with pytest.raises(InputError) as wrong:
        load_patterns(path)
    assert [str(one).partition("patterns[")[2] for one in wrong.value.problems] == [
        "0]: 'id' is missing",
        "1]: 'id' is missing",
    ]


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_table_has_a_row_a_pattern(lab):
    some = [
        dataclasses.replace(PATTERNS[name], runs=30) for name in ("nobody-leaves-the-middle", "largest-trader-rises")
    ]
    some.append(dataclasses.replace(some[0], id="rain", needs=("weather",)))
    table = table_of([find(pattern, lab) for pattern in some])
    assert table["pattern"].tolist() == [pattern.id for pattern in some]
    assert table["verdict"].tolist()[2] == "not built yet"
    assert set(table["verdict"][:2]) <= {"holds", "does not hold", "unclear"}


def test_the_command_prints_verdicts_and_writes_the_table(tmp_path, capsys, monkeypatch):
    some = tuple(PATTERNS[name] for name in ("nobody-leaves-the-middle", "largest-trader-rises"))
    monkeypatch.setattr("sim.analysis.patterns.load_patterns", lambda **_: some)
    assert main.main(["patterns", "--runs", "20", "-o", str(tmp_path / "found.json")]) == 0
    out = capsys.readouterr().out
    for word in ("nobody-leaves-the-middle", "below 0.1", "not a forecast", "c5-multivector-default", "Sources"):
        assert word in out
    assert '"verdict"' in (tmp_path / "found.json").read_text()
    assert main.main(["patterns", "-o", "found.xlsx"]) == 2
    assert ".csv or .json" in capsys.readouterr().err
