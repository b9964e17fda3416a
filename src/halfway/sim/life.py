"""One process lifetime, seen from the judge. `handle(message) -> reply` is its whole surface."""

from collections.abc import Callable
from functools import cache
from typing import Any

from halfway.sim.answers import MALFORMED, check_results
from halfway.sim.errors import BegunError, CheckerFaultError, CrashError, FoulError
from halfway.sim.portcalls import Event, LinkLike, Theirs
from halfway.sim.pressures import CALLERS, IN_CLEANUP, MOMENT_S, YEAR_S
from halfway.sim.stoppable import CANCELS_MAX, Stoppable
from halfway.sim.switches import SWITCHED, Threads
from halfway.sim.tape import CANCEL_HERE, STEP_OPTIONS, WHICH_NEXT
from halfway.sim.timeline import BLOCK, NS
from halfway.sim.world import CANCEL, CRASH, HORIZON_NS, ORDER, STEPS, World
from halfway.wire import Wire

MESSAGES_MAX, REST_MESSAGES_MAX = 20_000, 2_000
_CALLERS = ("", IN_CLEANUP)
_NO_FAULTS: frozenset[str] = frozenset()
_OWN_CHOICES = frozenset((ORDER, STEPS))
_DEADLOCK = "everything waits, and nothing that it waits for will happen"
_TEN_YEARS = "ten years of virtual time passed and it has not ended"

Call = tuple[Wire, tuple[Any, ...], dict[str, Any]]


class Life(Stoppable):
    """A process: what it has under way in the world, and what may still go wrong with it."""

    def __init__(self, world: World, link: LinkLike, theirs: Theirs) -> None:
        super().__init__(world, link, theirs)
        self.dead = self.ended = self.stoppable = self.watch = self.compares = False
        self.in_cleanup = self.in_turn = self.in_a_new_loop = False
        self.swallowed = self.leaked = self.left = self.uncancelled = 0
        self.calls: tuple[tuple[str, str, int], ...] = ()
        self.changed: tuple[str, ...] = ()
        self.lost_by = self.stood_still = ""
        self.begins_s: float = 0
        self.classes: dict[int, str] = {}
        self.coroutines: dict[int, str] = {}
        self.ended_ns: list[int] = []
        self.on_asked: Callable[[Wire, Wire], None] | None = None
        self.asking: Call | None = None
        self.asks_apart = False
        self.in_threads = False
        self.threads: Threads | None = None
        self._busy = self._is_over = False
        self._has_waited = self._has_chosen = self._is_work = self._sees = False
        self._rings_ns = -1
        self._cancellable = 1
        self._at_once, self._messages_left = 1, MESSAGES_MAX
        world.life = self
        world.lives += 1
        self._zero_ns = world.now_ns
        self.starts_ns, self.seed = world.start_of_process()
        link.begin(self)

    @property
    def now_ns(self) -> int:
        """What time it is by the process's own clock, which began with it."""
        return self.world.now_ns - self._zero_ns

    # ---- to the subject

    def call(self, calls: list[Call], stoppable: int | None = None) -> Wire:
        """Make calls of the unit, concurrently if there are several, and give their outcomes.

        They can be cancelled while `stoppable` is set: the first so many of them, by default all. Raises
        CrashError if the process dies on the way, or is dead already.
        """
        if self.dead or self.ended:
            # Before anything is packed: what is told of a port for the first time has to arrive, too.
            raise CrashError
        world = self.world
        faults = world.faults if world.on and not self._is_over else _NO_FAULTS
        self._can_cancel = self.stoppable and CANCEL in faults
        self._can_die = CRASH in faults and calls[0][0] != "!wait"
        self._at_once, self.stood_still = len(calls), ""
        self._is_work, self._sees = calls[0][0] not in ("!wait", "!rest"), self.compares and self.stoppable
        self._cancellable = len(calls) if stoppable is None else stoppable
        self._has_waited = self._has_chosen = False
        until_ns = world.now_ns + round(calls[0][1][0] * NS) if calls[0][0] == "!wait" else 0
        plan = world.tape.coming() if world.tape.has_own_choices else None
        answer = self._ask(
            ["call", [self._packed(call) for call in calls], self.now_ns, plan, self._options(faults)]
        )
        try:
            _, results, extra, seen = answer
            if extra is not None:
                self._take_extra(extra)
            self.leaked = self.left = self.uncancelled = 0
            self.ended_ns, self.changed = [], () if self._sees else self.changed
            if seen is not None:
                self._take_seen(seen)
        except MALFORMED as error:
            raise FoulError("an answer of no known shape") from error
        check_results(results, len(calls))
        if world.now_ns < until_ns and results[0][0] != "hung":
            raise FoulError("it said that a wait was over before it was")
        if ORDER in faults and len(calls) > 1 and self._has_waited and not self._has_chosen:
            # Of two tasks that begin in one turn either can go first: whoever tells of no choice hides it.
            world.tape.is_untold = True
        return results

    def _packed(self, call: Call) -> Wire:
        target, args, kwargs = call
        # A text is made anew, as on every other link: nobody who compares by identity finds it again.
        given = [a[:1] + a[1:] if type(a) is str else self.out(a) for a in args]
        named = {name: self.out(value) for name, value in kwargs.items()} if kwargs else kwargs
        return [target, given, named]

    def get(self, handle: int, name: str) -> Wire:
        """Ask for an attribute of one of their objects: ["method", None] or an outcome."""
        answer = self._ask(["get", handle, name, self.now_ns])
        if answer[1] != [["method", None]]:
            check_results(answer[1], 1)
        return answer[1][0]

    def _options(self, faults: frozenset[str]) -> dict[str, Wire] | None:
        caller = self.in_cleanup or (self._can_cancel and self._caller())
        beside = self._at_once - self._cancellable
        is_odd = self.in_turn or self.in_a_new_loop or self.asking or self.in_threads
        is_plain = not (caller or beside or is_odd or faults & _OWN_CHOICES)
        if is_plain and not (self.world.telling or self.watch or self._sees):
            return None
        options: dict[str, Wire] = {}
        if beside:
            options |= {"beside": beside, "begins": self.begins_s}
        if caller:
            options["caller"] = 1
        options |= {
            name: 1 for name, is_so in (("turn", self.in_turn), ("loop", self.in_a_new_loop)) if is_so
        }
        if self.asking is not None:
            options["asking"] = self._packed(self.asking) + [1] * self.asks_apart
        if ORDER in faults:
            options["order"] = 1
        if STEPS in faults and self._can_cancel:
            options["steps"] = CANCELS_MAX - self.cancelled
        if self.world.telling:
            options["lines"] = 1
        options |= {name: 1 for name, is_so in (("watch", self.watch), ("settings", self._sees)) if is_so}
        return (options | self._of_threads()) or None

    def _of_threads(self) -> dict[str, Wire]:
        """What a process is told that may have threads, and of those that it has now."""
        told = {"in_threads": 1} if self.in_threads else {}
        return told if self.threads is None else told | self.threads.options()

    def _caller(self) -> bool:
        """Is the call made in the clean-up of a task that was cancelled before? Chosen once in a story."""
        world = self.world
        if world.called_in_cleanup is None:
            asked = CALLERS in world.pressures
            world.called_in_cleanup = asked and bool(world.tape.choose("caller", _CALLERS))
            if world.called_in_cleanup:
                world.tell_fault(IN_CLEANUP)
        return world.called_in_cleanup

    @property
    def is_busy(self) -> bool:
        """Is the process in the middle of a call? Nobody can ask it anything then."""
        return self._busy

    @property
    def has_requests(self) -> bool:
        """Is a call of a port still under way?"""
        return bool(self._requests)

    def rest(self) -> str:
        """Nothing more is asked of the process, and a year goes by: say what of it goes on, "" for nothing.

        The waiting is the judge's: a subject that says "done" before the year is over said what no subject
        says.
        """
        if self._requests:
            return f"{next(iter(self._requests.values())).name}() was still under way"
        if not self.left and self._link.is_trusted:
            return ""
        world, before_ns, was_left = self.world, self.world.now_ns, self.left
        self._is_over = True
        try:
            if was_left:
                self.call([("!rest", (MOMENT_S,), {})])
                if not self.left:
                    return ""  # It only had to run to its end: an asynchronous generator that is closed, say.
            self._rings_ns = -1
            ((how, value),) = self.call([("!rest", (YEAR_S,), {})])
        except BegunError as begun:
            return f"{(world.now_ns - before_ns) / NS:g} s later it called {begun}"
        finally:
            self._is_over = False
        if how == "hung":
            return f"it was still at work: {value}" if self._messages_left >= 0 else "it went on and on"
        if world.now_ns - before_ns < round(YEAR_S) * NS:
            raise FoulError("it said that a year was over before it was")
        if before_ns < self._rings_ns < before_ns + round(YEAR_S) * NS:
            return f"{(self._rings_ns - before_ns) / NS:g} s later a timer of it rang"
        return "a task, a thread or a timer of it still waited a year later" if self.left else ""

    def _ask(self, request: Wire) -> Wire:
        if self.dead or self.ended:
            raise CrashError
        if self._busy:
            raise CheckerFaultError("a port called the unit")
        self._busy, self._messages_left = True, REST_MESSAGES_MAX if self._is_over else MESSAGES_MAX
        self._repeats.begin()
        try:
            answer = self._link.call(request, self)
        except BaseException:
            # Whatever went wrong, in the middle of a call there is no going on.
            self.dead = True
            self.withdraw()
            self._link.kill()
            raise
        finally:
            self._busy = False
        if type(answer) is not list or len(answer) != 4:
            raise FoulError("an answer of no known shape")
        return answer

    def _take_seen(self, seen: Wire) -> None:
        self.swallowed += int(seen.get("swallowed", 0))
        self.uncancelled = int(seen.get("uncancelled", 0))
        self.leaked, self.left = int(seen.get("leaked", 0)), int(seen.get("left", 0))
        self.ended_ns = [self._end_ns(at_ns) for at_ns in seen.get("ended", ())]
        if self._sees:
            self.changed = tuple([str(name)[:80] for name in seen.get("changed", ())])
        self.lost_by = str(seen.get("lost", ""))[:40] or self.lost_by
        self.calls += tuple(
            [(str(name), str(function), int(line)) for name, function, line in seen.get("calls", ())]
        )

    def _end_ns(self, at_ns: Wire) -> int:
        """When a call ended, by the world's clock; -1 for one that has not."""
        if type(at_ns) is not int or at_ns > self.now_ns:
            raise FoulError("a call that ended later than now")
        return at_ns + self._zero_ns if at_ns >= 0 else -1

    # ---- messages of the subject

    def handle(self, message: Wire) -> Wire:
        """Answer one message of the subject. Raises CrashError when its lifetime ends here."""
        if self.dead:
            raise CrashError
        kind, data, extra = message
        if self._is_over and (kind == "port" or (extra is not None and extra[0])):
            raise BegunError(self._begun(data if kind == "port" else extra[0][0][1:]))
        if extra is not None:
            self._take_extra(extra)
        self._messages_left -= 1
        world = self.world
        if self._messages_left < 0:
            return ["hung", f"it took {MESSAGES_MAX:,} messages and has not ended", None, self.now_ns]
        if (kind == "port" or extra is not None) and self._only_repeats(kind, data, extra):
            answer, content = "hung", self._repeated()
        elif kind == "port":
            answer, content = self._call_port(data)
        elif kind == "idle":
            answer, content = self._idle(data)
        elif kind == "block":
            answer, content = self._block(data)
        elif kind == "thread" and self.threads is not None:
            self.threads.take(self, data)
            answer, content = "value", None
        else:
            raise FoulError(f"a message {kind!s:.40}")
        tape = world.tape
        return [answer, content, tape.coming() if tape.has_own_choices else None, self.now_ns]

    def _take_extra(self, extra: Wire) -> None:
        begun, dropped, choices = extra
        self._messages_left -= len(choices)
        for options in choices:
            self._take_choice(options)
        for data in begun:
            self._begin(data)
        for call in dropped:
            self._drop(call)

    def _take_choice(self, options: Wire) -> None:
        """The subject made one of its own choices; it is on the tape like every other."""
        if type(options) is not int or not (options == -2 or 1 < options < 1000):
            raise FoulError("a choice of no known kind")
        tape = self.world.tape
        if options > 0:
            self._has_chosen = True
            taken = tape.choose(WHICH_NEXT, _which(options))
            if taken:
                self.world.tell_fault("another task goes first" if self.threads is None else SWITCHED)
        elif tape.choose(CANCEL_HERE, STEP_OPTIONS):
            self._note_cancel("cancelled between two steps")

    def _block(self, data: Wire) -> tuple[str, Wire]:
        """The process stands still for a while, as it does in `time.sleep`."""
        seconds, function, line = data
        world = self.world
        if type(seconds) is not float or not seconds >= 0:
            raise FoulError("a time to stand still")
        if world.seconds + seconds > HORIZON_NS / NS:
            return "hung", _TEN_YEARS
        world.pass_time(seconds)
        where = f" in {function}, line {line}" if function else ""
        if seconds and not self.stood_still:
            self.stood_still = f"{seconds:g} s{where}"
        world.tell("your code", f"BLOCKED for {seconds:g} s{where}", BLOCK)
        return "value", None

    def _who(self, line: Wire) -> str:
        if self.threads is not None and type(line) is list and len(line) == 2:
            return self.threads.lane(line[1])
        return super()._who(line)

    # ---- nothing is ready

    def _idle(self, data: Wire) -> tuple[str, Wire]:
        """Nothing in the subject is ready: what happens next, and is the process stopped before it?

        Gives what wakes the subject, which call is cancelled (counted from 1; negative: late), and whether
        what is cancelled is slow to leave.
        """
        next_ns, under_way, asked = data
        self._check_idle(next_ns, under_way)
        self._has_waited = True
        if self.on_asked is not None:
            self._take_asked(asked)
        if next_ns is not None:
            next_ns += self._zero_ns
            if self._is_over and self._rings_ns < 0:
                self._rings_ns = next_ns
        while True:
            event = self._coming(next_ns)
            at_ns, name = (next_ns, "sleep") if event is None else (event[0], event[2].name)
            if at_ns is None:
                return "hung", _DEADLOCK
            if at_ns > HORIZON_NS:
                return "hung", _TEN_YEARS
            if (self._can_cancel or self._can_die) and self._can_be_stopped(event):
                cancel, slow = self._stop(name, under_way, event is not None)
                if cancel:
                    return "go", [None, cancel, slow]
            told = self._go_to(event, at_ns, under_way)
            if told is not None:
                return "go", told

    def _coming(self, next_ns: int | None) -> Event | None:
        """What happens next in the world; None if a timer of the process is due before."""
        event = self._next_event(next_ns)
        if next_ns is None:
            return event
        while event is not None and self._is_work and self._outlasts(next_ns):
            event = self._next_event(next_ns)
        if event is None and self._lengths.end(self._events, self._requests.values(), next_ns):
            return self._next_event(next_ns)
        return event

    def _go_to(self, event: Event | None, at_ns: int, under_way: int) -> Wire:
        """Go on to what happens next, and give what the subject is told of it; None if it is told nothing."""
        if event is None:
            self.world.now_ns = at_ns
            late = self._late_cancel("sleep", under_way) if self._can_be_stopped(None) else 0
            return [None, -late, 0]
        request = self._take_event()
        if self._go_on(request):
            late = 0 if request.is_calm else self._late_cancel(request.name, under_way)
            return [self._reply(request), -late, 0]
        # Something happened out there: whoever asks what only reads may ask just now.
        return [None, 0, 0] if self.on_asked is not None else None

    def _check_idle(self, next_ns: Wire, under_way: Wire) -> None:
        if next_ns is not None and (type(next_ns) is not int or next_ns < self.now_ns):
            raise FoulError("a timer in the past")
        fewest = 1 if self._cancellable == self._at_once else 0
        if type(under_way) is not int or not fewest <= under_way <= self._cancellable:
            raise FoulError("another number of calls under way than were made")

    def _take_asked(self, asked: Wire) -> None:
        """Somebody asked, just now, what only reads: check what they were told."""
        if type(asked) is not list or len(asked) != 2:
            raise FoulError("what was asked was not answered")
        assert self.on_asked is not None
        check_results([asked], 1)
        self.on_asked(*asked)

    # ---- the end

    def end(self) -> None:
        """The process ends."""
        if not self.ended:
            self.ended = True
            self.withdraw()
            self._link.end()
            self.world.life = None


@cache
def _which(options: int) -> tuple[str, ...]:
    """Which of so many goes on: by default the first."""
    return ("", *map(str, range(1, options)))
