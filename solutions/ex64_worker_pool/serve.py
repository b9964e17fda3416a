"""Serve a bounded queue of jobs with several threads."""

from collections import deque
from threading import Condition
from typing import Protocol, TypeAlias

__all__ = ["Closed", "Json", "Work", "WorkerPool"]

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None


class Closed(Exception):
    """The pool takes no more jobs."""


class Work(Protocol):
    """What is done with a job."""

    def run(self, job: Json) -> None:
        """Do one job. It takes a while, it may raise any Exception, and it calls no method of its pool."""


class WorkerPool:
    """Jobs wait here until a thread runs them. The pool starts no thread: each worker thread calls `serve`.

    work: a Work.
    capacity: an int of 1 or more, however large.

    A job that was accepted waits until a worker takes it, or is given it, to run it next; at most `capacity`
    of them wait.
    While the pool is open, an idle worker takes a waiting job, and a held caller enters where there is room.
    A thread that waits sleeps, and goes on in the moment in which it may.
    Callers enter in any order, a newcomer perhaps first.
    Equal jobs, such as 1 and True, are two jobs: each is run and named for itself.
    Two pools share nothing.
    Any number of threads may call any method at any time.
    """

    def __init__(self, work: Work, capacity: int) -> None:
        self._work = work
        self._capacity = capacity
        self._changed = Condition()
        self._waiting: deque[Json] = deque()
        self._running = 0
        self._failed: list[Json] = []
        self._is_closed = False

    def submit(self, job: Json) -> None:
        """Accept a job, and wait first while `capacity` jobs wait already; with room, wait for nothing.

        job: None, any bool, int of up to 3,000 digits, float (even nan) or str, or a list or dict of these,
        which nobody changes.

        Raises Closed if the pool is closed, at once, also to a caller that is held: its job never runs.
        """
        with self._changed:
            while not self._is_closed and len(self._waiting) >= self._capacity:
                self._changed.wait()
            if self._is_closed:
                raise Closed
            self._waiting.append(job)
            self._changed.notify_all()

    def serve(self) -> None:
        """Take accepted jobs, in the order in which they were accepted, and run each once.

        It takes a job, calls `work.run(job)`, and takes the next, until the pool is closed and no job waits.
        Then it returns at once, also while others run jobs.
        An idle worker waits for as long as the pool is open.
        A job that raises an Exception ends itself alone, of whatever class that is.
        Several threads may serve, and their jobs run side by side.
        It may be called when the pool is closed already.
        """
        while True:
            with self._changed:
                while not self._waiting and not self._is_closed:
                    self._changed.wait()
                if not self._waiting:
                    return
                job = self._waiting.popleft()
                self._running += 1
                self._changed.notify_all()
            self._run(job)

    def _run(self, job: Json) -> None:
        is_failed = False
        try:
            self._work.run(job)
        except Exception:
            is_failed = True
        with self._changed:
            if is_failed:
                self._failed.append(job)
            self._running -= 1
            self._changed.notify_all()

    def close(self) -> None:
        """Accept no more jobs, and return when every job that was accepted has ended.

        Jobs that wait are run by the workers, and by nobody else: for them, it waits until somebody serves.
        It may be called again, and by several threads: each call returns only then.
        """
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
            while self._waiting or self._running:
                self._changed.wait()

    def failed(self) -> list[Json]:
        """Give a new list of the jobs that raised so far, in any order. It waits for no job and no close.

        When `close` has returned, all of them are in it.
        """
        with self._changed:
            return list(self._failed)
