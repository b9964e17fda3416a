"""Stage 6, the storm: start, stop and drain. The store is the truth, everything else is a wake-up."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from edge import AsyncProbe, in_a_thread
from monitor import Deadline
from rules import RULES, Publisher, attempt
from schedule import Coordinator
from system import Board, Clock, Escalate, PublishAlert, Sampled, SampleService, Stopped, Store
from worker import decide, from_payload, next_poll, state_of, to_payload, unpublished


class Runtime:
    """Runs until it is told to stop. An open incident, and what it owes, outlive it."""

    def __init__(
        self,
        services: Sequence[str],
        clock: Clock,
        store: Store,
        probe: Any,
        phone: Any,
        roster: Any,
        board: Board,
        *,
        every_s: float,
        budget_s: float,
        drain_s: float,
        workers: int = 2,
    ) -> None:
        self._services, self._clock, self._store, self._board = services, clock, store, board
        self._every_s, self._budget_s, self._drain_s, self._workers = every_s, budget_s, drain_s, workers
        read = in_a_thread(probe)
        self._probe = AsyncProbe(
            lambda name, deadline: attempt(RULES.sample, lambda: read(name, deadline), deadline), clock
        )
        self._publisher = Publisher(store, phone, roster, RULES, clock)
        self._coordinator = Coordinator(clock, every_s)
        self._reminded: set[str] = set()
        self._in_hand: set[str] = set()
        self._poll, self._deadline = 0, Deadline.after(clock, 0.0)
        self._samples: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._alerts: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._news = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> Stopped:
        """Take up what is stored, then poll, record and publish until `stop` is set; drain for `drain_s`."""
        self._coordinator.start()
        self._take_up()
        samplers = [asyncio.create_task(self._sampler()) for _ in range(self._workers)]
        ringers = [asyncio.create_task(self._ringer()) for _ in range(self._workers)]
        listener = asyncio.create_task(self._listen(stop))
        try:
            await self._until(stop)
            self._coordinator.stop()
            await _end(samplers)
            await self._drain()
        finally:
            self._publisher.close()
            await _end([*samplers, *ringers, listener])
        return Stopped(tuple(unpublished(self._store)))

    def acknowledge(self, incident_id: str) -> None:
        """Somebody looks after it: no escalation."""
        row = self._store.read(f"reminder/{incident_id}")
        if row is not None:
            self._store.commit({f"reminder/{incident_id}": {**row, "is_acknowledged": True}})
        self._coordinator.forget(incident_id)

    # ---- the loop

    async def _until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._news.clear()
            for each in self._coordinator.due():
                try:
                    if isinstance(each, Escalate):
                        self._escalate(each.incident_id)
                    else:
                        self._begin_poll()
                except OSError:
                    pass  # the store is down: the next poll looks again
            due_s = self._coordinator.next_due()
            assert due_s is not None
            try:
                async with asyncio.timeout(max(1e-6, due_s - self._clock.monotonic())):
                    await self._news.wait()
            except TimeoutError:
                pass

    async def _listen(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._news.set()

    async def _drain(self) -> None:
        self._take_up()
        try:
            async with asyncio.timeout(self._drain_s):
                await self._alerts.join()
        except TimeoutError:
            pass

    # ---- what is due

    def _begin_poll(self) -> None:
        deadline = Deadline.after(self._clock, self._budget_s)
        self._take_up()
        self._poll, self._deadline = next_poll(self._store), deadline
        for service in self._services:
            self._samples.put_nowait(to_payload(SampleService(service, self._poll)))

    def _escalate(self, incident_id: str) -> None:
        self._reminded.discard(incident_id)
        reminder = self._store.read(f"reminder/{incident_id}")
        if incident_id not in self._unanswered() or reminder is None:
            return
        alert = self._store.read(f"outbox/{incident_id}")
        text = f"nobody answers: {alert['text'] if alert else incident_id}"
        self._store.commit(
            {
                f"reminder/{incident_id}": {**reminder, "is_escalated": True},
                f"outbox/{incident_id}/escalated": {"text": text, "person": None, "is_published": False},
            }
        )
        self._take_up()

    # ---- what is stored

    def _take_up(self) -> None:
        """Show, remind of and queue what the store says; what is in hand already stays as it is."""
        unanswered = self._unanswered()
        for service in self._services:
            self._show(service, state_of(self._store.read(f"policy/{service}")))
        for incident_id in [each for each in self._reminded if each not in unanswered]:
            self._reminded.discard(incident_id)
            self._coordinator.forget(incident_id)
        for incident_id, after_s in unanswered.items():
            if incident_id not in self._reminded:
                self._reminded.add(incident_id)
                self._coordinator.remind(incident_id, after_s)
        for key in unpublished(self._store):
            if key not in self._in_hand:
                self._in_hand.add(key)
                self._alerts.put_nowait(to_payload(PublishAlert(key)))
        self._news.set()

    def _unanswered(self) -> dict[str, float]:
        """Give the open incidents that are neither acknowledged nor escalated, and after how long."""
        found = {}
        for service in self._services:
            row = self._store.read(f"policy/{service}")
            if row is not None and row["is_open"]:
                incident_id = f"{service}/{row['opened']}"
                reminder = self._store.read(f"reminder/{incident_id}")
                if reminder and not reminder["is_acknowledged"] and not reminder["is_escalated"]:
                    found[incident_id] = reminder["after_s"]
        return found

    def _show(self, service: str, state: str) -> None:
        with contextlib.suppress(OSError):  # it is shown again at the next poll
            self._board.show(service, state)

    # ---- workers

    async def _sampler(self) -> None:
        while True:
            command = from_payload(await self._samples.get())
            assert isinstance(command, SampleService)
            if command.poll == self._poll:
                await self._sample(command)

    async def _sample(self, command: SampleService) -> None:
        try:
            outcome = await self._probe.read(command.service, self._deadline)
            if isinstance(outcome, Sampled):
                decide(self._store, outcome.sample, command.poll)
                self._take_up()
        except Exception:
            pass  # one bad service ends nothing; the next poll asks again

    async def _ringer(self) -> None:
        while True:
            command = from_payload(await self._alerts.get())
            assert isinstance(command, PublishAlert)
            try:
                await self._publisher.publish(command.key, Deadline.after(self._clock, self._every_s))
            except Exception:
                pass  # it stays in the outbox, and the next poll takes it up
            finally:
                self._in_hand.discard(command.key)
                self._alerts.task_done()


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
