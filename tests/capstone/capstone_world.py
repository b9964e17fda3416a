"""The world of the storm: what is stored, who has been called, and what goes wrong, by one seed.

It holds every process to the course's promises while it runs, and raises `Broken` where one does not hold.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

EVERY_S, BUDGET_S, DRAIN_S = 60.0, 20.0, 15.0
SERVICES = ("disk", "a", "a/b", "x/escalated")
ILL, WELL = 97.25, 20.0


class Broken(BaseException):
    """A promise of the course does not hold."""


class Dead(BaseException):
    """This process has been killed: nothing of it reaches the world any more."""


class World:
    """What outlives a process."""

    def __init__(self, seed: int, storm_s: float) -> None:
        self.chance = random.Random(seed)
        self._loop = asyncio.get_running_loop()
        self.is_calm = False
        self.broken: list[str] = []
        self.rows: dict[str, dict[str, Any]] = {}
        self.rang: dict[str, tuple[str, str]] = {}
        self.rings = 0
        self.shown: dict[str, str] = {}
        self.set_back_s = 0.0
        self.polled_at_s = self.no_phone_until_s = 0.0
        self.reads: Counter[str] = Counter()
        self.illnesses = {service: self._illnesses(storm_s) for service in SERVICES}

    def _illnesses(self, storm_s: float) -> list[tuple[float, float]]:
        """Some spells in the storm; at its end, half of the services are ill for good."""
        found, at_s = [], 0.0
        while at_s < storm_s:
            begins_s = min(storm_s, at_s + self.chance.uniform(30, 600))
            at_s = min(storm_s, begins_s + self.chance.uniform(30, 900))
            found.append((begins_s, at_s))
        return [*found, (storm_s + 60, 1e9)] if self.chance.random() < 0.5 else found

    def now_s(self) -> float:
        """Give the seconds since the storm began, to threads too."""
        return self._loop.time()

    def hold(self, is_kept: bool, *said: object) -> None:
        """Go on where it is kept. What is broken is remembered: it can be raised within a task."""
        if not is_kept:
            self.broken.append(" ".join(str(each) for each in said))
            raise Broken(self.broken[-1])

    def strikes(self, share: float) -> bool:
        """Does something go wrong here?"""
        return not self.is_calm and self.chance.random() < share

    def value(self, service: str) -> float:
        """Give what the service is worth now."""
        is_ill = any(begins_s <= self.now_s() < ends_s for begins_s, ends_s in self.illnesses[service])
        return ILL if is_ill else WELL

    def is_open(self, incident_id: str) -> bool:
        """Is it the open incident of its service?"""
        service, _, number = incident_id.rpartition("/")
        row = self.rows.get(f"policy/{service}")
        return row is not None and row["is_open"] and row["opened"] == int(number)

    def unpublished(self) -> tuple[str, ...]:
        """Give the keys of the outbox that are not known to have rung."""
        keys = [key for key in self.rows if key.startswith("outbox/")]
        return tuple(key.removeprefix("outbox/") for key in keys if not self.rows[key]["is_published"])

    def write(self, rows: Mapping[str, Mapping[str, Any]]) -> None:
        """Commit; what is decided stays so."""
        before = {key: self.rows.get(key) for key in rows}
        self.rows.update({key: dict(row) for key, row in rows.items()})
        for key, old in before.items():
            self._look_at(key, old or {}, self.rows[key], rows)

    def _look_at(self, key: str, old: dict[str, Any], new: dict[str, Any], rows: Mapping[str, Any]) -> None:
        kind, _, rest = key.partition("/")
        if kind == "poll":
            self.hold(new["number"] == old.get("number", 0) + 1, "polls are numbered one by one:", new)
            self.polled_at_s, self.reads = self.now_s(), Counter()
        elif kind == "policy":
            self.hold(
                new["poll"] > old.get("poll", 0), "an older sample overwrote a newer one:", key, old, new
            )
            late_s = self.now_s() - self.polled_at_s - BUDGET_S
            self.hold(late_s < 1e-6, "decided after the deadline:", key, late_s)
            opened = new["opened"] - old.get("opened", 0)
            self.hold(opened in {0, 1}, "incidents are numbered one by one:", key, old, new)
            if opened:
                together = {f"outbox/{rest}/{new['opened']}", f"reminder/{rest}/{new['opened']}"}
                self.hold(together <= set(rows), "an incident was committed without its alert:", key)
        elif kind == "outbox":
            self.hold(old.get("person") in {None, new["person"]}, "another person under one key:", key, new)
            self.hold(new["is_published"] >= old.get("is_published", False), "published, and then not:", key)
            self.hold(not new["is_published"] or rest in self.rang, "published before it rang:", key)
            if not old and rest.endswith("/escalated"):
                self._look_at_escalation(rest.removesuffix("/escalated"))

    def _look_at_escalation(self, incident_id: str) -> None:
        reminder = self.rows[f"reminder/{incident_id}"]
        self.hold(self.is_open(incident_id), "escalated what is over:", incident_id)
        self.hold(not reminder["is_acknowledged"], "escalated what somebody looks after:", incident_id)

    def ring(self, key: str, person: str, text: str) -> None:
        """The phone: it drops a repeat of a key, and refuses another call under a used one."""
        row = self.rows.get(f"outbox/{key}")
        self.hold(row is not None, "rang before it was committed:", key)
        assert row is not None
        self.hold(bool(row["person"]), "nobody in particular was called:", key)
        self.hold(
            (row["person"], row["text"]) == (person, text), "rang otherwise than committed:", key, person
        )
        self.hold(
            self.rang.setdefault(key, (person, text)) == (person, text), "a used key, another call:", key
        )
        self.rings += 1


class Ports:
    """What one process has of the world: clock, store, probe, phone, roster and board in one."""

    def __init__(self, world: World, dies_at_commit: int | None = None) -> None:
        self.world, self.dies_at_commit = world, dies_at_commit
        self.is_dead, self.died = False, asyncio.Event()
        self.began_s, self.boot_s = world.now_s(), world.chance.uniform(0.0, 5.0)

    def alive(self) -> World:
        """Give the world to whoever lives."""
        if self.is_dead:
            raise Dead
        return self.world

    def die(self) -> None:
        """Killed: from here on, nothing reaches the world."""
        self.is_dead = True
        self.died.set()

    # ---- the clock

    def now(self) -> datetime:
        hour = timedelta(seconds=self.world.now_s() - self.world.set_back_s)
        return datetime(2026, 3, 29, tzinfo=UTC) + hour

    def monotonic(self) -> float:
        return self.world.now_s() - self.began_s + self.boot_s

    # ---- the store

    def read(self, key: str, timeout_s: float | None = None) -> Any:
        """Give a row of the store; with a second argument, the answer of a service."""
        if timeout_s is not None:
            return self._probe(key, timeout_s)
        row = self.alive().rows.get(key)
        return None if row is None else dict(row)

    def keys(self, prefix: str) -> list[str]:
        return [key for key in self.alive().rows if key.startswith(prefix)]

    def commit(self, rows: Mapping[str, Mapping[str, Any]]) -> None:
        world = self.alive()
        if self.dies_at_commit is not None:
            self.dies_at_commit -= 1
            if self.dies_at_commit == 0:
                if world.chance.random() < 0.5:
                    world.write(rows)
                self.die()
                raise Dead
        if world.strikes(0.03):
            raise OSError("the disk is full")
        world.write(rows)
        if world.strikes(0.03):
            raise OSError("the reply of the database is lost")

    # ---- the services

    def _probe(self, service: str, timeout_s: float) -> float:
        if self.is_dead:
            raise OSError("the thread of a dead process: nobody hears of it")
        world = self.world
        ends_s = world.polled_at_s + BUDGET_S
        world.hold(timeout_s > 0, "a probe that waits for ever:", service, timeout_s)
        world.hold(
            world.now_s() + timeout_s <= ends_s + 1e-6,
            "one deadline:",
            service,
            world.now_s(),
            timeout_s,
            ends_s,
        )
        world.reads[service] += 1
        world.hold(world.reads[service] <= 2, "two layers try again:", service, world.reads[service])
        value = world.value(service)
        took_s = world.chance.choice((0.1, 0.1, 1.0, 9.0, 30.0)) if world.strikes(0.4) else 0.1
        if took_s > timeout_s and world.chance.random() < 0.5:
            time.sleep(timeout_s)  # noqa: TID251 - in virtual time
            raise TimeoutError("no answer")
        time.sleep(took_s)  # noqa: TID251 - in virtual time
        if world.strikes(0.1):
            raise world.chance.choice((ConnectionResetError, OSError, ValueError))("no answer")
        return value

    # ---- people

    async def on_call(self) -> str:
        self.alive()
        await asyncio.sleep(0.2)
        if self.alive().strikes(0.1):
            raise ConnectionError("no roster")
        return self.world.chance.choice(("ann", "bob"))

    async def ring(self, key: str, person: str, text: str) -> None:
        world = self.alive()
        await asyncio.sleep(40.0 if world.strikes(0.05) else 1.0)
        if self.alive().strikes(0.15) or self.world.now_s() < world.no_phone_until_s:
            raise ConnectionRefusedError("engaged")
        if self.alive().strikes(0.03):
            raise ValueError("a fault of the phone's")
        self.alive().ring(key, person, text)
        await asyncio.sleep(1.0)
        if self.alive().strikes(0.15):
            raise TimeoutError("the reply is lost")

    def show(self, service: str, state: str) -> None:
        world = self.alive()
        if world.strikes(0.02):
            raise OSError("the board is dark")
        row = world.rows.get(f"policy/{service}")
        world.hold(
            (state == "incident") == bool(row and row["is_open"]), "shown, and not stored:", service, state
        )
        world.shown[service] = state
