"""A small course to type commands in: its units are the skeletons that `halfway new` makes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from halfway.catalog import UnitFiles, find
from halfway.cli.skeleton import make_unit

FIRST, SECOND = "ex41_dedup_key", "ex42_publish_once"
SECONDS_MAX = 60
WRITTEN = "return await phone.ring(incident)\n"


class CliCourse:
    """Two units of two promises each; the stub of each raises NotImplementedError."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "exercises").mkdir(parents=True)
        (root / "mkdocs.yml").write_text("site_name: small\n")
        make_unit(root, FIRST, "keys.py")
        make_unit(root, SECOND, "publish.py")
        for facts in root.glob("exercises/*/exercise.toml"):
            facts.write_text(facts.read_text().replace("draft = true\n", ""))

    @property
    def first(self) -> UnitFiles:
        return find(FIRST, self.root)

    @property
    def second(self) -> UnitFiles:
        return find(SECOND, self.root)

    @property
    def progress_file(self) -> Path:
        return self.root / ".halfway" / "progress.json"

    def progress(self) -> dict[str, Any]:
        """What the progress file says of the units."""
        units: dict[str, Any] = json.loads(self.progress_file.read_text(encoding="utf-8"))["units"]
        return units

    def solve(self, unit: UnitFiles) -> None:
        """Writes the right answer into the learner's file."""
        unit.stub.write_text(unit.solution.read_text(encoding="utf-8"), encoding="utf-8")

    def spoil(self, unit: UnitFiles) -> None:
        """Writes a wrong answer into the learner's file: a key for each attempt."""
        unit.stub.write_text(unit.program(unit.mutants[0]), encoding="utf-8")

    def give(self, unit: UnitFiles, name: str, text: str) -> None:
        """Gives a file beside the learner's, and has the judge's copy of it."""
        facts, copy = unit.folder / "exercise.toml", unit.given_copy(name)
        facts.write_text(facts.read_text() + f'given = ["{name}"]\n')
        copy.parent.mkdir(exist_ok=True)
        for path in (copy, unit.folder / name):
            path.write_text(text)

    def environment(self, **more: str) -> dict[str, str]:
        dropped = ("NO_COLOR", "FORCE_COLOR", "BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        return {**kept, "HALFWAY_COURSE": str(self.root), "PYTHONUTF8": "1", **more}

    def type(
        self, *words: str, answer: str = "", first: Callable[[], None] | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Types `halfway WORDS` and, where it asks, the answer; `first` runs in the new process before it."""
        return subprocess.run(
            [sys.executable, "-P", "-m", "halfway.cli", *words],
            cwd=self.root,
            env=self.environment(**more),
            input=answer,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS_MAX,
            check=False,
            preexec_fn=first,
        )

    def begin(self, *words: str, **more: str) -> subprocess.Popen[str]:
        """The same, without waiting for its end."""
        return subprocess.Popen(
            [sys.executable, "-P", "-u", "-m", "halfway.cli", *words],
            cwd=self.root,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )


def read_until(run: subprocess.Popen[str], wanted: str) -> str:
    """Reads lines of the program until one holds the words; the program is ended if none does in time."""
    assert run.stdout is not None
    watchdog = threading.Timer(SECONDS_MAX, run.kill)
    watchdog.start()
    read = ""
    try:
        for line in run.stdout:
            read += line
            if wanted in line:
                return read
    finally:
        watchdog.cancel()
    raise AssertionError(f"{wanted!r} was never said, but:\n{read}")


def end(run: subprocess.Popen[str]) -> int:
    """Types Ctrl-C, and gives the exit code."""
    run.send_signal(signal.SIGINT)
    try:
        return run.wait(SECONDS_MAX)
    finally:
        run.kill()
