"""What is checked for ex51: a marker that stays true wherever the process stops."""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

from halfway.kit import (
    BESIDE,
    CRASH,
    LIVES_ON,
    LOST,
    ORDER,
    QUIET_END,
    REFUSED,
    UNDECLARED,
    AsRaised,
    asserting_source,
    callers,
    error_of_all,
    known_errors,
    numbers_of,
    odd_errors,
    only_story,
    ports,
    promise,
    promise_under,
    takes_time,
    words_of,
)

WITHOUT = {
    "asked at any time": "nothing in this unit only reads: who asks for a state reads the table",
    "clocks of their own": "no clock is handed in",
    "elsewhere": "nothing is made of the machine: what is known stands in the table and in the log",
    "kinds meet: CRASH and UNDECLARED": "such an error ends the call, so nothing of it is left to be killed",
    "kinds meet: LOST and REFUSED": "a worker calls once, and a recovery treats both as no answer",
    "kinds meet: LOST and UNDECLARED": "a worker calls once, and such an error ends a recovery",
}

STATES = {"PENDING": "pending", "IN_PROGRESS": "in progress", "PUBLISHED": "published"}
LEGAL = {("PENDING", "IN_PROGRESS"), ("IN_PROGRESS", "PENDING"), ("IN_PROGRESS", "PUBLISHED")}
MOVES = sorted(product(STATES, repeat=2), key=lambda move: (move in LEGAL, move[0] == move[1], move))


class Markers(ports.Table):
    """The table: it writes whatever it is asked to write."""

    serves = frozenset(("ids", "read", "swap"))
    raises = (*ports.Table.raises, KeyError, TypeError)

    def __init__(self, story, unit, rows, meanwhile=None):
        self.states, self.swaps = {name: getattr(unit.State, name) for name in STATES}, 0
        super().__init__(story, rows, meanwhile)

    def shown(self, value):
        return STATES[value]

    def says(self, alert_id):
        return f"the marker says {STATES[self.rows[alert_id]]}"

    def named(self, state):
        for name, known in self.states.items():
            if state == known:
                return name
        raise TypeError(f"a marker is a State, not {state!r}")

    @takes_time
    def ids(self):
        return (yield from self.reading(lambda: list(self.rows)))

    @takes_time
    def read(self, alert_id: str):
        return (yield from self.reading(lambda: self.states[self.value(alert_id)]))

    @takes_time
    def swap(self, alert_id: str, old, new):
        self.swaps += 1
        was, becomes = self.named(old), self.named(new)
        return (yield from self.writing("swap", lambda: self.swapped(alert_id, was, becomes)))


class Phone(ports.Phone):
    """The on-call phone, and its log, which knows for whom it rang."""

    serves = frozenset(("has_rung", "ring"))
    log = ports.reads("the log")

    def __init__(self, story, rang=()):
        super().__init__(story, rang)
        self.asked = []
        self.asked_after_a_call = False

    @takes_time
    def ring(self, alert_id: str):
        yield from self.call(alert_id)

    @takes_time
    def has_rung(self, alert_id: str):
        self.asked.append(alert_id)
        self.asked_after_a_call |= alert_id in self.called
        return (
            yield from self.request(
                "has_rung", self.log, lambda: alert_id in self.rang, before_s=3.0, after_s=0
            )
        )


class CalmMarkers(Markers):
    """The table of somebody else's alerts."""

    calm = True


class CalmPhone(Phone):
    """A phone at which nothing goes wrong."""

    calm = True


# ---- code of callers: it runs beside the learner's, with a table and a phone of its own


class Table:
    """A table in memory; after `first` good ones its next calls of this name end with these errors.

    Its next swaps take these times, and then write, or fail.
    """

    def __init__(self, rows, errors=(), first=1, at="swap", takes_s=()):
        self.rows, self.errors, self.first, self.at = dict(rows), list(errors), first, at
        self.claims, self.own, self.takes_s = 0, list(rows), list(takes_s)

    def __repr__(self):
        return "<markers>"

    async def meets(self, name):
        import asyncio

        await asyncio.sleep(self.takes_s.pop(0) if name == "swap" and self.takes_s else 0)
        self.first -= name == self.at
        if name == self.at and self.first < 0 and self.errors:
            raise self.errors.pop(0)

    async def ids(self):
        await self.meets("ids")
        return self.own

    async def read(self, alert_id):
        await self.meets("read")
        return self.rows[alert_id]

    async def swap(self, alert_id, old, new):
        self.claims += new.name == "IN_PROGRESS"
        await self.meets("swap")
        if self.rows[alert_id] != old:
            return False
        self.rows[alert_id] = new
        return True


class Bell:
    """A phone in memory, and its log: every call ends with this error, or else it rings.

    A call is one from where it is called: a task may take its first step a turn later.
    """

    def __init__(self, takes_s=0.0, error=None, rang=(), silences=0):
        self.takes_s, self.error, self.rang, self.calls = takes_s, error, list(rang), 0
        self.silences = silences

    def __repr__(self):
        return "<phone>"

    def ring(self, alert_id):
        self.calls += 1
        return self.rings(alert_id)

    async def rings(self, alert_id):
        import asyncio

        await asyncio.sleep(self.takes_s)
        if self.error is not None:
            raise self.error
        self.rang.append(alert_id)

    def has_rung(self, alert_id):
        self.calls += 1
        return self.answers(alert_id, self.calls)

    async def answers(self, alert_id, call):
        import asyncio

        await asyncio.sleep(self.takes_s)
        if call <= self.silences:
            raise (TimeoutError, ConnectionRefusedError)[call % 2]("no answer")
        if self.error is not None:
            raise self.error
        return alert_id in self.rang


class SlowLog:
    """A log whose first question ends with this error; the next take a minute, and a while to stop."""

    def __init__(self, error):
        self.error, self.calls, self.under_way = error, 0, 0

    def __repr__(self):
        return "<phone>"

    async def has_rung(self, alert_id):
        import asyncio

        self.calls += 1
        if self.calls == 1:
            await asyncio.sleep(1)
            raise self.error
        self.under_way += 1
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(5)
            raise
        finally:
            self.under_way -= 1
        return False


class Desk:
    """A table and a phone in memory that answer at once; their next calls end as `ends` says.

    A call is one from where it is called: `early` has the marker of each that the caller had not claimed.
    """

    def __init__(self, state, rang=(), meanwhile=None):
        self.rows = {"disk-7": state, "api-2": type(state).PENDING}
        self.rang, self.calls, self.asked, self.early, self.ends = list(rang), [], set(), [], {}
        self.meanwhile, self.is_claimed = meanwhile, False

    def meets(self, what):
        if what in self.ends:
            raise self.ends[what]

    async def ids(self):
        return list(self.rows)

    async def read(self, alert_id):
        return self.rows[alert_id]

    async def swap(self, alert_id, old, new):
        if self.meanwhile is not None:
            self.rows[alert_id], self.meanwhile = self.meanwhile, None
        self.meets("claim" if new.name == "IN_PROGRESS" else "write")
        if self.rows[alert_id] != old:
            return False
        self.rows[alert_id], self.is_claimed = new, self.is_claimed or old.name == "PENDING"
        return True

    def ring(self, alert_id):
        self.calls.append(alert_id)
        if not self.is_claimed:
            self.early.append(self.rows[alert_id].name)
        return self.rings(alert_id)

    async def rings(self, alert_id):
        self.meets("ring")
        self.rang.append(alert_id)
        self.meets("reply")

    async def has_rung(self, alert_id):
        self.asked.add(alert_id)
        self.meets("log")
        return alert_id in self.rang


class LineDropped(BaseException):
    """What a phone's library may raise: it is no Exception."""


def oddly_built(known):
    """Errors that are built like few, each as a refusal, as a silence, and as neither, with words."""
    odd = [*odd_errors(Exception).items()]
    for kind in (ConnectionRefusedError, ConnectionResetError):
        own = [each for each in odd_errors(kind).items() if isinstance(each[1], kind)]
        odd += [(words.replace("an error", f"a {kind.__name__}", 1), error) for words, error in own]
    of_all = error_of_all(ConnectionRefusedError, known, "no")
    odd.append(("a refusal of a class that is every other class, too", of_all))
    return [*odd, ("an error that is no Exception", LineDropped("gone"))]


def errors_by_words():
    """Errors that are built like few, and one of each class that the learner's file can name, with words."""
    import errno
    from dataclasses import dataclass

    import recover as there

    @dataclass(frozen=True)
    class ReadOnlyError(Exception):
        text: str

    class ConnectionRefusedLater(TimeoutError):
        pass

    errors = [
        ConnectionRefusedError(errno.EHOSTUNREACH, "no route"),
        ConnectionError(errno.ECONNREFUSED, "the second hop is gone"),
        ConnectionRefusedLater("no reply"),
        ReadOnlyError("out of order"),
    ]
    numbers = ("EACCES", "EAGAIN", "EHOSTUNREACH", "EIO", "ENETDOWN", "ENETUNREACH", "ENOENT", "EPERM")
    errors += [OSError(getattr(errno, name), "refused") for name in numbers]
    # What a coroutine raises as StopIteration is another error.
    known = [each for each in known_errors(there, "refused") if not isinstance(each, StopIteration)]
    errors, odd = [*errors, *known], oddly_built(known)
    groups = [("a group of a refusal", ExceptionGroup("all lines", [ConnectionRefusedError("refused")]))]
    if any(hasattr(there, name) for name in ("suppress", "contextlib")):
        # Since Python 3.12 `suppress` takes groups apart: a file with it would have two verdicts.
        odd, groups = [each for each in odd if not isinstance(each[1], ExceptionGroup)], []
    return [*((named(error), error) for error in errors), *odd, *groups]


async def end_of(call, error=None):
    """How a call ends, in words; `error` is the very one that it may raise."""
    import asyncio

    raised = None if error is None else AsRaised(error)
    try:
        await call
    except asyncio.CancelledError:
        return "was cancelled"
    except NotImplementedError:
        raise  # It is still to be written.
    except BaseException as end:
        inside = end.exceptions if isinstance(end, BaseExceptionGroup) else ()
        if not any(one is error for one in (end, *inside)):
            return f"raised {type(end).__name__}"
        return "raised the error, changed" if raised.change(error) else "raised the error"
    return "returned"


async def publish_oddly():
    """Of the odd errors of phone and table the first that ends wrongly: what came, the end, the marker."""
    import recover as there

    for words, error in errors_by_words():
        table = Table({"disk-7": there.State.PENDING})
        end = await end_of(there.publish("disk-7", table, Bell(error=error)), error)
        marker = there.State.PENDING if isinstance(error, ConnectionRefusedError) else there.State.IN_PROGRESS
        if end != "raised the error" or table.rows["disk-7"] is not marker:
            return [[f"the phone raises {words}", end, table.rows["disk-7"].name]]
        for claims in (0, 1) * (not isinstance(error, (ConnectionError, TimeoutError))):
            table, bell = Table({"disk-7": there.State.PENDING}, [error], claims), Bell()
            end = await end_of(there.publish("disk-7", table, bell), error)
            marker = (there.State.PENDING, there.State.IN_PROGRESS)[claims]
            if end != "raised the error" or table.rows["disk-7"] is not marker or len(bell.rang) != claims:
                of = ("claim", "write after the call")[claims]
                return [[f"of the {of} comes {words}", end, table.rows["disk-7"].name]]
    return []


def named(error):
    """An error in a sentence: its class, and its number where it has one."""
    import errno

    name = type(error).__name__
    number = errno.errorcode.get(getattr(error, "errno", None))
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}" + (f" of {number}" if number else "")


async def recover_oddly():
    """Of the odd errors of log and table the first that ends wrongly: who raised what, how it ended."""
    import recover as there

    doubt = {"disk-7": there.State.IN_PROGRESS}
    for words, error in errors_by_words():
        is_silence, table = isinstance(error, (ConnectionError, TimeoutError)), Table(doubt)
        # Out of a generator Python itself lets no StopAsyncIteration: what comes is made of it.
        is_remade = isinstance(error, StopAsyncIteration)
        end = await end_of(there.recover(table, Bell(error=error)), error)
        promised = "returned" if is_silence else "raised" if is_remade else "raised the error"
        if not end.startswith(promised) or table.rows != doubt:
            return [["log", words, f"{end}, and the marker says {table.rows['disk-7'].value}"]]
        # No error of the table is a group that holds a silence.
        for at in ("ids", "read", "swap") * (not is_silence and not isinstance(error, ExceptionGroup)):
            end = await end_of(there.recover(Table(doubt, [error], 0, at), Bell(rang=["disk-7"])), error)
            if not end.startswith("raised" if is_remade else "raised the error"):
                return [["table", f"{words} of {at}()", end]]
    return []


async def cancel_oddly(is_first, is_counted):
    """Cancel a publish whose call takes a minute; or call it in a task that has not heard of its cancel."""
    import asyncio

    import recover as there

    async def work():
        if is_first:
            asyncio.current_task().cancel()
        table = Table({"disk-7": there.State.PENDING})
        return await end_of(there.publish("disk-7", table, Bell(60.0)))

    task = asyncio.create_task(work())
    if not is_first:
        # No timer of theirs rings then: since 3.13 a cancel that meets one is gone once it is not counted.
        await asyncio.sleep(0.7548776)
        task.cancel()
        if not is_counted:
            task.uncancel()
    return await task


async def publish_in_a_clean_up():
    """A task that was cancelled publishes two alerts while it cleans up, and the first one is refused."""
    import asyncio

    import recover as there

    table = Table(dict.fromkeys(("disk-7", "api-2"), there.State.PENDING))
    refusal = ConnectionRefusedError("refused")

    async def work():
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            first = await end_of(there.publish("disk-7", table, Bell(1.0, refusal)), refusal)
            return [first, await end_of(there.publish("api-2", table, Bell(1.0)))]

    task = asyncio.create_task(work())
    await asyncio.sleep(1)
    task.cancel()
    return [*await task, *(state.name for state in table.rows.values())]


async def cancelled_after(turns, call, bell, table, is_next):
    """Cancel a call after so many turns: how it ended, and what began after that; None if it was done.

    A claim begins a turn later when a task makes it whose move was called before; and so, if `is_next`,
    does a call.
    """
    import asyncio

    task = asyncio.create_task(end_of(call))
    for _ in range(turns):
        await asyncio.sleep(0)
    calls, is_cancelled = bell.calls, task.cancel()
    await asyncio.sleep(0)
    calls, claims = bell.calls if is_next else calls, table.claims
    end = await task
    return [end, bell.calls - calls + table.claims - claims] if is_cancelled else None


async def cancel_soon():
    """Cancel a publish, then a recovery, in each of its turns: what was found where it is not as promised."""
    import itertools

    import recover as there

    seen, no = [], ConnectionRefusedError("refused")
    for turns, is_broken, error in itertools.product(range(1, 10), (False, True), (None, no)):
        table = Table({"disk-7": there.State.PENDING}, [RuntimeError("out of order")] * 3 * is_broken)
        bell = Bell(error=error)
        found = await cancelled_after(turns, there.publish("disk-7", table, bell), bell, table, False)
        if found not in (None, ["was cancelled", 0]):
            seen.append(["publish", turns, "the table fails after the claim" * is_broken, *found])
    for turns, state in itertools.product(range(1, 10), (there.State.IN_PROGRESS, there.State.PUBLISHED)):
        table, bell = Table({"disk-7": state}), Bell()
        found = await cancelled_after(turns, there.publish("disk-7", table, bell), bell, table, False)
        if found is not None and found[0] != "was cancelled":
            seen.append(["publish", turns, f"the alert is {state.value}", *found])
    for turns, is_broken in itertools.product(range(1, 10), (False, True)):
        doubts = dict.fromkeys(("disk-7", "api-2"), there.State.IN_PROGRESS)
        table, bell = Table(doubts, [RuntimeError("out of order")] * 3 * is_broken, 0), Bell()
        # A question that is called in the turn of the cancel is one that is under way.
        found = await cancelled_after(turns, there.recover(table, bell), bell, table, True)
        if found not in (None, ["was cancelled", 0]):
            seen.append(["recover", turns, "the table takes no write" * is_broken, *found])
    return seen


async def publish_once(marker="PENDING", error=None):
    """Publish the alert of a table that comes and goes, with its phone: how often it rang."""
    import recover as there

    bell = Bell(error=error)
    await end_of(there.publish("disk-7", Table({"disk-7": there.State[marker]}), bell))
    if error is not None:
        error.__traceback__ = error.__context__ = None  # it holds the table
    return len(bell.rang)


async def publish_from_many_tables(many):
    """So many tables come and go, each with an alert of the same id: for how many of them the phone rang."""
    rang = 0
    for place in range(many):
        await publish_once(
            "PENDING", (TimeoutError("no reply"), ConnectionRefusedError("refused"))[place % 2]
        )
        await publish_once(("IN_PROGRESS", "PUBLISHED")[place % 2])
        rang += await publish_once()
    return rang


async def recover_from_many_tables(many):
    """So many tables come and go, each with a doubt: how many of them recover settles truly."""
    import recover as there

    settled = 0
    for place in range(many):
        await publish_once()
        known = (there.State.PENDING, there.State.PUBLISHED)[place % 2]
        bell, table = Bell(rang=["disk-7"] * (place % 2)), Table({"disk-7": there.State.IN_PROGRESS})
        told = await there.recover(table, bell)
        settled += told == table.rows == {"disk-7": known}
        del bell, table
    return settled


async def recover_many(many):
    """The log is silent about so many alerts, and answers for as many: how many are settled, and told of."""
    import recover as there

    table = Table(dict.fromkeys(map(str, range(2 * many)), there.State.IN_PROGRESS))
    told = await there.recover(table, Bell(silences=many))
    return [sum(state is there.State.PENDING for state in table.rows.values()), len(told)]


async def recover_many_from_a_broken_log(many):
    """The log is out of order for each of so many alerts: how recover ended, and whether all are in doubt."""
    import recover as there

    error, doubts = (
        RuntimeError("out of order"),
        dict.fromkeys(map(str, range(many)), there.State.IN_PROGRESS),
    )
    table = Table(doubts)
    return [await end_of(there.recover(table, Bell(error=error)), error), table.rows == doubts]


async def recover_a_long_table(many):
    """So many alerts are settled already, in no order of their names: how recover ended, and told of all."""
    import recover as there

    desk, told = Desk(there.State.PUBLISHED), {}
    desk.rows = {str(number * 7919 % many): there.State.PUBLISHED for number in range(many)}
    ids = list(desk.rows)

    async def given():
        return ids

    async def work():
        told.update(await there.recover(desk, desk))

    desk.ids = given
    return [await end_of(work()), told == desk.rows, ids == list(desk.rows)]


async def recover_from_a_broken_log():
    """Of three questions the first fails: how recover ended, and the questions that go on then."""
    import recover as there

    error = RuntimeError("out of order")
    table = Table(dict.fromkeys(("disk-7", "api-2", "cpu-3"), there.State.IN_PROGRESS))
    log = SlowLog(error)
    return [await end_of(there.recover(table, log), error), log.under_way]


async def publish_many(many):
    """Publish one alert, then so many at once, with calls of a minute: how many rang, and both times."""
    import asyncio

    import recover as there

    loop, bell, seconds = asyncio.get_running_loop(), Bell(60.0), []
    for names in (["disk-7"], list(map(str, range(many)))):
        table, began_s = Table(dict.fromkeys(names, there.State.PENDING)), loop.time()
        await asyncio.gather(*[there.publish(name, table, bell) for name in names])
        seconds.append(round(loop.time() - began_s))
    return [len(bell.rang) - 1, *seconds]


async def call_early():
    """Publish alerts that are free, taken or done: those for which ring() was called before a claim."""
    import recover as there

    free, taken, done = there.State.PENDING, there.State.IN_PROGRESS, there.State.PUBLISHED
    seen = []
    for state, meanwhile in ((free, None), (free, taken), (free, done), (taken, None), (done, None)):
        for ends in ({}, {"claim": RuntimeError("out of order")}):
            desk = Desk(state, meanwhile=meanwhile)
            desk.ends = ends
            await end_of(there.publish("disk-7", desk, desk))
            seen += [["the claim fails" if ends else "nothing fails", *desk.early]] * bool(desk.early)
    return seen


async def timed(call, after_s):
    """Make a call so many seconds later: how it ended, with its state, and how long it took."""
    import asyncio

    loop = asyncio.get_running_loop()
    await asyncio.sleep(after_s)
    began_s, told = loop.time(), []

    async def work():
        told.append(await call)

    end = await end_of(work())
    return [*(f"returned {getattr(state, 'name', state)}" for state in told), end][0], loop.time() - began_s


async def publish_while_another_claims():
    """Two callers publish one alert, and the first one's claim takes a minute: what is not as promised."""
    import asyncio

    import recover as there

    seen = []
    for words, errors, is_cancelled in (
        ("comes too late", [], False),
        ("fails", [RuntimeError("out of order")], False),
        ("is cancelled after 30 s", [], True),
    ):
        rows = {"disk-7": there.State.PENDING}
        table, bell = Table(rows, [], 0, takes_s=[60.0, 1.0]), Bell(1.0)
        first = asyncio.create_task(timed(there.publish("disk-7", table, bell), 0))
        second = asyncio.create_task(timed(there.publish("disk-7", table, bell), 2))
        await asyncio.sleep(30)
        table.errors, ended = errors, second.done()
        if is_cancelled:
            first.cancel()
        await asyncio.wait([first, second])
        end = second.result()[0]
        if [ended, end, len(bell.rang)] != [True, "returned PUBLISHED", 1]:
            seen.append([words, end if ended else "had not ended then", len(bell.rang)])
    return seen


async def publish_while_another_rings():
    """Two callers publish one alert, and the call takes a minute: how the second one ended, and when."""
    import asyncio

    import recover as there

    table, bell = Table({"disk-7": there.State.PENDING}), Bell(60.0)
    publish = there.publish
    ends = await asyncio.gather(
        timed(publish("disk-7", table, bell), 0), timed(publish("disk-7", table, bell), 30)
    )
    return [*ends[1], len(bell.rang)]


async def beside_a_recovery():
    """Another table is recovered and its log takes a minute: how two calls end meanwhile, and when."""
    import asyncio

    import recover as there

    doubt = {"disk-7": there.State.IN_PROGRESS}
    slow = asyncio.create_task(end_of(there.recover(Table(doubt), Bell(60.0))))
    await asyncio.sleep(1)
    free = Table({"disk-7": there.State.PENDING})
    seen = [
        await timed(there.publish("disk-7", free, Bell(1.0)), 0),
        await timed(there.recover(Table(doubt), Bell(1.0)), 0),
    ]
    await slow
    return [seen[0][0], *(round(took_s) for _, took_s in seen)]


def steps_of(state):
    """What can be done at an alert in this state: which call, what goes wrong, and how its calls end."""
    if state.name == "PUBLISHED":
        return [("publish", "", {}), ("recover", "", {})]
    if state.name == "IN_PROGRESS":
        return [
            ("recover", "", {}),
            ("publish", "", {}),
            ("recover", "the log is silent", {"log": TimeoutError}),
            ("recover", "the log is out of order", {"log": RuntimeError}),
            ("recover", "the table takes no write", {"write": RuntimeError}),
        ]
    refused, broken = {"ring": ConnectionRefusedError}, {"write": RuntimeError}
    return [
        ("publish", "", {}),
        ("recover", "", {}),
        ("publish", "the call is refused", refused),
        ("publish", "the call is refused and the table takes no write after it", refused | broken),
        ("publish", "the reply is lost", {"reply": TimeoutError}),
        ("publish", "the call ends with an error that is no Exception", {"ring": LineDropped}),
        ("publish", "the table takes no claim", {"claim": RuntimeError}),
        ("publish", "the table takes no write after the call", broken),
    ]


async def step_at(there, desk, step, alert="disk-7"):
    """Make a call at this desk: how it ended, how many calls and questions there were, and the markers."""
    name, _, ends = step
    desk.ends = {what: kind("it failed") for what, kind in ends.items()}
    desk.calls, desk.asked, states = [], set(), []
    try:
        if name == "publish":
            states = [await there.publish(alert, desk, desk)]
        else:
            states = [state for _, state in sorted((await there.recover(desk, desk)).items(), reverse=True)]
        how = "returned " + " and ".join(str(getattr(state, "name", state)) for state in states)
    except NotImplementedError:
        raise  # It is still to be written.
    except BaseException as error:
        how = f"raised {type(error).__name__}"
    return [how, len(desk.calls), len(desk.asked), *(state.name for state in desk.rows.values())]


def situations(there):
    """Each marker of an alert, with for whom the phone has rung, and those to which others can bring it."""
    free, taken, done = there.State.PENDING, there.State.IN_PROGRESS, there.State.PUBLISHED
    pending, silent, rung, published = (free, ()), (taken, ()), (taken, ("disk-7",)), (done, ("disk-7",))
    return {
        pending: [pending, silent, rung, published],
        silent: [pending, silent, rung, published],
        rung: [rung, published],
        published: [published],
    }


class Histories:
    """Calls that a process makes one after the other, at desks of which each is new."""

    def __init__(self, there):
        self.there, self.ways = there, situations(there)
        self.kept, self.alone, self.seen = [], {}, []

    async def desk(self, state, rang=()):
        """A new desk; before, an alert was published at another one, so that each history begins alike."""
        rested = Desk(self.there.State.PENDING)
        await step_at(self.there, rested, steps_of(self.there.State.PENDING)[0])
        self.kept += [rested, Desk(state, rang)]  # no other one lies where they lay
        return self.kept[-1]

    async def look(self, before, desk, step, alert="disk-7"):
        """Make a call after another one; whatever is not as it was with nothing before is seen."""
        at = desk.rows["disk-7"], tuple(desk.rang)
        found = await step_at(self.there, desk, step, alert)
        first = self.alone.setdefault((*at, *step[:2], alert), found)
        if found != first:
            self.seen.append([before, at[0].name, bool(at[1]), alert, *step[:2], found, first])

    def steps(self, state):
        """The calls that come after another one, and for which alert: three go well, and one fails."""
        other = steps_of(self.there.State.PENDING)[0]
        return [*((step, "disk-7") for step in steps_of(state)[:3]), (other, "api-2")]

    async def pairs(self):
        """Make each call alone, then each after each other one, whatever others did between the two."""
        for place in self.ways:
            for step, alert in self.steps(place[0]):
                await self.look([], await self.desk(*place), step, alert)
        for place in self.ways:
            for before in steps_of(place[0]):
                first = await self.desk(*place)
                await step_at(self.there, first, before)
                for then, rang in self.ways.get((first.rows["disk-7"], tuple(first.rang)), ()):
                    for step, alert in self.steps(then):
                        desk = await self.desk(*place)
                        await step_at(self.there, desk, before)
                        desk.rows.update({"disk-7": then, "api-2": self.there.State.PENDING})
                        desk.rang = list(rang)
                        await self.look([*before[:2], 1], desk, step, alert)

    async def many(self, many):
        """Make each call so many times in a row, at one desk where that is possible; then another call."""
        free, taken = self.there.State.PENDING, self.there.State.IN_PROGRESS
        for place in self.ways:
            for before in steps_of(place[0]):
                desk = await self.desk(*place)
                for _ in range(many):
                    if (*desk.rows.values(), tuple(desk.rang)) != (place[0], free, place[1]):
                        desk = Desk(*place)
                        self.kept.append(desk)
                    await step_at(self.there, desk, before)
                if desk.rows["api-2"] is free:
                    await self.look([*before[:2], many], desk, steps_of(desk.rows["disk-7"])[0])
                for other in (free, taken):
                    self.kept.append(Desk(other))
                    await self.look([*before[:2], many], self.kept[-1], steps_of(other)[0])


async def live_through(many):
    """Make each call after each other one, and after many of it: what is not as with nothing before."""
    import recover as there

    histories = Histories(there)
    await histories.pairs()
    await histories.many(many)
    return histories.seen[:1]


async def live_without_asserts(source):
    """Make each call with the file as it is, and as `python -O` reads it: what is not the same."""
    import types

    import recover as there

    bare, seen = types.ModuleType(there.__name__), []
    exec(compile(source, "recover.py", "exec", optimize=1), vars(bare))
    for (state, rang), (plain, _) in zip(situations(bare), situations(there), strict=True):
        for step in steps_of(state):
            found = await step_at(bare, Desk(state, rang), step)
            first = await step_at(there, Desk(plain, rang), step)
            if found != first:
                seen.append([[], state.name, bool(rang), "disk-7", *step[:2], found, first])
    return seen[:1]


CALLERS = (
    Table, Bell, SlowLog, AsRaised, odd_errors, known_errors, named, oddly_built, errors_by_words, end_of,
    publish_oddly, recover_oddly, cancel_oddly, cancelled_after, cancel_soon, publish_in_a_clean_up,
    publish_once, publish_from_many_tables, publish_many, recover_many, recover_from_many_tables,
    recover_from_a_broken_log,
    Desk, LineDropped, error_of_all, call_early, timed, publish_while_another_claims,
    publish_while_another_rings, beside_a_recovery, recover_many_from_a_broken_log, recover_a_long_table,
    steps_of, step_at, situations, Histories, live_through, live_without_asserts,
)  # fmt: skip


def found_by(end):
    """What a caller's function found that is not as promised; if it has not returned, how it ended."""
    return end.value if end.kind == "returned" else [["an error", str(end), "nothing"]]


def ask(unit, story, name, *given):
    """Let a caller's function run in a process of its own, and give how it ended."""
    with story.process() as process:
        return process.run(getattr(callers(unit, *CALLERS), name).later(*given))


def ask_in_two_loops(unit, story, name, *given):
    """Let a caller's function run twice in one process, the second time in a new event loop: both ends."""
    with story.process() as process:
        call = getattr(callers(unit, *CALLERS), name).later(*given)
        return process.run(call), process.again(call, in_a_new_loop=True)


# ---- a move


def moved(unit, story, process, now, old, new):
    """Ask for one move of an alert whose marker is `now`: its end, the marker then, the swaps, and words."""
    alert = story.name("disk-7")
    markers = Markers(story, unit, {alert: now})
    end = process.run(unit.move.later(alert, markers.states[old], markers.states[new], markers))
    saw = f"the marker is {STATES[now]}; move({alert!r}, State.{old}, State.{new}, markers) {end}"
    return end, markers.rows[alert], markers.swaps, f"{saw}; then {markers.says(alert)}"


def test_three_of_nine_moves_are_ever_written(unit, story):
    """Of nine moves three are written when you ask for them; the other six write nothing."""
    with story.process() as process:
        for old, new in MOVES:
            end, marker, _, saw = moved(unit, story, process, old, old, new)
            promise(
                (end.value is True and marker == new) if (old, new) in LEGAL else marker == old,
                saw=saw,
                rule="a marker moves one step at a time, and only to what is known about the phone",
                ask="what is known when a worker, or a recovery, writes this? What if it dies right after?",
            )


def test_wrong_and_too_late_are_told_apart(unit, story):
    """An illegal move raises IllegalMove; a legal one that comes too late returns False, unwritten."""
    with story.process() as process:
        for now, (old, new) in product(STATES, MOVES):
            end, marker, swaps, saw = moved(unit, story, process, now, old, new)
            late = end.value is False and marker == now
            promise(
                (late or now == old) if (old, new) in LEGAL else end.raised(unit.IllegalMove),
                saw=saw,
                rule="a wrong move is never made; whether a legal one was made, the table alone knows",
                ask="does your caller hear which it was: made, somebody else was faster, or nobody may?",
            )
            promise(
                swaps == ((old, new) in LEGAL) or (old, new) not in LEGAL,
                saw=f"{saw}; the table was asked {swaps} times",
                rule="between two questions somebody else can write, and the second answer is about that",
                ask="how often does your code ask the table, and what can another worker do in between?",
            )


# ---- a worker


@dataclass
class Worker:
    """One worker that took a pending alert, and what the same process did when it was asked again."""

    alert: str
    end: object
    marker: str
    rang: list
    called: int
    asked: bool
    phone_failed: str
    errors: list
    began_late: int
    again: object = None
    other: object = None
    elsewhere: object = None
    rang_in_all: list = ()
    was_killed: bool = False

    @cached_property
    def saw(self):
        failed = f"{self.phone_failed}; " if self.phone_failed else ""
        call = f"publish({self.alert!r}, markers, phone)"
        return f"{failed}{call} {self.end}, and the marker says {STATES[self.marker]}"


def somebody_else(unit, story):
    """An alert of the same id in another table, published in the same process at the same time."""
    alert = story.name("disk-7")
    return unit.publish.later(alert, CalmMarkers(story, unit, {alert: "PENDING"}), CalmPhone(story))


def a_worker(unit, story, *, then=False):
    """One worker takes a pending alert; `then` the same process is asked again, and for another alert."""
    alert, other = story.name("disk-7"), story.name("API-2")
    markers, phone = Markers(story, unit, {alert: "PENDING", other: "PENDING"}), Phone(story)
    call = unit.publish.later(alert, markers, phone)
    with story.process() as process:
        end = process.run(call)
        seen = Worker(
            alert,
            end,
            markers.rows[alert],
            list(phone.rang),
            len(phone.called),
            phone.asked_after_a_call,
            phone.failed.get("ring", [""])[0],
            [*phone.errors.get("ring", ()), *markers.errors.get("swap", ())],
            len(phone.begun_late),
        )
        if then and not process.crashed:
            seen.again = process.again(call)
            seen.other = process.again(unit.publish.later(other, markers, phone))
            seen.elsewhere = process.again(somebody_else(unit, story))
            seen.rang_in_all = list(phone.rang)
    seen.was_killed = process.crashed
    return seen


def test_a_worker_that_nothing_stops_goes_all_the_way(unit, every_story):
    """However long the phone takes, and whoever calls, an alert that nothing stops is published."""
    for story in every_story(a_worker):
        worker = story.seen
        promise(
            bool(story.faulted)
            or (worker.end.value == unit.State.PUBLISHED and worker.marker == "PUBLISHED"),
            saw=f"phone and table answer, and nobody stops it; {worker.saw}",
            rule="a call that nothing stops comes to its end, and tells the state of the marker",
            ask="after a call that went well, what does the table hold, and what do you return?",
            story=story,
        )


def test_a_pending_alert_has_not_rung(unit, every_story):
    """Wherever a worker is stopped, an alert whose marker says pending has not rung."""
    for story in every_story(a_worker):
        worker = story.seen
        promise(
            worker.marker != "PENDING" or not worker.rang,
            saw=f"{worker.saw}, and the phone has rung for it",
            rule="pending says one thing: the phone has certainly not rung",
            ask="who knew that it had not rung, when you set the marker to pending or left it there?",
            story=story,
        )


def test_a_published_alert_has_rung(unit, every_story):
    """Wherever a worker is stopped, an alert whose marker says published has rung."""
    for story in every_story(a_worker):
        worker = story.seen
        promise(
            worker.marker != "PUBLISHED" or bool(worker.rang),
            saw=f"{worker.saw}, and the phone has not rung for it",
            rule="published says one thing: the phone has certainly rung",
            ask="what had to be known before that marker was written, and was it?",
            story=story,
        )


def test_a_worker_calls_once_and_asks_nobody(unit, every_story):
    """However its call ends, a worker does not call again, and does not ask the log about it."""
    for story in every_story(a_worker):
        worker = story.seen
        promise(
            worker.called <= 1 and not worker.asked,
            saw=f"{worker.saw}; calls: {worker.called}{', and it asked the log' if worker.asked else ''}",
            rule="publish calls once: to call again is for its caller to decide, to ask is recovery's work",
            ask="who asks, by the contract, and when?"
            if worker.asked
            else "who decides about a second call?",
            story=story,
        )


def test_only_a_refusal_is_a_no(unit, every_story):
    """A refused alert is pending again; after every other error of the phone it stays in progress."""
    for story in every_story(a_worker):
        worker = story.seen
        refused = "refused" in worker.phone_failed
        alone = refused and story.faulted == [REFUSED]
        doubtful = bool(worker.phone_failed) and not refused
        promise(
            worker.marker == ("PENDING" if alone else "IN_PROGRESS" if doubtful else worker.marker),
            saw=worker.saw,
            rule="a refusal is knowledge; after every other error nobody knows, and the doubt stays",
            ask="which of the phone's errors says that it did not ring, and which marker says the same?",
            story=story,
        )


def test_the_caller_hears_what_was_raised(unit, every_story):
    """Refused, no reply, a broken connection, anything else: the error itself reaches the caller."""
    for story in every_story(a_worker):
        worker = story.seen
        stopped = worker.was_killed or story.cancelled
        promise(
            bool(stopped)
            or not worker.errors
            or str(worker.end) in [f"raised {error}" for error in worker.errors],
            saw=f"{worker.saw}; what was raised: {', '.join(worker.errors)}",
            rule="the marker tells the next process; the error tells the caller, who may try again",
            ask="how does the caller learn how the call went, and what does it do next?",
            story=story,
        )


def test_an_error_is_what_its_class_says(unit, story):
    """Errors that are built like no other: a refusal is its class alone, and each comes through as it is."""
    end = ask(unit, story, "publish_oddly")
    for what, how, marker in found_by(end):
        promise(
            False,
            saw=f"{what}: publish {how}, and the marker says {STATES.get(marker, marker)}",
            rule="an error is known by its class; what it says, holds or is called is for people who read it",
            ask="what do you look at, when you decide what an error says, and what do you do to the error?",
        )


def test_a_cancel_is_heard_however_it_comes(unit, story):
    """Cancelled at its first await, or without being counted, it ends as cancelled; an old cancel is none."""
    for told, *way in (
        ("it is called by a task that was cancelled and has not heard of it", True, True),
        ("it is cancelled, and in the same turn that is taken out of the count", False, False),
    ):
        end = ask(unit, story, "cancel_oddly", *way)
        how = end.value if end.kind == "returned" else str(end)
        promise(
            how == "was cancelled",
            saw=f"{told}: publish {how}",
            rule="a CancelledError at an await is the cancel, however it came there",
            ask="how does your code know that it is cancelled?",
            story=story,
        )
    end = ask(unit, story, "publish_in_a_clean_up")
    first, second, *markers = end.value or [str(end)] * 4
    promise(
        [first, second, *markers] == ["raised the error", "returned", "PENDING", "PUBLISHED"],
        saw=f"a task that was cancelled cleans up: publish of a refused alert {first}, of another one "
        f"{second}; the markers say {' and '.join(STATES.get(name, name) for name in markers)}",
        rule="a cancel that was raised before a call began was not for that call",
        ask="what does your code ask its task, and since when has the answer been so?",
        story=story,
    )


def test_a_cancelled_worker_ends_as_cancelled(unit, every_story):
    """A worker that is cancelled ends as cancelled, also when its work is done, or fails, in that turn."""
    for story in every_story(a_worker):
        worker = story.seen
        promise(
            worker.was_killed or (worker.end.kind == "cancelled") == (story.cancelled > 0),
            saw=f"{worker.saw}; cancels: {story.cancelled}",
            rule="whoever cancels waits to hear that it was cancelled; anything else says that it was not",
            ask="which of your lines turns a CancelledError into something else?",
            story=story,
        )


def test_a_cancelled_worker_does_not_ring_any_more(unit, every_story):
    """A worker that is cancelled begins no call and no question, whatever it may still finish."""
    for story in every_story(a_worker):
        worker = story.seen
        promise(
            not worker.began_late,
            saw=f"{worker.saw}; a call or a question began after the cancel",
            rule="what is under way may come to its end; what has not begun does not begin",
            ask="after a cancel, what does your code still begin, and what does the phone do then?",
            story=story,
        )


def test_nothing_of_a_worker_goes_on(unit, every_story):
    """When publish has ended, in whichever way, nothing of it is under way."""
    for story in every_story(a_worker):
        promise_under(story, QUIET_END)


def test_the_next_call_finds_the_process_as_it_was(unit, every_story):
    """After every way to end, the same process publishes what is pending, and leaves alone what is not."""
    for story in every_story(a_worker, depth=1, then=True):
        promise_under(story, LIVES_ON)
        worker = story.seen
        if worker.was_killed:
            continue
        state = "PUBLISHED" if worker.marker == "PENDING" else worker.marker
        promise(
            worker.again.value == getattr(unit.State, state),
            saw=f"{worker.saw}; published again in the same process, nothing going wrong, it {worker.again}",
            rule="which alerts are free to take stands in the table; what a process remembers may be old",
            ask="what says that the alert is taken: your code, or the table?",
            story=story,
        )
        promise(
            worker.other.value == unit.State.PUBLISHED
            and len(worker.rang_in_all) == len(set(worker.rang_in_all)),
            saw=f"{worker.saw}; then another pending alert comes, and publish {worker.other}",
            rule="no alert waits for another",
            ask="what does the call before still hold when the next one begins?",
            story=story,
        )
        promise(
            worker.elsewhere.value == unit.State.PUBLISHED,
            saw=f"{worker.saw}; then {worker.alert!r} is pending in another table, and publish "
            f"{worker.elsewhere}",
            rule="an id names an alert in one table, and says nothing about any other",
            ask="what says that the alert is taken: your code, or the table?",
            story=story,
        )


def beside_somebody(unit, story, *, begins_s):
    """One worker, and another one with a table of its own, in the same process at the same time."""
    alert = story.name("disk-7")
    with story.process() as process:
        process.run(
            unit.publish.later(alert, Markers(story, unit, {alert: "PENDING"}), Phone(story)),
            beside=somebody_else,
            begins_s=begins_s,
        )


def test_no_alert_waits_for_another(unit, every_story):
    """Whatever becomes of a call, other alerts and other tables in the same process do not wait for it."""
    for begins_s, depth in ((0, 0), (0.5, 1)):
        for story in every_story(beside_somebody, depth=depth, begins_s=begins_s):
            promise_under(story, BESIDE)
    end = ask(unit, only_story(unit), "beside_a_recovery")
    how, publish_s, recover_s = end.value if end.kind == "returned" else (str(end), 0, 0)
    promise(
        how == "returned PUBLISHED" and max(publish_s, recover_s) < 30,
        saw="one table is recovered, and its log takes 60 s; meanwhile, each with calls of 1 s, an alert of "
        f"another table is published, and a third table is recovered: publish {how} after {publish_s} s, "
        f"recover after {recover_s} s",
        rule="a recovery is alone at its table, and has nothing to do with any other",
        ask="what in your code knows that a recovery runs, and does it know of which table?",
    )


def test_alerts_of_one_table_do_not_wait_for_each_other(unit, story):
    """Two alerts of one table, published at the same time, take no longer than one."""
    alerts = [story.name(name) for name in ("disk-7", "db-1", "API-2")]
    markers, phone = Markers(story, unit, dict.fromkeys(alerts, "PENDING")), Phone(story)
    first, *others = (unit.publish.later(alert, markers, phone) for alert in alerts)
    with story.process() as process:
        process.run(first)
        alone_s = story.seconds
        process.together(*others)
    together_s = story.seconds - alone_s
    promise(
        together_s < 1.5 * alone_s,
        saw=f"one alert took {alone_s:g} s; two of the same table, published at the same time, took "
        f"{together_s:g} s",
        rule="no alert waits for another",
        ask="what does one call hold while it waits, and who else wants that?",
    )
    # One more than any bound that stands in the code.
    many = max((99, *numbers_of(unit, 500))) + 1
    end = ask(unit, story, "publish_many", many)
    rang, alone_s, all_s = end.value if end.kind == "returned" else (str(end), 0, 0)
    promise(
        rang == many and alone_s == all_s,
        saw=f"one alert takes {alone_s} s; {many} at the same time take {all_s} s, and {rang} rang"
        if end.kind == "returned"
        else f"{many} alerts at the same time: publish {end}",
        rule="no alert waits for another",
        ask="what in your code can only so many alerts have at the same time?",
    )
    many = 20
    end = ask(unit, story, "publish_from_many_tables", many)
    promise(
        end.value == many,
        saw=f"{many} tables come and go, each with a pending alert of the same id: "
        + ("the phone does not ring for each of them" if end.kind == "returned" else f"publish {end}"),
        rule="an id names an alert in one table, and says nothing about any other",
        ask="what does your code remember of a table, and what if the next one lies where that one lay?",
    )


# ---- several workers


def test_two_workers_make_one_call(unit, every_story):
    """Two workers meet one alert: the phone rings once for it, whoever of them is faster."""
    for story in every_story({ORDER}, depth=2):
        alert = story.name("disk-7")
        markers, phone = Markers(story, unit, {alert: "PENDING"}), Phone(story)
        with story.process() as process:
            worker = unit.publish.later(alert, markers, phone)
            ends = process.together(worker, worker)
        promise(
            len(phone.rang) == 1 and markers.rows[alert] == "PUBLISHED",
            saw=f"two workers called publish({alert!r}, markers, phone): one {ends[0]}, the other {ends[1]}; "
            f"the phone rang {len(phone.rang)} times, and {markers.says(alert)}",
            rule="between a look and a write somebody else can write; only the write's answer is a claim",
            ask="what did the table answer whoever came second, and what did they do with that answer?",
            story=story,
        )
    end = ask(unit, only_story(unit), "publish_while_another_claims")
    for what, how, rang in end.value if end.kind == "returned" else [["is slow", str(end), 0]]:
        promise(
            False,
            saw=f"the first worker's claim takes 60 s, and {what}; a second worker comes after 2 s, when the "
            f"marker is pending: after 30 s it {how}, and in the end the phone rang {rang} times",
            rule="an alert has an owner once the table says so, and not before",
            ask="what does your second worker believe about the first, and who told it?",
        )


@dataclass
class LateWorker:
    """One worker that met an alert which somebody else has, or had."""

    before: str
    alert: str
    end: object
    marker: str
    state: object
    calls: int
    written: list
    errors: list


HELD = (
    ("IN_PROGRESS", []),
    ("PUBLISHED", []),
    ("PENDING", ["IN_PROGRESS"]),
    ("PENDING", ["PUBLISHED"]),
    ("PENDING", ["IN_PROGRESS", "PENDING"]),
)


def too_late(unit, story, *, held):
    """Somebody else has the alert, or is faster to take it: which of these, and what he writes then."""
    alert, (state, meanwhile) = story.name("disk-7"), HELD[held]
    markers, phone = Markers(story, unit, {alert: state}, {alert: meanwhile}), Phone(story)
    wrote = " and then ".join(STATES[value] for value in meanwhile)
    seen = LateWorker(
        f"it is pending, and another machine writes {wrote}" if wrote else f"it is {STATES[state]}",
        *(alert, None, state, None, 0, [], []),
    )
    with story.process() as process:
        seen.end = process.run(unit.publish.later(alert, markers, phone))
    seen.marker, seen.state = markers.says(alert), markers.states[markers.rows[alert]]
    seen.calls, seen.written = len(phone.called), list(markers.written)
    seen.errors = list(markers.errors.get("swap", ()))
    return seen


def test_a_worker_leaves_others_alone(unit, every_story):
    """What is not pending, or was taken by somebody faster, is left alone however the call ends."""
    for held in range(len(HELD)):
        for story in every_story(too_late, depth=1, held=held):
            late = story.seen
            saw = f"{late.before}; publish({late.alert!r}, markers, phone) {late.end}"
            failed = f"{late.errors[0]} came of the claim; " if late.errors else ""
            wrote = ", ".join(f"{STATES[old]} -> {STATES[new]}" for _, old, new in late.written)
            promise(
                not late.calls and not late.written,
                saw=f"{failed}{saw}, calls: {late.calls}, and {late.marker}"
                + (f"; it wrote {wrote}" if wrote else ""),
                rule="what is not pending has an owner, or is done; only a claim that gave True is yours",
                ask="whose alert is it, and what tells you so, when your claim has no answer?"
                if late.errors or story.cancelled
                else "after a claim that failed: whose alert is it?",
                story=story,
            )
            promise(
                bool(story.faulted) or late.end.value == late.state,
                saw=f"{saw}, and {late.marker}",
                rule="what is not pending has an owner, or is done; the caller acts on the state it is told",
                ask="after a claim that failed: what does the table say now?",
                story=story,
            )
    leaves_who_is_at_it(unit)


def leaves_who_is_at_it(unit):
    """Who is at it is not waited for, and nobody is called before a claim."""
    end = ask(unit, only_story(unit), "publish_while_another_rings")
    how, took_s, rang = end.value if end.kind == "returned" else (str(end), 0, 0)
    promise(
        how == "returned IN_PROGRESS" and took_s < 10 and rang == 1,
        saw=f"one worker's call takes 60 s; a second worker comes after 30 s, and {how} after {took_s:g} s; "
        f"the phone rang {rang} times",
        rule="what somebody else has is left alone, and not waited for",
        ask="what does your second worker wait for, and what can it do until then?",
    )
    end = ask(unit, only_story(unit), "call_early")
    for failed, *markers in found_by(end):
        promise(
            False,
            saw=f"{failed}; ring() was called before the alert was claimed, while its marker said "
            f"{STATES.get(markers[0], markers[0])}: there are phones that ring from there on, awaited or not",
            rule="a call begins where ring() is called, and until then the alert has to be claimed",
            ask="in which line does your code call ring(), and what does the marker say just before it?",
        )


# ---- recovery


@dataclass
class Recovery:
    """A recovery of some alerts, and the one after it in the same process."""

    end: object
    rows: dict
    truth: dict
    in_doubt: list
    called: list
    written: list
    unanswered: list
    errors: list
    words: str
    began_late: int
    again: object = None
    rows_then: dict = None
    elsewhere: object = None
    was_killed: bool = False

    @cached_property
    def saw(self):
        return f"{self.words}; recover(markers, phone) {self.end}; {told(self.rows)}"


def told(rows):
    return "the markers: " + (
        ", ".join(f"{alert} {STATES[state]}" for alert, state in rows.items()) or "none"
    )


def a_recovery(unit, story, *, states, then=False):
    """Recovery of some alerts, of which the phone has rung for every other one; `then` once more."""
    names = ("disk-7", "cpu-3", "API-2", "mail-1")[: len(states)]
    alerts = [story.name(name) for name in names]
    rang = [alert for place, alert in enumerate(alerts) if place % 2 == 0]
    rows = dict(zip(alerts, states, strict=True))
    truth = {
        alert: ("PUBLISHED" if alert in rang else "PENDING") if state == "IN_PROGRESS" else state
        for alert, state in rows.items()
    }
    markers, phone = Markers(story, unit, rows), Phone(story, rang)
    call = unit.recover.later(markers, phone)
    with story.process() as process:
        end = process.run(call)
        seen = Recovery(
            end,
            dict(markers.rows),
            truth,
            [alert for alert, state in rows.items() if state == "IN_PROGRESS"],
            list(phone.called),
            list(markers.written),
            phone.failed.get("has_rung", []),
            [*phone.errors.get("has_rung", ()), *markers.errors.get("swap", ())],
            f"{told(rows)}; the phone has rung for {', '.join(rang) or 'nobody'}",
            phone.begun_late.count("has_rung"),
        )
        if then and not process.crashed:
            seen.again = process.again(call)
            seen.rows_then = dict(markers.rows)
            others = CalmMarkers(story, unit, dict.fromkeys(alerts, "IN_PROGRESS"))
            process.again(unit.recover.later(others, CalmPhone(story)))
            seen.elsewhere = others.rows
    seen.was_killed = process.crashed
    return seen


DOUBT, DOUBTS = ("IN_PROGRESS",), ("IN_PROGRESS", "IN_PROGRESS", "PUBLISHED", "PENDING")


def every_recovery(every_story):
    """One doubt with two faults, and several alerts with one."""
    yield from every_story(a_recovery, depth=1, states=(), then=True)
    yield from every_story(a_recovery, depth=2, states=DOUBT)
    yield from every_story(a_recovery, depth=1, states=DOUBTS, then=True)


def test_recovery_tells_the_truth(unit, every_story):
    """Wherever a recovery is stopped, every marker that it wrote is what the phone's log says."""
    for story in every_recovery(every_story):
        found = story.seen
        wrong = [alert for alert, _, new in found.written if new != found.truth[alert]]
        promise(
            not wrong and not found.called,
            saw=f"{found.saw}; calls: {len(found.called)}",
            rule="recovery turns doubts into knowledge, and acts on none of them",
            ask="for each marker that you write: who knows that it is so?",
            story=story,
        )


def test_recovery_leaves_alone_what_is_settled(unit, every_story):
    """What is pending or published when a recovery begins is not written, not even for a moment."""
    for story in every_recovery(every_story):
        found = story.seen
        settled = [alert for alert, _, _ in found.written if alert not in found.in_doubt]
        promise(
            not settled,
            saw=f"{found.words}; recover(markers, phone) wrote the marker of {', '.join(settled)}",
            rule="a marker that is no doubt is knowledge already",
            ask="which alerts are there to be asked about, and what if the process dies in between?",
            story=story,
        )


def test_recovery_settles_every_doubt_and_tells_all(unit, every_story):
    """A recovery that nothing stops settles each doubt as the log says, and returns all states."""
    for story in every_recovery(every_story):
        found, states = story.seen, {name: getattr(unit.State, name) for name in STATES}
        undisturbed = not story.faulted
        promise(
            not undisturbed or found.rows == found.truth,
            saw=f"log and table answer; {found.saw}",
            rule="when the log answers, no doubt is left",
            ask="for each alert in progress: who knows what happened, and what is the true marker then?",
            story=story,
        )
        promise(
            found.end.kind != "returned"
            or found.end.value == {alert: states[state] for alert, state in found.rows.items()},
            saw=found.saw,
            rule="whoever starts the workers reads there what waits, what is done, and what is in doubt",
            ask="which alerts does the table hold, and what does it say of each when you return?",
            story=story,
        )
    many = 1_200
    end = ask(unit, only_story(unit), "recover_a_long_table", many)
    how, has_all, is_as_it_was = end.value if end.kind == "returned" else (str(end), False, True)
    promise(
        how == "returned" and has_all,
        saw=f"{many:,} alerts are published: recover {how if has_all else f'{how}, and tells not of all'}"
        if how == "returned"
        else f"{many:,} alerts are published: recover {how}",
        rule="a table can be longer than any that was tried",
        ask="what in your code grows with each alert, and how far can it grow?",
    )
    promise(
        is_as_it_was,
        saw="after recover the list that the table had given as its ids was another",
        rule="the list is the table's own, and the next who asks is given the same one",
        ask="what does your code do to the list of ids?",
    )


def test_recovery_goes_on_without_an_answer(unit, every_story):
    """Without an answer an alert stays in progress, the others are settled, and the next run asks again."""
    for story in every_recovery(every_story):
        found = story.seen
        silent = bool(story.faulted) and set(story.faulted) <= {REFUSED, LOST}
        left = [alert for alert, state in found.rows.items() if state != found.truth[alert]]
        promise(
            not silent
            or (
                found.end.kind == "returned"
                and len(left) == len(story.faulted)
                and found.rows_then in (None, found.truth)
            ),
            saw=f"{', '.join(found.unanswered)}; {found.saw}"
            + (f"; once more, and {told(found.rows_then)}" if found.rows_then else ""),
            rule="no answer is no knowledge about one alert, and no reason to leave the others in doubt",
            ask="what is known about each of them, and which marker says exactly that?",
            story=story,
        )


def test_a_recovery_passes_on_what_it_cannot_know(unit, every_story):
    """An error that says nothing about the phone reaches whoever starts the process."""
    for story in every_recovery(every_story):
        found = story.seen
        promise(
            story.faulted != [UNDECLARED] or (found.end.kind == "raised" and found.end.holds(found.errors)),
            saw=f"{found.saw}; what was raised: {', '.join(found.errors)}",
            rule="an error that nobody declared is no answer, and no silence either",
            ask="which errors of the log say that it did not answer, and what becomes of all the others?",
            story=story,
        )


def test_an_error_of_log_or_table_is_passed_on(unit, story):
    """An error of the log that is no silence, and any of the table, reach whoever starts the process."""
    end = ask(unit, story, "recover_oddly")
    for who, what, how in found_by(end):
        promise(
            False,
            saw=f"the {who} raises {what}: recover {how}",
            rule="silence is what the log's own protocol calls so; a table that fails is something else",
            ask="around which calls does your except stand, and which errors of each does it take?",
        )
    many = max((20, *numbers_of(unit, 50_000))) + 1
    end = ask(unit, story, "recover_many", many)
    promise(
        end.value == [many, 2 * many],
        saw=f"{2 * many:,} alerts are in progress; the log does not answer the first {many:,} questions, and "
        "answers all others: recover "
        + (
            f"settles {end.value[0]:,}, and tells of {end.value[1]:,}" if end.kind == "returned" else str(end)
        ),
        rule="a doubt that recovery leaves out stays one, and nobody asks again",
        ask="how many alerts does your code take at most, and who settles the others?",
    )
    many = max((20, *numbers_of(unit, 500))) + 1
    end = ask(unit, story, "recover_many_from_a_broken_log", many)
    how, in_doubt = end.value if end.kind == "returned" else (str(end), True)
    promise(
        how == "raised the error" and in_doubt,
        saw=f"{many:,} alerts are in progress, and each question ends with a RuntimeError: recover {how}"
        + ", and not all are in progress after it" * (not in_doubt),
        rule="an error that says nothing about the phone reaches whoever starts the process",
        ask="what of your code ends with each error, and who goes on then?",
    )


def test_a_cancelled_recovery_ends_as_cancelled(unit, every_story):
    """A recovery that is cancelled ends as cancelled, also when its work is done in that turn."""
    for story in every_recovery(every_story):
        found = story.seen
        promise(
            found.was_killed or (found.end.kind == "cancelled") == (story.cancelled > 0),
            saw=f"{found.saw}; cancels: {story.cancelled}",
            rule="whoever cancels waits to hear that it was cancelled; anything else says that it was not",
            ask="which of your lines turns a CancelledError into something else?",
            story=story,
        )


def test_a_cancelled_recovery_asks_nothing_more(unit, every_story):
    """A recovery that is cancelled asks no further question, whatever it may still finish."""
    for story in every_recovery(every_story):
        found = story.seen
        promise(
            not found.began_late,
            saw=f"{found.saw}; questions that began after the cancel: {found.began_late}",
            rule="what is under way may come to its end; what has not begun does not begin",
            ask="after a cancel, what does your code still begin, and how long may that take?",
            story=story,
        )


def recovered(unit, story, process, ids):
    """Recover alerts of these ids, every other one in doubt: how it ended, and the state told for each."""
    rows = {alert: ("IN_PROGRESS", "PENDING")[place % 2] for place, alert in enumerate(ids)}
    end = process.run(unit.recover.later(Markers(story, unit, rows), Phone(story, rang=ids[::4])))
    states = end.value if end.kind == "returned" else {}
    return end, [states.get(alert) for alert in ids]


def test_every_alert_keeps_its_own_id(unit, story):
    """Whatever an id contains, a recovery settles its alert, and tells of it under that id."""
    words = ["", "A", " ", "0", *words_of(unit)]
    ids = list(dict.fromkeys(story.name(f"{left}{word}db") for word in words for left in ("", "eu", "us")))
    with story.process() as process:
        _, plain = recovered(unit, story, process, [story.name(f"disk-{n}") for n in range(len(ids))])
        end, states = recovered(unit, story, process, ids)
    for alert, told_for, wanted in zip(ids, states, plain, strict=True):
        how = f"returned {told_for!r} for it" if end.kind == "returned" else str(end)
        promise(
            told_for == wanted,
            saw=f"one of {len(ids)} alerts is {alert!r}; recover(markers, phone) {how}; with an id such as "
            f"'disk-1' it returned {wanted!r}",
            rule="an id is any text, and stands for its alert as it is",
            ask="what does your code make of an id, and do two ids stay two?",
        )


def test_a_recovery_can_be_stopped_and_run_again(unit, every_story):
    """When a recovery has ended, nothing of it goes on, and run again it settles the rest."""
    for story in every_recovery(every_story):
        promise_under(story, QUIET_END, LIVES_ON)
        found = story.seen
        promise(
            found.rows_then in (None, found.truth),
            saw=f"{found.saw}; run again, nothing going wrong, it {found.again}; "
            f"{told(found.rows_then or {})}",
            rule="a recovery that was stopped leaves doubts, and a doubt can be asked about again",
            ask="what does your code remember of the run before, and what if that is not true any more?",
            story=story,
        )
        promise(
            set((found.elsewhere or {}).values()) <= {"PENDING"},
            saw=f"{found.saw}; then another table, for which no phone has rung, was recovered in the same "
            f"process; {told(found.elsewhere or {})}",
            rule="an id names an alert in one table, and says nothing about any other",
            ask="what does your code remember of the run before, and whose alert was that?",
            story=story,
        )
    many = max((20, *numbers_of(unit, 500))) + 1
    first, second = ask_in_two_loops(unit, only_story(unit), "recover_many", many)
    promise(
        first.kind == second.kind,
        saw=f"{2 * many} alerts are recovered: recover {first}; as many again in a second event loop of the "
        f"same process: recover {second}",
        rule="what waits in an event loop belongs to it, and a process can have another one later",
        ask="what does your code make when its file is imported, and for which event loop is that?",
    )
    end = ask(unit, only_story(unit), "recover_from_a_broken_log")
    how, left = end.value if end.kind == "returned" else (str(end), 0)
    promise(
        how == "raised the error" and not left,
        saw="three alerts are in progress; the first question fails after 1 s, the others take 60 s, and 5 s "
        f"to end when they are cancelled: recover {how}; questions still under way: {left}",
        rule="whoever is told of an error starts anew, and meets what was left running",
        ask="when one question fails, what becomes of the others, and who waits for their end?",
    )


def test_a_cancel_in_any_turn_is_heard(unit, story):
    """Cancelled in whichever turn, also between two calls, it calls no more, and ends as cancelled."""
    end = ask(unit, story, "cancel_soon")
    for who, turns, failed, how, late in (
        end.value if end.kind == "returned" else [["publish", 0, "", str(end), 0]]
    ):
        began = f"; {'calls and claims' if who == 'publish' else 'questions'} that began after that: {late}"
        promise(
            False,
            saw=f"{failed + '; ' if failed else ''}{who} is cancelled in its turn {turns} of the event loop, "
            f"and {how}{began if late else ''}",
            rule="a cancel can come at every await, and after it nothing begins",
            ask="at which awaits can your code be cancelled, and what does each task that it made do then?",
        )


def test_recovery_remembers_no_table(unit, story):
    """Tables and phones come and go, each with an alert of the same id: recover asks about each anew."""
    many = 20
    end = ask(unit, story, "recover_from_many_tables", many)
    promise(
        end.value == many,
        saw=f"{many} tables come and go, each with a doubt about the same id, and their phones with them: "
        + ("recover does not settle each as its log says" if end.kind == "returned" else f"it {end}"),
        rule="an id names an alert in one table, and says nothing about any other",
        ask="what does your code remember of a table or a phone, and what if the next one lies there?",
    )


# ---- one process, and what it has seen


def lived(found, other):
    """What one call did, as a caller and a table see it, where it is not what the other one did."""
    how, calls, asked, *markers = found
    for name, said in STATES.items():
        how = how.replace(name, said)
    facts = [f"it {how}", f"calls: {calls}", f"alerts asked about: {asked}"]
    facts += [f"{alert} is {STATES[name]}" for alert, name in zip(("disk-7", "api-2"), markers, strict=True)]
    return ", ".join(fact for fact, one, another in zip(facts, found, other, strict=True) if one != another)


def a_call(name, failed, times=1):
    """A call in a sentence, with what goes wrong in it, and how often it is made."""
    return name + f" ({failed})" * bool(failed) + f" {times} times" * (times > 1)


def other_than_alone(before, state, has_rung, alert, call, failed, found, first):
    """What was before, the call after it, and both of its ends."""
    earlier = a_call(*before) if before else "python -O leaves out every assert"
    said = f"disk-7 is {STATES[state]}, the phone has {'' if has_rung else 'not '}rung for it"
    made = a_call(f"publish of {alert}" if call == "publish" else call, failed)
    alone = "with nothing before" if before else "with the asserts"
    return (
        f"{earlier}; then {said}, and {made} is made: {lived(found, first)}; {alone}, {lived(first, found)}"
    )


def test_table_and_log_alone_decide(unit, story):
    """Whatever a process did before, and without its asserts, each call does what table and log say."""
    source, many = asserting_source(unit), max((20, *numbers_of(unit, 100))) + 1
    for name, *given in [("live_through", many), ("live_without_asserts", source)][: 1 + bool(source)]:
        end = ask(unit, story, name, *given)
        promise(
            end.kind == "returned",
            saw=f"many calls in one process, one after the other: one {end}",
            rule="what a process did before says nothing about now; the table and the log do",
            ask="what does your code remember of a call?",
        )
        for before, *way in end.value:
            promise(
                False,
                saw=other_than_alone(before, *way),
                rule="what a process did before says nothing about now; the table and the log do"
                if before
                else "an assert is a note for whoever reads it, and can be left out",
                ask="what does your code remember of a call, and who may have changed that since?"
                if before
                else "which of your lines are gone when the asserts are?",
            )


# ---- from process to process


def killed_and_recovered(unit, story):
    """A worker, a recovery, then a recovery and a worker that nothing disturbs, each in a new process."""
    alert = story.name("disk-7")
    markers, phone = Markers(story, unit, {alert: "PENDING"}), Phone(story)
    worker, recovery = unit.publish.later(alert, markers, phone), unit.recover.later(markers, phone)
    for work in (worker, recovery):
        with story.process() as process:
            process.run(work)
    story.until_done(recovery)
    story.until_done(worker)
    return list(phone.rang), markers.says(alert)


def test_one_alert_is_one_call(unit, every_story):
    """Killed anywhere, and killed again while it recovers: in the end one alert has rung once."""
    for story in every_story(killed_and_recovered, {CRASH, LOST}, depth=2):
        rang, says = story.seen
        promise(
            len(rang) == 1,
            saw="a worker, a recovery, then a recovery and a worker that nothing disturbs: "
            f"the phone rang {len(rang)} times, and {says}",
            rule="what is in progress may have rung: neither ring again nor forget it before that is known",
            ask="who could have told the next process whether the phone had rung?",
            story=story,
        )
