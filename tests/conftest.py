"""How the tests are spread over processes, and how long each part of them took."""

from __future__ import annotations

import re
import signal
from collections import Counter
from typing import Any

import pytest

# A shell has its background jobs ignore Ctrl-C, and so would all that a test starts, and waits for.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

UNIT = re.compile(r"\[(ex\d\d_\w+)")
PART = re.compile(r"tests/(?:tooling/test_([a-z]+)|([a-z]+)/|(test_[a-z]+))")
LONGEST_FIRST = (
    "tests/browser/",
    "tests/attacks/",
    "tests/page/",
    "tests/test_units",
    "tests/tooling/test_review",
)
"""What takes minutes in one process begins first, so that none of them is alone at the end."""
PARTS_MIN = 2
"""Where one part alone was run, its time is that of the whole run."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest parts first; within a part, and among all others, nothing changes its place."""
    items.sort(key=lambda item: place(item.nodeid))


def place(nodeid: str) -> int:
    """Gives where a test stands in the order of the parts."""
    found = (number for number, start in enumerate(LONGEST_FIRST) if nodeid.startswith(start))
    return next(found, len(LONGEST_FIRST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keeps in one process what shares something that is made once: a file, or a unit of it, or all pages.

    Groups by mark (`--dist loadgroup`) are no choice: with pytest 9.2 they group nothing, and say nothing
    (<https://github.com/pytest-dev/pytest-xdist/issues/1386>).
    """
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return scope(nodeid)

    return Together(config, log) if config.getoption("dist") == "loadscope" else None


def scope(nodeid: str) -> str:
    """Gives the name of all tests that one process runs together with this one."""
    file = nodeid.partition("::")[0]
    unit = UNIT.search(nodeid)
    if unit:
        return f"{file} {unit[1]}"
    return "tests/browser" if file.startswith("tests/browser/") else file


def part(nodeid: str) -> str:
    """Gives the part of the suite that a test belongs to: a folder, or what a test of the tools is about."""
    found = PART.match(nodeid)
    if found is None:
        return nodeid.partition("::")[0]
    return f"tests/tooling, {found[1]}" if found[1] else f"tests/{found[2] or found[3]}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Shows how long each part took, the longest first: the sum of what all processes took."""
    tests: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in (one for one in reports if isinstance(one, pytest.TestReport)):
            tests[part(report.nodeid)] += report.when == "call"
            seconds[part(report.nodeid)] += report.duration
    if len(seconds) < PARTS_MIN:
        return
    terminalreporter.section("seconds of each part", sep="-")
    for name, took in seconds.most_common():
        terminalreporter.line(f"{took:8.1f} s  {tests[name]:5} tests  {name}")
    terminalreporter.line(f"{seconds.total():8.1f} s  {tests.total():5} tests")
