"""`halfway start` and `halfway site`: the pages, and the terminal beside them."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from halfway import catalog, interpreter
from halfway.cli import address, warm
from halfway.cli.codes import Exit
from halfway.cli.common import all_units, say, warn
from halfway.cli.files import can_be_written, notes_folder, own_folder
from halfway.cli.problem import Problem
from halfway.cli.serving import PORT, serving

PORTS = click.IntRange(1, 65_535)
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


def site_folder(course: Path) -> Path:
    """Gives the folder of the built pages; an edition brings them along."""
    built = course / ("site" if catalog.is_edition(course) else ".site")
    if built.is_dir() or can_be_written(built):
        return built
    return own_folder(course) / "site"


@click.command("site")
@click.option(
    "--build",
    "out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Build the pages into this folder.",
)
@click.option("--serve", is_flag=True, help="Serve the pages until Ctrl-C.")
@click.option(
    "--port",
    type=PORTS,
    default=PORT,
    show_default=True,
    help="Where to serve them; the next free one if taken.",
)
@click.option(
    "--check", "published", metavar="URL", help="Say what the host at URL does wrong with the pages."
)
def site_command(out: Path | None, serve: bool, port: int, published: str | None) -> int:
    """Build the pages, and serve them with --serve. Builds only what has changed."""
    if published is not None:
        return _checked(published)
    course = catalog.root()
    target = out or site_folder(course)
    build(course, target, click.echo)
    if not serve:
        say(f"The pages are in {target}. Next: `halfway site --serve` shows them.")
        return Exit.KEPT
    with serving(target, port) as where, address.noted(course, where):
        click.echo(f"The pages are at {where} (Ctrl-C ends)")
        _wait_for_ctrl_c()
    return Exit.KEPT


def _checked(published: str) -> int:
    """Asks the host, as a browser would, and says what it finds."""
    from halfway.site import check

    try:
        found = check.check(published)
    except check.NotThere as reason:
        raise Problem(
            "There is no site of the course to check there.",
            str(reason),
            "Next: give the address of the site's first page, as in `halfway site --check https://example.org/course/`.",
            Exit.NOTHING_TO_GRADE,
        ) from None
    for finding in found:
        click.echo(f"✗ {finding}")
    if not found:
        click.echo("✓ The host serves the pages as a browser needs them.")
    return Exit.BROKEN if found else Exit.KEPT


def build(course: Path, out: Path, say: Callable[[str], None]) -> None:
    """Brings the pages in `out` up to date. Raises Problem where a page is wrong or the tool is missing."""
    if catalog.is_edition(course):
        _require_built(out, site_folder(course))
        return
    with tools("The pages were not built; the ones from before are untouched."):
        from halfway.site import build as build_site

        build_site(out, course=course, progress=say)


@contextmanager
def tools(what: str) -> Iterator[None]:
    """Turns a page that is wrong, and a tool that is missing, into a Problem; `what` says what came of it."""
    try:
        from halfway.site import SiteError

        yield
    except SiteError as error:
        raise Problem(
            what,
            "\n".join(error.problems),
            "Next: repair what is named above, and type the same again.",
            Exit.CHECKER_FAULT,
        ) from None
    except ModuleNotFoundError as error:
        raise Problem(
            f"The tools that build the pages are not installed ({error.name}).",
            "",
            "Next: `python3 course.py site` installs them.",
            Exit.NOTHING_TO_GRADE,
        ) from None


def _require_built(out: Path, built: Path) -> None:
    """An edition has its pages, and nothing to build others from."""
    if out.resolve() != built.resolve() or not built.is_dir():
        raise Problem(
            "The pages of this edition come with it, and cannot be built from it.",
            f"They belong into {built}.",
            "Next: `halfway site --serve` shows them; where they are gone, take a fresh copy of the edition.",
            Exit.NOTHING_TO_GRADE,
        )


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


def _wait_for_ctrl_c() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo()
