"""One grader, two hosts: every file of a unit graded on this machine and by the page's Python, side by side.

The page's Python runs under Node here: the same Pyodide, the same packed files and the same worker code in
Python, without a browser around them.
"""

from __future__ import annotations

import ast
import json
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from halfway import catalog
from halfway.catalog.parsing import parse
from halfway.catalog.turns import of_the_day
from halfway.grading import Grader, PromiseResult, Verdict
from halfway.grading.verdict import Suite
from halfway.site import lab, web

INNER = frozenset(("ORDER", "STEPS"))
"""Kinds of fault whose number depends on how an interpreter takes its inner steps."""
WORDS = ("saw", "rule", "ask", "frames", "replay", "faults", "timeline", "calm", "note", "output")

EVERY = 10_000
"""More than any unit has of anything."""
SUITES: tuple[Suite, ...] = ("hidden", "examples")


class Page:
    """The page's Python: called with a unit, a learner's text and a suite, it gives the verdict.

    `late` are the modules that runs looked for and that a page fetches after its first verdict.
    """

    def __init__(self, node: subprocess.Popen[bytes]) -> None:
        self._node = node
        self.late: list[str] = []

    def __call__(self, slug: str, text: str, suite: Suite) -> Verdict:
        told = _asked(self._node, {"unit": slug, "text": text, "suite": suite})
        self.late += told.pop("late").split()
        for promise in told["promises"]:
            promise.pop("svg")
        return Verdict.from_dict(told)


@dataclass(frozen=True)
class Row:
    """One file under both hosts: where the verdict `differs`, and where its `words` alone do."""

    unit: str
    file: str
    suite: Suite
    promises: int
    kept: int
    stories: int
    differs: tuple[str, ...]
    words: tuple[str, ...]


def compare(
    units: Iterable[catalog.UnitFiles],
    suites: tuple[Suite, ...] = SUITES,
    progress: web.Progress = print,
    a_day: int = EVERY,
    day: int = 0,
) -> Iterator[Row]:
    """Gives a row for each stub, solution, alternative and mutant of these units (of one course).

    At most `a_day` alternatives and as many mutants of a unit: over the days each has its turn.
    """
    units = list(units)
    course = units[0].course
    with page(course, progress) as graded, Grader(course, ahead=False) as grader:
        for unit in units:
            yield from compared(unit, grader, graded, suites, a_day, day)


def compared(
    unit: catalog.UnitFiles,
    grader: Grader,
    graded: Page,
    suites: tuple[Suite, ...] = SUITES,
    a_day: int = EVERY,
    day: int = 0,
) -> Iterator[Row]:
    """Gives the rows of one unit, from two hosts that are there: to start one takes longer than a verdict."""
    inner = with_inner_choices(unit.suite)
    with TemporaryDirectory() as folder:
        wrong = {
            catalog.write_out(unit, mutant, Path(folder)): frozenset(mutant.at_times)
            for mutant in of_the_day(unit.mutants, a_day, day)
        }
        for path in (unit.stub, unit.solution, *of_the_day(unit.also, a_day, day), *wrong):
            for suite in suites:
                here = grader.grade(unit.slug, path, suite=suite)
                there = graded(unit.slug, path.read_text(encoding="utf-8"), suite)
                yield _row(unit, path, here, there, inner, wrong.get(path, frozenset()))


@contextmanager
def page(course: Path, progress: web.Progress = print) -> Iterator[Page]:
    """Gives the page's grader. Raises NoAssets where it cannot be built."""
    made = lab.lab(course, progress)
    if not made.files:
        raise web.NoAssets(made.missing)
    with TemporaryDirectory() as folder:
        for name, path in made.files.items():
            Path(folder, name).symlink_to(path)
        Path(folder, "engine.json").write_text(made.manifest, encoding="utf-8")
        command = [web.find_node().node, "node-host.mjs", folder]
        node = subprocess.Popen(command, cwd=course / "web", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        with node:
            yield Page(node)
            assert node.stdin is not None
            node.stdin.close()


def _asked(node: subprocess.Popen[bytes], run: dict[str, Any]) -> dict[str, Any]:
    assert node.stdin is not None
    assert node.stdout is not None
    node.stdin.write(json.dumps(run).encode() + b"\n")
    node.stdin.flush()
    told: dict[str, Any] = json.loads(node.stdout.readline() or b'{"died": "it said nothing"}')
    if "died" in told:
        raise RuntimeError(f"the page's interpreter died: {told['died']}")
    return told


def with_inner_choices(suite: Path) -> frozenset[str]:
    """Gives the tests that name a kind of fault whose number depends on the interpreter."""
    tests = [
        node
        for node in parse(suite.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    return frozenset(test.name for test in tests if INNER & set(_names(test)))


def _names(tree: ast.AST) -> Iterator[str]:
    return (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def _row(
    unit: catalog.UnitFiles,
    path: Path,
    here: Verdict,
    there: Verdict,
    inner: frozenset[str],
    at_times: frozenset[str] = frozenset(),
) -> Row:
    pairs = [pair for pair in zip(here.promises, there.promises, strict=True) if pair[0].id not in at_times]
    differs = [_differing(a, b, ("status",) if a.id in inner else ("status", "stories")) for a, b in pairs]
    differs += [
        f"{name}: {getattr(here, name)} here, {getattr(there, name)} there"
        for name in ("misconception", "fault", "sha256", "suite")
        if getattr(here, name) != getattr(there, name)
    ]
    words = [_differing(a, b, WORDS) for a, b in pairs]
    return Row(
        unit.slug,
        path.stem if path.parent.name in ("also", "mutants") else f"{path.parents[1].name}/{path.name}",
        here.suite,
        len(here.promises),
        sum(promise.kept for promise in here.promises),
        here.stories,
        tuple(filter(None, differs)),
        tuple(filter(None, words)),
    )


def _differing(here: PromiseResult, there: PromiseResult, respects: tuple[str, ...]) -> str:
    """Says in which respects one promise differs; "" if in none."""
    found = [
        f"{name} {getattr(here, name)!r} here, {getattr(there, name)!r} there"
        for name in respects
        if getattr(here, name) != getattr(there, name)
    ]
    return f"{here.id}: {'; '.join(found)}" if found else ""
