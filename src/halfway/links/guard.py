"""What one submission may use, and how the process that runs it is kept to that.

Everything here happens in that process, before a line of the learner's runs: in a child next to the judge,
and inside a sandbox, where there is nothing but the standard library. Time is enforced once more, from
outside, by whoever holds the process; the timer in here exists to name the line that was still running.

What counts is real time, but for that in which others had the processor: a machine may be busy.
"""

from __future__ import annotations

import io
import mmap
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any, BinaryIO, cast

from halfway.errors import StopError
from halfway.links.waiting import later_s, waited_s

# Bound now, and not by a name: while time is frozen, another clock stands in wherever a module names the real
# one.
_REAL = (time.monotonic, time.process_time)

FRAMES_MAX = 6
OUTPUT_KEPT = 4_000
BALLAST_BYTES = 16 << 20
"""Address space that is held, and not used, until something has to be said about memory that ran out."""
TICK_S = 0.5
EARLIER_S = 0.08
"""How long before the time is over whoever works elsewhere is asked where it is."""
STUCK_CPU_S = 1.0
"""How long one call may compute without coming back; a story with a right answer takes a thousandth of it."""
GRACE_S = 0.25
"""How long after its limit a child that does not listen is killed."""
PROCESS_EVENTS = frozenset(
    (
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.exec",
        "os.system",
        "os.startfile",
        "pty.spawn",
        "subprocess.Popen",
    )
)
"""What Python says before it starts a process: no unit needs one of its own."""
KEYBOARD_EVENTS = {"builtins.input": "input()", "builtins.breakpoint": "breakpoint()"}
"""What it says before it asks somebody at a keyboard."""


@dataclass(frozen=True)
class Limits:
    """What one verdict may use; a suite with a right answer ends within a second."""

    seconds: float = 5.0
    memory_bytes: int = 512 << 20
    output_bytes: int = 10_000_000
    file_bytes: int = 16 << 20
    open_files: int = 128
    processes: int = 128


class LimitReachedError(StopError):
    """Ends what runs; not an Exception, so that `except Exception` in a learner's code lets it pass."""


class OutOfTimeError(LimitReachedError):
    """The time for this verdict is used up."""


class TooMuchOutputError(LimitReachedError):
    """More was printed than a verdict keeps."""


class OutOfMemoryError(LimitReachedError):
    """The memory for this verdict is used up."""


class ProcessRefusedError(RuntimeError):
    """The learner's code asked for a process, or for somebody at a keyboard."""


Frames = list[tuple[int, str]]
IsTheirs = Callable[[str], bool]
"""Is code of this file name the learner's?"""


def frames_of(frame: FrameType | None, is_theirs: IsTheirs) -> Frames:
    """Gives (line, function) of the learner's own frames below `frame`, outermost first; a few."""
    found: Frames = []
    while frame is not None and len(found) < FRAMES_MAX:
        if is_theirs(frame.f_code.co_filename) and frame.f_lineno:  # an instruction may belong to no line
            found.append((frame.f_lineno, frame.f_code.co_name))
        frame = frame.f_back
    return found[::-1]


def _set(name: str, value: int, pid: int) -> None:
    """Sets one limit, never above the one that stands; a platform that does not know it goes without."""
    import resource

    number = getattr(resource, name, None)
    if number is None:
        return
    with suppress(ValueError, OSError, AttributeError):
        _, hard = resource.getrlimit(number)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        if pid:
            resource.prlimit(pid, number, (most, most))
        else:
            resource.setrlimit(number, (most, most))


def address_space(pid: int = 0) -> int:
    """Bytes of address space that a process has now; 0 where the platform does not say."""
    with suppress(OSError, ValueError), open(f"/proc/{pid or 'self'}/statm", "rb") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _tasks_of_the_machine() -> int:
    """How many tasks exist now; 0 where the platform does not say. A limit on processes counts them all."""
    with suppress(OSError, ValueError, IndexError), open("/proc/loadavg", "rb") as file:
        return int(file.read().split()[3].split(b"/")[1])
    return 0


def resources(limits: Limits) -> dict[str, int]:
    """Gives what the operating system is to hold a process to, whatever else it has or does."""
    return {
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": int(limits.seconds) + 2,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_NOFILE": limits.open_files,
    }


def set_resource_limits(limits: Limits, pid: int = 0) -> None:
    """Limits memory, CPU time, files and processes of a process (0: this one) and of what it starts."""
    try:
        import resource  # noqa: F401 - not on Windows
    except ImportError:
        return
    for name, value in resources(limits).items():
        _set(name, value, pid)
    if tasks := _tasks_of_the_machine():
        _set("RLIMIT_NPROC", tasks + limits.processes, pid)
    if size := address_space(pid):
        _set("RLIMIT_AS", size + limits.memory_bytes, pid)


# ---- what is printed, and what is started


class Sink(io.BufferedIOBase):
    """Takes bytes that a learner's code prints; keeps the first of them and counts all."""

    def __init__(self, most: int, full: Callable[[], None]) -> None:
        super().__init__()
        self.kept = bytearray()
        self.left, self.full = most, full

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        data = bytes(data)
        self.kept += data[: max(0, OUTPUT_KEPT - len(self.kept))]
        self.left -= len(data)
        if self.left < 0:
            self.full()
        return len(data)


def take_streams(sink: Sink) -> None:
    """Leads all that this process prints into `sink`; there is nothing to be read."""
    binary = cast(BinaryIO, sink)
    out: Any = io.TextIOWrapper(binary, "utf-8", errors="backslashreplace", write_through=True)
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = out  # type: ignore[misc]
    sys.stdin = sys.__stdin__ = open(os.devnull, encoding="utf-8")  # type: ignore[misc]  # noqa: SIM115


def refusal(event: str) -> str:
    """Says why what this audit event announces is refused; "" where it is not."""
    if event in PROCESS_EVENTS:
        return f"your code starts a process ({event}), and this unit needs none"
    if event in KEYBOARD_EVENTS:
        return f"your code stops to ask at the keyboard ({KEYBOARD_EVENTS[event]}), and nobody is there"
    return ""


def process_refuser(is_theirs: IsTheirs) -> Callable[[str, tuple[Any, ...]], None]:
    """Gives an audit hook that refuses, by name, each process that the learner's code asks for."""

    def refuse(event: str, args: tuple[Any, ...]) -> None:
        if (why := refusal(event)) and frames_of(sys._getframe(1), is_theirs):
            raise ProcessRefusedError(why)

    return refuse


# ---- all of it together


class _Mark:
    """What a frame is known by later. Whoever holds the frame itself holds all that is in it."""

    def __init__(self, since: float) -> None:
        self.since = since

    def __call__(self, frame: FrameType, event: str, value: Any) -> None:
        """Says nothing of a line: where somebody traces, Python asks the mark as well."""


class Guard:
    """Holds this process to its limits. When one is reached, `report(limit, frames)` is called at once.

    Resources are limited by `confine`: a sandbox has a stricter one, and no clock. Its time is the judge's,
    who asks it where it is when the time is nearly over. On his side `ask_elsewhere` asks, and
    `waited_elsewhere` says for how many seconds the others have waited for a processor.
    """

    def __init__(
        self,
        limits: Limits,
        is_theirs: IsTheirs,
        report: Callable[[str, Frames], None],
        confine: Callable[[Limits], None] = set_resource_limits,
        *,
        has_clock: bool = True,
    ) -> None:
        self.limits, self.is_theirs, self._report, self._confine = limits, is_theirs, report, confine
        self.reached = ""
        self.busy = False
        self.ends_at = 0.0
        self.ask_elsewhere: Callable[[], None] = lambda: None
        self.waited_elsewhere: Callable[[], float] = lambda: 0.0
        self.put_off: Callable[[float], None] = lambda seconds: None
        """Hears by how many seconds the end is put off, whenever that is so."""
        self._has_asked = False
        self._waited_before = 0.0
        self._ballast: mmap.mmap | None = None
        self._sink = Sink(limits.output_bytes, self._full)
        self._has_clock = has_clock
        self._innermost = _Mark(0.0)

    def stand(self, seconds: float) -> None:
        """Begins: `seconds` from now the time is used up."""
        self.ends_at = _REAL[0]() + seconds
        self._waited_before = waited_s() if self._has_clock else 0.0
        self._ballast = mmap.mmap(-1, BALLAST_BYTES)
        self._confine(self.limits)
        sys.addaudithook(process_refuser(self.is_theirs))
        take_streams(self._sink)
        self._wind(seconds)

    def _left_s(self) -> float:
        """Seconds until the time is used up; what was waited for a processor is put off."""
        left = self.ends_at - _REAL[0]()
        if left > 2 * EARLIER_S:
            return left
        waited = waited_s() - self._waited_before + self.waited_elsewhere()
        later = later_s(waited, self.limits.seconds)
        self.put_off(later)
        return left + later

    def limit(self) -> LimitReachedError:
        """Gives the error that says which limit was reached."""
        if self.reached == "output":
            return TooMuchOutputError(f"it printed more than {self.limits.output_bytes:,} bytes")
        if self.reached == "stuck":
            return OutOfTimeError(f"after {STUCK_CPU_S:g} s of computing it had not come back")
        return OutOfTimeError(f"after {self.limits.seconds:g} s it was still running")

    def note_reached(self, limit: str, frames: Frames) -> None:
        """Notes what a process elsewhere says of itself: a limit was reached there."""
        if not self.reached:
            self.reached = limit
            self._report(limit, frames)

    def drop_ballast(self) -> None:
        """Makes room to say that the memory was used up."""
        if self._ballast is not None:
            self._ballast.close()
            self._ballast = None

    def forget_output(self) -> None:
        """A new story begins: what was printed in the one before is not of interest."""
        self._sink.kept.clear()

    @property
    def output_left(self) -> int:
        """How many bytes may still be printed."""
        return self._sink.left

    def count_output(self, printed: int) -> None:
        """So many bytes were printed for this verdict in another process."""
        self._sink.left -= printed

    def output(self) -> str:
        """Gives what was printed since then, its first 4,000 bytes."""
        return self._sink.kept.decode("utf-8", "replace")

    def _wind(self, seconds: float) -> None:
        import signal

        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, self._ring)
            if self._has_clock:
                signal.setitimer(signal.ITIMER_REAL, max(min(seconds - EARLIER_S, TICK_S), 0.001))
            return
        import threading

        watch = threading.Timer(seconds, self._ring_without_signals, (threading.get_ident(),))
        watch.daemon = True
        watch.start()

    def _ring(self, signum: int, frame: FrameType | None) -> None:
        import signal

        if self.busy:
            signal.setitimer(signal.ITIMER_REAL, 0.002)
            return
        left = self._left_s() if self._has_clock else 0.0
        is_early = left > 0.001 and not self.reached
        if is_early and not self._computes_on(frame):
            if left <= EARLIER_S and not self._has_asked:
                self._has_asked = True
                self.ask_elsewhere()
            until = left if self._has_asked else max(left - EARLIER_S, 0.001)
            signal.setitimer(signal.ITIMER_REAL, min(until, TICK_S))
            return
        if not self.reached:
            self.reached = "stuck" if is_early else "time"
            self._report(self.reached, frames_of(frame, self.is_theirs))
        raise self.limit()

    def _computes_on(self, frame: FrameType | None) -> bool:
        """Is the same call of theirs running as a second of the processor ago?

        Whatever it calls of ours begins a new turn of the loop, and a call that came back is another frame.
        """
        while frame is not None and not self.is_theirs(frame.f_code.co_filename):
            frame = frame.f_back
        since = self._innermost.since
        if frame is not None and frame.f_trace is self._innermost:
            return _REAL[1]() - since >= STUCK_CPU_S
        self._innermost = _Mark(_REAL[1]())
        if frame is not None and frame.f_trace is None:
            frame.f_trace = self._innermost
        return False

    def _ring_without_signals(self, thread: int) -> None:
        self.reached = "time"
        self._report("time", frames_of(sys._current_frames().get(thread), self.is_theirs))
        os._exit(0)

    def _full(self) -> None:
        if not self.reached:
            self.reached = "output"
            self._report("output", frames_of(sys._getframe(1), self.is_theirs))
        raise self.limit()
