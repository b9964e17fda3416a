"""One submission in, one verdict out, in this interpreter: pytest, plugin, judge and kernel are the same."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from time import monotonic
from typing import Any

from halfway import catalog
from halfway.browser.keeping import kept_as_it_was
from halfway.browser.limits import PageGuard
from halfway.grading import submission
from halfway.grading.collector import Tell
from halfway.grading.judge import serve
from halfway.grading.request import Asked
from halfway.grading.verdict import Replay, Suite, Verdict
from halfway.links.guard import Limits
from halfway.links.virtual import without_threads


def grade(
    slug: str,
    text: str,
    *,
    suite: Suite = "hidden",
    course: Path | None = None,
    limits: Limits | None = None,
    on_event: Tell | None = None,
    replay: Replay | None = None,
) -> Verdict:
    """Gives the verdict on `text`, as the learner's file of this unit; nothing of it is left behind.

    With `replay`, one story is told again, with what else could have happened in it.
    `on_event` hears of each promise when it begins (`Started`) and when it ends (`PromiseResult`).
    """
    files = catalog.find(slug, course)
    began = monotonic()
    with _standing_on_disk(files.stub, text), kept_as_it_was(files.course):
        asked = Asked(files, files.stub, suite, replay, limits or Limits())
        data = asked.read()
        collector = asked.collector(data or b"", on_event)
        request = {**asked.request(), "link": "direct", "order": 0, "secret": ""}
        _serve(request, asked.limits, lambda line: collector.feed(json.loads(line)))
        return asked.verdict(data, collector, round(monotonic() - began, 4))


@contextmanager
def _standing_on_disk(path: Path, text: str) -> Iterator[None]:
    """While this lasts, the learner's file holds `text`."""
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _serve(request: dict[str, Any], limits: Limits, write: Any) -> None:
    """Runs the suite and tells what happens, as the child process of a terminal does."""
    path = Path(request["submission"])
    events = serve.Events(write)
    names = submission.names_of(path, Path(request["file"]).stem)
    guard = PageGuard(
        limits, names.__contains__, lambda limit, frames: serve.tell_reached(events, limit, frames)
    )
    events.guard = guard
    events.send("importing")
    with without_threads() if request["suite"] == "examples" else nullcontext():
        serve.run_suite(request, path, events, guard, guard)


def warm_up() -> None:
    """Runs a suite of our own, silently, so that the first verdict costs what every other one costs."""
    os.environ.pop("PYTEST_ADDOPTS", None)
    sys.dont_write_bytecode = True
    serve.warm_up()
