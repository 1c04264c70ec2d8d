"""Two questions at once, the newest of a page, teachers first."""

import asyncio
import threading

import pytest

from sim.classroom.work import BusyError, ClosedError, SupersededError, Work


class Held:
    """Something to play that waits until it is let go, and says when it began."""

    def __init__(self, name, begun):
        self.name, self.begun, self.go = name, begun, threading.Event()

    def __call__(self):
        self.begun.append(self.name)
        assert self.go.wait(5)
        return self.name


async def until(true):
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.002)
    raise AssertionError("it did not come")


def asked(work, held, page, number, first=False, post="/api/look"):
    return asyncio.ensure_future(work.do(page, post, number, first, held))


def played(test):
    asyncio.run(asyncio.wait_for(test(), 10))


def test_of_one_page_the_newest_question_wins_and_two_pages_do_not_mix():
    async def test():
        work, begun = Work(1), []
        first, a1, a2, b1 = (Held(name, begun) for name in ("first", "a1", "a2", "b1"))
        going = asked(work, first, "c", 1)
        await until(lambda: begun == ["first"])
        old, other, new = asked(work, a1, "a", 1), asked(work, b1, "b", 1), None
        await asyncio.sleep(0)
        new = asked(work, a2, "a", 2)
        with pytest.raises(SupersededError):
            await old
        for one in (first, a2, b1):
            one.go.set()
        assert await going == "first"
        assert await new == "a2"
        assert await other == "b1"
        assert begun == ["first", "a2", "b1"]  # the newer question keeps the place of the older
        work.close()

    played(test)


def test_a_question_older_than_one_that_was_asked_is_not_played():
    async def test():
        work, begun = Work(1), []
        new, late = Held("new", begun), Held("late", begun)
        new.go.set()
        assert await asked(work, new, "a", 5) == "new"
        with pytest.raises(SupersededError):
            await asked(work, late, "a", 4)
        assert begun == ["new"]
        late.go.set()
        assert await asked(work, late, "a", 4, post="/api/game/if") == "late"  # another door counts for itself
        work.close()

    played(test)


def test_the_teacher_goes_first():
    async def test():
        work, begun = Work(1), []
        first, pupil, teacher = (Held(name, begun) for name in ("first", "pupil", "teacher"))
        asked_all = [asked(work, first, "x", 1)]
        await until(lambda: begun)
        asked_all += [asked(work, pupil, "p", 1), asked(work, teacher, "t", 1, first=True)]
        await asyncio.sleep(0)
        for one in (first, pupil, teacher):
            one.go.set()
        await asyncio.gather(*asked_all)
        assert begun == ["first", "teacher", "pupil"]
        work.close()

    played(test)


def test_no_more_than_so_many_are_played_at_once_and_a_failure_gives_its_place_back():
    async def test():
        work, begun = Work(2), []
        held = [Held(name, begun) for name in "abc"]
        tasks = [asked(work, one, one.name, 1) for one in held]
        await until(lambda: len(begun) == 2)
        await asyncio.sleep(0.02)
        assert begun == ["a", "b"]

        def wrong():
            raise ValueError("wrong")

        failing = asked(work, wrong, "w", 1)
        for one in held:
            one.go.set()
        assert await asyncio.gather(*tasks) == ["a", "b", "c"]
        with pytest.raises(ValueError, match="wrong"):
            await failing
        assert await asked(work, held[0], "again", 1) == "a"
        work.close()

    played(test)


def test_who_leaves_while_waiting_takes_no_place():
    async def test():
        work, begun = Work(1), []
        first, gone, last = (Held(name, begun) for name in ("first", "gone", "last"))
        tasks = [asked(work, first, "x", 1)]
        await until(lambda: begun)
        leaving = asked(work, gone, "g", 1)
        tasks.append(asked(work, last, "l", 1))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.sleep(0)
        first.go.set()
        last.go.set()
        assert await asyncio.gather(*tasks) == ["first", "last"]
        assert begun == ["first", "last"]
        work.close()

    played(test)


def test_too_many_are_told_so(monkeypatch):
    monkeypatch.setattr("sim.classroom.work.MOST_WAITING", 1)

    async def test():
        work, begun = Work(1), []
        first, second, third = (Held(name, begun) for name in ("first", "second", "third"))
        tasks = [asked(work, first, "x", 1), asked(work, second, "y", 1)]
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await asked(work, third, "z", 1)
        first.go.set()
        second.go.set()
        await asyncio.gather(*tasks)
        work.close()

    played(test)


def test_who_has_just_left_neither_takes_a_place_nor_troubles_who_comes_next():
    async def test():
        work, begun = Work(1), []
        first, gone, newer, last = (Held(name, begun) for name in ("first", "gone", "newer", "last"))
        for one in (first, newer, last):
            one.go.set()
        going = asked(work, first, "x", 1)
        leaving = asked(work, gone, "g", 1)
        await until(lambda: begun)
        leaving.cancel()  # what follows comes before the one who leaves has heard of it
        again = asked(work, newer, "g", 2)
        assert await going == "first"
        assert await again == "newer"
        leaving = asked(work, Held("gone", begun), "g", 3)
        leaving.cancel()
        assert await asked(work, last, "l", 1) == "last"
        work.close()

    played(test)


def test_when_the_room_closes_nobody_is_waited_for():
    async def test():
        work, begun = Work(1), []
        first, second, light = (Held(name, begun) for name in ("first", "second", "light"))
        tasks = [asked(work, first, "x", 1), asked(work, second, "y", 1), asyncio.ensure_future(work.at_once(light))]
        await until(lambda: len(begun) == 2)
        work.close()
        assert [type(one) for one in await asyncio.gather(*tasks, return_exceptions=True)] == [ClosedError] * 3
        for later in (work.do("z", "/api/look", 1, False, second), work.at_once(second)):
            with pytest.raises(ClosedError):
                await later
        first.go.set()
        light.go.set()
        assert sorted(begun) == ["first", "light"]
        work.close()  # twice is no harm

    played(test)
