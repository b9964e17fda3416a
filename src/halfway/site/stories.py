"""What the grader shows for a wrong program: graded when the site is built, so it is what a learner gets."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from halfway.catalog import Mutant, UnitFiles, write_out
from halfway.grading.verdict import PromiseResult, Started, promise_from_dict, promise_to_dict
from halfway.site.cache import Cache, contents, digest, own_code
from halfway.site.errors import Wrong
from halfway.site.html import UNSEARCHED, block, folded, inline

WIDTH = re.compile(r'<svg\b[^>]*? width="([\d.]+)"')
JUDGES = ("sim", "subject", "links", "kit", "grading", "render")
NO_ANSWERS = '<p class="no-answers">This edition comes without wrong programs, so no story is shown here.</p>'


def story(unit: UnitFiles, name: str, cache: Cache) -> str:
    """Gives the first promise that the mutant `name` breaks, folded, with its timeline."""
    if not unit.solutions.is_dir():
        return NO_ANSWERS
    words = inline(_mutant(unit, name).words)
    return folded("story", f"Show what the grader says to <q>{words}</q>", told(unit, name, cache))


def told(unit: UnitFiles, name: str, cache: Cache) -> str:
    """Gives the first promise that the mutant `name` breaks, with its timeline."""
    if not unit.solutions.is_dir():
        return NO_ANSWERS
    with TemporaryDirectory() as folder:
        broken = first_broken(unit, write_out(unit, _mutant(unit, name), Path(folder)), cache)
    return shown(broken, unit, name)


def _mutant(unit: UnitFiles, name: str) -> Mutant:
    known = {mutant.name: mutant for mutant in unit.mutants}
    if name not in known:
        raise Wrong(f"{unit.slug} has no mutant {name!r}; it has: {', '.join(known) or 'none yet'}")
    return known[name]


def first_broken(unit: UnitFiles, submission: Path, cache: Cache) -> PromiseResult:
    """Grades the file, or remembers what it got; gives the first promise that it broke."""
    files = [unit.suite, submission, *own_code(*JUDGES)]
    key = "story-" + digest([unit.slug, sys.version, *contents(files)])
    known = cache.get(key)
    if known is not None:
        return promise_from_dict(json.loads(known))
    broken = _graded(unit, submission)
    cache.put(key, json.dumps(promise_to_dict(broken)))
    return broken


def _graded(unit: UnitFiles, submission: Path) -> PromiseResult:
    """Gives the first promise that the file breaks; what it does to later ones is not waited for."""
    from halfway.grading import Grader

    def hear(event: Started | PromiseResult) -> None:
        if isinstance(event, PromiseResult) and event.status == "broken":
            grader.cancel()

    with Grader(ahead=False) as grader:
        verdict = grader.grade(unit.slug, submission, on_event=hear)
    if verdict.fault:
        raise Wrong(f"the grader failed on {submission.name}: {verdict.fault}")
    broken = [promise for promise in verdict.promises if promise.status == "broken"]
    if not broken:
        raise Wrong(f"{submission.stem} breaks no promise, so it has no story")
    return broken[0]


def shown(promise: PromiseResult, unit: UnitFiles, mutant: str) -> str:
    """Gives a broken promise as HTML: the promise, Saw, Rule, Ask, and the timeline of its smallest story.

    A page's lab lets its reader go on from that story, with the program that `mutant` names.
    """
    rows = [("Saw", promise.saw), ("Rule", promise.rule), ("Ask", promise.ask)]
    answers = "\n".join(f"<div><dt>{name}</dt><dd>{inline(text)}</dd></div>" for name, text in rows if text)
    parts = [
        f'<div class="verdict" data-unit="{unit.slug}" data-wrong="{mutant}" data-replay="{promise.replay}">',
        f'<p class="promise"><span class="broken">Broken</span> {inline(promise.text)}</p>',
        f'<dl class="saw-rule-ask">\n{answers}\n</dl>',
        _timeline(promise),
        f'<p class="replay">{inline(_size(promise))}</p>',
        "</div>",
    ]
    return "\n".join(part for part in parts if part)


def _timeline(promise: PromiseResult) -> str:
    """Gives the drawing in a box that scrolls: it shrinks with the page, but stays large enough to read."""
    if not promise.timeline:
        return ""
    from halfway.render.svg import timeline_svg

    picture = timeline_svg(promise.timeline)
    width = WIDTH.search(picture)
    style = f' style="--width: {width[1]}"' if width else ""
    label = 'role="group" aria-label="Timeline of the story, scrolls sideways"'
    return f'<div class="timeline" tabindex="0" {label}{style} {UNSEARCHED}>\n{picture}\n</div>'


def _size(promise: PromiseResult) -> str:
    faults = {0: "", 1: ": one fault is enough"}.get(promise.faults, f": {promise.faults} faults are needed")
    return f"This is the smallest story that breaks it{faults}."


def output(printed: str, error: str) -> str:
    """Gives what a program printed, folded, with the error that ended it."""
    ending = f'<p class="ended">It ends with <code>{inline(error)}</code></p>' if error else ""
    return folded("output", "Show what it prints", block(printed) + ending if printed.strip() else ending)
