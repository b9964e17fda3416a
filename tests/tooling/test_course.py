"""`python3 course.py`: makes the environment once, then hands over."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from course_folder import SECONDS_MAX, CourseFolder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for venv makes a symbolic link")

SITE = "install --disable-pip-version-check --no-input --editable .[site] --constraint constraints.txt"
BOTH = SITE.replace("[site]", "[dev,site]")
ALL = SITE.replace("[site]", "[dev,review,site]")


@pytest.fixture
def course(tmp_path: Path) -> CourseFolder:
    return CourseFolder(tmp_path / "halfway")


def test_the_first_start_installs_and_starts_the_course(course: CourseFolder) -> None:
    """On a machine without anything, one command makes .venv, installs, and begins."""
    run = course.run()
    assert run.returncode == 0, run.stderr
    assert run.stdout == "halfway ['start']\n"
    assert "Installing the course into .venv" in run.stderr
    assert course.installs() == [SITE]


def test_a_dollar_in_the_name_of_the_folder_is_no_variable(tmp_path: Path) -> None:
    """setuptools replaces `$name` in each path; each of the folder is told to mean itself."""
    course = CourseFolder(tmp_path / "my $course for $9")
    pip = course.stand_ins / "pip" / "__main__.py"
    pip.write_text(pip.read_text() + "open('.venv/told', 'w').write(os.environ.get('course', 'nothing'))\n")
    run = course.run()
    assert run.returncode == 0, run.stderr
    assert (course.venv / "told").read_text() == "$course"


def test_the_second_start_installs_nothing(course: CourseFolder) -> None:
    """What is installed is not installed again, and nothing is said about it."""
    course.run()
    run = course.run()
    assert (run.returncode, run.stdout, run.stderr) == (0, "halfway ['start']\n", "")
    assert len(course.installs()) == 1


def test_words_and_exit_code_are_handed_over(course: CourseFolder) -> None:
    """Anything after course.py goes to halfway as it is, and the exit code comes back."""
    run = course.run("grade", "ex41", "--replay", "1/a b~2", STAND_IN_EXIT="3")
    assert run.stdout == "halfway ['grade', 'ex41', '--replay', '1/a b~2']\n"
    assert run.returncode == 3


@pytest.mark.parametrize(("command", "wanted"), [("test", ALL), ("prove", BOTH)])
def test_an_authors_commands_install_an_authors_tools(
    course: CourseFolder, command: str, wanted: str
) -> None:
    """`test` and `prove` install what they need when they are first typed, and it stays installed."""
    course.run()
    course.run(command)
    assert course.installs() == [SITE, wanted]
    course.run("list")
    course.run(command)
    assert course.installs() == [SITE, wanted]


def test_extras_stay_when_the_course_is_upgraded(course: CourseFolder) -> None:
    """After an upgrade, a plain start brings an author's tools up to date too."""
    course.run("test")
    (course.folder / "constraints.txt").write_text("click==8.5.2\n")
    course.run()
    assert course.installs() == [ALL, ALL]


def test_an_edition_needs_no_tools(course: CourseFolder) -> None:
    """A learners' edition brings its pages along: the grader alone is installed, whatever is typed."""
    (course.folder / "out_of_sight.bin").touch()
    assert course.run().stdout == "halfway ['start']\n"
    course.run("prove")
    assert course.installs() == [SITE.replace(".[site]", ".")]


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_an_upgrade_is_installed(course: CourseFolder, name: str) -> None:
    """Another list of packages is installed at the next start."""
    course.run()
    with (course.folder / name).open("a") as file:
        file.write("# changed\n")
    course.run()
    assert len(course.installs()) == 2


def test_a_moved_folder_is_installed_again(course: CourseFolder) -> None:
    """An editable install remembers its place, so a folder with another name needs a new one."""
    course.run()
    moved = course.folder.rename(course.folder.with_name("halfway elsewhere"))
    course.folder = moved
    run = course.run("list")
    assert run.returncode == 0, run.stderr
    assert len(course.installs()) == 2


def test_a_damaged_stamp_counts_as_none(course: CourseFolder) -> None:
    """A stamp that cannot be read leads to a new install, not to an error."""
    course.run()
    course.stamp.write_text("{half")
    assert course.run("list").returncode == 0
    assert len(course.installs()) == 2
    assert json.loads(course.stamp.read_text())["extras"] == ["site"]


def test_a_python_that_is_gone_is_replaced(course: CourseFolder) -> None:
    """When the Python behind .venv was removed by an upgrade of the system, .venv is made anew."""
    course.run()
    python = course.venv / "bin" / "python"
    python.unlink()
    python.symlink_to("no-longer-there")
    run = course.run("list")
    assert run.stdout == "halfway ['list']\n"
    assert "made anew" in run.stderr


def test_an_interrupted_install_is_repaired(course: CourseFolder) -> None:
    """Killed in the middle, the next start makes .venv anew and finishes."""
    killed = course.run(STAND_IN_PIP="killed")
    assert killed.returncode == -9
    assert (course.venv / "half-a-package").exists()
    run = course.run()
    assert run.stdout == "halfway ['start']\n"
    assert "made anew" in run.stderr
    assert not (course.venv / "half-a-package").exists()
    assert course.run().stderr == ""


def test_a_venv_of_somebody_else_is_never_emptied(course: CourseFolder) -> None:
    """A .venv that course.py did not make is installed into, and loses nothing."""
    course.venv.mkdir()
    mine = course.venv / "mine.txt"
    mine.write_text("work")
    assert course.run("list").returncode == 0
    assert mine.read_text() == "work"


def test_two_starts_at_once_install_once(course: CourseFolder, tmp_path: Path) -> None:
    """A second terminal waits for the install of the first, and uses it."""
    called, go = tmp_path / "called", tmp_path / "go"
    os.mkfifo(called)
    os.mkfifo(go)
    pipes = {"STAND_IN_PIP": "waits", "STAND_IN_CALLED": str(called), "STAND_IN_GO": str(go)}
    with course.begin("list", **pipes) as first:
        assert called.read_text() == "here"  # the first one is in the middle of its install
        with course.begin("progress", **pipes) as second:
            assert second.stderr is not None
            assert "waits for it" in second.stderr.readline()
            go.write_text("on")
            assert second.communicate(timeout=SECONDS_MAX)[0] == "halfway ['progress']\n"
        assert first.communicate(timeout=SECONDS_MAX)[0] == "halfway ['list']\n"
    assert course.installs() == [SITE]


def test_help_needs_no_install(course: CourseFolder) -> None:
    """Asking what it does installs nothing."""
    run = course.run("--help")
    assert "python3 course.py test" in run.stdout
    assert run.returncode == 0
    assert not course.venv.exists()


def test_nothing_outside_the_folder_changes(course: CourseFolder, tmp_path: Path) -> None:
    """Everything it makes is in the course's own folder."""
    home = tmp_path / "home"
    home.mkdir()
    before = sorted(tmp_path.iterdir())
    course.run(HOME=str(home))
    assert sorted(tmp_path.iterdir()) == before
    assert list(home.iterdir()) == []
    made = {path.name for path in course.folder.iterdir()}
    assert made == {"course.py", "pyproject.toml", "constraints.txt", "src", ".venv", ".halfway"}


def test_without_exec_the_exit_code_is_passed_on(course: CourseFolder, tmp_path: Path) -> None:
    """On Windows halfway runs as a child, and its exit code is the answer all the same."""
    course.run()
    as_on_windows = tmp_path / "windows.py"
    as_on_windows.write_text(
        "import os, sys\n"
        f"sys.path.insert(0, {str(course.folder)!r})\n"
        "import course\n"
        "class Windows:\n"
        "    name = 'nt'\n"
        "    def __getattr__(self, name):\n"
        "        return getattr(os, name)\n"
        "course.os = Windows()\n"
        f"sys.exit(course.hand_over({str(course.venv / 'bin' / 'python')!r}, ['list']))\n"
    )
    shutil.copy(as_on_windows, course.folder / "windows.py")
    import subprocess

    run = subprocess.run(
        [sys.executable, "windows.py"],
        cwd=course.folder,
        env=course.environment(STAND_IN_EXIT="2"),
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert (run.stdout, run.returncode) == ("halfway ['list']\n", 2)
