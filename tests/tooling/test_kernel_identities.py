"""The number of an object that is gone belongs to the next one that is asked: Python allows it on any day."""

from halfway.links.direct import Direct
from halfway.sim import World
from halfway.sim.life import Life
from halfway.subject.identities import asks

SOURCE = """
class Thing:
    pass

def alive():
    a, b = Thing(), Thing()
    return [id(a) == id(a), id(a) == id(b), id(a) == id(b.__class__)]

def gone():
    before = id(Thing())
    return [before == id(Thing()), before == id(Thing())]

class Slotted:
    __slots__ = ("name",)

def gone_without_a_word():
    found = []
    for kind in (Slotted, object, list, dict):
        before = id(kind())
        found += [before == id(kind()), before == id([kind()])]
    slotted = Slotted()
    return found + [id(slotted) in [id(Slotted()) for _ in range(9)]]

def held():
    thing = Thing()
    before = id(thing)
    return before in [id(Thing()) for _ in range(9)]

def plain():
    number, text = 7, "text"
    return [id(number) == id(number), id(text) == id(text), id(number) == id(text)]

def numbers():
    things = [Thing() for _ in range(3)]
    return [id(thing) for thing in things]
"""


def answers(*names):
    lines = Direct(SOURCE, "program")

    def in_a_new_process(name):
        life = Life(World(), lines, lambda *_: None)
        ((how, value),) = life.call([(name, (), {})])
        life.end()
        assert how == "returned"
        return value

    try:
        return [in_a_new_process(name) for name in names]
    finally:
        lines.close()


def test_objects_that_live_have_numbers_of_their_own():
    """Two objects that live at the same time have different numbers, and each keeps its own."""
    assert answers("alive", "held", "plain") == [[True, False, False], False, [True, True, False]]


def test_the_number_of_what_is_gone_comes_again_at_once():
    """Whoever asks about the next object of any class gets the number of the one that is gone."""
    assert answers("gone") == [[True, True]]
    assert answers("gone_without_a_word") == [[True] * 8 + [False]]


def test_each_process_counts_from_the_first():
    """No number of one process tells anything about another."""
    first, again = answers("numbers", "numbers")
    assert first == again
    assert len(set(first)) == 3


def test_who_never_asks_has_pythons_own_names():
    """A file that never names `id` runs with the built-in names as they are."""
    assert [asks(text) for text in ("id(a)", "key=id", "alert.id", "idle(x)", "alert_id")] == [
        True,
        True,
    ] + 3 * [False]
