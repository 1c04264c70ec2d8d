"""The paper has the form that the journal asks for, and cites what its bibliography holds and nothing else."""

import re
from pathlib import Path

import pytest
import yaml

from sim.evidence.evidence import load_evidence

ROOT = Path(__file__).parent.parent
PAPER = (ROOT / "paper" / "paper.md").read_text(encoding="utf-8")
BIBLIOGRAPHY = (ROOT / "paper" / "paper.bib").read_text(encoding="utf-8")
HEAD, TEXT = re.match(r"---\n(.*?)\n---\n(.*)", PAPER, flags=re.DOTALL).groups()
SECTIONS = (
    *("Summary", "Statement of need", "State of the field", "Software design", "Checks", "Limits"),
    *("Acknowledgements", "References"),
)
FEWEST, MOST = 750, 1750  # words
NEEDED = {
    "article": {"author", "title", "journal", "year", "volume", "pages"},
    "book": {"author", "title", "publisher", "year"},
    "inproceedings": {"author", "title", "booktitle", "year"},
    "misc": {"author", "title", "year", "url"},
}
ENTRIES = {
    key: (kind, dict(re.findall(r"^  (\w+) *= \{(.*?)\},?$", body, flags=re.MULTILINE | re.DOTALL)))
    for kind, key, body in re.findall(r"^@(\w+)\{(\w+),\n(.*?)^\}", BIBLIOGRAPHY, flags=re.MULTILINE | re.DOTALL)
}


def test_the_head_names_title_authors_date_and_bibliography():
    head = yaml.safe_load(HEAD)
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert head["title"] == citation["title"]
    assert [one["name"] for one in head["authors"]] == [one["name"] for one in citation["authors"]]
    assert {one["affiliation"] for one in head["authors"]} <= {one["index"] for one in head["affiliations"]}
    assert (ROOT / "paper" / head["bibliography"]).is_file()
    assert set(citation["keywords"]) <= set(head["tags"])
    year, month, day = str(citation["date-released"]).split("-")
    assert head["date"].startswith(f"{int(day)} ")
    assert head["date"].endswith(f" {year}")
    assert month == "11" or "November" not in head["date"]


def test_the_sections_stand_in_order_and_are_short_enough():
    assert tuple(re.findall(r"^# (.+)$", TEXT, flags=re.MULTILINE)) == SECTIONS
    assert FEWEST <= len(TEXT.split()) <= MOST


def test_what_is_cited_is_in_the_bibliography_and_the_other_way_round():
    assert set(re.findall(r"@(\w+)", TEXT)) == set(ENTRIES)
    assert len(ENTRIES) == BIBLIOGRAPHY.count("\n@") + BIBLIOGRAPHY.startswith("@")


@pytest.mark.parametrize("key", ENTRIES)
def test_an_entry_is_complete(key):
    kind, fields = ENTRIES[key]
    assert NEEDED[kind] - set(fields) == set()
    assert key.endswith(fields["year"])
    assert re.fullmatch(r"10\.\d{4,}/\S+", fields.get("doi", "10.1000/none"))
    assert "doi" in fields or {"url", "isbn"} & set(fields) or kind == "book"


def test_what_the_paper_counts_is_so():
    evidence = load_evidence()
    assert f"each of {len(evidence.systems)} systems" in " ".join(TEXT.split())
    assert all(actor.name in TEXT for actor in (*evidence.states, *evidence.powers))
    assert "conditional exploration, not a forecast" in " ".join(TEXT.split())
