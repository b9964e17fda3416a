"""An error of a port that comes out as it is, and what only looks like it: a copy, a part, a note on it."""

from __future__ import annotations

import pytest
from kernel_cases import unit_of

from halfway.kit import Outcome, Port, only_story, ports, takes_time
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe

BOTH = pytest.mark.parametrize("link", [Direct, Pipe])
SIDES = pytest.mark.parametrize("name", ["ring", "ring_later"])


class Line(Port):
    """It fails with this error, at once or after a second."""

    raises = (BaseException,)

    def __init__(self, story: object, error: BaseException) -> None:
        super().__init__(story)
        self.error = error

    def ring(self):
        raise self.error.with_traceback(None)

    @takes_time
    def ring_later(self):
        yield 1.0
        raise self.error.with_traceback(None)


PASSED_ON = {
    "untouched": "{call}",
    "raised again": "try: {call}\n        except BaseException: raise",
    "raised by name": "try: {call}\n        except BaseException as error: raise error",
    "raised later": "try: {call}\n        except BaseException as error: end = error\n        raise end",
    "without its traceback": "try: {call}\n        except OSError as error: raise error.with_traceback(None)",
    "met while another is dealt with": "try: {{}}['key']\n        except KeyError:\n            {call}",
    "through a context manager": "with through(): {call}",
}
CHANGED = {
    "a note": "try: {call}\n        except Exception as error: error.add_note('disk-7'); raise",
    "an argument": "try: {call}\n        except Exception as error: error.args += (7,); raise",
    "an attribute": "try: {call}\n        except Exception as error: error.key = 'disk-7'; raise",
    "no context": "try: {call}\n        except Exception as error: raise error from None",
    "a cause": "try: {call}\n        except Exception as error: raise error from KeyError()",
}
ANOTHER = {
    "a copy": "try: {call}\n        except Exception as error: raise copy.copy(error)",
    "a copy with its traceback": "try: {call}\n        except Exception as error:\n"
    "            raise type(error)(*error.args).with_traceback(error.__traceback__)",
    "one with its attributes": "try: {call}\n        except Exception as error:\n"
    "            other = type(error)(*error.args); other.__dict__ = error.__dict__; raise other",
    "one made when it is gone": "try: {call}\n        except OSError as error: made = type(error), error.args"
    "\n        raise made[0](*made[1])",
}
PROGRAM = """
import contextlib, copy

@contextlib.contextmanager
def through():
    try:
        yield
    finally:
        pass

class Program:
    def ring(self, line):
        {now}

    async def ring_later(self, line):
        {later}
"""


def ended(how: str, link: type, name: str, error: BaseException) -> Outcome:
    """How a program ends that does this with an error of its line."""
    source = PROGRAM.format(
        now=how.format(call="line.ring()"), later=how.format(call="await line.ring_later()")
    )
    with unit_of(source, link=link) as unit:
        story = only_story(unit)
        with story.process() as process:
            return process.run(getattr(unit.Program(), name).later(Line(story, error)))


@BOTH
@SIDES
@pytest.mark.parametrize("how", PASSED_ON.values(), ids=PASSED_ON)
def test_the_very_error_is_passed_on(how: str, link: type, name: str) -> None:
    """Caught or not, now or later: it is the object that the port raised, and nothing was added."""
    end = ended(how, link, name, TimeoutError("no reply"))
    assert end.passed_on(["ConnectionError: cut off", "TimeoutError: no reply"])
    assert end.beside(["TimeoutError: no reply"]) == "TimeoutError: no reply"
    assert not end.passed_on(["ConnectionError: cut off"])


WITH_A_CONTEXT = {
    "met while another is dealt with": PASSED_ON["met while another is dealt with"],
    "raised again while another is dealt with": "try: {call}\n        except OSError as error: end = error\n"
    "        try: {{}}['key']\n        except KeyError: raise end",
    "given by hand": "try: {call}\n        except OSError as error:\n"
    "            error.__context__ = KeyError('key'); raise",
}


@BOTH
@SIDES
@pytest.mark.parametrize("how", WITH_A_CONTEXT.values(), ids=WITH_A_CONTEXT)
def test_an_error_that_gets_a_context_is_not_alone(how: str, link: type, name: str) -> None:
    """A suite that asks for it hears of the context; the others hear of the same error."""
    end, told = ended(how, link, name, TimeoutError("no reply")), ["TimeoutError: no reply"]
    assert end.passed_on(told)
    assert end.beside(told) == told[0]
    assert not end.passed_on(told, alone=True)
    assert end.beside(told, alone=True) == (
        "TimeoutError: no reply; what came out is that error, and it has a context that it had not, "
        "KeyError: 'key'"
    )


@BOTH
@SIDES
@pytest.mark.parametrize("how", PASSED_ON.values(), ids=PASSED_ON)
def test_an_error_that_nothing_is_beside_is_alone(how: str, link: type, name: str) -> None:
    """Catching and raising it gives it no context; that of a limit, which is its cause, is none."""
    end = ended(how, link, name, TimeoutError("no reply"))
    assert end.passed_on(["TimeoutError: no reply"], alone=True) == (how not in WITH_A_CONTEXT.values())


@BOTH
@SIDES
@pytest.mark.parametrize("how", CHANGED.values(), ids=CHANGED)
def test_an_error_that_was_changed_is_not_as_it_is(how: str, link: type, name: str) -> None:
    """The same object with something added is told as that."""
    end = ended(how, link, name, TimeoutError("no reply"))
    assert not end.passed_on(["TimeoutError: no reply"])
    told = "TimeoutError: no reply; what came out is that error, and it was changed"
    assert end.beside(["TimeoutError: no reply"]).startswith(told)


@BOTH
@SIDES
@pytest.mark.parametrize("how", ANOTHER.values(), ids=ANOTHER)
def test_another_error_of_the_same_text_is_another_one(how: str, link: type, name: str) -> None:
    """Class, text, traceback and attributes may be the same: it is a new object."""
    end = ended(how, link, name, TimeoutError("no reply"))
    assert repr(end) == "raised TimeoutError: no reply"
    assert not end.passed_on(["TimeoutError: no reply"])
    told = "TimeoutError: no reply; what came out is another one, which a line of yours made"
    assert end.beside(["TimeoutError: no reply"]) == told


@BOTH
@SIDES
def test_a_group_is_passed_on_as_a_whole(link: type, name: str) -> None:
    """What `split` and `except*` make of it is another group, also where all of its members are in it."""
    told = ["ExceptionGroup: both lines (2 sub-exceptions)"]
    for how, is_it in (
        ("{call}", True),
        ("try: {call}\n        except ExceptionGroup as group: raise group.split(OSError)[0]", False),
        ("try: {call}\n        except* OSError: raise", False),
        ("try: {call}\n        except* KeyError: pass", False),
    ):
        group = ExceptionGroup("both lines", [ConnectionRefusedError("refused"), TimeoutError("no reply")])
        end = ended(how, link, name, group)
        assert repr(end) == f"raised {told[0]}"
        assert end.passed_on(told) == is_it, how
        assert ("`except*` makes a new group" in end.beside(told)) != is_it


@BOTH
def test_every_sort_of_error_reaches_a_program_and_comes_back(link: type) -> None:
    """Each is caught by its class, is told as the suite tells it, and comes out as it is."""
    ways = ports.all_sorts("the call")
    assert len({way.text for way in ways}) == len(ways) > 30
    for way in ways:
        error = way.error(0, family=True)
        assert isinstance(error, ports.ALL_SORTS)
        end = ended("try: {call}\n        except Exception: raise", link, "ring", error)
        assert end.passed_on([f"{type(error).__name__}: {error}"]), way.text


@BOTH
def test_a_port_that_is_cancelled_inside_ends_its_caller_as_cancelled(link: type) -> None:
    """A CancelledError that nobody asked for is passed on as any other error."""
    end = ended("{call}", link, "ring", ports.StoppedInside())
    assert end.passed_on(["CancelledError"])
    assert not end.passed_on(["TimeoutError: no reply"])
