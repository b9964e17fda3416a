"""Chance, the same in every telling."""

from typing import Any

from halfway.sim import Port


class Chance(Port):
    """Random numbers. They are the same in every story, so that each goes the way of the one it continues.

    `drawn` lists what was drawn.
    """

    raises = ()

    def __init__(self, story: Any) -> None:
        super().__init__(story)
        self.drawn: list[float] = []

    def uniform(self, low: float, high: float) -> float:
        """A number between the two."""
        number = self.world.chance.uniform(low, high)
        self.drawn.append(number)
        return number
