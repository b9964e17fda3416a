"""An object of theirs comes with the names of its methods: what it holds is asked for, what it does is called."""

import pytest
from kernel_cases import only_story, unit_of

from halfway.links.direct import Direct
from halfway.links.pipe import Pipe

BOTH = pytest.mark.parametrize("link", [Direct, Pipe])

THINGS = """
    class Base:
        kind = "base"

        def said(self):
            return "base"

        def total(self):
            return 7

    class Thing(Base):
        def __init__(self, given):
            self.given = given
            self.total = 3

        def said(self):
            return f"thing {self.given}"

        @staticmethod
        def still():
            return "still"

        @classmethod
        def of_class(cls):
            return cls.kind

        @property
        def twice(self):
            return self.given * 2

        async def later(self):
            return "later"

    class Strange(Base):
        def __getattribute__(self, name):
            return 5 if name == "said" else object.__getattribute__(self, name)

    class Bare:
        __slots__ = ()

        def said(self):
            return "bare"

    def callable_in(thing):
        thing.hook = thing.said
        return None
"""


@BOTH
def test_methods_are_called_and_values_are_asked_for(link):
    """Functions of the class are called; what the object itself holds, properties and slots come as values."""
    with unit_of(THINGS, link=link) as unit, only_story(unit).process():
        thing = unit.Thing("a")
        assert (thing.said(), thing.still(), thing.of_class(), thing.later()) == (
            "thing a",
            "still",
            "base",
            "later",
        )
        assert (thing.given, thing.total, thing.twice, thing.kind) == ("a", 3, "aa", "base")
        assert unit.Bare().said() == "bare"
        unit.callable_in(thing)
        assert thing.hook() == "thing a"


@BOTH
def test_an_object_that_decides_itself_what_it_has_is_asked(link):
    """A class with a `__getattribute__` of its own is believed in nothing ahead."""
    with unit_of(THINGS, link=link) as unit, only_story(unit).process():
        strange = unit.Strange()
        assert strange.said == 5
        assert strange.total() == 7


def test_no_message_is_sent_to_find_out_what_is_a_method():
    """Making an object and calling it twice takes three messages."""
    with unit_of(THINGS, link=Pipe) as unit, only_story(unit).process():
        thing = unit.Thing("a")
        thing.said()
        thing.still()
        assert unit._link.messages == 3
