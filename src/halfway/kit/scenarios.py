"""A scenario is told once for each story, and every promise that is about it looks at the same tellings."""

from collections.abc import Callable, Iterator
from typing import Any, Generic, Protocol, TypeVar

Scenario = Callable[..., Any]
"""`def one_worker(unit, story): ...`: arranges, acts, and gives what there is to see, as plain data."""


class Seen(Protocol):
    """A story in which something was seen."""

    seen: Any

    def close(self) -> None: ...


S = TypeVar("S", bound=Seen)


class Telling(Generic[S]):
    """The stories of one scenario, told as far as anybody has asked for; an error is told to everybody.

    Told once, each costs what it costs once, however many promises look at it.
    """

    def __init__(self, stories: Iterator[S], scenario: Callable[[S], Any]) -> None:
        self._stories, self._scenario = stories, scenario
        self._told: list[tuple[S | None, BaseException | None]] = []
        self._is_over = False
        self.last: S | None = None
        """The story that was told last, also where telling it raised."""

    def __iter__(self) -> Iterator[S]:
        place = 0
        while True:
            if place == len(self._told):
                if self._is_over:
                    return
                self._told.append(self._next())
            story, error = self._told[place]
            self.last = story
            if error is not None:
                raise error
            if story is None:
                return
            yield story
            place += 1

    def _next(self) -> tuple[S | None, BaseException | None]:
        story: S | None = None
        try:
            story = next(self._stories, None)
            if story is None:
                self._is_over = True
                return None, None
            story.seen = self._scenario(story)
            story.close()
        except BaseException as error:
            # Whatever it is, no telling goes on after it, and everybody who looks hears of it.
            self._is_over = True
            return story, error
        return story, None
