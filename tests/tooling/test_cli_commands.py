"""The small commands of `halfway`, typed as a learner types them."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from cli_course import FIRST, SECOND, CliCourse

from halfway.catalog import KINDS, find
from halfway.cli.group import COMMANDS
from halfway.cli.skeleton import TEMPLATES, make_unit

HOUSE = Path(__file__).resolve().parents[2]
PAGE = HOUSE / "docs" / "reference" / "cli.md"


@pytest.fixture
def course(tmp_path: Path) -> CliCourse:
    return CliCourse(tmp_path / "course")


def test_help_names_every_command_and_exit_code(course: CliCourse) -> None:
    """`halfway --help` and the page of the reference hold the same commands and codes."""
    run = course.type("--help")
    page = PAGE.read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"  {name} " in run.stdout
        assert f"`halfway {name}" in page
    for code in ("0", "1", "2", "3", "4", "130"):
        assert f"\n    {code} " in run.stdout
        assert f"| {code} |" in page


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(course: CliCourse, name: str) -> None:
    """Every command says what it does; `test` hands its words to pytest, which has help of its own."""
    if name != "test":
        run = course.type(name, "--help")
        assert run.returncode == 0
        assert "Usage: halfway" in run.stdout


def test_a_misspelt_command_is_guessed(course: CliCourse) -> None:
    """It ends with 2, and the next command is probably the right one."""
    run = course.type("graed")
    assert run.returncode == 2
    assert "`halfway grade`" in run.stderr
    assert course.type("xyzzy").returncode == 2


def test_list_shows_where_you_are(course: CliCourse) -> None:
    """Solved, tried and untouched units have marks, and one line is where you are."""
    course.solve(course.first)
    course.type("grade", "41")
    lines = course.type("list").stdout.splitlines()
    assert lines[0].startswith("  ✓ 41")
    assert lines[1].startswith(">   42")


def test_list_works_while_a_unit_is_being_written(course: CliCourse) -> None:
    """A unit without a brief goes by its slug."""
    course.first.brief.unlink()
    run = course.type("list")
    assert FIRST in run.stdout
    assert run.returncode == 0


def test_an_empty_course_is_told(course: CliCourse) -> None:
    """Without a unit there is nothing to do, and an author learns how to begin."""
    empty = course.root / "empty"
    (empty / "exercises").mkdir(parents=True)
    run = course.type("list", HALFWAY_COURSE=str(empty))
    assert run.returncode == 4
    assert "halfway new" in run.stderr


def test_one_hint_more_each_time(course: CliCourse) -> None:
    """First the place, then the idea, then the shape, then all three again."""
    titles = ["1 Where to look", "2 The idea", "3 The shape"]
    for title in titles:
        shown = course.type("hint", "41").stdout
        assert [other for other in titles if other in shown] == [title]
    assert course.progress()[FIRST]["hints_seen"] == 3
    shown = course.type("hint", "41").stdout
    assert all(title in shown for title in titles)
    assert course.progress()[FIRST]["hints_seen"] == 3


def test_the_solution_opens_after_solving(course: CliCourse) -> None:
    """Before, it is not shown and the next step is a hint; after, it is."""
    run = course.type("solution", "41")
    assert run.returncode == 1
    assert "halfway hint 41" in run.stderr
    assert "ATTEMPTS_MAX" not in run.stdout + run.stderr
    course.solve(course.first)
    course.type("grade", "41")
    run = course.type("solution", "41")
    assert "ATTEMPTS_MAX" in run.stdout
    assert "names_its_attempts.py" in run.stderr
    assert course.progress()[FIRST]["peeked"] is False


def test_peeking_asks_and_is_noted(course: CliCourse) -> None:
    """A no shows nothing and notes nothing; a yes shows the solution and is remembered."""
    run = course.type("solution", "41", "--peek", answer="n\n")
    assert "ATTEMPTS_MAX" not in run.stdout
    assert run.returncode == 130
    assert not course.progress_file.exists()
    run = course.type("solution", "41", "--peek", answer="y\n")
    assert "ATTEMPTS_MAX" in run.stdout
    assert course.progress()[FIRST]["peeked"] is True


def test_the_solution_as_a_difference(course: CliCourse) -> None:
    """--diff shows what would have to change in one's own file."""
    run = course.type("solution", "41", "--peek", "--yes", "--diff")
    assert f"--- exercises/{FIRST}/keys.py" in run.stdout
    assert "-    raise NotImplementedError" in run.stdout


def test_an_edition_without_answers_says_so(course: CliCourse) -> None:
    """Where the solutions were left out, that is told, not failed at."""
    course.first.solution.unlink()
    assert course.type("solution", "41", "--peek", "--yes").returncode == 4


def test_reset_keeps_every_file_beside(course: CliCourse) -> None:
    """Each reset keeps what was there under a name of its own, and the stub is as at first."""
    course.type("list")
    untouched = course.first.stub.read_text()
    course.type("watch", "41", "--help")
    keep_copies(course)
    for number in (1, 2):
        course.first.stub.write_text(f"work {number}\n")
        run = course.type("reset", "41", "--yes")
        assert run.returncode == 0, run.stderr
        assert course.first.stub.read_text() == untouched
        kept = course.first.stub.with_name(f"keys.py.before-reset-{number}")
        assert kept.read_text() == f"work {number}\n"
    assert "nothing to reset" in course.type("reset", "41", "--yes").stdout


def keep_copies(course: CliCourse) -> None:
    """What every start does: remembers the stubs where no git does."""
    from halfway.cli.pristine import keep_copies as keep

    keep([course.first, course.second])


def test_reset_asks(course: CliCourse) -> None:
    """A no, and an end of the input, change nothing."""
    keep_copies(course)
    course.first.stub.write_text("work\n")
    for answer in ("n\n", ""):
        assert course.type("reset", "41", answer=answer).returncode == 130
    assert course.first.stub.read_text() == "work\n"
    assert course.type("reset", "41", answer="y\n").returncode == 0
    assert course.first.stub.read_text() != "work\n"


def test_reset_brings_a_file_back_that_is_gone(course: CliCourse) -> None:
    """A deleted stub is written anew."""
    keep_copies(course)
    untouched = course.first.stub.read_text()
    course.first.stub.unlink()
    course.type("reset", "41", "--yes")
    assert course.first.stub.read_text() == untouched


def test_reset_without_a_memory_changes_nothing(course: CliCourse) -> None:
    """Where nothing knows the stub, the learner's file stays, and a way out is named."""
    course.first.stub.write_text("work\n")
    run = course.type("reset", "41", "--yes")
    assert run.returncode == 4
    assert course.first.stub.read_text() == "work\n"
    assert [path.name for path in course.first.folder.glob("keys*")] == ["keys.py"]


def test_progress_for_people_and_for_programs(course: CliCourse) -> None:
    """One line a unit, and with --json what the file holds."""
    course.type("hint", "41")
    shown = course.type("progress").stdout
    assert "0 of 2 units solved" in shown
    assert "1 hint" in shown
    assert "not begun" in shown
    data = json.loads(course.type("progress", "--json").stdout)
    assert data["units"][FIRST]["hints_seen"] == 1


def test_a_page_is_named_whether_it_is_served_or_not(course: CliCourse) -> None:
    """Its file where nothing is served; its address where somebody answers."""
    run = course.type("page", "42")
    assert run.stdout.startswith("docs/concepts/4_module/42_publish_once.md")
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        (course.root / ".halfway").mkdir(exist_ok=True)
        (course.root / ".halfway" / "address").write_text(address)
        run = course.type("page", "42")
        assert run.stdout == f"{address}concepts/4_module/42_publish_once/\n"
    assert course.type("page", "42").stdout.startswith("docs/")


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_unit_keeps_every_law(course: CliCourse, kind: str) -> None:
    """Of every kind: all three trees and the page say what to fill, and prove finds nothing."""
    run = course.type("new", "ex35_retry_budget", "--file", "publish.py", "--kind", kind)
    made = run.stdout.splitlines()[: len(TEMPLATES)]
    assert run.returncode == 0
    for name in made:
        text = (course.root / name).read_text(encoding="utf-8")
        assert "Fill in" in text or name.endswith((".toml", "one_long_test.py"))
    unit = find("35", course.root)
    assert (unit.kind, unit.draft) == (kind, True)
    run = course.type("prove", "35", "--accept")
    assert run.returncode == 0, run.stdout
    assert "Every law is kept." in run.stdout


def test_a_new_unit_is_to_implement_unless_somebody_says_otherwise(course: CliCourse) -> None:
    """Without --kind it is what it always was, and the help names the others."""
    course.type("new", "ex35_retry_budget")
    assert find("35", course.root).kind == "implement"
    said = course.type("new", "--help").stdout
    assert all(kind in said for kind in KINDS)


def test_a_new_unit_is_in_the_style_of_the_house(tmp_path: Path) -> None:
    """ruff has nothing to say to a unit of any kind, by the rules of this house."""
    shutil.copy(HOUSE / "pyproject.toml", tmp_path)
    for place, kind in enumerate(KINDS, 1):
        make_unit(tmp_path, f"ex3{place}_retry_budget", "publish.py", kind)
    for tool in (("check", "--output-format", "concise"), ("format", "--check")):
        run = subprocess.run(
            [sys.executable, "-m", "ruff", *tool, "."],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert run.returncode == 0, run.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["35_retry"], "no slug of a unit"),
        (["ex41_another"], f"taken by {FIRST}"),
        (["ex35_budget", "--file", "class.py"], "cannot be imported"),
        (["ex35_budget", "--kind", "reparing"], f"is not one of {', '.join(map(repr, KINDS))}"),
    ],
)
def test_a_new_unit_that_cannot_be_is_refused(course: CliCourse, words: list[str], said: str) -> None:
    """It says why, ends with 2, and leaves nothing behind."""
    before = sorted(course.root.rglob("*"))
    run = course.type("new", *words)
    assert run.returncode == 2
    assert said in run.stderr
    assert sorted(course.root.rglob("*")) == before


def test_a_new_unit_overwrites_nothing(course: CliCourse) -> None:
    """A file in its place stops it before it writes the first one."""
    page = course.root / "docs/concepts/3_retries/35_retry_budget.md"
    page.parent.mkdir(parents=True)
    page.write_text("mine")
    run = course.type("new", "ex35_retry_budget")
    assert run.returncode == 2
    assert "35_retry_budget.md" in run.stderr
    assert page.read_text() == "mine"
    assert not (course.root / "exercises" / "ex35_retry_budget").exists()


def test_prove_ends_with_1_for_a_broken_law(course: CliCourse) -> None:
    """What is wrong stands with where and what next."""
    course.second.notes.unlink()
    run = course.type("prove", "42")
    assert run.returncode == 1
    assert "notes.md" in run.stdout
    assert SECOND in run.stdout


def test_test_hands_over_to_pytest(course: CliCourse) -> None:
    """Its words and its exit code are pytest's own."""
    run = course.type("test", "-p", "no:cacheprovider", "-q", "nowhere.py")
    assert run.returncode == 4
    assert "nowhere.py" in run.stdout + run.stderr
    assert "pytest" in course.type("test", "--help").stdout


def test_colour_only_where_it_is_wanted(course: CliCourse) -> None:
    """On a terminal words are coloured, with NO_COLOR they are not."""
    import os
    import pty

    for variables, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        master, slave = pty.openpty()
        environment = course.environment(TERM="xterm-256color", **variables)
        command = [*_python(), "grade", "41"]
        with subprocess.Popen(command, cwd=course.root, env=environment, stdout=slave, stdin=slave) as run:
            os.close(slave)
            shown = b""
            try:
                while part := os.read(master, 65536):
                    shown += part
            except OSError:  # how a pseudo-terminal says that nobody writes any more
                pass
            run.wait(30)
        os.close(master)
        assert (b"\x1b[" in shown) is coloured
        assert "✗".encode() in shown


def _python() -> list[str]:
    return [sys.executable, "-P", "-m", "halfway.cli"]
