"""Sandboxes for verdicts: the keeper starts what makes them, each of its children takes what it needs."""

from __future__ import annotations

import ctypes
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from halfway.links import HASH_SEED
from halfway.links.guard import Guard

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable, Mapping

    from halfway.links.sandbox.client import ZygoteHost
    from halfway.links.sandbox.link import Pool

OPEN_FILES, PROCESSES = 64, 12
"""What a sandbox may have of each: it shares neither with anybody, and needs few."""
SHARES = 4
"""Into how many parts the memory for a verdict is cut: each sandbox has one, and few stories need more."""

_hosts: dict[str, ZygoteHost] = {}
_channels: list[socket.socket] = []
_hidden: list[Path] = []
_locks: list[socket.socket] = []


def prepare(hash_seed: str = "0", hidden: Iterable[str] | None = None) -> None:
    """Starts what makes sandboxes, if it is not there. Raises ConfinementError where there are none.

    `hidden`, said once, are folders that no sandbox shows.
    """
    from halfway.links.sandbox.client import ZygoteHost

    if hidden is not None:
        _hidden[:] = map(Path, hidden)
    if hash_seed not in _hosts:
        ahead = 4 if hash_seed != HASH_SEED else 1
        _hosts[hash_seed] = ZygoteHost(_hidden, hash_seed=hash_seed, ahead=ahead)


def seeds() -> frozenset[str]:
    """Names the hash seeds for which there are sandboxes."""
    return frozenset(_hosts)


def pids() -> set[int]:
    """Names the processes that outlive a verdict."""
    return {host.pid for host in _hosts.values()}


def descriptors() -> list[int]:
    """Names what a child must not have: with it, it could ask for the sandboxes of others."""
    return [host.descriptor for host in _hosts.values()]


def open_channels() -> list[socket.socket]:
    """Gives a channel to each zygote, for one child."""
    return [host.channel() for host in _hosts.values()]


def use(channels: list[socket.socket]) -> None:
    """From now on, these are the channels of this process."""
    _channels[:] = channels


def pool(source: str, name: str, guard: Guard, given: Mapping[str, str]) -> Pool:
    """Gives the link to sandboxes, on this process's core: messages between two cores take much longer."""
    from halfway.links.sandbox.client import Sandboxes
    from halfway.links.sandbox.link import Pool

    seconds = max(guard.ends_at - time.monotonic(), 0.01)
    limits = replace(
        guard.limits,
        seconds=seconds,
        memory_bytes=guard.limits.memory_bytes // SHARES,
        open_files=OPEN_FILES,
        processes=PROCESSES,
    )
    here, *there = [Sandboxes(channel) for channel in _channels]
    other, core = there[0] if there else None, _on_one_core()
    pool = Pool(source, name, here, limits, elsewhere=other, core=core, given=given)
    guard.ask_elsewhere, guard.waited_elsewhere = pool.ask_where, pool.waited_s
    return pool


def _on_one_core() -> int | None:
    if not hasattr(os, "sched_setaffinity"):
        return None
    here = int(ctypes.CDLL(None).sched_getcpu())
    for core in _nearest_first(here):
        lock = _lock_of(core)
        if lock is not None:
            _locks.append(lock)
            break
    else:
        core = here
    os.sched_setaffinity(0, {core})
    return core


def _nearest_first(here: int) -> list[int]:
    cores = os.sched_getaffinity(0)
    return [core for core in (here, *sorted(cores - {here})) if core in cores]


def _lock_of(core: int) -> socket.socket | None:
    """Takes a core until the lock is closed; None if another judge on this machine has it.

    A name among abstract sockets is a lock that nobody can leave behind.
    """
    import socket

    lock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        lock.bind(f"\0halfway-core-{core}")
    except OSError:
        lock.close()
        return None
    return lock


def close() -> None:
    """Ends every host."""
    for host in _hosts.values():
        host.close()
    _hosts.clear()
