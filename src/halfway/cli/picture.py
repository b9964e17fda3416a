"""`python -m halfway.cli.picture UNIT MUTANT OUT.svg`: the picture of the watcher that the README shows."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from halfway.catalog import UnitFiles, find, units, write_out
from halfway.cli.watcher.screen import Watcher
from halfway.cli.watcher.session import Done
from halfway.files import write_whole
from halfway.grading import Grader

if TYPE_CHECKING:
    from halfway.grading.collector import Tell
    from halfway.grading.verdict import Verdict

SIZE = (106, 42)
SECONDS_MAX = 60
# The picture is shown by whoever opens it, and asks nobody else for a font.
FONTS_FROM_ELSEWHERE = re.compile(r"@font-face \{.*?\}\n?", re.DOTALL)
OWN_FONTS = "ui-monospace, 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"


class _OfMutant:
    """Grades a wrong idea in the place of the learner's file."""

    def __init__(self, grader: Grader, mutant: Path) -> None:
        self._grader, self._mutant = grader, mutant

    def grade(self, slug: str, *, on_event: Tell | None = None) -> Verdict:
        return self._grader.grade(slug, self._mutant, on_event=on_event)

    def cancel(self) -> None:
        self._grader.cancel()


class _Sitter(Watcher):
    """A watcher that notes nothing, and says when its verdict is on the screen."""

    def __init__(self, unit: UnitFiles, grader: _OfMutant) -> None:
        super().__init__(unit, units(unit.course), grader)
        self.graded = asyncio.Event()

    def _note(self, done: Done) -> None:
        self.call_from_thread(self.graded.set)


async def picture(unit: UnitFiles, mutant: Path) -> str:
    """Gives the watcher's screen with the verdict on the mutant, as SVG that loads nothing."""
    with Grader(unit.course) as grader:
        app = _Sitter(unit, _OfMutant(grader, mutant))
        async with app.run_test(size=SIZE) as pilot:
            async with asyncio.timeout(SECONDS_MAX):
                await app.graded.wait()
            await pilot.pause()
            svg = app.export_screenshot(title="halfway")
    svg = FONTS_FROM_ELSEWHERE.sub("", svg)
    return re.sub(r"font-family: ?[^;]+;", f"font-family: {OWN_FONTS};", svg)


def main() -> int:
    """Writes the picture of one unit's mutant."""
    unit = find(sys.argv[1])
    with TemporaryDirectory() as folder:
        mutant = write_out(unit, unit.mutant(sys.argv[2]), Path(folder))
        write_whole(Path(sys.argv[3]), asyncio.run(picture(unit, mutant)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
