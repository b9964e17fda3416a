"""Takes every real clock away from a process: what it does can be counted, and not timed.

Without one nobody notices how long something took: not whether a page was in the cache, not how long ago
another process ended. The calls that would ask the kernel are refused (`syscalls`); what is left are clocks
that are read without asking it: the processor's counter, and pages which the kernel shares with everybody.
Whoever asks in the usual way is shown the virtual time, down to the C library.

Standard library only: it runs in the process from which a submission's processes are forked.
"""

import ctypes
import mmap
import os
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_PR_SET_TSC, _PR_TSC_SIGSEGV = 26, 2
_DYNAMIC, _LOAD = 2, 1
_DT_HASH, _DT_STRTAB, _DT_SYMTAB = 4, 5, 6
_READ, _READ_WRITE, _READ_RUN = (
    mmap.PROT_READ,
    mmap.PROT_READ | mmap.PROT_WRITE,
    mmap.PROT_READ | mmap.PROT_EXEC,
)

_held = (ctypes.c_int64 * 4)()
"""What the clocks show: seconds, nanoseconds, and once more seconds, microseconds."""
_HELD = ctypes.addressof(_held).to_bytes(8, "little")
_SHOWS_SECONDS = bytes.fromhex("49b8") + _HELD + bytes.fromhex("498b00 4885ff 7403 488907 c3")
"""mov r8,held; mov rax,[r8]; test rdi,rdi; je end; mov [rdi],rax; end: ret"""
_SHOWS_NANOSECONDS = bytes.fromhex("49b8") + _HELD + bytes.fromhex("498b00 488906 498b4008 48894608 31c0 c3")
"""mov r8,held; mov rax,[r8]; mov [rsi],rax; mov rax,[r8+8]; mov [rsi+8],rax; xor eax,eax; ret"""
_SHOWS_MICROSECONDS = (
    bytes.fromhex("4885ff 7419 49b8") + _HELD + bytes.fromhex("498b4010 488907 498b4018 48894708 31c0 c3")
)
"""test rdi,rdi; je end; mov r8,held; the same from [r8+16] into [rdi]; end: xor eax,eax; ret"""
_ANSWERS = {
    "__vdso_clock_gettime": _SHOWS_NANOSECONDS,
    "__vdso_gettimeofday": _SHOWS_MICROSECONDS,
    "__vdso_time": _SHOWS_SECONDS,
    "__vdso_clock_getres": bytes.fromhex("31c0 4885f6 740c 488906 48ffc0 48894608 31c0 c3"),
    "__vdso_getcpu": bytes.fromhex("b835010000 0f05 c3"),  # asks the kernel: mov eax,309; syscall; ret
    "__vdso_getrandom": bytes.fromhex("b83e010000 0f05 c3"),  # asks the kernel: mov eax,318; syscall; ret
}
"""What stands in for the functions that the kernel gives to every process (its vDSO), on x86-64."""
_TELL_TIME = {"__vdso_clock_gettime", "__vdso_gettimeofday", "__vdso_time"}


@dataclass(frozen=True)
class Clocks:
    """Where the clocks of this process are, and of every process that is forked from it."""

    page: tuple[int, int]
    """Of the functions: where they begin and end."""
    data: tuple[tuple[int, int], ...]
    """Of what they read."""
    functions: tuple[tuple[int, bytes], ...]
    """Where each of them is, and what stands in for it."""


class VirtualClock:
    """What the stopped clocks show: the virtual time, and no other."""

    def __init__(self, epoch: datetime) -> None:
        self._epoch_ns = self._starts_ns = int(epoch.timestamp()) * 1_000_000_000

    def start(self, starts_ns: int) -> None:
        """A process begins, so long after the epoch."""
        self._starts_ns = self._epoch_ns + starts_ns
        self.move(0)

    def move(self, now_ns: int) -> None:
        """Go to this time, counted from when the process began."""
        seconds, left = divmod(self._starts_ns + now_ns, 1_000_000_000)
        _held[:] = [seconds, left, seconds, left // 1000]


def found() -> Clocks | None:
    """Finds the clocks of this process; None where nobody knows how to stop them."""
    if os.uname().machine != "x86_64" or struct.calcsize("P") != 8:
        return None
    places = dict(_mapped())
    page = places.get("[vdso]")
    if page is None:
        return None
    functions = {name: place for name, place in _functions(page[0]) if name in _ANSWERS}
    has_room = all(size >= len(_ANSWERS[name]) for name, (_, size) in functions.items())
    if not (has_room and functions.keys() >= _TELL_TIME):
        return None
    data = tuple(place for name, place in places.items() if name[:5] == "[vvar")
    clocks = Clocks(page, data, tuple((at, _ANSWERS[name]) for name, (at, _) in functions.items()))
    return clocks if _can_be_stopped(clocks) else None


def _can_be_stopped(clocks: Clocks) -> bool:
    """Tries it in a child: a kernel may be built so that nobody changes these pages."""
    child = os.fork()
    if child == 0:
        try:
            stop(clocks)
            VirtualClock(datetime(2026, 1, 5, tzinfo=UTC)).move(7)
            os._exit(0 if time.time_ns() == 1_767_571_200_000_000_007 else 1)
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def stop(clocks: Clocks) -> None:
    """Takes these clocks away from this process, for good. Raises OSError where the kernel keeps them."""
    libc = ctypes.CDLL(None, use_errno=True)
    begin, end = clocks.page
    _set(libc, begin, end, _READ_WRITE)
    for at, code in clocks.functions:
        ctypes.memmove(at, code, len(code))
    _set(libc, begin, end, _READ_RUN)
    for first, last in clocks.data:
        _called(libc.munmap(ctypes.c_void_p(first), ctypes.c_size_t(last - first)), "a page of clocks")
    _called(libc.prctl(_PR_SET_TSC, _PR_TSC_SIGSEGV, 0, 0, 0), "the counter of the processor")


def _set(libc: ctypes.CDLL, begin: int, end: int, rights: int) -> None:
    _called(
        libc.mprotect(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), rights), "the functions of clocks"
    )


def _called(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def _mapped() -> Iterator[tuple[str, tuple[int, int]]]:
    with open("/proc/self/maps") as file:
        for line in file:
            place, *_, name = line.split()
            if name[:2] == "[v":
                begin, end = place.split("-")
                yield name, (int(begin, 16), int(end, 16))


def _functions(base: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Reads the names in an ELF image that lies in memory; where each of them is, and how long."""
    (headers,) = _read("<Q", base + 32)
    size, count = _read("<HH", base + 54)
    moved, table = 0, {}
    for at in range(base + headers, base + headers + size * count, size):
        kind, _, offset, address = _read("<IIQQ", at)
        if kind == _LOAD:
            moved = base + offset - address
        elif kind == _DYNAMIC:
            table = dict(_pairs(base + offset))
    if not {_DT_HASH, _DT_STRTAB, _DT_SYMTAB} <= table.keys():
        return
    _, symbols = _read("<II", moved + table[_DT_HASH])
    for at in range(symbols):
        name, _, _, _, value, size = _read("<IBBHQQ", moved + table[_DT_SYMTAB] + 24 * at)
        yield ctypes.string_at(moved + table[_DT_STRTAB] + name).decode(), (moved + value, size)


def _pairs(at: int) -> Iterator[tuple[int, int]]:
    while (pair := _read("<QQ", at))[0]:
        yield pair[0], pair[1]
        at += 16


def _read(shape: str, at: int) -> tuple[int, ...]:
    return struct.unpack(shape, ctypes.string_at(at, struct.calcsize(shape)))
