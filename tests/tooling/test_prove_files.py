"""Laws that read files: one thing of a lawful unit is broken, and exactly that is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import tiny_unit as at
from tiny_unit import Tiny

from halfway.prove import COURSE, LAWS, prove
from halfway.prove.law_01_trees import law_1_course

Change = Callable[[Tiny], None]


@pytest.fixture(scope="module")
def lawful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiny]:
    """A lawful course, made once."""
    course = Tiny(tmp_path_factory.mktemp("lawful") / "course")
    yield course
    course.close()


@pytest.fixture
def tiny(lawful: Tiny) -> Iterator[Tiny]:
    """A lawful course, restored after each test."""
    yield lawful
    lawful.restore()


@dataclass(frozen=True)
class Break:
    """One thing that is broken: by which change, where it is found, and what is said of it."""

    law: int
    change: Change
    where: str
    what: str


def changed(name: str, old: str, new: str) -> Change:
    """A change that puts `new` in the place of `old`."""
    return lambda tiny: tiny.change(name, old, new)


def added(name: str, text: str) -> Change:
    """A change that adds to the end of a file, or makes it."""
    return lambda tiny: tiny.append(name, text) if tiny.path(name).is_file() else tiny.write(name, text)


def removed(name: str) -> Change:
    """A change that takes a file or a folder away."""
    return lambda tiny: tiny.remove(name)


LINES = (
    "    # An incident has one key.",
    "    key = key_of(incident)",
    "            if attempt == 3:",
    "                raise",
)
"""Lines that are in the reference once."""

BREAKS = {
    # ---- 1: three trees, one page
    "no folder in a tree": Break(
        1, removed(at.SOLUTIONS), at.SOLUTIONS, "This tree has no folder of the unit."
    ),
    "a missing file": Break(1, removed(at.NOTES), at.NOTES, "A file of the unit is missing."),
    "a file without a place": Break(
        1, added(f"{at.EXERCISE}/utils.py", ""), f"{at.EXERCISE}/utils.py", "This is no part of a unit."
    ),
    "a mutant as a file": Break(
        1, added(f"{at.SOLUTIONS}/mutants/one_key.py", ""), f"{at.SOLUTIONS}/mutants", "no part of a unit"
    ),
    "no wrong ideas": Break(1, removed(at.WRONG_IDEAS), at.WRONG_IDEAS, "A file of the unit is missing."),
    "two suites": Break(
        1,
        added(f"tests/exercises/{at.SLUG}/test_more.py", ""),
        f"tests/exercises/{at.SLUG}",
        "this one has 2",
    ),
    "no page": Break(1, removed(at.PAGE), at.PAGE, "The concept page is missing."),
    "no way back": Break(
        1, changed(at.PAGE, "<!-- card -->", ""), at.PAGE, "does not lead back to its exercise"
    ),
    "an unknown need": Break(1, changed(at.TOML, "[]", '["ex90_gone"]'), at.TOML, "there is no such unit"),
    "a later need": Break(1, changed(at.TOML, "[]", f'["{at.SLUG}"]'), at.TOML, "does not come before it"),
    "no kind": Break(
        1, changed(at.TOML, "needs = []", ""), at.TOML, "`needs` in `exercise.toml` has to be there"
    ),
    # ---- 3: given names
    "another docstring": Break(
        3,
        changed(at.ALSO, "Give the key of an incident.", "Give a key."),
        f"{at.ALSO}:15",
        "docstring of `key_of`",
    ),
    "a docstring left out of the reference": Break(
        3,
        changed(at.SOLUTION, '    """Give the key of an incident."""\n', ""),
        f"{at.SOLUTION}:15",
        "docstring of `key_of`",
    ),
    "another method's docstring": Break(
        3, changed(at.SOLUTION, "stay quiet for a key", "quiet"), at.SOLUTION, "docstring of `Phone.ring`"
    ),
    "a method that the reference alone shows": Break(
        3,
        changed(
            at.SOLUTION,
            '    """The on-call phone."""\n',
            '    """The on-call phone."""\n\n    def hang_up(self) -> None: ...\n',
        ),
        at.SOLUTION,
        "The stub does not show `Phone.hang_up`",
    ),
    "another signature": Break(
        3,
        changed(at.SOLUTION, "def key_of(incident: str)", "def key_of(incident: str, revision: int = 1)"),
        f"{at.SOLUTION}:15",
        "`key_of` is `def key_of(incident: str, revision: int=1) -> str`, and in the stub",
    ),
    "no longer async": Break(
        3, changed(at.ALSO, "    async def ring", "    def ring"), at.ALSO, "`Phone.ring` is `def ring("
    ),
    "a missing name": Break(
        3,
        changed(at.ALSO, '"key_of", ', ""),
        at.ALSO,
        "`__all__` is not the stub's: missing `key_of`, extra none",
    ),
    "a mutant's missing name": Break(
        3,
        changed(
            at.WRONG_IDEAS,
            '-    return f"ring/{incident}"',
            "-def key_of(incident: str) -> str:\n+def _key_of(incident: str) -> str:\n@@\n"
            '-    return f"ring/{incident}"',
        ),
        at.ONE_KEY,
        "`key_of` of the stub is not defined here.",
    ),
    "no list of names": Break(
        3, changed(at.STUB, "__all__", "_all"), at.STUB, "does not list its given names"
    ),
    # ---- 8: small steps
    "a long step": Break(
        8,
        changed(at.WRONG_IDEAS, '+    return "ring"', '+    return "ring"\n' + "+\n" * 12),
        at.ONE_KEY,
        "`one_key_for_all` changes 13 lines in 1 place; 12 lines in 4 places at most may change.",
    ),
    "many places": Break(
        8,
        changed(
            at.WRONG_IDEAS,
            '+    return "ring"',
            '+    return "ring"' + "".join(f"\n@@\n {line}\n+# more" for line in LINES),
        ),
        at.ONE_KEY,
        "12 lines in 4 places at most may change.",
    ),
    "no step": Break(
        8,
        changed(at.WRONG_IDEAS, '+    return "ring"', '+    return f"ring/{incident}"  # one'),
        at.ONE_KEY,
        f"`one_key_for_all` is {at.SOLUTION} itself.",
    ),
    "an edit of what is gone": Break(
        8,
        changed(at.SOLUTION, 'return f"ring/{incident}"', 'return f"rings/{incident}"'),
        f"{at.WRONG_IDEAS}:21",
        "The edit of `one_key_for_all` no longer fits the reference. These lines are not in the reference.",
    ),
    "an edit of what is there twice": Break(
        8,
        added(at.SOLUTION, '\n\ndef twin(incident: str) -> str:\n    return f"ring/{incident}"\n'),
        f"{at.WRONG_IDEAS}:21",
        "These lines are in the reference 2 times.",
    ),
    "an edit that is no Python": Break(
        8,
        changed(at.WRONG_IDEAS, '+    return "ring"', '+    return "ring'),
        f"{at.WRONG_IDEAS}:21",
        "`one_key_for_all` is not Python once it is written out",
    ),
    "no edit": Break(
        8,
        changed(at.WRONG_IDEAS, '```diff\n-    return f"ring/{incident}"\n+    return "ring"\n```\n', ""),
        at.ONE_KEY,
        "`one_key_for_all` has no edit.",
    ),
    # ---- 11: three hints
    "two hints": Break(
        11,
        changed(at.HINTS, "## 3 The shape\n", ""),
        at.HINTS,
        "The hints are `## 1 Where to look`, `## 2 The idea`.",
    ),
    "another title": Break(
        11, changed(at.HINTS, "3 The shape", "3 The answer"), at.HINTS, "`## 3 The answer`"
    ),
    "an empty hint": Break(11, changed(at.HINTS, "Name the intent.", ""), at.HINTS, "Hint 2 says nothing."),
    "a line of the solution": Break(
        11,
        changed(at.HINTS, "One key, made", "Write `key =   key_of(incident)`, made"),
        f"{at.HINTS}:11",
        f"holds a line of {at.SOLUTION}: `key = key_of(incident)`",
    ),
    "a line of another answer": Break(
        11,
        changed(at.HINTS, "Look at", 'return "/".join(("ring", incident)) is'),
        f"{at.HINTS}:3",
        f"holds a line of {at.ALSO}",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_broken_is_found_and_nothing_else(tiny: Tiny, name: str) -> None:
    """A law finds the one thing that is broken, and says where it is."""
    case = BREAKS[name]
    case.change(tiny)
    (found,) = tiny.findings(case.law)
    assert (found.unit, found.law) == (at.SLUG, case.law)
    assert case.where in found.where
    assert case.what in found.what
    assert found.next


@pytest.mark.parametrize("law", sorted({case.law for case in BREAKS.values()}))
def test_a_lawful_unit_breaks_none_of_them(tiny: Tiny, law: int) -> None:
    """Nothing is found in a unit that keeps the law."""
    assert tiny.findings(law) == []


def test_what_a_learner_makes_up_is_theirs(tiny: Tiny) -> None:
    """Names that are not given may differ: private ones, and new methods of a given class."""
    tiny.change(at.SOLUTION, "    key = key_of(incident)", "    key = _made(incident)")
    tiny.append(at.SOLUTION, "\n\ndef _made(incident: str) -> str:\n    return key_of(incident)\n")
    tiny.change(at.ALSO, "class Phone(Protocol):", "class Other:\n    pass\n\n\nclass Phone(Protocol):")
    assert tiny.findings(3) == []


def test_another_answer_need_not_repeat_the_contract(tiny: Tiny) -> None:
    """An answer in also/ may leave the docstrings of the stub out."""
    tiny.change(at.ALSO, '    """Give the key of an incident."""\n', "")
    assert tiny.findings(3) == []


def test_a_dozen_lines_are_a_small_step(tiny: Tiny) -> None:
    """A mutant may change twelve lines."""
    tiny.change(at.WRONG_IDEAS, '+    return "ring"', '+    return "ring"\n' + "+\n" * 11)
    assert tiny.findings(8) == []


def test_every_edit_that_does_not_fit_is_told_once(tiny: Tiny) -> None:
    """A changed reference: each edit that it breaks is told once, with its line and how to mend it."""
    tiny.change(at.SOLUTION, "phone.ring(key, incident)", "phone.ring(key, text=incident)")
    tiny.change(at.SOLUTION, 'f"ring/{incident}"', 'f"rings/{incident}"')
    found = [one for one in prove([at.SLUG], course=tiny.course).findings if "no longer fits" in one.what]
    assert [one.where for one in found] == [f"{at.WRONG_IDEAS}:10", f"{at.WRONG_IDEAS}:21"]
    assert all("mend these lines; or save the whole program that you mean" in one.next for one in found)
    assert "`halfway wrong 91 one_key_for_all --take FILE`" in found[1].next


def test_what_everybody_writes_may_stand_in_a_hint(tiny: Tiny) -> None:
    """`raise`, `continue` and lines that the stub has already give nothing away."""
    tiny.change(
        at.HINTS, "One key, made", "After `continue`, `def key_of(incident: str) -> str:` and `try:`, made"
    )
    assert tiny.findings(11) == []


def test_a_tree_holds_units_and_nothing_else(tiny: Tiny) -> None:
    """A folder that is no unit's is found in each tree, and so is a page that no unit names."""
    for tree in ("exercises", "solutions", "tests/exercises"):
        tiny.write(f"{tree}/scratch/notes.md", "")
    tiny.write(f"{at.FOLDER}/92_nobody_asks.md", "# Nobody asks\n")
    found = list(law_1_course(tiny.course))
    assert {finding.unit for finding in found} == {COURSE}
    assert [finding.where for finding in found] == [
        "exercises/scratch",
        "solutions/scratch",
        "tests/exercises/scratch",
        f"{at.FOLDER}/92_nobody_asks.md",
    ]


def test_a_number_and_a_page_belong_to_one_unit(tiny: Tiny) -> None:
    """A second unit of the same number, on the same page, is found."""
    tiny.write("exercises/ex91_ring_twice/exercise.toml", tiny.path(at.TOML).read_text(encoding="utf-8"))
    for tree in ("solutions", "tests/exercises"):
        tiny.write(f"{tree}/ex91_ring_twice/notes.md", "")
    (taken,) = law_1_course(tiny.course)
    assert (taken.where, taken.what) == (
        "exercises/ex91_ring_twice",
        f"The number 91 is taken by `{at.SLUG}`.",
    )
    (shared,) = tiny.findings(1)
    assert shared.what == "The page is also the concept of `ex91_ring_twice`."


def test_every_law_has_its_number() -> None:
    """Each law has its number, without a gap, and each function is named for its own."""
    numbers = [int(law.__name__.split("_")[1]) for law in LAWS.values()]
    assert numbers == list(LAWS) == list(range(1, len(LAWS) + 1))
    assert all(law.__doc__ for law in LAWS.values())
