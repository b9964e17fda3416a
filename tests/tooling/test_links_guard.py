"""What a process that is held to its limits sees of the code in it, and keeps of it."""

from __future__ import annotations

import sys
import weakref
from types import FunctionType
from typing import Any

from halfway.links.guard import Guard, Limits, frames_of


def test_a_frame_without_a_line_is_left_out() -> None:
    """Python gives some instructions no line: where a limit is reached at one, its caller's line stands."""
    source = "def outer():\n    return inner()\n"
    code = compile("def inner():\n    return look()\n", "theirs.py", "exec")
    inner = next(part for part in code.co_consts if hasattr(part, "co_code"))
    without = FunctionType(inner.replace(co_linetable=b""), {"look": lambda: sys._getframe(1)})
    names: dict[str, Any] = {"inner": without}
    exec(compile(source, "theirs.py", "exec"), names)
    frame = names["outer"]()
    assert frame.f_lineno is None
    assert frames_of(frame, "theirs.py".__eq__) == [(2, "outer")]


def test_a_look_at_the_clock_keeps_nothing_alive() -> None:
    """Whoever looks where their code is holds nothing of it: how it goes on does not depend on a clock."""
    guard = Guard(Limits(), lambda name: name == __file__, lambda limit, frames: None)

    def call() -> weakref.ref[Thing]:
        thing = Thing()
        assert not guard._computes_on(sys._getframe())
        return weakref.ref(thing)

    assert call()() is None


class Thing:
    """Something that a call holds."""
