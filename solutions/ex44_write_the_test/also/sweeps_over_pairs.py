"""Every pair of failures around four alerts, as tests that are made in a loop."""

from collections.abc import Callable
from typing import Protocol

__all__ = ["World"]

FAULTS = (
    "refuse_next",
    "lose_next_request",
    "lose_next_reply",
    "die_before_next_ring",
    "die_after_next_ring",
)
ALERTS = (("disk-1", 1), ("disk-", 11), ("disk-7", 2), ("disk-7", 1))


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


def publish(world: World, incident: str, revision: int) -> None:
    """Ask until it returns, with an end."""
    for _ in range(30):
        if world.publish(incident, revision) == "returned":
            return
    raise TimeoutError("it never returned")


def story(world: World, *faults: str) -> None:
    """These failures, then four alerts, then everything that can be forgotten, and all again."""
    for fault in faults:
        getattr(world, fault)()
    heard = []
    for incident, revision in ALERTS:
        publish(world, incident, revision)
        heard.append(f"{incident} r{revision}")
        assert sorted(world.rang) == sorted(heard)
    world.a_day_later()
    world.restart()
    assert len(world.rang) == len(ALERTS)
    for incident, revision in ALERTS:
        publish(world, incident, revision)
    assert sorted(world.rang) == sorted(heard)


def made(*faults: str) -> Callable[[World], None]:
    """A test of these failures in a row."""
    return lambda world: story(world, *faults)


for one in FAULTS:
    globals()[f"test_{one}"] = made(one)
    for other in FAULTS[:3]:
        globals()[f"test_{one}_and_{other}"] = made(one, other)

test_an_outage = made("lose_next_reply", *["refuse_next"] * 12)


def test_nobody_stands_in_the_way(world: World) -> None:
    """Another alert rings while one is unfinished, and alone."""
    world.die_before_next_ring()
    world.publish("disk-7")
    if world.publish("api-3") != "returned" or world.rang != ["api-3 r1"]:
        raise LookupError("api-3 has to ring now, and alone")
