"""What a sandbox looks like from outside: the command that makes one, and why there is none.

bubblewrap makes the namespaces and the file system; the process of a submission enters them (`namespaces`).
"""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from halfway.interpreter import program

TMP, TMP_BYTES = "/" + "tmp", 16 << 20
PROBE_S = 20.0
"""How long the first sandbox may take, on a slow machine."""
INFO = 3
"""The descriptor on which bubblewrap says which process is the first one inside."""
_DEVICES = ("/dev/null",)
_LIBRARIES = ("/usr/lib", "/usr/lib64", "/lib", "/lib64")
_PACKAGES = ("site-packages", "dist-packages")

INSTALL = "`sudo apt-get install bubblewrap` (Fedora: `sudo dnf install bubblewrap`)"
AROUND = "`--trust-submissions` grades without a sandbox, for code that you would run yourself"


class ConfinementError(RuntimeError):
    """There is no sandbox here; the text says why, and what to type next."""


def found() -> str:
    """Gives the path of bubblewrap. Raises ConfinementError, with what to install, where it is missing."""
    if sys.platform != "linux":
        raise ConfinementError(
            f"submissions are graded in sandboxes, and these need Linux (this is {sys.platform}); {AROUND}"
        )
    path = program("bwrap")
    if path is None:
        raise ConfinementError(
            f"submissions are graded in sandboxes, and bubblewrap is not installed; next: {INSTALL}; {AROUND}"
        )
    return path


def probe() -> None:
    """Makes one sandbox and ends it. Raises ConfinementError, saying what to do, where that does not work."""
    parts = command(found(), ())
    at = parts.index("--info-fd")
    try:
        done = subprocess.run(  # noqa: S603 - bubblewrap, found by name
            parts[:at] + parts[at + 2 :],
            input=b".",
            capture_output=True,
            timeout=PROBE_S,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired:
        raise ConfinementError(
            f"bubblewrap began to make a sandbox and had not done so after {PROBE_S:g} s; next: look whether "
            f"`{parts[0]} --version` answers and the machine is not overloaded, then try again; {AROUND}"
        ) from None
    except OSError as error:
        raise refused(f"{parts[0]} cannot be started ({error.strerror})") from error
    if done.returncode or done.stdout != b".":
        raise refused((done.stderr or done.stdout).decode("utf-8", "replace"))


def refused(said: str) -> ConfinementError:
    """Gives the error that tells why bubblewrap, though installed, makes no sandbox here."""
    why = " ".join(said.split())[-300:] or "it said nothing"
    return ConfinementError(
        f"bubblewrap makes no sandbox here: {why}; next: allow user namespaces "
        f"(`sudo sysctl kernel.unprivileged_userns_clone=1`, or on Ubuntu "
        f"`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`); {AROUND}"
    )


def command(bwrap: str, hidden: Iterable[str]) -> list[str]:
    """Gives the command of one sandbox: it holds the interpreter's libraries, room for files, and `cat`.

    `hidden` are folders that must not be seen, wherever they lie. `cat` keeps the sandbox until whoever
    started it goes away, and says by an echo that all is in place.
    """
    cat = os.path.realpath(program("cat") or "/bin/cat")
    parts = [bwrap, "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    parts += ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--info-fd", str(INFO)]
    parts += ["--cap-drop", "ALL", "--hostname", "sandbox", "--clearenv", "--chdir", "/"]
    if os.geteuid():  # root gives its power away in another manner: see `namespaces`
        parts += ["--unshare-user"]
    for path in _folders_above((*_read_only(), *_DEVICES)):
        parts += ["--dir", path]
    for path in _read_only():
        parts += ["--ro-bind", os.path.realpath(path), path]
    for target, path in _links():
        parts += ["--symlink", target, path]
    for path in (*_packages(), *hidden):
        parts += ["--tmpfs", path, "--remount-ro", path]
    for path in _DEVICES:
        parts += ["--dev-bind", path, path]
    # There is no /proc: it tells of the whole machine, whatever its namespace.
    parts += ["--perms", "1777", "--size", str(TMP_BYTES), "--tmpfs", TMP]
    parts += ["--ro-bind", cat, "/hold", "--remount-ro", "/"]
    return [*parts, "--", "/hold"]


def _standard_library() -> list[str]:
    extensions = os.path.join(sys.base_exec_prefix, "lib", f"python{sysconfig.get_python_version()}")
    return sorted({os.path.dirname(os.__file__), extensions})


def _read_only() -> list[str]:
    """Gives what is shown, each folder once: every mount costs its part of a millisecond."""
    found: list[str] = []
    for path in (*_LIBRARIES, *_standard_library()):
        is_shown = any(path.startswith(f"{other}/") for other in found)
        if os.path.isdir(path) and not os.path.islink(path) and not is_shown:
            found.append(path)
    return found


def _links() -> Iterator[tuple[str, str]]:
    """Gives links among the folders of libraries, and where each leads, as on most machines /lib does."""
    for path in _LIBRARIES:
        if os.path.islink(path):
            yield os.readlink(path), path


def _folders_above(paths: Iterable[str]) -> list[str]:
    """Gives the folders that lead to these paths: made by name, they can be passed by everybody."""
    found = {str(folder) for path in paths for folder in PurePosixPath(path).parents}
    return sorted(found - {"/"})


def _packages() -> Iterator[str]:
    """Folders of installed packages inside what is bound: not for submissions."""
    for folder in (*_standard_library(), "/usr/lib/python3"):
        for name in _PACKAGES:
            path = os.path.join(folder, name)
            if os.path.isdir(path):
                yield path


def inside_what_is_bound(folders: Iterable[str]) -> list[str]:
    """Gives those of these folders that a sandbox would show, and that have to be hidden."""
    bound = [os.path.realpath(path) + os.sep for path in _read_only()]
    real = {os.path.realpath(folder) for folder in folders}
    return sorted(path for path in real if any(path.startswith(prefix) for prefix in bound))
