"""What the worker of a page calls: text in, lines of JSON out."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from halfway.browser.limits import listen, page_sleep

time.sleep = page_sleep  # type: ignore[assignment]  # before anything takes the real one for its own

from halfway.browser import beside, grading  # noqa: E402
from halfway.browser.program import run_program  # noqa: E402
from halfway.grading.verdict import (  # noqa: E402
    PromiseResult,
    Replay,
    Started,
    Suite,
    promise_to_dict,
    with_examples,
)
from halfway.kit import elsewhere  # noqa: E402
from halfway.links.guard import Limits  # noqa: E402 - see above
from halfway.render.svg import timeline_svg  # noqa: E402

BRIDGES = ("js", "pyodide_js", "pyodide")
"""Through these a learner's code could fetch from other hosts, which no page of ours does."""
Post = Callable[[str], object]


def run(slug: str, text: str, suite: Suite, course: str, seconds: float, post: Post) -> str:
    """Gives the verdict as JSON; each promise that begins or ends is posted meanwhile."""

    def tell(event: Started | PromiseResult) -> None:
        kind = "started" if isinstance(event, Started) else "promise"
        told = {"id": event.id, "text": event.text} if isinstance(event, Started) else _drawn(event)
        post(json.dumps({"kind": kind, "promise": told}))

    limits = Limits(seconds=seconds)
    verdict = grading.grade(slug, text, suite=suite, course=Path(course), limits=limits, on_event=tell)
    if suite == "hidden" and verdict.passed:
        verdict = with_examples(
            verdict, grading.grade(slug, text, suite="examples", course=Path(course), limits=limits)
        )
    drawn = [_drawn(promise) for promise in verdict.promises]
    first = next((promise for promise in drawn if promise["status"] != "kept"), {})
    shown = {"timeline_svg": first.get("svg", ""), "frames": first.get("frames", [])}
    return json.dumps({**verdict.to_dict(), "promises": drawn, "source_hash": verdict.sha256, **shown})


def explore(slug: str, text: str, replay: str, course: str, seconds: float) -> str:
    """Tells one story, and gives its promise as JSON: kept or broken, with what else could have happened."""
    limits, asked = Limits(seconds=seconds), Replay.read(replay)
    verdict = grading.grade(slug, text, course=Path(course), limits=limits, replay=asked)
    told = verdict.replayed or next((p for p in verdict.promises if p.saw), verdict.promises[0])
    return json.dumps({**_drawn(told), "fault": verdict.fault})


def program(text: str, course: str, seconds: float) -> str:
    """Runs a program of a page; gives what it printed and how it ended, as JSON."""
    return run_program(text, Path(course), Limits(seconds=seconds))


def meet(machine: Callable[[str, beside.Ask], str]) -> None:
    """Makes another interpreter the other machine of every story."""
    beside.meet(machine)
    elsewhere.link_there = beside.Beside


def warm_up() -> None:
    """Uses once whatever a first verdict would wait for, and closes the ways to the page around it."""
    listen()
    grading.warm_up()
    for name in BRIDGES:
        sys.modules[name] = None  # type: ignore[assignment]


def _drawn(result: PromiseResult) -> dict[str, Any]:
    """Gives a promise as plain data, with its timeline as a drawing."""
    drawing = timeline_svg(result.timeline) if result.timeline else ""
    return {**promise_to_dict(result), "svg": drawing}
