"""The warm process that verdicts come from, seen from whoever asks for them.

It takes a while to come up, so a program that will need one calls `start_ahead` before it imports the rest.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any

from halfway import interpreter

_MAIN = "from halfway.grading.keeper.keeper import main; main()"
_HASH_SEED = "0"
CAN_FORK = hasattr(os, "fork") and sys.platform not in ("emscripten", "wasi")
_ahead: list[Process] = []


class Process:
    """A keeper process, and its answers. With `once` it serves one request and ends.

    With `hidden` it can confine submissions: no sandbox shows one of these folders.
    """

    def __init__(self, once: bool, hash_seed: str, hidden: tuple[str, ...] | None = None) -> None:
        from queue import SimpleQueue

        environment = interpreter.environment(PYTHONHASHSEED=hash_seed, MALLOC_ARENA_MAX="2")
        command = interpreter.command(_MAIN, *(["--once"] if once else []))
        command += [] if hidden is None else ["--confined", json.dumps(hidden)]
        # A session of its own: ^C at a terminal means the caller, who then ends this process too.
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd=interpreter.NOWHERE,
            start_new_session=True,
        )
        self.kind = once, hash_seed, hidden
        self._lines: SimpleQueue[bytes] = SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        stdout = self._process.stdout
        if stdout is not None:
            with suppress(ValueError, OSError):
                for line in stdout:
                    self._lines.put(line)
        self._lines.put(b"")

    def send(self, request: dict[str, Any]) -> bool:
        """Sends a request; False if nobody is there to read it."""
        stdin = self._process.stdin
        if stdin is None:
            return False
        try:
            stdin.write(json.dumps(request).encode() + b"\n")
            stdin.flush()
        except (OSError, ValueError):
            return False
        return True

    def receive(self, seconds: float) -> bytes | None:
        """Gives the next line, b"" at the end, None if none comes in time."""
        from queue import Empty

        try:
            return self._lines.get(timeout=max(seconds, 0.0))
        except Empty:
            return None

    def receive_late(self, deadline: float, seconds: float) -> bytes | None:
        """Gives the next line of a limit of `seconds` that a busy machine has put off; None if none comes."""
        from halfway.links.waiting import later_s, waited_s

        line = None
        while line is None:
            left = deadline + later_s(waited_s(self._process.pid), seconds) - time.monotonic()
            if left <= 0:
                break
            line = self.receive(left)
        return line

    def alive(self) -> bool:
        """Is it still running?"""
        return self._process.poll() is None

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()

    def end(self) -> None:
        """Ends it; its child, if it has one, ends with it."""
        with suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            with suppress(OSError):
                self._process.stdout.close()


def start_ahead() -> None:
    """Starts a warm process now, for the first grader that this program makes."""
    if not _ahead:
        _ahead.append(Process(not CAN_FORK, _HASH_SEED))


def taken(once: bool, hash_seed: str, hidden: tuple[str, ...] | None = None) -> Process:
    """Gives the process that was started ahead, if it is of this kind, else a new one."""
    if _ahead and _ahead[0].kind == (once, hash_seed, hidden):
        return _ahead.pop()
    return Process(once, hash_seed, hidden)
