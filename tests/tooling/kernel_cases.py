"""Ports and programs that tests of the kernel share: a phone, a store, a queue, and code that is right or
wrong.
"""

from __future__ import annotations

import contextlib
from contextlib import contextmanager
from functools import partial
from textwrap import dedent

from halfway import kit
from halfway.kit import PRESSURES, BrokenError, Port, Unit, durable, promise, takes_time
from halfway.links.direct import Direct
from halfway.sim import parse_replay

EveryStory = partial(kit.EveryStory, without=PRESSURES)
only_story = partial(kit.only_story, pressures=frozenset())
"""The kernel by itself: what it does is seen where no pressure does anything beside it."""


class Phone(Port):
    """A call takes 2 s and rings after 1 s; a repeat of a key that has rung is dropped."""

    def __init__(self, story):
        super().__init__(story)
        self.rang = []

    @takes_time
    def ring(self, key, text):
        fault = self.fault(
            "call", REFUSED="the call is refused", LOST=("the request is lost", "the reply is lost")
        )
        yield 1.0
        if fault == "the call is refused":
            raise ConnectionRefusedError("refused")
        if fault == "the request is lost":
            yield 1.0
            raise TimeoutError("no reply")
        if key not in [known for known, _ in self.rang]:
            self.rang.append((key, text))
            self.tell(f"rings, key {key}")
        yield 1.0
        if fault == "the reply is lost":
            raise TimeoutError("no reply")
        return "accepted"


class Store(Port):
    """Durable from one process to the next."""

    raises = ()

    def __init__(self, story):
        super().__init__(story)
        self.rows = {}

    def get(self, key):
        return self.rows.get(key)

    @durable
    def put(self, key, value):
        self.rows[key] = value


class Inbox(Port):
    """Gives each delivery once, in order; with faults one comes twice, or two change places."""

    raises = ()

    def __init__(self, story, deliveries):
        super().__init__(story)
        self.left = list(deliveries)

    @takes_time
    def take(self):
        yield 1.0
        if not self.left:
            return None
        fault = self.fault("take", DUPLICATE="it is delivered twice", REORDER="the next one comes first")
        if fault == "the next one comes first" and len(self.left) > 1:
            self.left[:2] = reversed(self.left[:2])
        if fault == "it is delivered twice":
            return self.left[0]
        return self.left.pop(0)


class WallClock(Port):
    """Two hands; the wall hand may be set back an hour before it is read."""

    raises = ()

    def now_s(self):
        if self.fault("now", SET_BACK="the clock is set back an hour"):
            self.world.wall_ns -= 3_600 * 10**9
        return self.world.wall.timestamp()

    @takes_time
    def sleep(self, seconds):
        yield seconds


@contextmanager
def unit_of(source, *, link=Direct):
    """The unit of a program, over a link that is closed afterwards."""
    lines = link(dedent(source), "program")
    try:
        yield Unit(lines)
    finally:
        lines.close()


def search(source, suite, *, link=Direct, depth=2):
    """Tell every story of `suite(unit, every_story)`: (stories told, replay string of the smallest broken
    one or None).
    """
    lines = link(source, "program")
    try:
        unit = Unit(lines)
        every_story = EveryStory(unit)
        try:
            suite(unit, every_story)
        except BrokenError as broken:
            return every_story.told, broken.story.replay
        return every_story.told, None
    finally:
        lines.close()


def timeline_of(source, suite, replay, *, link=Direct):
    """Tell one story again, and give what happened in it."""
    lines = link(source, "program")
    try:
        unit = Unit(lines)
        every_story = EveryStory(unit, only=parse_replay(replay))
        with contextlib.suppress(BrokenError):
            suite(unit, every_story)
        return list(every_story.current.timeline)
    finally:
        lines.close()


def rings_once(faults, depth=2):
    """One incident, stopped anywhere and published until it is done, rings once."""

    def suite(unit, every_story):
        for story in every_story(faults, depth=depth):
            phone, store = Phone(story), Store(story)
            with story.process() as process:
                process.run(lambda: unit.publish("disk-7", store, phone))
            story.until_done(lambda: unit.publish("disk-7", store, phone))
            promise(len(phone.rang) == 1, saw=f"{len(phone.rang)} calls", rule="once", ask="?", story=story)

    return suite


RIGHT = """
import asyncio

async def publish(incident, store, phone):
    while store.get(incident) != "published":
        try:
            await phone.ring(incident, "it is full")
            store.put(incident, "published")
        except (ConnectionError, TimeoutError):
            await asyncio.sleep(1)
    return "published"
"""
KEY_PER_ATTEMPT = (
    RIGHT.replace("phone.ring(incident,", "phone.ring(f'{incident}/{id_of()}',")
    + """
made = 0

def id_of():
    global made
    made += 1
    return made
"""
)
MARKED_BEFORE_IT_RANG = RIGHT.replace(
    'await phone.ring(incident, "it is full")\n            store.put(incident, "published")',
    'store.put(incident, "published")\n            await phone.ring(incident, "it is full")',
)
GIVES_UP_WHEN_REFUSED = RIGHT.replace(
    "except (ConnectionError, TimeoutError):",
    'except ConnectionRefusedError:\n            store.put(incident, "published")\n'
    "        except TimeoutError:",
)
SWALLOWS = RIGHT.replace("except (ConnectionError, TimeoutError):", "except BaseException:")
