"""What callers of a suite raise, and how they see whether it comes out as it was raised."""

from __future__ import annotations

import json
import subprocess
import types
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from halfway.kit import AsRaised, Port, Unit, callers, known_errors, only_story, takes_time
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe


def through(handle: Callable[[Exception], None]) -> str:
    """Raise an error with a cause, a context and a note; say what `handle` makes of it on its way."""
    error = ValueError("no number")
    error.__cause__, error.__context__ = OSError("the line"), LookupError("the list of lines")
    error.add_note("on the second line")
    raised = None
    try:
        try:
            try:
                raise error
            except ValueError:
                raised = AsRaised(error)
                raise
        except ValueError as came:
            handle(came)
            raise
    except Exception as came:
        assert raised is not None
        return raised.change(came)


def _args(error: Exception) -> None:
    error.args += ("api/1",)


def _no_context(error: Exception) -> None:
    error.__context__ = None


def _attribute(error: Exception) -> None:
    error.service = "api/1"  # type: ignore[attr-defined]


def _from_none(error: Exception) -> None:
    raise error from None


def _copy(error: Exception) -> None:
    raise type(error)(*error.args) from error.__cause__


def _other(error: Exception) -> None:
    raise RuntimeError from error


CHANGES = {
    "other notes": lambda error: error.add_note("while api/1 was asked"),
    "another cause": _from_none,
    "another context": _no_context,
    "other arguments": _args,
    "other attributes": _attribute,
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_another_is_named(what: str) -> None:
    """Notes, cause, context, arguments and attributes are a part of an error."""
    assert through(CHANGES[what]) == f"that error, with {what}"


def test_an_error_that_looks_like_it_is_another_one() -> None:
    """The very object has to come out: of a copy, and of one that it was made the cause of, that is told."""
    assert through(_copy) == "another error, ValueError"
    assert through(_other) == "another error, RuntimeError"
    assert AsRaised(ValueError()).change(7) == "no error, but 7"


def test_who_only_looks_at_it_changes_nothing() -> None:
    """Raised on, raised again, or with its own traceback: it is as it was."""

    def again(error: Exception) -> None:
        raise error.with_traceback(error.__traceback__)

    assert through(lambda error: None) == ""
    assert through(again) == ""


def _at_once(error: Exception) -> None:
    raise error


def _while_another_is_handled(error: Exception) -> None:
    try:
        raise KeyError("disk-7")
    except KeyError:
        raise error  # noqa: B904  # Python adds the KeyError, as it does in a port.


@pytest.mark.parametrize("may_gain_context", [True, False])
def test_a_context_where_there_was_none_is_told_where_the_contract_allows_none(
    may_gain_context: bool,
) -> None:
    """Whoever asks a port in an `except` block gives its error a context that it had not."""
    other = "" if may_gain_context else "that error, with another context"
    for raises, told in ((_at_once, ""), (_while_another_is_handled, other)):
        error = ValueError("no number")
        raised = AsRaised(error, may_gain_context=may_gain_context)
        with pytest.raises(ValueError, match="no number") as came:
            raises(error)
        assert raised.change(came.value) == told


def test_known_errors_are_those_that_a_file_could_catch() -> None:
    """Python's own, and those of what it imports, also where they are made of more than a text."""
    there = types.ModuleType("engine")
    own = type("Own", (Exception,), {"__module__": "engine"})
    vars(there).update(json=json, subprocess=subprocess, Own=own)
    names = [type(error).__name__ for error in known_errors(there, "timed out")]
    for name in ("KeyError", "FileNotFoundError", "UnicodeDecodeError", "TimeoutExpired", "JSONDecodeError"):
        assert names.count(name) == 1, name
    assert not {"Own", "NotImplementedError", "BaseException", "KeyboardInterrupt"} & set(names)
    assert {type(error) for error in known_errors(there, "")} >= {subprocess.TimeoutExpired}
    text = next(error for error in known_errors(there, "timed out") if type(error) is OSError)
    assert text.args == ("timed out",)


ENGINE = """
import json

def meets(error):
    try:
        raise error
    except ValueError as met:
        met.add_note("met")
        raise
"""


def meet_each() -> list[str]:
    """Raise each of them through the engine: which came back changed."""
    import engine

    changed = []
    for error in known_errors(engine, "out of order"):
        raised = AsRaised(error)
        try:
            engine.meets(error)
        except Exception as came:
            if raised.change(came):
                changed.append(f"{type(came).__name__}: {raised.change(came)}")
    return changed


@pytest.mark.parametrize("link", [Direct, Pipe])
def test_callers_take_them_along(link: type[Direct | Pipe]) -> None:
    """All that they need is inside, so they are there whatever else the callers bring."""
    with closing(link(ENGINE, "engine")) as made:
        unit = Unit(made)
        with only_story(unit).process():
            changed = callers(unit, AsRaised, known_errors, meet_each).meet_each()
    assert "ValueError: that error, with other notes" in changed
    assert "JSONDecodeError: that error, with other notes" in changed
    assert not any(told.startswith("KeyError") for told in changed)


def test_what_python_makes_of_the_end_of_a_generator_is_the_error_still() -> None:
    """No StopAsyncIteration comes out of an asynchronous generator: Python makes another error of it."""
    ends, other = StopAsyncIteration("no more"), RuntimeError("async generator raised StopAsyncIteration")
    raised = AsRaised(ends)
    assert raised.change(other) == "another error, RuntimeError"
    other.__cause__ = ends
    assert raised.change(other) == ""
    assert AsRaised(OSError("no more")).change(other) == "another error, RuntimeError"


def test_an_outcome_passes_it_on_too() -> None:
    """So does whoever asks how a call ended."""
    source = """
async def read(feed):
    async def items():
        yield await feed.next()
    async for _ in items():
        pass
"""

    class Feed(Port):
        raises = (StopAsyncIteration, OSError)

        def __init__(self, story: Any, error: Exception) -> None:
            super().__init__(story)
            self._error = error

        @takes_time
        def next(self) -> Any:
            yield 1.0
            raise self._error

    for error in (StopAsyncIteration("no more"), OSError("no more")):
        with closing(Direct(source, "reader")) as link:
            unit = Unit(link)
            story = only_story(unit)
            with story.process() as process:
                end = process.run(unit.read.later(Feed(story, error)))
        assert end.passed_on([f"{type(error).__name__}: no more"]), end
        assert not end.passed_on(["ValueError: no more"])
