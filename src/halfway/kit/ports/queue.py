"""Work that comes from elsewhere: at least once, and in no promised order."""

from collections.abc import Generator, Iterable
from typing import Any

from halfway.sim import Port, durable, takes_time


class Queue(Port):
    """A queue of deliveries.

    `take` gives the next one after 1 s, as (number, payload), or None when none is left.

    What was taken and not acknowledged comes again to the next process, before everything else. DUPLICATE: a
    delivery comes once more, after those that wait. REORDER: the one behind it comes first. CRASH: the
    process is killed before `ack` or after it. `delivered` lists every delivery that was given out, `acked`
    the numbers that were acknowledged, in order.
    """

    raises = (KeyError,)

    def __init__(self, story: Any, payloads: Iterable[Any] = ()) -> None:
        super().__init__(story)
        self.waiting: list[tuple[int, Any]] = list(enumerate(payloads, start=1))
        self.delivered: list[tuple[int, Any]] = []
        self.acked: list[int] = []
        self._known = dict(self.waiting)
        self._taken: dict[int, int] = {}

    def add(self, payload: Any) -> int:
        """Put one more at the end, and give its number."""
        number = len(self._known) + 1
        self._known[number] = payload
        self.waiting.append((number, payload))
        return number

    @takes_time
    def take(self) -> Generator[float, None, tuple[int, Any] | None]:
        """Give the next delivery."""
        yield 1.0
        self._bring_back()
        if not self.waiting:
            return None
        fault = self.fault("take", DUPLICATE="it is delivered twice", REORDER=self._reordered())
        if fault == "the one behind it comes first":
            self.waiting[:2] = reversed(self.waiting[:2])
        number, payload = self.waiting.pop(0)
        if fault == "it is delivered twice":
            self.waiting.append((number, payload))
        self._taken[number] = self.world.lives
        self.delivered.append((number, payload))
        self.tell(f"delivers {number}: {payload}")
        return number, payload

    @durable
    def ack(self, number: int) -> None:
        """Say that this delivery is done. Raises KeyError for one that was never delivered."""
        if number not in [known for known, _ in self.delivered]:
            raise KeyError(number)
        self._taken.pop(number, None)
        self.acked.append(number)
        self.tell(f"{number} is acknowledged")

    def _reordered(self) -> tuple[str, ...]:
        return ("the one behind it comes first",) if len(self.waiting) > 1 else ()

    def _bring_back(self) -> None:
        """What an earlier process took, and did not acknowledge, waits again."""
        lost = sorted(number for number, life in self._taken.items() if life < self.world.lives)
        self.waiting[:0] = [(number, self._known[number]) for number in lost]
        for number in lost:
            del self._taken[number]
