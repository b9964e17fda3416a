"""Collect samples until somebody asks for an end, and close the spool once everything has stopped."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol

__all__ = ["Collector", "Sampler", "Spool"]


class Sampler(Protocol):
    """Where the samples of a service come from."""

    async def read(self, service: str) -> str:
        """Take one sample. That takes a second, an hour, or for ever.

        service: a str, as it was given to start().

        A sample counts as read once this has returned it. Any text is one, an empty one too.
        Any error (an Exception): no sample was taken.
        Cancelled, it may take a while to end: then, and only then, it raises CancelledError, and no sample
        was taken.
        """


class Spool(Protocol):
    """Where samples are made durable. It is one file for all services, and somebody has to close it."""

    async def write(self, service: str, samples: Sequence[str]) -> None:
        """Make one or two samples of a service durable. That may take any time.

        service: a str, as it was given to start().
        samples: a Sequence of one or two samples, and no str. It is looked at until write() has ended.

        Any error (an Exception): these samples are lost.
        Cancelled, or the spool closed before it has ended: these samples are lost, too.
        """

    def close(self) -> None:
        """Close the spool. This does not fail."""


class Collector:
    """Reads samples, one worker for each service, and hands them to the spool, two in a write.

    sampler: a Sampler.
    spool: a Spool.

    It is made and used in one running event loop.
    Two samples are handed over as soon as there are two, and reading goes on while they are written.
    They are handed over by a call of write(), at once or a few turns of the loop later, and no write waits
    for another one.
    A sample is handed over once: also when its write fails it is not tried again, and the worker goes on.
    A worker whose read fails hands over what it still has, and ends; the others go on.
    """

    def __init__(self, sampler: Sampler, spool: Spool) -> None:
        self._sampler, self._spool = sampler, spool
        self._workers: list[asyncio.Task[None]] = []
        self._at_work: dict[asyncio.Task[None], str] = {}

    def start(self, service: str) -> None:
        """Begin to read samples of this service.

        service: a str, another one in each call.

        It is called before the first stop(), also while others are being read.
        """
        self._workers.append(self._begin(service, self._collect(service)))

    async def stop(self, *, grace_s: float) -> list[str]:
        """Ask every worker to stop, and close the spool once all of them, and all writes, have stopped.

        grace_s: an int or a float, from a second to a year: counted from the call, by no date. The loop's own
            time and `time.monotonic()` are as good as each other.

        The call is the moment in which this begins to run.
        Workers are asked by cancelling them, all at once: no read begins after the call. A write that has
        been handed over is finished, and not cancelled; what was read and not handed over is handed over
        when its worker ends, or before, one sample alone if need be.
        A worker has stopped however it has ended, and so has a write; no error of theirs is one of stop().
        Returns [] when all have stopped: then the spool is closed, once, after the last write.
        Returns the services of which a worker or a write is left when it returns, sorted, each once: then
        nothing more is cancelled, and the spool stays open.
        It returns when the last of them has ended, or at the end of the grace, or up to half a second later.
        To look each half second is often enough.
        Cancelled, it ends at once with CancelledError itself, and the spool stays open.
        After an end without [] it can be called again, in any task of the same event loop, also in one that
        was cancelled before. Whoever was asked before may be asked again, and need not be; whoever is still
        left is named again.
        It is not called twice at once, and not again after [].

        Left behind: nothing, after [], and the event loop and the process as they were; otherwise an open
        spool, and what was asked and has not stopped yet, which comes to its own end.
        """
        for worker in self._workers:
            worker.cancel()
        try:
            async with asyncio.timeout(grace_s):
                # A worker that ends may hand over a last write, so one look is not enough.
                while self._at_work:
                    await asyncio.wait(list(self._at_work))
        except TimeoutError:
            # Who ends in the moment in which the grace does has stopped as well.
            if left := {service for task, service in self._at_work.items() if not task.done()}:
                return sorted(left)
        self._spool.close()
        return []

    async def _collect(self, service: str) -> None:
        """Read for ever, and hand over two samples at a time; the last one alone, whatever ends it."""
        samples: list[str] = []
        try:
            while True:
                samples.append(await self._sampler.read(service))
                if len(samples) == 2:
                    self._hand_over(service, samples)
                    samples = []
        finally:
            if samples:
                self._hand_over(service, samples)

    def _hand_over(self, service: str, samples: Sequence[str]) -> None:
        """Write in a task of its own, which nobody cancels together with the worker."""
        self._begin(service, self._spool.write(service, samples))

    def _begin(self, service: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin what stop() has to wait for, and know it until it has ended, in whichever way."""
        task = asyncio.create_task(work)
        self._at_work[task] = service
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._at_work[task]
        if not task.cancelled():
            # Nobody else asks for the error; without this line asyncio would complain that nobody did.
            task.exception()
