"""Forecast what the on-call phone has done when a call to it fails halfway.

First comes a program. Leave it as it is: it is run as it was given, in every story.
Your forecasts stand below it, and are compared with what has happened in these stories.
"""

from enum import Enum
from typing import Protocol

__all__ = (
    "CallFailed",
    "Effect",
    "Failure",
    "Happened",
    "Phone",
    "backup_when_not_reached",
    "happened",
    "key_in_the_loop",
    "may_retry",
    "not_reached_or_busy",
    "once",
    "one_key",
    "one_key_twice",
    "rings",
    "rings_unheard",
    "settled",
    "two_layers",
    "until_it_says_ok",
)


class Failure(Enum):
    """How a call that was not accepted ended, as its caller sees it.

    BUSY, REJECTED and ALREADY_RUNG are answers of the phone service itself, given instead of ringing.
    It answers BUSY and REJECTED before it looks at the key.
    That is a promise of this service; it says nothing about 503, 400 or 409 elsewhere.
    """

    NOT_REACHED = "nobody listens: the call never left"
    BUSY = "the phone service is busy, and asks to be called later"
    REJECTED = "the phone service does not understand the call, now or later"
    SILENCE = "no answer within five seconds of the call"
    HUNG_UP = "the connection breaks before an answer comes"
    RELAY_ERROR = "a relay on the way says that it has no good answer"
    ALREADY_RUNG = "the phone service has rung for this key"


class CallFailed(Exception):
    """A call was not accepted; `failure` says how it ended."""

    def __init__(self, failure: Failure) -> None:
        """Keep how the call ended.

        failure: a Failure.
        """
        super().__init__(failure.value)
        self.failure = failure


class Phone(Protocol):
    """The on-call phone service, and a backup phone.

    What a call asks for happens once or never, and never after the call has ended.
    """

    def ring(self, key: str = "") -> str:
        """Ring, and say "accepted"; if it has rung for this key already, stay quiet and fail as ALREADY_RUNG.

        A call without a key, or with an empty one, rings each time.
        It has rung for a key if it rang in a call under that key, even if the answer was lost, and only then.
        CallFailed: the call was not accepted.
        """

    def ring_backup(self) -> str:
        """Ring the backup phone, which knows no keys, and say "accepted".

        CallFailed: the call was not accepted; it fails as `ring` does, but never as ALREADY_RUNG.
        """


# ---- The program: eight plans, each of which tells somebody of one incident.


def once(phone: Phone) -> str:
    """Call once."""
    return phone.ring()


def until_it_says_ok(phone: Phone) -> str | None:
    """Call three times at most, without a key."""
    for _ in range(3):
        try:
            return phone.ring()
        except CallFailed:
            continue
    return None


def not_reached_or_busy(phone: Phone) -> str | None:
    """Call three times at most, without a key; raise every failure but these two."""
    for _ in range(3):
        try:
            return phone.ring()
        except CallFailed as call:
            if call.failure not in (Failure.NOT_REACHED, Failure.BUSY):
                raise
    return None


def one_key(phone: Phone) -> str | None:
    """Call three times at most, under one key."""
    for _ in range(3):
        try:
            return phone.ring(key="disk-7")
        except CallFailed as call:
            if call.failure is Failure.ALREADY_RUNG:
                return "accepted"
    return None


def one_key_twice(phone: Phone) -> str | None:
    """Call twice at most, under one key."""
    for _ in range(2):
        try:
            return phone.ring(key="disk-7")
        except CallFailed as call:
            if call.failure is Failure.ALREADY_RUNG:
                return "accepted"
    return None


def key_in_the_loop(phone: Phone) -> str | None:
    """Call three times at most, with a key."""
    for attempt in range(3):
        try:
            return phone.ring(key=f"disk-7/{attempt}")
        except CallFailed as call:
            if call.failure is Failure.ALREADY_RUNG:
                return "accepted"
    return None


def backup_when_not_reached(phone: Phone) -> str | None:
    """Call twice at most, under one key; where nobody listens, ring the backup phone and end."""
    for _ in range(2):
        try:
            return phone.ring(key="disk-7")
        except CallFailed as call:
            if call.failure is Failure.ALREADY_RUNG:
                return "accepted"
            if call.failure is Failure.NOT_REACHED:
                return phone.ring_backup()
    return None


def two_layers(phone: Phone) -> str | None:
    """Run `until_it_says_ok` twice at most."""
    for _ in range(2):
        said = until_it_says_ok(phone)
        if said is not None:
            return said
    return None


# ---- Your forecasts. A question has one answer: in every process and in every thread, whatever was asked
# before, to its end or not, or is asked meanwhile, under whichever name this file is imported, and also after
# a caller has changed the list that it got. Each answer has exactly the type that its function says: True is
# no int. It asks no clock, no chance, no file and no database. A caller may name the arguments, and gives
# only what the docstrings describe.


class Happened(Enum):
    """Whether the phone has rung, as far as the caller can know."""

    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


class Effect(Enum):
    """What one call changes on the other side; each can fail as a call to the phone service can."""

    READ = "it takes a sample, and changes nothing"
    OVERWRITE = "it sets the state of an incident, which nobody else sets"
    RING = "it rings the phone"
    RING_WITH_KEY = "it rings the phone, unless it has rung for this key"


def happened(failure: Failure) -> Happened:
    """Say whether the phone has rung for an incident when a call for it ends in `failure`.

    failure: a Failure.

    With ALREADY_RUNG there was one earlier call for the incident, under the same key, and a ring of either
    call counts; otherwise this is the first call for it.
    UNKNOWN: it has rung in some of the stories that end in this failure, and not in others.
    """
    raise NotImplementedError


def settled(first: Failure, second: Failure) -> Happened:
    """Say whether the phone has rung when the first two calls under one key end in `first` and `second`.

    first: a Failure, but neither REJECTED nor ALREADY_RUNG.
    second: a Failure, but not REJECTED; ALREADY_RUNG only where the first call can have rung.

    UNKNOWN: it has rung in some of the stories that end in these two failures, and not in others.
    """
    raise NotImplementedError


def may_retry(effect: Effect, failure: Failure) -> bool:
    """Say whether the same call may be made once more after `failure`: without harm, and with some use.

    effect: an Effect.
    failure: a Failure; ALREADY_RUNG with RING_WITH_KEY alone.

    Harm: in some story in which the call ends in `failure`, it and its repeat leave more rings than one
    accepted call, or a last state that is neither the one from before nor that of one accepted call. READ
    leaves nothing.
    Use: in some story in which the call ends in `failure`, its repeat is accepted.
    A repeat has the same text and, with RING_WITH_KEY, the same key; it may be made at once or later.
    """
    raise NotImplementedError


def rings(plan: str) -> list[int]:
    """Give every number of rings, and no other, with which `plan` can end when at most two calls go wrong.

    plan: the name of one of the eight plans, a plain str.

    Both phones count together, also where the plan ends in an error.
    A call goes wrong when it fails with anything but ALREADY_RUNG. In these stories no call is REJECTED.
    The numbers may stand in any order, and more than once. Each is an int, and not a bool.
    """
    raise NotImplementedError


def rings_unheard(plan: str) -> int:
    """Give how often it has rung when `plan` ends, where every call arrived and every answer was lost.

    plan: the name of one of the eight plans, a plain str.

    Each call ends in SILENCE. Here more than two calls may go wrong.
    """
    raise NotImplementedError
