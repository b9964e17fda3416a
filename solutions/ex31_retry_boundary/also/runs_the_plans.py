"""Runs the plans itself: a small phone service that fails in every way, at most twice."""

from collections.abc import Callable, Iterator
from enum import Enum
from functools import cache
from itertools import combinations, product
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


# Where a call can end, and whether it has rung by then.
BEFORE = (Failure.NOT_REACHED, Failure.BUSY, Failure.SILENCE, Failure.HUNG_UP, Failure.RELAY_ERROR)
AFTER = (Failure.SILENCE, Failure.HUNG_UP, Failure.RELAY_ERROR)
FAULTS = (*((failure, False) for failure in BEFORE), *((failure, True) for failure in AFTER))
REJECTS = (Failure.REJECTED, False)
TRIES_MAX, FAULTS_MAX = 3, 2
PLANS = (once, until_it_says_ok, not_reached_or_busy, one_key, one_key_twice, key_in_the_loop)
NAMED = {plan.__name__: plan for plan in (*PLANS, backup_when_not_reached, two_layers)}

Fault = tuple[Failure, bool]
Plan = Callable[[Phone], str | None]


class FailingPhone:
    """Each call ends as `faults` says for its number, or well."""

    def __init__(self, faults: dict[int, Fault]) -> None:
        self.faults, self.calls, self.rang = faults, 0, 0
        self.known: set[str] = set()
        self.told: list[Failure] = []

    def ring(self, key: str = "") -> str:
        failure, has_effect = self.faults.get(self.calls, (None, True))
        self.calls += 1
        if has_effect:
            if key and key in self.known:
                failure = failure or Failure.ALREADY_RUNG
            else:
                self.rang += 1
                self.known.add(key)
        if failure is not None:
            self.told.append(failure)
            raise CallFailed(failure)
        return "accepted"

    def ring_backup(self) -> str:
        return self.ring()


def again(phone: Phone) -> None:
    for _ in range(2):
        try:
            phone.ring(key="disk-7")
        except CallFailed:
            continue


def ended(plan: Plan, faults: dict[int, Fault]) -> FailingPhone:
    phone = FailingPhone(faults)
    try:
        plan(phone)
    except CallFailed:
        return phone
    return phone


@cache
def ends(plan: Plan) -> list[FailingPhone]:
    return [ended(plan, story) for story in stories()]


def stories() -> Iterator[dict[int, Fault]]:
    for count in range(FAULTS_MAX + 1):
        for places in combinations(range(TRIES_MAX), count):
            for faults in product(FAULTS, repeat=count):
                yield dict(zip(places, faults, strict=True))


def word(rang: set[bool]) -> Happened:
    if len(rang) > 1:
        return Happened.UNKNOWN
    return Happened.YES if True in rang else Happened.NO


def happened(failure: Failure) -> Happened:
    if failure is Failure.ALREADY_RUNG:
        return Happened.YES
    return word({has_effect for told, has_effect in (*FAULTS, REJECTS) if told is failure})


def settled(first: Failure, second: Failure) -> Happened:
    return word({phone.rang > 0 for phone in ends(again) if phone.told == [first, second]})


def may_retry(effect: Effect, failure: Failure) -> bool:
    if failure in (Failure.REJECTED, Failure.ALREADY_RUNG):
        return False
    return effect is not Effect.RING or (failure, True) not in FAULTS


def rings(plan: str) -> list[int]:
    return [phone.rang for phone in ends(NAMED[plan])]


def rings_unheard(plan: str) -> int:
    lost = dict.fromkeys(range(TRIES_MAX**2), (Failure.SILENCE, True))
    return ended(NAMED[plan], lost).rang
