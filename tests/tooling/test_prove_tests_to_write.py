"""What the laws mean for a unit to write tests: the contract is what its module says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import tiny_unit as at
from tiny_unit import Tiny

from halfway.prove.ports import ports_and_protocols

STUB = """
class World(Protocol):
    rang: list[str]

    def ring(self) -> None: ...
"""
SUITE = """
class World(Port):
    {decorator}
    def rang(self): ...

    def ring(self): ...
"""


@pytest.fixture
def to_write(tmp_path: Path) -> Iterator[Tiny]:
    """A lawful course, whose unit is one to write tests."""
    tiny = Tiny(tmp_path / "course")
    tiny.change(at.TOML, "implement", "write-the-test")
    yield tiny
    tiny.close()


def test_the_reference_repeats_what_the_module_says(to_write: Tiny) -> None:
    """Another docstring of the module is another contract, and is found in the reference."""
    assert to_write.findings(3) == []
    text = to_write.path(at.SOLUTION).read_text(encoding="utf-8")
    said = ast.get_docstring(ast.parse(text)) or ""
    to_write.write(at.SOLUTION, text.replace(said, f"{said} And more.", 1))
    (found,) = to_write.findings(3)
    assert found.what == "The docstring of the module is not the stub's."


def test_each_sentence_of_the_module_is_held(to_write: Tiny) -> None:
    """A sentence of the module wants its promise in the notes, as those of functions do."""
    text = to_write.path(at.STUB).read_text(encoding="utf-8")
    said = " ".join((ast.get_docstring(ast.parse(text)) or "").split())
    (found,) = to_write.findings(19)
    assert found.what == f"Nothing says what holds this sentence of `ring`: {said}"
    to_write.append(at.NOTES, f"\n### ring\n\n- {said}\n  (given)\n")
    assert to_write.findings(19) == []


@pytest.mark.parametrize(
    ("decorator", "found"),
    [
        ("@attribute", []),
        ("@property", ["The port `World` has no attribute `rang`, which the stub's protocol has."]),
    ],
)
def test_an_attribute_of_a_protocol_is_one_of_the_port(
    tmp_path: Path, decorator: str, found: list[str]
) -> None:
    """What a stub shows as an attribute, its port gives as one."""
    (tmp_path / "stub.py").write_text(STUB, encoding="utf-8")
    unit = SimpleNamespace(stub=tmp_path / "stub.py", suite=tmp_path / "suite.py", given=())
    case: Any = SimpleNamespace(unit=unit, found=lambda law, where, what, *more: what)
    suite = ast.parse(SUITE.format(decorator=decorator))
    assert list(ports_and_protocols(case, suite)) == found
