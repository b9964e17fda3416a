"""Runs a program of a page, as it stands there or changed: what it prints, and how it ends."""

from __future__ import annotations

import json
import traceback
from pathlib import Path

from halfway.browser.keeping import kept_as_it_was
from halfway.browser.limits import PageGuard
from halfway.links.guard import Frames, LimitReachedError, Limits

NAME = "program.py"
PRINTED_MAX = 20_000


def run_program(text: str, course: Path, limits: Limits) -> str:
    """Gives, as JSON, what the program `printed`, the `error` that ended it or "", and the `line` of it."""
    reached: list[Frames] = []
    guard = PageGuard(limits, lambda name: name == NAME, lambda limit, frames: reached.append(frames))
    with kept_as_it_was(course), guard:
        error, line = _ended(text)
        printed = guard.output()
    if guard.reached:
        error = f"it was stopped: {guard.limit()}"
        line = reached[0][-1][0] if reached and reached[0] else 0
    return json.dumps({"printed": printed[:PRINTED_MAX], "error": error, "line": line})


def _ended(text: str) -> tuple[str, int]:
    """Runs it as a script, and gives the error that ends it, if one does, with its line."""
    try:
        exec(compile(text, NAME, "exec", dont_inherit=True), {"__name__": "__main__"})  # noqa: S102 - a page's own
    except LimitReachedError:
        return "", 0
    except SystemExit as ending:
        return (f"SystemExit: {ending.code}", 0) if ending.code else ("", 0)
    except SyntaxError as error:
        return traceback.format_exception_only(error)[-1].strip(), error.lineno or 0
    except BaseException as error:
        lines = [
            frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == NAME
        ]
        return traceback.format_exception_only(error)[-1].strip(), (lines or [0])[-1] or 0
    return "", 0
