"""Where the pages are served, for whoever wants to open one."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from halfway.catalog import UnitFiles
from halfway.cli.building import site_folder
from halfway.cli.files import notes_folder
from halfway.files import write_whole

ANSWER_SECONDS_MAX = 0.3


@contextmanager
def noted(course: Path, address: str) -> Iterator[None]:
    """Notes the address for other terminals while the block runs."""
    path = _file(course)
    with suppress(OSError):
        write_whole(path, address + "\n")
    try:
        yield
    finally:
        with suppress(OSError):
            if path.read_text(encoding="utf-8").strip() == address:
                path.unlink()


def served(course: Path) -> str | None:
    """Gives the address of the pages if somebody answers there."""
    try:
        address = _file(course).read_text(encoding="utf-8").strip()
        place = urlsplit(address)
        with socket.create_connection((place.hostname or "", place.port or 0), ANSWER_SECONDS_MAX):
            return address
    except (OSError, ValueError, UnicodeError):
        return None


def of_page(files: UnitFiles, at: str | None = None) -> str | None:
    """Gives the address of the unit's concept page, or None where the pages are not served."""
    base = at or served(files.course)
    if base is None:
        return None
    page = files.concept.relative_to(files.course / "docs").with_suffix("")
    return f"{base.rstrip('/')}/{page.as_posix()}/"


def file_of_page(files: UnitFiles) -> Path:
    """Gives the file in which the unit's page can be read: its source, or in an edition the built page."""
    if files.concept.is_file():
        return files.concept
    page = files.concept.relative_to(files.course / "docs").with_suffix("")
    return site_folder(files.course) / page / "index.html"


def open_in_browser(address: str) -> bool:
    """Opens the address where there is a browser with a window; never one that would take this terminal."""
    if not has_window():
        return False
    import webbrowser

    with suppress(webbrowser.Error, OSError):
        return webbrowser.open(address)
    return False


def has_window() -> bool:
    """Says whether a browser can show itself to whoever sits at this terminal."""
    if "CI" in os.environ or not sys.stdout.isatty():
        return False
    if os.environ.get("BROWSER"):
        return True
    if sys.platform in {"win32", "darwin"}:
        return "SSH_CONNECTION" not in os.environ
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _file(course: Path) -> Path:
    return notes_folder(course) / "address"
