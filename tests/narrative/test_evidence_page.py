"""The page of the evidence: every link leads somewhere, from an outcome to a document; every text is escaped."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from helpers.small_seeds import files, write
from sim.evidence import load_evidence
from sim.evidence.influence import movers, outcomes_of, read_influence
from sim.evidence.story import Kind, Link
from sim.io.errors import InputError
from sim.narrative.evidence_page import evidence_page, one_voice

HOME = load_evidence()
MOST_BYTES = 4_000_000  # a letter takes more; it grows with every fact and number
VOID = {"meta", "link", "br"}
LOOSE = {"dt", "dd", "li", "p", "td", "th", "tr", "thead", "tbody"}  # may be closed by what comes next


class Read(HTMLParser):
    """What a page holds: the names in it, the links of each article, its text, and how its elements nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: dict[str, list[str]] = {}
        self.text: dict[str, str] = {}
        self.headings: list[int] = []
        self.tags: dict[str, int] = {}
        self.open: list[str] = []
        self.article = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.tags[tag] = self.tags.get(tag, 0) + 1
        if "id" in held:
            self.ids.append(held["id"] or "")
        if tag == "article":
            self.article = held["id"] or ""
        if tag == "a":
            self.links.setdefault(self.article, []).append(held["href"] or "")
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID | LOOSE:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in LOOSE:
            assert self.open.pop() == tag
        if tag == "article":
            self.article = ""

    def handle_data(self, data: str) -> None:
        self.text[self.article] = self.text.get(self.article, "") + data


@pytest.fixture(scope="module")
def whole() -> str:
    return evidence_page(HOME)


@pytest.fixture(scope="module")
def page(whole: str) -> Read:
    return Read(whole)


class TestWhole:
    def test_everything_is_on_it(self, page: Read) -> None:
        for letter, several in (
            ("n", HOME.numbers),
            ("f", HOME.facts),
            ("d", HOME.documents),
            ("s", HOME.systems),
            ("x", HOME.conflicts),
        ):
            assert {f"{letter}-{name}" for name in several} <= set(page.ids)

    def test_every_link_leads_somewhere_and_every_name_stands_once(self, page: Read) -> None:
        assert len(page.ids) == len(set(page.ids))
        aims = {link for links in page.links.values() for link in links}
        assert all(link.startswith("#") for link in aims)
        assert {link[1:] for link in aims} <= set(page.ids)

    def test_it_needs_nothing_beside_it(self, whole: str, page: Read) -> None:
        assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
        assert not re.search(r"url\(|@import|\bsrc=|\bon[a-z]+=\"", whole)

    def test_elements_nest_and_headings_leave_no_level_out(self, whole: str, page: Read) -> None:
        assert page.open == []
        assert whole.startswith('<!DOCTYPE html>\n<html lang="en">')
        assert page.headings[0] == 1
        assert page.headings.count(1) == 1
        assert all(later - earlier <= 1 for earlier, later in zip(page.headings, page.headings[1:], strict=False))

    def test_it_says_what_it_is_not_and_whose_voice_it_has(self, page: Read) -> None:
        said = " ".join(page.text[""].split())
        assert "Conditional exploration, not a forecast." in said
        assert "China. Where these agree, that is one view repeated, not a confirmation." in said

    def test_it_can_be_sent_and_is_the_same_every_time(self, whole: str) -> None:
        assert len(whole.encode()) < MOST_BYTES
        assert evidence_page(HOME) == whole

    def test_a_document_tells_how_far_to_believe_it(self, page: Read) -> None:
        for document in HOME.documents.values():
            told = " ".join(page.text[f"d-{document.id}"].split())
            assert " ".join(document.citation.split()) in told
            assert " ".join(document.bias.split()) in told
            assert f"{document.reliability:g} of 1" in told

    def test_a_fact_tells_where_it_stands_and_links_its_document(self, page: Read) -> None:
        for fact in HOME.facts.values():
            assert " ".join(fact.locator.split()) in " ".join(page.text[f"f-{fact.id}"].split())
            assert f"#d-{fact.document}" in page.links[f"f-{fact.id}"]

    def test_what_rests_on_a_fact_links_back(self, page: Read) -> None:
        for name, number in HOME.numbers.items():
            for fact in number.evidence:
                assert f"#n-{name}" in page.links[f"f-{fact}"]


NOBODY_DRAWS_IT = {"measures.multi_vector_partners", "measures.squeezed_pressure"}
"""Lines between outcome words are drawn by us; their articles say that no facts stand behind them."""


@pytest.mark.parametrize("outcome", outcomes_of(read_influence()))
def test_from_an_outcome_one_can_click_to_a_document_for_each_of_its_first_ten_numbers(
    outcome: str, page: Read
) -> None:
    start = f"o-{outcome.replace(' ', '-')}"
    first = [one.number for one in movers(read_influence(), outcome) if one.number in HOME.numbers][:10]
    assert len(first) == 10
    for number in first:
        assert f"#n-{number}" in page.links[start]
        seen, todo = {start}, [f"n-{number}"]
        while todo and not todo[-1].startswith("d-"):
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                # on the way to what something rests on: from numbers to facts and numbers, from facts to documents
                aims = [link[1:] for link in page.links.get(here, ())]
                steps = ("d-",) if here.startswith("f-") else ("f-", "n-")
                todo += [aim for aim in aims if aim.startswith(steps)]
                if here == f"n-{number}" and number in NOBODY_DRAWS_IT:
                    assert "No facts stand behind it." in page.text[here]
        assert todo or number in NOBODY_DRAWS_IT


class TestPart:
    @pytest.mark.parametrize(
        ("link", "needs"),
        [
            (
                Link(Kind.NUMBER, "powers.EU.budget.minerals"),
                ("f-eu-package-2025-eur", "n-coefficients.usd_per_eur", "d-summits-web"),
            ),
            (Link(Kind.FACT, "eu-package-2025-eur"), ("d-summits-web",)),
            (Link(Kind.CONFLICT, "c-chn-c5-trade"), ("f-chn-c5-trade-2024", "n-ties.KAZ.CHN.trade", "d-trade-2026")),
            (Link(Kind.DOCUMENT, "summits-web"), ("d-summits-web",)),
            (Link(Kind.OUTCOME, "share of China"), ("o-share-of-China", "n-powers.CHN.budget.infrastructure")),
        ],
        ids=lambda one: one.name if isinstance(one, Link) else "",
    )
    def test_holds_what_it_rests_on_and_no_link_into_nothing(self, link: Link, needs: tuple[str, ...]) -> None:
        part = Read(evidence_page(HOME, link))
        assert set(needs) <= set(part.ids)
        assert {aim[1:] for links in part.links.values() for aim in links} <= set(part.ids)
        assert len(part.ids) < 400


EVIL = "<script>alert('x')</script> & \"quoted\" <b>bold</b>"


def test_every_text_is_escaped(tmp_path: Path) -> None:
    contents = files()
    document = contents["documents.yaml"]["documents"]["a-paper"]
    for key in ("citation", "kind", "bias", "used_for", "author", "note", "url", "licence", "country"):
        document[key] = EVIL
    fact: dict[str, Any] = contents["facts/one.yaml"]["facts"][0]
    for key in ("says", "locator", "note"):
        fact[key] = EVIL
    number = contents["parameters/choice.yaml"]["dependence_aversion"]
    for key in ("meaning", "note", "reason"):
        number[key] = EVIL
    system = contents["systems.yaml"]["systems"]["over-dependence-aversion"]
    system["name"] = system["claim"] = EVIL
    text = evidence_page(load_evidence(folder=write(tmp_path, contents)))
    for raw in ("<script", "<b>"):
        assert raw not in text
    assert "&lt;script&gt;alert(" in text
    assert "script" not in Read(text).tags


def test_text_that_cannot_be_shown_reaches_no_page(tmp_path: Path) -> None:
    contents = files()
    contents["documents.yaml"]["documents"]["a-paper"]["citation"] = "A paper\x07\x1b[31m"
    with pytest.raises(InputError, match=r"documents.a-paper.citation: .* no control characters"):
        load_evidence(folder=write(tmp_path, contents))


def test_a_world_that_is_not_swept_has_a_page_too() -> None:
    text = evidence_page(load_evidence("toy"))
    assert 'id="outcomes"' not in text
    assert 'id="numbers"' in text


def test_documents_without_a_country_are_not_one_voice(tmp_path: Path) -> None:
    assert "do not say" in one_voice(load_evidence(folder=write(tmp_path)))
