"""Remembers what was computed for the site, by the content it was computed from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import halfway
from halfway.files import write_whole


def digest(parts: Iterable[bytes | str]) -> str:
    """Gives one name for these parts in this order; other parts, or other borders, have another name."""
    found = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        found.update(len(data).to_bytes(8, "big"))
        found.update(data)
    return found.hexdigest()[:32]


def contents(files: Iterable[Path]) -> list[bytes | str]:
    """Gives name and content of each file, to be told apart by `digest`."""
    return [part for file in files for part in (file.name, file.read_bytes())]


def own_code(*packages: str) -> list[Path]:
    """Gives the source files of these parts of `halfway`, wherever it is installed."""
    home = Path(halfway.__file__).parent
    return sorted(file for package in packages for file in (home / package).rglob("*.py"))


class Cache:
    """A folder of texts, one a key. Losing it costs time and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._used: set[str] = set()

    def get(self, key: str) -> str | None:
        """Gives the text that was put under `key`, or None."""
        self._used.add(key)
        try:
            return (self.folder / key).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def put(self, key: str, text: str) -> None:
        """Keeps `text` under `key`."""
        self._used.add(key)
        write_whole(self.folder / key, text, lasting=False)

    def forget_unused(self) -> None:
        """Drops what nobody has asked for since this object was made."""
        for path in self.folder.glob("*"):
            if path.name not in self._used:
                path.unlink(missing_ok=True)
