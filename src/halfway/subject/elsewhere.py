"""Another machine, as far as a program can ask about one: host, user, folder, zone, encodings and Python.

Its Python runs with -O, so an `assert` does nothing. Standard library only. A process that has moved stays.
"""

import ast
import io
import locale
import os
import re
import socket
import sys
import threading
import time
import types
from abc import ABCMeta
from contextlib import suppress
from typing import Any

from halfway.subject import another_build, byte_order, native_codecs

HOST, USER, FOLDER = "b7.elsewhere.example", "ben", "/srv/elsewhere"
ZONE = "<+1245>-12:45"
"""As POSIX writes it, so that no file of zones is needed; hardly anybody's own."""
_ENVIRONMENT = {
    "HOSTNAME": HOST, "COMPUTERNAME": HOST, "USER": USER, "LOGNAME": USER, "USERNAME": USER,
    "HOME": f"/home/{USER}", "USERPROFILE": f"/home/{USER}", "PWD": FOLDER,
    "TZ": ZONE, "LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8",
}  # fmt: skip


_ASSERTS = re.compile(r"\b(?:assert|__debug__|__doc__|getdoc)\b")
_TESTS = re.compile(r"(?m)^\s*(?:async\s+)?def\s+test")
"""A file of tests is never run without its asserts."""
_SETTING = re.compile(r"""["']([A-Z][A-Z0-9]*_[A-Z0-9_]*)["']""")
"""What a program writes down as a setting's name is written: in capitals, and of two words or more."""
_CONVENTIONS = {"int_curr_symbol": "EUR ", "currency_symbol": "EUR", "mon_decimal_point": ",",
    "mon_thousands_sep": ".", "mon_grouping": [3, 3, 0], "decimal_point": ",", "thousands_sep": ".",
    "grouping": [3, 3, 0], "positive_sign": "", "negative_sign": "-"}  # fmt: skip
"""How numbers are written there."""
_ENCODING, _SET = "iso8859-15", "7"
_NODE = 0x02_00_00_B7_B7_B7
"""The address of its network card."""
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
    os.fsencode, os.fsdecode, io.TextIOWrapper = _fsencode, _fsdecode, _Text  # type: ignore[assignment, misc]
    _stand_in(os, "getcwd", FOLDER)
    _stand_in(os, "getcwdb", FOLDER.encode())
    _stand_in(os, "getlogin", USER)
    _stand_in(os, "getpid", os.getpid() + 1000)  # each sandbox counts its own, and so here as there
    _stand_in(os, "cpu_count", (os.cpu_count() or 1) + 1)
    _be_another_user()
    if hasattr(os, "uname"):
        here = os.uname()
        machine = "aarch64" if here.machine != "aarch64" else "x86_64"
        _stand_in(os, "uname", os.uname_result((here.sysname, HOST, "6.9.0", "#7 SMP", machine)))
    sys.executable, sys.argv, sys.prefix = f"{FOLDER}/bin/python3", [f"{FOLDER}/worker.py"], FOLDER
    another_build.next_version()
    threading.main_thread().name = "worker-7"
    _forget_what_was_asked()


def settle(program: Any) -> None:
    """Lets a `Program` lie on the other machine: its folder, package, settings, byte order and asserts."""
    program.file = f"{FOLDER}/{program.filename.strip('<>')}"
    program.known_as = f"elsewhere.{program.name}"
    sys.modules.setdefault("elsewhere", types.ModuleType("elsewhere"))
    for name in _SETTING.findall(program.source):
        os.environ.setdefault(name, _SET)
    _Environment.asked_by = program.filename
    os.environ.__class__ = _Environment
    another_build.build(program.source)
    if "uuid" in program.source:
        with suppress(ImportError, OSError):
            _have_another_card()
    tree = native_codecs.asking(program.source, program.filename) if byte_order.turn(program.source) else None
    has_asserts = _ASSERTS.search(program.source) is not None and not _TESTS.search(program.source)
    if tree is not None or has_asserts:
        program.code = _compiled(tree or program.source, program.filename, without_asserts=has_asserts)


def _compiled(source: str | ast.Module, filename: str, *, without_asserts: bool) -> types.CodeType:
    """The program, where that is so as `python -OO` compiles it: without its asserts and docstrings."""
    optimize = 2 if without_asserts else -1
    return compile(source, filename, "exec", dont_inherit=True, optimize=optimize)


def _be_another_user() -> None:
    for name in ("getuid", "geteuid", "getgid", "getegid"):
        if hasattr(os, name):
            _stand_in(os, name, getattr(os, name)() + 1000)
    with suppress(ImportError, OSError):
        import pwd

        known = (USER, "x", os.getuid(), os.getgid(), USER, f"/home/{USER}", "/bin/sh")
        _stand_in(pwd, "getpwuid", pwd.struct_passwd(known))


def _have_another_card() -> None:
    import uuid

    uuid._node, uuid._generate_time_safe = _NODE, None  # type: ignore[attr-defined]


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


def _fsencode(filename: Any) -> bytes:
    name = os.fspath(filename)
    return name if isinstance(name, bytes) else name.encode(_ENCODING, "surrogateescape")


def _fsdecode(filename: Any) -> str:
    name = os.fspath(filename)
    return name.decode(_ENCODING, "surrogateescape") if isinstance(name, bytes) else name


class _AnyText(ABCMeta):
    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, _TextHere)


_TextHere = io.TextIOWrapper


class _Text(_TextHere, metaclass=_AnyText):
    """A text file: where nothing is said of its encoding, it has the one of that machine."""

    def __init__(self, buffer: Any, encoding: str | None = None, *given: Any, **named: Any) -> None:
        super().__init__(buffer, _ENCODING if encoding in (None, "locale") else encoding, *given, **named)


def _forget_what_was_asked() -> None:
    """What a module of the library remembers of the first machine is asked anew."""
    with suppress(KeyError, AttributeError):
        platform: Any = sys.modules["platform"]
        platform._uname_cache = None
        platform._sys_version_cache.clear()
        platform._platform_cache.clear()
