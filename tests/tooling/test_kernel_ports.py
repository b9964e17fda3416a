"""Ports: what reaches the caller, what is our own mistake, and the ready-made ones, each with its faults."""

import pytest
from kernel_cases import EveryStory, only_story, unit_of

from halfway.kit import (
    LOST,
    CheckerFaultError,
    NotRepeatableError,
    Port,
    PortFailedError,
    TheirError,
    durable,
    takes_time,
    tried,
)


class Desk(Port):
    """Answers at once, or after a while; some of it is a mistake."""

    raises = (ConnectionError, LookupError)

    def add(self, first, second=1):
        return first + second

    @takes_time
    def add_slowly(self, first, second=1):
        yield 1.0
        return first + second

    @takes_time
    def add_at_once(self, first, second=1):
        if second == 0:
            raise KeyError("nothing to add")
        return first + second
        yield

    def fails(self):
        raise ConnectionResetError(104, "reset")

    @takes_time
    def fails_slowly(self):
        yield 2.0
        raise KeyError("disk-7")

    def has_a_mistake(self):
        raise ZeroDivisionError

    @takes_time
    def has_a_slow_mistake(self):
        yield 1.0
        raise ZeroDivisionError

    def has_a_wrong_type(self):
        return len(7)

    def gives_nonsense(self):
        return object()


CALLS = """
    def do(desk, name, *args, **kwargs):
        return getattr(desk, name)(*args, **kwargs)

    async def do_slowly(desk, name, *args, **kwargs):
        return await getattr(desk, name)(*args, **kwargs)

    def named(*, desk, numbers):
        return desk.add(*numbers)

    def inside(box):
        return [desk.add(1) for desk in box["desks"]]

    def same(desk, other):
        return desk is other

    def back(desk):
        return [desk]

    async def unknown(desk):
        try:
            desk.shout()
        except AttributeError as error:
            return str(error)

    def sets(desk):
        desk.add = None
"""


@pytest.fixture
def unit():
    with unit_of(CALLS) as unit:
        yield unit


@pytest.fixture
def desk(unit):
    story = only_story(unit)
    with story.process():
        yield Desk(story)


def test_a_port_is_called_like_what_it_stands_for(unit, desk):
    """Positional and named arguments, at once or awaited, give what the port gives."""
    assert unit.do(desk, "add", 1) == 2
    assert unit.do(desk, "add", "a", second="b") == "ab"
    assert unit.do_slowly(desk, "add_slowly", 1, second=2) == 3
    assert unit.do_slowly(desk, "add_at_once", 2) == 3


def test_a_port_goes_in_anywhere_and_is_one_object(unit, desk):
    """By name, inside of plain data, twice, and back: it is the same port."""
    assert unit.named(desk=desk, numbers=(2, 3)) == 5
    assert unit.inside({"desks": [desk, desk]}) == [2, 2]
    assert unit.same(desk, desk) is True
    assert unit.back(desk) == [desk]


@pytest.mark.parametrize("call", ["do", "do_slowly"])
def test_what_a_port_raises_reaches_the_caller_with_its_arguments(unit, desk, call):
    """Errors that the port names cross as they are."""
    name = "fails" if call == "do" else "fails_slowly"
    end = tried(lambda: getattr(unit, call)(desk, name))
    assert end.error.mro[0] == ("ConnectionResetError" if call == "do" else "KeyError")
    assert end.error.said in ("[Errno 104] reset", "'disk-7'")


@pytest.mark.parametrize("name", ["add", "add_slowly", "add_at_once"])
@pytest.mark.parametrize("args", [(), (1, 2, 3)])
def test_wrong_arguments_are_the_callers_own_mistake(unit, desk, name, args):
    """A call that does not fit the port raises TypeError in the learner's code, with the port's method in it."""
    call = unit.do if name == "add" else unit.do_slowly
    with pytest.raises(TypeError, match=rf"{name}\(\) "):
        call(desk, name, *args)
    with pytest.raises(TypeError, match="thrid"):
        call(desk, name, 1, thrid=3)


def test_an_error_before_the_first_wait_reaches_the_caller(unit, desk):
    """A port that refuses at once does so, and in no time."""
    with pytest.raises(KeyError, match="nothing to add"):
        unit.do_slowly(desk, "add_at_once", 1, 0)
    assert desk.world.seconds == 0


@pytest.mark.parametrize("name", ["has_a_mistake", "has_a_wrong_type"])
def test_what_fails_a_port_is_told_as_the_call_that_did(unit, desk, name):
    """A port is proved with right programs: a fault that a call causes is that call's, and costs its caller."""
    with pytest.raises(PortFailedError, match=rf"^{name}\(\) cannot be answered: "):
        unit.do(desk, name)


def test_what_fails_a_slow_port_is_told_too(unit, desk):
    """The same after a wait."""
    with pytest.raises(
        PortFailedError, match=r"^has_a_slow_mistake\(\.\.\.\) cannot be .*: ZeroDivisionError"
    ):
        unit.do_slowly(desk, "has_a_slow_mistake")


def test_nonsense_that_a_port_gives_is_the_checkers(unit, desk):
    """What no port gives has nothing to do with its caller."""
    with pytest.raises(CheckerFaultError):
        unit.do(desk, "gives_nonsense")


def test_a_port_has_its_methods_and_nothing_else(unit, desk):
    """A method that the port does not have is the learner's AttributeError, and nothing can be set on it."""
    assert "shout" in unit.unknown(desk)
    with pytest.raises(AttributeError):
        unit.sets(desk)


def test_a_port_of_another_story_is_refused(unit, desk):
    """A suite that mixes up its stories hears of it."""
    with pytest.raises(CheckerFaultError, match="another story"):
        unit.do(Desk(only_story(unit)), "add", 1)


def test_a_method_takes_time_or_is_durable():
    """A port whose methods are marked wrongly does not come to life."""
    with pytest.raises(CheckerFaultError, match="takes no time"):

        @takes_time
        def waits_for_nothing(self):
            return 1

    with pytest.raises(CheckerFaultError, match="only a synchronous method"):

        @durable
        def writes(self):
            yield 1.0


def test_a_port_that_raises_anything_still_cannot_hide_the_end_of_a_story():
    """Errors of the search pass through a port that names every error as its own."""

    class Anything(Port):
        raises = (Exception,)

        def go(self, n):
            self.world.tape.log.clear() if n == 2 else None
            return self.fault("go", LOST="it is lost")

    source = """
        runs = []
        def work(port, other):
            for n in (1, 2):
                try:
                    port.go(n)
                except Exception:
                    pass
    """
    with unit_of(source) as unit:
        explorer = EveryStory(unit)
        with pytest.raises(NotRepeatableError):
            for story in explorer({LOST}):
                with story.process():
                    unit.work(Anything(story), explorer.told)


def test_a_call_of_a_dead_port_raises_in_the_learners_code_alone():
    """TheirError, and not a crash of the process that lives."""
    with unit_of(
        "import sys\ndef keep(d):\n    sys.kept = d\ndef use():\n    return sys.kept.add(1)\n"
    ) as unit:
        story = only_story(unit)
        with story.process():
            unit.keep(Desk(story))
        with story.process() as process:
            with pytest.raises(TheirError, match="given to a process that has ended"):
                unit.use()
        assert not process.crashed


def test_an_asynchronous_port_that_raises_stop_iteration_raises_what_a_coroutine_would():
    """RuntimeError, from it: a Future takes no StopIteration, and the story goes on."""

    class Ends(Port):
        raises = (Exception,)

        @takes_time
        def next_one(self):
            yield 1.0
            return next(iter(()))

    source = """
        async def work(port):
            try:
                await port.next_one()
            except RuntimeError as error:
                return str(error), type(error.__cause__).__name__
    """
    with unit_of(source) as unit:
        story = only_story(unit)
        with story.process() as process:
            end = process.run(unit.work.later(Ends(story)))
    assert end.value == ("coroutine raised StopIteration", "StopIteration")


class Rows(Port):
    """Takes rows, and keeps what came."""

    def __init__(self, story):
        super().__init__(story)
        self.came = []

    def write(self, rows: dict):
        self.came.append(rows)


@pytest.mark.parametrize(
    "rows",
    [
        "types.MappingProxyType({'a': types.MappingProxyType({'n': 1})})",
        "collections.OrderedDict(a={'n': 1})",
        "collections.ChainMap({'a': collections.UserDict({'n': 1})})",
        "Own()",
    ],
)
def test_whatever_can_be_read_as_a_mapping_is_one_to_a_port(rows):
    """A view, a chain, a class of the file's own: what it holds crosses, as a dict."""
    source = f"""
        import collections, collections.abc, types
        class Own(collections.abc.Mapping):
            def __getitem__(self, name):
                return {{"a": {{"n": 1}}}}[name]
            def __iter__(self):
                return iter("a")
            def __len__(self):
                return 1
        def work(port):
            port.write({rows})
    """
    with unit_of(source) as unit:
        story = only_story(unit)
        port = Rows(story)
        with story.process():
            unit.work(port)
        assert port.came == [{"a": {"n": 1}}]
