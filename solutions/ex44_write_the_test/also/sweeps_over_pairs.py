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
ALERTS = (
    ("disk-1", 1),
    ("disk-", 11),
    ("disk-7", 3),
    ("disk-7", 1),
    ("disk-7", 2),
    ("Disk-7", 1),
    ("disk -7", 1),
)
NAMES = (
    "disk 7",
    "disk  7",
    " disk 7",
    "disk-7",
    "disk-07",
    "disk-8",
    "Ümit",
    "Ömit",
    "x" * 90 + "1",
    "x" * 90 + "2",
)
OTHERS = (
    ("1-disk", 7),
    ("-disk", 71),
    ("the rack", 1),
    ("the rack", 2),
    *[("cpu", revision) for revision in (9, 10)],
)
REVISIONS = (12, 268, 1000, 3, 4, 5, 6)


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
    """One fault, and other alerts ring, and alone; what has rung by then does not ring again."""
    for number, other in enumerate((("api-3", 1), ("api-3", 1), ("disk-7", 2), ("disk-7", 50))):
        heard, late = world.rang, 10 + number
        getattr(world, fault)()
        world.publish("disk-7", late)
        if world.rang not in (heard, [*heard, f"disk-7 r{late}"]):
            raise LookupError("it rings for disk-7, or for nobody")
        heard, text = world.rang, f"{other[0]} r{other[1]}"
        if world.publish(*other) != "returned":
            raise LookupError("nothing strikes the other")
        if world.rang != (heard if text in heard else [*heard, text]):
            raise LookupError("the other has to ring now, and alone")
        if world.publish("disk-7", late) != "returned" or world.rang.count(f"disk-7 r{late}") != 1:
            raise LookupError("disk-7 has to have rung by now, once")


def starts(world: World, fault: str) -> None:
    """One fault, and a new process, which rings for nobody."""
    if world.rang:
        raise LookupError("nobody has asked yet")
    publish(world, "api-3", 1)
    world.a_day_later()
    getattr(world, fault)()
    world.publish("disk-7")
    before = world.rang
    world.restart()
    if world.rang != before:
        raise LookupError("nobody has asked")
    publish(world, "disk-7", 1)
    world.a_day_later()
    publish(world, "disk-7", 1)
    if sorted(world.rang) != ["api-3 r1", "disk-7 r1"]:
        raise LookupError("each of them once")


def restarts(world: World, fault: str) -> None:
    """One fault, a new process, and each of the others."""
    for other in FAULTS:
        getattr(world, fault)()
        world.publish(other)
        world.restart()
        getattr(world, other)()
        publish(world, other, 1)
        if world.rang[-1] != f"{other} r1" or len(world.rang) != FAULTS.index(other) + 1:
            raise LookupError("one ring for each, not more and not less")


def test_many_names(world: World) -> None:
    """Names, revisions and both, each asked for at once and on the next day."""
    alerts = [*[(name, 1) for name in NAMES], *[("db-1", revision) for revision in REVISIONS], *OTHERS]
    for _ in range(2):
        for incident, revision in alerts:
            publish(world, incident, revision)
        if world.rang != [f"{incident} r{revision}" for incident, revision in alerts]:
            raise LookupError("one ring for each, in its own words")
        world.a_day_later()


def test_many_asks(world: World) -> None:
    """A dozen asks, and one ring."""
    for _ in range(12):
        publish(world, "disk-7", 1)
    if world.rang != ["disk-7 r1"]:
        raise LookupError("once is once")


def test_many_wait(world: World) -> None:
    """Five wait, and a sixth does not."""
    for fault in FAULTS:
        getattr(world, fault)()
        world.publish(fault)
    if world.publish("api-3") != "returned":
        raise LookupError("nothing strikes it")
    for fault in FAULTS:
        publish(world, fault, 1)
    if sorted(world.rang) != sorted(["api-3 r1", *[f"{fault} r1" for fault in FAULTS]]):
        raise LookupError("each of them once")


for one in FAULTS:
    globals()[f"test_{one}"] = made(one)
    globals()[f"test_many_times_{one}"] = made(*[one] * 8)
    globals()[f"test_while_it_waits_after_{one}"] = lambda world, one=one: while_it_waits(world, one)
    globals()[f"test_a_start_after_{one}"] = lambda world, one=one: starts(world, one)
    globals()[f"test_restarts_after_{one}"] = lambda world, one=one: restarts(world, one)

test_an_outage = made("lose_next_reply", *["refuse_next"] * 12)
test_a_mixed_outage = made(*["refuse_next", "lose_next_request"] * 4)
