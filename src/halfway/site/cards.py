"""Cards: the exercise of a concept page, and the lists of units on index pages."""

from __future__ import annotations

from pathlib import Path
from posixpath import relpath

from halfway.catalog import UnitFiles
from halfway.site.errors import Wrong
from halfway.site.html import first_paragraph, folded, inline, plain, prose, sections
from halfway.site.modules import Module, first_heading, modules
from halfway.site.published import published

KINDS = {
    "predict": "predict what happens",
    "implement": "implement",
    "repair": "repair",
    "refactor": "refactor",
    "write-the-test": "write the test",
}


def exercise(unit: UnitFiles, *, steps: bool) -> str:
    """Gives the card of a unit: title, minutes, promise, what is checked and, with `steps`, what to do."""
    title = inline(plain(unit.title))
    promise = sections(unit.brief.read_text(encoding="utf-8")).get("The promise", "")
    if not promise:
        raise Wrong(f"the card needs `## The promise` in {unit.shown(unit.brief)}")
    facts = [f"Exercise {unit.number}", KINDS[unit.kind], f"{unit.minutes} minutes"]
    lines = [
        f'<section class="card" aria-label="Exercise {unit.number}">',
        f'<p class="card-facts">{_spans(facts)}</p>',
        f'<p class="card-title">{title}</p>',
        f'<p class="card-promise">{prose(first_paragraph(promise))}</p>',
        _checked(unit),
        _steps(unit) if steps else "",
        "</section>",
    ]
    return "\n".join(line for line in lines if line)


def command(unit: UnitFiles) -> str:
    """Gives what a learner types to have the unit graded."""
    return f"python3 course.py grade {unit.number}"


def units(course: Path, page: Path) -> str:
    """Gives the units of the module that `page` introduces, or of every module where it introduces none."""
    every = published(course)
    if not every:
        raise Wrong("there is no unit to list")
    own = [m for m in modules(course) if m.index == page]
    if own:
        return _list([u for u in every if u.module == own[0].number], page)
    parts = [part for m in modules(course) for part in _module(m, every, page)]
    return "\n".join(parts)


def _steps(unit: UnitFiles) -> str:
    return (
        '<dl class="steps">\n'
        f"<div><dt>Edit</dt><dd><code>{unit.shown(unit.stub)}</code></dd></div>\n"
        f"<div><dt>Run</dt><dd><code>{command(unit)}</code></dd></div>\n</dl>"
    )


def _module(module: Module, every: list[UnitFiles], page: Path) -> list[str]:
    inside = [u for u in every if u.module == module.number]
    title = inline(plain(module.title))
    if module.index.is_file():
        title = f'<a href="{_link(module.index, page, module.folder.parents[1])}">{title}</a>'
    heading = (
        f'<h3 class="module-title" id="module-{module.number}"><span>{module.number}</span> {title}</h3>'
    )
    note = '<p class="module-empty">Its units are being written.</p>'
    return [heading, _list(inside, page) if inside else note]


def _list(units: list[UnitFiles], page: Path) -> str:
    return "\n".join(['<ul class="units">', *(_row(unit, page) for unit in units), "</ul>"])


def _row(unit: UnitFiles, page: Path) -> str:
    claim = first_heading(unit.concept) or unit.title
    link = _link(unit.concept, page, unit.course / "docs")
    facts = [inline(plain(unit.title)), KINDS[unit.kind], f"{unit.minutes} minutes"]
    return (
        f'<li data-unit="{unit.slug}"><a href="{link}"><span class="unit-number">{unit.number}</span>'
        f'<span class="unit-claim">{inline(plain(claim))}</span></a>'
        f'<span class="unit-facts">{_spans(facts)}</span></li>'
    )


def _spans(facts: list[str]) -> str:
    return " ".join(f"<span>{fact}</span>" for fact in facts)


def _checked(unit: UnitFiles) -> str:
    promises = unit.promises()
    items = "\n".join(f"<li>{inline(text)}</li>" for _, text in promises)
    return folded("checked", f"What is checked: {len(promises)} promises", f"<ol>\n{items}\n</ol>")


def _link(target: Path, page: Path, docs: Path) -> str:
    return relpath(_folder(target, docs), _folder(page, docs)) + "/"


def _folder(page: Path, docs: Path) -> str:
    """Gives the folder that a page has in the built site."""
    inside = page.relative_to(docs)
    return (inside.parent if inside.name == "index.md" else inside.with_suffix("")).as_posix()
