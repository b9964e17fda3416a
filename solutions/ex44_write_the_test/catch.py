"""Tests that tell right publishers from wrong ones.

A right publisher rings the phone once for each alert, however often it is asked and whatever fails.
Failures, restarts, days and other alerts come in any order and number.
An alert is an incident and a revision; its text is "disk-7 r1" for revision 1 of disk-7.
Alerts that differ in one letter, one capital, one blank or one digit are two alerts.
When an ask has returned, the phone has rung for its alert.
An ask that no fault strikes returns.
It calls the phone only while it is asked, not when it starts, and for that alert alone.
Revisions come in any order, and each is an alert of its own.
The phone has read out the text of the very alert that was asked for.
An ask that raises or dies is made again within the day: no day passes before, though a test may end there.
It may try again by itself or let the error through, as often as it likes.
It may call several times with one key, use another key where nothing can have rung, and keep any notes.
How often it calls, and what it notes, is its own affair: what rang is what counts.

Write functions `test_...(world)`; any callable of the module with such a name is one.
It takes one world, by its place, and is run with one publisher after the other, right and wrong.
Each run has a process and a world of its own.
It accepts a publisher by returning None, and refuses it by raising any Exception.
Your tests accept every right publisher, and at least one of them refuses each wrong one.
Every test refuses some wrong publisher.
When it runs again, here or on another machine, it asks its world for the same, in the same order.
A verdict runs each test dozens of times and takes a few seconds at most: a hundred asks in a test are many.
The standard library is there, and nothing else can be imported.
"""

from typing import Protocol

__all__ = ["World"]

ASKS_MAX = 40


class World(Protocol):
    """A phone, a store that survives, and a publisher under test.

    Faults wait until calls of the phone take them, one each; `restart` and `a_day_later` keep them.
    `rang`, `calls` and `store` give a copy at each look: after the next ask, look again.
    """

    rang: list[str]
    """What was read out, in order, as it is now: "disk-7 r1", for one."""

    calls: list[tuple[str, str]]
    """Every call of the phone, heard or not, as (key, text), as it is now."""

    store: dict[str, object]
    """The publisher's own notes, as they are now."""

    def publish(self, incident: str, revision: int = 1) -> str:
        """Ask the publisher once; say how it ended: "returned", "raised" or "died".

        incident: text that is not empty, and that UTF-8 can encode.
        revision: an int of 1 or more.
        "died": what it kept in memory is gone, and the next ask runs in a new process.
        ValueError: there is no such alert.
        RuntimeError: the last 50 asks for this alert have not returned, and there is no other.
        """

    def refuse_next(self) -> None:
        """The next call of the phone is refused: nothing rings, it raises ConnectionRefusedError."""

    def lose_next_request(self) -> None:
        """The next call of the phone is lost: nothing rings, it raises TimeoutError."""

    def lose_next_reply(self) -> None:
        """The next call of the phone rings, and its reply is lost: it raises TimeoutError."""

    def die_before_next_ring(self) -> None:
        """The process dies in the next call of the phone, before it rings."""

    def die_after_next_ring(self) -> None:
        """The process dies in the next call of the phone, after it rang."""

    def restart(self) -> None:
        """Start the publisher anew: what it kept in memory is gone, the store is not."""

    def a_day_later(self) -> None:
        """Let a day pass: the phone forgets its keys, and a key that it knew rings again.

        RuntimeError: the last ask of some alert has not returned; it is asked again within the day.
        """


def ask_until_it_returns(world: World, incident: str, revision: int = 1) -> None:
    """Ask as whoever is on call would: again and again, and not for ever."""
    for _ in range(ASKS_MAX):
        if world.publish(incident, revision) == "returned":
            return
    raise AssertionError(f"{incident} r{revision} never returned")


def assert_it_rings_once(world: World) -> None:
    """Whatever goes wrong next, disk-7 rings once: when its first ask has returned, and after every other."""
    for _ in range(6):
        ask_until_it_returns(world, "disk-7")
        assert world.rang == ["disk-7 r1"]


def test_a_refusal_and_a_ring(world: World) -> None:
    """A call that was refused is made again."""
    world.refuse_next()
    assert_it_rings_once(world)


def test_a_lost_request_and_a_ring(world: World) -> None:
    """Silence may mean that nothing has rung."""
    world.lose_next_request()
    assert_it_rings_once(world)


def test_a_lost_reply_rings_once(world: World) -> None:
    """Silence may mean that it has rung."""
    world.lose_next_reply()
    assert_it_rings_once(world)


def test_a_death_before_the_ring(world: World) -> None:
    """A process that died before the ring has not rung, and the next one rings when it is asked."""
    world.die_before_next_ring()
    world.publish("disk-7")
    assert world.rang == []
    assert_it_rings_once(world)


def test_a_death_after_the_ring(world: World) -> None:
    """A process that died after the ring has rung."""
    world.die_after_next_ring()
    assert_it_rings_once(world)


def test_a_ring_unheard_and_an_outage(world: World) -> None:
    """What rang unheard does not ring again after an outage."""
    world.die_after_next_ring()
    for _ in range(4):
        world.refuse_next()
    assert_it_rings_once(world)


def test_a_long_outage(world: World) -> None:
    """A dozen failures in a row, four of each kind that rings nothing, and it rings."""
    for fault in (world.refuse_next, world.lose_next_request, world.die_before_next_ring):
        for _ in range(4):
            fault()
    assert_it_rings_once(world)


def test_what_no_fault_strikes_returns(world: World) -> None:
    """One fault costs one ask at most, and a start costs none."""
    world.refuse_next()
    world.publish("disk-7")
    assert world.publish("disk-7") == "returned"
    world.restart()
    assert world.publish("api-3") == "returned"


def test_nothing_is_forgotten(world: World) -> None:
    """Two restarts and a day later, what has rung does not ring again: not by itself, and not when asked."""
    heard = ["disk-7 r1", "api-3 r1"]
    ask_until_it_returns(world, "disk-7")
    ask_until_it_returns(world, "api-3")
    world.a_day_later()
    world.restart()
    world.restart()
    assert world.rang == heard
    ask_until_it_returns(world, "disk-7")
    ask_until_it_returns(world, "api-3")
    assert world.rang == heard


def test_revisions_in_any_order(world: World) -> None:
    """Each revision is read out once, in its own words."""
    heard = ["disk-7 r2", "disk-7 r1", "disk-7 r3", "disk-7 r5", "disk-7 r4"]
    for revision in (2, 1, 3, 5, 4):
        ask_until_it_returns(world, "disk-7", revision)
    assert world.rang == heard
    world.a_day_later()
    for revision in (1, 2, 3, 4, 5):
        ask_until_it_returns(world, "disk-7", revision)
    assert world.rang == heard


def test_names_that_look_alike(world: World) -> None:
    """disk-1 in revision 11 is not disk-11 in revision 1, and a capital or a blank makes another name."""
    heard = []
    for incident, revision in (("disk-1", 11), ("disk-11", 1), ("Disk-1", 11), ("disk -1", 11)):
        ask_until_it_returns(world, incident, revision)
        heard.append(f"{incident} r{revision}")
        assert world.rang == heard


def test_an_unfinished_alert_is_in_nobodys_way(world: World) -> None:
    """While disk-7 waits, api-3 rings, and alone."""
    world.refuse_next()
    world.publish("disk-7")
    before = world.rang
    assert world.publish("api-3") == "returned"
    assert world.rang == [*before, "api-3 r1"]


def test_an_unfinished_alert_keeps_its_key(world: World) -> None:
    """What rang unheard does not ring again when another revision has rung in between."""
    world.lose_next_reply()
    world.publish("disk-7", 1)
    ask_until_it_returns(world, "disk-7", 2)
    ask_until_it_returns(world, "disk-7", 1)
    assert world.rang == ["disk-7 r1", "disk-7 r2"]
