"""What is checked for ex21: an export tells the truth about the archive, wherever it is stopped."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from halfway.kit import (
    ASKED,
    BESIDE,
    CANCEL,
    CRASH,
    EVERYTHING,
    LIVES_ON,
    LOST,
    QUIET_END,
    REFUSED,
    STEPS,
    AsRaised,
    callers,
    known_errors,
    numbers_of,
    odd_errors,
    ports,
    promise,
    promise_under,
    takes_time,
)

WITHOUT = {
    "clocks of their own": "no clock is handed in",
    "elsewhere": "nothing is made of the machine: what an export knows, it asks the archive",
    "between two lines": "no clock is read, and one run() of an id is under way at any time",
    "kinds meet: CRASH and LOST": "an error ends run(), so nothing of it is left to be killed",
    "kinds meet: CRASH and REFUSED": "an error ends run(), so nothing of it is left to be killed",
    "kinds meet: CRASH and UNDECLARED": "an error ends run(), so nothing of it is left to be killed",
    "kinds meet: LOST and REFUSED": "an error ends run(), so there is no second one",
    "kinds meet: LOST and UNDECLARED": "an error ends run(), so there is no second one",
    "kinds meet: REFUSED and UNDECLARED": "an error ends run(), so there is no second one",
    "values of the domain": "ids and alerts are handed through to the archive, and nothing is made of them",
}

BATCH_SIZE = 2
SLOW_S = 120
ALERTS = ["disk-7", "api-2", "db-1", "db-2", "mail-1"]  # Three batches, and the last one is smaller.
MANY, MANY_MOST = 100, 6_000  # Or more, where a number in the code says so; the last one is long.
# Some are equal, some differ in case or space alone, one is empty, one has an accent, one is no text that can
# be encoded; and they are no list.
SOME = ("disk-7", "api-2", "disk-7", "db-1", "db-1", "", "disk-7")
ODD = (*SOME, " disk-7\n", "DISK-7", "cafe\u0301-1", "\udcff")


class Archive(ports.Remote):
    """Keeps alerts: a batch is durable 1 s after it was sent, and its reply is back 1 s later."""

    serves = frozenset(("append", "count"))
    ways = ports.writes("the batch", "it is added", "it was added", lost=(TimeoutError,))

    def __init__(self, story):
        super().__init__(story)
        self.rows = []
        self.batch_sizes = []
        self.begun_after_a_cancel = 0

    @takes_time
    def append(self, export_id: str, batch: Sequence[str]):
        self.batch_sizes.append(len(batch))
        self.begun_after_a_cancel += self.world.cancelled > 0
        yield from self.request("append", self.ways, lambda: self.add(export_id, batch))

    def count(self, export_id: str):
        return len(self.held(export_id))

    def add(self, export_id, batch):
        self.rows += [(export_id, alert) for alert in batch]
        self.tell(f"adds {names(batch) or 'nothing'}: now {self.count(export_id)} durable")

    def held(self, export_id):
        return [alert for owner, alert in self.rows if owner == export_id]

    @property
    def raised(self):
        return self.errors.get("append", [])


class CalmArchive(Archive):
    """Somebody else's archive."""

    calm = True


class SlowArchive(CalmArchive):
    """Somebody else's archive, which takes two minutes for a batch."""

    @takes_time
    def append(self, export_id: str, batch: Sequence[str]):
        yield from self.request(
            "append", self.ways, lambda: self.add(export_id, batch), before_s=SLOW_S / 2, after_s=SLOW_S / 2
        )


class QuickArchive(Archive):
    """Takes no time, and is not slower for what it holds: a thousand batches are one story."""

    @takes_time
    def append(self, export_id: str, batch: Sequence[str]):
        self.batch_sizes.append(len(batch))
        yield from self.request(
            "append", self.ways, lambda: self.add(export_id, batch), before_s=0, after_s=0
        )

    def count(self, export_id: str):
        return len(self.rows)

    def add(self, export_id, batch):
        self.rows += [(export_id, alert) for alert in batch]


def names(alerts):
    """Some alerts, for a sentence."""
    return ", ".join(alert if alert and alert == alert.strip() else ascii(alert) for alert in alerts)


def said(outcome):
    """What the learner's outcome says: its word and its number."""
    return outcome.left.name, outcome.done


def truth(held, alerts=ALERTS):
    """What an outcome has to say when so many alerts are durable."""
    return ("ALL" if held == len(alerts) else "PART" if held else "NOTHING"), held


def in_words(told):
    """What said() gave, for a sentence."""
    return f"outcome() said {told[0]}, {told[1]}"


def batches(sizes):
    """The sizes of some batches, for a sentence."""
    return f"batches of {', '.join(map(str, sizes))}" if sizes else "no batch"


# ---- code of callers: it runs beside the export, with an archive of its own


class Shelf:
    """An archive in memory, which looks like any other. A batch takes its time, also when it is cancelled."""

    def __init__(self, takes_s=0.0, error=None):
        self.takes_s, self.error, self.raised = takes_s, error, None
        self.rows, self.begun, self.under_way, self.depths = [], 0, 0, []
        self.calls, self.task = [], None

    def __repr__(self):
        return "<archive>"

    def count(self, export_id):
        return sum(owner == export_id for owner, _ in self.rows)

    def append(self, export_id, batch):
        import weakref

        call = self.add(export_id, batch)
        self.calls.append(weakref.ref(call))
        return call

    async def open_calls(self):
        """How many calls somebody made, and still holds, which have neither begun nor been closed."""
        import asyncio
        import inspect

        for _ in range(3):  # A task that was cancelled has its turn, and who waits for it.
            await asyncio.sleep(0)
        calls, self.calls = [call() for call in self.calls], []
        return sum(
            call is not None and inspect.getcoroutinestate(call) == inspect.CORO_CREATED for call in calls
        )

    async def add(self, export_id, batch):
        import asyncio

        batch, self.task = list(batch), asyncio.current_task()
        self.depths.append(self.depth())
        self.begun += 1
        self.under_way += 1
        try:
            await self.take_the_time()
        finally:
            self.under_way -= 1
        if self.error is not None:
            self.fail()
        self.rows += [(export_id, alert) for alert in batch]

    def fail(self):
        """Raise the error, which came of another one, and note what it has: nobody is to add to it."""
        try:
            raise BrokenPipeError("the first line")
        except BrokenPipeError:
            try:
                raise self.error
            except Exception as error:
                self.raised = AsRaised(error)
                raise

    def depth(self):
        """How many calls stand in one another where a batch begins."""
        import sys

        frame, depth = sys._getframe(), 0
        while frame := frame.f_back:
            depth += 1
        return depth

    async def take_the_time(self):
        import asyncio

        loop, cancel = asyncio.get_running_loop(), None
        end = loop.time() + self.takes_s
        while (left := end - loop.time()) > 1e-6:
            try:
                await asyncio.sleep(left)
            except asyncio.CancelledError as error:
                cancel = error
        if cancel is not None:
            raise cancel


async def end_of(run):
    """How a run() ends, in words; the error itself, if there is one."""
    import asyncio

    try:
        await run
    except asyncio.CancelledError as cancel:
        return "was cancelled", cancel
    except NotImplementedError:
        raise  # It is still to be written.
    except Exception as error:
        return f"raised {type(error).__name__}", error
    return "returned", None


def nested_in(task):
    """How many calls stand in one another where a task waits."""
    waits, nested = task.get_coro(), 0
    while waits is not None:
        nested += 1
        waits = getattr(waits, "cr_await", None) or getattr(waits, "gi_yieldfrom", None)
    return nested


async def cancel_oddly(way, cancels):
    """Cancel an export so often, each a while after the other, while its batch takes a minute to end.

    How run() ended; how many batches had begun, and how many went on then; how many cancels more its task
    counts than were sent; and how many calls stood in one another where each of the cancels came.
    """
    import asyncio

    import export

    shelf, nested, counted = Shelf(60.0), [], int(way == "before")

    async def work():
        me = asyncio.current_task()
        if way == "before":
            me.cancel()
        how, _ = await end_of(export.Export("incident", ["disk-7", "api-2"], shelf, 1).run())
        return [how, shelf.begun, shelf.under_way, me.cancelling() - counted]

    task = asyncio.create_task(work())
    for _ in range(cancels):
        # No timer of theirs rings then: since 3.13 a cancel that meets one is gone once it is not counted.
        await asyncio.sleep(0.7548776)
        nested.append(nested_in(task))
        every = asyncio.all_tasks() - {asyncio.current_task()}
        for each in every if way == "all" else {shelf.task} if way == "inside" else {task}:
            each.cancel()
            counted += each is task and way not in ("uncounted", "forgiven")
        if way == "uncounted":
            task.uncancel()
    if way == "forgiven":
        await asyncio.sleep(1)
        for _ in range(cancels):
            task.uncancel()
    seen = await task
    await asyncio.sleep(120)  # What was left under way ends, and is no other promise's.
    return [*seen, nested]


def errors_of_an_archive(most):
    """Errors that are built like few, one of each class that the learner's file can name: so many or more.

    A coroutine raises no StopIteration: what comes out of it then is another error.
    """
    import itertools

    import export

    errors = [*odd_errors().items()]
    named = [one for one in known_errors(export, "it is full") if not isinstance(one, StopIteration)]
    errors += [(f"an error of class {type(one).__name__}", one) for one in named]
    return [*itertools.islice(itertools.cycle(errors), max(most, len(errors)))]


async def fail_in_a_row(most):
    """One export fails with an error after the other, and is stopped as often; then its archive is well.

    What was not as it was to be: of an error its name, how run() ended, what came of the error, and how many
    batches began; how the last run() ended, and whether every alert is there; and of each way out on which a
    call of append() was left open, which it is.
    """
    import asyncio

    import export

    alerts, shelf, wrong = [f"probe-{number}" for number in range(most + 3)], Shelf(1.0), []
    left_open = {}
    work = export.Export("incident", alerts, shelf, 1)
    for _ in range(most + 1):
        stopped = asyncio.create_task(work.run())
        await asyncio.sleep(0.5)
        stopped.cancel()
        how, error = await end_of(stopped)
        left_open["was cancelled"] = left_open.get("was cancelled", 0) + await shelf.open_calls()
    shelf.takes_s = 0.0
    for name, shelf.error in errors_of_an_archive(most + 1):
        before, shelf.raised = shelf.begun, None
        how, error = await end_of(work.run())
        change = "" if shelf.raised is None else shelf.raised.change(error)
        if change or shelf.begun != before + 1:
            wrong.append([name, how, change, shelf.begun - before])
        left_open["failed"] = left_open.get("failed", 0) + await shelf.open_calls()
    shelf.error = None
    how, _ = await end_of(work.run())
    left_open["returned"] = await shelf.open_calls()
    is_complete = [alert for _, alert in shelf.rows] == alerts
    return [wrong[:1], how, is_complete, [way for way, calls in left_open.items() if calls]]


async def export_members():
    """Export members of an enumeration of texts, and one that no strict stdout prints, as a terminal's is."""
    import contextlib
    import enum
    import io

    import export

    class Alert(str, enum.Enum):  # noqa: UP042 - str() of a StrEnum is its text
        DISK = "disk-7"
        MAIL = "caf\u00e9-1"

    alerts, shelf = [*Alert, "\udcff"], Shelf()
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")):
        how, _ = await end_of(export.Export("incident", alerts, shelf, 1).run())
    return [how, [alert for _, alert in shelf.rows] == ["disk-7", "caf\u00e9-1", "\udcff"]]


async def ask_of_many(alerts, helds):
    """Ask what is left of so many alerts, when so many are durable."""
    import export

    shelf = Shelf()
    told = export.Export("incident", alerts, shelf, 1)
    outcomes = []
    for held in helds:
        shelf.count = lambda export_id, held=held: held
        outcomes.append(told.outcome())
    return [(outcome.left.name, outcome.done) for outcome in outcomes]


async def export_eight():
    """Export eight alerts one by one: how many calls stand in one another where each batch begins."""
    import export

    shelf = Shelf()
    await end_of(export.Export("incident", [f"probe-{number}" for number in range(8)], shelf, 1).run())
    return shelf.depths


async def ask_while_it_grows(held):
    """Ask for an outcome while another process writes: an alert more is durable after each answer."""
    import export

    shelf = Shelf()

    def count(export_id):
        nonlocal held
        answer, held = held, min(held + 1, 2)
        return answer

    shelf.count = count
    outcome = export.Export("incident", ["disk-7", "api-2"], shelf, 1).outcome()
    return [outcome.left.name, outcome.done]


async def export_beside_a_slow_one():
    """Two archives look the same, and one of them takes an hour: how long the other one's export takes."""
    import asyncio

    import export

    loop, slow = asyncio.get_running_loop(), Shelf(3600.0)
    other = asyncio.create_task(export.Export("incident", ["disk-7"], slow, 1).run())
    await asyncio.sleep(1)
    began = loop.time()
    await export.Export("incident", ["disk-7"], Shelf(), 1).run()
    took_s = loop.time() - began
    await other
    return took_s


CALLERS = (
    Shelf, AsRaised, end_of, nested_in, cancel_oddly, odd_errors, known_errors, errors_of_an_archive,
    fail_in_a_row, export_members, ask_of_many, export_eight, ask_while_it_grows, export_beside_a_slow_one,
)  # fmt: skip


def ask(unit, story, name, *given):
    """Let a caller's function run in a process of its own, and give how it ended."""
    with story.process() as process:
        return process.run(getattr(callers(unit, *CALLERS), name).later(*given))


# ---- one export


@dataclass
class Seen:
    """One export that was run: how run() ended, what it said then, and what was durable then."""

    end: object
    held: list
    at_s: float
    told: tuple = None
    late: int = 0
    changed: list = field(default_factory=list)
    failed: str = ""
    errors: list = field(default_factory=list)
    was_killed: bool = False

    @cached_property
    def saw(self):
        failed = f"{self.failed}; " if self.failed else ""
        told = f"; {in_words(self.told)}" if self.told else ""
        return f"{failed}at {self.at_s:g} s run() {self.end}{told}; the archive holds {len(self.held)} of 5"


def an_export(unit, story, *, asked=False):
    """One export is run; `asked` somebody asks for its outcome whenever it waits."""
    archive, export_id = Archive(story), story.name("incident")

    def wrong(answer):
        expected = truth(archive.count(export_id))
        is_true = answer.kind == "returned" and said(answer.value) == expected
        return "" if is_true else f"outcome() {answer}, and the archive holds {expected[1]} of 5"

    with story.process(settings=True) as process:
        export = unit.Export(export_id, ALERTS, archive, BATCH_SIZE)
        reader = {"asking": export.outcome.later(), "told": wrong, "in_a_thread": True} if asked else {}
        end = process.run(export.run.later(), **reader)
        seen = Seen(end, archive.held(export_id), story.seconds)
        seen.changed = process.changed
        seen.late, seen.failed = archive.begun_after_a_cancel, archive.failed.get("append", [""])[0]
        seen.errors = archive.raised
        if not process.crashed:
            seen.told = said(export.outcome())
    seen.was_killed = process.crashed
    return seen


def test_an_export_that_nothing_stops_is_complete(unit, every_story):
    """However long the archive takes, and whoever calls, an export that nothing stops is complete."""
    for story in every_story(an_export):
        seen = story.seen
        promise(
            bool(story.faulted) or (seen.end.kind == "returned" and seen.held == ALERTS),
            saw=f"the archive answers, and nobody stops it; {seen.saw}",
            rule="an export that nothing stops is complete when run() returns",
            ask="is an alert missing, which line was to send it, and why did run() end as it did?",
            story=story,
        )


def promise_the_truth(story, seen, *, rule, ask):
    """The number is true, and the word is true."""
    promise(seen.told[1] == len(seen.held), saw=seen.saw, rule=rule, ask=ask, story=story)
    promise(
        seen.told == truth(len(seen.held)),
        saw=seen.saw,
        rule="the word says what the archive holds, not how run() ended",
        ask="what is left for a caller to do here, and which of the three words says so?",
        story=story,
    )


def test_a_cancelled_export_says_what_the_archive_holds(unit, every_story):
    """Wherever an export is cancelled, it says how many alerts the archive holds."""
    for story in every_story(an_export):
        if not story.seen.was_killed and not story.seen.failed:
            promise_the_truth(
                story,
                story.seen,
                rule="a call that did not come back may have happened, or not",
                ask="who knows which, at the moment when outcome() is asked?",
            )


def test_a_failed_export_says_what_the_archive_holds(unit, every_story):
    """A batch fails, in whichever way: the export says how many alerts the archive holds."""
    for story in every_story(an_export):
        if not story.seen.was_killed and not story.cancelled:
            promise_the_truth(
                story,
                story.seen,
                rule="an error leaves the same question open as a cancel does",
                ask="on which ways out of run() does your number become true again?",
            )


def test_it_says_so_while_it_runs(unit, every_story):
    """Asked in the middle of a run, an export says what the archive holds at that moment."""
    for story in every_story(an_export, depth=1, asked=True):
        promise_under(story, ASKED)


def test_once_run_has_ended_the_archive_stays_as_it_is(unit, every_story):
    """However run() ended, nothing of it goes on."""
    for story in chain(every_story(an_export), every_story(an_export, {CANCEL, STEPS}, depth=1)):
        promise_under(story, QUIET_END)
        promise_as_it_was(story, story.seen.saw, story.seen.changed)
    for story in every_story(beside_another, depth=1):
        promise_as_it_was(story, "two exports have ended", story.seen[2])


def promise_as_it_was(story, saw, changed):
    """Whoever runs after it, on this loop or in this process, finds what was there before it."""
    promise(
        not changed,
        saw=f"{saw}; this is not as it was: {', '.join(changed)}",
        rule="an event loop belongs to all who run on it, and a process to all who run in it",
        ask="what does your code set or open, and on which ways out is that put back?",
        story=story,
    )


def test_a_cancelled_export_begins_no_further_batch(unit, every_story):
    """Whoever stops an export stops it: after a cancel no batch begins."""
    for story in every_story(an_export):
        seen = story.seen
        promise(
            seen.late == 0,
            saw=f"{seen.saw}; {seen.late} of its batches began after the cancel",
            rule="a cancel asks for an end, not for the rest of the work",
            ask="what does your code do between the cancel and its own end?",
            story=story,
        )


def test_nothing_is_left_out_on_the_way(unit, every_story):
    """However long a batch takes, no alert is in the archive before those that come before it."""
    for story in every_story(an_export):
        held = story.seen.held
        promise(
            held == ALERTS[: len(held)],
            saw=f"{story.seen.saw}: {names(held)}",
            rule="a number is a resume point only while everything before it is there",
            ask="had it stopped after the first alert that is there, which one would alerts[1:] never send?",
            story=story,
        )


def test_a_cancelled_export_ends_as_cancelled(unit, every_story):
    """A cancelled export ends as cancelled, and one that nobody cancels does not."""
    for story in every_story(an_export):
        seen = story.seen
        promise(
            seen.was_killed or (seen.end.in_a_word == "was cancelled") == (story.cancelled > 0),
            saw=f"cancels: {story.cancelled}; {seen.saw}",
            rule="an outcome is told beside a cancellation, never instead of it",
            ask="how does the timeout around run() learn that its cancel was obeyed?",
            story=story,
        )
    for story in every_story(an_export, {CANCEL, STEPS}, depth=1):
        promise(
            (story.seen.end.in_a_word == "was cancelled") == (story.cancelled > 0),
            saw=f"cancels: {story.cancelled}; {story.seen.saw}",
            rule="a cancel can come at every await, also at one that seems to end at once",
            ask="of all that your code awaits: where would a cancel of its own task be lost?",
            story=story,
        )


def test_a_timeout_around_it_knows_its_own_cancel(unit, every_story):
    """Whoever cancelled an export finds the cancel in the count that asyncio keeps of them."""
    for story in every_story(an_export):
        promise(
            story.seen.end.kind != "uncancelled",
            saw=f"cancels: {story.cancelled}; {story.seen.saw}",
            rule="a cancel is taken back by the one who sent it, as asyncio.timeout does",
            ask="how does a timeout around run() tell its own cancel from somebody else's?",
            story=story,
        )


def test_a_cancel_is_heard_however_it_comes(unit, story):
    """At its first await, over and over, or by its tasks: however it is cancelled, it ends as cancelled."""
    often = 2 + max((6, *numbers_of(unit, 40)))
    for told, way, cancels in (
        ("it is called by a task that was cancelled and has not heard of it", "before", 0),
        ("somebody cancels the task in which append() is under way", "inside", 1),
        ("it is cancelled, and in the same turn that is taken out of the count", "uncounted", 1),
        ("it is cancelled, and a second later that is taken out of the count", "forgiven", 1),
        ("somebody cancels every task, twice", "all", 2),
        (f"it is cancelled {often} times, while its batch takes a minute to end", "run", often),
    ):
        end = ask(unit, story, "cancel_oddly", way, cancels)
        seen = end.value if end.kind == "returned" else (str(end), 0, 0, 0, ())
        how, begun, under_way, too_many, nested = seen
        promise(
            how == "was cancelled" and begun <= 1 and not under_way,
            saw=f"{told}: run() {how}, {begun} batches had begun, and at its end {under_way} went on",
            rule="a CancelledError at an await is the cancel, however it came there",
            ask="how does your code know that it is cancelled, and how often is it ready for that?",
            story=story,
        )
        promise(
            not too_many,
            saw=f"{told}: run() {how}, and its task counts {abs(too_many)} "
            f"{'more' if too_many > 0 else 'fewer'} than its callers made it",
            rule="the count of cancels belongs to those who cancel",
            ask="which line of yours changes that count, and who reads it afterwards?",
            story=story,
        )
        last = [*nested[-3:]]
        promise(
            len(last) < 3 or last != sorted(set(last)),
            saw=f"{told}; at the last three cancels {', '.join(map(str, last))} calls stand in one another",
            rule="a stack is bounded, and how often somebody cancels is not",
            ask="what does your code do after a cancel that is not the first: go round, or go deeper?",
            story=story,
        )


def test_a_failed_export_ends_with_the_archives_error(unit, every_story):
    """When a batch fails, run() ends with the error of the archive, and tries nothing again."""
    for story in every_story(an_export):
        seen = story.seen
        stopped = seen.was_killed or story.cancelled > 0
        promise(
            stopped or not seen.errors or seen.end.passed_on(seen.errors[:1]),
            saw=f"append() raised {seen.end.beside(seen.errors)}; {seen.saw}",
            rule="an outcome is told beside an error, never instead of it",
            ask="who decides whether to try again, and how does it hear that there is a reason to?",
            story=story,
        )


ODD_WAYS = ports.odd_ways("the batch")


class OddArchive(Archive):
    """It fails with errors that are built like few."""

    ways = ports.Failures(UNDECLARED=ODD_WAYS)
    raises = ports.ALL_SORTS


def test_an_error_of_any_class_ends_it(unit, story):
    """An error that is false, has no text, is a group, or of whichever class: run() ends with it."""
    archive, export_id = OddArchive(story), story.name("incident")
    archive.will_fail("append", *(way.text for way in ODD_WAYS))
    with story.process() as process:
        export = unit.Export(export_id, ALERTS, archive, BATCH_SIZE)
        for way in ODD_WAYS:
            end = process.run(export.run.later())
            promise(
                end.passed_on(archive.raised[-1:]) and not archive.rows,
                saw=f"{way.text}: append() raised {end.beside(archive.raised[-1:])}; run() {end}; "
                f"the archive holds {len(archive.rows)} of 5",
                rule="an error is an error by having been raised, whatever its class is like",
                ask="how does your code tell that a batch failed, and what does it do to the error?",
                story=story,
            )
        end = process.run(export.run.later())
    promise(
        end.kind == "returned" and archive.held(export_id) == ALERTS,
        saw=f"{len(ODD_WAYS)} runs failed; the archive works again, and the next run() {end}; it holds "
        f"{names(archive.held(export_id)) or 'nothing'}",
        rule="each run() asks the archive, whatever became of those before it",
        ask="what does your code remember of errors, and who has to forget it?",
        story=story,
    )
    promise_any_error_ends_it(unit, story)


def promise_any_error_ends_it(unit, story):
    """However many runs failed or were stopped: an error comes out as it was raised, and the next runs."""
    often = max((6, *numbers_of(unit, 100))) + 1
    end = ask(unit, story, "fail_in_a_row", often)
    wrong, last, is_complete, left_open = end.value if end.kind == "returned" else ([], str(end), False, [])
    for name, how, change, begun in wrong:
        promise(
            False,
            saw=f"append() raised {name}; run() {how}"
            + (f"; what came is {change}" if change else "")
            + f", after {begun} {'batch' if begun == 1 else 'batches'}",
            rule="an error is an error by having been raised, whatever its class is like",
            ask="how does your code tell that a batch failed, and what does it do to the error?",
            story=story,
        )
    promise(
        last == "returned" and is_complete,
        saw=f"an export was stopped {often} times and failed more often; then its archive works, and run() "
        f"{last}, with {'every alert' if is_complete else 'alerts missing, or there twice'} in the archive",
        rule="each run() asks the archive, whatever became of those before it",
        ask="what does your code remember of errors and cancels, and who has to forget it?",
        story=story,
    )
    promise(
        not left_open,
        saw=f"run() {' or '.join(left_open)}; it had called append() once more, and that call was "
        "neither awaited nor closed",
        rule="a call that was made and has not started is open until somebody closes it",
        ask="which calls has your code made by then, and who ends those that it does not await?",
        story=story,
    )


def promise_the_sizes(story, sizes, batch_size):
    """Each batch holds something, and not more than it may."""
    promise(
        all(0 < size <= batch_size for size in sizes),
        saw=f"with batch_size={batch_size} run() sent {batches(sizes)}",
        rule="where nothing is left to do, nothing is sent; where much is, a batch bounds it",
        ask="what does your loop send when the archive holds every alert, or all but a few?",
        story=story,
    )


# ---- the process lives on


@dataclass
class Then:
    """What became of an export that was stopped or not, and was run again in the same process."""

    first: object
    again: object
    held: list
    elsewhere: object = None
    held_elsewhere: list = field(default_factory=list)
    in_all: list = field(default_factory=list)
    told: tuple = truth(len(ALERTS))

    @cached_property
    def saw(self):
        held = names(self.held) or "nothing"
        return f"run() {self.first}; run again, it {self.again}; the archive holds {held}"


def run_again(unit, story):
    """Stopped or not, an export is run again, there and in another archive; then a new process runs it.

    It is told with STEPS: of two things that a run() begins, a cancel comes between them, too.
    """
    archive, elsewhere, export_id = Archive(story), CalmArchive(story), story.name("incident")
    seen = Then(None, None, [])
    with story.process() as process:
        export = unit.Export(export_id, ALERTS, archive, BATCH_SIZE)
        seen.first = process.run(export.run.later())
        seen.again = process.again(export.run.later(), in_a_new_loop=True)
        seen.held = archive.held(export_id)
        there = unit.Export(export_id, ALERTS, elsewhere, BATCH_SIZE)
        seen.elsewhere, seen.held_elsewhere = process.again(there.run.later()), elsewhere.held(export_id)
    story.until_done(lambda: unit.Export(export_id, ALERTS, archive, BATCH_SIZE).run())
    seen.in_all = archive.held(export_id)
    return seen


def taken_over(unit, story, *, by_a_process=False):
    """An export is stopped, another one of its id runs to the end; the first one is asked, and run again."""
    archive, export_id = Archive(story), story.name("incident")
    seen = Then(None, None, [])
    with story.process() as process:
        export = unit.Export(export_id, ALERTS, archive, BATCH_SIZE)
        seen.first = process.run(export.run.later())
        if by_a_process and not process.crashed:
            archive.tell("another process exports the rest")
            archive.add(export_id, ALERTS[archive.count(export_id) :])
        else:
            process.again(unit.Export(export_id, ALERTS, archive, 1).run.later())
        if not process.crashed:
            seen.told = said(export.outcome())
        seen.again, seen.held = process.again(export.run.later()), archive.held(export_id)
    return seen


def test_run_again_it_writes_every_alert_once(unit, every_story):
    """Stopped, run again, restarted and run once more: every alert is in the archive once."""
    for story in every_story(run_again, EVERYTHING | {STEPS}, depth=1):
        promise_under(story, LIVES_ON)
        seen = story.seen
        was_asked = seen.elsewhere is not None
        promise(
            not was_asked or (seen.again.kind == "returned" and seen.held == ALERTS),
            saw=seen.saw,
            rule="what stopped one run() is over when the next one begins",
            ask="what does your code still remember of the first run() when the second one starts?",
            story=story,
        )
        promise(
            sorted(seen.in_all) == sorted(ALERTS),
            saw=f"{seen.saw}; run once more in a new process; the archive holds {names(seen.in_all)}",
            rule="go on from what is durable, not from what was sent or heard",
            ask="when your loop sends a batch, or passes one over, who said what the archive holds?",
            story=story,
        )


def test_whoever_wrote_it_it_is_written(unit, every_story):
    """Another Export of its id ran to the end: an export that was stopped says so, and has nothing to do."""
    for story in every_story(taken_over, {CANCEL, LOST, STEPS}, depth=1):
        promise_it_is_done(story, "another Export of the id")
    for story in every_story(taken_over, {CANCEL, LOST, REFUSED}, depth=1, by_a_process=True):
        promise_it_is_done(story, "another process")


def promise_it_is_done(story, who):
    """Nothing is kept of what was before, and nothing is written twice that somebody else wrote."""
    seen = story.seen
    promise(
        seen.told == truth(len(ALERTS)),
        saw=f"run() {seen.first}; {who} ran to the end, and all 5 are durable; of the first one "
        f"{in_words(seen.told)}",
        rule="how a run() ended is news of that moment, and others write after it",
        ask="when did your code last ask the archive, and what has been written since?",
        story=story,
    )
    promise(
        seen.again is None or (seen.again.kind == "returned" and seen.held == ALERTS),
        saw=f"run() {seen.first}; {who} ran to the end; run again, the first one "
        f"{seen.again}; the archive holds {names(seen.held)}",
        rule="whoever wrote it, what the archive holds is done",
        ask="what does your code remember of what it wrote itself, and who else may have written?",
        story=story,
    )


def test_another_archive_is_another_world(unit, every_story):
    """What one archive holds says nothing about another one, though the id is the same."""
    for story in every_story(run_again, EVERYTHING | {STEPS}, depth=1):
        seen = story.seen
        promise(
            seen.elsewhere is None or seen.held_elsewhere == ALERTS,
            saw=f"the same id goes to another archive: run() {seen.elsewhere}, "
            f"and that one holds {names(seen.held_elsewhere) or 'nothing'}",
            rule="an export is made of its id and its archive",
            ask="what does your process remember by the id alone?",
            story=story,
        )


def another_export(unit, story):
    """Somebody else's export, in the same process at the same time; its id begins as the other one's."""
    export = unit.Export(f"{story.name('incident')}0", ALERTS[:3], CalmArchive(story), BATCH_SIZE)
    return export.run.later()


def a_slow_export(unit, story):
    """Somebody else's export, into an archive that takes two minutes for a batch."""
    export = unit.Export(story.name("outage"), ALERTS[:1], SlowArchive(story), BATCH_SIZE)
    return export.run.later()


def beside_another(unit, story, *, slow=False):
    """One export, and another one beside it: how this one ended, how long it took, what is not as it was."""
    with story.process(settings=True) as process:
        export = unit.Export(story.name("incident"), ALERTS[:3], Archive(story), BATCH_SIZE)
        end = process.run(export.run.later(), beside=a_slow_export if slow else another_export)
    return end, process.took_s, process.changed


def test_no_export_waits_for_another(unit, every_story):
    """Whatever becomes of one export, another one in the same process runs as if it were alone."""
    for story in every_story(beside_another, depth=1):
        promise_under(story, BESIDE)
    for story in every_story(beside_another, depth=1, slow=True):
        end, took_s, _ = story.seen
        promise(
            not SLOW_S <= took_s < 1.02 * SLOW_S,
            saw=f"run() {end} after {took_s:g} s; somebody else's export was under way for {SLOW_S} s",
            rule="whoever stops an export, or hears of its error, waits for that export alone",
            ask="which of the calls that your code waits for did this run() begin?",
            story=story,
        )


def test_however_many_exports_run_none_waits_for_another(unit, story):
    """As many exports as there are ids run at the same time: together they take as long as one alone."""
    archive, count = Archive(story), max((2, *numbers_of(unit, 300))) + 1
    exports = [(story.name(f"incident-{number}"), [f"probe-{number}"]) for number in range(count + 1)]
    with story.process() as process:
        alone, *others = (unit.Export(id, alerts, archive, 1).run.later() for id, alerts in exports)
        process.run(alone)
        alone_s = story.seconds
        process.together(*others)
    together_s = story.seconds - alone_s
    promise(
        together_s < 1.5 * alone_s and all(archive.held(id) == alerts for id, alerts in exports),
        saw=f"an export of one batch took {alone_s:g} s alone; {count} of them at the same time took "
        f"{together_s:g} s, and the archive holds {len(archive.rows)} of {count + 1} batches",
        rule="none of several exports waits for another, however many there are",
        ask="which number in your code says how many may be at work, and what do the others do meanwhile?",
        story=story,
    )
    end = ask(unit, story, "export_beside_a_slow_one")
    promise(
        end.kind == "returned" and end.value < 1,
        saw=f"two archives look the same, and one takes an hour for a batch; beside it, an export of the "
        f"same id into the other one {f'took {end.value:g} s' if end.kind == 'returned' else end}",
        rule="an export is made of its id and its archive",
        ask="by what does your code know one archive from another?",
        story=story,
    )


# ---- other processes, other Exports


def test_a_new_process_knows_how_far_the_last_one_came(unit, every_story):
    """Two exports run when their process dies: a new one says of each how many alerts the archive holds."""
    for story in every_story({CRASH}, depth=1):
        archive = Archive(story)
        works = {story.name("incident"): ALERTS, story.name("outage"): ALERTS[:3]}
        with story.process() as process:
            exports = [unit.Export(id, alerts, archive, BATCH_SIZE) for id, alerts in works.items()]
            ends = process.together(*(export.run.later() for export in exports))
        with story.process():
            told = [
                said(unit.Export(id, alerts, archive, BATCH_SIZE).outcome()) for id, alerts in works.items()
            ]
        held = {id: archive.held(id) for id in works}
        promise(
            told == [truth(len(held[id]), alerts) for id, alerts in works.items()],
            saw="; ".join(
                f"{len(held[id])} of {len(alerts)} of {id!r} are durable, and of a new Export {in_words(one)}"
                for (id, alerts), one in zip(works.items(), told, strict=True)
            ),
            rule="what a process remembers is gone when the process is",
            ask="where is the number kept that a new process starts from?",
            story=story,
        )
        promise(
            process.crashed or held == works,
            saw="two exports at once: "
            + "; ".join(
                f"run() of {id!r} {end}, the archive holds {names(held[id]) or 'nothing'}"
                for id, end in zip(works, ends, strict=True)
            ),
            rule="two exports share the archive and nothing else",
            ask="which name in your code stands for one thing while two exports are at work?",
            story=story,
        )


def other_sizes(unit, story):
    """An export is run with one batch size, then with another, then in a new process with a third."""
    archive, export_id = Archive(story), story.name("incident")
    sent = {size: [] for size in (1, 3, 2)}
    with story.process() as process:
        unit.Export(export_id, ALERTS[:4], archive, 4)  # It waits, and never runs.
        for size in (1, 3):
            archive.batch_sizes = sent[size]
            process.run(unit.Export(export_id, ALERTS[:4], archive, size).run.later())
    archive.batch_sizes = sent[2]
    story.until_done(lambda: unit.Export(export_id, ALERTS[:4], archive, 2).run())
    return sent, archive.held(export_id)


def test_another_batch_size_goes_on_from_the_same_alert(unit, every_story):
    """With another batch size it goes on from the same alert, in batches of at most the new size."""
    for story in every_story(other_sizes, {CANCEL, CRASH}, depth=1):
        sent, held = story.seen
        promise(
            held == ALERTS[:4],
            saw=f"batch_size=1 sent {batches(sent[1])}; then batch_size=3 sent {batches(sent[3])}; "
            f"a new process with batch_size=2 sent {batches(sent[2])}; the archive holds {names(held)}",
            rule="the resume point counts alerts; how they are cut into batches is for each Export to say",
            ask="after a stop, what decides where the next batch begins, and how long it is?",
            story=story,
        )
        for size, sizes in sent.items():
            promise_the_sizes(story, sizes, size)


def test_a_call_that_waits_to_be_awaited_starts_from_now(unit, story):
    """run() is called twice, and then awaited, one after the other: the second finds what the first wrote."""
    archive, export_id = Archive(story), story.name("incident")
    with story.process() as process:
        export = unit.Export(export_id, ALERTS, archive, BATCH_SIZE)
        first, second = process.in_turn(export.run.later(), export.run.later())
    promise(
        archive.held(export_id) == ALERTS,
        saw=f"two calls of run() were made, and then awaited one after the other: the first {first}, the "
        f"second {second}; the archive holds {names(archive.held(export_id))}",
        rule="a coroutine begins when it is awaited, not when it is made",
        ask="at which of the two moments does your code ask what the archive holds?",
        story=story,
    )


def test_an_export_that_waited_speaks_of_now(unit, story):
    """While an Export waited, another one of the same id ran: it says what the archive holds now."""
    archive, export_id = Archive(story), story.name("incident")
    with story.process():
        waited = unit.Export(export_id, ALERTS, archive, BATCH_SIZE)
        waited.outcome()
        unit.Export(export_id, ALERTS, archive, BATCH_SIZE).run()
        told, held = said(waited.outcome()), archive.count(export_id)
        waited.run()
    promise(
        told[1] == held and archive.held(export_id) == ALERTS,
        saw=f"one Export waited while another ran; {in_words(told)} for the one that waited, with {held} "
        f"of 5 durable; then that one ran, too, and the archive holds {names(archive.held(export_id))}",
        rule="a number that you keep is as old as the moment when you asked for it",
        ask="when did your code last ask the archive, and what has been written since?",
        story=story,
    )


def test_nothing_and_all_mean_what_they_say(unit, story):
    """NOTHING before it runs, ALL once it is complete, also when run again; an export of no alerts is ALL."""
    archive = Archive(story)
    with story.process():
        for alerts, incident in (([], "outage"), (ALERTS, "incident")):
            export = unit.Export(story.name(incident), alerts, archive, len(ALERTS))
            for runs, when in enumerate(("before run()", "after run()", "after a second run()")):
                if runs:
                    export.run()
                told = said(export.outcome())
                promise(
                    told == truth(len(alerts) if runs else 0, alerts),
                    saw=f"{incident!r} has {len(alerts)} alerts; {when} {in_words(told)}",
                    rule="the answer says what is left to do, not how the work went",
                    ask="which of the three answers tells a caller that nothing is left to do?",
                    story=story,
                )
    promise_the_sizes(story, archive.batch_sizes, len(ALERTS))
    for held in (0, 1):
        end = ask(unit, story, "ask_while_it_grows", held)
        told = tuple(end.value) if end.kind == "returned" else (str(end), -1)
        promise(
            told == truth(told[1], ALERTS[:2]),
            saw=f"{held} of 2 are durable, and another process adds one after each answer; {in_words(told)}",
            rule="an outcome is what was true at one moment",
            ask="how often does outcome() ask, and what may be written between two answers?",
            story=story,
        )
    promise_the_words_of_many(unit, story)


def promise_the_words_of_many(unit, story):
    """One of a thousand is a part, and so are all but one, also when all are equal."""
    alerts, helds = ["probe"] * 1_000, (0, 1, 999, 1_000)
    end = ask(unit, story, "ask_of_many", alerts, helds)
    told = end.value if end.kind == "returned" else []
    for held, one in zip(helds, told, strict=False):
        promise(
            tuple(one) == truth(one[1], alerts),
            saw=f"an export has 1000 alerts, which are equal, and {held} are durable; {in_words(one)}",
            rule="NOTHING is none of them and ALL is every one, however many there are",
            ask="what does your code compare, and what is lost when it makes that of the two numbers?",
            story=story,
        )


def test_when_run_returns_the_alerts_are_there_as_they_were_given(unit, story):
    """However many alerts, and whatever they are: when run() returns, they are there as they were given."""
    archive, quick = Archive(story), QuickArchive(story)
    odd, many = f" {story.name('Incident 7')}", story.name("outage")
    count = max((MANY, *numbers_of(unit, MANY_MOST))) + 2
    works = [
        (odd, ODD, archive, BATCH_SIZE),
        ("", ALERTS, archive, BATCH_SIZE),
        (many, [*(f"probe-{number}" for number in range(count)), "one long alert, " * 8], quick, 1),
        (story.name("page"), ALERTS, archive, 2**64),
    ]
    archive.rows += [(odd, alert) for alert in ODD[:3]]
    archive.tell(f"holds the first 3 of {odd!r}")
    with story.process() as process:
        for export_id, alerts, there, size in works:
            began_s = story.seconds
            end = process.run(unit.Export(export_id, alerts, there, size).run.later())
            held, took_s = there.held(export_id), story.seconds - began_s
            at = next((i for i, alert in enumerate(alerts) if held[i : i + 1] != [alert]), 0)
            promise(
                end.kind == "returned" and held == list(alerts),
                saw=f"run() {end}; alerts[{at}] is {alerts[at]!a}, and in its place the archive has "
                f"{ascii(held[at]) if held[at:] else 'nothing'}; it holds {len(held)} of {len(alerts)}",
                rule="an alert is known by its place, and goes in as it is",
                ask="which alerts, or which ids, does your code take for the same, or tidy up?",
                story=story,
            )
            promise(
                there is archive or took_s < 1e-6,
                saw=f"the archive takes no time; run() {end} after {took_s:g} s",
                rule="an export takes as long as its archive takes",
                ask="what does your code wait for besides append()?",
                story=story,
            )
    promise_members_go_in(unit, story)
    promise_any_number_goes_in(unit, story)


def promise_any_number_goes_in(unit, story):
    """A batch begins as near to the top as the one before."""
    end = ask(unit, story, "export_eight")
    deep = end.value[3:6] if end.kind == "returned" else []
    promise(
        sorted(set(deep)) != deep or len(deep) < 3,
        saw=f"where batches 4, 5 and 6 begin, {', '.join(map(str, deep))} calls stand in one another",
        rule="a stack is bounded, and an export is not",
        ask="what does your code do after a batch: go round, or go deeper?",
        story=story,
    )


def promise_members_go_in(unit, story):
    """A str is a str, whatever its own class makes of it in another text."""
    end = ask(unit, story, "export_members")
    promise(
        end.kind == "returned" and end.value == ["returned", True],
        saw="two alerts are members of a `class Alert(str, Enum)`, and one cannot be printed; "
        + (
            f"run() {end.value[0]}, and they are {'' if end.value[1] else 'not '}there as they were given"
            if end.kind == "returned"
            else str(end)
        ),
        rule="an alert is known by its place, and goes in as it is",
        ask="what does your code make of an alert on its way?",
        story=story,
    )
