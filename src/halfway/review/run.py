"""A whole review: takes the class in, has it graded, and gives the gradebook. Go on with the same call."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from halfway import catalog, interpreter
from halfway.grading import Verdict
from halfway.review import files
from halfway.review.crew import Crew
from halfway.review.gradebook import Gradebook, Summary, gradebook, keep
from halfway.review.intake import Handed, Intake, take
from halfway.review.judge import Trust, fault_of, ran_out_of_time, was_given_up
from halfway.review.keys import (
    content_key,
    content_of,
    course_version,
    described,
    judge_version,
    to_be,
    unit_digest,
)
from halfway.review.leases import FileLeases
from halfway.review.queue import FINISHED, Database, NoDatabaseError, Queue

LOOK_S = 0.25
AWAY_MAX = 240
"""How many looks at a database that is away are taken, before the review gives up: one minute."""
STILL_MAX = 8
"""After so many looks without a verdict the database may be full: reading it does not show that."""
COMING_UP_MAX = 40
"""After so many looks the review's own workers are up, and have begun what is for them."""
WORKER = "from halfway.cli import main; sys.exit(main())"
ANOTHER_VERSION = """\
This class was begun with another version of the course: it has graded {} of the {} contents that wait.
It was begun with: {}
This review has:   {}
This version grades them again. Next, to keep the verdicts of the other: Ctrl-C; {}; type the same again."""

T = TypeVar("T")
Progress = Callable[[int, int, str], None]
"""Hears how many contents are graded, of how many, and what is in the way, if anything."""


@dataclass(frozen=True)
class Asked:
    """What a review is asked to do."""

    submissions: Path
    out: Path
    trust: Trust
    database_url: str | None = None
    workers: int = 1
    retry_faults: bool = False
    retry_out_of_time: bool = False
    worker_command: Sequence[str] | None = None
    create_database: bool = False
    """May a database be made on a server where there is none of its name?"""

    @property
    def database(self) -> Database:
        """Where the queue is."""
        return Database.at(self.out / ".review", self.database_url)

    @property
    def command(self) -> list[str]:
        """How a worker of this review is started."""
        if self.worker_command is not None:
            return list(self.worker_command)
        where = [f"--database-url={self.database_url}"] if self.database_url else [f"--out={self.out}"]
        trust = ["--trust-submissions"] if self.trust == "trusted" else []
        return interpreter.command(WORKER, "review-worker", "--tied", *where, *trust)


class BusyError(Exception):
    """Another review works in the same folder: what, where, next."""

    def __init__(self, out: Path) -> None:
        super().__init__(
            f"Another review works in this folder.\n{out}\n"
            "Next: wait until it has ended, or name another folder with `--out`."
        )


class Review:
    """One class on its way to a gradebook; `version` says which workers may grade it."""

    def __init__(self, asked: Asked, version: str | None = None) -> None:
        self.asked = asked
        self.units = catalog.units()
        self.version = version or course_version(asked.trust)
        self.intake: Intake = take(asked.submissions, self.units)
        judge = version or judge_version(asked.trust)
        digests = {unit.slug: unit_digest(unit) for unit in self.units}
        self.keys = [content_key(judge, digests[h.unit], h.unit, h.sha256) for h in self.intake.handed]
        self._contents: dict[str, Handed] = dict(zip(self.keys, self.intake.handed, strict=True))
        self._wait = threading.Event()
        self._claimed = False

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While this lasts, no other review works in the same folder. Raises BusyError, NotWrittenError."""
        files.writable(self.asked.out)
        lease = FileLeases(self.asked.out / ".review").take("review")
        if lease is None:
            raise BusyError(self.asked.out)
        try:
            yield
        finally:
            lease.end()

    @property
    def contents(self) -> int:
        """How many different contents there are to grade."""
        return len(self._contents)

    def status(self, tell: Callable[[str], None] = lambda _: None) -> Counter[str]:
        """Counts the contents by state, and changes nothing; `tell` as in `run`."""
        queue = self._queue()
        try:
            if before := self._begun_before(queue):
                tell(before)
            return queue.counted(self._contents)
        finally:
            queue.close()

    def _begun_before(self, queue: Queue) -> str:
        """Says with which other version of the course this class was begun, and what to type; "" if none."""
        own = queue.states(self._contents)
        fresh = {content_of(key) for key in self._contents if key not in own}
        for other in queue.others() if fresh else ():
            theirs = {content_of(key): state for key, state in queue.of_version(other).items()}
            if states := [theirs[content] for content in fresh & theirs.keys()]:
                graded = sum(state in FINISHED for state in states)
                return ANOTHER_VERSION.format(
                    graded, len(fresh), described(other), described(self.version), to_be(other, self.version)
                )
        return ""

    def run(self, progress: Progress, tell: Callable[[str], None] = lambda _: None) -> Gradebook:
        """Grades what is not graded yet. Raises NoDatabaseError, NotWrittenError, NoWorkersError.

        `tell` hears, before anything is graded, that the class was begun with another version of the course.
        Left behind when interrupted: every verdict so far; the queue is emptied of the rest, and the same
        call fills it again.
        """
        files.writable(self.asked.out)
        queue = self._queue()
        try:
            before = self._patiently(
                lambda: self._begun_before(queue), lambda trouble: progress(0, self.contents, trouble)
            )
            if before:
                tell(before)
            self._patiently(lambda: self._fill(queue), lambda trouble: progress(0, self.contents, trouble))
            try:
                self._wait_for(queue, progress)
            except KeyboardInterrupt:
                queue.cancel(self._open(queue))
                raise
            return self._patiently(
                lambda: self._gathered(queue),
                lambda trouble: progress(self.contents, self.contents, trouble),
            )
        finally:
            queue.close()

    def _patiently(self, work: Callable[[], T], tell: Callable[[str], None]) -> T:
        """Does what can be done twice, and waits for a database that goes away meanwhile."""
        for _ in range(AWAY_MAX):
            try:
                return work()
            except NoDatabaseError as error:
                tell(f"waiting for the database: {error.said}")
                self._wait.wait(LOOK_S)
        return work()

    def _queue(self) -> Queue:
        database = self.asked.database
        database.prepare(create=self.asked.create_database or database.folder is not None)
        return Queue(database, self.version)

    def _fill(self, queue: Queue) -> None:
        queue.forget(queue.strangers(self._contents))
        states = queue.states(self._contents)
        if self.asked.retry_faults or self.asked.retry_out_of_time:
            again = {key for key, told in queue.verdicts(states) if self._is_wanted_again(told)}
            queue.forget(again)
            states = {key: state for key, state in states.items() if key not in again}
        queue.go_on(key for key, state in states.items() if state == "CANCELLED")
        for key, handed in self._contents.items():
            if key not in states:
                queue.put(key, handed)

    def _is_wanted_again(self, told: Verdict | str) -> bool:
        if isinstance(told, str) or fault_of(told) or was_given_up(told):
            return self.asked.retry_faults
        return self.asked.retry_out_of_time and ran_out_of_time(told)

    def _open(self, queue: Queue) -> list[str]:
        return [key for key, state in queue.states(self._contents).items() if state not in FINISHED]

    def _wait_for(self, queue: Queue, progress: Progress) -> None:
        waiting = set(self._open(queue))
        total = self.contents
        progress(total - len(waiting), total, "")
        if not waiting:
            return
        away = still = 0
        with Crew(self.asked.command, self.asked.workers, self.asked.out / ".review") as crew:
            while waiting:
                self._wait.wait(LOOK_S)
                try:
                    done = self._finished(queue, waiting)
                    still = 0 if done else still + 1
                    if away or still % STILL_MAX == STILL_MAX - 1:
                        queue.check_room()
                    away = 0
                except NoDatabaseError as error:
                    away += 1
                    if away > AWAY_MAX:
                        raise
                    progress(total - len(waiting), total, f"waiting for the database: {error.said}")
                    continue
                waiting -= done
                crew.look(progressed=bool(done))
                alone = still >= (COMING_UP_MAX if self.asked.workers else STILL_MAX) and not self._claimed
                progress(total - len(waiting), total, self._alone(crew) if alone else "")

    def _alone(self, crew: Crew) -> str:
        own = f"; what those of this review say: {crew.log}" if self.asked.workers else ""
        return f"waiting for workers: {described(self.version)}{own}"

    def _finished(self, queue: Queue, waiting: set[str]) -> set[str]:
        states = queue.states(waiting)
        self._claimed = "PENDING" in states.values()
        # Another review of the same contents was cancelled; this one still wants them.
        queue.go_on(key for key, state in states.items() if state == "CANCELLED")
        return {key for key, state in states.items() if state in FINISHED}

    def _gathered(self, queue: Queue) -> Gradebook:
        told: dict[str, Summary | str] = {}
        for key, verdict in queue.verdicts(self._contents):
            told[key] = (
                verdict if isinstance(verdict, str) else keep(verdict, key, self.asked.out / "verdicts")
            )
        kept = {f"{key}.json" for key in told}
        files.remove_others(self.asked.out / "verdicts", "*.json", kept)
        confined = self.asked.trust == "confined"
        return gradebook(self.intake, self.keys, told, self.units, self.version, confined=confined)
