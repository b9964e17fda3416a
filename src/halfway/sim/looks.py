"""A list that a port shows: at each look only what is new crosses, for the process has kept the rest."""

from collections.abc import Callable
from typing import Any

from halfway.wire import Wire


class Looks:
    """What one process has been shown of the lists of its ports, by port and attribute."""

    __slots__ = ("_shown",)

    def __init__(self) -> None:
        self._shown: dict[tuple[int, str], list[Any]] = {}

    def more(self, port: int, name: str, value: Any, out: Callable[[Any], Wire]) -> Wire:
        """Give how many items of this list the process has, from its beginning, and those that follow.

        None for what crosses whole: whatever is no list of texts, or of tuples of texts. (Nobody can change
        those, so that every look may hold the same ones; and what equals one of them is one of them.)
        """
        place = port, name
        shown = self._shown.get(place)
        if shown is None or type(value) is not list or value[: len(shown)] != shown:
            self._shown.pop(place, None)
            if type(value) is not list:
                return None
            shown = []
        new = value[len(shown) :]
        if not all(map(_is_text, new)):
            self._shown.pop(place, None)
            return None
        kept = len(shown)
        shown += new
        self._shown[place] = shown
        return [kept, out(new) if new else new]


def _is_text(item: Any) -> bool:
    return type(item) is str or (type(item) is tuple and all(type(part) is str for part in item))
