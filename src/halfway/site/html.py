"""Small pieces of HTML that several parts of a page are made of."""

from __future__ import annotations

import re
from html import escape

CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
STRONG = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
EMPHASIS = re.compile(r"\*(?=\S)(.+?)(?<=\S)\*")
MARKS = re.compile(r"[*_`]{1,2}(?=\S)(.+?)(?<=\S)[*_`]{1,2}")
UNSEARCHED = 'data-search-exclude=""'
"""Marks what stays out of the list of words that every page fetches: long code, the steps of a story."""


def inline(text: str) -> str:
    """Gives a line of text as HTML, with `...` as code."""
    return CODE.sub(r"<code>\1</code>", escape(text, quote=False))


def prose(text: str) -> str:
    """Gives a paragraph of Markdown as HTML: code, emphasis, and the words of its links."""
    html = LINK.sub(r"\1", inline(text))
    return EMPHASIS.sub(r"<em>\1</em>", STRONG.sub(r"<strong>\1</strong>", html))


def plain(text: str) -> str:
    """Gives a line of Markdown without its marks."""
    return MARKS.sub(r"\1", text)


def block(text: str) -> str:
    """Gives text as a block that keeps its spaces, and that the keyboard can scroll."""
    return f"<pre><code>{escape(text.rstrip(), quote=False)}\n</code></pre>"


def folded(kind: str, summary: str, body: str) -> str:
    """Gives `body`, closed, under a line that opens it."""
    return f'<details class="{kind}">\n<summary>{summary}</summary>\n{body}\n</details>'


def sections(markdown: str) -> dict[str, str]:
    """Gives the text under each `## heading` of a Markdown file, by heading."""
    parts = re.split(r"^## +(.+?) *$", markdown, flags=re.MULTILINE)[1:]
    return {title: body.strip() for title, body in zip(parts[::2], parts[1::2], strict=True)}


def first_paragraph(markdown: str) -> str:
    """Gives the first paragraph as one line."""
    return " ".join(markdown.strip().split("\n\n")[0].split())
