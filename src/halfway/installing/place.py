"""Where an install is kept, and whether it is whole: in the course's folder, or in one of this user."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from halfway.files import write_whole

DESCRIBED = ("pyproject.toml", "constraints.txt")


class Place:
    """An install of the course `root`: its .venv, its notes, and what is installed.

    `source` is the course itself, or a copy of its code where the course's folder cannot be written, for pip
    writes into the folder that it installs from.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.is_away = folder != root
        self.venv = folder / ".venv"
        self.notes = folder if self.is_away else folder / ".halfway"
        self.source = folder / "source" if self.is_away else root
        self.stamp = self.venv / "halfway-stamp.json"
        self.log = self.venv / "halfway-install.log"
        # Outside .venv, so that it outlives whatever half of .venv an interruption leaves.
        self.unfinished = self.notes / "install-unfinished"

    @property
    def python(self) -> Path:
        """The Python of .venv."""
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def extras(self) -> set[str]:
        """Gives the extras that the last finished install brought."""
        extras = self._stamped().get("extras")
        return {str(extra) for extra in extras} if isinstance(extras, list) else set()

    def is_ready(self, extras: Iterable[str]) -> bool:
        """Is the last install whole, of this state of the course, and with these extras?"""
        stamp = self._stamped()
        if not stamp or self.unfinished.exists() or not self.python.exists():
            return False
        return stamp.get("fingerprint") == self._fingerprint() and set(extras) <= self.extras()

    def finish(self, extras: Iterable[str]) -> None:
        """Notes that the install is whole; the last thing that it does."""
        stamp = {"fingerprint": self._fingerprint(), "extras": sorted(extras)}
        write_whole(self.stamp, json.dumps(stamp), lasting=False)
        self.unfinished.unlink(missing_ok=True)

    def code(self) -> Iterator[Path]:
        """Gives the files of the code, as the course names them."""
        for folder, inner, names in os.walk(self.root / "src"):
            inner[:] = sorted(n for n in inner if n != "__pycache__" and not n.endswith(".egg-info"))
            yield from (Path(folder, name).relative_to(self.root) for name in sorted(names))

    def shown(self, path: Path) -> str:
        """Gives a path as it can be typed in the course's folder."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)

    def _stamped(self) -> dict[str, object]:
        """Reads what the last finished install wrote; an unreadable stamp counts as none."""
        try:
            stamp = json.loads(self.stamp.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stamp if isinstance(stamp, dict) else {}

    def _fingerprint(self) -> str:
        """Puts what a finished .venv depends on into one word: while it is equal, nothing has to be done."""
        # The editable install remembers where the folder was; the Python behind .venv may be replaced.
        facts = [str(self.root), "{}.{}".format(*sys.version_info[:2]), os.path.realpath(self.python)]
        # A copy of the code is out of date when the code has changed.
        names = [*map(Path, DESCRIBED), *(self.code() if self.is_away else ())]
        facts += [hashlib.sha256((self.root / name).read_bytes()).hexdigest() for name in names]
        return hashlib.sha256("\n".join(facts).encode("utf-8", "surrogateescape")).hexdigest()


def chosen(root: Path, extras: Iterable[str]) -> Place:
    """Chooses the course's folder where it is ready or can be made so, and else one of this user."""
    here = Place(root, root)
    if here.is_ready(extras) or os.access(root, os.W_OK | os.X_OK):
        return here
    return Place(root, own_folder(root))


def own_folder(course: Path) -> Path:
    """Gives the folder of this user for a course that they cannot write to."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    name = hashlib.sha256(str(course.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return base / "halfway" / f"{course.name}-{name}"
