"""Judge here, subjects in sandboxes: each lifetime of a story runs where that story has not been seen.

A crash does not end what a process has written into memory, files or other processes; another sandbox, in
which this story never ran, does. Sandboxes serve many stories of one submission, and never another one.
"""

import os
import random
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from halfway.errors import StopError
from halfway.links.guard import Limits
from halfway.links.line import Line
from halfway.links.sandbox.bubblewrap import ConfinementError
from halfway.links.sandbox.client import Sandboxes
from halfway.links.waiting import waited_s
from halfway.sim.answers import MALFORMED
from halfway.sim.errors import FoulError, GoneError
from halfway.sim.life import Life
from halfway.sim.world import World
from halfway.wire import Wire


class DiedError(GoneError):
    """The process of the submission is gone; the text says how it ended."""


class ReachedError(StopError):
    """The subject says that it reached a limit, "time", "stuck", "output" or "memory", and where.

    Not an Exception, so that nothing on the way takes it for an answer.
    """

    def __init__(self, limit: str, frames: list[tuple[int, str]]) -> None:
        super().__init__(limit)
        self.limit, self.frames = limit, frames


class ConfinedSubject(Line):
    """One sandbox, seen from the judge. Raises ReachedError when it says that it reached a limit."""

    def __init__(self, id: int, into: int, out: int, process: int) -> None:
        super().__init__(into, out)
        self.id, self._process = id, process
        self._is_stopped = False
        self._waited_before = waited_s(id)

    def stop(self) -> None:
        """It does nothing more, whatever it is at, until somebody speaks to it."""
        if not self._is_stopped:
            self._is_stopped = True
            self._signal(signal.SIGSTOP)

    def ask_where(self) -> None:
        """Its time is nearly over: it says where it is, and ends."""
        self._signal(signal.SIGALRM)

    def waited_s(self) -> float:
        """For how many seconds it has waited for a processor."""
        return max(0.0, waited_s(self.id) - self._waited_before)

    def _go_on(self) -> None:
        if self._is_stopped:
            self._is_stopped = False
            self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        """Sends a signal by what stands for the process: no other one ever has that, as it may its number."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, number)

    def _settle(self) -> None:
        self._go_on()
        super()._settle()

    def _read(self) -> Any:
        message = super()._read()
        if message[0] == "reached":
            raise _reached(message)
        return message

    def close(self) -> None:
        """Hang up."""
        self._is_stopped = True
        for descriptor in (self.into, self.out, self._process):
            os.close(descriptor)


class Pool:
    """The link to sandboxes. Like Pipe, but each lifetime of a story has a process that is new to the story.

    Each process is held to `limits`; its time is the judge's, whose guard has it asked where it is when that
    is nearly over. Which free sandbox is taken is chance: none of them learns whether it is the first.
    """

    name = "pool"
    is_trusted = False

    def __init__(
        self,
        source: str,
        name: str,
        sandboxes: Sandboxes,
        limits: Limits | None = None,
        *,
        elsewhere: Sandboxes | None = None,
        core: int | None = None,
        is_elsewhere: bool = False,
        given: Mapping[str, str] | None = None,
    ) -> None:
        self.source, self.module, self.given = source, name, given or {}
        self.kinds_told: set[str] = set()
        self.printed = ""
        self._facts: dict[str, Wire] = {}
        self._sandboxes, self._elsewhere = sandboxes, elsewhere
        self._limits, self._core = limits or Limits(), core
        self._is_elsewhere = is_elsewhere
        self._chance = random.SystemRandom()
        self._all: list[ConfinedSubject] = []
        self._free: list[ConfinedSubject] = []
        self._now: ConfinedSubject | None = None
        self._others: list[Pool] = []
        self._last: ConfinedSubject | None = None
        self._world: World | None = None

    @property
    def size(self) -> int:
        """How many sandboxes are in use."""
        return len(self._all)

    # ---- sandboxes

    def _taken(self) -> ConfinedSubject:
        subject = ConfinedSubject(*self._sandboxes.take())
        subject.put(["confine", {"core": self._core, "limits": asdict(self._limits)}])
        if self._is_elsewhere:
            subject.move()
        self._all.append(subject)
        return subject

    def close(self) -> None:
        """End every sandbox."""
        for subject in self._all:
            subject.close()
        self._all.clear()
        self._free.clear()
        self._now = None

    def elsewhere(self) -> "Pool":
        """Gives a link to sandboxes on another machine: another interpreter, with another hash seed."""
        if self._now is not None:
            self._now.stop()
        if self._elsewhere is None:
            raise ConfinementError("there are no sandboxes with another hash seed")
        sandboxes, limits = self._elsewhere, self._limits
        other = Pool(
            self.source, self.module, sandboxes, limits, core=self._core, is_elsewhere=True, given=self.given
        )
        self._others.append(other)
        return other

    # ---- time

    def ask_where(self) -> None:
        """The time is nearly over: whoever is at work says where, and ends."""
        for pool in (self, *self._others):
            if pool._now is not None:
                pool._now.ask_where()

    def waited_s(self) -> float:
        """For how many seconds its processes have waited for a processor, here and elsewhere."""
        return sum(subject.waited_s() for pool in (self, *self._others) for subject in pool._all)

    # ---- before the first story

    def look(self) -> Wire:
        """Says, before anything of it runs: does the source compile, and what does it import?"""
        self._now = self._taken()
        looked = self._ask(["look", self.module, self.source])
        self._facts = looked.get("facts", {}) if type(looked) is dict else {}
        return looked

    def facts(self) -> dict[str, Wire]:
        """Say what stands in the source, as a sandbox has read it."""
        return self._facts

    def try_import(self) -> Any:
        """Import the module once: None, or the error that this raised, as it crosses."""
        assert self._now is not None, "look() comes first"
        self._now.load(self.source, self.module, "", self.given)
        self._now.put(["begin", 0, 1])
        return self._ask(["import"])

    def _ask(self, request: Wire) -> Any:
        try:
            return self._subject().ask(request)
        except GoneError:
            raise self._died() from None

    # ---- lifetimes

    def begin(self, life: Life) -> None:
        """A new process, in a sandbox that has not seen this story."""
        if life.world is not self._world:
            self._world, self._free = life.world, list(self._all)
            self.printed = ""
        elif life.world.telling:
            self._hear_output()
        if self._free:
            subject = self._free.pop(self._chance.randrange(len(self._free)))
        else:
            subject = self._taken()
            subject.load(self.source, self.module, "", self.given)
        for other in (self._last, self._now):
            # What is over has no say in what comes after it, however busy it still is.
            if other is not None and other is not subject and other in self._all:
                other.stop()
        self._last = self._now = subject
        self.kinds_told = subject.kinds_told
        subject.begin(life)

    def call(self, request: Wire, life: Life) -> Wire:
        """Put a request to the subject, answer its messages, and give its answer.

        Raises GoneError when it is gone, FoulError when it says what no subject says.
        """
        try:
            return self._subject().call(request, life.handle)
        except GoneError:
            raise self._died() from None
        except (FoulError, ReachedError):
            self._give_up()
            raise

    def kill(self) -> None:
        """This lifetime is over: its process is told so in place of a reply, and sees this story no more."""
        if self._now is not None:
            try:
                self._now.crash()
            except GoneError:
                self._give_up()

    def end(self) -> None:
        """The lifetime is over; what it printed is kept for the story that is being told."""
        if self._world is not None and self._world.telling:
            self._hear_output()
        self._now = None

    def _hear_output(self) -> None:
        if self._now is None:
            return
        try:
            text = self._now.ask(["printed"])
            self.printed += text if type(text) is str else ""
        except (FoulError, ReachedError):  # its last words are of no more interest than it is
            self._give_up()

    def _give_up(self) -> ConfinedSubject | None:
        subject, self._now = self._now, None
        if subject is not None:
            subject.close()
            if subject in self._all:
                self._all.remove(subject)
        return subject

    def _subject(self) -> ConfinedSubject:
        if self._now is None:
            raise GoneError("your process ended")
        return self._now

    def _died(self) -> GoneError:
        """Gives up the sandbox in use, and says how its process ended."""
        subject = self._give_up()
        how, _, number = (self._sandboxes.how(subject.id) if subject is not None else "alive").partition(" ")
        if how == "exit":
            return DiedError(f"your code ended its own process (exit code {number})")
        if how == "signal":
            return DiedError(f"your process was ended by {_signal(int(number))}")
        return GoneError("your process said no more")


def _signal(number: int) -> str:
    known = number in set(signal.Signals)
    return f"a signal ({signal.Signals(number).name if known else number})"


def _reached(message: Wire) -> BaseException:
    try:
        limit, frames = message[1]
        told = [(int(line), str(name)[:80]) for line, name in frames[:6]]
    except MALFORMED:
        return FoulError("a message of no known shape")
    return ReachedError(limit if limit in ("output", "memory", "stuck") else "time", told)
