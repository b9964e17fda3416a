"""A wrong idea is an edit: it says where by the lines that it names, and comes out as a whole program."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_course import MUTANTS, TinyCourse

from halfway import catalog
from halfway.catalog import BadUnit, read_mutants, words_of
from halfway.catalog.edits import EditError, edit_of, edited, hunks_of
from halfway.catalog.traces import shows_in
from halfway.catalog.wrong_ideas import first_told, taken

REFERENCE = '"""Name it."""\n\n\ndef key_of(name):\n    key = name\n    return key\n'
FENCE = "```diff\n-    return key\n+    return 1\n```\n"
PAGE = f"# Wrong\n\n## one_for_all\n\nAll are\none.\n\nCaught by: test_a,\ntest_b\n\nMet in a/b#1.\n\n{FENCE}"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page with one wrong idea, of the unit 91."""
    path = tmp_path / "ex91_key_of" / "wrong_ideas.md"
    path.parent.mkdir()
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_a_wrong_idea_says_its_misconception_and_what_catches_it(page: Path) -> None:
    """Below its name stand the words of who holds it, the tests that catch it, and what else is known."""
    (mutant,) = read_mutants(page)
    assert (mutant.name, mutant.words, mutant.line) == ("one_for_all", "All are one.", 3)
    assert mutant.caught_by == ("test_a", "test_b")


def test_a_wrong_idea_names_the_story_that_is_shown_first(page: Path) -> None:
    """Behind the tests that catch it stand the faults of a story; the law writes them there."""
    (mutant,) = read_mutants(page)
    assert mutant.first_in == ""
    page.write_text(first_told(PAGE, mutant, "ring~1~lost"), encoding="utf-8")
    assert page.read_text().count("Caught by: test_a, test_b; first in `ring~1~lost`\n\nMet in") == 1
    (again,) = read_mutants(page)
    assert (again.caught_by, again.first_in) == (("test_a", "test_b"), "ring~1~lost")
    assert first_told(page.read_text(), again, "") == PAGE.replace("test_a,\n", "test_a, ")


@pytest.mark.parametrize(
    ("edit", "traces"),
    [
        ("-    return key\n+    return key or self.lock.acquire()  # never says so", "acquire"),
        ("-    return key\n+    return sorted(key), mine, 'a word', None", "sorted"),
        (
            "-    return key\n+    from asyncio import shield as held, sleep\n+    return key",
            "held shield sleep",
        ),
        ("     key = name\n-    return key\n+    return name", ""),
    ],
)
def test_a_wrong_idea_leaves_traces(page: Path, edit: str, traces: str) -> None:
    """What its edit brings in is known, in an edition as well; who has none of it has another idea."""
    page.write_text(PAGE.replace(FENCE, f"```diff\n{edit}\n```\n"), encoding="utf-8")
    (mutant,) = read_mutants(page)
    assert " ".join(sorted(mutant.traces)) == traces
    page.write_bytes(words_of(page))
    (told,) = read_mutants(page)
    assert (told.traces, told.first_in, told.hunks) == (mutant.traces, mutant.first_in, ())
    assert shows_in(f"await {traces.split(maxsplit=1)[0]}()" if traces else "", mutant.traces)
    assert shows_in("return key", mutant.traces) == (not traces)


def test_a_wrong_idea_is_a_whole_program(page: Path) -> None:
    """Written out, it has its words and its catchers in its docstring, and the rest is the reference's."""
    (mutant,) = read_mutants(page)
    doc = '"""All are one.\n\nCaught by: test_a, test_b\n"""'
    assert mutant.program(REFERENCE) == f"{doc}\n\n\ndef key_of(name):\n    key = name\n    return 1\n"
    bare = REFERENCE.partition("\n\n\n")[2]
    assert mutant.program(bare).startswith(f"{doc}\ndef key_of(name):")


def test_words_of_any_kind_are_a_docstring(page: Path) -> None:
    """A backslash and three quotes in the words of a learner are no part of the program."""
    import ast

    page.write_text(PAGE.replace("All are", 'A \\d+ or """ is'), encoding="utf-8")
    (mutant,) = read_mutants(page)
    assert ast.get_docstring(ast.parse(mutant.program(REFERENCE)), clean=False).startswith(mutant.words)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("All are\none.\n\n", "", 3, "has to say its misconception"),
        ("Caught by:", "It is caught by", 3, "has to say its misconception"),
        ("## one_for_all", "## One for all", 3, "`One for all` is no name."),
        ("# Wrong\n", f"{PAGE}", 18, "Two wrong ideas are named `one_for_all`."),
        (FENCE, f"{FENCE}\n{FENCE}", 3, "has more than one edit"),
        ("+    return 1\n```", "+    return 1", 13, "This edit has no end."),
        ("+    return 1", "    return 1\nreturn 1", 16, "A line of an edit begins with a space, `-` or `+`."),
        ("+    return 1", "+    return key", 14, "This edit changes nothing."),
        ("-    return key\n", "", 14, "names no line of the reference"),
        ("+    return 1", "+    return 1\n@@\n+    more", 17, "names no line of the reference"),
    ],
)
def test_what_is_no_wrong_idea_is_told_with_its_line(
    page: Path, old: str, new: str, line: int, said: str
) -> None:
    """What is wrong in a page, on which line, and what to do."""
    assert old in PAGE
    page.write_text(PAGE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadUnit) as told:
        read_mutants(page)
    assert said in told.value.what
    assert told.value.where == f"{page}, line {line}"
    assert told.value.next_step.startswith("Next: ")


def test_an_edit_that_no_longer_fits_says_how_to_mend_it(page: Path) -> None:
    """The name, what is missing, the line in the page, and the command that makes the edit anew."""
    (mutant,) = read_mutants(page)
    with pytest.raises(BadUnit) as told:
        mutant.program(REFERENCE.replace("return key", "return keys"))
    assert told.value.what.startswith("The edit of `one_for_all` no longer fits the reference.")
    assert told.value.where == f"{page}, line 14"
    assert "`halfway wrong 91 one_for_all --take FILE`" in told.value.next_step


def test_places_of_an_edit_do_not_overlap() -> None:
    """Two hunks that name the same line would undo each other, so that is an error."""
    hunks = hunks_of(["-a", "+b", "@@", " a", "+c"], 10)
    with pytest.raises(EditError, match="overlap") as told:
        edited(["a", "d"], hunks)
    assert told.value.line == 13


LINES = st.lists(st.sampled_from(["a", "b", "c", "", "    a", "+", "@@", "```"]), max_size=8)


@given(LINES, LINES)
def test_an_edit_that_is_made_fits(before: list[str], after: list[str]) -> None:
    """Whatever two programs are, the edit that is made of them turns one into the other."""
    before = ["first", *before]  # an edit has to have a line to name
    assert edited(before, hunks_of(edit_of(before, after)) if before != after else ()) == after


def test_a_program_is_taken_up_and_written_out_again(page: Path) -> None:
    """What `taken` makes of a whole program comes out as this program; words and evidence stay."""
    (mutant,) = read_mutants(page)
    program = mutant.program(REFERENCE).replace("key = name", "key = 2")
    page.write_text(taken(PAGE, "one_for_all", REFERENCE, program), encoding="utf-8")
    assert read_mutants(page)[0].program(REFERENCE) == program
    assert "Met in a/b#1." in page.read_text(encoding="utf-8")


def test_a_new_program_gets_a_heading_of_its_own(page: Path) -> None:
    """A new name stands at the end of the page, with what its docstring says or with places to fill."""
    program = REFERENCE.replace("return key", "return 3")
    said = program.replace("Name it.", "Three\nis enough.\n\nCaught by: test_c\n")
    page.write_text(taken(PAGE, "three", REFERENCE, said), encoding="utf-8")
    first, new = read_mutants(page)
    assert (first.name, new.name, new.words, new.caught_by) == (
        "one_for_all",
        "three",
        "Three is enough.",
        ("test_c",),
    )
    bare = program.partition("\n\n\n")[2]
    assert "Fill in: the idea" in taken(PAGE, "three", REFERENCE, bare)


@pytest.mark.parametrize(
    ("program", "said"), [(REFERENCE, "This program is the reference."), ("def (", "line 1 is not Python")]
)
def test_what_cannot_be_taken_up_is_told(program: str, said: str) -> None:
    """The reference itself, and what is no program, are no wrong ideas."""
    with pytest.raises(BadUnit, match=said):
        taken(PAGE, "one_for_all", REFERENCE, program)


def test_an_edition_is_told_the_words_alone(page: Path) -> None:
    """Names, words and catchers are read from a page without edits, and nothing of the program is in it."""
    words = words_of(page).decode()
    assert "return" not in words
    assert "a/b#1" not in words
    (whole,) = read_mutants(page)
    page.write_text(words, encoding="utf-8")
    (told,) = read_mutants(page)
    assert (told.name, told.words, told.caught_by, told.hunks) == (
        whole.name,
        whole.words,
        whole.caught_by,
        (),
    )
    with pytest.raises(BadUnit, match="has no edit"):
        told.program(REFERENCE)


def test_a_wrong_idea_is_found_by_its_name(tiny: TinyCourse) -> None:
    """The names of a unit's wrong ideas are known, and near ones are offered."""
    unit = catalog.find("91")
    assert tuple(mutant.name for mutant in unit.mutants) == MUTANTS
    with pytest.raises(catalog.NoMutant) as told:
        unit.mutant("one_key")
    assert str(told.value).split("\n") == [
        "No wrong idea of ex91_ring_once is named 'one_key'.",
        "Near to it: one_key_for_all",
        "Next: `halfway wrong 91` shows every one.",
    ]
