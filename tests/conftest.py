"""How the tests are spread over processes."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keeps the tests of a file in one process, and those of all pages: what they share is made once.

    Groups by mark (`--dist loadgroup`) are no choice: with pytest 9.2 they group nothing, and say nothing
    (<https://github.com/pytest-dev/pytest-xdist/issues/1386>).
    """
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "tests/browser" if file.startswith("tests/browser/") else file

    return Together(config, log) if config.getoption("dist") == "loadscope" else None
