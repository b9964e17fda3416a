"""How a twin takes its steps: what it calls, enters and goes through, and what it yields.

A twin yields None where another thread may go on, and a Wait where it goes on itself only later. What a
generator of theirs gives is wrapped, so that nothing is taken for a step.
"""

import contextlib
import functools
import types
from collections.abc import Callable, Generator, Iterator
from typing import Any

from halfway.subject.hosts import HungError

Steps = Generator[Any, None, Any]
Twin = Callable[..., Steps]

FUNCTION, GENERATOR, AT_ONCE, STEPS, INLINE = 0, 1, 2, 3, 4
Twins = dict[Any, tuple[int, Any]]
"""Of each function that has one: how its twin is run, and the twin. STEPS: no other thread goes
before its own first step; AT_ONCE: it takes none; INLINE: it takes one only where it has to wait."""
twins: Twins = {}
_ours: Twins = {}
_PLAIN = frozenset((list, tuple, set, frozenset, dict, sorted, len, sum, min, max, any, all))
_CANNOT_WAIT = (
    "it waits in a comprehension, a property or a special method, where a thread of this exercise cannot wait"
)


class Wait:
    """A thread goes on when `is_ready()`, or at `until_ns` at the latest; `told` says what it waits for."""

    __slots__ = ("is_ready", "told", "until_ns")

    def __init__(self, is_ready: Callable[[], bool], told: Callable[[], str], until_ns: int | None) -> None:
        self.is_ready, self.told, self.until_ns = is_ready, told, until_ns


class Given:
    """What a generator of theirs gives."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Raised:
    """A StopIteration that comes out of a function: no generator can raise it."""

    __slots__ = ("error",)

    def __init__(self, error: BaseException) -> None:
        self.error = error


class Ended:
    """What a lambda of theirs gives: without it, its twin has ended by a StopIteration.

    From Python 3.12 on, one that is raised in a generator that is a lambda comes out as it is.
    """

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def out(value: Any) -> Any:
    """Give what a call gave; raise what only this way leaves a generator."""
    if type(value) is Raised:
        raise value.error
    return value


def twin_of(twin: Any, is_generator: bool) -> Callable[[Any], Any]:
    """Decorate a function: this is its twin."""

    def with_twin(function: Any) -> Any:
        twin.__defaults__, twin.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
        twins[function] = (GENERATOR if is_generator else FUNCTION), twin
        return function

    return with_twin


def inline(function: Any, twin: Any) -> Any:
    """Give a lambda, and know its twin."""
    twin.__defaults__, twin.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
    twins[function] = INLINE, twin
    return function


def steps_of(function: Any, twin: Any, how: int = STEPS) -> None:
    """Say how a function of ours takes its steps."""
    twins[function] = _ours[function] = how, twin


def restore(theirs: Twins) -> None:
    """Know the twins of one program, as they were when its module was new, and ours."""
    if len(twins) != len(_ours) + len(theirs) or not theirs.keys() <= twins.keys():
        twins.clear()
        twins.update(_ours)
        twins.update(theirs)


def taken() -> Twins:
    """The twins of theirs that are known now."""
    return {function: twin for function, twin in twins.items() if function not in _ours}


def call(function: Any, /, *args: Any, **kwargs: Any) -> Steps:
    """Make a call, by the twin of what is called if it has one."""
    if type(function) is types.MethodType:
        found = twins.get(function.__func__)
        if found is not None:
            args = (function.__self__, *args)
    else:
        found = twins.get(function) if _is_hashed(function) else None
    if found is None:
        return (yield from _call_other(function, args, kwargs))
    how, twin = found
    if how == STEPS:
        return (yield from twin(*args, **kwargs))
    if how == FUNCTION:
        yield
        return (yield from twin(*args, **kwargs))
    if how == GENERATOR:
        return Values(twin(*args, **kwargs))
    if how == INLINE:
        yield
        return (yield from _waits_of(twin(*args, **kwargs)))
    return twin(*args, **kwargs)


def _waits_of(steps: Steps) -> Steps:
    """Steps of a lambda, among which no other thread goes on, unless they have to wait."""
    try:
        while True:
            item = next(steps)
            if item is not None and not item.is_ready():
                yield item
    except StopIteration as end:
        return end.value.value if type(end.value) is Ended else Raised(end)
    except RuntimeError as error:
        if type(error.__cause__) is StopIteration and error.args == ("generator raised StopIteration",):
            return Raised(error.__cause__)
        raise


def _is_hashed(function: Any) -> bool:
    return type(function) in (types.FunctionType, types.BuiltinFunctionType, type)


def _call_other(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Steps:
    kind = type(function)
    if kind is functools.partial:
        return (yield from call(function.func, *function.args, *args, **{**function.keywords, **kwargs}))
    if isinstance(function, type):
        if function in _PLAIN:
            yield
        return function(*args, **kwargs)
    if function is iter and len(args) == 2:
        return Values(_until(*args))
    if function is next and args and isinstance(args[0], Values):
        return (yield from args[0].next_or(*args[1:]))
    special = twins.get(vars(kind).get("__call__")) if kind.__module__ != "builtins" else None
    if special is not None:
        return (yield from special[1](function, *args, **kwargs))
    yield
    try:
        return function(*args, **kwargs)
    except StopIteration as error:
        return Raised(error)


def _until(function: Any, end: Any) -> Steps:
    while True:
        value = out((yield from call(function)))
        if value == end:
            return
        yield Given(value)


# ---- generators of theirs


class Values:
    """What a generator function of theirs gives, one by one: step by step in a thread, at once elsewhere."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return self.send(None)

    def send(self, value: Any) -> Any:
        """As to a generator: the value that comes next."""
        return out(at_once(self.next_after(lambda: self._steps.send(value))))

    def throw(self, *problem: Any) -> Any:
        """As into a generator: the value that comes next."""
        return out(at_once(self.next_after(lambda: self._steps.throw(*problem))))

    def close(self) -> None:
        """As a generator is closed."""
        at_once(self.to_the_end())

    def to_the_end(self) -> Steps:
        """Steps of what it does when it is closed."""
        try:
            item = self._steps.throw(GeneratorExit())
            while type(item) is not Given:
                yield item
                item = next(self._steps)
        except (GeneratorExit, StopIteration):
            return
        raise RuntimeError("generator ignored GeneratorExit")

    def next_after(self, begin: Callable[[], Any], *default: Any) -> Steps:
        """Steps to the next value, the first of which is there to take; what `next` gives or raises."""
        try:
            item = begin()
            while type(item) is not Given:
                yield item
                item = next(self._steps)
        except StopIteration as end:
            return default[0] if default else Raised(StopIteration(end.value))
        return item.value

    def next_or(self, *default: Any) -> Steps:
        """Steps to the next value; what `next` gives or raises."""
        return self.next_after(lambda: next(self._steps), *default)


steps_of(Values.send, lambda self, value: self.next_after(lambda: self._steps.send(value)))
steps_of(Values.close, Values.to_the_end)
steps_of(Values.throw, lambda self, *problem: self.next_after(lambda: self._steps.throw(*problem)))


def pass_on(values: Any) -> Steps:
    """`yield from values`: a generator's steps as they are, of anything else one value after the other."""
    if isinstance(values, Values):
        return (yield from values._steps)
    return (yield from _given(iter(values)))


def _given(values: Iterator[Any]) -> Steps:
    """What an iterator gives, to which is sent and thrown what is sent and thrown here."""
    answer: Callable[[], Any] = functools.partial(next, values)
    while True:
        try:
            value = answer()
        except StopIteration as end:
            return end.value
        try:
            sent = yield Given(value)
        except BaseException as error:
            if not hasattr(values, "throw"):
                raise
            answer = functools.partial(values.throw, error)
        else:
            answer = functools.partial(_send, values, sent)


def _send(values: Any, sent: Any) -> Any:
    return next(values) if sent is None else values.send(sent)


def at_once(steps: Steps) -> Any:
    """Run steps with no other thread in between, to their end; nobody can wait on the way."""
    try:
        while True:
            item = next(steps)
            if item is not None and type(item) is not Given and not item.is_ready():
                raise HungError(_CANNOT_WAIT)
    except StopIteration as end:
        return end.value


class Turns:
    """A `for` loop: `while more(): target = value`."""

    __slots__ = ("_is_fixed", "_values", "value")

    def __init__(self, values: Any) -> None:
        self._values = values if isinstance(values, Values) else iter(values)
        self._is_fixed = isinstance(values, (range, tuple, str))
        self.value: Any = None

    def more(self) -> Steps:
        """Steps to the next turn; is there one?"""
        if isinstance(self._values, Values):
            value = yield from self._values.next_or()
            self.value = value
            return type(value) is not Raised
        if not self._is_fixed:
            yield
        try:
            self.value = next(self._values)
        except StopIteration:
            return False
        return True


# ---- `with`


class Managed:
    """What a function under `contextmanager` gives."""

    def __init__(self, function: Any, args: Any, kwargs: Any) -> None:
        self._function, self._args, self._kwargs = function, args, kwargs
        self._steps: Steps | None = None
        self._plain: Any = None

    def __enter__(self) -> Any:
        self._plain = contextlib.contextmanager(self._function)(*self._args, **self._kwargs)
        return self._plain.__enter__()

    def __exit__(self, *problem: object) -> Any:
        return self._plain.__exit__(*problem)

    def enter(self) -> Steps:
        """Steps to its `yield`."""
        self._steps = twins[self._function][1](*self._args, **self._kwargs)
        while True:
            item = next(self._steps)
            if type(item) is Given:
                return item.value
            yield item

    def leave(self, error: BaseException | None) -> Steps:
        """Steps from its `yield` to its end; was the error dealt with?"""
        assert self._steps is not None
        try:
            item = next(self._steps) if error is None else self._steps.throw(error)
            while True:
                yield item
                item = next(self._steps)
        except StopIteration:
            return error is not None


def contextmanager(function: Any) -> Any:
    """`contextlib.contextmanager`, whose generators take steps in a thread."""
    if function not in twins:
        return contextlib.contextmanager(function)

    @functools.wraps(function)
    def helper(*args: Any, **kwargs: Any) -> Managed:
        return Managed(function, args, kwargs)

    return helper


def enter(manager: Any) -> Steps:
    """`with manager as ...`: what `as` gives, or Raised."""
    if type(manager) is Managed:
        return (yield from manager.enter())
    function = type(manager).__enter__
    found = twins.get(function)
    if found is None:
        return function(manager)
    return (yield from found[1](manager))


def leave(manager: Any, error: BaseException | None) -> Steps:
    """The end of `with manager`: was the error dealt with? Or Raised."""
    if isinstance(error, GeneratorExit):
        return False  # The process is gone, and nothing of it happens any more.
    if type(manager) is Managed:
        return (yield from manager.leave(error))
    function = type(manager).__exit__
    found = twins.get(function)
    problem = (None, None, None) if error is None else (type(error), error, error.__traceback__)
    if found is None:
        return function(manager, *problem)
    if found[0] == AT_ONCE:
        return found[1](manager, *problem)
    return (yield from found[1](manager, *problem))
