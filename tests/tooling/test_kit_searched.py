"""Commands in many orders: the throws repeat, and what goes wrong is told with the fewest commands."""

from __future__ import annotations

from collections.abc import Iterator

from halfway.kit import Dice, smallest

Commands = list[int]


def cut_where(wrong_at: int, *, adds_up: bool = False) -> object:
    """Finds a wrong answer at the first number from `wrong_at` on, or where the sum reaches it."""

    def cut(commands: Commands) -> Commands | None:
        total = 0
        for place, command in enumerate(commands):
            total = total + command if adds_up else command
            if total >= wrong_at:
                return commands[: place + 1]
        return None

    return cut


def less(command: int) -> Iterator[int]:
    """Every smaller number is plainer."""
    yield from range(command)


def test_a_dice_repeats_itself() -> None:
    """The same number gives the same throws, another one gives others, and each side comes."""
    throws = [[dice.choice("abc") for _ in range(60)] for dice in (Dice(1), Dice(1), Dice(2))]
    assert throws[0] == throws[1] != throws[2]
    assert set(throws[0]) == set("abc")


def test_what_does_not_matter_is_left_out() -> None:
    """One number is enough to go wrong: it alone is left, however many there were."""
    for many in (1, 2, 7, 100):
        assert smallest([*[1] * many, 5], cut_where(5)) == [5]  # type: ignore[arg-type]


def test_what_matters_together_stays_together() -> None:
    """Where only a sum is wrong, no number of what is left can be left out."""
    least = smallest([1, 3, 2, 4, 5], cut_where(9, adds_up=True))  # type: ignore[arg-type]
    assert sum(least) >= 9
    assert all(sum(least) - each < 9 for each in least)


def test_what_is_left_is_plain() -> None:
    """A command is replaced by the plainest one that still goes wrong, and then others may go."""
    assert smallest([1, 9], cut_where(5), less) == [5]  # type: ignore[arg-type]
    assert smallest([7, 1, 1], cut_where(8, adds_up=True), less) == [7, 1]  # type: ignore[arg-type]
