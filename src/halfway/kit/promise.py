"""`promise`: the one assertion of a suite."""

from typing import Any

from halfway.sim import CheckerFaultError


class _NoStory:
    """No story: what is forecast happens in none."""

    def __bool__(self) -> bool:
        return False


NO_STORY = _NoStory()
"""For a promise that is broken by what no story shows."""


class BrokenError(AssertionError):
    """A promise is broken: what was seen, the rule in general words, a question whose answer is the fix.

    `until` so many of its events the story is shown; all of it, without a number.
    """

    def __init__(self, saw: str, rule: str, ask: str, story: Any = None, until: int | None = None) -> None:
        super().__init__(saw)
        self.saw, self.rule, self.ask, self.story, self.until = saw, rule, ask, story, until


def promise(
    kept: bool, *, saw: str, rule: str, ask: str, story: Any = None, until: int | None = None
) -> None:
    """Say whether a promise is kept, and what a learner is shown when it is not.

    `saw` tells facts with data, the call as they would write it. `rule` names the boundary. `ask` is a
    question whose answer is the fix. `story` is the story in which it happened; without it, the story being
    told; NO_STORY, where it happens in none. What comes after `until` so many events is not shown: the
    promise was broken by then. Raises BrokenError, and CheckerFaultError for anything but a bool: a truthy
    answer is no answer.
    """
    if type(kept) is not bool:
        raise CheckerFaultError(f"a promise is True or False, not {kept!r}")
    if not kept:
        raise BrokenError(saw, rule, ask, story, until)
