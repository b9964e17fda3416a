"""The judge's side of a simulation: world, tape, explorer, timeline. It knows nobody above it."""

from halfway.sim.errors import (
    CappedError,
    CheckerFaultError,
    CrashError,
    FoulError,
    GoneError,
    NotRepeatableError,
    PortFailedError,
    UntoldError,
)
from halfway.sim.explorer import CAP, DEPTH, Explorer
from halfway.sim.life import Life
from halfway.sim.repeats import FOR_EVER
from halfway.sim.tape import Fault, Tape, parse_replay
from halfway.sim.timeline import Event, Timeline, until_they_differ
from halfway.sim.world import (
    CANCEL,
    CRASH,
    DUPLICATE,
    EPOCH,
    LOST,
    ORDER,
    REFUSED,
    REORDER,
    SET_BACK,
    STEPS,
    Port,
    World,
    durable,
    takes_time,
)

__all__ = [
    "CANCEL",
    "CAP",
    "CRASH",
    "DEPTH",
    "DUPLICATE",
    "EPOCH",
    "FOR_EVER",
    "LOST",
    "ORDER",
    "REFUSED",
    "REORDER",
    "SET_BACK",
    "STEPS",
    "CappedError",
    "CheckerFaultError",
    "CrashError",
    "Event",
    "Explorer",
    "Fault",
    "FoulError",
    "GoneError",
    "Life",
    "NotRepeatableError",
    "Port",
    "PortFailedError",
    "Tape",
    "Timeline",
    "UntoldError",
    "World",
    "durable",
    "parse_replay",
    "takes_time",
    "until_they_differ",
]
