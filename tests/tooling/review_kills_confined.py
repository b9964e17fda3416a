"""The same, with the judge that marks a class: each submission runs in sandboxes that a kill has to end.

    python review_kills_confined.py FOLDER SEED KILLS

The class is in FOLDER already. Whatever a killed process leaves behind becomes a child of this one, so that
nothing can be left over unseen.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import random
import sys
import threading
from pathlib import Path

from review_kills import PAUSE, Cast, asked, killed

from halfway.grading import Verdict
from halfway.review.judge import Judge, WarmJudge
from halfway.review.keys import course_version

GAP_S_MAX = 0.3
"""About one verdict: a kill hits a submission anywhere between its first sandbox and its verdict."""
LEFT_S_MAX = 10.0
LOOK_S = 0.02
PR_SET_CHILD_SUBREAPER = 36


def real(notes: Path) -> Judge:
    """Gives the real judge, which notes what it begins and what it has judged."""
    judge, one_at_a_time = WarmJudge("confined"), threading.Lock()

    def note(word: str, file: Path) -> None:
        with notes.open("a") as log:
            log.write(f"{word} {hashlib.sha256(file.read_bytes()).hexdigest()}\n")

    def judged(unit: str, file: Path) -> Verdict:
        with one_at_a_time:
            note("begins", file)
            verdict = judge(unit, file)
            note("ends", file)
        return verdict

    return judged


class Moments:
    """Waits until a submission is begun after the last kill, and then for a part of a verdict's time."""

    def __init__(self, notes: Path, chance: random.Random, cast: Cast) -> None:
        self._notes, self._chance, self._cast, self._seen = notes, chance, cast, 0

    def __call__(self) -> None:
        while not (self._begun() or self._cast.over()):
            PAUSE.wait(LOOK_S)
        PAUSE.wait(self._chance.random() * GAP_S_MAX)
        self._begun()

    def _begun(self) -> bool:
        seen = self._notes.read_text().count("begins ")
        more, self._seen = seen > self._seen, seen
        return more


def left_over() -> list[str]:
    """Gives the commands of what outlives a review: all of it is ours, and has a moment to end in."""
    for _ in range(round(LEFT_S_MAX / LOOK_S)):
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return []
        if pid == 0:
            PAUSE.wait(LOOK_S)
    left = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [Path("/proc", pid, "cmdline").read_text().replace("\0", " ") for pid in left]


def main(folder: Path, seed: int, kills: int) -> None:
    """One review; says who was killed and what was left."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    chance, notes = random.Random(seed), folder / "notes"
    notes.touch()
    asked(folder, None).database.prepare()
    cast = Cast(folder, None, real, course_version("confined"))
    victims = killed(cast, chance, kills, Moments(notes, chance, cast))
    sys.stdout.write(json.dumps({"victims": victims, "left": left_over()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
