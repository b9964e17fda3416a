"""A list that a port shows crosses once, and whoever reads it sees a plain list of their own each time."""

from collections.abc import Iterator
from typing import Any

import pytest
from kernel_cases import only_story

from halfway.kit import Port, Unit, attribute
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe

PROGRAM = """
def look(shelf):
    first = shelf.books
    first.append("mine")
    first[0] = "torn"
    again = shelf.books
    shelf.put("c")
    now = shelf.books
    return [first, again, now, type(now) is list, now is shelf.books, now == ["a", "b", "c"], len(shelf.books)]


def follow(shelf):
    seen = [shelf.books]
    for step in ("c", "d", "", "", "e"):
        shelf.put(step)
        seen.append(shelf.books)
    return seen


def other(shelf):
    seen = [shelf.pairs, shelf.mixed]
    shelf.put("c")
    seen += [shelf.pairs, shelf.mixed]
    seen[-1][-1].append("mine")
    seen += [shelf.mixed, shelf.mixed[-1] is shelf.mixed[-1]]
    shelf.put("")
    return [*seen, shelf.pairs, shelf.mixed]


def grow(shelf):
    for number in range(30):
        shelf.put(str(number))
        assert len(shelf.books) == number + 3
"""


class Shelf(Port):
    """Shows lists: the very one that it holds, one of pairs, and one of other things."""

    def __init__(self, story: Any) -> None:
        super().__init__(story)
        self.held = ["a", "b"]

    @attribute
    def books(self) -> list[str]:
        """The very list."""
        return self.held

    @attribute
    def pairs(self) -> list[tuple[str, str]]:
        """Pairs."""
        return [(book, book) for book in self.held]

    @attribute
    def mixed(self) -> list[Any]:
        """Texts; while there are three books also what equals something else, and what can be changed."""
        return [*self.held] if len(self.held) == 2 else [True, 1, [*self.held]]

    def put(self, book: str) -> None:
        """Put a book there; one without a name takes the last away, and the first is another then."""
        if book:
            self.held.append(book)
        else:
            del self.held[-1]
            self.held[0] += "'"


@pytest.fixture(params=[Direct, Pipe])
def shelf(request: Any) -> Iterator[tuple[Unit, Any]]:
    link = request.param(PROGRAM, "shelves")
    unit = Unit(link)
    yield unit, only_story(unit)
    link.close()


def started(shelf: tuple[Unit, Any]) -> tuple[Unit, Shelf]:
    unit, story = shelf
    unit._begin(story.world)
    return unit, Shelf(story)


def test_each_look_gives_a_list_of_its_own(shelf: Any) -> None:
    """What a reader does to their list is not seen by the next look, and no older look grows."""
    unit, port = started(shelf)
    first, again, now, is_list, is_same, is_equal, length = unit.look(port)
    assert (first, again, now) == (["torn", "b", "mine"], ["a", "b"], ["a", "b", "c"])
    assert (is_list, is_same, is_equal, length) == (True, False, True, 3)


def test_a_list_that_shrinks_or_changes_is_shown_as_it_is(shelf: Any) -> None:
    """What was shown before counts only while the list still begins like it."""
    unit, port = started(shelf)
    assert unit.follow(port) == [
        ["a", "b"],
        ["a", "b", "c"],
        ["a", "b", "c", "d"],
        ["a'", "b", "c"],
        ["a''", "b"],
        ["a''", "b", "e"],
    ]


def test_pairs_grow_too_and_everything_else_crosses_whole(shelf: Any) -> None:
    """Tuples of texts are like texts; what can be changed, or equals another thing, is made at each look."""
    unit, port = started(shelf)
    pairs = [("a", "a"), ("b", "b")]
    assert unit.other(port) == [
        pairs,
        ["a", "b"],
        [*pairs, ("c", "c")],
        [True, 1, ["a", "b", "c", "mine"]],
        [True, 1, ["a", "b", "c"]],
        False,
        [("a'", "a'"), ("b", "b")],
        ["a'", "b"],
    ]


def test_a_new_process_has_seen_nothing(shelf: Any) -> None:
    """Its first look shows the whole list."""
    unit, port = started(shelf)
    unit.follow(port)
    unit._begin(port.world)
    assert unit.look(port)[1] == ["a''", "b", "e"]


def test_a_look_sends_what_is_new(shelf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a list is, an item of it crosses once."""
    unit, port = started(shelf)
    crossed = []
    life: Any = unit._life
    answers = type(life)._call_port

    def call(life: Any, data: Any) -> Any:
        how, content = answers(life, data)
        crossed.extend(content[1] if how == "more" else ())
        return how, content

    monkeypatch.setattr(type(life), "_call_port", call)
    unit.grow(port)
    assert crossed == ["a", "b", *map(str, range(30))]
