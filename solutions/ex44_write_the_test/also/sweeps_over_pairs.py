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
ALERTS = (("disk-1", 1), ("disk-", 11), ("disk-7", 2), ("disk-7", 1), ("Disk-7", 1), ("disk -7", 1))


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
    """These failures, then all alerts, then everything that can be forgotten, and all again."""
    for fault in faults:
        getattr(world, fault)()
    heard: list[str] = []
    for incident, revision in ALERTS:
        before = world.rang
        world.publish(incident, revision)
        assert before == heard
        publish(world, incident, revision)
        heard.append(f"{incident} r{revision}")
        assert sorted(world.rang) == sorted(heard)
    world.a_day_later()
    for _ in range(5):
        world.restart()
        assert len(world.rang) == len(ALERTS)
        for incident, revision in ALERTS:
            publish(world, incident, revision)
    assert sorted(world.rang) == sorted(heard)


def made(*faults: str) -> Callable[[World], None]:
    """A test of these failures in a row."""
    return lambda world: story(world, *faults)


def while_it_waits(world: World, fault: str) -> None:
    """One fault, and another alert rings, and alone; what has rung by then does not ring again."""
    for other in (("api-3", 1), ("disk-7", 2)):
        heard = world.rang
        getattr(world, fault)()
        world.publish("disk-7", 10 + other[1])
        if world.rang not in (heard, [*heard, f"disk-7 r{10 + other[1]}"]):
            raise LookupError("it rings for disk-7, or for nobody")
        heard = world.rang
        if world.publish(*other) != "returned" or world.rang != [*heard, f"{other[0]} r{other[1]}"]:
            raise LookupError("the other has to ring now, and alone")
        if world.publish("disk-7", 10 + other[1]) != "returned" or len(world.rang) % 2:
            raise LookupError("disk-7 has to have rung by now, once")


def starts(world: World, fault: str) -> None:
    """One fault, and a new process, which rings for nobody."""
    getattr(world, fault)()
    world.publish("disk-7")
    before = world.rang
    world.restart()
    if world.rang != before:
        raise LookupError("nobody has asked")


for one in FAULTS:
    globals()[f"test_{one}"] = made(one)
    globals()[f"test_many_times_{one}"] = made(*[one] * 6)
    globals()[f"test_while_it_waits_after_{one}"] = lambda world, one=one: while_it_waits(world, one)
    globals()[f"test_a_start_after_{one}"] = lambda world, one=one: starts(world, one)
    for other in FAULTS[:3]:
        globals()[f"test_{one}_and_{other}"] = made(one, other)

test_an_outage = made("lose_next_reply", *["refuse_next"] * 12)
