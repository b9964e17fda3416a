"""`halfway field-trip`: a learner's file inside the real system that its unit is about."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from importlib import metadata

import click

from halfway import interpreter
from halfway.cli.codes import Exit
from halfway.cli.common import chosen
from halfway.cli.problem import Problem
from halfway.cli.trip_tables import Rows, told_answers, told_counts
from halfway.cli.verdicts import require_file

TRIPS = {
    34: ("dotflow", "1.0.1", "dotflow_engine", told_counts),
    53: ("dbos", "3.4.0", "dbos_workflows", told_answers),
}
"""By the number of the unit: a package, its version, the module that goes there, and who tells its rows."""
SECONDS_MAX = 30.0


@click.command("field-trip")
@click.argument("unit", required=False)
def trip_command(unit: str | None) -> int:
    """Run your file of UNIT inside the real system that the unit is about, and compare.

    Ends with 0 if your file does there what its contract says, and with 1 if not.
    """
    files = chosen(unit)
    if files.number not in TRIPS:
        raise Problem(
            f"There is no field trip for unit {files.number}.",
            f"There is one for {', '.join(map(str, sorted(TRIPS)))}.",
            f"Next: `halfway field-trip {min(TRIPS)}`.",
            Exit.NOTHING_TO_GRADE,
        )
    require_file(files)
    package, version, module, told = TRIPS[files.number]
    _require(package, version)
    rows = _gone(module, files.stub.read_text(encoding="utf-8"), files.number)
    return told(rows, f"{package} {version}", files.file, files.number)


def _require(package: str, version: str) -> None:
    try:
        found = metadata.version(package)
    except metadata.PackageNotFoundError:
        found = ""
    if found != version:
        raise Problem(
            f"The field trip goes to {package} {version}, which is not installed here.",
            f"Installed is {package} {found}." if found else "It is no part of the course; it is a visit.",
            f"Next: `{sys.executable} -m pip install {package}=={version}`, and then the same command again.",
            Exit.NOTHING_TO_GRADE,
        )


def _gone(module: str, source: str, number: int) -> Rows:
    """Go there in a process of its own, which ends after a while whatever the learner's file does."""
    asked = interpreter.command(f"from halfway.trips import going, {module}; going.go({module}.trip)")
    try:
        with tempfile.TemporaryDirectory() as empty:  # what is written there is gone with it
            done = subprocess.run(  # noqa: S603 - our own interpreter
                asked,
                input=source,
                cwd=empty,
                env=interpreter.environment(),
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=SECONDS_MAX,
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise Problem(
            f"After {SECONDS_MAX:g} seconds your file was still running there.",
            "A wait takes no time on this trip, so something in it goes on without end.",
            f"Next: `halfway grade {number}`, which shows where.",
            Exit.BROKEN,
        ) from None
    try:
        rows: Rows | str = json.loads(done.stdout)
    except ValueError:
        rows = (done.stderr.strip().splitlines() or ["its process ended and said nothing"])[-1]
    if isinstance(rows, str):
        raise Problem(
            "Your file did not get there.",
            rows,
            f"Next: `halfway grade {number}`, which shows where it fails.",
            Exit.BROKEN,
        )
    return rows
