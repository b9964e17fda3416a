"""What a file uses that no unit needs, whatever way leads to it: listed for a reader, refused to nobody."""

from __future__ import annotations

import ast
from collections.abc import Iterator

UNUSUAL = frozenset(
    """
    _ctypes _posixsubprocess _thread atexit builtins code concurrent ctypes dis faulthandler fcntl freezegun
    gc halfway importlib inspect io linecache marshal mmap multiprocessing os pathlib pickle pkgutil platform
    posix pty pytest resource runpy select selectors shutil signal site socket ssl subprocess symtable sys
    tempfile threading trace traceback tracemalloc types unittest webbrowser
    """.split()  # noqa: SIM905 - forty words read better than forty strings
)
"""Modules that no unit needs and some tricks do."""
_CALLS = frozenset(
    "__builtins__ __import__ breakpoint compile delattr eval exec getattr globals locals setattr vars".split()  # noqa: SIM905
)
_WORDS_OF_DATA = frozenset(
    ("code", "dis", "io", "platform", "resource", "select", "signal", "site", "trace", "types")
)
_PARTS = (UNUSUAL - _WORDS_OF_DATA) | frozenset(
    "ag_frame cr_frame f_back f_builtins f_globals f_locals gi_frame modules tb_frame".split()  # noqa: SIM905
)
"""Parts of other objects that lead to a module without an import of it; data has other names."""
_PLAIN = frozenset(
    "__class__ __doc__ __eq__ __hash__ __init__ __name__ __post_init__ __qualname__".split()  # noqa: SIM905
)
"""Special names that plain code has a use for."""


def unusual_in(tree: ast.AST) -> list[str]:
    """Names the modules and calls in a file that no unit needs; `asyncio.events.os` is one as well."""
    return sorted(set(_unusual(tree)))


def _unusual(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if _is_unusual(alias.name))
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield from [module] if _is_unusual(module) else []
            yield from (f"{module}.{alias.name}" for alias in node.names if alias.name in _PARTS)
        elif isinstance(node, ast.Name) and node.id in _CALLS:
            yield node.id
        elif isinstance(node, ast.Attribute) and (node.attr in _PARTS or _is_special(node.attr)):
            yield f".{node.attr}"


def _is_unusual(module: str) -> bool:
    return any(part in UNUSUAL for part in module.split("."))


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and name not in _PLAIN
