"""Why an install did not come to its end: one sentence, and the next command to type."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from halfway.installing.place import Place

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


class Stop(Exception):
    """Nothing more can be done: the message says what happened and what to type next."""


def not_writable(error: OSError, place: Place, again: str) -> Stop:
    """Neither the course's folder nor one of this user can be written."""
    copied = f"cp -r {shlex.quote(str(place.root))} ~/halfway"
    return Stop(
        f"Neither this folder nor one of your own can be written: {error}\n"
        "Copy the course to a place of yours and start there:\n\n"
        f"    {copied}\n    cd ~/halfway\n    {again}"
    )


def no_room(error: OSError, again: str) -> Stop:
    """The system refuses a folder or a file."""
    return Stop(
        f"The course cannot be installed here: {error}\n"
        f"Make room or choose another folder, and start again:\n\n    {again}"
    )


def no_venv(missing: Sequence[str], again: str) -> Stop:
    """This Python lacks what makes .venv."""
    missed = " and ".join(missing)
    text = f"This Python comes without {missed}, which makes the folder that the course is installed into.\n"
    advice = "Install the package of your system that brings it (often named python3-venv), and type:\n"
    commands = [again]
    if Path("/etc/debian_version").exists():
        advice = "On Debian and Ubuntu it is a package of its own. Type:\n"
        commands = ["sudo apt install python3-venv", again]
    return Stop(text + advice + "".join("\n    " + command for command in commands))


def venv_failed(output: str, place: Place, again: str) -> Stop:
    """Python's own `venv` failed."""
    return Stop(
        f"Python could not make the folder .venv. It said:\n\n{output[-2000:]}\n\n"
        f"Remove the folder {place.shown(place.venv)} and start again:\n\n    {again}"
    )


def pip_failed(place: Place, again: str) -> Stop:
    """Turns pip's log into one sentence and the next command."""
    text = place.log.read_text(encoding="utf-8", errors="replace")
    retry = f"start again; what was downloaded so far is kept:\n\n    {again}"
    if "CERTIFICATE_VERIFY_FAILED" in text:
        said = (
            "This machine does not trust the connection to the package index (often a company's proxy).\n"
            "Name the certificate to trust in the variable PIP_CERT, then "
        )
    elif "No space left on device" in text:
        said = "The disk is full. Make room (about 700 MB), then "
    elif any(sign in text for sign in NETWORK_SIGNS):
        said = (
            "The network is away: the packages that the course needs were not reached.\n"
            "Connect (behind a proxy, set HTTPS_PROXY), then "
        )
    else:
        last = "\n".join("    " + line for line in text.strip().splitlines()[-6:])
        said = f"Installing failed. The last lines were:\n\n{last}\n\nRead them, then "
    return Stop(f"{said}{retry}\n\nThe whole story is in {place.shown(place.log)}.".replace(os.sep, "/"))
