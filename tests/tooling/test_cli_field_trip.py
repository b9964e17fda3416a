"""`halfway field-trip`: a learner's file inside the real system that its unit is about."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest

from halfway import catalog
from halfway.cli import trip_tables
from halfway.cli.commands import field_trip
from halfway.cli.group import run

UNIT = catalog.find("34")


def course_of(unit: catalog.UnitFiles, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course with one unit, whose file is the reference; gives the learner's file."""
    for part in ("exercises", "solutions", "tests/exercises"):
        shutil.copytree(unit.course / part / unit.slug, folder / part / unit.slug)
    shutil.copytree(unit.course / "docs/concepts", folder / "docs/concepts")
    shutil.copy(unit.course / "pyproject.toml", folder)
    shutil.copy(unit.course / "mkdocs.yml", folder)
    file = folder / "exercises" / unit.slug / unit.file
    shutil.copy(unit.solution, file)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HALFWAY_COURSE", str(folder))
    return file


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course whose engine is the reference; gives the learner's file."""
    return course_of(UNIT, tmp_path, monkeypatch)


@dataclass(frozen=True)
class Said:
    """How the command ended, and all that it said."""

    exit_code: int
    output: str


Types = Callable[[str], Said]


@pytest.fixture
def typed(capfd: pytest.CaptureFixture[str]) -> Types:
    """Types the command for a unit."""

    def type_it(unit: str) -> Said:
        code = run(["field-trip", unit])
        said = capfd.readouterr()
        return Said(code, said.out + said.err)

    return type_it


def test_the_reference_does_there_what_its_contract_says(course: Path, typed: Types) -> None:
    """Six tasks in the real dotflow, executions counted in its own loop and in the learner's engine."""
    said = typed("34")
    assert said.exit_code == 0, said.output
    assert "retry=FixedRetry(5, 60.0), and the line is down" in said.output
    assert "in every row" in said.output


@pytest.mark.skipif(
    sys.version_info >= (3, 12) and sqlite3.sqlite_version_info < (3, 42),
    reason="on Python 3.12 and newer DBOS asks SQLite for what is there from 3.42 on",
)
def test_the_answers_of_two_engines_stand_side_by_side(
    tmp_path: Path, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixteen commands in real DBOS and in an engine: one method is unwritten, another one wrong."""
    file = course_of(catalog.find("53"), tmp_path, monkeypatch)
    source = file.read_text(encoding="utf-8")
    done = "        done = len(row.recorded)"
    source = source.replace(done, f"        raise NotImplementedError\n{done}")
    file.write_text(
        source.replace("enumerate(row.recorded, 1)", "enumerate(row.recorded, 2)"), encoding="utf-8"
    )
    said = typed("53")
    assert said.exit_code == 1, said.output
    lines = said.output.splitlines()
    assert max(map(len, lines)) <= 80
    rows = [" ".join(line.split()) for line in lines]
    assert "≠ cancel an id that nobody has is silent is refused" in rows
    assert "3 of 16 commands meet a method that is still to be written." in lines
    assert "list the steps: the number of the first: the contract says '1', and yours '2'" in lines
    assert "grade 53" in said.output


def test_a_narrow_terminal_has_a_line_for_each_answer() -> None:
    """Where a row is too long, the command comes first, and each answer has a line of its own."""
    row = {
        "what": "cancel in the queue: it",
        "theirs": "never runs",
        "yours": "runs",
        "expected": "never runs",
    }
    assert trip_tables.side_by_side([row], "dbos 3.4.0", 40) == [
        "≠ cancel in the queue: it",
        "      dbos 3.4.0   never runs",
        "      yours        runs",
    ]


def test_the_stub_is_told_where_it_differs(course: Path, typed: Types) -> None:
    """Numbers are as before; a policy ends with the error that dotflow keeps, and with the next command."""
    shutil.copy(UNIT.course / "exercises" / UNIT.slug / UNIT.file, course)
    said = typed("34")
    assert said.exit_code == 1
    assert "the contract says 5, and yours made 0; it ended with TypeError" in said.output
    assert "grade 34" in said.output


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("def action(:", "SyntaxError"),
        ("import nowhere", "No module named 'nowhere'"),
        ("raise SystemExit(3)", "its process ended"),
        ("import os\nos._exit(0)", "its process ended"),
    ],
)
def test_a_file_that_does_not_get_there_is_told(course: Path, typed: Types, source: str, told: str) -> None:
    """Whatever keeps a file from getting there is said, and nothing of ours is shown."""
    course.write_text(source, encoding="utf-8")
    said = typed("34")
    assert said.exit_code == 1
    assert "Your file did not get there." in said.output
    assert told in said.output
    assert "Traceback" not in said.output


def test_a_file_that_never_ends_is_stopped(
    course: Path, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while in real time, the trip is over."""
    monkeypatch.setattr(field_trip, "SECONDS_MAX", 2.0)
    course.write_text("while True:\n    pass\n", encoding="utf-8")
    said = typed("34")
    assert said.exit_code == 1
    assert "After 2 seconds your file was still running there." in said.output


def test_a_system_that_is_not_installed_is_told(
    course: Path, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command that installs it, with its exact version, is the next one."""

    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(field_trip.metadata, "version", missing)
    said = typed("34")
    assert said.exit_code == 4
    assert "-m pip install dotflow==1.0.1" in said.output


def test_a_unit_without_a_field_trip_is_told(typed: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is one for 34 and one for 53, and the command says so."""
    monkeypatch.chdir(UNIT.course)
    said = typed("41")
    assert said.exit_code == 4
    assert "There is no field trip for unit 41." in said.output
    assert "There is one for 34, 53." in said.output
