"""Runs a unit's suite on its reference, in this process, and gives which pressures it was really under."""

from __future__ import annotations

import ast
import importlib.util
import inspect
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from halfway import kit
from halfway.catalog import BadUnit
from halfway.catalog.reading import source_of
from halfway.kit.values import Call, name_of
from halfway.links.direct import Direct
from halfway.prove import sources
from halfway.prove.case import Case

ToldCall = tuple[str, tuple[Any, ...], dict[str, Any]]
"""A call that a suite made: the name that the stub has for it, and what was given."""

GROUP = "ExceptionGroup"
"""What a suite names that raises one itself."""
STOPS = {kit.CANCEL, kit.CRASH}
"""What can happen to whatever is async, whichever ports it has."""


@dataclass(frozen=True)
class Ran:
    """What a suite did: the pressures it was under, those that it switches off, the calls that it made.

    `kinds` are the kinds of fault that can go wrong for the unit, `names` what the suite takes from the kit,
    `promised` the pressures that some promise answers for.
    """

    pressed: kit.Pressed
    without: dict[str, str]
    kinds: frozenset[str]
    calls: tuple[ToldCall, ...]
    names: frozenset[str]
    promised: frozenset[str]


class _Recorder(kit.Unit):
    """A unit that remembers what was asked of it."""

    _is_aloud = False

    def __init__(self, link: Any, contract: kit.Contract) -> None:
        super().__init__(link, contract)
        self.made: list[ToldCall] = []

    def _call(self, call: Call) -> Any:
        self._note(call)
        return super()._call(call)

    def _call_together(self, calls: list[Call], stoppable: int | None = None) -> list[kit.Outcome]:
        for call in calls:
            self._note(call)
        return super()._call_together(calls, stoppable)

    def _note(self, call: Call) -> None:
        life = self._life
        name = name_of(call, life) if life is not None else str(call[0])
        if name[:1] != "!":
            self.made.append((name, call[1], call[2]))


def ran(case: Case) -> Ran:
    """Gives what a unit's suite did to its reference. Raises BadUnit if a file cannot be read or run."""
    unit = case.unit
    for path in (unit.suite, unit.solution, unit.stub):
        sources.parsed(path)
    texts = source_of(unit.suite), source_of(unit.solution), source_of(unit.stub)
    return _ran(unit.suite, *texts, unit.file, tuple(unit.given_sources().items()))


@lru_cache(4)
def _ran(
    suite: Path, text: str, solution: str, stub: str, file: str, given: tuple[tuple[str, str], ...]
) -> Ran:
    module = _imported(suite)
    without = dict(getattr(module, "WITHOUT", {}))
    link = Direct(solution, Path(file).stem, given=dict(given))
    contract = kit.Contract.of(stub, dict(given))
    unit, tellings = _Recorder(link, contract), kit.Tellings()
    try:
        for test in _tests(module):
            _run(test, unit, without, tellings)
    finally:
        link.close()
    tree = ast.parse(text)
    kinds = unit._pressed.kinds | (
        STOPS if any(one.is_async for one in contract.functions.values()) else set()
    )
    return Ran(
        unit._pressed,
        without,
        frozenset(kinds),
        tuple(unit.made),
        frozenset(_taken(tree)),
        frozenset(_promised(tree)),
    )


def _taken(tree: ast.Module) -> Iterator[str]:
    """Gives the names of the kit that a suite uses: imported by name, or as in `ports.Clock`; and GROUP."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Name) and node.id == GROUP:
            yield GROUP


def _imported(suite: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"suite_of_{suite.parent.name}", suite)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        what = f"The suite cannot be imported: {type(error).__name__}: {error}."
        raise BadUnit(what, str(suite), "Next: repair it.") from error
    return module


def _tests(module: ModuleType) -> Iterator[Any]:
    return (one for name, one in vars(module).items() if name.startswith("test_") and inspect.isfunction(one))


def _run(test: Any, unit: _Recorder, without: dict[str, str], tellings: kit.Tellings) -> None:
    """Runs one test on what was told before; a promise that is broken here is another law's to tell."""
    given: dict[str, Any] = {}
    for name in inspect.signature(test).parameters:
        if name == "unit":
            given[name] = unit
        elif name == "story":
            given[name] = kit.only_story(unit, pressures=kit.PRESSURES - without.keys())
        elif name == "every_story":
            given[name] = kit.EveryStory(unit, without=without, tellings=tellings)
    with suppress(Exception):
        test(**given)
    unit._end()


def _promised(tree: ast.Module) -> Iterator[str]:
    """Gives the pressures that stand in a `promise_under`; in a bare one, all that find something."""
    for call in sources.calls(tree):
        if sources.called(call) == "promise_under":
            named = [
                getattr(kit, argument.id, "") for argument in call.args[1:] if isinstance(argument, ast.Name)
            ]
            yield from named or kit.FINDS
