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


def test_one_bad_night(world: World) -> None:
    """Everything fails, one alert after the other; in the end each has rung once, and nothing rings again."""
    night = Listener(world)
    silent = (world.refuse_next, world.lose_next_request, world.die_before_next_ring)
    assert night.ask("disk", 50), "nothing goes wrong yet"
    for fault in (*silent, world.lose_next_reply, world.die_after_next_ring):
        number = len(night.asked)
        fault()
        night.ask("disk", number)
        assert night.ask("disk", number + 100), "nothing goes wrong with the other"
        assert night.ask("disk", number), "nothing goes wrong any more"
        fault()
        night.ask("api-3", number)
        world.restart()
        night.listen()
        night.finish("api-3", number)
    world.die_after_next_ring()
    for fault in silent * 4:
        fault()
    night.finish("Disk", 1)
    for fault in silent:
        for _ in range(5):
            fault()
        night.finish(f"d i s k {len(night.asked)}")
    for incident, revision in (("disk-1", 11), ("disk-11", 1), ("disk-1", 1), ("disk-1 ", 1), ("Disk-1", 1)):
        assert night.ask(incident, revision)
    world.a_day_later()
    for _ in range(6):
        world.restart()
        night.listen()
        for alert in sorted(night.asked):
            incident, _, told = alert.rpartition(" r")
            assert night.ask(incident, int(told))
    assert len(world.rang) == len(night.asked)
