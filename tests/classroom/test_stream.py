"""Events of a class: from any thread, in their order, gathered, and forgotten when a page leaves."""

import asyncio
import threading

from sim.classroom.stream import Stream, sent


async def heard(stream, many, **how):
    found = []
    events = stream.listen(**how)
    async for event in events:
        found.append(event)
        if len(found) == many:
            break
    await events.aclose()
    return found


async def listening(stream, pages):
    while stream.listening < pages:
        await asyncio.sleep(0.001)


def test_events_come_from_any_thread_in_their_order():
    async def scene():
        stream = Stream()
        pages = [asyncio.create_task(heard(stream, 2, pause=0.0)) for _ in range(3)]
        await listening(stream, 3)
        events = [{"kind": "phase", "phase": "open"}, {"kind": "step", "step": 2}]
        teller = threading.Thread(target=lambda: [stream.tell(event) for event in events])
        teller.start()
        found = await asyncio.wait_for(asyncio.gather(*pages), 5)
        teller.join()
        assert found == [events] * 3
        assert stream.listening == 0

    asyncio.run(scene())


def test_of_many_events_of_a_kind_a_page_gets_the_newest():
    async def scene():
        stream = Stream()
        page = asyncio.create_task(heard(stream, 3, pause=0.02))
        await listening(stream, 1)
        stream.tell({"kind": "moved", "seat": 0})
        stream.tell({"kind": "phase", "phase": "shown"})
        for seat in range(1, 1000):
            stream.tell({"kind": "moved", "seat": seat})
        await asyncio.sleep(0.005)
        stream.tell({"kind": "moved", "seat": 3})
        wanted = [{"kind": "phase", "phase": "shown"}, {"kind": "moved", "seat": 999}, {"kind": "moved", "seat": 3}]
        assert await asyncio.wait_for(page, 5) == wanted

    asyncio.run(scene())


def test_a_silence_is_broken_and_who_left_is_forgotten():
    async def scene():
        stream = Stream()
        assert await asyncio.wait_for(heard(stream, 2, beat=0.01), 5) == [{}, {}]
        page = asyncio.create_task(heard(stream, 1))
        await listening(stream, 1)
        page.cancel()
        await asyncio.gather(page, return_exceptions=True)
        assert stream.listening == 0
        stream.tell({"kind": "moved"})

    asyncio.run(scene())


def test_a_listener_whose_loop_is_closed_breaks_nothing():
    stream, loop = Stream(), asyncio.new_event_loop()
    events = stream.listen()
    waiting = loop.create_task(events.__anext__())
    loop.run_until_complete(asyncio.sleep(0))
    waiting.cancel()
    stream._listening.append(type("Gone", (), {"loop": loop, "waiting": {}, "rung": asyncio.Event()})())
    loop.run_until_complete(asyncio.gather(waiting, return_exceptions=True))
    loop.close()
    stream.tell({"kind": "moved"})


def test_what_is_sent_is_one_line_of_a_stream():
    assert sent({"kind": "step", "step": 2}) == 'data: {"kind": "step", "step": 2}\n\n'
    assert "\n" not in sent({"kind": "x", "text": "a\nb"}).removesuffix("\n\n")
    assert sent({}).startswith(":")
