"""What crosses a link: plain data as it is, objects by name or number, and nothing that breaks it."""

import json
import math
from datetime import UTC, datetime, timedelta

import pytest
from kernel_cases import only_story, unit_of

from halfway.kit import NotPlainError, Port, TheirError, takes_time, tried
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe
from halfway.wire import DEPTH_MAX, INT_BITS_MAX, pack, unpack

BOTH = pytest.mark.parametrize("link", [Direct, Pipe])


def nothing_else(*what):
    raise AssertionError(f"{what} is not plain")


def crossed(value):
    return unpack(json.loads(json.dumps(pack(value, nothing_else))), nothing_else)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7976931348623157e308])
def test_floats_that_json_has_no_word_for_come_through(value):
    """Not a number, the infinities, the smallest and the largest."""
    assert repr(crossed(value)) == repr(value)


def test_equal_sets_are_equal_messages():
    """A set crosses in one order, however it came about."""
    names = [f"name-{number}" for number in range(50)]
    assert pack(set(names), nothing_else) == pack({name for name in names[::-1]}, nothing_else)


@BOTH
def test_an_integer_may_be_large_but_not_without_end(link):
    """Three thousand digits cross; what Python itself would not write as text is told as not plain, in one line."""
    source = "def power(bits):\n    return 1 << bits\n"
    with unit_of(source, link=link) as unit:
        assert unit.power(INT_BITS_MAX - 1) == 1 << (INT_BITS_MAX - 1)
        assert unit.power(70) == 1 << 70
        with pytest.raises(NotPlainError, match="an integer of 100,001 bits"):
            unit.power(100_000)
        assert unit.power(3) == 8


NESTED = """
    from dataclasses import dataclass, field

    @dataclass(frozen=True)
    class Node:
        next: object = None

    def lists(depth):
        box = 1
        for _ in range(depth):
            box = [box]
        return box

    def nodes(depth):
        node = Node()
        for _ in range(depth):
            node = Node(node)
        return node

    def ring():
        node = Node()
        object.__setattr__(node, "next", node)
        return node

    def circle():
        box = {}
        box["me"] = [box, box]
        return box

    def takes(value):
        return type(value).__name__
"""


@BOTH
def test_what_is_nested_too_deep_or_in_itself_is_told_as_that(link):
    """Lists, dicts and frozen dataclasses: down to a depth they cross, below it they are not plain; never an endless loop."""
    with unit_of(NESTED, link=link) as unit:
        assert unit.lists(DEPTH_MAX) == eval("[" * DEPTH_MAX + "1" + "]" * DEPTH_MAX)
        assert unit.nodes(DEPTH_MAX - 2).next.next.next is not None
        for endless in (lambda: unit.lists(5_000), lambda: unit.nodes(500), unit.ring, unit.circle):
            with pytest.raises(NotPlainError, match=f"nested deeper than {DEPTH_MAX} levels"):
                endless()
        assert unit.takes([]) == "list"


OBJECTS = """
    import enum
    from dataclasses import dataclass, field
    from typing import NamedTuple

    class Left(enum.Enum):
        NOTHING = "nothing"
        PART = ("part", 1)

    class Level(enum.IntEnum):
        LOW = 1

    class Tag(enum.StrEnum):
        A = "a"

    class Mode(enum.Flag):
        R = 1
        W = 2

    @dataclass(frozen=True)
    class Alert:
        name: str
        tags: tuple = ()
        seen: dict = field(default_factory=dict)
        left: Left = Left.PART

    @dataclass
    class Box:
        items: list = field(default_factory=list)

    class Point(NamedTuple):
        x: int
        y: int

        @classmethod
        def origin(cls):
            return cls(0, 0)

        @staticmethod
        async def fetched():
            return Point(5, 5)

        def right(self):
            return self._replace(x=self.x + 1)

        def pair(self):
            return (self.x, self.y)

    class Text(str):
        def __eq__(self, other):
            return True
        __hash__ = str.__hash__

    def members():
        return [Left.PART, Level.LOW, Tag.A, {Left.NOTHING: 1}]

    def both():
        return Mode.R | Mode.W

    def alert(name):
        return Alert(name, seen={"a": [1]})

    def box(*items):
        return Box(list(items))

    def point():
        return Point(1, 2)

    def text():
        return [Text("one")]

    def adder(first):
        return lambda second: first + second

    def is_part(left):
        return left is Left.PART

    def name_of(alert):
        return alert.name

    def error():
        return ValueError("kept")

    def kind():
        return Alert
"""


@BOTH
def test_enum_members_cross_by_name(link):
    """Of every kind of enum, in and out, and inside of plain data; a member is equal to its name and to nothing else."""
    with unit_of(OBJECTS, link=link) as unit:
        part, low, tag, left = unit.members()
        assert (part, low, tag) == (unit.Left.PART, unit.Level.LOW, unit.Tag.A)
        assert (part.name, str(part)) == ("PART", "Left.PART")
        assert left == {unit.Left.NOTHING: 1}
        assert part != unit.Left.NOTHING
        assert low != 1
        assert unit.is_part(part) is True
        assert unit.is_part(unit.Left.NOTHING) is False
        assert unit.both().name == "R|W"
        assert "has no Left.ALL" in tried(lambda: unit.is_part(unit.Left.ALL).x).error.said


@BOTH
def test_a_frozen_dataclass_comes_with_its_fields(link):
    """Its fields are plain data here, also those of a factory; the object goes back in as itself."""
    with unit_of(OBJECTS, link=link) as unit:
        alert = unit.alert("disk")
        assert (alert.name, alert.tags, alert.seen, alert.left) == ("disk", (), {"a": [1]}, unit.Left.PART)
        assert alert == unit.alert("disk")
        assert alert != unit.alert("cpu")
        assert unit.name_of(alert) == "disk"
        assert repr(unit.Alert("disk")) == "Alert(name='disk', tags=(), seen={}, left=Left.PART)"


@BOTH
def test_other_objects_are_asked_for_what_they_hold(link):
    """A mutable object stays where it is: its attributes are asked for when they are read."""
    with unit_of(OBJECTS, link=link) as unit:
        box = unit.box(1, 2)
        assert box.items == [1, 2]
        assert repr(box) == "<Box>"
        assert box != unit.box(1, 2)
        assert unit.kind() == unit.Alert
        assert unit.error().args == ("kept",)
        assert unit.adder(40)(2) == 42


@BOTH
def test_an_answer_of_a_subclass_is_the_plain_value_it_holds(link):
    """What a subclass overrides has no say; what was made by calling its class is an object all the same."""
    with unit_of(OBJECTS, link=link) as unit:
        assert unit.point() == (1, 2)
        assert unit.text() == ["one"]
        assert unit.text() != ["two"]
        assert unit.Point(3, 4).x == 3


@BOTH
def test_what_a_method_gives_of_its_own_class_is_an_object(link):
    """Whatever the class is built on, called by its name or on an object, at once or later: it has its methods."""
    with unit_of(OBJECTS, link=link) as unit:
        origin, fetched = unit.Point.origin(), unit.Point.fetched()
        assert (origin._cls, fetched._cls) == ("Point", "Point")
        assert (origin.right().right().x, fetched.right().x) == (2, 6)
        assert origin.right().pair() == (1, 0)


class Echo(Port):
    """Gives back what it is given."""

    raises = ()

    def same(self, value):
        self.got = value
        return value

    @takes_time
    def same_later(self, value):
        yield 1.0
        self.got = value
        return value


ECHO = """
    import datetime

    async def round(port, value):
        now, later = port.same(value), await port.same_later(value)
        return [now, later, type(now) is type(value), type(later) is type(value)]

    def made():
        return datetime.datetime(2026, 1, 5, 9, tzinfo=datetime.timezone.utc), datetime.timedelta(days=1, microseconds=1)

    async def sends(port):
        class Own:
            pass
        own = Own()
        return (port.same(own) is own, port.same([own])[0] is own, port.same(round) is round)

    def endless(port):
        box = []
        box.append(box)
        port.same(box)
"""


@BOTH
@pytest.mark.parametrize(
    "value", [None, 1.5, math.inf, (1, [2]), {"a": {1}}, b"x", datetime(2026, 1, 5, tzinfo=UTC), timedelta(1)]
)
def test_values_cross_to_a_port_and_back(link, value):
    """Whole and of the same type, at once and after a wait."""
    with unit_of(ECHO, link=link) as unit:
        story = only_story(unit)
        port = Echo(story)
        with story.process():
            assert unit.round(port, value) == [value, value, True, True]
        assert port.got == value


@BOTH
def test_their_own_objects_come_back_to_them_as_themselves(link):
    """A port may hold what only the learner's code can look into."""
    with unit_of(ECHO, link=link) as unit:
        story = only_story(unit)
        with story.process():
            assert unit.sends(Echo(story)) == (True, True, True)
            assert unit.made() == (datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(days=1, microseconds=1))
            with pytest.raises(TheirError, match="nested deeper"):
                unit.endless(Echo(story))


ERRORS = """
    class Refused(LookupError):
        def __init__(self, key):
            super().__init__(f"no {key}")
            self.key, self.box, self.deep = key, {key: object()}, [[[[]]]]

    class Shy(ValueError):
        def __str__(self):
            raise RuntimeError("not today")

    class Stop(BaseException):
        pass

    def refuse():
        try:
            1 / 0
        except ZeroDivisionError as error:
            raise Refused("disk") from error

    def shy():
        raise Shy

    def several():
        raise ExceptionGroup("two", [Refused("a"), ValueError("b")])

    def stop():
        raise Stop("all of it")

    async def stop_later():
        raise Stop("all of it")

    def ends(kind):
        raise kind

    def odd():
        raise type("No Identifier\\ud800", (Exception,), {})("odd \\ud800")
"""


@BOTH
def test_errors_cross_with_what_they_say_and_hold(link):
    """Class, base, text, plain attributes, cause, parts and lines; also of errors that cannot even say their text."""
    with unit_of(ERRORS, link=link) as unit:
        end = tried(unit.refuse)
        assert end.raised(unit.Refused)
        assert end.raised(LookupError)
        assert end.error.said == "no disk"
        assert end.error.held == {"key": "disk", "box": {"disk": "a object"}, "deep": [[[[]]]]}
        assert end.error.cause["mro"][0] == "ZeroDivisionError"
        assert [name for _, name in end.error.frames] == ["refuse"]
        assert "could not be made: RuntimeError" in tried(unit.shy).error.said
        assert [part["mro"][0] for part in tried(unit.several).error.inner] == ["Refused", "ValueError"]
        assert tried(unit.odd).kind == "raised"


@BOTH
@pytest.mark.parametrize("name", ["stop", "stop_later"])
def test_a_base_exception_of_theirs_is_an_error_like_any_other(link, name):
    """It ends the call, and neither the process nor the judge."""
    with unit_of(ERRORS, link=link) as unit:
        assert str(tried(getattr(unit, name))) == "raised Stop: all of it"
        assert tried(unit.refuse).raised(LookupError)


@BOTH
@pytest.mark.parametrize(
    "kind", [SystemExit, GeneratorExit, StopIteration, StopAsyncIteration, MemoryError, RecursionError]
)
def test_what_ends_a_program_elsewhere_ends_a_call_here(link, kind):
    """sys.exit() in a call is told as raised SystemExit."""
    with unit_of(ERRORS, link=link) as unit:
        assert tried(lambda: unit.ends(kind)).error.mro[0] == kind.__name__
