"""How a command ends: the numbers that scripts and CI read."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of `halfway`; docs/reference/cli.md tells them to the reader."""

    KEPT = 0
    BROKEN = 1
    USAGE = 2
    CHECKER_FAULT = 3
    NOTHING_TO_GRADE = 4
    INTERRUPTED = 130


EXIT_CODES_HELP = """\b
Exit codes:
  0    done; for a verdict: every promise is kept
  1    a promise is broken (or not proved, or not reached)
  2    the command is not understood: an unknown unit, a wrong option
  3    the checker itself failed; this is not your code
  4    nothing is there to work on: no file, no course, a missing tool
  130  interrupted from the keyboard
"""
