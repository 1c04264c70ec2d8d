"""Who may ask the classroom's server what: each row of the table of dangers, over the plain protocol."""

import asyncio
import json
import re

import pytest

from sim.classroom.guard import A_SECOND, A_WRONG_TOKEN, AT_A_STRETCH, HEADERS, MOST_BYTES, Guard
from sim.classroom.room import Role, Room
from sim.scenario import load_scenario

HOST = "127.0.0.1:8765"
ROOM = Room(load_scenario("toy"))


async def behind(scope, receive, send):
    """An application that reads what it is sent, and says who asks."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    role = scope.get("state", {}).get("role")
    told = json.dumps({"read": len(body), "role": role and role.value}).encode()
    begun = {"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"ALLOWALL")]}
    await send(begun)
    await send({"type": "http.response.body", "body": told})


def good(**changed):
    """Headers of a request as our page sends it; None takes one away."""
    token = ROOM.tokens[Role.PUPIL]
    headers = {
        "host": HOST,
        "origin": f"http://{HOST}",
        "content-type": "application/json",
        "authorization": f"Bearer {token}",
    }
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}
    return [(name.encode(), value.encode()) for name, value in headers.items() if value is not None]


def answer(headers, path="/api/look", method="POST", bodies=(b"{}",), guard=None, kind="http"):
    """Status, headers and what was said."""
    sent, parts = [], list(bodies)
    scope = {"type": kind, "method": method, "path": path, "headers": headers, "client": ("127.0.0.1", 5)}

    async def receive():
        body = parts.pop(0) if parts else b""
        return {"type": "http.request", "body": body, "more_body": bool(parts)}

    async def send(message):
        sent.append(message)

    asyncio.run((guard or Guard(behind, ROOM, (HOST, "localhost:8765")))(scope, receive, send))
    if kind != "http":
        return sent
    begun, body = sent
    return begun["status"], dict(begun["headers"]), json.loads(body["body"])


def test_what_our_page_asks_is_answered_and_its_role_is_known():
    status, _, said = answer(good())
    assert (status, said) == (200, {"read": 2, "role": "pupil"})
    teacher = answer(good(authorization=f"Bearer {ROOM.tokens[Role.TEACHER]}"))[2]
    assert teacher["role"] == "teacher"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1", "127.0.0.1:80", "", None])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_foreign_host_is_misdirected_with_the_right_token_too(host, method):
    path = "/api/look" if method == "POST" else "/"
    assert answer(good(host=host), path, method)[0] == 421


def test_a_host_in_capital_letters_is_the_same_host():
    assert answer(good(host="LocalHost:8765", origin="http://localhost:8765"))[0] == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:8765", "http://127.0.0.1", None])
def test_another_origin_is_forbidden(origin):
    assert answer(good(origin=origin))[0] == 403


def test_the_origin_belongs_to_the_host_that_was_asked():
    assert answer(good(origin="http://localhost:8765"))[0] == 403


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", None])
def test_only_json_is_read(kind):
    assert answer(good(content_type=kind))[0] == 415


@pytest.mark.parametrize("told", ["Bearer wrong", "Bearer", "", None, "Basic {}", "Bearer {}x"])
def test_without_the_token_nothing_is_answered(told):
    token = ROOM.tokens[Role.PUPIL]
    status, headers, _ = answer(good(authorization=told and told.format(token)))
    assert status == 401
    assert headers[b"www-authenticate"] == b"Bearer"


@pytest.mark.parametrize("length", [str(MOST_BYTES + 1), "9" * 40, "9" * 5000, "-1", "1e3", "many"])
def test_a_body_that_says_it_is_too_large_is_not_read(length):
    assert answer(good(content_length=length))[0] == 413


def test_a_body_that_grows_too_large_is_cut_off():
    assert answer(good(), bodies=[b"x" * 1000] * 70)[0] == 413
    assert answer(good(), bodies=[b"x" * 1000] * 60)[2]["read"] == 60_000


@pytest.mark.parametrize("name", ["host", "origin", "authorization", "content-type", "content-length"])
def test_a_header_that_counts_stands_there_once(name):
    headers = good(content_length="2")
    twice = [*headers, *(pair for pair in headers if pair[0] == name.encode())]
    assert answer(twice)[0] == 400


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/look"), ("PUT", "/"), ("POST", "/"), ("OPTIONS", "/api/x")])
def test_other_methods_are_not_answered(method, path):
    status, headers, _ = answer(good(), path, method)
    assert status == 405
    assert headers[b"allow"]


def test_every_answer_has_the_headers_and_they_are_not_weakened():
    for one in (answer(good()), answer(good(host="x")), answer(good(), "/", "GET")):
        headers = one[1]
        assert {name: headers[name.encode()].decode() for name in HEADERS} == HEADERS
    assert HEADERS["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe" not in HEADERS["content-security-policy"]


def test_no_socket_is_opened():
    (sent,) = answer(good(), kind="websocket")
    assert sent["type"] == "websocket.close"


def test_an_address_that_asks_too_fast_waits_and_another_does_not():
    now = [0.0]
    guard = Guard(behind, ROOM, (HOST,), now=lambda: now[0])
    told = [answer(good(), guard=guard)[0] for _ in range(int(AT_A_STRETCH) + 1)]
    assert told == [200] * int(AT_A_STRETCH) + [429]
    now[0] += 2.0 / A_SECOND
    assert [answer(good(), guard=guard)[0] for _ in range(3)] == [200, 200, 429]


def test_tokens_are_not_guessed():
    now = [0.0]
    guard = Guard(behind, ROOM, (HOST,), now=lambda: now[0])
    wrong = good(authorization="Bearer wrong")
    told = [answer(wrong, guard=guard)[0] for _ in range(20)]
    assert set(told) == {401, 429}
    assert told.count(401) < AT_A_STRETCH / A_WRONG_TOKEN + 2
    now[0] += 10.0
    told = [answer(wrong, guard=guard)[0] for _ in range(1000)]
    assert told.count(401) <= 10.0 * A_SECOND / A_WRONG_TOKEN + 1


def test_tokens_differ_and_that_of_pupils_can_be_typed():
    rooms = [Room(load_scenario("toy")) for _ in range(50)]
    assert len({token for room in rooms for token in room.tokens.values()}) == 100
    assert all(len(room.tokens[Role.TEACHER]) >= 24 for room in rooms)
    assert all(re.fullmatch(r"[a-hjkmnp-z2-9]{4}-[a-hjkmnp-z2-9]{4}", room.tokens[Role.PUPIL]) for room in rooms)


def test_a_body_that_never_comes_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("sim.classroom.guard.A_BODY", 0.01)
    sent = []

    async def receive():
        await asyncio.sleep(5)

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/api/look", "headers": good(), "client": ("127.0.0.1", 5)}
    asyncio.run(Guard(behind, ROOM, (HOST,))(scope, receive, send))
    assert sent[0]["status"] == 408
