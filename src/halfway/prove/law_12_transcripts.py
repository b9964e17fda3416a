"""Law 12: what a learner is shown equals a golden transcript."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from halfway.grading.verdict import Verdict
from halfway.prove.case import Case, Findings, listed
from halfway.render.text import verdict_text

WIDTH = 100
DIFF_LINES = 6
RULE = "=" * 8
LIMITS = ("out_of_time", "out_of_memory", "too_much_output", "checker_fault")
"""On a busy machine a verdict may come to no end; nobody is to agree on that."""


def golden_file(case: Case) -> Path:
    """Gives the file of the unit's transcript."""
    return case.unit.course / "tests" / "golden" / f"{case.unit.slug}.txt"


def law_12_transcripts(case: Case) -> Findings:
    """What a learner is shown for the stub, the solution and each wrong idea was read, and is in one file."""
    path = golden_file(case)
    verdicts = dict(_verdicts(case))
    cut_short = {name: status for name, verdict in verdicts.items() if (status := _limit(verdict))}
    for name, status in cut_short.items():
        what = f"The verdict on `{name}` came to no end ({status}), so it is no transcript."
        yield case.found(
            12, path, what, "take what takes long out of it; or run this again, with less beside it"
        )
    if cut_short:
        return
    shown = _text({name: verdict_text(verdict, WIDTH) for name, verdict in verdicts.items()})
    golden = path.read_text(encoding="utf-8") if path.is_file() else ""
    if shown == golden:
        return
    if case.accept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(shown, encoding="utf-8", newline="\n")
        case.report.diffs.append(difference(golden, shown, case.unit.shown(path)))
        return
    step = f"`halfway prove {case.unit.slug} --accept` writes it; read the difference before you commit it"
    if not golden:
        yield case.found(12, path, "There is no transcript yet.", step)
        return
    yield case.found(12, path, _differing(golden, shown), step)


def _verdicts(case: Case) -> Iterator[tuple[str, Verdict]]:
    """Gives, by name, the verdict for a learner whose file holds this program."""
    files = {"stub": case.unit.stub, "solution": case.unit.solution}
    files |= {mutant.name: case.written(mutant) for mutant in case.unit.mutants}
    theirs = case.unit.shown(case.unit.folder / case.unit.file)
    for name, (_, verdict) in zip(files, case.graded(list(files.values())), strict=True):
        yield name, replace(verdict, file=theirs)


def _limit(verdict: Verdict) -> str:
    """Gives how a promise ended that ran into a limit; "" where none did."""
    return next((one.status for one in verdict.promises if one.status in LIMITS), "")


def _text(told: dict[str, str]) -> str:
    return "\n".join(f"{RULE} {name}\n\n{text}" for name, text in told.items())


def _parts(text: str) -> dict[str, str]:
    """Gives the transcripts of a file by name."""
    parts = (part.partition("\n") for part in f"\n{text}".split(f"\n{RULE} ")[1:])
    return {name: told.strip("\n") for name, _, told in parts}


def _differing(golden: str, shown: str) -> str:
    """Says whose transcript is another one, and the first lines that differ."""
    before, after = _parts(golden), _parts(shown)
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    lines = difference(golden, shown, "").splitlines()[2:]
    told = "".join(f"\n    {line}" for line in [line for line in lines if line[0] in "+-"][:DIFF_LINES])
    return f"What is shown is not this transcript, for {listed(names)}:{told}"


def difference(before: str, after: str, where: str) -> str:
    """Gives what changes in a file, to be read before it is committed."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"a/{where}", f"b/{where}", lineterm=""
    )
    return "\n".join(lines)
