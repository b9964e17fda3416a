"""`halfway trial`: programs decided before they are graded, and where the suite disagrees."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cli_course import FIRST, CliCourse


@pytest.fixture
def course(tmp_path: Path) -> CliCourse:
    return CliCourse(tmp_path / "course")


@pytest.fixture
def trial(course: CliCourse, tmp_path: Path) -> Path:
    """One right program and one wrong one, as somebody else would hand them in."""
    folder = tmp_path / "trial"
    wrong = course.first.program(course.first.mutants[0])
    for side, text in (("right", course.first.solution.read_text(encoding="utf-8")), ("wrong", wrong)):
        (folder / side).mkdir(parents=True)
        (folder / side / "program.py").write_text(text, encoding="utf-8")
    return folder


def test_a_suite_that_agrees_ends_with_0(course: CliCourse, trial: Path) -> None:
    """Each program has a row with what it keeps, what it breaks and what is said first against it."""
    run = course.type("trial", "41", str(trial))
    rows = run.stdout.splitlines()
    assert run.returncode == 0, run.stdout + run.stderr
    assert rows[0] == FIRST
    assert rows[3].split() == ["✓", "right/program.py", "2", "0"]
    mark, name, kept, broken, saw = rows[4].split(maxsplit=4)
    assert (mark, name, int(kept) + int(broken)) == ("✗", "wrong/program.py", 2)
    assert "calls" in saw
    assert rows[-2:] == ["right: 0 of 1 refused", "wrong: 0 of 1 accepted"]


def test_a_refused_right_one_and_an_accepted_wrong_one_are_named(course: CliCourse, trial: Path) -> None:
    """Where the suite disagrees, the command ends with 1 and lists the programs."""
    (trial / "right").rename(trial / "between")
    (trial / "wrong").rename(trial / "right")
    (trial / "between").rename(trial / "wrong_ones")
    run = course.type("trial", "41", str(trial))
    assert run.returncode == 1
    assert "right: 1 of 1 refused\n  right/program.py: " in run.stdout
    assert "wrong: 1 of 1 accepted\n  wrong_ones/program.py\n" in run.stdout


def test_folders_may_be_links_and_go_deeper(course: CliCourse, trial: Path) -> None:
    """A link to a folder of programs, a folder for each program, and a link back up are all understood."""
    one = trial / "wrong" / "one"
    one.mkdir()
    (trial / "wrong" / "program.py").rename(one / "keys.py")
    (one / "up").symlink_to(trial)
    linked = trial.parent / "linked"
    linked.mkdir()
    (linked / "wrong").symlink_to(trial / "wrong")
    run = course.type("trial", "41", str(linked))
    assert "wrong/one/keys.py" in run.stdout
    assert "wrong: 0 of 1 accepted" in run.stdout
    assert run.returncode == 0


def test_of_loose_files_nothing_is_expected(course: CliCourse, trial: Path) -> None:
    """Programs outside `right` and `wrong` have a row, and do not change the exit code."""
    loose = trial.parent / "loose"
    loose.mkdir()
    shutil.copy(trial / "wrong" / "program.py", loose)
    shutil.copy(trial / "right" / "program.py", loose / "other.py")
    run = course.type("trial", "41", str(loose))
    assert "✓ other.py" in run.stdout
    assert "✗ program.py" in run.stdout
    assert run.returncode == 0
    assert course.type("trial", "41", str(loose / "other.py")).returncode == 0


def test_a_folder_that_is_named_wrong_holds_wrong_ones(course: CliCourse, trial: Path) -> None:
    """The folder's own name counts, so that one side can be tried alone."""
    shutil.copy(course.first.solution, trial / "wrong" / "good.py")
    run = course.type("trial", "41", str(trial / "wrong"))
    assert run.returncode == 1
    assert "wrong: 1 of 2 accepted\n  good.py\n" in run.stdout


def test_a_program_that_does_not_run_says_nothing_of_the_suite(course: CliCourse, trial: Path) -> None:
    """A typing error is neither a wrong idea that was caught nor a right one that was refused: it is told."""
    (trial / "wrong" / "typo.py").write_text("def publish(:\n", encoding="utf-8")
    run = course.type("trial", "41", str(trial))
    assert run.returncode == 1
    assert "wrong: 0 of 2 accepted\nnot judged: 1\n" in run.stdout
    assert "\n  wrong/typo.py: typo.py, line 1, is not Python" in run.stdout


def test_what_is_not_there_is_told(course: CliCourse, tmp_path: Path) -> None:
    """No folder, or a folder without programs: what a trial looks like, and what to type."""
    for folder in (tmp_path / "nowhere", tmp_path / "empty"):
        if folder.name == "empty":
            folder.mkdir()
        run = course.type("trial", "41", str(folder))
        assert run.returncode == 4
        assert "`right/`" in run.stderr
        assert "Next: `halfway trial 41 FOLDER`" in run.stderr
    assert course.type("trial", "99", str(tmp_path)).returncode == 2
