"""Enters a sandbox that bubblewrap has made, and gives away everything that could lead out of it.

Standard library only: it runs in the process from which a submission's processes are forked.
"""

import ctypes
import os
import resource
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from halfway.links.guard import Limits, resources

NOBODY = 65_534
UIDS = range(1_610_612_736, 1_879_048_192)
"""Where root is, each sandbox runs as a user whom nobody else is: a limit on processes counts by user."""
_NAMESPACES = ("cgroup", "ipc", "uts", "net", "pid", "mnt")
_PR_CAPBSET_DROP = 24
_PR_SET_SECUREBITS, _PR_SET_NO_NEW_PRIVS, _PR_SET_CHILD_SUBREAPER = 28, 38, 36
_NO_ROOT_LOCKED = 0b11 | 0b1100
_CAPABILITIES_V3, _CAPABILITIES = 0x20080522, 64
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_SPEC_ALLOW = 1, 4
_JOIN_SESSION_KEYRING, _KEYCTL = 1, {"x86_64": 250, "aarch64": 219}

_libc = ctypes.CDLL(None, use_errno=True)


def _called(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def adopt() -> None:
    """Makes this process the parent of what its children leave behind."""
    _called(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "subreaper")


def own_keys() -> None:
    """Shares no keyring of the kernel with another sandbox, nor with whoever started this process."""
    number = _KEYCTL.get(os.uname().machine)
    if number is not None:
        _libc.syscall(ctypes.c_long(number), ctypes.c_long(_JOIN_SESSION_KEYRING), ctypes.c_void_p(None))


def enter(first: int) -> None:
    """Joins the namespaces of the sandbox whose first process is `first`; children are born inside."""
    with_user = ("user", *_NAMESPACES) if os.geteuid() else _NAMESPACES
    opened = []
    for name in with_user:
        with suppress(FileNotFoundError):
            opened.append((name, os.open(f"/proc/{first}/ns/{name}", os.O_RDONLY | os.O_CLOEXEC)))
    for name, descriptor in opened:
        if name == "cgroup" and not _is_another(name, first):
            continue
        _called(_libc.setns(descriptor, 0), f"the {name} namespace")
    for _, descriptor in opened:
        os.close(descriptor)


@contextmanager
def children_born_in(first: int) -> Iterator[bool]:
    """While this lasts, children are born among the processes of a sandbox; False where only root could.

    That saves a fork for each sandbox: without root, a process has to join its user namespace first.
    """
    if os.geteuid():
        yield False
        return
    own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    theirs = os.open(f"/proc/{first}/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    try:
        _called(_libc.setns(theirs, 0), "the pid namespace")
        yield True
    finally:
        _called(_libc.setns(own, 0), "the pid namespace")
        os.close(theirs)
        os.close(own)


def _is_another(name: str, first: int) -> bool:
    return os.stat(f"/proc/self/ns/{name}").st_ino != os.stat(f"/proc/{first}/ns/{name}").st_ino


def is_root() -> bool:
    """Is this process root, and everywhere so? In a user namespace of its own it is nobody outside."""
    with open("/proc/self/uid_map") as file:
        return os.geteuid() == 0 and file.read().split()[2] != "1"


def give_up_power(uid: int | None) -> None:
    """Keeps no right but those of a user whom nobody else is (None: of this one); there is no way back."""
    for number in range(_CAPABILITIES):
        _libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)
    _libc.prctl(_PR_SET_SECUREBITS, _NO_ROOT_LOCKED, 0, 0, 0)
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_V3, 0)
    _called(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capabilities")
    _called(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")


def own_descriptors(kept: tuple[int, int]) -> None:
    """Closes what was open, but for these two; 0 to 2 lead nowhere, and nobody else has them."""
    last = 2
    for descriptor in sorted(kept):
        os.closerange(last + 1, descriptor)
        last = descriptor
    os.closerange(last + 1, os.sysconf("SC_OPEN_MAX"))
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)


def filter_calls(program: bytes) -> None:
    """From now on this process makes no system call that the program does not allow. There is no way back."""
    held = ctypes.create_string_buffer(program, len(program))
    filter_ = struct.pack("HP", len(program) // 8, ctypes.addressof(held))
    number = ctypes.c_long(_SECCOMP[os.uname().machine])
    flags = ctypes.c_long(_SECCOMP_FILTER_FLAG_SPEC_ALLOW)
    _called(
        _libc.syscall(number, ctypes.c_long(_SECCOMP_SET_MODE_FILTER), flags, filter_),
        "a filter of system calls",
    )


def limit(size: int, limits: Limits) -> None:
    """Limits this process, which is so large, for good. Raises where a limit cannot be set."""
    alone = {
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_AS": size + limits.memory_bytes,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_MEMLOCK": 0,
    }
    for name, most in {**resources(limits), **alone}.items():
        number = getattr(resource, name)
        _, hard = resource.getrlimit(number)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(number, (least, least))


def fail(say: int, error: BaseException) -> NoReturn:
    """Says why a sandbox could not be entered, and ends."""
    told = f"! {type(error).__name__}: {error}".encode()[:500]
    for descriptor in (say, 2):
        with suppress(OSError):
            os.write(descriptor, told)
    os._exit(1)
