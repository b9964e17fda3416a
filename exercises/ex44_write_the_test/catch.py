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

from typing import Protocol

__all__ = ["World"]


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
