"""Errors that callers of a suite raise: each is an Exception, and each is what its words say."""

from __future__ import annotations

import concurrent.futures
from contextlib import closing

import pytest

from halfway.kit import Unit, callers, error_of_all, odd_errors, only_story
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe

ENGINE = """
def meets(error):
    try:
        raise error
    except Exception as met:
        return met is error
"""


def one(errors: dict[str, Exception], words: str) -> Exception:
    """The one whose words hold these."""
    (found,) = (error for said, error in errors.items() if words in said)
    return found


def test_each_is_built_as_its_words_say() -> None:
    """False, without a text, equal to all, with every attribute, a group, an end, a cancel of a pool."""
    errors = odd_errors()
    assert len(errors) == 7
    assert all(isinstance(error, Exception) for error in errors.values())
    assert not one(errors, "is false")
    with pytest.raises(ValueError, match="has no text"):
        str(one(errors, "text cannot be made"))
    equal = one(errors, "equals every other")
    assert equal == KeyError("another")
    with pytest.raises(TypeError, match="unhashable"):
        hash(equal)
    full = one(errors, "every attribute")
    assert full.retry_after == 9.0  # type: ignore[attr-defined]
    assert not hasattr(full, "_private")
    group = one(errors, "ExceptionGroup")
    assert isinstance(group, ExceptionGroup)
    assert [type(error) for error in group.exceptions] == [OSError]
    assert type(one(errors, "StopAsyncIteration")) is StopAsyncIteration
    assert type(one(errors, "CancelledError")) is concurrent.futures.CancelledError


def test_what_may_be_of_any_kind_is_of_the_one_that_is_asked_for() -> None:
    """Where something depends on a kind, each sort that can be of it comes as one."""
    refusals, others = odd_errors(ConnectionRefusedError), odd_errors(Exception)
    assert list(refusals) == list(others)
    assert [isinstance(error, ConnectionRefusedError) for error in refusals.values()] == [True] * 4 + [
        False
    ] * 3
    assert not any(isinstance(error, OSError) for error in others.values())
    assert not one(refusals, "is false")


def test_each_call_gives_new_ones() -> None:
    """An error keeps its traceback: one that is raised in every story would grow."""
    first, second = odd_errors(), odd_errors()
    assert list(first) == list(second)
    assert not {id(error) for error in first.values()} & {id(error) for error in second.values()}


def meet_each() -> list[str]:
    """Raise each of them in the engine: which came back as they are."""
    import engine

    return [words for words, error in odd_errors().items() if engine.meets(error)]


@pytest.mark.parametrize("link", [Direct, Pipe])
def test_callers_raise_them_beside_the_learners_file(link: type[Direct | Pipe]) -> None:
    """All that they need is inside, so they are there whatever else the callers bring."""
    with closing(link(ENGINE, "engine")) as made:
        unit = Unit(made)
        with only_story(unit).process():
            met = callers(unit, odd_errors, meet_each).meet_each()
    assert met == list(odd_errors())


def test_an_error_of_all_is_its_kind_and_all_that_goes_with_it() -> None:
    """A refusal that is a silence and a ValueError, too; what is no base beside the others is left out."""
    others = [TimeoutError(), ValueError(), KeyError(), LookupError(), SyntaxError(), OSError()]
    error = error_of_all(ConnectionRefusedError, [*others, StopAsyncIteration()], "refused")
    assert type(error).__mro__[1] is ConnectionRefusedError
    assert all(isinstance(error, kind) for kind in (TimeoutError, ValueError, KeyError))
    assert not isinstance(error, (SyntaxError, StopAsyncIteration))
    assert error.args == ("refused",)
