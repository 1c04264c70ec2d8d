"""The application: which address answers what. All that a page may ask goes through one door, posts by their path."""

import asyncio
import hmac
import re
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import cache
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sim.classroom import about, board, guard, looking, numbers, opinions, playing, steps
from sim.classroom.guard import Guard
from sim.classroom.lesson_forms import Lesson
from sim.classroom.lessons import list_lessons, load_lesson
from sim.classroom.room import TEACHERS_SEAT, Caller, Post, Role, Room
from sim.classroom.stream import sent
from sim.classroom.words import page_words
from sim.classroom.work import BusyError, ClosedError, SupersededError, Work
from sim.classroom.worksheets import glossary_page, teachers_page, worksheet
from sim.io.errors import InputError
from sim.io.json_files import parse_json
from sim.io.regular import read_regular

PAGE = Path(__file__).parent / "page"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
MOST_FILE = 1_000_000  # bytes of a file of the page

VIEWS = (about, looking, numbers, opinions, playing, board, steps)
POSTS: tuple[Post, ...] = tuple(post for view in VIEWS for post in view.POSTS)
"""Everything that a page may ask."""


def make_app(room: Room, hosts: tuple[str, ...]) -> Guard:
    """The application for one class, behind its guard; hosts: what a request may name as its `Host`."""
    work = Work()

    @asynccontextmanager
    async def living(_: Starlette) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()

        def let_go() -> None:
            with suppress(RuntimeError):  # the loop has ended, and nobody waits in it
                loop.call_soon_threadsafe(work.close)

        room.when_closed(let_go)
        threading.Thread(target=room.read_titles, daemon=True).start()
        yield
        room.close()
        work.close()

    routes = [
        Route("/", _in_words("index.html")),
        Route("/favicon.ico", _page("icon.svg")),  # a browser asks for it beside pages that name none
        Route("/words.json", _json_page(page_words)),
        *(Route(f"/{name}", _page(name)) for name in page_files() if name != "index.html"),
        *(Route(post.path, _answering(post, room, work), methods=["POST"]) for post in POSTS),
        Route("/worksheet/{name}", _paper(room, worksheet)),
        Route("/teacher/{key}/{name}", _paper(room, teachers_page)),
        Route("/glossary", _text(glossary_page)),
        Route("/api/stream", _streaming(room), methods=["POST"]),
    ]
    return Guard(Starlette(routes=routes, lifespan=living), room, hosts)


@cache
def page_files() -> Mapping[str, bytes]:
    """The files of the page by name: what is not among them is not there, whatever a path says."""
    return {path.name: read_regular(path, MOST_FILE) for path in sorted(PAGE.iterdir()) if path.suffix in KINDS}


def _page(name: str) -> Callable[[Request], Response]:
    def answer(_: Request) -> Response:
        return Response(page_files()[name], media_type=KINDS[Path(name).suffix])

    return answer


def _in_words(name: str) -> Callable[[Request], Response]:
    """A page with its strings filled in: `{main.look}` and the like."""

    def answer(_: Request) -> Response:
        frame = page_files()[name].decode()
        told = re.sub(r"\{(\w+\.\w+)\}", lambda found: escape(page_words()[found[1]]), frame)
        return Response(told, media_type=KINDS[".html"])

    return answer


def _json_page(make: Callable[[], Any]) -> Callable[[Request], Response]:
    return lambda _: JSONResponse(make())


def _text(make: Callable[[], str]) -> Callable[[Request], Response]:
    return lambda _: Response(make(), media_type=KINDS[".html"])


def _paper(room: Room, make: Callable[[Lesson], str]) -> Callable[[Request], Response]:
    """A lesson on paper, of one that comes along or is held; a key that is asked for has to be the room's."""

    def answer(request: Request) -> Response:
        asked = request.path_params
        own = {one.name: one for one in (room.own_lesson, room.lesson) if one is not None}
        known = hmac.compare_digest(asked.get("key", room.key).encode(), room.key.encode())
        if not known or asked["name"] not in {*list_lessons(), *own}:
            return _said("there is no such page", HTTPStatus.NOT_FOUND)
        return Response(make(own.get(asked["name"]) or load_lesson(asked["name"])), media_type=KINDS[".html"])

    return answer


def _answering(post: Post, room: Room, work: Work) -> Callable[[Request], Any]:
    """The answer to one post, as a response."""

    async def answer(request: Request) -> Response:
        role = guard.caller_role(request.scope)
        if post.who is Role.TEACHER and role is not Role.TEACHER:
            return _said("only the teacher's page may do this", HTTPStatus.FORBIDDEN)
        try:
            asked, caller, number = _read(await request.body(), request, role, room)
            if post.heavy:
                first = role is Role.TEACHER
                made = await work.do(caller.page, post.path, number, first, lambda: post.answer(room, caller, asked))
            else:
                made = await work.at_once(lambda: post.answer(room, caller, asked))
        except InputError as error:
            return _said(str(error), HTTPStatus.BAD_REQUEST)
        except SupersededError:
            return _said("something newer was asked", HTTPStatus.CONFLICT)
        except BusyError:
            return _said("too many wait; ask again in a moment", HTTPStatus.SERVICE_UNAVAILABLE)
        except ClosedError:
            return _said("the room is closed", HTTPStatus.SERVICE_UNAVAILABLE)
        return JSONResponse(made | {"number": number})

    return answer


def _said(why: str, status: HTTPStatus) -> Response:
    return JSONResponse({"error": why}, status_code=int(status))


def _read(body: bytes, request: Request, role: Role, room: Room) -> tuple[dict[str, Any], Caller, int]:
    """What is asked, by whom, and the page's running number of it."""
    asked = parse_json(body, "request")
    if not isinstance(asked, dict):
        raise InputError([about.no_group()])
    page, number = about.page_of(asked)
    seat = TEACHERS_SEAT if role is Role.TEACHER else room.seat_of(request.headers.get("x-seat", ""))
    return asked, Caller(role, page, seat), number


def _streaming(room: Room) -> Callable[[Request], Response]:
    """Events to a page for as long as it listens; an asynchronous stream ends when its reader leaves."""

    async def events() -> AsyncIterator[str]:
        async for event in room.listen():
            yield sent(event)

    return lambda _: StreamingResponse(events(), media_type="text/event-stream")
