"""The threads of a process, as the judge sees them: whose call each is, and when it begins and ends."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from halfway.sim.answers import MALFORMED, check_results
from halfway.sim.errors import FoulError
from halfway.sim.timeline import NS
from halfway.wire import Wire

if TYPE_CHECKING:
    from halfway.sim.life import Life

SWITCHED = "another thread goes on"
TEXT_MAX = 200


class Threads:
    """Calls in lanes: the name of the lane of each, when it begins, and how it is written.

    `on_begin(place)` hears of each that begins later than the others, and `on_end(place, how, value)` of each
    end, at the moment of it, before any other thread goes on.
    """

    def __init__(
        self,
        lanes: list[tuple[str, float, str]],
        on_begin: Callable[[int], Any],
        on_end: Callable[[int, str, Wire], Any],
        *,
        by_turns: bool = False,
    ) -> None:
        self.lanes, self._by_turns = lanes, by_turns
        self._on_begin, self._on_end = on_begin, on_end
        self._ended: set[int] = set()
        self._zero_ns = 0

    def begin(self, now_ns: int) -> None:
        """They begin now, by the clock of their process."""
        self._zero_ns = now_ns

    def options(self) -> dict[str, Wire]:
        """What the process is told of them."""
        told = [[name, self._zero_ns + round(after_s * NS)] for name, after_s, _ in self.lanes]
        return {"threads": told} | ({"turns": 1} if self._by_turns else {})

    def lane(self, place: Wire) -> str:
        """The lane of a call, by its place, counted from 1."""
        if type(place) is int and 0 < place <= len(self.lanes):
            return self.lanes[place - 1][0]
        return "your code"

    def take(self, life: "Life", data: Wire) -> None:
        """A call begins, ends, is held up or waits. Raises FoulError for what no call does."""
        try:
            place, what, content = data
            if type(place) is not int or not 0 <= place < len(self.lanes) or place in self._ended:
                raise FoulError("a thread that is not there")
            if what == "ends":
                self._ended.add(place)
                check_results([content], 1)
                self._on_end(place, *content)
                return
            if what == "begins" and content is True:
                self._on_begin(place)
            if life.world.telling:
                life.world.tell(self.lanes[place][0], self._told(place, what, content))
        except MALFORMED as error:
            raise FoulError("a thread of no known shape") from error

    def _told(self, place: int, what: str, content: Wire) -> str:
        if what == "begins":
            return self.lanes[place][2]
        if what == "held" and type(content) is int:
            return f"is held up before line {content}" if content else "is held up"
        if what == "waits" and type(content) is str:
            return f"{content[:TEXT_MAX].removeprefix('it ')}, for ever"
        raise FoulError("what no thread does")
