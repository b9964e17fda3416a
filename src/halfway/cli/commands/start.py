"""`halfway start`: the pages, and the terminal beside them."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from halfway import catalog, interpreter
from halfway.cli import address, warm
from halfway.cli.building import build, site_folder
from halfway.cli.common import all_units, warn
from halfway.cli.files import can_be_written, notes_folder
from halfway.cli.problem import Problem
from halfway.cli.serving import PORT, PORTS, serving

BACKGROUND = "from halfway.cli.background import main; sys.exit(main())"


@click.command("start")
@click.argument("unit", required=False)
@click.option(
    "--port",
    type=PORTS,
    default=PORT,
    show_default=True,
    help="Where to serve the pages; the next free one if taken.",
)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--plain", is_flag=True, help="Plain lines, without the full-screen view.")
def start_command(unit: str | None, port: int, no_browser: bool, plain: bool) -> None:
    """Show the pages in the browser and watch your file in this terminal.

    This is what `python3 course.py` does.
    """
    from halfway.cli.commands.watch import watch

    warm.start()
    units = all_units()
    course, out = units[0].course, site_folder(units[0].course)
    if not out.is_dir():
        _build_first(course, out)
    with _kept_fresh(course, out), _pages(course, out, port, browser=not no_browser) as pages:
        watch(unit, plain=plain, pages=pages)


def _build_first(course: Path, out: Path) -> None:
    """Builds the pages before the first start; the course works without them too."""
    warn("Building the pages. This happens once; later only what has changed is built.")
    try:
        build(course, out, lambda text: warn(f"  {text}"))
    except Problem as problem:
        warn(f"{problem}\nThe watcher works without the pages.")


@contextmanager
def _kept_fresh(course: Path, out: Path) -> Iterator[None]:
    """Builds what has changed since the last start, while the learner works and out of their way."""
    can_build = out.is_dir() and can_be_written(out) and not catalog.is_edition(course)
    output = _log(course) if can_build else None
    if output is None:
        yield
        return
    with output:
        run = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
            interpreter.command(BACKGROUND, str(out.absolute())),
            env=interpreter.environment(HALFWAY_COURSE=str(course)),
            cwd=course,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
    finally:
        if run.poll() is None:
            run.terminate()
        run.wait()


def _log(course: Path) -> IO[str] | None:
    """Opens the log of the build; None in a folder that cannot be written, where nothing can be built."""
    path = notes_folder(course) / "site.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w", encoding="utf-8")
    except OSError:
        return None


@contextmanager
def _pages(course: Path, out: Path, port: int, *, browser: bool) -> Iterator[str | None]:
    if not out.is_dir():
        yield None
        return
    with serving(out, port) as where, address.noted(course, where):
        warn(f"The pages are at {where}")
        if browser:
            threading.Thread(target=address.open_in_browser, args=(where,), daemon=True).start()
        yield where
