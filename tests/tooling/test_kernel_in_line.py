"""Threads that a learner's file starts: they run in line, the same each time, over each kind of link."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from textwrap import dedent

import pytest

from halfway.kit import Port, Unit, only_story, run, tried
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe
from halfway.links.virtual import without_threads

THREADS = dedent(
    """
    import asyncio
    import concurrent.futures as futures
    import queue
    import threading
    import time
    import _thread
    from multiprocessing.pool import ThreadPool


    def joined(desk):
        said = []
        thread = threading.Thread(target=lambda: said.append([desk.ask(), threading.current_thread() is thread]))
        before = thread.is_alive()
        thread.start()
        thread.join()
        return said, before, thread.is_alive()


    def subclass(desk):
        class Asks(threading.Thread):
            def run(self):
                self.said = desk.ask()

        asks = Asks(daemon=True)
        asks.start()
        asks.join(timeout=5)
        return asks.said


    def event(desk):
        said, there = [], threading.Event()
        threading.Thread(target=lambda: (said.append(desk.ask()), there.set())).start()
        there.wait()
        return said


    def queued(desk):
        jobs, answers = queue.Queue(), queue.SimpleQueue()

        def work():
            while (job := jobs.get()) is not None:
                answers.put(job())

        worker = threading.Thread(target=work)
        worker.start()
        jobs.put(desk.ask)
        jobs.put(None)
        worker.join()
        return answers.get()


    def raw(desk):
        answers = queue.Queue()
        _thread.start_new_thread(answers.put, (desk.ask(),))
        return answers.get()


    def held(desk):
        said, lock = [], threading.Lock()

        def ask():
            with lock:
                said.append(desk.ask())

        thread = threading.Thread(target=ask)
        with lock:
            thread.start()
        thread.join()
        return said


    def pool(desk):
        with futures.ThreadPoolExecutor(2) as pool:
            asked = [pool.submit(desk.ask) for _ in range(3)]
            futures.wait(asked)
            mapped = list(pool.map(lambda _: desk.ask(), range(2)))
            return [each.result() for each in futures.as_completed(asked)] + mapped


    async def in_a_loop(desk):
        loop, answer = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()
        threading.Thread(target=lambda: loop.call_soon_threadsafe(answer.set_result, desk.ask())).start()
        with futures.ThreadPoolExecutor() as pool:
            return [
                await answer,
                await asyncio.wrap_future(pool.submit(desk.ask)),
                await asyncio.to_thread(desk.ask),
                await loop.run_in_executor(pool, desk.ask),
            ]


    def side_by_side():
        began = time.perf_counter()
        threads = [threading.Thread(target=time.sleep, args=(seconds,)) for seconds in (3, 2, 3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


    def two_at_a_time():
        with futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(time.sleep, (3, 3, 3)))


    def impatient():
        thread = threading.Thread(target=time.sleep, args=(60,))
        thread.start()
        thread.join(5)
        return thread.is_alive()


    def rings():
        told = threading.Event()
        threading.Timer(5, told.set).start()
        stopped = threading.Timer(1, print, ["never"])
        stopped.start()
        stopped.cancel()
        return told.wait(60), stopped.is_alive()


    def waits_for_nobody():
        return queue.Queue().get()


    def waits_in_time():
        return threading.Event().wait(7)


    def hand_in_hand():
        there, back = threading.Event(), threading.Event()

        def answers():
            there.set()
            back.wait()

        threading.Thread(target=answers).start()
        there.wait()
        back.set()


    def monitor():
        def watch():
            while True:
                time.sleep(1)

        threading.Thread(target=watch, daemon=True).start()
        time.sleep(5)


    def asks_after_a_nap(desk):
        with futures.ThreadPoolExecutor() as pool:
            return pool.submit(lambda: (time.sleep(1), desk.ask())).result()


    def wants_a_loop():
        with futures.ThreadPoolExecutor() as pool:
            return pool.submit(lambda: asyncio.new_event_loop()).result()


    def processes():
        with ThreadPool(1) as pool:
            return pool.apply(len, ("abc",))


    def fails():
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
        return "joined"


    def as_the_real_ones():
        thread, told = threading.Thread(target=print), []
        for wrong in (thread.join, lambda: (thread.start(), thread.start())):
            try:
                wrong()
            except RuntimeError as error:
                told.append(str(error))
        pool = futures.ThreadPoolExecutor()
        pool.shutdown()
        try:
            pool.submit(print)
        except RuntimeError as error:
            told.append(str(error))
        return told
    """
)


def line_of(text: str) -> int:
    """The line of the program in which this stands."""
    return next(number for number, line in enumerate(THREADS.splitlines(), 1) if text in line)


class Desk(Port):
    """Answers at once."""

    def ask(self) -> int:
        """Give a number."""
        return 1


@pytest.fixture(params=[Direct, Pipe])
def unit(request: pytest.FixtureRequest) -> Iterator[Unit]:
    """The same module over each kind of link."""
    with closing(request.param(THREADS, "threads")) as link:
        yield Unit(link)


def ended(unit, name, *, asks=True):
    """What a call gives, and when it has ended."""
    story = only_story(unit)
    with story.process():
        end = tried(lambda: getattr(unit, name)(*([Desk(story)] if asks else [])))
    return end.value if end.kind == "returned" else str(end), story.seconds


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("joined", ([[1, True]], False, False)),
        ("subclass", 1),
        ("event", [1]),
        ("queued", 1),
        ("raw", 1),
        ("held", [1]),
        ("pool", [1] * 5),
        ("in_a_loop", [1] * 4),
    ],
)
def test_a_thread_that_its_caller_waits_for_asks_as_its_caller_does(unit, name, value):
    """Joined, by an event, a queue, a future, in a pool and on a loop: a port answers there, too."""
    assert ended(unit, name) == (value, 0)


@pytest.mark.parametrize(
    ("name", "value", "seconds"),
    [
        ("side_by_side", None, 3),
        ("two_at_a_time", None, 6),
        ("impatient", True, 5),
        ("rings", (True, False), 5),
        ("waits_in_time", False, 7),
    ],
)
def test_what_a_thread_sleeps_is_virtual_and_for_it_alone(unit, name, value, seconds):
    """Who joins it waits for the rest; sleeps side by side take as long as the longest; timers ring."""
    assert ended(unit, name, asks=False) == (value, seconds)


TO_ITS_END = "here a thread runs from its start to its end while the code that started it waits"


@pytest.mark.parametrize(
    ("name", "asks", "told"),
    [
        (
            "waits_for_nobody",
            False,
            (
                f"never ended: line {line_of('queue.Queue().get()')} waits for another thread, and none is there "
                "that goes on meanwhile"
            ),
        ),
        (
            "hand_in_hand",
            False,
            (
                f"never ended: line {line_of('back.wait()')} waits in a thread, and {TO_ITS_END}; start it once "
                "all that it needs is there, or make it a task of asyncio"
            ),
        ),
        (
            "monitor",
            False,
            (
                f"never ended: line {line_of('time.sleep(1)')} sleeps in a thread again and again, and "
                f"{TO_ITS_END}"
            ),
        ),
        (
            "asks_after_a_nap",
            True,
            (
                "raised RuntimeError: ask() is called in a thread that has slept, and here a thread sleeps in no "
                "time; sleep first, and then start the thread"
            ),
        ),
        (
            "wants_a_loop",
            False,
            (
                "raised RuntimeError: there is no event loop in a thread of a simulation (line "
                f"{line_of('asyncio.new_event_loop()')}); await it on this one instead"
            ),
        ),
        (
            "processes",
            False,
            (
                "raised RuntimeError: multiprocessing has no processes and no pools in a simulation; "
                "concurrent.futures.ThreadPoolExecutor has threads, and asyncio has tasks"
            ),
        ),
    ],
)
def test_what_cannot_be_done_in_line_is_told_in_one_line(unit, name, asks, told):
    """With the line of the file, and what can be done instead."""
    assert ended(unit, name, asks=asks)[0] == told


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_of_a_thread_is_the_threads(unit):
    """Whoever joins it goes on, as with a real one; and a thread is started once."""
    assert ended(unit, "fails", asks=False) == ("joined", 0)
    assert ended(unit, "as_the_real_ones", asks=False)[0] == [
        "cannot join thread before it is started",
        "threads can only be started once",
        "cannot schedule new futures after shutdown",
    ]


def test_in_examples_and_in_a_page_threads_are_in_line_too():
    """In `run`, and where the system has no threads; for everybody else they are the real ones."""
    import _thread
    import concurrent.futures
    import threading

    real = threading.Thread.start, concurrent.futures.ThreadPoolExecutor.submit

    def joined():
        said: list[int] = []
        thread = threading.Thread(target=lambda: said.append(_thread.get_ident()))
        thread.start()
        thread.join()
        return said

    async def main():
        return joined()

    here = [_thread.get_ident()]
    assert run(main()) == here != joined()
    with without_threads():
        assert joined() == run(main()) == joined() == here
        assert concurrent.futures.ThreadPoolExecutor().submit(joined).result() == here
    assert (threading.Thread.start, concurrent.futures.ThreadPoolExecutor.submit) == real
