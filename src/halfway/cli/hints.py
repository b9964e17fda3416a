"""Hints as they are shown: one more each time, wrapped for a terminal."""

from __future__ import annotations

from halfway.catalog import UnitFiles
from halfway.cli.common import paint, width
from halfway.cli.progress import Progress


def next_hints(files: UnitFiles, progress: Progress, key: str = "") -> list[str]:
    """Gives the next hint and notes that it was shown; after the last one, gives all of them again."""
    hints = files.hints()
    seen = progress.unit(files.slug).hints_seen
    if seen >= len(hints):
        return [
            *hints,
            f"These are all {len(hints)} hints. Next: draw the timeline of the broken promise on paper.",
        ]
    progress.hint_shown(files.slug, seen + 1)
    left = len(hints) - seen - 1
    command = key or f"`halfway hint {files.number}`"
    more = f"{left} more: {command}." if left else "That was the last one."
    return [hints[seen], more]


def wrapped(text: str, columns: int | None = None) -> str:
    """Gives Markdown as it reads in a terminal: headings stand out, lines are wrapped, code stays."""
    import textwrap

    lines: list[str] = []
    fenced = False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        if line.startswith("## "):
            lines.append(paint(line.removeprefix("## "), bold=True))
        elif fenced or line.startswith(("```", "    ", "|")):
            lines.append(line)
        else:
            lines += textwrap.wrap(
                line, columns or width(90), break_long_words=False, break_on_hyphens=False
            ) or [""]
    return "\n".join(lines)
