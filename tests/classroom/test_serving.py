"""The server as a process: where it listens, whom it lets in, and how it ends."""

import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

import pytest

from sim.classroom import serve, serving
from sim.cli.main import main
from sim.io.errors import InputError
from tools.measure_classroom import Address


@pytest.fixture
def room():
    """A class that is open, and the two addresses it told."""
    command = [sys.executable, "-m", "sim.cli", "classroom", "toy", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        told = ""
        while not told.endswith("\n}\n"):
            told += process.stdout.readline()
        yield process, {row["who"]: row["address"] for row in json.loads(told)["rows"]}
        process.kill()


def get(address, path="/", **headers):
    request = urllib.request.Request(address.partition("#")[0].rstrip("/") + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_a_class_is_opened_on_this_machine_alone_and_ends_quietly(room):
    process, addresses = room
    assert addresses["teacher"].startswith("http://127.0.0.1:")
    assert addresses["teacher"].partition("#")[0] == addresses["pupils"].partition("#")[0]
    status, page = get(addresses["pupils"])
    assert status == 200
    assert b"<title>Multivector</title>" in page
    assert get(addresses["pupils"], Host="evil.example")[0] == 421
    token = addresses["pupils"].partition("#")[2]
    status, said = asked(addresses["pupils"], token, "/api/state")
    assert status == 200
    assert json.loads(said)["scenario"] == "toy"
    assert asked(addresses["pupils"], "wrong", "/api/state")[0] == 401
    process.send_signal(signal.SIGINT)
    assert process.wait(10) in {0, 130}


def test_it_ends_quietly_while_pages_listen_and_wait_for_worlds(room):
    process, addresses = room
    teacher = urlsplit(addresses["teacher"])
    at = Address(teacher.netloc, teacher.fragment)
    with ExitStack() as open_lines:
        lines = [open_lines.enter_context(closing(at.line())) for _ in range(8)]
        at.ask(lines[0], "/api/look", worlds=1)  # compiled code is read
        for number, line in enumerate(lines):
            asked = {"page": f"page {number}", "scenario": "baseline", "worlds": 2000}
            at.send(line, "/api/stream" if number % 2 else "/api/look", **asked)
        heard = [open_lines.enter_context(line.getresponse()) for line in lines[1::2]]
        assert heard[-1].readline()
        process.send_signal(signal.SIGINT)
        for line in lines[::2]:
            with line.getresponse() as answer:
                assert answer.status in {200, 503}
    assert process.wait(10) in {0, 130}
    assert process.stderr.read().strip() in {"", "Interrupted."}


def asked(address, token, path):
    here = address.partition("#")[0].rstrip("/")
    headers = {"origin": here, "content-type": "application/json", "authorization": f"Bearer {token}"}
    request = urllib.request.Request(here + path, data=b"{}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_more_lines_can_be_open_than_the_system_allows_unasked():
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, before[1]))
    try:
        serving._have_room_for_lines()
        now, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        serving._have_room_for_lines()
        assert now == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        assert now in {serving.LINES, before[1]}
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_other_addresses_of_this_machine_do_not_answer(room):
    _, addresses = room
    port = int(addresses["pupils"].split(":")[2].partition("/")[0])
    with socket.socket() as other:
        other.settimeout(2)
        with pytest.raises(OSError, match="refused"):
            other.connect(("127.0.0.2", port))


@pytest.mark.parametrize(
    "lan",
    [
        "0.0.0.0",
        "::",
        "::ffff:0.0.0.0",
        "::ffff:127.0.0.1",
        "192.0.2.7",
        "everybody",
        "localhost",
        "224.0.0.1",
        "127.0.0.1:80",
    ],
)
def test_an_address_that_is_not_of_this_machine_is_refused(lan):
    with pytest.raises(InputError, match="lan"):
        serve("toy", port=0, lan=lan)


def test_a_port_that_somebody_has_is_told(capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["classroom", "toy", "--port", str(port)]) == 2
    said = capsys.readouterr().err
    assert f"found {port}" in said
    assert "0" in said


@pytest.mark.parametrize(
    "arguments", [["nowhere"], ["toy", "--port", "70000"], ["toy", "--port", "x"], ["toy", "--lan", "0.0.0.0"]]
)
def test_what_cannot_be_opened_is_refused_at_the_command_line(arguments, capsys):
    try:
        code = main(["classroom", *arguments])
    except SystemExit as stop:
        code = stop.code
    assert code == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert said


@pytest.mark.parametrize("library", ["uvicorn", "starlette"])
def test_without_the_extra_it_is_said_how_to_get_it(library, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(InputError, match=r"multivector\[classroom\]"):
        serve("toy", port=0)
