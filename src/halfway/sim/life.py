"""One process lifetime, seen from the judge. `handle(message) -> reply` is its whole surface."""

from functools import cache
from typing import Any

from halfway.sim.answers import MALFORMED, check_results
from halfway.sim.errors import CheckerFaultError, CrashError, FoulError
from halfway.sim.portcalls import LinkLike, PortCalls, Theirs, call_told
from halfway.sim.repeats import FOR_EVER, Repeats
from halfway.sim.tape import CANCEL_HERE, STEP_OPTIONS, WHICH_NEXT
from halfway.sim.timeline import BLOCK, NS, STOP
from halfway.sim.world import CANCEL, CRASH, HORIZON_NS, ORDER, STEPS, World
from halfway.wire import ATOMS, Wire

MESSAGES_MAX = 20_000
CANCELS_MAX = 2
_NO_FAULTS: frozenset[str] = frozenset()
_OWN_CHOICES = frozenset((ORDER, STEPS))
_DEADLOCK = "everything waits, and nothing that it waits for will happen"
_TEN_YEARS = "ten years of virtual time passed and it has not ended"

Call = tuple[Wire, tuple[Any, ...], dict[str, Any]]


class Life(PortCalls):
    """A process: what it has under way in the world, and what may still go wrong with it."""

    def __init__(self, world: World, link: LinkLike, theirs: Theirs) -> None:
        super().__init__(world, link, theirs)
        self.dead = self.ended = self.stoppable = self.watch = False
        self.cancelled = self.swallowed = self.leaked = 0
        self.calls: tuple[tuple[str, str, int], ...] = ()
        self._can_cancel = self._can_die = self._busy = self._has_waited = self._has_chosen = False
        self._at_once, self._messages_left = 1, MESSAGES_MAX
        self._repeats = Repeats()
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

    def call(self, calls: list[Call]) -> Wire:
        """Make calls of the unit, concurrently if there are several, and give their outcomes.

        They can be cancelled while `stoppable` is set. Raises CrashError if the process dies on the way, or
        is dead already.
        """
        world = self.world
        faults = world.faults if world.on else _NO_FAULTS
        self._can_cancel = self.stoppable and CANCEL in faults
        self._can_die = CRASH in faults and calls[0][0] != "!wait"
        self._at_once = len(calls)
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
            self.leaked = 0
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
        given = [a if type(a) in ATOMS else self.out(a) for a in args]
        return [
            target,
            given,
            {name: self.out(value) for name, value in kwargs.items()} if kwargs else kwargs,
        ]

    def get(self, handle: int, name: str) -> Wire:
        """Ask for an attribute of one of their objects: ["method", None] or an outcome."""
        answer = self._ask(["get", handle, name, self.now_ns])
        if answer[1] != [["method", None]]:
            check_results(answer[1], 1)
        return answer[1][0]

    def _options(self, faults: frozenset[str]) -> dict[str, int] | None:
        if not (self.world.telling or self.watch or faults & _OWN_CHOICES):
            return None
        options: dict[str, int] = {}
        if ORDER in faults:
            options["order"] = 1
        if STEPS in faults and self._can_cancel:
            options["steps"] = CANCELS_MAX - self.cancelled
        if self.world.telling:
            options["lines"] = 1
        if self.watch:
            options["watch"] = 1
        return options or None

    def _ask(self, request: Wire) -> Wire:
        if self.dead or self.ended:
            raise CrashError
        if self._busy:
            raise CheckerFaultError("a port called the unit")
        self._busy, self._messages_left = True, MESSAGES_MAX
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
        self.leaked = int(seen.get("leaked", 0))
        self.calls += tuple(
            [(str(name), str(function), int(line)) for name, function, line in seen.get("calls", ())]
        )

    # ---- messages of the subject

    def handle(self, message: Wire) -> Wire:
        """Answer one message of the subject. Raises CrashError when its lifetime ends here."""
        if self.dead:
            raise CrashError
        kind, data, extra = message
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
        else:
            raise FoulError(f"a message {kind!s:.40}")
        tape = world.tape
        return [answer, content, tape.coming() if tape.has_own_choices else None, self.now_ns]

    def _only_repeats(self, kind: str, data: Wire, extra: Wire) -> bool:
        """Does it make the same calls for ever?"""
        begun = extra[0] if extra is not None else ()
        calls = [data[:4]] if kind == "port" else [call[1:5] for call in begun]
        return sum(self._repeats.note(call, self.world.now_ns) for call in calls) > 0  # all of them are noted

    def _repeated(self) -> str:
        told = []
        for (_, name, args, kwargs), seconds in self._repeats.last:
            given, named = self._arguments(args, kwargs)
            told.append(f"{call_told(name, given, named)} at {seconds:g} s")
        return f"{FOR_EVER}, at last {', '.join(told)}"

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
            taken = tape.choose(WHICH_NEXT, ("", *map(str, range(1, options))))
            if taken:
                self.world.tell_fault("another task goes first")
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
        world.tell("your code", f"BLOCKED for {seconds:g} s{where}", BLOCK)
        return "value", None

    # ---- nothing is ready

    def _idle(self, data: Wire) -> tuple[str, Wire]:
        """Nothing in the subject is ready: what happens next, and is the process stopped before it?

        `late` is 0 while a call waits inside a library that loses late cancels: none is delivered then.
        """
        next_ns, under_way, late = data
        world = self.world
        self._check_idle(next_ns, under_way)
        self._has_waited = True
        if next_ns is not None:
            next_ns += self._zero_ns
        while True:
            event = self._next_event(next_ns)
            at_ns, name = (next_ns, "sleep") if event is None else (event[0], event[2].name)
            if at_ns is None:
                return "hung", _DEADLOCK
            if at_ns > HORIZON_NS:
                return "hung", _TEN_YEARS
            if self._can_cancel or self._can_die:
                cancel = self._stop(name, under_way)
                if cancel:
                    return "go", [None, cancel]
            if event is None:
                world.now_ns = at_ns
                return "go", [None, -self._late_cancel(name, under_way) if late else 0]
            request = self._take_event()
            if self._go_on(request):
                cancel = self._late_cancel(request.name, under_way) if late else 0
                return "go", [self._reply(request), -cancel]

    def _check_idle(self, next_ns: Wire, under_way: Wire) -> None:
        if next_ns is not None and (type(next_ns) is not int or next_ns < self.now_ns):
            raise FoulError("a timer in the past")
        if type(under_way) is not int or not 0 < under_way <= self._at_once:
            raise FoulError("another number of calls under way than were made")

    # ---- stopped on the way

    def _stop(self, name: str, under_way: int) -> int:
        """Is it stopped while it waits for `name`? Gives which call is cancelled, counted from 1.

        0 for none.
        """
        world = self.world
        options = _stops(under_way if self._can_cancel and self.cancelled < CANCELS_MAX else 0, self._can_die)
        if len(options) == 1:
            return 0
        taken = world.tape.choose(name, options)
        if not taken:
            return 0
        waiting = "while it waits" if name == "sleep" else f"while {name} is under way"
        if taken == "killed":
            world.die(f"killed {waiting}")
        self._note_cancel(f"{taken} {waiting}")
        return _which(taken)

    def _late_cancel(self, name: str, under_way: int) -> int:
        """Is it cancelled in the very turn in which what it waited for is there?"""
        if not self._can_cancel or self.cancelled >= CANCELS_MAX:
            return 0
        taken = self.world.tape.choose(f"{name}-answers", _stops(under_way, False))
        if not taken:
            return 0
        self._note_cancel(f"{taken} as " + ("it wakes" if name == "sleep" else f"{name} answers"))
        return _which(taken)

    def _note_cancel(self, told: str) -> None:
        self.cancelled += 1
        self.world.cancelled += 1
        self.world.tell_fault(told, STOP)

    # ---- the end

    def end(self) -> None:
        """The process ends."""
        if not self.ended:
            self.ended = True
            self.withdraw()
            self._link.end()
            self.world.life = None


@cache
def _stops(calls: int, can_die: bool) -> tuple[str, ...]:
    """The ways in which a wait can end early.

    Each call that is under way cancelled, or the process killed.
    """
    cancels = ["cancelled"] if calls else []
    cancels += [f"cancelled (call {place})" for place in range(2, calls + 1)]
    return ("", *cancels, *(["killed"] if can_die else []))


def _which(taken: str) -> int:
    return 1 if taken == "cancelled" else int(taken[len("cancelled (call ") : -1])
