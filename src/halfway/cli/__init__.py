"""The terminal: thin commands that parse, call and render.

A learner waits for this package to start, so everything heavy is imported where it is used.
A command that grades starts the process that runs the learner's code before it reads its own options.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from halfway import interpreter

__all__ = ["main"]

GRADING: tuple[list[str], ...] = ([], ["grade"], ["watch"], ["start"])


def main(args: Sequence[str] | None = None) -> int:
    """Runs one command; the answer is the exit code (`halfway --help` lists them)."""
    interpreter.leave_the_folder()
    words = list(sys.argv[1:] if args is None else args)
    if words[:1] in GRADING and not {"--help", "-h", "--version"} & set(words):
        from halfway.cli import warm

        warm.start()
    from halfway.cli.group import run

    return run(words)
