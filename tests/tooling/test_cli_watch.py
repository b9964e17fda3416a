"""The full-screen watcher, its keys, and what it shows."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from cli_course import CliCourse
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from halfway.catalog import write_out
from halfway.cli.pristine import keep_copies
from halfway.cli.watcher.screen import Watcher
from halfway.grading import Grader
from halfway.grading.collector import Tell
from halfway.grading.verdict import PromiseResult, Started, Verdict

SECONDS_MAX = 20
SIZE = (100, 40)
NARROW = (60, 24)


class Seen(Watcher):
    """A watcher that says when it has drawn, so that a test can wait for what it shows."""

    def draw(self) -> None:
        super().draw()
        self.drawn().set()

    def say(self, text: str) -> None:
        super().say(text)
        self.drawn().set()

    def drawn(self) -> asyncio.Event:
        if not hasattr(self, "_drawn"):
            self._drawn = asyncio.Event()
        return self._drawn

    def shown(self, name: str) -> str:
        """The text of one part of the screen."""
        return str(self.screen_stack[0].query_one(f"#{name}", Static).content)

    async def until(self, wanted: Callable[[], bool]) -> None:
        """Waits until something is on the screen."""
        async with asyncio.timeout(SECONDS_MAX):
            while not wanted():
                self.drawn().clear()
                await self.drawn().wait()

    async def until_shown(self, name: str, text: str) -> None:
        await self.until(lambda: text in self.shown(name))


Steps = Callable[[Seen, Pilot[None]], Awaitable[None]]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliCourse:
    course = CliCourse(tmp_path / "course")
    monkeypatch.setenv("HALFWAY_COURSE", str(course.root))
    keep_copies([course.first, course.second])
    return course


@pytest.fixture
def watch(course: CliCourse, grader: Grader) -> Callable[..., None]:
    """Runs the watcher on the first unit of the small course and takes the steps."""

    def run(
        steps: Steps, *, size: tuple[int, int] = SIZE, pages: str | None = None, with_: object = None
    ) -> None:
        async def main() -> None:
            units = [course.first, course.second]
            app = Seen(course.first, units, with_ or grader, pages)  # type: ignore[arg-type]
            async with app.run_test(size=size) as pilot:
                await steps(app, pilot)

        asyncio.run(main())

    return run


def test_a_save_has_its_verdict_on_the_screen(course: CliCourse, watch: Callable[..., None]) -> None:
    """The first broken promise is open: Saw, Rule, Ask, timeline; a better save shows a better verdict."""

    async def steps(app: Seen, pilot: Pilot[None]) -> None:
        await app.until_shown("open", "is still to be written")
        course.spoil(course.first)
        await app.until_shown("open", "when somebody thinks")
        for part in ("the reply is lost", "Saw", "Rule", "Ask", "smallest story", "--replay"):
            assert part in app.shown("open")
        assert "✗✓  1 of 2 promises kept" in app.shown("head")
        assert "graded at" in app.shown("state")
        course.solve(course.first)
        await app.until_shown("open", "All 2 promises are kept")
        await app.until_shown("head", "1 of 2 solved")

    watch(steps)


class StepGrader:
    """Tells one event each time it is let go."""

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)

    def grade(self, slug: str, *, on_event: Tell | None = None) -> Verdict:
        names = ["test_a_lost_reply_does_not_ring_twice", "test_two_incidents_ring_twice"]
        results = (
            PromiseResult(names[0], "One.", "broken", saw="2 calls", rule="a rule", ask="a question?"),
            PromiseResult(names[1], "Two.", "kept"),
        )
        assert on_event is not None
        for result in results:
            for event in (Started(result.id, result.text), result):
                self.go.acquire(timeout=SECONDS_MAX)
                on_event(event)
        self.go.acquire(timeout=SECONDS_MAX)
        return Verdict(slug, "keys.py", "0" * 64, "3.11", "0.1", (), 0.01, 1, results)

    def cancel(self) -> None:
        self.go.release(10)


def test_promises_are_shown_as_they_come(watch: Callable[..., None]) -> None:
    """A promise that is being tried has a mark, and the first broken one opens before the verdict."""
    grader = StepGrader()

    async def steps(app: Seen, pilot: Pilot[None]) -> None:
        await app.until_shown("head", "··  0 of 2")
        grader.go.release()
        await app.until_shown("head", "▸·  0 of 2")
        grader.go.release()
        await app.until_shown("head", "✗·  0 of 2")
        assert "2 calls" in app.shown("open")
        grader.go.release(2)
        await app.until_shown("head", "✗✓  1 of 2")
        assert "is graded" in app.shown("state")
        grader.go.release()
        await app.until_shown("state", "graded at")

    watch(steps, with_=grader)


def test_a_file_that_is_deleted_is_told_and_waited_for(course: CliCourse, watch: Callable[..., None]) -> None:
    """It says so; as soon as the file is back, it is graded."""

    async def steps(app: Seen, pilot: Pilot[None]) -> None:
        await app.until_shown("state", "graded at")
        course.first.stub.unlink()
        await app.until_shown("open", "keys.py is gone")
        course.solve(course.first)
        await app.until_shown("open", "All 2 promises are kept")

    watch(steps)


def test_a_half_written_file_is_told_as_python_reads_it(
    course: CliCourse, watch: Callable[..., None]
) -> None:
    """A file that is no Python yet has a kind line, and no promise is called broken."""

    async def steps(app: Seen, pilot: Pilot[None]) -> None:
        await app.until_shown("state", "graded at")
        course.first.stub.write_text("def publish(\n")
        await app.until_shown("open", "is not Python")
        assert "··  0 of 2 promises kept" in app.shown("head")

    watch(steps)


def test_it_moves_on_only_when_asked(course: CliCourse, watch: Callable[..., None]) -> None:
    """A solved unit stays until `n`; after the last one there is nowhere to go."""
    course.solve(course.first)

    async def steps(app: Seen, pilot: Pilot[None]) -> None:
        await app.until_shown("open", "`n` goes on")
        assert app.shown("head").startswith("41")
        await pilot.press("n")
        await app.until_shown("open", "is still to be written")
        assert app.shown("head").startswith("42")
        await pilot.press("n")
        await app.until_shown("said", "the last unit")
        assert app.shown("head").startswith("42")

    watch(steps)


def test_a_save_of_another_unit_changes_nothing(course: CliCourse, watch: Callable[..., None]) -> None:
    """Only the file of the unit on the screen is graded."""

    async def steps(app: Seen, pilot: Pilot[None]) -> None:
        await app.until_shown("state", "graded at")
        runs = app.view.runs
        course.solve(course.second)
        course.spoil(course.first)
        await app.until_shown("open", "when somebody thinks")
        assert app.view.runs == runs + 1
        assert app.shown("head").startswith("41")

    watch(steps)


def test_the_file_of_another_unit_is_named(course: CliCourse, watch: Callable[..., None]) -> None:
    """Who saves the file of another unit than the one that is watched is told so, and how to go there."""

    async def steps(app: Seen, pilot: Pilot[None]) -> None:
        await app.until_shown("state", "graded at")
        course.solve(course.second)
        await app.until_shown("said", "You saved the file of unit 42; this is 41. `l` goes there.")

    watch(steps)


def test_a_given_file_that_is_changed_is_named(course: CliCourse, watch: Callable[..., None]) -> None:
    """Whoever changes a file that is given is told that it counts for nothing; as it was, nothing is said."""
    course.give(course.first, "words.py", "BEGINS = 'ring'\n")

    async def steps(app: Seen, pilot: Pilot[None]) -> None:
        await app.until_shown("state", "graded at")
        course.first.folder.joinpath("words.py").write_text("BEGINS = 'mine'\n")
        await app.until_shown("said", "You have changed `words.py`, which is given")

    watch(steps)


def test_a_key_copies_the_replay_command(course: CliCourse, watch: Callable[..., None]) -> None:
    """`c` hands the command to the terminal and says so; without a story there is nothing to copy."""

    async def steps(app: Seen, pilot: Pilot[None]) -> None:
        await app.until_shown("open", "is still to be written")
        await pilot.press("c")
        await app.until_shown("said", "There is nothing to copy: no story is open.")
        course.spoil(course.first)
        await app.until_shown("open", "when somebody thinks")
        await pilot.press("c")
        await app.until_shown("said", "Copied, if your terminal takes it: ")
        assert " grade ex41_dedup_key --replay 1/" in app.clipboard
        assert app.clipboard in app.shown("open").replace("\n", "")

    watch(steps)


def test_ctrl_c_with_a_selection_copies_it_and_does_not_quit(
    course: CliCourse, watch: Callable[..., None]
) -> None:
    """What is selected is what a learner wants of Ctrl-C; without a selection it ends the watcher."""

    async def steps(app: Seen, pilot: Pilot[None]) -> None:
        await app.until_shown("open", "is still to be written")
        app.screen.text_select_all()
        await pilot.press("ctrl+c")
        await app.until_shown("said", "Copied, if your terminal takes it: what is selected")
        assert "is still to be written" in app.clipboard
        assert app.is_running
        assert app.screen.get_selected_text() is None
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert app._exit

    watch(steps)


def test_the_list_goes_to_any_unit(watch: Callable[..., None]) -> None:
    """`l` shows every unit; Enter goes to the one that is marked, Escape stays."""

    async def steps(app: Seen, pilot: Pilot[None]) -> None:
        await pilot.press("l")
        assert app.screen.query_one(OptionList).option_count == 2
        await pilot.press("escape")
        assert app.shown("head").startswith("41")
        await pilot.press("l", "down", "enter")
        await app.until(lambda: app.shown("head").startswith("42"))

    watch(steps)


def test_hints_come_one_by_one(course: CliCourse, watch: Callable[..., None]) -> None:
    """Each `h` shows one more, and progress remembers how many."""

    async def steps(app: Seen, pilot: Pilot[None]) -> None:
        for number, title in enumerate(("1 Where to look", "2 The idea", "3 The shape"), 1):
            await pilot.press("h")
            await pilot.pause()
            assert title in str(app.screen.query_one(Static).content)
            assert course.progress()[course.first.slug]["hints_seen"] == number
        await pilot.press("escape")
        assert len(app.screen_stack) == 1

    watch(steps)


def test_reset_asks_and_keeps(course: CliCourse, watch: Callable[..., None]) -> None:
    """A no changes nothing; a yes brings the stub back, keeps the work beside, and grades again."""
    untouched = course.first.stub.read_text()
    course.spoil(course.first)
    work = course.first.stub.read_text()

    async def steps(app: Seen, pilot: Pilot[None]) -> None:
        await app.until_shown("open", "the reply is lost")
        await pilot.press("r", "n")
        assert course.first.stub.read_text() == work
        await pilot.press("r", "y")
        await app.until_shown("said", "keys.py.before-reset-1")
        await app.until_shown("open", "is still to be written")

    watch(steps)
    assert course.first.stub.read_text() == untouched
    assert course.first.stub.with_name("keys.py.before-reset-1").read_text() == work


def test_the_page_is_said(watch: Callable[..., None]) -> None:
    """`p` says where the concept page is: its address, or its file where nothing is served."""

    async def served(app: Seen, pilot: Pilot[None]) -> None:
        await pilot.press("p")
        await app.until_shown("said", "http://127.0.0.1:9/concepts/4_module/41_dedup_key/")
        await pilot.press("x")
        await app.until(lambda: app.shown("said") == "")

    async def not_served(app: Seen, pilot: Pilot[None]) -> None:
        await pilot.press("p")
        await app.until_shown("said", "docs/concepts/4_module/41_dedup_key.md")

    watch(served, pages="http://127.0.0.1:9/")
    watch(not_served)


@pytest.mark.parametrize("size", [NARROW, SIZE, (150, 40)])
def test_every_line_fits_its_terminal(
    course: CliCourse, watch: Callable[..., None], size: tuple[int, int]
) -> None:
    """From 60 columns on, nothing is cut off: text, timeline, promises and keys."""
    course.spoil(course.first)

    async def steps(app: Seen, pilot: Pilot[None]) -> None:
        await app.until_shown("open", "when somebody thinks")
        for name in ("head", "open", "below", "beside", "state"):
            part = app.query_one(f"#{name}", Static)
            widest = max((len(line) for line in app.shown(name).splitlines()), default=0)
            if part.display and part.region.width:
                assert widest <= part.content_region.width, name
        side = app.query_one("#side")
        assert side.display is (size[0] == 150)

    watch(steps, size=size)


def test_a_resize_wraps_anew(course: CliCourse, watch: Callable[..., None]) -> None:
    """A terminal that becomes narrow shows the same words on more lines."""
    course.spoil(course.first)

    async def steps(app: Seen, pilot: Pilot[None]) -> None:
        await app.until_shown("open", "when somebody thinks")
        before = len(app.shown("open").splitlines())
        await pilot.resize_terminal(*NARROW)
        await app.until(lambda: len(app.shown("open").splitlines()) > before)

    watch(steps)


def test_quitting_leaves_nothing_running(watch: Callable[..., None]) -> None:
    """`q` ends the threads that listen and grade, also in the middle of a run."""

    async def steps(app: Seen, pilot: Pilot[None]) -> None:
        await app.until_shown("state", "is graded")
        await pilot.press("q")

    watch(steps, with_=StepGrader())
    names = {thread.name for thread in threading.enumerate()}
    assert not names & {"saves", "session"}


def test_the_picture_of_the_readme_loads_nothing(course: CliCourse, tmp_path: Path) -> None:
    """It shows the watcher with a broken promise, and asks no other host for a font."""
    from halfway.cli.picture import picture

    mutant = write_out(course.first, course.first.mutants[0], tmp_path)
    svg = asyncio.run(picture(course.first, mutant))
    readme = (Path(__file__).resolve().parents[2] / "docs" / "assets" / "watcher.svg").read_text(
        encoding="utf-8"
    )
    for drawn in (svg, readme):
        assert "Saw" in drawn
        assert "url(http" not in drawn
        assert "@font-face" not in drawn
    assert not course.progress_file.exists()
