"""`halfway grade`: what it shows, what it notes, and how it ends."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path

import jsonschema
import pytest
from cli_course import FIRST, SECOND, CliCourse
from course_folder import without_the_rights_of_root
from whole_machine import needs_sandboxes

from halfway.cli import group
from halfway.grading.form import schema


@pytest.fixture
def course(tmp_path: Path) -> CliCourse:
    return CliCourse(tmp_path / "course")


def test_a_right_answer_ends_with_0(course: CliCourse) -> None:
    """Every promise is kept, and a script can tell."""
    course.solve(course.first)
    run = course.type("grade", "41")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "All 2 promises are kept" in run.stdout


def test_a_wrong_answer_ends_with_1_and_teaches(course: CliCourse) -> None:
    """The first broken promise is open, with Saw, Rule, Ask, its timeline and the wrong idea's words."""
    course.spoil(course.first)
    run = course.type("grade", FIRST)
    assert run.returncode == 1
    for part in ("✗", "Saw ", "Rule ", "Ask ", "smallest story", "--replay", "when somebody thinks"):
        assert part in run.stdout
    assert "\x1b[" not in run.stdout, "no colour where the output is no terminal"


def test_a_given_file_that_is_changed_is_named(course: CliCourse) -> None:
    """The verdict is on the learner's file with the course's copy, and whoever changed theirs is told so."""
    course.give(course.first, "words.py", "BEGINS = 'ring'\n")
    course.solve(course.first)
    assert course.type("grade", "41").stderr == ""
    course.first.folder.joinpath("words.py").write_text("BEGINS = 'mine'\n")
    run = course.type("grade", "41")
    assert run.returncode == 0
    assert "You have changed `words.py`, which is given: `keys.py` is judged" in run.stderr


@pytest.mark.slow
def test_confined_is_the_verdict_of_a_review(course: CliCourse) -> None:
    """In sandboxes, on the same content: the same promises, and no story is told for `--all` or a replay."""
    needs_sandboxes()
    course.solve(course.first)
    run = course.type("grade", "41", "--confined", "--json")
    assert run.returncode == 0, run.stdout + run.stderr
    assert json.loads(run.stdout)["passed"]
    course.spoil(course.first)
    wrong = [json.loads(course.type("grade", "41", *more, "--json").stdout) for more in ((), ("--confined",))]
    kept = [[promise["status"] for promise in verdict["promises"]] for verdict in wrong]
    assert kept[0] == kept[1]
    refused = course.type("grade", "--all", "--confined")
    assert refused.returncode != 0
    assert "it takes no `--all`" in refused.stderr


def test_without_a_unit_it_grades_where_you_are(course: CliCourse) -> None:
    """The first unit that is not solved is meant."""
    course.solve(course.first)
    course.type("grade", "41")
    assert course.type("grade").stdout.startswith(SECOND)


@pytest.mark.parametrize("name", ["41", "ex41", FIRST, "dedup", f"exercises/{FIRST}/keys.py"])
def test_a_unit_has_many_names(course: CliCourse, name: str) -> None:
    """Number, slug, the start of its name or a path inside it: each of them is understood."""
    assert course.type("grade", name).stdout.startswith(FIRST)


def test_an_unknown_unit_ends_with_2_and_the_next_command(course: CliCourse) -> None:
    """It says which names are near, and how to see all of them."""
    run = course.type("grade", "ex41_dedup_kez")
    assert run.returncode == 2
    assert FIRST in run.stderr
    assert "halfway list" in run.stderr
    assert run.stdout == ""


def test_a_file_that_is_gone_ends_with_4(course: CliCourse) -> None:
    """Nothing is there to grade, and the command that brings it back is named."""
    course.first.stub.unlink()
    run = course.type("grade", "41")
    assert run.returncode == 4
    assert "halfway reset 41" in run.stderr


def test_no_course_ends_with_4(course: CliCourse) -> None:
    """A variable that names no course is told as that."""
    run = course.type("grade", "41", HALFWAY_COURSE="/nowhere")
    assert run.returncode == 4
    assert "HALFWAY_COURSE" in run.stderr


def test_a_fault_of_the_suite_ends_with_3(course: CliCourse) -> None:
    """A suite that fails by itself is the checker's fault, and costs the learner no attempt."""
    course.solve(course.first)
    suite = course.first.suite
    suite.write_text(
        suite.read_text().replace("phone, incident = Phone(story)", "phone, incident = Fone(story)")
    )
    run = course.type("grade", "41")
    assert run.returncode == 3
    assert "not your code" in run.stdout
    assert not course.progress_file.exists()


def test_a_fault_of_ours_ends_with_3_and_keeps_its_story(course: CliCourse) -> None:
    """A learner sees one line of it; the traceback is in a file."""
    (course.root / ".halfway").write_text("a file where the folder of notes belongs")
    course.first.hints_file.unlink()
    course.first.hints_file.mkdir()
    run = course.type("hint", "41")
    assert run.returncode == 3
    assert run.stderr.startswith("Halfway itself failed; this is not your code.")


@pytest.mark.skipif(sys.platform != "linux", reason="takes rights away in Linux's way")
def test_a_file_of_somebody_else_ends_with_4_and_the_next_command(course: CliCourse) -> None:
    """What this user may not do is no fault of ours and of no code: it is said in a line."""
    stub, folder = course.first.stub, course.first.stub.parent
    remembered = course.root / ".halfway" / "stubs" / FIRST / stub.name
    remembered.parent.mkdir(parents=True)
    remembered.write_bytes(stub.read_bytes())
    course.solve(course.first)
    folder.chmod(0o555)
    try:
        run = course.type("reset", "41", "--yes", first=without_the_rights_of_root)
    finally:
        folder.chmod(0o755)
    assert run.returncode == 4, run.stderr
    said, following = run.stderr.splitlines()
    assert said.endswith("could not be read or written: Permission denied.")
    assert following.startswith("Next: `cp -r . ~/halfway`")


def test_a_full_disk_ends_with_4_and_the_next_command(capsys: pytest.CaptureFixture[str]) -> None:
    """It is no fault of ours either, and is said in a line."""
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "notes.json")
    assert group._told(full) == 4
    said, following = capsys.readouterr().err.splitlines()
    assert said == "notes.json could not be read or written: No space left on device."
    assert following.startswith("Next: make room on the disk")


def test_json_is_a_verdict_by_its_schema(course: CliCourse) -> None:
    """One line of JSON, and nothing else on the output."""
    course.spoil(course.first)
    run = course.type("grade", "41", "--json")
    verdict = json.loads(run.stdout)
    jsonschema.validate(verdict, schema())
    assert (verdict["unit"], verdict["passed"], run.returncode) == (FIRST, False, 1)
    assert run.stdout.count("\n") == 1


def test_all_units_are_graded_one_line_each(course: CliCourse) -> None:
    """The worst of them decides how it ends."""
    course.solve(course.first)
    run = course.type("grade", "--all")
    assert [line[:5] for line in run.stdout.splitlines()] == ["✓ 41 ", "✗ 42 "]
    assert run.returncode == 1
    lines = course.type("grade", "--all", "--json").stdout.splitlines()
    assert [json.loads(line)["unit"] for line in lines] == [FIRST, SECOND]


def test_all_goes_on_over_a_file_that_is_gone(course: CliCourse) -> None:
    """The other units have their verdicts; the end says that one has none."""
    course.first.stub.unlink()
    course.solve(course.second)
    run = course.type("grade", "--all")
    assert run.returncode == 4
    assert "✓ 42 " in run.stdout
    assert "keys.py is gone" in run.stderr


def test_a_replay_tells_one_story_and_is_no_attempt(course: CliCourse) -> None:
    """The string of a broken promise shows its story again."""
    course.spoil(course.first)
    verdict = json.loads(course.type("grade", "41", "--json").stdout)
    replay = next(promise["replay"] for promise in verdict["promises"] if promise["replay"])
    before = course.progress_file.read_text()
    run = course.type("grade", "41", "--replay", replay)
    assert "the reply is lost" in run.stdout
    assert run.returncode == 1
    assert course.progress_file.read_text() == before


def test_a_replay_that_cannot_be_read_ends_with_2(course: CliCourse) -> None:
    """It says where such a string comes from."""
    run = course.type("grade", "41", "--replay", "1/ring~~~")
    assert run.returncode == 2
    assert "halfway grade 41" in run.stderr


def test_all_takes_no_unit(course: CliCourse) -> None:
    """Two options that contradict each other are a usage error."""
    assert course.type("grade", "41", "--all").returncode == 2
    assert course.type("grade", "--loud").returncode == 2


def test_attempts_and_the_first_solution_are_noted(course: CliCourse) -> None:
    """An untouched stub and an equal file are no attempts; a unit once solved stays solved."""
    course.type("grade", "41")
    assert not course.progress_file.exists()
    course.spoil(course.first)
    course.type("grade", "41")
    course.type("grade", "41")
    assert course.progress()[FIRST]["attempts"] == 1
    course.solve(course.first)
    course.type("grade", "41")
    solved_at = course.progress()[FIRST]["first_solved_at"]
    assert course.progress()[FIRST]["attempts"] == 2
    course.spoil(course.first)
    course.type("grade", "41")
    assert course.progress()[FIRST]["first_solved_at"] == solved_at != ""


def test_a_reader_that_leaves_early_is_no_error(course: CliCourse) -> None:
    """`halfway list | head -1` ends quietly."""
    with course.begin("list") as run:
        assert run.stdout is not None
        run.stdout.close()
        assert run.wait(30) == 0
