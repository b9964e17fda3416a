"""How the public examples of a unit ended, as results: they are plain tests, and say what they assert."""

from __future__ import annotations

import re
from pathlib import Path

from halfway.grading import submission
from halfway.grading.judge import endings
from halfway.grading.judge.endings import Ending, Where
from halfway.grading.verdict import PromiseResult
from halfway.links.guard import LimitReachedError

_IMPORT = re.compile(r"cannot import name '(\w+)' from '\w+'")
LINES_MAX = 12


def missing_name(error: BaseException, file: str) -> submission.Trouble | None:
    """Says which name the learner's file does not have, if that is what went wrong."""
    match = _IMPORT.match(submission.text_of(error)) if isinstance(error, ImportError) else None
    if match is None:
        return None
    return submission.Trouble(f"{file} has no `{match[1]}`", "what does the stub name it?")


def result(
    id: str, text: str, error: BaseException | None, path: Path, module: str, examples: Path, output: str
) -> PromiseResult:
    """Gives the result of one example that ended with `error`, or with none."""
    where = Where(examples, path, plainer=endings.without_paths(path.resolve().parent, examples.parents[2]))
    try:
        source = submission.read(path)
    except submission.TroubleError:
        source = ""
    frames = submission.frames_of_error(error, submission.names_of(path, module)) if error else []
    return endings.result(_ending(error, where, frames), id, text, source, where, stories=1, output=output)


def _ending(error: BaseException | None, where: Where, frames: list[tuple[int, str]]) -> Ending:
    if error is None or isinstance(error, LimitReachedError | MemoryError | SystemExit):
        return endings.of(error, where)
    if isinstance(error, NotImplementedError):
        return endings.unwritten(frames, where.file)
    said = submission.text_of(error)
    note = _line_of(error, where.suite)
    if isinstance(error, AssertionError) or type(error).__name__ == "Failed":
        return Ending("broken", _asserted(said), frames=tuple(frames), note=note)
    saw = f"your code raised {type(error).__name__}" + (f": {said}" if said else "")
    return Ending("broken", saw, frames=tuple(frames), note=note)


def _asserted(said: str) -> str:
    lines = said.splitlines() or ["an assertion of the example does not hold"]
    return "\n".join(lines[:LINES_MAX] + ["..."] * (len(lines) > LINES_MAX))


def _line_of(error: BaseException, examples: Path) -> str:
    """Gives the line of the examples that was running."""
    line, traceback = 0, error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == str(examples):
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return f"in {examples.name}, line {line}" if line else ""
