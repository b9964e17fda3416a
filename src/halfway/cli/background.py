"""Brings the pages up to date while somebody works, in a process of its own that yields."""

from __future__ import annotations

import os
import sys
from pathlib import Path

NICENESS = 10


def main() -> int:
    """Builds into the folder that is named; what it says goes to a log."""
    from halfway.catalog import root
    from halfway.cli.building import build
    from halfway.cli.problem import Problem

    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        build(root(), Path(sys.argv[1]), print)
    except Problem as problem:
        print(problem)
        return problem.code
    return 0
