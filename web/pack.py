"""Compiles and sorts what the in-page lab carries. Runs in Pyodide, whose bytecode it is."""

from __future__ import annotations

import ast
import io
import json
import re
import sys
import types
import zipfile
from collections.abc import Iterator
from importlib._bootstrap_external import _code_to_hash_pyc  # type: ignore[attr-defined]
from importlib.util import source_hash

STDLIB, COURSE = "/lib/python314.zip/", "/halfway/"
OURS = "packages/halfway/"
# What of ours no page runs.
NO_PAGES = (
    *(f"links/sandbox/{name}.py" for name in ("zygote", "clocks", "namespaces", "server", "rehearsal")),
    "grading/keeper/",
    "render/terminal",
    "render/text",
)
UNIT = re.compile(r"course/(?:[^/]+/)+(ex\d\d_\w+)/")
EPOCH = (1980, 1, 1, 0, 0, 0)

Files = dict[str, bytes]


def packed(stdlib: bytes, course: bytes, early: str) -> dict[str, bytes]:
    """Gives archives by their names: what every verdict needs, what each unit needs, and the rest.

    early: a line for each module that a verdict loads, but for ours.
    """
    wanted = {line for line in early.splitlines() if line and not line.startswith("#")}
    archives: dict[str, Files] = {"stdlib": {}, "course": {}, "late": {}}
    for name, data in _compiled(stdlib, STDLIB):
        is_early = _module(name) in wanted
        archives["stdlib" if is_early else "late"][name if is_early else f"stdlib/{name}"] = data
    for name, data in _compiled(course, COURSE):
        archives.setdefault(_archive(name, wanted), {})[name] = data
    modules = sorted(filter(None, map(_module, archives["late"])))
    archives["course"]["late.json"] = json.dumps(modules).encode()
    return {name: _zipped(files) for name, files in archives.items()}


def _archive(name: str, wanted: set[str]) -> str:
    """Gives the archive that a file of the course's or of a package's belongs to."""
    if unit := UNIT.match(name):
        return f"unit-{unit[1]}"
    if name.startswith(OURS):
        return "late" if name.removeprefix(OURS).startswith(NO_PAGES) else "course"
    return "course" if not name.endswith(".pyc") or _module(name) in wanted else "late"


def _module(name: str) -> str:
    """Gives the dotted name of the module in a compiled file; "" for any other file."""
    place = re.sub(r"\A(?:stdlib|packages)/", "", name)
    return re.sub(r"(?:/__init__)?\.pyc\Z", "", place).replace("/", ".") if name.endswith(".pyc") else ""


def _compiled(data: bytes, home: str) -> Iterator[tuple[str, bytes]]:
    """Gives each file of an archive, compiled where nobody reads its source."""
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith("/"):
                continue
            source = archive.read(name)
            if not name.endswith(".py") or _is_read(name):
                yield name, source
            if name.endswith(".py"):
                try:
                    tree = ast.parse(source, home + name)
                except SyntaxError:
                    continue
                tree = tree if _is_read(name) else _without_docs(tree)
                code = compile(tree, home + name, "exec", dont_inherit=True)
                code = code if _is_read(name) or name.startswith(OURS) else _without_lines(code)
                yield _cached(name), _code_to_hash_pyc(code, source_hash(source), checked=False)


def _is_read(name: str) -> bool:
    """Is the source read as text: a unit, a suite, or what the kit puts beside the learner's file?"""
    return name.startswith("course/") or name.endswith("/warm_up_suite.py") or "/kit/for_callers/" in name


def _without_docs(tree: ast.Module) -> ast.Module:
    """Drops docstrings, a sixth of all bytes. A class keeps a sign, or a dataclass would write one."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if ast.get_docstring(node, clean=False) is None:
            continue
        first = node.body[0]
        if isinstance(node, ast.ClassDef):
            node.body[0] = ast.copy_location(ast.Expr(ast.copy_location(ast.Constant("."), first)), first)
        elif len(node.body) > 1:
            del node.body[0]
        else:
            node.body[0] = ast.copy_location(ast.Pass(), first)
    return tree


def _without_lines(code: types.CodeType) -> types.CodeType:
    """Puts each instruction on the line where its function begins: of what is not ours, no page tells more.

    The format: https://github.com/python/cpython/blob/3.14/InternalDocs/code_objects.md
    """
    constants = tuple(
        _without_lines(const) if isinstance(const, types.CodeType) else const for const in code.co_consts
    )
    units = len(code.co_code) // 2
    whole, rest = divmod(units, 8)
    table = (b"\xef\x00" * whole) + (bytes((0xE8 | rest - 1, 0)) if rest else b"")
    return code.replace(co_consts=constants, co_linetable=table)


def _cached(name: str) -> str:
    if not _is_read(name):
        return name + "c"
    folder, _, file = name.rpartition("/")
    return f"{folder}/__pycache__/{file[:-3]}.{sys.implementation.cache_tag}.pyc"


def _zipped(files: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as into:
        for name in sorted(files):
            into.writestr(zipfile.ZipInfo(name, EPOCH), files[name])
    return out.getvalue()
