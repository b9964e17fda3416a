"""A tiny course, a class, and the commands of a review as an instructor types them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tiny_course import SLUG, TinyCourse, text

SECONDS_MAX = 180
TRUST = "--trust-submissions"
PROGRAM = ("-m", "halfway.cli")
FAULTY = """
    import os
    from pathlib import Path

    if Path(os.environ["HALFWAY_COURSE"], "fault").exists():
        raise OSError("the suite itself falls over")
"""


class School:
    """Everything below one folder. Where a file `fault` is in the course, its suite falls over."""

    def __init__(self, folder: Path, learners: int = 3) -> None:
        self.course = TinyCourse(folder / "course")
        self.course.suite.write_text(self.course.suite.read_text() + text(FAULTY))
        self.fault = self.course.root / "fault"
        self.handed_in, self.out = folder / "class", folder / "report"
        wrong = self.course.mutant("key_per_attempt").read_text()
        for number in range(learners):
            self.hand_in(f"learner {number:02}", wrong if number % 2 else self.course.solution)

    def hand_in(self, name: str, source: str) -> None:
        """One learner more, whose file is nobody else's."""
        path = self.handed_in / name / "exercises" / SLUG / "ring.py"
        path.parent.mkdir(parents=True)
        path.write_text(f"{source}\n# {name}\n")

    def words(self, *more: str) -> list[str]:
        """Gives the words of a review with one worker, whose submissions are trusted: that is quick."""
        return ["review", str(self.handed_in), "--out", str(self.out), TRUST, "--workers", "1", *more]

    def type(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Runs one command to its end."""
        return subprocess.run(
            [sys.executable, "-P", "-m", "halfway.cli", *words],
            env=self._environment(**more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )

    def begin(
        self, *words: str, around: Iterable[str] = (), program: Iterable[str] = PROGRAM, **more: str
    ) -> subprocess.Popen[str]:
        """Starts one; what it says comes as one stream. `around` is a command that runs it."""
        return subprocess.Popen(
            [*around, sys.executable, "-P", "-u", *program, *words],
            env=self._environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def verdicts(self) -> dict[str, str]:
        """Gives every verdict of the report, seconds and all."""
        return {path.name: path.read_text() for path in (self.out / "verdicts").glob("*.json")}

    def _environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, "HALFWAY_COURSE": str(self.course.root), **more}
