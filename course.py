#!/usr/bin/env python3
"""Halfway: what is true when an operation stops halfway.

    python3 course.py              start the course: pages in the browser, verdicts in this terminal
    python3 course.py test         run the project's tests
    python3 course.py ANYTHING     the same as `halfway ANYTHING`; try `python3 course.py --help`

The first start makes the folder .venv and installs the course there; nothing outside this folder changes.
"""

# Only the standard library, and only syntax that Python 2.7 and 3.6 can read: an old Python has to understand
# this file in order to say, kindly, that it is too old. So it has no annotations and no f-strings.
# ruff: noqa: B904, UP004, UP024, UP030, UP032

import os
import sys


def is_elsewhere(entry):
    # type: (str) -> bool
    """Whether an entry of a path is a folder other than the current one, which may be a stranger's."""
    return os.path.isabs(entry) and os.path.realpath(entry) != os.path.realpath(os.curdir)


if __name__ == "__main__":
    # Python looks for modules beside this file, and, if PYTHONPATH ends with a colon, in the current folder.
    if not getattr(sys.flags, "safe_path", False):
        del sys.path[0]
    sys.path[:] = [entry for entry in sys.path if is_elsewhere(entry)]

import json
import re
import subprocess

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "halfway-stamp.json")
LOG = os.path.join(VENV, "halfway-install.log")
NOTES = os.path.join(ROOT, ".halfway")
# Outside .venv, so that it outlives whatever half of .venv an interruption leaves.
UNFINISHED = os.path.join(NOTES, "install-unfinished")
# Commands that need more than a learner's tools; everything else needs only what shows the pages.
EXTRAS_OF = {
    "test": ["dev", "review", "site"],
    "prove": ["dev", "site"],
    "review": ["review", "site"],
    "review-worker": ["review", "site"],
}
# A learners' edition, known by this file, brings its pages along and needs no tools to build them.
EDITION = os.path.join(ROOT, "out_of_sight.bin")
CANNOT_START, INTERRUPTED = 4, 130


class Stop(Exception):
    """Nothing more can be done: the message says what happened and what to type next."""


def say(text):
    # type: (str) -> None
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def again(args):
    # type: (list[str]) -> str
    return " ".join([launcher(), "course.py"] + args)


def launcher():
    # type: () -> str
    return "py" if os.name == "nt" else "python3"


def main(args):
    # type: (list[str]) -> int
    """Make the environment if it is not whole, then become `halfway`; the answer is its exit code."""
    try:
        name_only_elsewhere()
        if sys.version_info < OLDEST:
            raise Stop(too_old())
        if args[:1] in (["--help"], ["-h"]) and not os.path.exists(STAMP):
            print(__doc__.strip())
            return 0
        extras = [] if os.path.exists(EDITION) else EXTRAS_OF.get(args[0] if args else "start", ["site"])
        if not is_ready(extras):
            prepare(extras, args)
        return hand_over(args or ["start"])
    except Stop as stop:
        say("\n" + str(stop))
        return CANNOT_START
    except KeyboardInterrupt:
        say("\nStopped. Nothing is lost: the next start goes on from here.")
        return INTERRUPTED


def name_only_elsewhere():
    # type: () -> None
    """Take the current folder out of PYTHONPATH too: what is started from here hears of it."""
    named = [entry for entry in os.environ.pop("PYTHONPATH", "").split(os.pathsep) if is_elsewhere(entry)]
    if named:
        os.environ["PYTHONPATH"] = os.pathsep.join(named)


def too_old():
    # type: () -> str
    """What to say to a Python that cannot run the course; names a newer one where this machine has it."""
    text = "Halfway needs Python {0}.{1} or newer, and this is Python {2}.{3}.\n".format(
        OLDEST[0], OLDEST[1], sys.version_info[0], sys.version_info[1]
    )
    newer = newer_python()
    if newer:
        return text + "A newer one is on this machine. Type:\n\n    {0} course.py".format(newer)
    advice = "Install one and start again, for example on Debian and Ubuntu:"
    commands = ["sudo apt install python3 python3-venv", "python3 course.py"]
    if sys.platform == "darwin":
        advice = "Install one, for example with Homebrew, and start again:"
        commands = ["brew install python@3.13", "python3.13 course.py"]
    if os.name == "nt":
        advice = "Install one and start again:"
        commands = ["winget install Python.Python.3.13", "py -3.13 course.py"]
    return text + advice + "\n" + "".join("\n    " + command for command in commands)


def newer_python():
    # type: () -> str | None
    """Name a command on the PATH that starts a Python that is new enough and answers."""
    for minor in range(14, OLDEST[1] - 1, -1):
        command = ["py", "-3.{0}".format(minor)] if os.name == "nt" else ["python3.{0}".format(minor)]
        try:
            asked = subprocess.Popen(
                command + ["-I", "-c", ""], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            asked.communicate()
        except (IOError, OSError):
            continue
        if asked.returncode == 0:
            return " ".join(command)
    return None


def venv_python():
    # type: () -> str
    folder, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return os.path.join(VENV, folder, name)


def fingerprint():
    # type: () -> str
    """Put what a finished .venv depends on into one word: while it is equal, nothing has to be done."""
    import hashlib

    digest = hashlib.sha256()
    # The editable install remembers where the folder was; the Python behind .venv may be replaced under it.
    facts = [ROOT, "{0}.{1}".format(*sys.version_info[:2]), os.path.realpath(venv_python())]
    for name in ("pyproject.toml", "constraints.txt"):
        with open(os.path.join(ROOT, name), "rb") as source:
            facts.append(hashlib.sha256(source.read()).hexdigest())
    digest.update("\n".join(facts).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def read_stamp():
    # type: () -> dict[str, object]
    """Read what the last finished install wrote; an unreadable stamp counts as none."""
    try:
        with open(STAMP, "rb") as source:
            stamp = json.loads(source.read().decode("utf-8"))
    except (IOError, OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def installed_extras():
    # type: () -> list[str]
    extras = read_stamp().get("extras")
    return [str(extra) for extra in extras] if isinstance(extras, list) else []


def is_ready(extras):
    # type: (list[str]) -> bool
    stamp = read_stamp()
    if not stamp or os.path.exists(UNFINISHED) or not os.path.exists(venv_python()):
        return False
    return stamp.get("fingerprint") == fingerprint() and set(extras) <= set(installed_extras())


def prepare(extras, args):
    # type: (list[str], list[str]) -> None
    """Make .venv whole; the stamp is written last, so that an interrupted install is seen and done again."""
    try:
        with only_one_install():
            if not is_ready(extras):  # another start may have finished it while this one waited
                install(sorted(set(extras) | set(installed_extras())), args)
    except PermissionError as error:
        raise Stop(
            "This folder cannot be written: {0}\nThe course keeps everything it makes in its own folder.\n"
            "Copy the folder to a place of yours and start there:\n\n"
            "    cp -r {1} ~/halfway\n    cd ~/halfway\n    {2}".format(error, quoted(ROOT), again(args))
        )
    except OSError as error:
        raise Stop(
            "The course cannot be installed here: {0}\n"
            "Make room or choose another folder, and start again:\n\n    {1}".format(error, again(args))
        )


def quoted(path):
    # type: (str) -> str
    return '"{0}"'.format(path) if " " in path else path


def install(extras, args):
    # type: (list[str], list[str]) -> None
    """Make .venv and let pip fill it; nothing counts as done before the stamp is there."""
    make_venv(args)
    if os.path.exists(STAMP):
        os.remove(STAMP)
    say("Installing the course into .venv: the first time takes a minute or two.")
    command = [venv_python(), "-P", "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    what = ".[{0}]".format(",".join(extras)) if extras else "."
    command += ["--editable", what, "--constraint", "constraints.txt"]
    if run_logged(command) != 0:
        raise Stop(why_pip_failed(args))
    with open(STAMP + ".new", "w") as stamp:
        json.dump({"fingerprint": fingerprint(), "extras": extras}, stamp)
    os.replace(STAMP + ".new", STAMP)
    if os.path.exists(UNFINISHED):
        os.remove(UNFINISHED)
    say("Installed.")


def make_venv(args):
    # type: (list[str]) -> None
    """Make .venv; make it anew where our last install was interrupted or its Python is another one."""
    missing = [name for name in ("venv", "ensurepip") if not has_module(name)]
    if missing:
        raise Stop(no_venv(missing, args))
    interrupted = os.path.exists(UNFINISHED)
    if os.path.exists(STAMP) and not interrupted and same_python():
        return
    # A .venv that this file did not make is never emptied: it may hold somebody's work.
    ours = interrupted or os.path.exists(STAMP) or not os.path.exists(VENV)
    if ours:
        with open(UNFINISHED, "w") as marker:
            marker.write("An install is under way, or was interrupted. The next start repairs it.\n")
    if ours and os.path.exists(VENV):
        say("The last install did not finish, or its Python has changed: .venv is made anew.")
    command = [getattr(sys, "_base_executable", None) or sys.executable, "-P", "-m", "venv", VENV]
    made = subprocess.Popen(
        command + (["--clear"] if ours else []), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    output = made.communicate()[0].decode("utf-8", "replace").strip()
    if made.returncode != 0:
        raise Stop(
            "Python could not make the folder .venv. It said:\n\n{0}\n\n"
            "Remove the folder .venv and start again:\n\n    {1}".format(output[-2000:], again(args))
        )


def same_python():
    # type: () -> bool
    """Whether .venv was made for the Python that runs now: no other can use its packages."""
    if not os.path.exists(venv_python()):
        return False
    try:
        with open(os.path.join(VENV, "pyvenv.cfg")) as source:
            pairs = [line.split("=", 1) for line in source if "=" in line]
    except (IOError, OSError):
        return False
    made_for = dict((key.strip(), value.strip()) for key, value in pairs).get("version", "")
    return made_for.split(".")[:2] == [str(part) for part in sys.version_info[:2]]


def has_module(name):
    # type: (str) -> bool
    import importlib.util

    return importlib.util.find_spec(name) is not None


def no_venv(missing, args):
    # type: (list[str], list[str]) -> str
    text = "This Python comes without {0}, which makes the folder that the course is installed into.\n"
    advice = "Install the package of your system that brings it (often named python3-venv), and type:\n"
    commands = [again(args)]
    if os.path.exists("/etc/debian_version"):
        advice = "On Debian and Ubuntu it is a package of its own. Type:\n"
        commands = ["sudo apt install python3-venv", again(args)]
    return text.format(" and ".join(missing)) + advice + "".join("\n    " + command for command in commands)


def dollars_in(path):
    # type: (str) -> dict[str, str]
    """Give each `$name` of a path a variable that means itself: setuptools replaces it in paths."""
    return dict((name, "$" + name) for name in re.findall(r"\$([A-Za-z_]\w*)", path))


def run_logged(command):
    # type: (list[str]) -> int
    """Run the command with its whole output in the log, and on a terminal one moving line of it."""
    moving = sys.stderr.isatty() and "CI" not in os.environ
    with open(LOG, "wb") as log:
        env = dict(dollars_in(ROOT), **os.environ)
        run = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert run.stdout is not None
        for line in run.stdout:
            log.write(line)
            log.flush()
            if moving and line.startswith((b"Collecting ", b"Installing ", b"Building ")):
                sys.stderr.write("\r  {0:<70.70}".format(line.decode("utf-8", "replace").strip()))
                sys.stderr.flush()
        if moving:
            sys.stderr.write("\r" + " " * 74 + "\r")
        return run.wait()


def why_pip_failed(args):
    # type: (list[str]) -> str
    """Turn pip's log into one sentence and the next command."""
    with open(LOG, "rb") as source:
        text = source.read().decode("utf-8", "replace")
    retry = "start again; what was downloaded so far is kept:\n\n    {0}".format(again(args))
    if "CERTIFICATE_VERIFY_FAILED" in text:
        said = (
            "This machine does not trust the connection to the package index (often a company's proxy).\n"
            "Name the certificate to trust in the variable PIP_CERT, then " + retry
        )
    elif "No space left on device" in text:
        said = "The disk is full. Make room (about 700 MB), then " + retry
    elif any(sign in text for sign in NETWORK_SIGNS):
        said = (
            "The network is away: the packages that the course needs were not reached.\n"
            "Connect (behind a proxy, set HTTPS_PROXY), then " + retry
        )
    else:
        last = "\n".join("    " + line for line in text.strip().splitlines()[-6:])
        said = "Installing failed. The last lines were:\n\n{0}\n\nRead them, then {1}".format(last, retry)
    return said + "\n\nThe whole story is in {0}.".format(os.path.relpath(LOG, ROOT))


NETWORK_SIGNS = (
    "NewConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
    "Temporary failure in name resolution",
    "Name or service not known",
    "getaddrinfo failed",
    "nodename nor servname",
    "Network is unreachable",
    "Connection refused",
    "Connection reset",
)


class only_one_install(object):
    """While one start installs, another one waits for it: two of them at once would spoil the folder."""

    def __enter__(self):
        # type: () -> None
        if not os.path.isdir(NOTES):
            os.mkdir(NOTES)
        self.file = open(os.path.join(NOTES, "install.lock"), "a")
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(self.file.fileno(), msvcrt.LK_LOCK, 1)
            return
        import fcntl

        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another start is installing the course; this one waits for it.")
            fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *error):
        # type: (*object) -> None
        self.file.close()  # closing gives the lock back, also when the process dies


def hand_over(args):
    # type: (list[str]) -> int
    """Become `halfway` where the system can; elsewhere run it and pass its exit code on."""
    # -P: a file of the learner's is never taken for one of ours because the command was typed beside it.
    command = [venv_python(), "-P", "-m", "halfway.cli"] + args
    if os.name != "nt":
        sys.stdout.flush()
        os.execv(command[0], command)
    run = subprocess.Popen(command)
    while True:
        try:
            return run.wait()
        except KeyboardInterrupt:
            continue  # the same keystroke reaches `halfway`, which ends in its own way


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
