"""Which system calls a submission may make: those that Python cannot do without, and none that keeps a bit.

What is shared by all processes of a machine can carry a memory from one life of a story to the next: locks
and leases on a file, watches, pages in the cache, counters, names in the kernel, and every clock. So nothing
is forbidden here by name: what is not listed is refused. libseccomp turns the list into a program for the
kernel, in the process that asks for sandboxes; each of them loads it before a submission is read.
"""

import errno
import fcntl
import mmap
import tempfile
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from halfway.links.sandbox.bubblewrap import AROUND, ConfinementError

ALLOWED = """
    access brk chdir close close_range dup dup2 dup3 exit exit_group faccessat faccessat2 fchdir
    fdatasync fsync ftruncate getcwd getdents64 getegid geteuid getgid getgroups getpgid getpgrp getpid
    getppid getpriority getrandom getresgid getresuid getsid gettid getuid kill lseek mkdir mkdirat
    munmap open openat pread64 pwrite64 read readlink readlinkat readv rename renameat renameat2
    restart_syscall rmdir rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend
    sched_getaffinity sched_yield set_robust_list set_tid_address sigaltstack tgkill truncate umask
    uname unlink unlinkat write writev
""".split()  # noqa: SIM905 - eighty words read better than eighty strings
"""Calls whose arguments do not matter. What they read and write is the sandbox's own."""
NOT_THERE = "fstat lstat newfstatat stat statx statfs fstatfs".split()  # noqa: SIM905 - as above
"""A file that was written a moment ago, and a pipe, would say what time it is."""
UNKNOWN = ("clone3", "rseq")
"""The C library goes on without them."""
NO_TERMINAL = ("ioctl",)
_DESCRIPTOR_CALLS = (fcntl.F_DUPFD, fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL, fcntl.F_DUPFD_CLOEXEC)
_MAP_HUGETLB = 0x40000
_MADV_DONTNEED, _MADV_FREE, _MADV_HUGEPAGE, _MADV_NOHUGEPAGE = 4, 8, 14, 15
_FUTEX_PRIVATE, _FUTEX_REALTIME = 128, 256
_FUTEX_WAKES, _FUTEX_WAITS = (1, 10), (0, 9)

INSTALL = (
    "`sudo apt-get install libseccomp2` (Fedora: `sudo dnf install libseccomp`), `python3 course.py review`"
)


def program() -> bytes:
    """Gives the filter as the kernel wants it. Raises ConfinementError where there is no libseccomp."""
    try:
        import pyseccomp as seccomp
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        raise ConfinementError(
            f"the system calls of submissions are filtered, and libseccomp cannot be used here ({error}); "
            f"next: {INSTALL}; {AROUND}"
        ) from error
    made = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    for action, name, conditions in _rules(seccomp):
        _add(made, action, name, conditions)
    with tempfile.TemporaryFile() as file:
        made.export_bpf(file)
        file.seek(0)
        return file.read()


Rule = tuple[Any, str, tuple[Any, ...]]


def _add(made: Any, action: Any, name: str, conditions: tuple[Any, ...]) -> None:
    """Adds a rule; an architecture that does not have the call goes without."""
    try:
        made.add_rule(action, name, *conditions)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EFAULT, errno.EDOM):
            raise


def _rules(seccomp: Any) -> Iterator[Rule]:
    yield from _each(seccomp.ALLOW, ALLOWED)
    yield from _each(seccomp.ERRNO(errno.ENOENT), NOT_THERE)
    yield from _each(seccomp.ERRNO(errno.ENOSYS), UNKNOWN)
    yield from _each(seccomp.ERRNO(errno.ENOTTY), NO_TERMINAL)
    yield from _memory(seccomp)
    equal = seccomp.EQ
    for number in _DESCRIPTOR_CALLS:
        yield seccomp.ALLOW, "fcntl", (seccomp.Arg(1, equal, number),)
    # Private ones alone: the others are known by their place in a file, and files are everybody's.
    for wake in _FUTEX_WAKES:
        yield seccomp.ALLOW, "futex", (seccomp.Arg(1, equal, wake | _FUTEX_PRIVATE),)
    for wait, clock in product(_FUTEX_WAITS, (0, _FUTEX_REALTIME)):
        # A wait that ends by itself is a clock.
        option = wait | clock | _FUTEX_PRIVATE
        yield seccomp.ALLOW, "futex", (seccomp.Arg(1, equal, option), seccomp.Arg(3, equal, 0))
    # Limits may be read, and not set.
    yield seccomp.ALLOW, "prlimit64", (seccomp.Arg(2, equal, 0),)


def _memory(seccomp: Any) -> Iterator[Rule]:
    """Memory of their own, of no special kind, and no machine code in it."""
    for name in ("mmap", "mprotect"):
        conditions = [seccomp.Arg(2, seccomp.MASKED_EQ, mmap.PROT_EXEC, 0)]
        if name == "mmap":
            conditions.append(seccomp.Arg(3, seccomp.MASKED_EQ, _MAP_HUGETLB, 0))
        yield seccomp.ALLOW, name, tuple(conditions)
    yield seccomp.ALLOW, "mremap", ()
    for advice in (_MADV_DONTNEED, _MADV_FREE, _MADV_HUGEPAGE, _MADV_NOHUGEPAGE):
        yield seccomp.ALLOW, "madvise", (seccomp.Arg(2, seccomp.EQ, advice),)


def _each(action: Any, names: Iterable[str]) -> Iterator[Rule]:
    return ((action, name, ()) for name in names)
