"""What one call leaves for the next: nothing that is let go, and everything that is set in its context."""

import pytest
from kernel_cases import unit_of

from halfway.kit import Port, only_story, takes_time
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe

BOTH = pytest.mark.parametrize("link", [Direct, Pipe])
BY_ADDRESS = """
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class Alert:
        name: str

    _known = {}

    def key(alert):
        return _known.setdefault(id(alert), alert.name)

    class Note:
        pass

    _notes = []

    def note():
        _notes.extend(Note() for _ in range(100))
"""
IN_CONTEXT = """
    import contextvars

    first = contextvars.ContextVar("first", default="")

    async def publish(name):
        if not first.get():
            first.set(name)
        return first.get()
"""
ASKS = """
    async def ask(desk):
        met = []
        try:
            await desk.ask()
        except* ConnectionError as group:
            met += [type(one).__name__ + ": " + str(one) for one in group.exceptions]
        return met
"""


class Desk(Port):
    """It tries two addresses, and neither answers."""

    raises = (ExceptionGroup,)

    @takes_time
    def ask(self):
        yield 1.0
        raise ExceptionGroup(
            "no address answered", [ConnectionRefusedError("refused"), BrokenPipeError("cut")]
        )


@BOTH
def test_an_object_that_is_made_once_is_let_go(link):
    """Another one has its address, and what was remembered of that address is wrong; those held are apart."""
    names = [f"disk-{number}" for number in range(50)]
    with unit_of(BY_ADDRESS, link=link) as unit:
        with only_story(unit).process():
            once = [unit.key(unit.Alert.once(name)) for name in names]
        with only_story(unit).process():
            held = [unit.key(unit.Alert(name)) for name in names]
    assert once != names
    assert held == names


@BOTH
def test_whatever_is_allocated_meanwhile_the_next_object_has_the_address(link):
    """A hundred objects of that size between two calls take every place but this one."""
    with unit_of(BY_ADDRESS, link=link) as unit, only_story(unit).process():
        known = []
        for name in ("disk-7", "api-2", "mail-1"):
            known.append(unit.key(unit.Alert.once(name)))
            unit.note()
    assert known == ["disk-7"] * 3


HELD = """
    import weakref

    class Alert:
        def __init__(self, name): self.name = name

    class Slotted:
        __slots__ = ("name",)
        def __init__(self, name): self.name = name

    class Last:
        def __init__(self, name): self.name = name
        def __del__(self): _gone.append(self.name)

    _held, _gone, _seen = [], [], weakref.WeakKeyDictionary()

    def keep(alert):
        _held.append(alert)
        return [each.name for each in _held]

    def see(alert):
        return _seen.setdefault(alert, alert.name)

    def gone(last):
        return list(_gone)

    def name_of(slotted):
        return slotted.name

    def add(alert):
        found = getattr(alert, "more", None)
        alert.more = alert.name
        return found
"""


@BOTH
def test_what_somebody_holds_is_not_made_anew(link):
    """An object that the program keeps stays as it is, a weak reference ends, and what is new holds nothing."""
    names = ["disk-7", "api-2", "mail-1"]
    with unit_of(HELD, link=link) as unit, only_story(unit).process():
        assert [unit.keep(unit.Alert.once(name)) for name in names] == [names[:1], names[:2], names]
        assert [unit.see(unit.Alert.once(name)) for name in names] == names
        assert [unit.gone(unit.Last.once(name)) for name in names] == [[], names[:1], names[:2]]
        assert [unit.add(unit.Alert.once(name)) for name in names] == [None] * 3
        assert [unit.name_of(unit.Slotted.once(name)) for name in names] == names


def test_what_is_made_once_is_told_as_its_maker_writes_it():
    """A timeline shows the call, and what it was given."""
    with unit_of(BY_ADDRESS, link=Direct) as unit:
        assert repr(unit.Alert.once("disk-7")) == "Alert('disk-7')"


@BOTH
def test_a_text_is_another_object_in_each_call(link):
    """Whoever compares texts by identity finds none of them again, though the judge hands in the same."""
    source = """
        _known = []

        def is_known(name):
            _known.append(name)
            return any(known is name for known in _known[:-1])
    """
    with unit_of(source, link=link) as unit, only_story(unit).process():
        name = "disk-7"
        assert [unit.is_known(name), unit.is_known(name)] == [False, False]


@BOTH
def test_calls_one_after_the_other_have_one_context(link):
    """They are made in one task of their caller; calls at the same time have tasks of their own."""
    with unit_of(IN_CONTEXT, link=link) as unit:
        with only_story(unit).process() as process:
            ends = [process.run(unit.publish.later(name)).value for name in ("disk-7", "api-2")]
        with only_story(unit).process() as process:
            apart = process.together(unit.publish.later("disk-7"), unit.publish.later("api-2"))
        with only_story(unit).process() as process:
            new = process.run(unit.publish.later("mail-1")).value
    assert ends == ["disk-7", "disk-7"]
    assert [end.value for end in apart] == ["disk-7", "api-2"]
    assert new == "mail-1"


@BOTH
def test_a_group_of_errors_reaches_the_caller_with_its_members(link):
    """A port raises it, and `except*` finds who is inside."""
    with unit_of(ASKS, link=link) as unit:
        story = only_story(unit)
        with story.process() as process:
            end = process.run(unit.ask.later(Desk(story)))
    assert end.value == ["ConnectionRefusedError: refused", "BrokenPipeError: cut"]
