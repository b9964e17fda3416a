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
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from halfway.grading import PromiseResult, Verdict
from halfway.review.gradebook import Gradebook
from halfway.review.judge import Judge
from halfway.review.queue import Database
from halfway.review.run import Asked, Review
from halfway.review.tries import Tries
from halfway.review.worker import run_worker

SLUG, FILE = "ex91_ring_once", "ring.py"
LEARNERS = 180
JUDGING_S = 0.02
WORKERS = 2
GAP_S_MAX = 0.16
VERSION = "stand-in"
SECONDS_MAX = 120
PAUSE = threading.Event()
"""Never set: no thread waits while a process forks."""


def begun(program: str | None, folder: Path, *words: object, env: dict[str, str]) -> subprocess.Popen[str]:
    """Begins one review in a process of its own: `program` is one that takes FOLDER SEED KILLS."""
    return subprocess.Popen(
        [sys.executable, str(program), str(folder), *map(str, words)],
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # with its forks it is one group, and ends as one
    )


def ended(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Waits for the end of a review; gives what it says of itself."""
    try:
        out, error = process.communicate(timeout=SECONDS_MAX)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    assert process.returncode == 0, error
    said: dict[str, Any] = json.loads(out)
    return said


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


class NotedTries:
    """The marks of a worker, and a note of what it has in the making: before the mark, and until after."""

    def __init__(self, tries: Tries, note: Path) -> None:
        self._tries, self._note = tries, note

    def died(self, key: str) -> int:
        return self._tries.died(key)

    def begin(self, key: str, deaths: int) -> None:
        self._note.write_text(key)
        self._tries.begin(key, deaths)

    def end(self, key: str) -> None:
        self._tries.end(key)
        self._note.write_text("")


@dataclass(frozen=True)
class NotedDatabase(Database):
    """The same database, for a worker whose making is noted."""

    note: Path = Path()

    def tries(self) -> Tries:
        return NotedTries(super().tries(), self.note)


class Cast:
    """The processes of one review, by name.

    A content over which two workers died is given up, and that is another promise: so nobody is killed twice
    over the same one. Who has it in the making is looked up while all workers stand still.
    """

    def __init__(
        self, folder: Path, url: str | None, judge: Callable[[Path], Judge], version: str = VERSION
    ) -> None:
        self._folder, self._url, self._judge, self._version = folder, url, judge, version
        self._pids: dict[str, int] = {}
        self._over = False
        self._died_over: set[str] = set()
        for name in self.names:
            self.start(name)

    @property
    def names(self) -> list[str]:
        return ["coordinator", *(f"worker {number}" for number in range(WORKERS))]

    def start(self, name: str) -> None:
        pid = os.fork()
        if pid == 0:
            os._exit(self._coordinate() if name == "coordinator" else self._work(name))
        self._pids[name] = pid

    def _note(self, name: str) -> Path:
        return self._folder / f"making of {name}"

    def _work(self, name: str) -> int:
        plain = asked(self._folder, self._url).database
        database = NotedDatabase(plain.url, plain.folder, self._note(name))
        return run_worker(database, self._version, self._judge(self._folder / "notes"))

    def _coordinate(self) -> int:
        """One coordinator; what it has in the end, it writes down."""
        review = Review(asked(self._folder, self._url), version=self._version)
        book = review.run(lambda done, total, trouble: None)
        (self._folder / "book.json").write_text(json.dumps(told(book), sort_keys=True))
        return 0

    def kill_one(self, chance: random.Random) -> str:
        """kill -9 for one of them, and the next one of that name; gives the name."""
        workers = self.names[1:]
        for name in workers:
            os.kill(self._pids[name], signal.SIGSTOP)
            os.waitpid(self._pids[name], os.WUNTRACED)
        making = {name: self._making(name) for name in workers}
        spared = {name for name in workers if making[name] in self._died_over}
        victim = chance.choice([name for name in self.names if name not in spared])
        self.end(victim, signal.SIGKILL)
        for name in set(workers) - {victim}:
            os.kill(self._pids[name], signal.SIGCONT)
        if making.get(victim):
            self._died_over.add(making[victim])
            self._note(victim).unlink()
        self.start(victim)
        return victim

    def _making(self, name: str) -> str:
        note = self._note(name)
        return note.read_text() if note.exists() else ""

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
        victims.append(cast.kill_one(chance))
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
