"""Who is in a class, beside who handed in: the roster, and groups that hand in together."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import replace

from halfway import catalog
from halfway.review.gradebook import Gradebook, Learner
from halfway.review.intake import Person, Remark
from halfway.review.roster import Member, Roster
from halfway.review.settings import Settings


def with_roster(book: Gradebook, roster: Roster) -> None:
    """Gives learners their line of the roster, and puts together whose work came under two names."""
    found = roster.find(learner.person for learner in book.learners)
    by_member: defaultdict[Member, list[Learner]] = defaultdict(list)
    for learner in book.learners:
        if learner.name in found:
            by_member[found[learner.name]].append(learner)
    joined: dict[str, Learner | None] = {}
    for member, own in by_member.items():
        units = [slug for learner in own for slug in learner.graded]
        if len(units) == len(set(units)):
            graded = {slug: one for learner in own for slug, one in learner.graded.items()}
            remarks = tuple(remark for learner in own for remark in learner.remarks)
            joined |= {learner.name: None for learner in own[1:]}
            joined[own[0].name] = Learner(own[0].person, graded, remarks, member)
        else:
            them = ", ".join(learner.name for learner in own)
            what = (
                f"are all {member.shown} of the roster, and have one unit more than once; each stays a line."
            )
            book.remarks.append(Remark(them, what, taken=True))
            joined |= {learner.name: replace(learner, member=member) for learner in own}
    every = [joined.get(learner.name, learner) for learner in book.learners]
    book.learners = [learner for learner in every if learner is not None]
    book.unknown = [learner for learner in book.learners if learner.member is None]
    book.silent = [member for member in roster.members if member not in by_member]
    book.is_listed = True


def with_units(book: Gradebook, settings: Settings) -> None:
    """Adds the units that the settings name and nobody has handed in: they count as well."""
    course = book.units[0].course if book.units else None
    have = {unit.slug for unit in book.units}
    missing = [u for u in catalog.units(course) if u.slug in settings.units and u.slug not in have]
    for unit in missing:
        book.promises[unit.slug] = unit.promises()
        book.stubs[unit.slug] = hashlib.sha256(unit.stub.read_bytes()).hexdigest()
    book.units = sorted([*book.units, *missing], key=lambda unit: unit.slug)


def with_groups(book: Gradebook, groups: dict[str, list[str]]) -> list[str]:
    """Gives each member of a group a row with its work; gives a line for each group that is not there."""
    troubles: list[str] = []
    for name, people in groups.items():
        own = next((learner for learner in book.learners if name in learner.names), None)
        if own is None:
            troubles.append(f"review.toml: no hand-in is named {name!r}, so that group has none.")
            continue
        known = {alias: learner for learner in book.learners for alias in learner.names}
        members = []
        for who in people:
            graded = {**own.graded, **(known[who].graded if who in known else {})}
            person = known[who].person if who in known else Person(f"group/{name}/{who}", who, who)
            members.append(Learner(person, graded, own.remarks, known[who].member if who in known else None))
        gone = {learner.name for learner in members} | {own.name}
        book.learners = sorted(
            [*(learner for learner in book.learners if learner.name not in gone), *members],
            key=lambda learner: (learner.name.casefold(), learner.name),
        )
    return troubles
