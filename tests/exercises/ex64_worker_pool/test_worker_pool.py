"""What is checked for ex64: what was accepted is run once, and nobody waits for what will not come."""

import queue

from halfway.kit import (
    ORDER,
    Lane,
    Port,
    callers,
    holds_a_thread,
    numbers_of,
    ports,
    promise,
    recurs,
    words_of,
)

NOTHING_OF_IT = (
    "all that a pool does is done by threads of callers, and what they leave waiting is a promise here"
)
WITHOUT = {
    "the quiet end": NOTHING_OF_IT,
    "slow to leave": "nobody cancels a thread",
    "any length of time": "jobs take longer than everything beside them, and one worker idles for a year",
    "kinds meet": "one kind of fault: another thread goes on",
    "the process lives on": "every story goes on after its close, and two pools are at work in one of them",
    "somebody is beside it": "threads beside each other are what every story is made of",
    "asked at any time": "`failed` is asked by a thread of its own",
    "callers as they are": "callers are threads, and nobody cancels them",
    "clocks of their own": "no clock is handed in, and whoever goes on by a clock of its own is late",
    "elsewhere": "nothing is made of the machine",
    "the whole family of errors": "the jobs of one promise raise errors of almost every class",
}

JOB_S, MOMENT_S, YEAR_S = 2.0, 0.001, 366 * 86_400.0
TOO_DEEP = 1_050
"""So many jobs end a worker that serves each job in a call of its own inside the one before."""
STORM = 3_000
"""So many jobs come in a storm, as the brief has it: up to here, a bound in the submission is tried."""
MANY = 24
"""More jobs than these are counted and not named, and take a moment each."""
THREADS_MOST = 64
"""So many threads of each kind are there at once, where the submission has such a number."""
SWITCHES = {ORDER}
SPINS, LOCKED = "round and round", "for a lock"
"""What is said of a thread that never sleeps, and of one that waits for a lock."""
FOR_EVER = "locked, caller waits, closer waits, worker waits, asker waits"
LATE = (
    "who waits for a change is told of it in that moment; a later look, or another one's news, is too late",
    "which of your lines tells this very thread of this change?",
)
OWN_WORDS = {
    "late caller": LATE,
    "late worker": LATE,
    "late closer": LATE,
    "late leaver": LATE,
    "in between": (
        "a job goes in or the pool is closed: which of them comes first is settled in a single step",
        "who may come between your look at the pool and the line at which the job goes in?",
    ),
    "leaves early": (
        "a worker is done when the pool is closed and no job waits, and not before",
        "what does a worker look at before it returns?",
    ),
    "late in": (
        "who is woken looks again at everything that it waited for",
        "which questions do you ask before a caller waits, and which after it?",
    ),
    "spins": (
        "a thread that waits sleeps until somebody wakes it; nobody wakes one that never sleeps",
        "what does that loop wait for, and who can wake it?",
    ),
    "locked": (
        "two threads may each hold the lock that the other one waits for",
        "which locks does a thread hold at that line, and in which order does everybody take them?",
    ),
}
"""The rule and the question of what can be found beside every promise."""
ERRORS_OUT = "error caller, error closer, error worker, error asker"


class Work(Port):
    """What is done with a job: it takes two seconds, and raises what it is told to raise."""

    raises = (Exception,)

    def __init__(self, story, desk, errors=(), times_s=()):
        super().__init__(story)
        self._desk, self._errors, self._times_s = desk, errors, times_s

    @holds_a_thread
    def run(self, job):
        desk, number = self._desk, len(self._desk.began)
        desk.begins(job)
        times_s = self._times_s[number : number + 1] or (JOB_S if number < MANY else MOMENT_S,)
        yield times_s[0]
        error = self._errors[number % len(self._errors)] if self._errors else None
        desk.ends(job, error)
        if error is not None:
            raise error
        self.tell(f"has done {job!r}")


def error_of(name, base=Exception):
    """A class of errors with this name; the submission's own, if it has one."""
    return type(name, (base,), {})


ERRORS = (
    ConnectionError("down"), TimeoutError("late"), IndexError("none"), KeyError("key"), ValueError("bad"),
    StopIteration("over"), RuntimeError("broken"), LookupError("gone"), OSError("disk"),
    Exception("no class"), error_of("Closed")("this job says so"), error_of("Empty")("nothing"),
    error_of("Full")("all"), error_of("MuteReply")("no text"), error_of("EmptyReply")("a false one"),
    error_of("UnhashableReply")("no key"),
)  # fmt: skip
"""What jobs raise: whatever a pool could take for its own."""
ODD_JOBS = (
    None, "", 0, False, 1, True, 1.0, [], {}, [1, "a"], 0.0, -0.0, float("inf"), float("nan"), 10**30,
    "\ud800", [True, 1], {"a": None}, {"a": None}, "twice", "twice", None, 1,
)  # fmt: skip
"""What a job may be: equal ones of another type or sign, what equals nothing, what no text holds."""
SAME_ERROR = error_of("SameReply")("one object, raised twice")
MORE_ERRORS = (
    (SAME_ERROR, SAME_ERROR), (TimeoutError(), KeyError()),
    (queue.Empty("of the job's own queue"), queue.Full("of the job's own queue"),
     error_of("ArrayMemoryError", MemoryError)("too large"), ExceptionGroup("some", [OSError("a")])),
    *(tuple(kind("this job failed") for kind in ports.ALL_SORTS[number::4] if kind is not ExceptionGroup)
      for number in range(4)),
)  # fmt: skip
"""And everything else: an error that is one object in two jobs, and a class on almost each of Python's."""


class Line:
    """Jobs that were accepted and wait, with the second in which each `submit` returned.

    Time passes only where nobody goes on: whose `submit` returned in a later second was accepted later.
    """

    def __init__(self):
        self._waiting, self._begun, self._taken = {}, [], []

    def comes(self, job, now_s):
        """Its `submit` has returned, perhaps after it was begun."""
        if told(job) in self._begun:
            self._begun.remove(told(job))
        else:
            self._waiting.setdefault(told(job), []).append((now_s, job))

    def goes(self, job, now_s):
        """It is begun."""
        same = self._waiting.get(told(job))
        if same is None:
            self._begun.append(told(job))
        self._taken.append((same.pop(0)[0] if same else now_s, job))
        if not same:
            self._waiting.pop(told(job), None)

    def overtaken(self):
        """A job that was begun lately, and one that was accepted before it and still waits; None for none."""
        taken, self._taken = self._taken, []
        if not self._waiting:
            return None
        since_s, first = next(iter(self._waiting.values()))[0]
        return next(((job, first) for accepted_s, job in taken if accepted_s > since_s), None)


class Desk:
    """A pool and its threads: what they are given, what becomes of it, and what of that is wrong."""

    def __init__(self, unit, story, capacity, errors=(), times_s=(), of=""):
        self.story, self.capacity, self._of = story, capacity, of
        self.work = Work(story, self, errors, times_s)
        self.pool, self._closed = unit.WorkerPool(self.work, capacity), unit.Closed
        self.began, self.ended, self.accepted, self.refused = [], [], [], []
        self.workers, self.callers, self.closers, self.askers = [], [], [], []
        self.lanes, self.raised, self.wrong = [], [], []
        self.is_closed = False
        self._line, self._changes, self._leaver, self._held = Line(), {}, None, []
        self._looked_s, self._begin_now = 0.0, ()

    # ---- threads

    def worker(self, after_s=0):
        """A thread that serves."""
        return self._lane(self.workers, "worker", self.pool.serve.later(), after_s=after_s)

    def caller(self, *jobs, after_s=0, by_name=False):
        """A thread that submits jobs, one after the other."""
        submit = self.pool.submit
        calls = [submit.later(job=job) if by_name else submit.later(job) for job in jobs]
        lane = self._lane(self.callers, "caller", *calls, after_s=after_s)
        lane.jobs = jobs
        return lane

    def closer(self, *calls, after_s=0):
        """A thread that closes the pool, and asks then which jobs failed."""
        pool = self.pool
        calls = calls or (pool.close.later(), pool.failed.later())
        return self._lane(self.closers, "closer", *calls, after_s=after_s)

    def asker(self, after_s=0):
        """A thread that asks which jobs failed."""
        return self._lane(self.askers, "asker", self.pool.failed.later(), after_s=after_s)

    def _lane(self, among, name, *calls, after_s):
        lane = Lane(f"{name} {len(among) + 1}{self._of}", *calls, after_s=after_s)
        lane.kind, lane.of = name, self
        among.append(lane)
        self.lanes.append(lane)
        return lane

    # ---- what happens

    def begins(self, job):
        """A job is run."""
        self._looks()
        self._at_a_change("worker", f"job {job!r} was begun")
        self.began.append(job)
        self._line.goes(job, self.story.seconds)
        serving = self.inside(self.workers)
        if self.running > serving:
            self.found(
                "who runs", f"{times(self.running, 'job')} under way, {times(serving, 'worker')} in serve()"
            )
        if self.is_closed:
            self.found("early close", f"close() had returned, and then job {job!r} was begun")

    def ends(self, job, error=None):
        """A job has been run, and raises this error."""
        self._looks()
        self.ended.append(job)
        if error is not None:
            self.raised.append((self.story.seconds, job))
        self._changes[self.story.seconds] = f"job {job!r} ended"

    def hears(self, lane, end):
        """A call has ended."""
        self._looks()
        (_, name), *_ = lane.calls[len(lane.ended) - 1]
        kind = "leaver" if lane.kind == "worker" else lane.kind
        self._at_a_change(kind, f"{name}() of {lane} {end}")
        if lane.kind == "caller":
            self._hears_caller(lane, end)
        elif lane.kind == "closer" and len(lane.ended) == 1:
            self._hears_close(lane, end)
        elif end.kind != "returned":
            self.found(f"error {lane.kind}", f"{name}() of {lane} {end}")
        elif lane.kind == "worker":
            self._hears_worker(lane)
        elif lane.kind == "asker":
            before = [job for second, job in self.raised if second < self.story.seconds]
            self._hears_failed(end.value, before, "failed()")

    def _hears_worker(self, lane):
        if not self.is_closing:
            self.found("worker leaves", f"serve() of {lane} returned, and nobody had closed the pool")
        elif self._leaver is None:
            self._leaver = lane, len(self.accepted)

    def _hears_failed(self, given, at_least, asked):
        """Whoever asks hears of at least these jobs, and of no other than raised."""
        if type(given) is not list:
            return
        raised = [job for _, job in self.raised]
        missing, others = less(at_least, given), less(given, raised)
        if not missing and not others:
            return
        saw = f"the jobs that raised: {told_jobs(raised)}; {asked} gave {told_jobs(given)}"
        if len(raised) > MANY:
            wrong = f"without {missing[0]!r}" if missing else f"with {others[0]!r}, which did not raise"
            saw = f"{len(raised):,} jobs raised; {asked} gave {len(given):,}, {wrong}"
        self.found("failed", saw)

    def _at_a_change(self, kind, what):
        """Whoever goes on does so when a job has ended or a thread has begun, and not by the clock."""
        now_s = self.story.seconds
        if now_s in self._changes or any(lane.begun_s == now_s for lane in self.lanes):
            return
        changes = {lane.begun_s: f"{lane} called {lane.calls[0][0][1]}()" for lane in self.lanes}
        changes |= self._changes
        last_s = max(second for second in changes if second is not None)
        self.found(f"late {kind}", f"{changes[last_s]}; {what} only {now_s - last_s:.3g} s later")

    def _hears_caller(self, lane, end):
        job = lane.jobs[len(lane.ended) - 1]
        if end.kind == "returned":
            self.accepted.append(job)
            self._line.comes(job, self.story.seconds)
            if self.is_closed and less([job], self.ended):
                saw = f"close() had returned, and then submit({job!r}) did, whose job had not been run"
                self.found("in between" if lane in self._held else "after the close", saw)
        elif end.raised(self._closed):
            self.refused.append(job)
            if not self.is_closing:
                self.found("error caller", f"submit({job!r}) {end}, and nobody had closed the pool")
        else:
            self.found("error caller", f"submit({job!r}) {end}")

    def _hears_close(self, lane, end):
        self.is_closed = True
        self._held = [caller for caller in self.callers if len(caller.calls) > len(caller.ended)]
        if end.kind != "returned":
            self.found("error closer", f"close() {end}")
        left = less(self.accepted, self.ended)
        if left or self.running:
            running = less(self.began, self.ended)
            told = [f"job {job!r} {'was still running' if job in running else 'had not been run'}"
                    for job in (left or running)]  # fmt: skip
            self.found("early close", f"{lane}: close() returned, and {', '.join(told)}")

    # ---- what is true when nothing moves

    def _looks(self):
        """The first thing happens after some time: before it, all that could go on had gone on."""
        now_s = self.story.seconds
        if now_s > self._looked_s:
            self._begin_now = [lane for lane in self.lanes if lane.begun_s == now_s]
            self.at_rest()
            self._looked_s, self._begin_now = now_s, ()

    def at_rest(self):
        """Nobody can go on; the next thing to happen takes time."""
        waiting = len(self.accepted) - len(self.began)
        if waiting > self.capacity:
            self.found(
                "bound", f"capacity {self.capacity}: {times(waiting, 'accepted job')} waited to be started"
            )
        held = [lane for lane in self.callers if self.is_inside(lane)]
        if held and self.is_closing:
            self.found("held", f"the pool was closed, and {listed(held)} still waited in submit()")
        elif held and waiting < self.capacity:
            self.found("room", f"capacity {self.capacity}, {times(waiting, 'job')} waiting: {listed(held)} "
                       "waited outside all the same")  # fmt: skip
        idle = self.inside(self.workers) - self.running
        if idle > 0 and waiting > 0:
            self.found("idle", f"{times(idle, 'worker')} idle, {times(waiting, 'job')} waiting to be started")
        elif idle > 0 and self.is_closing:
            self.found(
                "leaves", f"the pool was closed and no job waited; {times(idle, 'worker')} still in serve()"
            )
        self._look_at_the_line(waiting)
        for lane in self.askers:
            if self.is_inside(lane):
                self.found("failed waits", f"failed() of {lane} waited while a job was running")

    def _look_at_the_line(self, waiting):
        overtaken = self._line.overtaken()
        if overtaken is not None:
            job, first = overtaken
            saw = f"job {first!r} was accepted before job {job!r}, and waited when {job!r} had been begun"
            self.found("order", saw)
        if self._leaver is None or waiting <= 0:
            return
        worker, known = self._leaver
        late = less(self.accepted[known:], self.began)
        if not late:
            (left, *_) = less(self.accepted, self.began)
            self.found("leaves early", f"serve() of {worker} returned, and job {left!r} had not been started")
        else:
            self.found(
                "late in",
                f"the pool was closed and serve() of {worker} had returned; then submit({late[0]!r}) "
                "returned too, and its job waited to be started",
            )

    def is_inside(self, lane):
        """Is this thread in a call just now?"""
        return lane.has_begun and len(lane.ended) < len(lane.calls) and lane not in self._begin_now

    def inside(self, lanes):
        """How many of these threads are in a call?"""
        return sum(map(self.is_inside, lanes))

    @property
    def is_closing(self):
        """Has somebody called close()?"""
        return any(lane.has_begun and lane not in self._begin_now for lane in self.closers)

    @property
    def running(self):
        """How many jobs are running."""
        return len(self.began) - len(self.ended)

    def found(self, kind, saw):
        """Something is wrong."""
        self.wrong.append((kind, saw))

    # ---- the end

    def is_over(self):
        """Nothing goes on any more."""
        hung = False
        for lane in self.lanes:
            waits = [end.value for end in lane.ended if end.kind == "hung"][:1]
            if waits and (lane.kind != "worker" or self.is_closing or SPINS in waits[0]):
                hung = True
                kind = (
                    "spins" if SPINS in waits[0] else "locked" if LOCKED in waits[0] else f"{lane.kind} waits"
                )
                self.found(kind, f"{lane} never ends: {waits[0]}")
        if not hung:
            self._compare()

    def _compare(self):
        for closer in self.closers:
            self._hears_failed(
                closer.ended[-1].value, [job for _, job in self.raised], "after close(), failed()"
            )
        left, twice = less(self.accepted, self.began), less(self.began, [*self.accepted, *self.refused])
        ran_refused = less(self.began, self.accepted)
        if left and self.is_closed:
            self.found("lost", f"submit({left[0]!r}) had returned, and the job was never run")
        elif twice and count(twice[0], self.began) == 1:
            self.found("foreign", f"job {twice[0]!r} was run by this pool, and it was never submitted to it")
        elif twice:
            self.found("twice", f"job {twice[0]!r} was run {times(count(twice[0], self.began), 'time')}")
        elif ran_refused:
            self.found("refused", f"submit({ran_refused[0]!r}) raised Closed, and the job was run")


def less(some, others):
    """These jobs without those; 1 and True are two."""
    left = list(map(told, others))
    found = []
    for job in some:
        if told(job) in left:
            left.remove(told(job))
        else:
            found.append(job)
    return found


def told(job):
    """A job as a text that no other job has."""
    return f"{type(job).__name__} {job!r}"


def count(job, jobs):
    """How often a job is among these."""
    return [told(each) for each in jobs].count(told(job))


def times(number, what):
    """1 job, 2 jobs."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def listed(lanes):
    """Threads by their names."""
    return " and ".join(map(str, lanes))


class Jobs(tuple):
    """Jobs, which need not be hashed."""

    __slots__ = ()

    def __hash__(self):
        return hash(repr(self))


def run(process, *desks, by_turns=False):
    """Let the threads of these desks run."""
    lanes = [lane for desk in desks for lane in desk.lanes]

    def on_end(lane, end):
        lane.of.hears(lane, end)

    process.threads(*lanes, on_end=on_end, by_turns=by_turns)
    for desk in desks:
        desk.at_rest()
        desk.is_over()
    return [wrong for desk in desks for wrong in desk.wrong]


def kept(stories, kinds, *, rule, ask):
    """Promise that nothing of these kinds is found in these stories."""
    kinds = kinds.split(", ")
    for story in stories:
        for kind, saw in story.seen:
            if kind in kinds or kind == "spins":
                rule, ask = OWN_WORDS.get(kind, (rule, ask))
                promise(False, saw=saw, rule=rule, ask=ask, story=story)


# ---- scenarios: each gives what was wrong in it


def a_deploy(unit, story, *, workers, capacity=1, errors=None, by_turns=False):
    """Two callers, and a deploy that closes the pool in the middle of it."""
    a, b, c = (story.name(job) for job in ("disk-7", "api-2", "cache-1"))
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, capacity, errors)
        for _ in range(workers):
            desk.worker()
        desk.caller(a, b)
        desk.caller(c)
        desk.closer()
        return run(process, desk, by_turns=by_turns)


def an_open_pool(unit, story, *, workers, capacity, by_turns=False):
    """Workers idle, then four callers come at once, and nobody closes anything."""
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, capacity)
        for _ in range(workers):
            desk.worker()
        for number in range(4):
            desk.caller(story.name(f"disk-{number}"), after_s=1.031)
        return run(process, desk, by_turns=by_turns)


def callers_are_held(unit, story, *, closes_s=0.517, closers=2):
    """A job is running and callers are held; somebody asks, and two close, perhaps as the job ends."""
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, 1)
        desk.worker()
        desk.caller(story.name("disk-7"), story.name("disk-8"))
        desk.caller(story.name("api-2"), after_s=0.233)
        desk.caller(story.name("cache-1"), after_s=0.233)
        for _ in range(closers):
            desk.closer(after_s=closes_s)
        desk.asker(after_s=0.771)
        return run(process, desk)


def closed_as_jobs_end(unit, story):
    """Two jobs end and two close, all in one moment, while a job waits and two callers are held."""
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, 1)
        desk.worker()
        desk.closer(after_s=JOB_S)
        desk.closer(after_s=JOB_S)
        desk.worker()
        desk.caller(*(story.name(f"disk-{number}") for number in range(3)))
        desk.caller(story.name("api-2"), after_s=0.233)
        desk.caller(story.name("cache-1"), after_s=0.233)
        return run(process, desk)


def a_job_comes_as_the_last_one_ends(unit, story):
    """A job ends, another one comes and the pool is closed, all in one moment."""
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, 1)
        desk.worker()
        desk.caller(story.name("disk-7"))
        desk.caller(story.name("api-2"), after_s=JOB_S)
        desk.closer(after_s=JOB_S)
        return run(process, desk)


def one_of_two_is_idle(unit, story):
    """One worker runs a job, the other has nothing to do; two close, and somebody asks."""
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, 1)
        desk.worker()
        desk.worker()
        desk.caller(story.name("disk-7"))
        desk.closer(after_s=0.517)
        desk.closer(after_s=0.517)
        desk.asker(after_s=0.771)
        return run(process, desk)


def workers_come_late(unit, story, *, raises=False):
    """Jobs wait, a caller is held and the pool is closed, a year before workers come.

    The first job may raise, and the last one takes longer than any number in the file, up to an hour.
    Another caller comes after the close, and another worker while the last job runs.
    """
    errors = (ValueError("bad"), None, None) if raises else ()
    long_s = 100.0 + max(numbers_of(unit, 3_600), default=0)
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, 3, errors, (JOB_S, 2 * JOB_S, long_s))
        desk.caller(*(story.name(f"disk-{number}") for number in range(4)))
        desk.closer(after_s=1.031)
        desk.caller(story.name("api-2"), after_s=2.017)
        desk.worker(after_s=YEAR_S)
        desk.worker(after_s=YEAR_S)
        desk.worker(after_s=YEAR_S + 9.017)
        return run(process, desk)


def in_order(unit, story):
    """One caller, one worker, and jobs whose order is not that of their names."""
    jobs = [story.name(job) for job in ("disk-7", "api-2", "cache-1", "disk-1")]
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, 3)
        desk.caller(*jobs)
        desk.worker(after_s=1)
        run(process, desk)
        if desk.began != jobs[: len(desk.began)]:
            desk.found("order", f"accepted in this order: {told_jobs(jobs)}; run: {told_jobs(desk.began)}")
        return desk.wrong


def asked_again(pool):
    """Ask which jobs failed, clear the list that comes, and ask again."""
    pool.failed().clear()
    return pool.failed()


CALLERS = (asked_again,)


def every_job_raises(unit, story, *, jobs, capacity=1, errors=ERRORS, by_name=False):
    """Jobs that raise, one after the other; the pool is closed while the last but one runs, and one waits.

    Somebody asks which failed, once early and twice after that.
    """
    times_s = [JOB_S] * min(len(jobs), MANY) + [MOMENT_S] * (len(jobs) - MANY)
    times_s[-2:] = [JOB_S, JOB_S]
    late_s = sum(times_s[:-2])
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, capacity, errors, times_s)
        desk.worker()
        desk.caller(*jobs, by_name=by_name)
        desk.closer(after_s=late_s + 0.517)
        for asked_s in (2.5 * JOB_S, late_s + 1.031, late_s + 1.031 + JOB_S):
            desk.asker(after_s=asked_s)
        run(process, desk)
        if desk.refused:
            saw = f"submit({desk.refused[0]!r}) waited for the close, with a worker and time for all jobs"
            desk.found("lost", saw)
        return desk.wrong


def jobs_raise_side_by_side(unit, story, *, threads):
    """So many jobs run at once, and the second raises first; so many callers are held, and so many close.

    Somebody asks in between.
    """
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, 1, ERRORS[:3], (5 * JOB_S, JOB_S, *[3 * JOB_S] * (threads - 2)))
        for number in range(threads):
            desk.worker()
            jobs = (story.name(f"{job}-{number}") for job in ("disk", "api"))
            desk.caller(*jobs, after_s=number * 0.7 / threads)
        desk.asker(after_s=JOB_S + 1.5)
        for _ in range(threads):
            desk.closer(after_s=1.517)
        return run(process, desk)


def threads_of(unit):
    """More threads than any number of the submission, up to some."""
    return max([3, *(number + 1 for number in numbers_of(unit, THREADS_MOST))])


def jobs_raise_at_the_close(unit, story, *, workers=1, by_turns=False):
    """Each worker has a job that raises, all in one moment; the pool is closed, and asked which failed."""
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, 1, ERRORS)
        for _ in range(workers):
            desk.worker()
        desk.caller(*(story.name(job) for job in ("disk-7", "api-2")[:workers]))
        desk.asker(after_s=JOB_S)
        desk.closer(after_s=1.5)
        return run(process, desk, by_turns=by_turns)


def equal_jobs(unit, story, *, second, times_s):
    """Two workers run two equal jobs, of which the second raises; meanwhile the pool is closed."""
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, 1, (None, ValueError("bad")), times_s)
        desk.worker()
        desk.worker()
        desk.caller(1)
        desk.caller(second, after_s=0.517)
        desk.closer(after_s=1.517)
        return run(process, desk)


def quiet_years(unit, story):
    """A caller is held for a year, two workers come and idle for a year; then one of them has a long job.

    The other one serves one job after the other; a caller is held, comes in, and the pool is closed.
    """
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, 1, times_s=(JOB_S, JOB_S, 7 * JOB_S))
        desk.caller(story.name("disk-7"), story.name("disk-8"))
        desk.worker(after_s=YEAR_S)
        desk.worker(after_s=YEAR_S)
        desk.caller(story.name("api-2"), story.name("api-3"), after_s=2 * YEAR_S)
        for number, after_s in enumerate((3.017, 5.517, 8.017)):
            desk.caller(story.name(f"cache-{number}"), after_s=2 * YEAR_S + after_s)
        desk.caller(story.name("disk-1"), story.name("disk-2"), after_s=2 * YEAR_S + 8.517)
        desk.closer(after_s=2 * YEAR_S + 10.517)
        return run(process, desk)


def after_the_end(unit, story):
    """The pool is closed, and everything is called once more."""
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, 1)
        desk.worker()
        desk.worker()
        desk.caller(story.name("disk-7"))
        pool = desk.pool
        desk.closer(pool.close.later(), pool.close.later(), pool.failed.later(), after_s=4.031)
        desk.caller(story.name("api-2"), story.name("cache-1"), after_s=5.017)
        desk.worker(after_s=5.017)
        return run(process, desk)


def so_many_wait(unit, story, *, capacity):
    """So many jobs as there is room for, and one more, before any worker serves."""
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, capacity)
        desk.caller(*(story.name(f"disk-{number}") for number in range(capacity + 1)))
        desk.worker(after_s=1)
        desk.asker(after_s=0.5)
        run(process, desk)
        in_turn = zip(desk.accepted, desk.began, strict=False)
        wrong = next(((first, job) for first, job in in_turn if first != job), None)
        if wrong is not None:
            desk.found(
                "order",
                f"one caller submitted job {wrong[0]!r} before job {wrong[1]!r}, which was begun first",
            )
        return desk.wrong


def more_room_than_jobs(unit, story):
    """A capacity that no number of jobs will ever fill."""
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, 10**20)
        desk.caller(*(story.name(f"disk-{number}") for number in range(3)))
        desk.worker(after_s=1)
        return run(process, desk)


def one_after_the_other(unit, story):
    """A job raises, its pool is closed, and another pool is made for the same work."""
    job = story.name("disk-7")
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, 1, ERRORS)
        desk.worker()
        desk.caller(job)
        desk.closer(after_s=2 * JOB_S)
        run(process, desk)
        end = process.run(unit.WorkerPool(desk.work, 1).failed.later())
        if end.kind == "returned" and end.value:
            desk.found(
                "known",
                f"job {job!r} raised in one pool; failed() of a new pool, made for the same work, "
                f"gave {told_jobs(end.value)}",
            )
        return desk.wrong


def two_pools(unit, story, *, at_work=(0, 1), by_turns=False):
    """Two pools with an idle worker each: jobs come to both, both are full, and one of them is closed.

    Each does the same where it alone is at work.
    """
    with story.process(in_threads=True) as process:
        one, other = Desk(unit, story, 1), Desk(unit, story, 2, of=" of pool 2")
        one.worker()
        other.worker()
        other.caller(story.name("api-2"), after_s=0.233)
        one.caller(story.name("disk-7"), story.name("disk-8"), story.name("disk-9"), after_s=0.517)
        other.caller(story.name("api-3"), story.name("api-4"), story.name("api-5"), after_s=0.771)
        one.closer(after_s=3.031)
        other.caller(story.name("api-6"), after_s=9.017)
        return run(process, *((one, other)[number] for number in at_work), by_turns=by_turns)


def named(many):
    """So many jobs."""
    return tuple(f"disk-{number}" for number in range(many))


def told_jobs(jobs):
    """Jobs, one after the other."""
    return ", ".join(map(repr, jobs)) or "none"


# ---- which stories are told of them


def deploys(every_story):
    """A deploy in the middle, with up to two switches, and by turns."""
    yield from every_story(a_deploy, SWITCHES, depth=2, at_most=90, workers=1)
    yield from every_story(a_deploy, SWITCHES, depth=1, at_most=60, workers=2)
    yield from every_story(a_deploy, SWITCHES, depth=1, at_most=25, workers=2, by_turns=True)


def open_pools(every_story):
    """A pool that nobody closes."""
    yield from every_story(an_open_pool, SWITCHES, depth=1, at_most=40, workers=1, capacity=2)
    yield from every_story(an_open_pool, SWITCHES, depth=1, at_most=45, workers=2, capacity=1)
    yield from every_story(an_open_pool, SWITCHES, depth=1, at_most=40, workers=2, capacity=2)
    yield from every_story(an_open_pool, SWITCHES, depth=1, at_most=20, workers=2, capacity=2, by_turns=True)


def raises(every_story):
    """The last jobs raise while the pool is being closed."""
    yield from every_story(jobs_raise_at_the_close, (), workers=2, by_turns=True)
    yield from every_story(jobs_raise_at_the_close, SWITCHES, depth=2, at_most=30)


def rooms(unit, every_story):
    """As many jobs wait as there is room for, in rooms of several sizes."""
    sizes = {1, 2, 7, *(number + 1 for number in numbers_of(unit, STORM)[-1:])}
    return [every_story(so_many_wait, (), capacity=capacity) for capacity in sorted(sizes)]


def closes(every_story):
    """A pool that is closed while a job is running."""
    yield from every_story(callers_are_held, SWITCHES, depth=1, at_most=35)
    yield from every_story(callers_are_held, SWITCHES, depth=1, at_most=40, closes_s=JOB_S)
    yield from every_story(callers_are_held, (), closers=1)
    yield from every_story(closed_as_jobs_end, ())
    yield from every_story(a_job_comes_as_the_last_one_ends, SWITCHES, depth=2, at_most=60)
    yield from every_story(one_of_two_is_idle, SWITCHES, depth=1, at_most=30)


# ---- what is promised


def test_what_was_accepted_has_ended_when_close_returns(unit, every_story):
    """When close returns, every job that was accepted has ended, and no other is begun."""
    for stories in (
        deploys(every_story),
        closes(every_story),
        every_story(workers_come_late, ()),
        every_story(quiet_years, ()),
    ):
        kept(
            stories,
            "early close, in between, after the close, error closer",
            rule="a pool is at its end when its jobs have ended; that none of them waits is not enough",
            ask="between leaving the queue and its end, where do you still know of a job?",
        )


def test_every_job_is_run_once(unit, every_story):
    """What was accepted is run once, and what was refused never."""
    for stories in (deploys(every_story), open_pools(every_story), every_story(workers_come_late, ())):
        kept(
            stories,
            "lost, twice, foreign, refused, error caller, error worker",
            rule="between what one line saw and what the next one does, another thread may have been there",
            ask="which two of your lines need the same lock, held over both?",
        )


def test_nobody_waits_for_ever(unit, every_story):
    """Whoever waits goes on in the moment of the change, whoever is woken first."""
    for stories in (deploys(every_story), open_pools(every_story), closes(every_story), raises(every_story)):
        kept(
            stories,
            f"{FOR_EVER}, late caller, late closer, late worker, late leaver",
            rule="who waits goes on when somebody wakes it, and that one has to be told of each change",
            ask="who waits for the change that this line makes, and who of them is woken?",
        )


def test_an_idle_worker_takes_a_job_that_waits(unit, every_story):
    """While a job waits no worker idles: two jobs run side by side, also after a year without one."""
    for stories in (
        open_pools(every_story),
        deploys(every_story),
        every_story(quiet_years, ()),
        every_story(workers_come_late, ()),
        every_story(jobs_raise_side_by_side, (), threads=threads_of(unit)),
    ):
        kept(
            stories,
            "idle, late worker, worker leaves",
            rule="a job that waits and a worker that idles have to find each other, without anybody's help",
            ask="what happens to the second worker, from the moment in which the second job comes?",
        )


def test_no_more_wait_than_there_is_room_for(unit, every_story):
    """With `capacity` jobs waiting the next caller waits outside, and with room nobody does."""
    for stories in (
        open_pools(every_story),
        closes(every_story),
        *rooms(unit, every_story),
        every_story(more_room_than_jobs, ()),
        every_story(quiet_years, ()),
    ):
        kept(
            stories,
            "bound, room, error caller",
            rule="there is room when fewer than `capacity` jobs wait to be started, and only then",
            ask="what did the caller know of the room in the very moment in which its job went in?",
        )


def test_a_held_caller_is_refused_at_the_close(unit, every_story):
    """A caller who is held when the pool is closed gets Closed, at once, and its job never runs."""
    for stories in (closes(every_story), every_story(workers_come_late, ())):
        kept(
            stories,
            "held, refused, late caller, error caller",
            rule="who is woken looks again at everything that it waited for",
            ask="which questions do you ask before a caller waits, and which after it?",
        )


def test_idle_workers_leave_at_the_close(unit, every_story):
    """When the pool is closed and no job waits, serve returns, in every worker."""
    for stories in (
        closes(every_story),
        every_story(after_the_end, ()),
        every_story(workers_come_late, ()),
        deploys(every_story),
    ):
        kept(
            stories,
            "leaves, leaves early, late worker, late leaver, worker waits, error worker",
            rule="the end of a pool is a state that every worker reads, however many there are",
            ask="how many workers learn from you that it is over?",
        )


def test_a_closed_pool_stays_closed(unit, every_story):
    """After the close, submit raises Closed, serve returns, and close returns once more."""
    stays = {
        "rule": "closed is for good: whoever comes later finds it as those did who were there",
        "ask": "what does each of your methods do when it is called after the close?",
    }
    for stories in (every_story(after_the_end, ()), every_story(workers_come_late, ())):
        kept(
            stories,
            "error caller, error closer, in between, after the close, "
            "caller waits, worker waits, closer waits, lost",
            **stays,
        )
    kept(every_story(closed_as_jobs_end, ()), "late in", **stays)


def test_only_workers_run_jobs(unit, every_story):
    """Jobs are run by those who serve, each of them one at a time."""
    for stories in (deploys(every_story), closes(every_story), every_story(workers_come_late, ())):
        kept(
            stories,
            "who runs",
            rule="how many jobs run at once is decided by how many threads serve",
            ask="which of your methods calls `work.run`, and on whose thread?",
        )


def test_a_job_that_raises_ends_only_itself(unit, every_story):
    """Whatever a job raises, its worker goes on, close returns, and failed names it."""
    most = max(
        [len(ERRORS), *(number + 1 for number in numbers_of(unit, STORM)), TOO_DEEP if recurs(unit) else 0]
    )
    calm = not any(story.seen for story in every_story(workers_come_late, ()))
    for stories in (
        every_story(every_job_raises, (), jobs=named(most)),
        every_story(jobs_raise_side_by_side, (), threads=threads_of(unit)),
        *(every_story(every_job_raises, (), jobs=named(len(some)), errors=some) for some in MORE_ERRORS),
        every_story(workers_come_late, (), raises=True) if calm else (),
        raises(every_story),
    ):
        kept(
            stories,
            f"failed, early close, {ERRORS_OUT}, {FOR_EVER}, worker leaves, leaves early, idle, lost, twice",
            rule="what is counted in is counted out, on every way out of a job, and noted before that",
            ask="which of your lines run when `work.run` raises, and which lines could it be taken for?",
        )


def test_a_job_may_be_any_value(unit, every_story):
    """None, an empty list, equal dicts, 1 and True: each is a job, is run, and is named for itself."""
    words = words_of(unit)[:20]
    odd = *ODD_JOBS, *words, *([word] for word in words[:10])
    few = (None, {}, {}, "twice", "twice", 1, True)
    for stories in (
        every_story(every_job_raises, (), jobs=Jobs(odd), capacity=2),
        every_story(every_job_raises, (), jobs=Jobs(few), capacity=2, errors=(), by_name=True),
        every_story(equal_jobs, (), second=1, times_s=(JOB_S, JOB_S)),
        every_story(equal_jobs, (), second=True, times_s=(3 * JOB_S, JOB_S)),
    ):
        kept(
            stories,
            f"failed, {ERRORS_OUT}, {FOR_EVER}, lost, twice, early close, worker leaves, idle",
            rule="a job is what was submitted; what it holds says nothing about who it is",
            ask="where does your code compare a job, look one up, or ask whether it is true?",
        )


def test_jobs_start_in_the_order_of_acceptance(unit, every_story):
    """Jobs are taken in the order in which they were accepted, whoever submitted them."""
    for stories in (every_story(in_order, ()), open_pools(every_story), *rooms(unit, every_story)):
        kept(
            stories,
            "order",
            rule="who was accepted first is next; a caller that is held has no place in the queue yet",
            ask="in which moment does a job get its place, and which place is next?",
        )


def test_failed_waits_for_no_job(unit, every_story):
    """Whoever asks which jobs failed is answered at once, also while jobs run and while a close waits."""
    for stories in (closes(every_story), every_story(so_many_wait, (), capacity=2)):
        kept(
            stories,
            "failed waits, asker waits, error asker",
            rule="a lock is held for the table and not for the work; who waits gives it back first",
            ask="what do you hold while a job is running, and while you wait for its end?",
        )


def test_failed_gives_a_new_list(unit, story):
    """What a caller does to the list that failed gave it is not seen by whoever asks next."""
    job = story.name("disk-7")
    with story.process(in_threads=True) as process:
        desk = Desk(unit, story, 1, ERRORS)
        desk.worker()
        desk.caller(job)
        desk.closer(after_s=2 * JOB_S)
        run(process, desk)
        end = process.run(callers(unit, *CALLERS).asked_again.later(desk.pool))
    promise(
        end.value == [job],
        saw=f"job {job!r} raised; a caller clears the list that failed() gave it, and failed() "
        + (f"gives {end.value!r} then" if end.kind == "returned" else str(end)),
        rule="who hands out its own list lets everybody write in it",
        ask="whose list does a caller hold, and who else does?",
        story=story,
    )


def test_two_pools_share_nothing(unit, every_story):
    """What one pool holds, another one knows nothing of: it is full, or closed, alone."""
    alone = [story.seen for number in (0, 1) for story in every_story(two_pools, (), at_work=(number,))]
    if any(alone):
        return  # It is wrong without another one, which other promises say.
    own = "which of your names stands for one thing, however many pools there are?"
    kept(
        every_story(one_after_the_other, ()),
        "known",
        rule="a pool knows of its own jobs, and of none that came before it",
        ask=own,
    )
    for stories in (every_story(two_pools, ()), every_story(two_pools, (), by_turns=True)):
        kept(
            stories,
            f"lost, foreign, early close, {ERRORS_OUT}, {FOR_EVER}, worker leaves, held, room, idle, "
            "who runs, late caller, late worker, late leaver, late closer",
            rule="what an object knows lives in the object",
            ask=own,
        )
