"""How every process of ours is started: it imports nothing from the folder that a command is typed in.

That folder may be a stranger's: a learner's clone that holds a `halfway.py`, or a class in which somebody is
called `json`. So each process is told where our code lies, works in a folder in which nobody leaves anything,
and hears nothing of what would make Python or pytest look elsewhere.
"""

import os
import sys

SOURCES = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
"""Where our own code lies: each process of ours is told so, and looks there first."""
NOWHERE = os.sep
"""The folder that our processes work in, if nothing else is needed: nobody leaves anything there."""
_KEPT = ("PYTHONIOENCODING", "PYTHONUNBUFFERED", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE")
_START = "import sys; sys.path.insert(0, sys.argv.pop(1)); "


def command(start: str, *words: str, flags: tuple[str, ...] = ()) -> list[str]:
    """Gives the command of a process that runs the statement `start` with our code in reach.

    `words` are its arguments, from `sys.argv[1]` on; `flags` are further ones of the interpreter.
    """
    return [sys.executable, "-P", *flags, "-c", _START + start, SOURCES, *words]


def tool(*words: str) -> list[str]:
    """Gives the command that runs an installed module by its name, as `python -m` does from nowhere."""
    return [sys.executable, "-P", "-m", *words]


def environment(**more: str) -> dict[str, str]:
    """Gives this process's environment without what tells Python or pytest where else to find code."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PYTEST_")) or name in _KEPT
    }
    return {**kept, "PYTHONSAFEPATH": "1", **more}


def leave_the_folder() -> None:
    """Stops looking for code in the current folder, which a PYTHONPATH with an empty part names."""
    here = os.path.realpath(os.curdir)
    if here == os.path.realpath(SOURCES):
        return  # the folder is ours
    sys.path[:] = [entry for entry in sys.path if os.path.isabs(entry) and os.path.realpath(entry) != here]


def program(name: str) -> str | None:
    """Gives the path of an installed program; one in the current folder is not looked at."""
    import shutil  # where submissions run, nobody asks for programs

    here = os.path.realpath(os.curdir)
    folders = [
        folder for folder in os.get_exec_path() if os.path.isabs(folder) and os.path.realpath(folder) != here
    ]
    return shutil.which(name, path=os.pathsep.join(folders))
