"""What taking in gives: who handed in what, and a line for everything that was left out."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property

FILE_BYTES_MAX = 256 * 1024
"""A submission is a file that a person has written; the longest solution has 8 KB."""
ENTRIES_MAX = 5_000
"""How many files of one learner are looked at."""
NAME_CHARS_MAX = 80


@dataclass(frozen=True)
class Remark:
    """One thing that was not taken: where, why, and what to do about it."""

    where: str
    what: str
    next_step: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" {self.next_step}" if self.next_step else "")


@dataclass(frozen=True)
class Handed:
    """One file of one learner for one unit."""

    learner: str
    unit: str
    file: str
    data: bytes = field(repr=False)
    where: str = ""
    late: bool = False

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

    def remark(self, where: str, what: str, next_step: str = "") -> None:
        """Notes what was not taken."""
        self.remarks.append(Remark(shown(where), what, next_step))


def shown(text: str) -> str:
    """Gives a name that can be shown anywhere: one normal form, no control characters, no end."""
    kept = "".join(
        c if _visible(c) else "\N{REPLACEMENT CHARACTER}" for c in unicodedata.normalize("NFC", text)
    )
    return kept if len(kept) <= NAME_CHARS_MAX else kept[: NAME_CHARS_MAX - 1] + "…"


def _visible(character: str) -> bool:
    """Joiners stay: names in several scripts are written with them."""
    return character in "\u200c\u200d" or unicodedata.category(character)[0] != "C"
