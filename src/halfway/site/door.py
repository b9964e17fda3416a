"""The door of the course: a story that can be touched, one button, and what is still being written."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from halfway import catalog
from halfway.site import stories
from halfway.site.cache import Cache
from halfway.site.errors import Wrong
from halfway.site.html import inline, plain
from halfway.site.modules import first_heading
from halfway.site.published import published

ROW = re.compile(r"<td>(\d) ([^<]+)</td>")
NOT_FOUND = re.compile(r"<h1>404[^<]*</h1>")


def picture(course: Path, argument: str, cache: Cache) -> str:
    """Gives the story of a wrong program ("UNIT MUTANT"), open, and the way into the first unit."""
    name, _, mutant = argument.partition(" ")
    unit = catalog.find(name, course)
    first = next(iter(published(course)), None)
    if first is None or not mutant:
        raise Wrong(
            "the door needs a unit and one of its wrong ideas, as in <!-- door: 41 key_per_attempt -->"
        )
    told = stories.told(unit, mutant.strip(), cache)
    page = first.concept.relative_to(course / "docs").with_suffix("").as_posix()
    title = inline(plain(first_heading(first.concept) or first.title))
    return (
        f'<div class="door">\n{told}\n'
        f'<p class="door-way"><a class="door-button" href="{page}/">Begin with unit {first.number}</a>'
        f"<span>{title}: {first.minutes} minutes, in this page or in your editor.</span></p>\n</div>"
    )


def marked(html: str, course: Path) -> str:
    """Gives a page with a mark at each module of a table whose units are not there yet."""
    there = {unit.module for unit in published(course)}

    def row(match: re.Match[str]) -> str:
        if int(match[1]) in there or int(match[1]) > 7:
            return match[0]
        return f'<td>{match[1]} {match[2]} <span class="coming">being written</span></td>'

    return ROW.sub(row, html)


def not_found(html: str, site_url: str) -> str:
    """Gives the page that is shown where none is: what may have happened, and three ways to go on."""
    base = urlsplit(site_url).path or "/"
    ways = (
        ("", "The first page", "what the course is, and where it begins"),
        ("concepts/", "Every unit", "by number; numbers never change"),
        ("progress/", "Your progress", "what you have written in this browser; it is still there"),
    )
    items = "".join(f'<li><a href="{base}{path}">{name}</a>: {words}.</li>' for path, name, words in ways)
    told = (
        "<h1>There is no page at this address</h1>\n"
        "<p>It may have moved, or the address was typed by hand. "
        f"Search finds every page by its words; or go on with:</p>\n<ul>{items}</ul>"
    )
    return NOT_FOUND.sub(lambda _: told, html, count=1)
