"""Whatever JSON a page sends, it gets an answer, or is told in words what was wrong; never a fault of the server."""

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from helpers.classroom import Page
from sim.classroom.app import POSTS, make_app
from sim.classroom.room import Role, Room
from sim.scenario.calendar import quarter_text
from sim.scenario.scenario import load_scenario

HOST = "127.0.0.1:8765"
FEW = settings(max_examples=int(os.environ.get("MULTIVECTOR_FUZZ", "60")), deadline=None)
KEYS = """
    scenario words names kind name value worlds seed numbers opinions answers measure power state restart game quarter
    say by clauses phase lesson step page number
"""
KNOWN = """
    toy archipelago ALD BEK NOR OST SUD number fact document deal minerals yes no rule open closed shown output
    alignment outcome 2026-Q1 2026-Q2 choice.gain choice.dependence_aversion measures.leaning_share
    rivalry.OST.NOR.economic {x} {0.__class__} %s ../x =1+1 <script>
"""
WORDS = KNOWN.split()
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-3, 12)
    | st.sampled_from([10**400, -(10**400), 2**53, 2**63, 2**64])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(WORDS)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(WORDS) | st.text(), inner), max_leaves=8
)
ASKED = st.dictionaries(st.sampled_from(KEYS.split()), VALUES, max_size=6)
ANSWERED = {200, 400, 403, 409}  # said, wrong, only the teacher's, something newer was asked


@pytest.fixture(scope="module")
def pages():
    room = Room(load_scenario("toy"))
    with TestClient(make_app(room, (HOST,)), base_url=f"http://{HOST}") as client:
        pages = {Role.TEACHER: Page(client, room, Role.TEACHER), Role.PUPIL: Page(client, room).sit()}
        pages[Role.TEACHER].ask("/api/class/begin", state="ALD")
        pages[Role.TEACHER].ask("/api/class/turn", phase="open")
        yield pages


def as_a_page_would(page, path):
    """What a page of ours sends beside what it is asked for: which game it shows, and what lies on its table."""
    played = page.room.games.get(page.room.seat_of(page.seat))
    if not path.startswith("/api/game/") or played is None:
        return {"state": "ALD"}
    offers = [{"by": one.by, "kind": one.kind, "say": "no"} for one in played.game.inbox[:1]]
    return {"game": played.number, "quarter": quarter_text(played.game.quarter), **dict(*offers)}


@FEW
@given(post=st.sampled_from(POSTS), role=st.sampled_from(Role), known=st.booleans(), asked=ASKED)
def test_a_page_is_answered_or_told_what_is_wrong(pages, post, role, known, asked):
    page = pages[role]
    if known:
        asked = as_a_page_would(page, post.path) | asked
    answer = page.send(post.path, json.dumps(asked))
    assert answer.status_code in ANSWERED
    said = answer.json()
    assert answer.status_code == 200 or said["error"]
