"""The placement map of a concept page: where it stands in the course, in at most seven boxes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from posixpath import relpath

from halfway.catalog import UnitFiles
from halfway.site.errors import Wrong
from halfway.site.html import first_paragraph, plain, sections
from halfway.site.modules import first_heading, modules, stages
from halfway.site.published import published

FAMILY = "Python programming"
PROGRAM = "Halfway"
LABEL_LENGTH = 112
NODES_MAX = 7


@dataclass(frozen=True)
class Node:
    """One box: its name in the diagram, its words, its looks, and the page it leads to."""

    name: str
    words: str
    looks: str = ""
    link: str = ""


@dataclass(frozen=True)
class Arrow:
    """One labelled arrow between two boxes."""

    start: str
    label: str
    end: str


@dataclass(frozen=True)
class Map:
    """A placement map as data."""

    title: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]

    def mermaid(self) -> str:
        """Gives the flowchart, with a text alternative that names the boxes in order."""
        lines = ["flowchart TD", f"  accTitle: {_words(self.title)}", f"  accDescr: {_words(self._spoken())}"]
        lines += [f'  {n.name}["{_words(n.words)}"]{f":::{n.looks}" if n.looks else ""}' for n in self.nodes]
        lines += [f'  {a.start} -->|"{_words(a.label)}"| {a.end}' for a in self.arrows]
        lines += [f'  click {n.name} href "{n.link}"' for n in self.nodes if n.link]
        return "\n".join(lines)

    def _spoken(self) -> str:
        words = {n.name: n.words for n in self.nodes}
        return ". ".join(f"{words[a.start]}, {a.label}, {words[a.end]}" for a in self.arrows)


def placement(unit: UnitFiles) -> Map:
    """Gives the map of a unit's concept page. Raises Wrong where the page does not say enough for one."""
    text = unit.concept.read_text(encoding="utf-8")
    here = Node("here", f"{unit.number} {plain(first_heading(unit.concept))}", "here")
    purpose = first_paragraph(sections(text).get("Purpose", ""))
    if not purpose:
        raise Wrong("the map needs the page's Purpose, and there is none")
    family, program = (
        Node("family", FAMILY),
        Node("program", PROGRAM, "", _link(unit, "index.md")),
    )
    module = _module(unit)
    exercise = Node("exercise", f"Exercise {unit.number}: {plain(unit.title)}", "", "#exercise")
    nodes = [family, program, module, here, exercise]
    arrows = [
        Arrow("family", "what is true when an operation stops", "program"),
        Arrow("program", f"module {unit.module} of the course", "module"),
        Arrow("module", _place(unit), "here"),
        Arrow("here", _shortened(plain(purpose)), "exercise"),
    ]
    for node, arrow in (*_capstone(unit), *_neighbours(unit)):
        nodes.append(node)
        arrows.append(arrow)
    if len(nodes) > NODES_MAX:  # the widest says least
        nodes, arrows = nodes[1:], arrows[1:]
    return Map(f"Where page {unit.number} stands in the course", tuple(nodes), tuple(arrows))


def _module(unit: UnitFiles) -> Node:
    for module in modules(unit.course):
        if module.number == unit.module:
            link = _link(unit, f"concepts/{module.folder.name}/index.md") if module.index.is_file() else ""
            return Node("module", f"Module {module.number}: {plain(module.title)}", "", link)
    raise Wrong(f"docs/concepts has no folder for module {unit.module}")


def _place(unit: UnitFiles) -> str:
    siblings = [u.slug for u in published(unit.course) if u.module == unit.module]
    return (
        f"page {siblings.index(unit.slug) + 1} of {len(siblings)}" if len(siblings) > 1 else "its first page"
    )


def _capstone(unit: UnitFiles) -> list[tuple[Node, Arrow]]:
    if not unit.capstone:
        return []
    slug = unit.capstone[:4]
    built = {u.slug[:4]: plain(u.title) for u in published(unit.course) if u.module == 7}
    title = built.get(slug) or stages(unit.course).get(slug) or f"Stage {slug[-1]}"
    page = next((m for m in modules(unit.course) if m.number == 7 and m.index.is_file()), None)
    link = _link(unit, f"concepts/{page.folder.name}/index.md") + f"#{slug}" if page else ""
    that = "are" if unit.slug.startswith(slug) else "prepare"
    arrow = Arrow("exercise", f"{unit.minutes} minutes that {that} stage {slug[-1]}", "capstone")
    return [(Node("capstone", f"Capstone: {title}", "", link), arrow)]


def _neighbours(unit: UnitFiles) -> list[tuple[Node, Arrow]]:
    """The pages that this one builds on, two at most; where it builds on none, one that comes after it."""
    every = published(unit.course)
    needed = _needed(unit, every)[-2:]
    if needed:
        names = ("before", "before_too")
        before = zip(needed, names, strict=False)
        return [(_page(unit, other, name), Arrow(name, "comes before", "here")) for other, name in before]
    later = [u for u in every if u.number > unit.number]
    builds_on_it = [u for u in later if unit.slug in u.needs]
    label = "leads on to" if builds_on_it else "is followed by"
    return [
        (_page(unit, other, "after"), Arrow("here", label, "after")) for other in (builds_on_it or later)[:1]
    ]


def _needed(unit: UnitFiles, every: list[UnitFiles]) -> list[UnitFiles]:
    """Gives the pages that a unit needs, without those that one of these needs in its turn."""
    by_slug = {u.slug: u for u in every}

    def before(slug: str) -> set[str]:
        needs = by_slug[slug].needs if slug in by_slug else []
        return {*needs, *(further for each in needs for further in before(each))}

    direct = set(unit.needs) - {further for slug in unit.needs for further in before(slug)}
    return [u for u in every if u.slug in direct]


def _page(unit: UnitFiles, other: UnitFiles, name: str) -> Node:
    title = first_heading(other.concept)
    link = _link(unit, other.concept.relative_to(unit.course / "docs").as_posix()) if title else ""
    return Node(name, f"{other.number} {plain(title or other.title)}", "", link)


def _link(unit: UnitFiles, target: str) -> str:
    """Gives the address of a page (its path below docs/) as seen from the unit's concept page."""
    start = _address(unit.concept.relative_to(unit.course / "docs"))
    return relpath(_address(Path(target)) or ".", start) + "/"


def _address(page: Path) -> str:
    return (page.parent if page.name == "index.md" else page.with_suffix("")).as_posix()


def _shortened(sentence: str) -> str:
    """Gives the sentence, or its part before a colon or semicolon, or as many words as fit on an arrow."""
    sentence = sentence.rstrip(".")
    if len(sentence) <= LABEL_LENGTH:
        return sentence
    clause = re.split(r"[:;]", sentence)[0]
    if len(clause) <= LABEL_LENGTH:
        return clause
    return sentence[: sentence.rindex(" ", 0, LABEL_LENGTH)] + " ..."


def _words(text: str) -> str:
    """Gives text that neither mermaid nor the HTML around it can mistake for a sign of its own."""
    signs = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", ";": "#59;", "`": ""}
    return "".join(signs.get(letter, letter) for letter in text)
