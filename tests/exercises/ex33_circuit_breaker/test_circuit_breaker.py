"""What is checked for ex33: who is let through to a service, whatever became of the calls before."""

import json
import math
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType

from halfway.kit import (
    BESIDE,
    CANCEL,
    LIVES_ON,
    LOST,
    OWN_CLOCKS,
    QUIET_END,
    REFUSED,
    UNDECLARED,
    AsRaised,
    Dice,
    Outcome,
    Port,
    callers,
    numbers_of,
    odd_errors,
    ports,
    promise,
    promise_under,
    smallest,
    takes_time,
)

IN_MEMORY = "a breaker is all in memory: who kills its process ends it, and the next process has another"
WITHOUT = {
    "elsewhere": "nothing is made of the machine; a second event loop is a promise of its own",
    "kinds meet: CANCEL and CRASH": IN_MEMORY,
    "kinds meet: CRASH and LOST": IN_MEMORY,
    "kinds meet: CRASH and REFUSED": IN_MEMORY,
    "kinds meet: CRASH and UNDECLARED": IN_MEMORY,
}
FAULTS = (CANCEL, REFUSED, LOST, UNDECLARED)
"""All but a crash, of which the reason stands above."""


class Abort(BaseException):
    """An order to stop, which is no failure: a class of somebody's own."""


class Dropped(ConnectionResetError):
    """A class of a library's own."""


class Late(TimeoutError):
    """A library's own word for it."""


class CircuitOpen(Exception):
    """Another breaker's rejection, as it comes out of an operation: of the learner's own class."""


ENDS = {
    error.__name__: error
    for error in (
        Abort,
        ArithmeticError,
        CircuitOpen,
        ConnectionError,
        Dropped,
        KeyError,
        Late,
        OSError,
        RuntimeError,
        TimeoutError,
        ValueError,
        ports.StoppedInside,
    )
}
FAILS = "ConnectionError"
THRESHOLD = 5
"""The threshold of a breaker that is made without one."""


class Clock(ports.Clock):
    """The clock that is handed in. It jumps when a machine was asleep, or stands where it is told to."""

    serves = frozenset(("monotonic",))
    raises = (*ports.Clock.raises, AttributeError)

    def __init__(self, story, *, origin=None, jumps=()):
        super().__init__(story)
        self.jumps, self.stands_at = jumps, None
        if origin is not None:
            self._origin_s = origin

    def monotonic(self) -> float:
        """Seconds that never go back."""
        if self.stands_at is not None:
            return self.stands_at
        return super().monotonic() + self._ahead(self.world.seconds)

    @property
    def words(self):
        """What is special about it."""
        if self.stands_at is not None:
            return ", times by its clock"
        return "".join(f", its clock jumps by {by:g} s at {at:g} s" for at, by in self.jumps)

    def told(self, seconds, shown):
        """A time, by the event loop, or by this clock where it goes another way."""
        return f"{shown:,.12g}" if self.stands_at is not None else told_time(seconds)

    def stands(self, at):
        """It stands there from now on."""
        self.stands_at = float(at)
        self.tell(f"stands at {self.stands_at:,.12g} s")

    def _ahead(self, seconds):
        return sum(by for at, by in self.jumps if at <= seconds)

    def _at(self, seconds):
        """What it shows then, not counting where it began."""
        if self.stands_at is not None:
            return self.stands_at
        faster = 0.001 if OWN_CLOCKS in self.world.pressures else 0.0
        return seconds + seconds * faster + self._ahead(seconds)


def told_time(seconds):
    """Seconds in words: two moments of a story never look the same."""
    return f"{seconds:,.3f}".rstrip("0").rstrip(".")


def listed(words):
    """These words, with "and" before the last one."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


class RetryPolicy(Port):
    """The policy inside: it remembers what it was asked, and says what it was told to say."""

    delays = (86_400.0, 0.25, 7.0, 45.0)

    def __init__(self, story, *, says=True):
        super().__init__(story)
        self.says = says
        self.asked = []

    def should_retry(self, attempt: int, error):
        self.asked.append((attempt, error))
        return self.says

    def next_delay(self, attempt: int):
        return self.delays[attempt - 1]


@dataclass
class Run:
    """One time that an operation was called: when, and what came out of it."""

    began: int
    began_s: float
    ended: float = math.inf
    ended_s: float = math.inf
    ending: str = "under way"
    error: str = ""
    shown: float = math.inf

    @property
    def is_at_once(self):
        """Did it end when it was called, before there was anything to await?"""
        return self.ended_s == self.began_s

    @property
    def kind(self):
        """Of which kind the error was, if that is worth a word."""
        name = self.error.partition(":")[0]
        return "" if name in (FAILS, "CancelledError", "GeneratorExit") else name


class Operation(ports.Remote):
    """What is called through a breaker: it writes down when it begins and how it ends."""

    serves = frozenset(("__call__",))
    serves_callers = frozenset(("at_once", "leave"))
    ways = ports.reads("the service", lost=(TimeoutError,))
    raises = (*ports.Remote.raises, *ENDS.values())
    leaves_s = 5.0

    def __init__(self, story, moments, clock=None, *, takes=1.0, ends="", answer=...):
        super().__init__(story)
        self.clock = clock
        self.moments, self.seconds, self.ends = moments, takes, ends
        self.answer = story.name(f"sample {self.number}") if answer is ... else answer
        self.runs = []

    @takes_time
    def __call__(self):
        """Ask the service."""
        run = self._begin()
        try:
            if self.ends:
                yield self.seconds
                raise ENDS[self.ends]("no answer")
            value = yield from self.request(
                "call", self.ways, lambda: self.answer, before_s=self.seconds, after_s=0
            )
        except BaseException as error:
            self._end(run, error)
            raise
        self._end(run, None)
        return value

    def at_once(self):
        """Fail before there is anything to await."""
        error = ENDS[self.ends]("no answer")
        self._end(self._begin(), error)
        raise error

    @takes_time
    def leave(self):
        """Be slow to leave, when cancelled."""
        yield self.leaves_s
        self._end(self.runs[-1], GeneratorExit())

    def _begin(self):
        self.moments.append("begins")
        self.runs.append(Run(len(self.moments), self.world.seconds))
        return self.runs[-1]

    def _end(self, run, error):
        self.moments.append("ends")
        run.ended, run.ended_s = len(self.moments), self.world.seconds
        run.shown = self.clock._at(run.ended_s) if self.clock is not None else run.ended_s
        run.ending = "went well" if error is None else "failed" if isinstance(error, Exception) else "stopped"
        run.error = "" if error is None else f"{type(error).__name__}: {error}"


class CalmOperation(Operation):
    """A service of somebody else, where nothing goes wrong."""

    calm = True


# ---- what the contract says of a circuit


class Twin:
    """The contract in short: who is let through, and what an ending changes."""

    def __init__(self, threshold, window, reset_after):
        self.threshold, self.window, self.reset_after = threshold, window, reset_after
        self.failures, self.opened, self.probing, self.period = [], None, False, 0
        self.since = ""

    def is_open(self, now):
        return self.opened is not None and now - self.opened < self.reset_after

    def asks(self, now):
        """Is a call let through now? Gives the period that it belongs to, or None, and why."""
        why = self.state(now)
        if self.opened is not None:
            if self.probing or self.is_open(now):
                self.since = self.since or "a rejection"
                return None, why
            self.probing, self.period = True, self.period + 1
        return self.period, why

    def state(self, now):
        """What the circuit is, in words."""
        if self.opened is None:
            return "the circuit is closed"
        if self.is_open(now):
            passed = now - self.opened
            return f"the circuit has been open for {told_time(passed) if passed > 0.001 else passed} s"
        return f"the circuit is half-open, and {'another call' if self.probing else 'nobody'} is finding out"

    def kind(self, now):
        """What the circuit is, and what has come before that matters: a key of `WORDS_OF`."""
        if self.opened is None:
            return "closed"
        if self.is_open(now):
            return f"open since {self.since}" if self.since else "open"
        if self.probing:
            return "a probe"
        return "half-open since silence" if self.since == "silence" else "half-open"

    def ends(self, period, ending, now):
        """A call of that period has ended."""
        if period != self.period:
            return
        if self.probing:
            self.probing = False
            self.since = "silence" if ending == "stopped" else "a failed probe"
            if ending != "stopped":
                self.opens(now if ending == "failed" else None)
        elif ending == "failed":
            self.failures = [at for at in self.failures if now - at < self.window] + [now]
            if len(self.failures) >= self.threshold:
                self.since = ""
                self.opens(now)

    def opens(self, now):
        self.opened, self.failures, self.period = now, [], self.period + 1


@dataclass
class Call:
    """One call through a breaker, and what became of it."""

    at: float
    number: float
    operation: Operation
    end: Outcome
    patience: float | None = None

    shown: float | None = None
    took: float = 0.0
    told: int = 0
    """How many events of its story were told when it had ended, if it was made alone."""

    @property
    def run(self):
        return self.operation.runs[0] if self.operation.runs else None

    def is_heard(self, unit):
        """Did the caller hear what came out of the operation, or a CircuitOpen where nothing was called?"""
        run, end = self.run, self.end
        if run is None:
            return end.raised(unit.CircuitOpen) or end.kind == "cancelled"
        if run.ending == "stopped" and self.patience is not None:
            return end.raised(TimeoutError)
        if end.kind == "cancelled":
            return True
        if run.ending == "went well":
            return end.kind == "returned" and repr(end.value) == repr(self.operation.answer)
        return str(end) == f"raised {run.error}"

    @property
    def became(self):
        """What became of it: calls of which the same became are told together."""
        run = self.run
        if run is None:
            return "was rejected" if self.end.kind == "raised" else self.end.in_a_word
        if run.ended_s == math.inf or (self.end.kind == "hung" and run.ending == "stopped"):
            return "is under way"
        return f"{run.ending} when its operation was called" if run.is_at_once else run.ending

    def follows(self, other):
        """Did the same become of another call before, and no later?"""
        if self.became != other.became:
            return False
        return self.run is None or self.run.ended_s >= other.run.ended_s

    def time(self, clock):
        """When it was made, in words."""
        return clock.told(self.at, self.shown)


def told_together(calls, clock):
    """Calls, one after the other, of which the same became, in words."""
    became, runs = calls[0].became, [call.run for call in calls if call.run]
    at = listed(list(dict.fromkeys(call.time(clock) for call in calls)))
    if len(calls) > 1:
        became = became.replace("its operation was", "their operations were")
        became = became.replace("was ", "were ").replace("is under", "are under")
    if len(calls) > TOLD_MAX:
        return f"{len(calls)} calls, from {calls[0].time(clock)} s to {calls[-1].time(clock)} s, {became}"
    told = f"the call{'s' * (len(calls) > 1)} at {at} s {became}"
    if runs and not runs[0].is_at_once and runs[0].ended_s < math.inf and became in ENDINGS:
        told += f" at {listed([clock.told(run.ended_s, run.shown) for run in runs])} s"
    if any(run.kind for run in runs):
        kinds = dict.fromkeys(run.error.partition(":")[0] for run in runs)
        told += f" with {listed([f'an {kind}' if kind[0] in 'AEIO' else f'a {kind}' for kind in kinds])}"
    return told


ENDINGS = ("went well", "failed", "stopped")
TOLD_MAX, GROUPS_MAX = 12, 7
"""So many calls are told each with its time, and so many groups of them."""


@dataclass
class Circuit:
    """A breaker of theirs in a process, and all that was called through it."""

    process: object
    story: object
    breaker: object
    clock: Clock
    given: dict
    calls: list = field(default_factory=list)
    moments: list = field(default_factory=list)
    ends: list = field(default_factory=list)

    about: str = ""
    """What is special about all its calls."""

    @property
    def words(self):
        told = f"CircuitBreaker({', '.join(f'{name}={value:g}' for name, value in self.given.items())})"
        told = told if "threshold" in self.given else f"{told}, whose threshold is {THRESHOLD}"
        return told + self.about

    def operation(self, kind=Operation, **how):
        return kind(self.story, self.moments, self.clock, **how)

    def later(self, operation, shape="a function"):
        return self.breaker.call.later(self.process.operation(operation, shape))

    def one(self, make=None, shape="a function", operation=None, **how):
        """One call, made by `make` (as `process.run`), after those before it have ended."""
        operation = operation or self.operation(**how)
        self.moments.append("asked")
        at, number = self.story.seconds, len(self.moments)
        shown = self.clock._at(at)
        end = (make or self.process.run)(self.later(operation, shape))
        took, told = self.story.seconds - at, len(self.story.timeline)
        self.calls.append(Call(at, number, operation, end, shown=shown, took=took, told=told))
        self.ends.append(end)
        return end

    def several(self, callers):
        """Several callers, each at its time."""
        began = self.story.seconds
        calls, told = [], []
        for at, how in callers:
            patience, shape = how.get("patience"), how.get("shape", "a function")
            operation = self.operation(**{k: v for k, v in how.items() if k not in ("patience", "shape")})
            calls.append(self.process.after(at, self.later(operation, shape), patience=patience))
            told.append(Call(began + at, math.inf, operation, None, patience))
        for call, end in zip(told, self.process.together(*calls), strict=True):
            call.end = end
            self.ends.append(end)
            if call.run is not None or end.kind not in ("cancelled", "crashed"):
                self.calls.append(call)

    # ---- what is compared

    def difference(self):
        """The first call that was let through or rejected against the contract, as a Difference, or None.

        A cancel that meets an answer may be heard as either: then both are right.
        """
        doubtful = [
            c for c in self.calls if c.run and c.end.kind == "cancelled" and c.run.ending != "stopped"
        ]
        first = None
        for heard in product((True, False), repeat=len(doubtful)):
            wrong = self._difference_if(
                {id(call) for call, as_stop in zip(doubtful, heard, strict=True) if as_stop}
            )
            if wrong is None:
                return None
            first = first or wrong
        return first

    def _difference_if(self, as_stopped):
        given = {"threshold": 5, "window": 60, "reset_after": 60} | self.given
        twin, periods = Twin(**given), {}
        for _, _, what, call in sorted(self._moments(), key=lambda moment: moment[:2]):
            if what == "asks":
                now = call.shown
                if now is None:
                    now = self.clock._at(call.run.began_s if call.run else call.at)
                kind, (period, why) = twin.kind(now), twin.asks(now)
                if (period is not None) != (call.run is not None):
                    return Difference(call, why, kind)
                periods[id(call)] = period
            else:
                ending = "stopped" if id(call) in as_stopped else call.run.ending
                twin.ends(periods[id(call)], ending, call.run.shown)
        return None

    def _moments(self):
        for call in self.calls:
            if call.run is None:
                # Of several at one time, those that were let through came first.
                yield call.at + (0.4 if call.number == math.inf else 0), call.number, "asks", call
                continue
            number = call.run.began if call.number == math.inf else call.number
            yield call.run.began_s if call.number == math.inf else call.at, number, "asks", call
            if call.run.ended_s < math.inf:
                yield call.run.ended_s, call.run.ended, "ends", call

    @property
    def waits(self):
        """The first call that came to no decision when it was awaited, or None."""
        for *_, call in self._asked():
            if call.run is None:
                if call.end.kind == "hung":
                    return call
            elif call.number == math.inf and call.run.began_s - call.at > 0.5:
                return call
        return None

    def _asked(self):
        return [moment for moment in sorted(self._moments(), key=lambda m: m[:2]) if moment[2] == "asks"]

    def history(self, call):
        """The breaker, and the calls up to this one."""
        asked = [one for *_, one in self._asked()]
        groups = []
        for one in asked[: asked.index(call)]:
            if groups and one.follows(groups[-1][-1]):
                groups[-1].append(one)
            else:
                groups.append([one])
        told = ["..."] * (len(groups) > GROUPS_MAX)
        told += [told_together(group, self.clock) for group in groups[-GROUPS_MAX:]]
        return f"{self.words}{self.clock.words}: {''.join(f'{one}; ' for one in told)}"

    @property
    def saw(self):
        """The calls up to the first difference, and that."""
        found = self.difference()
        if found is None:
            return ""
        call = found.call
        what = "reached the service" if call.run else call.became
        return f"{self.history(call)}then the call at {call.time(self.clock)} s {what}, though {found.why}"

    @property
    def saw_of_waits(self):
        """The calls up to the first one that waited, and that."""
        call = self.waits
        if call is None:
            return ""
        what = "was neither let through nor rejected"
        if call.run is not None:
            what = f"reached the service at {self.clock.told(call.run.began_s, call.run.shown)} s"
        return f"{self.history(call)}then the call at {call.time(self.clock)} s {what}"

    def until(self, call):
        """How many events of the story had been told when this call was let through or rejected."""
        if call.told and call.run is None:
            return call.told
        decided = call.run.began_s if call.run else call.at + 0.01
        return sum(event.at_s <= decided for event in self.story.timeline) or None


@dataclass
class Difference:
    """A call that was let through or rejected against the contract; what the circuit was, and its kind."""

    call: Call
    why: str
    kind: str


def a_circuit(unit, story, process, clock=None, **given):
    """A new breaker with a clock of its own."""
    clock = clock or Clock(story)
    breaker = unit.CircuitBreaker(**given, clock=clock)
    numbers = {name: value for name, value in given.items() if name != "policy"}
    return Circuit(process, story, breaker, clock, numbers)


WORDS_OF = {
    "open": (
        "as soon as `threshold` failures count, the circuit is open, and no call reaches the service",
        "which of the calls before it has your code counted, and which not?",
    ),
    "open since a rejection": (
        "open, every call is rejected until `reset_after` seconds after the failure that opened it",
        "from which moment does your code count the wait?",
    ),
    "open since a failed probe": (
        "one failed probe is enough, and the wait begins when its answer comes",
        "what do you do with the failure of a probe, and from which moment do you count then?",
    ),
    "a probe": (
        "half-open, one call at a time reaches the service, however long it takes",
        "what does the second caller find while the first one is waiting for its answer?",
    ),
    "half-open": (
        "`reset_after` seconds after the failure that opened it one call is let through, despite rejections",
        "from which moment does your code count the wait, and what changes that moment?",
    ),
    "half-open since silence": (
        "after a probe that ends in neither success nor failure, the next call is the probe",
        "which ways out of the operation are there, and which of your lines does each of them pass?",
    ),
    "closed": (
        "closed, every call is let through",
        "which of the calls before it does your code count as failures, and should each of them count?",
    ),
}
"""The rule and the question of each kind of difference, where a promise has none of its own for it."""
OPEN_KINDS = tuple(kind for kind in WORDS_OF if kind.startswith("open"))
ALL_KINDS = tuple(WORDS_OF)


def goes_by_the_contract(story, rule="", ask="", fit=ALL_KINDS):
    """Promise that each call was let through or rejected as the contract says.

    This rule and this question `fit` these kinds of difference; the others have words of their own.
    """
    circuit = story.seen
    late = circuit.waits
    promise(
        late is None,
        saw=circuit.saw_of_waits,
        rule="a call is let through or rejected when it is awaited, and waits for no other call",
        ask="what does a call wait for in your code before its operation is called?",
        story=story,
        until=circuit.until(late) if late else None,
    )
    found = circuit.difference()
    if found is not None:
        if not rule or found.kind not in fit:
            rule, ask = WORDS_OF[found.kind]
        promise(False, saw=circuit.saw, rule=rule, ask=ask, story=story, until=circuit.until(found.call))


# ---- scripts: callers, each at its time


def down(*times, takes=1.0, **how):
    """Calls that fail."""
    return [(at, {"ends": FAILS, "takes": takes} | how) for at in times]


def up(*times, takes=1.0, **how):
    """Calls that go well."""
    return [(at, {"takes": takes} | how) for at in times]


def left(*times, patience, takes=500.0, **how):
    """Calls whose callers give up."""
    return [(at, {"takes": takes, "patience": patience} | how) for at in times]


ONE = {"threshold": 1, "window": 60, "reset_after": 30}
THREE = {"threshold": 3, "window": 60, "reset_after": 30}
MONTH, YEAR = 2.6e6, 3.2e7
KINDS = [name for name, error in ENDS.items() if issubclass(error, Exception)]
PLAIN_FIRST = sorted(KINDS, key=lambda kind: len(ENDS[kind].__mro__))
OUTAGE = down(0, 2, 4)  # with THREE it opens at 5 s

OPEN = {
    "three failures": (THREE, OUTAGE + up(6, 20, 34, 36, 38)),
    "two of three": (THREE, down(0, 2) + up(4, 6)),
    "one is enough": (ONE, down(0) + up(2, 29, 32)),
    **{f"one {kind}": (ONE, down(0, ends=kind) + up(2)) for kind in PLAIN_FIRST},
    "failures side by side": (THREE, down(0, takes=10) + down(1, 2) + up(12)),
    "every kind of error": (
        {"threshold": len(KINDS), "window": 600, "reset_after": 30},
        [call for at, kind in enumerate(KINDS) for call in down(2 * at, ends=kind)]
        + up(2 * len(KINDS) + 1, 2 * len(KINDS) + 31),
    ),
    "a service of a month": (THREE, down(0, 10, 20, takes=MONTH) + up(MONTH + 22, MONTH + 40)),
    "the defaults": ({}, down(0, 2, 4, 6) + up(8) + down(10) + up(12, 68, 73)),
}
SLIDES = {
    "within the window": (
        {"threshold": 4, "window": 60, "reset_after": 30},
        down(19, 39, 59, 78) + up(81),
    ),
    "one is too old": (THREE, down(0, 29, 61) + up(64) + down(69) + up(72)),
    "never three within": (
        {"threshold": 3, "window": 50, "reset_after": 30},
        down(*range(0, 300, 26)) + up(303),
    ),
    "slow failures": (
        {"threshold": 2, "window": 10, "reset_after": 30},
        down(0, takes=100) + down(50, takes=55) + up(107),
    ),
}
FLAPS = {
    "every other call": (THREE, down(0, 4, 8) + up(2, 6, 10)),
    "many good ones": (THREE, down(0, 20, 40) + up(*range(2, 40, 3), takes=0.5) + up(43)),
}
PROBES = {
    "one probe": (ONE, down(0) + up(32, takes=20) + up(33, 40, 50, 54, takes=1) + up(55)),
    "ten at once": (ONE, down(0) + up(*[32] * 10, takes=5) + up(40, 41)),
    "ten after a year": (ONE, down(0) + up(*[YEAR] * 10, takes=5)),
    "a probe of a month": (ONE, down(0) + up(32, takes=MONTH) + up(64, 100, 200, 4_000, 1e6, MONTH + 50)),
    "a month, then down": (ONE, down(0) + down(32, takes=MONTH) + up(100, MONTH + 40, MONTH + 66)),
    "a probe after a failed one": (ONE, down(0, 32) + up(64, takes=20) + up(66, 70, 86)),
}
CLOSES = {
    "two new failures": (THREE, OUTAGE + up(36) + down(39, 41) + up(44)),
    "three new failures": (THREE, OUTAGE + up(36) + down(39, 41, 43) + up(46)),
    "within the old window": (
        {"threshold": 3, "window": 600, "reset_after": 10},
        OUTAGE + up(16) + down(18, 20) + up(22, 23),
    ),
}
REOPENS = {
    "from its failure": (ONE, down(0) + down(32, takes=20) + up(54, 63, 80, 83, 86)),
    "a short window": (
        {"threshold": 3, "window": 10, "reset_after": 60},
        OUTAGE + down(66) + up(70, 126, 128),
    ),
    "a long window": (
        {"threshold": 2, "window": 300, "reset_after": 10},
        down(0, 2) + down(14) + up(16, 24, 26),
    ),
    "again and again": (ONE, down(0, 32, 64, 96) + up(98, 126, 128, 130)),
    "another error": (ONE, down(0) + down(32, ends="ValueError") + up(34, 61, 64)),
}
LEAVES = {
    "cancelled": (ONE, down(0) + left(32, patience=10) + up(40, 43, 45)),
    "cancelled twice": (ONE, down(0) + left(32, 44, patience=10) + down(56) + up(58, 85, 88)),
    "slow to leave": (
        ONE,
        down(0) + left(32, patience=10, shape="slow to leave") + up(44, 48, takes=5) + up(50, 55),
    ),
    "an order to stop": (ONE, down(0) + down(32, ends="Abort") + up(35, takes=5) + up(36, 42)),
    "its own cancel": (ONE, down(0) + down(32, ends="CancelledError") + up(35, takes=5) + up(36, 42)),
    "and then it fails": (ONE, down(0) + left(32, patience=10) + down(44) + up(46, 73, 76)),
}
LOST_FOR_EVER = {
    "a day later": (ONE, down(0) + left(32, patience=10) + up(86_400)),
    "stopped from inside": (ONE, down(0) + down(32, ends="Abort") + up(86_400)),
}
LATE = {
    "a success while open": (THREE, up(0, takes=20) + down(1, 3, 5) + up(22, 38)),
    "a failure while open": (THREE, down(0, takes=20) + down(1, 3, 5) + up(22, 38) + down(42, 44) + up(46)),
    "a failure before the probe": (
        THREE,
        down(0, takes=37) + down(1, 3, 5) + up(38) + down(42, 44) + up(46),
    ),
    "another failure while open": (ONE, down(0) + down(0.2, takes=20) + up(25, 33, 35)),
    "a success beside a probe": (THREE, up(0, takes=45) + down(1, 3, 5) + up(38, takes=20) + up(46, 50, 60)),
    "a failure beside a probe": (
        THREE,
        down(0, takes=45) + down(1, 3, 5) + up(38, takes=20) + up(46, 60) + down(62, 64) + up(66),
    ),
    "a cancel beside a probe": (
        THREE,
        left(0, patience=45) + down(1, 3, 5) + up(38, takes=20) + up(46, 50, 60),
    ),
    "a success after a failed probe": (THREE, up(0, takes=45) + down(1, 3, 5) + down(38) + up(47, 67, 70)),
    "a failure after a failed probe": (
        THREE,
        down(0, takes=45) + down(1, 3, 5) + down(38) + up(47, 67, 70) + down(72, 74) + up(76),
    ),
    "a cancel after a failed probe": (
        THREE,
        left(0, patience=45) + down(1, 3, 5) + down(38) + up(47, 67, 70),
    ),
    "failures after the closing": (
        THREE,
        down(0, takes=45) + down(0.5, takes=46) + down(1, takes=47) + down(2, 4, 6) + up(38) + up(50, 52),
    ),
    "one more after the closing": (
        THREE,
        down(0, takes=45) + down(1, 3, 5) + up(38) + down(41, 43) + up(48, 50),
    ),
    "a success after the second opening": (
        THREE,
        up(0, takes=55) + down(1, 3, 5) + up(38) + down(41, 43, 45) + up(58, 78),
    ),
}
REJECTED = {
    "a call every second": (ONE, down(0) + up(*range(2, 30), takes=0.5) + up(32, 34)),
    "beside a probe": (ONE, down(0) + down(32, takes=20) + up(*range(33, 51), takes=0.5) + up(83, 85)),
}
CANCELS = {
    "a deploy": (THREE, left(*range(20), patience=30) + up(60)),
    "stopped from inside": (THREE, down(0, 2, ends="Abort") + down(4, 6, ends="CancelledError") + up(9)),
    "between failures": (THREE, down(0, 2) + left(3, 4, patience=5) + up(11) + down(13) + up(16)),
    "slow to leave": (ONE, left(0, patience=5, shape="slow to leave") + up(7, 11)),
}
SCRIPTS = MappingProxyType(
    {
        f"{group}: {name}": script
        for group, scripts in {
            "open": OPEN,
            "slides": SLIDES,
            "flaps": FLAPS,
            "probes": PROBES,
            "closes": CLOSES,
            "reopens": REOPENS,
            "leaves": LEAVES,
            "lost": LOST_FOR_EVER,
            "late": LATE,
            "rejected": REJECTED,
            "cancels": CANCELS,
        }.items()
        for name, script in scripts.items()
    }
)


def a_script(unit, story, *, script, origin=None, jump=None):
    """Callers, each at its time, with one breaker."""
    given, callers = SCRIPTS[script]
    clock = Clock(story, origin=origin, jumps=(jump,) if jump else ())
    with story.process() as process:
        circuit = a_circuit(unit, story, process, clock, **given)
        circuit.several(callers)
    return circuit


def each_script(every_story, group):
    """The story of each script of a group."""
    for name in SCRIPTS:
        if name.startswith(group):
            yield from every_story(a_script, (), 0, script=name)


# ---- an outage: every ending of the first call, and of the probe


PAIRS_MAX = 120
"""So many stories of it: each with one fault, and of those with two an even spread."""


def an_outage(unit, story):
    """A call, another one; when the wait is over a probe, and callers beside it; then one more."""
    with story.process() as process:
        circuit = a_circuit(unit, story, process, **ONE)
        circuit.one(takes=20)
        circuit.one(process.again, takes=20)
        process.wait(35)
        circuit.several([*up(0, 10, takes=20)])
        circuit.one(process.again, takes=20)
    return circuit


# ---- code of callers: it runs beside the breaker, with what no port can be


class StandingClock:
    """A clock that stands where it is told to."""

    seconds = 0.0

    def monotonic(self):
        return self.seconds


class FalseClock(StandingClock):
    """A clock that has a length, and it is 0."""

    def __len__(self):
        return 0


class MovingClock(StandingClock):
    """A clock of a machine: it has moved on whenever it is read again."""

    step = 2.0**-20

    def monotonic(self):
        self.seconds += self.step
        return self.seconds


class Later:
    """Something to await that is no coroutine and no Future."""

    def __await__(self):
        yield


class Halt(BaseException):
    """Somebody's own order to stop."""


class FalsePolicy:
    """A policy that says yes, and that is false, and no key."""

    __hash__ = None

    def __len__(self):
        return 0

    def __eq__(self, other):
        return True

    def should_retry(self, attempt, error):
        return True

    def next_delay(self, attempt):
        return 7.0


def a_breaker(threshold=1, **given):
    """A breaker with a clock that stands."""
    import breaker

    clock = StandingClock()
    return breaker.CircuitBreaker(threshold=threshold, reset_after=30, clock=clock, **given), clock


async def end_of(circuit, operation):
    """What comes out of a call: "gave" or "raised", and the object."""
    try:
        return "gave", await circuit.call(operation)
    except BaseException as error:
        return "raised", error


def doing(value=None, error=None):
    """An operation that gives this value, or raises this error."""

    async def operation():
        if error is not None:
            raise error
        return value

    return operation


async def at_its_probe(**given):
    """A breaker whose circuit has opened, and whose wait is over, by every clock there is."""
    import asyncio

    circuit, clock = a_breaker(**given)
    await end_of(circuit, doing(error=ConnectionError("down")))
    clock.seconds += 31
    await asyncio.sleep(31)
    return circuit


async def told(circuit, operation):
    """What comes out of a call, in words."""
    how, came = await end_of(circuit, operation)
    return f"{how} {came!r}"


async def go_by_a_false_clock():
    """A failure, and a call when the wait is over by a clock that is false."""
    import breaker

    clock = FalseClock()
    circuit = breaker.CircuitBreaker(threshold=1, reset_after=30, clock=clock)
    first = await told(circuit, doing(error=ConnectionError("down")))
    clock.seconds += 31
    return [first, await told(circuit, doing("up"))]


async def go_by_a_moving_clock():
    """A failure, and a call, where the window is shorter than a reading of the clock takes."""
    import breaker

    clock = MovingClock()
    circuit = breaker.CircuitBreaker(threshold=1, window=1e-9, reset_after=30, clock=clock)
    first = await told(circuit, doing(error=ConnectionError("down")))
    how, _ = await end_of(circuit, doing("up"))
    return [first, "was rejected" if how == "raised" else "reached the service"]


async def probe_by_a_moving_clock():
    """Ten calls, one after the other, while the wait ends between two readings: how many are under way."""
    import asyncio

    import breaker

    async def operation():
        begun.append("one more")
        await asyncio.Event().wait()

    most = 0
    for reset_after in (3.5, 4.5, 5.5):
        clock, begun = MovingClock(), []
        clock.step = 1.0
        circuit = breaker.CircuitBreaker(threshold=1, window=60, reset_after=reset_after, clock=clock)
        await told(circuit, doing(error=ConnectionError("down")))
        tasks = []
        for _ in range(10):
            tasks.append(asyncio.create_task(end_of(circuit, operation)))
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        most = max(most, len(begun))
    return most


class Ordered:
    """An operation that ends when it is told to, and says that it has ended."""

    def __init__(self, value=None, error=None):
        import asyncio

        self.value, self.error, self.has_ended = value, error, False
        self.order = asyncio.get_running_loop().create_future()

    async def __call__(self):
        try:
            await self.order
            if self.error is not None:
                raise self.error
            return self.value
        finally:
            self.has_ended = True


async def cancel_after_the_end(ending):
    """A probe is cancelled once more in each turn between its operation's end and its own; what is wrong."""
    import asyncio

    ends = {
        "gives 'up'": ("gave", "up", ["gave 'up'", "gave 'up'"]),
        "raises a ConnectionError": ("raised", ConnectionError("down"), ["was rejected", "was rejected"]),
        "raises an order to stop": ("raised", Halt("stop"), ["gave 'up'", "was rejected"]),
        "is cancelled": ("raised", asyncio.CancelledError(), ["gave 'up'", "was rejected"]),
    }
    how, what, wanted = ends[ending]
    for turn in range(1, 9):
        circuit = await at_its_probe()
        operation = Ordered(what) if how == "gave" else Ordered(error=what)
        probe = asyncio.ensure_future(end_of(circuit, operation))
        await asyncio.sleep(0)
        if await is_over(probe, operation, turn, ending == "is cancelled"):
            return ""
        probe.cancel()
        heard, came = await probe
        found = (
            [] if (heard, type(came)) == (how, type(what)) else [f"its caller heard {type(came).__name__}"]
        )
        one, other = await two_at_once(circuit)
        if [one, other] != wanted:
            each = f"both {one.replace('was', 'were')}" if one == other else f"one {one} and one {other}"
            found.append(f"of two calls at once after it {each}")
        if found:
            when = f"{turn} {'turn' if turn == 1 else 'turns'} of the event loop later"
            return f"{when} its call has not ended, and is cancelled; {', and '.join(found)}"
    return "eight turns of the event loop later its call has not ended"


async def is_over(probe, operation, turn, is_cancelled):
    """The operation of a probe ends; has the probe ended so many turns later?"""
    import asyncio

    if is_cancelled:
        probe.cancel()
    else:
        operation.order.set_result(None)
    for _ in range(20):
        await asyncio.sleep(0)
        if operation.has_ended:
            break
    for _ in range(1, turn):
        await asyncio.sleep(0)
    return probe.done()


async def two_at_once(circuit):
    """What becomes of two calls of which neither ends before the other has begun."""
    import asyncio

    import breaker

    operations = [Ordered("up"), Ordered("up")]
    calls = [asyncio.ensure_future(end_of(circuit, each)) for each in operations]
    for _ in range(3):
        await asyncio.sleep(0)
    for each in operations:
        each.order.set_result(None)
    became = []
    for how, came in await asyncio.gather(*calls):
        is_rejected = how == "raised" and isinstance(came, breaker.CircuitOpen)
        became.append("was rejected" if is_rejected else f"{how} {came!r}")
    return became


async def decide_at_once():
    """A call is awaited while the circuit is closed, which opens in the same turn; what became of it."""
    import asyncio

    circuit, _ = a_breaker()
    operation = Ordered(error=ConnectionError("down"))
    failing = asyncio.ensure_future(end_of(circuit, operation))
    for _ in range(5):
        await asyncio.sleep(0)
    call = asyncio.ensure_future(told(circuit, doing("up")))
    operation.order.set_result(None)
    await failing
    return await call


async def reject_at_once():
    """A call is awaited while the circuit is open: has it ended in the turn in which it began?"""
    import asyncio

    circuit, _ = a_breaker()
    await end_of(circuit, doing(error=ConnectionError("down")))
    call = asyncio.ensure_future(told(circuit, doing("up")))
    await asyncio.sleep(0)
    has_ended = call.done()
    await call
    return has_ended


async def hand_on_results():
    """Results of every sort; says of the first that comes out as something else, or counts as a failure."""
    import asyncio

    job = asyncio.get_running_loop().create_future()
    job.set_result("what the job gave")
    values = {
        "a Future": job,
        "an object that can be awaited": Later(),
        "an error that was not raised": ValueError("as a result"),
        "a CancelledError that was not raised": asyncio.CancelledError("as a result"),
    }
    for told, value in values.items():
        circuit, _ = a_breaker()
        for _ in range(2):
            how, came = await end_of(circuit, doing(value))
            if how != "gave" or came is not value:
                return f"an operation gives {told}, and the call {how} {type(came).__name__}"
    return ""


async def hand_on_errors():
    """Errors that came from another one; says of the first that is handed on or counted as something else."""
    cause, context = OSError("the line"), LookupError("the list of lines")
    errors = {"ConnectionError": ConnectionError("down"), **odd_errors(), "an order to stop": Halt("stop")}
    mistakes = (AssertionError, AttributeError, NameError, NotImplementedError, TypeError)
    errors |= {f"{kind.__name__}, as of a mistake": kind("answered with null") for kind in mistakes}
    for named, error in errors.items():
        error.__cause__, error.__context__ = cause, context
        raised = AsRaised(error)
        circuit, _ = a_breaker()
        how, came = await end_of(circuit, doing(error=error))
        told = f"an operation raises {named}, from an OSError, and the call {how}"
        if how != "raised" or came is not error:
            return f"{told} {'another error, a ' * (how == 'raised')}{type(came).__name__}"
        if raised.change(came):
            return f"{told} {raised.change(came)}"
        if isinstance(error, Exception) and (await end_of(circuit, doing("up")))[0] != "raised":
            return f"{told} it; the threshold is 1, and the next call reached the service"
    return ""


async def reject_several():
    """Rejections of two breakers: how many there are, and how many objects they are."""
    rejections = []
    for _ in range(2):
        circuit, _ = a_breaker()
        await end_of(circuit, doing(error=ConnectionError("down")))
        rejections += [(await end_of(circuit, doing()))[1] for _ in range(2)]
    return {"rejections": len(rejections), "errors": len({id(each) for each in rejections})}


async def order_to_stop(of_the_process):
    """Orders to stop, one of them in a group with a failure: after which the next call is rejected."""
    orders = [SystemExit(3), KeyboardInterrupt("ctrl-c")]
    if not of_the_process:
        both = BaseExceptionGroup("both", [Halt("stop"), ValueError("no")])
        orders = [both, Halt("stop"), GeneratorExit("closed")]
    rejected = []
    for error in orders:
        circuit, _ = a_breaker()
        await end_of(circuit, doing(error=error))
        if await end_of(circuit, doing("up")) != ("gave", "up"):
            rejected.append(repr(error))
    return rejected


async def probe_through_itself():
    """A probe calls through its own breaker, and lets out what comes: what became of the calls, in order."""
    import breaker

    circuit, became = await at_its_probe(), []

    async def inner():
        return await circuit.call(doing("up"))

    for operation in (inner, doing("up")):
        how, came = await end_of(circuit, operation)
        became.append("rejected" if isinstance(came, breaker.CircuitOpen) else f"{how} {came!r}")
    return became


async def cancel_in_its_first_turn():
    """A probe is cancelled one turn after it began: how the next call ends."""
    import asyncio

    circuit = await at_its_probe()
    probe = asyncio.ensure_future(circuit.call(lambda: asyncio.sleep(60)))
    await asyncio.sleep(0)
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)
    return await told(circuit, doing("up"))


async def give_up_and_go_on():
    """A caller gives its probe up after a second, and its task goes on: how somebody else's call ends."""
    import asyncio

    circuit = await at_its_probe()
    try:
        async with asyncio.timeout(1):
            await circuit.call(lambda: asyncio.sleep(60))
    except TimeoutError:
        return await asyncio.ensure_future(told(circuit, doing("up")))


async def stop_and_call_again():
    """The operation of a probe raises an order to stop, and its caller calls again in that turn."""
    circuit = await at_its_probe()
    await end_of(circuit, doing(error=Halt("stop")))
    return await told(circuit, doing("up"))


async def await_a_generator():
    """An operation that is a coroutine written as a generator, as `types.coroutine` makes one."""
    import types

    @types.coroutine
    def operation():
        yield
        return "up"

    return await told(a_breaker()[0], operation)


async def ask_in_a_task():
    """An operation that sets something for its task: whether its caller finds it, and is in the same task."""
    import asyncio
    import contextvars

    circuit, _ = a_breaker()
    sampled = contextvars.ContextVar("sampled", default="nothing")

    async def operation():
        sampled.set("disk-7")
        return asyncio.current_task()

    _, came = await end_of(circuit, operation)
    return {
        "the operation was in its caller's task": came is asyncio.current_task(),
        "what it set is": sampled.get(),
    }


async def count_far():
    """A threshold that nobody reaches, nor writes: how calls end before and after two failures."""
    circuit, _ = a_breaker(threshold=10**5_000)
    errors = (None, ConnectionError("down"), ConnectionError("down"), None)
    return [await told(circuit, doing("up", error)) for error in errors]


async def count_to(threshold):
    """Failures in one moment, far from the zero of the clock: how many were let through, and what is odd."""
    import breaker

    circuit, clock = a_breaker(threshold, window=1e-9)
    clock.seconds = 1e9
    reached = []

    async def operation():
        reached.append("the service")
        raise ConnectionError("down")

    for number in range(threshold + 1):
        _, came = await end_of(circuit, operation)
        if len(reached) == number:
            break
        if not isinstance(came, (ConnectionError, breaker.CircuitOpen)):
            return len(reached), repr(came)
    return len(reached), ""


def ask_a_false_policy():
    """What a breaker answers whose policy is false and says yes."""
    circuit, _ = a_breaker(policy=FalsePolicy())
    return circuit.should_retry(1, ConnectionError("down")), circuit.next_delay(1)


class ToldPolicy:
    """A policy that says what it was told to say."""

    says, waits = False, 0.0

    def should_retry(self, attempt, error):
        return self.says

    def next_delay(self, attempt):
        return self.waits


class Caller:
    """One call through a breaker, of which the operation does what it is told, when it is told."""

    def __init__(self, outer=None):
        self.reached, self.came = False, None
        self.outer, self.inner = outer, None
        self.told = self.order = None

    async def operation(self):
        """Wait for an order: to end, to call through a breaker itself, or to be cancelled and then to end."""
        import asyncio

        self.reached = True
        while True:
            self.order = asyncio.get_running_loop().create_future()
            try:
                order = await self.order
            except asyncio.CancelledError:
                if self.told is None:
                    raise
                order = self.told
            if isinstance(order, Caller):
                await order.heard(order.asked)
            elif order[0] == "raises":
                raise order[1]
            else:
                return order[1]

    async def heard(self, asked):
        """Await the call, and write down what came out of it."""
        try:
            self.came = "gives", await asked
        except GeneratorExit:
            raise
        except BaseException as error:
            self.came = "raises", error


class Table:
    """An answer that can be compared and asked for its truth no more than an array of several numbers."""

    __hash__ = None

    def __bool__(self):
        raise ValueError("the truth of several numbers")

    def __eq__(self, other):
        return self


class Unnamed:
    """An operation without a name, that is false, equals everything, and is no key."""

    __slots__ = ("caller",)
    __hash__ = None

    def __init__(self, caller):
        self.caller = caller

    def __len__(self):
        return 0

    def __eq__(self, other):
        return True

    def __call__(self):
        return self.caller.operation()


def shaped(shape, caller):
    """The operation of a caller: a function of this name, or something without a name."""
    import functools

    async def read():
        return await caller.operation()

    async def write():
        return await caller.operation()

    shapes = {"read": read, "write": write, "a partial": functools.partial(read)}
    return shapes.get(shape) or Unnamed(caller)


class Play:
    """Callers of breakers that share one clock and one policy: each command is answered with a text."""

    turns = 8
    gifts = ("up", "None", "a ValueError", "an answer that is neither true nor false")

    def __init__(self, odd):
        import asyncio

        import breaker

        self.odd = odd
        self.unit, self.breakers, self.callers, self.tasks = breaker, {}, {}, []
        self.given = "gives", None
        self.clock, self.policy = StandingClock(), ToldPolicy()
        self.clock.seconds = 1_000.0
        one = ConnectionError("one and the same")
        self.made = {
            "up": lambda: "up",
            "None": lambda: None,
            "a ValueError": lambda: ValueError("as a result"),
            "an answer that is neither true nor false": Table,
            "a ConnectionError": lambda: ConnectionError("no answer"),
            "one and the same ConnectionError": lambda: one,
            "a TimeoutError after a cancel": self.late,
            "a CircuitOpen": lambda: breaker.CircuitOpen("of another breaker"),
            "an order to stop": lambda: Halt("stop"),
            "a CancelledError": asyncio.CancelledError,
            "a group with an order to stop": lambda: BaseExceptionGroup(
                "both", [Halt("stop"), OSError("no")]
            ),
        }

    async def do(self, what, *about):
        """Obey one command; say None where there is nothing that it is about."""
        return await getattr(self, what)(*about)

    async def breaker(self, which, threshold, window, reset_after):
        self.breakers[which] = self.unit.CircuitBreaker(
            threshold, window, reset_after, clock=self.clock, policy=self.policy
        )
        return "made"

    async def clock_goes(self, seconds):
        self.clock.seconds += seconds
        return "gone"

    async def call(self, number, which, shape, inside):
        """Make a call, in a task of its own or in the operation of another call that is under way."""
        import asyncio
        import contextvars

        outer = self.under_way(inside)
        if which not in self.breakers or (inside is not None and outer is None):
            return None
        caller = self.callers[number] = Caller(outer)
        caller.asked = self.breakers[which].call(shaped(shape, caller))
        if outer is None:
            caller.context = contextvars.copy_context()
            heard, loop = caller.heard(caller.asked), asyncio.get_running_loop()
            caller.task = loop.create_task(heard, context=caller.context)
            self.tasks.append(caller.task)
        else:
            caller.task, outer.inner = outer.task, caller
            outer.order.set_result(caller)
        return await self.seen(caller, lambda: caller.reached)

    async def ends(self, number, thing):
        """The operation of a call ends by itself."""
        caller = self.under_way(number)
        if caller is None:
            return None
        caller.order.set_result(self.thing(thing))
        return await self.seen(caller, lambda: False)

    async def is_cancelled(self, number, thing):
        """A call is cancelled, and its operation ends then: by the cancel, or as it likes."""
        caller = self.under_way(number)
        if caller is None:
            return None
        caller.told = None if thing == "a CancelledError" else self.thing(thing)
        caller.task.cancel()
        return await self.seen(caller, lambda: False)

    async def is_closed(self, number):
        """The event loop of a call is closed, and the call thrown away with it."""
        caller = self.callers.get(number)
        if caller is None or caller.outer is not None or caller.came is not None:
            return None
        caller.context.run(caller.asked.close)
        caller.came = "raises", None
        caller.task.cancel()
        await self.turn()
        return "closed"

    async def should_retry(self, which, attempt, error, says):
        if which not in self.breakers:
            return None
        self.policy.says = says
        return repr(self.breakers[which].should_retry(attempt, self.thing(error)[1]))

    async def next_delay(self, which, attempt, waits):
        if which not in self.breakers:
            return None
        self.policy.waits = waits
        return repr(self.breakers[which].next_delay(attempt))

    def under_way(self, number):
        """The call of this number, if it reached its operation and no call of its own is under way in it."""
        caller = self.callers.get(number)
        if caller is None or not caller.reached or caller.came is not None:
            return None
        return caller if caller.inner is None or caller.inner.came is not None else None

    def thing(self, name):
        """What ends an operation: how, and the object."""
        odd = self.odd.get(name)
        made = self.made[name]() if odd is None else type(odd)(*odd.args)
        self.given = "gives" if name in self.gifts else "raises", made
        return self.given

    def late(self):
        """What comes out of a deadline: it was a cancel before."""
        import asyncio

        error = TimeoutError("too late")
        error.__cause__ = asyncio.CancelledError("by a deadline")
        return error

    async def turn(self):
        import asyncio

        await asyncio.sleep(0)

    async def seen(self, caller, is_enough):
        """Give everybody a few turns; say what has become of the call."""
        for _ in range(self.turns):
            await self.turn()
            if is_enough():
                return "reached"
            if caller.came is not None:
                how, came = caller.came
                if not caller.reached and isinstance(came, self.unit.CircuitOpen):
                    return "rejected"
                is_as_told = how == self.given[0] and came is self.given[1] if caller.reached else False
                is_cancel = caller.reached and caller.told is None and type(came).__name__ == "CancelledError"
                return "as it is" if is_as_told or is_cancel else f"{how} {came!r}"
        return "nothing, and is still under way"

    async def leave(self):
        """The play is over."""
        for task in self.tasks:
            task.cancel()
        for caller in self.callers.values():
            caller.told = None
            if caller.order is not None:
                caller.order.cancel()
        for _ in range(self.turns):
            if all(task.done() for task in self.tasks):
                return
            await self.turn()


async def played(lists):
    """The answers to each of these lists of commands."""
    import json

    answers, odd = [], odd_errors()
    for commands in json.loads(lists):
        play = Play(odd)
        answers.append([])
        for command in commands:
            try:
                answers[-1].append(await play.do(*command))
            except NotImplementedError:
                raise
            except Exception as error:
                answers[-1].append(f"raises {error!r}")
        await play.leave()
    return json.dumps(answers)


CALLERS = (
    StandingClock, Later, Halt, FalsePolicy, a_breaker, end_of, doing, at_its_probe, hand_on_results,
    hand_on_errors, reject_several, order_to_stop, probe_through_itself, cancel_in_its_first_turn,
    give_up_and_go_on, stop_and_call_again, await_a_generator, ask_in_a_task, count_far, count_to,
    ask_a_false_policy, odd_errors, ToldPolicy, Caller,
    Table, Unnamed, shaped, Play, played, AsRaised, FalseClock, MovingClock, told, go_by_a_false_clock,
    go_by_a_moving_clock, probe_by_a_moving_clock, Ordered,
    cancel_after_the_end, is_over, two_at_once, decide_at_once, reject_at_once,
)  # fmt: skip


def ask(unit, story, name, *given):
    """Let a caller's function run in a process of its own, and give what it tells."""
    with story.process() as process:
        return process.run(getattr(callers(unit, *CALLERS), name).later(*given))


# ---- the promises


def test_an_open_circuit_calls_nobody(unit, every_story):
    """After threshold failures of whatever kind the circuit is open, and no call reaches the service."""
    for story in each_script(every_story, "open"):
        goes_by_the_contract(story)
    for story in every_story(made_before, (), 0):
        ends, reached = story.seen
        promise(
            reached == 3 and ends[3].raised(unit.CircuitOpen),
            saw=f"threshold=3; four calls are made, then awaited one after the other; reached the service: "
            f"{reached}; the fourth {ends[3]}",
            rule="a call begins when it is awaited; what was true when it was made can be over then",
            ask="which of your lines runs when a call is made, and which when it is awaited?",
            story=story,
        )


def test_any_threshold_is_counted_to(unit, every_story):
    """With any threshold, one failure fewer leaves the circuit closed, and the last one opens it."""
    bounds = numbers_of(unit, 300)
    for threshold in sorted({1, 2, 7, *bounds, *(bound + 1 for bound in bounds)}):
        for story in every_story(counted, (), 0, threshold=threshold):
            goes_by_the_contract(
                story,
                "the failure that makes `threshold` of them opens the circuit, and none before it",
                "how many failures does your code hold when it compares, and with what?",
                ("open", "closed"),
            )


def test_no_threshold_is_too_large(unit, story):
    """With a threshold of 10**5000 a breaker can be made, and its circuit stays closed."""
    end = ask(unit, story, "count_far")
    failed = "raised ConnectionError('down')"
    promise(
        end.value == ["gave 'up'", failed, failed, "gave 'up'"],
        saw="CircuitBreaker(threshold=10**5000): a good call, two that fail, a good one; the calls: "
        + said(end),
        rule="a threshold is compared with, and with how many there may be nobody has to reckon",
        ask="what does your code make of the threshold before anything has failed?",
        story=story,
    )


def test_failures_of_one_moment_count_together(unit, story):
    """Failures of one moment count together, two thousand of them too, however short the window."""
    for threshold in (2, max(2_050, *(bound + 1 for bound in numbers_of(unit, 5_000)), 0)):
        end = ask(unit, story, "count_to", threshold)
        reached, odd = end.value if end.kind == "returned" else (0, str(end))
        became = f"call {reached + 1} was rejected"
        if odd:
            became = f"call {reached} raised {odd}" if reached else odd
        elif reached > threshold:
            became = f"none of {threshold + 1:,} calls was rejected"
        promise(
            reached == threshold and not odd,
            saw=f"CircuitBreaker(threshold={threshold}, window=1e-9): the clock stands at 1e9, and all calls "
            f"fail; {became}",
            rule="failures of one reading of the clock count together, however small `window` is",
            ask=COUNTS_MANY if threshold > 2 else COUNTS_IN_NO_TIME,
            story=story,
        )


COUNTS_MANY = "how many failures can your code hold?"
COUNTS_IN_NO_TIME = (
    "how does your code find out that a failure is too old, and what do floats make of it here?"
)


def counted(unit, story, *, threshold):
    """One failure fewer than the threshold, a good call, the last failure, one more call; then the wait."""
    with story.process() as process:
        circuit = a_circuit(unit, story, process, threshold=threshold, window=600, reset_after=threshold)
        for _ in range(threshold - 1):
            circuit.one(ends=FAILS)
        circuit.one()
        circuit.one(ends=FAILS)
        circuit.one()
        process.wait(threshold + 0.5)
        circuit.one()
    return circuit


def test_failures_older_than_the_window_do_not_count(unit, every_story):
    """A failure counts for window seconds from the end of its call, and then no longer."""
    for story in each_script(every_story, "slides"):
        goes_by_the_contract(
            story,
            "the window ends now, and moves with every second; a failure is as old as the end of its call",
            "which moment do you write down for a failure, and when is it taken out again?",
        )


def test_a_success_in_between_clears_nothing(unit, every_story):
    """A service that fails every other call is failing: successes in between take no failure away."""
    for story in each_script(every_story, "flaps"):
        goes_by_the_contract(
            story,
            "time makes failures old, and a good answer to somebody else does not",
            "what does one good answer say about the calls that failed?",
            ("open",),
        )


def test_one_call_finds_out(unit, every_story):
    """When the wait is over one call goes through; until it has ended, in a month too, the others do not."""
    for story in each_script(every_story, "probes"):
        goes_by_the_contract(
            story,
            "half-open, one call at a time reaches the service, however long it takes",
            "what does the second caller find while the first one is waiting for its answer?",
            ("a probe",),
        )


def test_a_good_probe_closes_with_a_clean_slate(unit, every_story):
    """A probe that succeeds closes the circuit, and no failure from before counts any more."""
    for story in each_script(every_story, "closes"):
        goes_by_the_contract(
            story,
            "a circuit that has closed begins as a new one does",
            "what do you still hold of the time before, when the circuit closes?",
            ("closed",),
        )


def test_a_failed_probe_waits_the_whole_time_again(unit, every_story):
    """A probe that fails opens the circuit for another whole reset_after, counted from its end."""
    for story in each_script(every_story, "reopens"):
        goes_by_the_contract(
            story,
            "one failed probe is enough, and the wait begins when its answer comes",
            "what do you do with the failure of a probe, and from which moment do you count then?",
            ("open", "open since a failed probe", "half-open"),
        )


def test_a_cancelled_probe_gives_its_place_back(unit, every_story):
    """A probe that ends in neither success nor failure says nothing: after its end the next call probes."""
    for story in each_script(every_story, "leaves"):
        goes_by_the_contract(
            story,
            "whatever comes out of a probe, its place is free when the operation has ended, and not before",
            "which ways out of the operation are there, and which of your lines does each of them pass?",
            ("a probe",),
        )


def test_no_place_is_lost_for_ever(unit, every_story):
    """A day after a probe that found out nothing, with no call in between, a call is let through."""
    for story in each_script(every_story, "lost"):
        goes_by_the_contract(story)


def test_an_operation_runs_in_its_callers_task(unit, story):
    """The operation runs in the task of whoever awaits the call: what it sets stays, an exit gets out."""
    end = ask(unit, story, "ask_in_a_task")
    promise(
        end.kind == "returned" and list(end.value.values()) == [True, "disk-7"],
        saw="an operation sets a context variable, which was 'nothing', to 'disk-7'; after the call: "
        f"{end.value if end.kind == 'returned' else end}",
        rule=IN_ITS_TASK[0],
        ask=IN_ITS_TASK[1],
        story=story,
    )
    says_nothing(story, ask(unit, story, "order_to_stop", True))


def test_a_probe_is_given_up_at_any_moment(unit, story):
    """A probe that is cancelled in its first turn, or by a caller that goes on, gives its place back, too."""
    for name, told in (
        ("cancel_in_its_first_turn", "a probe is cancelled one turn after it began"),
        ("give_up_and_go_on", "a caller gives its probe up after a second, and its task goes on"),
        ("stop_and_call_again", "the operation of a probe raises an order to stop"),
    ):
        end = ask(unit, story, name)
        who = "by the same caller, in that turn" if name == "stop_and_call_again" else "by somebody else"
        promise(
            end.value == "gave 'up'",
            saw=f"{told}; the next call, {who}: {end.value if end.kind == 'returned' else end}",
            rule="the place of a probe is free when the operation has ended, whatever its caller does then",
            ask="from which line on is the place taken, and what can happen between it and your `try`?",
            story=story,
        )


def test_what_came_out_counts_whatever_is_cancelled_then(unit, story):
    """Once its operation has ended, a cancel changes nothing: what came out counts, and is heard."""
    for ending in ("gives 'up'", "raises a ConnectionError", "raises an order to stop", "is cancelled"):
        end = ask(unit, story, "cancel_after_the_end", ending)
        wrong = end.value if end.kind == "returned" else f"the caller {end}"
        promise(
            wrong == "",
            saw=f"CircuitBreaker(threshold=1): the operation of a probe {ending}; {wrong}",
            rule="once the operation has ended, a cancel changes nothing: what came out counts, and is heard",
            ask="what does your code await between the end of the operation and the end of its call?",
            story=story,
        )


def test_a_call_is_decided_when_it_is_awaited(unit, story):
    """A call is let through or rejected when it is awaited, and not a turn of the event loop later."""
    end = ask(unit, story, "decide_at_once")
    promise(
        end.value == "gave 'up'",
        saw="CircuitBreaker(threshold=1): a call is awaited while the circuit is closed, and then, in "
        f"the same turn of the event loop, another one fails; the first one {end.value or end}",
        rule="a call is let through or rejected when it is awaited",
        ask="what does your code await before it decides?",
        story=story,
    )
    end = ask(unit, story, "reject_at_once")
    promise(
        end.value is True,
        saw="CircuitBreaker(threshold=1): a call is awaited while the circuit is open; one turn of the event "
        f"loop later {'it has not ended' if end.kind == 'returned' else f'the caller {end}'}",
        rule="a rejection takes no time",
        ask="what does your code await before it rejects a call?",
        story=story,
    )


def test_late_results_do_not_count(unit, every_story):
    """Once the circuit opens, lets a probe through or closes, calls from before decide nothing any more."""
    for story in each_script(every_story, "late"):
        goes_by_the_contract(
            story,
            "how a call ends counts in the period in which it was let through",
            "when a call ends, how does your code know what the circuit was when it began?",
        )


def test_rejections_are_not_failures(unit, every_story):
    """However many calls are rejected, the circuit is tried again when reset_after has passed."""
    for story in each_script(every_story, "rejected"):
        goes_by_the_contract(
            story,
            "a rejection says nothing about the service",
            "what is another value in your object after a call was rejected?",
            ("half-open", "open since a rejection", "open since a failed probe"),
        )


def test_a_cancelled_call_is_not_a_failure(unit, every_story):
    """A deploy that cancels twenty calls does not open the circuit, and neither does an order to stop."""
    for story in each_script(every_story, "cancels"):
        goes_by_the_contract(
            story,
            "a cancel says something about whoever waits, and nothing about the service",
            "who ended that call, and what does it say about the service?",
        )


def test_every_ending_counts_as_what_it_is(unit, every_story):
    """However calls end, and whoever makes them: what came out of the operation is what counts."""
    for story in every_story(an_outage, FAULTS, 2, at_most=PAIRS_MAX):
        goes_by_the_contract(
            story,
            "what came out of the operation decides, for whoever calls, and however long it took",
            "of each way in which a call can end: which line of yours sees it, and what does it change?",
        )
    for threshold in (1, 2):
        for story in every_story(from_a_cleanup, (), 0, threshold=threshold):
            goes_by_the_contract(
                story,
                "what came out of the operation decides, also for a caller that was cancelled and cleans up",
                "what do you ask about the task that calls, and what has it to do with the service?",
                ("open", "closed"),
            )


def says_nothing(story, end):
    """Promise that no order to stop has opened a circuit, and that each gets out of its call."""
    promise(
        end.kind == "returned",
        saw="an operation raises an order to stop, and whoever awaits the call does not hear of it: instead, "
        f"the event loop itself {end}",
        rule=IN_ITS_TASK[0],
        ask=IN_ITS_TASK[1],
        story=story,
    )
    promise(
        end.value == [],
        saw="CircuitBreaker(threshold=1): a call whose operation raised "
        f"{end.value[0] if end.kind == 'returned' and end.value else end}, and the next call was rejected",
        rule="what is no Exception says nothing of the service, whatever it holds",
        ask="which class decides whether something has failed, and of which object is it asked?",
        story=story,
    )


IN_ITS_TASK = (
    "the operation runs in the task of whoever awaits the call: what it sets and raises is for that one",
    "in which task does the operation run, and who else is in that task?",
)


def test_what_is_no_exception_says_nothing(unit, story):
    """An order to stop is no failure, and neither is a group of errors with one in it."""
    says_nothing(story, ask(unit, story, "order_to_stop", False))


def test_a_probe_that_calls_is_one_call(unit, story):
    """A probe that calls through its own breaker is rejected there; if it lets that out, it has failed."""
    end = ask(unit, story, "probe_through_itself")
    first, second = end.value if end.kind == "returned" else (str(end), "")
    told = "CircuitBreaker(threshold=1): the operation of a probe calls through the same breaker"
    promise(
        not first.startswith("gave"),
        saw=f"{told}, and this call reached the service while the probe was under way: it {first}",
        rule="until the probe has ended all others are rejected, also a call of its own operation",
        ask="who is let through while a probe is under way, also if it is the probe that calls?",
        story=story,
    )
    promise(
        (first, second) == ("rejected", "rejected"),
        saw=f"{told}, and lets out what came: the probe {came_of(first)}"
        + (f"; the next call {came_of(second)}" if second else ""),
        rule="what comes out of an operation decides: a CircuitOpen is a failure, of whichever breaker",
        ask="how does your code tell a rejection that it made itself from one that came out of an operation?",
        story=story,
    )


def came_of(call):
    """What came out of a call of `probe_through_itself`, in words."""
    return "raised CircuitOpen" if call == "rejected" else call


def from_a_cleanup(unit, story, *, threshold):
    """An outage, and every call is made by a task that was cancelled before, while it cleans up."""
    with story.process() as process:

        def make(call):
            return process.run(call, in_cleanup=True)

        circuit = a_circuit(unit, story, process, **{**ONE, "threshold": threshold})
        circuit.about = ", each call made by a task that was cancelled before and cleans up"
        story.world.tell("your code", "each call is made by a task that was cancelled before and cleans up")
        for ends in (FAILS, FAILS, "", FAILS):
            circuit.one(make, ends=ends)
            circuit.one(make)
            process.wait(32)
    return circuit


def test_nothing_of_a_call_goes_on(unit, every_story):
    """When a call has ended, nothing of it is under way, and the next one finds the breaker at work."""
    for story in every_story(an_outage, FAULTS, 2, at_most=PAIRS_MAX):
        promise_under(story, QUIET_END, LIVES_ON)
    for name in SCRIPTS:
        for story in every_story(a_script, (), 0, script=name):
            promise_under(story, QUIET_END)


def test_each_caller_hears_how_its_own_call_ended(unit, every_story):
    """A result, an error, a cancel comes out of the call as it is; a rejection is a CircuitOpen, at once."""
    for name in SCRIPTS:
        for story in every_story(a_script, (), 0, script=name):
            hears_its_own(unit, story)
    for story in every_story(an_outage, FAULTS, 2, at_most=PAIRS_MAX):
        hears_its_own(unit, story)


def hears_its_own(unit, story):
    """Promise that each call of a circuit ended as its operation did."""
    circuit = story.seen
    for call in circuit.calls:
        what = f"the operation {call.run.ending}" if call.run else "nothing was called"
        error = f" with {call.run.error}" if call.run and call.run.ending == "failed" else ""
        took = f" after {call.took:.3g} s" if not call.run and call.took > 0.5 else ""
        promise(
            call.is_heard(unit) and not took,
            saw=f"{circuit.words}: {what}{error}; the call at {call.time(circuit.clock)} s {call.end}{took}",
            rule="a breaker decides who calls; what comes out belongs to whoever called",
            ask="what does your code do with what it has caught, and who waits for it?",
            story=story,
        )
    promise(
        not story.cancelled or any(end.kind == "cancelled" for end in circuit.ends),
        saw=f"{circuit.words}: cancels: {story.cancelled}; the calls: {', '.join(map(str, circuit.ends))}",
        rule="whoever cancels waits to hear that it was cancelled",
        ask="which of your lines turns a CancelledError into something else?",
        story=story,
    )


def test_what_comes_out_is_the_object_that_it_is(unit, story):
    """A result or an error is handed on as the object that it is, and nothing is added to it."""
    for name, rule, question in (
        (
            "hand_on_results",
            "what an operation gives is awaited once, and handed on",
            "what does your code ask of a result before it hands it on?",
        ),
        (
            "hand_on_errors",
            "an error says where it came from, and that belongs to whoever called",
            "what is added to an error, or taken from it, between your `except` and the caller?",
        ),
    ):
        end = ask(unit, story, name)
        wrong = end.value if end.kind == "returned" else f"the caller {end}"
        promise(wrong == "", saw=str(wrong), rule=rule, ask=question, story=story)


def test_each_rejection_is_an_error_of_its_own(unit, story):
    """Each call that is rejected raises a new CircuitOpen."""
    end = ask(unit, story, "reject_several")
    promise(
        end.kind == "returned" and list(end.value.values()) == [4, 4],
        saw=f"two breakers, and each rejects two calls: {end.value if end.kind == 'returned' else end}",
        rule="an error belongs to one call: it remembers the lines that it passed",
        ask="where is the error made that a rejected call raises?",
        story=story,
    )


def made_before(unit, story):
    """Four calls are made at once and awaited in turn; each of the operations fails."""
    with story.process() as process:
        circuit = a_circuit(unit, story, process, **THREE)
        operations = [circuit.operation(ends=FAILS) for _ in range(4)]
        ends = process.in_turn(*map(circuit.later, operations))
    return ends, sum(len(operation.runs) for operation in operations)


def test_healthy_calls_run_side_by_side(unit, every_story):
    """While the circuit is closed nobody waits for anybody: eleven calls of ten seconds take ten seconds."""
    for story in every_story(side_by_side, (), 0):
        waits = [call.run.began_s - call.at for call in story.seen.calls if call.run]
        promise(
            len(waits) == 11 and max(waits) < 0.5,
            saw=f"eleven calls at once, of 10 s each; began at once: {sum(wait < 0.5 for wait in waits)}"
            + (f", and the last one {max(waits):.3g} s later" if waits else ""),
            rule="to decide takes one step; nothing is held while a call is awaited",
            ask="what do you hold while you await the operation?",
            story=story,
        )


def side_by_side(unit, story):
    """Eleven calls at once."""
    with story.process() as process:
        circuit = a_circuit(unit, story, process, **THREE)
        circuit.several(up(*[0] * 11, takes=10))
    return circuit


def beside_somebody(unit, story):
    """A call, and somebody else's with a breaker of its own, in the same process at the same time."""
    with story.process() as process:
        circuit = a_circuit(unit, story, process, **ONE)
        process.run(circuit.later(circuit.operation(takes=2)), beside=somebody_else)


def somebody_else(unit, story):
    """Another service, called through another breaker."""
    breaker = unit.CircuitBreaker(threshold=1, reset_after=30, clock=Clock(story))
    return breaker.call.later(CalmOperation(story, [], takes=5, answer="up"))


def test_two_breakers_share_nothing(unit, every_story):
    """Two breakers share nothing: one service is down, and calls of the other one go through."""
    for story in every_story(beside_somebody, FAULTS, 1):
        promise_under(story, BESIDE)
    for story in every_story(two_circuits, (), 0):
        for circuit in story.seen:
            promise(
                circuit.difference() is None,
                saw=f"two breakers; {circuit.saw}",
                rule="one breaker is one circuit, and what another one saw is not about its service",
                ask="where does each of your values live: in the object, or where all of them share it?",
                story=story,
            )


def two_circuits(unit, story):
    """Two breakers in turn: one service fails, the other now and then."""
    given = {"threshold": 2, "window": 60, "reset_after": 30}
    with story.process() as process:
        one, other = (a_circuit(unit, story, process, **given) for _ in range(2))
        for circuit in (one, other):
            circuit.one(ends=FAILS)
            circuit.one()
        one.one(ends=FAILS)
        for circuit in (other, one):
            circuit.one()
        process.wait(32)
        other.one(ends=FAILS)
        one.one(ends=FAILS)
        for circuit in (one, other):
            circuit.one()
        process.wait(32)
        for circuit in (other, one, other):
            circuit.one()
    return one, other


SHAPES = ("a function", "a partial", "a future", "an awaitable")
ANSWERS = ("up", None, 0, "", False, [])


def test_whatever_can_be_awaited_can_be_called(unit, story, every_story):
    """A function, a partial, a future, any awaitable, with any result: each is a call, and a probe."""
    for shape in SHAPES:
        for each in every_story(awaited, (), 0, shape=shape):
            circuit = each.seen
            for answer, end in zip(ANSWERS, circuit.ends[-len(ANSWERS) :], strict=True):
                promise(
                    end.kind == "returned" and repr(end.value) == repr(answer),
                    saw=f"{circuit.words}: an operation that is {shape} gives {answer!r}, and the call {end}",
                    rule="an operation gives something to await, and any result is a success",
                    ask="what does your code ask of the operation, beyond that its answer can be awaited?",
                    story=each,
                )
            goes_by_the_contract(
                each,
                "a result is a success, whatever it says",
                "what does your code look at to know that a call went well?",
            )
    end = ask(unit, story, "await_a_generator")
    promise(
        end.value == "gave 'up'",
        saw="an operation is a coroutine written as a generator, and gives 'up'; the call "
        f"{end.value if end.kind == 'returned' else end}",
        rule="what `await` takes can be awaited, whatever it is",
        ask="what does your code ask about the answer of the operation before it awaits it?",
        story=story,
    )


def awaited(unit, story, *, shape):
    """A probe for each result, and a failure after each."""
    with story.process() as process:
        circuit = a_circuit(unit, story, process, **ONE)
        for answer in ANSWERS:
            circuit.one(shape=shape, ends=FAILS)
            circuit.one(shape=shape)
            process.wait(32)
            circuit.one(shape=shape, answer=answer)
            circuit.one(shape=shape)
        for answer in ANSWERS:
            circuit.one(shape=shape, answer=answer)
    return circuit


def test_an_operation_can_fail_before_it_can_be_awaited(unit, every_story):
    """What raises when it is called has failed, too: as one of threshold, as a probe, and for its caller."""
    for story in every_story(failed_at_once, (), 0):
        goes_by_the_contract(
            story,
            "an operation can fail when it is called, before there is anything to await",
            "where does your code call the operation, and which lines see what comes out of that?",
            ("open", "open since a failed probe", "half-open since silence"),
        )
        hears_its_own(unit, story)


def failed_at_once(unit, story):
    """Two failures at once, a probe that fails at once, one that is stopped at once, one that goes well."""
    with story.process() as process:
        circuit = a_circuit(unit, story, process, threshold=2, window=60, reset_after=30)
        circuit.one(shape="at once", ends=FAILS)
        circuit.one(shape="at once", ends="ValueError")
        circuit.one()
        process.wait(32)
        circuit.one(shape="at once", ends=FAILS)
        circuit.one()
        process.wait(32)
        circuit.one(shape="at once", ends="Abort")
        circuit.one()
        circuit.one()
    return circuit


# ---- the clock


def test_time_is_what_the_clock_says(unit, every_story):
    """Wherever the clock begins, and when it jumps after the machine was asleep, it alone tells the time."""
    scripts = (
        "open: three failures",
        "probes: one probe",
        "reopens: a short window",
        "slides: one is too old",
    )
    for script, origin in product(scripts, (-1_000.0, -45.0, 0.0, 2.0**30)):
        for story in every_story(a_script, (), 0, script=script, origin=origin):
            by_its_clock(story)
    for script, jump in product(scripts, ((10.0, 3_600.0), (25.0, 29.0))):
        for story in every_story(a_script, (), 0, script=script, jump=jump):
            by_its_clock(story)
    for origin in (-50.0, 0.0):
        for story in every_story(standing_clock, (), 0, origin=origin):
            by_its_clock(story)
    for story in every_story(moving_clock, (), 0):
        by_one_reading(story)
    for story in every_story(false_clock, (), 0):
        end = story.seen
        promise(
            end.value == ["raised ConnectionError('down')", "gave 'up'"],
            saw="CircuitBreaker(threshold=1, reset_after=30), a clock whose length is 0: a call fails, that "
            f"clock goes on by 31 s, another call goes well; what came out of them: {said(end)}",
            rule="every time comes from the clock that was handed in, also where it is false",
            ask="how does your code find out whether a clock was handed in?",
            story=story,
        )


def by_one_reading(story):
    """What is decided, and what is noted, is so at one reading of the clock."""
    end, probes = story.seen
    promise(
        probes.value == 1,
        saw="CircuitBreaker(threshold=1), a clock that has moved on by a second whenever it is read; a "
        "call fails, and ten more come until the wait is over: of these are under way at once "
        + str(probes.value if probes.kind == "returned" else probes),
        rule="a call is let through or rejected at one moment, which is one reading of the clock",
        ask="how often does your code read the clock for one call, and what has passed in between?",
        story=story,
    )
    promise(
        end.value == ["raised ConnectionError('down')", "was rejected"],
        saw="CircuitBreaker(threshold=1, window=1e-9, reset_after=30), a clock that has moved on by a "
        f"microsecond whenever it is read; a call, and the next one: {said(end)}",
        rule="a failure counts from the moment in which its call ends, which is one reading of the clock",
        ask="how often does your code read the clock when a call ends, and which reading counts?",
        story=story,
    )


def moving_clock(unit, story):
    """Each reading of the clock is later than the one before: first by a microsecond, then by a second."""
    return ask(unit, story, "go_by_a_moving_clock"), ask(unit, story, "probe_by_a_moving_clock")


def false_clock(unit, story):
    """A clock whose length is 0, and no time passes on the event loop."""
    return ask(unit, story, "go_by_a_false_clock")


def said(end):
    """What a caller's function tells of several calls, or how it ended instead."""
    return ", ".join(end.value) if end.kind == "returned" else str(end)


def by_its_clock(story):
    """Promise that the circuit went by the clock that it was given."""
    goes_by_the_contract(
        story,
        "the time that has passed is the difference of two readings of the clock that was handed in",
        "where does each time in your code come from, and what does it mean alone?",
    )


def standing_clock(unit, story, *, origin):
    """A day passes on the event loop, and no time at all by the clock; then the other way round."""
    with story.process() as process:
        circuit = a_circuit(unit, story, process, **THREE)
        circuit.clock.stands(origin)
        for _ in range(3):
            circuit.one(ends=FAILS)
        process.wait(86_400)
        circuit.one()
        circuit.clock.stands(circuit.clock.stands_at + 31)
        circuit.one()
        circuit.one()
    return circuit


def test_the_window_is_sharp(unit, every_story):
    """A failure exactly window seconds old counts no longer, and one that is a little younger does."""
    for story in every_story(to_the_second, (), 0, script=WINDOW_TO_THE_SECOND):
        goes_by_the_contract(
            story,
            "a failure counts for less than `window` seconds: exactly so old, it is too old",
            "which of the two signs, < or <=, stands where your code compares an age with `window`?",
            ("open", "closed"),
        )


def test_the_wait_is_sharp(unit, every_story):
    """After exactly reset_after seconds a call is let through, and a little earlier it is not."""
    for story in every_story(to_the_second, (), 0, script=WAIT_TO_THE_SECOND):
        goes_by_the_contract(
            story,
            "exactly `reset_after` seconds are long enough to wait, and anything less is not",
            "which of the two signs, < or <=, stands where your code compares a time with `reset_after`?",
            ("open since a rejection", "open since a failed probe", "half-open"),
        )
    for wait, early in ((2.0**-24, 2.0**-24), (1e9, 0.5)):
        for story in every_story(of_any_length, (), 0, wait=wait, early=early):
            goes_by_the_contract(
                story,
                "seconds are floats, and may be as few or as many as there are",
                "what becomes of the numbers that are handed in before they are compared?",
            )
    for story in every_story(within_one_reading, (), 0):
        goes_by_the_contract(
            story,
            "`reset_after` may be ever so small: in one reading of the clock no time has passed",
            "what becomes of the numbers that are handed in before they are compared?",
        )


WINDOW_TO_THE_SECOND = (
    *((0, FAILS), (64, FAILS), (65, ""), (127, FAILS), (128, "")),  # open from 127 on
    *((200, ""), (200.5, FAILS), (264.5, FAILS), (265, ""), (328.25, FAILS), (329, "")),
)
WAIT_TO_THE_SECOND = (
    *((0, FAILS), (1, FAILS), (2, ""), (32.75, ""), (33, FAILS), (34, ""), (64.75, ""), (65, ""), (65, "")),
    *((100.5, FAILS), (100.75, FAILS), (132.5, ""), (132.75, "")),
)


def to_the_second(unit, story, *, script):
    """Calls just before and exactly at the end of a time, with a clock that stands."""
    with story.process() as process:
        circuit = a_circuit(unit, story, process, threshold=2, window=64, reset_after=32)
        for at, ends in script:
            circuit.clock.stands(at)
            circuit.one(ends=ends)
    return circuit


def of_any_length(unit, story, *, wait, early):
    """A wait much shorter than a microsecond, or of decades: it is waited for, and then it is over."""
    with story.process() as process:
        circuit = a_circuit(unit, story, process, threshold=1, window=60, reset_after=wait)
        circuit.clock.stands(1)
        circuit.one(ends=FAILS)
        circuit.clock.stands(1 + wait - early)
        circuit.one()
        circuit.clock.stands(1 + wait)
        circuit.one()
    return circuit


def within_one_reading(unit, story):
    """A wait of less than a nanosecond, by a clock that stands at 0, where no way to compare rounds."""
    with story.process() as process:
        circuit = a_circuit(unit, story, process, threshold=1, window=60, reset_after=2.0**-40)
        circuit.clock.stands(0)
        circuit.one(ends=FAILS)
        circuit.one()
        circuit.clock.stands(1)
        circuit.one()
    return circuit


def test_a_breaker_outlives_its_event_loop(unit, every_story):
    """Made before there is an event loop, a breaker serves one after the other."""
    for story in every_story(loop_after_loop, (), 0):
        goes_by_the_contract(
            story,
            "an event loop ends, and what it was to do later never happens",
            "which of your values belong to the event loop that made them?",
        )


def loop_after_loop(unit, story):
    """Each call in an event loop of its own; the clock goes on between them."""
    with story.process() as process:
        circuit = a_circuit(unit, story, process, **THREE)
        circuit.clock.stands(1_000)
        for _ in range(2):
            for _ in range(3):
                circuit.one(process.apart, ends=FAILS)
            circuit.one(process.apart)
            circuit.clock.stands(circuit.clock.stands_at + 31)
            circuit.one(process.apart, ends="CancelledError")
            circuit.one(process.apart)
            circuit.one(process.apart)
    return circuit


def test_the_line_of_the_seed_runs(unit, story):
    """CircuitBreaker(threshold=10, reset_after=30) is a breaker: after ten failures a call is rejected."""
    given = {"threshold": 10, "reset_after": 30}
    with story.process() as process:
        for service in map(story.name, ("disk-7", "db-1")):
            circuit = Circuit(
                process, story, unit.CircuitBreaker(threshold=10, reset_after=30), Clock(story), given
            )
            for _ in range(9):
                circuit.one(ends=FAILS, takes=0.1)
            circuit.one(answer=service, takes=0.1)
            circuit.one(ends=FAILS, takes=0.1)
            circuit.one(answer=service)
            goes_by_the_contract(
                seen_in(story, circuit),
                "who hands in no clock has the machine's, the one that never goes back",
                "what does your code do with the default of `clock`?",
            )


def seen_in(story, circuit):
    """The story, with its circuit."""
    story.seen = circuit
    return story


# ---- the two questions


@dataclass
class Answer:
    """What a breaker answered to both questions, what it asked its policy, and where in the story that is."""

    state: str
    attempt: int
    again: object
    delay: object
    passed_on: list
    until: int | None


@dataclass
class Asked:
    """The circuit of a policy, and what its breaker answered to each question."""

    circuit: Circuit
    answers: list = field(default_factory=list)


def questions(unit, story, *, says, error=FAILS):
    """An outage with a policy that says yes, or no, or without one; it is asked at every step."""
    with story.process() as process:
        policy = RetryPolicy(story, says=says) if says is not None else None
        clock = Clock(story)
        given = {"threshold": 2, "window": 60, "reset_after": 30}
        breaker = unit.CircuitBreaker(**given, clock=clock, policy=policy)
        circuit = Circuit(process, story, breaker, clock, given)
        error = process.error(error, "no answer")
        asked = Asked(circuit)
        step = Step(process, story, breaker, policy, error, asked)
        step.call("closed", ends=FAILS)
        step.ask("closed", times=2)
        step.call("closed")
        step.call("closed", ends=FAILS)
        step.ask("open", times=2)
        step.call("open")
        process.wait(20)
        step.ask("open")
        process.wait(11)
        step.ask("half-open", times=2)
        step.call("half-open", ends="Abort")
        step.ask("half-open")
        step.call("half-open", ends=FAILS)
        step.ask("open")
        process.wait(31)
        step.call("half-open")
        step.ask("closed")
        step.call("closed")
    return asked


@dataclass
class Step:
    """Asks the breaker of a policy, and writes down what it answered."""

    process: object
    story: object
    breaker: object
    policy: RetryPolicy
    error: object
    asked: Asked

    def ask(self, state, times=1):
        for attempt in range(1, times + 1):
            before, told = len(self.policy.asked) if self.policy else 0, len(self.story.timeline)
            again = self.breaker.should_retry(attempt, error=self.error)
            self.says(f"should_retry({attempt}, ...) returned {again!r}", told)
            passed_on = [asked for asked, _ in self.policy.asked[before:]] if self.policy else []
            told = len(self.story.timeline)
            delay = self.breaker.next_delay(attempt)
            self.says(f"next_delay({attempt}) returned {delay!r}", told)
            told = len(self.story.timeline) or None
            self.asked.answers.append(Answer(state, attempt, again, delay, passed_on, told))

    def says(self, what, told):
        """An answer stands in the story, also of a breaker that asked nobody for it: `told` events ago."""
        if self.story.world.telling and len(self.story.timeline) == told:
            self.story.world.tell("your code", what)

    def call(self, state, **how):
        """One call; meanwhile somebody asks whenever the process waits."""
        wanted = bool(self.policy and self.policy.says and state != "open")

        def told(end):
            wrong = end.kind != "returned" or end.value is not wanted
            return f"should_retry(1, ...) {end}, and the circuit is {state}" if wrong else ""

        def make(call):
            return self.process.run(call, asking=self.breaker.should_retry.later(1, self.error), told=told)

        self.asked.circuit.one(make, **how)


POLICIES = {None: "no policy", True: "a policy that says yes", False: "a policy that says no"}


def each_answer(every_story):
    """Each answer, with what stands before it in words: the policy and the circuit."""
    for (says, told), error in product(POLICIES.items(), (FAILS, "asyncio.CancelledError")):
        for story in every_story(questions, (), 0, says=says, error=error):
            for answer in story.seen.answers:
                yield story, says, answer, f"{told}; the circuit is {answer.state}; "


def test_nobody_waits_for_a_closed_door(unit, every_story):
    """While the circuit is open nothing is tried again, even if the policy says yes and the wait is long."""
    for story, _, answer, told in each_answer(every_story):
        promise(
            answer.again is False or answer.state != "open",
            saw=f"{told}should_retry({answer.attempt}, ...) returned {answer.again!r}",
            rule="while the circuit is open the answer is no, whatever the policy says",
            ask="what would the next attempt meet, if it were made now?",
            story=story,
            until=answer.until,
        )


def test_the_policy_decides_unless_the_circuit_is_open(unit, every_story):
    """Closed and half-open the policy decides whether to try again; without a policy the answer is no."""
    for story, says, answer, told in each_answer(every_story):
        promise(
            answer.again is bool(says) or answer.state == "open",
            saw=f"{told}should_retry({answer.attempt}, ...) returned {answer.again!r}",
            rule="closed and half-open the policy decides, and without one the answer is no",
            ask="what makes your answer a no, and is the circuit open then?",
            story=story,
            until=answer.until,
        )
        promise(
            all(asked == answer.attempt for asked in answer.passed_on),
            saw=f"{told}should_retry({answer.attempt}, ...) asked the policy about attempt "
            f"{listed([str(asked) for asked in answer.passed_on or ['none']])}",
            rule="the policy is asked what the breaker was asked",
            ask="which numbers do you hand on to the policy?",
            story=story,
            until=answer.until,
        )
    for says in POLICIES:
        for story in every_story(questions, (), 0, says=says, error=FAILS):
            promise_under(story, "asked at any time")


def test_the_policy_knows_how_long_to_wait(unit, every_story):
    """next_delay says what the policy says, also while the circuit is open; without a policy, 0."""
    for story, says, answer, told in each_answer(every_story):
        wanted = 0 if says is None else RetryPolicy.delays[answer.attempt - 1]
        promise(
            answer.delay == wanted,
            saw=f"{told}next_delay({answer.attempt}) returned {answer.delay!r}"
            + (f", and that of the policy {wanted!r}" if says is not None else ""),
            rule="next_delay says what the policy says, also while the circuit is open, and 0 without one",
            ask="who knows how long to wait, and what has the circuit to do with it?",
            story=story,
            until=answer.until,
        )


def test_a_policy_is_known_by_its_two_methods(unit, story):
    """A policy that is false, equal to everything, and not hashable is asked as any other."""
    end = ask(unit, story, "ask_a_false_policy")
    promise(
        end.value == (True, 7.0),
        saw="a policy with a length of 0 says yes, and to wait 7 s; the circuit is closed, and the breaker "
        f"{'says ' + str(end.value) if end.kind == 'returned' else end}",
        rule="a policy is whatever was given as one, also where it is empty, or is equal to everything",
        ask="what does your code ask of the policy besides its two questions?",
        story=story,
    )


def test_to_ask_changes_nothing(unit, every_story):
    """Asked at any time, also by somebody else during a call, a breaker answers, and no call changes."""
    for says, told in POLICIES.items():
        for story in every_story(questions, (), 0, says=says, error=FAILS):
            circuit = story.seen.circuit
            attempts = max(len(call.operation.runs) for call in circuit.calls)
            promise(
                circuit.difference() is None and attempts <= 1,
                saw=circuit.saw or f"{circuit.words}, with {told}: one call, and {attempts} attempts",
                rule="a question is no call: it counts as no failure, and takes no place",
                ask="what is another value in your object after a question was answered?",
                story=story,
            )


# ---- all together: many orders of calls


GIFTS = ("up", "None", "a ValueError", "an answer that is neither true nor false")
NEITHERS = ("a CancelledError", "an order to stop", "a group with an order to stop")
SAME = "one and the same ConnectionError"
FAILURES = ("a ConnectionError", SAME, "a TimeoutError after a cancel", "a CircuitOpen", *odd_errors())
PLAINEST = {"went well": "up", "failed": "a ConnectionError"}
NAMES = ("read", "write", "a partial", "an object without a name")


def ending_of(thing):
    """What an operation that ends so says of the service."""
    if thing in GIFTS:
        return "went well"
    return "stopped" if thing in NEITHERS else "failed"


@dataclass
class Expected:
    """What the contract answers to the commands of a `Play`; `why` says what was true before the last one."""

    now: float = 0.0
    twins: dict = field(default_factory=dict)
    calls: dict = field(default_factory=dict)
    why: str = ""

    def do(self, what, *about):
        """The answer to a command; None where there is nothing that it is about."""
        return getattr(self, what)(*about)

    def breaker(self, which, *numbers):
        self.twins[which] = Twin(*numbers)
        return "made"

    def clock_goes(self, seconds):
        self.now += seconds
        return "gone"

    def call(self, number, which, _name, inside):
        if which not in self.twins or (inside is not None and not self.is_free(inside)):
            return None
        period, self.why = self.twins[which].asks(self.now)
        if period is None:
            return "rejected"
        self.calls[number] = which, period, inside
        return "reached"

    def ends(self, number, thing):
        if not self.is_free(number):
            return None
        self.out(number, ending_of(thing))
        return "as it is"

    def is_cancelled(self, number, thing):
        return self.ends(number, thing)

    def is_closed(self, number):
        if number not in self.calls or self.calls[number][2] is not None:
            return None
        family = [number]
        for outer in family:
            family += [each for each, (_, _, inside) in self.calls.items() if inside == outer]
        for each in reversed(family):
            self.out(each, "stopped")
        return "closed"

    def should_retry(self, which, _attempt, _error, says):
        if which not in self.twins:
            return None
        twin = self.twins[which]
        self.why = f"the policy says {says}, and {twin.state(self.now)}"
        return repr(says and not twin.is_open(self.now))

    def next_delay(self, which, _attempt, waits):
        if which not in self.twins:
            return None
        self.why = f"the policy says {waits}"
        return repr(waits)

    def is_free(self, number):
        """Is this call under way, and no call of its own in it?"""
        return number in self.calls and all(inside != number for _, _, inside in self.calls.values())

    def out(self, number, ending):
        which, period, _ = self.calls.pop(number)
        self.twins[which].ends(period, ending, self.now)


# ---- the commands that are played


class Commands:
    """Commands to a `Play`, and what the contract answers to them."""

    def __init__(self):
        self.list, self.expected = [], Expected()

    def does(self, *command):
        self.list.append(command)
        return self.expected.do(*command)

    def call(self, *, which=0, name="read", inside=None):
        """A call begins; gives its number."""
        number = len(self.list)
        self.does("call", number, which, name, inside)
        return number


class Walk(Commands):
    """Commands as they come: breakers, calls that begin and end in many ways, and time between them.

    Each walk has an error and a name of its own that come often: what is the same twice is seen so.
    """

    length = 60

    def __init__(self, dice):
        super().__init__()
        self.choice = choice = dice.choice
        self.often = choice(("a ConnectionError", SAME, *FAILURES)), choice(NAMES)
        self.says = "failed", "failed", choice(("failed", "stopped")), "went well", "stopped"
        for which in range(choice((1, 2))):
            self.does("breaker", which, choice((1, 1, 2, 2, 3)), choice((64, 64, 4)), choice((32, 8)))
        for _ in range(choice((0, 1, 4))):
            self.begins()
        does = *[self.begins, self.one_ends] * 4, *[self.time_goes] * 3, self.asks
        while len(self.list) < self.length:
            choice(does)()

    @property
    def free(self):
        """The calls that can end now."""
        return [number for number in self.expected.calls if self.expected.is_free(number)]

    @property
    def which(self):
        """One of the breakers."""
        return self.choice(list(self.expected.twins))

    def begins(self):
        """A call begins, now and then in the operation of another one."""
        choice = self.choice
        inside = choice((*self.free, None)) if choice((True, False, False)) else None
        self.call(which=self.which, name=choice((self.often[1], choice(NAMES))), inside=inside)

    def one_ends(self):
        """One of the calls that are under way ends, in one of many ways."""
        choice, free = self.choice, self.free
        if not free:
            return
        number, says = choice((free[0], free[-1], free[-1])), choice(self.says)
        if says == "stopped" and self.expected.calls[number][2] is None and choice((True, False)):
            self.does("is_closed", number)
            return
        thing = choice({"failed": FAILURES, "went well": GIFTS, "stopped": NEITHERS}[says])
        if says == "failed":
            thing = choice((self.often[0], self.often[0], thing))
        self.does(choice(("ends", "ends", "is_cancelled")), number, thing)

    def time_goes(self):
        """Time passes: to the end of a wait or just before it, or some of it."""
        choice, twin = self.choice, self.expected.twins[self.which]
        left = twin.opened + twin.reset_after - self.expected.now if twin.opened is not None else 0
        if left > 0 and choice((True, True, True, False)):
            self.does("clock_goes", left - choice((0, 0, 0, 0.5)))
        elif choice((True, False, False)):
            self.does("clock_goes", choice((1, 3.5, 4, 60)))

    def asks(self):
        """Both questions, once or twice; the policy says what it likes."""
        choice, which = self.choice, self.which
        error = choice((self.often[0], choice(FAILURES), choice(NEITHERS)))
        about = choice((1, 2, 1_000)), "a ConnectionError" if error == "a CircuitOpen" else error
        for _ in range(choice((1, 2))):
            self.does("should_retry", which, *about, choice((True, True, False)))
            self.does("next_delay", which, about[0], choice((0.25, 7.0, 45.0)))


WALKS = (
    *range(20), 101, 285, 335, 355, 414, 417, 464, 478, 494, 517, 643, 722, 869, 874, 1046, 1058, 1090, 1249,
    1289, 1304, 1377, 1417, 1441, 1500, 1517, 1560, 1628, 1788, 1882, 1897, 2079, 2151, 2159, 2263, 2355,
    2444, 2489, 2750, 2765, 2793, 2803, 2866, 2871, 2908, 2917, 2942, 3073, 3107, 3184, 3236, 3250, 3291,
    3502, 3514, 3689, 3702, 3738, 3870, 3932, 3946,
)  # fmt: skip
"""The first walks as they come, and of four thousand those that together meet the most situations."""
WELL, DOWN = ("ends", "up"), ("ends", "a ConnectionError")
SILENT = (("is_cancelled", "a CancelledError"), ("ends", "an order to stop"), ("is_closed",))


class ManyTimes(Commands):
    """The same, many times, and then an outage as on the first day."""

    threshold, window, reset_after = 3, 64, 32

    def __init__(self, what, times):
        super().__init__()
        self.does("breaker", 0, self.threshold, self.window, self.reset_after)
        getattr(self, what)(times)
        if self.expected.twins[0].opened is None:
            self.opens()
        self.waits()
        self.one(WELL)
        self.one(WELL)

    def one(self, ending):
        """A call begins, and ends if it was let through."""
        number, (how, *thing) = self.call(), ending
        if number in self.expected.calls:
            self.does(how, number, *thing)

    def opens(self):
        for _ in range(self.threshold):
            self.one(DOWN)

    def waits(self):
        """The wait is almost over, and then it is."""
        twin = self.expected.twins[0]
        left = twin.opened + twin.reset_after - self.expected.now
        if left > 0:
            self.does("clock_goes", left - 0.5)
            self.one(WELL)
            self.does("clock_goes", 0.5)

    def failed_probes(self, times):
        self.opens()
        for _ in range(times):
            self.waits()
            self.one(DOWN)

    def silent_probes(self, times):
        self.opens()
        for number in range(times):
            self.waits()
            self.one(SILENT[number % len(SILENT)])

    def outages(self, times):
        for _ in range(times):
            self.opens()
            self.waits()
            self.one(WELL)

    def rejections(self, times):
        self.opens()
        for _ in range(times):
            self.one(WELL)

    def rejections_beside_a_probe(self, times):
        self.opens()
        self.waits()
        probe = self.call()
        for _ in range(times):
            self.one(WELL)
        self.does("ends", probe, "up")

    def good_calls(self, times):
        for _ in range(times):
            self.one(WELL)

    def silent_calls(self, times):
        for number in range(times):
            self.one(SILENT[number % len(SILENT)])

    def old_failures(self, times):
        for _ in range(times):
            self.one(DOWN)
            self.does("clock_goes", self.window / 2)
        self.does("clock_goes", self.window)

    def late_failures(self, times):
        numbers = [self.call() for _ in range(times)]
        self.opens()
        for number in numbers:
            self.does("ends", number, "a ConnectionError")

    def questions(self, times):
        for number in range(times):
            self.does("should_retry", 0, 1, "one and the same ConnectionError", number % 3 > 0)
            self.does("next_delay", 0, 1, number / 4)


MANY_TIMES = (
    "failed_probes", "silent_probes", "outages", "rejections", "rejections_beside_a_probe", "good_calls",
    "silent_calls", "old_failures", "late_failures", "questions",
)  # fmt: skip


def plainer(command):
    """The commands that could stand in the place of this one, the plainest first."""
    what, *about = command
    if what in PLAINER:
        yield from PLAINER[what](what, *about)


def plainer_breakers(what, which, threshold, *seconds):
    for fewer in range(1, threshold):
        yield what, which, fewer, 64, 32
    if seconds != [64, 32]:
        yield what, which, threshold, 64, 32


def plainer_calls(what, number, which, name, inside):
    if inside is not None:
        yield what, number, which, "read", None
        yield what, number, which, name, None
    for plain in NAMES[: NAMES.index(name)]:
        yield what, number, which, plain, inside


def plainer_questions(what, which, attempt, error, says):
    if error != "a ConnectionError":
        yield what, which, attempt, "a ConnectionError", says
    if attempt > 1:
        yield what, which, 1, error, says


def plainer_endings(what, number, thing="a CancelledError"):
    """Plainer ways in which a call could end, the plainest first."""
    says = ending_of(thing)
    if says == "stopped":
        if (what, thing) != ("is_cancelled", "a CancelledError"):
            yield "is_cancelled", number, "a CancelledError"
        return
    if (what, thing) != ("ends", PLAINEST[says]):
        yield "ends", number, PLAINEST[says]
    if what == "is_cancelled":
        yield "ends", number, thing
        if thing != PLAINEST[says]:
            yield what, number, PLAINEST[says]


def plainer_delays(what, which, attempt, waits):
    if attempt > 1:
        yield what, which, 1, waits


PLAINER = {
    "breaker": plainer_breakers, "call": plainer_calls, "should_retry": plainer_questions,
    "next_delay": plainer_delays,
    "ends": plainer_endings, "is_cancelled": plainer_endings, "is_closed": plainer_endings,
}  # fmt: skip


def first_wrong(unit, lists):
    """The shortest of these lists of commands up to a wrong answer, and that answer; None if all is right."""
    given = json.loads(callers(unit, *CALLERS).played(json.dumps(lists)))
    found = None
    for commands, theirs in zip(lists, given, strict=True):
        expected = Expected()
        for place, (command, answer) in enumerate(zip(commands, theirs, strict=True)):
            if expected.do(*command) != answer:
                if found is None or place + 1 < len(found[0]):
                    found = commands[: place + 1], answer
                break
    return found


# ---- how commands are told


class Tale:
    """Commands, of which the last one is answered wrongly: in words, and as lines of a timeline."""

    is_alone = True

    def __init__(self, commands, answer):
        self.commands, self.answer, self.expected = commands, answer, Expected()
        self.circuits = {command[1]: command[2:] for command in commands if command[0] == "breaker"}
        self.has_names = any(command[0] == "call" and command[3] != "read" for command in commands)
        self.items, self.lines, self.calls, self.newest = [], [], {}, None
        for place, (what, *about) in enumerate(commands):
            self.is_last, self.right = place == len(commands) - 1, self.expected.do(what, *about)
            if self.is_last or self.right is not None:
                getattr(self, f"tell_{what}")(*about)

    @property
    def saw(self):
        """The breakers, what happened, and what was wrong then."""
        made = [CIRCUIT.format(*numbers) for numbers in self.circuits.values()]
        if len(made) > 1:
            made = [f"{letter}: {each}" for letter, each in zip("AB", made, strict=True)]
        items = [*repeats(self.items[:-1])[-8:], self.items[-1]]
        before = "" if self.is_alone else "in a process that has had other breakers before, "
        return f"{before}{'; '.join(made)}: {'; '.join(items)}"

    def tell(self, lane, line, item, wrong):
        self.lines.append((self.expected.now, lane, line))
        self.items.append(f"then {wrong}" if self.is_last else item)

    def of_which(self, which, word):
        """Of which breaker, where there are two."""
        return f" {word} {'AB'[list(self.circuits).index(which)]}" if len(self.circuits) > 1 else ""

    def tell_breaker(self, which, *numbers):
        if self.is_last:
            self.items.append(f"to make it {self.answer}")

    def tell_clock_goes(self, seconds):
        """Time goes by; what went by just before is added to it."""
        if self.items and self.items[-1].endswith(" s go by"):
            seconds += float(self.items.pop().partition(" ")[0])
        self.items.append(f"{seconds:g} s go by")

    def tell_call(self, number, which, name, inside):
        """A call begins or is rejected; the words for it are kept until it ends."""
        place = len(self.calls) + 1
        through = self.of_which(which, "through")
        within = f" in the operation of {self.calls[inside][0]}" if inside is not None else ""
        about = f"{f' of {name}' * self.has_names}{through}{within}"
        self.calls[number], self.newest = (f"call {place}", f"a call{about}"), number
        became = {"reached": "reached the service", "rejected": "was rejected"}.get(self.answer, self.answer)
        does = "begins" if self.right == "reached" else "is rejected"
        if self.is_last:
            does = became
        self.tell(
            f"call {place}",
            f"call({name}) {does}",
            f"call {place}{about} begins" if self.right == "reached" else f"a call{about} is rejected",
            f"a call{about} {became}, though {self.expected.why}",
        )

    def tell_ends(self, number, thing):
        self.tell_end(number, thing_told(thing))

    def tell_is_cancelled(self, number, thing):
        then = "" if thing == "a CancelledError" else f", and its operation then {thing_told(thing)}"
        self.tell_end(number, f"is cancelled{then}")

    def tell_is_closed(self, number):
        self.tell_end(number, "is thrown away with its event loop")

    def tell_end(self, number, end):
        """A call ends; if nothing happened since it began, that needs no words of its own."""
        place, words = self.calls.get(number, ("a call", "a call"))
        if number == self.newest and self.items[-1].endswith("begins"):
            self.items.pop()
        else:
            words = place
        self.tell(place, end, f"{words} {end}", f"{words} {end}; what its caller saw of it: {self.answer}")

    def tell_should_retry(self, which, attempt, error, says):
        self.tell_question(f"should_retry({attempt}, {error}){self.of_which(which, 'of')}")

    def tell_next_delay(self, which, attempt, waits):
        self.tell_question(f"next_delay({attempt}){self.of_which(which, 'of')}")

    def tell_question(self, question):
        why = self.expected.why
        does = self.answer if self.answer.startswith("raises ") else f"returned {self.answer}"
        line = f"{question} {does if self.is_last else f'returned {self.right}'}"
        self.tell("caller", line, f"{question} returned {self.right}: {why}", f"{question} {does}: {why}")


CIRCUIT = "CircuitBreaker(threshold={}, window={}, reset_after={})"


def thing_told(thing):
    """How an operation ends, in words."""
    if thing in GIFTS:
        return f"gives {thing!r}" if thing == "up" else f"gives {thing}"
    return f"raises {thing}"


def repeats(items):
    """These items, and what is there several times in a row is there once: "3 times: ..."."""
    told, place = [], 0
    while place < len(items):
        for size in (1, 2, 3, 4):
            block, times = items[place : place + size], 1
            while items[place + times * size : place + (times + 1) * size] == block:
                times += 1
            if times > 1 and len(block) == size:
                told.append(f"{times} times: {', '.join(block)}")
                place += times * size
                break
        else:
            told.append(items[place])
            place += 1
    return told


PASSED_ON = "a question is passed on, each time anew; a breaker says no by itself only while it is open"
WORDS = {
    "call": (
        "every call meets every state that those before it can leave, however often and however they end",
        "for each way in which a call ends: what stands in your object before it, and what after it?",
    ),
    "should_retry": (PASSED_ON, "what does your answer depend on, besides the circuit and the policy?"),
    "next_delay": (PASSED_ON, "what does your answer depend on, besides the policy?"),
}
WORDS_OF_AN_END = (
    "a breaker decides who calls; what comes out belongs to whoever called",
    "what does your code do between the end of an operation and its caller?",
)


WORDS_OF_A_QUESTION = (
    "a question is no call: it counts as no failure, and takes no place",
    "what is another value in your object after a question was answered?",
)


def words_of_a_tale(commands):
    """The rule and the question where the last of these commands is answered wrongly; it needs them all."""
    last = commands[-1][0]
    if last == "call" and any(what in ("should_retry", "next_delay") for what, *_ in commands):
        return WORDS_OF_A_QUESTION
    return WORDS.get(last, WORDS_OF_AN_END)


def smallest_wrong(unit, story, lists):
    """The tale of the first wrong answer, with the fewest commands that lead to it; None if all are right."""
    latest = []

    def cut(commands):
        found = first_wrong(unit, [commands])
        if found is not None:
            latest[:] = found
        return found and found[0]

    with story.untold(), story.process():
        found = first_wrong(unit, lists)
        if found is None:
            return None
        latest[:] = found
        smallest(found[0], cut, plainer)
    tale = Tale(*latest)
    with story.process():
        with story.untold():
            tale.is_alone = first_wrong(unit, [tale.commands]) is not None
        for now, lane, line in tale.lines:
            story.world.pass_time(now - story.seconds)
            story.world.tell(lane, line)
    return tale


def in_many_orders(unit, story):
    """Walks of commands."""
    return smallest_wrong(unit, story, [Walk(Dice(number)).list for number in WALKS])


def many_times(unit, story):
    """The same, more often than any number in the file says."""
    times = max((12, *numbers_of(unit, 100))) + 2
    return smallest_wrong(unit, story, [ManyTimes(what, times).list for what in MANY_TIMES])


def answered_as_the_contract_says(story):
    """Promise that no answer was wrong."""
    tale = story.seen
    rule, question = words_of_a_tale(tale.commands) if tale else WORDS_OF_AN_END
    promise(tale is None, saw=tale.saw if tale else "", rule=rule, ask=question, story=story)


def test_nothing_wears_out(unit, every_story):
    """However often the same has happened before, an outage goes as the first one did."""
    for story in every_story(many_times, (), 0):
        answered_as_the_contract_says(story)


def test_no_order_of_calls_confuses_a_breaker(unit, every_story):
    """In whatever order calls begin and end, each finds the circuit that those before it have left."""
    for story in every_story(in_many_orders, (), 0):
        answered_as_the_contract_says(story)
