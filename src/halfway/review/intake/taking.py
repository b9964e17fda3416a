"""Takes a class in: each entry of a folder or a zip is somebody's, and holds files of known units or none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from halfway.catalog import UnitFiles
from halfway.render.visible import visible
from halfway.review.intake.disk import file_at, folder_at
from halfway.review.intake.entries import Entries, Entry, Taken
from halfway.review.intake.finding import THERE_MAX, Finder
from halfway.review.intake.model import Handed, Intake, Person, Remark, digest, shown, shown_path
from halfway.review.intake.places import Place
from halfway.review.intake.zips import zip_at


class NothingThereError(Exception):
    """The place of the submissions cannot be read at all: what, where, next."""

    def __init__(self, what: str, where: str, next_step: str) -> None:
        super().__init__(f"{what}\n{where}\n{next_step}")
        self.what, self.where, self.next_step = what, where, next_step


def take(submissions: Path, units: Iterable[UnitFiles]) -> Intake:
    """Gives one file for each learner and unit found. Raises NothingThereError if nothing can be read."""
    files_of = {unit.slug: unit.file for unit in units}
    with ExitStack() as keep:
        root = _root(submissions, keep)
        entries = Entries(Finder(files_of, keep))
        found = list(entries.of(root))
    intake = Intake()
    for where, what, more, taken in entries.lines:
        intake.remark(where, what, more, taken=taken)
    for person, own in sorted(
        _people(found, intake), key=lambda row: (row[0].label.casefold(), row[0].label)
    ):
        intake.learners.append(person.label)
        intake.people[person.label] = person
        intake.handed += _of_learner(person, own, files_of, intake)
    return intake


def _root(submissions: Path, keep: ExitStack) -> Place:
    try:
        if submissions.is_dir():
            root = folder_at(submissions)
        elif submissions.is_file():
            root = zip_at(file_at(submissions), keep)
        else:
            raise NothingThereError(
                "There are no submissions to read.",
                f"{visible(str(submissions))} is neither a folder nor a zip.",
                "Next: name the folder with one folder or zip for each learner, or the zip of your LMS.",
            )
    except OSError as error:
        raise _unreadable(submissions, error.strerror or str(error)) from None
    inside = root.inside
    if not (inside.folders or inside.files) and inside.told and not inside.told[0][0]:
        raise _unreadable(submissions, inside.told[0][1])
    return root


def _unreadable(submissions: Path, why: str) -> NothingThereError:
    return NothingThereError(
        "The submissions cannot be read.",
        f"{visible(submissions.name)} {why}",
        "Next: look at its permissions, download it again, or name a folder.",
    )


# ---- people


def _people(found: list[Entry], intake: Intake) -> Iterator[tuple[Person, list[Entry]]]:
    """Puts entries of one learner together. Two who share a name and nothing else stay two."""
    by_key: defaultdict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for entry in found:
        by_key[entry.named.platform, entry.named.name, entry.named.id].append(entry)
    together: list[str] = []
    groups: list[tuple[str, list[Entry]]] = []
    for (platform, _, _), entries in by_key.items():
        apart = [entries] if platform else _apart(entries)
        for own in apart:
            label = own[0].named.label
            groups.append((f"{label} ({own[0].container})" if len(apart) > 1 else label, own))
            if len(own) > 1 and not platform:
                together.append(shown(label))
    _tell_together(together, intake)
    seen: Counter[str] = Counter()
    for label, own in groups:
        key = f"{own[0].named.platform}/{own[0].named.name}/{own[0].named.id}/{label}"
        seen[shown(label)] += 1
        text = shown(label) if seen[shown(label)] == 1 else f"{shown(label)} [{digest(key)}]"
        named = own[0].named
        yield Person(key, text, shown(named.name), named.platform, shown(named.id), own[0].prefix), own


def _apart(entries: list[Entry]) -> list[list[Entry]]:
    """Tells people of one plain name apart: in two folders of a class they are two, if they did one unit.

    Where the units differ, or the content is equal, it is one person, found in two places.
    """
    by_container: dict[str, list[Entry]] = {}
    for entry in entries:
        by_container.setdefault(entry.container, []).append(entry)
    work = [
        {slug: taken.data for entry in own for slug, taken in entry.taken.items()}
        for own in by_container.values()
    ]
    for place, one in enumerate(work):
        for other in work[place + 1 :]:
            if any(one[slug] != other[slug] for slug in one.keys() & other.keys()):
                return list(by_container.values())
    return [entries]


def _tell_together(labels: list[str], intake: Intake) -> None:
    """Says, in one line for all, who was found in more than one place."""
    if labels:
        some = ", ".join(sorted(labels)[:THERE_MAX]) + (" and others" if len(labels) > THERE_MAX else "")
        each = "is one learner" if len(labels) == 1 else f"are {len(labels):,} learners, each of them one"
        intake.remark(some, f"{each}, with work in more than one place.", taken=True)


# ---- one learner


def _of_learner(
    person: Person, entries: list[Entry], files_of: dict[str, str], intake: Intake
) -> Iterator[Handed]:
    """Of several submissions of one learner, the newest one of each unit counts; the others are told."""

    def remark(where: str, what: str, more: str = "", *, taken: bool = False) -> None:
        intake.remarks.append(Remark(shown_path(where), visible(what), more, taken, person.label))

    for entry in entries:
        for where, what, more, is_taken in entry.lines:
            remark(where, what, more, taken=is_taken)
    if not any(entry.taken for entry in entries):
        for entry in entries[:1] if any(entry.lines for entry in entries) else entries:
            remark(entry.where, _nothing(entry, files_of))
    entries.sort(key=lambda entry: entry.newness, reverse=True)
    counts: dict[str, Taken] = {}
    for entry in entries:
        for slug, taken in entry.taken.items():
            counted = counts.setdefault(slug, taken)
            if counted is taken:
                where, late = shown_path(taken.where), entry.named.late
                yield Handed(person.label, slug, files_of[slug], taken.data, where, late, taken.changed)
            elif counted.data != taken.data:
                remark(
                    taken.where,
                    f"is an older submission of {person.label} for {slug}; {counted.where} counts.",
                )


def _nothing(entry: Entry, files_of: dict[str, str]) -> str:
    """Says what is there instead of a file of a known unit."""
    known = ", ".join(sorted(set(files_of.values())))
    there = entry.there[:THERE_MAX]
    more = f" and {len(entry.there) - THERE_MAX:,} more" if len(entry.there) > THERE_MAX else ""
    what = f" There is: {', '.join(map(shown_path, there))}{more}." if there else ""
    return f"holds no file of a known unit.{what} Known: {known}."
