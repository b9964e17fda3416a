"""A process of the capstone: its stages' files, begun anew, with `system.py` beside them.

A stage that is in the course gives its reference; the others have one in `stages`.
"""

import sys
import types
from functools import cache
from pathlib import Path
from typing import Any

STAGES = Path(__file__).with_name("stages")
COURSE = Path(__file__).parents[2]
IN_THE_COURSE = {
    "system": COURSE / "tests" / "exercises" / "ex71_clock_and_deadline" / "given" / "system.py",
    "monitor": COURSE / "solutions" / "ex71_clock_and_deadline" / "monitor.py",
}
NAMES = ("monitor", "schedule", "worker", "edge", "rules", "runtime")
"""The learner's files, in the order of the stages: each imports from earlier ones alone."""


@cache
def _source(name: str) -> str:
    return IN_THE_COURSE.get(name, STAGES / f"{name}.py").read_text(encoding="utf-8")


@cache
def _code(name: str, edit: tuple[str, str] | None) -> types.CodeType:
    text = _source(name)
    if edit is not None:
        assert text.count(edit[0]) == 1, f"{name}.py has {text.count(edit[0])} times {edit[0]!r}"
        text = text.replace(*edit)
    return compile(text, str(STAGES / f"{name}.py"), "exec", dont_inherit=True)


@cache
def _system() -> types.ModuleType:
    module = types.ModuleType("system")
    sys.modules["system"] = module
    exec(_code("system", None), module.__dict__)
    return module


def new_process(wrong: dict[str, tuple[str, str]] | None = None) -> dict[str, Any]:
    """Give all modules by name, each executed anew; `wrong` has an edit for some of them."""
    modules: dict[str, types.ModuleType] = {"system": _system()}
    before = {name: sys.modules.get(name) for name in ("system", *NAMES)}
    try:
        sys.modules["system"] = modules["system"]
        for name in NAMES:
            module = modules[name] = sys.modules[name] = types.ModuleType(name)
            exec(_code(name, (wrong or {}).get(name)), module.__dict__)
    finally:
        for name, module_before in before.items():
            if module_before is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module_before
    return modules
