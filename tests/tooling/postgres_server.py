"""A real PostgreSQL in a folder of its own, reachable from this machine alone."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from whole_machine import on_a_disk

DEBIAN = Path("/usr/lib/postgresql")
MISSING = (
    "These tests need PostgreSQL. Install it (Debian: apt-get install postgresql), "
    "or set HALFWAY_NO_POSTGRES=1 to go without them."
)


def programs() -> Path | None:
    """Gives the folder with PostgreSQL's programs, or None where it is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    return max(DEBIAN.glob("*/bin"), key=lambda path: int(path.parent.name), default=None)


class Postgres:
    """One server; `stop` is what a power cut does to it. `disk_bytes` gives it a second disk."""

    def __init__(self, folder: Path, programs: Path, disk_bytes: int = 0) -> None:
        self._folder, self._programs, self._disk_bytes = folder, programs, disk_bytes
        self.disk = folder / "disk"
        self.disk.mkdir()
        # PostgreSQL refuses to run as root, for good reasons.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            import pwd

            entry = pwd.getpwnam(self._user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
        self.port = _free_port()
        self.url = f"postgresql://reviewer@127.0.0.1:{self.port}/halfway"
        self._run(
            "initdb", "--pgdata", str(folder / "data"), "--username=reviewer", "--auth=trust", "--no-sync"
        )

    def start(self) -> None:
        """Serves until `stop`."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        log = str(self._folder / "log")
        words = ("start", "-w", "-D", str(self._folder / "data"), "-l", log, "-o", options)
        if self._disk_bytes:
            self._run_as([*self._on_its_disk(), str(self._programs / "pg_ctl"), *words], None)
        else:
            self._run("pg_ctl", *words)

    def stop(self) -> None:
        """Ends it at once: connections break, nothing is written back."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self._folder / "data"))

    def _on_its_disk(self) -> list[str]:
        # The disk is there for the server alone, and goes away with it.
        options = ("--dev-bind", "/dev", "/dev", "--perms", "1777", "--size", str(self._disk_bytes))
        around = on_a_disk(*options, "--tmpfs", str(self.disk))
        if self._user:
            around += ["setpriv", f"--reuid={self._user}", f"--regid={self._user}", "--init-groups"]
        return [*around, "sh", "-c", 'mkdir "$0" && exec "$@"', str(self.disk / "space")]

    def ask(self, database: str, *commands: str) -> None:
        """Has one command after the other done, each by itself."""
        import psycopg

        with psycopg.connect(f"{self.url.rpartition('/')[0]}/{database}", autocommit=True) as connection:
            for command in commands:
                connection.execute(command.encode())

    def _run(self, program: str, *words: str) -> None:
        self._run_as([str(self._programs / program), *words], self._user)

    def _run_as(self, command: list[str], user: str | None) -> None:
        done = subprocess.run(
            command,
            user=user,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


@contextmanager
def postgres(disk_bytes: int = 0) -> Iterator[Postgres]:
    """A running server; its folder is removed afterwards."""
    found = programs()
    assert found is not None, MISSING
    folder = Path(tempfile.mkdtemp(prefix="halfway-postgres-"))
    try:
        server = Postgres(folder, found, disk_bytes)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
