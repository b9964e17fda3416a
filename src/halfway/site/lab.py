"""What the in-page lab loads: Python, the packages and the course, packed once for each content.

Every name but one says what is in its file, so a browser may keep it for ever; `engine.json` says which names
count now, how many bytes each file has, and which promises each unit makes. They are packed with xz, which is
a quarter shorter than gzip, and unpacked by the page itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
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
WORKER, UNPACKER = "lab/worker-", "lab/unpack-"
UNIT = "unit-"
SEEN_BYTES = (
    1 << 24
)  # how far back the packer looks for what it has seen; the page keeps as much while it unpacks


@dataclass(frozen=True)
class Lab:
    """The packed files by their names below `lab/`; none, and the reason, where they cannot be made."""

    files: dict[str, Path]
    manifest: str = ""
    missing: str = ""


def lab(course: Path, progress: web.Progress = print) -> Lab:
    """Gives what stands below `lab/` in the site, packing it if this content has not been packed before."""
    built = web.assets(course, progress)
    scripts = [path for start in (WORKER, UNPACKER) for name, path in built.files() if name.startswith(start)]
    if len(scripts) != 2:
        return Lab({}, missing=built.missing or "web/ holds no worker")
    try:
        packed = _packed(course, progress)
    except web.NoAssets as reason:
        return Lab({}, missing=str(reason))
    files = {path.name: path for path in (*scripts, *sorted(packed.glob("*.bin")))}
    told = json.loads((packed / "files.json").read_text(encoding="utf-8"))
    worker, unpacker = (path.name for path in scripts)
    manifest = {"schema": 2, "worker": worker, "unpacker": unpacker, "halfway": halfway.__version__}
    return Lab(files, json.dumps({**manifest, **_told(course, told)}))


def _told(course: Path, told: dict[str, Any]) -> dict[str, Any]:
    """Gives what was noted when the files were packed, and what is known of each unit beside its own file."""
    parts = {name: told["files"].pop(f"{UNIT}{name}") for name in (unit.slug for unit in published(course))}
    return {**told, "units": {unit.slug: _unit(unit, parts[unit.slug]) for unit in published(course)}}


def _unit(unit: catalog.UnitFiles, part: dict[str, Any]) -> dict[str, Any]:
    return {
        "part": part,
        "file": unit.file,
        "other_machine": "other_machine" in unit.suite.read_text(encoding="utf-8"),
        "hidden": unit.promises(),
        "examples": catalog.promises_in(unit.examples),
    }


def _packed(course: Path, progress: web.Progress) -> Path:
    """Gives the folder with the packed files. Raises NoAssets where they cannot be made."""
    files = bundle.files(course)
    tools = [course / "web" / name for name in ("pack.mjs", "pack.py", "early.txt", "package-lock.json")]
    name = digest([*contents([*tools, Path(__file__)]), *(part for file in files for part in file)])
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
    _squeeze(half)
    _settle(half, packed)
    return packed


def _squeeze(folder: Path) -> None:
    """Puts a packed file, under a name that says what is in it, in the place of each of the folder's.

    What holds suites lies in reverse, so that no search finds it by chance.
    """
    told = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    raw = sorted(path for path in folder.iterdir() if path.suffix != ".json")
    with ThreadPoolExecutor(os.cpu_count()) as crew:  # packing lets go of the interpreter
        packed = crew.map(_xz, [path.read_bytes() for path in raw])
        told["files"] = {path.name: _put(path, data) for path, data in zip(raw, packed, strict=True)}
    (folder / "files.json").write_text(json.dumps(told), encoding="utf-8")


def _xz(data: bytes) -> bytes:
    try:
        import lzma  # some builds of Python have none
    except ImportError:
        raise web.NoAssets("this Python was built without lzma, which packs what a page loads") from None
    how = {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": SEEN_BYTES}
    return lzma.compress(data, lzma.FORMAT_XZ, lzma.CHECK_CRC32, filters=[how])


def _put(raw: Path, packed: bytes) -> dict[str, Any]:
    turned = raw.name.startswith(UNIT)
    if turned:
        packed = packed[::-1]
    name = f"{raw.name}-{hashlib.sha256(packed).hexdigest()[:12]}.bin"
    raw.with_name(name).write_bytes(packed)
    raw.unlink()
    return {"url": name, "bytes": len(packed), "turned": turned}


def _settle(half: Path, packed: Path) -> None:
    """Puts the whole folder in its place, and drops those of other contents."""
    if packed.is_dir():  # another build was faster
        shutil.rmtree(half, ignore_errors=True)
        return
    half.replace(packed)
    for old in packed.parent.iterdir():
        if old != packed and not old.name.startswith(web.HALF):
            shutil.rmtree(old, ignore_errors=True)
