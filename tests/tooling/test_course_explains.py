"""What `python3 course.py` says when it cannot go on: what happened, and the next command to type."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from course_folder import REPOSITORY, SECONDS_MAX, CourseFolder, without_the_rights_of_root

from halfway.installing.place import own_folder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for venv makes a symbolic link")

PRETENDS_TO_BE_OLD = (
    "import collections, runpy, sys\n"
    "Version = collections.namedtuple('Version', 'major minor micro releaselevel serial')\n"
    "sys.version_info = Version(3, 9, 6, 'final', 0)\n"
    "sys.argv = ['course.py']\n"
    "runpy.run_path('course.py', run_name='__main__')\n"
)


@pytest.fixture
def course(tmp_path: Path) -> CourseFolder:
    return CourseFolder(tmp_path / "halfway")


def stopped(run: subprocess.CompletedProcess[str], *parts: str) -> None:
    """It ended as told: exit code 4, these words, and no traceback."""
    assert run.returncode == 4, run.stderr
    assert "Traceback" not in run.stderr
    for part in parts:
        assert part in run.stderr


def test_a_python_that_is_too_old_is_told(course: CourseFolder) -> None:
    """It names the version that is needed, the one that runs, and a command."""
    run = subprocess.run(
        [sys.executable, "-c", PRETENDS_TO_BE_OLD],
        cwd=course.folder,
        env={"PATH": ""},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    stopped(run, "needs Python 3.11 or newer, and this is Python 3.9", "\n    ", "course.py")
    assert not course.venv.exists()


def test_a_newer_python_on_the_machine_is_named(course: CourseFolder, tmp_path: Path) -> None:
    """If a newer Python is on the PATH, the next command is the one that uses it."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "python3.12").symlink_to(os.path.realpath(sys.executable))
    run = subprocess.run(
        [sys.executable, "-c", PRETENDS_TO_BE_OLD],
        cwd=course.folder,
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    stopped(run, "\n    python3.12 course.py\n")


def old_pythons() -> list[str]:
    """The Pythons of this machine that are too old, wherever they are."""
    places = [shutil.which(f"python{version}") for version in ("2.7", "3.6", "3.7", "3.8", "3.9", "3.10")]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    places += [str(path / "bin" / "python") for path in sorted(pyenv.glob("[23].*"))]
    found = []
    for place in filter(None, places):
        asked = subprocess.run(
            [place, "-c", "import sys; sys.exit(sys.version_info >= (3, 11))"],
            capture_output=True,
            check=False,
        )
        if asked.returncode == 0:
            found.append(place)
    return found


def test_old_pythons_can_read_the_file() -> None:
    """Every old Python of this machine reads course.py and says that it is too old."""
    for python in old_pythons():
        run = subprocess.run(
            [python, str(REPOSITORY / "course.py")],
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
            env={"PATH": "", "PYTHONDONTWRITEBYTECODE": "1"},
        )
        stopped(run, "Halfway needs Python 3.11 or newer")


def test_the_file_holds_no_new_syntax() -> None:
    """Where no old Python is at hand, its source shows that one could read it: no f-string, no annotation."""
    import ast

    tree = ast.parse((REPOSITORY / "course.py").read_text(encoding="utf-8"), feature_version=(3, 7))
    for node in ast.walk(tree):
        assert not isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.NamedExpr | ast.AsyncFunctionDef)
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
            assert not node.args.kwonlyargs
            assert all(argument.annotation is None for argument in node.args.args)
        if isinstance(node, ast.Raise):
            assert node.cause is None


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told(course: CourseFolder, module: str) -> None:
    """Debian's Python comes without it: the package to install is named, and nothing half-made is left."""
    course.without(module)
    run = course.run("grade", "41")
    command = "sudo apt install python3-venv\n" if Path("/etc/debian_version").exists() else "python3-venv"
    stopped(run, f"comes without {module}", command, "\n    python3 course.py grade 41")
    assert not course.venv.exists()


def test_a_venv_that_cannot_be_made_is_told(course: CourseFolder) -> None:
    """What Python itself said is passed on."""
    stopped(course.run(STAND_IN_VENV="fails"), "the folder is enchanted", "python3 course.py")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "WARNING: Retrying: NewConnectionError('Temporary failure in name resolution')",
            "The network is away",
        ),
        ("ERROR: ... ProxyError('Cannot connect to proxy.')", "HTTPS_PROXY"),
        ("SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed')", "PIP_CERT"),
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: the moon is in the wrong quarter", "    ERROR: the moon is in the wrong quarter"),
    ],
)
def test_an_install_that_fails_is_told(course: CourseFolder, said: str, told: str) -> None:
    """One sentence says why, the next command stands below it, and the log is kept."""
    run = course.run("list", STAND_IN_PIP=said)
    stopped(run, told, "\n    python3 course.py list", ".venv/halfway-install.log")
    assert said in (course.venv / "halfway-install.log").read_text()
    assert not course.stamp.exists()
    assert course.run("list").stdout == "halfway ['list']\n"


def as_a_guest(course: CourseFolder, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Types it in a folder that cannot be written."""
    course.folder.chmod(0o555)
    try:
        return subprocess.run(
            [os.path.realpath(sys.executable), "course.py", *words],
            cwd=course.folder,
            env=course.environment(**more),
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
            preexec_fn=without_the_rights_of_root,
        )
    finally:
        course.folder.chmod(0o755)


@pytest.mark.skipif(sys.platform != "linux", reason="takes rights away in Linux's way")
def test_a_folder_that_cannot_be_written_takes_one_of_the_users(
    course: CourseFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is made is kept where notes are kept, this is said once, and a change of the code is installed."""
    code = course.folder / "src" / "halfway" / "code.py"
    code.write_text("first")
    state = tmp_path / "state"
    first = as_a_guest(course, "list", XDG_STATE_HOME=str(state))
    assert first.stdout == "halfway ['list']\n"
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    own = own_folder(course.folder)
    assert f"What the course makes is kept in {own}." in first.stderr
    assert (own / "source" / "src" / "halfway" / "code.py").read_text() == "first"
    assert sorted(path.name for path in course.folder.iterdir()) == [
        "constraints.txt",
        "course.py",
        "pyproject.toml",
        "src",
    ]
    assert as_a_guest(course, XDG_STATE_HOME=str(state)).stderr == ""
    code.write_text("second")
    as_a_guest(course, XDG_STATE_HOME=str(state))
    assert (own / "source" / "src" / "halfway" / "code.py").read_text() == "second"
    assert len(course.installs()) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="takes rights away in Linux's way")
def test_nowhere_to_write_is_told(course: CourseFolder, tmp_path: Path) -> None:
    """It says so, and how to have a folder of one's own."""
    state = tmp_path / "state"
    state.mkdir(mode=0o555)
    run = as_a_guest(course, XDG_STATE_HOME=str(state))
    stopped(run, "can be written", "cp -r", "cd ~/halfway", "python3 course.py")


def test_ctrl_c_is_no_error(course: CourseFolder, tmp_path: Path) -> None:
    """Interrupted while it installs, it says that nothing is lost, and ends with 130."""
    import signal

    called, go = tmp_path / "called", tmp_path / "go"
    os.mkfifo(called)
    os.mkfifo(go)
    pipes = {"STAND_IN_PIP": "waits", "STAND_IN_CALLED": str(called), "STAND_IN_GO": str(go)}
    with course.begin(**pipes) as run:
        assert called.read_text() == "here"
        run.send_signal(signal.SIGINT)
        assert run.wait(SECONDS_MAX) == 130
        go.write_text("on")  # lets the stand-in end too
        assert run.stderr is not None
        assert "Nothing is lost" in run.stderr.read()
