"""What is checked for ex23: a spool that is closed when all have stopped, and not when all were asked to."""

from dataclasses import dataclass, field
from itertools import chain

from halfway.kit import (
    BESIDE,
    CANCEL,
    LIVES_ON,
    LOST,
    QUIET_END,
    REFUSED,
    STEPS,
    UNDECLARED,
    callers,
    numbers_of,
    odd_errors,
    ports,
    promise,
    promise_under,
    takes_time,
    words_of,
)

IN_MEMORY = "a kill ends workers, writes and stop() at once, and the next process has another collector"
WITHOUT = {
    "asked at any time": "nothing in this unit only reads",
    "between two lines": "no clock is read, and what stop() looks at changes between two turns alone",
    "clocks of their own": "no clock is handed in",
    "elsewhere": "nothing is made of the machine",
    "kinds meet: CANCEL and CRASH": IN_MEMORY,
    "kinds meet: CRASH and LOST": IN_MEMORY,
    "kinds meet: CRASH and REFUSED": IN_MEMORY,
    "kinds meet: CRASH and UNDECLARED": IN_MEMORY,
}
FAULTS = (CANCEL, REFUSED, LOST, UNDECLARED)
"""All but a kill, of which the reason stands above."""
LEEWAY_S = 0.5
NOTHING_S = 1e-6
DAY_S = 86_400.0
MONTHS_S = 60 * DAY_S
READS_MAX, FOR_EVER_S = 200, 5 * 366 * DAY_S
PAIRS_MOST = READS_MAX // 2 - 10
"""A service that was asked so often says nothing any more: a worker that nobody stopped is found by then."""
FAILURES_MOST, SERVICES_MOST, WRITES_MOST = 60, 300, 500
NO_ANSWER = "the service does not answer"
BROKEN = "the connection breaks before it is durable"


# ---- the world: it sees what the callers below tell it, and the learner's code never meets it


def at(seconds):
    """A time, in words: what is waited for in vain is waited for a hundred days."""
    return f"{seconds:g} s" if seconds < DAY_S else f"day {seconds / DAY_S:.0f}"


@dataclass
class Read:
    """One read: from when to when, and whether its sample counts."""

    service: str
    began_s: float
    ended_s: float | None = None
    sample: str = ""
    cancelled_s: float | None = None
    is_late: bool = False


@dataclass
class Write:
    """One write: from when to when, and how it ended."""

    service: str
    samples: list
    began_s: float
    is_late: bool
    ended_s: float | None = None
    was_cancelled: bool = False

    @property
    def told(self):
        return f"the write of {', '.join(self.samples) or 'nothing'}"


@dataclass
class Stop:
    """One call of stop(): when, with what grace, how it ended, and what was left at that moment."""

    called_s: float
    grace_s: float
    ended_s: float | None = None
    how: str = "has not ended"
    names: object = None
    left: list = field(default_factory=list)
    swallowed: bool = False
    is_closed: bool = False

    @property
    def told(self):
        end = f"returned {self.names}" if self.how == "returned" else self.how
        ended = "" if self.ended_s is None else f" at {at(self.ended_s)}"
        return f"stop(grace_s={self.grace_s:g}) at {at(self.called_s)} {end}{ended}"


class SamplerPort(ports.Remote):
    """Where samples come from: `api#0`, `api#1` and so on, each after `takes_s`."""

    for_callers = True
    ways = ports.reads("the service", lost=(TimeoutError,), undeclared=(RuntimeError,))

    def __init__(self, story, *, takes_s=1.0, leaves_s=None):
        super().__init__(story)
        self.lane = "sampler"
        self.takes_s, self.leaves_s = takes_s, leaves_s or {}
        self.reads, self.last, self.taken = [], {}, {}
        self.fails, self.is_asked = {}, False

    @takes_time
    def read(self, service: str):
        read = Read(service, self.world.seconds, is_late=self.is_asked)
        self.reads.append(read)
        self.last[service] = read
        number = self.taken.get(service, 0)
        if self.fails.get(service) == sum(1 for each in self.reads if each.service == service):
            self.will_fail("read", NO_ANSWER)
        takes_s = self.takes_s if len(self.reads) <= READS_MAX else FOR_EVER_S
        try:
            sample = yield from self.request(
                "read", self.ways, lambda: f"{service}#{number}", before_s=takes_s, after_s=0
            )
            read.sample, self.taken[service] = sample, number + 1
            return sample
        finally:
            read.ended_s = self.world.seconds

    @takes_time
    def leave(self, service: str):
        """A read that was cancelled takes a while to end."""
        yield self.leaves_s[service]

    def read_cancelled(self, service: str):
        """The read of this service was cancelled, and no sample was taken: does it take a while to end?"""
        read = self.last[service]
        if read.sample:
            self.taken[service] -= 1
        read.sample, read.cancelled_s = "", self.world.seconds
        if self.leaves_s.get(service):
            read.ended_s = None
            return True
        return False

    def read_ended(self, service: str):
        """The read that was cancelled has come to its end."""
        self.last[service].ended_s = self.world.seconds


class SpoolPort(ports.Remote):
    """Where samples go; writes take `takes_s` in turn. It notes every write, closing and stop()."""

    for_callers = True
    ways = ports.writes(
        "the write",
        "it is durable",
        "it was durable",
        refused=None,
        lost=(OSError,),
        undeclared=(RuntimeError, None),
    )

    def __init__(self, story, sampler, *, takes_s=(2.0,)):
        super().__init__(story)
        self.lane = "spool"
        self.sampler, self.takes_s = sampler, takes_s
        self.writes, self.closings, self.stops = [], [], []
        self.is_closed_by_none = False

    @takes_time
    def write(self, service: str, samples: list):
        write = Write(service, samples, self.world.seconds, bool(self.closings))
        takes_s = self.takes_s[len(self.writes) % len(self.takes_s)]
        self.writes.append(write)
        try:
            yield from self.request("write", self.ways, lambda: None, before_s=takes_s, after_s=0)
            lost = "lost, for it is closed" if self.closings else "durable"
            self.tell(f"{', '.join(samples)}: {lost}")
        finally:
            write.ended_s = self.world.seconds

    def write_cancelled(self, service: str, samples: list):
        """This write was cancelled."""
        for write in self.writes:
            if write.service == service and write.samples == samples:
                write.was_cancelled = True

    def close(self):
        self.closings.append((self.world.seconds, self.under_way()))
        self.is_closed_by_none |= all(stop.ended_s is not None for stop in self.stops)
        self.tell("closed")

    def stop_called(self, grace_s: float):
        """Somebody calls stop()."""
        self.sampler.is_asked = True
        self.stops.append(Stop(self.world.seconds, grace_s))

    def stop_ended(self, how: str, names, swallowed: bool):
        """It ended like this."""
        stop = self.stops[-1]
        stop.ended_s, stop.how, stop.names, stop.swallowed = self.world.seconds, how, names, swallowed
        stop.left, stop.is_closed = self.under_way(), bool(self.closings)

    def under_way(self):
        """What has not ended, as (service, in words)."""
        reads = [
            (read.service, f"the read of {read.service}")
            for read in self.sampler.reads
            if read.ended_s is None
        ]
        return reads + [(write.service, write.told) for write in self.writes if write.ended_s is None]


# ---- code of callers: it runs beside the learner's, hands in the sampler and the spool, and calls stop()


class Sampler:
    """A sampler that tells the judge when a read is cancelled."""

    def __init__(self, port):
        self._port = port

    async def read(self, service: str) -> str:
        import asyncio

        try:
            return await self._port.read(service)
        except asyncio.CancelledError:
            if self._port.read_cancelled(service):
                try:
                    await self._port.leave(service)
                finally:
                    self._port.read_ended(service)
            raise


class Spool:
    """A spool that tells the judge when a write is cancelled."""

    def __init__(self, port):
        self._port = port

    async def write(self, service, samples):
        import asyncio

        given = samples if isinstance(samples, str) else list(samples)
        try:
            await self._port.write(service, given)
        except asyncio.CancelledError:
            self._port.write_cancelled(service, given)
            raise

    def close(self):
        self._port.close()


async def asked_once(collector, port, grace_s, limit_s):
    """Call stop(), perhaps within a limit of time; give how it ended, and what it returned."""
    import asyncio

    task = asyncio.current_task()
    cancels = task.cancelling()
    port.stop_called(grace_s)
    try:
        async with asyncio.timeout(limit_s) as limit:
            names = await collector.stop(grace_s=grace_s)
    except asyncio.CancelledError:
        port.stop_ended("was cancelled", None, False)
        return "was cancelled", None
    except Exception as error:
        how = (
            "was cancelled by a limit of time"
            if limit.expired()
            else f"raised {type(error).__name__}: {error}"
        )
        port.stop_ended(how, None, False)
        if limit.expired():
            return how, None
        raise
    is_list = type(names) is list and all(type(name) is str for name in names)
    port.stop_ended("returned", names if is_list else repr(names), task.cancelling() > cancels)
    return "returned", names


async def begun(collector, services, every_s, asked_s):
    """Start the services, and wait until somebody asks for an end: in that very turn, for None."""
    import asyncio

    for service in services:
        collector.start(service)
        if every_s:
            await asyncio.sleep(every_s)
    if asked_s is not None:
        await asyncio.sleep(asked_s)


async def a_shift(sampler, spool, services, every_s, asked_s, graces, limit_s=None, between_s=0.0):
    """Collect for a while, and then ask for an end until there is one; give what stop() returned."""
    import asyncio

    from collect import Collector

    collector, asked, cancels, told = Collector(Sampler(sampler), Spool(spool)), list(graces), 0, []
    try:
        await begun(collector, services, every_s, asked_s)
    except asyncio.CancelledError:
        cancels += 1
    for _ in range(len(asked) + 4):
        try:
            if not asked:
                await asyncio.sleep(100 * 86_400.0)
            how, names = await asked_once(collector, spool, asked.pop(0) if asked else 30.0, limit_s)
        except asyncio.CancelledError:
            cancels += 1
            continue
        limit_s = None
        told.append(names)
        if names and between_s:
            await asyncio.sleep(between_s)
        if how == "was cancelled":
            cancels += 1
            asked.insert(0, 30.0)
        elif how == "returned" and not names:
            break
    if cancels:
        raise asyncio.CancelledError
    return told


class Feed:
    """A sampler in memory: a read takes a second, and ends as is given here; in the end none comes."""

    def __init__(self, answers):
        self.answers, self.silence, self.depths = answers, [], []

    async def read(self, service):
        import asyncio

        self.depths.append(self.depth())
        await asyncio.sleep(1)
        answers = self.answers[str.__str__(service)]
        if not answers:
            self.silence.append(asyncio.get_running_loop().create_future())
            await self.silence[-1]
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def depth(self):
        """How many calls stand in one another where a read begins."""
        import sys

        frame, depth = sys._getframe(), 0
        while frame := frame.f_back:
            depth += 1
        return depth


class Shelf:
    """A spool in memory: the first write of a service may fail, or each; it looks at its samples late."""

    def __init__(self, errors=None, *, takes_s=0.5, error=None, slow=""):
        self.errors, self.takes_s, self.error, self.slow = dict(errors or {}), takes_s, error, slow
        self.begun, self.written, self.ended, self.left = [], [], 0, []

    async def write(self, service, samples):
        self.begun.append([service, *samples])
        try:
            await self.take_the_time()
            if service == self.slow:
                await self.take_the_time()
            self.written.append([service, *samples])
        finally:
            self.ended += 1
        if error := self.errors.pop(service, self.error):
            raise error

    async def take_the_time(self):
        import asyncio

        await asyncio.sleep(self.takes_s)

    def close(self):
        self.left.append(len(self.begun) - self.ended)


class FarShelf(Shelf):
    """A spool to which the answers come from far away: here nobody holds what waits for one."""

    def __init__(self):
        super().__init__()
        self.waits = []

    async def take_the_time(self):
        import asyncio
        import weakref

        answer = asyncio.get_running_loop().create_future()
        self.waits.append(weakref.ref(answer))
        await answer

    def answer(self):
        """Each answer arrives, where somebody still waits for it."""
        for wait in self.waits:
            if (answer := wait()) is not None:
                answer.set_result(None)


class FirstIsFar(FarShelf):
    """The same, and only the first write waits for an answer."""

    async def take_the_time(self):
        if len(self.begun) == 1:
            await super().take_the_time()


async def collected(feed, shelf, seconds):
    """Read every service of this feed for so long, and stop: what stop() returned."""
    import asyncio

    import collect

    collector = collect.Collector(feed, shelf)
    for service in feed.answers:
        collector.start(service)
    await asyncio.sleep(seconds)
    return await collector.stop(grace_s=30)


async def collect_texts(samples, takes_s, fails):
    """One service gives these samples, and each write fails or none does: what came to the spool, and how."""
    feed = Feed({"api": list(samples)})
    shelf = Shelf(takes_s=takes_s, error=OSError("it is full") if fails else None)
    await collected(feed, shelf, len(samples) + 2.5)
    begun, written = ([samples for _, *samples in writes] for writes in (shelf.begun, shelf.written))
    return [begun, written, shelf.left, feed.depths]


def every_error():
    """One of each built-in class of errors that is made of a text, one of their own, and odd ones."""
    import builtins
    import contextlib

    class ServiceDown(Exception):
        pass

    errors = [ServiceDown("it does not answer"), ExceptionGroup("two disks", [OSError("full")])]
    for kind in vars(builtins).values():
        if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, Warning):
            with contextlib.suppress(TypeError):
                errors.append(kind("it does not answer"))
    named = {type(error).__name__: error for error in errors}
    return named | {what: error for what, error in odd_errors(OSError).items() if what not in named}


async def fail_with_every_error(is_read, seconds):
    """A service for each class of errors: its first write fails, or its fifth read; what it wrote.

    Where writes fail, those of one more service go well, and take twice as long.
    """
    errors = every_error()
    feed = {name: [f"#{number}" for number in range(5)] for name in errors}
    if is_read:
        for name, error in errors.items():
            feed[name][3] = error
    else:
        feed["slow"] = [f"#{number}" for number in range(5)]
    shelf = Shelf({} if is_read else errors, slow="slow")
    names = await collected(Feed(feed), shelf, seconds)
    return [names, {name: [samples for whose, *samples in shelf.begun if whose == name] for name in feed}]


async def write_far_away():
    """Two samples are being written, and Python collects its garbage: what was begun, and how it ended."""
    import asyncio

    import collect

    shelf = FarShelf()
    collector = collect.Collector(Feed({"api": ["#0", "#1"]}), shelf)
    collector.start("api")
    await asyncio.sleep(2.5)
    begun = list(shelf.begun)
    asyncio.get_running_loop().let_go()
    shelf.answer()
    return [begun, await collector.stop(grace_s=30), shelf.written]


async def stop_while_the_clock_is_set_back():
    """A write takes long, and the machine's clock is set back an hour: stop(), and the seconds it took."""
    import asyncio
    import time

    import collect

    shelf, passed, hands = FarShelf(), asyncio.get_running_loop().time, vars(time)
    collector = collect.Collector(Feed({"api": ["#0", "#1"]}), shelf)
    collector.start("api")
    await asyncio.sleep(2.5)
    date, began_s, stop = hands["time"], passed(), asyncio.create_task(collector.stop(grace_s=5))
    await asyncio.sleep(1)
    hands["time"] = lambda: date() - 3600
    try:
        names = await stop
    finally:
        hands["time"] = date
    return [names, passed() - began_s]


async def stop_that_is_awaited_later():
    """A stop() is made, and awaited 20.25 s later: reads by then, what it gave, the seconds it took."""
    import asyncio

    import collect

    feed, now = Feed({"api": [f"#{number}" for number in range(50)]}), asyncio.get_running_loop().time
    collector = collect.Collector(feed, Shelf(takes_s=3))
    collector.start("api")
    at_the_end = collector.stop(grace_s=10)
    await asyncio.sleep(20.25)
    begun, began_s = len(feed.depths), now()
    return [begun, await at_the_end, now() - began_s]


async def leave_the_loop():
    """A worker and a write fail, and all stop."""
    feed = Feed({"api": ["#0", "#1", OSError("it does not answer")]})
    await collected(feed, Shelf({"api": OSError("it is full")}), 5)


async def leave_a_stop():
    """stop() is cancelled while a write is under way, which then ends; the spool stays open."""
    import asyncio

    import collect

    shelf = FarShelf()
    collector = collect.Collector(Feed({"api": ["#0", "#1"]}), shelf)
    collector.start("api")
    await asyncio.sleep(2.5)
    stop = asyncio.create_task(collector.stop(grace_s=30))
    await asyncio.sleep(1)
    stop.cancel()
    await asyncio.wait([stop])
    shelf.answer()
    await asyncio.sleep(1)


async def ask_three_times():
    """Two writes take long; the first answer is changed by whoever got it: each answer, and that list."""
    import asyncio

    import collect

    shelf = FarShelf()
    collector = collect.Collector(Feed({"api": ["#0", "#1"], "db": ["#0", "#1"]}), shelf)
    for service in ("api", "db"):
        collector.start(service)
    await asyncio.sleep(2.5)
    first = await collector.stop(grace_s=1)
    told = list(first)
    first[:] = ["mine"]
    second = list(await collector.stop(grace_s=1))
    shelf.answer()
    return [told, second, await collector.stop(grace_s=30), first]


async def drop_it():
    """A write takes long, and who was told so keeps nothing of the collector: how often the spool closes."""
    import asyncio

    import collect

    loop, shelf = asyncio.get_running_loop(), Shelf(takes_s=20)
    collector = collect.Collector(Feed({"api": ["#0", "#1"]}), shelf)
    collector.start("api")
    await asyncio.sleep(2.5)
    names = await collector.stop(grace_s=1)
    del collector
    loop.let_go()
    closed = len(shelf.left)
    await asyncio.sleep(30)
    loop.let_go()
    return [names, closed, len(shelf.left)]


async def write_on_and_on(many):
    """The first write hangs, and so many quick ones follow: who is left, and how often the spool closes."""
    import asyncio

    import collect

    shelf = FirstIsFar()
    answers = [f"#{number}" for number in range(2 * many + 2)]
    collector = collect.Collector(Feed({"api": answers}), shelf)
    collector.start("api")
    await asyncio.sleep(len(answers) + 2.5)
    names = await collector.stop(grace_s=1)
    return [names, len(shelf.written), len(shelf.left)]


async def stop_as_reads_end(many):
    """So many services, each with a read that ends as stop() is called: reads that begin after the call."""
    import asyncio

    import collect

    services = [f"db-{number}" for number in range(many)]
    feed = Feed({service: ["#0", "#1", "#2", "#3"] for service in services})
    collector = collect.Collector(feed, Shelf())
    for service in services:
        collector.start(service)
    await asyncio.sleep(3)
    begun = len(feed.depths)
    names = await collector.stop(grace_s=30)
    return [names, len(feed.depths) - begun]


async def name_members():
    """A member of an enumeration of texts, a name that differs in case, and one that no strict stdout prints.

    Their writes are under way when the grace is over: what stop() gives then.
    """
    import asyncio
    import contextlib
    import enum
    import io

    import collect

    class Service(str, enum.Enum):  # noqa: UP042 - str() of a StrEnum is its text
        API = "api"

    names, shelf = [Service.API, "API", "\udcff"], FarShelf()
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")):
        collector = collect.Collector(Feed({str.__str__(name): ["#0", "#1"] for name in names}), shelf)
        for name in names:
            collector.start(name)
        await asyncio.sleep(2.5)
        left = await collector.stop(grace_s=1)
        written = [service for service, *_ in shelf.begun]
    return [ascii(left), left in ([], sorted(names)), written == names]


CALLERS = (
    Sampler, Spool, asked_once, begun, a_shift, Feed, Shelf, FarShelf, collected, collect_texts,
    every_error, fail_with_every_error, write_far_away, stop_while_the_clock_is_set_back, leave_the_loop,
    name_members, odd_errors, leave_a_stop, ask_three_times, drop_it, FirstIsFar, write_on_and_on,
    stop_as_reads_end, stop_that_is_awaited_later,
)  # fmt: skip


def ask(unit, story, name, *given):
    """Let a caller's function run in a process of its own, and give how it ended."""
    with story.process() as process:
        return process.run(getattr(callers(unit, *CALLERS), name).later(*given))


# ---- what a scenario gives


@dataclass
class Shift:
    """A collector at work, and every stop() until one returned []."""

    sampler: SamplerPort
    spool: SpoolPort
    end: object = None
    again: object = None

    @property
    def reads(self):
        return self.sampler.reads

    @property
    def writes(self):
        return self.spool.writes

    @property
    def stops(self):
        return self.spool.stops

    @property
    def asked_s(self):
        """When stop() was called first."""
        return self.stops[0].called_s if self.stops else float("inf")

    @property
    def saw(self):
        """The calls of stop(), and when the spool was closed."""
        failed = [
            f"{kind}: {text}"
            for port in (self.sampler, self.spool)
            for kind, texts in port.failed.items()
            for text in texts
        ]
        closed = ", ".join(f"the spool is closed at {at(closed_s)}" for closed_s, _ in self.spool.closings)
        told = [*failed, *(stop.told for stop in self.stops), closed or "the spool is not closed"]
        if self.end.kind in ("raised", "hung"):
            told.append(f"the caller {self.end}")
        return "; ".join(told)

    def handed_over(self, sample):
        return [write for write in self.writes if sample in write.samples]

    def last_read_s(self, write):
        """When the last read of the service of this write ended: never, while one is under way."""
        ended = [read.ended_s for read in self.reads if read.service == write.service]
        return float("inf") if None in ended else max(ended, default=0.0)


def a_collection(
    unit,
    story,
    *,
    services=("api",),
    every_s=0.0,
    asked_s=2.5,
    graces=(30.0,),
    read_s=1.0,
    leaves_s=0.0,
    write_s=(2.0,),
    limit_s=None,
    between_s=0.0,
    read_fails=(),
    write_fails=False,
    then=False,
):
    """Services are collected and stop() is called after `asked_s`; some calls fail by script."""
    services = [story.name(service) for service in services]
    leaves = leaves_s if isinstance(leaves_s, tuple) else (leaves_s,) * len(services)
    sampler = SamplerPort(story, takes_s=read_s, leaves_s=dict(zip(services, leaves, strict=True)))
    shift = Shift(sampler, SpoolPort(story, sampler, takes_s=write_s))
    sampler.fails = {story.name(service): nth for service, nth in read_fails}
    if write_fails:
        shift.spool.will_fail("write", BROKEN)
    given = sampler, shift.spool, services, every_s, asked_s, list(graces), limit_s, between_s
    with story.process() as process:
        shift.end = process.run(callers(unit, *CALLERS).a_shift.later(*given))
        if then:
            shift.again = process.again(calm_shift(unit, story))
    return shift


class CalmSampler(SamplerPort):
    """Services of somebody else, which always answer."""

    calm = True


class CalmSpool(SpoolPort):
    """A spool of somebody else, at which nothing goes wrong."""

    calm = True


def calm_shift(unit, story):
    """Somebody else's collector, asked after 2.5 s, with a read and a write under way."""
    sampler = CalmSampler(story)
    spool = CalmSpool(story, sampler)
    return callers(unit, *CALLERS).a_shift.later(sampler, spool, [story.name("web")], 0.0, 2.5, [30.0])


# ---- the stories


def quarters(first_s, last_s):
    """Every quarter of a second between these."""
    return [quarter / 4 for quarter in range(round(first_s * 4), round(last_s * 4) + 1)]


def told_plainly(every_story, **given):
    """The one story in which nothing goes wrong but what is scripted."""
    return every_story(a_collection, (), depth=1, **given)


def at_every_instant(every_story):
    """One service, then two, asked at each quarter of a second; writes of 2 s, and of 3.5 s."""
    yield from told_plainly(every_story, asked_s=1.5)
    # In the very turn in which they were started: no worker has begun.
    yield from told_plainly(every_story, services=("api", "db"), asked_s=None)
    for asked_s in quarters(0, 7):
        yield from told_plainly(every_story, services=("api", "db"), asked_s=asked_s)
    for asked_s in quarters(2, 4.25):
        yield from told_plainly(every_story, services=("api", "db"), asked_s=asked_s, write_s=(3.5,))


def with_faults(every_story):
    """One service, with every two things that go wrong; and the process asked again after each one."""
    yield from every_story(a_collection, FAULTS, depth=2)
    yield from every_story(a_collection, FAULTS, depth=1, asked_s=3.25, then=True)


def between_two_steps(every_story):
    """stop() is cancelled in the very turn in which it has nothing more to wait for."""
    return every_story(a_collection, (CANCEL, STEPS), depth=1)


READS_FAIL = [
    (nth, write_s, asked_s)
    for nth in (1, 2, 3, 4)
    for write_s in (3.5, 60.0)
    for asked_s in (nth + 0.25, nth + 1.75)
]


def where_a_read_fails(every_story):
    """Two services, of which one fails at its first to fourth read; asked while it saves, or after that."""
    for nth, write_s, asked_s in READS_FAIL:
        yield from told_plainly(
            every_story,
            services=("api", "db"),
            asked_s=asked_s,
            write_s=(write_s,),
            graces=(2.0, 200.0),
            read_fails=(("db", nth),),
        )


def where_a_write_fails(every_story):
    """A write fails, before the end or in it."""
    for asked_s in (2.5, 4.5, 5.5):
        yield from told_plainly(every_story, services=("api",), asked_s=asked_s, write_fails=True)


SLOW = (
    # one service waits long for its write, and is left for a second stop()
    {"asked_s": 2.5, "write_s": (60.0,), "graces": (5, 200)},
    {"asked_s": 3.5, "write_s": (60.0,), "graces": (5.6, 200.0)},
    {"asked_s": 3.5, "write_s": (80.0,), "graces": (100.0,)},
    # it ends after minutes, and no round number of seconds after it was asked
    {"asked_s": 2.5, "write_s": (700.2,), "graces": (1000.0,)},
    # it has stopped before it is asked a second time
    {"asked_s": 2.5, "write_s": (60.0,), "graces": (5, 200), "between_s": 90.0},
    # one write is slow and the next is not: of one service, and of two
    {"asked_s": 4.0, "write_s": (20.0, 20.0, 2.0, 2.0), "graces": (30.0,)},
    {"asked_s": 2.5, "write_s": (60.0, 2.0), "graces": (5.0, 200.0)},
    # reads that take a while to leave, and then there is a write
    {"asked_s": 5.5, "read_s": 2.0, "leaves_s": 4.0, "write_s": (8.0,), "graces": (10.0, 200.0)},
    {"asked_s": 3.5, "leaves_s": 20.0, "write_s": (15.0,), "graces": (30.0, 200.0)},
    # one leaves late, and the other one at once, whose last write, begun meanwhile, is slow
    {"asked_s": 3.0, "leaves_s": (60.0, 0.0), "write_s": (1.0, 1.0, 40.0), "graces": (30.0, 200.0)},
    {"asked_s": 3.5, "leaves_s": 60.0, "graces": (90.0,)},
    # reads of an hour, and then of two months, as writes
    {"asked_s": 90.0, "read_s": 3600.0},
    {"asked_s": MONTHS_S + 100, "read_s": MONTHS_S, "write_s": (MONTHS_S,), "graces": (5.0,)},
)


def where_it_is_slow(every_story):
    """Long writes, reads that are slow to leave, reads of an hour; two services, one started later."""
    for given in SLOW:
        yield from told_plainly(every_story, services=("web-1", "api"), every_s=0.25, **given)


def where_nobody_waits(every_story):
    """stop() under a limit of time, and then again."""
    for asked_s in (2.5, 3.5):
        yield from told_plainly(
            every_story, asked_s=asked_s, write_s=(20.0,), limit_s=3.0, graces=(30.0, 30.0)
        )


def every_collection(every_story):
    """All of them, the plain ones first."""
    for stories in (
        at_every_instant,
        where_a_read_fails,
        where_a_write_fails,
        where_it_is_slow,
        where_nobody_waits,
        with_faults,
        between_two_steps,
    ):
        yield from stories(every_story)


def test_the_spool_is_closed_once_after_the_last_write(unit, every_story):
    """Whenever it is asked to stop, the spool is closed once, when nobody reads or writes any more."""
    for story in every_collection(every_story):
        shift = story.seen
        under_way = [told for _, left in shift.spool.closings for _, told in left]
        late = [write.told for write in shift.writes if write.is_late]
        promise(
            len(shift.spool.closings) <= 1 and not under_way and not late,
            saw=f"{shift.saw}"
            + (f"; under way then: {', '.join(under_way)}" if under_way else "")
            + (f"; begun after that: {', '.join(late)}" if late else ""),
            rule="asked is not stopped: a worker may write once more, and a write that has begun goes on",
            ask="at the line that closes the spool: how do you know that nobody writes?",
            story=story,
        )
        promise(
            not shift.spool.is_closed_by_none,
            saw=f"{shift.saw}; no stop() was running then",
            rule="who was told that the spool is open may still use it",
            ask="who closes the spool, and what was the last news of it?",
            story=story,
        )
    for story in texts_collected(every_story):
        _, _, left, _ = story.seen.value if story.seen.kind == "returned" else ([], [], [], [])
        promise(
            not any(left),
            saw=f"{THEIR_TEXTS}; writes under way when the spool was closed: {some(map(str, left))}",
            rule="two writes of the same texts are two writes",
            ask="by what does your code know one write from another?",
            story=story,
        )
    promise_it_stays_open(unit, every_story)


def promise_it_stays_open(unit, every_story):
    """While a write is under way the spool stays open, however many came after it, and whoever holds what."""
    many = max(150, *(number + 1 for number in (0, *numbers_of(unit, WRITES_MOST))))
    for story in every_story(asked_in_memory, (), depth=1, name="write_on_and_on", given=(many,)):
        end = story.seen
        names, written, closed = end.value if end.kind == "returned" else (None, 0, 0)
        promise(
            (names, written, closed) == (["api"], many, 0),
            saw=f"the first write hangs, and {many} others come after it; then stop(grace_s=1) "
            + (
                f"returned {names}; writes that have ended: {written}, times the spool was closed: {closed}"
                if end.kind == "returned"
                else f"is called: the caller {end}"
            ),
            rule="a write has stopped when it has ended, however old it is",
            ask="which writes does your code remember, and from when on not any more?",
            story=story,
        )
    for story in every_story(asked_in_memory, (), depth=1, name="drop_it"):
        end = story.seen
        promise(
            end.value == [["api"], 0, 0],
            saw="a write takes long, stop(grace_s=1) is called, and nobody keeps the collector; "
            + (
                "stop() returned {}; times the spool was closed while the write went on: {}, and in all: {}"
            ).format(*end.value)
            if end.kind == "returned"
            else f"a write takes long: the caller {end}",
            rule="after names the spool stays open: what is under way still needs it",
            ask="who closes the spool besides stop(), and what does that one know of the writes?",
            story=story,
        )


def when_the_grace_ends(every_story):
    """The last write ends in the very moment in which the grace does."""
    for asked_s, grace_s in ((2.5, 1.5), (2.25, 1.75), (2.5, 2.5)):
        yield from told_plainly(
            every_story, asked_s=asked_s, write_s=(grace_s + asked_s - 2,), graces=(grace_s, 30.0)
        )


def test_an_empty_list_means_that_all_have_stopped(unit, every_story):
    """When stop() returns [], nothing is under way and the spool is closed; otherwise it is open."""
    for story in chain(every_collection(every_story), when_the_grace_ends(every_story)):
        shift = story.seen
        for stop in shift.stops:
            promise(
                stop.how != "returned" or type(stop.names) is list,
                saw=f"{stop.told}; the stub says list[str]",
                rule="an answer has the shape that the stub's contract gives it",
                ask="what does the stub say that it returns?",
                story=story,
            )
            is_empty = stop.how == "returned" and stop.names == []
            promise(
                stop.is_closed == is_empty and not (is_empty and stop.left),
                saw=shift.saw + "".join(f"; under way then: {told}" for _, told in stop.left),
                rule="a closed spool and an empty list are one and the same news",
                ask="on which ways out of stop() is it true that all have stopped?",
                story=story,
            )


def test_every_sample_is_handed_over_once(unit, every_story):
    """Every sample that was read is handed over once, whenever it is asked to stop, and whatever fails."""
    for story in every_collection(every_story):
        shift = story.seen
        for read in shift.reads:
            writes = shift.handed_over(read.sample) if read.sample else [None]
            promise(
                len(writes) == 1,
                saw=f"{shift.saw}; {read.sample}, read at {at(read.ended_s or 0)}, was handed over "
                f"{len(writes)} times",
                rule="whatever ends a worker, what it holds is the only copy",
                ask="on which ways can your worker end, and what does it hold on each of them?",
                story=story,
            )
        for write in shift.writes:
            ended_s = shift.last_read_s(write)
            promise(
                len(write.samples) != 1 or write.began_s <= ended_s + LEEWAY_S,
                saw=f"{shift.saw}; the last read of {write.service} ended at {at(ended_s)}, and {write.told} "
                f"began at {at(write.began_s)}",
                rule="a write that waits is a sample that only the memory has",
                ask="what does the last sample of a worker wait for?",
                story=story,
            )
    for story in every_story(asked_in_memory, (), depth=1, name="collect_texts", given=(REST, 0.25, False)):
        begun, _, closings, _ = story.seen.value if story.seen.kind == "returned" else ([], [], [], [])
        promise(
            not closings or sum(map(len, begun)) == len(REST),
            saw=f"a service gives the samples {', '.join(map(repr, REST))}; written when all have stopped: "
            f"{begun}",
            rule="a sample is what a read has returned, whatever stands in it",
            ask="how does your worker know that it holds a sample?",
            story=story,
        )


def test_a_write_is_finished(unit, every_story):
    """A write that was handed over is finished, and never cancelled, also when stop() is called again."""
    for story in every_collection(every_story):
        shift = story.seen
        for write in shift.writes:
            promise(
                not write.was_cancelled,
                saw=f"{shift.saw}; {write.told}, begun at {at(write.began_s)}, was cancelled",
                rule="a cancel goes to whatever its task waits for at that moment",
                ask="who waits for this write, and what happens to it when that task is cancelled?",
                story=story,
            )
    for story in every_story(asked_in_memory, (), depth=1, name="write_far_away"):
        end = story.seen
        begun, names, written = end.value if end.kind == "returned" else ([], None, [])
        promise(
            written == begun,
            saw="Python collects its garbage while a write is under way, then its answer comes; "
            f"stop() returned {names}; written: {written}, and not {begun}",
            rule="an event loop holds its tasks weakly: a task that nobody else holds may vanish on its way",
            ask="who holds the task of this write until it has ended?",
            story=story,
        )
    for story in texts_collected(every_story):
        begun, written, _, _ = story.seen.value if story.seen.kind == "returned" else ([], [], [], [])
        given, had = next(
            ((then, now) for then, now in zip(begun, written, strict=False) if then != now), ("", "")
        )
        promise(
            given == had,
            saw=f"a write takes 4.25 s; it was given {given}, and when it ended that was {had}",
            rule="what was handed over belongs to the write until that has ended",
            ask="who else holds the sequence that this write was given?",
            story=story,
        )


def test_all_are_asked_at_once(unit, every_story):
    """When stop() is called every read under way is cancelled in that moment, and no other begins."""
    for stories in (at_every_instant, where_a_read_fails, where_it_is_slow, three_at_once):
        for story in stories(every_story):
            shift = story.seen
            early = [read for read in shift.reads if (read.cancelled_s or shift.asked_s) < shift.asked_s]
            promise(
                not early,
                saw=f"{shift.saw}; "
                + ", ".join(
                    f"the read of {read.service} was cancelled at {at(read.cancelled_s)}" for read in early
                ),
                rule="a read takes as long as it takes, until somebody asks for an end",
                ask="who cancels this read, and who asked for that?",
                story=story,
            )
            late = [
                f"the read of {read.service} went on after that"
                for read in shift.reads
                if read.began_s <= shift.asked_s
                and (read.ended_s is None or read.ended_s > shift.asked_s)
                and read.cancelled_s != shift.asked_s
            ]
            late += [
                f"a read of {read.service} began at {read.began_s:g} s"
                for read in shift.reads
                if read.is_late
            ]
            promise(
                not late,
                saw=f"{shift.saw}; {', '.join(late)}",
                rule="a read may last for ever, and only a cancel reaches it: ask all, then wait for all",
                ask="when does the last of your workers hear that it is to stop?",
                story=story,
            )
    promise_none_begins(unit, every_story)


def promise_none_begins(unit, every_story):
    """No read begins after the call, though hundreds of reads end in its very moment."""
    many = max(70, *(number + 1 for number in (0, *numbers_of(unit, SERVICES_MOST))))
    for story in every_story(asked_in_memory, (), depth=1, name="stop_as_reads_end", given=(many,)):
        end = story.seen
        promise(
            end.value == [[], 0],
            saw=f"{many} services, and the reads of all end in the moment in which stop() is called; "
            + (
                f"reads that began after the call: {end.value[1]}; stop() returned {end.value[0]}"
                if end.kind == "returned"
                else f"the caller {end}"
            ),
            rule="a read may last for ever, and only a cancel reaches it: ask all, then wait for all",
            ask="when does the last of your workers hear that it is to stop?",
            story=story,
        )


def three_at_once(every_story):
    """Three services, each with a write of four seconds under way."""
    return told_plainly(every_story, services=("api", "db", "web"), asked_s=1.5, write_s=(4.0,))


def test_what_is_left_is_named(unit, every_story):
    """At the end of the grace stop() returns the services that have not stopped, each once, sorted."""
    for story in every_collection(every_story):
        shift = story.seen
        for stop in shift.stops:
            names = sorted({service for service, _ in stop.left})
            promise(
                stop.how != "returned" or stop.names == names,
                saw=f"{stop.told}; under way then: {', '.join(told for _, told in stop.left) or 'nothing'}",
                rule="out of patience is not stopped: whoever is left is named, and left in peace",
                ask="what may still touch the spool when the grace is over, and whose is it?",
                story=story,
            )
    for story in every_story(asked_in_memory, (), depth=1, name="ask_three_times"):
        end = story.seen
        told = "stop() returned {}, then {} and then {}; the list of the first call is then {}"
        promise(
            end.value == [["api", "db"], ["api", "db"], [], ["mine"]],
            saw="writes of 'api' and 'db' take long, and who got the first answer makes it ['mine']; "
            + (told.format(*end.value) if end.kind == "returned" else f"the caller {end}"),
            rule="an answer belongs to whoever asked, and says what was true then",
            ask="who else holds the list that you return?",
            story=story,
        )


def test_stop_ends_in_time(unit, every_story):
    """stop() returns within half a second after the last of them has stopped, or after the grace."""
    for story in every_collection(every_story):
        shift = story.seen
        for stop in shift.stops:
            if stop.how not in ("returned", "has not ended"):
                continue
            ends = [each.ended_s for each in (*shift.reads, *shift.writes) if each.ended_s is not None]
            stopped = [
                end for end in ends if end > stop.called_s and (stop.ended_s is None or end <= stop.ended_s)
            ]
            grace_is_over_s = stop.called_s + stop.grace_s
            due_s = max([stop.called_s, *stopped]) if stop.names == [] else grace_is_over_s
            promise(
                stop.ended_s is not None
                and due_s - NOTHING_S <= stop.ended_s <= due_s + LEEWAY_S
                and stop.ended_s <= grace_is_over_s + LEEWAY_S,
                saw=f"{shift.saw}; until then the last one had stopped "
                f"at {at(max(stopped, default=stop.called_s))}; the grace ends at {at(grace_is_over_s)}",
                rule="stopped has three forms: returned, failed, cancelled; and there is one grace for all",
                ask="what does your wait wait for, and from when do you count?",
                story=story,
            )
    a_grace_begins_where_it_is_awaited(every_story)


def a_grace_begins_where_it_is_awaited(every_story):
    """Whatever the machine's clock does, and however late a stop() that was made is awaited."""
    for story in every_story(asked_in_memory, (), depth=1, name="stop_while_the_clock_is_set_back"):
        names, took_s = story.seen.value if story.seen.kind == "returned" else (None, 0.0)
        promise(
            took_s <= 5 + LEEWAY_S,
            saw="a write takes long, and a second after stop(grace_s=5) the machine's clock is set back an "
            f"hour; stop() returned {names} after {took_s:g} s",
            rule="how long is counted where nobody can set it",
            ask="which clock does the end of your grace come from?",
            story=story,
        )

    for story in every_story(asked_in_memory, (), depth=1, name="stop_that_is_awaited_later"):
        begun, names, took_s = story.seen.value if story.seen.kind == "returned" else (0, None, 0.0)
        promise(
            begun == 21 and names == [] and took_s <= 10,
            saw="a coroutine of stop(grace_s=10) is made, and awaited 20.25 s later, with a write under way; "
            f"reads that had begun by then: {begun}; it returned {names} after {took_s:g} s",
            rule="nobody is asked before stop() is awaited, and its grace begins then",
            ask="which of your lines run when stop() is called, and which when it is awaited?",
            story=story,
        )


def test_a_cancelled_stop_ends_at_once(unit, every_story):
    """A stop() that is cancelled, or runs into a limit of time, ends in that moment, as cancelled."""
    for stories in (with_faults, where_nobody_waits):
        for story in stories(every_story):
            shift, at_s = story.seen, story.world.first_cancel_ns / 1e9
            for stop in shift.stops:
                is_hit = bool(story.cancelled) and stop.called_s < at_s < (stop.ended_s or 0)
                promise(
                    not is_hit and not (stop.swallowed and not shift.end.lost_by),
                    saw=f"{shift.saw}; stop() was cancelled" + (f" at {at_s:g} s" if story.cancelled else ""),
                    rule="whoever cancels wants to go on now, and hears that it was cancelled",
                    ask="what does your wait do when it is cancelled itself, and what runs then?",
                    story=story,
                )
            promise(
                shift.end.kind != "uncancelled",
                saw=f"{shift.saw}; {shift.end}",
                rule="the count of cancels belongs to whoever cancelled",
                ask="whose cancel do you take back?",
                story=story,
            )
            promise(
                stories is with_faults
                or [stop.how for stop in shift.stops][:1] == ["was cancelled by a limit of time"],
                saw=f"a limit of 3 s stands around stop(); {shift.saw}",
                rule="a limit of time is a cancel, and comes out as one",
                ask="which except clause of yours sees the cancel that a limit sends?",
                story=story,
            )


def test_it_can_be_called_again(unit, every_story):
    """After names, a cancel or a limit of time stop() can be called again, and closes in the end."""
    for story in every_collection(every_story):
        shift = story.seen
        last = shift.stops[-1] if shift.stops else None
        promise(
            story.cancelled > 0 or (last is not None and last.how == "returned" and last.names == []),
            saw=shift.saw,
            rule="what has not stopped stops later, and somebody asks again",
            ask="what does a second call find that the first one left, and in which task does it run?",
            story=story,
        )
        promise(
            story.cancelled == 0
            or (last is not None and last.names == [] and len(shift.spool.closings) == 1),
            saw=shift.saw,
            rule="a stop() that was cancelled has asked, and has closed nothing: the next one does",
            ask="what does a second call find, and what of it has ended as cancelled?",
            story=story,
        )


def test_samples_are_handed_over_two_by_two(unit, every_story):
    """Two samples are handed over as soon as there are two, and reading goes on while they are written."""
    many = max(3, *(number + 1 for number in (0, *numbers_of(unit, PAIRS_MOST))))
    for pairs, write_s in ((3, 1.0), (3, 3.5), (many, 600.0)):
        asked_s = 2 * pairs + 1.25
        for story in told_plainly(every_story, asked_s=asked_s, write_s=(write_s,), graces=(900.0,)):
            shift = story.seen
            taken = [read for read in shift.reads if read.sample]
            sizes = [len(write.samples) for write in shift.writes]
            begun = [write.began_s for write in shift.writes]
            saw = (
                f"a read takes 1 s and a write {write_s:g} s; asked at {asked_s:g} s; samples: {len(taken)}, "
                f"in writes of {some(map(str, sizes))}, begun at {some(f'{at_s:g} s' for at_s in begun)}"
            )
            promise(
                len(taken) == 2 * pairs + 1,
                saw=saw,
                rule="a write takes its time, and the next sample does not wait for it",
                ask="what does your worker wait for between two reads?",
                story=story,
            )
            promise(
                sizes == [2] * pairs + [1] and begun[:pairs] == [2 * pair + 2 for pair in range(pairs)],
                saw=saw,
                rule="what is in memory is not durable, and a write takes two samples at most",
                ask="how many samples does your worker hold, and for how long?",
                story=story,
            )
    promise_texts_are_handed_over(every_story)


def promise_texts_are_handed_over(every_story):
    """Whatever stands in samples, they are written in pairs, and their worker goes no deeper."""
    for story in texts_collected(every_story):
        begun, _, _, depths = story.seen.value if story.seen.kind == "returned" else (None, [], [], [])
        deep = depths[2:7:2]
        promise(
            begun == in_pairs(TEXTS),
            saw=f"{THEIR_TEXTS}; " + (told_of(story.seen) if begun is None else f"written: {begun}"),
            rule="a sample is what a read has returned, whatever stands in it",
            ask="how does your worker know that it has a sample?",
            story=story,
        )
        promise(
            sorted(set(deep)) != deep or len(deep) < 3,
            saw=f"where the third, the fifth and the seventh read begin, {some(map(str, deep))} calls stand "
            "in one another",
            rule="a stack is bounded, and a worker is not",
            ask="what does your worker do after a sample: go round, or go deeper?",
            story=story,
        )


TEXTS = ("", "a", "\n", "0", "", "", "", "")
"""Samples of one service: empty ones, and in the end as before."""
REST = ("a", "b", "")
"""Samples of one service, of which the last one is empty, and alone."""
THEIR_TEXTS = f"a service gives the samples {', '.join(map(repr, TEXTS))}, and a write takes 4.25 s"


def texts_collected(every_story):
    """The story in which one service gives those."""
    return every_story(asked_in_memory, (), depth=1, name="collect_texts", given=(TEXTS, 4.25, False))


def in_pairs(samples):
    """These samples as they are to be handed over."""
    return [list(samples[first : first + 2]) for first in range(0, len(samples), 2)]


def asked_in_memory(unit, story, *, name, given=()):
    """A caller's function, whose sampler and spool are in memory."""
    return ask(unit, story, name, *given)


def left_the_loop(unit, story, *, name):
    """A collector at work in this way: how that ended, and what is not as it was before."""
    with story.process(settings=True) as process:
        end = process.run(getattr(callers(unit, *CALLERS), name).later())
        return end, process.changed


def told_of(end):
    """What was written, in words, or how it ended otherwise."""
    return f"written: {end.value}" if end.kind == "returned" else f"the caller {end}"


def some(texts):
    """The first of these in words, and whether there are more."""
    texts = list(texts)
    return ", ".join([*texts[:4], "and so on"] if len(texts) > 5 else texts) or "none"


def every_error_is_one(every_story, given, written, what, ask):
    """Whatever class an error is of, it ends what it hit and nothing else."""
    for story in every_story(asked_in_memory, (), depth=1, name="fail_with_every_error", given=given):
        end = story.seen
        names, writes = end.value if end.kind == "returned" else (None, {})
        wrong = [name for name in writes if writes[name] != written]
        promise(
            names == [] and not wrong,
            saw=(
                f"{what} {wrong[0]}; writes of its service: {writes[wrong[0]]}, and not {written}"
                if wrong
                else f"{what} an error, of another class for each service; "
                + (told_of(end) if end.kind != "returned" else f"stop() returned {names}")
            ),
            rule="any error is one error: its class decides nothing here",
            ask=ask,
            story=story,
        )


def test_a_worker_that_fails_ends_alone(unit, every_story):
    """When a read fails its worker ends, and is not begun again; the others go on until they are asked."""
    for (nth, _, asked_s), story in zip(READS_FAIL, where_a_read_fails(every_story), strict=True):
        shift = story.seen
        api, db = (
            [read for read in shift.reads if read.service == story.name(service)] for service in ("api", "db")
        )
        taken = sum(1 for read in api if read.sample)
        promise(
            len(db) == nth and taken == int(asked_s),
            saw=f"read {nth} of db fails at {nth} s, asked at {asked_s:g} s; reads of db: {len(db)}; "
            f"samples of api: {taken}",
            rule="a failure is one worker's, and says nothing about the others",
            ask="who else ends, or begins again, when one worker fails?",
            story=story,
        )
    which = "which errors of a read does your worker tell apart?"
    every_error_is_one(every_story, (True, 8), [["#0", "#1"], ["#2"]], "the fourth read raises", which)


def test_a_write_that_fails_holds_nobody_up(unit, every_story):
    """When a write fails its worker goes on, and no error of a write comes out of stop()."""
    for story in where_a_write_fails(every_story):
        shift = story.seen
        taken = sum(1 for read in shift.reads if read.sample)
        promise(
            taken == int(shift.asked_s) and shift.end.kind == "returned",
            saw=f"{shift.saw}; samples taken by then: {taken}",
            rule="two samples are lost, and the next ones are not",
            ask="where does the error of a write go, and what ends with it?",
            story=story,
        )
    which = "which errors of a write does your code tell apart?"
    written = [["#0", "#1"], ["#2", "#3"], ["#4"]]
    every_error_is_one(every_story, (False, 8), written, "the first write raises", which)
    under_way = "while stop(grace_s=30) waits for it, the first write raises"
    every_error_is_one(every_story, (False, 2.25), written[:1], under_way, which)
    samples = tuple(f"#{number}" for number in range(2 * max((12, *numbers_of(unit, FAILURES_MOST))) + 2))
    for story in every_story(asked_in_memory, (), depth=1, name="collect_texts", given=(samples, 0.25, True)):
        begun = story.seen.value[0] if story.seen.kind == "returned" else []
        promise(
            begun == in_pairs(samples),
            saw=f"a service gives {len(samples)} samples, and every write fails; writes begun: {len(begun)}",
            rule="two samples are lost, and the next ones are not",
            ask="what does your code count, and whom does it stop then?",
            story=story,
        )


def test_an_error_of_theirs_is_none_of_stop(unit, every_story):
    """Whatever a worker or a write failed with, stop() raises none of it."""
    for story in every_collection(every_story):
        shift = story.seen
        raised = [stop.told for stop in shift.stops if stop.how.startswith("raised")]
        promise(
            not raised and shift.end.kind not in ("raised", "hung"),
            saw=shift.saw,
            rule="who failed has stopped, and that is all that stop() asks",
            ask="which line of stop() would raise what somebody else failed with?",
            story=story,
        )


def test_without_a_worker_there_is_nothing_to_wait_for(unit, every_story):
    """A collector that never started a service returns [] at once, and its spool is closed."""
    for story in told_plainly(every_story, services=()):
        shift = story.seen
        promise(
            [stop.names for stop in shift.stops] == [[]] and len(shift.spool.closings) == 1,
            saw=f"no service was started; {shift.saw}",
            rule="when nobody was asked, all have stopped",
            ask="what does your wait do with nothing to wait for?",
            story=story,
        )


def test_a_service_is_named_as_it_was_given(unit, every_story):
    """Whatever text names a service, it is read, written and returned under that name."""
    words = [word for word in dict.fromkeys(["-", " ", "write", "0", *words_of(unit)]) if word.strip("01")]
    more = [f"db-{number}" for number in range(max((0, *numbers_of(unit, SERVICES_MOST))))]
    services = tuple(
        dict.fromkeys(["z", "B", "a", "", "ä", *(f"web{word}1" for word in words), *words, *more])
    )
    for story in told_plainly(
        every_story, services=services, asked_s=3.5, leaves_s=60.0, write_s=(60.0,), graces=(5.0, 200.0)
    ):
        shift = story.seen
        given = sorted(story.name(service) for service in services)
        names = shift.stops[0].names if shift.stops else None
        begun = {read.service for read in shift.reads if not read.began_s}
        promise(
            sorted(begun) == given,
            saw=f"{len(given)} services are started at once; at that moment {len(begun)} reads begin",
            rule="a worker for each service reads, however many there are",
            ask="which number in your code says how many may read, and what do the others do meanwhile?",
            story=story,
        )
        wrong = [name for name in given if name not in (names or ())]
        promise(
            names == given,
            saw=f"{len(given)} services, all with a read and a write under way; "
            + (f"{shift.stops[0].how}, without {wrong[:3]!r}" if wrong else f"stop() returned {names!r}"),
            rule="a name is any text, and stands for its service as it is",
            ask="what does your code make of a name, and how does it find it again?",
            story=story,
        )
    for story in every_story(asked_in_memory, (), depth=1, name="name_members"):
        end = story.seen
        promise(
            end.kind == "returned" and end.value[1:] == [True, True],
            saw="a service is a member of a `class Service(str, Enum)` whose text is 'api', one is 'API', "
            f"and one cannot be printed; stop() {f'gave {end.value[0]}' if end.kind == 'returned' else end}",
            rule="a name is any text, and stands for its service as it is",
            ask="what does your code make of a name, and how does it find it again?",
            story=story,
        )


def beside_somebody(unit, story):
    """A collector, and another one of somebody else beside it."""
    sampler = SamplerPort(story)
    shift = Shift(sampler, SpoolPort(story, sampler))
    with story.process() as process:
        call = callers(unit, *CALLERS).a_shift.later(
            sampler, shift.spool, [story.name("api")], 0.0, 1.25, [30.0]
        )
        shift.end = process.run(call, beside=calm_shift)
    return shift


def test_another_collector_goes_on(unit, every_story):
    """Another collector in the same process is neither stopped by this one nor waited for."""
    for story in every_story(beside_somebody, (), depth=1):
        promise(
            [stop.ended_s for stop in story.seen.stops] == [3.25],
            saw=f"another collector is asked at 2.5 s; this one: {story.seen.saw}",
            rule="a collector asks its own workers, and waits for its own writes",
            ask="whose tasks does your stop() look at?",
            story=story,
        )
    for story in every_story(beside_somebody, FAULTS, depth=1):
        promise_under(story, BESIDE)


def test_nothing_is_left(unit, every_story):
    """Once all have stopped nothing of a collector goes on, and the next collector is one as any."""
    for name, what in (
        ("leave_the_loop", "all have stopped"),
        ("leave_a_stop", "stop() was cancelled, and then the last write has ended"),
    ):
        for story in every_story(left_the_loop, (), depth=1, name=name):
            end, changed = story.seen
            promise(
                end.kind == "returned" and not changed,
                saw=f"{what}, and this is not as it was: {', '.join(changed) or told_of(end)}",
                rule="an event loop belongs to all who run on it, and a process to all who run in it",
                ask="what does your code set, who else meets it there, and on which ways out is it put back?",
                story=story,
            )
    for story in every_collection(every_story):
        promise_under(story, QUIET_END, LIVES_ON)
        shift = story.seen
        promise(
            shift.again is None or shift.again.value == [[]],
            saw=f"{shift.saw}; then another collector in the same process, nothing going wrong: "
            f"{shift.again}",
            rule="what is kept for one collector is gone with it",
            ask="what does the one before leave to the next?",
            story=story,
        )
