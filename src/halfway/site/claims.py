"""What a concept page claims, made visible: the line above its heading, its rules, what holds each."""

from __future__ import annotations

import re

from halfway.catalog import UnitFiles
from halfway.site.html import inline, plain
from halfway.site.modules import modules

H1 = re.compile(r"<h1\b")
# A paragraph that is one bold sentence and nothing else: what a section comes down to.
RULE = re.compile(r"<p>(<strong>(?:(?!</?strong>|</p>).)*</strong>)</p>", re.DOTALL)
POSITION, PURPOSE = "concept-position", "purpose"
SECTIONS = re.compile(
    rf'(<h2 id="{POSITION}".*?)(<h2 id="{PURPOSE}".*?)(?=<h2\b|\Z)',
    re.DOTALL,
)
ITEM = re.compile(r"<li>((?:(?!<li>).)*?)</li>", re.DOTALL)
NAME = re.compile(r"<code>(test_\w+)</code>")
# What holds a row of a table stands in small print below its words.
ROW = re.compile(r"<small>(\((?:<code>test_\w+</code>[\s,;]*)+\))</small>")
BETWEEN = re.compile(r"(?<=</code>),? (?=<code>test_)")
# What is left of a parenthesis when the names in it are gone.
LEFT_OF_NAMES = ((re.compile(r"\((?:[\s,;]|and)*\)"), ""), (re.compile(r"\((?:[\s,;]|and\b)+"), "("))


def shown(html: str, unit: UnitFiles) -> str:
    """Gives the page with its unit above the claim, its rules marked, and promises as sentences."""
    title = next((m.title for m in modules(unit.course) if m.number == unit.module), "")
    module = f"<b>{unit.number}</b><span>{inline(plain(title))}</span>"
    line = f'<p class="eyebrow" data-search-exclude>{module}</p>'
    html = RULE.sub(r'<p class="rule">\1</p>', html)
    html = SECTIONS.sub(r"\2\1", html)  # first what it is for, then where it stands
    promises = dict(unit.promises())
    html = ITEM.sub(lambda item: f"<li>{_held(item[1], promises)}</li>", html)
    html = ROW.sub(lambda row: _held(row[1], promises) if _known(row[1], promises) else row[0], html)
    html = BETWEEN.sub("; ", html)  # a sentence may hold commas
    within = {name: text.rstrip(".") for name, text in promises.items()}
    html = NAME.sub(lambda name: _sentence(name[1], within) or name[0], html)
    return H1.sub(lambda _: f"{line}\n<h1", html, count=1)


def place(section: str, ids: list[str]) -> int:
    """Gives where a section is shown: the purpose comes before the position."""
    at, purpose = ids.index(section), ids.index(PURPOSE)
    return purpose if section == POSITION else at - 1 if section == PURPOSE else at


def _held(rule: str, promises: dict[str, str]) -> str:
    """Gives a guideline, or what else is held, and below it a list of the promises that hold it."""
    held = [_sentence(name, promises) for name in _known(rule, promises)]
    if not held:
        return rule
    rule = NAME.sub(lambda name: "" if name[1] in promises else name[0], rule)
    for left, better in LEFT_OF_NAMES:
        rule = left.sub(better, rule)
    rule = re.sub(r"\s+([.,;])", r"\1", rule).strip()
    items = "".join(f"<li>{sentence}</li>" for sentence in held)
    return f'{rule}<ul class="held" aria-label="Checked by">{items}</ul>'


def _known(text: str, promises: dict[str, str]) -> list[str]:
    return [name for name in NAME.findall(text) if name in promises]


def _sentence(name: str, promises: dict[str, str]) -> str:
    """Gives a promise as its sentence, leading to where it is checked; "" for a name that is none."""
    return f'<a href="#exercise">{inline(promises[name])}</a>' if name in promises else ""
