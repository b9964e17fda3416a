"""Whoever asks for a verdict starts soon: no kernel, no words of a suite, no event loop, and no sandbox."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

NOT_FOR_WHO_ASKS = (
    "asyncio",
    "pytest",
    "_pytest",
    "freezegun",
    "halfway.sim",
    "halfway.subject",
    "halfway.kit",
    "halfway.grading.judge",
    "halfway.grading.keeper.keeper",
    "halfway.grading.keeper.child",
    "halfway.links.pipe",
    "halfway.links.sandbox",
)
SAYS = "import json, os, sys; say = lambda: print(json.dumps(sorted(sys.modules)), flush=True)\n"
CLIENT = "from halfway.grading.keeper.client import start_ahead; say()"
GRADER = "from halfway.grading import Grader, grade_confined; say()"
COMMAND = """
from halfway.grading.keeper.client import Process
receive = Process.receive
def first(self, seconds):
    Process.receive = receive
    line = receive(self, 60.0)
    say()
    self.end()
    os._exit(0)
Process.receive = first
from halfway.cli import main
main(["grade", "41"])
"""


@pytest.mark.parametrize("program", [CLIENT, GRADER, COMMAND], ids=["client", "grader", "halfway grade"])
def test_whoever_asks_has_neither_kernel_nor_event_loop(program: str) -> None:
    """Up to the moment at which the first word of the verdict arrives; `halfway grade` is typed for real."""
    command = [sys.executable, "-P", "-c", SAYS + program]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    modules = json.loads(said.splitlines()[-1])
    assert "halfway.grading.keeper.client" in modules
    assert [name for name in modules if _is_below(name, NOT_FOR_WHO_ASKS)] == []


def _is_below(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)
