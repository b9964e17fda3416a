"""What the in-page lab loads: Python, the packages and the course, packed once for each content.

Every name but one says what is in its file, so a browser may keep it for ever; `engine.json` says which names
count now, how many bytes each file has, and which promises each unit makes.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import halfway
from halfway import catalog
from halfway.site import bundle, web
from halfway.site.cache import contents, digest
from halfway.site.published import published

FOLDER = "lab"
PACK_LIMIT_S = 180.0
WORKER = "lab/worker-"


@dataclass(frozen=True)
class Lab:
    """The packed files by their names below `lab/`; none, and the reason, where they cannot be made."""

    files: dict[str, Path]
    manifest: str = ""
    missing: str = ""


def lab(course: Path, progress: web.Progress = print) -> Lab:
    """Gives what stands below `lab/` in the site, packing it if this content has not been packed before."""
    built = web.assets(course, progress)
    worker = next((path for name, path in built.files() if name.startswith(WORKER)), None)
    if worker is None:
        return Lab({}, missing=built.missing or "web/ holds no worker")
    try:
        packed = _packed(course, progress)
    except web.NoAssets as reason:
        return Lab({}, missing=str(reason))
    files = {path.name: path for path in sorted(packed.glob("*.bin"))}
    told = json.loads((packed / "files.json").read_text(encoding="utf-8"))
    return Lab({worker.name: worker, **files}, json.dumps(_manifest(course, worker.name, told)))


def _manifest(course: Path, worker: str, told: dict[str, Any]) -> dict[str, Any]:
    units = {unit.slug: _unit(unit) for unit in published(course)}
    return {"schema": 1, "worker": worker, "halfway": halfway.__version__, **told, "units": units}


def _unit(unit: catalog.UnitFiles) -> dict[str, Any]:
    return {
        "file": unit.file,
        "other_machine": "other_machine" in unit.suite.read_text(encoding="utf-8"),
        "hidden": unit.promises(),
        "examples": catalog.promises_in(unit.examples),
    }


def _packed(course: Path, progress: web.Progress) -> Path:
    """Gives the folder with the packed files. Raises NoAssets where they cannot be made."""
    files = bundle.files(course)
    tools = [course / "web" / name for name in ("pack.mjs", "package-lock.json")]
    name = digest([*contents(tools), *(part for file in files for part in file)])
    packed = course / ".halfway" / FOLDER / name
    if packed.is_dir():
        return packed
    progress("packing Python and the grader for the pages")
    half = packed.with_name(f"{web.HALF}{os.getpid()}")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    archive = half / "course.zip"
    archive.write_bytes(bundle.archive(files))
    command = [web.find_node().node, "pack.mjs", str(archive), str(half)]
    web.run(command, course / "web", PACK_LIMIT_S, "Pyodide could not pack the grader")
    archive.unlink()
    _settle(half, packed)
    return packed


def _settle(half: Path, packed: Path) -> None:
    """Puts the whole folder in its place, and drops those of other contents."""
    if packed.is_dir():  # another build was faster
        shutil.rmtree(half, ignore_errors=True)
        return
    half.replace(packed)
    for old in packed.parent.iterdir():
        if old != packed and not old.name.startswith(web.HALF):
            shutil.rmtree(old, ignore_errors=True)
