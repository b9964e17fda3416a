"""`halfway release`: the learners' edition works, in a terminal and in its pages, and keeps out of sight."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import site_course
from cli_course import SECONDS_MAX, end, read_until
from lab_page import WAIT_MS, LabPage

from halfway import catalog
from halfway.catalog import edition as out_of_sight
from halfway.site import Server, build
from halfway.site.build import BuildReport
from halfway.site.release import NotReleasedError, release

if TYPE_CHECKING:
    from playwright.sync_api import Browser

COURSE = Path(__file__).resolve().parents[2]
READABLE, HIDDEN = ("exercises", "docs", "src"), ("solutions", "tests/exercises")
TEXTS = {".py", ".md", ".txt", ".toml"}
LINE_MIN = 20
"""A shorter line (`return key`) may stand anywhere."""
UNIT = "ex41_dedup_key"
PRINTED = re.compile(rb"[^\x00-\x08\x0e-\x1f]{%d,}" % LINE_MIN)
"""Where a line can stand in a file that is no text: it has no control characters."""
WORD = re.compile(r"[A-Za-z_0-9]+")
INNER = re.compile(r"(?<=[^A-Za-z_0-9])[A-Za-z_0-9]+(?=[^A-Za-z_0-9])")
"""A word of a line that stands as a whole word wherever the line does."""
SPELLINGS = {
    "\\n": "\n",
    '\\"': '"',
    "&quot;": '"',
    "&#34;": '"',
    "&#39;": "'",
    "&lt;": "<",
    "&gt;": ">",
    "&amp;": "&",
}
SPELLING = re.compile("|".join(map(re.escape, SPELLINGS)))
STORY = re.compile(r"^<!-- story: (\w+) -->$", re.MULTILINE)
NAMES = re.compile(r"(Caught by:|test_\w+|[\s,])*")
"""The names of promises, which every verdict shows."""


@pytest.fixture(scope="module")
def edition(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh edition of this course. Its build begins with the site that the other tests have built:

    pages that are not what they would be anew are built anew, as by every build.
    """
    out = tmp_path_factory.mktemp("release") / "edition"

    def begun(pages: Path, *, course: Path, progress: Callable[[str], None]) -> BuildReport:
        shutil.copytree(site, pages)
        return build(pages, course=course, progress=progress)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("halfway.site.release.build", begun)
        release(out, COURSE, progress=lambda _: None)
    return out


def environment(edition: Path) -> dict[str, str]:
    """The edition's own grader is the one that runs, and nothing names another course."""
    kept = {name: value for name, value in os.environ.items() if name != "HALFWAY_COURSE"}
    return {**kept, "PYTHONPATH": str(edition / "src"), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}


def typed(edition: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Types `halfway WORDS` in the folder of the edition."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "halfway.cli", *words],
        cwd=edition,
        env=environment(edition),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS_MAX,
        check=False,
    )


def files_below(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


@cache
def hidden_lines() -> set[str]:
    """Gives every line of suites, answers, wrong programs and notes that no readable file holds as well."""
    told = "\n".join(
        path.read_text(encoding="utf-8")
        for name in READABLE
        for path in files_below(COURSE / name)
        if path.suffix in TEXTS
    )
    hidden = [path for name in HIDDEN for path in files_below(COURSE / name) if path.suffix in TEXTS]
    written = [*(path.read_text(encoding="utf-8") for path in hidden), *wrong_programs()]
    lines = {line.strip() for text in written for line in text.splitlines()} - set(told_by_pages())
    lines = {line for line in lines if len(line) >= LINE_MIN and not NAMES.fullmatch(line)}
    return lines - set(Lines(lines).standing_in(told))


class Lines:
    """Lines to look for in many texts, each where all its words are: each everywhere would take minutes."""

    def __init__(self, lines: set[str]) -> None:
        words = {line: frozenset(INNER.findall(line)) for line in lines}
        met = Counter(word for found in words.values() for word in found)
        self._by_rarest: dict[str, list[tuple[str, frozenset[str]]]] = {}
        for line, found in words.items():
            rarest = min(found, key=lambda word: (met[word], word), default="")
            self._by_rarest.setdefault(rarest, []).append((line, found))

    def standing_in(self, text: str) -> Iterator[str]:
        """Gives the lines that the text holds."""
        words = set(WORD.findall(text))
        for rarest in self._by_rarest.keys() & {"", *words}:
            likely = (line for line, found in self._by_rarest[rarest] if found <= words)
            yield from (line for line in likely if line in text)


def wrong_programs() -> Iterator[str]:
    """Gives every wrong program as a whole: its lines stand behind marks in the page of its edit."""
    for unit in catalog.units(COURSE):
        yield from map(unit.program, unit.mutants)


def told_by_pages() -> Iterator[str]:
    """Gives the words of the wrong ideas whose story a page shows, and these words above it."""
    for unit in catalog.units(COURSE):
        for name in STORY.findall(unit.concept.read_text(encoding="utf-8")):
            yield unit.mutant(name).words


# Python's own library shows how a TaskGroup is written.
PYTHONS_OWN = ("stdlib-", "late-")


def contents(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Gives the file, and whatever is packed in it by gzip, xz or zip, however deep."""
    yield name, data
    if data.startswith(b"\x1f\x8b"):
        yield from contents(f"{name}, unpacked", gzip.decompress(data))
    elif data.startswith(b"\xfd7zXZ\0"):
        yield from contents(f"{name}, unpacked", lzma.decompress(data))
    elif data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for inner in packed.namelist():
                yield from contents(f"{name}, {inner}", packed.read(inner))


def shown(lines: Lines, name: str, data: bytes) -> list[str]:
    """Gives where one of the lines can be read, as it is or as JSON or HTML spell it."""
    found = []
    for place, content in contents(name, data):
        if b"\0" in content:
            text = b"\n".join(PRINTED.findall(content)).decode("utf-8", "replace")
        else:
            text = SPELLING.sub(lambda found: SPELLINGS[found[0]], content.decode("utf-8", "replace"))
        found += [f"{place}: {line}" for line in lines.standing_in(text)]
    return found


def test_no_line_that_is_hidden_can_be_read(edition: Path) -> None:
    """No line of a suite, answer, wrong program or note is readable in any file, packed or not."""
    lines = hidden_lines()
    assert len(lines) > 1_000
    assert all(PRINTED.fullmatch(line.encode()) for line in lines)
    looked_for = Lines(lines)
    found = [
        place
        for path in files_below(edition)
        if not path.name.startswith(PYTHONS_OWN)
        for place in shown(looked_for, path.relative_to(edition).as_posix(), path.read_bytes())
    ]
    assert found == []


def test_the_search_would_find_one() -> None:
    """The same search finds lines in what is packed, once it is turned the right way round."""
    unit = catalog.find(UNIT, COURSE)
    lines = Lines(hidden_lines())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
        into.write(unit.suite, "suite.py")
    for pack in (gzip.compress, partial(lzma.compress, check=lzma.CHECK_CRC32)):
        assert len(shown(lines, "unit.bin", pack(packed.getvalue()))) > 100
        assert shown(lines, "unit.bin", out_of_sight.turned(pack(packed.getvalue()))) == []


def test_a_learner_works_in_the_terminal(edition: Path) -> None:
    """Verdict, hint, watcher, solution and reset work there; the README says that hidden is not secret."""
    unit = catalog.find(UNIT, COURSE)
    stub = edition / "exercises" / UNIT / "keys.py"
    untouched = stub.read_text(encoding="utf-8")
    assert "not secret" in (edition / "README.md").read_text(encoding="utf-8")
    assert not (edition / "tests").exists()
    assert not (edition / "solutions").exists()
    graded = typed(edition, "grade", "ex41")
    assert (graded.returncode, f"0 of {len(unit.promises())} promises kept" in graded.stdout) == (1, True)
    assert "1 Where to look" in typed(edition, "hint", "41").stdout
    assert (edition / typed(edition, "page", "41").stdout.partition("\n")[0]).is_file()
    assert typed(edition, "solution", "41").returncode == 1
    stub.write_text(unit.program(unit.mutant("key_per_attempt")), encoding="utf-8")
    assert "Every request needs a key of its own" in typed(edition, "grade", "41").stdout
    stub.write_text(unit.solution.read_text(encoding="utf-8"), encoding="utf-8")
    assert typed(edition, "grade", "41").returncode == 0
    answer = typed(edition, "solution", "41")
    assert answer.stdout.strip() == unit.solution.read_text(encoding="utf-8").strip()
    assert typed(edition, "solution", "41", "--diff").stdout == ""
    assert typed(edition, "reset", "41", "--yes").returncode == 0
    assert stub.read_text(encoding="utf-8") == untouched
    assert not list(edition.rglob("test_dedup_key.py"))


def test_the_programs_of_the_pages_are_there_for_a_terminal(edition: Path) -> None:
    """Each command that a page shows beside a program names a file of the edition."""
    pages = [page.read_text(encoding="utf-8") for page in (edition / "site").rglob("index.html")]
    named = {name for page in pages for name in re.findall(r'data-command="\S+ ([^"]+)"', page)}
    assert named
    assert [name for name in named if not (edition / name).is_file()] == []


def test_the_watcher_works(edition: Path) -> None:
    """A save is graded there, too."""
    run = subprocess.Popen(
        [sys.executable, "-P", "-u", "-m", "halfway.cli", "watch", "51", "--plain"],
        cwd=edition,
        env=environment(edition),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    promises = len(catalog.find("51", COURSE).promises())
    with run:
        assert f"0 of {promises} promises kept" in read_until(run, "promises kept")
        assert end(run) == 0


def test_what_an_edition_cannot_do_is_told(edition: Path, tmp_path: Path) -> None:
    """An author's commands, and building the pages anew, end with 4 and the next command to type."""
    for words in (["prove"], ["review", "class", "--out", "out"], ["site", "--build", str(tmp_path / "out")]):
        run = typed(edition, *words)
        assert (run.returncode, "Next: " in run.stderr) == (4, True), run.stderr
    assert "  prove " not in typed(edition, "--help").stdout
    assert typed(edition, "site").returncode == 0


def test_the_lab_grades_and_shows_the_solution(
    browser: Browser, edition: Path, lab_url: str, address: str, texts: dict[str, str]
) -> None:
    """The pages of the edition run the real grader: a wrong idea, then a right one, then the comparison."""
    with Server(edition / "site") as server:
        context = browser.new_context(reduced_motion="reduce", service_workers="block")
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.goto(server.address + lab_url.removeprefix(address))
        lab = LabPage(page)
        lab.ready()
        lab.types(texts["key_per_attempt"])
        lab.runs("broken")
        assert "Every request needs a key of its own" in lab.lab.inner_text()
        lab.types(texts["solution"])
        lab.runs("kept")
        lab.press("See how others did it")
        page.get_by_text("The two are equal, line by line.").wait_for()
        context.close()


def test_pages_without_a_lab_are_no_edition(tmp_path: Path) -> None:
    """Where what the browser loads cannot be built, that is said, and nothing is left behind."""
    course = site_course.make(tmp_path / "course")
    with pytest.raises(NotReleasedError, match="there is no editor in the pages: the folder web/ is missing"):
        release(tmp_path / "edition", course, progress=lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == ["course"]


def test_nothing_is_overwritten(edition: Path, tmp_path: Path) -> None:
    """A folder with something in it is refused, and stays as it is."""
    (tmp_path / "mine.txt").write_text("mine")
    run = subprocess.run(
        [sys.executable, "-P", "-m", "halfway.cli", "release", str(tmp_path)],
        cwd=COURSE,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS_MAX,
        check=False,
    )
    assert run.returncode == 4
    assert "is not empty" in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
