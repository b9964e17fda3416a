"""Hears of each save of a learner's file, soon, however the editor saves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

# How long the folder has to be quiet before a change is told, and how long it may stay unquiet: an editor
# writes a file in several steps, and a learner waits. A save is told about 10 ms after its last step.
QUIET_MS = 5
UNQUIET_MS_MAX = 200
SETTLING_S = 0.1
"""How long a file that is gone or empty may be so because its editor has not written it yet."""


class Saves:
    """Calls `heard(path)` from a thread of its own for each file below `folder` that is saved or removed."""

    def __init__(self, folder: Path, heard: Callable[[Path], None]) -> None:
        self._folder, self._heard = folder, heard
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="saves", daemon=True)

    def start(self) -> None:
        """Begins to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Ends listening; returns when nothing is told any more."""
        self._stop.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        from watchfiles import watch

        changes = watch(
            self._folder,
            watch_filter=lambda _, path: path.endswith(".py"),
            step=QUIET_MS,
            debounce=UNQUIET_MS_MAX,
            stop_event=self._stop,
            raise_interrupt=False,
        )
        for changed in changes:
            for path in sorted({Path(name) for _, name in changed}):
                self._let_settle(path)
                self._heard(path)

    def _let_settle(self, path: Path) -> None:
        """Gives an editor that empties or moves the file before it writes it the time to do so."""
        try:
            whole = path.stat().st_size > 0
        except OSError:
            whole = False
        if not whole:
            self._stop.wait(SETTLING_S)
