"""Judge and subject in one process: fast, and honest only with honest code."""

from typing import Any

from halfway.links.frozen import FrozenTime
from halfway.sim.errors import CrashError
from halfway.sim.life import Life
from halfway.subject.program import Program
from halfway.subject.subject import Subject
from halfway.wire import Wire


class Direct:
    """The link that is a function call. `ask(message) -> reply` is `Life.handle` itself.

    Raises SyntaxError (for strange sources ValueError, RecursionError, MemoryError) when the source does not compile.
    """

    name = "direct"

    def __init__(self, source: str, name: str) -> None:
        self.source, self.module = source, name
        self.program = Program(source, name)
        self.kinds_told: set[str] = set()
        self._subject: Subject | None = None
        self._frozen = FrozenTime() if FrozenTime.is_wanted(source) else None

    def begin(self, life: Life) -> None:
        """A new process: a new module, a new loop."""
        self.end()
        handle = life.handle
        moved = None
        if self._frozen is not None:
            self._frozen.start()
            moved = self._frozen.move
            moved(life.world.now_ns)

        def ask(message: Wire) -> Wire:
            try:
                return handle(message)
            except BaseException as end:
                # A process that is dead does not go on, whatever its code catches.
                subject.over = end
                raise

        subject = self._subject = Subject(self.program, ask, moved)

    def call(self, request: Wire, life: Life) -> Wire:
        """Put a request to the subject and give its answer. Raises CrashError when the process dies of it."""
        subject = self._subject
        if subject is None:
            raise CrashError
        answer = subject.serve(request)
        if subject.over is not None:
            raise subject.over
        return answer

    def kill(self) -> None:
        """The process is gone."""
        self.end()

    def end(self) -> None:
        """End the process, if there is one."""
        subject, self._subject = self._subject, None
        if subject is not None:
            subject.end()

    def failed_import(self) -> Any:
        """Try the module once: None, or the error that its import raised, as it crosses."""
        subject = Subject(self.program, lambda message: ["crash"])
        subject.end()
        return subject.failed

    def close(self) -> None:
        """Give everything back: the module, its lines, the clock."""
        self.end()
        self.program.forget()
        if self._frozen is not None:
            self._frozen.stop()
