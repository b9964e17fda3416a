"""What a concept page claims, made visible: the line above its heading, and the rule of each section."""

from __future__ import annotations

import re

from halfway.catalog import UnitFiles
from halfway.site.html import inline, plain
from halfway.site.modules import modules

H1 = re.compile(r"<h1\b")
# A paragraph that is one bold sentence and nothing else: what a section comes down to.
RULE = re.compile(r"<p>(<strong>(?:(?!</?strong>|</p>).)*</strong>)</p>", re.DOTALL)


def shown(html: str, unit: UnitFiles) -> str:
    """Gives the page's HTML with unit and module above the claim, and with its rules marked as rules."""
    title = next((m.title for m in modules(unit.course) if m.number == unit.module), "")
    module = f"<b>{unit.number}</b><span>{inline(plain(title))}</span>"
    line = f'<p class="eyebrow" data-search-exclude>{module}</p>'
    html = RULE.sub(r'<p class="rule">\1</p>', html)
    return H1.sub(lambda _: f"{line}\n<h1", html, count=1)
