"""Judge and subject in one process: fast, and honest only with honest code."""

import random
from collections.abc import Mapping
from typing import Any

from halfway.links.frozen import FrozenTime
from halfway.links.reading import facts_of
from halfway.sim.errors import CrashError
from halfway.sim.life import Life
from halfway.sim.world import EPOCH
from halfway.subject.program import Program
from halfway.subject.subject import Subject
from halfway.wire import Wire


class Direct:
    """The link that is a function call. `ask(message) -> reply` is `Life.handle` itself.

    Raises SyntaxError (for strange sources ValueError, RecursionError, MemoryError) when the source does not
    compile.
    """

    name = "direct"
    is_trusted = True

    def __init__(self, source: str, name: str, *, given: Mapping[str, str] | None = None) -> None:
        self.source, self.module, self.given = source, name, given or {}
        self.program = Program(source, name, given)
        self.kinds_told: set[str] = set()
        self._subject: Subject | None = None
        self._frozen = FrozenTime(EPOCH) if FrozenTime.is_wanted(source) else None
        self._chance: Any = None

    def begin(self, life: Life) -> None:
        """A new process: a new module, a new loop."""
        if self._subject is not None:
            self.end()
        moved = None
        if self._frozen is not None:
            self._frozen.start(life.starts_ns)
            moved = self._frozen.move
        if self.program.uses_chance:
            self._chance = self._chance or random.getstate()
            random.seed(life.seed)
        self._subject = Subject(self.program, life.handle, moved)

    def call(self, request: Wire, life: Life) -> Wire:
        """Put a request to the subject and give its answer. Raises CrashError when the process dies of it."""
        subject = self._subject
        if subject is None:
            raise CrashError
        return subject.serve(request)

    def kill(self) -> None:
        """The process is gone."""
        self.end()

    def end(self) -> None:
        """End the process, if there is one."""
        subject, self._subject = self._subject, None
        if subject is not None:
            subject.end()

    def facts(self) -> dict[str, Wire]:
        """Say what stands in the source, whatever runs of it."""
        return facts_of(self.source)

    def failed_import(self) -> Any:
        """Try the module once: None, or the error that its import raised, as it crosses."""
        subject = Subject(self.program, lambda message: ["value", None, None, 0])
        try:
            return subject.try_import()
        finally:
            subject.end()

    def close(self) -> None:
        """Give everything back: the module, its lines, the clock, chance."""
        self.end()
        self.program.forget()
        if self._frozen is not None:
            self._frozen.stop()
        if self._chance is not None:
            random.setstate(self._chance)
            self._chance = None
