"""The processes that a warm process has ready: who they are, and when they wait (Linux)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from halfway.grading import Grader

AHEAD = 2
"""One child that has collected the suite, and one for the public examples after it."""
LOOK_S, LOOKS, LOOKS_MOST = 0.01, 5, 2_000


def keeper_of(grader: Grader) -> int:
    """Names the warm process of a grader."""
    assert grader._process is not None
    return grader._process._process.pid


def children_of(pid: int) -> set[int]:
    """Names the processes that this one has started and that are there."""
    try:
        return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    except OSError:
        return set()


def is_asleep(pid: int) -> bool:
    """Has this process nothing to do?"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"
    except OSError:
        return False


def made_ahead(grader: Grader, machines: int = 0) -> set[int]:
    """Waits until the warm process has used its time: gives the processes that were made, and are ready.

    `machines` are the interpreters of another hash seed among them.
    """
    keeper = keeper_of(grader)

    def found() -> set[int]:
        children = children_of(keeper)
        return children if len(children) == AHEAD + machines else set()

    return _asleep(found)


def seconds_of(grader: Grader) -> set[int]:
    """Waits for the second process of a child that waits: gives it, once it waits, too."""
    keeper = keeper_of(grader)
    return _asleep(lambda: {second for child in children_of(keeper) for second in children_of(child)})


def _asleep(found: Callable[[], set[int]]) -> set[int]:
    """Waits until there are such processes, and none of them has anything to do for a while."""
    asleep = 0
    for _ in range(LOOKS_MOST):
        processes = found()
        asleep = asleep + 1 if processes and all(map(is_asleep, processes)) else 0
        if asleep == LOOKS:
            return processes
        time.sleep(LOOK_S)
    pytest.fail("no process was made ahead, or it never waits")
