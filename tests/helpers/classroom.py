"""A page of the classroom as a test plays it: it has a token, a name and a running number, as the real one has."""

import json

from sim.classroom.room import Role


class Page:
    """One load of a page; client: a test client of the application of a room."""

    def __init__(self, client, room, role=Role.PUPIL, name="one"):
        self.client, self.room, self.role, self.name = client, room, role, name
        self.number, self.seat = 0, ""

    def send(self, path, body, role=None):
        """The whole answer to a body as it is."""
        host = str(self.client.base_url).rstrip("/")
        headers = {
            "origin": host,
            "content-type": "application/json",
            "authorization": f"Bearer {self.room.tokens[role or self.role]}",
            "x-seat": self.seat,
        }
        return self.client.post(path, content=body.encode(), headers=headers)

    def asked(self, path, **asked):
        """The whole answer to a question."""
        self.number += 1
        return self.send(path, json.dumps({"page": self.name, "number": self.number, **asked}))

    def ask(self, path, **asked):
        """What is said to a question that is answered."""
        answer = self.asked(path, **asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, path, **asked):
        """Why a question was refused."""
        answer = self.asked(path, **asked)
        assert answer.status_code == 400, answer.text
        return answer.json()["error"]

    def sit(self):
        """Take a seat; gives the page itself."""
        self.seat = self.ask("/api/join")["seat_token"]
        return self
