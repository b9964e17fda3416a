"""`halfway field-trip`: a learner's file inside the real system that its unit is about."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest

from halfway import catalog
from halfway.cli.commands import field_trip
from halfway.cli.group import run

UNIT = catalog.find("34")


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course whose engine is the reference; gives the learner's file."""
    for folder in ("exercises", "solutions", "tests/exercises"):
        shutil.copytree(UNIT.course / folder / UNIT.slug, tmp_path / folder / UNIT.slug)
    shutil.copytree(UNIT.course / "docs/concepts", tmp_path / "docs/concepts")
    shutil.copy(UNIT.course / "pyproject.toml", tmp_path)
    shutil.copy(UNIT.course / "mkdocs.yml", tmp_path)
    file = tmp_path / "exercises" / UNIT.slug / UNIT.file
    shutil.copy(UNIT.solution, file)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HALFWAY_COURSE", str(tmp_path))
    return file


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
    """There is one for 34, and the command says so."""
    monkeypatch.chdir(UNIT.course)
    said = typed("41")
    assert said.exit_code == 4
    assert "There is no field trip for unit 41." in said.output
