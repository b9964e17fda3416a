"""One submission in, one verdict out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halfway.grading.grader import Grader, grade
    from halfway.grading.verdict import Event, Frame, Misconception, PromiseResult, Verdict

__all__ = ["Event", "Frame", "Grader", "Misconception", "PromiseResult", "Verdict", "grade"]


def __getattr__(name: str) -> Any:
    """Imports on first use: this package is on the path of every pytest run, and costs it nothing."""
    import importlib

    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "grader" if name in ("Grader", "grade") else "verdict"
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)
