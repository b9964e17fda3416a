"""The other end of a pipe, inside a sandbox: a server that is held to limits and says which one it reached.

Before the first line of a submission runs, it says what the file imports and whether it compiles.
"""

import ast
import io
import mmap
import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, NoReturn, cast

from halfway.links.refusing import process_refuser
from halfway.links.sandbox import namespaces
from halfway.links.server import Server
from halfway.subject.subject import Subject
from halfway.wire import Wire

OUTPUT_KEPT = 4_000
FRAMES_MAX = 6
BALLAST_BYTES = 16 << 20
"""Address space that is held, and not used, until something has to be said about memory that ran out."""
UNUSUAL = frozenset(
    """
    _ctypes _posixsubprocess _thread atexit builtins code concurrent ctypes dis faulthandler fcntl freezegun
    gc halfway importlib inspect io linecache marshal mmap multiprocessing os pathlib pickle pkgutil platform
    posix pty pytest resource runpy select selectors shutil signal site socket ssl subprocess symtable sys
    tempfile threading trace traceback tracemalloc types unittest webbrowser
    """.split()  # noqa: SIM905 - forty words read better than forty strings
)
"""Modules that no unit needs and some tricks do: named in the verdict, for whoever reads it."""
_UNUSUAL_CALLS = frozenset(("__import__", "compile", "eval", "exec", "globals", "vars", "breakpoint"))


class _Output(io.BufferedIOBase):
    """Takes what the learner's code prints; keeps the first of it and counts all."""

    def __init__(self) -> None:
        super().__init__()
        self.kept, self.left = bytearray(), 0
        self.full: Callable[[], None] = lambda: None

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        data = bytes(data)
        self.kept += data[: max(0, OUTPUT_KEPT - len(self.kept))]
        self.left -= len(data)
        if self.left < 0:
            self.full()
        return len(data)

    def take(self) -> str:
        """Gives what was kept, and forgets it."""
        text = self.kept.decode("utf-8", "replace")
        self.kept.clear()
        return text


class ConfinedServer(Server):
    """One program, held to its limits. What it prints comes with the end of each call."""

    def __init__(self, into: int, out: int) -> None:
        super().__init__(into, out)
        self._output = _Output()
        self._filename = ""
        self._ballast: mmap.mmap | None = None

    def serve(self) -> None:
        """Answer the judge's requests, one at a time; the first one sets the limits."""
        for request in self._requests:
            kind = request[0]
            if kind == "confine":
                self._confine(**request[1])
            elif kind == "look":
                self._say(["done", self._look(*request[1:]), None, None])
            elif kind == "import" and self._subject is not None:
                self._say(["done", self._subject.try_import(), None, None])
            elif kind == "printed":
                self._say(["done", self._output.take(), None, None])
            else:
                self.take(request)

    def _answer(self, subject: Subject, request: Wire) -> Wire:
        try:
            answer = super()._answer(subject, request)
        except MemoryError:
            self._out_of_memory([])
        for how, value in answer[1]:
            if how == "raised" and value["mro"][:1] == ["MemoryError"]:
                self._out_of_memory(value["frames"])
        return answer

    def _out_of_memory(self, frames: Wire) -> NoReturn:
        """What used up the memory is still held somewhere: this process is of no more use."""
        if self._ballast is not None:
            self._ballast.close()
        self._say(["reached", ["memory", frames[-FRAMES_MAX:]], None])
        os._exit(0)

    def _confine(self, seconds: float, output_bytes: int, core: int | None, limits: dict[str, int]) -> None:
        if core is not None:
            os.sched_setaffinity(0, {core})
        self._output.left, self._output.full = output_bytes, lambda: self._end("output", sys._getframe(2))
        binary = cast("Any", self._output)
        out: Any = io.TextIOWrapper(binary, "utf-8", errors="backslashreplace", write_through=True)
        sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = out  # type: ignore[misc]
        sys.stdin = sys.__stdin__ = open(os.devnull, encoding="utf-8")  # type: ignore[misc]  # noqa: SIM115
        signal.signal(signal.SIGALRM, lambda number, frame: self._end("time", frame))
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
        self._ballast = mmap.mmap(-1, BALLAST_BYTES)
        namespaces.limit(**limits)

    # ---- before anything of it runs

    def _look(self, name: str, source: str) -> Wire:
        """Say whether the source compiles, and what it imports that no unit needs."""
        self._filename = f"<{name}.py>"
        try:
            tree = compile(source, self._filename, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
            compile(source, self._filename, "exec", dont_inherit=True)
            unusual = unusual_in(tree)
        except SyntaxError as e:
            return {"syntax": [e.msg, e.lineno, e.offset, e.text]}
        except (ValueError, RecursionError, MemoryError, OverflowError) as e:
            return {"strange": [type(e).__name__, str(e)]}
        sys.addaudithook(process_refuser(lambda: bool(self._frames(sys._getframe(2)))))
        return {"unusual": unusual}

    # ---- a limit is reached

    def _frames(self, frame: FrameType | None) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        while frame is not None and len(found) < FRAMES_MAX:
            if frame.f_code.co_filename == self._filename:
                found.append((frame.f_lineno, frame.f_code.co_name))
            frame = frame.f_back
        return found[::-1]

    def _end(self, limit: str, frame: FrameType | None) -> None:
        self._say(["reached", [limit, self._frames(frame)], None])
        os._exit(0)


def unusual_in(tree: ast.AST) -> list[str]:
    """Names what a file imports, or calls, that no unit needs."""
    return sorted(set(_unusual(tree)))


def _unusual(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Name) and node.id in _UNUSUAL_CALLS:
            yield node.id
        yield from (name for name in names if name.partition(".")[0] in UNUSUAL)
