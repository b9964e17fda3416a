"""The report of a class of a thousand learners and twenty-six units: how long it takes to write, and to open.

    python benchmarks/report.py [learners] [units]

A unit that is not written yet is one that is, under another number. Half of the class has handed in an
answer, a quarter the stub with a line of its own, a quarter nothing. Opened in Chromium from the disk, as an
instructor does: until the page is loaded and drawn, and until it has drawn another choice of its filter.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from page import FLAGS, NAMES
from playwright.sync_api import Page, sync_playwright

from halfway import catalog
from halfway.grading import Grader
from halfway.review.gradebook import Gradebook, Graded, Learner, Summary, keep
from halfway.review.intake import Handed, Person
from halfway.review.report import write_report

LEARNERS, UNITS, ROUNDS = 1_000, 26, 5
OPEN_S = 1.0
PARTS = ("exercises", "solutions", "tests/exercises")
SHOWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def course(folder: Path, count: int) -> list[catalog.UnitFiles]:
    """Gives so many units, each a copy of one that there is."""
    there = catalog.units()
    (folder / "mkdocs.yml").write_text("site_name: benchmark\n")
    made = []
    for place in range(count):
        unit = there[place % len(there)]
        slug = (
            unit.slug if place < len(there) else f"ex{80 + place - len(there)}_{unit.slug.partition('_')[2]}"
        )
        for part in PARTS:
            shutil.copytree(unit.course / part / unit.slug, folder / part / slug)
        made.append(catalog.UnitFiles(slug, folder))
    return sorted(made, key=lambda unit: unit.slug)


def told(units: list[catalog.UnitFiles], verdicts: Path) -> dict[str, list[tuple[bytes, Summary]]]:
    """Gives for each unit contents with their verdicts: right, and one stub with a line of its own."""
    found: dict[str, list[tuple[bytes, Summary]]] = {}
    with Grader() as grader:
        for unit in catalog.units():
            name = unit.slug.partition("_")[2]
            for which, path in (("right", unit.solution), ("stub", unit.stub)):
                data = path.read_bytes() + (b"# mine\n" if which == "stub" else b"")
                summary = keep(grader.grade(unit.slug, path), f"{name}-{which}", verdicts)
                found.setdefault(name, []).append((data, summary))
    return {unit.slug: found[unit.slug.partition("_")[2]] for unit in units}


def gradebook(units: list[catalog.UnitFiles], verdicts: Path, count: int) -> Gradebook:
    """Gives a class of so many."""
    contents = told(units, verdicts)
    learners = []
    for number in range(count):
        name = f"Learner {number:04}"
        graded = {}
        for place, unit in enumerate(units):
            kind = (number * 7 + place * 3) % 4
            if kind == 3:  # this one has handed in nothing
                continue
            data, summary = contents[unit.slug][kind == 2]
            graded[unit.slug] = Graded(Handed(name, unit.slug, unit.file, data), summary)
        learners.append(Learner(Person(name, name, name), graded))
    promises = {unit.slug: unit.promises() for unit in units}
    return Gradebook(units, learners, [], "benchmark", False, promises)


def opened(page: Page, path: Path) -> Iterator[tuple[str, float]]:
    """Gives what is timed, with its seconds."""
    began = time.perf_counter()
    page.goto(path.as_uri(), wait_until="load")
    page.evaluate(SHOWN)
    yield "opened, drawn", time.perf_counter() - began
    began = time.perf_counter()
    page.locator("fieldset.filter label", has_text="every promise kept").click()
    page.evaluate(SHOWN)
    yield "filtered, drawn", time.perf_counter() - began


def main() -> None:
    """Prints one table."""
    learners, count = [int(word) for word in sys.argv[1:3]] or [LEARNERS, UNITS]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name).resolve()
        units = course(folder, count)
        out = folder / "report"
        book = gradebook(units, out / "verdicts", learners)
        began = time.perf_counter()
        write_report(book, out, datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
        written = time.perf_counter() - began
        path = next(filter(None, map(shutil.which, NAMES)), None)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        found: dict[str, list[float]] = {}
        for _ in range(ROUNDS):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            for what, seconds in opened(page, out / "index.html"):
                found.setdefault(what, []).append(seconds)
            page.close()
        browser.close()
        pages = sum(1 for _ in out.rglob("*.html"))
        print(f"{learners} learners, {count} units: {pages} pages written in {written:.1f} s")
        print(f"index.html: {(out / 'index.html').stat().st_size / 1000:,.0f} KB")
    for what, seconds in found.items():
        median = statistics.median(seconds)
        held = "yes" if median < OPEN_S else "NO"
        print(f"{what:16} {median:.2f} s  ({min(seconds):.2f} to {max(seconds):.2f})  {held}")


if __name__ == "__main__":
    main()
