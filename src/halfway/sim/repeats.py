"""A process that comes to the same calls again and again: it waits for something that never changes."""

from collections import deque

from halfway.sim.timeline import NS
from halfway.wire import Wire

REPEATS_MAX = 1_000
"""So often may calls follow each other that are the same as one of the three before them."""
LAST = 3
FOR_EVER = "it makes the same calls for ever"


class Repeats:
    """Hears of every call of a port, as [port, name, args, kwargs]; says when they only repeat themselves."""

    __slots__ = ("_calls", "_times", "_when_ns")

    def __init__(self) -> None:
        self._calls: deque[Wire] = deque(maxlen=LAST)
        self._when_ns: deque[int] = deque(maxlen=LAST)
        self._times = 0

    def begin(self) -> None:
        """Somebody asks for something new: what was called before does not count."""
        self._times = 0

    def note(self, call: Wire, now_ns: int) -> bool:
        """Note a call; True once they have repeated themselves for too long."""
        self._times = self._times + 1 if call in self._calls else 0
        self._calls.append(call)
        self._when_ns.append(now_ns)
        return self._times > REPEATS_MAX

    @property
    def last(self) -> list[tuple[Wire, float]]:
        """The last calls, and the virtual seconds at which they were made."""
        return [(call, now_ns / NS) for call, now_ns in zip(self._calls, self._when_ns, strict=True)]
