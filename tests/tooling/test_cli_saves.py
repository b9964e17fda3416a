"""Each save is heard, however an editor saves; the newest one alone has a verdict."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cli_course import CliCourse

from halfway.catalog import BadUnit
from halfway.cli.watcher.saves import Saves
from halfway.cli.watcher.session import Began, Done, Failed, Gone, Session, Step, Told
from halfway.grading.collector import Tell
from halfway.grading.verdict import PromiseResult, Started, Verdict

SECONDS_MAX = 20


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[queue.Queue[Path]]:
    """What is heard of the files below `tmp_path`."""
    folder = tmp_path / "exercises" / "ex41_dedup_key"
    folder.mkdir(parents=True)
    (folder / "keys.py").write_text("a = 1\n")
    heard: queue.Queue[Path] = queue.Queue()
    saves = Saves(tmp_path / "exercises", heard.put)
    saves.start()
    # Whoever listens says nothing when it is ready, so we save until we are heard.
    while heard.empty():
        (folder / "ready.py").write_text("")
        try:
            heard.put(heard.get(timeout=0.2))
        except queue.Empty:
            continue
    yield heard
    saves.stop()


def in_place(path: Path) -> None:
    path.write_text("a = 2\n")


def emptied_first(path: Path) -> None:
    with path.open("w") as file:
        file.flush()
        file.write("a = 2\n")


def in_two_halves(path: Path) -> None:
    with path.open("w") as file:
        file.write("a =")
        file.flush()
        file.write(" 2\n")


def renamed_over(path: Path) -> None:
    new = path.with_name("keys.py.tmp.py")
    new.write_text("a = 2\n")
    new.replace(path)


def moved_aside(path: Path) -> None:
    path.rename(path.with_name("keys.py~"))
    path.write_text("a = 2\n")


@pytest.mark.parametrize("save", [in_place, emptied_first, in_two_halves, renamed_over, moved_aside])
def test_every_way_to_save_is_heard(
    heard: queue.Queue[Path], tmp_path: Path, save: Callable[[Path], None]
) -> None:
    """Editors write in place, in steps, or rename; the learner's file is told each time."""
    path = tmp_path / "exercises" / "ex41_dedup_key" / "keys.py"
    save(path)
    while heard.get(timeout=SECONDS_MAX) != path:
        pass
    assert path.read_text() == "a = 2\n"


def test_a_removed_file_is_heard(heard: queue.Queue[Path], tmp_path: Path) -> None:
    """A file that is gone is told like one that is saved."""
    path = tmp_path / "exercises" / "ex41_dedup_key" / "keys.py"
    path.unlink()
    while heard.get(timeout=SECONDS_MAX) != path:
        pass


class HeldGrader:
    """Grades when it is let go, and ends early when it is cancelled, as the real one does."""

    def __init__(self) -> None:
        self.began: queue.Queue[str] = queue.Queue()
        self.go = threading.Semaphore(0)
        self.cancelled = 0
        self.obeys = True
        self.error: Exception | None = None

    def grade(self, slug: str, *, on_event: Tell | None = None) -> Verdict:
        self.began.put(slug)
        self.go.acquire(timeout=SECONDS_MAX)
        if self.error is not None:
            raise self.error
        result = PromiseResult("test_a", "It rings.", "kept")
        if on_event is not None:
            on_event(Started("test_a", "It rings."))
            on_event(result)
        return Verdict(slug, "keys.py", "0" * 64, "3.11", "0.1", (), 0.01, 1, (result,))

    def cancel(self) -> None:
        self.cancelled += 1
        if self.obeys:
            self.go.release()


class Watched:
    """A session on a held grader, and what it told."""

    def __init__(self, course: CliCourse) -> None:
        self.grader = HeldGrader()
        self.told: queue.Queue[Told] = queue.Queue()
        self.noted: queue.Queue[Done] = queue.Queue()
        self.course = course
        self.session = Session(self.grader, self.told.put, self.noted.put)
        self.session.start()

    def next(self) -> Told:
        return self.told.get(timeout=SECONDS_MAX)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    watched = Watched(CliCourse(tmp_path / "course"))
    yield watched
    watched.grader.go.release()
    watched.session.close()


def test_a_run_is_told_as_it_comes(watched: Watched) -> None:
    """It begins, each promise begins and ends, and then the verdict is there and noted."""
    watched.session.ask(watched.course.first)
    watched.grader.go.release()
    kinds = [type(watched.next()) for _ in range(4)]
    assert kinds == [Began, Step, Step, Done]
    assert watched.noted.get(timeout=SECONDS_MAX).verdict.passed


def test_a_newer_save_drops_the_older_run(watched: Watched) -> None:
    """The older run is cancelled, nothing more of it is told, and nothing of it is noted."""
    watched.session.ask(watched.course.first)
    assert watched.grader.began.get(timeout=SECONDS_MAX) == watched.course.first.slug
    watched.session.ask(watched.course.second)
    assert watched.grader.cancelled == 1
    assert watched.grader.began.get(timeout=SECONDS_MAX) == watched.course.second.slug
    watched.grader.go.release()
    told = [watched.next() for _ in range(5)]
    assert [type(one) for one in told] == [Began, Began, Step, Step, Done]
    assert all(one.unit.slug == watched.course.second.slug for one in told[1:])
    assert watched.noted.get(timeout=SECONDS_MAX).unit.slug == watched.course.second.slug
    assert watched.noted.empty()


def test_of_many_saves_the_newest_is_graded(watched: Watched) -> None:
    """Saves that come while one run is under way are one run more, not many."""
    watched.grader.obeys = False
    watched.session.ask(watched.course.first)
    watched.grader.began.get(timeout=SECONDS_MAX)
    for _ in range(5):
        watched.session.ask(watched.course.first)
    watched.grader.go.release()
    watched.grader.began.get(timeout=SECONDS_MAX)
    watched.grader.go.release()
    while not isinstance(watched.next(), Done):
        pass
    assert watched.grader.began.empty()


def test_a_file_that_is_gone_is_not_graded(watched: Watched) -> None:
    """It is told, and the next save is graded."""
    watched.course.first.stub.unlink()
    watched.session.ask(watched.course.first)
    told = watched.next()
    assert isinstance(told, Gone)
    assert watched.grader.began.empty()


@pytest.mark.parametrize("error", [BadUnit("A suite is not Python."), RuntimeError("ours")])
def test_a_fault_is_told_and_the_next_save_is_graded(watched: Watched, error: Exception) -> None:
    """The watcher outlives whatever goes wrong in one run."""
    watched.grader.error = error
    watched.session.ask(watched.course.first)
    watched.grader.go.release()
    assert isinstance(watched.next(), Began)
    told = watched.next()
    assert isinstance(told, Failed)
    assert str(error) in told.text
    watched.grader.error = None
    watched.session.ask(watched.course.first)
    watched.grader.go.release()
    while not isinstance(watched.next(), Done):
        pass


def test_closing_drops_the_run(watched: Watched) -> None:
    """Whoever quits does not wait for a verdict."""
    watched.session.ask(watched.course.first)
    watched.grader.began.get(timeout=SECONDS_MAX)
    watched.session.close()
    assert watched.grader.cancelled == 1
    assert isinstance(watched.next(), Began)
    assert watched.told.empty()


def _no_watches(*arguments: object, **options: object) -> Iterator[set[tuple[int, str]]]:
    raise OSError("No space left on device (os error 28)")
    yield set()


def _silence(*arguments: object, stop_event: threading.Event, **options: object) -> Iterator[set[object]]:
    stop_event.wait()
    yield from ()


@pytest.mark.parametrize(
    ("events", "said"),
    [
        (_no_watches, "Saves are not told here (OSError: No space left on device (os error 28)), so they"),
        (_silence, "Saves are not told in this folder, so they are looked for twice a second."),
    ],
)
def test_without_events_files_are_looked_at_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, events: object, said: str
) -> None:
    """Where the system tells of no save (watches used up, a network drive), each is heard all the same."""
    monkeypatch.setattr("watchfiles.watch", events)
    monkeypatch.setattr("halfway.cli.watcher.saves.LOOKS_UNTIL_READY", 0)
    path = tmp_path / "ex41_dedup_key" / "keys.py"
    path.parent.mkdir()
    path.write_text("a = 1\n")
    heard: queue.Queue[Path] = queue.Queue()
    words: queue.Queue[str] = queue.Queue()
    saves = Saves(tmp_path, heard.put, words.put)
    saves.start()
    try:
        for text in ("a = 22\n", "a = 333\n"):
            path.write_text(text)
            assert heard.get(timeout=SECONDS_MAX) == path
        path.unlink()
        assert heard.get(timeout=SECONDS_MAX) == path
    finally:
        saves.stop()
    assert words.get_nowait().startswith(said)
    assert words.empty()


def test_a_look_that_dies_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that ends by an error says so; a watcher is never deaf in silence."""
    monkeypatch.setattr("watchfiles.watch", _silence)
    words: queue.Queue[str] = queue.Queue()
    saves = Saves(tmp_path, lambda path: None, words.put)
    saves.start()
    monkeypatch.setattr(saves, "_changed", lambda: 1 / 0)
    try:
        told = words.get(timeout=SECONDS_MAX)
    finally:
        saves.stop()
    assert told.startswith("The watcher has stopped looking at files (ZeroDivisionError")


def test_a_session_that_dies_is_told(watched: Watched) -> None:
    """An error that is none of grading ends the thread, and the last thing that it does is to say so."""
    watched.session.close()

    class Dies:
        def grade(self, slug: str, *, on_event: Tell | None = None) -> Verdict:
            raise GeneratorExit

        def cancel(self) -> None: ...

    told: queue.Queue[Told] = queue.Queue()
    session = Session(Dies(), told.put, lambda done: None)
    session.start()
    session.ask(watched.course.first)
    assert isinstance(told.get(timeout=SECONDS_MAX), Began)
    last = told.get(timeout=SECONDS_MAX)
    assert isinstance(last, Failed)
    assert last.text.startswith("The watcher has stopped grading (GeneratorExit()). Quit it")
