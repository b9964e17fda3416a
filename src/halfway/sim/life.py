"""One process lifetime, seen from the judge. `handle(message) -> reply` is its whole surface."""

import functools
import heapq
import inspect
from collections.abc import Callable, Generator
from typing import Any, Protocol

from halfway.sim.errors import CheckerFaultError, CrashError, FoulError
from halfway.sim.tape import CANCEL_HERE, STEP_OPTIONS, WHICH_NEXT
from halfway.sim.timeline import NS
from halfway.sim.world import CANCEL, CRASH, ORDER, STEPS, Port, World
from halfway.wire import ATOMS, NotPlainError, Wire, pack, unpack

MESSAGES_MAX = 20_000
CANCELS_MAX = 2
_MALFORMED = (TypeError, ValueError, KeyError, IndexError, AttributeError)


class LinkLike(Protocol):
    """What a lifetime needs of a link."""

    kinds_told: set[str]

    def begin(self, life: "Life") -> None: ...
    def call(self, request: Wire, life: "Life") -> Wire: ...
    def kill(self) -> None: ...
    def end(self) -> None: ...


class Life:
    """A process: the calls that it has under way in the world, and what may still go wrong with it."""

    def __init__(self, world: World, link: LinkLike, theirs: Callable[["Life", str, Wire], Any]) -> None:
        self.world, self._link, self._theirs = world, link, theirs
        self.dead = self.ended = self.stoppable = self.watch = False
        self.cancelled = self.swallowed = self.leaked = 0
        self.calls: list[tuple[str, str, int]] = []
        self._under_way: dict[int, tuple[str, Generator[float, None, Any], tuple[type[BaseException], ...]]] = {}
        self._replies: dict[int, Wire] = {}
        self._given: set[int] = set()
        self._handed: set[int] = {0}
        self._can_cancel = self._can_die = self._busy = False
        self._messages_left = MESSAGES_MAX
        world.life = self
        link.begin(self)

    # ---- values

    def out(self, value: Any) -> Wire:
        """Give a value as it crosses to the subject."""
        return value if type(value) in ATOMS else pack(value, self._out)

    def _out(self, value: Any) -> Wire:
        if isinstance(value, Port):
            if value.world is not self.world:
                raise CheckerFaultError("a suite passed a port to a process of another story; use story.process()")
            kind = type(value).__name__
            self._handed.add(value.number)
            if kind in self._link.kinds_told:
                return {"p": value.number, "k": kind}
            self._link.kinds_told.add(kind)
            return {"p": value.number, "k": kind, "m": value.methods}
        crosses = getattr(value, "_wire", None)
        if crosses is not None:
            return crosses(self)
        if isinstance(value, type) and issubclass(value, BaseException):
            return {"n": value.__name__}
        raise CheckerFaultError(f"a suite passed {value!r}, which does not cross")

    def into(self, value: Wire) -> Any:
        """Give the value that came from the subject. Raises FoulError for what no subject sends."""
        if type(value) in ATOMS:
            return value
        try:
            return unpack(value, self._into)
        except (NotPlainError, *_MALFORMED) as error:
            raise FoulError(str(error)) from error

    def _into(self, tag: str, content: Wire) -> Any:
        if tag == "p" and type(content["p"]) is int and content["p"] in self._handed:
            return self.world.ports[content["p"]]
        return self._theirs(self, tag, content)

    # ---- calls of the unit

    def call(self, calls: list[tuple[Wire, tuple[Any, ...], dict[str, Any]]]) -> Wire:
        """Make calls of the unit, concurrently if there are several, and give their outcomes.

        They can be cancelled while `stoppable` is set. Raises CrashError if the process dies on the way, or is dead already.
        """
        if self.dead or self.ended:
            raise CrashError
        if self._busy:
            raise CheckerFaultError("a port called the unit")
        world = self.world
        self._can_cancel = self.stoppable and world.on and CANCEL in world.faults
        self._can_die = world.on and CRASH in world.faults and calls[0][0] != "!wait"
        self._messages_left = MESSAGES_MAX
        packed = [[target, [self.out(a) for a in args], {k: self.out(v) for k, v in kwargs.items()}] for target, args, kwargs in calls]
        request = ["call", packed, world.now_ns, world.tape.coming(), self._options()]
        _, results, extra, seen = self._ask(request)
        try:
            if extra is not None:
                self._take_extra(extra)
            if seen is not None:
                self._take_seen(seen)
            self._check(results, len(calls))
        except _MALFORMED as error:
            raise FoulError("an answer of no known shape") from error
        return results

    def _options(self) -> Wire:
        world = self.world
        options: dict[str, int] = {}
        if world.on:
            if ORDER in world.faults:
                options["order"] = 1
            if STEPS in world.faults and self._can_cancel:
                options["steps"] = CANCELS_MAX - self.cancelled
        if world.telling:
            options["lines"] = 1
        if self.watch:
            options["watch"] = 1
        return options

    def _ask(self, request: Wire) -> Wire:
        self._busy = True
        try:
            answer = self._link.call(request, self)
        finally:
            self._busy = False
            if self.dead:
                self.withdraw()
                self._link.kill()
        if type(answer) is not list or len(answer) != 4:
            raise FoulError("an answer of no known shape")
        return answer

    def _check(self, results: Wire, count: int) -> None:
        if type(results) is not list or len(results) != count:
            raise FoulError("results")
        for how, value in results:
            if how == "raised":
                _check_error(value)
            elif how not in ("returned", "cancelled", "hung", "notplain"):
                raise FoulError(str(how)[:40])

    def _take_seen(self, seen: Wire) -> None:
        self.swallowed += int(seen.get("swallowed", 0))
        self.leaked = int(seen.get("leaked", 0))
        self.calls += [(str(name), str(function), int(line)) for name, function, line in seen.get("calls", ())]

    def get(self, handle: int, name: str) -> Wire:
        """Ask for an attribute of one of their objects: ["method", None] or an outcome."""
        if self.dead or self.ended:
            raise CrashError
        return self._ask(["get", handle, name])[1][0]

    # ---- messages

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
            return ["hung", f"it took {MESSAGES_MAX:,} messages and has not ended", None, world.now_ns]
        if kind == "port":
            answer, content = self._port(*data)
        elif kind == "idle":
            answer, content = self._idle(*data)
        else:
            raise FoulError(str(kind)[:40])
        tape = world.tape
        return [answer, content, tape.coming() if tape.faults else None, world.now_ns]

    def _take_extra(self, extra: Wire) -> None:
        begun, dropped, choices = extra
        for options in choices:
            self._take_choice(options)
        for call, number, name, args, kwargs, line in begun:
            self._begin(call, number, name, args, kwargs, line)
        for call in dropped:
            self._replies.pop(call, None)
            under_way = self._under_way.pop(call, None)
            if under_way is not None:
                under_way[1].close()

    def _take_choice(self, options: Wire) -> None:
        """The subject made one of its own choices; it is on the tape like every other."""
        if type(options) is not int or not (options == -2 or 1 < options < 1000):
            raise FoulError("a choice")
        tape = self.world.tape
        if options > 0:
            taken = tape.choose(WHICH_NEXT, tuple(["", *map(str, range(1, options))]))
            if taken:
                self.world.tell_fault("another task goes first")
        elif tape.choose(CANCEL_HERE, STEP_OPTIONS):
            self._note_cancel("cancelled between two steps")

    def _method(self, number: Wire, name: Wire, how: str) -> Callable[..., Any]:
        if type(number) is not int or number not in self._handed:
            raise FoulError("it used a port that it was not given")
        port = self.world.ports[number]
        if type(name) is not str or port.methods.get(name) != how:
            raise FoulError("a method that the port does not have")
        return getattr(port, name)  # type: ignore[no-any-return]

    def _arguments(self, args: Wire, kwargs: Wire) -> tuple[list[Any], dict[str, Any]]:
        into = self.into
        return [into(a) for a in args], {name: into(value) for name, value in kwargs.items()} if kwargs else {}

    def _tell_call(self, name: str, args: list[Any], kwargs: dict[str, Any], line: Wire) -> None:
        told = [repr(a) for a in args] + [f"{key}={value!r}" for key, value in kwargs.items()]
        where = f"  line {line}" if type(line) is int and line else ""
        self.world.tell("your code", f"{name}({', '.join(told)}){where}")

    def _port(self, number: Wire, name: Wire, args: Wire, kwargs: Wire, line: Wire) -> tuple[str, Wire]:
        """A synchronous call of a port."""
        method = self._method(number, name, "s")
        given, named = self._arguments(args, kwargs)
        if self.world.telling and number:
            self._tell_call(name, given, named, line)
        try:
            return "value", self.out(method(*given, **named))
        except self.world.ports[number].raises as error:
            return "error", self._error(error)
        except TypeError as error:
            wrong = _wrong_arguments(method, given, named)
            if wrong is None:
                raise CheckerFaultError(f"{name}: {error}") from error
            return "error", ["TypeError", [wrong]]
        except (CrashError, CheckerFaultError):
            raise
        except Exception as error:
            raise CheckerFaultError(f"{type(self.world.ports[number]).__name__}.{name}: {error!r}") from error

    def _begin(self, call: Wire, number: Wire, name: Wire, args: Wire, kwargs: Wire, line: Wire) -> None:
        """An asynchronous call of a port begins: it does its first part now, and the rest when its time comes."""
        if type(call) is not int or call in self._given:
            raise FoulError("a call")
        self._given.add(call)
        method = self._method(number, name, "a")
        given, named = self._arguments(args, kwargs)
        if self.world.telling:
            self._tell_call(name, given, named, line)
        try:
            generator = method(*given, **named)
        except TypeError as wrong:
            generator = _refusing(str(wrong))
        self._under_way[call] = (name, generator, self.world.ports[number].raises)
        if self._step(call):
            self._push(call, 0)

    def _push(self, call: int, delay_s: float) -> None:
        world = self.world
        world.events_made += 1
        heapq.heappush(world.events, (world.now_ns + round(delay_s * NS), world.events_made, self, call))

    def _step(self, call: int) -> bool:
        """Let a call go on to its next wait; True if it came to its end instead, and its reply is ready."""
        if call in self._replies:
            return True
        name, generator, raises = self._under_way[call]
        try:
            delay_s = next(generator)
        except StopIteration as end:
            self._replies[call] = [call, "value", self.out(end.value)]
            return True
        except (*raises, _WrongArgumentsError) as error:
            self._replies[call] = [call, "error", self._error(error)]
            return True
        except Exception as error:
            if isinstance(error, (CheckerFaultError, FoulError)):
                raise
            raise CheckerFaultError(f"{name}: {error!r}") from error
        self._push(call, delay_s)
        return False

    def _error(self, error: BaseException) -> Wire:
        kind = TypeError if isinstance(error, _WrongArgumentsError) else type(error)
        return [kind.__name__, [self.out(a) for a in error.args]]

    # ---- nothing is ready

    def _idle(self, next_ns: Wire, under_way: Wire, late: Wire = 1) -> tuple[str, Wire]:
        """Nothing in the subject is ready: what happens next, and is the process stopped before it?

        `late` is 0 while a call waits inside a library that loses late cancels: none is delivered then.
        """
        world = self.world
        if next_ns is not None and (type(next_ns) is not int or next_ns < world.now_ns):
            raise FoulError("a time")
        while True:
            at_ns = self._next_event_ns()
            if at_ns is None and next_ns is None:
                return "hung", "everything waits, and nothing that it waits for will happen"
            event = at_ns is not None and (next_ns is None or at_ns <= next_ns)
            name = self._under_way[world.events[0][3]][0] if event else "sleep"
            cancel = self._stop(name, under_way) if self._can_cancel or self._can_die else 0
            if cancel:
                return "go", [None, cancel]
            if not event:
                world.now_ns = next_ns
                return "go", [None, -self._late_cancel(name, under_way if late else 0)]
            call = self._take_event()
            if self._step(call):
                return "go", [self._reply(call, name), -self._late_cancel(name, under_way if late else 0)]

    def _next_event_ns(self) -> int | None:
        """When the next thing happens in the world that this process waits for."""
        events, under_way = self.world.events, self._under_way
        while events and (events[0][2] is not self or events[0][3] not in under_way):
            heapq.heappop(events)
        return events[0][0] if events else None

    def _take_event(self) -> int:
        """Take the next event and go to its time. Which of several at one time comes first is a choice too."""
        world, events = self.world, self.world.events
        at_ns = events[0][0]
        if world.on and ORDER in world.faults:
            same = sorted(e for e in events if e[0] == at_ns and e[2] is self and e[3] in self._under_way)
            if len(same) > 1:
                taken = world.tape.choose("which-reply", tuple(["", *map(str, range(1, len(same)))]))
                if taken:
                    world.tell_fault("another reply comes first")
                    event = same[int(taken)]
                    events.remove(event)
                    heapq.heapify(events)
                    world.now_ns = at_ns
                    return event[3]  # type: ignore[no-any-return]
        world.now_ns = at_ns
        return heapq.heappop(events)[3]  # type: ignore[no-any-return]

    def _reply(self, call: int, name: str) -> Wire:
        reply = self._replies.pop(call)
        del self._under_way[call]
        if self.world.telling:
            self._tell_reply(name, reply)
        return reply

    def _tell_reply(self, name: str, reply: Wire) -> None:
        _, how, content = reply
        if how == "error":
            said = ", ".join(str(a) for a in content[1])
            self.world.tell("your code", f"{name} raises {content[0]}" + (f": {said}" if said else ""))
        elif content is not None:
            self.world.tell("your code", f"{name} gives {self.into(content)!r}")

    # ---- stopped on the way

    def _stop(self, name: str, under_way: Wire) -> int:
        """Is it stopped while it waits for `name`? Gives which call is cancelled, counted from 1; 0 for none."""
        world = self.world
        cancels = under_way if self._can_cancel and self.cancelled < CANCELS_MAX else 0
        options = _stops(int(cancels), self._can_die)
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

    def _late_cancel(self, name: str, under_way: Wire) -> int:
        """Is it cancelled in the very turn in which what it waited for is there?"""
        if not under_way or not self._can_cancel or self.cancelled >= CANCELS_MAX:
            return 0
        taken = self.world.tape.choose(f"{name}-answers", _stops(int(under_way), False))
        if not taken:
            return 0
        self._note_cancel(f"{taken} as " + ("it wakes" if name == "sleep" else f"{name} answers"))
        return _which(taken)

    def _note_cancel(self, told: str) -> None:
        self.cancelled += 1
        self.world.cancelled += 1
        self.world.tell_fault(told)

    # ---- the end

    def withdraw(self) -> None:
        """What is under way will never happen: the process that asked for it is gone."""
        for _, generator, _ in self._under_way.values():
            generator.close()
        self._under_way.clear()
        self._replies.clear()

    def end(self) -> None:
        """The process ends."""
        if not self.ended:
            self.ended = True
            self.withdraw()
            self._link.end()


class _WrongArgumentsError(TypeError):
    """A port was called with arguments that it does not take."""


def _refusing(why: str) -> Generator[float, None, None]:
    raise _WrongArgumentsError(why)
    yield 0.0


def _wrong_arguments(method: Callable[..., Any], given: list[Any], named: dict[str, Any]) -> str | None:
    try:
        inspect.signature(method).bind(*given, **named)
    except TypeError as wrong:
        return f"{method.__name__}() {wrong}"
    return None


@functools.cache
def _stops(calls: int, can_die: bool) -> tuple[str, ...]:
    """The ways in which a wait can end early: each call that is under way cancelled, or the process killed."""
    cancels = ["cancelled"] if calls else []
    cancels += [f"cancelled (call {place})" for place in range(2, min(calls, 32) + 1)]
    return ("", *cancels, *(["killed"] if can_die else []))


def _which(taken: str) -> int:
    return 1 if taken == "cancelled" else int(taken[len("cancelled (call ") : -1])


def _check_error(error: Wire, depth: int = 0) -> None:
    """Raise FoulError unless this is an error as it crosses."""
    shape = (
        depth <= 4
        and type(error) is dict
        and bool(error["mro"])
        and all(type(name) is str for name in error["mro"])
        and type(error["said"]) is str
        and type(error["held"]) is dict
        and all(type(line) is int and type(name) is str for line, name in error["frames"])
    )
    if not shape:
        raise FoulError("an error of no known shape")
    if error["cause"] is not None:
        _check_error(error["cause"], depth + 1)
