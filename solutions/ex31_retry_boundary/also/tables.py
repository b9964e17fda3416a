"""Tables: of each failure what it shows, of each effect what may be repeated, of each plan its numbers."""

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
    NOT_REACHED = "nobody listens: the call never left"
    BUSY = "the phone service is busy, and asks to be called later"
    REJECTED = "the phone service does not understand the call, now or later"
    SILENCE = "no answer within five seconds of the call"
    HUNG_UP = "the connection breaks before an answer comes"
    RELAY_ERROR = "a relay on the way says that it has no good answer"
    ALREADY_RUNG = "the phone service has rung for this key"


class CallFailed(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


class Phone(Protocol):
    def ring(self, key: str = "") -> str: ...

    def ring_backup(self) -> str: ...


# ---- The program: eight plans, each of which tells somebody of one incident.


def once(phone: Phone) -> str:
    return phone.ring()


def until_it_says_ok(phone: Phone) -> str | None:
    for _ in range(3):
        try:
            return phone.ring()
        except CallFailed:
            continue
    return None


def not_reached_or_busy(phone: Phone) -> str | None:
    for _ in range(3):
        try:
            return phone.ring()
        except CallFailed as call:
            if call.failure not in (Failure.NOT_REACHED, Failure.BUSY):
                raise
    return None


def one_key(phone: Phone) -> str | None:
    for _ in range(3):
        try:
            return phone.ring(key="disk-7")
        except CallFailed as call:
            if call.failure is Failure.ALREADY_RUNG:
                return "accepted"
    return None


def one_key_twice(phone: Phone) -> str | None:
    for _ in range(2):
        try:
            return phone.ring(key="disk-7")
        except CallFailed as call:
            if call.failure is Failure.ALREADY_RUNG:
                return "accepted"
    return None


def key_in_the_loop(phone: Phone) -> str | None:
    for attempt in range(3):
        try:
            return phone.ring(key=f"disk-7/{attempt}")
        except CallFailed as call:
            if call.failure is Failure.ALREADY_RUNG:
                return "accepted"
    return None


def backup_when_not_reached(phone: Phone) -> str | None:
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
    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


class Effect(Enum):
    READ = "it takes a sample, and changes nothing"
    OVERWRITE = "it sets the state of an incident, which nobody else sets"
    RING = "it rings the phone"
    RING_WITH_KEY = "it rings the phone, unless it has rung for this key"


SHOWS = {
    Failure.NOT_REACHED: Happened.NO,
    Failure.BUSY: Happened.NO,
    Failure.REJECTED: Happened.NO,
    Failure.SILENCE: Happened.UNKNOWN,
    Failure.HUNG_UP: Happened.UNKNOWN,
    Failure.RELAY_ERROR: Happened.UNKNOWN,
    Failure.ALREADY_RUNG: Happened.YES,
}
DEFINITE = (Failure.NOT_REACHED, Failure.BUSY)
PASSING = (*DEFINITE, Failure.SILENCE, Failure.HUNG_UP, Failure.RELAY_ERROR)
AGAIN = {
    Effect.READ: PASSING,
    Effect.OVERWRITE: PASSING,
    Effect.RING: DEFINITE,
    Effect.RING_WITH_KEY: PASSING,
}
UNSURE = (Happened.YES, Happened.UNKNOWN, Happened.NO)


def happened(failure: Failure) -> Happened:
    return SHOWS[failure]


def settled(first: Failure, second: Failure) -> Happened:
    return min(SHOWS[first], SHOWS[second], key=UNSURE.index)


def may_retry(effect: Effect, failure: Failure) -> bool:
    return failure in AGAIN[effect]


def rings(plan: str) -> list[int]:
    match plan:
        case "once" | "not_reached_or_busy" | "one_key_twice":
            return list(range(2))
        case "one_key":
            return [1]
        case "backup_when_not_reached":
            return list(range(3))
    return list(range(1, 4))


def rings_unheard(plan: str) -> int:
    tries = {"until_it_says_ok": 3, "key_in_the_loop": 3, "two_layers": 2 * 3}
    return tries.get(plan, 1)
