"""What a sandbox is from the inside: no clock, nothing shared that keeps a bit, and nobody dead at work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from whole_machine import needs_sandboxes

from halfway.kit.values import theirs
from halfway.links.sandbox.client import Sandboxes, ZygoteHost
from halfway.links.sandbox.link import Pool
from halfway.sim import Life, World

seccomp = pytest.importorskip("pyseccomp")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sandboxes are Linux's")


@pytest.fixture(scope="module")
def zygote() -> Iterator[ZygoteHost]:
    """What makes sandboxes."""
    needs_sandboxes()
    found = ZygoteHost()
    yield found
    found.close()


@pytest.fixture
def pool(zygote: ZygoteHost) -> Iterator[Callable[[str], Pool]]:
    """A link to sandboxes for a program."""
    opened: list[Pool | Sandboxes] = []

    def made(source: str) -> Pool:
        sandboxes = Sandboxes(zygote.channel())
        found = Pool(source, "markers", sandboxes)
        opened[:0] = [found, sandboxes]
        return found

    yield made
    for each in opened:
        each.close()


@pytest.fixture
def inside(pool: Callable[[str], Pool]) -> Callable[[str], str]:
    """Runs a program in a sandbox, and gives what it prints."""

    def ran(source: str) -> str:
        link = pool(source)
        link.look()
        failed = link.try_import()
        assert failed is None, failed
        return str(link._ask(["printed"]))

    return ran


CALL = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *given):
    ctypes.set_errno(0)
    words = [ctypes.c_long(each) if isinstance(each, int) else each for each in given]
    done = libc.syscall(ctypes.c_long(number), *words)
    return ctypes.get_errno() if done == -1 else 0
"""
REFUSED = {
    # locks, leases, owners, signals and flags of descriptors
    "fcntl, a lock": ("fcntl", "fd, 6, ctypes.create_string_buffer(64)"),
    "fcntl, a lock of the open file": ("fcntl", "fd, 37, ctypes.create_string_buffer(64)"),
    "fcntl, who has a lock": ("fcntl", "fd, 5, ctypes.create_string_buffer(64)"),
    "fcntl, a lease": ("fcntl", "fd, 1024, 0"),
    "fcntl, a watch": ("fcntl", "fd, 1026, 1"),
    "fcntl, an owner": ("fcntl", "0, 8, 1"),
    "fcntl, a signal": ("fcntl", "0, 10, 30"),
    "fcntl, flags": ("fcntl", "0, 4, 2048"),
    "fcntl, the size of a pipe": ("fcntl", "1, 1031, 65536"),
    "fcntl, a hint": ("fcntl", "fd, 1036, ctypes.create_string_buffer(8)"),
    "flock": ("flock", "fd, 1"),
    # the page cache
    "mincore": ("mincore", "ctypes.c_void_p(page), 4096, ctypes.create_string_buffer(8)"),
    "cachestat": ("cachestat", "fd, ctypes.create_string_buffer(16), ctypes.create_string_buffer(64), 0"),
    "preadv2": ("preadv2", "fd, 0, 0, 0, 0, 8"),
    "fadvise": ("fadvise64", "fd, 0, 0, 4"),
    "readahead": ("readahead", "fd, 0, 4096"),
    "madvise, paged out": ("madvise", "ctypes.c_void_p(page), 4096, 21"),
    "madvise, populated": ("madvise", "ctypes.c_void_p(page), 4096, 22"),
    "sync": ("sync", ""),
    "sendfile": ("sendfile", "1, fd, 0, 1"),
    # names and counters in the kernel
    "inotify": ("inotify_init1", "0"),
    "fanotify": ("fanotify_init", "0, 0"),
    "keys": ("add_key", "0, 0, 0, 0, -3"),
    "keyrings": ("keyctl", "1, 0"),
    "shared memory": ("shmget", "1, 4096, 0o1600"),
    "semaphores": ("semget", "1, 1, 0o1600"),
    "queues": ("msgget", "1, 0o1600"),
    "named queues": ("mq_open", "0, 0o102, 0o600, 0"),
    "memory files": ("memfd_create", "0, 0"),
    "secret memory": ("memfd_secret", "0"),
    "pipes, whose numbers are counted": ("pipe", "ctypes.create_string_buffer(8)"),
    "sockets, whose numbers are counted": ("socket", "1, 1, 0"),
    "pairs of sockets": ("socketpair", "1, 1, 0, ctypes.create_string_buffer(8)"),
    "counters of events": ("eventfd2", "0, 0"),
    "polls": ("epoll_create1", "0"),
    "futexes in a shared file": ("futex", "ctypes.c_void_p(page), 0, 0, 0, 0, 0"),
    "sysinfo": ("sysinfo", "ctypes.create_string_buffer(256)"),
    "usage": ("getrusage", "0, ctypes.create_string_buffer(256)"),
    "extended attributes": ("getxattr", "b'/', b'user.x', 0, 0"),
    "times of a file": ("utimensat", "-100, b'/dev/null', 0, 0"),
    "priority": ("setpriority", "0, 0, 5"),
    "the core": ("sched_setaffinity", "0, 8, ctypes.create_string_buffer(8)"),
    "scheduling": ("sched_setscheduler", "0, 0, ctypes.create_string_buffer(8)"),
    "personality": ("personality", "0"),
    # other processes, and the kernel itself
    "ptrace": ("ptrace", "0, 0, 0, 0"),
    "memory of others": ("process_vm_readv", "1, 0, 0, 0, 0, 0"),
    "pidfd": ("pidfd_open", "1, 0"),
    "fork": ("fork", ""),
    "threads": ("clone", "0x50f00, 0, 0, 0, 0"),
    "namespaces": ("unshare", "0x10000000"),
    "others' namespaces": ("setns", "0, 0"),
    "mounts": ("mount", "0, 0, 0, 0, 0"),
    "programs": ("execve", "b'/hold', 0, 0"),
    "perf": ("perf_event_open", "0, 0, 0, 0, 0"),
    "bpf": ("bpf", "0, 0, 0"),
    "io_uring": ("io_uring_setup", "1, 0"),
    "io_submit": ("io_setup", "1, 0"),
    "userfaultfd": ("userfaultfd", "0"),
    "another filter": ("seccomp", "0, 0, 0"),
    "prctl": ("prctl", "4, 1, 0, 0, 0"),
    "machine code": ("mmap", "0, 4096, 7, 0x22, -1, 0"),
    "machine code, later": ("mprotect", "ctypes.c_void_p(page), 4096, 7"),
    "huge pages": ("mmap", "0, 2097152, 3, 0x40022, -1, 0"),
    # clocks, and waits that end by themselves
    "clock": ("clock_gettime", "0, ctypes.create_string_buffer(16)"),
    "time": ("time", "0"),
    "time of day": ("gettimeofday", "ctypes.create_string_buffer(16), 0"),
    "ticks": ("times", "ctypes.create_string_buffer(32)"),
    "sleep": ("nanosleep", "ctypes.create_string_buffer(16), 0"),
    "a later sleep": ("clock_nanosleep", "0, 0, ctypes.create_string_buffer(16), 0"),
    "poll": ("poll", "0, 0, 1"),
    "select": ("select", "0, 0, 0, 0, ctypes.create_string_buffer(16)"),
    "an alarm": ("alarm", "1"),
    "what is left of an alarm": ("getitimer", "0, ctypes.create_string_buffer(32)"),
    "timers": ("timer_create", "0, 0, ctypes.create_string_buffer(8)"),
    "timers in files": ("timerfd_create", "0, 0"),
    "a futex that gives up": (
        "futex",
        "ctypes.c_void_p(page), 128, 0, ctypes.create_string_buffer(16), 0, 0",
    ),
    "a signal that gives up": ("rt_sigtimedwait", "0, 0, ctypes.create_string_buffer(16), 8"),
}
NOT_THERE = {
    "stat": ("stat", "b'/dev/null', ctypes.create_string_buffer(256)"),
    "fstat of the line": ("fstat", "1, ctypes.create_string_buffer(256)"),
    "fstatat": ("newfstatat", "-100, b'/dev', ctypes.create_string_buffer(256), 0"),
    "statx": ("statx", "-100, b'/dev', 0, 0xfff, ctypes.create_string_buffer(512)"),
    "statfs": ("statfs", "b'/', ctypes.create_string_buffer(256)"),
}


def _errors(calls: dict[str, tuple[str, str]]) -> str:
    """Gives a program that makes each call and prints the error that it ends with."""
    lines = ["import mmap, os", CALL, "fd = os.open(os.__file__, os.O_RDONLY)"]
    lines.append("held = mmap.mmap(-1, 4096)")
    lines.append("page = ctypes.addressof(ctypes.c_char.from_buffer(held))")
    for what, (name, given) in calls.items():
        number = seccomp.resolve_syscall(seccomp.system_arch(), name)
        if number >= 0:  # another processor has other old calls
            lines.append(f"print({what!r}, call({number}{', ' if given else ''}{given}), sep='\\t')")
    return "\n".join(lines)


def test_what_could_keep_a_bit_or_tell_the_time_is_refused(inside):
    """Each call that is shared with other processes, or asks a clock, ends with "not permitted"."""
    said = dict(line.split("\t") for line in inside(_errors(REFUSED)).splitlines())
    assert len(said) > 70
    assert {what: error for what, error in said.items() if error != "1"} == {}


def test_nobody_asks_for_the_state_of_a_file(inside):
    """A file that was just written, and a pipe, would say what time it is: there is no such file."""
    said = dict(line.split("\t") for line in inside(_errors(NOT_THERE)).splitlines())
    assert set(said.values()) == {"2"}


CLOCKS = """
import ctypes, datetime, time
def read():
    libc, into = ctypes.CDLL(None), (ctypes.c_int64 * 2)()
    libc.gettimeofday(into, None)
    return (
        time.time_ns(), time.monotonic_ns(), time.perf_counter_ns(), time.process_time_ns(),
        time.clock_gettime_ns(7), list(into), libc.time(None), datetime.datetime.now().isoformat(),
    )
first = read()
for number in range(200_000):
    pass
print(first == read(), first[0], first[5], first[-1])
"""


def test_the_only_clock_is_the_virtual_one(inside):
    """However long it works, every clock that a program can read, also in C, shows the story's time."""
    assert inside(CLOCKS) == "True 1767603600000000000 [1767603600, 0] 2026-01-05T09:00:00\n"


OTHERS = ("/proc/self/stat", "/proc/stat", "/dev/urandom", "/dev/shm", "/etc/passwd", "/sys", "/run", "/var")
LOOK = """
import os
def opens(path):
    try:
        return os.open(path, os.O_RDONLY)
    except OSError:
        return 0
def is_open(number):
    try:
        return os.get_inheritable(number) or True
    except OSError:
        return False
print([path for path in OTHERS if opens(path)])
print(os.getpid(), os.getppid(), dict(os.environ), sum(map(is_open, range(200))))
"""


def test_nothing_of_the_machine_is_there(inside):
    """No /proc, no device, no file of anybody; its own descriptors, and the same numbers in every sandbox."""
    first, second = (inside(f"OTHERS = {OTHERS}\n{LOOK}") for _ in range(2))
    assert first == second
    opened, numbers = first.splitlines()
    assert opened == "[]"
    assert numbers.endswith(" {} 6")  # 0 to 2, the line to the judge, and what reads of `input()` find empty


def test_honest_code_finds_its_libraries_and_a_little_room(inside):
    """What needs no clock and no machine works: modules, also in machine code, packages, and a file."""
    said = inside(
        "import argparse, csv, email.mime.text, fractions, sqlite3, tempfile, xml.etree.ElementTree as et\n"
        "import concurrent.futures, unittest.mock, zoneinfo, graphlib\n"
        "with tempfile.TemporaryFile('w+') as file:\n    file.write('kept')\n    file.seek(0)\n"
        "    one = sqlite3.connect(':memory:').execute('select 1').fetchone()\n"
        "    print(file.read(), one, et.fromstring('<a/>').tag)"
    )
    assert said == "kept (1,) a\n"


def test_room_is_bounded(inside):
    """Memory, whatever it is called, and files end at a limit that holds for all of the sandbox."""
    said = inside(
        "import mmap, os, tempfile\nheld = []\ntry:\n"
        "    while len(held) < 2000:\n        held.append(mmap.mmap(-1, 1 << 20))\n"
        "except OSError:\n    pass\n"
        "count = len(held)\nheld.clear()\n"
        "path = tempfile.gettempdir() + '/much'\nsize = 0\n"
        "try:\n    for number in range(9):\n        with open(f'{path}{number}', 'wb') as file:\n"
        "            for _ in range(8):\n                size += file.write(bytes(1 << 20))\n"
        "except OSError:\n    pass\n"
        "print(count, size >> 20)\n"
    )
    memory, files = map(int, said.split())
    assert memory < 512
    assert files <= 16


HOLDER = """
class Holder:
    def do(self, what):
        return what
"""


def test_whoever_is_dead_does_nothing_more(pool):
    """When the next life of a story begins, the process of the last one is stopped, whatever it is at."""
    link = pool(HOLDER)
    link.look()
    assert link.try_import() is None
    world = World()
    world.telling = False
    first = Life(world, link, _nothing_of_theirs)
    first.call([("Holder", (), {})])
    one = link._now
    first.end()
    second = Life(world, link, _nothing_of_theirs)
    second.call([("Holder", (), {})])
    other = link._now
    assert other is not one
    assert _state(one.id) == "T"
    assert _state(other.id) != "T"
    second.end()
    third = Life(World(), link, _nothing_of_theirs)  # another story: both may serve again
    third.call([("Holder", (), {})])
    assert _state(link._now.id) != "T"
    third.end()


_nothing_of_theirs = theirs(None)  # type: ignore[arg-type]


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
