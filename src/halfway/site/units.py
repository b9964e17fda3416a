"""What a page's lab is told of each unit: one file of data a unit, fetched by the page when it is needed."""

from __future__ import annotations

import ast
import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from markdown import markdown

from halfway import catalog
from halfway.catalog import CatalogError, UnitFiles
from halfway.catalog.edition import turned
from halfway.catalog.originals import original_stub
from halfway.catalog.parsing import parse
from halfway.catalog.reading import source_of
from halfway.site import cards, directives
from halfway.site.html import LINK, first_paragraph, plain, sections
from halfway.site.published import published

FOLDER = "units"
TASK = ("The situation", "What to change", "Done when")
"""The parts of a brief that stand beside the editor; the promise stands on the card above it."""


def data_files(course: Path) -> Iterator[tuple[str, str]]:
    """Gives path and content of each file, solutions in files of their own.

    An edition without answers has no solution to give, and gives none.
    """
    listed = []
    for unit in published(course):
        try:
            told = _told(unit)
        except (CatalogError, OSError):  # whatever shows the unit on a page says what is wrong with it
            continue
        listed.append({key: told[key] for key in ("slug", "number", "title", "file")})
        yield f"{FOLDER}/{unit.slug}.json", _json(told)
        if unit.solution.is_file():
            yield f"{FOLDER}/{unit.slug}.solution.json", _json(_answers(unit))
        yield from _wrong_programs(unit)
    yield f"{FOLDER}/index.json", _json(listed)


def _wrong_programs(unit: UnitFiles) -> Iterator[tuple[str, str]]:
    """Gives the wrong programs whose stories the unit's page tells, so that a reader can go on from there."""
    page = source_of(unit.concept)
    told = {directive.argument for directive in directives.find(page) if directive.name == "story"}
    for mutant in unit.mutants if unit.solution.is_file() else ():
        if mutant.name in told:
            program = mutant.program(source_of(unit.solution))
            text = b64encode(turned(program.encode())).decode("ascii")
            yield f"{FOLDER}/{unit.slug}.wrong.{mutant.name}.json", _json({"turned": text})


def _answers(unit: UnitFiles) -> dict[str, Any]:
    """Gives the solution, and the other right answers with what is different in each."""
    others = [{"words": _idea(path), "turned": _turned(path)} for path in unit.also]
    return {"file": unit.file, "turned": _turned(unit.solution), "others": others}


def _turned(answer: Path) -> str:
    """Gives an answer so that nobody reads it by accident: its bytes in reverse, as text."""
    return b64encode(turned(answer.read_bytes())).decode("ascii")


def _idea(answer: Path) -> str:
    return (ast.get_docstring(parse(answer.read_text(encoding="utf-8"))) or answer.stem).split("\n")[0]


def _told(unit: UnitFiles) -> dict[str, Any]:
    hints = [{"title": hint.title, "html": markdown(hint.text)} for hint in unit.steps]
    return {
        "slug": unit.slug,
        "number": unit.number,
        "title": unit.title,
        "file": unit.file,
        "stub": original_stub(unit) or unit.stub.read_text(encoding="utf-8"),
        "command": cards.command(unit),
        "promises": [{"id": id, "text": text} for id, text in unit.promises()],
        "hints": hints,
        "learned": plain(first_paragraph(sections(source_of(unit.concept)).get("Purpose", ""))),
        "next": _next(unit),
        "task": _task(unit),
        "examples": [{"id": id, "text": text} for id, text in catalog.promises_in(unit.examples)],
    }


def _next(unit: UnitFiles) -> dict[str, Any] | None:
    """Gives the unit that comes after this one, and its page; None after the last."""
    after = next((other for other in published(unit.course) if other.number > unit.number), None)
    if after is None:
        return None
    page = after.concept.relative_to(unit.course / "docs").with_suffix("").as_posix()
    return {"number": after.number, "title": plain(after.title), "page": f"{page}/"}


def _task(unit: UnitFiles) -> list[dict[str, str]]:
    """Gives the parts of the brief that a learner works from, without links: they lead from its folder."""
    told = sections(unit.brief.read_text(encoding="utf-8"))
    parts = [(title, LINK.sub(r"\1", told[title])) for title in TASK if title in told]
    return [{"title": title, "html": markdown(text, extensions=["fenced_code"])} for title, text in parts]


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
