"""Whose file is it? Each place that collects submissions has its own way of naming them.

Moodle: mod/assign/locallib.php writes `full name_number_assignsubmission_file`, as a folder or before the
name of a file; the number is one for each learner and assignment. In blind marking, one word is every name.
Canvas: lib/content_zipper.rb writes `name[_LATE]_learner_file_what it is called`, in small letters without
spaces; where marking is anonymous there is no name, and the learner is `anon_` and five letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from halfway.review.intake.model import Platform

MOODLE = re.compile(r"(?P<name>.*?)_(?P<id>\d+)_assignsubmission_[a-z]+(?:_(?P<file>.*))?\Z", re.DOTALL)
CANVAS = re.compile(
    r"(?:(?P<name>(?!LATE_)\w+?)_)?(?P<late>LATE_)?(?P<id>\d+|anon_[^\W_]+)_(?:(?P<order>\d+)_(?P<file>.+)"
    r"|(?P<typed>(?:text|link)\.html))\Z",
    re.DOTALL,
)
AGAIN = re.compile(r"-\d+(?=\.[^.]+\Z)")
"""What Canvas puts before the suffix of a file that was handed in again."""
ARCHIVES = (".zip",)
OTHER_ARCHIVES = {
    ".tar.gz": "a tar archive", ".tgz": "a tar archive", ".tar": "a tar archive", ".tar.xz": "a tar archive",
    ".txz": "a tar archive", ".tar.bz2": "a tar archive", ".tbz2": "a tar archive",
    ".tar.zst": "a tar archive",
    ".rar": "a RAR archive", ".7z": "a 7-Zip archive", ".gz": "a gzip file", ".bz2": "a bzip2 file",
    ".xz": "an xz file", ".zst": "a zstd file", ".zipx": "a WinZip archive", ".dmg": "a disk image",
    ".iso": "a disk image", ".cab": "a cabinet archive", ".ace": "an ACE archive", ".lzh": "an LHA archive",
    ".arj": "an ARJ archive",
}  # fmt: skip
DOCUMENTS = {
    ".ipynb": "a notebook", ".docx": "a Word document", ".doc": "a Word document", ".odt": "a text document",
    ".pages": "a Pages document", ".rtf": "a text document", ".pdf": "a PDF", ".pyc": "a compiled file",
    ".html": "a page",
}  # fmt: skip
JUNK = {"desktop.ini", "thumbs.db", "icon\r", "__macosx"}
NO_PERSON = re.compile(
    r"""(?:halfway|edition|exercise|work|my|submission|submitted|abgabe|abgaben|src|source|code|project|old|new
    |copy|copie|kopie|backup|final|version|week|woche|unit|ex|task|lab|hw|homework|assignment|part|day|try
    |attempt|draft|solution|test|venv|env|download|main|master|file|folder|all|the|first|second|third|last
    |latest|extracted|class|klasse|course|data|doc|python|py|zip|archive|unpacked|document|desktop|home|result
    |answer|untitled|neuer|ordner|dossier|carpeta|tmp|temp|handin)s?\Z""",
    re.VERBOSE,
)
"""Words of which folders are made that are named after no person."""
SOMEBODY = ("submission", "abgabe")
"""What an export without names calls its folders, with a number for each learner."""
COPIES = re.compile(
    r"(?:(?:copy of|kopie von|copie de|copia de)\s+)?(?P<stem>.+?)"
    r"(?:\s*[-_ ]\s*(?:copy|kopie|copie|copia))?(?:\s*\(\d+\)|[-_ ]?\d{1,3})?\Z",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Named:
    """What the name of a file or folder tells: the learner, the file's own name, and which one is newer."""

    name: str
    file: str = ""
    platform: Platform = ""
    id: str = ""
    order: int = 0
    late: bool = False

    @property
    def label(self) -> str:
        """The learner as shown: with the platform's number, which is what tells two of one name apart."""
        return f"{self.name} ({self.id})" if self.id else self.name


def read_moodle(name: str) -> Named | None:
    """Reads the name of an entry as Moodle writes it."""
    match = MOODLE.match(name)
    if match is None:
        return None
    return Named(_one_form(match["name"]) or "Participant", match["file"] or "", "moodle", match["id"])


def read_canvas(name: str) -> Named | None:
    """Reads the name of an entry as Canvas writes it, which is in small letters."""
    match = CANVAS.match(name)
    if match is None or (match["name"] or "").lower() != (match["name"] or ""):
        return None
    person, id = match["name"], match["id"]
    if id.startswith("anon_"):
        person, id = person or "anon", id.removeprefix("anon_")
    if not person:
        return None
    file = match["typed"] or AGAIN.sub("", match["file"])
    return Named(_one_form(person), file, "canvas", id, int(match["order"] or 0), match["late"] is not None)


def read_plain(name: str, *, is_file: bool) -> Named:
    """Reads a name that a person has given: without the suffix of an archive or a program."""
    stem = name
    if is_file:
        known = (*ARCHIVES, *OTHER_ARCHIVES, *DOCUMENTS, ".py", ".txt")
        suffix = next((s for s in sorted(known, key=len, reverse=True) if name.lower().endswith(s)), "")
        stem = name[: len(name) - len(suffix)] if suffix else name
    return Named(_one_form(stem or name), name if is_file else "")


def _one_form(name: str) -> str:
    """Gives composed letters for decomposed ones: they are read alike, and mean one person."""
    return unicodedata.normalize("NFC", name)


def read_all(files: Sequence[str], folders: Sequence[str]) -> dict[str, Named]:
    """Reads the names of the entries of one place.

    A pattern of Canvas is read for files; for folders where every entry has it, because a person may well
    name one `team_2024_10_work`.
    """
    every = [*files, *folders]
    found = {name: read_moodle(name) or read_canvas(name) for name in every}
    if not all(found.values()):
        found |= {name: read_moodle(name) for name in folders}
    is_file = set(files)
    return {
        name: found[name] or read_plain(name, is_file=name in is_file and name not in folders)
        for name in every
    }


def is_archive(name: str) -> bool:
    """True for the one kind of archive that is read."""
    return name.lower().endswith(ARCHIVES)


def other_archive(name: str) -> str:
    """Gives what kind of archive a file is that is not read, or ""."""
    low = name.lower()
    return next((kind for suffix, kind in OTHER_ARCHIVES.items() if low.endswith(suffix)), "")


def document(name: str) -> str:
    """Gives what kind of document a file is that holds no program, or ""."""
    low = name.lower()
    return next((kind for suffix, kind in DOCUMENTS.items() if low.endswith(suffix)), "")


def names_nobody(name: str) -> bool:
    """True for a folder that is named after its content, such as `halfway-work (2)` or `week 3`."""
    words = re.findall(r"[^\W\d_]+", name.removesuffix(".zip").casefold())
    digits = len(re.sub(r"\D", "", name))
    if not words or digits > 4:  # a number of many digits is somebody's
        return digits < 4
    if digits and words[0].startswith(SOMEBODY):
        return False
    return re.fullmatch(r"ex\d\d(_[a-z0-9_]+)?", name) is not None or all(
        NO_PERSON.match(word) for word in words
    )


def is_junk(name: str) -> bool:
    """True for what systems leave behind in folders."""
    return name.startswith((".", "~$")) or name.casefold() in JUNK


def meant(name: str, files: Collection[str]) -> str:
    """Gives the file that somebody meant with `keys (1).py`, `Keys.py` or `keys.py.txt`, or ""."""
    low = unicodedata.normalize("NFKC", name).casefold().removesuffix(".txt")
    if not low.endswith(".py"):
        return ""
    known = {file.casefold(): file for file in files}
    match = COPIES.match(low.removesuffix(".py").strip())
    stem = match["stem"].strip() if match else ""
    return known.get(low.strip()) or known.get(f"{stem}.py", "")
