"""What a suite says: promise, unit, stories, ports."""

from halfway.kit.clock import FakeClock
from halfway.kit.outcome import Outcome, tried
from halfway.kit.promise import BrokenError, promise
from halfway.kit.story import EveryStory, Process, Story, only_story
from halfway.kit.unit import Unit
from halfway.kit.values import CancelledError, HungError, NotPlainError, TheirError
from halfway.links.virtual import run
from halfway.sim import (
    CANCEL,
    CRASH,
    DUPLICATE,
    LOST,
    ORDER,
    REFUSED,
    REORDER,
    SET_BACK,
    STEPS,
    CappedError,
    CheckerFaultError,
    CrashError,
    FoulError,
    NotRepeatableError,
    Port,
    PortFailedError,
    UntoldError,
    durable,
    takes_time,
)

__all__ = [
    "CANCEL",
    "CRASH",
    "DUPLICATE",
    "LOST",
    "ORDER",
    "REFUSED",
    "REORDER",
    "SET_BACK",
    "STEPS",
    "BrokenError",
    "CancelledError",
    "CappedError",
    "CheckerFaultError",
    "CrashError",
    "EveryStory",
    "FakeClock",
    "FoulError",
    "HungError",
    "NotPlainError",
    "NotRepeatableError",
    "Outcome",
    "Port",
    "PortFailedError",
    "Process",
    "Story",
    "TheirError",
    "Unit",
    "UntoldError",
    "durable",
    "only_story",
    "promise",
    "run",
    "takes_time",
    "tried",
]
