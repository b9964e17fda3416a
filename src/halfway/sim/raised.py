"""How an error that a port raises crosses to the subject: class, arguments, cause, members."""

from collections.abc import Callable
from typing import Any

from halfway.wire import Wire


def as_raised(error: BaseException) -> BaseException:
    """Give what a port's method raised: of a StopIteration, a generator makes another error."""
    cause = error.__cause__
    is_changed = type(error) is RuntimeError and error.args == ("generator raised StopIteration",)
    return cause if is_changed and cause is not None else error


def error_out(error: BaseException, out: Callable[[Any], Wire]) -> Wire:
    """Give its class and arguments; then, where it has them, its cause and the members of a group."""
    cause = None if error.__cause__ is None else error_out(error.__cause__, out)
    if isinstance(error, BaseExceptionGroup):
        return [class_of(error), [error.message], cause, [error_out(one, out) for one in error.exceptions]]
    told: list[Wire] = [class_of(error), [out(a) for a in error.args]]
    return told if cause is None else [*told, cause]


IN_THE_LIBRARY = {"asyncio.exceptions": "asyncio", "sqlite3": "sqlite3", "queue": "queue", "_queue": "queue"}
"""Modules whose errors cross as what they are, with the name under which a program imports them."""


def class_of(error: BaseException) -> str:
    """The class of an error as it crosses.

    "TimeoutError", "sqlite3.OperationalError", or "ReadTimeout(TimeoutError)" for one that is in no module
    here: the learner's own class of that name, or a new one on that base.
    """
    kind = type(error)
    if kind.__module__ == "builtins":
        return kind.__name__
    if kind.__module__ in IN_THE_LIBRARY:
        return f"{IN_THE_LIBRARY[kind.__module__]}.{kind.__name__}"
    base = next(b for b in kind.__mro__ if b.__module__ == "builtins")
    return f"{kind.__name__}({base.__name__})"


def error_told(content: Wire, into: Callable[[Wire], Any]) -> str:
    """Tell an error that has crossed: its words, where it came from, and who is inside."""
    name, args, cause, inside = [*content, None, None][:4]
    said = ", ".join([str(into(a)) for a in args])
    told = name + (f": {said}" if said else "")
    if cause is not None:
        told += f", from {cause[0]}: {cause[1][0]}"
    if inside is not None:
        told += f" ({', '.join(str(one[0]) for one in inside)})"
    return str(told)
