"""What a process asks of its ports.

Values that cross, calls that are answered at once, and calls that take their time.
"""

import heapq
import inspect
from collections.abc import Callable, Generator
from typing import Any, Protocol, TypeVar, get_origin

from halfway.sim.answers import MALFORMED
from halfway.sim.errors import CheckerFaultError, FoulError, NotRepeatableError, PortFailedError
from halfway.sim.lengths import Lengths, outlast
from halfway.sim.looks import Looks
from halfway.sim.raised import as_raised, error_out, error_told
from halfway.sim.repeats import FOR_EVER, Repeats
from halfway.sim.timeline import CALL, NS, REPLY, REQUEST
from halfway.sim.world import HOLDS, HORIZON_NS, ORDER, VALUE, Port, World, spoken_of
from halfway.wire import ATOMS, NotPlainError, Wire, pack, unpack

_NOTHING_NAMED: dict[str, Any] = {}
_OURS = (CheckerFaultError, FoulError, NotRepeatableError, AssertionError)
"""What may leave a port without being taken for a mistake in it; a broken promise is an AssertionError."""


class LinkLike(Protocol):
    """What a lifetime needs of a link."""

    kinds_told: set[str]
    is_trusted: bool
    """What a subject behind it says of its own inside is believed: nobody lies in the judge's own process."""

    def begin(self, life: Any) -> None: ...
    def call(self, request: Wire, life: Any) -> Wire: ...
    def kill(self) -> None: ...
    def end(self) -> None: ...


L = TypeVar("L", bound="PortCalls")
Theirs = Callable[[Any, str, Wire], Any]
"""How a value of theirs comes in: the lifetime it belongs to, its tag, its content."""


class Request:
    """An asynchronous call of a port that is under way; once it has a reply, it waits to be heard."""

    __slots__ = (
        "call",
        "extra_ns",
        "is_calm",
        "is_decided",
        "is_dropped",
        "name",
        "outlasts",
        "raises",
        "reply",
        "who",
        "work",
    )

    def __init__(self, call: int, name: str, work: Generator[float, None, Any] | None, port: Port) -> None:
        self.call, self.name, self.work, self.raises = call, spoken_of(port, name), work, port.raises
        self.reply: Wire = None
        self.is_dropped, self.is_calm, self.is_decided = False, port.calm, False
        self.extra_ns = 0 if port.calm else port.world.extra_ns(name)
        self.outlasts = self.extra_ns > 0
        self.who = "your code"

    def drop(self) -> None:
        """Nobody waits for it any more: what it has not done yet will not happen."""
        self.is_dropped = True
        if self.work is not None:
            self.work.close()


Event = tuple[int, int, Request]
"""When, in which order, and what goes on then."""


class PortCalls:
    """The ports of one process lifetime, as the judge serves them."""

    def __init__(self, world: World, link: LinkLike, theirs: Theirs) -> None:
        self.world, self._link, self._theirs = world, link, theirs
        self._handed: set[int] = set()
        self._requests: dict[int, Request] = {}
        self._events: list[Event] = []
        self._events_made = self._calls_begun = 0
        self._current: Request | None = None
        self._lengths, self._repeats, self._looks = Lengths(), Repeats(), Looks()
        self._lanes: dict[int, str] = {}

    # ---- values

    def out(self, value: Any) -> Wire:
        """Give a value as it crosses to the subject."""
        return value if type(value) in ATOMS else pack(value, self._out)

    def _out(self, value: Any, depth: int) -> Wire:
        if isinstance(value, Port):
            if value.world is not self.world:
                raise CheckerFaultError(
                    "a suite passed a port to a process of another story; use story.process()"
                )
            kind, told = type(value).__name__, self._link.kinds_told
            self._handed.add(value.number)
            if kind in told:
                return {"p": value.number, "k": kind}
            told.add(kind)
            crosses = {"p": value.number, "k": kind, "m": value.methods}
            return crosses | {"as": value.seen_as} if value.seen_as else crosses
        to_wire = getattr(value, "_wire", None)
        if to_wire is not None:
            return to_wire(self)
        if isinstance(value, type) and issubclass(value, BaseException):
            return {"n": value.__name__}
        raise CheckerFaultError(f"a suite passed {value!r}, which does not cross")

    def into(self, value: Wire) -> Any:
        """Give the value that came from the subject. Raises FoulError for what no subject sends."""
        if type(value) in ATOMS:
            return value
        try:
            return unpack(value, self._into)
        except (NotPlainError, *MALFORMED) as error:
            raise FoulError(f"a value of no known shape: {error}") from error

    def _into(self, tag: str, content: Wire, depth: int) -> Any:
        if tag == "p" and type(content["p"]) is int and content["p"] in self._handed:
            return self.world.ports[content["p"]]
        return self._theirs(self, tag, content)

    # ---- calls

    def _port_with(self, number: Wire, name: Wire, *hows: str) -> Port:
        if type(number) is not int or number not in self._handed:
            raise FoulError("it used a port that it was not given")
        port = self.world.ports[number]
        if type(name) is not str or port.methods.get(name) not in hows:
            raise FoulError("a method that the port does not have")
        return port

    def _arguments(self, args: Wire, kwargs: Wire) -> tuple[list[Any], dict[str, Any]]:
        given = [a if type(a) in ATOMS else self.into(a) for a in args]
        return given, {name: self.into(value) for name, value in kwargs.items()} if kwargs else _NOTHING_NAMED

    def _call_port(self, data: Wire) -> tuple[str, Wire]:
        """Answer a synchronous call of a port, or give its attribute."""
        number, name, args, kwargs, line = data
        port = self._port_with(number, name, "s", VALUE)
        if port.methods[name] == VALUE:
            value = getattr(port, name)
            more = self._looks.more(port.number, name, value, self.out)
            return ("value", self.out(value)) if more is None else ("more", more)
        given, named = self._arguments(args, kwargs)
        if self.world.telling:
            self._tell_call(CALL, port, name, given, named, line)
        method = getattr(port, name)
        wrong = _wrong_type(port, name, given, named)
        if wrong is not None:
            return "error", ["TypeError", [wrong]]
        try:
            result = method(*given, **named)
        except _OURS:
            raise
        except port.raises as error:
            return "error", error_out(error, self.out)
        except TypeError as error:
            wrong = _wrong_arguments(method, given, named)
            if wrong is None:
                raise _failed(call_told(name, given, named), error) from error
            return "error", ["TypeError", [wrong]]
        except Exception as error:
            raise _failed(call_told(name, given, named), error) from error
        return "value", result if type(result) in ATOMS else self.out(result)

    def _begin(self, data: Wire) -> None:
        """An asynchronous call of a port begins.

        It does its first part now, and the rest when its time comes.
        """
        call, number, name, args, kwargs, line = data
        if type(call) is not int or call != self._calls_begun + 1:
            raise FoulError("calls are numbered in the order in which they begin")
        self._calls_begun = call
        port = self._port_with(number, name, "a", HOLDS)
        given, named = self._arguments(args, kwargs)
        if self.world.telling:
            self._lanes[call] = port.lane
            self._tell_call(REQUEST, port, name, given, named, line)
        wrong = _wrong_type(port, name, given, named)
        try:
            request = Request(call, name, getattr(port, name)(*given, **named), port)
        except TypeError as error:
            wrong = str(error)
        if wrong is not None:
            request = Request(call, name, None, port)
            request.reply = [call, "error", ["TypeError", [wrong]]]
        request.who = self._who(line)
        self._requests[call] = request
        if self._go_on(request):
            # Its reply is ready at once, and comes when everything that is ready now has run.
            self._events_made += 1
            heapq.heappush(self._events, (self.world.now_ns, self._events_made, request))

    def _go_on(self, request: Request) -> bool:
        """Let a call go on to its next wait; True if it came to its end instead, and its reply is ready."""
        if request.work is None or request.reply is not None:
            return True
        self._current = request
        try:
            delay_ns = round(next(request.work) * NS)
        except StopIteration as end:
            value = end.value
            request.reply = [request.call, "value", value if type(value) in ATOMS else self.out(value)]
            return True
        except _OURS:
            raise
        except request.raises as error:
            request.reply = [request.call, "error", error_out(as_raised(error), self.out)]
            return True
        except Exception as error:
            raise _failed(f"{request.name}(...)", error) from error
        self._events_made += 1
        at_ns = self.world.now_ns + delay_ns + request.extra_ns
        heapq.heappush(self._events, (at_ns, self._events_made, request))
        return False

    def decide(self) -> None:
        """The call that is going on now will fail."""
        if self._current is not None:
            self._current.is_decided = True

    # ---- what happens next

    def _next_event(self, timer_ns: int | None) -> Event | None:
        """The next thing that happens in the world; None if nothing does before that timer."""
        events = self._events
        while events and events[0][2].is_dropped:
            heapq.heappop(events)
        return events[0] if events and (timer_ns is None or events[0][0] <= timer_ns) else None

    def _outlasts(self, timer_ns: int) -> bool:
        """Does a long call, which would go on next, take longer than the time for which a timer is set?"""
        request = outlast(self._events, timer_ns, HORIZON_NS)
        if request is not None:
            self.world.tell_fault(f"{request.name} takes longer than the next timer waits")
        return request is not None

    def _take_event(self) -> Request:
        """Go to the time of the next event and take it.

        Which of several at one time comes first is a choice too.
        """
        world, events = self.world, self._events
        at_ns = world.now_ns = events[0][0]
        if world.on and ORDER in world.faults:
            same = sorted(event for event in events if event[0] == at_ns and not event[2].is_dropped)
            if len(same) > 1:
                taken = world.tape.choose("which-reply", ("", *map(str, range(1, len(same)))))
                if taken:
                    world.tell_fault("another reply comes first")
                    event = same[int(taken)]
                    events.remove(event)
                    heapq.heapify(events)
                    return event[2]
        return heapq.heappop(events)[2]

    def _reply(self, request: Request) -> Wire:
        del self._requests[request.call]
        if self.world.telling:
            self._tell_reply(request, self._lanes.get(request.call, ""))
        return request.reply

    def _drop(self, call: Wire) -> None:
        """Nobody waits for this call any more.

        A negative number says that it is slow to leave, and goes on.
        """
        if type(call) is int and call < 0 and -call in self._requests:
            return
        request = self._requests.pop(call, None)
        if request is not None:
            request.drop()

    def withdraw(self) -> None:
        """What is under way will never happen: the process that asked for it is gone."""
        if self._requests:
            for request in self._requests.values():
                request.drop()
            self._requests.clear()

    # ---- what is told

    def _begun(self, data: Wire) -> str:
        _, name, args, kwargs, _ = data
        return call_told(name, *self._arguments(args, kwargs))

    def _only_repeats(self, kind: str, data: Wire, extra: Wire) -> bool:
        """Does it make the same calls for ever?"""
        note, now_ns = self._repeats.note, self.world.now_ns
        if kind == "port":
            return note(data[:4], now_ns)
        is_over = False
        for call in extra[0]:
            is_over |= note(call[1:5], now_ns)
        return is_over

    def _repeated(self) -> str:
        told = []
        for (_, name, args, kwargs), seconds in self._repeats.last:
            given, named = self._arguments(args, kwargs)
            told.append(f"{call_told(name, given, named)} at {seconds:g} s")
        return f"{FOR_EVER}, at last {', '.join(told)}"

    def _tell_call(
        self, kind: str, port: Port, name: str, args: list[Any], kwargs: dict[str, Any], line: Wire
    ) -> None:
        number = line[0] if type(line) is list and line else line
        where = f"  line {number}" if type(number) is int and number else ""
        if where and _is_of_a_suite(line):
            where = f"  for {where.lstrip()}"
        called = port.call_as_told(name, args, kwargs)
        if called is None:
            called = call_told(spoken_of(port, name), args, kwargs)
        if called:
            self.world.tell(self._who(line), f"{called}{where}", kind, port.lane)

    def _who(self, line: Wire) -> str:
        """Whose call it is, as a lane."""
        return _lane(line)

    def _tell_reply(self, request: Request, lane: str) -> None:
        _, how, content = request.reply
        if how == "error":
            told = f"{request.name} raises {error_told(content, self.into)}"
            self.world.tell(request.who, told, REPLY, lane)
        elif content is not None:
            self.world.tell(request.who, f"{request.name} gives {self.into(content)!r}", REPLY, lane)


def _lane(line: Wire) -> str:
    """Whose call it is: the learner's, or one of several of theirs that are under way at once."""
    several = type(line) is list and len(line) in (2, 3) and type(line[1]) is int and line[1] > 0
    if several:
        return f"call {line[1]}"
    return "caller" if _is_of_a_suite(line) else "your code"


def _is_of_a_suite(line: Wire) -> bool:
    """Was it code of the suite's own that called?"""
    return type(line) is list and len(line) == 3


def call_told(name: str, args: list[Any], kwargs: dict[str, Any]) -> str:
    """A call as its caller would write it."""
    told = [repr(a) for a in args] + [f"{key}={value!r}" for key, value in kwargs.items()]
    return f"{name}({', '.join(told)})"


def _wrong_type(port: Port, name: str, given: list[Any], named: dict[str, Any]) -> str | None:
    """Say which argument is of a type that the contract excludes: a service refuses it."""
    takes = port.takes[name]
    for value, (parameter, wanted, fits) in zip(given, takes, strict=False):
        if not fits(value):
            return f"{name}() takes {_type_told(wanted)} as {parameter}, not {value!r}"
    for parameter, wanted, fits in takes if named else ():
        if parameter in named and not fits(named[parameter]):
            return f"{name}() takes {_type_told(wanted)} as {parameter}, not {named[parameter]!r}"
    return None


def _type_told(wanted: Any) -> str:
    is_class = isinstance(wanted, type) and get_origin(wanted) is None
    return f"a {wanted.__name__}" if is_class else "a sequence of texts"


def _failed(call: str, error: Exception) -> PortFailedError:
    """A port is proved with programs that call it as its contract says: what fails it came from outside."""
    return PortFailedError(f"{call} cannot be answered: {type(error).__name__}: {error}")


def _wrong_arguments(method: Callable[..., Any], given: list[Any], named: dict[str, Any]) -> str | None:
    try:
        inspect.signature(method).bind(*given, **named)
    except TypeError as wrong:
        return f"{method.__name__}() {wrong}"
    return None
