"""`contextlib.ExitStack`, as a program's threads have it here: what it calls on its way out may wait."""

from collections.abc import Callable
from typing import Any

from halfway.subject.locks import by
from halfway.subject.stepping import Raised, Steps, at_once, call, enter, leave, out

Way = Callable[[BaseException | None], Steps]
"""What is done on the way out, with the error that is under way: was that dealt with? Or Raised."""


@by("enter_context", "close", "__exit__")
class ExitStack:
    """contextlib.ExitStack."""

    def __init__(self) -> None:
        self._ways: list[Way] = []

    def _enter_context_(self, manager: Any) -> Steps:
        value = yield from enter(manager)
        if type(value) is not Raised:
            self._ways.append(lambda error: leave(manager, error))
        return value

    def _exit_(self, _kind: Any, error: BaseException | None, _trace: Any) -> Steps:
        """Go all ways, the last one first; an error on one of them takes the place of the one before."""
        left = error
        while self._ways:
            try:
                if out((yield from self._ways.pop()(left))):
                    left = None
            except GeneratorExit:
                raise
            except BaseException as newer:
                left = newer
        if left is None or left is error:
            return left is not error
        return Raised(left)

    def _close_(self) -> Steps:
        return (yield from self._exit_(None, None, None))

    def enter_context(self, manager: Any) -> Any:
        return out(at_once(self._enter_context_(manager)))

    def callback(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        def way(_error: BaseException | None) -> Steps:
            raised = yield from call(function, *args, **kwargs)
            return raised if type(raised) is Raised else False

        self._ways.append(way)
        return function

    def push(self, exit: Any) -> Any:  # noqa: A002 - as there
        def way(error: BaseException | None) -> Steps:
            problem = (None, None, None) if error is None else (type(error), error, error.__traceback__)
            return (yield from call(exit, *problem))

        self._ways.append(way if not hasattr(exit, "__exit__") else lambda error: leave(exit, error))
        return exit

    def pop_all(self) -> "ExitStack":
        other = type(self)()
        other._ways, self._ways = self._ways, []
        return other

    def close(self) -> None:
        out(at_once(self._close_()))

    def __enter__(self) -> "ExitStack":
        return self

    def __exit__(self, *problem: object) -> Any:
        given: Any = problem
        return out(at_once(self._exit_(*given)))
