"""The other end of a pipe, inside a sandbox: a server that is held to limits and says which one it reached.

Before the first line of a submission runs, it says what the file imports and whether it compiles.
"""

import ast
import os
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, NoReturn

from halfway.links.guard import FRAMES_MAX, Frames, Guard, Limits
from halfway.links.sandbox import namespaces
from halfway.links.sandbox.clocks import VirtualClock
from halfway.links.sandbox.unusual import unusual_in
from halfway.links.server import Server
from halfway.subject import slips
from halfway.subject.subject import Subject
from halfway.wire import Wire


class ConfinedServer(Server):
    """One program, held to its limits. What it prints comes with the end of each call."""

    def __init__(
        self, into: int, out: int, *, size: int = 0, calls: bytes = b"", has_own_clock: bool = False
    ) -> None:
        super().__init__(into, out)
        self._size, self._calls, self._has_own_clock = size, calls, has_own_clock
        self._guard: Guard | None = None
        self._filename = ""

    def serve(self) -> None:
        """Answer the judge's requests, one at a time; the first one sets the limits."""
        for request in self._requests:
            kind = request[0]
            if kind == "confine":
                self._confine(**request[1])
            elif kind == "look":
                self._say(["done", self._look(*request[1:]), None, None])
            elif kind == "import" and self._subject is not None:
                self._say(["done", self._subject.try_import(), None, None])
            elif kind == "printed":
                self._say(["done", self._printed(), None, None])
            else:
                self.take(request)

    def _take_program(
        self, name: str, source: str, epoch: str, freezegun: str | None, given: Mapping[str, str]
    ) -> None:
        self._filename = f"<{name}.py>"
        super()._take_program(name, source, epoch, None if self._has_own_clock else freezegun, given)
        if self._has_own_clock:
            self._frozen = VirtualClock(datetime.fromisoformat(epoch))

    def _answer(self, subject: Subject, request: Wire) -> Wire:
        try:
            answer = super()._answer(subject, request)
        except MemoryError:
            self._out_of_memory([])
        for how, value in answer[1]:
            if how == "raised" and value["mro"][:1] == ["MemoryError"]:
                self._out_of_memory(value["frames"])
        return answer

    def _out_of_memory(self, frames: Wire) -> NoReturn:
        """What used up the memory is still held somewhere: this process is of no more use."""
        if self._guard is not None:
            self._guard.drop_ballast()
        self._end("memory", frames[-FRAMES_MAX:])

    def _confine(self, core: int | None, limits: dict[str, Any]) -> None:
        if core is not None:
            os.sched_setaffinity(0, {core})
        held, limit = Limits(**limits), partial(namespaces.limit, self._size)
        self._guard = Guard(held, lambda name: name == self._filename, self._end, limit, has_clock=False)
        self._guard.stand(held.seconds)
        if self._calls:
            namespaces.filter_calls(self._calls)

    def _end(self, limit: str, frames: Frames) -> NoReturn:
        """A limit is reached: says which one, and where."""
        self._say(["reached", [limit, frames], None])
        os._exit(0)

    def _printed(self) -> str:
        """Gives what was printed since it was last asked."""
        if self._guard is None:
            return ""
        text = self._guard.output()
        self._guard.forget_output()
        return text

    # ---- before anything of it runs

    def _look(self, name: str, source: str) -> Wire:
        """Say whether the source compiles, and what it imports that no unit needs."""
        filename = f"<{name}.py>"
        try:
            tree = compile(source, filename, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
            compile(source, filename, "exec", dont_inherit=True)
            unusual, facts = unusual_in(tree), slips.read(tree)
        except SyntaxError as e:
            return {"syntax": [e.msg, e.lineno, e.offset, e.text]}
        except (ValueError, RecursionError, MemoryError, OverflowError) as e:
            return {"strange": [type(e).__name__, str(e)]}
        return {"unusual": unusual, "facts": facts}
