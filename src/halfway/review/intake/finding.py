"""What of a learner's entry could be the file of a unit, and which one is it?

`exercises/<unit>/<file>` wins over `<unit>/<file>`, that over the file's name alone, that over a name that is
nearly it; among equals the newest wins, and of those that are equally new, the one that lies least deep.
"""

from __future__ import annotations

from collections import ChainMap, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from halfway.catalog import SLUG
from halfway.review.intake.model import ENTRIES_MAX
from halfway.review.intake.names import document, is_archive, meant, other_archive
from halfway.review.intake.places import File, Place
from halfway.review.intake.zips import TOO_MANY_NEXT, zip_at

NEVER = {"node_modules", "site-packages", "dist-packages", "__pycache__"}
"""Folders of other people's work, in which a file may well be called `keys.py`."""
SELDOM = {"solutions", "tests", "venv"}
"""Folders that are looked at where nothing else is there."""
OF_THE_COURSE = {"src", "docs", "web", "benchmarks", "solutions", "tests"}
"""The same in a copy of the course, where they hold the course's own files."""
ZIPS_DEEP_MAX, ZIPS_MAX = 3, 40
SAME_TIME_S = 2.0
"""A zip knows every other second, and a copy of a folder takes a moment."""
IN_PLACE, IN_UNIT, BARE, NEARLY = range(4)
THERE_MAX = 6


@dataclass(frozen=True)
class Candidate:
    """One file that could be the one of a unit; the lower its rank, the more likely it is."""

    slug: str
    rank: int
    parts: tuple[str, ...]
    file: File

    @property
    def where(self) -> str:
        """The path below the learner's entry."""
        return "/".join(self.parts)


@dataclass
class Found:
    """Everything that was found in one entry."""

    candidates: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    told: list[tuple[str, str, str]] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    """Names of what else is there, for a line that says what was found instead."""
    odd: list[tuple[str, str]] = field(default_factory=list)
    """(path, kind) of archives and documents that may hold the work and are not read."""

    def best(self, slug: str) -> list[Candidate]:
        """Gives the candidates for a unit, the best one first."""
        every = self.candidates[slug]
        lowest = min(candidate.rank for candidate in every)
        newest = max(candidate.file.changed for candidate in every if candidate.rank == lowest)
        return sorted(
            every,
            key=lambda c: (
                c.rank,
                c.file.changed < newest - SAME_TIME_S,
                len(c.parts) if c.file.changed >= newest - SAME_TIME_S else 0,
                -c.file.changed,
                c.parts,
            ),
        )


class Finder:
    """Looks through entries for files of known units. What it opens on the way is closed with its scope."""

    def __init__(self, files_of: Mapping[str, str], keep: ExitStack) -> None:
        self.files_of, self._keep = files_of, keep
        self._owners: defaultdict[str, list[str]] = defaultdict(list)
        for slug, file in files_of.items():
            self._owners[file].append(slug)
        self._known: ChainMap[int, tuple[Place, Found]] = ChainMap()
        self._zips: ChainMap[int, tuple[File, Place]] = ChainMap()

    @contextmanager
    def scope(self, place: Place) -> Iterator[None]:
        """While this lasts, what is in a place is known, and its zips are open; afterwards, neither."""
        outer = self._keep
        self._known, self._zips = self._known.new_child(), self._zips.new_child()
        try:
            with ExitStack() as self._keep:
                yield
        finally:
            self._keep, self._known, self._zips = outer, self._known.parents, self._zips.parents
            place.forget()

    def find(self, place: Place) -> Found:
        """Gives what is in a place; the same place is looked through once."""
        if id(place) not in self._known:
            self._known[id(place)] = (place, _Search(self).through(place))
        return self._known[id(place)][1]

    def folders(self, place: Place) -> list[Place]:
        """Gives the folders in a place, and the zips as folders."""
        zips = [self.opened(file) for file in place.inside.files if is_archive(file.name)]
        return [*place.inside.folders, *zips]

    def opened(self, file: File) -> Place:
        """Gives a zip as a place; the same one for the same file."""
        if id(file) not in self._zips:
            self._zips[id(file)] = (file, zip_at(file, self._keep))
        return self._zips[id(file)][1]

    def is_work(self, place: Place) -> bool:
        """True for a place that holds one learner's work itself, and not in folders of several people."""
        return any(self.is_file(file.name) for file in place.inside.files) or any(
            self._holds_unit(folder) for folder in (place, *_exercises(place))
        )

    def is_copy_of_the_course(self, place: Place) -> bool:
        """True where there is a folder `exercises` with a unit in it."""
        return any(sub.name in self.files_of for folder in _exercises(place) for sub in folder.inside.folders)

    def _holds_unit(self, place: Place) -> bool:
        return any(
            self.files_of.get(folder.name) in {file.name for file in folder.inside.files}
            for folder in place.inside.folders
            if folder.name in self.files_of
        )

    def is_file(self, name: str) -> bool:
        """True for a name that a unit's file has, or nearly has."""
        return bool(name in self._owners or meant(name, self._owners))

    def candidate(self, parts: tuple[str, ...], file: File) -> Candidate | str | None:
        """Says of which unit a file is; a text where nobody can know, None for what is no unit's."""
        name, folder = parts[-1], parts[-2] if len(parts) > 1 else ""
        wanted = self.files_of.get(folder)
        if wanted is not None and name == wanted:
            return Candidate(folder, IN_PLACE if parts[-3:-2] == ("exercises",) else IN_UNIT, parts, file)
        exact = name in self._owners
        own = name if exact else meant(name, self._owners)
        if not own:
            return None
        if wanted is not None or SLUG.match(folder):
            return Candidate(folder, NEARLY, parts, file) if own == wanted else None
        owners = self._owners[own]
        if len(owners) > 1:
            return f"could be the file of {' or of '.join(owners)}."
        return Candidate(owners[0], BARE if exact else NEARLY, parts, file)


def _exercises(place: Place) -> list[Place]:
    return [folder for folder in place.inside.folders if folder.name == "exercises"]


class _Search:
    """One walk through one entry, the outermost folders first."""

    def __init__(self, finder: Finder) -> None:
        self._finder, self._found = finder, Found()
        self._count = self._zips = 0
        self._later: list[tuple[Place, tuple[str, ...], int]] = []

    def through(self, place: Place) -> Found:
        """Walks; what is seldom looked at is looked at for units of which nothing else is there."""
        self._walk(place, (), 0)
        seldom = _Search(self._finder)
        for later, parts, zips in self._later:
            seldom._walk(later, parts, zips)
        for slug, candidates in seldom._found.candidates.items():
            if slug not in self._found.candidates:
                self._found.candidates[slug] = candidates
        self._found.told += seldom._found.told
        self._found.odd += seldom._found.odd
        return self._found

    def _walk(self, place: Place, parts: tuple[str, ...], zips: int) -> None:
        waiting = deque([(place, parts, zips)])
        while waiting:
            here, path, deep = waiting.popleft()
            inside = here.inside
            for name, what, more in inside.told:
                self._found.told.append(("/".join(filter(None, (*path, name))), what, more))
            self._found.there += [f"{'/'.join((*path, name))}/" for name in inside.hidden]
            for file in inside.files:
                self._count += 1
                if self._count > ENTRIES_MAX:
                    much = f"holds more than {ENTRIES_MAX:,} files; the rest is not looked at."
                    self._found.told.append(("", much, TOO_MANY_NEXT))
                    return
                if is_archive(file.name):
                    waiting += self._zip(file, (*path, file.name), deep)
                else:
                    self._file(file, (*path, file.name))
            for sub in self._to_walk(here, path, deep):
                first = sub.name == "exercises" or sub.name in self._finder.files_of
                (waiting.appendleft if first else waiting.append)((sub, (*path, sub.name), deep))

    def _to_walk(self, place: Place, path: tuple[str, ...], deep: int) -> Iterable[Place]:
        inside = place.inside
        names = {folder.name for folder in inside.folders} | {file.name for file in inside.files}
        course = "exercises" in names and bool(names & {"course.py", "mkdocs.yml", "src"})
        for folder in inside.folders:
            if folder.name in NEVER or (course and folder.name in OF_THE_COURSE):
                self._found.there.append(f"{'/'.join((*path, folder.name))}/")
            elif folder.name in SELDOM:
                self._later.append((folder, (*path, folder.name), deep))
            else:
                yield folder

    def _zip(self, file: File, path: tuple[str, ...], deep: int) -> list[tuple[Place, tuple[str, ...], int]]:
        self._zips += 1
        if deep >= ZIPS_DEEP_MAX or self._zips > ZIPS_MAX:
            why = "is a zip in too many zips" if deep >= ZIPS_DEEP_MAX else "is one zip too many"
            self._found.told.append(("/".join(path), f"{why}, and is not looked into.", ""))
            return []
        return [(self._finder.opened(file), path, deep + 1)]

    def _file(self, file: File, parts: tuple[str, ...]) -> None:
        candidate = self._finder.candidate(parts, file)
        where = "/".join(parts)
        if isinstance(candidate, Candidate):
            self._found.candidates[candidate.slug].append(candidate)
        elif candidate is not None:
            next_step = "Next: put it into a folder of its unit's name."
            self._found.told.append((where, candidate, next_step))
        elif kind := other_archive(file.name):
            self._found.odd.append(
                (where, f"is {kind}, and only zips are read. Ask for a zip, or the file itself.")
            )
        elif (kind := document(file.name)) and meant(
            f"{file.name.rpartition('.')[0]}.py", self._finder._owners
        ):
            self._found.odd.append((where, f"is {kind}, and no program. Ask for the file itself."))
        else:
            self._found.there.append(where)
