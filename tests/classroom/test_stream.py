"""Events of a class: from any thread, in their order, gathered, and forgotten when a page leaves."""

import asyncio
import threading

from sim.classroom.stream import Stream, sent


async def heard(stream, many, **how):
    """So many events, but for the greeting and for who comes and goes."""
    found = []
    events = stream.listen(**how)
    async for event in events:
        if event.get("event") not in {"here", "people"}:
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
        events = [{"event": "phase", "phase": "open"}, {"event": "step", "step": 2}]
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
        events = stream.listen(pause=0.0)
        assert [await anext(events) for _ in range(2)] == [{"event": "here"}, {"event": "people", "listening": 1}]
        stream.tell({"event": "moved", "seat": 0})
        stream.tell({"event": "phase", "phase": "shown"})
        for seat in range(1, 1000):
            stream.tell({"event": "moved", "seat": seat})
        assert await anext(events) == {"event": "phase", "phase": "shown"}
        stream.tell({"event": "moved", "seat": 3})
        assert [await anext(events) for _ in range(2)] == [{"event": "moved", "seat": one} for one in (999, 3)]
        await events.aclose()

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
        stream.tell({"event": "moved"})

    asyncio.run(scene())


def test_a_page_is_greeted_and_hears_who_comes_and_goes():
    async def scene():
        stream = Stream()
        events = stream.listen(pause=0.0)
        assert await anext(events) == {"event": "here"}
        assert await anext(events) == {"event": "people", "listening": 1}
        other = asyncio.create_task(heard(stream, 1, pause=0.0))
        assert await anext(events) == {"event": "people", "listening": 2}
        other.cancel()
        assert await anext(events) == {"event": "people", "listening": 1}
        await events.aclose()

    asyncio.run(scene())


def test_a_stream_that_is_closed_lets_everyone_go():
    async def scene():
        stream = Stream()
        pages = [asyncio.create_task(heard(stream, 9)) for _ in range(2)]
        await listening(stream, 2)
        stream.close()
        assert await asyncio.wait_for(asyncio.gather(*pages), 5) == [[], []]
        assert await heard(stream, 1) == []
        assert stream.listening == 0

    asyncio.run(scene())


def test_a_page_whose_loop_is_closed_hinders_nobody():
    stream, loop = Stream(), asyncio.new_event_loop()
    events = stream.listen()
    loop.run_until_complete(anext(events))
    gone = stream._listening[0]
    loop.run_until_complete(events.aclose())
    loop.close()
    stream._listening.append(gone)
    stream.tell({"event": "moved"})


def test_what_is_sent_is_one_line_of_a_stream():
    assert sent({"event": "step", "step": 2}) == 'data: {"event": "step", "step": 2}\n\n'
    assert "\n" not in sent({"event": "x", "text": "a\nb"}).removesuffix("\n\n")
    assert sent({}).startswith(":")
