"""Every story, fewest faults first.

The first one that fails is the smallest, and a pass is a bounded proof.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Generic, Protocol, TypeVar

from halfway.sim.errors import CappedError, NotRepeatableError, UntoldError
from halfway.sim.pressures import FIRST_IS_LONG, IN_CLEANUP
from halfway.sim.tape import Choice, Fault, Tape, ToldTape

DEPTH = 2
CAP = 2_000


class StoryLike(Protocol):
    """What the explorer needs of a story."""

    @property
    def tape(self) -> Tape: ...
    def close(self) -> None: ...


S = TypeVar("S", bound=StoryLike)
Plan = tuple[tuple[Fault, ...], list[Choice] | None, int]
"""The faults of a story that is still to be told, the log of the story it continues, and how much of that it
repeats."""


class Explorer(Generic[S]):
    """Breadth first by the number of faults: none, every one, every two. `make(tape, faults)` makes a story.

    The method is that of loom and of systematic concurrency testing: stateless search over choices, with a
    bound on how many are unusual. `told` counts the stories; `current` is the story being told. `order` may
    shuffle the stories of one number of faults. With `only`, that one story is told and nothing else.
    """

    def __init__(
        self,
        make: Callable[[Tape, frozenset[str]], S],
        *,
        order: Callable[[list[Plan]], list[Plan]] | None = None,
        only: tuple[Fault, ...] | None = None,
    ) -> None:
        self._make, self._order, self._only = make, order, only
        self.told = 0
        self._is_untold = False
        self.current: S | None = None

    def __call__(
        self, faults: Iterable[str], depth: int = DEPTH, cap: int = CAP, at_most: int | None = None
    ) -> Iterator[S]:
        """Yield every story with up to `depth` faults of these kinds.

        With `at_most`, so many are told: of a number of faults of which there are more, an even spread, which
        is the same in every run. Raises CappedError past `cap` stories, and at the end UntoldError if there
        were choices in them that the subject did not tell of.
        """
        kinds = frozenset(faults)
        frontier: list[Plan] = [(self._only or (), None, 0)]
        for level in range(depth + 1):
            after: dict[tuple[Fault, ...], list[Plan]] = {}
            for plan in frontier if self._order is None else self._order(list(frontier)):
                if self.told >= cap:
                    raise CappedError(self.told, level)
                story = yield from self._tell(plan, kinds)
                if level < depth and self._only is None:
                    after[plan[0]] = list(_continued(plan, story.tape.log))
            # In one order, in whichever they were told: a spread over them has the same stories in it.
            frontier = [following for faults, *_ in frontier for following in after.get(faults, ())]
            if at_most is not None:
                frontier = _evenly(frontier, at_most - self.told)
        if self._is_untold:
            raise UntoldError(self.told)

    def _tell(self, plan: Plan, kinds: frozenset[str]) -> Generator[S, None, S]:
        tape = Tape(*plan) if self._only is None else ToldTape(*plan)
        story = self.current = self._make(tape, kinds)
        self.told += 1
        yield story
        story.close()
        self._is_untold |= story.tape.is_untold
        if not story.tape.was_repeated():
            raise NotRepeatableError("the story ended before it came to its own fault")
        return story


def _continued(plan: Plan, log: list[Choice]) -> Iterator[Plan]:
    """Every story with one fault more, after the last one that this story has."""
    faults, _, known = plan
    follows = _FOLLOWS.get(faults[-1].option, _anything) if faults else _anything
    for place in range(known, len(log)):
        label, time, options = log[place]
        for option in options[1:]:
            if follows(option):
                yield (*faults, Fault(label, time, option)), log, place + 1


def _evenly(plans: list[Plan], most: int) -> list[Plan]:
    """So many of the plans at most, evenly spread over them."""
    if len(plans) <= most:
        return plans
    return [plans[place * len(plans) // most] for place in range(max(most, 0))]


def _anything(option: str) -> bool:
    return True


_FOLLOWS: dict[str, Callable[[str], bool]] = {
    # Who calls makes a difference to cancels alone; one long call, to what is under way beside it.
    IN_CLEANUP: lambda option: option.startswith("cancelled"),
    FIRST_IS_LONG: lambda option: False,
}
"""Where two things that are unusual differ from either of them alone: what may follow which."""
