"""A progress bar with the time that is left, or a line now and then where the output is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from halfway.cli.common import warn

STEPS = 10


@contextmanager
def counter() -> Iterator[Callable[[int, int, str], None]]:
    """Gives a function that hears (done, of how many, what is in the way)."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        # The pace of the last half minute, and no guess before there is one.
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True), speed_estimate_period=30) as bar:
        task = bar.add_task("grading", total=None)

        def tell(done: int, total: int, trouble: str) -> None:
            bar.update(task, completed=done, total=total, description=trouble or "grading")

        yield tell


class _Lines:
    """Says a line at the beginning, at each tenth, and when something is in the way."""

    def __init__(self) -> None:
        self._said = ""
        self._step = -1

    def __call__(self, done: int, total: int, trouble: str) -> None:
        step = done * STEPS // total if total else STEPS
        if trouble and trouble != self._said:
            warn(trouble)
        elif step != self._step:
            warn(f"{done:,} of {total:,} graded")
        self._step, self._said = step, trouble
