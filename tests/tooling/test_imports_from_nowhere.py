"""Nothing of ours imports from the folder that a command is typed in, which may be a stranger's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from course_folder import REPOSITORY, CourseFolder
from review_school import School
from tiny_course import SLUG, TinyCourse

from halfway import interpreter

SECONDS_MAX = 180
TRAP = "open({mark!r}, 'a').write(__name__ + '\\n')\nraise SystemExit('a file of a stranger ran')\n"
HALFWAY = [sys.executable, "-P", "-m", "halfway.cli"]
OF_PYTHON = "import sys; print(*sys.modules)"


def names() -> set[str]:
    """Gives every name that an import of ours, or of what we import, may begin with."""
    installed = {name for name in packages_distributions() if name.isidentifier()}
    return sys.stdlib_module_names | installed | {"halfway", "sitecustomize", "usercustomize"}


def imported_by_python_itself() -> set[str]:
    """Gives what every Python has imported before it reads the first line of a program."""
    said = subprocess.run(
        [sys.executable, "-c", OF_PYTHON], capture_output=True, text=True, check=True
    ).stdout
    return {*said.split(), "sitecustomize", "usercustomize"}


def without_our_care() -> dict[str, str]:
    """Gives the environment as a user has it: what `halfway test` tells its own processes is not in it."""
    ours = ("PYTHONSAFEPATH", "HALFWAY_COURSE")
    return {name: value for name, value in os.environ.items() if name not in ours}


class Trapped:
    """A folder full of files that tell when they are imported."""

    def __init__(self, folder: Path, mark: Path, *, but: set[str] | frozenset[str] = frozenset()) -> None:
        self.folder, self._mark = folder, mark
        folder.mkdir(exist_ok=True)
        trap = TRAP.format(mark=str(mark))
        for name in names() - but:
            (folder / f"{name}.py").write_text(trap)

    def sprung(self) -> list[str]:
        """Gives the names that somebody imported from here."""
        return sorted(set(self._mark.read_text().split())) if self._mark.exists() else []

    def type(self, *words: str, **more: str | None) -> subprocess.CompletedProcess[str]:
        """Runs a command in it."""
        environment = {
            **without_our_care(),
            **{name: value for name, value in more.items() if value is not None},
        }
        return subprocess.run(
            words,
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )


@pytest.fixture
def trapped(tmp_path: Path) -> Trapped:
    return Trapped(tmp_path / "typed-here", tmp_path / "sprung")


def test_the_traps_work(trapped: Trapped) -> None:
    """Without our care a file of a stranger does run: here it is Python itself that asks for it."""
    said = trapped.type(sys.executable, "-c", "import halfway")
    assert said.returncode != 0
    assert trapped.sprung() == ["halfway"]


@pytest.mark.parametrize("confined", [False, True], ids=["trusted", "confined"])
@pytest.mark.slow
def test_a_review_typed_in_a_strangers_folder_runs_none_of_their_files(
    tmp_path: Path, trapped: Trapped, *, confined: bool
) -> None:
    """Workers, judges and sandboxes of a review import nothing of the folder in which it was typed."""
    if confined and shutil.which("bwrap") is None:
        assert "CI" not in os.environ, "bubblewrap is missing"
        pytest.skip("bubblewrap is missing")
    school = School(tmp_path / "school", learners=1)
    words = ["review", str(school.handed_in), "--out", str(school.out), "--workers", "1"]
    trust = [] if confined else ["--trust-submissions"]
    script = str(Path(sys.executable).with_name("halfway"))
    ran = trapped.type(script, *words, *trust, HALFWAY_COURSE=str(school.course.root))
    assert trapped.sprung() == []
    assert ran.returncode == 0, ran.stderr
    assert len(school.verdicts()) == 1


@pytest.mark.parametrize("as_path", [None, "", "."])
def test_course_py_imports_nothing_from_its_own_folder_or_the_current_one(
    tmp_path: Path, as_path: str | None
) -> None:
    """course.py, the venv and the pip that it starts, and what it hands over to, are Python's own and ours.

    Also where PYTHONPATH names the current folder by an empty or a relative part. What Python itself imports
    from there, before the first line of ours, is between Python and whoever set the variable.
    """
    course = CourseFolder(tmp_path / "course")
    mark = tmp_path / "sprung"
    but = set() if as_path is None else imported_by_python_itself()
    here = Trapped(tmp_path / "typed-here", mark, but=but)
    beside = Trapped(course.folder, mark, but=but)
    stand_ins = str(course.stand_ins) + (os.pathsep + as_path if as_path is not None else "")
    for folder in (here, beside):
        ran = folder.type(
            sys.executable,
            str(course.folder / "course.py"),
            "list",
            **{**course.environment(), "PYTHONPATH": stand_ins},
        )
        assert here.sprung() == []
        assert ran.returncode == 0, ran.stderr
        assert "halfway ['list']" in ran.stdout


@pytest.mark.parametrize(
    "words", [("grade", SLUG), ("list",), ("hint", SLUG), ("--help",)], ids=lambda w: w[0]
)
def test_a_learners_command_runs_none_of_the_files_beside_it(
    tmp_path: Path, trapped: Trapped, words: tuple[str, ...]
) -> None:
    """What a learner types in a folder of files with unlucky names takes none of them for a module."""
    course = TinyCourse(tmp_path / "course")
    script = str(Path(sys.executable).with_name("halfway"))
    ran = trapped.type(script, *words, HALFWAY_COURSE=str(course.root))
    assert trapped.sprung() == []
    assert "failed" not in ran.stderr
    assert ran.returncode in (0, 1), ran.stderr


def test_the_projects_own_tests_start_from_nowhere(trapped: Trapped) -> None:
    """`halfway test`, and the processes that spread it, import nothing of the folder in which it is typed."""
    script = str(Path(sys.executable).with_name("halfway"))
    ran = trapped.type(
        script,
        "test",
        "-n2",
        "-q",
        "tests/tooling/test_grading_lines.py",
        HALFWAY_COURSE=str(REPOSITORY),
    )
    assert trapped.sprung() == []
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_review_is_never_judged_by_the_course_of_a_learner(tmp_path: Path) -> None:
    """Typed inside a learner's clone, a review takes its suites from the course that it belongs to itself."""
    clone = TinyCourse(tmp_path / "clone")
    mark = tmp_path / "sprung"
    clone.suite.write_text(TRAP.format(mark=str(mark)) + clone.suite.read_text())
    environment = without_our_care()
    ran = subprocess.run(
        [*HALFWAY, "review", ".", "--out", str(tmp_path / "report"), "--trust-submissions"],
        cwd=clone.root,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert not mark.exists(), ran.stdout + ran.stderr


def test_what_a_process_of_ours_hears_names_no_place_for_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable that tells Python or pytest where else to look reaches a process that we start."""
    for name in ("PYTHONPATH", "PYTHONSTARTUP", "PYTHONHOME", "PYTEST_PLUGINS", "PYTEST_ADDOPTS"):
        monkeypatch.setenv(name, "here")
    heard = interpreter.environment()
    assert "here" not in heard.values()
    assert heard["PYTHONSAFEPATH"] == "1"


def test_a_program_in_the_current_folder_is_not_taken_for_one_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the PATH names the current folder, a `bwrap` that lies in it is not started."""
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\n")
    fake.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    for path in (".", "", str(tmp_path)):
        monkeypatch.setenv("PATH", path)
        assert interpreter.program("bwrap") is None
