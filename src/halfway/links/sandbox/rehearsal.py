"""A first run of the learner's side, before anything is forked from it.

Whoever is forked afterwards has all that Python makes on first use: adapted bytecode, caches, compiled
patterns. It costs every sandbox a few milliseconds less.
"""

import ast
from collections.abc import Iterator

from halfway.links.sandbox.server import ConfinedServer
from halfway.links.sandbox.unusual import unusual_in
from halfway.wire import Wire, from_line, to_line

ROUNDS = 8
SOURCE = """
import asyncio
from dataclasses import dataclass
from enum import Enum


class State(Enum):
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True)
class Note:
    name: str
    count: int


class Work:
    def __init__(self, name, store):
        self.name, self.store = name, store
        self.found = store.load(name)

    async def run(self):
        try:
            told = await self.store.write(self.name, State.OPEN)
            await asyncio.sleep(1.0)
        except TimeoutError:
            await self.store.write(self.name, None)
            raise
        return told, [Note(self.name, 1)]

    def state(self):
        return State.DONE
"""
_STORE = {"p": 0, "k": "Store", "m": {"load": "s", "write": "a"}}
_MADE: list[Wire] = [
    ["call", [["Work", ["a", _STORE], {}]], 0, None, None],
    ["value", {"t": [1, 2.5, "b"]}, None, 0],
]
_RUN: Wire = ["call", [[[0, "run"], [], {}]], 0, None, None]
_ENDS: tuple[list[Wire], ...] = (
    [
        ["go", [[1, "value", True], 0, 0], None, 10],
        ["go", [None, 0, 0], None, 1_000_000_010],
        ["call", [[[0, "state"], [], {}]], 1_000_000_010, None, None],
    ],
    [
        ["go", [[1, "error", ["TimeoutError", ["no reply"]]], 0, 0], None, 10],
        ["go", [[2, "value", None], 0, 0], None, 20],
        ["get", 0, "found", 20],
    ],
    [["go", [None, 1, 0], None, 10]],
    [["crash"]],
)


class _Rehearsal(ConfinedServer):
    """A server whose judge is a list of lines."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        super().__init__(-1, -1)
        self._requests = map(from_line, lines)
        self.said: list[bytes] = []

    def _say(self, message: Wire) -> None:
        self.said.append(to_line(message))

    def forget(self) -> None:
        """Leaves nothing of it behind."""
        if self._subject is not None:
            self._subject.end()
        if self._program is not None:
            self._program.forget()


def rehearse(rounds: int = ROUNDS) -> list[bytes]:
    """Serves a small program, in each way in which a call can end. Gives what the server said."""
    for _ in range(rounds):
        unusual_in(ast.parse(SOURCE))
    lifetimes = [[["begin", 0, 1], *_MADE, _RUN, *end] for end in _ENDS]
    script: list[Wire] = [["program", "rehearsal", SOURCE, "2026-01-05T09:00:00+00:00", None, {}]]
    for _ in range(rounds):
        for lifetime in lifetimes:
            script += lifetime
    server = _Rehearsal(map(to_line, script))
    server.serve()
    server.forget()
    return server.said
