"""Who may ask what: the guard in front of everything the server answers, whatever stands behind it.

A page on another site that a pupil has open must not be able to ask our server anything, nor to read what it says;
and nobody without a token of this class plays worlds. The guard speaks the plain protocol between servers and
applications (ASGI), so that nothing gets past it through a feature of a library.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from sim.classroom.room import Role, Room

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BYTES = 64 * 1024
"""Of the body of a request; the largest that our page sends is a few thousand."""

MOST_DIGITS = 20  # of a length; of thousands no number is made

A_SECOND, AT_A_STRETCH = 200.0, 600.0
"""Requests that one address may make: a slider asks some thirty a second, and thirty pupils may sit behind one."""

A_WRONG_TOKEN = 50.0
"""Requests that one with a wrong token counts for: nobody guesses faster than four times a second."""

A_BODY = 10.0
"""Seconds that a body may take to come."""

MOST_ADDRESSES = 1000  # that are remembered

API = "/api/"

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
"""Of every answer, refusals too."""


class _RefusedError(Exception):
    """What is answered in place of the application."""

    def __init__(self, status: HTTPStatus, why: str, **headers: str) -> None:
        super().__init__(why)
        self.status, self.why, self.headers = status, why, headers


class _Pace:
    """How fast one address may go on asking: a bucket that fills at a steady rate."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._left: dict[str, tuple[float, float]] = {}

    def allows(self, address: str, cost: float = 1.0) -> bool:
        now = self._now()
        left, before = self._left.pop(address, (AT_A_STRETCH, now))
        left = min(AT_A_STRETCH, left + (now - before) * A_SECOND)
        self._left[address] = (max(left - cost, 0.0), now)
        while len(self._left) > MOST_ADDRESSES:
            self._left.pop(next(iter(self._left)))
        return left >= 1.0


@dataclass
class Guard:
    """The guard of one application.

    hosts: what may stand in a request's `Host`, as `127.0.0.1:8765`; a page comes from `http://` and one of them.
    """

    app: App
    room: Room
    hosts: Iterable[str]
    now: Callable[[], float] = time.monotonic
    _pace: _Pace = field(init=False)

    def __post_init__(self) -> None:
        self.hosts = frozenset(host.lower() for host in self.hosts)
        self._pace = _Pace(self.now)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on to the application with `role` in the state of the scope."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # no socket is offered
            await send({"type": "websocket.close", "code": 1008})
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_ours(message.get("headers", ()))}
            await send(message)

        try:
            self._check(scope)
            body = await asyncio.wait_for(_body(receive), A_BODY)
        except TimeoutError:
            await _refuse(_RefusedError(HTTPStatus.REQUEST_TIMEOUT, "the body did not come"), guarded)
        except _RefusedError as refusal:
            await _refuse(refusal, guarded)
        else:
            await self.app(scope, _again(body, receive), guarded)

    def _check(self, scope: Scope) -> None:
        headers = _headers(scope)
        host = headers.get("host", "")
        if host not in self.hosts:
            raise _RefusedError(HTTPStatus.MISDIRECTED_REQUEST, "this server answers under its own address only")
        if not self._pace.allows(_address(scope)):
            raise _RefusedError(HTTPStatus.TOO_MANY_REQUESTS, "too many requests at once; wait a moment")
        api = scope["path"].startswith(API)
        methods = ("POST",) if api else ("GET", "HEAD")
        if scope["method"] not in methods:
            allow = ", ".join(methods)
            raise _RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, f"only {allow} is answered here", allow=allow)
        if api:
            self._check_post(scope, headers, host)

    def _check_post(self, scope: Scope, headers: Mapping[str, str], host: str) -> None:
        if headers.get("origin", "").lower() != f"http://{host}":
            raise _RefusedError(HTTPStatus.FORBIDDEN, "only the page of this server may ask")
        kind = headers.get("content-type", "").lower().replace(" ", "")
        if kind not in {"application/json", "application/json;charset=utf-8"}:
            raise _RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "only application/json is read here")
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit() and len(length) < MOST_DIGITS) or int(length) > MOST_BYTES:
            raise _too_large()
        scheme, _, token = headers.get("authorization", "").partition(" ")
        role = self.room.role_of(token.strip()) if scheme.lower() == "bearer" else None
        if role is None:
            self._pace.allows(_address(scope), A_WRONG_TOKEN)
            raise _RefusedError(HTTPStatus.UNAUTHORIZED, "this page has no token of this class", **_WANTED)
        scope.setdefault("state", {})["role"] = role


def _address(scope: Scope) -> str:
    address, _ = scope.get("client") or ("", 0)
    return str(address)


_WANTED = {"www-authenticate": "Bearer"}


def _too_large() -> _RefusedError:
    return _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {MOST_BYTES} bytes are read")


def _headers(scope: Scope) -> dict[str, str]:
    """Headers by name, in small letters as servers hand them on; those that may be there once only are not doubled."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        if key in found and key in {"host", "origin", "authorization", "content-type", "content-length"}:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, f"the header '{key}' stands there twice")
        found[key] = value.decode("latin-1").strip()
    found["host"] = found.get("host", "").lower()
    return found


async def _body(receive: Receive) -> bytes:
    """The body as it comes, up to the limit: a length can be left out or be a lie. A reader that left sends no more."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), bool(message.get("more_body", False))
        if len(body) > MOST_BYTES:
            raise _too_large()
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    """What reads a body that has been read, and then goes on listening whether the reader leaves."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


def _with_ours(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers if name.decode("latin-1").lower() not in HEADERS]
    return [*kept, *((name.encode(), value.encode()) for name, value in HEADERS.items())]


async def _refuse(refusal: _RefusedError, send: Send) -> None:
    body = json.dumps({"error": refusal.why}).encode()
    headers = {"content-type": "application/json", "content-length": str(len(body)), **refusal.headers}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": int(refusal.status), "headers": raw})
    await send({"type": "http.response.body", "body": body})


def caller_role(scope: Scope) -> Role:
    """The role that the guard found; only what has passed it has one."""
    role: Role = scope["state"]["role"]
    return role
