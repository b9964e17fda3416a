"""Who is in the class? A table of everybody, as an LMS or a person has written it."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from halfway.review.intake import Person
from halfway.review.settings import one_form

COLUMNS = {
    "id": ("sis user id", "id number", "student id", "student number", "matriculation number", "id"),
    "name": ("name", "student", "full name", "student name", "display name", "learner"),
    "first": ("first name", "firstname", "given name", "forename"),
    "last": ("last name", "lastname", "surname", "family name"),
    "login": ("login", "login id", "sis login id", "username", "user name", "user", "github username"),
    "mail": ("mail", "email", "e-mail", "email address", "e-mail address"),
    "section": ("section", "sections", "group", "groups", "class"),
    "canvas": ("canvas id", "canvas user id"),
    "moodle": ("identifier", "participant"),
}
"""What a column may be called; the first that is there counts."""


class NoRosterError(Exception):
    """The roster cannot be used: what, where, next."""


@dataclass(frozen=True)
class Member:
    """One line of the roster; what is not known is ""."""

    id: str = ""
    name: str = ""
    login: str = ""
    mail: str = ""
    section: str = ""
    canvas: str = ""
    moodle: str = ""

    @property
    def shown(self) -> str:
        """The name, or what else they are known by."""
        return self.name or self.login or self.mail or self.id


@dataclass
class Roster:
    """Everybody, in the order of the file."""

    members: list[Member] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def find(self, people: Iterable[Person]) -> dict[str, Member]:
        """Gives the member that each person is, by label; whoever could be two is none of them."""
        index = self._index()
        found: dict[str, Member] = {}
        for person in people:
            for sign in _signs(person):
                members = index.get(sign, [])
                if len(members) == 1:
                    found[person.label] = members[0]
                    break
        return found

    def _index(self) -> dict[tuple[str, str], list[Member]]:
        index: defaultdict[tuple[str, str], list[Member]] = defaultdict(list)
        for member in self.members:
            signs = {
                ("canvas", member.canvas),
                ("moodle", member.moodle),
                *(("word", _word(text)) for text in (member.id, member.login, member.mail, member.name)),
                ("letters", _letters(member.name)),
            }
            for sign in signs:
                if sign[1]:
                    index[sign].append(member)
        return index


def _signs(person: Person) -> list[tuple[str, str]]:
    """Gives what a person may be found by, the surest first."""
    signs = [(str(person.platform), person.id)] if person.id else []
    name = person.name.rpartition("-")[2] if person.platform == "moodle" else person.name
    signs += [("word", _word(person.name)), ("word", _word(name))]
    return [*signs, ("letters", _letters(person.name)), ("letters", _letters(name))]


def _word(text: str) -> str:
    return one_form(text).casefold()


def _letters(name: str) -> str:
    """Gives the letters of a name in no order of its words: `Doe, Jane`, `Jane Doe` and `doejane`."""
    words = re.findall(r"\w+", _word(name))
    return "".join(sorted("".join(words))) if words else ""


def read_roster(path: Path) -> Roster:
    """Reads a table with a line of titles. Raises NoRosterError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NoRosterError(
            f"The roster cannot be read.\n{path}: {error}\nNext: save it as CSV, in UTF-8."
        ) from None
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    titles = [one_form(cell).casefold() for cell in rows[0]] if rows else []
    places = _places(titles)
    if not places.keys() & {"id", "name", "login", "mail", "last", "canvas", "moodle"}:
        raise NoRosterError(
            f"The roster names nobody.\n{path} begins: {head[:80]}\n"
            "Next: begin it with a line of titles, some of: id, name, login, mail, section."
        )
    return _members(path.name, rows[1:], places)


def _places(titles: list[str]) -> dict[str, int]:
    places = {
        column: titles.index(title)
        for column, names in COLUMNS.items()
        for title in list(reversed(names))
        if title in titles
    }
    if "id" in titles and places.get("id") != titles.index("id") and "student" in titles:
        places["canvas"] = titles.index(
            "id"
        )  # a gradebook of Canvas: `ID` is its own, and the other one SIS's
    return places


def _members(file: str, rows: list[list[str]], places: dict[str, int]) -> Roster:
    roster = Roster()
    seen: set[str] = set()
    for number, row in enumerate(rows, 2):
        told = {column: one_form(row[at]) if at < len(row) else "" for column, at in places.items()}
        first, last = told.pop("first", ""), told.pop("last", "")
        told["name"] = told.get("name") or f"{first} {last}".strip()
        told["moodle"] = re.sub(r"\D", "", told.get("moodle", ""))
        member = Member(**told)
        if (
            not member.shown
            or "points possible" in member.shown.casefold()
            or member.shown == "Student, Test"
        ):
            continue
        own = member.id or member.login or member.mail
        if own and own in seen:
            roster.troubles.append(
                f"{file}, line {number}: {own!r} stands there twice; the first one counts."
            )
            continue
        seen.add(own)
        roster.members.append(member)
    return roster
