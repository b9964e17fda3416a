"""The submission's own words: whatever separator it joins names with stands in it, so none is rare."""

import ast
import re

from halfway.kit.unit import Unit

WORD_MAX = 40


def words_of(unit: Unit) -> list[str]:
    """Give the short strings that the submission's code is written with, docstrings left out, each once.

    A text that parts are put into gives its parts too: "{}#{}" gives "#". What no text can hold is left out.
    """
    tree = ast.parse(unit._link.source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found: dict[str, None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            for word in _words_in(node.value):
                if len(word) <= WORD_MAX and not any("\ud800" <= sign <= "\udfff" for sign in word):
                    found[word] = None
    return list(found)


def numbers_of(unit: Unit, most: int) -> list[int]:
    """Give the whole numbers of the submission's code, from 2 up to `most`: what it bounds itself with."""
    tree = ast.parse(unit._link.source)
    values = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return sorted(value for value in values if type(value) is int and 1 < value <= most)


def _words_in(value: object) -> list[str]:
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if not isinstance(value, str) or not value:
        return []
    parts = [part for part in re.split(r"\{[^}]*\}|%[a-z]", value) if part and part != value]
    return [value, *parts]
