"""Threads without threads: lanes of calls, one of which goes on at a time, step by step.

Each lane makes its calls one after the other. Where more than one could go on, the judge's plan says which;
by default it is the one that goes on already.
"""

from collections.abc import Callable
from typing import Any, Protocol

from halfway.subject.hosts import HungError
from halfway.subject.locks import NS, Now
from halfway.subject.stepping import Steps, Wait, call, out
from halfway.wire import Wire

STEPS_MAX = 10_000
"""So many steps may a call take without once waiting for anything."""
NAPS_MAX = 60
"""So often may lanes wake by their own clocks, nothing else happening; then what is to come comes."""
_TURNS = "it goes round and round without waiting for anything"

Call = tuple[int, int, Callable[..., Any], list[Any], dict[str, Any]]
"""The place of a call among all, when it begins, and what is called with what."""


class Host(Protocol):
    """The process in which lanes run."""

    tells: bool

    @property
    def now_ns(self) -> int: ...
    def returned(self, value: Any) -> Wire: ...
    def raised(self, error: BaseException) -> Wire: ...
    def is_theirs(self, error: BaseException) -> bool: ...
    def wait_for_more(self, next_ns: int | None, under_way: int) -> None: ...
    def which(self, options: int) -> int: ...
    def goes_on(self, place: int) -> None: ...
    def is_asking(self) -> bool: ...
    def told(self, place: int, what: str, content: Wire) -> None: ...
    def line_in(self, steps: Steps) -> int: ...


class Reply:
    """The answer to a call of a port that a lane waits for; an asyncio.Future, as far as one is asked."""

    __slots__ = ("_is_done", "error", "value")

    def __init__(self) -> None:
        self._is_done, self.value, self.error = False, None, None

    def done(self) -> bool:
        """Is it there?"""
        return self._is_done

    def set_result(self, value: Any) -> None:
        """It is this."""
        self._is_done, self.value = True, value

    def set_exception(self, error: Any) -> None:
        """It is an error."""
        self._is_done, self.error = True, error


class Lane:
    """One thread: its name, its calls, and where it stands."""

    __slots__ = ("calls", "name", "place", "steps", "taken", "wait")

    def __init__(self, name: str, calls: list[Call]) -> None:
        self.name, self.calls = name, calls
        self.place = calls[0][0]
        self.wait: Wait | None = None
        self.taken = 0
        self.steps: Steps = iter(())  # type: ignore[assignment]


class Lanes:
    """Runs lanes to their ends, or until nothing goes on any more."""

    def __init__(self, host: Host, lanes: list[Lane], results: list[Wire], *, by_turns: bool) -> None:
        self._host, self._lanes, self._results, self._by_turns = host, lanes, results, by_turns
        self._live = list(lanes)
        self._naps = 0
        self._stepping: Lane | None = None
        self._is_over = False

    def run(self) -> None:
        """Run them; the results of their calls stand in `results` then. Raises what ends the process."""
        Now.ns = staticmethod(lambda: self._host.now_ns)
        current = self._lanes[0]
        try:
            for lane in self._lanes:
                lane.steps = self._steps(lane)
            for lane in self._lanes:
                self._step(lane)
            while self._live:
                chosen = self._next(current)
                if chosen is not None:
                    current = chosen
                    self._step(current)
        except HungError as hung:
            self._tell_who_waits(str(hung), self._stepping)
        finally:
            self._is_over, Now.thread = True, ""
            for lane in self._live:
                end(lane.steps)

    # ---- who goes on

    def _next(self, current: Lane) -> Lane | None:
        """The lane that goes on; None where time had to pass first."""
        ready = self._ready()
        if not ready:
            self._wait()
            return None
        if len(ready) == 1:
            return ready[0]
        taken = self._host.which(len(ready))
        if not taken and current in ready and not self._by_turns:
            return current
        order = self._in_order(ready, current)
        if taken:
            self._host.told(order[0].place, "held", self._host.line_in(order[0].steps))
        return order[taken]

    def _ready(self) -> list[Lane]:
        """The lanes that can go on. One that cannot has waited, and may take so many steps anew."""
        now_ns = self._host.now_ns
        ready = []
        for lane in self._live:
            wait = lane.wait
            if wait is None or wait.is_ready() or (wait.until_ns is not None and wait.until_ns <= now_ns):
                ready.append(lane)
            else:
                lane.taken = 0
        return ready

    def _in_order(self, ready: list[Lane], current: Lane) -> list[Lane]:
        """Who is to go on by default, then the others: in turn, after the one that went on last."""
        place = self._lanes.index(current)
        after = [*self._lanes[place + 1 :], *self._lanes[: place + 1]]
        order = [lane for lane in after if lane in ready]
        if current in ready and not self._by_turns:
            order.insert(0, order.pop())
        return order

    def _wait(self) -> None:
        """Nothing goes on: let happen what happens next."""
        timers = [lane.wait.until_ns for lane in self._live if lane.wait and lane.wait.until_ns is not None]
        now_ns = self._host.now_ns
        self._stepping = None
        self._naps = 0 if self._host.is_asking() else self._naps + 1
        if self._naps > NAPS_MAX * len(self._live):
            self._hurry()
            return
        next_ns = max(min(timers), now_ns) if timers else None
        self._host.wait_for_more(next_ns, sum(len(lane.calls) for lane in self._live))

    def _hurry(self) -> None:
        """All that lanes do is look at the clock: what is to begin begins; without that, it is over.

        Whatever is to begin later comes as much earlier, so that it begins as long after that.
        """
        self._naps = 0
        coming = [lane.wait for lane in self._live if type(lane.wait) is Beginning]
        if not coming:
            raise HungError("it waits again and again")
        earlier_ns = min(wait.at_ns for wait in coming) - self._host.now_ns
        for wait in coming:
            wait.until_ns = wait.at_ns = wait.at_ns - earlier_ns
        for lane in self._live:
            lane.calls = [(call[0], call[1] - earlier_ns, *call[2:]) for call in lane.calls]

    def _step(self, lane: Lane) -> None:
        lane.wait = None
        self._stepping = lane
        Now.thread = lane.name
        if self._host.tells:
            self._host.goes_on(lane.place)
        lane.taken += 1
        if lane.taken > STEPS_MAX:
            raise HungError(_TURNS)
        try:
            lane.wait = next(lane.steps)
        except StopIteration:
            self._live.remove(lane)

    # ---- what a lane does

    def _steps(self, lane: Lane) -> Steps:
        while lane.calls:
            place, begins_ns, function, args, kwargs = lane.calls[0]
            lane.place = place
            comes_later = begins_ns > self._host.now_ns
            if comes_later:
                yield Beginning(begins_ns)
                self._naps = 0
            self._host.told(place, "begins", comes_later)
            lane.taken = 0
            try:
                value = out((yield from call(function, *args, **kwargs)))
            except BaseException as error:
                is_gone = self._is_over or isinstance(error, HungError)
                if is_gone or not self._host.is_theirs(error):
                    raise
                self._results[place] = self._host.raised(error)
            else:
                self._results[place] = self._host.returned(value)
            lane.calls.pop(0)
            self._host.told(place, "ends", self._results[place])

    def _tell_who_waits(self, why: str, whose: Lane | None) -> None:
        """Nothing goes on any more: each call that has not ended says what it waits for."""
        for lane in self._live:
            line = self._host.line_in(lane.steps)
            where = f", in line {line}" if line else ""
            if lane is whose:
                told = why + where
            elif lane.wait is not None:
                told = f"it waits {lane.wait.told()}{where}"
            else:
                told = f"it was under way{where}"
            for number, (place, *_) in enumerate(lane.calls):
                self._results[place] = ["hung", told if not number else "it was never made"]
            if lane is whose or lane.wait is not None:
                self._host.told(lane.place, "waits", told)


class Beginning(Wait):
    """A lane begins its next call at a time."""

    __slots__ = ("at_ns",)

    def __init__(self, at_ns: int) -> None:
        super().__init__(lambda: False, lambda: "for its time to begin", at_ns)
        self.at_ns = at_ns


def end(steps: Steps) -> None:
    """A lane is over: whatever it still does on its way out happens to nobody."""
    for _ in range(1_000):
        try:
            steps.close()
        except RuntimeError:
            continue  # It waits on its way out.
        except BaseException:
            return
        return


def sleep(seconds: float) -> Steps:
    """`time.sleep` in a lane: others go on meanwhile."""
    until_ns = Now.ns() + (round(seconds * NS) or seconds > 0)
    yield Wait(lambda: False, lambda: f"for {seconds:g} s to pass", until_ns)


def lanes_of(told: Wire, calls: list[tuple[Callable[..., Any], list[Any], dict[str, Any]]]) -> list[Lane]:
    """Make the lanes: `told` has the name of the lane of each call, and when it begins."""
    held: dict[str, list[Call]] = {}
    for place, ((name, begins_ns), what) in enumerate(zip(told, calls, strict=True)):
        held.setdefault(name, []).append((place, begins_ns, *what))
    return [Lane(name, made) for name, made in held.items()]
