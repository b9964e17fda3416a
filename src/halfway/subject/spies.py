"""Which clock, chance or sleep did the learner's code call, however it was imported or aliased?

On 3.12 and newer by `sys.monitoring`, armed on the learner's code objects alone; on 3.11 by `sys.setprofile`.
"""

import builtins
import datetime
import os
import random
import sys
import time
import types
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from halfway.subject.standins import charged_sleep

_TOOL = 3
# Bound now, and not by a name: while time is frozen, another class stands in wherever a module names the real
# one.
_REAL_DATES = (datetime.date,)
_NAMES = {
    id(function): name
    for name, function in (
        ("time.time", time.time), ("time.time_ns", time.time_ns), ("time.monotonic", time.monotonic),
        ("time.monotonic_ns", time.monotonic_ns), ("time.perf_counter", time.perf_counter),
        ("time.perf_counter_ns", time.perf_counter_ns), ("time.sleep", time.sleep),
        ("os.urandom", os.urandom), ("os.stat", os.stat), ("os.listdir", os.listdir),
        ("open", builtins.open), ("input", builtins.input), ("hash", builtins.hash),
    )
}  # fmt: skip
# Not on every system.
_NAMES |= {
    id(getattr(time, name)): f"time.{name}"
    for name in ("clock_gettime", "clock_gettime_ns", "process_time", "process_time_ns", "thread_time")
    if hasattr(time, name)
}
_FROZEN = {
    "fake_time": "time.time", "fake_time_ns": "time.time_ns", "fake_monotonic": "time.monotonic",
    "fake_monotonic_ns": "time.monotonic_ns", "fake_perf_counter": "time.perf_counter",
    "fake_perf_counter_ns": "time.perf_counter_ns", "FakeDatetime.now": "datetime.now",
    "FakeDatetime.utcnow": "datetime.utcnow", "FakeDatetime.today": "datetime.today",
    "FakeDate.today": "date.today",
}  # fmt: skip

Hit = tuple[str, str, int]
"""What was called, in which function of theirs, at which line."""

_DATABASE = "sqlite3"
_OF_A_FILE = frozenset(("open", "read_bytes", "read_text", "write_bytes", "write_text"))
_OF_A_SOURCE = {
    "inspect": frozenset(("findsource", "getcomments", "getsource", "getsourcelines")),
    "linecache": frozenset(("getline", "getlines", "updatecache")),
}
"""What reads the file in which a function stands."""
_TELLS_TIME = ("now", "utcnow", "today")
_PYTHON_CODES: dict[types.CodeType, str] = {
    uuid.uuid4.__code__: "uuid.uuid4",
    uuid.uuid1.__code__: "uuid.uuid1",
    charged_sleep.__code__: "time.sleep",
}


def name_of(called: Any) -> str | None:
    """Give the name of a watched function, whatever it is called in the learner's file.

    None for all others.
    """
    if isinstance(called, types.MethodType):
        called = called.__func__
    if isinstance(called, types.FunctionType):
        return _name_of_python(called.__code__, called.__module__)
    if isinstance(called, types.MethodDescriptorType):
        if called.__objclass__.__module__ == _DATABASE:
            return f"{_DATABASE}.{called.__name__}"
        return f"random.{called.__name__}" if issubclass(random.Random, called.__objclass__) else None
    if not isinstance(called, types.BuiltinFunctionType):
        return None
    if id(called) in _NAMES:
        return _NAMES[id(called)]
    owner = called.__self__
    is_of_database = any(base.__module__ == _DATABASE for base in type(owner).__mro__)
    if called.__module__ == f"_{_DATABASE}" or is_of_database:
        return f"{_DATABASE}.{called.__name__}"
    if isinstance(owner, random.Random):
        return f"random.{called.__name__}"
    if isinstance(owner, type) and issubclass(owner, _REAL_DATES) and called.__name__ in _TELLS_TIME:
        return f"{owner.__name__}.{called.__name__}"
    return None


def _name_of_python(code: types.CodeType, module: str | None) -> str | None:
    """The name of a watched function that is written in Python."""
    if code in _PYTHON_CODES:
        return _PYTHON_CODES[code]
    if module == "freezegun.api":
        return _FROZEN.get(code.co_qualname)
    if module is not None and module.startswith("pathlib") and code.co_name in _OF_A_FILE:
        return f"Path.{code.co_name}"
    if code.co_name in _OF_A_SOURCE.get(module or "", ()):
        return f"{module}.{code.co_name}"
    if module == "random" and not code.co_name.startswith("_"):
        return f"random.{code.co_name}"
    return None


class CallSpy:
    """Used in `with`: notes each call of a watched function that is made directly in `filename`."""

    def __init__(self, filename: str, codes: types.CodeType | None = None) -> None:
        self._filename = filename
        self._codes = list(_with_nested(codes)) if codes is not None else []
        self._monitored = hasattr(sys, "monitoring") and codes is not None
        self._profiler_before: Any = None
        self.calls: list[Hit] = []

    def take(self) -> list[list[Any]]:
        """Give what was noted since the last time."""
        calls, self.calls = self.calls, []
        return [list(hit) for hit in calls]

    def __enter__(self) -> None:
        if self._monitored:
            self._watch()
        else:
            self._profiler_before = sys.getprofile()
            sys.setprofile(self._profile)

    def __exit__(self, *problem: object) -> None:
        if self._monitored:
            self._unwatch()
        else:
            sys.setprofile(self._profiler_before)

    def _watch(self) -> None:
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        monitoring.use_tool_id(_TOOL, "halfway")
        monitoring.register_callback(_TOOL, monitoring.events.CALL, self._monitor)
        for code in self._codes:
            monitoring.set_local_events(_TOOL, code, monitoring.events.CALL)

    def _unwatch(self) -> None:
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        # Disarm before giving the tool back: 3.12 and 3.13 leave events armed otherwise.
        for code in self._codes:
            monitoring.set_local_events(_TOOL, code, 0)
        monitoring.register_callback(_TOOL, monitoring.events.CALL, None)
        monitoring.free_tool_id(_TOOL)

    def _monitor(self, code: types.CodeType, offset: int, called: Any, first: Any) -> None:
        name = name_of(called)
        if name is not None:
            self.calls.append((name, code.co_name, _line_at(code, offset)))

    def _profile(self, frame: types.FrameType, event: str, argument: Any) -> None:
        if event == "c_call" and frame.f_code.co_filename == self._filename:
            self._note(name_of(argument), frame)
        elif (
            event == "call" and frame.f_back is not None and frame.f_back.f_code.co_filename == self._filename
        ):
            self._note(_name_of_python(frame.f_code, frame.f_globals.get("__name__")), frame.f_back)

    def _note(self, name: str | None, frame: types.FrameType) -> None:
        if name is not None:
            self.calls.append((name, frame.f_code.co_name, frame.f_lineno or 0))


def _with_nested(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _with_nested(constant)


def _line_at(code: types.CodeType, offset: int) -> int:
    lines: Callable[[], Any] = code.co_lines
    for start, end, line in lines():
        if start <= offset < end and line is not None:
            return int(line)
    return code.co_firstlineno
