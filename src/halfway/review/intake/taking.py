"""Takes a class in: each entry of a folder or a zip is somebody's, and holds files of known units or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from halfway.catalog import UnitFiles
from halfway.errors import HalfwayError
from halfway.render.visible import visible
from halfway.review.intake.disk import file_at, folder_at
from halfway.review.intake.entries import Entries, Entry, Taken
from halfway.review.intake.finding import THERE_MAX, Finder
from halfway.review.intake.model import Handed, Intake, Person, Remark, shown_path
from halfway.review.intake.names import other_archive
from halfway.review.intake.people import people
from halfway.review.intake.places import Place
from halfway.review.intake.zips import zip_at


class NothingThereError(HalfwayError):
    """The place of the submissions cannot be read at all."""


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
    for person, own in sorted(people(found, intake), key=lambda row: (row[0].label.casefold(), row[0].label)):
        intake.learners.append(person.label)
        intake.people[person.label] = person
        intake.handed += _of_learner(person, own, files_of, intake)
    return intake


def _root(submissions: Path, keep: ExitStack) -> Place:
    try:
        if submissions.is_dir():
            root = folder_at(submissions)
        elif submissions.is_file():
            if kind := other_archive(submissions.name):
                raise _unreadable(submissions, f"is {kind}, and only zips are read.")
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
        "Next: look at its permissions, download it again, or unpack it and name the folder.",
    )


# ---- one learner


def _of_learner(
    person: Person, entries: list[Entry], files_of: dict[str, str], intake: Intake
) -> Iterator[Handed]:
    """Of several submissions of one learner, the newest one of each unit counts; the others are told."""
    nothing = not any(entry.taken for entry in entries)
    for entry in entries:
        own = [*entry.lines]
        if nothing and (entry.there or not own):
            own.append((entry.where, _nothing(entry, files_of), "", False))
        intake.remarks += [
            Remark(shown_path(w), visible(what), more, ok, person.label) for w, what, more, ok in own
        ]
    entries.sort(key=lambda entry: entry.newness, reverse=True)
    counts: dict[str, Taken] = {}
    for entry in entries:
        for slug, taken in entry.taken.items():
            counted = counts.setdefault(slug, taken)
            if counted is taken:
                where, late = shown_path(taken.where), entry.named.late
                file, when = files_of[slug], taken.changed
                yield Handed(person.label, slug, file, taken.data, where, late, when, taken.local)
            elif counted.data != taken.data:
                what = f"is an older submission of {person.label} for {slug}; {counted.where} counts."
                intake.remarks.append(Remark(shown_path(taken.where), visible(what), learner=person.label))


def _nothing(entry: Entry, files_of: dict[str, str]) -> str:
    """Says what is there instead of a file of a known unit."""
    known = ", ".join(sorted(set(files_of.values())))
    there = entry.there[:THERE_MAX]
    more = f" and {len(entry.there) - THERE_MAX:,} more" if len(entry.there) > THERE_MAX else ""
    what = f" There is: {', '.join(map(shown_path, there))}{more}." if there else ""
    return f"holds no file of a known unit.{what} Known: {known}."
