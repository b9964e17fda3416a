"""Bringing back a stub: what is remembered of it, and copies for the time when nothing else remembers."""

from __future__ import annotations

from contextlib import suppress

from halfway.catalog import UnitFiles, is_edition
from halfway.catalog.originals import in_git, kept_copy, original_stub
from halfway.cli.codes import Exit
from halfway.cli.files import keep_beside
from halfway.cli.problem import Problem
from halfway.files import write_whole


def stub_text(unit: UnitFiles) -> str:
    """Gives the text of the untouched stub. Raises Problem where nothing remembers it."""
    text = original_stub(unit)
    if text is None:
        raise Problem(
            f"Nothing remembers how {unit.shown(unit.stub)} looked at first.",
            "It is not in git's history, and no copy of it was kept.",
            "Next: take the file from a fresh copy of the course.",
            Exit.NOTHING_TO_GRADE,
        )
    return text


def keep_copies(units: list[UnitFiles]) -> None:
    """Keeps a copy of each stub that is seen for the first time, where git does not remember it."""
    missing = [unit for unit in units if unit.stub.is_file() and not kept_copy(unit).exists()]
    if not missing or in_git(missing[0]) or is_edition(missing[0].course):
        return
    for unit in missing:
        with suppress(OSError):  # a folder that cannot be written is told when something is noted
            write_whole(kept_copy(unit), unit.stub.read_text(encoding="utf-8"))


def reset(files: UnitFiles) -> str:
    """Brings the untouched stub back and says where the learner's own is now; nothing is ever lost."""
    fresh = stub_text(files)
    if not files.stub.exists():
        write_whole(files.stub, fresh)
        return f"{files.shown(files.stub)} is as at first."
    if learners_text(files) == fresh:
        return f"{files.shown(files.stub)} is untouched; there is nothing to reset."
    kept = keep_beside(files.stub, "before-reset")
    write_whole(files.stub, fresh)
    return f"{files.shown(files.stub)} is as at first. Yours is kept as {files.shown(kept)}."


def learners_text(files: UnitFiles) -> str:
    """Gives the learner's file as text; nothing where it is not there or is no text."""
    try:
        return files.stub.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
