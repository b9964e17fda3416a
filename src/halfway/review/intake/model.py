"""What taking in gives: who handed in what, and a line for everything that was left out."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from halfway.render.visible import visible

FILE_BYTES_MAX = 256 * 1024
"""A submission is a file that a person has written; the longest solution has 8 KB."""
ENTRIES_MAX = 5_000
"""How many files of one learner are looked at."""
NAME_CHARS_MAX = 80
PATH_CHARS_MAX = 160
REMARKS_MAX = 8
"""So many lines are told of one entry; what is more is counted."""

Platform = Literal["", "moodle", "canvas"]


@dataclass(frozen=True)
class Remark:
    """One thing that needs a look: where, what, and what to do about it. `taken` where nothing is lost."""

    where: str
    what: str
    next_step: str = ""
    taken: bool = False
    learner: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" {self.next_step}" if self.next_step else "")


@dataclass(frozen=True)
class Person:
    """Whose work it is. `label` is shown and told apart from all others; `key` never changes between runs."""

    key: str
    label: str
    name: str
    platform: Platform = ""
    id: str = ""
    entry: str = ""
    """The name of the entry as the platform wrote it: what is handed back carries it."""


@dataclass(frozen=True)
class Handed:
    """One file of one learner for one unit."""

    learner: str
    unit: str
    file: str
    data: bytes = field(repr=False)
    where: str = ""
    late: bool = False
    changed: float = 0.0
    """When it was written, in seconds, as far as its folder or zip knows; 0 if it does not."""
    local: bool = False
    """Does only a zip know, which tells the time of some place without saying which?"""

    @cached_property
    def sha256(self) -> str:
        """The content hash: equal submissions are graded once."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass
class Intake:
    """Everything of one class, in the order of its learners' names."""

    handed: list[Handed] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    learners: list[str] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    """Each learner by the label under which everything else names them."""

    def remark(self, where: str, what: str, next_step: str = "", *, taken: bool = False) -> None:
        """Notes what needs a look and is nobody's in particular."""
        self.remarks.append(Remark(shown_path(where), visible(what), next_step, taken))

    def person(self, label: str) -> Person:
        """Gives whom a label means."""
        return self.people.get(label) or Person(label, label, label)


def digest(text: str, chars: int = 8) -> str:
    """Names a text of any length and script in a few plain letters."""
    return hashlib.blake2s(text.encode("utf-8", "surrogatepass")).hexdigest()[:chars]


def shown(text: str, most: int = NAME_CHARS_MAX) -> str:
    """Gives a name that can be shown anywhere. A long one is cut, and told apart by a hash of the whole."""
    kept = visible(unicodedata.normalize("NFC", text))
    if len(kept) <= most:
        return kept
    return f"{kept[: most - 9].rstrip()}…{digest(unicodedata.normalize('NFC', text))}"


def shown_path(text: str) -> str:
    """Gives a path that can be shown anywhere; of a long one, the middle is left out."""
    kept = visible(unicodedata.normalize("NFC", text))
    if len(kept) <= PATH_CHARS_MAX:
        return kept
    return f"{kept[: PATH_CHARS_MAX // 2 - 6]}…{digest(text)}…{kept[-PATH_CHARS_MAX // 2 + 6 :]}"
