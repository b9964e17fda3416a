"""A unit to predict: its file holds a program that is given, and forecasts of what the program does.

The program is run here, in the judge, as it was given: no forecast is compared with what an author wrote
down, and none with what a learner has made of the program.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from halfway.kit.scenarios import Scenario
from halfway.kit.story import Story
from halfway.kit.unit import Unit
from halfway.sim import DEPTH, EVERYTHING, CheckerFaultError, Explorer, Fault
from halfway.sim.pressures import NO_PRESSURES
from halfway.sim.tape import Tape, ToldTape

_Imports = ast.Import | ast.ImportFrom
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Ended(NamedTuple):
    """One story of the given program: what its scenario saw, and what went wrong in it."""

    seen: Any
    faults: tuple[Fault, ...]


class Shown(NamedTuple):
    """What is shown of a forecast that came true: facts, and a story in which it did."""

    saw: str
    story: Story


def given(unit: Unit, *names: str) -> SimpleNamespace:
    """Give the classes of the stub and these functions of it, to be run here.

    They come from the course and not from the submission. Whatever else stands in the file does not run.
    """
    key = "given", names
    if key not in unit._ends:
        wanted = [node for node in _body(unit) if _is_given(node, names)]
        missing = set(names) - {getattr(node, "name", "") for node in wanted}
        if missing:
            raise CheckerFaultError(f"the stub has no {', '.join(sorted(missing))}")
        namespace: dict[str, Any] = {"__name__": "given"}
        code = compile(ast.Module([*wanted], []), "the given program", "exec")
        exec(code, namespace)  # noqa: S102 - the course's own program
        unit._ends[key] = SimpleNamespace(**namespace)
    found: SimpleNamespace = unit._ends[key]
    return found


def is_as_given(unit: Unit, *names: str) -> bool:
    """Are these functions and classes of the submission the stub's, comments and docstrings aside?"""
    return all(line_that_differs(unit, name) is None for name in names)


def line_that_differs(unit: Unit, name: str) -> int | None:
    """Give the first line in which this function or class is not the stub's; None where it is.

    Where the submission gives the name to something else as well, that line; 0 where it has no such name.
    """
    ours = list(_code_of(name, _body(unit)))
    theirs = list(_code_of(name, _parsed(unit._link.source)))
    for (_, our), (line, their) in zip(ours, theirs, strict=False):
        if our != their:
            return line
    if len(theirs) < len(ours):
        return theirs[-1][0] if theirs else 0
    return theirs[len(ours)][0] if len(theirs) > len(ours) else None


def every_end(unit: Unit, scenario: Scenario, depth: int = DEPTH, **handed: Any) -> list[Ended]:
    """Give how every story of a scenario ends that is about the given program alone, fewest faults first.

    Also while a suite tells one story again: a number that occurs nowhere is seen in all of them only.
    """
    key = scenario, depth, tuple(sorted(handed.items()))
    if key not in unit._ends:
        search = Explorer(lambda tape, kinds: _story(unit, tape, kinds, telling=False))
        unit._ends[key] = [
            Ended(scenario(unit, story, **handed), tuple(story.tape.faults))
            for story in search(EVERYTHING, depth)
        ]
    found: list[Ended] = unit._ends[key]
    return found


def show(unit: Unit, saw: str, scenario: Scenario, ended: Ended, **handed: Any) -> None:
    """Let a learner whose forecast is right see this story: a forecast comes first, and then what happens."""
    story = _story(unit, ToldTape(ended.faults), EVERYTHING, telling=True)
    scenario(unit, story, **handed)
    story.close()
    unit._right = Shown(saw, story)


def _story(unit: Unit, tape: Tape, kinds: frozenset[str], *, telling: bool) -> Story:
    return Story(unit, tape, kinds, telling=telling, pressures=NO_PRESSURES, is_scenario=True)


def _body(unit: Unit) -> list[ast.stmt]:
    if unit._contract is None:
        raise CheckerFaultError("nothing remembers the program that was given")
    return _parsed(unit._contract.source)


@lru_cache(4)
def _parsed(source: str) -> list[ast.stmt]:
    return ast.parse(source).body


def _is_given(node: ast.stmt, names: tuple[str, ...]) -> bool:
    return isinstance(node, _Imports | ast.ClassDef) or getattr(node, "name", None) in names


def _code_of(name: str, body: list[ast.stmt]) -> Iterator[tuple[int, str]]:
    """What a file does under this name: a line of code, or what is on it, after the other."""
    for node in body:
        if isinstance(node, _Definition) and node.name == name:
            yield from _lines_of([node], 0)
        elif not isinstance(node, _Definition):
            yield from ((line, f"{name} is bound") for line in _bindings(name, node))


def _bindings(name: str, statement: ast.stmt) -> Iterator[int]:
    """The lines of a statement at the top level of a file that give a name to something else."""
    inside: list[ast.AST] = [statement]
    while inside:
        node = inside.pop()
        if isinstance(node, _Definition):
            if node.name == name:
                yield node.lineno
        elif isinstance(node, ast.Name):
            if node.id == name and not isinstance(node.ctx, ast.Load):
                yield node.lineno
        elif isinstance(node, ast.alias):
            if (node.asname or node.name.partition(".")[0]) == name:
                yield node.lineno
        else:
            inside += ast.iter_child_nodes(node)


def _lines_of(statements: Iterable[ast.stmt | ast.excepthandler], depth: int) -> Iterator[tuple[int, str]]:
    """Each statement without those inside of it, and then these."""
    for node in statements:
        fields = dict(ast.iter_fields(node))
        blocks = {name: held for name, held in fields.items() if _is_block(held)}
        alone = type(node)(**fields | {name: [] for name in blocks})
        yield node.lineno, f"{depth} {ast.dump(alone)}"
        for name, block in blocks.items():
            if does := [each for each in block if not _does_nothing(each)]:
                yield does[0].lineno, f"{depth} {name}"
                yield from _lines_of(does, depth + 1)


def _does_nothing(node: ast.stmt | ast.excepthandler) -> bool:
    """Is it a docstring, `...` or `pass`?"""
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _is_block(held: object) -> bool:
    return isinstance(held, list) and bool(held) and isinstance(held[0], ast.stmt | ast.excepthandler)
