"""What the six stages of the capstone name together: given, and the same in all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

Row = Mapping[str, Any]
"""What is stored under one key: plain values by their names."""

ESCALATE_AFTER_S = 900.0
"""How long an incident waits for somebody, where nobody has said otherwise."""


# ---- what a runtime is given, in every stage


class Clock(Protocol):
    """The machine's clock. It has two hands, `now` and `monotonic`.

    Each moves on its own, also between two readings.
    """

    def now(self) -> datetime:
        """Say when it is: the date in whole seconds, with its offset from UTC.

        It can be set at any time, back or forward.
        """

    def monotonic(self) -> float:
        """Give seconds since a moment that nobody knows: 0.0 or more, and never less than before."""


class Store(Protocol):
    """What is durable: rows by their keys. It raises an OSError where it fails."""

    def read(self, key: str) -> Row | None:
        """Give the row under the key, or None. It may be another Mapping than the one that was committed."""

    def keys(self, prefix: str) -> list[str]:
        """Give the keys that begin with `prefix`."""

    def commit(self, rows: Mapping[str, Row]) -> None:
        """Write all of these rows, or none of them. Other rows stay as they are."""


class Board(Protocol):
    """What everybody sees. It raises an OSError where it fails."""

    def show(self, service: str, state: str) -> None:
        """Show this state for the service from now on."""


# ---- stage 1


@dataclass(frozen=True)
class Sample:
    """What a service answered, and the date on which it was known."""

    service: str
    value: float
    taken_at: str


@dataclass(frozen=True)
class Opened:
    """An incident has begun; `at` is the date of the sample that opened it.

    Where nobody has answered for `escalate_after_s` seconds, somebody else is called: that is stage 2.
    """

    incident_id: str
    text: str
    at: str
    escalate_after_s: float


@dataclass(frozen=True)
class Closed:
    """An incident is over."""

    incident_id: str


@dataclass(frozen=True)
class Cycle:
    """Who answered, who did not, and what was decided, each in the order in which it happened."""

    sampled: tuple[str, ...]
    missed: tuple[str, ...]
    decided: tuple[Opened | Closed, ...]


# ---- stages 2 and 3


@dataclass(frozen=True)
class Poll:
    """It is time to ask the services."""

    due_s: float


@dataclass(frozen=True)
class Escalate:
    """It is time to call somebody else."""

    incident_id: str
    due_s: float


@dataclass(frozen=True)
class SampleService:
    """Ask one service, for the poll of this number."""

    service: str
    poll: int


@dataclass(frozen=True)
class PublishAlert:
    """Ring for what stands in the outbox under this key."""

    key: str


# ---- stages 4 to 6


@dataclass(frozen=True)
class Sampled:
    """The service has answered in time."""

    sample: Sample


@dataclass(frozen=True)
class TimedOut:
    """No answer in time."""

    service: str


@dataclass(frozen=True)
class Failed:
    """The probe raised an error of this class."""

    service: str
    error: str


class IfCancelled(Enum):
    """What a cancel of an action leaves."""

    NOTHING = "nothing happened"
    UNKNOWN = "it may have happened"


@dataclass(frozen=True)
class Stopped:
    """What is committed and not known to have rung: keys of the outbox."""

    unpublished: tuple[str, ...]
