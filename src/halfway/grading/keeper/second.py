"""A second process goes through the same suite from its end, where there is a second core.

The first one goes through it from the beginning, and tells what happens as if it were alone: of the second
it takes over only that a promise is kept. Whatever is not kept, and whatever reaches a limit, it finds
itself, in its own time. So a verdict is the same with a second process and without, and comes sooner.
"""

from __future__ import annotations

import json
import os
import select
import time
from typing import TYPE_CHECKING, Any

import pytest

from halfway.grading.keeper.lines import Lines, write_all

if TYPE_CHECKING:
    from halfway.grading.judge.serve import Telling

WAITS_S = 0.1
"""How long the first waits for a promise that the second has begun. Then it looks for itself."""


def can_help() -> bool:
    """Is there a core for a second process?"""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) > 1
    return (os.cpu_count() or 1) > 1


def start() -> First | Second:
    """Forks: gives the first process its side, and the second one its own."""
    asked, asks = os.pipe()
    heard, says = os.pipe()
    if os.fork() == 0:
        os.close(asks)
        os.close(heard)
        return Second(asked, says)
    os.close(asked)
    os.close(says)
    return First(asks, heard)


class First:
    """The side of the process that tells; a pytest plugin.

    It says the name of each promise that it begins, as a line of JSON. It hears lines of JSON: the promise
    that the other one has `begun`, and of each that is `over` and kept, what is told of it and how many bytes
    it printed.
    """

    telling: Telling

    def __init__(self, asks: int, heard: int) -> None:
        self._asks, self._lines = asks, Lines(heard)
        self._begun = ""
        self._kept: dict[str, dict[str, Any]] = {}

    def ask(self, request: dict[str, Any]) -> None:
        """Gives the second process the same request."""
        self._say(json.dumps(request))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Takes over what is kept; else the promise is checked here."""
        found = self._found(item.nodeid)
        if found is None or found["printed"] > self.telling.guard.output_left:
            self._say(json.dumps(item.nodeid))
            return None
        self.telling.take_over(found["lines"], found["printed"])
        return True

    def _found(self, name: str) -> dict[str, Any] | None:
        """Gives what the second process says of a promise that it has found kept."""
        self._hear(0.0)
        until = time.perf_counter() + WAITS_S
        while self._begun == name and (left := until - time.perf_counter()) > 0:
            self._hear(left)
        return self._kept.get(name)

    def _hear(self, seconds: float) -> None:
        while not self._lines.ended and select.select([self._lines.descriptor], [], [], seconds)[0]:
            seconds = 0.0
            for line in map(json.loads, self._lines.read()):
                self._begun = line["begun"]
                if "lines" in line:
                    self._kept[line["over"]] = line
        if self._lines.ended:
            self._begun = ""

    def _say(self, line: str) -> None:
        try:
            write_all(self._asks, line.encode() + b"\n")
        except OSError:
            self._begun = ""  # it has come to its end


class Second:
    """The side of the process that helps; a pytest plugin."""

    telling: Telling

    def __init__(self, asked: int, says: int) -> None:
        self._asked, self._says = Lines(asked), says
        self._taken: set[str] = set()
        self._events: list[bytes] = []

    def request(self) -> Any:
        """Waits for the request that the first process has taken."""
        from halfway.links import pipe

        lines: list[bytes] = []
        while not lines and not self._asked.ended:
            lines = self._asked.read()
        if not lines:
            os._exit(0)
        asked, *taken = map(json.loads, lines)
        self._taken.update(taken)
        # The interpreter that was started ahead is the first one's: what needs another is left to that.
        pipe.started_ahead.clear()
        pipe.may_start.clear()
        return asked

    def write(self, data: bytes) -> None:
        """Keeps an event of the promise that is being checked."""
        self._events.append(data)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """From the end."""
        items.reverse()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        """Says what has become of a promise; ends with the first one that the other process has begun."""
        if self._is_taken(item.nodeid):
            os._exit(0)
        self._events.clear()
        self._say({"begun": item.nodeid})
        left = self.telling.guard.output_left
        done = yield
        line: dict[str, Any] = {"begun": "", "over": item.nodeid}
        if _is_kept(self._events):
            line["lines"] = [event.decode() for event in self._events]
            line["printed"] = left - self.telling.guard.output_left
        self._say(line)
        return done

    def _is_taken(self, name: str) -> bool:
        while not self._asked.ended and select.select([self._asked.descriptor], [], [], 0)[0]:
            self._taken.update(map(json.loads, self._asked.read()))
        return self._asked.ended or name in self._taken

    def _say(self, line: dict[str, Any]) -> None:
        write_all(self._says, json.dumps(line).encode() + b"\n")


def _is_kept(events: list[bytes]) -> bool:
    """Is this what is told of a promise that is kept, and of nothing else?"""
    told = [json.loads(event) for event in events]
    if [event["event"] for event in told] != ["started", "ended"]:
        return False
    return bool(told[1]["result"]["status"] == "kept")
