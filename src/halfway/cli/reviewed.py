"""The verdict of a review at home: by the same judge, in sandboxes, on the same content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfway.catalog import UnitFiles
from halfway.cli.codes import Exit
from halfway.cli.files import notes_folder
from halfway.cli.problem import Problem
from halfway.cli.verdicts import require_file
from halfway.files import write_whole

if TYPE_CHECKING:
    from halfway.grading.verdict import Verdict


def reviewed(files: UnitFiles) -> Verdict:
    """Gives the verdict that a review gives. Raises Problem where this machine has no sandboxes."""
    from halfway.grading import ConfinementError
    from halfway.review.judge import missing

    require_file(files)
    lack = missing("confined")
    try:
        if not lack:
            return _judged(files)
    except ConfinementError as reason:
        lack = str(reason)
    raise Problem(
        "Nothing was run: this machine cannot confine it.",
        f"{lack[:1].upper()}{lack[1:]}.",
        "",
        Exit.NOTHING_TO_GRADE,
    )


def otherwise(files: UnitFiles, verdict: Verdict) -> str:
    """Says what a review will not take of a file that is right here, or nothing: what it takes is remembered.

    Where no sandboxes can be made, or one fails, nobody knows, and nothing is said.
    """
    from halfway.grading import ConfinementError
    from halfway.review.judge import missing

    known = notes_folder(files.course) / "reviewed" / files.slug
    if known.is_file() and known.read_text(encoding="utf-8") == verdict.sha256:
        return ""
    if missing("confined"):
        return ""
    try:
        there = _judged(files)
    except ConfinementError:
        return ""
    if there.passed:
        write_whole(known, verdict.sha256, lasting=False)
    return "" if there.passed or there.fault or not there.broken else _told(files, there)


def _told(files: UnitFiles, there: Verdict) -> str:
    kept, first = sum(result.kept for result in there.promises), there.broken[0]
    return (
        f"In a review your file has a sandbox, and there {kept} of {len(there.promises)} promises are kept:\n"
        f"  {(first.saw or first.text).splitlines()[0]}\n"
        f"Next: `halfway grade {files.number} --confined` is a review's own verdict."
    )


def _judged(files: UnitFiles) -> Verdict:
    from halfway.review.judge import WarmJudge, judged

    judge = WarmJudge("confined")
    try:
        return judged(files.slug, files.file, files.stub.read_bytes(), judge)
    finally:
        judge.close()
