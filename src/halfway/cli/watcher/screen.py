"""The full-screen watcher: the current unit, its promises as they come, and the first broken one open."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.events import Resize
from textual.message import Message
from textual.widgets import Footer, Static

from halfway.catalog import BadUnit, UnitFiles, exercises_folder
from halfway.cli import address
from halfway.cli.codes import Exit
from halfway.cli.common import now
from halfway.cli.given import changed_given, given_files
from halfway.cli.hints import next_hints
from halfway.cli.pristine import reset
from halfway.cli.problem import Problem
from halfway.cli.progress import Progress
from halfway.cli.spelling import pasted
from halfway.cli.verdicts import note
from halfway.cli.watcher.cards import Card, Choice, Question
from halfway.cli.watcher.saves import Saves
from halfway.cli.watcher.session import Done, Grades, Session, Told
from halfway.cli.watcher.terminal import Lookout
from halfway.cli.watcher.view import View, folded
from halfway.render.terminal import rich_text

WIDE = 126
"""From this many columns on, the list of promises stands beside the open one instead of below it."""
SIDE = 46


class Heard(Message):
    """Something was told by another thread."""

    def __init__(self, told: Told | Path | str | None) -> None:
        super().__init__()
        self.told = told


class Watcher(App[None]):
    """Shows a verdict for each save of one unit's file; goes to another unit only when asked."""

    CSS_PATH = Path(__file__).with_name("screen.tcss")
    TITLE = "Halfway"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - textual declares it so
        (0, "-narrow"),
        (WIDE, "-wide"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "hint", "Hint"),
        Binding("n", "next", "Next"),
        Binding("c", "copy", "Copy"),
        Binding("q", "quit", "Quit"),
        Binding("l", "list", "List"),
        Binding("p", "page", "Page"),
        Binding("r", "reset", "Reset"),
        Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True),
    ]

    def __init__(
        self, unit: UnitFiles, units: list[UnitFiles], grader: Grades, pages: str | None = None
    ) -> None:
        # NO_COLOR asks for no colours at all, not for grey ones.
        super().__init__(ansi_color=True if os.environ.get("NO_COLOR") else None)
        self.unit, self.units, self._pages = unit, units, pages
        self.progress = Progress(unit.course, self._hear)
        self.view = View(unit)
        self._columns = 80
        self._solved = self._count_solved()
        self._session = Session(grader, self._hear, self._note)
        self._saves = Saves(exercises_folder(unit.course), self._hear, self._hear)
        self._lookout = Lookout(_leave)

    def compose(self) -> ComposeResult:
        """Places the head, the open promise, the list of promises and the keys."""
        yield Static(id="head", markup=False)
        with Horizontal():
            with VerticalScroll(id="main"):
                yield Static(id="open", markup=False)
                yield Static(id="below", markup=False)
            with VerticalScroll(id="side", can_focus=False):
                yield Static(id="beside", markup=False)
        yield Static(id="said", markup=False)
        yield Static(id="state", markup=False)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Begins: the file is graded as it is, and then at each save."""
        self.query_main().focus()
        self.say(f"The pages are at {self._pages} and `p` opens the one of this unit." if self._pages else "")
        self._session.start()
        self._saves.start()
        self._lookout.start()
        self.go_to(self.unit)

    def on_unmount(self) -> None:
        """Ends the threads; nothing is left running."""
        self._lookout.stop()
        self._saves.stop()
        self._session.close()

    def go_to(self, unit: UnitFiles) -> None:
        """Shows another unit from now on."""
        self.unit, self.view = unit, View(unit)
        self.draw()
        self._session.ask(unit)

    # ---- what other threads tell

    def _hear(self, told: Told | Path | str | None) -> None:
        self.post_message(Heard(told))

    def _note(self, done: Done) -> None:
        """Runs in the session's thread: writing a file is no work for the thread that draws."""
        note(done.unit, done.verdict, self.progress)
        self._solved = self._count_solved()
        self._hear(None)

    def on_heard(self, message: Heard) -> None:
        """Draws what was told, or wants a verdict on what was saved."""
        told = message.told
        if isinstance(told, str):
            self.say(told)
        elif isinstance(told, Path):
            self._saved(told)
        elif told is None:
            self.draw()
        elif told.unit == self.unit:
            before = self.view.open_id
            self.view.hear(told, now())
            self.draw()
            if self.view.open_id != before:
                self.query_main().scroll_home(animate=False)

    def _saved(self, path: Path) -> None:
        """Wants a verdict on this unit's file; says whose file another one is."""
        if path == self.unit.stub:
            self._session.ask(self.unit)
            return
        if path in given_files(self.unit) and (said := changed_given(self.unit)):
            self.say(said)
            return
        other = next((unit for unit in self.units if unit.stub == path), None)
        if other is not None:
            self.say(
                f"You saved the file of unit {other.number}; this is {self.unit.number}. `l` goes there."
            )

    # ---- drawing

    def say(self, text: str) -> None:
        """Shows a line or two above the keys, until the next key."""
        said = self.screen_stack[0].query_one("#said", Static)
        said.update(pasted(text))
        said.display = bool(text)

    def query_main(self) -> VerticalScroll:
        """Gives the part that scrolls."""
        return self.screen_stack[0].query_one("#main", VerticalScroll)

    def on_resize(self, event: Resize) -> None:
        """Wraps the lines anew."""
        self._columns = event.size.width
        self.draw()

    def draw(self) -> None:
        """Writes everything anew; lines are wrapped here, by the width that there is."""
        if not self.is_running or not self.screen_stack:
            return
        wide = self._columns >= WIDE
        width = self._columns - 5  # the margins, and a scrollbar
        main = width - SIDE - 1 if wide else width
        self._write("head", self.view.head(width, f"{self._solved} of {len(self.units)} solved"))
        self._write("open", folded(self.view.opened(main), main))
        self._write("beside" if wide else "below", self.view.promises(SIDE - 6 if wide else width))
        self._write("state", self.view.state(width))

    def _write(self, name: str, lines: list[list[tuple[str, str]]]) -> None:
        self.screen_stack[0].query_one(f"#{name}", Static).update(rich_text(lines))

    def _count_solved(self) -> int:
        return sum(self.progress.unit(unit.slug).solved for unit in self.units)

    # ---- keys

    def on_key(self) -> None:
        """Takes away what was said for the key before."""
        self.say("")

    def action_hint(self) -> None:
        """Shows one hint more."""
        try:
            texts = next_hints(self.unit, self.progress, key="h")
        except BadUnit as error:
            self.say(str(error))
            return
        text = "\n\n".join(text.removeprefix("## ") for text in texts)
        self.push_screen(Card("Hint", text, again=self.action_hint))

    def action_next(self) -> None:
        """Goes to the unit after this one, solved or not."""
        place = [unit.slug for unit in self.units].index(self.unit.slug)
        if place + 1 < len(self.units):
            self.go_to(self.units[place + 1])
        else:
            self.say("This is the last unit. `l` shows all of them.")

    def action_copy(self) -> None:
        """Copies what is selected, or else the command that tells the open story again."""
        text = self.screen.get_selected_text() or self.view.replay
        if not text:
            self.say("There is nothing to copy: no story is open.")
            return
        # The terminal is asked to take it (OSC 52), and does not answer whether it did.
        self.copy_to_clipboard(text)
        what = text if text == self.view.replay else "what is selected"
        self.say(f"Copied, if your terminal takes it: {what}")

    def action_interrupt(self) -> None:
        """Ctrl-C copies what is selected; where nothing is, it ends the watcher."""
        if self.screen.get_selected_text():
            self.action_copy()
            self.screen.clear_selection()
        else:
            self.exit()

    def action_list(self) -> None:
        """Shows every unit, to choose one."""

        def chosen(slug: str | None) -> None:
            if slug is not None:
                self.go_to(next(unit for unit in self.units if unit.slug == slug))

        self.push_screen(Choice(self.units, self.unit, self.progress), chosen)

    def action_page(self) -> None:
        """Opens the concept page, or says where it is."""
        self._open_page()

    @work(thread=True)
    def _open_page(self) -> None:
        where = address.of_page(self.unit, self._pages)
        if where is None:
            file = self.unit.shown(address.file_of_page(self.unit))
            self._hear(f"The pages are not served. Read {file}, or `halfway start`.")
        else:
            address.open_in_browser(where)
            self._hear(where)

    def action_reset(self) -> None:
        """Asks, then brings the untouched file back; the learner's own is kept beside it."""

        def answered(yes: bool | None) -> None:
            if yes:
                self._reset(self.unit)

        shown = self.unit.shown(self.unit.stub)
        self.push_screen(Question(f"Bring back the untouched {shown}?\nYours is kept beside it."), answered)

    @work(thread=True)
    def _reset(self, unit: UnitFiles) -> None:
        try:
            self._hear(reset(unit))
        except (Problem, OSError) as error:
            self._hear(str(error))
        self._hear(unit.stub)


def _leave() -> None:
    """Ends at once: nobody is there to be asked or told, and reading from there takes no time at all.

    What is written is written whole, and the process that grades ends when nobody asks it any more.
    """
    os._exit(Exit.KEPT)
