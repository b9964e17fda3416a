"""`every_story`: every story of a scenario, fewest faults first."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

from halfway.kit.scenarios import Scenario, Telling
from halfway.kit.story import Story, stories_of
from halfway.kit.unit import Unit
from halfway.sim import CAP, DEPTH, EVERYTHING, Explorer, Fault, Tape
from halfway.sim.pressures import PRESSURES
from halfway.sim.world import IN_THE_OPEN

Bounds = tuple[int, int, int | None]
"""How many faults, how many stories before it is said that there are more, and how many are enough."""
Tellings = dict[Hashable, Telling[Story]]


class EveryStory(Explorer[Story]):
    """`every_story(scenario)`: every story of a scenario with up to two faults of any kind, fewest first.

    `def scenario(unit, story)` arranges, acts and gives what there is to see, which each story then holds as
    `seen`; it is told once for all promises that look at it. Without a scenario, `every_story(faults)` gives
    stories to be told on the spot.

    Stories are searched without being told aloud. With `only`, one story is told again, with its timeline.
    Under a `secret`, nobody can guess the names in them. `without` names the pressures that are off.
    """

    def __init__(
        self,
        unit: Unit,
        *,
        only: tuple[Fault, ...] | None = None,
        order: Any = None,
        secret: str = IN_THE_OPEN,
        tellings: Tellings | None = None,
        without: Iterable[str] = (),
    ) -> None:
        self._unit, self._secret, self._tellings = unit, secret, tellings if tellings is not None else {}
        self._pressures = PRESSURES - frozenset(without)
        super().__init__(self._maker(is_scenario=False), only=only, order=order)
        self._telling_aloud = only is not None

    _telling_aloud = False

    def _maker(self, *, is_scenario: bool) -> Callable[[Tape, frozenset[str]], Story]:
        def make(tape: Tape, faults: frozenset[str]) -> Story:
            self.begins()
            return Story(
                self._unit,
                tape,
                faults,
                telling=self._telling_aloud,
                secret=self._secret,
                pressures=self._pressures,
                is_scenario=is_scenario,
            )

        return make

    def begins(self) -> None:
        """A story is about to be told."""

    def __call__(  # type: ignore[override]  # a scenario may come first
        self,
        of: Scenario | Iterable[str] = EVERYTHING,
        faults: Iterable[str] = EVERYTHING,
        depth: int = DEPTH,
        cap: int = CAP,
        at_most: int | None = None,
        **given: Any,
    ) -> Iterator[Story]:
        """Yield every story with up to `depth` faults of these kinds; `given` goes to the scenario.

        With `at_most`, so many of them, evenly spread.
        """
        self._unit._pressed.done.clear()
        if not callable(of):
            yield from super().__call__(of, depth, cap, at_most)
            return
        self._unit._pressed.scenarios = True
        telling = self._telling(of, frozenset(faults), (depth, cap, at_most), given)
        try:
            for story in telling:
                self.current = story
                self.told += 1
                yield story
        except BaseException:
            self.current = telling.last or self.current
            raise

    def _telling(
        self, scenario: Scenario, kinds: frozenset[str], bounds: Bounds, given: dict[str, Any]
    ) -> Telling[Story]:
        """The stories of a scenario, told before or yet to be told; one story told again is told alone."""
        key = scenario, kinds, bounds, tuple(sorted(given.items()))
        telling = self._tellings.get(key) if self._only is None else None
        if telling is None:
            search: Explorer[Story] = Explorer(
                self._maker(is_scenario=True), order=self._order, only=self._only
            )
            telling = Telling(search(kinds, *bounds), stories_of(scenario, self._unit, given))
            if self._only is None:
                self._tellings[key] = telling
        return telling
