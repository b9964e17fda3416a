"""Hears of each save of a learner's file, soon, however the editor saves.

The system tells of files that change, at once; where it does not (in many containers, on network drives, when
its watches are used up), files are looked at twice a second, and that is said.
"""

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
LOOK_S = 0.5
"""How often files are looked at, whatever the system tells."""
LOOKS_UNTIL_READY = 4
"""What is saved while the system is only being asked to tell of saves is told late, and means nothing."""

Print = tuple[int, int, int]
"""What changes with every save: when, how long, which file."""


class Saves:
    """Calls `heard(path)` from a thread of its own for each file below `folder` that is saved or removed.

    `say` is told where saves are not heard as they should be.
    """

    def __init__(
        self, folder: Path, heard: Callable[[Path], None], say: Callable[[str], None] = lambda text: None
    ) -> None:
        self._folder, self._heard, self._say = folder, heard, say
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._known: dict[Path, Print] = {}
        self._late: dict[Path, Print] = {}
        self._has_events, self._looks = True, 0
        self._threads = [
            threading.Thread(target=self._kept_alive, args=(run,), name=name, daemon=True)
            for name, run in (("saves", self._listen), ("looks", self._look))
        ]

    def start(self) -> None:
        """Begins to listen."""
        self._known = self._prints()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends listening; returns when nothing is told any more."""
        self._stop.set()
        for thread in self._threads:
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join()

    def _kept_alive(self, run: Callable[[], None]) -> None:
        """Runs what listens; a thread that dies is told, for nothing else would show it."""
        try:
            run()
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            if run == self._listen:
                self._become_deaf(f"Saves are not told here ({why})")
            else:
                self._say(f"The watcher has stopped looking at files ({why}). Quit it and start it again.")

    # ---- what the system tells

    def _listen(self) -> None:
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
                self._tell(path)

    def _let_settle(self, path: Path) -> None:
        """Gives an editor that empties or moves the file before it writes it the time to do so."""
        try:
            whole = path.stat().st_size > 0
        except OSError:
            whole = False
        if not whole:
            self._stop.wait(SETTLING_S)

    def _tell(self, path: Path) -> None:
        with self._lock:
            self._late.pop(path, None)
            seen = _print_of(path)
            if seen is None:
                self._known.pop(path, None)
            else:
                self._known[path] = seen
        self._heard(path)

    # ---- what is there to be seen

    def _look(self) -> None:
        while not self._stop.wait(LOOK_S):
            self._looks += 1
            for path in self._changed():
                if self._looks > LOOKS_UNTIL_READY:
                    self._become_deaf("Saves are not told in this folder")
                self._let_settle(path)
                self._tell(path)

    def _changed(self) -> list[Path]:
        """Gives the files whose change was seen by the look before this one, and still nobody has told it."""
        seen = self._prints()
        with self._lock:
            changed = {path for path in {*seen, *self._known} if seen.get(path) != self._known.get(path)}
            told_late = [path for path in changed if not self._has_events or path in self._late]
            self._late = {path: seen.get(path, (0, 0, 0)) for path in changed if path not in told_late}
        return sorted(told_late)

    def _become_deaf(self, why: str) -> None:
        if self._has_events:
            self._has_events = False
            self._say(f"{why}, so they are looked for twice a second.")

    def _prints(self) -> dict[Path, Print]:
        found = {path: _print_of(path) for path in self._folder.glob("*/*.py")}
        return {path: seen for path, seen in found.items() if seen is not None}


def _print_of(path: Path) -> Print | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
