"""Another machine for a page: a second interpreter in the same worker, with another hash seed.

The messages are those of a pipe. What holds both interpreters carries them, as lines of JSON and as calls:
`ask` puts a message of the subject to the judge and gives the reply.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping

from halfway.links.server import Server
from halfway.sim.errors import GoneError
from halfway.sim.life import Life
from halfway.sim.world import EPOCH
from halfway.wire import Wire

Ask = Callable[[str], str]
CRASH = json.dumps(["crash"])

# ---- in the other interpreter


class _Bench(Server):
    """A server that is called, in place of reading a pipe."""

    def __init__(self) -> None:
        null = os.open(os.devnull, os.O_RDWR)
        super().__init__(null, null)

    def serve_one(self, line: str, ask: Ask) -> str:
        """Answers one request; what the subject says meanwhile goes to `ask`."""
        self._said, self._put = "", ask
        self._requests = iter([json.loads(line)])
        self.serve()
        return self._said

    def _ask(self, message: Wire) -> Wire:
        self._requests = iter([json.loads(self._put(json.dumps(message)))])
        return super()._ask(message)

    def _say(self, message: Wire) -> None:
        self._said = json.dumps(message)


_bench: list[_Bench] = []


def serve(line: str, ask: Ask) -> str:
    """Serves one request of the judge in this interpreter."""
    if not _bench:
        _bench.append(_Bench())
    return _bench[0].serve_one(line, ask)


# ---- in the interpreter of the judge

_machine: list[Callable[[str, Ask], str]] = []


def meet(machine: Callable[[str, Ask], str]) -> None:
    """Makes `machine` the other machine of every story."""
    _machine[:] = [machine]


class Beside:
    """The link to the other machine. Raises GoneError where a page has none."""

    name = "beside"

    def __init__(
        self,
        source: str,
        name: str,
        *,
        hash_seed: str = "",
        is_elsewhere: bool = True,
        given: Mapping[str, str] | None = None,
    ) -> None:
        self.source, self.module, self.given = source, name, given or {}
        self.kinds_told: set[str] = set()
        self.is_trusted = True
        self._raised: BaseException | None = None
        if is_elsewhere:
            self._put(["elsewhere"], None)
        self._put(["program", name, source, EPOCH.isoformat(), "", dict(self.given)], None)

    def begin(self, life: Life) -> None:
        """A new process for the program."""
        self._put(["begin", life.starts_ns, life.seed], life)

    def call(self, request: Wire, life: Life) -> Wire:
        """Puts a request to the subject, answers its messages, and gives its answer."""
        self._raised = None
        said = self._put(request, life)
        if self._raised is not None:
            raise self._raised
        return json.loads(said)

    def kill(self) -> None:
        """The lifetime is over: whoever handles its message has raised, and `_answer` says so over there."""

    def end(self) -> None:
        """Nothing to do: the next lifetime begins with a new module."""

    def close(self) -> None:
        """Nothing to do: the other machine stands by."""

    def _put(self, request: Wire, life: Life | None) -> str:
        if not _machine:
            raise GoneError("there is no other machine in this page")

        def answer(line: str) -> str:
            try:
                return json.dumps(life.handle(json.loads(line)) if life is not None else None)
            except BaseException as error:
                self._raised = error
                return CRASH

        return str(_machine[0](json.dumps(request), answer))
