"""Commands that a suite plays against a model: throws that repeat, and the smallest list that fails."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Commands = list[Any]
Cut = Callable[[Commands], Commands | None]
"""Plays commands, and gives those up to the first answer that is wrong; None when every answer is right."""
Plainer = Callable[[Any], Iterable[Any]]
"""Gives the commands that are plainer than this one and could stand in its place, the plainest first."""


class Dice:
    """The same throws every time."""

    def __init__(self, number: int) -> None:
        self._last = number

    def choice(self, things: Sequence[T]) -> T:
        """Choose one of these; one that stands there twice is chosen twice as often."""
        self._last = (self._last * 1103515245 + 12345) % 2**31
        return things[(self._last >> 16) % len(things)]


def smallest(wrong: Commands, cut: Cut, plainer: Plainer = lambda command: ()) -> Commands:
    """Give the fewest and plainest commands of these for which `cut` still finds a wrong answer.

    `wrong` is what `cut` gave for them. No single one of what is left can be left out or be plainer.
    """
    while True:
        before, wrong = wrong, _fewest(wrong, cut)
        wrong = _plainest(wrong, cut, plainer)
        if wrong == before:
            return wrong


def _fewest(wrong: Commands, cut: Cut) -> Commands:
    """Leave out halves, quarters and so on, and at last single commands; the last one is wrong and stays."""
    many = max(len(wrong) // 2, 1)
    while True:
        before = len(wrong)
        for place in range(len(wrong) - 1 - many, -many, -many):
            shorter = cut(wrong[: max(place, 0)] + wrong[place + many :])
            wrong = shorter or wrong
        if many == 1 and len(wrong) == before:
            return wrong
        many = max(many // 2, 1)


def _plainest(wrong: Commands, cut: Cut, plainer: Plainer) -> Commands:
    place = 0
    while place < len(wrong):
        for one in plainer(wrong[place]):
            as_plain = cut([*wrong[:place], one, *wrong[place + 1 :]])
            if as_plain is not None:
                wrong = as_plain
                break
        place += 1
    return wrong
