"""The pins of a page: tests that run a real system and hold a claim against it."""

from __future__ import annotations

import ast
from pathlib import Path

from halfway.catalog import UnitFiles
from halfway.prove import sources


def shown(unit: UnitFiles) -> str:
    """Gives the name pattern of the files that hold a page's pins."""
    return f"tests/pins/test_{unit.number}_*.py"


def files(unit: UnitFiles) -> list[Path]:
    """Gives the files that hold a page's pins."""
    return sorted((unit.course / "tests" / "pins").glob(f"test_{unit.number}_*.py"))


def known(unit: UnitFiles) -> tuple[set[str], set[str]]:
    """Gives the names of the page's pins, and those among them that carry no mark."""
    names: set[str] = set()
    unmarked: set[str] = set()
    for path in files(unit):
        tree = sources.parsed(path)
        assignments = [ast.unparse(node) for node in tree.body if isinstance(node, ast.Assign)]
        all_marked = any("mark.pin" in text for text in assignments)
        for node in tree.body:
            if isinstance(node, sources.Function) and node.name.startswith("test_"):
                names.add(node.name)
                marks = [ast.unparse(decorator) for decorator in node.decorator_list]
                if not all_marked and not any("mark.pin" in mark for mark in marks):
                    unmarked.add(node.name)
    return names, unmarked
