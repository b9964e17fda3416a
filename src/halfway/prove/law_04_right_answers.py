"""Law 4: every right answer keeps every promise: twice, in any order, under any seed, over either link."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from halfway.grading.grader import Link
from halfway.grading.verdict import PromiseResult, Verdict
from halfway.prove.case import Case, Findings
from halfway.prove.law_02_stub import line_of
from halfway.prove.verdicts import OTHER_SEED, SEED, Ask


@dataclass(frozen=True)
class Way:
    """One way to run the suite. Order 0 is that of the file; every other number shuffles."""

    said: str
    link: Link
    hash_seed: str
    order: int


FIRST = Way("in the order of the suite", "direct", SEED, 0)
WAYS = (
    Way("run again, in another order, under another hash seed", "direct", OTHER_SEED, 1),
    Way("over a pipe", "pipe", SEED, 0),
    Way("over a pipe, in another order, under another hash seed", "pipe", OTHER_SEED, 2),
)


def law_4_right_answers(case: Case) -> Findings:
    """The reference and every other right answer pass, and every way of running them says the same."""
    ways = {path: (FIRST, *_others(case, path)) for path in case.right}
    asks = [
        Ask(case.unit, path, link=way.link, hash_seed=way.hash_seed, order=way.order)
        for path in case.right
        for way in ways[path]
    ]
    verdicts = iter(case.verdicts.of(asks))
    for path in case.right:
        first = next(verdicts)
        yield from _kept(case, path, first, FIRST)
        for way in ways[path][1:]:
            yield from _same(case, path, first, next(verdicts), way)
    for path, verdict in case.graded(case.right, "examples"):
        yield from _kept(case, path, verdict, Way("in the public examples", "direct", SEED, 0))


def _others(case: Case, path: Path) -> tuple[Way, ...]:
    """Gives the other ways to run an answer: all of them, or the one that differs in most respects.

    Over a pipe go the reference and, over the days, each of the others: that takes five times as long.
    """
    if case.every:
        return WAYS
    also = case.unit.also
    over_a_pipe = path == case.unit.solution or path == also[case.day % len(also)]
    return WAYS[-1:] if over_a_pipe else WAYS[:1]


def _kept(case: Case, path: Path, verdict: Verdict, way: Way) -> Findings:
    if verdict.fault:
        what = f"The checker fails on this right answer, {way.said}: {verdict.fault}"
        yield case.found(4, path, what, "repair the suite")
        return
    for result in verdict.broken:
        what = f"This right answer does not keep `{result.id}`, {way.said}: {_said(result)}"
        step = f"repair it, or the promise ({case.unit.shown(case.unit.suite)}:{line_of(case, result.id)})"
        yield case.found(4, path, what, step)


def _same(case: Case, path: Path, first: Verdict, other: Verdict, way: Way) -> Findings:
    for what in differences(first, other, way.said):
        step = "take out of the suite, or the answer, what depends on order, hash or process"
        yield case.found(4, path, what, step)


def differences(first: Verdict, other: Verdict, said: str) -> Iterator[str]:
    """Gives, in words, each promise that ends differently in `other`, and a fault that `first` had not."""
    for before, after in zip(first.promises, other.promises, strict=True):
        if before != after:
            yield f"`{before.id}` ends differently {said}: first {_said(before)}; then {_said(after)}"
    if other.fault and not first.fault:
        yield f"The checker fails {said}: {other.fault}"


def _said(result: PromiseResult) -> str:
    told = f"{result.status}, {result.stories} stories"
    reason = result.saw or result.note
    return f"{told}, {reason}" if reason else told
