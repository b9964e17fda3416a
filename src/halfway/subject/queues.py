"""`queue`, as a program's threads have it here. Its errors are the library's own."""

import heapq
import queue
import sys
import types
from collections import deque
from typing import Any

from halfway.subject.locks import by, until_ns
from halfway.subject.stepping import Steps, Wait, at_once

_INSIDE = frozenset(("mutex", "not_empty", "not_full", "all_tasks_done"))
_ShutDown: Any = getattr(queue, "ShutDown", None)


@by("put", "get", "join", "put_nowait", "get_nowait")
class Queue:
    """queue.Queue. On Python 3.13 it can be shut down."""

    __class_getitem__: Any = classmethod(types.GenericAlias)

    def __init__(self, maxsize: int = 0) -> None:
        self.maxsize = maxsize
        self.unfinished_tasks = 0
        self.is_shutdown = False
        self._init()

    def __getattr__(self, name: str) -> Any:
        if name in _INSIDE:
            raise RuntimeError(
                f"a queue has no {name} in this exercise: use a lock or a condition of your own"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _init(self) -> None:
        self.queue: Any = deque()

    def _put(self, item: Any) -> None:
        self.queue.append(item)

    def _get(self) -> Any:
        return self.queue.popleft()

    def _has_room(self) -> bool:
        return self.is_shutdown or self.maxsize <= 0 or len(self.queue) < self.maxsize

    def _has_item(self) -> bool:
        return self.is_shutdown or bool(self.queue)

    def _put_(self, item: Any, block: bool = True, timeout: float | None = None) -> Steps:  # noqa: FBT002 - as there
        if block:
            yield Wait(self._has_room, lambda: "for room in a queue", _until(timeout))
        else:
            yield
        if self.is_shutdown:
            raise _ShutDown
        if not self._has_room():
            raise queue.Full
        self._put(item)
        self.unfinished_tasks += 1

    def _get_(self, block: bool = True, timeout: float | None = None) -> Steps:  # noqa: FBT002 - as there
        if block:
            yield Wait(self._has_item, lambda: "for something in a queue", _until(timeout))
        else:
            yield
        if not self.queue:
            raise _ShutDown if self.is_shutdown else queue.Empty
        return self._get()

    def _join_(self) -> Steps:
        yield Wait(lambda: not self.unfinished_tasks, lambda: "for task_done() of each item", None)

    def _put_nowait_(self, item: Any) -> Steps:
        return (yield from self._put_(item, block=False))

    def _get_nowait_(self) -> Steps:
        return (yield from self._get_(block=False))

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:  # noqa: FBT002 - as there
        at_once(self._put_(item, block, timeout))

    def get(self, block: bool = True, timeout: float | None = None) -> Any:  # noqa: FBT002 - as there
        return at_once(self._get_(block, timeout))

    def join(self) -> None:
        at_once(self._join_())

    def put_nowait(self, item: Any) -> None:
        self.put(item, block=False)

    def get_nowait(self) -> Any:
        return self.get(block=False)

    def task_done(self) -> None:
        if self.unfinished_tasks <= 0:
            raise ValueError("task_done() called too many times")
        self.unfinished_tasks -= 1

    def qsize(self) -> int:
        return len(self.queue)

    def empty(self) -> bool:
        return not self.queue

    def full(self) -> bool:
        return 0 < self.maxsize <= len(self.queue)


if sys.version_info >= (3, 13):

    def _shutdown(self: Queue, immediate: bool = False) -> None:  # noqa: FBT002 - as there
        self.is_shutdown = True
        if immediate:
            self.unfinished_tasks -= len(self.queue)
            self.queue.clear()

    Queue.shutdown = _shutdown  # type: ignore[attr-defined]


def _until(timeout: float | None) -> int | None:
    if timeout is not None and timeout < 0:
        raise ValueError("'timeout' must be a non-negative number")
    return None if timeout is None else until_ns(timeout)


class LifoQueue(Queue):
    """queue.LifoQueue."""

    def _init(self) -> None:
        self.queue = []

    def _get(self) -> Any:
        return self.queue.pop()


class PriorityQueue(Queue):
    """queue.PriorityQueue."""

    def _init(self) -> None:
        self.queue = []

    def _put(self, item: Any) -> None:
        heapq.heappush(self.queue, item)

    def _get(self) -> Any:
        return heapq.heappop(self.queue)


class SimpleQueue(Queue):
    """queue.SimpleQueue."""

    def __init__(self) -> None:
        super().__init__()


MODELLED = {kind.__name__: kind for kind in (Queue, LifoQueue, PriorityQueue, SimpleQueue)}
MODELLED |= {name: getattr(queue, name) for name in ("Empty", "Full", "ShutDown") if hasattr(queue, name)}
