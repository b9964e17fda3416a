"""A listener around the world: at each moment nothing rings twice, and what has returned has rung."""

from collections import Counter
from typing import Protocol

__all__ = ["World"]


class World(Protocol):
    rang: list[str]
    calls: list[tuple[str, str]]
    store: dict[str, object]

    def publish(self, incident: str, revision: int = 1) -> str: ...

    def refuse_next(self) -> None: ...

    def lose_next_request(self) -> None: ...

    def lose_next_reply(self) -> None: ...

    def die_before_next_ring(self) -> None: ...

    def die_after_next_ring(self) -> None: ...

    def restart(self) -> None: ...

    def a_day_later(self) -> None: ...


class Listener:
    """Asks, and listens after each ask."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked: set[str] = set()
        self.heard = 0

    def ask(self, incident: str, revision: int = 1) -> bool:
        """Ask once; say whether it has returned."""
        alert, before = f"{incident} r{revision}", list(self.world.rang)
        self.asked.add(alert)
        has_returned = self.world.publish(incident, revision) == "returned"
        rang = self.world.rang
        self.heard = len(rang)
        assert max(Counter(rang).values(), default=0) <= 1, "something rang twice"
        assert set(rang[len(before) :]) <= {alert}, "something else rang"
        if has_returned:
            assert alert in rang, "it returned, and has not rung"
        return has_returned

    def listen(self) -> None:
        """Nobody asks, and nothing rings."""
        assert set(self.world.rang) <= self.asked
        assert len(self.world.rang) == self.heard, "it rang by itself"

    def finish(self, incident: str, revision: int = 1, more: int = 40) -> None:
        """Ask until it returns."""
        assert more > 0, "it never returns"
        if not self.ask(incident, revision):
            self.finish(incident, revision, more - 1)


SILENT = ("refuse_next", "lose_next_request", "die_before_next_ring")
FAULTS = (*SILENT, "lose_next_reply", "die_after_next_ring")
LONG = "the second disk from above in rack seventeen, in the cold aisle of the new building, drive "
ALIKE = ("disk", "Disk", "disk ", "d isk", "d  isk", "disk-1", "disk 1", "disk-01", "disk-2", "dísk", "dìsk")
OTHERS = (("disk-1", 11), ("disk-11", 1), ("1-disk", 1), ("-disk", 11), ("a raid", 1), ("a raid", 2))


def test_one_bad_night(world: World) -> None:
    """Everything fails, one alert after the other; in the end each has rung once, and nothing rings again."""
    night = Listener(world)
    night.listen()
    for _ in range(12):
        assert night.ask("disk", 50), "nothing goes wrong yet"
    for number, fault in enumerate(FAULTS, 1):
        getattr(world, fault)()
        night.ask("disk", number)
        for other in (number + 100, number + 10, 50):
            assert night.ask("disk", other), "nothing goes wrong with the other"
        assert night.ask("api-3", number), "nothing goes wrong elsewhere"
        world.restart()
        night.listen()
        assert night.ask("disk", number), "nothing goes wrong any more"
    for fault in SILENT:
        for _ in range(8):
            getattr(world, fault)()
        night.finish(f"a night of {fault}")
    world.die_after_next_ring()
    for _ in range(4):
        world.refuse_next()
    night.finish("a ring unheard")


def test_one_failure_after_the_other(world: World) -> None:
    """What fails once may fail in another way in the next process."""
    pairs = Listener(world)
    for fault in FAULTS:
        for second in FAULTS:
            getattr(world, fault)()
            pairs.ask(fault + second)
            world.restart()
            getattr(world, second)()
            pairs.finish(fault + second)


def test_one_day_after_the_other(world: World) -> None:
    """What has rung does not ring again, whatever fails on another day."""
    days = Listener(world)
    days.finish("yesterday")
    for fault in FAULTS:
        world.a_day_later()
        getattr(world, fault)()
        days.finish(fault)
        world.a_day_later()
        world.restart()
        world.restart()
        days.listen()
        days.finish(fault)
        days.finish("yesterday")


def test_all_at_once(world: World) -> None:
    """Some wait, and nobody else has to."""
    crowd = Listener(world)
    for number, fault in enumerate(reversed(FAULTS)):
        getattr(world, fault)()
        crowd.ask("db", number + 1)
    assert crowd.ask("api-3"), "nothing goes wrong with it"
    for number in range(len(FAULTS)):
        assert crowd.ask("db", number + 1), "nothing goes wrong any more"


def test_who_is_who(world: World) -> None:
    """Each has its own ring, in its own words, and no other."""
    names = Listener(world)
    alerts = [(name, 1) for name in (*ALIKE, f"{LONG}1", f"{LONG}2")]
    alerts += [("disk", revision) for revision in (3, 2, 9, 10, 11, 257, 1000)]
    alerts += OTHERS
    for incident, revision in alerts:
        assert names.ask(incident, revision)
    world.a_day_later()
    for incident, revision in alerts:
        assert names.ask(incident, revision)
    assert len(world.rang) == len(alerts)
