"""`halfway hint` and `halfway page`: what helps before the solution does."""

from __future__ import annotations

import click

from halfway.catalog import UnitFiles
from halfway.cli import address
from halfway.cli.common import chosen, paint, progress_of, say, width
from halfway.cli.progress import Progress


@click.command("hint")
@click.argument("unit", required=False)
def hint_command(unit: str | None) -> None:
    """Show the next hint of UNIT: one more each time, and all of them once you have seen the last."""
    files = chosen(unit)
    for text in next_hints(files, progress_of([files])):
        click.echo(wrapped(text) + "\n")


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


@click.command("page")
@click.argument("unit", required=False)
@click.option("--no-open", is_flag=True, help="Say the address without opening it.")
def page_command(unit: str | None, no_open: bool) -> None:
    """Show where the concept page of UNIT is, and open it where there is a browser."""
    files = chosen(unit)
    where = address.of_page(files)
    if where is None:
        has_file = files.concept.is_file()  # an edition has its pages built, and not their sources
        if has_file:
            click.echo(files.shown(files.concept))
        say(f"The pages are not served. Next: `halfway start`{', or read the file' * has_file}.")
        return
    click.echo(where)
    if not no_open:
        address.open_in_browser(where)
