"""Diagrams: kept out of the search, and shown as text where the browser cannot be given a renderer."""

from __future__ import annotations

import re
from html import escape
from typing import Any

NOTE = "This diagram is shown as text, because the site was built without its renderer."


FENCE = re.compile(r'<pre\s+class="mermaid"')


def unsearched(html: str) -> str:
    """Gives the page with a sign that a search finds words, not the source of pictures."""
    return FENCE.sub('<pre data-search-exclude class="mermaid"', html)


def as_text(source: str, language: str, css_class: str, options: Any, md: Any, **rest: Any) -> str:
    """Gives a diagram's source as a block, with a note. The signature is that of a superfences formatter."""
    lines = [line for line in source.splitlines() if not line.strip().startswith(("acc", "click"))]
    code = escape("\n".join(lines), quote=False)
    note = f"<figcaption>{NOTE}</figcaption>"
    return f'<figure class="diagram-as-text"><pre><code>{code}\n</code></pre>{note}</figure>'


def show_as_text(extension_settings: dict[str, Any]) -> None:
    """Changes the settings of superfences so that mermaid fences become text."""
    for fence in extension_settings.get("custom_fences", []):
        if fence["name"] == "mermaid":
            fence["format"] = as_text
