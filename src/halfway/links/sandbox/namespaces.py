"""Enters a sandbox that bubblewrap has made, and gives away everything that could lead out of it.

Standard library only: it runs in the process from which a submission's processes are forked.
"""

import ctypes
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from halfway.links.guard import Limits, address_space, resources

NOBODY = 65_534
UIDS = range(1_610_612_736, 1_879_048_192)
"""Where root is, each sandbox runs as a user whom nobody else is: a limit on processes counts by user."""
_NAMESPACES = ("cgroup", "ipc", "uts", "net", "pid", "mnt")
_PR_SET_DUMPABLE, _PR_SET_PDEATHSIG, _PR_CAPBSET_DROP = 4, 1, 24
_PR_SET_SECUREBITS, _PR_SET_NO_NEW_PRIVS, _PR_SET_CHILD_SUBREAPER = 28, 38, 36
_NO_ROOT_LOCKED = 0b11 | 0b1100
_CAPABILITIES_V3, _CAPABILITIES = 0x20080522, 64
_JOIN_SESSION_KEYRING, _KEYCTL = 1, {"x86_64": 250, "aarch64": 219}

_libc = ctypes.CDLL(None, use_errno=True)


def _called(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def adopt() -> None:
    """Makes this process the parent of what its children leave behind."""
    _called(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "subreaper")


def unseen() -> None:
    """Nobody of our own user looks into this process, nor into what is forked from it."""
    _called(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable")


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


def give_up_power(uid: int) -> None:
    """Keeps no right but those of a user whom nobody else is; there is no way back."""
    for number in range(_CAPABILITIES):
        _libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)
    _libc.prctl(_PR_SET_SECUREBITS, _NO_ROOT_LOCKED, 0, 0, 0)
    if os.geteuid() == 0 and not _is_mapped():
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_V3, 0)
    _called(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capabilities")
    _called(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")


def _is_mapped() -> bool:
    """Is this a user namespace of its own, where root is nobody outside?"""
    with open("/proc/self/uid_map") as file:
        return file.read().split()[2] == "1"


def limit(limits: Limits) -> None:
    """Limits this process and all that it starts, for good. Raises where a limit cannot be set."""
    alone = {
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_AS": address_space() + limits.memory_bytes,
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
