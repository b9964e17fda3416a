"""Over a function or over a pipe: the same verdict, the same stories, the same timeline; and no message
hurts the judge.
"""

import json

import pytest
from kernel_cases import (
    GIVES_UP_WHEN_REFUSED,
    KEY_PER_ATTEMPT,
    MARKED_BEFORE_IT_RANG,
    RIGHT,
    SWALLOWS,
    Phone,
    only_story,
    rings_once,
    search,
    timeline_of,
)

from halfway.kit import CANCEL, CRASH, LOST, ORDER, REFUSED, STEPS, FoulError, TheirError, Unit, tried
from halfway.links.direct import Direct
from halfway.links.pipe import GoneError, Pipe

EVERYTHING = {CANCEL, CRASH, REFUSED, LOST, ORDER, STEPS}
PROGRAMS = [RIGHT, KEY_PER_ATTEMPT, MARKED_BEFORE_IT_RANG, GIVES_UP_WHEN_REFUSED, SWALLOWS]


def other_seed(source, name):
    return Pipe(source, name, hash_seed="7")


@pytest.mark.parametrize("source", PROGRAMS, ids=["right", "key", "marked", "gives up", "swallows"])
def test_both_links_tell_the_same_stories(source):
    """As many stories, the same smallest one, the same events in it: by construction, and under two hash
    seeds.
    """
    suite = rings_once(EVERYTHING)
    direct = search(source, suite)
    assert search(source, suite, link=Pipe) == direct
    assert search(source, suite, link=other_seed) == direct
    if direct[1] is not None:
        assert timeline_of(source, suite, direct[1], link=Pipe) == timeline_of(source, suite, direct[1])


VALUES = [
    None, True, 0, -(10**30), 1.5, float("inf"), "",
    "naïve \u2028 \U0001f600", b"\x00\xff", [], [1, [2, [3]]],
    (1, "a"), {},
    {"a": 1, 2: (3,)}, {1, 2}, frozenset({"x"}), [{"t": [1]}, {"h": 0}, {"p": 0}],
]  # fmt: skip


@pytest.mark.parametrize("link", [Direct, Pipe])
def test_plain_values_come_back_as_they_went(link):
    """Exact types, any depth, and nothing in a value is taken for a tag."""
    lines = link("def same(value):\n    return value\n", "program")
    try:
        unit = Unit(lines)
        for value in VALUES:
            back = unit.same(value)
            assert back == value
            assert type(back) is type(value)
    finally:
        lines.close()


THEIRS = """
from dataclasses import dataclass
from enum import Enum

class Left(Enum):
    PART = "part"

class Odd(ValueError):
    def __init__(self, key):
        super().__init__(f"odd {key}")
        self.key = key

@dataclass(frozen=True)
class Receipt:
    left: Left
    count: int

class Inbox:
    def __init__(self):
        self.seen = []
    def accept(self, item):
        self.seen.append(item)
        return Receipt(Left.PART, len(self.seen))
    def fails(self):
        raise Odd("disk-7")

class Liar:
    def __eq__(self, other):
        return True

class Loud(str):
    def __str__(self):
        return "lie"

def lie():
    return Liar()

def loud():
    return Loud("truth")

def endless():
    box = []
    box.append(box)
    return box
"""


@pytest.mark.parametrize("link", [Direct, Pipe])
def test_objects_of_theirs_stay_with_them(link):
    """Objects are asked over the link, frozen fields come along, enums compare by name, errors keep their
    base.
    """
    lines = link(THEIRS, "program")
    try:
        unit = Unit(lines)
        inbox = unit.Inbox()
        receipt = inbox.accept("disk-7")
        assert (receipt.left, receipt.count) == (unit.Left.PART, 1)
        assert inbox.seen == ["disk-7"]
        with pytest.raises(ValueError, match="odd disk-7"):
            inbox.fails()
        end = tried(inbox.fails)
        assert end.raised(unit.Odd)
        assert not end.raised(KeyError)
        assert end.error.held == {"key": "disk-7"}
    finally:
        lines.close()


@pytest.mark.parametrize("link", [Direct, Pipe])
def test_a_lying_object_cannot_speak_for_itself(link):
    """An object that equals everything arrives as an object, and a string that overrides itself as what it
    holds.
    """
    lines = link(THEIRS, "program")
    try:
        unit = Unit(lines)
        assert unit.lie() != 1
        assert unit.loud() == "truth"
        with pytest.raises(Exception, match="nested deeper"):
            unit.endless()
    finally:
        lines.close()


@pytest.mark.parametrize("link", [Direct, Pipe])
def test_a_module_that_does_not_import_answers_with_its_error(link):
    """Every call of it raises what its import raised, with the line."""
    lines = link("x = 1\nraise RuntimeError('no config')\n", "program")
    try:
        unit = Unit(lines)
        with pytest.raises(TheirError, match="no config") as caught:
            unit.publish("disk-7")
        assert caught.value.frames[-1][0] == 2
    finally:
        lines.close()


SAYS = """
import os
def work(phone):
    os.write({descriptor}, {line!r})
    os._exit(3)
"""


def _work(line):
    """How a call ends whose process writes this line to its judge, and is gone."""
    # The server's own descriptors come right after the standard three: in, out.
    lines = Pipe(SAYS.format(descriptor=4, line=line), "program")
    try:
        unit = Unit(lines)
        story = only_story(unit)
        with story.process():
            unit.work(Phone(story))
    finally:
        lines.close()


HOSTILE = {
    "nothing": b"",
    "no JSON": b"{'a'}\n",
    "no list": b"7\n",
    "no message": b'["what", null, null]\n',
    "another length": b"[1]\n",
    "two at once": b'["idle",[null,1],null]\n["idle",[null,1],null]\n',
    "a port it was not given": b'["port",[9,"ring",[],{},0],null]\n',
    "a method that is not there": b'["port",[1,"__init__",[],{},0],null]\n',
    "a time in the past": b'["idle",[-5,1],null]\n',
    "text for a number": b'["idle",["soon",1],null]\n',
    "no arguments": b'["port",null,null]\n',
    "extra of no shape": b'["idle",[null,1],7]\n',
    "deep": b"[" * 100_000 + b"\n",
    "long": b"[" + b'"x",' * 400_000 + b"1]\n",
    "too many results": b'["done",[["returned",1],["returned",2]],null,null]\n',
    "an error of no shape": b'["done",[["raised",{"mro":[]}]],null,null]\n',
    "an end to come": b'["done",[["returned",1]],null,{"ended":[99999999999999]}]\n',
    "an end in words": b'["done",[["returned",1]],null,{"ended":["soon"]}]\n',
    "tasks without end": b'["done",[["returned",1]],null,{"leaked":Infinity}]\n',
    "a verdict": b'["done",[["kept",true]],null,null]\n',
}


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_a_subject_says_the_judge_goes_on(line):
    """A message that no subject sends ends the call as foul or gone: never as a fault of the judge, and
    never in silence.
    """
    with pytest.raises((FoulError, GoneError)):
        _work(line)


def test_the_same_bytes_cross_again_and_again():
    """Two equal calls are equal messages, so that a recorded conversation can be compared."""
    lines = Pipe("def same(value):\n    return {'b', 'a', 'c'}\n", "program", hash_seed="3")
    other = Pipe("def same(value):\n    return {'b', 'a', 'c'}\n", "program", hash_seed="4")
    try:
        assert Unit(lines).same(1) == Unit(other).same(1) == {"a", "b", "c"}
        assert json.dumps(lines.messages) == json.dumps(other.messages)
    finally:
        lines.close()
        other.close()
