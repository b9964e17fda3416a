"""What is checked for ex42: a marker, the effect, a marker, in a real SQLite database."""

import sqlite3
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain

from halfway.kit import (
    CRASH,
    DUPLICATE,
    LIVES_ON,
    LOST,
    QUIET_END,
    UNDECLARED,
    numbers_of,
    ports,
    promise,
    promise_under,
    recurs,
    words_of,
)

WITHOUT = {
    "asked at any time": "nothing in this unit only reads: who asks for a state reads the table",
    "callers as they are": "publish and recover are synchronous: no task is cancelled inside of them",
    "clocks of their own": "no clock is handed in",
    "elsewhere": "nothing is made of the machine: what is known stands in the table",
    "somebody is beside it": "a synchronous process does one call at a time; others are in the stories",
}

SCHEMA = """
CREATE TABLE alerts (
    key   TEXT NOT NULL PRIMARY KEY,
    text  TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('in progress', 'published'))
)
"""
IN_PROGRESS, PUBLISHED = "in progress", "published"
NO_ROW = "no row"
DAY_S, YEAR_S = 86_400.0, 366 * 86_400.0
CALL_S = 2.0
"""So long a call of the phone takes where nothing else is said; it rings in the middle."""
TEXT = "it is 92 % full"
LOOKS = 9
"""At so many calls of a story the phone looks around; there are no more where a recovery is a short one."""
FEW = 2
"""So many calls that fail are each told."""
MANY, TOO_DEEP, NUMBERS_MAX = 70, 1_050, 1_100
"""So many alerts wait; so many for one who goes on by a call of itself; and so far numbers are looked for."""
AGAIN, AGAIN_MAX = 4, 30
"""So often the same process is asked for an alert whose call fails; and so far numbers are looked for."""
KEY_MAX, LONG_MAX = 255, 100_000
"""So long a key may be; and up to here, a text is longer than any number in the code."""
LENGTHS = KEY_MAX - 1, KEY_MAX


class Halted(BaseException):
    """What stops a program and is no Exception, and no SystemExit either."""


class Shutdown(BaseExceptionGroup):
    """What a driver stops a program with: a group of ordinary errors, and no Exception all the same."""


REFUSED = ports.Failure("the call is refused", False, (ConnectionRefusedError,), "refused")
HALTED = ports.Failure("whoever runs the worker halts it before it rings", False, (Halted,), "halted")
STOPPED = ports.Failures(
    UNDECLARED=[
        ports.Failure("a deploy ends the worker before it rings", False, (ports.Redeployed,), "a deploy"),
        ports.Failure("a deploy ends the worker after it rang", True, (ports.Redeployed,), "a deploy"),
        HALTED,
        ports.Failure("a task of its driver is cancelled", False, (ports.StoppedInside,), ""),
        ports.Failure(
            "one line refuses, and the worker is halted at the other", False, (BaseExceptionGroup,),
            "both lines", inside=(ConnectionRefusedError, Halted),
        ),
    ]
)  # fmt: skip
"""A worker that is told to stop while it waits for the phone."""
SHUT_DOWN = ports.Failure(
    "the driver shuts down, with ordinary errors in a group that is no Exception", False, (Shutdown,),
    "shutdown", inside=(TimeoutError,),
)  # fmt: skip
STOPPED_LATER = ports.Failures(REFUSED=[REFUSED], UNDECLARED=[SHUT_DOWN])
"""One call is refused; at the next one, it is told to stop."""
DRIVERS_OWN = "the database of the phone's own driver is locked", "an iterator in its driver is at its end"
OTHERS = ports.Failures(
    REFUSED=[REFUSED],
    UNDECLARED=[
        ports.Failure(DRIVERS_OWN[0], False, (sqlite3.OperationalError,), "database is locked"),
        ports.Failure(DRIVERS_OWN[1], False, (StopIteration,), ""),
        *ports.all_sorts("the call"),
    ],
)
"""A driver of the phone is a program, too, and raises what programs raise."""
ODD = *DRIVERS_OWN, *(way.text for way in ports.odd_ways("the call"))
ALL_SORTS = *DRIVERS_OWN, *(way.text for way in ports.all_sorts("the call"))


class Database(ports.Database):
    """The table of alerts.

    `too_early` is what it called published before the phone had rung, `went_back` what was published and then
    was not so any more.
    """

    schema, table = SCHEMA, "alerts"

    def __init__(self, story, rows=()):
        super().__init__(story, rows)
        self.too_early, self.went_back, self.published = [], [], set()

    def state(self, key):
        return {row[0]: row[2] for row in self.rows}.get(key, NO_ROW)

    def states(self):
        return {key: state for key, _, state in self.rows}

    def says_published(self, key):
        """Does the file say so of this alert now? A file that cannot be read says nothing."""
        with suppress(sqlite3.OperationalError):
            asked = self.file.reader.execute("SELECT state FROM alerts WHERE key = ?", (key,))
            return asked.fetchall() == [(PUBLISHED,)]
        return False


class Phone(ports.Phone):
    """The on-call phone, which remembers for a day for which keys it has rung.

    `met` is what it finds at each of the first `looks` calls: the row of the alert, what another worker is
    told who writes now, and who has been rung for and is not published. At later calls it has
    that alone, where the call before is not published. `meanwhile` is what others do while it rings, by the
    number of the call, and `then_stays` what goes wrong with the database once it has rung. A call takes
    `takes_s`. `late` are the calls that come after an error of the database.
    """

    raises = (
        *ports.Phone.raises, *ports.ALL_SORTS, sqlite3.Error, StopIteration,
        SystemExit, Halted, ports.StoppedInside, BaseExceptionGroup, Shutdown,
    )  # fmt: skip
    serves = frozenset(("ring",))

    def __init__(self, story, database, ways=ports.Phone.ways, *, looks=LOOKS):
        super().__init__(story)
        self.meanwhile, self.then_stays, self.takes_s = {}, "", CALL_S
        self.database, self.ways, self.looks = database, ways, looks
        self.heard, self.met, self.answered, self.late = {}, [], [], []
        settled = [key for key, state in database.states().items() if state == PUBLISHED]

        def look():
            states = database.states()
            early = [key for key, state in states.items() if state == PUBLISHED]
            database.too_early += [key for key in early if key not in self.heard and key not in settled]
            database.went_back += [key for key in database.published if states.get(key) != PUBLISHED]
            database.published.update(early)

        if looks == LOOKS:
            database.made_durable = look
        database.published.update(settled)

    def ring(self, key: str, text: str):
        self.called.append((key, text))
        if len(self.called) <= self.looks or len(self.called) in self.meanwhile:
            self.look_around(key, text)
        elif self.answered and not self.database.says_published(self.answered[-1]):
            self.met.append((key, IN_PROGRESS, "", self.answered[-1:]))
        if self.database.troubles:
            self.late.append(key)
        half_s = self.takes_s / 2
        request = self.request(
            "ring", self.ways, lambda: self.rings((key, text)), before_s=half_s, after_s=half_s
        )
        self.at_once(request)
        self.answered.append(key)
        if self.then_stays:
            self.database.stays(self.then_stays)

    def look_around(self, key, text):
        rows = {row[0]: row for row in self.database.rows}
        waits = self.database.others_cannot_write()
        if waits:
            self.database.tell(f"another worker: {waits}")
        else:
            self.meanwhile.get(len(self.called), bool)()
        unmarked = [other for other in self.answered if rows.get(other, ("", "", ""))[2] != PUBLISHED]
        _, held, state = rows.get(key, (key, text, NO_ROW))
        self.met.append((key, state if held == text else f"the text {held!r:.40}", waits, unmarked))

    def rings(self, what):
        key, now = what[0], self.world.seconds
        if key in self.heard and now - self.heard[key] < DAY_S:
            self.tell(f"stays quiet: it has heard {key}")
            return
        self.heard[key] = now
        super().rings(what)


def another_worker(database, phone, key, text):
    """What a worker in another process does with the same alert, between two lines of this one."""

    def marks():
        database.others_write("INSERT OR IGNORE INTO alerts VALUES (?, ?, 'in progress')", (key, text))
        database.tell(f"another worker has marked {key}")

    def publishes():
        marks()
        phone.rings((key, text))
        database.others_write("UPDATE alerts SET state = 'published' WHERE key = ?", (key,))
        database.published.add(key)
        database.tell(f"another worker has published {key}")

    return {"another worker marks it": marks, "another worker publishes it": publishes}


# ---- a worker


@dataclass
class Worker:
    """One call of publish, and what the same process did when it was asked again."""

    key: str
    before: str
    others: list
    stays: str = ""
    end: object = None
    rows: list = ()
    called: list = ()
    rang: list = ()
    met: list = ()
    failed: str = ""
    phone_errors: list = ()
    troubles: list = ()
    last_troubles: list = ()
    too_early: list = ()
    went_back: list = ()
    changed: list = ()
    waits: str = ""
    was_killed: bool = False
    again: object = None
    state_again: str = ""
    rang_again: int = 0
    elsewhere: object = None
    rang_elsewhere: int = 0
    put_back: list = field(default_factory=list)

    @property
    def state(self):
        return {row[0]: row[2] for row in self.rows}.get(self.key, NO_ROW)

    @property
    def saw(self):
        first = "" if self.before == NO_ROW else f"it was {self.before}; "
        failed = f"{self.failed}; " if self.failed else ""
        return (
            f"{first}{failed}{self.stays}publish(db, phone, {self.key!r}, ...) {self.end}; in the database: "
            f"{told(self.state)}; the phone rang {times(len(self.rang))}"
        )


def lasting(trouble, *, at_once):
    """Trouble that does not end, in words that a story begins with."""
    goes_on = {Database.ENDED: "", Database.LOCKED_THEN_FULL: ", and stays so"}.get(
        trouble, ", and that goes on"
    )
    return f"{'' if at_once else 'once the phone has rung, '}{trouble}{goes_on}; "


def lasts(stays, takes_s, *, at_once):
    """What lasts in a story, in words that it begins with: trouble of the database, or a call."""
    took = {CALL_S: "", 0: "no time"}.get(takes_s, f"{takes_s / YEAR_S:g} years")
    return (f"a call of the phone takes {took}; " if took else "") + (
        lasting(stays, at_once=at_once) if stays else ""
    )


def told(state):
    return state if state == NO_ROW else f"{state!r}"


def times(number):
    return ("not at all", "once", "twice")[number] if number < 3 else f"{number} times"


def somebody_elses(story):
    """Rows that publish has no business with; one has the same text."""
    return [
        (story.name("api-2/r7"), "it answers after 9 s", PUBLISHED),
        (story.name("disk-8/r1"), TEXT, IN_PROGRESS),
    ]


def a_worker(
    unit, story, *, before=NO_ROW, ways=ports.Phone.ways, then=False, failing=(), stays="", at_once=False,
    takes_s=CALL_S,
):  # fmt: skip
    """One worker publishes an alert, of which the database says `before`; others' rows are beside it.

    What `stays` begins when the phone has rung, or at once.
    """
    key, others = story.name("disk-7/r1"), somebody_elses(story)
    database = Database(story, others if before == NO_ROW else [others[0], (key, TEXT, before), others[1]])
    phone = Phone(story, database, ways)
    phone.will_fail("ring", *failing)
    phone.takes_s = takes_s
    if at_once:
        database.stays(stays)
    else:
        phone.then_stays = stays
    database.meanwhile = another_worker(database, phone, key, TEXT)
    call = unit.publish.later(database, phone, key, TEXT)
    seen = Worker(key, before, others, lasts(stays, takes_s, at_once=at_once))
    with story.process() as process:
        seen.end = process.run(call)
        seen.changed = [] if process.crashed else database.changed
        seen.waits = "" if process.crashed else database.others_cannot_write()
        _look(seen, database, phone)
        if then and not process.crashed:
            seen.again = process.again(call)
            seen.state_again, seen.rang_again = database.state(key), len(phone.rang)
            _goes_on(seen, process, unit, story, database, phone)
    if process.crashed:
        seen.was_killed, seen.waits = True, database.others_cannot_write()
        _look(seen, database, phone)
    return seen


def _goes_on(seen, process, unit, story, database, phone):
    """The same key in another database; then somebody puts the alert back, and asks again."""
    elsewhere = Database(story)
    line = Phone(story, elsewhere)
    publish = unit.publish.later(elsewhere, line, seen.key, TEXT)
    seen.elsewhere = process.again(publish)
    seen.rang_elsewhere = len(line.rang)
    calls = {"publish": publish, "recover": unit.recover.later(elsewhere, line)}
    asked = put_back(unit) if seen.before == IN_PROGRESS and not story.faulted else PUT_BACK
    for name, fails in asked[: 1 if story.faulted else None]:
        if not _is_put_back(elsewhere, seen.key):
            break
        line.will_fail("ring", fails)
        seen.put_back.append((name, fails, process.again(calls[name]), len(line.called)))
        if not is_as_ever(*seen.put_back[-1], len(seen.put_back) + 1):
            break


PUT_BACK = ("recover", ""), ("publish", "")
"""What the same process is asked for an alert that somebody has put back, and what happens to the call.

Where something has gone wrong before, the first of them.
"""


def put_back(unit):
    """The same, then calls that fail, more than a number in the code counts; one goes well after each row."""
    often = max([AGAIN, *(number + 1 for number in numbers_of(unit, AGAIN_MAX))])
    fails = [(name, "the request is lost") for name in ("recover", "publish")]
    return [*PUT_BACK, *fails[:1] * often, PUT_BACK[0], *fails[1:] * often, PUT_BACK[1]]


def _is_put_back(database, key):
    """Somebody writes that an alert is in progress, unless they are locked out, which is another promise."""
    if database.others_cannot_write():
        return False
    database.others_write(f"UPDATE alerts SET state = '{IN_PROGRESS}' WHERE key = ?", (key,))
    database.tell(f"somebody has put {key} back to {IN_PROGRESS!r}")
    return True


def _look(seen, database, phone):
    seen.rows, seen.called, seen.rang, seen.met = database.rows, phone.called[:], phone.rang[:], phone.met[:]
    seen.failed = "; ".join(phone.failed.get("ring", ()))
    seen.phone_errors = phone.errors.get("ring", [])[:]
    seen.troubles, seen.too_early = database.troubles[:], database.too_early[:]
    seen.last_troubles = database.last_of_each
    seen.went_back = database.went_back[:]


def every_worker(every_story):
    """Every story of a worker, whatever the database says of the alert before."""
    yield from every_story(a_worker)
    yield from every_story_again(every_story)


def every_story_again(every_story):
    """Every story of a worker for an alert that is known, after which the same process is asked again."""
    yield from every_story(a_worker, depth=1, before=IN_PROGRESS, then=True)
    yield from every_story(a_worker, depth=1, before=PUBLISHED, then=True)


def every_failed_call(every_story):
    """Every story of a worker, and those in which the phone raises what its driver's own lines raise."""
    yield from every_worker(every_story)
    for text in ODD:
        yield from every_story(a_worker, (), depth=0, ways=OTHERS, failing=(text,))


def every_long_trouble(every_story):
    """What goes wrong with the database when the phone has rung, or at once, goes on and on.

    One of them is a signal, which comes once, and one becomes another one.
    """
    for trouble in TROUBLES:
        yield from every_story(a_worker, (), depth=0, stays=trouble)
    for trouble in (Database.DAMAGED, Database.ENDED, Database.LOCKED_THEN_FULL):
        yield from every_story(a_worker, (), depth=0, stays=trouble, at_once=True)
    yield from every_story(a_worker, (), depth=0, before=PUBLISHED, stays=Database.LOCKED, at_once=True)


TROUBLES = Database.LOCKED, Database.BEING_READ, Database.FULL, Database.DAMAGED, Database.ENDED


def every_long_call(every_story):
    """A worker whose call takes longer than anybody has patience for, and one whose call takes no time."""
    for takes_s in (2 * YEAR_S, 0):
        yield from every_story(a_worker, (), depth=0, takes_s=takes_s)


def every_call(unit, every_story):
    """Every story of a worker, then every story of a recovery."""
    yield from every_worker(every_story)
    yield from every_stop(every_story)
    yield from every_long_trouble(every_story)
    yield from every_recovery(every_story)
    yield from every_stopped_recovery(every_story)
    yield from every_long_recovery(unit, every_story)


def test_an_alert_that_nothing_disturbs_is_published(unit, every_story):
    """An alert that nothing disturbs rings, and is published; one that is published already is left so."""
    for story in chain(every_worker(every_story), every_long_call(every_story)):
        worker = story.seen
        called = [] if worker.before == PUBLISHED else [(worker.key, TEXT)]
        promise(
            bool(story.faulted)
            or (worker.end.value is None and worker.state == PUBLISHED and worker.called == called),
            saw=f"nothing goes wrong; {worker.saw}",
            rule="publish returns when the phone has rung, and the database says so",
            ask="after a call that went well, what is in the file, and what does the next process find?",
            story=story,
        )


def test_the_marker_is_durable_before_the_call(unit, every_story):
    """Whenever the phone is called, the database says durably that the alert is in progress, and its text."""
    for story in chain(every_worker(every_story), every_long_trouble(every_story)):
        worker = story.seen
        missing = [state for _, state, *_ in worker.met if state not in (IN_PROGRESS, PUBLISHED)]
        promise(
            not missing,
            saw=f"{worker.saw}; when the phone was called, another process found in the file: "
            f"{missing[0] if missing else ''}",
            rule="write down what you are about to do, and make it durable, before you do it",
            ask="what is in the file at the moment in which the phone is called?",
            story=story,
        )


def test_published_means_rung(unit, every_story):
    """At every moment, what the database calls published has rung, and publish returns only then."""
    for story in every_worker(every_story):
        worker = story.seen
        promise(
            not worker.too_early,
            saw=f"{worker.saw}; there was a moment in which the file called {worker.too_early[:1]} "
            "published, for which the phone had not rung",
            rule="a marker follows the fact that it states",
            ask="which came first in that story: the word or the deed?",
            story=story,
        )
        promise(
            worker.end.kind != "returned" or worker.state == PUBLISHED,
            saw=worker.saw,
            rule="publish returns when the alert is published, durably; in every other case it raises",
            ask="what does your caller believe when publish has returned, and who told it?",
            story=story,
        )


def test_a_failed_call_is_told_and_kept(unit, every_story):
    """Refused, no reply, whatever else: the caller gets the error, and the alert stays in progress."""
    for story in every_failed_call(every_story):
        worker = story.seen
        failed = bool(worker.phone_errors) and not worker.was_killed and not worker.troubles
        promise(
            not failed or worker.end.kind == "raised",
            saw=f"{worker.saw}; what was raised: {', '.join(worker.phone_errors)}",
            rule="the marker tells the next process; the error tells the caller, who may try again",
            ask="how does the caller learn how the call went?",
            story=story,
        )
        promise(
            not failed or worker.end.passed_on(worker.phone_errors),
            saw=f"{worker.saw}; what was raised: {worker.end.beside(worker.phone_errors)}",
            rule="what the phone raises is passed on as it is: the same object, with nothing added",
            ask="which of your lines does something with the error on its way to the caller?",
            story=story,
        )
        _promise_no_context(story, worker.phone_errors)
        promise(
            not failed or DUPLICATE in story.faulted or worker.state == IN_PROGRESS,
            saw=worker.saw,
            rule="a call that failed is no reason to forget, and no reason to believe that it rang",
            ask="what does recover() find, and what does it need?",
            story=story,
        )


def test_what_the_database_raises_is_told(unit, every_story):
    """When the database is locked or full, the caller hears of it, and no marker means no call."""
    for story in chain(every_worker(every_story), every_long_trouble(every_story)):
        worker = story.seen
        errors = worker.troubles
        promise(
            not errors
            or worker.was_killed
            or (worker.end.kind == "returned" and worker.state == PUBLISHED)
            or worker.end.passed_on((*errors, *worker.phone_errors)),
            saw=f"{worker.saw}; what went wrong with the database: {worker.end.beside(errors)}",
            rule="what the database raises is passed on as it is",
            ask="which of your lines stands between that error and the caller?",
            story=story,
        )
        _promise_the_last(story)
        _promise_no_context(story, (*errors, *worker.phone_errors))


def _promise_the_last(story):
    """Of a statement that was tried again, the last error is passed on."""
    seen = story.seen
    promise(
        not seen.end.passed_on(seen.troubles) or seen.end.passed_on(seen.last_troubles),
        saw=f"{seen.saw}; what went wrong with the database: {', then '.join(seen.troubles)}",
        rule="of a statement that is tried again, the last error is passed on: the first one may be over",
        ask="which of its errors do you hold when you give up?",
        story=story,
    )


def _promise_no_context(story, errors):
    """An error that is passed on has no other one as its context, which it had not where it was raised."""
    seen = story.seen
    promise(
        not seen.end.passed_on(errors) or seen.end.passed_on(errors, alone=True),
        saw=f"{seen.saw}; what was raised: {seen.end.beside(errors, alone=True)}",
        rule="what is raised inside an `except` block gets the error of that block as its context, and the "
        "caller is to get it as it came",
        ask="in which `except` block are your lines when that error comes, or which line gives it a context?",
        story=story,
    )


def test_other_workers_are_never_locked_out(unit, every_story):
    """While the phone rings, and however a call has ended, other workers can write."""
    for story in every_call(unit, every_story):
        seen = story.seen
        waits = [
            f"{key!r}, another worker writes, and gets: {waits}" for key, _, waits, _ in seen.met if waits
        ]
        promise(
            not waits,
            saw=f"while the phone rings for {', '.join(waits[:1])}; {seen.saw}",
            rule="nothing is open across an effect: no transaction, and no SELECT that is half read",
            ask="which of your statements still holds a lock while you wait for the phone?",
            story=story,
        )
        promise(
            not seen.waits,
            saw=f"{seen.saw}; another worker writes then, and gets: {seen.waits}",
            rule="a call that has ended holds no lock, whichever way it went",
            ask="after an error, who ends the transaction that was open?",
            story=story,
        )


def test_the_connection_comes_back_as_it_was(unit, every_story):
    """However a call ends, nothing of it goes on, and the connection is as it was, with nothing open."""
    for story in every_call(unit, every_story):
        promise_under(story, QUIET_END)
        seen = story.seen
        promise(
            not seen.changed,
            saw=f"{seen.saw}; of the connection that was handed in: {', '.join(seen.changed)}",
            rule="the connection is the caller's, and its next statement is, too",
            ask="what do the lines after your call find open, or set otherwise?",
            story=story,
        )


def test_two_workers_ring_once(unit, every_story):
    """Another worker is at the same alert, before any statement of yours: it rings once, without an error."""
    for story in every_worker(every_story):
        worker = story.seen
        alone = bool(story.faulted) and set(story.faulted) == {DUPLICATE}
        promise(
            not alone or (worker.end.kind == "returned" and worker.state == PUBLISHED),
            saw=worker.saw,
            rule="that a row is there already, or is published already, is an ordinary day",
            ask="what can another process do between your look and your write?",
            story=story,
        )
        promise(
            len(worker.rang) <= 1,
            saw=worker.saw,
            rule="the phone knows a repeat by its key",
            ask="under which key does each of your calls go out?",
            story=story,
        )


def test_other_alerts_are_left_alone(unit, every_story):
    """Publishing one alert changes no other row, deletes none, and calls at most once, for it alone."""
    for story in every_worker(every_story):
        worker = story.seen
        rows = [row for row in worker.rows if row[0] != worker.key]
        promise(
            rows == worker.others,
            saw=f"{worker.saw}; beside it {worker.others}, and then {rows}",
            rule="publish answers for one alert; the rows of the others belong to whoever publishes them",
            ask="which rows does each of your statements mean?",
            story=story,
        )
        promise(
            worker.called in ([], [(worker.key, TEXT)]) and (not worker.called or worker.before != PUBLISHED),
            saw=f"{worker.saw}; what it was called with: {worker.called}",
            rule="publish calls once, for its own alert, and not at all for a published one",
            ask="for which rows, and how often, does your code call?",
            story=story,
        )


def test_a_marker_never_goes_back(unit, every_story):
    """What is published stays published, and no marker or text disappears, whatever goes wrong."""
    for story in every_worker(every_story):
        worker = story.seen
        texts = [text for key, text, _ in worker.rows if key == worker.key]
        promise(
            texts in ([], [TEXT]),
            saw=f"{worker.saw}; it came with {TEXT!r}, and the row holds {str(texts[:1])[1:-1]:.40}",
            rule="a row keeps what was asked for, also when it is done",
            ask="which of your statements writes the text, and which one only the state?",
            story=story,
        )
        promise(
            worker.state
            in {NO_ROW: (NO_ROW, IN_PROGRESS, PUBLISHED), IN_PROGRESS: (IN_PROGRESS, PUBLISHED)}.get(
                worker.before, (PUBLISHED,)
            )
            and not (worker.rang and worker.state == NO_ROW)
            and not worker.went_back,
            saw=worker.saw
            + (
                "; for a moment the file no longer said 'published', which it had said"
                if worker.went_back
                else ""
            ),
            rule="published protects when the phone has forgotten its key, and in progress until then",
            ask="what does each of your statements do to a row that is there already?",
            story=story,
        )


def test_the_next_call_finds_the_process_as_it_was(unit, every_story):
    """After every way to end, the same process publishes the alert, and one of the same key elsewhere."""
    for story in chain(every_story_again(every_story), every_stop(every_story)):
        promise_under(story, LIVES_ON)
        worker = story.seen
        if worker.was_killed:
            continue
        promise(
            worker.again.kind == "returned"
            and worker.state_again == PUBLISHED
            and (worker.rang_again == 1 or worker.before == PUBLISHED),
            saw=f"{worker.saw}; published again in the same process, nothing going wrong, it "
            f"{worker.again}, and the database says {told(worker.state_again)}",
            rule="what is known of an alert stands in the table; what a process remembers may be old",
            ask="what does the call before leave behind, in memory or in the connection?",
            story=story,
        )
        promise(
            worker.elsewhere.kind == "returned" and worker.rang_elsewhere == 1,
            saw=f"{worker.saw}; then the key comes with another database, in which it is new: publish "
            f"{worker.elsewhere}, and that phone rang {times(worker.rang_elsewhere)}",
            rule="a key names an alert in one database, and says nothing about any other",
            ask="what does your code remember of a key, and whose was it?",
            story=story,
        )
        odd = [in_words(*one) for n, one in enumerate(worker.put_back) if not is_as_ever(*one, n + 2)]
        promise(
            not odd,
            saw=f"published in one call; somebody puts it back to {IN_PROGRESS!r}, more than once, and the "
            f"same process is asked for it; {odd[0] if odd else ''}",
            rule="what is known of an alert stands in the table; what a process remembers may be old",
            ask="who can change a row, and how does the next call learn of it?",
            story=story,
        )


def is_as_ever(name, fails, end, called, calls):
    """Did this go as in a process that is new? Each calls the phone once more, and a recovery counts."""
    if name == "publish":
        return end.kind == ("raised" if fails else "returned") and called == calls
    return end.kind == "returned" and end.value == (0 if fails else 1) and called == calls


def in_words(name, fails, end, called):
    failed = f"{fails}, and " if fails else ""
    return f"{failed}{name} {end}, and by then the phone had been called {times(called)}"


def every_stop(every_story):
    """Every story of a worker that is told to stop, and is asked again in the same process all the same."""
    yield from every_story(a_worker, {UNDECLARED}, depth=1, ways=STOPPED, then=True)


def every_stopped_recovery(every_story):
    """Every story of a recovery that is told to stop, and one in which a call was refused before."""
    yield from every_story(a_recovery, {UNDECLARED}, depth=1, ways=STOPPED)
    failing = REFUSED.text, SHUT_DOWN.text
    yield from every_story(a_recovery, (), depth=0, ways=STOPPED_LATER, waiting=3, failing=failing)


def test_a_stop_goes_through(unit, every_story):
    """A worker that is told to stop while the phone rings stops, and what it leaves is in progress."""
    for story in every_stop(every_story):
        worker = story.seen
        stopped = bool(worker.phone_errors)
        promise(
            not stopped or (worker.end.passed_on(worker.phone_errors) and worker.state == IN_PROGRESS),
            saw=f"{worker.saw}; what was raised: {worker.end.beside(worker.phone_errors)}",
            rule="what is no Exception is for whoever runs the process, and says nothing about the phone",
            ask="which of your lines catches it, or writes when it comes?",
            story=story,
        )
        _promise_no_context(story, worker.phone_errors)
    for story in every_stopped_recovery(every_story):
        found = story.seen
        calls = [key for key, _ in found.called]
        stops = [error for error in found.errors if error != "ConnectionRefusedError: refused"]
        promise(
            not stops or found.end.passed_on(stops),
            saw=f"{found.saw}; what was raised: {found.end.beside(stops)}",
            rule="what is no Exception is for whoever runs the process, and goes there as it is",
            ask="what does your loop do with an exception that is no Exception?",
            story=story,
        )
        _promise_no_context(story, stops)
        promise(
            not stops or len(calls) == calls.index(found.stopped_at) + 1,
            saw=f"{found.saw}; what was raised: {found.end.beside(stops)}; the phone was called for "
            f"{', '.join(calls)}",
            rule="a recovery that is told to stop begins nothing any more",
            ask="what does your loop do with an exception that is no Exception?",
            story=story,
        )


# ---- a recovery


@dataclass
class Recovery:
    """One call of recover, and what it met."""

    waiting: list
    settled: list
    newcomers: list
    stays: str = ""
    end: object = None
    rows: list = ()
    called: list = ()
    rang: list = ()
    met: list = ()
    errors: list = ()
    troubles: list = ()
    last_troubles: list = ()
    failed: list = ()
    stopped_at: str = ""
    too_early: list = ()
    changed: list = ()
    waits: str = ""
    was_killed: bool = False
    late: list = ()
    failed_keys: list = field(default_factory=list)

    @property
    def states(self):
        return {key: state for key, _, state in self.rows}

    @property
    def held(self):
        """Keys and texts of all that was there before, or that others began meanwhile."""
        others = [(key, TEXT) for key in (*self.waiting, *self.newcomers)]
        return [*others, *((key, text) for key, text, _ in self.settled)]

    @property
    def published(self):
        return self._published_of(self.waiting)

    @property
    def taken(self):
        """Those that others began meanwhile, and that it has finished, too."""
        return self._published_of(self.newcomers)

    def _published_of(self, keys):
        states = self.states
        return [key for key in keys if states.get(key) == PUBLISHED]

    @property
    def saw(self):
        failed = ""
        if self.failed:
            few = len(self.failed) <= FEW
            failed = f"{'; then '.join(self.failed) if few else f'{len(self.failed)} calls fail'}; "
        if self.newcomers:
            failed += f"others begin {len(self.newcomers)} more and publish one meanwhile; "
        return (
            f"{len(self.waiting)} alerts are in progress; {failed}{self.stays}recover(db, phone) {self.end}; "
            f"of them are published then: {len(self.published)}"
            + (f", and of the others' {len(self.taken)}" if self.taken else "")
        )


RECOVERED = ports.writes(
    "the call", "it rings", "it rang", lost=(TimeoutError,), undeclared=(RuntimeError, None)
)


def a_recovery(
    unit, story, *, ways=RECOVERED, waiting=2, failing=(), stays="", at_once=False, takes_s=CALL_S
):
    """Some alerts are in progress, all with one text, and two are published; `failing` calls fail.

    Where many wait, a call takes no time at all, and others begin some more meanwhile, and publish one. What
    `stays` begins when the phone has rung once, or at once.
    """
    waits = [story.name(f"disk-{place:03d}/r1") for place in range(waiting)]
    settled = [(story.name("api-2/r7"), TEXT, PUBLISHED), (story.name("db-1/r2"), "", PUBLISHED)]
    database = Database(story, [*settled, *((key, TEXT, IN_PROGRESS) for key in waits)])
    phone = Phone(story, database, ways, looks=LOOKS if waiting < LOOKS else 1)
    phone.will_fail("ring", *failing)
    phone.takes_s = takes_s
    seen = Recovery(waits, settled, [], lasts(stays, takes_s, at_once=at_once))
    if waiting >= LOOKS:
        phone.takes_s, phone.meanwhile = 0, others_go_on(story, database, seen.newcomers, waiting)
    if at_once:
        database.stays(stays)
    else:
        phone.then_stays = stays
    with story.process() as process:
        seen.end = process.run(unit.recover.later(database, phone))
        if not process.crashed:
            seen.changed, seen.waits = database.changed, database.others_cannot_write()
    seen.was_killed = process.crashed
    seen.waits = seen.waits or database.others_cannot_write()
    seen.rows, seen.called, seen.rang, seen.met = database.rows, phone.called[:], phone.rang[:], phone.met[:]
    seen.errors, seen.failed = phone.errors.get("ring", [])[:], phone.failed.get("ring", [])[:]
    seen.failed_keys = [key for key, _ in phone.called if key not in phone.answered]
    seen.stopped_at = seen.failed_keys[-1] if seen.failed_keys else ""
    seen.troubles, seen.too_early = database.troubles[:], database.too_early[:]
    seen.last_troubles = database.last_of_each
    seen.too_early += [key for key in (*seen.published, *seen.taken) if key not in phone.heard]
    seen.late = phone.late
    return seen


def others_go_on(story, database, newcomers, waiting):
    """What others do while a recovery goes on, by the number of the call: they begin two alerts.

    One comes before all that wait, and one behind them. So it is at a call that goes well, at one that does
    not, and at the last one; and they publish another one.
    """

    def begin(*names, state=IN_PROGRESS):
        keys = [story.name(f"{name}/r1") for name in names]
        newcomers.extend(keys if state == IN_PROGRESS else ())
        for key in keys:
            database.others_write("INSERT INTO alerts VALUES (?, ?, ?)", (key, TEXT, state))
            database.tell(f"another worker has written that {key} is {state}")

    def begin_and_publish():
        begin("cpu-3", "net-4")
        begin("web-5", state=PUBLISHED)

    return {
        1: begin_and_publish, 2: lambda: begin("bus-2", "ops-6"), waiting: lambda: begin("app-1", "pod-8")
    }  # fmt: skip


def every_recovery(every_story):
    return every_story(a_recovery)


def every_long_recovery(unit, every_story):
    """A recovery of very many alerts, then those in which the trouble of the database goes on.

    Before, a call has failed with an error that is told like one of the database.
    """
    yield from every_recovery_of_many(unit, every_story)
    for trouble in TROUBLES:
        yield from every_story(
            a_recovery, (), depth=0, ways=OTHERS, waiting=3, failing=DRIVERS_OWN[:1], stays=trouble
        )
    yield from every_story(a_recovery, (), depth=0, stays=Database.LOCKED, at_once=True)


def every_recovery_of_many(unit, every_story):
    """A recovery of more alerts than a number in the code counts, or than a call of itself goes down.

    Then one of a few alerts whose calls take very long.
    """
    numbers = [number + 3 for number in numbers_of(unit, NUMBERS_MAX, in_texts=True)]
    many = max([MANY, *numbers, TOO_DEEP if recurs(unit) else 0])
    failing = ("", *ALL_SORTS, *("the call is refused",) * max([10, *numbers]))
    many = max(many, len(failing) + max([10, *numbers]))
    yield from every_story(a_recovery, (), depth=0, ways=OTHERS, waiting=many, failing=failing)
    failing = "", REFUSED.text
    yield from every_story(a_recovery, (), depth=0, waiting=3, failing=failing, takes_s=2 * YEAR_S)


def test_a_recovery_goes_on(unit, every_story):
    """An alert for which the phone raises stays in progress; the others are published, and counted."""
    for story in every_recovery(every_story):
        _promise_of_a_recovery(story)
    for story in every_recovery_of_many(unit, every_story):
        _promise_of_a_recovery(story)


def _promise_of_a_recovery(story):
    found = story.seen
    kept = {(key, text) for key, text, _ in found.rows}
    lost = [(key, text) for key, text in found.held if (key, text) not in kept]
    promise(
        not lost,
        saw=f"{found.saw}; before, the table held {lost[:1]}, and then no row with this key and this text",
        rule="a recovery says of an alert how far it is, and keeps what the next one needs to ring again",
        ask="which of your statements deletes a row, or writes more than its state?",
        story=story,
    )
    undisturbed = not found.was_killed and not found.troubles
    promise(
        not undisturbed
        or (
            found.end.value == len(found.published) + len(found.taken) and found.published == answered(found)
        ),
        saw=f"{found.saw}{not_published(found)}",
        rule="one failure is one alert's failure: the others are rung for, published and counted",
        ask="what happens to the alerts behind the one that fails?",
        story=story,
    )
    promise(
        found.was_killed
        or found.end.kind != "returned"
        or found.end.value == len(found.published) + len(found.taken),
        saw=f"{found.saw}; the database said: {'; then '.join(found.troubles[:FEW])}",
        rule="recover counts the alerts that it has published, each of them once",
        ask="what does your number count, and what becomes of it when a statement is tried again?",
        story=story,
    )
    promise(
        not undisturbed
        or sorted(found.called) == sorted((key, TEXT) for key in (*found.waiting, *found.taken)),
        saw=f"{found.saw}; the phone was called {times(len(found.called))}, at first for "
        f"{[key for key, _ in found.called[:3]]}",
        rule="a recovery calls once for each alert that is in progress, and for no other",
        ask="which rows does your recovery read, and what decides that it is done with one?",
        story=story,
    )


def not_published(found):
    """Of those that have rung and are not published, one, in words."""
    left = [key for key in answered(found) if key not in found.published]
    return f"; the call for {left[0]!r} went well, and it is not published" if left else ""


def answered(found):
    return [key for key in found.waiting if key not in found.failed_keys]


def test_a_recovery_tells_the_truth(unit, every_story):
    """Wherever a recovery is stopped, what is published has rung, and was marked before the next call."""
    for story in chain(every_recovery(every_story), every_recovery_of_many(unit, every_story)):
        found = story.seen
        promise(
            not found.too_early and set(found.settled) <= set(found.rows),
            saw=f"{found.saw}; the phone has rung for {len(found.rang)}",
            rule="a marker follows the fact that it states, for each alert by itself",
            ask="which rows does your statement mean, and has the phone rung for all of them?",
            story=story,
        )
        late = [key for *_, unmarked in found.met for key in unmarked]
        promise(
            not late or bool(found.troubles),
            saw=f"{found.saw}; it called for the next alert while {late[:1]}, which had rung, was not "
            "published in the file",
            rule="what is done is made durable before the next thing begins",
            ask="how many calls does a kill at the last line make again?",
            story=story,
        )


def test_a_recovery_tells_what_the_database_raises(unit, every_story):
    """When the database is locked or full, a recovery raises what it raised: that is no failure of a call."""
    for story in chain(every_recovery(every_story), every_long_recovery(unit, every_story)):
        found = story.seen
        promise(
            not found.troubles
            or found.was_killed
            or found.end.passed_on(found.troubles)
            or (found.end.kind == "returned" and found.published == answered(found)),
            saw=f"{found.saw}; what went wrong with the database: {found.end.beside(found.troubles)}",
            rule="what the database raises is passed on as it is",
            ask="which errors does your loop take for a failed call?",
            story=story,
        )
        _promise_the_last(story)
        _promise_no_context(story, found.troubles)
        promise(
            not found.stays or found.end.kind == "returned" or not found.late,
            saw=f"{found.saw}; after the database had raised, the phone was called {times(len(found.late))}",
            rule="what the database raises is passed on at once: without a marker, nothing more begins",
            ask="what can your loop still write down, once the database has said no?",
            story=story,
        )


# ---- from process to process


@dataclass
class Chain:
    """An alert that went through several processes."""

    asked: bool = False
    recovered: str = ""
    rang_recovered: int = 0
    rang: int = 0
    rang_later: int = 0
    last: object = None
    recovery: object = None


LOSES = ports.writes("the call", "it rings", "it rang", refused=None, lost=(TimeoutError,))


def killed_and_recovered(unit, story):
    """A worker and a recovery that are killed or hear nothing; then a recovery and a worker undisturbed."""
    key = story.name("disk-7/r1")
    database = Database(story)
    phone = Phone(story, database, LOSES)
    publish, recover = unit.publish.later(database, phone, key, TEXT), unit.recover.later(database, phone)
    seen = Chain()
    with story.process() as process:
        process.run(publish)
    seen.asked = bool(phone.called)
    with story.process() as process:
        process.run(recover)
    seen.recovery = story.until_done(recover)
    seen.recovered, seen.rang_recovered = database.state(key), len(phone.rang)
    seen.last = story.until_done(publish)
    seen.rang = len(phone.rang)
    story.later(2 * DAY_S)
    story.until_done(publish)
    story.until_done(recover)
    seen.rang_later = len(phone.rang)
    return seen


def test_one_alert_rings_once(unit, every_story):
    """Killed anywhere, unheard, and killed again while it recovers: in the end one alert has rung once."""
    for story in every_story(killed_and_recovered, {CRASH, LOST}):
        chain = story.seen
        promise(
            chain.rang == 1,
            saw="a worker, a recovery, then a recovery and a worker that nothing disturbs: the phone rang "
            f"{times(chain.rang)}; the last publish {chain.last}",
            rule="whoever finds an alert in progress finishes it, under its own key",
            ask="what does your code do with a marker that it did not write?",
            story=story,
        )


def test_nothing_that_was_asked_is_lost(unit, every_story):
    """Once the phone has been called, a recovery alone finishes the alert, without being told of it again."""
    for story in every_story(killed_and_recovered, {CRASH, LOST}):
        chain = story.seen
        promise(
            not chain.asked or (chain.recovered == PUBLISHED and chain.rang_recovered == 1),
            saw="the phone had been called, and two recoveries came after: in the database then: "
            f"{told(chain.recovered)}; the phone rang {times(chain.rang_recovered)}",
            rule="before you act, write down durably all that is needed to finish",
            ask="what does the next process know of this alert, and from where?",
            story=story,
        )


def test_published_is_for_good(unit, every_story):
    """Two days later, when the phone has forgotten the key, a published alert does not ring again."""
    for story in every_story(killed_and_recovered, {CRASH, LOST}):
        chain = story.seen
        promise(
            chain.rang_later == chain.rang,
            saw="published; two days later it is published and recovered once more, and the phone rang "
            f"{times(chain.rang_later)} in all",
            rule="what is done has to be durable before you say that it is done",
            ask="what does the next process read, and which statement made it durable?",
            story=story,
        )


# ---- values


def strange_alerts(unit, story):
    """Alerts whose keys are made of the submission's own words, of SQL, and of letters in either case.

    Their texts are words of its own, too: one that has all of them, and then each by itself.
    """
    words = words_of(unit)
    names = ["disk", "DISK", "d_sk", "d%sk", "O'Brien", '"', "?", ":key", "; --", " ", "x" * 200]
    long = max([9_000, *(number + 1 for number in numbers_of(unit, LONG_MAX))])
    strange = ["ä a\u0308 日本 🙂 \ufeff", " it's\r\n'in progress' \n", "92 %\0full", "\t"]
    texts = ["", TEXT, *strange[:2], "0", "y" * long, "?", *strange[2:], TEXT.join(["", *words, ""]), " "]
    told = {story.name(f"{name}-7"): text for name, text in zip(names, texts, strict=True)}
    for place, word in enumerate(words):
        name = word if word.isascii() and word.isprintable() else f"word-{place}"
        told.setdefault(story.name(f"{name}-7"), word)
    first, *_ = told
    return [*told.items(), *((key, TEXT) for key in (f"{first} ", *map(first.ljust, LENGTHS, "xx")))]


def got_instead(text, called):
    """What the phone was called with in the place of this text, in words."""
    if not called:
        return "not at all"
    key, got = called[0]
    return f"with ({key!r:.60}, {got!r:.60}), a text of {len(got)} characters for one of {len(text)}"


def test_every_key_and_every_text_arrives(unit, story):
    """Whatever a key or a text is made of, the phone gets both as they are, also from a recovery."""
    alerts = strange_alerts(unit, story)
    database = Database(story)
    phone, line = Phone(story, database), Phone(story, database)
    with story.process() as process:
        for place, alert in enumerate(alerts):
            ended = process.run(unit.publish.later(database, phone, *alert))
            promise(
                phone.called == alerts[: place + 1],
                saw=f"publish(db, phone, {alert[0]!r:.60}, {alert[1]!r:.60}) {ended}; the phone was called "
                f"{got_instead(alert[1], phone.called[place:])}",
                rule="a key and a text are any text, and go out as they are",
                ask="what does your code make of them, and do two keys stay two?",
            )
        _promise_published(alerts, database, phone, f"publish(db, phone, key, text) {ended}")
        database.others_write(f"UPDATE alerts SET state = '{IN_PROGRESS}'")
        line.will_fail("ring", *((REFUSED.text, "")[place % 2] for place in range(len(alerts))))
        recover = unit.recover.later(database, line)
        ended = f"recover(db, phone) {process.run(recover)}, and once more {process.run(recover)}"
    _promise_published(alerts, database, line, f"all put back, and every other call refused; {ended}")


def _promise_published(alerts, database, phone, ended):
    """Each of these alerts is published, and the phone has rung for it with its own text."""
    heard, states = dict(phone.rang), database.states()
    for key, text in alerts:
        rang = (
            f"rang with {heard[key]!r:.40} ({len(heard[key])} characters)" if key in heard else "has not rung"
        )
        promise(
            heard.get(key) == text and states.get(key) == PUBLISHED,
            saw=f"{len(alerts)} alerts; {ended}; {key!r:.60} comes with {text!r:.40} ({len(text)} "
            f"characters), it {rang} and is {told(states.get(key, NO_ROW))} in the database",
            rule="what goes out is what publish was given, letter by letter, and each key is one alert",
            ask="what is in the row, is it all of it, and how does your code find it again?",
        )
    promise(
        len(phone.rang) == len(alerts),
        saw=f"{len(alerts)} alerts; {ended}; the phone rang {times(len(phone.rang))}",
        rule="two keys are two alerts, and one key is one",
        ask="under which key does each of your calls go out?",
    )
