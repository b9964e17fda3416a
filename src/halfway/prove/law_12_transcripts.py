"""Law 12: what a learner is shown equals a golden transcript."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path

from halfway.grading.verdict import Verdict
from halfway.prove.case import Case, Findings
from halfway.render.text import verdict_text

WIDTH = 100
DIFF_LINES = 6


def golden_folder(case: Case) -> Path:
    """Gives the folder of the unit's transcripts."""
    return case.unit.course / "tests" / "golden" / case.unit.slug


def law_12_transcripts(case: Case) -> Findings:
    """Stub, solution and each mutant are shown what was read and agreed on; `accept` writes it anew."""
    submissions = {"stub": case.unit.stub, "solution": case.unit.solution}
    submissions |= {mutant.name: case.written(mutant) for mutant in case.unit.mutants}
    folder = golden_folder(case)
    for name, (_, verdict) in zip(submissions, case.graded(list(submissions.values())), strict=True):
        yield from _compared(
            case, folder / f"{name}.txt", verdict_text(_named(case, name, verdict), WIDTH, opened=None)
        )
    known = {f"{name}.txt" for name in submissions}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name not in known:
            yield from _orphan(case, path)


def _named(case: Case, name: str, verdict: Verdict) -> Verdict:
    """A copy of the stub is told like the file that a learner edits, a wrong idea by its name."""
    if name == "stub":
        return replace(verdict, file=case.unit.shown(case.unit.folder / case.unit.file))
    if name == "solution":
        return verdict
    return replace(verdict, file=f"solutions/{case.unit.slug}/mutants/{name}.py")


def _compared(case: Case, path: Path, shown: str) -> Findings:
    golden = path.read_text(encoding="utf-8") if path.is_file() else ""
    if shown == golden:
        return
    where = case.unit.shown(path)
    diff = _diff(golden, shown, where)
    if case.accept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(shown, encoding="utf-8", newline="\n")
        case.report.diffs.append(diff)
        return
    step = f"`halfway prove {case.unit.slug} --accept` writes it; read the difference before you commit it"
    if not golden:
        yield case.found(12, path, "There is no transcript yet.", step)
        return
    changed = [line for line in diff.splitlines()[2:] if line[0] in "+-"][:DIFF_LINES]
    told = "".join(f"\n    {line}" for line in changed)
    yield case.found(12, path, f"What is shown is not this transcript:{told}", step)


def _orphan(case: Case, path: Path) -> Findings:
    if case.accept:
        case.report.diffs.append(_diff(path.read_text(encoding="utf-8"), "", case.unit.shown(path)))
        path.unlink()
        return
    what = "This transcript belongs to no mutant."
    yield case.found(12, path, what, f"`halfway prove {case.unit.slug} --accept` takes it away")


def _diff(before: str, after: str, where: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"a/{where}", f"b/{where}", lineterm=""
    )
    return "\n".join(lines)
