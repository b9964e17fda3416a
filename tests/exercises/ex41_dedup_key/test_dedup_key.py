"""What is checked for ex41: one alert is one ring, whatever goes wrong, and one key is one call."""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import permutations, product
from math import log2

from halfway.kit import (
    BESIDE,
    LIVES_ON,
    LOST,
    ORDER,
    QUIET_END,
    REFUSED,
    UNDECLARED,
    AsRaised,
    Port,
    callers,
    known_errors,
    numbers_of,
    odd_errors,
    only_story,
    ports,
    promise,
    promise_under,
    takes_time,
    tried,
    words_of,
)

WITHOUT = {
    "asked at any time": "nothing in this unit reads while work is under way",
    "clocks of their own": "no clock is handed in",
    "between two lines": "no clock is read, and what the phone knows is asked by ringing alone",
    "kinds meet: CRASH and UNDECLARED": "such an error ends publish, so nothing of it is left to be killed",
}

FULL, FULLER, FIRE, ACCENTS = "92 % full", "93 % full", "on fire", ("\xe9", "e\u0301")
DAY_S = 86_400
WAITS_S = (3_600, DAY_S, 31 * DAY_S, 366 * DAY_S, 5 * 366 * DAY_S)
# The phone raises it by its name; what arrives is the learner's own class.
KeyReused = type("KeyReused", (Exception,), {})


class Phone(ports.Phone):
    """The on-call phone service: it rings, unless the key has rung before. Other errors come before it rings.

    With `answers` its next calls end as these say: by an error, or with a receipt for None.
    """

    serves = frozenset(("ring",))
    ways = ports.writes("the call", "it rings", "it rang", undeclared=(RuntimeError, None))
    raises = (*ports.Phone.raises, PermissionError, KeyReused)

    def __init__(self, story, receipt="receipt-1", answers=()):
        super().__init__(story)
        self.receipt, self.answers = receipt, list(answers)
        self.keys, self.call_of, self.begun_after_a_cancel = [], {}, 0

    @takes_time
    def ring(self, key: str, recipient: str, text: str):
        self.keys.append(key)
        self.begun_after_a_cancel += self.world.cancelled > 0
        if self.answers and self.answers[0] is not None:
            yield 1.0
            self.fail(self.answers.pop(0))
        del self.answers[:1]
        return (yield from self.call((recipient, text), lambda: self.receive(key, (recipient, text))))

    def receive(self, key, call):
        known = self.call_of.setdefault(key, call)
        if known is call:
            self.rings(call)
        elif known != call:
            self.fail(KeyReused("the key names another call"))
        else:
            self.tell(f"stays quiet, key {short(key)}")
        return self.receipt

    def fail(self, error):
        self.errors.setdefault("ring", []).append(f"{type(error).__name__}: {error}")
        raise error.with_traceback(None)

    @property
    def raised(self):
        return self.errors.get("ring", [])

    def told(self):
        keys = ", ".join({key: short(key) for key in self.keys}.values()) or "no key"
        return f"called {times(len(self.keys))}, with {keys}; it rang {times(len(self.rang))}"


class CalmPhone(Phone):
    """Somebody else's phone."""

    calm = True


class Line(Port):
    """The wire behind the desk: it rings whenever it is asked; of its receipts, the third is empty."""

    raises = (ConnectionRefusedError, RuntimeError)

    def __init__(self, story, refuses=()):
        super().__init__(story)
        self.rang, self.refuses = [], list(refuses)

    def ring(self, recipient: str, text: str):
        if self.refuses and (error := self.refuses.pop(0)) is not None:
            self.tell("does not ring")
            raise error("the line is down")
        self.rang.append((recipient, text))
        self.tell(f"rings for {short(recipient)}: {short(text)}")
        return receipt(len(self.rang))


def receipt(place):
    return "" if place == 3 else f"receipt-{40 + place}"


def short(value):
    """A key or an intent as a line of text has room for it; spellings that look alike are told apart."""
    told = ascii(value)
    return told if len(told) <= 60 else f"{told[:30]}...{told[-20:]}"


def times(count):
    return "once" if count == 1 else f"{count} times"


def alert(unit, story, incident="disk-7"):
    return unit.Alert(story.name(incident), 1, story.name("Ana"), FULL)


# ---- code of callers: it runs beside publish, with a phone and a line of its own


class Bell:
    """A phone in memory: its next calls end with these errors, and then it rings.

    A call is one from where it is called: a task may take its first step a turn later.
    """

    def __init__(self, takes_s=0.0, errors=(), leaves_s=0.0):
        self.takes_s, self.errors, self.leaves_s = takes_s, list(errors), leaves_s
        self.calls, self.under_way, self.rang = 0, 0, {}

    def __repr__(self):
        return "<phone>"

    def ring(self, key, recipient, text):
        self.calls += 1
        return self.rings(key)

    async def rings(self, key):
        import asyncio

        self.under_way += 1
        try:
            await asyncio.sleep(self.takes_s)
        except asyncio.CancelledError:
            if self.leaves_s:
                await asyncio.sleep(self.leaves_s)
            raise
        finally:
            self.under_way -= 1
        if self.errors:
            raise self.errors.pop(0)
        return self.rang.setdefault(key, "receipt-1")


def errors_by_words():
    """Errors that are built like few, and one of each class that the learner's file can name, with words.

    Each that is built oddly comes as one after which another call is made, and as another one.
    """
    import errno

    import keys

    lost = [each for each in odd_errors(ConnectionResetError).items() if isinstance(each[1], ConnectionError)]
    odd = [(words.replace("an error", "a ConnectionResetError", 1), error) for words, error in lost]
    odd += odd_errors(Exception).items()
    errors = [
        ConnectionError(errno.EHOSTUNREACH, "no route to the phone"),
        TimeoutError(errno.ETIMEDOUT, "no reply"),
    ]
    for name in ("EACCES", "EAGAIN", "EHOSTUNREACH", "EIO", "ENETDOWN", "ENOENT", "EPERM", "EPIPE"):
        errors += [
            OSError(getattr(errno, name), "no reply"),
            ConnectionError(getattr(errno, name), "no reply"),
        ]
    # What a coroutine raises as StopIteration is another error.
    errors += [each for each in known_errors(keys, "no reply") if not isinstance(each, StopIteration)]
    groups = [("a group of lost replies", ExceptionGroup("all lines", [ConnectionResetError("cut off")]))]
    if any(hasattr(keys, name) for name in ("suppress", "contextlib")):
        # Since Python 3.12 `suppress` takes groups apart: a file with it would have two verdicts.
        odd, groups = [each for each in odd if not isinstance(each[1], ExceptionGroup)], []
    return [*((named(error), error) for error in errors), *odd, *groups]


def named(error):
    """An error in a sentence: its class, and its number where it has one."""
    import errno

    name = type(error).__name__
    number = errno.errorcode.get(getattr(error, "errno", None))
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}" + (f" of {number}" if number else "")


async def fail_oddly(attempts):
    """Of the odd errors those that end wrongly: which it is, how it came through, and the calls."""
    import contextlib

    import keys

    seen, one = [], keys.Alert("disk-7", 1, "Ana", "92 % full")
    for words, error in errors_by_words():
        before, raised = [ConnectionResetError("cut off")] * (attempts - 1), AsRaised(error)
        bell, told = Bell(errors=[*before, error, *before]), "no error"
        try:
            await keys.publish(one, bell, attempts)
        except NotImplementedError:
            raise  # It is still to be written.
        except Exception as end:
            told = raised.change(end) or "the error"
        third = Bell(errors=[ConnectionResetError("cut off"), error])
        with contextlib.suppress(Exception):
            await keys.publish(one, third, 3)
        meant = 3 if isinstance(error, (ConnectionError, TimeoutError)) else 2
        if (told, bell.calls, third.calls) != ("the error", attempts, meant):
            seen.append([words, told, bell.calls, third.calls, meant])
    return seen


async def cancel_soon():
    """Cancel a publish in each of its turns: where it ends wrongly, the turn, the end and the late calls.

    And a while after it began, uncounted, when no timer of theirs rings: since 3.13 a cancel that meets one
    is gone once it is not counted.
    """
    import asyncio

    import keys

    seen = []
    for when in (*range(1, 16), 0.0377, 0.1377, 0.377, 0.777, 1.777, 4.777):
        bell = Bell(errors=[ConnectionResetError("cut off")] * 9)
        task = asyncio.create_task(keys.publish(keys.Alert("disk-7", 1, "Ana", "92 % full"), bell))
        if isinstance(when, int):
            for _ in range(when):
                await asyncio.sleep(0)
        else:
            await asyncio.sleep(when)
        before, is_cancelled = bell.calls, task.cancel()
        if is_cancelled and not isinstance(when, int):
            task.uncancel()
        [end] = await asyncio.gather(task, return_exceptions=True)
        if isinstance(end, NotImplementedError):
            raise end  # It is still to be written.
        is_well = isinstance(end, asyncio.CancelledError) and bell.calls == before
        if is_cancelled and not is_well:
            how = f"raised {type(end).__name__}" if isinstance(end, BaseException) else "returned"
            how = "was cancelled" if isinstance(end, asyncio.CancelledError) else how
            seen.append([when, how, bell.calls - before])
    return seen


async def cancel_oddly(cancels, is_first, is_counted, errors):
    """Cancel a publish so often, each a while after the other, while its calls take a minute each."""
    import asyncio

    import keys

    bell = Bell(60.0, [ConnectionResetError("cut off")] * errors, 10.0 if cancels > 2 else 0.0)

    async def work():
        if is_first:
            asyncio.current_task().cancel()
        try:
            await keys.publish(keys.Alert("disk-7", 1, "Ana", "92 % full"), bell)
        except asyncio.CancelledError:
            return "was cancelled"
        except NotImplementedError:
            raise  # It is still to be written.
        except Exception as error:
            return f"raised {type(error).__name__}"
        return "returned"

    task = asyncio.create_task(work())
    for _ in range(cancels):
        # No timer of theirs rings then: since 3.13 a cancel that meets one is gone once it is not counted.
        await asyncio.sleep(0.7548776)
        task.cancel()
        if not is_counted:
            task.uncancel()
    how, under_way = await task, bell.under_way
    await asyncio.sleep(20.0)  # what is under way may end
    return [how, bell.calls, under_way]


async def publish_in_a_clean_up():
    """A task that was cancelled publishes while it cleans up; the first reply is lost."""
    import asyncio

    import keys

    bell = Bell(1.0, [ConnectionResetError("cut off")])

    async def work():
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            return await keys.publish(keys.Alert("disk-7", 1, "Ana", "92 % full"), bell)

    task = asyncio.create_task(work())
    await asyncio.sleep(1)
    task.cancel()
    return [await task, bell.calls]


async def publish_beside(attempts, errors, stops):
    """Two callers publish one alert at once, and the first may be stopped: both ends, the calls, the time."""
    import asyncio

    import keys

    loop, one = asyncio.get_running_loop(), keys.Alert("disk-7", 1, "Ana", "92 % full")
    bell = Bell(60.0, [ConnectionResetError("cut off")] * errors)
    began_s = loop.time()
    first, other = (asyncio.create_task(keys.publish(one, bell, each)) for each in attempts)
    await asyncio.sleep(1)
    if stops:
        first.cancel()
    ends = await asyncio.gather(first, other, return_exceptions=True)
    told = [end if isinstance(end, str) else type(end).__name__ for end in ends]
    return [*told, bell.calls, round(loop.time() - began_s)]


async def publish_after_errors(attempts, errors):
    """Publish with so many attempts, the first of which have no reply: what it gives, and the calls."""
    import keys

    bell = Bell(errors=[TimeoutError("no reply") for _ in range(errors)])
    return [await keys.publish(keys.Alert("disk-7", 1, "Ana", "92 % full"), bell, attempts), bell.calls]


class Wire:
    """A line in memory: its next calls end with these errors, and then it rings whenever it is asked."""

    def __init__(self, errors=()):
        self.rings, self.errors = 0, list(errors)

    def ring(self, recipient, text):
        if self.errors:
            raise self.errors.pop(0)
        self.rings += 1
        return f"receipt-{self.rings}"


class Figures(Wire):
    """A line whose receipts look like numbers."""

    def ring(self, recipient, text):
        super().ring(recipient, text)
        return f"00{self.rings}.0"


def ring_often(often):
    """So many keys ring at one desk, and some again: of the first that rings anew the number and receipts."""
    import keys

    desk = keys.Desk(Wire())
    first = [desk.ring(f"key-{place}", "Ana", "92 % full") for place in range(often)]
    for place in (0, often // 2, often - 3, often - 2, often - 1):
        again = desk.ring(f"key-{place}", "Ana", "92 % full")
        if again != first[place]:
            return [place, first[place], again]
    return []


def ring_in_figures():
    """Keys, receipts and texts that look like numbers: what each ring gave."""
    import keys

    desk, given = keys.Desk(Figures()), []
    calls = [(key, "Ana", "7") for key in ("100", "1e2", "100.0", "0100", "100", "0100")]
    for call in (*calls, ("100", "Ana", "007"), ("100", "Ana", "7.0")):
        try:
            given.append(desk.ring(*call))
        except keys.KeyReused:
            given.append("KeyReused")
    return given


def desk_oddly():
    """Of the odd errors of a line those that end wrongly: which it is, how it came, and the next ring."""
    import keys

    seen = []
    for words, error in errors_by_words():
        desk, raised, told = keys.Desk(Wire([error])), AsRaised(error), "no error"
        try:
            desk.ring("key-0", "Ana", "92 % full")
        except NotImplementedError:
            raise  # It is still to be written.
        except Exception as end:
            told = raised.change(end) or "the error"
        try:
            then = desk.ring("key-0", "Bob", "on fire")
        except Exception as end:
            then = type(end).__name__
        if (told, then) != ("the error", "receipt-1"):
            seen.append([words, told, then])
    return seen


def two_desks_at_one_line():
    """Two desks sit at one line: the receipts of one key, at each of them."""
    import keys

    wire = Wire()
    desks = keys.Desk(wire), keys.Desk(wire)
    return [desk.ring("key-0", "Ana", "92 % full") for desk in desks]


class NewerName(str):
    """A name in a newer Python, to whose tables U+0378 is a letter; here it is no sign yet."""

    __slots__ = ()

    def known(self):
        return self.replace("\u0378", "\u0250")

    def __repr__(self):
        return repr(self.known()).replace("\u0250", "\u0378")

    def __iter__(self):
        return map(NewerName, str.__iter__(self))

    def isprintable(self):
        return self.known().isprintable()

    def isalpha(self):
        return self.known().isalpha()

    def isalnum(self):
        return self.known().isalnum()


def keys_of_alerts_that_go(many):
    """So many alerts come and go, each where the one before it was in memory: how many keys they have."""
    import keys

    return len({keys.dedup_key(keys.Alert(f"disk-{place}", 1, "Ana", "92 % full")) for place in range(many)})


async def publish_to_phones_that_go(many):
    """So many phones come and go, each where the one before it was in memory: how many of them rang."""
    import keys

    rang = 0
    for _ in range(many):
        bell = Bell()
        await keys.publish(keys.Alert("disk-7", 1, "Ana", "92 % full"), bell)
        rang += len(bell.rang)
        del bell
    return rang


def keys_by_older_and_newer_tables():
    """The key of an alert that has a sign of a newer Python in its names, here and there."""
    import keys

    def key_of(kind):
        return keys.dedup_key(keys.Alert(kind("disk-7\u0378"), 1, kind("Ana\u0378"), "92 % full"))

    here = key_of(str)
    try:
        return [here, key_of(NewerName)]
    except Exception:  # It takes no str but str itself.
        return [here, here]


CALLERS = (
    Bell, Wire, AsRaised, odd_errors, known_errors, named, errors_by_words, fail_oddly, desk_oddly,
    cancel_oddly, cancel_soon, publish_in_a_clean_up, publish_beside, publish_after_errors, ring_often,
    two_desks_at_one_line, NewerName, keys_by_older_and_newer_tables, keys_of_alerts_that_go,
    publish_to_phones_that_go, Figures, ring_in_figures,
)  # fmt: skip


def ask(unit, story, name, *given):
    """Let a caller's function run in a process of its own, and give how it ended."""
    with story.process() as process:
        return process.run(getattr(callers(unit, *CALLERS), name).later(*given))


# ---- publish


@dataclass
class Published:
    """An alert that was published, and the day after by another process; or again by the same one."""

    end: object
    calls: int
    rang: int
    late: int
    raised: list
    told: str
    was_killed: bool = False
    again: object = None
    other: object = None
    in_the_end: object = None
    told_in_the_end: str = ""
    rang_in_all: list = field(default_factory=list)
    keys_of_both: list = field(default_factory=list)

    @cached_property
    def saw(self):
        return f"attempts=3, {self.told}; publish {self.end}"


def a_publish(unit, story, *, then=False):
    """An alert is published, and the day after by a new process; `then` first again by the same process."""
    phone = Phone(story)
    with story.process() as process:
        one = alert(unit, story)
        end = process.run(unit.publish.later(one, phone))
        seen = Published(
            end,
            len(phone.keys),
            len(phone.rang),
            phone.begun_after_a_cancel,
            list(phone.raised),
            phone.told(),
        )
        if then and not process.crashed:
            seen.again = process.again(unit.publish.later(one, phone))
            calm = CalmPhone(story)
            seen.other = process.again(unit.publish.later(alert(unit, story, "api-2"), calm))
            seen.keys_of_both = [key for key in calm.keys if key in phone.keys]
    seen.was_killed = process.crashed
    story.later(DAY_S)
    seen.in_the_end = story.until_done(lambda: unit.publish(alert(unit, story), phone))
    seen.told_in_the_end, seen.rang_in_all = phone.told(), phone.rang
    return seen


def test_a_lost_reply_does_not_ring_twice(unit, every_story):
    """Refused or unheard and tried again, one alert rings the phone once, and its receipt comes back."""
    for story in every_story(a_publish):
        seen = story.seen
        promise(
            not set(story.faulted) <= {REFUSED, LOST} or str(seen.end) == "returned 'receipt-1'",
            saw=seen.saw,
            rule="a key makes one more call safe, whatever became of the call before",
            ask="what is the worst that one more call with the same key can do?",
            story=story,
        )
        promise(
            seen.rang <= 1,
            saw=seen.saw,
            rule="the phone stays quiet only for a key that has rung",
            ask="what is the same in the first call and in the second?",
            story=story,
        )


def test_a_new_process_does_not_ring_again(unit, every_story):
    """However it was stopped, an alert that is published again the day after rings the phone once."""
    for story in every_story(a_publish):
        seen = story.seen
        promise(
            seen.rang_in_all == [(story.name("Ana"), FULL)] and seen.in_the_end.kind == "returned",
            saw=f"two processes, {seen.told_in_the_end}; publish {seen.in_the_end}",
            rule="a new process knows the alert, and nothing that the old one made up",
            ask="from what can the second process work out the key that the first one used?",
            story=story,
        )


def test_a_cancel_goes_through(unit, every_story):
    """A cancelled publish ends as cancelled, calls the phone no more, and leaves no call under way."""
    for story in every_story(a_publish):
        promise_under(story, QUIET_END)
        seen = story.seen
        promise(
            seen.was_killed or ((seen.end.kind == "cancelled") == (story.cancelled > 0) and not seen.late),
            saw=f"cancels: {story.cancelled}; after the first it called {times(seen.late)} more; {seen.saw}",
            rule="a cancel is no answer of the phone: somebody here wants publish to end, and what it began",
            ask="which of your lines catches the cancel, and where does it go from there?",
            story=story,
        )


def test_a_cancel_is_heard_however_it_comes(unit, story):
    """Cancelled at its first await, uncounted, or nine times: it ends as cancelled, after one call."""
    for told, *way in (
        ("it is called by a task that was cancelled and has not heard of it", 0, True, True, 0),
        ("it is cancelled, and in the same turn that is taken out of the count", 1, False, False, 0),
        ("it is cancelled twice, while its call takes a minute", 2, False, True, 0),
        ("it is cancelled nine times, while its call takes 10 s to end", 9, False, True, 0),
    ):
        end = ask(unit, story, "cancel_oddly", *way)
        how, calls, under_way = end.value if end.kind == "returned" else (str(end), 0, 0)
        promise(
            how == "was cancelled" and calls <= 1 and not under_way,
            saw=f"{told}: publish {how}, and had called {times(calls)}"
            + (f"; calls still under way: {under_way}" if under_way else ""),
            rule="a CancelledError at an await is the cancel, however it came there",
            ask="how does your code know that it is cancelled?",
            story=story,
        )
    end = ask(unit, story, "publish_in_a_clean_up")
    promise(
        end.value == ["receipt-1", 2],
        saw="a task that was cancelled publishes while it cleans up, and the first reply is lost: publish "
        + (f"returned {end.value[0]!r} after {end.value[1]} calls" if end.kind == "returned" else str(end)),
        rule="a cancel that was raised before a call began was not for that call",
        ask="what does your code ask its task, and since when has the answer been so?",
        story=story,
    )


def test_a_cancel_in_any_turn_is_heard(unit, story):
    """Cancelled in whichever turn, also between two calls, it calls no more, and ends as cancelled."""
    end = ask(unit, story, "cancel_soon")
    for when, how, late in end.value if end.kind == "returned" else [[0, str(end), 0]]:
        began = f"; calls that began after that: {late}" if late else ""
        where = f"in its turn {when} of the event loop"
        if not isinstance(when, int):
            where = f"{when:g} s after it began, and in the same turn that is taken out of the count"
        promise(
            False,
            saw=f"publish is cancelled {where}; it {how}{began}",
            rule="a cancel can come at every await, and after it nothing begins",
            ask="at which awaits can your code be cancelled, and what does each task that it made do then?",
        )


def test_a_call_that_cannot_end_otherwise_is_not_made_again(unit, every_story):
    """An error that says nothing about the network goes through at once, as it is."""
    for story in every_story(a_publish):
        seen = story.seen
        once = story.faulted == [UNDECLARED]
        promise(
            not once or (seen.calls == 1 and str(seen.end) == f"raised {seen.raised[-1]}"),
            saw=f"{seen.saw}; what was raised: {', '.join(seen.raised)}",
            rule="one more call is for what can end differently",
            ask="which errors can a second call change, and what becomes of the others?",
            story=story,
        )


def test_the_next_call_finds_the_process_as_it_was(unit, every_story):
    """After every way to end, the same process publishes the same alert, and another one."""
    for story in every_story(a_publish, depth=1, then=True):
        promise_under(story, LIVES_ON)
        seen = story.seen
        for what, end in (("the same alert again", seen.again), ("another alert", seen.other)):
            promise(
                end is None or str(end) == "returned 'receipt-1'",
                saw=f"{seen.saw}; {what}, in the same process, nothing going wrong: publish {end}",
                rule="what stopped one call is over when the next one begins",
                ask="what does the call before still hold when the next one begins?",
                story=story,
            )
        promise(
            not seen.keys_of_both,
            saw=f"{seen.saw}; another alert, in the same process, rings under a key of the first: "
            f"{', '.join(map(short, seen.keys_of_both[:1]))}",
            rule="to the phone, a key that has rung is work that is done",
            ask="where is the key kept between two calls, and who finds it there?",
            story=story,
        )
    many = 20
    end = ask(unit, only_story(unit), "publish_to_phones_that_go", many)
    promise(
        end.value == many,
        saw=f"{many} phones come and go, and one alert is published to each: "
        + (f"{end.value} of them rang" if end.kind == "returned" else f"publish {end}"),
        rule="what has rung at one phone says nothing about another",
        ask="what does your code remember of a phone, and what if the next one lies where that one lay?",
    )


def another_alert(unit, story):
    """Another alert, published in the same process at the same time."""
    return unit.publish.later(alert(unit, story, "api-2"), CalmPhone(story))


def beside_another(unit, story):
    """An alert is published beside another one."""
    with story.process() as process:
        process.run(unit.publish.later(alert(unit, story), Phone(story)), beside=another_alert)


def test_no_alert_waits_for_another(unit, every_story):
    """Whatever becomes of a call, another alert in the same process is published as if it were alone."""
    for story in every_story(beside_another, depth=1):
        promise_under(story, BESIDE)


def test_many_alerts_go_out_at_once(unit, story):
    """However many alerts are published at the same time, each takes as long as it takes alone."""
    # One more than any bound that stands in the code.
    many = max(numbers_of(unit, 2_000), default=0) + 1
    phone = CalmPhone(story)
    with story.process() as process:
        alerts = [alert(unit, story, f"disk-{number}") for number in range(max(many, 100))]
        process.run(unit.publish.later(alert(unit, story), phone))
        alone_s = story.seconds
        ends = process.together(*[unit.publish.later(each, phone) for each in alerts])
    all_s = story.seconds - alone_s
    kinds = sorted({str(end) for end in ends})
    promise(
        kinds == ["returned 'receipt-1'"] and all_s <= 1.2 * alone_s + 0.6,
        saw=f"one alert takes {alone_s:g} s; {len(alerts)} at once take {all_s:g} s, and publish "
        f"{', '.join(kinds[:3])}",
        rule="an alert that waits for others is late, and nobody sees why",
        ask="what in your code can only so many alerts have at the same time?",
    )


def test_published_twice_at_once_it_rings_once(unit, every_story):
    """Two callers publish one alert at the same time: the phone rings once, and both have the receipt."""
    for story in every_story({ORDER}, depth=1):
        phone = Phone(story)
        with story.process() as process:
            one = alert(unit, story)
            ends = process.together(unit.publish.later(one, phone), unit.publish.later(one, phone))
        promise(
            [str(end) for end in ends] == ["returned 'receipt-1'"] * 2 and len(phone.rang) == 1,
            saw=f"{phone.told()}; one publish {ends[0]}, the other {ends[1]}",
            rule="a repeat is a repeat, however soon it comes",
            ask="what do two calls for one alert share, and what does one of them take from the other?",
            story=story,
        )
    beside_each_other(unit, story)
    in_one_loop_and_the_next(unit, story)


APART = "the phone keeps two calls for one alert apart, so neither waits for the other"
STOPPED = "a cancel stops the caller that it was meant for"
PAIRS = (
    ("the first is stopped", ((3, 3), 0, True), ["CancelledError", "receipt-1", 2, 60], STOPPED),
    ("nothing goes wrong", ((3, 3), 0, False), ["receipt-1", "receipt-1", 2, 60], APART),
    # What the first has then is for other promises.
    ("the first has 1 attempt, and its reply is lost", ((1, 3), 1, False), ["receipt-1"], APART),
)


def beside_each_other(unit, story):
    """Promise that two callers with one alert take nothing from each other."""
    for what, given, meant, rule in PAIRS:
        end = ask(unit, story, "publish_beside", *given)
        told = end.value if len(meant) > 1 or not end.value else end.value[1:2]
        promise(
            told == meant,
            saw=f"two callers publish one alert at the same time, a call takes 60 s, and {what}: they "
            + ("have {} and {}; calls: {}, and it took {} s".format(*end.value) if end.value else str(end)),
            rule=rule,
            ask="what do two calls for one alert share, and what does one of them take from the other?",
            story=story,
        )


def in_one_loop_and_the_next(unit, story):
    """Promise that two callers of a second event loop have what those of the first had."""
    with story.process() as process:
        one, phone = alert(unit, story), CalmPhone(story)
        for _ in range(2):
            ends = [str(end) for end in process.together(*[unit.publish.later(one, phone) for _ in "12"])]
            process.again(unit.publish.later(alert(unit, story, "api-2"), phone), in_a_new_loop=True)
    promise(
        ends == ["returned 'receipt-1'"] * 2,
        saw="two callers publish one alert at the same time, and again in the next event loop: there one "
        f"{ends[0]}, the other {ends[1]}",
        rule="an event loop ends, and what waits in it ends with it",
        ask="what in your code outlives an event loop, and to which one does it belong?",
        story=story,
    )


ATTEMPTS_MOST = 30_000
"""Up to here, numbers are looked for that may bound the attempts."""
UNHEARD = TimeoutError("no reply")
REFUSED_BY_PHONE = ConnectionRefusedError("refused")
# A connection breaks in more than one way: a second call meets another one than the first.
BREAKS = (BrokenPipeError, ConnectionAbortedError, ConnectionResetError, ConnectionError)
CUT = [kind("cut off") for kind in BREAKS]
OTHERS = (RuntimeError("no such name"), PermissionError("you may not call"), KeyReused("another call"))


def published(unit, story, process, attempts, answers):
    """One publish, whose calls end as these answers say: its end, its phone, and both in words."""
    phone = Phone(story, "", answers)
    end = process.run(unit.publish.later(alert(unit, story), phone, attempts=attempts))
    raised = phone.raised if len(phone.raised) <= 10 else [*phone.raised[:2], "and so on"]
    return end, phone, f"attempts={attempts}, called {times(len(phone.keys))}: {raised}; publish {end}"


def test_the_attempts_are_counted(unit, story):
    """publish calls until it has a receipt, `attempts` times at most, once where another call is no use."""
    cases = [(2, [UNHEARD] * 9), (2, [REFUSED_BY_PHONE] * 9), *((3, [error]) for error in OTHERS), (3, [])]
    cases += [
        (1, [UNHEARD] * 9),
        (7, [UNHEARD] * 9),
        (7, [UNHEARD] * 6),
        (5, [UNHEARD, REFUSED_BY_PHONE] * 4),
    ]
    with story.process() as process:
        for attempts, answers in cases:
            end, phone, saw = published(unit, story, process, attempts, answers)
            meant = 1 if answers and answers[0] in OTHERS else min(attempts, len(answers) + 1)
            promise(
                len(phone.keys) == meant and (meant <= len(answers) or end.kind == "returned"),
                saw=saw,
                rule="an attempt is one call; another one is for what can end differently",
                ask="how many calls does your code make, and which errors can a second call change?",
            )
    # More than Python has frames for, a float has powers of two, or any number in the code; and 2**64.
    many = max([1_100, *numbers_of(unit, ATTEMPTS_MOST)]) + 1
    for attempts, errors in ((many, many - 1), (2**64, 1)):
        end = ask(unit, only_story(unit), "publish_after_errors", attempts, errors)
        promise(
            end.value == ["receipt-1", errors + 1],
            saw=f"attempts={attempts}, and {times(errors)} no reply came: publish "
            + ("returned {!r}, calls: {}".format(*end.value) if end.value else str(end)),
            rule="an attempt is one call; another one is for what can end differently",
            ask="what does your code do once for each attempt, and what can it not do so often?",
        )


def test_the_last_error_comes_through(unit, story):
    """When publish gives up, what its last call raised comes through as it is."""
    cases = (
        [UNHEARD, *CUT],
        [UNHEARD, REFUSED_BY_PHONE],
        [REFUSED_BY_PHONE, UNHEARD],
        CUT + [UNHEARD] * 5,
        [],
    )
    with story.process() as process:
        for answers in (*cases, *([error] for error in OTHERS), *([CUT[0], error] for error in OTHERS)):
            end, phone, saw = published(unit, story, process, 2, answers)
            last = phone.raised[-1] if phone.raised else "nothing"
            promise(
                str(end) == (f"raised {last}" if answers else f"returned {phone.receipt!r}"),
                saw=saw,
                rule="what a caller does next depends on how the last call ended",
                ask="which error leaves publish, and who made it?",
            )


def test_an_error_is_what_its_class_says(unit, story):
    """Errors built like no other: their class says whether to call again, and each comes through as it is."""
    end = ask(unit, story, "fail_oddly", 2)
    found = end.value if end.kind == "returned" else [["an error", str(end), 0, 0, 0]]
    for what, told, calls, of_three, meant in found:
        promise(
            of_three == meant,
            saw=f"attempts=3, and in its second call the phone raises {what}: publish calls "
            f"{times(of_three)}",
            rule="an error is known by its class; what it says, holds or is called is for people who read it",
            ask="what does your code look at, when it decides whether to call again?",
        )
        promise(
            False,
            saw=f"attempts=2, and in its second call the phone raises {what}: publish calls {times(calls)}, "
            f"and raises {told}",
            rule="an error is known by its class; what it says, holds or is called is for people who read it",
            ask="which error leaves publish, what does it carry, and who put that there?",
        )


# ---- keys


def test_the_key_is_the_same_everywhere(unit, story):
    """Hours or years later, in a new process, on another machine, the same alert has its old key."""
    disk, ana = story.name("disk-7"), story.name("ana")
    alerts = [(disk, 1, ana), (ana, 1_234_567, ana), (LONG[0], 1, ana), ACCENTED, (f"{disk}\u0378", 1, ana)]
    with only_story(unit).process() as process:
        keys = {"at first": dict(keys_of(unit, process, alerts))}
        for wait_s in WAITS_S:
            process.wait(wait_s)
            keys[f"{wait_s:,} s later"] = dict(keys_of(unit, process, alerts))

    def key_of(one):
        end = tried(lambda: unit.dedup_key(unit.Alert(*one, FULL)))
        return end.value if end.kind == "returned" else end

    there = story.other_machine(lambda: {one: key_of(one) for one in alerts[::-1]})
    for (when, made), one in product([*keys.items(), ("on another machine", there)], alerts):
        promise(
            made[one] == keys["at first"][one],
            saw=f"{short(one)} has the key {short(keys['at first'][one])}, and {when} "
            + ("another one" if isinstance(made[one], str) else f"none: dedup_key {made[one]}"),
            rule="a key is made of what the alert is; all else may hold for one process or machine only",
            ask="what in your key is different at another time, in another process, or on another machine?",
        )
    end = ask(unit, only_story(unit), "keys_by_older_and_newer_tables")
    promise(
        end.kind == "returned" and len(set(end.value)) == 1,
        saw="two names have U+0378 in them, no sign in this Python, and a letter in a newer one: "
        + (
            "the key is {} here, {} there".format(*map(short, end.value)) if end.value else f"dedup_key {end}"
        ),
        rule="each version of Python has its own tables of what a letter is, and of what can be printed",
        ask="which of the functions that you call look at a sign, and do more than to pass it on?",
    )


def test_the_key_changes_with_the_intent_alone(unit, story):
    """Another incident, revision or recipient has another key; another text has not."""
    disk, ana = story.name("disk-7"), story.name("ana")
    key = unit.dedup_key(unit.Alert(disk, 1, ana, FULL))
    for text in (FULLER, FIRE, ""):
        again = unit.dedup_key(unit.Alert(disk, 1, ana, text))
        promise(
            key == again,
            saw=f"{FULL!r} has the key {short(key)}; {text!r}, all else equal, has {short(again)}",
            rule="the key names what must not happen twice; the text only describes it",
            ask="does the person who was called want to be woken again for another wording?",
        )
    names = (disk, story.name("api-2"), disk.upper(), f"{disk} ", f"{disk}  7", f"{disk} 7", *ACCENTS)
    differ(
        unit,
        [*((name, 1, ana) for name in names), (disk, 2, ana), (disk, 1, story.name("bob"))],
        rule="to the phone, a key that has rung is work that is done",
        ask="what becomes of the second alert when the phone has heard the first?",
    )
    many = 20
    end = ask(unit, only_story(unit), "keys_of_alerts_that_go", many)
    promise(
        end.value == many,
        saw=f"{many} alerts of {many} incidents are made, one after the other, and let go: "
        + (f"they have {end.value} keys" if end.kind == "returned" else f"dedup_key {end}"),
        rule="an alert that is gone makes room, and the next one may lie at its place in memory",
        ask="what does your code remember of an alert, and how does it know that alert again?",
    )


ACCENTED = ("d\xedsk-7 \u65e5\u672c", 1, "\xc5sa")
COMMON = ("-", "/", ":", "|", ",", ".", "@", "#", "~")
SEPARATORS = (*COMMON, "", " ", "_", ";", "::", ", ", "\0", "\n", "\t", "\x1f")
NEAR = (
    50, 64, 128, 256, 2**16, 2**24, 2**32, 2**53, 2**62, 2**63 - 3, *(10**digits for digits in range(2, 19)),
)  # fmt: skip
REVISIONS = [*range(1, 34), *(near + by for near in NEAR for by in range(-1, 3))]
HANDMADE = ('", 1, "', '","1","', "', 1, '", "','1','", "&revision=1&recipient=", ";revision=1;recipient=")
NAMES = "E,e,\xe9,e\u0301,\xc9,\u2460,1,e  e,e e,e//e,e/e, e,e ,e\n,\xdf,ss,?,\\xe9,&#233;,%C3%A9,\0,None,"
LONG = [f"{'x' * at}{digit}{'x' * (5000 - at)}" for at in (0, 300, 2500, 5000) for digit in "12"]
# Pairs of equal length that have one crc32, and one adler32, inside whatever text they stand.
TWINS = ("plumless", "buckeroo", "aca", "bab")


def look_alikes(a, own):
    """Intents that are one for somebody who joins their parts, leaves parts out, or escapes carelessly.

    `own` are the words of the submission: whatever it joins names with is one of them.
    """
    yield from ((a, revision, a) for revision in REVISIONS)
    yield from run_together(a)
    yield from (("a", 1, f"{'a' * 9}1a"), (f"a1{'a' * 9}", 1, "a"))
    yield from ((f"{a}1", 1, a), (a, 1, f"1{a}"), ("", 1, "1"), ("1", 1, ""), (a, 1, ""), (a, 1, "all"))
    between = [f"{mark}{rev}1{mark}" for mark, rev in product((*SEPARATORS, *own), ("", "r", "v"))]
    between += [f"{before}1{after}" for before, after in permutations(COMMON[:5], 2)]
    between += [f"{before}1{after}" for before, after in permutations(own, 2)]
    for joint in (*between, *HANDMADE, *SEPARATORS, *own):
        yield from ((f"{a}{joint}{a}", 1, a), (a, 1, f"{a}{joint}{a}"))
    for separator in (*SEPARATORS, *own):
        yield from ((f"{a}{separator}", 1, a), (a, 1, f"{separator}{a}"))
        yield from ((f"{a}{separator}{revision}", 1, a) for revision in (1, 2))
        yield from ((a, 1, f"{revision}{separator}{a}") for revision in (1, 2))
    yield from ((a, revision, a) for revision in (1, 2))
    for separator, escape in product((*COMMON, *own), ("\\", "%", "'", '"')):
        yield from ((f"{a}{separator}{a}{escape}", 1, a), (f"{a}{escape}", 1, f"{a}{separator}{a}"))
    yield from ((twin, 1, a) for twin in TWINS)
    yield from ((name, 1, a) for name in escaped_alike())


def run_together(a):
    """Names that are one where each part follows its length, and nothing says where the length ends."""
    for between in ("", "1", "11"):
        after = f"{between}{len(a)}{a}"
        pad = "x" * (9 - len(between))
        yield from (("1", 1, f"{pad}{after}"), (f"{between}{9 - len(between) + len(after)}{pad}", 1, a))


def misread_lengths(a):
    """Names that are one where each part follows its length in so many digits, and one needs a digit more."""
    for digits, has_revision in product((2, 3, 4), (0, 1, 2)):
        between = ("", "1", f"{1:0{digits}}1")[has_revision]
        end, read = f"{between}{len(a):0{digits}}{a}", 10 ** (digits - 1)
        pad = "x" * (10**digits - read + 1 - len(between) - digits)
        other = pad + end
        name = f"{'x' * (read - 1)}{between}{len(other):0{digits}}{pad}"
        yield from ((name, 1, a), (f"0{'x' * (read - 1)}", 1, other))
        yield from ((a, 1, name), (other, 1, f"0{'x' * (read - 1)}"))


LENGTHS = (
    (100, lambda n: f"{n:02}"), (1_000, lambda n: f"{n:03}"), (10_000, lambda n: f"{n:04}"),
    (256, chr), (256, lambda n: f"{n:02x}"), (2**16, lambda n: f"{n:04x}"),
    (2**16, lambda n: f"\0{chr(n)}"), (2**16, lambda n: f"{chr(n)}\0"),
)  # fmt: skip


def turned_over_lengths(a):
    """Names that are one where each part follows its length, and the length begins anew after so many."""
    for turn, written in LENGTHS:
        for between in ("", "1", f"{written(1)}1"):
            pad = "x" * (turn - len(between) - len(written(1)))
            after = f"{pad}{between}{written(len(a))}{a}"
            yield from ((a, 1, after), (f"{a}{between}{written(len(after) % turn)}{pad}", 1, a))


def escaped_alike():
    """Names that are one where a sign is written as its number, and nothing says where that number ends."""
    for sign, digit in product(" /_\xe9\u2460", "0123456789abcdef"):
        for base in (10, 16):
            if int(digit, 16) < base:
                yield from (f"{sign}{digit}", chr(ord(sign) * base + int(digit, 16)))


def each_alone(a, names):
    return [each for name in names for each in ((name, 1, a), (a, 1, name))]


def keys_of(unit, process, intents):
    # Each alert is made for its call and let go, so that another may have its address.
    ends = process.together(*[unit.dedup_key.later(unit.Alert.once(*each, FULL)) for each in intents])
    for each, end in zip(intents, ends, strict=True):
        promise(
            end.kind == "returned",
            saw=f"{short(each)}: dedup_key {end}",
            rule="every alert has a key, whatever its names contain",
            ask="what does your code expect of the parts of an alert?",
        )
        yield each, end.value


def differ(unit, intents, rule, ask):
    """Promise that these have as many keys. It happens outside the story, which has nothing to tell of it."""
    first_with = {}
    with only_story(unit).process() as process:
        for each, key in keys_of(unit, process, list(dict.fromkeys(intents))):
            first = first_with.setdefault(key, each)
            if first is not each:
                dots = " (they differ where dots stand)" if short(first) == short(each) else ""
                saw = f"{short(first)} and {short(each)}{dots} have one key: {short(key)}"
                promise(False, saw=saw, rule=rule, ask=ask)


def test_names_do_not_run_together(unit, story):
    """Two alerts have two keys, whatever characters their names are made of."""
    own = [word for word in words_of(unit) if word not in SEPARATORS][:12]
    differ(
        unit,
        look_alikes(story.name("a"), own),
        rule="parts that are put together have to be told apart again",
        ask="can incident, revision and recipient be read back from what your key is made of?",
    )


def named_like_a_key(a, keys, marks):
    """Intents with a key, or a part of one, for a name: as a short form of theirs would have it."""
    for key in keys:
        yield from each_alone(a, (key, key[key.find("xx") :], key[: key.rfind("xx") + 2]))
        for word in dict.fromkeys(re.findall(r"[0-9A-Za-z]{8,}", key)):
            yield from each_alone(a, (word,))
        digest = re.split(r"[^0-9A-Za-z_-]", key)[-1]
        yield from ((mark, 1, digest) for mark in marks)
        yield from ((digest, 1, mark) for mark in marks)
        for mark in marks:
            before, _, after = key.partition(mark)
            yield from each_alone(a, (before, after, key.rpartition(mark)[2]))
            yield (before, 1, after.partition(mark)[2])


def test_no_name_is_taken_for_a_key(unit, story):
    """An alert that is named as the key of another one is, or as a part of it, has a key of its own."""
    a = story.name("a")
    marks = [mark for mark in dict.fromkeys((*COMMON, *words_of(unit))) if mark]
    alerts = each_alone(a, ["x" * length for length in (30, 300, 5_000)])
    with only_story(unit).process() as process:
        keys = [key for _, key in keys_of(unit, process, alerts)]
    differ(
        unit,
        [*alerts, *named_like_a_key(a, keys, marks)],
        rule="two forms of key are two languages, and a text can belong to both",
        ask="which name would make your short form spell what your long form gives?",
    )


def test_similar_names_stay_apart(unit, story):
    """Two names that differ in one character are two names, however long or alike they are."""
    # As long as any bound that stands in the code.
    bounds = [*numbers_of(unit, NAME_MOST), 5_001]
    cut = [f"{'x' * (bound - 1)}{signs}" for bound in bounds for signs in ("10", "20", "01", "02")]
    differ(
        unit,
        each_alone(story.name("a"), (*LONG, *NAMES.split(","), *cut)),
        rule="what a key leaves out can be the only difference",
        ask="which characters of a name can change without a change of the key?",
    )
    differ(
        unit,
        [*misread_lengths(story.name("a")), *turned_over_lengths(story.name("a"))],
        rule="parts that are put together have to be told apart again, however long they are",
        ask="how does a reader of your key know where a name of a thousand characters ends?",
    )


MANY, BITS, NAME_MOST = 200, 63, 200_000


def bits_of(keys):
    """How many bits tell these keys apart: of a number its size, else the signs that each place may have.

    Signs that were not seen are estimated from those seen once and twice (Chao, 1984).
    """
    if all(key.removeprefix("-").isdecimal() for key in keys):
        numbers = [int(key) for key in keys]
        return log2(max(map(abs, numbers)) + 1) + any(number < 0 for number in numbers)
    bits, longest = 0, max(map(len, keys))
    for place in zip(*(key.ljust(longest) for key in keys), strict=True):
        counts = Counter(Counter(place).values())
        bits += log2(min(counts.total() + counts[1] ** 2 / (2 * counts[2] or 1), 95))
    return bits


def test_chance_brings_no_two_alerts_together(unit, story):
    """Where a key is shorter than its names, it is long enough that no two of them ever meet."""
    intents = [(f"{'incident ' * 40}{number}", 1, story.name("ana")) for number in range(MANY)]
    with only_story(unit).process() as process:
        keys = [key for _, key in keys_of(unit, process, intents)]
    bits = bits_of(keys)
    promise(
        bits >= BITS or len(max(keys, key=len)) >= len(intents[0][0]),
        saw=f"{MANY} long names have keys such as {short(keys[0])}: about {round(bits)} bits tell them apart",
        rule="a digest of n bits brings two of 2**(n/2) alerts together, and here that is never to be seen",
        ask="after how many alerts is it even odds that two of them have one key?",
    )


def test_a_key_fits_into_a_header(unit, story):
    """A key is 1 to 255 printable ASCII characters, whatever the names contain."""
    names = (*NAMES.split(","), "\u2028", "\U0001f4de", "a\nb", "\x7f", "x" * 256, "\u65e5" * 300)
    # A sign may need up to twelve characters in a key, and a bound may stand at any number of signs.
    names += tuple(sign * many for sign in "x\xe9\U0001f4de" for many in range(10, 260, 10))
    with only_story(unit).process() as process:
        keys = list(keys_of(unit, process, each_alone(story.name("a"), names)))
    for each, key in keys:
        promise(
            1 <= len(key) <= 255 and key.isascii() and key.isprintable(),
            saw=f"{short(each)}: a key of {len(key)} characters, {short(key)}",
            rule="a key travels in a header, and a header takes neither every length nor every character",
            ask="what becomes of such a name on its way into your key?",
        )


def test_another_text_is_no_repeat(unit, every_story):
    """One alert is published in two wordings: one has the receipt, the other KeyReused, then and later."""
    for story in every_story({ORDER}, depth=1):
        phone = Phone(story)
        with story.process() as process:
            incident, ana = story.name("disk-7"), story.name("Ana")
            texts = [unit.Alert(incident, 1, ana, text) for text in (FULL, FULLER)]
            calls = [unit.publish.later(each, phone) for each in texts]
            ends = process.together(*calls)
            later = [process.again(call) for call in calls]
        told = sorted(str(end).partition(":")[0] for end in ends)
        promise(
            told == ["raised KeyReused", "returned 'receipt-1'"]
            and [*map(str, later)] == [*map(str, ends)]
            and len(phone.rang) == 1,
            saw=f"{phone.told()}; publish with {FULL!r} {ends[0]}, with {FULLER!r} {ends[1]}; once more, it "
            f"{later[0]}, and {later[1]}",
            rule="a receipt says that these words have rung, and no others",
            ask="whose words did the phone ring with, and who was told so?",
            story=story,
        )


# ---- the desk


KEYS_MOST = 300_000


def test_a_repeat_gets_the_first_receipt(unit, story):
    """At a new desk each key rings once, and a repeat, however late, gets the receipt of its first call."""
    quiet, ana = only_story(unit), story.name("ana")
    calls = [(story.name("key-1"), ana, FULL), (story.name("key-2"), story.name("bob"), FIRE)]
    keys = ("KEY-3", " key-3", "key-3 ", *TWINS, *(f"key-{place}" for place in range(3, 136)))
    calls += [(key, ana, FULL) for key in (*keys, *(f"{'k' * 254}{digit}" for digit in "12"))]
    with quiet.process() as process:
        unit.Desk(Line(quiet)).ring(*calls[1])
        desk = unit.Desk(Line(quiet))
        first = process.together(*[desk.ring.later(*call) for call in calls])
        unit.Desk(Line(quiet)).ring(*calls[0])  # a third desk begins, and the second knows what it knew
        process.wait(366 * DAY_S)
        again = process.together(
            *[desk.ring.later(key, who, "".join(text)) for key, who, text in calls[:200]]
        )
    for place, (call, end, repeat) in enumerate(zip(calls, first, again, strict=False), start=1):
        promise(
            str(end) == str(repeat) == f"returned {receipt(place)!r}",
            saw=f"at a new desk, ring{short(call)} {end}, a year later {repeat}; meant is {receipt(place)!r}",
            rule="a new key is new work; to its caller a repeat is a success, and here is the proof",
            ask="what does your desk look a key up by, what does it keep beside it, and since when?",
        )
    promise_keys_are_kept(unit, story)


def promise_keys_are_kept(unit, story):
    """A desk forgets no key, takes no text for a number, and shares nothing with another desk."""
    # As many keys as any bound that stands in the code, and two more.
    often = max((200, *numbers_of(unit, KEYS_MOST))) + 2
    end = ask(unit, story, "ring_often", often)
    promise(
        end.value == [],
        saw=f"at a new desk {often:,} keys ring, and then some of them again: "
        + ("number {:,} gives {!r}, then {!r}".format(*end.value) if end.value else f"ring {end}"),
        rule="a key that is forgotten is a key that rings again",
        ask="how many keys does your desk know, and which one does it forget for a new one?",
    )
    end = ask(unit, story, "ring_in_figures")
    meant = ["001.0", "002.0", "003.0", "004.0", "001.0", "004.0"]
    promise(
        end.kind == "returned" and end.value[:6] == meant,
        saw=f"the keys '100', '1e2', '100.0', '0100', '100' and '0100' ring: {list_of(end, 0)}; meant is "
        f"{', '.join(meant)}",
        rule="a key and a receipt are texts, and two spellings are two",
        ask="what does your desk make of a text before it keeps it or looks for it?",
    )
    end = ask(unit, story, "two_desks_at_one_line")
    promise(
        end.value == ["receipt-1", "receipt-2"],
        saw=f"one key rings at two desks that sit at one line: {told_of(end)}",
        rule="two desks share nothing, and so each of them rings",
        ask="where does a desk keep what has rung, and who else finds it there?",
    )


def list_of(end, first):
    """What six rings gave, from this one on, in a row; how they ended, if they gave nothing."""
    return ", ".join(map(str, end.value[first : first + 6])) if end.kind == "returned" else f"ring {end}"


def told_of(end):
    """What two rings gave, for a sentence."""
    return "it gives " + ", then ".join(map(repr, end.value)) if end.kind == "returned" else f"ring {end}"


def twists(ana, own, bounds):
    """Two calls each that differ in a way that is easy to miss; `own` and `bounds` are of the submission."""
    yield from (((ana, FULL), other) for other in ((ana, FIRE), (f"{ana}-2", FULL), (FULL, ana), ("", FULL)))
    yield from (((f"{ana}{mark}x", FULL), (ana, f"x{mark}{FULL}")) for mark in (*SEPARATORS, *own))
    yield from (((ana, FULL), (other, FULL)) for other in (ana.title(), f"{ana} "))
    texts = (FULLER, FULL.upper(), f"{FULL} ", f"{FULL}!", "92 % fuel", "full % 92", "92 %", "")
    pairs = [(FULL, text) for text in texts] + [ACCENTS, LONG[-2:], TWINS[:2], TWINS[2:]]
    pairs += [(f"{'x' * bound}1", f"{'x' * bound}2") for bound in bounds]
    for one, other in pairs:
        yield from (((ana, one), (ana, other)), ((ana, other), (ana, one)))


def test_a_reused_key_is_told(unit, story):
    """A key that comes back with another text or recipient is told as KeyReused, and rings nothing."""
    quiet, key = only_story(unit), story.name("key")
    own = [word for word in words_of(unit) if word not in SEPARATORS]
    with quiet.process():
        for first, other in twists(story.name("ana"), own, numbers_of(unit, NAME_MOST)):
            line = Line(quiet)
            desk = unit.Desk(line)
            one, end = (tried(lambda: desk.ring(key, *call)) for call in (first, other))
            promise(
                one.kind == "returned" and end.raised(unit.KeyReused) and line.rang == [first],
                saw=f"one key: ring{short(first)} {one}, ring{short(other)} {end}; rings: {len(line.rang)}",
                rule="a key that names two calls hides one of them",
                ask="with what does your desk compare the second call?",
            )
    end = ask(unit, story, "ring_in_figures")
    promise(
        end.kind == "returned" and end.value[6:] == ["KeyReused", "KeyReused"],
        saw=f"'100' has rung with the text '7', and then rings with '007' and '7.0': {list_of(end, 6)}",
        rule="a key that names two calls hides one of them",
        ask="with what does your desk compare the second call?",
    )


def test_the_first_call_keeps_its_key(unit, story):
    """After a reused key was told, its first call has its receipt as before, and the other is told again."""
    ana, key, texts = story.name("ana"), story.name("key"), (FULL, FIRE, FULL, FIRE, FIRE, FULL, FIRE)
    with story.process():
        desk = unit.Desk(Line(story))
        said = [tried(lambda: desk.ring(key, ana, text)) for text in texts]
    for text, end in zip(texts, said, strict=True):
        first = str(end) == f"returned {receipt(1)!r}"
        promise(
            first if text == FULL else end.raised(unit.KeyReused) or not said[1].raised(unit.KeyReused),
            saw=f"ring{(key, ana, FULL)}, then with {FIRE!r} {said[1]}; later with {text!r} {end}",
            rule="a call that is turned away changes nothing",
            ask="what does the call in the middle leave in your desk?",
        )


LINE_ERRORS = ([ConnectionRefusedError], [RuntimeError], [ConnectionRefusedError, ConnectionRefusedError])


def test_a_refused_call_leaves_the_key_unused(unit, story):
    """When the line fails, the caller hears it, the key is still unused, and other keys are answered."""
    ana, key = story.name("ana"), story.name("key")
    before = (story.name("key-1"), story.name("bob"), FIRE)
    with story.process():
        for errors in LINE_ERRORS:
            line = Line(story, [None, *errors])
            desk = unit.Desk(line)
            desk.ring(*before)
            failed = [tried(lambda: desk.ring(key, ana, FULL)) for _ in errors]
            known = tried(lambda: desk.ring(*before))
            then = tried(lambda: desk.ring(key, ana, FIRE))
            promise(
                [str(end) for end in failed]
                == [f"raised {error.__name__}: the line is down" for error in errors]
                and str(then) == f"returned {receipt(2)!r}",
                saw=f"ring{short((key, ana, FULL))} {', then '.join(map(str, failed))}; "
                f"then with {FIRE!r} {then}",
                rule="a record follows the fact that it states",
                ask="when does your desk know that it rang, and what does it tell a caller before that?",
            )
            promise(
                str(known) == f"returned {receipt(1)!r}",
                saw=f"one call fails, and then a repeat of an old key {known}",
                rule="a repeat does not reach the line, so it is no matter whether the line is down",
                ask="what does your desk need the line for, when it knows the key?",
            )
    end = ask(unit, only_story(unit), "desk_oddly")
    for what, told, then in end.value if end.kind == "returned" else [["an error", str(end), "nothing"]]:
        promise(
            False,
            saw=f"the line raises {what}: ring raises {told}; then with another text under that key: {then}",
            rule="an error of the line is the line's, whatever your own code calls its errors",
            ask="around which of your lines does an except stand, and whose errors come by there?",
        )
