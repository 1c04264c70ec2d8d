"""Every measure has one home; whatever lists measures elsewhere follows from it."""

import ast
import dataclasses
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sim.batch.summary import columns_in_words
from sim.model.variable import Origin, Reduction, Scale, Variable
from sim.model.variables import (
    BY_NAME,
    BY_POWER,
    BY_STATE,
    HEADLINES,
    MEASURES,
    OFFER_TOTALS,
    QUANTITIES,
    VARIABLES,
    in_words,
    kept_of_a_run,
    percent_scale,
    power_place,
    state_place,
)

ROOT = Path(__file__).parents[2]
HOME = ROOT / "sim" / "model" / "variables.py"
# Evidence names numbers, not measures: what a power and a state start from is called as what it becomes.
PROGRAMS = [path for path in sorted((ROOT / "sim").rglob("*.py")) if path != HOME and "evidence" not in path.parts]


def lists_of_measures(text):
    """Line and names of every literal that holds two measures or more: a list, tuple, set, or the keys of a dict."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            items = node.elts
        elif isinstance(node, ast.Dict):
            items = [key for key in node.keys if key is not None]
        else:
            continue
        names = {item.value for item in items if isinstance(item, ast.Constant)}
        if len(names & set(BY_NAME)) > 1:
            yield node.lineno, sorted(names & set(BY_NAME))


# Fields of the world, and rows of the record of the past, some of which are called as a measure is; and what a preview
# looks at, each in a way of its own.
OTHER_NAMES = (
    *("sim/model/fields.py", "sim/engine/observing.py", "sim/analysis/annual.py", "sim/analysis/record.py"),
    "sim/analysis/previews.py",
    # what a player stands before, what a class is laid out by, and which words are explained to it: choices, not lists
    *("sim/narrative/games.py", "sim/classroom/dots.py", "sim/classroom/glossary.py"),
)


# --- one home --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_measures_are_listed_in_their_home_alone(path):
    if path.relative_to(ROOT).as_posix() in OTHER_NAMES:
        assert any(lists_of_measures(path.read_text(encoding="utf-8")))  # else it need not be excepted
        return
    assert list(lists_of_measures(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "text",
    ['x = ("hhi", "autonomy")', 'x = frozenset({"trade", "delivered"})', 'x = {"ended": 1, "hhi": 2, "vote": 3}'],
)
def test_a_list_of_measures_would_be_found(text):
    assert list(lists_of_measures(text))


def test_it_loads_nothing_heavy():
    script = "import sim.model.variables, sys; print(*{name.split('.')[0] for name in sys.modules})"
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"numpy", "numba", "pandas", "pyarrow", "matplotlib", "mesa"} & set(answer.stdout.split())


# --- the rows agree with themselves ----------------------------------------------------------------------------------


def test_no_two_variables_have_one_name_or_one_label():
    assert len(BY_NAME) == len(VARIABLES)
    labels = [in_words(variable.name) for variable in VARIABLES]
    assert len(set(labels)) == len(labels)
    places = [variable.shown for variable in VARIABLES if variable.shown]
    assert sorted(places) == list(range(1, len(places) + 1))


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
class TestEveryVariable:
    def test_its_name_can_be_a_column_and_a_field(self, variable):
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", variable.name)

    def test_it_is_explained_with_its_unit(self, variable):
        assert variable.unit
        assert "{" not in variable.explained
        assert variable.explained == variable.explained.strip()

    def test_what_is_recorded_says_how_it_is_counted(self, variable):
        quarterly = variable.origin is Origin.RECORDED or variable.name == "outcome"
        assert (variable.counted_by is not None) == quarterly

    def test_what_concerns_a_power_says_what_it_is_over_all(self, variable):
        assert (variable.over_powers is not None) == (variable.axes == "ij")

    def test_a_part_is_a_part_of_the_same_kind(self, variable):
        if variable.part_of:
            whole = BY_NAME[variable.part_of]
            assert (whole.axes, whole.unit, whole.origin) == (variable.axes, variable.unit, variable.origin)

    def test_what_is_shown_of_a_policy_is_shown(self, variable):
        assert variable.shown or not (variable.policy or variable.headline)


def test_places_are_where_names_stand():
    assert [getattr(state_place, name) for name in BY_STATE] == list(range(len(BY_STATE)))
    assert [getattr(power_place, name) for name in BY_POWER] == list(range(len(BY_POWER)))


def test_the_record_keeps_every_measure_in_its_place():
    """The phase writes each measure once, calling its place by its name."""
    phase = ast.parse((ROOT / "sim" / "model" / "phases" / "record.py").read_text(encoding="utf-8"))
    written = {"by_state": [], "by_power": []}
    for node in ast.walk(phase):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            page = getattr(node.targets[0].value, "id", "")
            if page in written and not isinstance(node.targets[0].slice.elts[-2], ast.Name):
                written[page].append(ast.unparse(node.targets[0].slice.elts[-2]))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("keep_"):  # a helper, told the place
            *_, place, page = map(ast.unparse, node.args)
            if place.startswith(("power_place.", "state_place.")):
                written[page].append(place)
    assert sorted(written["by_state"]) == sorted(f"state_place.{name}" for name in BY_STATE)
    assert sorted(written["by_power"]) == sorted(f"power_place.{name}" for name in BY_POWER)


# --- what is derived -------------------------------------------------------------------------------------------------


def test_quantities_and_names_make_up_what_a_series_keeps():
    assert set(MEASURES) == {"outcome", *BY_STATE, *BY_POWER}
    assert len(set(MEASURES)) == len(MEASURES)
    assert set(QUANTITIES) == {name for name in MEASURES if BY_NAME[name].counted_by is not Scale.WORD}


def test_what_a_run_keeps_is_recorded():
    kept = [kept_of_a_run(axes, summary) for axes in ("i", "ij") for summary in Reduction]
    assert {name for names in kept for name in names} <= set(QUANTITIES)
    assert set(HEADLINES) <= set(BY_NAME)
    assert set(OFFER_TOTALS) <= set(BY_NAME)


def test_words_for_people():
    assert in_words("effective_partners") == "effective partners"
    assert in_words("alignment", "ABC") == "alignment ABC"
    assert in_words("accepted") != in_words("acceptance")
    assert in_words("of_another_version", "ABC") == "of another version ABC"
    assert percent_scale("alignment") == 100.0
    assert percent_scale("of_another_version") == percent_scale("balance") == 1.0


# Executed before anything else of the program is loaded: the same file, with a row more.
WITH_A_ROW_MORE = """
from sim.model import variables

text = open(variables.__file__, encoding="utf-8").read()
place = text.index("    # --- recorded of a state and a power ---")
row = '''    Variable("warmth", "i", "0..1", "a new measure, {unit}", counted_by=Scale.SHARE, summary=MEAN,
        percent=True, label="warmth of ties", shown=99),
'''
exec(compile(text[:place] + row + text[place:], variables.__file__, "exec"), vars(variables))
"""

EVERYTHING = """
import json, sys
from pathlib import Path

import pandas as pd

from helpers.fake_engine import FakePrepared, fake_scenario
from sim.analysis.comparison import compare_results
from sim.batch.runner import run
from sim.cli.report import print_comparison
from sim.figures.comparison import draw_differences

one, two = (run(fake_scenario(name, runs=40), out=Path(sys.argv[1]), engine=FakePrepared) for name in "ab")
found = compare_results([one, two])
print_comparison(found, whole=True)
drawn = pd.read_csv(draw_differences(found) / "effects.csv")
print(json.dumps({
    "series": "warmth" in one.series,
    "runs": "warmth_ALD" in one.runs,
    "bands": "warmth" in set(one.bands["measure"]),
    "manifest": "warmth" in one.manifest["measures"],
    "read me": "a new measure, 0..1" in (one.folder / "README.txt").read_text(encoding="utf-8"),
    "effects": "warmth" in set(found.effects["measure"]),
    "figure": drawn["measure"].iloc[-1] == "warmth",
}))
"""


def test_a_new_measure_is_one_row(tmp_path):
    """With a row more, and nothing else, it is counted, kept, summed up, compared, shown and explained."""
    answer = subprocess.run(
        [sys.executable, "-c", WITH_A_ROW_MORE + EVERYTHING, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    *table, told = answer.stdout.splitlines()
    assert all(json.loads(told).values()), told
    assert any(line.startswith("warmth of ties") for line in table)


# --- what is written about them --------------------------------------------------------------------------------------


def section(text, begin, end):
    return text[text.index(begin) : text.index(end, text.index(begin))]


@pytest.mark.parametrize("name", MEASURES)
def test_the_page_of_results_says_of_a_column_what_its_variable_says(name):
    page = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    assert f"| `{BY_NAME[name].column}` | {BY_NAME[name].explained} |\n" in page


@pytest.mark.parametrize("variable", [v for v in VARIABLES if v.origin is Origin.DERIVED], ids=lambda v: v.name)
def test_the_page_of_results_explains_what_comparisons_add(variable):
    page = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    assert f"| `{variable.name}` | {variable.explained} |\n" in section(page, "**effects**", "## Keeping less")


def test_the_page_of_results_lists_what_is_kept_of_a_run_and_of_offers():
    page = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    of_runs, of_offers = section(page, "**runs**", "**bands**"), section(page, "**offers**", "**laid**")
    judged = {variable.name for variable in VARIABLES if variable.origin is Origin.JUDGED}
    summed_up = {variable.name for variable in VARIABLES if variable.origin is Origin.RECORDED and variable.summary}
    named = set(re.findall(r"`(\w+)`", of_runs))
    assert named == judged | summed_up | {"run"}
    assert set(re.findall(r"`(\w+)`", of_offers)) == {"state", "power", "kind", "unit", *OFFER_TOTALS}


def test_the_read_me_of_a_folder_has_a_line_for_every_column():
    parts = columns_in_words(4)
    assert [line.split()[0] for line in parts["series_columns"].splitlines()] == [BY_NAME[n].column for n in MEASURES]
    for variable in VARIABLES:
        if variable.name == "outcome":
            continue  # it stands in the template, since it is judged over quarters that a scenario may choose
        if variable.origin is Origin.JUDGED or variable.summary:
            assert f"{variable.name}_*" in parts["runs_columns"]
    assert all(name in parts["offers_columns"] for name in OFFER_TOTALS)
    template = (ROOT / "sim" / "batch" / "results_readme.txt").read_text(encoding="utf-8")
    assert all(f"${part}\n" in template for part in parts)


def test_a_variable_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Variable("x", "i", "0..1", "nothing").name = "y"
