"""The workers of one review on this machine: started with it, ended with it, replaced when they die."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from halfway import catalog, interpreter
from halfway.errors import HalfwayError

DEATHS_MAX = 10
"""So many workers die without one verdict between them, and something is wrong with all of them."""


class NoWorkersError(HalfwayError):
    """Workers end as soon as they begin."""

    def __init__(self, log: Path) -> None:
        super().__init__(
            "The workers of this review end as soon as they begin. What is graded is not lost.",
            _tail(log) or str(log),
            f"Next: read {log}, repair it, then type the same command again.",
        )


class Crew:
    """A context manager: `number` processes run in its block. They end with this process, however it ends."""

    def __init__(self, command: Sequence[str], number: int, folder: Path) -> None:
        self._command, self._number = list(command), number
        self.log = folder / "workers.log"
        self._log: IO[bytes] | None = None
        self._processes: list[subprocess.Popen[bytes]] = []
        self._deaths = 0

    def __enter__(self) -> Crew:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._log = self.log.open("wb")
        self._processes = [self._start() for _ in range(self._number)]
        return self

    def __exit__(self, *problem: object) -> None:
        for process in self._processes:
            if process.stdin is not None:
                process.stdin.close()
        for process in self._processes:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._log is not None:
            self._log.close()

    def look(self, *, progressed: bool) -> None:
        """Replaces workers that have died. Raises NoWorkersError if they do nothing else."""
        if progressed:
            self._deaths = 0
        for place, process in enumerate(self._processes):
            if process.poll() is None:
                continue
            self._deaths += 1
            if self._deaths > DEATHS_MAX:
                raise NoWorkersError(self.log)
            if process.stdin is not None:
                process.stdin.close()
            self._processes[place] = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C is for the review, which then ends its workers.
        return subprocess.Popen(
            self._command,
            env=interpreter.environment(HALFWAY_COURSE=str(catalog.root())),
            cwd=interpreter.NOWHERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            start_new_session=True,
        )


def _tail(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1] if lines else ""
