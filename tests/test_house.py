"""The order of the house: where numbers and names may stand, and that words and versions agree.

Who may import whom is in `test_doors.py`.
"""

import ast
import functools
import inspect
import json
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
import yaml

import sim
from helpers.kept_files import kept_files, shown
from sim.evidence.evidence import load_evidence
from sim.evidence.worlds import HOME_WORLD, list_worlds

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "sim"
SOURCES = sorted(PACKAGE.rglob("*.py"))

SYSTEMS = (
    "state-utility",
    "issue-partner-choice",
    "over-dependence-aversion",
    "conditionality",
    "exclusivity-and-side-threshold",
    "overlapping-spheres-bargaining",
    "parallel-deepening",
    "compensating-visit",
    "pressure-counter-upgrade",
    "trust-backlash",
    "delivery-credibility-volatility",
    "infrastructure-lifeline",
    "trade-flywheel",
    "tariffs-and-coercion",
    "us-mega-deals-minerals-network",
    "russian-niche-and-agenda",
    "russian-counter-exercises",
    "labour-and-transit-levers",
    "unrest-and-intervention",
    "border-threat-security",
    "triangle-propagation",
    "format-mirroring",
    "rivalry-level-and-dialogue",
    "agenda-shaping-local-processing",
    "energy-routes-and-interdependence",
    "baseline-alignment-order",
    "un-vote-neutrality",
    "second-tier-partners",
    "nationalism-de-russification",
    "shock-and-downturn-response",
    "regional-banding-together",
    "regional-friction-and-rivalry-rents",
    "eaeu-pull",
    "russian-war-drain",
    "china-russia-accommodation",
    "chinese-sequencing-restraint",
    "china-raises-offers",
    "narratives-and-norms",
    "us-counter-initiatives-soft-hard",
    "us-security-re-entry",
    "thin-money-and-distance-cost",
    "entrants-and-bloc-indiscipline",
    "refining-chokepoint-build-lag",
    "corridor-bottlenecks-rivalry",
)

# Rules that hold whatever is switched off: definitions, book-keeping, and income, which no system claims.
SHARED_RULES = {
    "delivery.trade_luck",
    "delivery.trade_next",
    "economy.drag_of",
    "economy.gap_next",
    "economy.growth_luck",
    "economy.growth_of",
    "economy.income_next",
    "economy.price_step",
    "economy.stability_next",
    "economy.tide_next",
    "minds.after_leader",
    "minds.standing_after_leader",
    "reactions.purse_next",
    "security.pact_stock",
    "structure.autonomy_of",
    "structure.balance_of",
    "structure.entropy_of",
    "structure.share_of",
}

# Files of the rulebook that rest on no evidence: mathematics and definitions.
NO_TWIN = {"__init__", "arithmetic", "structure"}

# The only constants of the rulebook. Those of `arithmetic` are facts about doubles and logarithms, or the calendar;
# those of `diplomacy` are names of votes.
NAMED_CONSTANTS = {
    "arithmetic": {
        "_LOG2_E",
        "_LN2_HIGH",
        "_LN2_LOW",
        "_ROUNDER",
        "_WHOLE",
        "_WHOLE_BITS",
        "_MANTISSA",
        "_ONE_BITS",
        "_SQRT_2",
        "HALF",
        "NEARLY_ALL",
        "YEARS_A_QUARTER",
        "ROOT_OF_A_QUARTER",
    },
    "diplomacy": {"YES", "NO", "ABSTAINS", "STAYS_AWAY"},
    "structure": {"EVEN", "NEXT_TO_NOTHING"},
}
SERIES = {"exp", "log", "evenly_spread", "fat_tailed"}  # functions of `arithmetic`, tested against known values


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path):
    """Full names of all modules a file imports, wherever in the file; `from a import b` is a.b where b is a module."""
    package = ("sim", *path.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            source = ".".join((*base, *(node.module or "").split("."))).strip(".")
            folder = ROOT / source.replace(".", "/")
            for alias in node.names:
                is_module = (folder / f"{alias.name}.py").is_file() or (folder / alias.name).is_dir()
                yield f"{source}.{alias.name}" if is_module else source


# --- imports ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("model/rules/*.py")), ids=shown)
def test_rules_import_only_the_standard_library_and_each_other(path):
    allowed = set(sys.stdlib_module_names) | ({"numpy"} if path.stem == "arithmetic" else set())
    others = {name for name in imported(path) if not name.startswith("sim.model.rules")}
    assert {name.split(".")[0] for name in others} <= allowed


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], "numba pandas matplotlib mesa pyarrow numpy"),
        (["check"], "numba pandas matplotlib mesa pyarrow numpy"),
        (["trace", "choice.dependence_aversion"], "numba pandas matplotlib mesa pyarrow numpy"),
        (["list"], "numba pandas matplotlib mesa pyarrow"),
    ],
    ids=["help", "check", "trace", "list"],
)
def test_small_commands_load_nothing_heavy_and_answer_within_a_second(arguments, heavy):
    script = (
        "import contextlib, sys, time\n"  # processor time is asked for: a busy machine is not the program's doing
        "from sim.cli.main import main\n"
        "with contextlib.suppress(SystemExit):\n"
        f"    assert main({arguments!r}) == 0\n"
        f"loaded = [name for name in {heavy.split()!r} if name in sys.modules]\n"
        "print(loaded, time.process_time(), sep='\\n', file=sys.stderr)\n"
    )

    def ask():
        answer = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
        )
        assert answer.stdout
        loaded, seconds = answer.stderr.splitlines()[-2:]
        assert loaded == "[]"
        return float(seconds)

    assert min(ask() for _ in range(2)) < 1.0


@pytest.mark.parametrize("wing", ["io", "batch"])
def test_a_wing_of_many_rooms_names_each_of_them(wing):
    told = (ROOT / "sim" / wing / "__init__.py").read_text(encoding="utf-8")
    rooms = {path.stem for path in (ROOT / "sim" / wing).glob("*.py")} - {"__init__"}
    assert rooms == set(re.findall(r"`(\w+)`", told)) & rooms


# --- names and numbers -----------------------------------------------------------------------------------------------


@functools.cache
def actor_words():
    """Names, adjectives and capitals of every world, and codes."""
    words, codes = set(), set()
    for world in list_worlds():
        evidence = load_evidence(world)
        for actor in (*evidence.states, *evidence.powers):
            words |= {actor.name, actor.adjective, actor.capital}
            codes.add(actor.code)
    return words, codes


def without_claims(path):
    """The text of a rule file without its claims: in a docstring, from `Claim:` to the bracket that closes its ids.

    A claim restates what documents say about particular countries, and the ids of facts carry their codes; nothing else
    is exempt, neither the question a rule answers, nor its arguments, nor its code.
    """
    text = path.read_text(encoding="utf-8")
    rules = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    docstrings = [ast.get_source_segment(text, rule.body[0]) for rule in rules]
    for written in docstrings:
        text = text.replace(written, re.sub(r"Claim:[^\[\]]*\[[^\[\]]*\]", "", written, count=1))
    return text


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_no_actor_is_named_in_the_program(path):
    text = without_claims(path) if path.parent.name == "rules" else path.read_text(encoding="utf-8")
    words, codes = actor_words()
    named = [word for word in words if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE)]
    named += [code for code in codes if re.search(rf"\b{re.escape(code)}\b", text)]
    assert not named


def numbers_in(module, skipped=()):
    """Line and value of every number in a tree but 0 and 1, the skipped parts left out."""
    waiting = [module]
    while waiting:
        node = waiting.pop()
        if any(node is part for part in skipped):
            continue
        if isinstance(node, ast.Constant) and type(node.value) in (int, float, complex) and node.value not in (0, 1):
            yield node.lineno, node.value
        waiting.extend(ast.iter_child_nodes(node))


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("model/rules/*.py")), ids=shown)
def test_no_number_with_meaning_stands_in_a_rule(path):
    module = tree(path)
    allowed = NAMED_CONSTANTS.get(path.stem, set())
    named = [node for node in module.body if isinstance(node, ast.Assign) and node.targets[0].id in allowed]
    if path.stem == "arithmetic":
        named += [node for node in module.body if isinstance(node, ast.FunctionDef) and node.name in SERIES]
    assert list(numbers_in(module, named)) == []


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("model/phases/*.py")), ids=shown)
def test_no_number_with_meaning_stands_in_a_phase(path):
    module = tree(path)
    places = []  # a place on an axis is no number of the model, nor is how many codes are counted off
    for node in ast.walk(module):
        if isinstance(node, ast.Subscript):
            places += node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
            places += node.args
    places = [node for node in places if isinstance(node, ast.Constant)]
    assert list(numbers_in(module, places)) == []


MOST_LINES, MOST_IN_A_BODY = 400, 60


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_no_room_is_too_long(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_no_function_is_too_long(path):
    """Lines of the body, the docstring left out."""
    long = {}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            if lines > MOST_IN_A_BODY:
                long[node.name] = lines
    assert not long


# --- twins and systems -----------------------------------------------------------------------------------------------

RULE_FILES = sorted(path.stem for path in PACKAGE.glob("model/rules/*.py") if path.stem not in NO_TWIN)


@pytest.mark.parametrize("name", RULE_FILES)
def test_every_rule_file_has_its_numbers(name):
    assert (ROOT / "seeds" / "parameters" / f"{name}.yaml").is_file()


@pytest.mark.parametrize("name", RULE_FILES)
def test_every_rule_file_has_its_tests(name):
    assert (ROOT / "tests" / "model" / "rules" / f"test_{name}.py").is_file()


def test_every_file_of_numbers_belongs_to_a_rule_file_or_to_the_measures():
    numbers = {path.stem for path in (ROOT / "seeds" / "parameters").glob("*.yaml")}
    assert numbers - {"measures", "coefficients"} == set(RULE_FILES)  # which no rule reads


def rules_there_are():
    """Every function of the rulebook that is not mathematics, as file.name."""
    for name in (*RULE_FILES, "structure"):
        module = import_module(f"sim.model.rules.{name}")
        for function in vars(module).values():
            if inspect.isfunction(function) and function.__module__ == module.__name__:
                yield f"{name}.{function.__name__}"


def test_the_model_has_the_systems_it_claims():
    assert set(load_evidence(HOME_WORLD).systems) == set(SYSTEMS)


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_names_rules_and_strengths_that_exist(name):
    evidence = load_evidence(HOME_WORLD)
    system = evidence.systems[name]
    assert system.rules
    assert set(system.rules) <= set(rules_there_are())
    assert system.strengths
    assert set(system.strengths) <= set(evidence.numbers)


def test_every_rule_belongs_to_a_system_or_is_shared_by_all():
    claimed = {rule for system in load_evidence(HOME_WORLD).systems.values() for rule in system.rules}
    assert set(rules_there_are()) - claimed == SHARED_RULES


# --- words and versions ----------------------------------------------------------------------------------------------


def test_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    codemeta = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
    assert {project["version"], str(citation["version"]), codemeta["version"]} == {sim.__version__}
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    version, date = re.search(r"^## (\S+) \((.+)\)$", changelog, flags=re.MULTILINE).groups()
    assert version == sim.__version__
    assert {str(citation["date-released"]), codemeta["dateModified"]} == {date}


def test_a_release_says_which_results_moved():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    latest = re.split(r"^## ", changelog, flags=re.MULTILINE)[1]
    assert "\n### Results that moved\n" in latest


def test_descriptions_of_the_software_name_its_dependencies_and_keywords():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    codemeta = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    asked = {re.match(r"[\w-]+", one)[0].lower() for one in project["dependencies"]}
    assert set(codemeta["softwareRequirements"]) == asked
    assert set(codemeta["keywords"]) == set(citation["keywords"])
    assert set(citation["keywords"]) <= set(project["keywords"])


def test_no_file_knows_the_machine_it_was_written_on():
    # put together here, or this file would be the first offender
    folders = "|".join(["work", "root", "tmp", "home", "Users"])
    machine = re.compile(rf"(?<![\w.~}})>-])/({folders})/|\.\./sh" + "ared")
    known = {}
    for path in kept_files():
        try:
            found = machine.search(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:  # a picture
            continue
        if found:
            known[shown(path)] = found[0]
    assert known == {}
