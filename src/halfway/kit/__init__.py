"""What a suite says: promise, unit, stories, ports."""

from halfway.kit import ports
from halfway.kit.callers import callers
from halfway.kit.contract import Contract
from halfway.kit.every_story import EveryStory, Tellings
from halfway.kit.findings import FINDS, promise_under
from halfway.kit.for_callers.as_raised import AsRaised
from halfway.kit.for_callers.error_of_all import error_of_all
from halfway.kit.for_callers.known_errors import known_errors
from halfway.kit.for_callers.never_awaited import NeverAwaited
from halfway.kit.for_callers.odd_errors import odd_errors
from halfway.kit.for_callers.odd_objects import OddObject, UndecidedObject
from halfway.kit.for_callers.two_hands import TwoHands
from halfway.kit.forecasts import Ended, Shown, every_end, given, is_as_given, line_that_differs, show
from halfway.kit.lanes import Lane
from halfway.kit.outcome import Outcome, tried
from halfway.kit.pressed import Pressed
from halfway.kit.process import Process
from halfway.kit.promise import NO_STORY, BrokenError, promise
from halfway.kit.searched import Dice, smallest
from halfway.kit.story import Story, only_story
from halfway.kit.their_source import foreign_imports
from halfway.kit.their_tests import TheirTests, accepts, defined_twice, functions_of, note
from halfway.kit.unit import Unit
from halfway.kit.values import CancelledError, HungError, NotPlainError, TheirError
from halfway.kit.words import asserting_source, bounds_of, literals_of, numbers_of, recurs, words_of
from halfway.kit.wrong import Wrong, promise_none, times
from halfway.links.virtual import run
from halfway.sim import (
    CANCEL,
    CRASH,
    DUPLICATE,
    EVERYTHING,
    LOST,
    ORDER,
    REFUSED,
    REORDER,
    SET_BACK,
    STEPS,
    UNDECLARED,
    CappedError,
    CheckerFaultError,
    CrashError,
    FoulError,
    NotRepeatableError,
    Port,
    PortFailedError,
    UntoldError,
    attribute,
    durable,
    holds_a_thread,
    takes_time,
)
from halfway.sim.pressures import (
    ANY_LENGTH,
    ASKED,
    BESIDE,
    BETWEEN,
    CALLERS,
    ELSEWHERE,
    ERRORS,
    EXAMPLES,
    KINDS_MEET,
    LIVES_ON,
    OWN_CLOCKS,
    PAGE,
    PRESSURES,
    QUIET_END,
    SHAPE,
    SLOW_TO_LEAVE,
    VALUES,
)

__all__ = [
    "ANY_LENGTH",
    "ASKED",
    "BESIDE",
    "BETWEEN",
    "CALLERS",
    "CANCEL",
    "CRASH",
    "DUPLICATE",
    "ELSEWHERE",
    "ERRORS",
    "EVERYTHING",
    "EXAMPLES",
    "FINDS",
    "KINDS_MEET",
    "LIVES_ON",
    "LOST",
    "NO_STORY",
    "ORDER",
    "OWN_CLOCKS",
    "PAGE",
    "PRESSURES",
    "QUIET_END",
    "REFUSED",
    "REORDER",
    "SET_BACK",
    "SHAPE",
    "SLOW_TO_LEAVE",
    "STEPS",
    "UNDECLARED",
    "VALUES",
    "AsRaised",
    "BrokenError",
    "CancelledError",
    "CappedError",
    "CheckerFaultError",
    "Contract",
    "CrashError",
    "Dice",
    "Ended",
    "EveryStory",
    "FoulError",
    "HungError",
    "Lane",
    "NeverAwaited",
    "NotPlainError",
    "NotRepeatableError",
    "OddObject",
    "Outcome",
    "Port",
    "PortFailedError",
    "Pressed",
    "Process",
    "Shown",
    "Story",
    "Tellings",
    "TheirError",
    "TheirTests",
    "TwoHands",
    "UndecidedObject",
    "Unit",
    "UntoldError",
    "Wrong",
    "accepts",
    "asserting_source",
    "attribute",
    "bounds_of",
    "callers",
    "defined_twice",
    "durable",
    "error_of_all",
    "every_end",
    "foreign_imports",
    "functions_of",
    "given",
    "holds_a_thread",
    "is_as_given",
    "known_errors",
    "line_that_differs",
    "literals_of",
    "note",
    "numbers_of",
    "odd_errors",
    "only_story",
    "ports",
    "promise",
    "promise_none",
    "promise_under",
    "recurs",
    "run",
    "show",
    "smallest",
    "takes_time",
    "times",
    "tried",
    "words_of",
]
