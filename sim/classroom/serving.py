"""`serve`: a class is opened on one address and port of this machine, until somebody ends it."""

import errno
import ipaddress
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from types import FrameType

from sim.batch.identity import allowed_cores
from sim.classroom.lessons import load_lesson
from sim.classroom.room import Role, Room
from sim.engine.ways import compile_behind
from sim.io.arguments import Arguments
from sim.io.errors import input_error
from sim.io.extras import optional
from sim.scenario.arguments import given_fitted
from sim.scenario.scenario import Scenario, scenario_of, with_fitted

LOOPBACK = "127.0.0.1"
PORT = 8765
"""Where the page is unless told otherwise."""

MOST_PORT = 65_535

LINES = 4096
"""Lines that may be open at once: each page of a full hall has one on which it listens and some on which it asks."""

WAITING = 256
"""Lines that may wait to be taken up."""


def serve(
    scenario: str | Path | Scenario | None = None,
    *,
    lesson: int | str | Path | None = None,
    port: int = PORT,
    lan: str | None = None,
    fitted: str | None = None,
    seeds: str | Path | None = None,
    keep: str | Path | None = None,
    ready: Callable[[Scenario, str, str], None] | None = None,
) -> None:
    """Open a class, and serve it until the process is interrupted.

    Parameters
    ----------
    scenario, fitted, seeds
        As in `sim.run`: what the class looks at first; the lesson's scenario, or the baseline, unless told otherwise.
    lesson
        A lesson by its number or name, or the path of a YAML file.
    port
        0 takes any that is free.
    lan
        An address of this machine, if pages of other machines are to be served; else this machine alone is.
    keep
        A file in which the class is kept as it goes. Where there is one, the class goes on as it was, at the addresses
        it had if the port is the same; nobody else may read a new one, since the tokens of the room stand in it.
    ready
        Called with the scenario and the teacher's and the pupils' address once the page can be opened.

    Raises
    ------
    sim.io.errors.InputError
        For what does not exist, a file of another class, an address that is not of this machine, and a port that
        somebody else has.
    """
    uvicorn = optional("uvicorn", "classroom", "classroom", "the classroom needs")
    optional("starlette", "classroom", "classroom", "the classroom needs")
    from sim.classroom.app import make_app
    from sim.classroom.going_on import keep_in

    arguments = Arguments("serve")
    port = arguments.whole("port", port, 0, MOST_PORT)
    fitted = given_fitted(arguments, fitted)
    kept = None if keep is None else arguments.path("keep", keep)
    arguments.called("ready", ready)
    arguments.refuse_if_wrong()
    held = None if lesson is None else load_lesson(lesson)
    if scenario is None:
        scenario = held.scenario if held else "baseline"
    address = LOOPBACK if lan is None else _own_address(lan)
    room = Room(with_fitted(scenario_of(scenario, seeds, "serve"), fitted), lesson=held, fitted=fitted)
    with ExitStack() as held_open:
        listening = held_open.enter_context(closing(_listening(address, port)))
        _have_room_for_lines()
        port = listening.getsockname()[1]
        compile_behind("sim.batch.first_time", 1, allowed_cores())
        if kept is not None:
            held_open.enter_context(closing(keep_in(kept, room)))
        names = (f"[{address}]",) if ":" in address else (address,)
        hosts = tuple(f"{name}:{port}" for name in (*names, *(("localhost",) if lan is None else ())))
        options = uvicorn.Config(
            make_app(room, hosts),
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="none",
            proxy_headers=False,
            backlog=WAITING,
            timeout_graceful_shutdown=1,
        )
        if ready is not None:
            ready(room.base, *(f"http://{hosts[0]}/#{room.tokens[role]}" for role in (Role.TEACHER, Role.PUPIL)))
        server = uvicorn.Server(options)
        ended = server.handle_exit

        def end(signal: int, frame: FrameType | None) -> None:
            threading.Thread(target=room.close).start()  # or pages that listen would be waited for, and then torn off
            ended(signal, frame)

        server.handle_exit = end
        server.run(sockets=[listening])


def _listening(address: str, port: int) -> socket.socket:
    """A socket that listens, so that the address is known, and taken, before anything is said of it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((address, port))
        listening.listen(WAITING)
    except OSError as error:
        listening.close()
        of_address = error.errno is not None and not _taken(error)
        key, allowed = ("lan", "an address of this machine") if of_address else ("port", "one that is free, or 0")
        found = address if of_address else str(port)
        raise input_error("serve", f"{key}: {error.strerror}", found=found, allowed=allowed) from error
    return listening


def _have_room_for_lines() -> None:
    """Open as many files as the system lets us: many say a thousand unless asked, and a full hall of pages has more."""
    with suppress(ImportError, ValueError, OSError):  # there are systems without such limits
        import resource

        now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = LINES if most == resource.RLIM_INFINITY else min(LINES, most)
        if now != resource.RLIM_INFINITY and now < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _taken(error: OSError) -> bool:
    return error.errno in {errno.EADDRINUSE, errno.EACCES}


def _own_address(lan: str) -> str:
    """An address that is one: no name, none that stands for all, so that who reads it knows who is let in."""
    arguments = Arguments("serve")
    text = arguments.text("lan", lan)
    arguments.refuse_if_wrong()
    with suppress(ValueError):
        address = ipaddress.ip_address(text)
        mapped = getattr(address, "ipv4_mapped", None)  # written so, one that stands for all would not be known as such
        if not (address.is_unspecified or address.is_multicast or mapped):
            return str(address)
    allowed = "one address of this machine, such as 192.168.1.20"
    raise input_error("serve", "lan: this is no single address", found=f"'{text}'", allowed=allowed)
