"""What a learner has done so far, in one plain file that a person can read: `.halfway/progress.json`.

The file outlives upgrades: keys that this version does not know stay as they are. A file that cannot be read
is kept beside under another name, and said, never overwritten.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from halfway.cli.files import keep_beside, notes_folder
from halfway.files import locked, write_whole

VERSION = 1
ABOUT = "What Halfway remembers of your work. You may read it, copy it to another machine, or remove it."


@dataclass(frozen=True)
class UnitProgress:
    """What is remembered of one unit."""

    first_solved_at: str = ""
    attempts: int = 0
    hints_seen: int = 0
    peeked: bool = False
    last_graded_sha256: str = ""

    @property
    def solved(self) -> bool:
        """True once every promise of the unit was kept."""
        return bool(self.first_solved_at)


class Progress:
    """The progress file of one course folder; each change is read, made and written under a lock, whole."""

    def __init__(self, course: Path, say: Callable[[str], None]) -> None:
        self.path = notes_folder(course) / "progress.json"
        self._say = say

    def unit(self, slug: str) -> UnitProgress:
        """Gives what is remembered of the unit; nothing yet is all zeros."""
        return _read_unit(self._load(), slug)

    def everything(self) -> dict[str, Any]:
        """Gives the whole file as plain data."""
        return self._load()

    def graded(self, slug: str, sha256: str, passed: bool, now: datetime) -> UnitProgress:
        """Notes a verdict: one more attempt if the file has changed since the last, solved if all is kept."""

        def change(before: UnitProgress) -> dict[str, object]:
            solved = before.first_solved_at or (now.isoformat(timespec="seconds") if passed else "")
            attempts = before.attempts + (sha256 != before.last_graded_sha256)
            return {"first_solved_at": solved, "attempts": attempts, "last_graded_sha256": sha256}

        return self._change(slug, change)

    def hint_shown(self, slug: str, number: int) -> UnitProgress:
        """Notes that hint `number` (counted from 1) was shown."""
        return self._change(slug, lambda before: {"hints_seen": max(before.hints_seen, number)})

    def peeked(self, slug: str) -> UnitProgress:
        """Notes that the solution was shown before the unit was solved."""
        return self._change(slug, lambda before: {"peeked": True})

    def _change(self, slug: str, change: Callable[[UnitProgress], dict[str, object]]) -> UnitProgress:
        try:
            with locked(self.path.with_name("progress.lock")):
                data = self._load()
                before = _read_unit(data, slug)
                entry = data["units"].setdefault(slug, {})
                entry.update({**before.__dict__, **change(before)})
                write_whole(self.path, json.dumps(data, indent=2, ensure_ascii=False) + "\n")
                return _read_unit(data, slug)
        except OSError as error:
            self._say(
                f"Your progress is not noted: {self.path} cannot be written ({error.strerror or error})."
            )
            before = self.unit(slug)
            return UnitProgress(**{**before.__dict__, **cast(dict[str, Any], change(before))})

    def _load(self) -> dict[str, Any]:
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
            if not isinstance(data, dict) or not isinstance(data.get("units", {}), dict):
                raise ValueError("not an object with `units`")
        except FileNotFoundError:
            data = {}
        except OSError as error:
            self._say(f"Your progress cannot be read: {self.path} ({error.strerror or error}).")
            data = {}
        except ValueError as error:
            data = self._put_aside(str(error))
        head = {"about": ABOUT, "version": VERSION, "units": {}}
        return {**head, **data}

    def _put_aside(self, why: str) -> dict[str, Any]:
        try:
            kept = keep_beside(self.path, "damaged")
            self.path.unlink()
        except OSError:
            return {}
        self._say(f"The progress file was damaged ({why}). It is kept as {kept}; a new one begins.")
        return {}


def _read_unit(data: dict[str, Any], slug: str) -> UnitProgress:
    """Reads the keys that this version knows; one with a value of another type counts as not there."""
    entry = data["units"].get(slug)
    if not isinstance(entry, dict):
        return UnitProgress()
    known = UnitProgress()
    fit = {key: entry[key] for key in known.__dict__ if type(entry.get(key)) is type(getattr(known, key))}
    return UnitProgress(**fit)
