"""Ports that suites share, with what can go wrong at each: a suite adds the signatures of its stub."""

from halfway.kit.ports.chance import Chance
from halfway.kit.ports.clock import Clock
from halfway.kit.ports.failures import ODD, Failure, Failures, StoppedInside, oddly, reads, writes
from halfway.kit.ports.ids import Ids
from halfway.kit.ports.phone import Phone
from halfway.kit.ports.queue import Queue
from halfway.kit.ports.remote import Remote
from halfway.kit.ports.store import Store
from halfway.kit.ports.table import Table

__all__ = [
    "ODD",
    "Chance",
    "Clock",
    "Failure",
    "Failures",
    "Ids",
    "Phone",
    "Queue",
    "Remote",
    "StoppedInside",
    "Store",
    "Table",
    "oddly",
    "reads",
    "writes",
]
