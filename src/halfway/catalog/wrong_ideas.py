"""The wrong ideas of a unit: a page with a heading for each, and the edit of the reference that makes it.

A learner is told of an idea by its words and `Caught by:` alone, so an edition's page holds no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from textwrap import fill

from halfway.catalog.edits import EditError, Hunk, edit_of, edited, hunks_of
from halfway.catalog.parsing import parse
from halfway.catalog.reading import BadUnit, source_of
from halfway.catalog.traces import TRACES, traces_of

HEADING = re.compile(r"## +(\S.*?) *")
NAME = re.compile(r"[a-z][a-z0-9_]*")
OPENS, CLOSES = "```diff", "```"
CAUGHT_BY = "Caught by:"
AT_TIMES = "; at times "
FIRST_IN = "; first in "
DOC_WIDTH = 108
"""The docstring of a mutant that is written out fills lines of this width."""


@dataclass(frozen=True)
class Mutant:
    """One wrong idea: its name, its misconception in a learner's words, the hidden tests that catch it.

    `at_times` are tests that catch it on some interpreters alone: a hash has 64 bits here, 32 in the page.
    `first_in` are the faults of the story that a learner is shown first, "" where nothing goes wrong, and
    `traces` are names that a program with this idea has (`halfway.catalog.traces`).
    It stands in the file `page` from `line` on. In an edition it has no `hunks`.
    """

    name: str
    words: str
    caught_by: tuple[str, ...]
    hunks: tuple[Hunk, ...]
    page: Path
    line: int
    at_times: tuple[str, ...] = ()
    first_in: str = ""
    traces: frozenset[str] = frozenset()

    @property
    def caught(self) -> str:
        """The line that names the tests which catch it."""
        always = f"{CAUGHT_BY} {', '.join(self.caught_by)}"
        return f"{always}{AT_TIMES}{', '.join(self.at_times)}" if self.at_times else always

    @property
    def caught_first(self) -> str:
        """The same line, with the story in which the first of them catches it."""
        return f"{self.caught}{FIRST_IN}`{self.first_in}`" if self.first_in else self.caught

    def program(self, reference: str) -> str:
        """Gives the whole program of somebody who has this idea. Raises BadUnit if the edit does not fit."""
        if not self.hunks:
            raise _bad(self.page, self.line, f"`{self.name}` has no edit.", "write what it changes")
        body = _body(reference, "the reference")
        try:
            program = "\n".join([*self._docstring(), *edited(body, self.hunks)])
            parse(program)
        except EditError as error:
            what = f"The edit of `{self.name}` no longer fits the reference. {error.what}"
            raise _bad(self.page, error.line, what, self._take("mend these lines")) from None
        except SyntaxError as error:
            what = f"`{self.name}` is not Python once it is written out: {error.msg}."
            raise _bad(self.page, self.hunks[0].line, what, self._take("mend its edit")) from None
        return program

    def _take(self, otherwise: str) -> str:
        command = f"halfway wrong {self.page.parent.name[2:4]} {self.name} --take FILE"
        return f"{otherwise}; or save the whole program that you mean, and `{command}` makes the edit anew"

    def _docstring(self) -> list[str]:
        words = self.words.replace("\\", r"\\").replace('"""', r"\"\"\"")
        words = fill(f"{chr(34) * 3}{words}", DOC_WIDTH)
        return f'{words}\n\n{fill(self.caught, DOC_WIDTH)}\n"""'.split("\n")


def _end_of_docstring(source: str) -> int:
    """Gives how many lines the docstring of a program takes, and what is above it."""
    import ast

    body = parse(source).body
    documented = bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    return (body[0].end_lineno or 0) if documented else 0


def read_mutants(page: Path) -> list[Mutant]:
    """Reads the wrong ideas of a page, in its order. Raises BadUnit for what is not one."""
    return list(_mutants_of(page, source_of(page)))


@lru_cache(maxsize=64)
def _mutants_of(page: Path, source: str) -> tuple[Mutant, ...]:
    found: dict[str, Mutant] = {}
    for line, name, lines in _sections(source):
        if not NAME.fullmatch(name) or name in found:
            what = f"Two wrong ideas are named `{name}`." if name in found else f"`{name}` is no name."
            raise _bad(page, line, what, "a name is small letters, digits and `_`, and each has its own")
        found[name] = _mutant(page, line, name, lines)
    return tuple(found.values())


def _sections(source: str) -> Iterator[tuple[int, str, list[str]]]:
    """Gives the line, the name and the lines below of each heading; no line of an edit looks like one."""
    lines = source.split("\n")
    headings = [
        (number, found[1]) for number, text in enumerate(lines, 1) if (found := HEADING.fullmatch(text))
    ]
    ends = [number - 1 for number, _ in headings[1:]]
    for (start, name), end in zip(headings, [*ends, len(lines)], strict=False):
        yield start, name, lines[start:end]


def _mutant(page: Path, line: int, name: str, lines: list[str]) -> Mutant:
    opens = [number for number, text in enumerate(lines) if text.rstrip() == OPENS]
    if len(opens) > 1:
        raise _bad(
            page, line, f"`{name}` has more than one edit.", "write `@@` between the places of one edit"
        )
    prose = lines[: opens[0]] if opens else lines
    paragraphs = [" ".join(part.split()) for part in "\n".join(prose).split("\n\n") if part.strip()]
    catchers = [number for number, part in enumerate(paragraphs) if part.startswith(CAUGHT_BY)]
    words = " ".join(paragraphs[: catchers[0]]) if catchers else ""
    caught, _, first_in = paragraphs[catchers[0]].partition(FIRST_IN) if catchers else ("", "", "")
    always, _, now_and_then = caught.removeprefix(CAUGHT_BY).partition(AT_TIMES)
    caught_by, at_times = (tuple(re.findall(r"\w+", part)) for part in (always, now_and_then))
    if not words or not caught_by:
        what = f"`{name}` has to say its misconception, then `{CAUGHT_BY}` and the tests that catch it."
        raise _bad(page, line, what, "write both below its heading")
    hunks = _hunks(page, line, lines, opens)
    told = [part.removeprefix(TRACES) for part in paragraphs if part.startswith(TRACES)]
    traces = traces_of(hunks) if hunks else frozenset(" ".join(told).split())
    return Mutant(name, words, caught_by, hunks, page, line, at_times, first_in.strip(" `"), traces)


def _hunks(page: Path, line: int, lines: list[str], opens: list[int]) -> tuple[Hunk, ...]:
    if not opens:
        return ()
    rest = [text.rstrip() for text in lines[opens[0] + 1 :]]
    if CLOSES not in rest:
        raise _bad(page, line + opens[0] + 1, "This edit has no end.", "write three backticks below it")
    try:
        return hunks_of(lines[opens[0] + 1 :][: rest.index(CLOSES)], line + opens[0] + 2)
    except EditError as error:
        raise _bad(
            page, error.line, error.what, "write the lines that stay, go (`-`) and come (`+`)"
        ) from None


def _bad(page: Path, line: int, what: str, next_step: str) -> BadUnit:
    return BadUnit(what, f"{page}, line {line}", f"Next: {next_step}.")


def words_of(page: Path) -> bytes:
    """Gives the page without its edits: `read_mutants` reads all else of each wrong idea in it."""
    return "\n".join(_told(one) for one in read_mutants(page)).encode()


def _told(one: Mutant) -> str:
    traces = f"\n{TRACES} {' '.join(sorted(one.traces))}\n" if one.traces else ""
    return f"## {one.name}\n\n{one.words}\n\n{one.caught_first}\n{traces}"


def first_told(page: str, one: Mutant, first_in: str) -> str:
    """Gives the text of a page in which one wrong idea names the story that is shown first."""
    lines = page.split("\n")
    start = next(at for at in range(one.line, len(lines)) if lines[at].startswith(CAUGHT_BY))
    end = next(at for at in range(start, len(lines)) if not lines[at].strip())
    lines[start:end] = [replace(one, first_in=first_in).caught_first]
    return "\n".join(lines)


def taken(page: str, name: str, reference: str, program: str) -> str:
    """Gives the text of a page in which the edit of `name` makes this program; the words there stay.

    A new name gets a part of its own at the end, with what the docstring of the program says.
    Raises BadUnit for what is no program, or is the reference.
    """
    edit = edit_of(_body(reference, "the reference"), _body(program, "the program"))
    if not edit:
        raise BadUnit("This program is the reference.", "", "Next: put the wrong idea into it.")
    fence = [OPENS, *edit, CLOSES]
    for line, known, lines in _sections(page):
        if known == name:
            fresh = _with_fence(lines, fence)
            whole = page.split("\n")
            return "\n".join([*whole[:line], *fresh, *whole[line + len(lines) :]])
    return f"{page.rstrip()}\n\n{_new_section(name, program, fence)}"


def _body(source: str, which: str) -> list[str]:
    try:
        return source.split("\n")[_end_of_docstring(source) :]
    except SyntaxError as error:
        raise BadUnit(
            f"In {which} line {error.lineno} is not Python.", "", "Next: repair that line."
        ) from None


def _with_fence(lines: list[str], fence: list[str]) -> list[str]:
    bare = [text.rstrip() for text in lines]
    if OPENS not in bare:
        return ["", *"\n".join(lines).strip().split("\n"), "", *fence, ""]
    start = bare.index(OPENS)
    end = bare.index(CLOSES, start) if CLOSES in bare[start:] else len(bare) - 1
    return [*lines[:start], *fence, *lines[end + 1 :]]


def _new_section(name: str, program: str, fence: list[str]) -> str:
    import ast

    words, _, caught_by = (ast.get_docstring(parse(program)) or "").partition(CAUGHT_BY)
    said = " ".join(words.split()) or "Fill in: the idea, in the words of who holds it."
    tests = " ".join(caught_by.split()) or "fill_in"
    return "\n".join([f"## {name}", "", said, "", f"{CAUGHT_BY} {tests}", "", *fence, ""])
