"""`halfway hosts`: one grader, two hosts, and where their verdicts differ."""

from __future__ import annotations

import click

from halfway import catalog
from halfway.cli.codes import Exit
from halfway.cli.problem import Problem


@click.command("hosts")
@click.argument("units", nargs=-1)
def hosts_command(units: tuple[str, ...]) -> int:
    """For authors: grade every stub, solution, alternative and mutant of UNITS (by default all) twice.

    Once as `halfway grade` does, once by the Python that a page loads, run by Node; a row for each file.
    """
    from halfway.site import hosts, web

    chosen = [catalog.find(unit) for unit in units] or catalog.units()
    click.echo(f"{'file':<48} {'suite':<8} kept    stories  verdict  words")
    rows = []
    try:
        for row in hosts.compare(chosen, progress=lambda text: click.echo(text, err=True)):
            rows.append(row)
            click.echo(_line(row))
    except web.NoAssets as reason:
        raise Problem(
            f"The page's Python could not be built: {reason}.",
            "",
            "Next: `python3 course.py site` installs its tools; then `halfway hosts`.",
            Exit.NOTHING_TO_GRADE,
        ) from None
    wrong = [told for row in rows for told in row.differs]
    for told in wrong or [told for row in rows for told in row.words]:
        click.echo(f"  {told[:400]}")
    click.echo(f"{len(rows)} files, {sum(bool(row.differs) for row in rows)} verdicts differ")
    return Exit.BROKEN if wrong else Exit.KEPT


def _line(row: object) -> str:
    from halfway.site.hosts import Row

    assert isinstance(row, Row)
    kept = f"{row.kept}/{row.promises}"
    verdict, words = ("DIFFERS" if row.differs else "equal"), ("differ" if row.words else "equal")
    return f"{row.unit[:4]} {row.file:<43} {row.suite:<8} {kept:<7} {row.stories:>7}  {verdict:<8} {words}"
