"""One thread at a time makes a tree of Python text.

CPython 3.11 counts how deep `ast.parse` is in one place for all threads, so two at once can end in
"SystemError: AST constructor recursion depth mismatch" (<https://github.com/python/cpython/issues/106905>).
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast

_ONE_AT_A_TIME = Lock()


def parse(source: str | bytes) -> ast.Module:
    """Gives the tree of `source`, in any thread. Raises what `ast.parse` raises."""
    import ast  # a cold start seldom needs it

    with _ONE_AT_A_TIME:
        return ast.parse(source)
