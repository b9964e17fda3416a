"""Gives names to parts of the theme that a screen reader meets without one."""

from __future__ import annotations

import re
from html import escape

SEARCH = re.compile(r'(<div\b[^>]*class="md-search"[^>]*role="dialog")')
# A folder with a page of its own: the label that is to name the list below it is empty, its title is not.
FOLDER = re.compile(
    r'(<nav\b[^>]*?)aria-labelledby="__nav_[\d_]+_label"([^>]*>\s*<label\b[^>]*class="md-nav__title"[^>]*>'
    r"\s*<span[^>]*></span>\s*)(.*?)(\s*</label>)",
    re.DOTALL,
)


def named(html: str) -> str:
    """Gives the page with a name for the search dialog and for each list of pages."""
    html = SEARCH.sub(r'\1 aria-label="Search"', html)
    return FOLDER.sub(lambda m: f'{m[1]}aria-label="{escape(_text(m[3]))}"{m[2]}{m[3]}{m[4]}', html)


def _text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).split())
