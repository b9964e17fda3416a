#!/usr/bin/env python3
"""Halfway: what is true when an operation stops halfway.

    python3 course.py              start the course: pages in the browser, verdicts in this terminal
    python3 course.py test         run the project's tests
    python3 course.py ANYTHING     the same as `halfway ANYTHING`; try `python3 course.py --help`

The first start makes the folder .venv and installs the course there; nothing outside this folder changes.
Where this folder cannot be written, a folder of your own takes what is made.
"""

# Only the standard library, and only syntax that Python 2.7 and 3.6 can read: an old Python has to understand
# this file in order to say, kindly, that it is too old. So it has no annotations and no f-strings.
# ruff: noqa: UP024, UP030, UP032

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

import subprocess

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.abspath(__file__))
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
    name_only_elsewhere()
    if sys.version_info < OLDEST:
        say("\n" + too_old())
        return CANNOT_START
    try:
        return start(args)
    except KeyboardInterrupt:
        say("\nStopped. Nothing is lost: the next start goes on from here.")
        return INTERRUPTED


def start(args):
    # type: (list[str]) -> int
    """Go on with code that only a new Python can read: it is the course's own, in src/halfway/installing."""
    sys.path.insert(0, os.path.join(ROOT, "src"))
    try:
        from pathlib import Path

        from halfway.installing.explained import Stop
        from halfway.installing.install import prepare
        from halfway.installing.place import chosen
    finally:
        del sys.path[0]
    extras = [] if os.path.exists(EDITION) else EXTRAS_OF.get(args[0] if args else "start", ["site"])
    place = chosen(Path(ROOT), extras)
    if args[:1] in (["--help"], ["-h"]) and not place.stamp.exists():
        print(__doc__.strip())
        return 0
    if not place.is_ready(extras):
        try:
            prepare(place, extras, again(args))
        except Stop as stop:
            say("\n" + str(stop))
            return CANNOT_START
    if place.is_away:
        os.environ.setdefault("HALFWAY_COURSE", ROOT)
    return hand_over(str(place.python), args or ["start"])


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


def hand_over(python, args):
    # type: (str, list[str]) -> int
    """Become `halfway` where the system can; elsewhere run it and pass its exit code on."""
    # -P: a file of the learner's is never taken for one of ours because the command was typed beside it.
    command = [python, "-P", "-m", "halfway.cli"] + args
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
