"""A claim about the world follows its number: the word for each level, as sentences say it of a run and quarter."""

import ast
import dataclasses
import functools
from pathlib import Path

import pytest

from sim.engine.agents import Model
from sim.engine.ensemble import prepare
from sim.evidence.numbers import LEVELS
from sim.model.fields import KINDS
from sim.model.vocabulary import term_words
from sim.narrative import levels
from sim.narrative.chronicle import tell
from sim.narrative.facts import facts_of
from sim.narrative.portraits import portrait_of_power, portrait_of_state
from sim.narrative.replay import Replay
from sim.scenario.events import Event, EventKind
from sim.scenario.scenario import load_scenario

BASELINE = load_scenario("baseline")
NARRATIVE = Path(levels.__file__).parent
TABLES = {name: table for name, table in vars(levels).items() if isinstance(table, levels.Words)}

# Lines of the code with which something is compared in `sim/narrative`: they decide only whether, or in which order, it
# is told, beside its number. What it is called is never decided there; a new line belongs into `levels`, or here.
TOLD_OR_NOT = {
    "chronicle": {"FEW", "SHIFT", "POOR", "LEAST", "DUE", "OFTEN", "TOLD"},
    "counterfactual": {"YEAR"},
    "story_markup": {"MANY"},
    "observer": {"UNREST", "PRESSED", "ANSWERED", "WEIGHTY", "HARDLY"},
    "paragraphs": {
        *("NEW_PLANTS", "REMEMBERED", "OFTEN", "CLOSE", "SEVERAL", "LARGE", "NAMED", "UNLIKELY", "STANDING", "TRUST"),
        *("DUE", "HALF", "STRICT", "TRIVIAL", "LEAST"),
    },
}
ODDS = {"odds", "size"}  # odds and amounts are printed more or less finely, and are not of the world


def moment(numbers, events):
    """The first quarter of the baseline with other numbers, as (name, value) pairs, and events."""
    given = {name: {"value": value, "beyond": "to see what it is then called"} for name, value in numbers}
    scenario = dataclasses.replace(BASELINE, events=events, sampled={}, end=BASELINE.start + 3)
    replay = Replay(prepare(scenario, numbers=given), 0)
    return replay.moment(scenario.start)


@functools.lru_cache(maxsize=4)
def moment_of_numbers(numbers):
    """The same without events, kept for whoever asks again."""
    return moment(numbers, ())


def sentence(term, sign, state, power, kind="deal", numbers=(), events=()):
    """The full sentence of a term in the first quarter, whatever is on the table."""
    found = moment(numbers, events) if events else moment_of_numbers(numbers)
    evidence = found.replay.prepared.evidence
    names = {actor.code: actor.spoken or actor.name for actor in (*evidence.states, *evidence.powers)}
    axes = found.replay.axes
    facts = facts_of(found, (axes["i"].index(state), axes["j"].index(power), KINDS.index(kind)), names)
    return term_words(term).full(sign).format_map(facts)


# --- the table -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_a_word_holds_half_way_to_the_next_level(name):
    table = TABLES[name]
    for at, level in enumerate(LEVELS):
        middle, word = LEVELS[level], getattr(table, level)
        inside = [middle - 0.12, middle + 0.12] if 0 < at < len(LEVELS) - 1 else [abs(middle - 0.12)]
        assert {table.of(number) for number in inside} == {word}
    assert table.of(0.0) == (table.none if table.zero is None else table.zero)
    assert table.of(1.0) == (table.dominant if table.full is None else table.full)


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (-0.8, "work together closely"),
        (-0.25, "work together a little"),
        (-0.05, "leave each other alone"),
        (0.1, "leave each other alone"),
        (0.2, "are wary of each other"),
        (0.45, "are rivals"),
        (0.7, "are sharp rivals"),
        (0.95, "are foes"),
    ],
)
def test_what_two_powers_are_to_each_other(level, said):
    assert levels.rivalry_of_two(level) == said


@pytest.mark.parametrize(
    ("carrot", "stick", "said"),
    [
        (0.75, 0.05, "answers rivals with offers"),
        (0.75, 0.3, "answers rivals with offers more than with pressure"),
        (0.25, 0.75, "answers rivals with pressure more than with offers"),
        (0.5, 0.45, "answers rivals with offers and pressure alike"),
        (0.1, 0.0, "hardly answers rivals"),
    ],
)
def test_how_a_power_answers(carrot, stick, said):
    assert levels.answers_with(carrot, stick) == said


def test_most_is_more_than_half():
    assert levels.is_most(3, 5)
    assert not levels.is_most(3, 6)


# --- explanations ----------------------------------------------------------------------------------------------------

UNION = "ties.UZB.RUS.union"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "Uzbekistan is in no customs union of another power"),
        (0.05, "Uzbekistan is hardly tied to the customs union of Russia"),
        (0.25, "Uzbekistan is an observer of the customs union of Russia"),
        (0.5, "Uzbekistan is partly a member of the customs union of Russia"),
        (1.0, "Uzbekistan is a member of the customs union of Russia"),
    ],
)
def test_a_customs_union_is_named_by_how_far_a_state_belongs_to_it(value, said):
    assert sentence("union", -1.0, "UZB", "CHN", numbers=((UNION, value),)).startswith(said)


def test_an_event_that_moves_the_membership_moves_the_word():
    joins = Event(at=BASELINE.start, kind=EventKind.UNION, fields={"of": "RUS", "in": "UZB", "level": 1.0})
    leaves = dataclasses.replace(joins, fields={"of": "RUS", "in": "KAZ", "level": 0.0})
    events = joins, leaves
    assert "a member of" in sentence("union", -1.0, "UZB", "CHN", events=events)
    assert "in no customs union" in sentence("union", -1.0, "KAZ", "CHN", events=events)
    told = " ".join(tell(dataclasses.replace(BASELINE, events=events, sampled={}, end=BASELINE.start + 3)).split())
    assert "Membership of Uzbekistan in the customs union of Russia is now full (100%)." in told
    assert "Membership of Kazakhstan in the customs union of Russia is now none (0%)." in told


LOW_WORLD = (
    ("ties.UZB.TUR.kinship", 0.25),
    ("ties.UZB.TUR.culture", 0.25),
    ("ties.UZB.TUR.affinity", 0.2),
    ("ties.UZB.TUR.trust", 0.2),
    ("states.UZB.energy_rent", 0.08),
    ("states.UZB.governance_sensitivity", 0.05),
    ("powers.TUR.tier", 0.25),
    ("powers.RUS.agenda", 0.25),
    ("rivalry.RUS.TUR.security", 0.3),
    ("rivalry.RUS.TUR.economic", 0.3),
)
HIGH_WORLD = (
    ("ties.UZB.TUR.kinship", 1.0),
    ("ties.UZB.TUR.culture", 0.75),
    ("ties.UZB.TUR.affinity", 1.0),
    ("ties.UZB.TUR.trust", 0.8),
    ("states.UZB.energy_rent", 0.9),
    ("states.UZB.governance_sensitivity", 1.0),
    ("powers.TUR.tier", 1.0),
    ("powers.RUS.agenda", 1.0),
    ("rivalry.RUS.TUR.security", 0.95),
    ("rivalry.RUS.TUR.economic", 0.95),
)


@pytest.mark.parametrize(
    ("term", "sign", "kind", "low", "high"),
    [
        ("kinship", 1.0, "deal", "joins the two loosely", "joins the two most closely"),
        ("kinship", 1.0, "deal", "draw Uzbekistan a little", "draw Uzbekistan strongly"),
        ("order", 1.0, "deal", "Türkiye comes late: 0.20", "Türkiye comes first or nearly so: 1.00"),
        ("trust", 1.0, "deal", "Uzbekistan trusts Türkiye little: 0.2", "Uzbekistan trusts Türkiye: 0.8"),
        ("energy", 1.0, "deal", "Oil and gas are 8% of what", "Oil and gas are 90% of what"),
        ("governance", -1.0, "deal", "its government hardly minds", "its government can hardly bear"),
        ("second_tier", 1.0, "deal", "more a great power than a middle one", "Türkiye is a middle power"),
        ("agenda", -1.0, "security", "would rather see no outside militaries", "wants no outside militaries"),
        ("agenda", -1.0, "security", "Türkiye is wary of Russia", "Türkiye is a foe of Russia"),
        ("displeasure", -1.0, "deal", "Russia is wary of Türkiye", "Russia is a foe of Türkiye"),
    ],
)
def test_a_sentence_takes_the_word_for_the_level_of_the_run(term, sign, kind, low, high):
    for world, said in ((LOW_WORLD, low), (HIGH_WORLD, high)):
        assert said in sentence(term, sign, "UZB", "TUR", kind, numbers=world)


# --- chronicles ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, ""), (0.25, "It keeps somewhat apart"), (0.95, "It keeps out of nearly all"), (1.0, "joins no alliance")],
)
def test_a_state_is_called_neutral_where_the_rules_let_it_join_nothing(value, said):
    neutral = {"states.UZB.neutrality": {"value": value, "beyond": "to see what it is then called"}}
    model = Model(BASELINE, numbers=neutral)
    names = {actor.code: actor.name for actor in (*model.states, *model.powers)}
    told = portrait_of_state(model, model.state("UZB"), names)
    assert said in told
    assert bool(said) == ("alliance" in told)


def test_a_power_is_told_by_its_levels():
    parts = {"exclusivity": 1.0, "governance": 0.0, "credibility": 1.0, "volatility": 0.0, "carrot": 0.0, "stick": 0.7}
    numbers = {
        f"powers.CHN.{part}": {"value": value, "beyond": "to see what it is then called"}
        for part, value in parts.items()
    }
    model = Model(BASELINE, numbers=numbers)
    names = {actor.code: actor.name for actor in (*model.states, *model.powers)}
    told = portrait_of_power(model, model.power("CHN"), names)
    assert told.endswith("wants all rivals left out; it answers rivals with pressure, and keeps its word.")


@pytest.mark.parametrize(
    ("neutrality", "said"),
    [
        (1.0, "Turkmenistan is asked into the security pact of Russia, but is neutral and joins no alliance."),
        (0.95, "Turkmenistan joins the security pact of Russia."),
    ],
)
def test_a_neutral_state_is_not_said_to_join_a_pact(neutrality, said):
    pact = Event(at=BASELINE.start + 1, kind=EventKind.PACT, fields={"of": "RUS", "in": "TKM", "move": "join"})
    numbers = {**BASELINE.numbers, "states.TKM.neutrality": neutrality}
    short = dataclasses.replace(BASELINE, events=(pact,), numbers=numbers, sampled={}, end=BASELINE.start + 3)
    assert said in " ".join(tell(short).split())


# --- the house -------------------------------------------------------------------------------------------------------


def lines_of_the_code(tree):
    """Names of numbers at the top of a module."""
    for node in tree.body:
        for target in node.targets if isinstance(node, ast.Assign) else ():
            several = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
            pairs = zip(target.elts, node.value.elts, strict=True) if several else [(target, node.value)]
            yield from (name.id for name, value in pairs if isinstance(value, ast.Constant) and is_number(value.value))


def is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def parts_of(node):
    """An operand and its parts, but nothing that is handed to a function."""
    yield node
    for child in () if isinstance(node, ast.Call) else ast.iter_child_nodes(node):
        yield from parts_of(child)


@pytest.mark.parametrize("path", sorted(NARRATIVE.glob("*.py")), ids=lambda path: path.stem)
def test_no_sentence_draws_a_line_of_its_own(path):
    if path.stem == "levels":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = set(lines_of_the_code(tree))
    used, bare = set(), []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        operands = node.left, *node.comparators
        used |= {part.id for one in operands for part in parts_of(one) if isinstance(part, ast.Name)} & own
        fractions = [one for one in operands if isinstance(one, ast.Constant) and isinstance(one.value, float)]
        of_odds = isinstance(node.left, ast.Name) and node.left.id in ODDS
        bare += [ast.unparse(node) for one in fractions if one.value != 0.0 and not of_odds]
    assert bare == [], "a level is put into words in sim/narrative/levels.py"
    assert used == TOLD_OR_NOT.get(path.stem, set())
