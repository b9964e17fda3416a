"""What is checked for ex11: rings that come neither late nor early, whatever is done to the clock."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from halfway.kit import (
    QUIET_END,
    Dice,
    Port,
    TwoHands,
    Wrong,
    callers,
    numbers_of,
    ports,
    promise,
    promise_none,
    promise_under,
    times,
    words_of,
)

AT_ONCE = "no call takes time, so nothing is ever under way"
WITHOUT = {
    "asked at any time": AT_ONCE,
    "elsewhere": "nothing is made of the machine: the date comes with an offset of its own",
    "somebody is beside it": f"{AT_ONCE}; two reminders are a promise of their own",
    "the process lives on": f"{AT_ONCE} and can be stopped; a reminder is asked again in every story",
    "the whole family of errors": "neither the clock nor the phone fails; calls that fail begin with unit 21",
}

MINUTE, HOUR, DAY, YEAR = 60.0, 3_600.0, 86_400.0, 366 * 86_400.0
REPEAT = 10 * MINUTE
IN_NEWFOUNDLAND = datetime(2026, 3, 29, 1, 55, tzinfo=timezone(-timedelta(hours=3, minutes=30)))
MOMENT = 1e-6
"""So much before a ring is due, nothing rings; and sums of readings may be rounded so far, and no further."""
ODD_INTERVALS = 90.3, 599.9
"""No float holds them: beside a reading of a day, the one is a little less than it says, the other more."""
ROUNDED = MOMENT / 10
"""So far off is a sum of readings that no float holds, at most."""
MANY = 1_100
"""So many calls, one inside the other, are more than Python makes."""

HAPPENS = {
    "the clock is set back an hour": ("the clock was set back an hour", lambda hands: hands.set(-HOUR)),
    "the clock is set forward an hour": ("the clock was set forward an hour", lambda hands: hands.set(HOUR)),
    "summer time comes": ("summer time came", lambda hands: hands.turn(1)),
    "the machine sleeps for eight hours": (
        "the machine slept for eight hours, and its monotonic hand stood still",
        lambda hands: hands.sleep(8 * HOUR),
    ),
}
"""What happens to a machine at night, as it is told afterwards, and what it does to the two hands."""


class Clock(ports.FakeClock):
    """The machine's clock."""

    def now(self):
        return super().now()

    def monotonic(self):
        return super().monotonic()


class Phone(Port):
    """The on-call phone: it remembers what it has shown."""

    raises = ()

    def __init__(self, story):
        super().__init__(story)
        self.rang = []

    def ring(self, incident: str, opened_at: str):
        self.rang.append((incident, opened_at))
        self.tell(f"rings for {incident}, open since {opened_at}")


@dataclass
class Call:
    """One call of a reminder: how it ended, what rang in it, and what the clock showed before and after.

    `error` is what was raised, in words; "" where it returned `value`.
    """

    method: str
    names: list[str]
    value: object
    error: str
    is_key_error: bool
    rang: list[tuple[str, str]]
    began_s: float
    ended_s: float
    dates: tuple[str, str]

    @property
    def told(self):
        return f"`{self.method}({', '.join(map(repr, self.names))})`"

    @property
    def end(self):
        return self.error or f"returned {self.value!r}"


@dataclass
class Incident:
    """What is known of an incident that is open."""

    opened: Call
    shown: str
    rang: Call


class Book:
    """What the contract says of each call of a reminder, and what was wrong with those that were made.

    Where `to_s` is 1.0, how long an incident was open is looked at to the second.
    """

    events: int | None = None
    """How many events have been told; None, where there is no story."""

    def __init__(self, repeat_after_s, to_s=MOMENT):
        self.repeat_after_s, self.to_s = repeat_after_s, to_s
        self.is_open: dict[str, Incident] = {}
        self.wrong: list[Wrong] = []
        self.done = ""

    def heard(self, call):
        """A call was made: look at it."""
        if call.error and (call.method != "acknowledge" or call.names[0] in self.is_open):
            self._is_wrong("error", f"{call.told} {call.end}")
        if call.method == "tick":
            self._look_at_rings(
                call, {name: None for name, at in self.is_open.items() if self._must(call, at)}
            )
        else:
            (self._opened if call.method == "open" else self._acknowledged)(call, *call.names)

    def _opened(self, call, incident):
        rings = [shown for name, shown in call.rang if name == incident]
        if incident not in self.is_open:
            call.rang = [ring for ring in call.rang if ring[0] != incident]
            if len(rings) != 1:
                self._is_wrong("at once", f"{call.told} rang {times(len(rings))} for it{self.done}")
            elif rings[0] not in call.dates:
                saw = f"{call.told} showed {rings[0]}; the clock said {call.dates[0]}{self.done}"
                self._is_wrong("date", saw)
        self._look_at_rings(call, must=())
        if incident not in self.is_open:
            self.is_open[incident] = Incident(call, rings[0] if rings else call.dates[0], call)

    def _acknowledged(self, call, incident):
        for name in dict.fromkeys(name for name, _ in call.rang):
            self._is_wrong("quiet", f"{call.told} rang for {name!r}{self.done}")
        at = self.is_open.pop(incident, None)
        if at is None:
            if not call.is_key_error:
                self._is_wrong("not open", f"{call.told}, which is not open, {call.end}")
        elif not call.error:
            least, most = call.began_s - at.opened.ended_s, call.ended_s - at.opened.began_s
            is_number = isinstance(call.value, int | float)
            if not is_number or not least - self.to_s <= call.value <= most + self.to_s:
                was_open = seconds(most, 0 if self.to_s == 1.0 else 6)
                saw = f"{call.told} gave {call.value!r}; it was open for {was_open}{self.done}"
                self._is_wrong("duration", saw)

    def _must(self, call, at):
        """Is it due, however its program rounds?"""
        passed_s = call.began_s - at.rang.ended_s
        readings = call.began_s, at.rang.ended_s, float(self.repeat_after_s)
        is_exact = all((each * 512).is_integer() for each in readings)
        return passed_s >= self.repeat_after_s + (0.0 if is_exact else MOMENT + ROUNDED)

    def _look_at_rings(self, call, must):
        """Each that has to ring has rung once and in order, and nobody else has, but for who may."""
        if not call.rang and not must:
            return
        rang = Counter(name for name, _ in call.rang)
        for name, shown in call.rang:
            at = self.is_open.get(name)
            if at is None:
                self._is_wrong("early", f"{call.told} rang for {name!r}, which is not open{self.done}")
            elif shown != at.shown:
                self._is_wrong(
                    "date", f"{name!r} was shown as open since {at.shown}, later since {shown}{self.done}"
                )
        for name in dict.fromkeys((*must, *rang)):
            if name in self.is_open:
                self._look_at_one(call, name, self.is_open[name], rang[name], name in must)
        in_order = [name for name in self.is_open if name in rang]
        if [name for name in rang if name in self.is_open] != in_order:
            self._is_wrong("order", f"opened: {listed(self.is_open)}; {call.told} rang for {listed(rang)}")

    def _look_at_one(self, call, name, at, rings, must):
        passed_s = call.ended_s - at.rang.began_s
        is_close = abs(passed_s - self.repeat_after_s) < 0.5
        ago = f"{call.told}, {seconds(passed_s, 6 if is_close else 0)} after the last ring for {name!r}"
        if rings == 0 and must:
            self._is_wrong("late", f"{ago}: it did not ring{self.done}")
        elif rings > 1:
            self._is_wrong("early", f"{ago}: it rang {times(rings)}{self.done}")
        elif rings == 1:
            if passed_s < self.repeat_after_s - ROUNDED:
                self._is_wrong("early", f"{ago}: it rang{self.done}")
            at.rang = call

    def _is_wrong(self, kind, saw):
        self.wrong.append(Wrong(kind, saw, self.events))


class Desk(Book):
    """A reminder at work, called as a runtime and people call it, and compared with the contract."""

    def __init__(self, unit, process, clock, phone, repeat_after_s=REPEAT, *, to_s=MOMENT):
        super().__init__(repeat_after_s, to_s)
        self.process, self.clock, self.phone = process, clock, phone
        self.reminder = unit.Reminder(clock, phone, repeat_after_s=repeat_after_s)

    # ---- time

    def after(self, seconds):
        """So many seconds later."""
        self.clock.hands.go_on(seconds)
        return self

    def set_clock(self, seconds):
        """Somebody sets the clock."""
        self.clock.hands.set(seconds)
        self.clock.tell(f"is set, and shows {self.clock.hands.wall.isoformat()}")
        if seconds:
            self.done = f"; before that, the clock was set {'back' if seconds < 0 else 'forward'}"

    def turn(self, hours):
        """Summer time begins or ends."""
        self.clock.hands.turn(hours)
        self.clock.tell(f"shows {self.clock.hands.wall.isoformat()}, which is the same moment")
        self.done = f"; before that, summer time {'came' if hours > 0 else 'ended'}"

    def sleep(self, seconds):
        """The machine sleeps, and its monotonic hand stands still."""
        self.clock.hands.sleep(seconds)
        self.clock.tell(f"shows {self.clock.hands.wall.isoformat()}, after a sleep of {seconds:g} s")
        self.done = "; before that, the machine slept"

    def something_happens(self, when):
        """Perhaps something is done to the machine."""
        what = self.clock.fault(when, SET_BACK=tuple(HAPPENS))
        if what:
            told, happens = HAPPENS[what]
            happens(self.clock.hands)
            self.clock.tell(f"shows {self.clock.hands.wall.isoformat()}")
            self.done = f"; before that, {told}"

    # ---- calls

    def open(self, incident):
        """An incident opens."""
        self._call("open", incident)

    def tick(self):
        """The runtime calls."""
        self._call("tick")

    def acknowledge(self, incident):
        """Somebody is on it."""
        self._call("acknowledge", incident)

    @property
    def events(self):
        return len(self.clock.world.timeline.events)

    def _call(self, method, *names):
        hands, before = self.clock.hands, len(self.phone.rang)
        began_s, date = hands.monotonic_s, hands.wall.isoformat()
        end = self.process.run(getattr(self.reminder, method).later(*names))
        error = "" if end.kind == "returned" else str(end)
        self.heard(
            Call(
                method,
                [*names],
                end.value,
                error,
                end.raised(KeyError),
                self.phone.rang[before:],
                began_s,
                hands.monotonic_s,
                (date, hands.wall.isoformat()),
            )
        )


def listed(names):
    """Names, as they are told; of many the first and the last."""
    told = [repr(name) for name in names]
    return ", ".join(told if len(told) < 9 else [*told[:3], "...", *told[-2:]])


def seconds(number, digits=0):
    """Seconds, with as many digits of them as anybody wants to read."""
    told = f"{number:.{digits or 1}f}"
    return f"{told.rstrip('0').rstrip('.') if digits or number < MINUTE else round(number)} s"


def kept(story, *kinds, rule, ask):
    """Promise that nothing of these kinds went wrong in a story, and that no call raised."""
    promise_none(story, *kinds, rule=rule, ask=ask)
    promise_under(story, QUIET_END)


# ---- what happens


def one_incident(unit, story):
    """One incident, and two moments in which something may happen to the machine."""
    name = story.name("disk-7")
    with story.process() as process:
        desk = Desk(unit, process, Clock(story), Phone(story), to_s=1.0)
        desk.open(name)
        desk.after(5 * MINUTE).something_happens("five minutes after the opening")
        desk.tick()
        desk.after(301).tick()
        desk.after(5 * MINUTE).something_happens("fifteen minutes after the opening")
        desk.tick()
        desk.after(302).tick()
        desk.after(7).acknowledge(name)
    return desk.wrong


def a_night(unit, story):
    """Two incidents, and two moments in which something may happen to the machine."""
    a, b = story.name("disk-7"), story.name("api-2")
    with story.process() as process:
        desk = Desk(unit, process, Clock(story), Phone(story), to_s=1.0)
        desk.open(a)
        desk.after(5 * MINUTE).something_happens("five minutes after the opening")
        desk.after(5).open(b)
        desk.after(296).tick()
        desk.something_happens("ten minutes after the opening")
        desk.after(295).tick()
        desk.after(12).tick()
        desk.after(7).acknowledge(a)
        desk.after(5 * MINUTE).acknowledge(b)
    return desk.wrong


def a_set_clock(unit, story, *, by, how_often):
    """Somebody sets the clock by so much, once or again and again; then another incident opens."""
    with story.process() as process:
        desk = Desk(unit, process, Clock(story), Phone(story))
        first = story.name("disk-7")
        desk.open(first)
        for step in range(6):
            desk.after(95)
            if step < how_often:
                desk.set_clock(by)
            desk.tick()
        desk.after(28.5).tick()
        desk.after(2).tick()
        desk.open(story.name("api-2"))
        desk.after(90.515625).acknowledge(first)
    return desk.wrong


def every_set_clock(unit, every_story):
    """Clocks that are set by little and by much, and by just less than each number of the program."""
    yield from every_story(one_incident)
    yield from every_story(a_night)
    yield from every_story(the_same_date_again)
    yield from every_story(nothing_is_read_meanwhile)
    limits = [number - 1.0 for number in numbers_of(unit, 100_000)]
    steps = [(0.5, 6), (5.0, 6), (7.0, 1), (59.0, 1), (59.0, 6), (3 * YEAR, 1)]
    steps += [(limit, how_often) for limit in limits for how_often in (1, 6)]
    for by, how_often in dict.fromkeys(steps):
        yield from every_story(a_set_clock, by=-by, how_often=how_often)
        yield from every_story(a_set_clock, by=by, how_often=how_often)


def a_second_ends(unit, story, *, readings):
    """A second ends while an incident opens, after so many readings of a clock in Newfoundland."""
    with story.process() as process:
        desk = Desk(unit, process, Clock(story, wall=IN_NEWFOUNDLAND), Phone(story))
        desk.clock.hands.set(1 - (readings + 0.5) * ports.READING_S)
        desk.open(story.name("disk-7"))
        desk.after(REPEAT + 1).tick()
        desk.acknowledge(story.name("disk-7"))
    return desk.wrong


def a_new_machine(unit, story, *, monotonic_s):
    """A machine that has just started, whose clock nobody has set yet."""
    clock = Clock(story, wall=datetime(1970, 1, 1, 0, 0, 3, tzinfo=UTC), monotonic_s=monotonic_s, still=True)
    with story.process() as process:
        desk = Desk(unit, process, clock, Phone(story))
        desk.open(story.name("disk-7"))
        desk.tick()
        desk.after(MINUTE).set_clock(56 * YEAR)
        desk.tick()
        desk.after(REPEAT - MINUTE - MOMENT).tick()
        desk.after(MOMENT).tick()
        desk.acknowledge(story.name("disk-7"))
        desk.open(story.name("api-2"))
        desk.acknowledge(story.name("api-2"))
    return desk.wrong


def late_ticks(unit, story):
    """Ticks twice in one moment, between two openings, and hours late."""
    a, b, c = story.name("disk-7"), story.name("api-2"), story.name("Cache-1")
    with story.process() as process:
        desk = Desk(unit, process, Clock(story), Phone(story))
        desk.open(a)
        desk.after(0.25).tick()
        desk.tick()
        desk.after(100.5).open(b)
        desk.after(549.75).tick()
        desk.after(590).tick()
        desk.after(15).tick()
        desk.after(2 * HOUR).tick()
        desk.tick()
        desk.after(50).open(c)
        desk.after(549).tick()
        desk.after(1.5).tick()
        desk.after(10).acknowledge(a)
        desk.after(2 * DAY).tick()
        desk.after(599).tick()
        desk.after(1.5).tick()
    return desk.wrong


def to_the_second(unit, story):
    """A clock that shows the same until it is told to go on, and ticks on the very second."""
    with story.process() as process:
        desk = Desk(unit, process, Clock(story, still=True, monotonic_s=DAY + 1 / 512), Phone(story))
        a = story.name("disk-7")
        desk.open(a)
        desk.after(REPEAT - MOMENT).tick()
        desk.after(MOMENT).tick()
        desk.after(REPEAT).tick()
        desk.after(90.515625).acknowledge(a)
    return desk.wrong


def several_are_late(unit, story):
    """Incidents whose names and dates have another order, and ticks that find several of them due."""
    b, a, c = story.name("disk-7"), story.name("api-2"), story.name("Cache-1")
    with story.process() as process:
        desk = Desk(unit, process, Clock(story), Phone(story))
        desk.open(b)
        for name in (a, c):
            desk.after(1).set_clock(-HOUR)
            desk.open(name)
        desk.after(2 * HOUR).tick()
        desk.acknowledge(a)
        # One that is younger, and due earlier than those that have just rung.
        desk.after(1).open(a)
        desk.after(598).tick()
        desk.after(1.5).tick()
        desk.after(2 * HOUR).tick()
    return desk.wrong


def all_at_once(unit, story):
    """Incidents that open in one moment, in another order than that of their names."""
    names = [story.name(name) for name in ("disk-7", "api-2", "Cache-1")]
    with story.process() as process:
        desk = Desk(unit, process, Clock(story, still=True, monotonic_s=DAY), Phone(story))
        for name in names:
            desk.open(name)
        desk.after(REPEAT).tick()
        desk.after(REPEAT + 1).tick()
        for name in names:
            desk.acknowledge(name)
        # They open again in the moment of their last ring, twice.
        for name in (names[1], names[0], names[0]):
            desk.open(name)
            desk.acknowledge(name)
    return desk.wrong


def at_odd_seconds(unit, story, *, repeat_after_s):
    """Readings and an interval that no float holds to the last bit, as they mostly are."""
    names = [f"{story.name('disk-7')}.{number}" for number in range(8)]
    with story.process() as process:
        desk = Desk(unit, process, Clock(story), Phone(story), repeat_after_s)
        for name in names:
            desk.after(1.1).open(name)
        desk.after(repeat_after_s - 5).tick()
        desk.after(repeat_after_s + 0.1).tick()
    return desk.wrong


def most_are_acknowledged(unit, story):
    """Of three incidents one is left open, and another one opens."""
    a, b, c, d = map(story.name, ("disk-7", "api-2", "Cache-1", "db"))
    with story.process() as process:
        desk = Desk(unit, process, Clock(story), Phone(story))
        for name in (a, b, c):
            desk.after(1).open(name)
        desk.acknowledge(a)
        desk.acknowledge(b)
        desk.after(1).open(d)
        desk.after(REPEAT + 1).tick()
    return desk.wrong


def acknowledged_late(unit, story):
    """Somebody acknowledges what is due, before a tick comes that is late."""
    a, b = story.name("disk-7"), story.name("api-2")
    with story.process() as process:
        desk = Desk(unit, process, Clock(story), Phone(story))
        desk.open(a)
        desk.after(1).open(b)
        desk.after(REPEAT + 1).acknowledge(a)
        desk.after(1).tick()
    return desk.wrong


def one_instant(unit, story):
    """Incidents open while no hand moves: at one instant with two offsets, at one hour of two instants."""
    clock = Clock(story, still=True)
    with story.process() as process:
        desk = Desk(unit, process, clock, Phone(story))
        desk.open(story.name("disk-7"))
        desk.turn(1)
        desk.open(story.name("api-2"))
        desk.set_clock(-HOUR)
        desk.open(story.name("Cache-1"))
        desk.turn(-1)
        desk.open(story.name("db"))
        desk.after(REPEAT + 1).tick()
    return desk.wrong


def the_same_date_again(unit, story):
    """The clock is set back by just as much as has passed since it was last looked at."""
    with story.process() as process:
        desk = Desk(unit, process, Clock(story), Phone(story))
        name = story.name("disk-7")
        desk.open(name)
        desk.after(REPEAT - 1.5).tick()
        desk.after(2).set_clock(-2)
        desk.tick()
        desk.acknowledge(name)
    return desk.wrong


def nothing_is_read_meanwhile(unit, story):
    """The machine sleeps, and no hand moves between two readings but the one that is right when it wakes."""
    with story.process() as process:
        desk = Desk(unit, process, Clock(story, still=True), Phone(story))
        name = story.name("disk-7")
        desk.open(name)
        desk.tick()
        desk.sleep(8 * HOUR)
        desk.tick()
        desk.acknowledge(name)
    return desk.wrong


def many_names(unit, story):
    """Names that are nearly the same, and words of the program itself."""
    name = story.name("disk-7")
    names = ["", name, name.upper(), f" {name}", f"{name} ", *words_of(unit)[:20]]
    names += [f"{name}.{number}" for number in range(6)]
    with story.process() as process:
        desk = Desk(unit, process, Clock(story), Phone(story))
        for each in dict.fromkeys(names):
            desk.after(2).open(each)
        desk.after(HOUR).tick()
        for each in dict.fromkeys(names):
            desk.after(1.5).acknowledge(each)
    return desk.wrong


def an_interval(unit, story, *, repeat_after_s, rings):
    """An incident stays open for so many rings."""
    with story.process() as process:
        desk = Desk(unit, process, Clock(story, still=True, monotonic_s=DAY), Phone(story), repeat_after_s)
        name = story.name("disk-7")
        desk.open(name)
        for ring in range(rings):
            if ring < 2:
                desk.after(repeat_after_s - MOMENT).tick()
                desk.after(MOMENT).tick()
            else:
                desk.after(repeat_after_s).tick()
        desk.after(MOMENT).acknowledge(name)
    return desk.wrong


def every_interval(unit, every_story):
    """Half a second to a year, each number of the program, and more rings than it may count to."""
    numbers = numbers_of(unit, 2_000_000)
    many = max(62, *(number + 1 for number in (0, *numbers) if number <= 300))
    yield from every_story(an_interval, repeat_after_s=0.5, rings=4)
    yield from every_story(an_interval, repeat_after_s=90, rings=many)
    yield from every_story(an_interval, repeat_after_s=31 * DAY, rings=13)
    yield from every_story(an_interval, repeat_after_s=YEAR, rings=2)
    for number in (86_400, *numbers):
        yield from every_story(an_interval, repeat_after_s=number, rings=3)
        yield from every_story(an_interval, repeat_after_s=number + 1.5, rings=3)


def opened_twice(unit, story):
    """An incident is opened again while it is open, after the clock was set."""
    a, b = story.name("disk-7"), story.name("api-2")
    with story.process() as process:
        desk = Desk(unit, process, Clock(story), Phone(story))
        desk.open(a)
        desk.after(1).open(b)
        desk.after(7 * MINUTE).set_clock(-HOUR)
        desk.open(a)
        desk.after(174).tick()
        desk.after(10).tick()
        desk.acknowledge(a)
        desk.acknowledge(b)
    return desk.wrong


def opened_anew(unit, story):
    """An incident is acknowledged and opens again: within its interval, and after a silent year."""
    a, b = story.name("disk-7"), story.name("api-2")
    with story.process() as process:
        desk = Desk(unit, process, Clock(story), Phone(story))
        desk.open(a)
        desk.after(1).open(b)
        desk.after(100).acknowledge(a)
        desk.after(30).open(a)
        desk.after(480).tick()
        desk.after(110).tick()
        desk.after(15).tick()
        desk.after(HOUR).tick()
        desk.acknowledge(a)
        desk.after(YEAR).tick()
        desk.set_clock(-HOUR)
        desk.open(a)
        desk.after(601).tick()
        desk.acknowledge(a)
        desk.acknowledge(b)
    return desk.wrong


def not_open(unit, story):
    """Somebody acknowledges what was never opened, and what was acknowledged before."""
    a, b, c = map(story.name, ("disk-7", "api-2", "Cache-1"))
    with story.process() as process:
        desk = Desk(unit, process, Clock(story), Phone(story))
        desk.acknowledge(a)
        desk.open(b)
        desk.acknowledge(a)
        desk.after(10).acknowledge(b)
        desk.acknowledge(b)
        desk.after(1).open(b)
        desk.after(1).open(a)
        desk.after(REPEAT + 1).acknowledge(c)
        desk.tick()
    return desk.wrong


def two_desks(unit, story):
    """Two reminders, each with its own clock, phone and interval, and one name."""
    with story.process() as process:
        desks = []
        for number, seconds_between in enumerate((60, 600)):
            clock = Clock(story, monotonic_s=DAY + number * 7 * HOUR)
            clock.hands.set(number * DAY)
            desks.append(Desk(unit, process, clock, Phone(story), seconds_between))
        return by_turns(desks, story)


def two_alike(unit, story):
    """Two reminders with one clock, one phone and the same interval, and one name."""
    clock, phone = Clock(story), Phone(story)
    with story.process() as process:
        return by_turns([Desk(unit, process, clock, phone) for _ in range(2)], story)


def by_turns(desks, story):
    """Both have an incident of one name, which is acknowledged at the one, and later at the other."""
    a = story.name("disk-7")
    for desk in desks:
        desk.done = "; another reminder has an incident of the same name"
        desk.after(5).open(a)
    for after in (5, 58, 540):
        for desk in desks:
            desk.after(after).tick()
    for desk in desks:
        if not any(each.wrong for each in desks):
            desk.acknowledge(a)
            for each in desks:
                each.after(REPEAT).tick()
    return [wrong for desk in desks for wrong in desk.wrong]


# ---- many calls, made where the learner's file runs


class TheirClock:
    """A clock for code of callers: some time passes before each reading, or none."""

    def __init__(self, hands, reading_s):
        self.hands, self.reading_s = hands, reading_s

    def now(self):
        self.moves_on()
        return self.hands.wall

    def monotonic(self):
        self.moves_on()
        return self.hands.monotonic_s

    def moves_on(self):
        if self.reading_s:
            self.hands.go_on(self.reading_s)


class TheirPhone:
    """A phone for code of callers."""

    def __init__(self):
        self.rang = []

    def ring(self, incident, opened_at):
        self.rang.append((incident, opened_at))


def played(lists):
    """What each call gave, in each of these lists of commands, at a reminder of its own."""
    import json

    return json.dumps([played_one(*one) for one in json.loads(lists)], default=repr)


def played_one(setting, commands):
    """What each call gave at one reminder; what moves the clock gives nothing."""
    from datetime import datetime

    import remind

    hands, phone = TwoHands(datetime.fromisoformat(setting["wall"]), setting["monotonic_s"]), TheirPhone()
    clock = TheirClock(hands, setting["reading_s"])
    reminder = remind.Reminder(clock, phone, repeat_after_s=setting["repeat_after_s"])
    return [
        getattr(hands, name)(*args)
        if hasattr(hands, name)
        else called(getattr(reminder, name), args, clock, phone)
        for name, *args in commands
    ]


def called(method, names, clock, phone):
    """What a call gave, and what the clock showed before and after; see `Call`."""
    phone.rang, hands = [], clock.hands
    began_s, date = hands.monotonic_s, hands.wall.isoformat()
    value, error, is_key_error = None, "", False
    try:
        value = method(*names)
    except NotImplementedError:
        raise
    except Exception as caught:
        error, is_key_error = f"raised {type(caught).__name__}: {caught}", isinstance(caught, KeyError)
    dates = date, hands.wall.isoformat() if clock.reading_s else date
    return value, error, is_key_error, phone.rang, began_s, hands.monotonic_s, dates


CALLERS = (TwoHands, TheirClock, TheirPhone, played, played_one, called)


def first_wrong(unit, lists):
    """The first of these lists in which something is wrong: its setting, its commands so far, and what."""
    heard = json.loads(callers(unit, *CALLERS).played(json.dumps(lists)))
    for (setting, commands), calls in zip(lists, heard, strict=True):
        book = Book(setting["repeat_after_s"])
        for place, ((name, *args), call) in enumerate(zip(commands, calls, strict=True)):
            if call is not None:
                value, error, is_key_error, rang, began_s, ended_s, dates = call
                rings = [(incident, shown) for incident, shown in rang]
                book.heard(Call(name, args, value, error, is_key_error, rings, began_s, ended_s, (*dates,)))
            if book.wrong:
                return setting, commands[: place + 1], book.wrong[0]
    return None


def a_setting(repeat_after_s=REPEAT, monotonic_s=DAY, reading_s=0.0):
    wall = "2026-03-29T01:55:00+01:00"
    return {
        "repeat_after_s": repeat_after_s,
        "monotonic_s": monotonic_s,
        "reading_s": reading_s,
        "wall": wall,
    }


def in_a_storm(unit, story):
    """More incidents are open than calls of Python fit into one another, and than the program counts to."""
    many = max(MANY, *(number + 1 for number in (0, *numbers_of(unit, 2 * MANY))))
    names = [f"{story.name('disk-7')}.{number}" for number in range(many)]
    commands = [["open", name] for name in names]
    commands += [["go_on", HOUR], ["tick"]]
    commands += [["acknowledge", names[place]] for place in (0, many // 2)]
    commands += [["go_on", HOUR], ["tick"]]
    with story.untold(), story.process():
        found = first_wrong(unit, [(a_setting(), commands)])
    if found is None:
        return []
    opened = sum(name == "open" for name, *_ in found[1])
    story.world.tell("caller", f"opens {opened:,} incidents, and goes on up to what is seen here")
    return [Wrong(found[2].kind, f"after {opened:,} incidents had opened, {found[2].saw}")]


WALKS, CALLS_OF_A_WALK = 32, 26
SETTINGS = (
    a_setting(monotonic_s=0.0),
    a_setting(599.9, 86_400.1, ports.READING_S),
    a_setting(0.5),
    a_setting(90.3, 1_000.1, ports.READING_S),
)
"""The clocks of the walks: some stand still, and some show what no float holds to the last bit."""


def walks(names):
    """Calls of every kind, one after the other, and what is done to the clock between them."""
    for number in range(WALKS):
        dice, setting = Dice(number), SETTINGS[number % len(SETTINGS)]
        yield (
            setting,
            [
                command
                for _ in range(CALLS_OF_A_WALK)
                for command in (*any_move(dice, setting["repeat_after_s"]), any_call(dice, names))
            ],
        )


def any_move(dice, repeat_after_s):
    """Often nothing moves; or time goes by, the clock is set or turned, or the machine sleeps."""
    if dice.choice((True, False)):
        return []
    passing = [["go_on", factor * repeat_after_s] for factor in (0.5, 0.5, 1, 3)]
    return [
        dice.choice((*passing, ["set", HOUR], ["set", -HOUR], ["turn", 1], ["turn", -1], ["sleep", 8 * HOUR]))
    ]


def any_call(dice, names):
    name = dice.choice(("open",) * 3 + ("tick",) * 3 + ("acknowledge",) * 2)
    return [name] if name == "tick" else [name, dice.choice(names)]


def smallest(unit, found):
    """Leave out commands as long as something is wrong."""
    while found is not None:
        least, (setting, commands, _) = found, found
        without = [commands[:place] + commands[place + 1 :] for place in range(len(commands))]
        found = first_wrong(unit, [(setting, fewer) for fewer in without])
    return least


def in_every_order(unit, story):
    """All walks; the first one that goes wrong is made small, and made once more, aloud."""
    names = [story.name(name) for name in ("disk-7", "api-2", "Cache-1", "db")]
    with story.untold(), story.process():
        found = first_wrong(unit, [*walks(names)])
        if found is None:
            return []
        setting, commands, wrong = smallest(unit, found)
    with story.process() as process:
        clock = Clock(story, monotonic_s=setting["monotonic_s"], still=not setting["reading_s"])
        desk = Desk(unit, process, clock, Phone(story), setting["repeat_after_s"])
        does = {"go_on": desk.after, "set": desk.set_clock, "turn": desk.turn, "sleep": desk.sleep}
        for name, *args in commands:
            does.get(name, getattr(desk, name, None))(*args)
    told = f"in a process that has had other reminders before, {wrong.saw}"
    return desk.wrong or [Wrong(wrong.kind, told)]


# ---- what is promised


def test_nobody_who_sets_the_clock_makes_a_ring_late(unit, every_story):
    """The phone rings again after ten minutes, also when the clock is set back."""
    for story in every_set_clock(unit, every_story):
        kept(
            story,
            "late",
            rule="an interval is made of seconds that have passed, and of nothing else",
            ask="what does your `tick` compare, and can anything change it but seconds that pass?",
        )


def test_nobody_who_sets_the_clock_makes_a_ring_early(unit, every_story):
    """It does not ring again before ten minutes have passed, though the clock is set or the machine slept."""
    for story in every_set_clock(unit, every_story):
        kept(
            story,
            "early",
            rule="an interval is made of seconds that have passed, and of nothing else",
            ask="how many seconds have really passed, and which hand of the clock says so?",
        )


def test_an_incident_was_open_for_as_long_as_it_was(unit, every_story):
    """An incident was open for the seconds that passed between its opening and `acknowledge`."""
    for stories in (
        every_set_clock(unit, every_story),
        every_interval(unit, every_story),
        every_story(a_new_machine, monotonic_s=0.0),
        *map(every_story, (to_the_second, opened_twice, opened_anew, many_names)),
    ):
        for story in stories:
            kept(
                story,
                "duration",
                rule="how long is the difference of two readings of one hand, and of one that nobody sets",
                ask="which two readings does `acknowledge` subtract, and what is done to the result?",
            )


def test_every_ring_shows_the_date_of_the_opening(unit, every_story):
    """The display shows the date that the clock had when the incident opened, at every ring."""
    for stories in (
        every_set_clock(unit, every_story),
        every_story(opened_anew),
        every_story(one_instant),
        every_story(a_new_machine, monotonic_s=3.0),
        *(every_story(a_second_ends, readings=readings) for readings in range(1, 5)),
    ):
        for story in stories:
            kept(
                story,
                "date",
                rule="when it happened is read from the hand that people read, in that very moment",
                ask="where does the text on the display come from, and when was it made?",
            )


def test_a_machine_that_has_just_started_rings_on_time(unit, every_story):
    """On a machine that started in this very moment the phone rings at once, and again after ten minutes."""
    for monotonic_s in (0.0, 3.0):
        for story in every_story(a_new_machine, monotonic_s=monotonic_s):
            kept(
                story,
                "at once",
                "late",
                "early",
                rule="a count of seconds begins anywhere: 0 is a moment like every other, and not long ago",
                ask="what does your first comparison compare, when the clock itself says 0.0 or 3.0?",
            )


def test_a_tick_rings_once_for_each_that_is_due(unit, every_story):
    """However late or often a tick comes, it rings once for each that is due since its last ring."""
    for stories in (
        *(every_story(at_odd_seconds, repeat_after_s=repeat_after_s) for repeat_after_s in ODD_INTERVALS),
        *map(every_story, (late_ticks, to_the_second, all_at_once, many_names, in_a_storm)),
    ):
        for story in stories:
            kept(
                story,
                "at once",
                "late",
                "early",
                rule="between two rings lies the whole interval, and a tick says only that somebody looks",
                ask="what do you remember of the last ring, and from which moment on is the next one due?",
            )


def test_a_tick_rings_in_the_order_of_opening(unit, every_story):
    """What has been open for longer rings first, whatever its name, its date or its last ring."""
    for scenario in (several_are_late, most_are_acknowledged, all_at_once, opened_anew, many_names):
        for story in every_story(scenario):
            kept(
                story,
                "order",
                rule="the order of opening is not the order of names, of dates, or of rings",
                ask="by what does your `tick` go through the incidents?",
            )


def test_the_interval_is_the_one_that_was_given(unit, every_story):
    """Half a second or a year, the second ring or the hundredth: the interval is `repeat_after_s`."""
    for story in every_interval(unit, every_story):
        kept(
            story,
            "late",
            "early",
            rule="an incident rings until somebody acknowledges it, in the interval that was asked for",
            ask="which number in your code is not `repeat_after_s`, or keeps a part of it?",
        )


def test_an_open_incident_stays_as_it_is(unit, every_story):
    """Opened again while it is open, it rings no earlier, shows the same date, and keeps its interval."""
    for story in every_story(opened_twice):
        kept(
            story,
            "early",
            "late",
            "date",
            "order",
            rule="an incident opens once, until it is acknowledged",
            ask="what does `open` change for an incident that it knows already?",
        )


def test_an_acknowledged_incident_is_over(unit, every_story):
    """Acknowledged, it stays quiet; opened again later or at once, it is new and rings at once."""
    for story in every_story(acknowledged_late):
        kept(
            story,
            "quiet",
            rule="whoever answers is not called again for it, and nobody is called by that answer",
            ask="what does your `acknowledge` do besides saying how long it was open?",
        )
    for scenario in (opened_anew, all_at_once):
        for story in every_story(scenario):
            kept(
                story,
                "at once",
                "early",
                "late",
                rule="what opens after it was acknowledged is another incident, whatever its name",
                ask="what do you still know of an incident after `acknowledge`?",
            )


def test_what_is_not_open_cannot_be_acknowledged(unit, every_story):
    """Whoever acknowledges what is not open gets a KeyError, and nothing changes."""
    for story in every_story(not_open):
        kept(
            story,
            "not open",
            "at once",
            "late",
            "order",
            "quiet",
            rule="a name that is not open is a mistake of the caller, and 0 seconds are no answer",
            ask="what does your code do for a name that it does not know, and what does it keep of it?",
        )


def test_two_reminders_share_nothing(unit, every_story):
    """What one reminder knows of an incident, another one does not, also with the same clock and phone."""
    for scenario in (two_desks, two_alike):
        for story in every_story(scenario):
            kept(
                story,
                "at once",
                "early",
                "late",
                "date",
                "not open",
                rule="what an object knows lives in the object",
                ask="which of your names stands for one table, however many reminders there are?",
            )


def test_no_order_of_calls_confuses_it(unit, every_story):
    """In whatever order incidents open, ring and are acknowledged, each call does what it says."""
    for story in every_story(in_every_order, (), 0):
        kept(
            story,
            *("at once", "late", "early", "order", "date", "duration", "quiet", "not open"),
            rule="every call meets every state that the calls before it can leave",
            ask="for each call of this story: what did you know before it, and what is true after it?",
        )


def test_no_other_clock_is_asked(unit, story):
    """No clock is asked but the one that the reminder is given, and no call waits."""
    a, clock, phone = story.name("disk-7"), Clock(story), Phone(story)
    with story.process(watch=True) as process:
        desk = Desk(unit, process, clock, phone)
        desk.open(a)
        desk.after(REPEAT + 1).tick()
        desk.acknowledge(a)
        for name, function, line in process.calls:
            promise(
                not is_a_clock(name),
                saw=f"`{name}()` is called in `{function}`, line {line}",
                rule="time is passed in: only then can a test say what time it is, and wait for nothing",
                ask="what is that line to ask instead?",
                story=story,
            )


def is_a_clock(name):
    """Is it a clock of the machine's, or a wait on it?"""
    return name.startswith("time.") or name.endswith((".now", ".utcnow", ".today"))
