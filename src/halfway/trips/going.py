"""How a field trip begins and ends: a learner's file comes in as text, and rows go out as JSON."""

from __future__ import annotations

import json
import logging
import sys
import types
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any


def imported(source: str, name: str) -> types.ModuleType:
    """Gives a learner's file as the module of this name. Raises what the file raises when it is imported."""
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(source, f"{name}.py", "exec"), module.__dict__)  # noqa: S102 - the learner's file, by request
    return module


def go(trip: Callable[[str], Sequence[Any]]) -> None:
    """Reads a learner's file from standard input, and writes the rows, or the error that ended the trip."""
    logging.disable(logging.CRITICAL)
    source, out = sys.stdin.read(), sys.stdout
    sys.stdout = sys.stderr  # what the system and the learner's file print is no row
    try:
        told: Any = [asdict(row) for row in trip(source)]
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
    out.write(json.dumps(told))
