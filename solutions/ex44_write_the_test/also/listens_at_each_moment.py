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

    def ask(self, incident: str, revision: int = 1) -> bool:
        """Ask once; say whether it has returned."""
        alert, before = f"{incident} r{revision}", list(self.world.rang)
        self.asked.add(alert)
        has_returned = self.world.publish(incident, revision) == "returned"
        rang = self.world.rang
        assert max(Counter(rang).values(), default=0) <= 1, "something rang twice"
        assert set(rang[len(before) :]) <= {alert}, "something else rang"
        if has_returned:
            assert alert in rang, "it returned, and has not rung"
        return has_returned

    def finish(self, incident: str, revision: int = 1, more: int = 40) -> None:
        """Ask until it returns."""
        assert more > 0, "it never returns"
        if not self.ask(incident, revision):
            self.finish(incident, revision, more - 1)


def test_one_bad_night(world: World) -> None:
    """Everything fails, one alert after the other; in the end each has rung once, and nothing rings again."""
    night = Listener(world)
    world.lose_next_reply()
    for _ in range(4):
        world.refuse_next()
    night.finish("disk-1", 11)
    for number, fault in enumerate((world.lose_next_request, world.die_before_next_ring, world.refuse_next)):
        fault()
        night.ask("disk-11", 2 + number)
        assert night.ask("api-3", 1 + number), "nothing goes wrong with api-3"
        night.finish("disk-11", 2 + number)
    world.die_after_next_ring()
    night.finish("disk-11", 1)
    for _ in range(12):
        world.refuse_next()
    night.finish("disk-7")
    world.a_day_later()
    world.restart()
    assert set(world.rang) == night.asked
    for alert in sorted(night.asked):
        incident, _, revision = alert.rpartition(" r")
        night.ask(incident, int(revision))
    assert len(world.rang) == len(night.asked)
