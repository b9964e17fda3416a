"""Stage 4, async adapters: a blocking probe is read in a thread, and a read ends in one of three ways."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from monitor import Deadline
from system import Clock, Failed, Sample, Sampled, TimedOut

Read = Callable[[str, Deadline], Awaitable[float]]


def in_a_thread(probe: Any) -> Read:
    """Give the blocking probe as a call that can be awaited; it raises what the probe raises."""

    async def read(service: str, deadline: Deadline) -> float:
        return float(await asyncio.to_thread(probe.read, service, deadline.remaining_s()))

    return read


class AsyncProbe:
    """Tells the ends of a read apart. A cancel is none of them: it is passed on."""

    def __init__(self, read: Read, clock: Clock) -> None:
        self._read, self._clock = read, clock

    async def read(self, service: str, deadline: Deadline) -> Sampled | TimedOut | Failed:
        """Give the sample; TimedOut without an answer or any time; Failed with the class of an OSError."""
        if deadline.remaining_s() == 0.0:
            return TimedOut(service)
        try:
            async with asyncio.timeout(deadline.remaining_s()) as limit:
                value = await self._read(service, deadline)
        except OSError as error:
            if limit.expired():
                return TimedOut(service)
            return Failed(service, type(error).__name__)
        return Sampled(Sample(service, value, self._clock.now().isoformat()))


class Edge:
    """Stage 4's own: one cycle, some services side by side, within one budget."""

    def __init__(
        self, core: Any, probe: AsyncProbe, outbox: Any, clock: Clock, budget_s: float, side_by_side: int
    ) -> None:
        self._core, self._probe, self._outbox = core, probe, outbox
        self._clock, self._budget_s, self._side_by_side = clock, budget_s, side_by_side

    async def run_cycle(self, services: Sequence[str]) -> list[Sampled | TimedOut | Failed]:
        """Read all services, let the core decide, put its alerts into the outbox."""
        deadline = Deadline.after(self._clock, self._budget_s)
        places = asyncio.Semaphore(self._side_by_side)

        async def one(service: str) -> Sampled | TimedOut | Failed:
            async with places:
                outcome = await self._probe.read(service, deadline)
            for alert in self._core.apply(outcome):
                self._outbox.put(alert)
            return outcome

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(service)) for service in services]
        return [task.result() for task in tasks]
