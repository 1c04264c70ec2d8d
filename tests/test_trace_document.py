"""The TRACE document has its eight elements, and each leads to a page, a test and something that can be run."""

import re
from pathlib import Path

import pytest

from helpers.markdown import targets

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "trace-document.md").read_text(encoding="utf-8")
ELEMENTS = (
    *("Problem formulation", "Model description", "Data evaluation", "Conceptual model evaluation"),
    *("Implementation verification", "Model output verification", "Model analysis", "Model output corroboration"),
)


def element(number):
    return TEXT.partition(f"\n## {number}. ")[2].partition("\n## ")[0]


def test_the_elements_stand_in_order():
    assert re.findall(r"^## (\d)\. (.+)$", TEXT, flags=re.MULTILINE) == [
        (str(at), name) for at, name in enumerate(ELEMENTS, 1)
    ]


@pytest.mark.parametrize("number", range(1, len(ELEMENTS) + 1))
def test_an_element_leads_to_pages_tests_and_commands(number):
    leads = [target.partition("#")[0] for _, _, target in targets(element(number))]
    assert [one for one in leads if one.endswith(".md")]
    assert [one for one in leads if one.startswith("../tests/")]
    assert re.search(r"`(?:multivector|make) [^`]+`", element(number))


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`((?:multivector|make) [^`]+)`", TEXT))))
def test_a_command_is_one_that_there_is(command):
    from sim.cli import NAMES

    program, name = command.split()[:2]
    if program == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert re.search(rf"^{name}:(?!=)", makefile, flags=re.MULTILINE)
    else:
        assert name in NAMES


def test_what_was_given_up_names_the_decision_it_is_told_in():
    part = TEXT.partition("\n## What was tried and given up\n")[2]
    body = [line for line in part.splitlines() if line.startswith("| ")][1:]
    assert len(body) > 15
    assert all(re.search(r"\]\(decisions/\d{4}-[\w-]+\.md\)\) \|$", line) for line in body)
