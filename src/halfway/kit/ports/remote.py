"""Something at the other end of a network: calls take time, and fail in every way that networks have."""

from collections.abc import Callable, Generator
from typing import Any

from halfway.kit.ports.failures import Failure, Failures
from halfway.sim import Port
from halfway.sim.pressures import ERRORS
from halfway.sim.raised import as_raised


class Remote(Port):
    """The base of ports that are reached over a network.

    A method under @takes_time gives way to `request`. `failed` lists what went wrong under each label, in
    words; `errors` how each error was told, as "TimeoutError: no reply". `begun_late` lists what was called
    after a cancel had come: not in the same moment, in which nobody can have heard of it.
    """

    raises = (ConnectionError, TimeoutError, OSError, RuntimeError)

    def __init__(self, story: Any) -> None:
        super().__init__(story)
        self.failed: dict[str, list[str]] = {}
        self.errors: dict[str, list[str]] = {}
        self.begun_late: list[str] = []
        self._requests: dict[str, int] = {}
        self._told: list[tuple[str, str]] = []

    def will_fail(self, label: str, *texts: str) -> None:
        """The next calls under this label fail as these texts say; "" is a call that goes well."""
        self._told += [(label, text) for text in texts]

    def request(
        self,
        label: str,
        ways: Failures,
        effect: Callable[[], Any],
        *,
        before_s: float = 1.0,
        after_s: float = 1.0,
    ) -> Generator[float, None, Any]:
        """One call: it takes `before_s`, has its effect, and its answer is back after `after_s`."""
        call = self._requests[label] = self._requests.get(label, 0) + 1
        if 0 <= self.world.first_cancel_ns < self.world.now_ns:
            self.begun_late.append(label)
        failure = self._failure(label, ways)
        if before_s:
            yield before_s
        value = effect() if failure is None or failure.happens else None
        if after_s and (failure is None or not failure.is_quick):
            yield after_s
        if failure is not None:
            error = failure.error(call - 1, family=ERRORS in self.world.pressures)
            self.failed.setdefault(label, []).append(failure.text)
            self.errors.setdefault(label, []).append(f"{type(error).__name__}: {error}".removesuffix(": "))
            raise error
        return value

    def at_once(self, request: Generator[float, None, Any]) -> Any:
        """Give what the request gives, to a caller who stands still meanwhile.

        An error of class StopIteration comes out as itself, which a generator alone would turn into another.
        """
        while True:
            try:
                self.world.pass_time(next(request))
            except StopIteration as end:
                return end.value
            except RuntimeError as error:
                raised = as_raised(error)
                if raised is error:
                    raise
                raise raised from None

    def _failure(self, label: str, ways: Failures) -> Failure | None:
        for place, (wanted, text) in enumerate(self._told):
            if wanted == label:
                del self._told[place]
                return ways[text] if text else None
        options = ways.options if ERRORS in self.world.pressures else ways.declared
        text = self.fault(label, **options)
        return ways[text] if text else None
