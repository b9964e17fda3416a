"""Another machine, as far as a program can ask about one: another host, user, folder, zone and Python.

Standard library only. A process that has moved stays there.
"""

import locale
import os
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import Any

HOST, USER, FOLDER = "b7.elsewhere.example", "ben", "/srv/elsewhere"
ZONE = "<+1245>-12:45"
"""As POSIX writes it, so that no file of zones is needed; hardly anybody's own."""
_ENVIRONMENT = {
    "HOSTNAME": HOST, "COMPUTERNAME": HOST, "USER": USER, "LOGNAME": USER, "USERNAME": USER,
    "HOME": f"/home/{USER}", "USERPROFILE": f"/home/{USER}", "PWD": FOLDER,
    "TZ": ZONE, "LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8",
}  # fmt: skip


def move() -> None:
    """Everything that says where this process is says something else from now on."""
    os.environ.update(_ENVIRONMENT)
    if hasattr(time, "tzset"):
        time.tzset()
    _stand_in(socket, "gethostname", HOST)
    _stand_in(socket, "getfqdn", HOST)
    _stand_in(locale, "getlocale", ("de_DE", "UTF-8"))
    _stand_in(os, "getcwd", FOLDER)
    _stand_in(os, "getcwdb", FOLDER.encode())
    _stand_in(os, "getlogin", USER)
    _stand_in(os, "getpid", os.getpid() + 1000)  # each sandbox counts its own, and so here as there
    _stand_in(os, "cpu_count", (os.cpu_count() or 1) + 1)
    if hasattr(os, "uname"):
        here = os.uname()
        machine = "aarch64" if here.machine != "aarch64" else "x86_64"
        _stand_in(os, "uname", os.uname_result((here.sysname, HOST, "6.9.0", "#7 SMP", machine)))
    sys.executable, sys.argv, sys.prefix = f"{FOLDER}/bin/python3", [f"{FOLDER}/worker.py"], FOLDER
    sys.version = _another_patch(sys.version)
    threading.main_thread().name = "worker-7"
    _forget_what_was_asked()


def file_of(filename: str) -> str:
    """Gives the file of a program that lies on the other machine; `filename` is `<keys.py>`."""
    return f"{FOLDER}/{filename.strip('<>')}"


def _stand_in(module: Any, name: str, answer: object) -> None:
    if hasattr(module, name):
        setattr(module, name, lambda *_, **__: answer)


def _another_patch(version: str) -> str:
    """Gives 3.11.8 for 3.11.7: what a fleet looks like in the middle of an upgrade."""
    number, space, rest = version.partition(" ")
    most, dot, patch = number.rpartition(".")
    return f"{most}{dot}{int(patch) + 1}{space}{rest}" if patch.isdigit() else version


def _forget_what_was_asked() -> None:
    """What a module of the library remembers of the first machine is asked anew."""
    with suppress(KeyError, AttributeError):
        platform: Any = sys.modules["platform"]
        platform._uname_cache = None
        platform._sys_version_cache.clear()
        platform._platform_cache.clear()
