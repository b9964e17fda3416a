"""What attacks are made of and held against: wrong code, the same with a trick, and everything around it."""

from __future__ import annotations

import re
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from whole_machine import confined_grader

from halfway import catalog
from halfway.grading import Grader, Verdict
from halfway.links.guard import Limits

HERE = Path(__file__).parent
MARKER = "halfway-attack-marker"
PATIENT = Limits(seconds=40.0)
"""For verdicts that are not about time: many tests share two cores."""
IMPATIENT = Limits(seconds=1.5)


def part(name: str) -> str:
    """Gives code that several submissions, or their yardsticks, share."""
    return (HERE / "parts" / f"{name}.py").read_text()


@dataclass(frozen=True)
class Attack:
    """One submission: code of the course, wrong or right, and a trick that is appended to it."""

    path: Path

    @property
    def name(self) -> str:
        """Its family and its own name."""
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def is_denial(self) -> bool:
        """Is it about time, memory or room?"""
        return self.path.parent.name == "denial"

    @property
    def limits(self) -> Limits:
        """Who is to run into a limit, or to fall silent, is not waited for."""
        return IMPATIENT if self.is_denial or self._head("Silent") else PATIENT

    @property
    def is_honest(self) -> bool:
        """Is it right, and looks as if it were not?"""
        return self._head("Right") != ""

    @property
    def base(self) -> str:
        """The code without the trick."""
        if self.is_honest:
            return catalog.find(self._head("Right")).solution.read_text()
        slug, name = self._head("Wrong").split("/")
        unit = catalog.find(slug)
        return unit.program(unit.mutant(name))

    @property
    def slug(self) -> str:
        """The unit that it was handed in for."""
        return (self._head("Right") or self._head("Wrong")).split("/")[0]

    def _head(self, word: str) -> str:
        found = re.search(rf"^{word}: (.+)$", self.path.read_text(), re.MULTILINE)
        return found[1] if found else ""

    def yardstick(self) -> str:
        """The same wrong code without the trick, or what comes nearest to it without one."""
        parts = [part(name) for name in self._head("Yardstick").split()]
        return "\n\n".join([self.base, *parts])

    def source(self, around: Around) -> str:
        """What is handed in, whole: parts that it is built `With` come first, those that it `Uses` last."""
        parts = [self.base, *(part(name) for name in self._head("With").split()), self.path.read_text()]
        parts += [part(name) for name in self._head("Uses").split()]
        text = "\n\n".join(parts)
        text = text.replace("@COURSE@", str(catalog.root())).replace("@PORT@", str(around.port))
        return text.replace("@NEIGHBOURS@", str(around.neighbours))


def every_attack() -> list[Attack]:
    """All of them, in the order of their names."""
    return [Attack(path) for path in sorted((HERE / "submissions").glob("*/*.py"))]


class Around:
    """Everything that an attack may not touch: the network, files, the course, a neighbour's work."""

    def __init__(self, folder: Path) -> None:
        self.neighbours = folder / "class"
        neighbour = self.neighbours / "neighbour"
        neighbour.mkdir(parents=True)
        for unit in catalog.units():
            (neighbour / unit.file).write_text(unit.solution.read_text())
        self._listeners = [socket.create_server(("127.0.0.1", 0))]
        self.port: int = self._listeners[0].getsockname()[1]
        for kind, address in (
            (socket.AF_INET, ("127.0.0.1", self.port)),
            (socket.AF_UNIX, f"\0halfway-attack-{self.port}"),
        ):
            listener = socket.socket(
                kind, socket.SOCK_DGRAM if kind == socket.AF_INET else socket.SOCK_STREAM
            )
            listener.bind(address)
            if kind == socket.AF_UNIX:
                listener.listen()
            self._listeners.append(listener)
        for listener in self._listeners:
            listener.setblocking(False)
        self._before = self._files()

    def _files(self) -> dict[str, tuple[int, int]]:
        folders = [catalog.root() / part for part in ("exercises", "solutions", "tests", "src", "docs")]
        paths = [path for folder in (*folders, self.neighbours) for path in folder.rglob("*.*")]
        kept = [path for path in paths if path.suffix != ".pyc" and path.is_file()]
        return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in kept}

    def touched(self) -> list[str]:
        """Names what has been touched: connections, files that appeared, changed or went away."""
        found = [
            f"connection {listener.getsockname()!r}" for listener in self._listeners if _was_met(listener)
        ]
        for place in {
            catalog.root(),
            *catalog.root().parents,
            Path.home(),
            Path.cwd(),
            Path(tempfile.gettempdir()),
        }:
            found += [str(path) for path in place.glob(f"{MARKER}*")]
        return found

    def changed(self) -> list[str]:
        """Names the files of the course and of the neighbour that are not as they were."""
        after = self._files()
        return sorted(name for name, size in self._before.items() if after.get(name) != size)

    def close(self) -> None:
        """Nobody listens any more."""
        for listener in self._listeners:
            listener.close()


def _was_met(listener: socket.socket) -> bool:
    try:
        if listener.type == socket.SOCK_DGRAM:
            listener.recv(100)
        else:
            listener.accept()
    except BlockingIOError:
        return False
    return True


def descendants(pid: int) -> dict[int, str]:
    """Gives every process below `pid`, with the moment at which it started."""
    parents: dict[int, tuple[int, str]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                parents[int(entry.name)] = int(fields[1]), fields[19]
    below = {pid}
    while more := {child for child, (parent, _) in parents.items() if parent in below} - below:
        below |= more
    return {child: parents[child][1] for child in below - {pid} if child in parents}


@dataclass
class Arena:
    """Sandboxes to attack, and a place without them for yardsticks."""

    confined: Grader
    direct: Grader
    around: Around
    folder: Path

    def __post_init__(self) -> None:
        self.seen: dict[int, str] = {}
        self._kept: dict[str, frozenset[str]] = {}

    def judge(self, attack: Attack) -> Verdict:
        """Gives the verdict on an attack, alone in a folder."""
        path = self.folder / attack.name.replace("/", "-") / catalog.find(attack.slug).file
        path.parent.mkdir(exist_ok=True)
        path.write_text(attack.source(self.around))
        verdict = self.confined.grade(attack.slug, path, limits=attack.limits)
        process = self.confined._process
        if process is not None:
            self.seen.update(descendants(process._process.pid))
        assert [file.name for file in path.parent.iterdir()] == [path.name]
        return verdict

    def kept_in_the_open(self, slug: str, source: str) -> frozenset[str]:
        """Gives the promises that this code keeps where nothing confines it."""
        if source not in self._kept:
            path = self.folder / catalog.find(slug).file
            path.write_text(source)
            verdict = self.direct.grade(slug, path, limits=PATIENT)
            assert not verdict.fault
            self._kept[source] = kept(verdict)
        return self._kept[source]

    def deserved(self, attack: Attack) -> frozenset[str]:
        """Gives the promises that the code of an attack keeps without its trick."""
        return self.kept_in_the_open(attack.slug, attack.yardstick())


def kept(verdict: Verdict) -> frozenset[str]:
    """Gives the promises that are kept."""
    return frozenset(result.id for result in verdict.promises if result.kept)


@pytest.fixture(scope="session")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """One arena for all attacks of this process. When it closes, nothing that they started is left."""
    warm = confined_grader()
    around = Around(tmp_path_factory.mktemp("around"))
    with warm as confined, Grader(ahead=False) as direct:
        arena = Arena(confined, direct, around, tmp_path_factory.mktemp("handed_in"))
        yield arena
    left = left_of(arena)
    around.close()
    assert not left, f"processes are left: {left}"
    assert not around.changed()


def left_of(arena: Arena) -> set[int]:
    """Gives the processes that are left of all that the judged files have started."""
    return {pid for pid, started in arena.seen.items() if _still_runs(pid, started)}


def _still_runs(pid: int, started: str) -> bool:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return fields[0] != "Z" and fields[19] == started
