"""How soon a class gets its answers: many pupils at once, each moves a slider, waits for the worlds, thinks, moves on.

python tools/measure_classroom.py                    30 pupils for 20 seconds, 96 worlds an answer
python tools/measure_classroom.py --pupils 60 --worlds 200

A real server is started as a process, and asked over HTTP on this machine; every pupil has a seat and a line on which
they hear what happens in the class. What is told: how long answers took, how many were superseded, whether any came out
of order or to another question than the one that was asked, and how long until every pupil had heard an announcement.
Pupils live in this process, and take their share of the cores.
"""

import argparse
import hashlib
import http.client
import json
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PATIENCE = 60.0  # seconds that a line may be silent before somebody gives up
THINKING = 0.3  # seconds
NUMBER, PLACES = "choice.dependence_aversion", tuple(0.5 + place / 20 for place in range(41))  # the slider


@dataclass
class Address:
    """Where a class is asked, and as whom."""

    host: str
    token: str
    seat: str = ""

    def once(self, path: str, **what: object) -> dict[str, object]:
        """What is said to one question on a line of its own."""
        with closing(self.line()) as line:
            status, said = self.ask(line, path, **what)
        if status != http.client.OK:
            raise RuntimeError(f"{path}: {status} {said}")
        return said

    def ask(self, line: http.client.HTTPConnection, path: str, **what: object) -> tuple[int, dict[str, object]]:
        """The status and what is said to one question."""
        self.send(line, path, **what)
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())

    def send(self, line: http.client.HTTPConnection, path: str, **what: object) -> None:
        """Ask, without waiting for what is said."""
        headers = {"origin": f"http://{self.host}", "content-type": "application/json"}
        headers |= {"authorization": f"Bearer {self.token}", "x-seat": self.seat}
        line.request("POST", path, json.dumps(what), headers)

    def line(self) -> http.client.HTTPConnection:
        """A line to the server, which is kept."""
        return http.client.HTTPConnection(self.host, timeout=PATIENCE)


@dataclass
class Pupil:
    """A page: it asks again as soon as it has its answer and has thought, and hears what happens in the class."""

    page: str
    at: Address
    worlds: int
    taken: list[float] = field(default_factory=list)  # seconds, answer by answer
    superseded: int = 0
    wrong: list[str] = field(default_factory=list)
    found: dict[float, str] = field(default_factory=dict)  # by the place of the slider what was said, in short
    there: threading.Event = field(default_factory=threading.Event)  # once it hears anything at all
    heard: float = 0.0  # when it heard the announcement

    def work(self, until: float) -> None:
        """Move the slider and wait, until the time is up."""
        draw, number = random.Random(self.page), 0
        with closing(self.at.line()) as line:
            self.at.seat = str(self.at.ask(line, "/api/join", page=self.page)[1]["seat_token"])
            time.sleep(draw.uniform(0, THINKING))
            while number == 0 or time.perf_counter() < until:
                number += 1
                place = draw.choice(PLACES)
                asked = {"page": self.page, "number": number, "worlds": self.worlds, "numbers": {NUMBER: place}}
                began = time.perf_counter()
                status, said = self.at.ask(line, "/api/look", **asked)
                self.taken.append(time.perf_counter() - began)
                self._judge(status, said, number, place)
                time.sleep(THINKING)

    def _judge(self, status: int, said: dict[str, object], number: int, place: float) -> None:
        """Whether it is the answer to this question; the same question is answered in the same words at any time."""
        if status == http.client.CONFLICT:
            self.superseded += 1
        elif status != http.client.OK:
            self.wrong.append(f"status {status}: {said.get('error')}")
        elif said.pop("number") != number or said["runs"] != self.worlds:
            self.wrong.append(f"question {number} was answered by something else")
        else:
            said.pop("ms")
            text = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
            if self.found.setdefault(place, text) != text:
                self.wrong.append(f"question {number} was answered otherwise before")

    def listen(self) -> None:
        """Hear what happens until the announcement has come."""
        with closing(self.at.line()) as line:
            self.at.send(line, "/api/stream")
            with line.getresponse() as answer:
                while text := answer.readline():
                    self.there.set()
                    if b'"phase"' in text:
                        self.heard = time.perf_counter()
                        break


@contextmanager
def opened(*given: str) -> Iterator[tuple[Address, Address]]:
    """A class that is open, for its teacher and its pupils; given: what follows `multivector classroom`."""
    command = [sys.executable, "-m", "sim.cli", "classroom", *given, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            told: list[str] = []
            while len(told) < 2 and (row := process.stdout.readline()):  # type: ignore[union-attr]
                told += re.findall(r"http://\S+", row)
            teacher, pupils = (urlsplit(one) for one in told)
            yield Address(teacher.netloc, teacher.fragment), Address(pupils.netloc, pupils.fragment)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)


def lesson(teacher: Address, pupils: Address, many: int, worlds: int, seconds: float) -> tuple[list[Pupil], float]:
    """Let pupils work for some seconds, then announce something; the pupils, and when it was announced."""
    teacher.once("/api/look", worlds=worlds)  # the first one reads compiled code, or compiles
    everybody = [Pupil(f"pupil {n}", Address(pupils.host, pupils.token), worlds) for n in range(many)]
    lines = [threading.Thread(target=one.listen, daemon=True) for one in everybody]
    until = time.perf_counter() + seconds
    for thread in lines:
        thread.start()
    with ThreadPoolExecutor(many) as desks:
        list(desks.map(lambda one: one.work(until), everybody))  # whoever could not go on says why
    for one in everybody:
        one.there.wait(PATIENCE)
    states = teacher.once("/api/state")["states"]
    teacher.once("/api/class/begin", state=states[0]["code"])  # type: ignore[index]
    began = time.perf_counter()
    teacher.once("/api/class/turn", phase="open")
    for thread in lines:
        thread.join(PATIENCE)
    return everybody, began


def _seen(pupils: list[Pupil], place: float) -> set[str]:
    return {one.found[place] for one in pupils if place in one.found}


def report(pupils: list[Pupil], announced: float) -> str:
    """What was found, in a few lines."""
    taken = sorted(second for one in pupils for second in one.taken)
    middle, late = taken[len(taken) // 2], taken[int(0.95 * len(taken))]
    wrong = [said for one in pupils for said in one.wrong]
    wrong += [f"pupils saw different worlds at {place}" for place in PLACES if len(_seen(pupils, place)) > 1]
    heard = max(one.heard - announced for one in pupils)
    return "\n".join(
        [
            f"{len(pupils)} pupils, {THINKING} s of thinking, {len(taken)} answers of {pupils[0].worlds} worlds each",
            f"median {middle:.2f} s, 95 % within {late:.2f} s, longest {taken[-1]:.2f} s",
            f"superseded {sum(one.superseded for one in pupils)}, wrong or out of order {len(wrong)} {wrong[:3] or ''}",
            f"an announcement was heard by all after {heard:.2f} s",
        ]
    )


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pupils", type=int, default=30)
    parser.add_argument("--worlds", type=int, default=96)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--scenario", default="baseline")
    asked = parser.parse_args()
    with opened(asked.scenario) as (teacher, pupils):
        print(report(*lesson(teacher, pupils, asked.pupils, asked.worlds, asked.seconds)))


if __name__ == "__main__":
    main()
