"""Runs a page's failing program when the site is built, so that its output on the page is a real one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from halfway.site.cache import Cache, contents, digest, own_code
from halfway.site.errors import Wrong

TIME_LIMIT_S = 10.0
KEPT_FROM_ENVIRONMENT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LANG")


@dataclass(frozen=True)
class Ran:
    """What a program printed, and the last line of its traceback if it ended with an error."""

    printed: str
    error: str = ""


def ran(program: Path, cache: Cache) -> Ran:
    """Runs `program`, or remembers what the same program printed. Raises Wrong if it prints nothing."""
    key = "program-" + digest(_ingredients(program))
    known = cache.get(key)
    if known is not None:
        return Ran(**json.loads(known))
    result = _run(program)
    cache.put(key, json.dumps(asdict(result)))
    return result


def _ingredients(program: Path) -> list[bytes | str]:
    """Everything that the output may depend on: the folder's programs, the simulation, and this Python."""
    beside = sorted(program.parent.glob("*.py"))
    return [program.name, sys.version, *contents(beside), *contents(own_code("sim", "kit", "subject"))]


def _run(program: Path) -> Ran:
    kept = {name: os.environ[name] for name in KEPT_FROM_ENVIRONMENT if name in os.environ}
    environment = kept | {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    with tempfile.TemporaryDirectory() as empty:
        try:
            done = subprocess.run(
                [sys.executable, "-P", str(program)],
                cwd=empty,  # what a program writes is gone with it
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=TIME_LIMIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Wrong(f"{program.name} was still running after {TIME_LIMIT_S:g} s") from None
    error = done.stderr.strip().splitlines()[-1] if done.returncode and done.stderr.strip() else ""
    if not done.stdout.strip() and not error:
        raise Wrong(f"{program.name} prints nothing (exit code {done.returncode})")
    return Ran(done.stdout, error)
