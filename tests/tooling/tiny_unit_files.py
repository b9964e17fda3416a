"""The files of the tiny unit, as they are when it keeps every law."""

HEAD = '''\
"""Ring the on-call phone once for each incident."""

from typing import Protocol

__all__ = ["Phone", "key_of", "publish"]


class Phone(Protocol):
    """The on-call phone."""

    async def ring(self, key: str, text: str) -> str:
        """Ring and give a receipt; stay quiet for a key that has rung."""


'''
STUB = (
    HEAD
    + '''\
def key_of(incident: str) -> str:
    """Give the key of an incident."""
    raise NotImplementedError


async def publish(incident: str, phone: Phone) -> str:
    """Ring for an incident and give the receipt; try three times."""
    raise NotImplementedError
'''
)
SOLUTION = (
    HEAD
    + '''\
def key_of(incident: str) -> str:
    """Give the key of an incident."""
    # An incident has one key.
    return f"ring/{incident}"


async def publish(incident: str, phone: Phone) -> str:
    """Ring for an incident and give the receipt; try three times."""
    key = key_of(incident)
    for attempt in range(1, 4):
        try:
            return await phone.ring(key, incident)
        except (ConnectionRefusedError, TimeoutError):
            if attempt == 3:
                raise
    raise AssertionError("unreachable")
'''
)
ALSO = (
    HEAD.replace('incident."""', 'incident, with one attempt written out after the other."""', 1)
    + '''\
def key_of(incident: str) -> str:
    """Give the key of an incident."""
    return "/".join(("ring", incident))


async def publish(incident: str, phone: Phone) -> str:
    """Ring for an incident and give the receipt; try three times."""
    named = key_of(incident)
    for _ in range(2):
        try:
            return await phone.ring(named, incident)
        except (ConnectionRefusedError, TimeoutError):
            continue
    return await phone.ring(named, incident)
'''
)
WRONG_IDEAS = """\
# The wrong ideas of ex91

## key_per_attempt

Every request needs a key of its own, so the attempt goes into the key.

Caught by: test_a_lost_reply_does_not_ring_twice; first in `ring~1~the-reply-is-lost`

```diff
-            return await phone.ring(key, incident)
+            return await phone.ring(f"{key}-{attempt}", incident)
```

## one_key_for_all

A ring is a ring, so one key is enough.

Caught by: test_two_incidents_have_two_keys

```diff
-    return f"ring/{incident}"
+    return "ring"
```
"""
SUITE = '''\
"""What is checked for ex91."""

from halfway.kit import LOST, REFUSED, Port, promise, takes_time

WITHOUT = {
    "asked at any time": "nothing in this unit only reads",
    "between two lines": "nothing is looked at twice",
    "clocks of their own": "no clock is handed in",
    "elsewhere": "nothing is made of the machine",
    "kinds meet": "REFUSED and LOST are told alone",
    "somebody is beside it": "one incident is published at a time",
    "the process lives on": "a process publishes one incident",
    "the whole family of errors": "the phone raises two errors alone",
    "values of the domain": "ids are handed through as they are",
}


class Phone(Port):
    """A call takes 2 s and rings after 1 s, unless its key has rung before."""

    raises = (ConnectionError, TimeoutError)

    def __init__(self, story):
        super().__init__(story)
        self.receipts = {}

    @takes_time
    def ring(self, key, text):
        fault = self.fault("ring", REFUSED="refused", LOST=("the request is lost", "the reply is lost"))
        yield 1.0
        if fault == "refused":
            raise ConnectionRefusedError("refused")
        if fault != "the request is lost" and key not in self.receipts:
            self.receipts[key] = f"receipt-{len(self.receipts) + 1}"
            self.tell(f"rings  key {key}")
        yield 1.0
        if fault:
            raise TimeoutError("no reply")
        return self.receipts[key]


def test_two_incidents_have_two_keys(unit, story):
    """Two incidents have two keys."""
    disk, load = unit.key_of(story.name("disk")), unit.key_of(story.name("load"))
    promise(
        disk != load,
        saw=f"two incidents, one key: {disk!r}",
        rule="a key names the intent",
        ask="what makes two incidents differ?",
    )


def test_a_lost_reply_does_not_ring_twice(unit, every_story):
    """Refused or unheard, one incident rings the phone once."""
    for story in every_story({REFUSED, LOST}, depth=2):
        phone, incident = Phone(story), story.name("disk")
        with story.process() as process:
            process.run(lambda: unit.publish(incident, phone))
        promise(
            len(phone.receipts) == 1,
            saw=f"one incident rang {len(phone.receipts)} times",
            rule="the phone stays quiet only for a key that has rung",
            ask="what is the same in the first call and in the second?",
            story=story,
        )
'''
EXAMPLES = '''\
"""One incident, one ring."""

from ring import key_of, publish

from halfway.kit import run


class RecordingPhone:
    def __init__(self):
        self.keys = []

    async def ring(self, key, text):
        self.keys.append(key)
        return "receipt-1"


def test_one_incident_rings_once():
    """One incident rings once."""
    phone = RecordingPhone()
    assert run(publish("disk-7", phone)) == "receipt-1"
    assert len(phone.keys) == 1


def test_a_key_is_text():
    """A key is text."""
    assert key_of("disk-7").startswith("ring")
'''
TOML = """\
concept = "9_tiny/91_one_incident_is_one_ring.md"
kind = "implement"
minutes = 10
needs = []
file = "ring.py"
capstone = "ex75"
draft = true
"""
BRIEF = """\
# Ring once

## The situation

A disk is full.

## The promise

One incident rings once.

## What to change

Write the two functions.

## Done when

- `halfway grade ex91_ring_once` says that every promise is kept.
"""
HINTS = """\
## 1 Where to look

Look at the key.

## 2 The idea

Name the intent.

## 3 The shape

One key, made once, above the loop.
"""
PAGE = """\
# One incident is one ring

## Concept position

<!-- map -->

## Purpose

Ring once.

## The failure

How often does it ring?

<!-- program: programs/91_rings.py -->
<!-- output: programs/91_rings.py -->

## 1. A key names the intent

**Make it once.**

<!-- story: key_per_attempt -->

## 2. A repeat is recognised

**Reuse it.**

## What a caller may believe

| publish | has it rung? |
| --- | --- |
| returns | yes (`test_a_lost_reply_does_not_ring_twice`) |
| raises | unknown (judgement) |

## What it costs

A key.

## Practical guidelines

- Make the key above the loop (`test_a_lost_reply_does_not_ring_twice`).
- Show the key to a person (judgement).

## Exercise

<!-- card -->

## In real systems

SQLite writes a row once for each key. <!-- pin: test_sqlite_drops_a_repeat -->

To read further:

- [The header](https://example.org/key) has a draft.

## Review questions

- Which line makes the key?
"""
PINS = '''\
"""What page 91 says of real systems."""

import sqlite3

import pytest


@pytest.mark.pin
def test_sqlite_drops_a_repeat():
    """A second row under one key is not written."""
    sqlite3.connect(":memory:")
'''

NOTES = """\
# Notes

## What holds each sentence

### key_of

- Give the key of an incident.
  `test_two_incidents_have_two_keys`

### publish

- Ring for an incident and give the receipt; try three times.
  `test_a_lost_reply_does_not_ring_twice`
"""
