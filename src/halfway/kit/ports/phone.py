"""The effect that cannot be taken back."""

from collections.abc import Callable, Generator
from typing import Any

from halfway.kit.ports.failures import Failures, writes
from halfway.kit.ports.remote import Remote

RINGING = writes("the call", "it rings", "it rang")


class Phone(Remote):
    """The on-call phone: a call takes 2 s, and rings after 1 s. The stub's `ring` gives way to `call`.

    `called` lists what it was asked to ring for, `rang` what it rang for.
    """

    ways = RINGING

    def __init__(self, story: Any, rang: Any = ()) -> None:
        super().__init__(story)
        self.called: list[Any] = []
        self.rang: list[Any] = list(rang)
        for what in self.rang:
            self.tell(f"has rung for {what}")

    def call(
        self, what: Any, answer: Callable[[], Any] | None = None, ways: Failures | None = None
    ) -> Generator[float, None, Any]:
        """Ring for it, and give what `answer` gives then; without one, ring and give nothing."""
        self.called.append(what)
        return (yield from self.request("ring", ways or self.ways, answer or (lambda: self.rings(what))))

    def rings(self, what: Any) -> None:
        """It rings, now."""
        self.rang.append(what)
        self.tell(f"rings for {what}")
