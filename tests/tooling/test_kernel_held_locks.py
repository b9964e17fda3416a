"""Locks of `threading` in simulated code: who waits for one that nobody gives back is told so at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from textwrap import dedent

import pytest

from halfway.kit import CANCEL, EveryStory, Unit, only_story, takes_time
from halfway.kit.ports import Phone
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe

LOCKS = dedent(
    """
    import asyncio
    import copy
    import logging
    import queue
    import threading
    from threading import Lock, RLock

    SHARED = Lock()


    async def twice():
        with SHARED:
            await asyncio.sleep(1)
            SHARED.acquire()


    async def two_tasks():
        async def one():
            with SHARED:
                await asyncio.sleep(1)

        await asyncio.gather(one(), one())


    def in_time():
        with SHARED:
            return [SHARED.acquire(False), SHARED.acquire(timeout=5), SHARED.locked()]


    async def keeps():
        SHARED.acquire()


    def as_the_real_ones():
        lock, again = threading.Lock(), RLock()
        told = [lock.acquire(), lock.locked(), lock.acquire(blocking=False), lock.release(), lock.locked()]
        with again, again:
            told.append(again.acquire(blocking=False))
            again.release()
        for wrong in (lock.release, again.release, lambda: lock.acquire(False, 5), lambda: copy.copy(lock)):
            try:
                told.append(wrong())
            except (RuntimeError, TypeError, ValueError) as error:
                told.append(type(error).__name__)
        return told


    def condition():
        ready, told = threading.Condition(), []

        def other():
            with ready:
                told.append("notifies")
                ready.notify()

        thread = threading.Thread(target=other)
        with ready, ready:
            thread.start()
            told.append(ready.wait(20))
        thread.join()
        return told


    def others():
        made = [threading.Semaphore(), threading.Event(), queue.Queue(), logging.Handler()]
        made[2].put(1)
        return made[2].get(), len(made)


    class Work:
        def __init__(self, phone):
            self.phone, self.lock, self.done = phone, KIND, 0

        async def run(self):
            with self.lock:
                await self.phone.ring("disk-7")
                self.done += 1

        def rang(self):
            with self.lock:
                return self.done
    """
)


class OnCall(Phone):
    """A phone with the signature of these programs."""

    @takes_time
    def ring(self, alert: str):
        yield from self.call(alert)


@pytest.fixture(params=[Direct, Pipe])
def unit(request: pytest.FixtureRequest) -> Iterator[Unit]:
    """The same module over each kind of link."""
    with closing(request.param(LOCKS.replace("KIND", "Lock()"), "locks")) as link:
        yield Unit(link)


@pytest.mark.parametrize("name", ["twice", "two_tasks"])
def test_who_waits_for_a_lock_that_nobody_gives_back_is_told_so(unit, name):
    """In one thread nobody else runs meanwhile; and the next process has a lock as any."""
    for _ in range(2):
        with only_story(unit).process() as process:
            end = process.run(getattr(unit, name).later())
        assert (
            repr(end) == "never ended: it waits for a lock that is held, and nobody gives it back meanwhile"
        )


def test_a_wait_with_a_limit_takes_virtual_time(unit):
    """It ends without the lock, when the time is up, and everything else in the process stood still."""
    story = only_story(unit)
    with story.process():
        assert unit.in_time() == [False, False, True]
        assert story.seconds == 5


def test_a_lock_that_is_still_held_is_no_setting_as_it_was(unit):
    """Whoever calls next would wait for it."""
    with only_story(unit).process(settings=True) as process:
        process.run(unit.keeps.later())
        assert process.changed == ["a lock of threading, which is still held"]
        assert process.run(unit.keeps.later()).kind == "hung"


def test_they_do_what_the_real_ones_do(unit):
    """What they give, which errors they raise, what a condition, a queue and a log make of them."""
    with only_story(unit).process():
        assert unit.as_the_real_ones() == [
            *(True, True, False, None, False, True),
            *("RuntimeError", "RuntimeError", "ValueError", "TypeError"),
        ]
        assert unit.condition() == ["notifies", True]
        assert unit.others() == (1, 4)


def test_nobody_else_gets_one(unit):
    """Before, afterwards and for everybody else `threading` has its own."""
    before = threading.Lock, threading.RLock
    with only_story(unit).process() as process:
        process.run(unit.keeps.later())
    assert (threading.Lock, threading.RLock) == before


def asked(source, in_a_thread):
    """What is found where somebody asks while the work is under way."""

    def working(unit, story):
        with story.process() as process:
            work = unit.Work(OnCall(story))
            process.run(
                work.run.later(),
                asking=work.rang.later(),
                told=lambda end: "" if end.kind == "returned" else f"rang() {end}",
                in_a_thread=in_a_thread,
            )

    with closing(Direct(source, "locks")) as link:
        stories = EveryStory(Unit(link))(working, {CANCEL}, depth=0)
        return [finding.saw for story in stories for finding in story.findings]


@pytest.mark.parametrize("kind", ["RLock()", "threading.Condition()"])
def test_who_asks_in_another_thread_waits_for_a_lock_that_the_work_holds(kind):
    """In the thread of the work the same lock lets him in."""
    source = LOCKS.replace("KIND", kind)
    assert asked(source, in_a_thread=False) == []
    assert asked(source, in_a_thread=True)[0] == (
        "asked in another thread at 0 s, while the work is under way: rang() never ended: it waits in its "
        "thread for a lock that is held while the work waits"
    )


def test_who_asks_in_another_thread_has_no_loop_and_no_context():
    """What belongs to the task that works is not his."""
    source = LOCKS.replace("with self.lock:", "if asyncio.get_running_loop():").replace("KIND", "None")
    assert asked(source, in_a_thread=False) == []
    assert "rang() raised RuntimeError: no running event loop" in asked(source, in_a_thread=True)[0]
