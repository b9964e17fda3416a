"""Tests that tell right publishers from wrong ones.

A right publisher rings the phone once for each alert, however often it is asked and whatever fails.
Failures, restarts, days and other alerts come in any order and number.
An alert is an incident and a revision; its text is "disk-7 r1" for revision 1 of disk-7.
Alerts that differ in one letter of any script, one capital, one blank, one sign or one digit are two alerts.
So are two whose incident and revision, written side by side in either order, look alike.
When an ask has returned, the phone has rung for its alert.
An ask that no fault strikes returns.
An ask that a fault strikes may return, raise or die: it may raise or die although the phone has rung.
It calls the phone only while it is asked, not when it starts, and for that alert alone.
Revisions come in any order, and each is an alert of its own.
The phone has read out the text of the very alert that was asked for.
An ask that raises or dies is made again within the day: no day passes before, though a test may end there.
It may try again by itself or let the error through, as often as it likes.
It may call many times with one key, use another key where it knows that nothing has rung, and keep any notes.
How often it calls for the alert, and what it notes, is its own affair: what rang is what counts.
A wrong publisher shows in what rings and in how asks end, and in a short story.
Short is: a dozen asks, eight failures, two restarts, a day, names of 100 letters, revisions up to 1000.

Write functions `test_...(world)`; another callable with such a name is a test too, but no class.
It is called as `test_...(world)`, with one publisher after the other, right and wrong.
Each run has a process and a world of its own.
It accepts a publisher by returning None, and refuses it by raising any Exception but NotImplementedError.
Your tests accept every right publisher, and at least one of them refuses each wrong one.
Every test refuses some wrong publisher.
When it runs again, here or on another machine, it asks its world for the same, in the same order.
A verdict runs each test over 150 times: keep them below 5,000 steps (asks, faults, looks), all together.
The standard library is there, and nothing else can be imported.
"""

from itertools import product
from typing import Protocol

__all__ = ["World"]

ASKS_MAX = 40
FAULTS = (
    "die_before_next_ring",
    "die_after_next_ring",
    "refuse_next",
    "lose_next_request",
    "lose_next_reply",
)


class World(Protocol):
    """A phone, a store that survives, and a publisher under test.

    Faults wait until calls of the phone take them, one each, also after `restart` and `a_day_later`.
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
        "died": what it kept in memory is gone, and the next ask starts a new process.
        ValueError: there is no such alert.
        RuntimeError: 50 asks for this alert in a row have not returned, and there is no other.
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

        No publisher has a clock.

        RuntimeError: the last ask of some alert has not returned; it is asked again within the day.
        """


def ask_until_it_returns(world: World, incident: str, revision: int = 1) -> None:
    """Ask as whoever is on call would: again and again, and not for ever."""
    for _ in range(ASKS_MAX):
        if world.publish(incident, revision) == "returned":
            return
    raise AssertionError(f"{incident} r{revision} never returned")


def assert_it_rings_once(world: World) -> None:
    """Whatever goes wrong next, disk-7 rings once: when it has returned, when asked again, a day later."""
    for _ in range(2):
        ask_until_it_returns(world, "disk-7")
        assert world.rang == ["disk-7 r1"]
        world.a_day_later()


def assert_each_rings_once(world: World, alerts: list[tuple[str, int]]) -> None:
    """Each of these rings once and in its own words, in their order; the day after none of them rings."""
    heard = world.rang
    for incident, revision in alerts:
        assert world.publish(incident, revision) == "returned"
        heard.append(f"{incident} r{revision}")
    assert world.rang == heard
    world.a_day_later()
    for incident, revision in alerts:
        assert world.publish(incident, revision) == "returned"
    assert world.rang == heard


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


def test_many_asks(world: World) -> None:
    """A repeat rings nobody, however often it comes."""
    for _ in range(12):
        assert world.publish("disk-7") == "returned"
    assert world.rang == ["disk-7 r1"]


def test_a_ring_unheard_and_an_outage(world: World) -> None:
    """What rang unheard does not ring again after an outage."""
    world.die_after_next_ring()
    for _ in range(4):
        world.refuse_next()
    assert_it_rings_once(world)


def test_a_long_outage(world: World) -> None:
    """Two dozen failures in a row, eight of each kind that rings nothing, and it rings."""
    for fault in (world.refuse_next, world.lose_next_request, world.die_before_next_ring):
        for _ in range(8):
            fault()
    assert_it_rings_once(world)


def test_two_failures_and_a_restart_between(world: World) -> None:
    """Every failure after every other one, each pair with an alert of its own."""
    heard: list[str] = []
    for first, second in product(FAULTS, repeat=2):
        alert = f"{first}, {second}"
        getattr(world, first)()
        world.publish(alert)
        world.restart()
        getattr(world, second)()
        ask_until_it_returns(world, alert)
        heard.append(f"{alert} r1")
        assert world.rang == heard


def test_what_no_fault_strikes_returns(world: World) -> None:
    """One failure costs one ask at most, and costs no other alert one; a start and a repeat cost none."""
    for number, fault in enumerate(FAULTS):
        getattr(world, fault)()
        world.publish("disk-7", number + 1)
        assert world.publish("disk-7", number + 1) == "returned"
        assert world.publish("disk-7", number + 1) == "returned"
        getattr(world, fault)()
        world.publish(fault)
        assert world.publish("api-3", 9 - number) == "returned"
        world.restart()
        assert world.publish(fault) == "returned"


def test_nothing_is_forgotten(world: World) -> None:
    """Two restarts and a day later, what has rung does not ring again: not by itself, and not when asked."""
    alerts = [f"disk-{number}" for number in range(10)]
    for alert in alerts:
        ask_until_it_returns(world, alert)
    heard = [f"{alert} r1" for alert in alerts]
    world.a_day_later()
    world.restart()
    world.restart()
    assert world.rang == heard
    for alert in alerts:
        ask_until_it_returns(world, alert)
    assert world.rang == heard


def test_a_failure_on_another_day(world: World) -> None:
    """What rang yesterday does not ring again when something fails today."""
    ask_until_it_returns(world, "api-3")
    for fault in FAULTS:
        world.a_day_later()
        getattr(world, fault)()
        ask_until_it_returns(world, fault)
        ask_until_it_returns(world, fault)
    assert world.rang == ["api-3 r1", *[f"{fault} r1" for fault in FAULTS]]


def test_revisions_in_any_order(world: World) -> None:
    """Each revision is read out once, in its own words."""
    revisions = (3, 1, 2, 9, 10, 11, 257, 1000)
    assert_each_rings_once(world, [("disk-7", revision) for revision in revisions])


def test_names_that_look_alike(world: World) -> None:
    """disk-1 in revision 11 is not disk-11 in revision 1, and a capital or a blank makes another name."""
    long = "disk in rack seventeen of the second row, " * 2
    names = ("disk-11", "Disk-11", "disk -11", "disk 11", "disk  11", "disk 11 ", "disk-12", "disk-012")
    others = ("café", "cafè", f"{long}1", f"{long}2", "1-disk", "-disk")
    alerts = [(name, 1) for name in (*names, *others)]
    alerts += [("disk-1", 11), ("-disk", 11), ("api rate", 1), ("api rate", 2)]
    assert_each_rings_once(world, alerts)


def test_an_unfinished_alert_is_in_nobodys_way(world: World) -> None:
    """While disk-7 waits, nothing rings by itself; api-3 and other revisions ring, and alone."""
    ask_until_it_returns(world, "api-2")
    for number, fault in enumerate(FAULTS):
        getattr(world, fault)()
        world.publish(f"disk-{number}", 2)
        before = world.rang
        for other in ("api-2 r1", f"api-3 r{number + 1}", f"disk-{number} r3", f"disk-{number} r1"):
            incident, _, revision = other.rpartition(" r")
            assert world.publish(incident, int(revision)) == "returned"
            before += [other] if other not in before else []
            assert world.rang == before
        world.restart()
        assert world.rang == before
        ask_until_it_returns(world, f"disk-{number}", 2)
        assert world.rang.count(f"disk-{number} r2") == 1


def test_many_unfinished_alerts(world: World) -> None:
    """While many wait, another one rings; in the end each has rung once."""
    for number, fault in enumerate(FAULTS):
        getattr(world, fault)()
        world.publish(f"disk-{number}")
    before = world.rang
    assert world.publish("api-3") == "returned"
    assert world.rang == [*before, "api-3 r1"]
    for number in range(len(FAULTS)):
        assert world.publish(f"disk-{number}") == "returned"
    assert sorted(world.rang) == ["api-3 r1", *[f"disk-{number} r1" for number in range(len(FAULTS))]]
