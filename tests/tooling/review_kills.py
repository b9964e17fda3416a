"""A small class whose coordinator and workers are killed at moments that a seed chooses; run as a program.

    python review_kills.py FOLDER SEED KILLS [DATABASE_URL]

Everything is imported once, then each process is a fork: so that a kill costs a tenth of a second, not two.
The judge is a stand-in that takes a moment and notes each content that it judges.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from halfway.grading import PromiseResult, Verdict
from halfway.review.gradebook import Gradebook
from halfway.review.judge import Judge
from halfway.review.run import Asked, Review
from halfway.review.worker import run_worker

SLUG, FILE = "ex91_ring_once", "ring.py"
LEARNERS = 180
JUDGING_S = 0.02
WORKERS = 2
GAP_S_MAX = 0.16
VERSION = "stand-in"
PAUSE = threading.Event()
"""Never set: no thread waits while a process forks."""


def hand_in(folder: Path, learners: int = LEARNERS) -> Path:
    """Makes a class: a folder for each learner; two of three contents differ from all others."""
    for number in range(learners):
        path = folder / f"learner {number:03}" / "exercises" / SLUG / FILE
        path.parent.mkdir(parents=True)
        path.write_text(f"# {number if number % 3 else 'the same'}\n")
    return folder


def asked(folder: Path, url: str | None) -> Asked:
    """What is asked of the coordinator; the workers are started beside it."""
    return Asked(folder / "class", folder / "out", "trusted", url, workers=0)


def stand_in(notes: Path) -> Judge:
    """Gives a judge that takes a moment, and notes what it has judged; one at a time, as the real one."""
    one_at_a_time = threading.Lock()

    def judge(unit: str, file: Path) -> Verdict:
        text = file.read_text()
        with one_at_a_time:
            threading.Event().wait(JUDGING_S)
            with notes.open("a") as log:
                log.write(text)
        kept = PromiseResult("test_ring", "Rings.", "kept", saw=text, note="x" * (len(text) % 5))
        return Verdict(unit, file.name, "", "3", "0", (), 0.0, len(text), (kept,))

    return judge


class Cast:
    """The processes of one review, by name."""

    def __init__(
        self, folder: Path, url: str | None, judge: Callable[[Path], Judge], version: str = VERSION
    ) -> None:
        self._folder, self._url, self._judge, self._version = folder, url, judge, version
        self._pids: dict[str, int] = {}
        self._over = False
        for name in self.names:
            self.start(name)

    @property
    def names(self) -> list[str]:
        return ["coordinator", *(f"worker {number}" for number in range(WORKERS))]

    def start(self, name: str) -> None:
        pid = os.fork()
        if pid == 0:
            os._exit(self._coordinate() if name == "coordinator" else self._work())
        self._pids[name] = pid

    def _work(self) -> int:
        database = asked(self._folder, self._url).database
        return run_worker(database, self._version, self._judge(self._folder / "notes"))

    def _coordinate(self) -> int:
        """One coordinator; what it has in the end, it writes down."""
        review = Review(asked(self._folder, self._url), version=self._version)
        book = review.run(lambda done, total, trouble: None)
        (self._folder / "book.json").write_text(json.dumps(told(book), sort_keys=True))
        return 0

    def kill(self, name: str) -> None:
        """kill -9, and the next one of that name."""
        self.end(name, signal.SIGKILL)
        self.start(name)

    def end(self, name: str, number: int) -> None:
        os.kill(self._pids[name], number)
        os.waitpid(self._pids.pop(name), 0)

    def over(self) -> bool:
        """True if the coordinator has ended by itself, with everything done."""
        if not self._over:
            pid, status = os.waitpid(self._pids["coordinator"], os.WNOHANG)
            if pid and status:
                raise SystemExit(f"the coordinator ended with {status}")
            self._over = pid != 0
        return self._over


def told(book: Gradebook) -> dict[str, list[object]]:
    """Gives each learner's verdict as plain data."""
    return {
        learner.name: [
            graded.summary.verdict().to_dict() for graded in learner.graded.values() if graded.summary
        ]
        for learner in book.learners
    }


def killed(cast: Cast, chance: random.Random, kills: int, wait: Callable[[], object]) -> list[str]:
    """Kills `kills` times at most, each after a wait, then lets the review end; gives who was killed."""
    victims: list[str] = []
    for _ in range(kills):
        wait()
        if cast.over():
            break
        victims.append(chance.choice(cast.names))
        cast.kill(victims[-1])
    else:
        while not cast.over():
            PAUSE.wait(0.02)
    for name in cast.names[1:]:
        cast.end(name, signal.SIGKILL)
    return victims


def main(folder: Path, seed: int, kills: int, url: str | None) -> None:
    """One review by the stand-in; says who was killed."""
    chance = random.Random(seed)
    hand_in(folder / "class")
    asked(folder, url).database.prepare()
    victims = killed(
        Cast(folder, url, stand_in), chance, kills, lambda: PAUSE.wait(chance.random() * GAP_S_MAX)
    )
    sys.stdout.write(json.dumps({"victims": victims}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else None)
