"""Whose turn it is: what takes too long for every file is done for a few, others each day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Each = TypeVar("Each")


def of_the_day(each: Sequence[Each], count: int, day: int) -> list[Each]:
    """Gives `count` of them, or all if there are no more: over the days each has its turn."""
    if len(each) <= count:
        return list(each)
    return [each[number % len(each)] for number in range(day * count, (day + 1) * count)]
