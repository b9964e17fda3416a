"""One submission in, one verdict out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halfway.grading.grader import Grader, grade, grade_confined
    from halfway.grading.verdict import Event, Frame, Misconception, PromiseResult, Verdict
    from halfway.links.sandbox.bubblewrap import ConfinementError

__all__ = [
    "ConfinementError",
    "Event",
    "Frame",
    "Grader",
    "Misconception",
    "PromiseResult",
    "Verdict",
    "grade",
    "grade_confined",
]


def __getattr__(name: str) -> Any:
    """Imports on first use: this package is on the path of every pytest run, and costs it nothing."""
    import importlib

    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "ConfinementError":
        home = "halfway.links.sandbox.bubblewrap"
    else:
        home = f"{__name__}.{'grader' if name in ('Grader', 'grade', 'grade_confined') else 'verdict'}"
    return getattr(importlib.import_module(home), name)
