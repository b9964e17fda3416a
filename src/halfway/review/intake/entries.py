"""Who has handed in what? A place is one learner's work, a class, or something around one of the two.

An entry that holds work in two or more of its folders is a class; one folder around anything is looked
through. Nothing of that is silent: whatever could be read in another way is a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from halfway.review.intake.finding import Candidate, Finder
from halfway.review.intake.model import REMARKS_MAX
from halfway.review.intake.names import (
    Named,
    is_archive,
    is_junk,
    names_nobody,
    other_archive,
    read_all,
    read_canvas,
    read_moodle,
    read_plain,
)
from halfway.review.intake.places import Bundle, Inside, Place, RefusedError

REPORT = ".review"
"""What a report has in it, and what is handed in has not."""
DEEP_MAX = 6
"""How many classes lie in each other, and how many folders lie around something."""
Line = tuple[str, str, str, bool]
"""Where, what, what next, and whether the work is taken all the same."""


@dataclass(frozen=True)
class Taken:
    """The content of one file: where it was, and when it was written."""

    where: str
    data: bytes = field(repr=False)
    changed: float
    local: bool = False


@dataclass
class Entry:
    """One thing that was handed in: whose it is, when, and the content of its files."""

    where: str
    named: Named
    container: str
    taken: dict[str, Taken] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    inner: str = ""
    """The one folder in which all of it lies: the learner, if the entry turns out to be a class of one."""

    alone: bool = False
    """True for one file that is an entry by itself: its own name is where it is."""

    def at(self, path: str) -> str:
        """Says where a file of this entry is."""
        return _below(self.where, path.partition("/")[2] if self.alone else path)

    @property
    def prefix(self) -> str:
        """The entry's name as the platform wrote it, without the file's: what is handed back carries it."""
        name = self.where.rpartition("/")[2]
        if not self.named.platform:
            return ""
        return name.removesuffix(self.named.file).rstrip("_") if self.alone and self.named.file else name

    @property
    def changed(self) -> float:
        """When the newest of its files was written."""
        return max((taken.changed for taken in self.taken.values()), default=0.0)

    @property
    def newness(self) -> tuple[int, float, str]:
        """What is greater is newer."""
        return (self.named.order, self.changed, self.where)


class Entries:
    """Finds the entries of a place; `lines` are what is nobody's."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self.lines: list[Line] = []

    def of(self, root: Place) -> Iterator[Entry]:
        """Gives every entry, with what was taken of it."""
        names: list[str] = []
        place, where = root, ""
        for _ in range(DEEP_MAX):
            names.append(place.name)
            if self._holds_work(place) or self._is_somebodys(place, names):
                name = next((n for n in reversed(names) if not names_nobody(n)), names[0])
                yield self._entry(place, where or place.name, Named(name), "")
                return
            around = self._only(place)
            if around is None:
                break
            self.lines += [(_below(where, name), what, more, False) for name, what, more in place.inside.told]
            place, where = around, f"{where}/{around.name}".lstrip("/")
        yield from self._of_class(place, where, names)

    def _holds_work(self, place: Place) -> bool:
        return not self._is_class(place) and self._finder.is_work(place)

    def _is_somebodys(self, place: Place, names: list[str]) -> bool:
        """True for `Jane Doe/work.zip` and `work (1).zip`: only what is around is named after somebody."""
        folders = self._finder.folders(place)
        return (
            len(folders) > 1
            and len(names) > 1
            and not names_nobody(names[-1])
            and all(names_nobody(folder.name) for folder in folders)
            and not self._is_class(place)
        )

    def _only(self, place: Place) -> Place | None:
        """Gives the one folder or zip in a place in which nobody else's work lies."""
        files = [f.name for f in place.inside.files if not is_archive(f.name)]
        folders = self._finder.folders(place)
        if len(folders) != 1 or any(read_moodle(n) or read_canvas(n) or _is_handed(n) for n in files):
            return None
        zipped = next((f.name for f in place.inside.files if is_archive(f.name)), folders[0].name)
        return None if read_moodle(zipped) or read_canvas(zipped) else folders[0]

    # ---- a class

    def _of_class(self, place: Place, where: str, names: list[str], depth: int = 0) -> Iterator[Entry]:
        inside = place.inside
        self.lines += [(_below(where, name), what, more, False) for name, what, more in inside.told]
        named = read_all([f.name for f in inside.files], [f.name for f in inside.folders])
        plain: list[Entry] = []
        nested = False
        for name, entry in self._children(inside, named):
            there = _below(where, name)
            if isinstance(entry, str):
                self.lines.append((there, entry, "", False))
                continue
            with self._finder.scope(entry):
                if named[name].platform or depth >= DEEP_MAX or not self._is_class(entry):
                    around = names if len(named) == 1 else None
                    plain.append(self._entry(entry, there, named[name], where, around))
                else:
                    nested = True
                    if len(named) > 1:
                        self.lines.append((there, EACH, "", True))
                    yield from self._of_class(*self._core(entry, there), [*names, name], depth + 1)
        for made in plain:
            if nested and made.inner and not made.named.platform:
                made.container, made.named = made.where, read_plain(made.inner, is_file=False)
            if made.taken or made.lines or made.named.platform or not names_nobody(made.named.name):
                yield made
            else:
                self.lines.append(
                    (made.where, "holds no file of a known unit, and is named after nobody.", "", False)
                )

    def _children(self, inside: Inside, named: dict[str, Named]) -> Iterator[tuple[str, Place | str]]:
        """Gives each folder and file of a class, as a place, or as a line that says why it is nobody's."""
        for folder in inside.folders:
            if REPORT in folder.inside.hidden:
                yield folder.name, "is the report of a review, and nobody's work."
            else:
                yield folder.name, folder
        for file in inside.files:
            own = named[file.name]
            if own.platform:
                yield file.name, Bundle(file.name, [file.named(own.file or file.name)])
            elif is_archive(file.name):
                yield file.name, self._finder.opened(file)
            elif self._finder.is_file(file.name):
                yield file.name, BESIDE
            elif _is_handed(file.name):
                yield file.name, Bundle(file.name, [file])
            elif not is_junk(file.name):
                yield file.name, NOBODYS

    def _is_class(self, place: Place, depth: int = 0) -> bool:
        """True for a place with the work of several people in it."""
        files = [f.name for f in place.inside.files]
        folders = self._finder.folders(place)
        if any(read_moodle(name) for name in (*files, *(f.name for f in place.inside.folders))):
            return True
        if any(read_canvas(name) for name in files) and not self._finder.is_work(place):
            return True
        if depth >= DEEP_MAX or self._finder.is_copy_of_the_course(place):
            return False
        if self._people(folders) > 1:
            return True
        if self._finder.is_work(place):
            return False
        return any(self._is_class(folder, depth + 1) for folder in folders if self._is_used(folder))

    def _people(self, folders: list[Place]) -> int:
        """Counts folders with work in them that could be named after somebody, up to two."""
        named = (f for f in folders if not names_nobody(f.name) and f.name not in self._finder.files_of)
        return len(list(islice((folder for folder in named if self._is_used(folder)), 2)))

    def _is_used(self, folder: Place) -> bool:
        return bool(self._finder.find(folder).candidates)

    def _core(self, place: Place, where: str) -> tuple[Place, str]:
        """Gives the class inside of what may be around it, and where it is."""
        for _ in range(DEEP_MAX):
            around = self._only(place)
            if around is None or not self._is_class(around):
                break
            place, where = around, _below(where, around.name)
        return place, where

    # ---- one entry

    def _entry(
        self, place: Place, where: str, named: Named, container: str, around: list[str] | None = None
    ) -> Entry:
        """Takes the files of one entry, and reads them; `around` has the names of the folders around it."""
        if around is not None and names_nobody(named.name):
            own = next((n for n in reversed(around) if not names_nobody(n)), None)
            named = Named(own, named.file) if own and not named.platform else named
        alone = isinstance(place, Bundle)
        entry = Entry(where, named, container, inner=self._inner(place), alone=alone)
        found = self._finder.find(place)
        entry.lines += [(entry.at(path), what, more, False) for path, what, more in _cut(found.told)]
        entry.lines += [(entry.at(path), what, "", False) for path, what in found.odd[:REMARKS_MAX]]
        for slug in sorted(found.candidates):
            self._take(entry, slug, found.best(slug))
        entry.there = found.there
        return entry

    def _take(self, entry: Entry, slug: str, best: list[Candidate]) -> None:
        chosen = None
        for candidate in best[:REMARKS_MAX]:
            where = entry.at(candidate.where)
            if chosen is not None:
                entry.lines.append(
                    (where, f"is a second file for {slug}; {chosen.where} is taken.", "", False)
                )
                continue
            try:
                data = candidate.file.content()
            except RefusedError as error:
                entry.lines.append((where, str(error), "", False))
                continue
            chosen, entry.taken[slug] = (
                candidate,
                Taken(where, data, candidate.file.changed, candidate.file.local),
            )
            wanted = self._finder.files_of[slug]
            if candidate.parts[-1] != wanted:
                entry.lines.append((where, f"is taken as {wanted}.", "", True))

    def _inner(self, place: Place) -> str:
        """Gives the name of the one folder in which all the work lies, if it could be a person's."""
        if self._finder.is_work(place):
            return ""
        working = [folder for folder in self._finder.folders(place) if self._is_used(folder)]
        return working[0].name if len(working) == 1 and not names_nobody(working[0].name) else ""


BESIDE = (
    "lies beside the folders of the class, so it is nobody's. Put it into a folder with its learner's name."
)
EACH = "holds the work of several people, so each of its folders is a learner."
NOBODYS = "is no folder, no zip and no file of a unit, so it is nobody's work."


def _is_handed(name: str) -> bool:
    """True for a file that may be somebody's work, though it cannot be read."""
    return bool(other_archive(name)) or name.lower().endswith((".py", ".ipynb"))


def _below(where: str, name: str) -> str:
    return "/".join(filter(None, (where, name.lstrip("/"))))


def _cut(told: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    if len(told) <= REMARKS_MAX:
        return told
    return [*told[:REMARKS_MAX], ("", f"has {len(told) - REMARKS_MAX:,} more lines of this kind.", "")]
