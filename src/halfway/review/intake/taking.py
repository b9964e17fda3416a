"""Takes a class in: each entry of a folder or a zip is somebody's, and holds files of known units or none."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from halfway.catalog import UnitFiles
from halfway.review.intake.model import Handed, Intake, shown
from halfway.review.intake.names import Named, is_archive, read_name
from halfway.review.intake.sources import (
    ARCHIVE_BYTES_MAX,
    UNREADABLE,
    Found,
    RefusedError,
    Tell,
    in_archive,
    in_folder,
    opened,
    read_entry,
    read_regular,
)

CLASS_ENTRIES_MAX = 100_000
REPORT = ".review"
"""What a report has in it, and what is handed in has not."""
CLASS_LIST_BYTES_MAX = 32 * 1024 * 1024


class NothingThereError(Exception):
    """The place of the submissions cannot be read at all: what, where, next."""

    def __init__(self, what: str, where: str, next_step: str) -> None:
        super().__init__(f"{what}\n{where}\n{next_step}")
        self.what, self.where, self.next_step = what, where, next_step


@dataclass
class _Entry:
    """One thing that was handed in: whose it is, when, and the files in it."""

    where: str
    named: Named
    changed: float
    files: list[Found] = field(default_factory=list)
    taken: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    refused: bool = False
    open: ExitStack = field(default_factory=ExitStack)

    @property
    def newness(self) -> tuple[int, float, str]:
        return (self.named.order, self.changed, self.where)


def take(submissions: Path, units: Iterable[UnitFiles]) -> Intake:
    """Gives one file for each learner and unit found. Raises NothingThereError if nothing can be read."""
    intake = Intake()
    by_learner: defaultdict[str, list[_Entry]] = defaultdict(list)
    files_of = {unit.slug: unit.file for unit in units}
    for entry in _entries(submissions, intake):
        with entry.open:
            by_learner[shown(entry.named.learner)].append(entry)
            _choose(entry, files_of, intake)
    for learner in sorted(by_learner, key=lambda name: (name.casefold(), name)):
        intake.learners.append(learner)
        intake.handed += _of_learner(learner, by_learner[learner], files_of, intake)
    return intake


# ---- entries


def _entries(submissions: Path, intake: Intake) -> Iterator[_Entry]:
    if submissions.is_dir():
        if (submissions / "exercises").is_dir():
            yield _folder_entry(submissions, read_name(submissions.resolve().name), intake)
            return
        names = _listed(submissions)
        for path in names:
            yield from _entry(path, intake)
    elif submissions.is_file():
        yield from _class_archive(submissions, intake)
    else:
        raise NothingThereError(
            "There are no submissions to read.",
            f"{submissions} is neither a folder nor a zip.",
            "Next: name the folder that holds one folder or zip for each learner, or the zip of your LMS.",
        )


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise NothingThereError(
            "The submissions cannot be read.", f"{folder}: {error.strerror}", "Next: look at its permissions."
        ) from None


def _entry(path: Path, intake: Intake) -> Iterator[_Entry]:
    named = read_name(path.name)
    if path.is_symlink():
        intake.remark(
            path.name, "is a link to another place, and is not followed.", "Put the folder itself here."
        )
    elif (path / REPORT).is_dir():
        intake.remark(path.name, "is the report of a review, and nobody's work.")
    elif path.is_dir():
        yield _folder_entry(path, named, intake)
    elif is_archive(path.name):
        yield _archive_entry(path.name, path, named, path.stat().st_mtime, intake)
    else:
        found = Found((named.file or path.name,), lambda: read_regular(path))
        yield _Entry(path.name, named, path.lstat().st_mtime, [found])


def _teller(where: str, intake: Intake) -> Tell:
    return lambda inside, what, next_step: intake.remark(
        "/".join(filter(None, (where, inside))), what, next_step
    )


def _folder_entry(path: Path, named: Named, intake: Intake) -> _Entry:
    tell = _teller(path.name, intake)
    files = list(in_folder(path, tell))
    # Moodle gives each learner a folder, and in it whatever was handed in: often a zip.
    for found in [f for f in files if len(f.parts) == 1 and is_archive(f.parts[0])]:
        try:
            inner = opened(read_regular(path / found.parts[0], ARCHIVE_BYTES_MAX))
            files += in_archive(inner, _teller(f"{path.name}/{found.shown}", intake))
        except (RefusedError, *UNREADABLE) as error:
            tell(found.shown, str(error), NOT_A_ZIP_NEXT)
    return _Entry(path.name, named, 0.0, files)


NOT_A_ZIP_NEXT = "Ask for it again."


def _archive_entry(where: str, source: Path | bytes, named: Named, changed: float, intake: Intake) -> _Entry:
    entry = _Entry(where, named, changed)
    try:
        archive = entry.open.enter_context(opened(source))
        entry.files += in_archive(archive, _teller(where, intake))
    except (RefusedError, *UNREADABLE) as error:
        intake.remark(where, str(error), NOT_A_ZIP_NEXT)
        entry.refused = True
    return entry


def _class_archive(path: Path, intake: Intake) -> Iterator[_Entry]:
    """One zip: of a whole class, as an LMS gives it, or of one learner."""
    try:
        archive = opened(path, CLASS_LIST_BYTES_MAX)
    except RefusedError as error:
        raise NothingThereError(
            "The submissions cannot be read.",
            f"{path.name} {error}",
            "Next: download it again, or name a folder.",
        ) from None
    with archive:
        found = list(in_archive(archive, _teller(path.name, intake), CLASS_ENTRIES_MAX))
        if any("exercises" in f.parts[:2] for f in found):
            yield _Entry(path.name, read_name(path.name), 0.0, found)
        else:
            yield from _tops(archive, found, intake)


def _tops(archive: zipfile.ZipFile, found: list[Found], intake: Intake) -> Iterator[_Entry]:
    tops: defaultdict[str, list[Found]] = defaultdict(list)
    for file in found:
        tops[file.parts[0]].append(file)
    for top, files in tops.items():
        named = read_name(top)
        entry = _Entry(top, named, 0.0)
        for file in files:
            inner = file.parts[1:] or (named.file or top,)
            if is_archive(inner[-1]) and len(inner) == 1:
                entry.files += _inner(archive, file, intake)
            else:
                entry.files.append(Found(inner, file.read, file.changed))
        yield entry


def _inner(archive: zipfile.ZipFile, file: Found, intake: Intake) -> list[Found]:
    """Gives what a zip in the zip of a class holds; it is read into memory, up to a limit."""
    try:
        data = read_entry(archive, archive.getinfo(file.shown), ARCHIVE_BYTES_MAX)
        return list(in_archive(opened(data), _teller(file.shown, intake)))
    except (RefusedError, KeyError, *UNREADABLE) as error:
        intake.remark(file.shown, str(error), NOT_A_ZIP_NEXT)
        return []


# ---- choosing


def _choose(entry: _Entry, files_of: dict[str, str], intake: Intake) -> None:
    """Takes the declared files of known units: `<slug>/<file>`, or `<file>` where one unit has it."""
    kept: dict[str, Found] = {}
    for found in sorted(entry.files, key=lambda f: (len(f.parts), f.parts)):
        slug = _unit_of(found.parts, files_of)
        if slug is None:
            continue
        known = kept.setdefault(slug, found)
        if known is not found:
            where = f"{entry.where}/{found.shown}"
            intake.remark(where, f"is a second file for {slug}; {known.shown} is taken.")
    if not kept and not entry.refused:
        known_files = ", ".join(sorted(set(files_of.values())))
        intake.remark(entry.where, "holds no file of a known unit.", f"Known: {known_files}.")
    for slug, found in kept.items():
        where = f"{entry.where}/{found.shown}"
        entry.changed = max(entry.changed, found.changed)
        try:
            entry.taken[slug] = (where, found.read())
        except RefusedError as error:
            intake.remark(where, str(error))
        except UNREADABLE as error:
            intake.remark(where, f"cannot be read ({error}).", NOT_A_ZIP_NEXT)
    entry.files.clear()


def _unit_of(parts: tuple[str, ...], files_of: dict[str, str]) -> str | None:
    if len(parts) > 1 and files_of.get(parts[-2]) == parts[-1]:
        return parts[-2]
    owners = [slug for slug, file in files_of.items() if file == parts[-1]]
    return owners[0] if len(owners) == 1 and not any(p in files_of for p in parts[:-1]) else None


def _of_learner(
    learner: str, entries: list[_Entry], files_of: dict[str, str], intake: Intake
) -> Iterator[Handed]:
    """Of several submissions of one learner, the newest one of each unit counts; the others are told."""
    entries.sort(key=lambda entry: entry.newness, reverse=True)
    counts: dict[str, str] = {}
    for entry in entries:
        for slug, (where, data) in entry.taken.items():
            if slug in counts:
                intake.remark(
                    where, f"is an older submission of {learner} for {slug}; {counts[slug]} counts."
                )
            else:
                counts[slug] = shown(where)
                yield Handed(learner, slug, files_of[slug], data, counts[slug], entry.named.late)
