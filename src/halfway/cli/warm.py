"""The one warm process of this command, started as early as possible: it comes up while others work."""

from __future__ import annotations

import atexit
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from halfway.grading.grader import Grader

_started: list[Grader] = []


def start() -> Grader:
    """Gives the warm process; the first call starts it, and it ends with this program."""
    if not _started:
        from halfway.grading.keeper.client import start_ahead

        start_ahead()  # it comes up while this one imports the rest
        from halfway.grading.grader import Grader

        grader = Grader()
        atexit.register(grader.close)
        _started.append(grader)
    return _started[0]
