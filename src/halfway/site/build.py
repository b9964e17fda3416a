"""Builds the site: whole or not at all, and only if something changed."""

from __future__ import annotations

import logging
import os
import shutil
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from halfway import catalog
from halfway.files import write_whole
from halfway.site import web
from halfway.site.errors import SiteError
from halfway.site.stamp import stamp

MARK = ".halfway-site"
# A folder beside the site that nobody has touched for so long belongs to a build that is over.
FORGOTTEN_S = 600
Progress = Callable[[str], None]


@dataclass(frozen=True)
class BuildReport:
    """What a build did: `built` is False if the site was up to date; `note` says what it does without."""

    out: Path
    built: bool
    pages: int
    seconds: float
    note: str = ""


class _Problems(logging.Handler):
    """Collects what mkdocs complains about, one line each."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def build(
    out: Path, *, course: Path | None = None, again: bool = False, progress: Progress = print
) -> BuildReport:
    """Brings the folder `out` up to date with the course: the whole new site, or the old one untouched.

    Does nothing if nothing that goes into the site has changed, unless `again` says to build anyway.
    Raises SiteError if a page is wrong.
    Left behind, however it stops: the old site or the new one, and perhaps a folder beside it that the next
    build removes.
    """
    began = time.perf_counter()
    course = (course or catalog.root()).resolve()
    out = out.resolve()
    _tidy(out)
    wanted = stamp(course)
    known = _mark(out)
    if known[:1] == [wanted] and not again:
        return BuildReport(out, False, int(known[1]), time.perf_counter() - began, known[2])
    note = _note(web.assets(course, progress))
    if note:
        progress(note)
    progress("building the pages")
    fresh = out.with_name(f"{out.name}.new-{os.getpid()}")
    _mkdocs(course, fresh)
    pages = sum(1 for _ in fresh.rglob("index.html"))
    write_whole(fresh / MARK, f"{wanted}\n{pages}\n{note}\n", lasting=False)
    _exchange(fresh, out)
    return BuildReport(out, True, pages, time.perf_counter() - began, note)


def _note(assets: web.Assets) -> str:
    return (
        f"Diagrams are shown as text, and there is no editor in the pages: {assets.missing}."
        if assets.missing
        else ""
    )


def _mark(out: Path) -> list[str]:
    try:
        return (out / MARK).read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return []


def _tidy(out: Path) -> None:
    """Puts back, or away, what a build that was killed has left beside `out`."""
    for old in sorted(out.parent.glob(f"{out.name}.old-*")):
        if not out.exists():
            old.replace(out)
    for left in (*out.parent.glob(f"{out.name}.old-*"), *out.parent.glob(f"{out.name}.new-*")):
        if time.time() - left.stat().st_mtime > FORGOTTEN_S:
            shutil.rmtree(left, ignore_errors=True)


def _exchange(fresh: Path, out: Path) -> None:
    """Puts the new folder in the place of the old one."""
    old = out.with_name(f"{out.name}.old-{os.getpid()}")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.replace(old)
    fresh.replace(out)
    shutil.rmtree(old, ignore_errors=True)


def _mkdocs(course: Path, fresh: Path) -> None:
    shutil.rmtree(fresh, ignore_errors=True)
    with _quiet_tools(), _problems() as problems:
        from mkdocs.commands.build import build as build_pages
        from mkdocs.config import load_config
        from mkdocs.exceptions import Abort, MkDocsException

        try:
            config = load_config(str(course / "mkdocs.yml"), site_dir=str(fresh))
            config.plugins.on_startup(command="build", dirty=False)
            build_pages(config)
        except (Abort, MkDocsException) as error:
            shutil.rmtree(fresh, ignore_errors=True)
            raise SiteError(problems.lines or [str(error)]) from None


@contextmanager
def _problems() -> Iterator[_Problems]:
    """Hears the warnings of mkdocs and its plugins, and keeps them from the terminal."""
    problems, logger = _Problems(), logging.getLogger("mkdocs")
    logger.addHandler(problems)
    try:
        yield problems
    finally:
        logger.removeHandler(problems)


@contextmanager
def _quiet_tools() -> Iterator[None]:
    """Keeps notices of third parties, and the day of the build, out of what we make."""
    ours = {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", "315532800")}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
