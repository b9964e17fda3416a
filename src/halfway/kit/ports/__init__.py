"""Ports that suites share, with what can go wrong at each: a suite adds the signatures of its stub."""

from typing import TYPE_CHECKING, Any

from halfway.kit.ports.chance import Chance
from halfway.kit.ports.clock import Clock
from halfway.kit.ports.failures import (
    ALL_SORTS,
    Failure,
    Failures,
    Redeployed,
    StoppedInside,
    all_sorts,
    odd_ways,
    reads,
    writes,
)
from halfway.kit.ports.fake_clock import READING_S, FakeClock, Hands
from halfway.kit.ports.ids import Ids
from halfway.kit.ports.phone import Phone
from halfway.kit.ports.queue import Queue
from halfway.kit.ports.remote import Remote
from halfway.kit.ports.store import Store
from halfway.kit.ports.table import Table

if TYPE_CHECKING:
    from halfway.kit.ports.database import Database

__all__ = [
    "ALL_SORTS",
    "READING_S",
    "Chance",
    "Clock",
    "Database",
    "Failure",
    "Failures",
    "FakeClock",
    "Hands",
    "Ids",
    "Phone",
    "Queue",
    "Redeployed",
    "Remote",
    "StoppedInside",
    "Store",
    "Table",
    "all_sorts",
    "odd_ways",
    "reads",
    "writes",
]


def __getattr__(name: str) -> Any:
    """SQLite is loaded where a suite names its database."""
    if name != "Database":
        raise AttributeError(name)
    from halfway.kit.ports.database import Database

    return Database
