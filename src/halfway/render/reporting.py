"""Under plain pytest, a promise that is not kept is shown as a learner reads it: no traceback of ours."""

from __future__ import annotations

from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    from halfway.grading.judge.plugin import RESULT

    report = yield
    if report.when == "call" and report.failed and RESULT in item.stash:
        from halfway.render.text import promise_text

        result = item.stash[RESULT]
        report.longrepr = promise_text(result, item.path.parent.name)
    return report
