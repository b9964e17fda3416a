"""What the laws say of a suite that has callers of its own."""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from halfway.prove import suite_rules
from halfway.prove.ports import ports_and_protocols

CALLERS = """
class Gate:
    async def call(self, operation):
        import asyncio

        return await operation()


CALLERS = (Gate,)
"""
STUB = """
class Gate(Protocol):
    async def call(self, operation): ...
"""


def findings(suite: str, stub: str, tmp_path: Path, *given: str) -> list[str]:
    """What is found about the ports and the imports of this suite."""
    (tmp_path / "stub.py").write_text(stub, encoding="utf-8")
    unit = SimpleNamespace(stub=tmp_path / "stub.py", suite=tmp_path / "suite.py")
    unit.given, unit.given_copy = given, tmp_path.joinpath
    case: Any = SimpleNamespace(unit=unit, found=lambda law, where, what, *more: what)
    tree = ast.parse(suite)
    judges = suite_rules._without_callers(tree)
    found = [*suite_rules._synchronous(case, judges), *suite_rules._imports(case, judges)]
    return [str(what) for what in (*found, *ports_and_protocols(case, tree))]


def test_callers_are_no_judges(tmp_path: Path) -> None:
    """What CALLERS names may be asynchronous and import what it likes; it brings a protocol of the stub."""
    assert findings(CALLERS, STUB, tmp_path) == []


def test_what_callers_does_not_name_is_held_to_the_law(tmp_path: Path) -> None:
    """The same class without CALLERS is a suite that is not synchronous."""
    found = findings(CALLERS.replace("(Gate,)", "()"), STUB, tmp_path)
    assert any("A suite is synchronous" in what for what in found)
    assert any("`asyncio`" in what for what in found)


@pytest.mark.parametrize(("says", "found"), [("for_callers = True", 0), ("calm = True", 1)])
def test_a_port_that_only_callers_hold_needs_no_protocol(tmp_path: Path, says: str, found: int) -> None:
    """It says so itself; of every other port the stub has to tell."""
    suite = f"class Bell(Port):\n    {says}\n\n    def ring(self):\n        pass\n"
    assert len(findings(suite, "", tmp_path)) == found


def test_the_names_of_a_scenario_count(tmp_path: Path) -> None:
    """Two intents that a scenario makes are those of the test that tells it."""
    suite = ast.parse(
        "def two(unit, story):\n    return story.name('a'), story.name('b')\n\n\n"
        "def test_it(unit, every_story):\n    for story in every_story(two):\n        pass\n"
    )
    case: Any = SimpleNamespace(unit=SimpleNamespace(suite=tmp_path), found=lambda *told: told)
    assert list(suite_rules._two_intents(case, suite)) == []


@pytest.mark.parametrize(
    ("says", "helpers"),
    [
        ("", "at_once, mend, request, will_fail"),
        ('serves = frozenset(("mend", "ring"))', "mend"),
        ('serves = frozenset(("ring",))', ""),
        ('serves = frozenset(("ring",))\n    serves_callers = frozenset(("mend",))', ""),
    ],
)
def test_a_learners_code_calls_what_the_stub_shows(tmp_path: Path, says: str, helpers: str) -> None:
    """What a suite does to its port, and what the kit's port does for it, is no way round the faults."""
    suite = f"class Bell(ports.Remote):\n    {says}\n\n    def ring(self): ...\n    def mend(self): ...\n"
    stub = "class Bell(Protocol):\n    def ring(self): ...\n"
    told = f"The port `Bell` lets a learner's code call {helpers}, which no stub shows."
    assert findings(suite, stub, tmp_path) == ([told] if helpers else [])


def test_a_protocol_may_stand_in_a_given_file(tmp_path: Path) -> None:
    """A port needs none in the stub then, and is compared with the one that is given."""
    protocol = "class Bell(Protocol):\n    def ring(self, key): ...\n"
    (tmp_path / "system.py").write_text(protocol, encoding="utf-8")
    suite = "class Bell(Port):\n    def ring(self, {}):\n        pass\n"
    assert findings(suite.format("key"), "", tmp_path, "system.py") == []
    assert findings(suite.format("other"), "", tmp_path, "system.py") == [
        "`Bell.ring(other)` is `(key)` in the stub."
    ]
