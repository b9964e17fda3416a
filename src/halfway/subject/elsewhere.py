"""Another machine, as far as a program can ask about one: another host, user, folder, zone and Python.

Standard library only. A process that has moved stays there.
"""

import locale
import os
import re
import socket
import sys
import threading
import time
import types
from contextlib import suppress
from typing import Any

from halfway.subject import byte_order

HOST, USER, FOLDER = "b7.elsewhere.example", "ben", "/srv/elsewhere"
ZONE = "<+1245>-12:45"
"""As POSIX writes it, so that no file of zones is needed; hardly anybody's own."""
_ENVIRONMENT = {
    "HOSTNAME": HOST, "COMPUTERNAME": HOST, "USER": USER, "LOGNAME": USER, "USERNAME": USER,
    "HOME": f"/home/{USER}", "USERPROFILE": f"/home/{USER}", "PWD": FOLDER,
    "TZ": ZONE, "LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8",
}  # fmt: skip


_SETTING = re.compile(r"""["']([A-Z][A-Z0-9]*_[A-Z0-9_]*)["']""")
"""What a program writes down as a setting's name is written: in capitals, and of two words or more."""
_CONVENTIONS = {"int_curr_symbol": "EUR ", "currency_symbol": "EUR", "mon_decimal_point": ",",
    "mon_thousands_sep": ".", "mon_grouping": [3, 3, 0], "decimal_point": ",", "thousands_sep": ".",
    "grouping": [3, 3, 0], "positive_sign": "", "negative_sign": "-"}  # fmt: skip
"""How numbers are written there."""
_ENCODING, _SET = "iso8859-15", "7"
_ASKING = {"os", "collections.abc", __name__}
"""Who reads the environment on somebody's behalf."""


def move() -> None:
    """Everything that says where this process is says something else from now on."""
    os.environ.update(_ENVIRONMENT)
    if hasattr(time, "tzset"):
        time.tzset()
    _stand_in(socket, "gethostname", HOST)
    _stand_in(socket, "getfqdn", HOST)
    _stand_in(locale, "getlocale", ("de_DE", "UTF-8"))
    _stand_in(locale, "localeconv", {**locale.localeconv(), **_CONVENTIONS})
    _stand_in(locale, "getpreferredencoding", _ENCODING)
    _stand_in(locale, "getencoding", _ENCODING)
    _stand_in(sys, "getfilesystemencoding", _ENCODING)
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


def settle(program: Any) -> None:
    """Lets a `Program` lie on the other machine: its folder, its package, settings and byte order."""
    program.file = f"{FOLDER}/{program.filename.strip('<>')}"
    program.known_as = f"elsewhere.{program.name}"
    sys.modules.setdefault("elsewhere", types.ModuleType("elsewhere"))
    for name in _SETTING.findall(program.source):
        os.environ.setdefault(name, _SET)
    _Environment.asked_by = program.filename
    os.environ.__class__ = _Environment
    byte_order.turn(program.source)


class _Environment(os._Environ[str]):
    """An environment in which every setting that the program asks for is set, however it makes the name."""

    asked_by = ""

    def __getitem__(self, name: str) -> str:
        try:
            return super().__getitem__(name)
        except KeyError:
            if not self._is_asked_by_the_program():
                raise
            return _SET

    def _is_asked_by_the_program(self) -> bool:
        frame: types.FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_globals.get("__name__") in _ASKING:
            frame = frame.f_back
        return frame is not None and frame.f_code.co_filename == self.asked_by


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
