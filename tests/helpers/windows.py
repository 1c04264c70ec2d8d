"""A class that is really open, and windows of a real browser that look at it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HASTE = 30.0
"""Seconds that anything may take while other tests keep both cores busy."""

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # whatever else is asked for fails
)
STREAM = "/api/stream"
WIDE, NARROW = (1366, 768), (1024, 768)
"""A laptop, and the projector of a school."""


@dataclass
class Server:
    """An open class: its process, and the addresses that it told."""

    process: subprocess.Popen[str]
    teacher: str
    pupils: str
    told: Path

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(urlsplit(self.teacher).port or 0)

    def complaints(self) -> str:
        """What it has written beside its addresses."""
        return self.told.read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self._ended()

    def close(self) -> None:
        """End it as Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self._ended()
            except subprocess.TimeoutExpired:
                self.kill()

    def _ended(self) -> None:
        self.process.wait(HASTE)
        if self.process.stdout:
            self.process.stdout.close()


def opened(folder: Path, *given: str, port: int = 0) -> Server:
    """A class that is served from now on; given: what follows `multivector classroom`. What it complains of is kept."""
    told = folder / f"classroom-{time.monotonic_ns()}.txt"
    command = [sys.executable, "-m", "sim.cli", "classroom", *given, "--port", str(port)]
    with told.open("w", encoding="utf-8") as complaints:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=complaints, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
        )
    addresses: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        addresses += re.findall(r"http://\S+", line)
        if len(addresses) == 2:
            return Server(process, *addresses, told)
    process.wait(HASTE)
    raise AssertionError(f"the class was not opened:\n{told.read_text(encoding='utf-8')}")


class Window:
    """One window, with nothing in common with other windows; and what it asked for and complained of."""

    def __init__(self, browser: Any, address: str, size: tuple[int, int] = WIDE) -> None:
        self.context = browser.new_context(viewport={"width": size[0], "height": size[1]}, accept_downloads=True)
        self.context.set_default_timeout(1000 * HASTE)
        self.page = self.context.new_page()
        self.home = urlsplit(address).netloc
        self.strangers: list[str] = []
        self.complaints: list[str] = []
        self.asked, self.answered = 0, 0  # questions to the server, other than for the stream of events
        self.page.on("request", self._asked)
        self.page.on("requestfinished", self._answered)
        self.page.on("requestfailed", self._answered)
        self.page.on("console", self._said)
        self.page.on("dialog", lambda dialog: dialog.accept())  # who is asked whether they are sure, is
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(address)

    def _asked(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != self.home:
            self.strangers.append(request.url)
        self.asked += not request.url.endswith(STREAM)

    def _answered(self, request: Any) -> None:
        self.answered += not request.url.endswith(STREAM)

    def _said(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def ready(self) -> Window:
        """Wait until the first worlds are drawn."""
        self.until("state.look")
        return self

    def state(self, what: str) -> Any:
        """What the page's own state holds: an expression about `state`."""
        return self.page.evaluate(f"async () => {{ const {{state}} = await import('/base.js'); return {what}; }}")

    def until(self, what: str, seconds: float = HASTE) -> None:
        """Wait until an expression about the page's `state` holds."""
        end = time.monotonic() + seconds
        while not self.state(f"Boolean({what})"):
            assert time.monotonic() < end, f"after {seconds:g} s there is still no {what}; {self.complaints}"
            self.page.wait_for_timeout(20)

    def settled(self) -> Window:
        """Wait until nothing more is asked, and worlds are drawn as a slider at rest has them."""
        quiet = 0
        end = time.monotonic() + HASTE
        while quiet < 4:
            self.page.wait_for_timeout(25)
            quiet = 0 if self.asked > self.answered else quiet + 1
            assert time.monotonic() < end, (self.asked, self.answered, self.complaints)
        self.until("!state.asking && state.look?.runs === (state.role === 'teacher' ? 500 : 200)")
        return self

    def view(self, name: str) -> None:
        """Turn to a view as a reader does."""
        self.page.click(f"#views button[name={name}]")

    def choose_chart(self, name: str) -> None:
        """Turn to the map, the fan, the triangle or the table."""
        self.page.check(f"#look input[name=chart][value={name}]")

    def barriers(self) -> list[str]:
        """What axe-core calls serious or critical on the page as it is, each with where it is."""
        from axe_playwright_python.sync_playwright import Axe

        return [
            f"{one['id']}: {one['help']}: {node['target']} {node['html'][:200]}"
            for one in Axe().run(self.page).response["violations"]
            if one["impact"] in {"serious", "critical"}
            for node in one["nodes"][:5]
        ]

    def close(self) -> None:
        """Close it, whatever it is doing."""
        with contextlib.suppress(Exception):
            self.context.close()


@contextlib.contextmanager
def chromium(path: str) -> Iterator[Any]:
    """A browser without a screen, driven from here."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()
