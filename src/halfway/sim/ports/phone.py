"""The effect that cannot be taken back."""

from collections.abc import Generator
from typing import Any

from halfway.sim.world import Port, takes_time

REFUSAL = "the call is refused"
REQUEST_LOST, REPLY_LOST = "the request is lost", "the reply is lost"


class Phone(Port):
    """The on-call phone: a call takes 2 s and rings after 1 s. A repeat of a key that has rung is dropped.

    REFUSED: after 1 s, ConnectionRefusedError; it has not rung. LOST: after 2 s, TimeoutError; it has rung if
    the reply was lost, and not if the request was, and nobody on the caller's side can tell which. `rang`
    lists what really rang, as (key, text); `calls` every call that arrived.
    """

    raises = (ConnectionRefusedError, TimeoutError)

    def __init__(self, story: Any) -> None:
        super().__init__(story)
        self.rang: list[tuple[str, str]] = []
        self.calls: list[tuple[str, str]] = []

    @takes_time
    def ring(self, key: str, text: str) -> Generator[float, None, str]:
        """Call, and give "accepted"."""
        fault = self.fault("ring", REFUSED=REFUSAL, LOST=(REQUEST_LOST, REPLY_LOST))
        yield 1.0
        if fault == REFUSAL:
            raise ConnectionRefusedError("the phone refuses the call")
        if fault == REQUEST_LOST:
            yield 1.0
            raise TimeoutError("no reply")
        self._arrive(key, text)
        yield 1.0
        if fault == REPLY_LOST:
            raise TimeoutError("no reply")
        return "accepted"

    def _arrive(self, key: str, text: str) -> None:
        self.calls.append((key, text))
        if any(key == known for known, _ in self.rang):
            self.tell(f"drops a repeat of key {key}")
        else:
            self.rang.append((key, text))
            self.tell(f"rings for {text}, key {key}")
