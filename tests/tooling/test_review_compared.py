"""Files beside each other: differences, likeness, and texts that are made to stall or stop a report."""

from __future__ import annotations

from pathlib import Path

import pytest
from review_book import book
from tiny_course import SLUG, TinyCourse

from halfway.review.gradebook import Gradebook, gradebook
from halfway.review.intake import Handed, Intake
from halfway.review.report.diffs import LINES_MAX, beside, diff
from halfway.review.similar import alike, letter, own_words

ODD = ("\r", "  \r\ufeffif x:", "1\n!\x1a\n\ra", "\\\n\n", "(((((", "'''", "\x00", "é\ud800", "\f\t x", "")


def rows(before: str, after: str) -> list[tuple[str, str]]:
    return [(row.kind, row.text) for row in diff(before.encode(), after.encode())]


def test_a_difference_has_a_little_around_it() -> None:
    """Three lines before and after; what lies further away is one line that says where it goes on."""
    lines = [f"line {number}" for number in range(1, 21)]
    changed = [*lines[:9], "new", *lines[10:]]
    assert rows("\n".join(lines), "\n".join(changed)) == [
        ("place", "line 7:"),
        ("same", " line 7"),
        ("same", " line 8"),
        ("same", " line 9"),
        ("removed", "-line 10"),
        ("added", "+new"),
        ("same", " line 11"),
        ("same", " line 12"),
        ("same", " line 13"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ("a", "a", []),
        ("", "", []),
        ("", "a", ["added"]),
        ("a", "", ["removed"]),
        ("a\nb", "b", ["removed", "same"]),
    ],
)
def test_the_smallest_differences(before: str, after: str, kinds: list[str]) -> None:
    """Equal texts have none; a text that appears or goes away is all of it."""
    assert [kind for kind, _ in rows(before, after)] == kinds


def test_equal_lines_stand_side_by_side() -> None:
    """A changed stretch has as many rows as its longer side."""
    found = [(row.left, row.right, row.same) for row in beside(b"a\nb\nc", b"a\nB\nB2\nc")]
    assert found == [("a", "a", True), ("b", "B", False), ("", "B2", False), ("c", "c", True)]


def test_a_hundred_thousand_equal_lines_are_not_waited_for() -> None:
    """Somebody who fills a file with empty lines stalls no report: a part is compared, and the cut told."""
    text = b"x = 1\n" + b"\n" * 100_000
    assert len(beside(text, text + b"y")) == LINES_MAX + 1
    assert len(diff(b"y", text)) == LINES_MAX + 1


def class_of(tiny: TinyCourse, tmp_path: Path, sources: list[str]) -> Gradebook:
    """A class in which nobody is graded."""
    units = book(tiny, tmp_path).units
    names = [f"learner {number}" for number in range(len(sources))]
    handed = [
        Handed(name, SLUG, "ring.py", source.encode("utf-8", "surrogatepass"))
        for name, source in zip(names, sources, strict=True)
    ]
    return gradebook(Intake(handed, [], names), names, {}, units, "v1", confined=False)


def test_comments_layout_and_the_stub_make_nobody_alike(tiny: TinyCourse, tmp_path: Path) -> None:
    """What is from the stub counts for nothing; what two people share beyond it does, tidied or not."""
    own = "\n".join(f"def step_{n}(value):\n    return value * {n} + {n}\n" for n in range(12))
    stub = tiny.stub.read_text()
    tidied = "# mine\n" + own.replace("    ", "  ").replace("value *", "value*")
    likeness = alike(class_of(tiny, tmp_path, [stub + own, stub + tidied, stub, stub + "# nothing\n"]))
    assert [[learner.name for learner in group.learners] for group in likeness.groups] == [
        ["learner 0", "learner 1"]
    ]
    assert likeness.pairs == []
    renamed = own.replace("step_3", "third")
    likeness = alike(class_of(tiny, tmp_path, [own, renamed]))
    assert len(likeness.pairs) == 1
    assert likeness.pairs[0].like > 0.9


def test_no_text_stops_the_comparison(tiny: TinyCourse, tmp_path: Path) -> None:
    """Odd line ends, no Python at all, more different words than there are letters: the rest is compared."""
    for text in ODD:
        assert isinstance(own_words(text.encode("utf-8", "surrogatepass"), frozenset()), tuple)
    words = [" ".join(f"w{place}_{n}" for n in range(20_000)) for place in range(3)]
    right = tiny.solution
    likeness = alike(class_of(tiny, tmp_path, [*ODD, *words, right, right + "# mine\n"]))
    assert [group.known_as for group in likeness.groups] == ["ring"]
    assert letter(0) != letter(1)
    assert len(letter(5_000_000)) == 1
