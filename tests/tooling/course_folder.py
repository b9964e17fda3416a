"""A folder with course.py in it, and stand-ins for everything that takes time or a network."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SECONDS_MAX = 60
NO_CACHE = shutil.ignore_patterns("__pycache__")
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, PR_CAPBSET_DROP = 1, 2, 24

# Makes what `python -m venv` makes, as far as course.py looks at it: a Python, and the note which one it is.
VENV = """
import os, pathlib, platform, shutil, sys
target = pathlib.Path(next(a for a in sys.argv[1:] if not a.startswith("-")))
if os.environ.get("STAND_IN_VENV") == "fails":
    sys.exit("Error: the folder is enchanted")
if "--clear" in sys.argv and target.exists():
    shutil.rmtree(target)
(target / "bin").mkdir(parents=True, exist_ok=True)
(target / "pyvenv.cfg").write_text(f"home = nowhere\\nversion = {platform.python_version()}\\n")
python = target / "bin" / "python"
if not python.exists():
    python.unlink(missing_ok=True)
    python.symlink_to(os.path.realpath(sys._base_executable))
"""

# Writes down how it was called, then does what the test wants of pip.
PIP = """
import os, pathlib, signal, sys
with open(os.environ["STAND_IN_CALLS"], "a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
how = os.environ.get("STAND_IN_PIP", "")
if how == "killed":
    pathlib.Path(".venv/half-a-package").write_text("half")
    os.kill(os.getppid(), signal.SIGKILL)
    sys.exit(1)
if how == "waits":
    with open(os.environ["STAND_IN_CALLED"], "w") as called:
        called.write("here")
    with open(os.environ["STAND_IN_GO"]) as go:
        go.read()
elif how:
    print("Collecting click")
    print(how)
    sys.exit(1)
"""

HALFWAY = """
import os, sys
print("halfway", sys.argv[1:])
sys.exit(int(os.environ.get("STAND_IN_EXIT", "0")))
"""


class CourseFolder:
    """A copy of course.py beside a small project; `run` starts it as a learner does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stand_ins = folder.with_name(folder.name + "-stand-ins")
        self.calls = self.stand_ins / "calls.txt"
        folder.mkdir()
        shutil.copy(REPOSITORY / "course.py", folder)
        shutil.copytree(
            REPOSITORY / "src/halfway/installing", folder / "src/halfway/installing", ignore=NO_CACHE
        )
        for name in ("__init__.py", "files.py"):
            shutil.copy(REPOSITORY / "src/halfway" / name, folder / "src/halfway")
        (folder / "pyproject.toml").write_text("[project]\nname = 'halfway'\n")
        (folder / "constraints.txt").write_text("click==8.5.1\n")
        for module, text in {"venv": VENV, "pip": PIP, "halfway/cli": HALFWAY}.items():
            package = self.stand_ins / module
            package.mkdir(parents=True)
            (package / "__init__.py").touch()
            (package / "__main__.py").write_text(text)
        (self.stand_ins / "halfway" / "__init__.py").touch()

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    @property
    def stamp(self) -> Path:
        return self.venv / "halfway-stamp.json"

    def installs(self) -> list[str]:
        """How pip was called, one line a call."""
        return self.calls.read_text().splitlines() if self.calls.exists() else []

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CI"))}
        return {**kept, "PYTHONPATH": str(self.stand_ins), "STAND_IN_CALLS": str(self.calls), **more}

    def run(self, *words: str, python: str = sys.executable, **more: str) -> subprocess.CompletedProcess[str]:
        """Types `python3 course.py WORDS`; `more` are variables of the environment."""
        return subprocess.run(
            [python, "course.py", *words],
            cwd=self.folder,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )

    def begin(self, *words: str, **more: str) -> subprocess.Popen[str]:
        """The same, without waiting for its end."""
        return subprocess.Popen(
            [sys.executable, "course.py", *words],
            cwd=self.folder,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def without(self, module: str) -> None:
        """Makes it a Python that comes without this module."""
        text = f"import sys\nsys.modules[{module!r}] = None\n"
        (self.stand_ins / "sitecustomize.py").write_text(text)


def without_the_rights_of_root() -> None:
    """A user who may not write where the mode says so; root loses the right to do it all the same."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
