"""What the watcher shows on top of the verdict: a text, a question, a choice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from halfway.catalog import UnitFiles
from halfway.cli.common import mark, title
from halfway.cli.progress import Progress

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Card(ModalScreen[None]):
    """Shows a text until a key closes it; `again` is called for the key that asks for more."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "Close"),
        Binding("h", "more", "More"),
    ]

    def __init__(self, title: str, text: str, again: Callable[[], None] | None = None) -> None:
        super().__init__()
        self._title, self._text, self._again = title, text, again

    def compose(self) -> ComposeResult:
        """Places the text."""
        with VerticalScroll(classes="card") as card:
            card.border_title = self._title
            card.border_subtitle = "Esc closes"
            yield Static(Text(self._text))

    def action_more(self) -> None:
        """Closes, and shows what comes next."""
        self.dismiss()
        if self._again is not None:
            self._again()


class Question(ModalScreen[bool]):
    """Asks for a yes or a no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n,escape,q", "answer(False)", "No"),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """Places the question."""
        with VerticalScroll(classes="card") as card:
            card.border_subtitle = "y yes   n no"
            yield Static(Text(self._text))

    def action_answer(self, yes: bool) -> None:
        """Ends with the answer."""
        self.dismiss(yes)


class Choice(ModalScreen[str | None]):
    """Lets the learner choose a unit; ends with its slug, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,l", "dismiss(None)", "Close")]

    def __init__(self, units: list[UnitFiles], here: UnitFiles, progress: Progress) -> None:
        super().__init__()
        self._units, self._here, self._progress = units, here, progress

    def compose(self) -> ComposeResult:
        """Places one line for each unit."""
        choice = OptionList(*(Option(self._line(unit), unit.slug) for unit in self._units), classes="card")
        choice.highlighted = [unit.slug for unit in self._units].index(self._here.slug)
        choice.border_title = "Units"
        choice.border_subtitle = "Enter goes there   Esc closes"
        yield choice

    def _line(self, unit: UnitFiles) -> Text:
        return Text(f"{mark(self._progress.unit(unit.slug))} {unit.number}  {title(unit)}")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Ends with the chosen unit."""
        self.dismiss(event.option.id)
