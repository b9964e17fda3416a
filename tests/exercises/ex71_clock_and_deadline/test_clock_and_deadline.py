"""What is checked for ex71: one owner for when, one for how long, and names that are counted."""

import errno
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from itertools import cycle, islice

from halfway.kit import (
    CRASH,
    LIVES_ON,
    QUIET_END,
    AsRaised,
    Port,
    Wrong,
    callers,
    durable,
    known_errors,
    numbers_of,
    odd_errors,
    ports,
    promise,
    promise_none,
    promise_under,
    recurs,
    times,
    tried,
    words_of,
)

WITHOUT = {
    "asked at any time": "everything here is synchronous, so nothing is ever under way",
    "elsewhere": "nothing is made of the machine: a date comes with an offset of its own, in three zones",
    "somebody is beside it": "everything here is synchronous; two runtimes are a promise of their own",
    "the whole family of errors": "each port raises them by name: subclasses, and such as nobody declared",
}

HOUR, DAY, YEAR = 3_600.0, 86_400.0, 366 * 86_400.0
MOMENT = 1e-6
LEAST = 2.0**-10
"""So little may be left, and is still to be used."""
EXACTLY = 1e-15
"""A float is not more exact than this share of it."""
TOO_DEEP = 1_200
"""So many calls, one inside the other, are more than Python makes."""
OFTEN = 1_600
"""So often somebody looks at what is left: steps that are too small for a float add up."""
READINGS = 24
"""How often somebody may read a moving clock on the way, also for a log, before it counts."""
NOTHING = frozenset()
ZONES = (
    datetime(2026, 3, 29, 1, 55, tzinfo=timezone(timedelta(hours=12, minutes=45))),
    datetime(2026, 3, 29, 1, 55, tzinfo=timezone(-timedelta(hours=3, minutes=30))),
    datetime(2026, 1, 1, tzinfo=UTC),
)


# ---- the ports: each tells the site what it was asked for


class Clock(ports.FakeClock):
    """The machine's clock."""

    def now(self):
        return super().now()

    def monotonic(self):
        return super().monotonic()


class AtSite(Port):
    """A port of a site: what it does may take time, fail, or be the last thing in this process."""

    def __init__(self, story, site):
        super().__init__(story)
        self.site = site

    def is_killed(self, when):
        """Perhaps the process ends here."""
        how = self.world.choose(CRASH, when, ("", f"killed {when}"))
        if how:
            self.world.die(how)

    def spends(self, what):
        """So long does this take today; and then it may raise. What was dated is dated by now."""
        if self.site.asks:
            self.site.asks[-1].goes_on(self.site.clock.hands)
        does = self.site.troubles.get(what)
        if does is not None:
            self.site.clock.hands.go_on(does.takes_s)
            if does.error is not None:
                self.tell(f"{type(does.error).__name__}: {does.error}")
                self.site.raises(does.error, self)


class Gone(TimeoutError):
    """No answer, as a library says it with a class of its own."""


class Full(OSError):
    """The disk is full, as a library says it with a class of its own."""


class Halt(BaseException):
    """Somebody stops the process with a class of their own."""


RAISED = (OSError, ValueError, LookupError, RuntimeError, StopIteration, ExceptionGroup, Halt)


class Probe(AtSite):
    """It asks services, which do what the site has them do."""

    raises = RAISED
    serves = frozenset(("read",))

    def read(self, service: str, timeout_s: float):
        site, hands = self.site, self.site.clock.hands
        site.has_moved_on = True
        self.is_killed("while a service is asked")
        site.has_moved_on = False
        does = site.next_of(service)
        site.asks.append(Ask(service, timeout_s, hands.monotonic_s, does))
        hands.go_on(max(timeout_s, 0.0) if does.hangs else does.takes_s)
        if does.sets_s:
            hands.set(does.sets_s)
            site.clock.tell(f"is set, and shows {hands.wall.isoformat()}")
        if does.turns_h:
            hands.turn(does.turns_h)
            site.clock.tell(f"has another offset, and shows {hands.wall.isoformat()}")
        site.asks[-1].goes_on(hands)
        if does.error is not None:
            self.tell(f"no answer from {service}: {type(does.error).__name__}")
            site.raises(does.error, self)
        self.tell(f"{service} answers {does.value}")
        return does.value


class Phone(AtSite):
    """The on-call phone: it remembers what it was told."""

    raises = RAISED
    serves = frozenset(("ring",))

    def ring(self, key: str, text: str):
        self.is_killed("before a ring")
        self.spends("ring")
        self.site.notes("ring", (key, text))
        self.tell(f"rings, {key}: {text}")


class Board(AtSite):
    """What everybody sees."""

    raises = RAISED
    serves = frozenset(("show",))

    def show(self, service: str, state: str):
        self.spends("show")
        self.site.notes("show", (service, state))
        self.tell(f"{service}: {state}")


class Store(AtSite):
    """What is durable."""

    raises = RAISED
    serves = frozenset(("read", "keys", "commit"))

    def __init__(self, story, site):
        super().__init__(story, site)
        self.rows = {}

    def read(self, key: str):
        self.spends("load")
        self.site.has_read()
        return dict(self.rows[key]) if key in self.rows else None

    def keys(self, prefix: str):
        self.spends("load")
        self.site.has_read()
        return [key for key in reversed(self.rows) if key.startswith(prefix)]

    @durable
    def commit(self, rows: dict):
        self.spends("commit")
        self.site.notes("commit", rows)
        self.rows.update(rows)
        for key, row in rows.items():
            self.tell(f"{key} := {row}")


# ---- what happens, and what is known of it


@dataclass(frozen=True)
class Does:
    """What a service, or a port, does when it is asked."""

    value: float = 20.0
    takes_s: float = 0.0
    error: BaseException | None = None
    hangs: bool = False
    """It takes all the time that it is given, and has no answer then."""
    sets_s: float = 0.0
    """Meanwhile somebody sets the clock."""
    turns_h: float = 0.0
    """Meanwhile its offset from UTC changes by so many hours, as in summer."""


ILL, WELL = Does(97.25), Does(20.0)
NO_ANSWER = Does(error=TimeoutError("no answer"))
HANGS = Does(error=TimeoutError("no answer"), hangs=True)
CODES = (
    errno.EMFILE, errno.ENOENT, errno.ENOMEM, errno.EACCES, errno.ENETDOWN, errno.EINTR, errno.ENOSPC,
    errno.EIO, errno.EPIPE, errno.ENFILE, errno.EEXIST, errno.EHOSTUNREACH, errno.ECONNRESET,
)  # fmt: skip
NO_ANSWERS = (NO_ANSWER, *(Does(error=OSError(code, "no answer")) for code in CODES))
"""An OSError says that there is no answer, whatever its number says of the reason."""


@dataclass
class Ask:
    """One question to a service, and all that is done after it and before the next one."""

    service: str
    timeout_s: float
    at_s: float
    does: Does
    notes: list[tuple[str, object]] = field(default_factory=list)
    ended_s: float = 0.0
    dates: tuple[str, ...] = ()

    def goes_on(self, hands):
        """It is later now: the answer was dated by then, at the latest by the next thing that was done."""
        self.ended_s = hands.monotonic_s
        if len(self.dates) < 2:
            self.dates += (hands.wall.isoformat(),)


@dataclass(frozen=True)
class Ill:
    """How a service stands, by the contract."""

    breaches: int = 0
    opened: int = 0
    is_open: bool = False

    def after(self, value, threshold=90.0, needed=2):
        if value <= threshold:
            return Ill(0, self.opened, is_open=False)
        breaches = self.breaches + 1
        if self.is_open or breaches < needed:
            return Ill(breaches, self.opened, self.is_open)
        return Ill(breaches, self.opened + 1, is_open=True)


ANSWERS_TOLD = 5
LOST_TRACK = ("stopped", "error", "once")
"""After these nobody knows what a runtime knows, and nothing more of it is compared."""


class Site:
    """Services, the ports of a machine, and a runtime that is called, cycle by cycle.

    `will` is what each service does, one question after the other; after that it is healthy.
    What a cycle does is compared with the contract, and what differs is in `wrong`.
    """

    def __init__(self, unit, story, services, *, budget_s=10.0, wall=ZONES[0], still=True, troubles=()):
        self.unit, self.story, self.services, self.budget_s = unit, story, services, budget_s
        self.clock = Clock(story, wall=wall, still=still, monotonic_s=DAY + 0.625)
        self.slack_s = MOMENT if still else READINGS * ports.READING_S
        self.ports = tuple(port(story, self) for port in (Probe, Store, Phone, Board))
        self.store = self.ports[1]
        self.will = {service: [] for service in services}
        self.troubles, self.asks, self.before = dict(troubles), [], {}
        self.ill = {service: Ill() for service in services}
        self.answers = {service: [] for service in services}
        self.wrong, self.cycles = [], 0
        self.process = self.runtime = self.raised = None
        self.has_moved_on = False
        self.began_s = self.free_s = 0.0
        self.rests_s = 0.0
        """So long after it is made a runtime is called."""

    def next_of(self, service):
        will = self.will.get(service)
        return will.pop(0) if will else WELL

    def notes(self, what, told):
        """A port was called: it belongs to the question before it."""
        if what == "commit":
            self._has_answered(told)
        if self.asks:
            self.asks[-1].ended_s = self.clock.hands.monotonic_s
            self.asks[-1].notes += [(what, told)] * bool(told)  # A commit of no rows says nothing.
        elif what != "commit":
            self.is_wrong("ring", f"nobody was asked yet; {told_note((what, told))}")

    def _has_answered(self, rows):
        """Nothing is stored for a service before it answers; `_is_missed` says it of who is asked now."""
        known = {ask.service for ask in self.asks if ask.does.error is None or ask is self.asks[-1]}
        others = {f"policy/{service}": service for service in self.services if service not in known}
        asked = f"{self.asks[-1].service!r} was asked" if self.asks else "nobody was asked yet"
        for key in rows.keys() - {f"policy/{service}" for service in known}:
            if key in others:
                row = f"the row of {others[key]!r}, which has not answered in this cycle"
                self.is_wrong("missed", f"{asked}; a commit wrote {row}")
            else:
                self.is_wrong("row", f"{asked}; a commit wrote {brief(key)}, which is the row of no service")

    def has_read(self):
        """A row was read, which takes its time of the budget, also before anybody is asked."""
        self.free_s = self.clock.hands.monotonic_s
        if self.asks:
            self.asks[-1].ended_s = self.free_s

    def raises(self, error, port):
        """A port raises to the learner's code, with so many services asked; what first ends a cycle."""
        if self.raised is None or any(ask.does.error is self.raised[0] for ask in self.asks[:-1]):
            self.raised = error, len(self.asks), port.lane
        raise error

    def is_wrong(self, kind, saw):
        self.wrong.append(Wrong(kind, saw))

    # ---- calls

    def begins(self, process):
        """A runtime is made in this process, when the first cycle is to run."""
        self.process, self.runtime = process, None
        return self

    def cycle(self, *, raises=None, again=False):
        """One cycle; `raises` is the error that ends it. `again` after an error, with another runtime."""
        self.asks, self.before, self.raised, self.has_moved_on = [], dict(self.store.rows), None, False
        self.cycles, known = self.cycles + 1, len(self.wrong)
        end = (self.process.again if again else self.process.run)(self._called)
        if self.asks:
            self.asks[-1].goes_on(self.clock.hands)
        if all(wrong.kind not in LOST_TRACK for wrong in self.wrong):
            self.compare(end, self.began_s, raises)
        for wrong in self.wrong[known:]:
            wrong.until = len(self.story.timeline)
        return self

    def _called(self):
        if self.runtime is None:
            probe, store, phone, board = self.ports
            self.runtime = self.unit.Runtime(
                self.services, probe, store, phone, board, clock=self.clock, budget_s=self.budget_s
            )
            self.clock.hands.go_on(self.rests_s)
        self.began_s = self.free_s = self.clock.hands.monotonic_s
        return self.runtime.run_cycle()

    # ---- what is compared

    def compare(self, end, began_s, raises):
        if end.kind == "raised" and raises is None:
            self._is_stopped(end)
        elif end.kind == "hung":
            self.is_wrong("error", f"run_cycle() {end}")
        elif self._is_in_order():
            answers = self._asked(began_s, end)
            if raises is not None:
                self._comes_through(end)
            elif end.kind == "returned":
                self._is_told(end.value, answers)

    def _is_stopped(self, end):
        error = self.raised[0] if self.raised is not None else None
        if isinstance(error, OSError) and error is self.asks[-1].does.error:
            saw = f"{self.asks[-1].service!r} gave no answer, {type(error).__name__}: {error}"
            self.is_wrong("stopped", f"{saw}; run_cycle() {end}")
        else:
            self.is_wrong("error", f"run_cycle() {end}")

    def _is_in_order(self):
        """Is each service asked once at most, and each in its order?"""
        asked = [ask.service for ask in self.asks]
        is_right = asked == [name for name in self.services if name in asked]
        if not is_right:
            self.is_wrong("once", f"services: {listed(self.services)}; asked in one cycle: {listed(asked)}")
        return is_right

    def _asked(self, began_s, end):
        """Goes through the cycle; gives who answered, who did not, and what was decided."""
        asks = {ask.service: ask for ask in self.asks}
        sampled, missed, decided, free_s = [], [], [], self.free_s if not self.asks else began_s
        for service in self.services:
            ask, left_s = asks.get(service), began_s + self.budget_s - free_s
            if ask is None:
                missed.append(service)
                if left_s > self.slack_s and end.kind == "returned":
                    saw = f"{seconds(left_s)} of a budget of {seconds(self.budget_s)} were left"
                    self.is_wrong("cut", f"{saw}: {service!r} was not asked")
                continue
            self._has_time(ask, began_s + self.budget_s - ask.at_s)
            free_s = ask.ended_s
            if ask.does.error is not None:
                missed.append(service)
                self.answers[service].append("nothing")
                self._is_missed(ask)
                continue
            sampled.append(service)
            self.answers[service].append(ask.does.value)
            is_last = ask is self.asks[-1] and end.kind != "returned" and not self.has_moved_on
            decided += self._is_decided(ask, is_cut_off=is_last)
        return sampled, missed, decided

    def _has_time(self, ask, left_s):
        """A probe gets what is left, no more and no less; and nobody is asked when nothing is."""
        budget = f"of a budget of {seconds(self.budget_s)}"
        told_to = "told 0, a probe waits for ever" if ask.timeout_s == 0 else "no time is less than nothing"
        if type(ask.timeout_s) is bool or ask.timeout_s <= 0:
            self.is_wrong("much", f"read({ask.service!r}, {ask.timeout_s!r}): {told_to}")
        elif left_s <= -self.slack_s:
            late = f"read({ask.service!r}, {ask.timeout_s:g}) {seconds(-left_s)} after the end"
            self.is_wrong("much", f"{late} {budget}")
        elif ask.timeout_s > left_s + self.slack_s:
            left = seconds(max(left_s, 0.0))
            self.is_wrong("much", f"read({ask.service!r}, {ask.timeout_s:g}): {left} {budget} were left")
        elif ask.timeout_s < left_s - self.slack_s:
            left = seconds(left_s)
            self.is_wrong("cut", f"read({ask.service!r}, {ask.timeout_s:g}): {left} {budget} were left")

    def _is_missed(self, ask):
        own, of_others, of_nobody = [], [], []
        for note in ask.notes:
            about = {each.service for each in self.asks if is_about(each.service, note)}
            (own if ask.service in about else of_others if about else of_nobody).append(told_note(note))
        if own:
            self.is_wrong("missed", f"no answer from {ask.service!r}; then {', '.join(own)}")
        if of_others:
            self.is_wrong("order", f"{ask.service!r} was asked; then {', '.join(of_others)}")
        if of_nobody:
            self.is_wrong(
                "missed", f"{ask.service!r} was the last that was asked; then {', '.join(of_nobody)}"
            )

    def _is_decided(self, ask, *, is_cut_off):
        """What was done about an answer, compared with what the contract makes of it."""
        service, was = ask.service, self.ill[ask.service]
        will = was.after(ask.does.value)
        opens = will.is_open and not was.is_open
        key = f"{service}/{will.opened}"
        has_committed = any(what == "commit" and f"policy/{service}" in rows for what, rows in ask.notes)
        if not is_cut_off:
            self._is_announced(ask, key if opens else None)
            self._is_stored(ask, will)
        else:
            self._is_named(ask, key if opens else None)
        self.ill[service] = will if not is_cut_off or has_committed else was
        if opens:
            return [("Opened", key, ask)]
        return [("Closed", key, ask)] if was.is_open and not will.is_open else []

    def _answered(self, ask):
        """What a service answered, this time and the times before."""
        before = self.answers[ask.service][-ANSWERS_TOLD:]
        return f"{ask.service!r} answered {', '.join(map(str, before))}"

    def _is_announced(self, ask, key):
        """An incident that opens is shown once and rung once, and nothing else is."""
        shown = [told for what, told in ask.notes if what == "show"]
        rung = [told for what, told in ask.notes if what == "ring"]
        opens = f"{self._answered(ask)}, and {repr(key) if key else 'nothing'} opens"
        if len(rung) != bool(key) or len(shown) != bool(key):
            saw = f"{opens}; before the next service was asked, it rang {times(len(rung))}"
            later = self._done_later(ask, key) if key else ""
            self.is_wrong("order" if later else "ring", f"{saw} and showed {times(len(shown))}{later}")
            return
        if shown and shown[0] != (ask.service, "incident"):
            self.is_wrong("ring", f"{opens}; it called show{shown[0]!r}")
        self._is_named(ask, key)

    def _done_later(self, ask, key):
        """Was it done after another service was asked?"""
        after = self.asks[self.asks.index(ask) + 1 :]
        for other in after:
            for what, done in other.notes:
                if what == "ring" and done[0] == key:
                    return f"; it rang after {other.service!r} was asked"
        return ""

    def _is_named(self, ask, key):
        """What rang goes by the name of the incident, and its text has the date of the answer."""
        for key_told, text in (told for what, told in ask.notes if what == "ring"):
            texts = [f"{ask.service} at {ask.does.value} since {date}" for date in ask.dates]
            if key_told != key:
                opens = f"{brief(key)} opens" if key else "nothing opens"
                self.is_wrong("name", f"{opens}; it called ring({brief(key_told)}, ...)")
            elif text not in texts:
                is_of_date = text.startswith(f"{ask.service} at {ask.does.value} since ")
                dated = f"{ask.service!r} answered {ask.does.value} at {ask.dates[0]}"
                self.is_wrong("date" if is_of_date else "text", f"{dated}; the text is {text!r}")

    def _is_stored(self, ask, will):
        """The row of a service says how it stands, before anybody else is asked."""
        key = f"policy/{ask.service}"
        row = self._row_after(ask, key)
        wrong = wrong_row(row, will)
        if wrong:
            later = self._row_after(self.asks[-1], key)
            kind = "order" if ask is not self.asks[-1] and not wrong_row(later, will) else "row"
            end = "before the next service was asked" if ask is not self.asks[-1] else "after the cycle"
            stored = (
                f"nothing was stored under {key!r}" if row is None else f"the row under {key!r} was {row}"
            )
            self.is_wrong(kind, f"{self._answered(ask)}; {end}, {stored}{wrong}")

    def _row_after(self, ask, key):
        row = self.before.get(key)
        for each in self.asks[: self.asks.index(ask) + 1]:
            for what, rows in each.notes:
                if what == "commit" and key in rows:
                    row = rows[key]
        return row

    def _is_told(self, cycle, answers):
        sampled, missed, decided = answers
        for name, right in (("sampled", sampled), ("missed", missed)):
            if getattr(cycle, name) != tuple(right):
                saw = f"{name} is {getattr(cycle, name)!r}; "
                told_right = f"answered: {listed(sampled)}; without an answer: {listed(missed)}"
                self.is_wrong("who", saw + told_right)
        news = [f"{one._cls} {one.incident_id}" for one in cycle.decided]
        right = [f"{kind} {key}" for kind, key, _ in decided]
        if news != right:
            self.is_wrong("news", f"decided has {listed(news)}; what the answers decide: {listed(right)}")
            return
        for one, (kind, _, ask) in zip(cycle.decided, decided, strict=True):
            if kind == "Opened" and one.at not in ask.dates:
                saw = f"{ask.service!r} answered at {ask.dates[0]}; decided has {one!r}"
                self.is_wrong("date", saw)

    def _comes_through(self, end):
        if self.raised is None:
            return  # it was never asked for
        errors = [f"{type(self.raised[0]).__name__}: {self.raised[0]}"]
        raised = f"the {self.raised[2]} raised {end.beside(errors)}"
        if not end.passed_on(errors):
            self.is_wrong("through", f"{raised}; run_cycle() {end}")
        elif len(self.asks) > self.raised[1]:
            self.is_wrong("through", f"{raised}; then {self.asks[-1].service!r} was asked")


# ---- words


def listed(names):
    return ", ".join(map(brief, names)) or "none"


def brief(name):
    """A name as it is told: a very long one by its ends."""
    return repr(name) if len(name) <= 60 else f"{name[:24] + ' ... ' + name[-12:]!r} of {len(name)} letters"


def seconds(number):
    """Seconds, as short as they can be told."""
    return f"{round(number, 6):.10g} s"


def is_about(service, note):
    """Is what a port was told about this service?"""
    what, told = note
    if what == "ring":
        return told[0].startswith(service)
    return told[0] == service if what == "show" else f"policy/{service}" in told


def told_note(note):
    what, told = note
    return f"{what}({told!r})" if what == "commit" else f"{what}{told!r}"


def wrong_row(row, will):
    """What is wrong with the row of a service that stands so; "" if nothing is."""
    if row is None:
        return "; a service that has answered has a row"
    kinds = {name: type(value) for name, value in row.items()} if type(row) is dict else {}
    if kinds != {"breaches": int, "opened": int, "is_open": bool}:
        return "; a row has `breaches` and `opened`, each an int, and `is_open`, a bool"
    if (row["opened"], row["is_open"]) != (will.opened, will.is_open):
        stands = "and the last one is open" if will.is_open else "and none is open"
        return f"; incidents so far: {will.opened}, {stands}"
    return ""


# ---- what happens


def cycles(
    unit,
    story,
    *,
    does,
    how_often=1,
    budget_s=10.0,
    troubles=(),
    still=True,
    wall=ZONES[0],
    pause_s=50.0,
    rests_s=0.0,
    restarts=0,
):
    """So many cycles; `does` is what each service does, one question after the other.

    A runtime is called when it was made `rests_s` ago, and again `pause_s` after a cycle.

    After every so many cycles, `restarts`, there is a new process; without it, one for all of them.
    """
    names = [story.name(name) for name in ("z-disk", "api/1", "é")[: len(does)]]
    site = Site(unit, story, names, budget_s=budget_s, still=still, wall=wall, troubles=troubles)
    site.rests_s = rests_s
    for name, will in zip(names, does, strict=True):
        site.will[name] = list(will)
    for first in range(0, how_often, restarts or how_often):
        with story.process() as process:
            site.begins(process)
            for _ in range(first, min(first + (restarts or how_often), how_often)):
                site.cycle().clock.hands.go_on(pause_s)
    return site.wrong


def a_day(unit, story, *, wall, restarts=0, still=True, sets_s=0.0, turns_h=0.0, load_s=0.0):
    """Incidents open, close and open again, beside silent services; a row is read for `load_s`.

    Once the first service hangs until nothing is left: on some days this is the first cycle of a process.
    """
    back = Does(97.25, takes_s=1.0, sets_s=sets_s, turns_h=turns_h)
    return cycles(
        unit,
        story,
        does=(
            (WELL, back, ILL, ILL, WELL, ILL, HANGS, Does(1e22), ILL),
            (ILL, WELL, ILL, NO_ANSWER, Does(90.5), NO_ANSWER, ILL, Does(90.0)),
            (WELL, ILL, back, Does(0.0), Does(93.0, 0.5), Does(91.125, 1.25), Does(-1.5), ILL),
        ),
        how_often=9,
        restarts=restarts,
        wall=wall,
        still=still,
        troubles=(("load", Does(takes_s=load_s)),),
    )


def every_day(every_story):
    """In three zones, with and without restarts; a clock moves between lines, is set, or has summer time."""
    yield from every_story(a_day, faults=NOTHING, wall=ZONES[0])
    yield from every_story(a_day, faults=NOTHING, wall=ZONES[1], restarts=2, turns_h=1.0)
    yield from every_story(a_day, faults=NOTHING, wall=ZONES[2], restarts=1, load_s=6.0)
    yield from every_story(a_day, faults=NOTHING, wall=ZONES[1], restarts=1, still=False)
    for sets_s, restarts in ((-HOUR, 0), (HOUR, 3), (-3 * YEAR, 0)):
        yield from every_story(a_day, faults=NOTHING, wall=ZONES[2], restarts=restarts, sets_s=sets_s)


def killed(unit, story):
    """Two services fall ill, one after the other, and get well and ill again; the process may be killed.

    It ends after three cycles as well: what was written after a kill is read again.
    """
    names = [story.name(name) for name in ("z-disk", "api/1")]
    site = Site(unit, story, names)
    site.will = {names[0]: [ILL, WELL, ILL, ILL, WELL, ILL], names[1]: [WELL, ILL, ILL, WELL, ILL, ILL]}
    while site.cycles < 6:
        with story.process() as process:
            site.begins(process)
            for _ in range(3 - site.cycles % 3):
                if not process.crashed:
                    site.cycle()
    return site.wrong


BUDGETS = {
    "one is slow, one hangs": {"does": ((Does(takes_s=4.0),), (HANGS,), (ILL,))},
    "all of them hang": {"does": ((HANGS,),) * 3, "budget_s": 5},
    "one takes longer than it may": {"does": ((Does(97.25, takes_s=12.5),), (ILL,), (ILL,))},
    "nearly all is used": {"does": ((Does(takes_s=10.0 - LEAST),), (HANGS,), (ILL,))},
    "all is used": {"does": ((Does(takes_s=10.0),), (HANGS,), (ILL,))},
    "each takes a while": {
        "does": ((Does(takes_s=3.0),), (Does(takes_s=3.5),), (HANGS,)),
        "how_often": 2,
        "rests_s": 3.0,
    },
    "a ring takes 5 s": {"does": ((ILL, ILL), (HANGS,) * 2), "how_often": 2, "troubles": (("ring", 5.0),)},
    "a ring takes 15 s": {"does": ((ILL, ILL), (HANGS,) * 2), "how_often": 2, "troubles": (("ring", 15.0),)},
    "a commit takes 3 s": {"does": ((ILL,), (HANGS,), (ILL,)), "troubles": (("commit", 3.0),)},
    "the board takes 2 s": {"does": ((ILL, ILL), (HANGS,) * 2), "how_often": 2, "troubles": (("show", 2.0),)},
    "no budget": {"does": ((ILL,), (ILL,)), "budget_s": 0, "how_often": 2},
    "a row is read for 3.5 s": {
        "does": ((Does(takes_s=1.0),), (HANGS,), (ILL,)),
        "troubles": (("load", 3.5),),
    },
    "a month": {
        "does": ((Does(takes_s=7 * DAY),) * 2, (Does(97.25, takes_s=DAY),) * 3, (HANGS,) * 3),
        "how_often": 3,
        "budget_s": 31 * DAY,
        "pause_s": YEAR,
    },
}
"""What a cycle spends its budget on."""


def a_budget(unit, story, *, name):
    """A cycle that spends its budget so."""
    given = dict(BUDGETS[name])
    given["troubles"] = [(port, Does(takes_s=takes_s)) for port, takes_s in given.get("troubles", ())]
    return cycles(unit, story, **given)


def between_two_readings(unit, story, *, readings):
    """A budget ends after so many readings of a clock that does not stand still."""
    first = Does(takes_s=10.0 - (readings + 0.5) * ports.READING_S)
    return cycles(unit, story, does=((first,), (Does(97.25),), (ILL,)), still=False)


def every_budget(unit, every_story):
    for name in BUDGETS:
        yield from every_story(a_budget, faults=NOTHING, name=name)
    for readings in range(1, 9):
        yield from every_story(between_two_readings, faults=NOTHING, readings=readings)
    yield from every_story(a_deadline, faults=NOTHING)


def a_set_clock(unit, story, *, by):
    """Somebody sets the clock while the first service is asked."""
    first = Does(97.25, takes_s=4.0, sets_s=by)
    return cycles(
        unit, story, does=((first, first), (HANGS, Does(97.25, takes_s=1.0)), (ILL, HANGS)), how_often=2
    )


def a_deadline(unit, story):
    """Deadlines by themselves: some at once, of two clocks, which are set meanwhile."""
    with story.process():
        clocks = [Clock(story, still=True, monotonic_s=began_s) for began_s in (0.0, YEAR)]
        budgets, passed_s, wrong = (0, 2.5, 31 * DAY, 1e15), 0.0, []
        deadlines = [(each, unit.Deadline.after(clock, each)) for each in budgets for clock in clocks]
        for goes_on_s, sets_s in ((0.0, 0.0), (1.0, -HOUR), (1.5, HOUR), (1.0, 0.0), (30 * DAY, -YEAR)):
            for clock in clocks:
                clock.hands.go_on(goes_on_s)
                clock.hands.set(sets_s)
            passed_s += goes_on_s
            for budget_s, deadline in deadlines:
                end, right = tried(deadline.remaining_s), max(0.0, budget_s - passed_s)
                may_differ = max(MOMENT, EXACTLY * budget_s)
                if end.kind != "returned" or abs(end.value - right) > may_differ or end.value < 0:
                    after = f"Deadline.after(clock, {budget_s:g}), {seconds(passed_s)} later"
                    much = end.kind == "returned" and end.value > right
                    wrong.append(Wrong("much" if much else "cut", f"{after}: remaining_s() {end}"))
        there = callers(unit, *CALLERS)
        for budget_s, step_s in ((1e15, 1 / 32), (10.0, 2.0**-22)):
            end, passed_s = tried(partial(there.read_often, budget_s, step_s, OFTEN)), OFTEN * step_s
            if end.kind != "returned" or abs(end.value - (budget_s - passed_s)) > max(
                MOMENT, EXACTLY * budget_s
            ):
                after = f"Deadline.after(clock, {budget_s:g}), {seconds(passed_s)} later, read {OFTEN} times"
                wrong.append(Wrong("much", f"{after}: remaining_s() {end}"))
    return wrong


def caused(error, cause):
    """An error that came from another one."""
    error.__cause__ = cause
    return error


ANSWERLESS = (
    Gone("no answer"),
    caused(OSError("bad descriptor"), ValueError("a line that is no number")),
    ConnectionRefusedError("nobody is there"),
    BlockingIOError("try again"),
    Full("no name service"),
)


def an_error_of_the_probe(unit, story, *, number):
    """A service gives no answer, in one of the ways in which an OSError says so."""
    error = Does(error=ANSWERLESS[number], takes_s=1.0)
    return cycles(unit, story, does=((ILL, error, ILL), (error, ILL, ILL), (ILL, ILL, error)), how_often=4)


def misses(unit, story, *, many):
    """So many cycles without an answer, between two breaches and while an incident is open."""
    none = cycle(NO_ANSWERS)
    first, second, third = (tuple(islice(none, many)) for _ in range(3))
    will = (ILL, *first, ILL, *second, ILL, WELL, *third, ILL, HANGS, ILL)
    return cycles(unit, story, does=(will, (ILL, ILL)), how_often=len(will) + 1)


def many_miss(unit, story, *, many):
    """So many services give no answer, one after the other; then there is one that does."""
    names = [story.name(f"disk-{number}") for number in range(many + 1)]
    site, none = Site(unit, story, names), cycle(NO_ANSWERS)
    for name in names:
        site.will[name] = [ILL] * 2 if name is names[-1] else list(islice(none, 2))
    with story.process() as process:
        site.begins(process).cycle().cycle()
    return site.wrong


def every_miss(unit, every_story):
    for number in range(len(ANSWERLESS)):
        yield from every_story(an_error_of_the_probe, faults=NOTHING, number=number)
    many = max(5, *(number + 1 for number in (0, *numbers_of(unit, 60))))
    yield from every_story(misses, faults=NOTHING, many=1)
    yield from every_story(many_miss, faults=NOTHING, many=TOO_DEEP if recurs(unit) else many)
    yield from every_story(misses, faults=NOTHING, many=many)


THROUGH = (
    ("probe", caused(ValueError("a value that is no number"), FileNotFoundError("no such scale"))),
    ("probe", StopIteration("an adapter has no next address")),
    ("probe", ExceptionGroup("two addresses", [OSError("the first"), TimeoutError("the second")])),
    ("probe", Halt("stop")),
    ("load", FileNotFoundError("the disk is not there yet")),
    ("commit", Full("the disk is full")),
    ("ring", ConnectionRefusedError("engaged")),
    ("show", TimeoutError("the board does not answer")),
    ("ring and commit", ConnectionRefusedError("engaged")),
    ("show and commit", Halt("stop")),
)
"""Which port raises, and what. A commit that fails too is not to be heard of, if it comes later."""


def an_error_comes_through(unit, story, *, number):
    """A port raises what is no missing answer; then another runtime goes on, in the same process."""
    port, error = THROUGH[number]
    site = Site(unit, story, [story.name(name) for name in ("z-disk", "api/1")])
    first, second = site.services
    fails = Does(error=error)
    site.will = {first: [ILL], second: [WELL, WELL]}
    with story.process() as process:
        site.begins(process)
        if port != "load":
            site.cycle()
            site.will[first] = [fails if port == "probe" else ILL]
        if port != "probe":
            first_one, _, too = port.partition(" and ")
            site.troubles = {first_one: fails} | ({too: Does(error=Full("the disk is full"))} if too else {})
        site.cycle(raises=error)
        site.troubles, site.runtime = {}, None
        site.will = {first: [ILL], second: [ILL, ILL]}
        site.cycle(again=True)
        site.cycle()
    return site.wrong


def every_error(every_story):
    for number in range(len(THROUGH)):
        yield from every_story(an_error_comes_through, faults=NOTHING, number=number)


def many_names(unit, story):
    """Names that are nearly the same or very long, and words of the program itself; two processes.

    The second one has another service, whose name others begin with, and one less; the rows are all there.
    """
    name = story.name("disk-7")
    long = f"{name} in the hall ".ljust(max(300, *numbers_of(unit, 5_000)) + 1, "x")
    names = [name, name.upper(), f" {name}", f"{name}/1", "policy/", "0", long, *words_of(unit)[:20]]
    everybody = tuple(dict.fromkeys(each for each in names if each))
    site = Site(unit, story, everybody)
    for each in everybody:
        site.will[each] = [ILL, ILL, WELL, ILL, ILL]
    for services, many in ((everybody[1:], 2), ((name, *everybody[2:]), 3)):
        with story.process() as process:
            site.services = services
            site.begins(process)
            for number in range(many):
                site.cycle(again=number > 0)
    return site.wrong


def few(unit, story, *, many):
    """No service at all, or one."""
    return cycles(unit, story, does=((ILL,) * 3,) * many, how_often=4, restarts=1)


def two_sites(unit, story):
    """Two machines with services of the same names, whose cycles take turns."""
    names = [story.name(name) for name in ("z-disk", "api/1")]
    with story.process() as process:
        sites = [Site(unit, story, names, budget_s=budget_s).begins(process) for budget_s in (10.0, 4.0)]
        sites[0].will = {names[0]: [ILL, ILL, WELL, ILL], names[1]: [HANGS, ILL, ILL]}
        sites[1].will = {names[0]: [ILL, WELL, ILL, ILL], names[1]: [ILL, WELL, HANGS, WELL]}
        for _ in range(4):
            for site in sites:
                site.cycle()
    return [wrong for site in sites for wrong in site.wrong]


HISTORIES = {
    "as it comes": {"values": (20.0, 97.25, 97.0, 98.0, 90.0, 90.0, 90.0000001, 1e22, 91.0, 0.0, 95.0, 3.0)},
    "around 0": {"values": (0.0, -1.5, 0.5, 0.25, 0.0, 0.5, -0.5, 0.125, 2.0, -0.0), "threshold": 0.0},
    "one is enough": {
        "values": (97.25, 99.0, 1.0, 91.10000000000001, 90.0),
        "needed": 1,
        "escalate_after_s": 0.0,
        "opened": 999,
    },
    "five in a row, all on one date": {
        "values": (*(8.5,) * 4, 8.0, *(9.0,) * 7, 1.0, *(9.5,) * 5),
        "needed": 5,
        "threshold": 8.0,
        "goes_back_h": 0,
    },
}


def a_history(unit, story, *, name):
    """Samples of one service, whose dates go back or stay; beside each a policy that is made from the row."""
    given = {"threshold": 90.0, "needed": 2, "escalate_after_s": 900.0} | HISTORIES[name]
    values, opened, back_h = given.pop("values"), given.pop("opened", 0), given.pop("goes_back_h", 1)
    service = story.name("disk/7")
    desk = Desk(unit, story, service, given, opened)
    with story.process() as desk.process:
        row = None
        if opened:
            end = desk.process.run(callers(unit, *CALLERS).row_after.later(service, given, opened))
            if end.kind != "returned":
                return [Wrong("decided", f"{opened} incidents, one after the other: record(...) {end}")]
            row = end.value
        policy, ill = unit.Policy(service, *given.values(), row), Ill(opened=opened)
        for number, value in enumerate(values):
            date = f"2026-03-29T{23 - number * back_h:02}:00:00+01:00"
            other = unit.Policy(service, row=policy.row(), **given)
            was, ill = ill, ill.after(value, given["threshold"], given["needed"])
            for kind, one in (("decided", policy), ("goes on", other)):
                desk.compares(kind, one, (value, date), was, ill)
    return desk.wrong


def row_after(service, given, incidents):
    """The row of a policy that has had so many incidents: only a policy knows how it counts."""
    import monitor
    import system

    policy, date = monitor.Policy(service, **given), "2026-03-29T01:55:00+01:00"
    ill, well = (system.Sample(service, given["threshold"] + add, date) for add in (1.0, 0.0))
    for _ in range(incidents):
        for sample in (*(ill,) * given["needed"], well):
            policy.record(sample)
    return policy.row()


def rows_that_change(service, threshold, value):
    """Rows that a policy has given, and those that one was made from: which are others after a sample?"""
    import monitor
    import system

    policy, changed = monitor.Policy(service, threshold), []
    for each in (value, value, value, threshold):
        row = policy.row()
        before = dict(row)
        for one in (policy, monitor.Policy(service, threshold, row=row)):
            one.record(system.Sample(service, each, "2026-03-29T01:55:00+01:00"))
            if row != before:
                changed.append((before, dict(row)))
    return changed


class Machine:
    """Clock, store, phone and board in one: it raises an error at one place, once, and rows can only be read.

    That is when it comes there for the first time, or where it `spares` some times, after them.

    `inside` is called at every place: somebody else is at work there.
    """

    def __init__(self, fails_at="", error=None, spares=0, inside=None):
        self.fails_at, self.error, self.spares, self.raised = fails_at, error, spares, None
        self.inside = inside
        self.rows, self.rang, self.asked, self.told, self.at_s = {}, [], [], [], 86_400.625

    def comes_to(self, place, *told):
        self.told.append(f"{place} with {', '.join(map(repr, told))}")
        if self.inside is not None:
            self.inside()
        self.spares -= place == self.fails_at
        if place == self.fails_at and self.spares < 0 and self.raised is None:
            self.raised, self.asked = AsRaised(self.error, may_gain_context=False), []
            raise self.error

    def now(self):
        from datetime import UTC, datetime

        return datetime(2026, 3, 29, tzinfo=UTC)

    def monotonic(self):
        return self.at_s

    def read(self, key):
        self.comes_to("the store, asked for rows,", key)
        return to_be_read(self.rows[key]) if key in self.rows else None

    def keys(self, prefix):
        self.comes_to("the store, asked for rows,", prefix)
        return [key for key in self.rows if key.startswith(prefix)]

    def commit(self, rows):
        rows = {key: dict(row) for key, row in rows.items()}
        self.comes_to("commit()", rows)
        self.rows.update(rows)

    def show(self, service, state):
        self.comes_to("show()", service, state)

    def ring(self, key, text):
        self.comes_to("ring()", key, text)
        self.rang.append((key, text))


def to_be_read(row):
    """This row as a store may give it: it can be read, and nothing else; nobody copies it either."""
    from collections.abc import Mapping

    class Row(Mapping):
        def __getitem__(self, name):
            return row[name]

        def __iter__(self):
            return iter(row)

        def __len__(self):
            return len(row)

        def __reduce_ex__(self, protocol):
            raise TypeError("this row can only be read")

    return Row()


class Reading(float):
    """A float of a class that says what it is, as those of numpy do; `str` writes it with its unit."""

    def __repr__(self):
        return f"Reading({float(self)})"

    def __str__(self):
        return f"{float(self)} %"


class Gauge:
    """The probe of such a machine: whoever is asked is ill, and the clock goes on until it says so."""

    def __init__(self, machine, clock, takes_s):
        self.machine, self.clock, self.takes_s = machine, clock, takes_s

    def read(self, service, timeout_s):
        self.machine.asked.append(service)
        self.machine.comes_to("a probe", service, timeout_s)
        self.clock.at_s += self.takes_s
        return Reading(97.25)


def end_of(machine):
    """How two cycles of one runtime end, or what it raised: an error, or the last Cycle."""
    import monitor

    ends, gauge = [], Gauge(machine, machine, 1.0)
    try:
        ends += [monitor.Runtime(["disk-7", "api/1"], gauge, machine, machine, machine, machine, 10.0)]
        while len(ends) < 3 and machine.raised is None:
            ends += [ends[0].run_cycle()]
    except NotImplementedError:
        raise  # It is still to be written.
    except BaseException as came:
        return came
    return ends[-1]


def go_on_from_rows_to_be_read():
    """Runtimes, one after the other: of which kind what is wrong with what rang is, in words; or None.

    Before the last one another process was at work, in which the incident of one service was over.
    """
    import monitor
    import system

    machine, told = Machine(), "a runtime after the other, and a store whose rows can only be read"
    key, right = "policy/disk-7", ["disk-7/1", "api/1/1"]
    for is_last in (False, False, True):
        if is_last:
            policy = monitor.Policy("disk-7", row=to_be_read(machine.rows[key]))
            policy.record(system.Sample("disk-7", 20.0, "2026-03-29T00:00:00+00:00"))
            machine.rows[key], right = policy.row(), [*right, "disk-7/2"]
            told += "; then another process stored that 'disk-7' was healthy, and ended"
        came = end_of(machine)
        if isinstance(came, BaseException):
            return "row", f"{told}: {type(came).__name__}: {came}"
        names = [name for name, _ in machine.rang]
        if len(names) != len(right) or (names[:2] == right[:2] and names != right):
            rang = f"both services were above 90 all the time, and what rang is {names}"
            return "stored" if is_last else "row", f"{told}; {rang}"
    for _, text in machine.rang:
        if " at 97.25 % since " not in text:
            answers = (
                "each service answers in a class that is built on float, which `str` writes as '97.25 %'"
            )
            return "text", f"{answers}; the text is {text!r}"
    return None


def one_inside_the_other():
    """Two runtimes, one of which runs a cycle at every call of the other's ports: what is not as alone.

    They have one clock, and were given one list of services.

    Of a runtime that is another one each time by itself, this says nothing.
    """
    import monitor

    def made(budget_s, takes_s, clock, services, inside=None):
        machine = Machine(inside=inside)
        gauge = Gauge(machine, clock, takes_s)
        return machine, monitor.Runtime(services, gauge, machine, machine, machine, clock, budget_s)

    def run(machine, runtime, cycles=1):
        for _ in range(cycles):
            cycle = runtime.run_cycle()
            decided = [f"{type(each).__name__} {each.incident_id}" for each in cycle.decided]
            machine.told.append(f"its end: {cycle.sampled} answered, {cycle.missed} not, decided: {decided}")
        return machine.told

    def by_itself(budget_s, takes_s, cycles):
        return run(*made(budget_s, takes_s, Machine(), ["disk-7", "api/1"]), cycles)

    clock, services = Machine(), ["disk-7", "api/1"]
    second = made(3_600.0, 0.0, clock, services)
    first = made(10.0, 1.0, clock, services, lambda: run(*second))
    run(*first, 3)
    cycles = sum(told.startswith("its end") for told in second[0].told)
    for name, (machine, _), given in (
        ("the first", first, (10.0, 1.0, 3)),
        ("the second", second, (3_600.0, 0.0, cycles)),
    ):
        told, alone = machine.told, by_itself(*given)
        if told != alone and alone == by_itself(*given):
            pairs = zip([*told, "nothing"], [*alone, "nothing"], strict=False)
            came, right = next((came, right) for came, right in pairs if came != right)
            return f"{name} came to {came}; alone, it comes to {right}"
    return ""


def wrong_end(place, error, spares):
    """How two cycles end in which this error is raised at this place, where the contract does not say so."""
    is_missed = isinstance(error, OSError) and place == "a probe"
    machine = Machine(place, error, 0 if is_missed else spares)
    came = end_of(machine)
    if machine.raised is None:
        return None
    if is_missed:
        if isinstance(came, BaseException):
            return "stopped", f"what came out is {machine.raised.change(came) or 'that error'}"
        return None if machine.asked else ("stopped", "nobody else was asked")
    change = machine.raised.change(came)
    if change:
        context = f", {came.__context__!r}" if change.endswith("another context") else ""
        return "through", f"what came out is {change}{context}"
    return ("through", f"then {machine.asked[0]!r} was asked") if machine.asked else None


def meet_every_error():
    """Raise every error at every place: how the first ends that ends as the contract does not say."""
    import asyncio

    import monitor

    class ReadTimeout(Exception):
        """No OSError, whatever its name says."""

    places = "a probe", "the store, asked for rows,", "commit()", "show()", "ring()"
    stops = SystemExit(3), KeyboardInterrupt("ctrl-c"), GeneratorExit("closed"), asyncio.CancelledError("off")
    for place in places:
        errors = {type(each).__name__: each for each in (*known_errors(monitor, "timed out"), *stops)}
        errors["ReadTimeout, which is no OSError"] = ReadTimeout("timed out")
        odd = (*odd_errors().items(), *odd_errors(RuntimeError).items())
        for number, (name, error) in enumerate((*errors.items(), *odd)):
            if number % 2:  # Whatever it came from, it is what it is.
                error.__cause__, error.__context__ = FileNotFoundError("no scale"), TimeoutError("no line")
                error.add_note("on the second line")
            wrong = wrong_end(place, error, spares=number // 2 % 2)
            if wrong is not None:
                kind, came = wrong
                return kind, f"{place} raised {name}{', from FileNotFoundError' * (number % 2)}; {came}"
    return None


def read_often(budget_s, step_s, how_often):
    """What is left of a budget when it was looked at so often, after each step of a clock."""
    import monitor

    class Clock:
        at_s = 0.0

        def monotonic(self):
            return self.at_s

    clock = Clock()
    deadline = monitor.Deadline.after(clock, budget_s)
    for number in range(1, how_often + 1):
        clock.at_s = number * step_s
        left_s = deadline.remaining_s()
    return left_s


# fmt: off
CALLERS = (
    row_after, rows_that_change, Machine, to_be_read, Reading, Gauge, end_of, go_on_from_rows_to_be_read,
    one_inside_the_other, wrong_end, meet_every_error, read_often, AsRaised, known_errors, odd_errors,
)
# fmt: on


def given_rows(unit, story):
    """A row is somebody else's when it has been given: nothing of it changes."""
    with story.process() as process:
        there = callers(unit, *CALLERS)
        change = process.run(there.rows_that_change.later(story.name("disk-7"), 90.0, 97.25))
        if change.kind != "returned":
            return [Wrong("error", f"Policy(...), record(...) and row() {change}")]
        end = process.run(there.go_on_from_rows_to_be_read.later())
    if end.kind != "returned":
        return [Wrong("error", f"runtimes, one after the other: run_cycle() {end}")]
    told = "row() gave {}; after one more record(...), it is {}"
    wrong = [Wrong("row", told.format(*rows)) for rows in change.value]
    return wrong if end.value is None else [*wrong, Wrong(*end.value)]


def inside_each_other(unit, story):
    """A cycle of one runtime runs while a port of another one is called, as it may in one process."""
    with story.process() as process:
        end = process.run(callers(unit, *CALLERS).one_inside_the_other.later())
    told = "two runtimes, for 10 s and 3600 s, with one clock and one list of services; "
    told += "at each call of its ports the first has the second run a cycle"
    if end.kind != "returned":
        return [Wrong("beside", f"{told}; run_cycle() {end}")]
    return [Wrong("beside", f"{told}; {end.value}")] if end.value else []


def any_error(unit, story):
    """Whatever may be raised, anywhere; a program can name these classes, and so it can catch them."""
    with story.process() as process:
        end = process.run(callers(unit, *CALLERS).meet_every_error.later())
    if end.kind != "returned":
        return [Wrong("error", f"run_cycle() {end}")]
    return [Wrong(*end.value)] if end.value else []


class Desk:
    """Where policies are compared with the contract, sample by sample."""

    def __init__(self, unit, story, service, given, opened):
        self.unit, self.story, self.service, self.given, self.wrong = unit, story, service, given, []
        self.process, self.values, self.before = None, [], f", after {opened} incidents" * bool(opened)

    def compares(self, kind, policy, sample, was, will):
        value, date = sample
        end = self.process.run(policy.record.later(self.unit.system.Sample.once(self.service, value, date)))
        self.values += [value] * (kind == "decided")
        right = self.right(value, date, was, will)
        if end.kind != "returned" or [repr(one) for one in end.value] != right:
            after = " from the row before it" * (kind == "goes on")
            given = f"threshold {self.given['threshold']:g}, needed {self.given['needed']}{self.before}"
            saw = f"values {self._told()} ({given}): record(...) of a policy{after} {end}"
            self._is_wrong(kind, f"{saw}, and by the contract it is [{', '.join(right)}]")
        row = tried(policy.row)
        wrong = f"; row() {row}" if row.kind != "returned" else wrong_row(row.value, will)
        if wrong:
            self._is_wrong("row", f"values {self._told()}: row() {row}{wrong}")

    def _is_wrong(self, kind, saw):
        self.wrong.append(Wrong(kind, saw, len(self.story.timeline)))

    def _told(self):
        return ", ".join(map(str, self.values))

    def right(self, value, date, was, will):
        key = f"{self.service}/{will.opened}"
        if will.is_open and not was.is_open:
            text, after_s = f"{self.service} at {value} since {date}", self.given["escalate_after_s"]
            return [f"Opened(incident_id={key!r}, text={text!r}, at={date!r}, escalate_after_s={after_s})"]
        return [f"Closed(incident_id={key!r})"] if was.is_open and not will.is_open else []


def every_history(every_story):
    for name in HISTORIES:
        yield from every_story(a_history, faults=NOTHING, name=name)


# ---- what is promised


def kept(story, *kinds, rule, ask):
    """Promise that nothing of these kinds went wrong in a story, and that no cycle raised."""
    promise_none(story, *kinds, rule=rule, ask=ask)
    promise_under(story, QUIET_END, LIVES_ON)


def test_a_policy_decides_from_samples_alone(unit, every_story):
    """The same samples open and close the same incidents, with the same names and texts, at any hour."""
    for story in every_history(every_story):
        kept(
            story,
            "decided",
            rule="a decision is about facts, and the time of a fact is one of them",
            ask="what does `record` look at that is not in its sample, and not kept from earlier ones?",
        )


def test_a_policy_goes_on_from_its_row(unit, every_story):
    """A policy that is made from a row goes on as the one that gave the row, which stays as it is."""
    for story in every_history(every_story):
        kept(
            story,
            "goes on",
            "row",
            rule="whatever a later decision depends on is in the row, or it ends with the process",
            ask="what does your policy know that its row does not say, and what does it make of a row?",
        )
    for story in every_story(given_rows, faults=NOTHING):
        kept(
            story,
            "row",
            rule="a row says how things stood when it was given, whoever keeps it",
            ask="who else holds the dict that you give, or the one that you were given?",
        )


def test_an_incident_is_named_by_service_and_number(unit, every_story):
    """An incident is called by its service and its number, and the phone is told that name."""
    for stories in (every_day(every_story), every_story(many_names, faults=NOTHING)):
        for story in stories:
            kept(
                story,
                "name",
                rule="a name is counted, not measured and not drawn: it is the same whoever says it",
                ask="who else comes to the same name for this incident, and to another one for the next?",
            )


def test_killed_anywhere_an_incident_keeps_its_name(unit, every_story):
    """After a kill or an error at any moment, the next Runtime rings for an incident by the name it had."""
    for stories in (every_story(killed, depth=1), every_error(every_story)):
        for story in stories:
            kept(
                story,
                "name",
                "row",
                "ring",
                rule="what was not committed did not happen, and happens again under the same name",
                ask="where does a new Runtime learn how many incidents there were, and whether one is open?",
            )


def test_a_missing_answer_changes_nothing(unit, every_story):
    """A service that gives no answer is neither healthy nor ill."""
    for story in every_miss(unit, every_story):
        kept(
            story,
            "missed",
            "ring",
            rule="who was not heard is neither healthy nor ill: what was known is still what is known",
            ask="what do you know of a service after it has not answered, and what do you do with it?",
        )


def test_a_missing_answer_stops_no_other_service(unit, every_story):
    """Whatever OSError says that there is no answer, the others are asked all the same."""
    for stories in (every_miss(unit, every_story), every_story(any_error, faults=NOTHING)):
        for story in stories:
            kept(
                story,
                "stopped",
                rule="one service that does not answer is one service that does not answer",
                ask="what have the others to do with it, and which classes say that there is no answer?",
            )
            kept(
                story,
                "cut",
                rule="every cycle asks every service, whatever came of it in earlier ones",
                ask="what do you remember of a service, and why is it asked less than the others?",
            )


def test_one_service_is_done_before_the_next_is_asked(unit, every_story):
    """What an answer decides is shown, rung and committed before another service is asked."""
    for stories in (every_story(killed, depth=1), every_day(every_story)):
        for story in stories:
            kept(
                story,
                "order",
                rule="what is known is told before there is a wait for something else, which may be the last",
                ask="what is lost if the process ends while the next service is asked?",
            )


def test_each_service_is_asked_once_in_its_order(unit, every_story):
    """Each cycle asks each service once, in the order in which they were given."""
    for stories in (
        every_day(every_story),
        every_miss(unit, every_story),
        every_story(many_names, faults=NOTHING),
        *(every_story(few, faults=NOTHING, many=many) for many in (0, 1)),
    ):
        for story in stories:
            kept(
                story,
                "once",
                rule="who gives services in an order knows why, and one cycle is one question to each",
                ask="what decides which service your cycle asks next, and can one come up twice?",
            )


def test_an_incident_rings_once(unit, every_story):
    """An incident that opens is shown and rung once, and nothing else is."""
    for stories in (every_day(every_story), every_story(many_names, faults=NOTHING)):
        for story in stories:
            kept(
                story,
                "ring",
                "text",
                rule="what is announced is what the policy has decided: each thing, once, and nothing more",
                ask="what stands between what `record` gives and what is announced?",
            )
    for story in every_story(given_rows, faults=NOTHING):
        kept(
            story,
            "text",
            rule="what is announced is what the service said, as `str` writes it, whoever reads it",
            ask="what makes a text of the value, and what does it write of a float of another class?",
        )


def test_what_is_decided_is_committed(unit, every_story):
    """After each answer the stored row says how many incidents there were, and whether one is open."""
    for story in every_day(every_story):
        kept(
            story,
            "row",
            "ring",
            rule="a new process knows what is stored, and nothing else",
            ask="what does a new Runtime find, and what does it do with it?",
        )
    for story in every_story(given_rows, faults=NOTHING):
        kept(
            story,
            "stored",
            rule="another process may have been at the store since, and what it wrote is what is true",
            ask="what does a new Runtime know that it has not read?",
        )


def test_no_probe_gets_more_than_is_left(unit, every_story):
    """No probe is given more time than its cycle has left, and none is asked when nothing is left."""
    for story in every_budget(unit, every_story):
        kept(
            story,
            "much",
            rule="a budget is spent, not handed out: whoever comes later has what the others left",
            ask="how much is left in the moment in which this probe is asked, and who knows it?",
        )


def test_all_that_is_left_may_be_used(unit, every_story):
    """Every service is asked as long as anything is left, and may use all of it."""
    for story in every_budget(unit, every_story):
        kept(
            story,
            "cut",
            rule="one deadline bounds a cycle; a second bound inside it takes time away that nobody uses",
            ask="which number of yours, or which share, is smaller than what the deadline leaves?",
        )


def test_setting_the_clock_changes_no_budget(unit, every_story):
    """A clock that is set back or forward makes a cycle neither longer nor shorter."""
    for by in (-HOUR, HOUR, -3 * YEAR, 3 * YEAR, -5.0, 5.0):
        for story in every_story(a_set_clock, faults=NOTHING, by=by):
            kept(
                story,
                "much",
                "cut",
                rule="how long is counted by the hand that nobody sets",
                ask="which hand of the clock did your deadline read, and which one does it compare with?",
            )


def test_a_sample_is_dated_when_it_is_known(unit, every_story):
    """A sample carries the date that the clock showed when its answer came."""
    for story in every_day(every_story):
        kept(
            story,
            "date",
            rule="a fact is dated when it becomes known, by the hand that people read",
            ask="when did this value become known, and when did you look at the clock?",
        )


def test_what_is_no_missing_answer_comes_through(unit, every_story):
    """What else is raised, and whatever the store, the phone or the board raise, comes through as it is."""
    for stories in (every_error(every_story), every_story(any_error, faults=NOTHING)):
        for story in stories:
            kept(
                story,
                "through",
                rule="`except` names what is expected, around the one call that raises it; the rest goes by",
                ask="which calls stand in your `try` or `except`, and what becomes of another error there?",
            )


def test_a_cycle_says_what_came_of_it(unit, every_story):
    """A cycle gives who answered, who did not and what was decided, in the order in which it happened."""
    for stories in (every_day(every_story), every_budget(unit, every_story), every_miss(unit, every_story)):
        for story in stories:
            kept(
                story,
                "who",
                rule="each service is in one of two lists, by whether its probe gave a value",
                ask="by what do you tell an answer from none, and where is a service that was not asked?",
            )
            kept(
                story,
                "news",
                rule="each decision is told to whoever called, also that something is over",
                ask="which of the things that `record` gives does your cycle leave out?",
            )


def test_two_runtimes_share_nothing(unit, every_story):
    """What one runtime and its policies know, another one in the same process does not."""
    for story in every_story(two_sites, faults=NOTHING):
        kept(
            story,
            "name",
            "ring",
            "row",
            "who",
            "news",
            "much",
            "cut",
            rule="what an object knows lives in the object",
            ask="which of your names stands for one thing, however many runtimes there are?",
        )
    for story in every_story(inside_each_other, faults=NOTHING):
        kept(
            story,
            "beside",
            rule="what a cycle knows ends with the cycle, and lives in nothing that another one can reach",
            ask="which of your names is another cycle's too, while this one waits for a port?",
        )


def test_no_other_clock_is_asked(unit, story):
    """No clock is asked but the one that is handed in, and no name is drawn."""
    names = [story.name(name) for name in ("z-disk", "api/1")]
    site = Site(unit, story, names)
    site.will = {names[0]: [ILL, ILL, WELL], names[1]: [NO_ANSWER, ILL, ILL]}
    with story.process(watch=True) as process:
        for _ in range(3):
            site.begins(process).cycle()
            for name, function, line in process.calls:
                promise(
                    False,
                    saw=f"`{name}()` is called in `{function}`, line {line}",
                    rule="time and chance are handed in: only then is the same day the same day twice",
                    ask="what is that line to ask instead, and does it have to ask anything?",
                    story=story,
                )
