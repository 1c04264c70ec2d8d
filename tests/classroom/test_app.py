"""The application as a page meets it: its files, its first questions, and what it says to nonsense."""

import json

import pytest
from starlette.testclient import TestClient

from helpers.classroom import Page
from sim.classroom.app import POSTS, make_app, page_files
from sim.classroom.room import MOST_SEATS, Role, Room
from sim.classroom.words import page_words, say
from sim.scenario import load_scenario

HOST = "127.0.0.1:8765"


@pytest.fixture
def room():
    return Room(load_scenario("toy"))


@pytest.fixture
def client(room):
    with TestClient(make_app(room, (HOST,)), base_url=f"http://{HOST}") as client:
        yield client


@pytest.fixture
def page(client, room):
    return Page(client, room)


def test_the_page_and_its_files_are_there_and_nothing_else(client):
    assert "<title>Multivector</title>" in client.get("/").text
    for name in page_files():
        answer = client.get("/" if name == "index.html" else f"/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    for path in (
        "/..%2fapp.py",
        "/app.py",
        "/page/main.js",
        "/words/en.yaml",
        "/etc/passwd",
        "/%2e%2e/%2e%2e/x",
        "/main.js/x",
    ):
        assert client.get(path).status_code == 404


def test_the_words_are_those_of_the_file(client):
    words = client.get("/words.json").json()
    assert words == dict(page_words())
    assert say("main.caution", title="This", caution="that") == "This · that"


def test_a_page_learns_what_it_looks_at(page, room):
    told = page.ask("/api/state")
    assert told["scenario"] == "toy"
    assert told["role"] == "pupil"
    assert told["scenarios"][0] == {"code": "toy", "name": room.base.title}
    assert told["quarters"][0] < told["quarters"][-1]
    other = page.ask("/api/state", scenario="archipelago")
    assert other["scenario"] == "archipelago"


def test_a_seat_is_kept_for_the_page_that_has_its_token(page, room):
    mine = page.ask("/api/join")
    assert mine["seat"] == 1
    page.seat = mine["seat_token"]
    assert page.ask("/api/join") == {"seat": 1, "number": page.number}
    page.seat = "somebody else's"
    assert page.ask("/api/join")["seat"] == 2
    assert room.seats == 2


def test_a_full_room_says_so(page, room):
    for _ in range(MOST_SEATS):
        room.take_seat()
    assert "full" in page.refused("/api/join")


@pytest.mark.parametrize("name", ["../toy", "toy.yaml", "/etc/passwd", "seeds/x", "t\0y", "archipelag", 7, ["toy"], {}])
def test_a_scenario_is_looked_up_and_never_a_path(page, name):
    said = page.refused("/api/state", scenario=name)
    assert "/" not in said.partition("allowed")[0].replace(str(name), "")
    if name == "archipelag":
        assert "archipelago" in said


@pytest.mark.parametrize(
    "body",
    ["", "[]", "3", "null", "{", '{"a":1,"a":2}', '{"scenario":NaN}', '"x"', "[" * 5000, '{"number":-1}', "\ufeff{}"],
)
@pytest.mark.parametrize("post", POSTS, ids=lambda post: post.path)
def test_nonsense_is_refused_in_words(page, post, body):
    answer = page.send(post.path, body, Role.TEACHER)
    assert answer.status_code == 400
    said = answer.json()["error"]
    assert said
    assert "Traceback" not in said


@pytest.mark.parametrize("post", [post for post in POSTS if post.who is Role.TEACHER], ids=lambda post: post.path)
def test_a_pupil_may_not_do_what_is_the_teachers(page, post):
    assert page.send(post.path, "{}", Role.PUPIL).status_code == 403


def test_a_body_that_is_too_large_is_refused_by_the_whole_server(page):
    answer = page.send("/api/state", json.dumps({"scenario": "x" * 70_000}))
    assert answer.status_code == 413


def test_every_key_of_the_words_is_a_view_and_a_word():
    for key, text in page_words().items():
        view, _, word = key.partition(".")
        assert view
        assert word
        assert text == text.strip()
        assert text
