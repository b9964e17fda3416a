"""UTF-16 and UTF-32 without a suffix, on a machine of the other byte order: in its order, with its mark.

`str.encode` and `bytes.decode` know these two by name and ask nobody, so a program that says `.encode` asks
here instead. Standard library only.
"""

import ast
import builtins
import codecs
import encodings
import re
from collections.abc import Callable, Iterator
from encodings import utf_16, utf_32
from functools import partial
from types import ModuleType
from typing import Any

METHOD, MADE = "_hw_method", "_hw_made"
"""The names by which a program asks: built-ins, so that no name of theirs is taken."""
_ASKS = re.compile(r"\.\s*(?:en|de)code\b|\b(?:bytes|bytearray|str)\(")
_NAME = re.compile(r"u(?:tf)?_?(16|32)")
_KINDS = ("bytes", "bytearray", "str")
_MARKS = {16: (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE), 32: (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)}
_REAL = vars(codecs).copy()


class Codec:
    """One of the two, where the native order is this one: -1 for little, 1 for big."""

    def __init__(self, bits: int, order: int) -> None:
        self.bits, self._order = bits, order
        self._marks = _MARKS[bits]
        self._encode, self._decode = _REAL[f"utf_{bits}_encode"], _REAL[f"utf_{bits}_decode"]
        self._decode_in = _REAL[f"utf_{bits}_ex_decode"]

    @property
    def mark(self) -> bytes:
        """What stands before a text."""
        return self._marks[self._order > 0]

    def encode(self, text: str, errors: str | None = None, byteorder: int = 0) -> tuple[bytes, int]:
        """As `codecs.utf_16_encode`."""
        data, taken = self._encode(text, errors, byteorder or self._order)
        return (data if byteorder else self.mark + data), taken

    def decode(self, data: Any, errors: str | None = None, final: Any = None) -> tuple[str, int]:
        """As `codecs.utf_16_decode`: a mark says the order, and without one it is the native one."""
        if bytes(data[: len(self.mark)]) in self._marks:
            return self._decode(data, errors, bool(final))  # type: ignore[no-any-return]
        return self._decode_in(data, errors, self._order, bool(final))[:2]  # type: ignore[no-any-return]


def stand_ins(order: int) -> Iterator[tuple[ModuleType, str, Any]]:
    """Where what stands, if the native order is this one."""
    for bits, module in ((16, utf_16), (32, utf_32)):
        codec = Codec(bits, order)
        yield codecs, f"utf_{bits}_encode", codec.encode
        yield codecs, f"utf_{bits}_decode", codec.decode
        yield codecs, f"BOM_UTF{bits}", codec.mark
        yield module, "encode", codec.encode
        yield module, "getregentry", partial(_by_another_name, module.getregentry, f"utf_{bits}")
    yield codecs, "BOM", _MARKS[16][order > 0]
    yield builtins, METHOD, _method
    yield builtins, MADE, _made


def _by_another_name(entry: Callable[[], Any], name: str) -> Any:
    """The entry of a codec, under a name by which `io` does not know a shorter way."""
    found = entry()
    found.name = name
    return found


def look_up_anew() -> None:
    """Codecs that were looked up before are looked up anew."""
    codecs.unregister(encodings.search_function)
    encodings._cache.clear()
    codecs.register(encodings.search_function)


# ---- a program that asks


def asking(source: str, filename: str) -> ast.Module | None:
    """Give the program with each `.encode` and `.decode` put as a question; None where there is none."""
    if not _ASKS.search(source) or not ("16" in source or "32" in source):
        return None
    tree = _Asking().visit(ast.parse(source, filename))
    found: ast.Module = ast.fix_missing_locations(tree)
    return found


class _Asking(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        if node.attr not in ("encode", "decode") or not isinstance(node.ctx, ast.Load):
            return node
        call = ast.Call(ast.Name(METHOD, ast.Load()), [node.value, ast.Constant(node.attr)], [])
        return ast.copy_location(call, node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        is_made = isinstance(node.func, ast.Name) and node.func.id in _KINDS
        if is_made and len(node.args) + len(node.keywords) > 1:
            node.args.insert(0, node.func)
            node.func = ast.copy_location(ast.Name(MADE, ast.Load()), node)
        return node


def _codec(encoding: object) -> int:
    """16 or 32 for an encoding that goes by the native order; 0 for any other."""
    if not isinstance(encoding, str):
        return 0
    found = _NAME.fullmatch(encodings.normalize_encoding(encoding).lower())
    return int(found[1]) if found else 0


def _method(owner: Any, name: str) -> Any:
    kinds, there = ((str,), _encoded) if name == "encode" else ((bytes, bytearray), _decoded)
    for kind in kinds:
        if owner is kind:
            return partial(there, kind)
        if isinstance(owner, kind) and getattr(type(owner), name) is getattr(kind, name):
            return partial(there, kind, owner)
    return getattr(owner, name)


def _encoded(kind: Any, text: Any, encoding: Any = "utf-8", errors: Any = "strict") -> Any:
    bits = _codec(encoding)
    if bits and isinstance(text, str) and isinstance(errors, str):
        return getattr(codecs, f"utf_{bits}_encode")(text, errors)[0]
    return kind.encode(text, encoding, errors)


def _decoded(kind: Any, data: Any, encoding: Any = "utf-8", errors: Any = "strict") -> Any:
    bits = _codec(encoding)
    if bits and isinstance(data, (bytes, bytearray)) and isinstance(errors, str):
        return getattr(codecs, f"utf_{bits}_decode")(data, errors, True)[0]
    return kind.decode(data, encoding, errors)


def _made(kind: Any, *given: Any, **named: Any) -> Any:
    """`bytes(text, "utf-16")`, `str(data, "utf-16")` and their like."""
    encoding = named.get("encoding", given[1] if len(given) > 1 else None)
    if kind not in (bytes, bytearray, str) or not given or not _codec(encoding):
        return kind(*given, **named)
    errors = named.get("errors", given[2] if len(given) > 2 else "strict")
    if kind is str:
        return _decoded(bytes, bytes(given[0]), encoding, errors)
    return kind(_encoded(str, given[0], encoding, errors))
