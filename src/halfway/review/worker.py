"""One worker: takes contents from the queue and judges them; may end at any moment without loss."""

from __future__ import annotations

import base64
import logging
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable

from dbos import DBOS

from halfway.review.judge import Judge, given_up, judged
from halfway.review.keys import described, to_be
from halfway.review.leases import Lease, first_free, if_dead
from halfway.review.queue import QUEUE, WORKFLOW, Database, NoDatabaseError, told
from halfway.review.tries import tried

LOOK_S = 1.0
"""How often a worker looks for others that have died."""
RECOVERIES_MAX = 10_000
"""Never: who waits behind a content that ends workers is begun again as often as those are ended."""
MISSED_MAX = 5
"""A name is missed while another worker looks whether we are dead; missed so often, it is somebody else's."""
ANOTHER_VERSION = """\
This worker has nothing to do: what waits was queued by another version of the course.
It was queued by: {}
This worker has:  {}
Next: Ctrl-C; {}; type the same again. Or type the review again where this worker is: it grades anew."""
STOPPED = 0
LOST_NAME = 5


class Worker:
    """Judges until it is told to stop. One a process: DBOS is one a process."""

    def __init__(self, database: Database, version: str, judge: Judge) -> None:
        self._database, self._version, self._judge = database, version, judge
        self._leases = database.leases()
        self._stop = threading.Event()
        self._begun: set[str] = set()
        self._unheard: set[str] = set()
        self._others: set[str] = set()

    def work(self, say: Callable[[str], None]) -> int:
        """Works until `stop`; gives an exit code. Raises NoDatabaseError if there is none to begin with."""
        logging.getLogger("dbos").setLevel(logging.CRITICAL)
        with told(self._database):
            lease = _taken(self._database)
        DBOS(config=self._database.config(self._version, lease.name))
        self._register()
        DBOS.listen_queues([QUEUE])
        with told(self._database):
            DBOS.launch()
        say(f"{lease.name} judges version {self._version} for {self._database.shown}")
        return self._watch(lease, say)

    def stop(self, *_: object) -> None:
        """Ends the work; what is begun is begun again by another worker."""
        self._stop.set()

    def _register(self) -> None:
        judge, begun, tries = self._judge, self._begun, self._database.tries()
        one_at_a_time = threading.Lock()

        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=RECOVERIES_MAX)
        def verdict_on_content(unit: str, file: str, content: str) -> str:
            own = str(DBOS.workflow_id)
            begun.add(own)
            try:
                with one_at_a_time, tried(tries, own) as may:
                    if not may:
                        return given_up(unit, file).to_json()
                    return judged(unit, file, base64.b64decode(content), judge).to_json()
            finally:
                begun.discard(own)

    def _watch(self, lease: Lease, say: Callable[[str], None]) -> int:
        missed = 0
        while not self._stop.wait(LOOK_S):
            try:
                if not lease.held():
                    # The database went away and took the name with it: it is asked for until it is back.
                    again = self._leases.take(lease.name)
                    missed = missed + 1 if again is None else 0
                    if missed > MISSED_MAX:
                        return LOST_NAME
                    if again is None:
                        continue
                    lease = again
                self._recover(lease.name)
                self._look_at_others(say)
            except Exception as error:
                DBOS.logger.debug("nothing was recovered: %s", error)
        return STOPPED

    def _recover(self, own: str) -> None:
        """Gives what dead workers have begun back to the queue."""
        begun = DBOS.list_workflows(status="PENDING", queue_name=QUEUE, load_input=False, load_output=False)
        self._take_up({row.workflow_id for row in begun if row.executor_id == own})
        for name in {row.executor_id for row in begun if row.executor_id} - {own}:
            with if_dead(self._leases, name) as dead:
                if dead:
                    # What DBOS does for a name when its process starts again, done for one that does not.
                    DBOS._recover_pending_workflows([name])

    def _look_at_others(self, say: Callable[[str], None]) -> None:
        """Says, once for each, that what waits was queued by another version: it would wait for ever."""
        if self._begun or _newest_waiting(self._version):
            return
        other = _newest_waiting()
        if other and other not in self._others:
            self._others.add(other)
            own = self._version
            say(ANOTHER_VERSION.format(described(other), described(own), to_be(other, own)))

    def _take_up(self, ours: set[str]) -> None:
        """Gives back what the database says is ours and nobody here works on.

        The database took our claim and went away before we heard of it, or before it heard of our verdict.
        What is so on two looks is so: a claim is worked on within one. DBOS keeps one verdict, whoever is
        first.
        """
        unheard = ours - self._begun
        lost = unheard & self._unheard
        self._unheard = unheard - lost
        if lost:
            DBOS.resume_workflows(sorted(lost), queue_name=QUEUE)


def _newest_waiting(version: str | None = None) -> str:
    """Gives the version for which the newest content that waits was queued; "" if none waits."""
    rows = DBOS.list_workflows(
        status="ENQUEUED",
        queue_name=QUEUE,
        app_version=version,
        limit=1,
        sort_desc=True,
        load_input=False,
        load_output=False,
    )
    return next((str(row.app_version) for row in rows), "")


def _taken(database: Database) -> Lease:
    host = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())[:60] or "host"
    try:
        return first_free(database.leases(), host)
    except OSError:
        raise
    except Exception as error:
        raise NoDatabaseError(
            "The database of this review cannot be reached.",
            f"{database.shown}: {str(error).splitlines()[0]}",
            "Next: look whether it runs, then type the same command again.",
        ) from None


def run_worker(database: Database, version: str, judge: Judge, *, tied: bool = False) -> int:
    """Works until Ctrl-C or SIGTERM; with `tied` also until standard input ends, as with a parent's life.

    The process ends at once, whatever is in flight: the queue is made for that.
    """
    worker = Worker(database, version, judge)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, worker.stop)
    if tied:
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(STOPPED)), daemon=True).start()
    try:
        code = worker.work(lambda text: print(text, file=sys.stderr, flush=True))
    except NoDatabaseError as error:
        print(error, file=sys.stderr, flush=True)
        code = 4
    sys.stdout.flush()
    os._exit(code)
