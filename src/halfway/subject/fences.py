"""Nothing leaves the simulation: no network, no threads, no real time."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from halfway.subject.standins import in_a_thread

THREADS_MAX = 32
"""No default executor has more threads than this."""


class FencedLoop(asyncio.BaseEventLoop):
    """asyncio's event loop without its ways to the outside."""

    threads_taken: int
    """How many threads of its executor sleep."""
    without_a_thread: deque[tuple[asyncio.Future[Any], Callable[..., Any], Any]]
    """The jobs that wait for one."""

    # What it has inside, and typeshed does not tell.
    _ready: deque[asyncio.Handle]
    _closed: bool
    _debug: bool
    _stopping: bool
    _thread_id: int | None
    _task_factory: Any
    _exception_handler: Any
    _asyncgens: WeakSet[Any]
    _asyncgens_shutdown_called: bool
    _executor_shutdown_called: bool

    if TYPE_CHECKING:

        def _check_closed(self) -> None: ...
        def _check_running(self) -> None: ...
        def _asyncgen_firstiter_hook(self, agen: Any) -> None: ...
        def _asyncgen_finalizer_hook(self, agen: Any) -> None: ...

    def run_in_executor(  # type: ignore[override]  # typeshed's has a type variable for each argument
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run `func` in line, at once: threads would bring back the real world's order.

        The time that it sleeps passes before its result is there, and blocks nobody but those who find no
        free thread: it sleeps in one, also when nobody wants its result any more.
        """
        future: asyncio.Future[Any] = self.create_future()
        self.call_soon(_in_line, self, future, func, args)
        return future

    def call_soon_threadsafe(  # type: ignore[override]  # as above
        self, callback: Any, *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """There is one thread, so this is call_soon."""
        return self.call_soon(callback, *args, context=context)

    async def create_connection(self, *args: Any, **options: Any) -> Any:
        """Refused by name: there is no network here."""
        raise RuntimeError("there is no network in a simulation; call a port instead")

    create_server = create_datagram_endpoint = create_connection
    getaddrinfo = getnameinfo = sock_connect = create_connection

    def add_signal_handler(  # type: ignore[override]  # as above
        self, sig: int, callback: Any, *args: Any
    ) -> None:
        """Refused by name: no signal comes to one process of many that are told here."""
        raise RuntimeError("no signal comes to a simulation; whoever stops your code cancels it")

    def __del__(self) -> None:
        """This loop holds no descriptor, so that nobody has to close it."""

    def _set_coroutine_origin_tracking(self, enabled: bool) -> None:
        """Debug mode changes nothing outside this loop."""

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Cancelled timers stay in the heap and are passed over when their time comes."""

    def _process_events(self, event_list: Any) -> None:
        """There are no file descriptors to watch."""

    def _write_to_self(self) -> None:
        """Nobody sleeps in a selector here."""


def _in_line(loop: FencedLoop, future: asyncio.Future[Any], func: Callable[..., Any], args: Any) -> None:
    if future.cancelled():
        return
    if loop.threads_taken >= THREADS_MAX:
        loop.without_a_thread.append((future, func, args))
        return
    result, error, slept_s = in_a_thread(partial(func, *args))
    loop.call_later(slept_s, _tell_future, future, result, error)
    if slept_s > 0:
        loop.threads_taken += 1
        loop.call_later(slept_s, _leave_thread, loop)


def _leave_thread(loop: FencedLoop) -> None:
    loop.threads_taken -= 1
    while loop.without_a_thread and loop.threads_taken < THREADS_MAX:
        _in_line(loop, *loop.without_a_thread.popleft())


def _tell_future(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
