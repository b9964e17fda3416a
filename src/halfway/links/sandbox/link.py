"""Judge here, subjects in sandboxes: each lifetime of a story runs where that story has not been seen.

A crash does not end what a process has written into memory, files or other processes; another sandbox, in
which this story never ran, does. Sandboxes serve many stories of one submission, and never another one.
"""

import os
import random
import signal
from contextlib import suppress
from typing import Any

from halfway.links.frozen import FrozenTime
from halfway.links.pipe import raised_in_taking_apart
from halfway.links.sandbox.bubblewrap import ConfinementError
from halfway.links.sandbox.client import ConfinedSubject, Nursery, Sandboxes, Terms
from halfway.sim.answers import MALFORMED
from halfway.sim.errors import FoulError, GoneError
from halfway.sim.life import Life
from halfway.sim.world import EPOCH, World
from halfway.wire import Wire, from_line, to_line

LINE_MAX = 1 << 20


__all__ = ["ConfinementError", "DiedError", "Nursery", "Pool", "ReachedError", "Sandboxes", "Terms"]


class DiedError(GoneError):
    """The process of the submission is gone; the text says how it ended."""


class ReachedError(BaseException):
    """The subject says that it reached a limit, "time", "output" or "memory", and where.

    Not an Exception, so that nothing on the way takes it for an answer.
    """

    def __init__(self, limit: str, frames: list[tuple[int, str]]) -> None:
        super().__init__(limit)
        self.limit, self.frames = limit, frames


class Pool:
    """The link to sandboxes. Like Pipe, but each lifetime of a story has a process that is new to the story.

    `patience_s` is how long a subject may say nothing. Which free sandbox is taken is chance, so that none of
    them learns whether it is the first.
    """

    name = "pool"
    is_trusted = False

    def __init__(
        self,
        source: str,
        name: str,
        sandboxes: Sandboxes,
        terms: Terms | None = None,
        *,
        elsewhere: Sandboxes | None = None,
        core: int | None = None,
    ) -> None:
        self.source, self.module = source, name
        self.kinds_told: set[str] = set()
        self.messages = 0
        self.printed = ""
        self._sandboxes, self._elsewhere = sandboxes, elsewhere
        self._terms, self._core = terms or Terms(), core
        self._chance = random.SystemRandom()
        self._all: list[ConfinedSubject] = []
        self._free: list[ConfinedSubject] = []
        self._now: ConfinedSubject | None = None
        self._world: World | None = None

    @property
    def size(self) -> int:
        """How many sandboxes are in use."""
        return len(self._all)

    # ---- sandboxes

    def _taken(self) -> ConfinedSubject:
        subject = self._sandboxes.take()
        terms = self._terms
        limits = {
            "memory_bytes": terms.memory_bytes,
            "cpu_s": int(terms.seconds) + 2,
            "file_bytes": terms.file_bytes,
            "open_files": terms.open_files,
            "processes": terms.processes,
        }
        subject.unsent = to_line(
            [
                "confine",
                {
                    "seconds": terms.seconds,
                    "output_bytes": terms.output_bytes,
                    "core": self._core,
                    "limits": limits,
                },
            ]
        )
        self._all.append(subject)
        return subject

    def _load(self, subject: ConfinedSubject) -> None:
        folder = "" if FrozenTime.is_wanted(self.source) else None
        subject.unsent += to_line(["program", self.module, self.source, EPOCH.isoformat(), folder])

    def _lose(self) -> str:
        """Gives up the sandbox that is in use, and says how its process ended."""
        subject, self._now = self._now, None
        if subject is None:
            return "alive"
        subject.close()
        self._all.remove(subject)
        return self._sandboxes.how(subject)

    def close(self) -> None:
        """End every sandbox."""
        for subject in self._all:
            subject.close()
        self._all.clear()
        self._free.clear()
        self._now = None

    def elsewhere(self) -> "Pool":
        """Gives a link to sandboxes on another machine: another interpreter, with another hash seed."""
        if self._elsewhere is None:
            raise ConfinementError("there are no sandboxes with another hash seed")
        return Pool(self.source, self.module, self._elsewhere, self._terms, core=self._core)

    # ---- before the first story

    def look(self) -> Wire:
        """Says, before anything of it runs: does the source compile, and what does it import?"""
        self._now = self._taken()
        return self._ask(["look", self.module, self.source])

    def try_import(self) -> Any:
        """Import the module once: None, or the error that this raised, as it crosses."""
        assert self._now is not None, "look() comes first"
        self._load(self._now)
        self._now.unsent += to_line(["begin", 0, 1])
        return self._ask(["import"])

    def _ask(self, request: Wire) -> Any:
        subject = self._subject()
        self._send(subject, to_line(request))
        message = self._read(subject)
        if message[0] != "done":
            raise FoulError("it spoke out of turn")
        return message[1]

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
            self._load(subject)
        self._now, self.kinds_told = subject, subject.kinds_told
        subject.unsent += to_line(["begin", life.world.now_ns, life.world.lives])

    def call(self, request: Wire, life: Life) -> Wire:
        """Put a request to the subject, answer its messages, and give its answer.

        Raises GoneError when it is gone, FoulError when it says what no subject says.
        """
        try:
            return self._call(self._subject(), to_line(request), life)
        except (FoulError, ReachedError):
            self._give_up()
            raise

    def _call(self, subject: ConfinedSubject, data: bytes, life: Life) -> Wire:
        if subject.owes_an_end:
            self._hear_end(subject)
        self._send(subject, data)
        while True:
            message = self._read(subject)
            self.messages += 1
            if message[0] == "done":
                return message
            try:
                reply = life.handle(message)
            except MALFORMED as error:
                if raised_in_taking_apart(error):
                    raise FoulError("a message of no known shape") from error
                raise
            self._send(subject, to_line(reply))

    def _hear_end(self, subject: ConfinedSubject) -> None:
        subject.owes_an_end = False
        if self._read(subject)[0] != "done":
            raise FoulError("it spoke out of turn")

    def kill(self) -> None:
        """This lifetime is over: its process is told so in place of a reply, and sees this story no more."""
        subject = self._now
        if subject is not None:
            with suppress(GoneError):
                self._send(subject, to_line(["crash"]))
                subject.owes_an_end = True

    def end(self) -> None:
        """The lifetime is over; what it printed is kept for the story that is being told."""
        if self._world is not None and self._world.telling:
            self._hear_output()
        self._now = None

    def _hear_output(self) -> None:
        subject = self._now
        if subject is None:
            return
        try:
            if subject.owes_an_end:
                self._hear_end(subject)
            text = self._ask(["printed"])
            self.printed += text if type(text) is str else ""
        except (FoulError, ReachedError):  # its last words are of no more interest than it is
            self._give_up()

    def _give_up(self) -> None:
        subject, self._now = self._now, None
        if subject is not None:
            subject.close()
            if subject in self._all:
                self._all.remove(subject)

    # ---- lines

    def _subject(self) -> ConfinedSubject:
        if self._now is None:
            raise GoneError("your process ended")
        return self._now

    def _gone(self) -> GoneError:
        how, _, number = self._lose().partition(" ")
        if how == "exit":
            return DiedError(f"your code ended its own process (exit code {number})")
        if how == "signal":
            return DiedError(f"your process was ended by {_signal(int(number))}")
        return GoneError("your process said no more")

    def _send(self, subject: ConfinedSubject, data: bytes) -> None:
        data, subject.unsent = subject.unsent + data, b""
        try:
            while data:
                data = data[os.write(subject.into, data) :]
        except OSError:
            raise self._gone() from None

    def _read(self, subject: ConfinedSubject) -> Any:
        line = b""
        while line[-1:] != b"\n":
            try:
                more = os.read(subject.out, 65_536)
            except OSError:
                more = b""
            if not more:
                raise self._gone()
            line += more
            if len(line) > LINE_MAX:
                raise FoulError("it said more than a message may hold")
        if line.count(b"\n") > 1:
            raise FoulError("it spoke out of turn")
        try:
            message = from_line(line)
        except (ValueError, RecursionError) as error:
            raise FoulError("what it said is not JSON") from error
        if type(message) is not list or len(message) not in (3, 4):
            raise FoulError("what it said is no message")
        if message[0] == "reached":
            raise _reached(message)
        return message


def _signal(number: int) -> str:
    known = number in set(signal.Signals)
    return f"a signal ({signal.Signals(number).name if known else number})"


def _reached(message: Wire) -> BaseException:
    try:
        limit, frames = message[1]
        told = [(int(line), str(name)[:80]) for line, name in frames[:6]]
    except MALFORMED:
        return FoulError("a message of no known shape")
    return ReachedError(limit if limit in ("output", "memory") else "time", told)
