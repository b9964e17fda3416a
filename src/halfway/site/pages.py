"""Turns the source of a page into Markdown that mkdocs understands: directives become what they ask for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from halfway.catalog import BadUnit, CatalogError, UnitFiles, originals
from halfway.site import cards, directives, door, maps, programs, stories
from halfway.site.cache import Cache
from halfway.site.directives import Directive
from halfway.site.errors import Wrong
from halfway.site.html import UNSEARCHED
from halfway.site.published import published
from halfway.site.starts import started

LINES_OPEN = 30
PYTHON = ".venv/bin/python"
"""The Python of the course, from its folder: programs of pages import `halfway`."""
Problem = Callable[[str], None]


@dataclass(frozen=True)
class Page:
    """One page of the course: its source, the unit it belongs to (or None), and where results are kept."""

    course: Path
    source: Path
    cache: Cache

    @property
    def unit(self) -> UnitFiles | None:
        """The unit whose concept page this is."""
        for unit in published(self.course):
            with suppress(BadUnit):  # whatever lists the units says what is wrong with one
                if unit.concept == self.source:
                    return unit
        return None

    @property
    def names(self) -> set[str]:
        """The names of all directives on this page."""
        return {directive.name for directive in directives.find(self.source.read_text(encoding="utf-8"))}

    @property
    def name(self) -> str:
        """The page as an author knows it, below the course folder."""
        return self.source.relative_to(self.course).as_posix()

    def expanded(self, text: str, first_line: int, problem: Problem) -> str:
        """Gives `text` with its directives replaced; tells `problem` page, line and reason of a wrong one."""

        def replace(directive: Directive) -> str:
            try:
                return self._replaced(directive)
            except (Wrong, CatalogError, OSError) as error:
                reason = " ".join(str(error).split("\n"))
                problem(f"{self.name}:{directive.line}: {reason}")
                return f'<p class="site-problem">{directive.name}: {reason}</p>'

        return directives.expand(text, replace, first_line)

    def _replaced(self, directive: Directive) -> str:
        ask = REPLACEMENTS.get(directive.name)
        if ask is None:
            known = ", ".join(sorted(REPLACEMENTS))
            raise Wrong(f"there is no directive {directive.name!r}; there are: {known}")
        if directive.indent:
            raise Wrong(f"the directive {directive.name!r} has to begin at the start of its line")
        needs_argument = directive.name in WITH_ARGUMENT
        if directive.name not in WITH_WORDS and needs_argument != bool(directive.argument):
            wanted = f"{directive.name}: {WITH_ARGUMENT.get(directive.name, '')}".rstrip(": ")
            raise Wrong(f"write this directive as <!-- {wanted} -->")
        return ask(self, directive.argument)

    def own_unit(self) -> UnitFiles:
        """Gives the unit of this page. Raises Wrong if no exercise.toml names the page."""
        unit = self.unit
        if unit is None:
            raise Wrong("no exercise.toml names this page as its concept")
        return unit

    def file(self, relative: str) -> Path:
        """Gives a Python file beside the page. Raises Wrong if it is not there."""
        path = (self.source.parent / relative).resolve()
        if path.suffix != ".py" or not path.is_relative_to(self.source.parent) or not path.is_file():
            raise Wrong(f"there is no program {relative!r} beside this page")
        return path


def _map(page: Page, _: str) -> str:
    return f"```mermaid\n{maps.placement(page.own_unit()).mermaid()}\n```"


def _program(page: Page, relative: str) -> str:
    """Gives a program in one element, in which a page runs it; the command is for a terminal.

    What a page cannot run says so, as `data-starts`, and is offered for a terminal alone.
    """
    path = page.file(relative)
    command = f"{PYTHON} {path.relative_to(page.course).as_posix()}"
    needs = started(path.read_text(encoding="utf-8"))
    told = f'data-command="{command}"' + (f' data-starts="{needs}"' if needs else "")
    opening = f'<div class="program" data-program="{path.name}" {told} markdown="1">'
    return f"{opening}\n\n{_block(path, path.name)}\n\n</div>"


def _output(page: Page, relative: str) -> str:
    result = programs.ran(page.file(relative), page.cache)
    return stories.output(result.printed, result.error)


def _door(page: Page, argument: str) -> str:
    return door.picture(page.course, argument, page.cache)


def _story(page: Page, mutant: str) -> str:
    return stories.story(page.own_unit(), mutant, page.cache)


def _examples(page: Page, words: str) -> str:
    """Gives the examples and what the page says of them in one element: a lab puts it before its editor."""
    unit = page.own_unit()
    code = _short(_block(unit.examples, unit.shown(unit.examples)), "Show the examples")
    opening = f'<div class="examples" data-unit="{unit.slug}" {UNSEARCHED} markdown="1">'
    return f"{opening}\n\n{words}\n\n{code}\n\n</div>"


def _stub(page: Page, _: str) -> str:
    """Gives the stub and its command in one element; `data-unit` tells a page's editor what it holds."""
    unit = page.own_unit()
    stub = originals.original_stub(unit) or unit.stub.read_text(encoding="utf-8")
    code = _short(_fenced(stub, unit.shown(unit.stub)), "Show the file that you edit")
    terminal = f'```{{.console title="in a terminal"}}\n{cards.command(unit)}\n```'
    opening = f'<div class="stub" data-unit="{unit.slug}" {UNSEARCHED} markdown="1">'
    own = f"{opening}\n\n{code}\n\n{terminal}\n\n</div>"
    return "\n\n".join([*_given(unit), own])


def _given(unit: UnitFiles) -> list[str]:
    """Gives the files that stand beside the stub to be read, where there are any."""
    words = "your file imports it, and it is judged with the course's own copy"
    return [
        _short(_block(unit.given_copy(name), unit.shown(unit.folder / name)), f"Show {name}: {words}")
        for name in unit.given
    ]


def _short(block: str, summary: str) -> str:
    """Gives a block of code as it is, or folded if it would push the page apart."""
    lines = block.count("\n") - 1
    if lines <= LINES_OPEN:
        return block
    opening = f'<details class="code" {UNSEARCHED} markdown="1">'
    return f"{opening}\n<summary>{summary}<span>{lines} lines</span></summary>\n\n{block}\n\n</details>"


def _card(page: Page, _: str) -> str:
    return cards.exercise(page.own_unit(), steps="stub" not in page.names)


def _units(page: Page, _: str) -> str:
    return cards.units(page.course, page.source)


def _block(path: Path, title: str) -> str:
    return _fenced(path.read_text(encoding="utf-8"), title)


def _fenced(code: str, title: str) -> str:
    fence = "````" if "```" in code else "```"
    return f'{fence}{{.python title="{title}"}}\n{code.rstrip()}\n{fence}'


REPLACEMENTS: dict[str, Callable[[Page, str], str]] = {
    "card": _card,
    "door": _door,
    "examples": _examples,
    "map": _map,
    "output": _output,
    "program": _program,
    "story": _story,
    "stub": _stub,
    "units": _units,
}
WITH_ARGUMENT = {
    "door": "UNIT MUTANT",
    "output": "programs/NAME.py",
    "program": "programs/NAME.py",
    "story": "MUTANT",
}
WITH_WORDS = ("examples",)
"""What may have a sentence as its argument, which goes where the directive's element goes."""
