"""The submission's own words: whatever separator it joins names with stands in it, so none is rare."""

import ast
import json
import operator
import re
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any

from halfway.kit.unit import Unit

WORD_MAX = 40
_NUMBER = re.compile(r"(?<!\w)\d{1,9}(?!\w)", re.ASCII)
_PADDED = re.compile(r"(?<![\w.])0([1-9])[dn]?(?!\w)", re.ASCII)
_PADS, _PACKS = ("zfill", "rjust"), ("array", "pack", "Struct")
_BITS = {"b": 7, "B": 8, "h": 15, "H": 16}


def words_of(unit: Unit) -> list[str]:
    """Give the short strings that the submission's code is written with, docstrings left out, each once.

    A text that parts are put into gives its parts too: "{}#{}" gives "#". What no text can hold is left out.
    """
    return list(_words_of(unit._link.source))


@lru_cache(4)
def _words_of(source: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for value in _values_in(source):
        for word in _words_in(value):
            if len(word) <= WORD_MAX and not any("\ud800" <= sign <= "\udfff" for sign in word):
                found[word] = None
    return tuple(found)


def numbers_of(unit: Unit, most: int, *, in_texts: bool = False) -> list[int]:
    """Give the whole numbers of the submission's code, from 2 up to `most`: what it bounds itself with.

    One that is computed of numbers, such as `10**5`, is given too.
    Those in its strings too where `in_texts` says so, docstrings left out: SQL is written in strings.
    """
    source = unit._link.source
    found = {value for node in nodes_of(source) if type(value := _computed(node)) is int}
    if in_texts:
        texts = [value for value in _values_in(source) if type(value) is str]
        found.update(int(number) for text in texts for number in _NUMBER.findall(text))
    return sorted(value for value in found if 1 < value <= most)


def asserting_source(unit: Unit) -> str:
    """Give the submission's source if it asserts anything, else "": `python -O` leaves out every assert."""
    source = unit._link.source
    return source if any(isinstance(node, ast.Assert) for node in nodes_of(source)) else ""


def bounds_of(unit: Unit, most: int) -> list[int]:
    """Give how far the submission's code counts in its own words, up to `most`: the first number beyond.

    So its whole numbers, and what no longer fits where a number is padded, `f"{n:04d}"` or `zfill(4)`, or
    packed, `array("H")`: the texts of such numbers sort in another order from there, and nothing holds them.
    """
    found = {number + 1 for number in numbers_of(unit, most)}
    source = unit._link.source
    texts = [value for value in _values_in(source) if type(value) is str]
    found.update(10 ** int(width) for text in texts for width in _PADDED.findall(text))
    for node in nodes_of(source):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name, first = ast.unparse(node.func).rpartition(".")[2], node.args[0].value
            if name in _PADS and type(first) is int and 0 < first < 10:
                found.add(10**first)
            if name in _PACKS and type(first) is str:
                found.update(2 ** _BITS[code] for code in first if code in _BITS)
    return sorted(value for value in found if value <= most)


def literals_of(unit: Unit) -> list[Any]:
    """Give the values that stand in the submission's code whole, each once, and a list or dict of them too.

    Docstrings are left out, and so is what JSON has not: `-1`, `"pending"` and `{"state": "to do"}` are in.
    """
    return list(_literals_of(unit._link.source).values())


@lru_cache(4)
def _literals_of(source: str) -> dict[str, Any]:
    nodes, found = nodes_of(source), {}
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant | ast.UnaryOp | ast.List | ast.Dict) and id(node) not in docstrings:
            with suppress(ValueError, TypeError, SyntaxError, RecursionError):
                value = ast.literal_eval(node)
                json.dumps(value)
                found[repr(value)] = value
    return found


def recurs(unit: Unit) -> bool:
    """Does a function of the submission come to call itself, or a method `self`'s?

    Perhaps by way of others. Python bounds how far it gets.
    """
    named: dict[str, set[str]] = {}
    for function in nodes_of(unit._link.source):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            names = (ast.unparse(one) for one in ast.walk(function) if isinstance(one, _NAMES))
            named.setdefault(function.name, set()).update(name.removeprefix("self.") for name in names)
    return any(_comes_to(name, named) for name in named)


_NAMES = (ast.Name, ast.Attribute)


def _comes_to(name: str, named: dict[str, set[str]]) -> bool:
    """Is this function named in itself, or in one that is named there?"""
    reached: set[str] = set()
    ahead = [name]
    while ahead:
        new = (named[ahead.pop()] & named.keys()) - reached
        reached |= new
        ahead += new
    return name in reached


@lru_cache(4)
def nodes_of(source: str) -> tuple[ast.AST, ...]:
    """Give every node of this source, parsed once: it is looked through more than once."""
    return tuple(ast.walk(ast.parse(source)))


def _values_in(source: str) -> list[object]:
    """What the code's literals are, docstrings left out."""
    nodes = nodes_of(source)
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    return [node.value for node in nodes if isinstance(node, ast.Constant) and id(node) not in docstrings]


_COMPUTES: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
}  # fmt: skip
_BITS_MAX, _DEPTH_MAX = 128, 8


def _computed(node: ast.AST, depth: int = _DEPTH_MAX) -> object:
    """What this expression of whole numbers comes to; None for any other, and for one that grows too far."""
    if isinstance(node, ast.Constant):
        return node.value
    if not isinstance(node, ast.BinOp) or type(node.op) not in _COMPUTES or not depth:
        return None
    left, right = _computed(node.left, depth - 1), _computed(node.right, depth - 1)
    if type(left) is not int or type(right) is not int or max(abs(left), abs(right)) >= 2**_BITS_MAX:
        return None
    if isinstance(node.op, (ast.Pow, ast.LShift)) and not 0 <= right <= _BITS_MAX:
        return None
    return _COMPUTES[type(node.op)](left, right)


def _words_in(value: object) -> list[str]:
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if not isinstance(value, str) or not value:
        return []
    parts = [part for part in re.split(r"\{[^}]*\}|%[a-z]", value) if part and part != value]
    return [value, *parts]
