"""Laws 5, 6 and 7: wrong ideas are caught as they say, some by the hidden suite alone, and by every test."""

from __future__ import annotations

from halfway.catalog import Mutant
from halfway.catalog.wrong_ideas import first_told
from halfway.grading.verdict import Verdict, first_in
from halfway.prove.case import Case, Findings, listed
from halfway.prove.law_02_stub import line_of

A_DAY = 5


def law_5_caught(case: Case) -> Findings:
    """Every mutant breaks exactly the promises that its page names, the first in the story named there."""
    if not case.unit.mutants:
        what = "The unit has no mutants."
        yield case.found(5, case.unit.wrong_ideas, what, "write down the wrong ideas that it is about")
    for mutant, verdict in case.graded_mutants():
        yield from _caught(case, mutant, verdict)


def _caught(case: Case, mutant: Mutant, verdict: Verdict) -> Findings:
    if verdict.fault:
        what = f"The checker fails on this mutant: {verdict.fault}"
        yield case.found(5, mutant, what, "repair the suite: a learner's mistake is never the checker's")
        return
    broken = {result.id for result in verdict.promises if result.status == "broken"}
    for result in verdict.promises:
        if result.status not in ("kept", "broken"):
            what = f"`{result.id}` is neither kept nor broken here, but {result.status}: {result.saw}."
            yield case.found(5, mutant, what, "let the mutant run to its end")
        if result.unwritten:
            what = f"`{result.id}` meets NotImplementedError, which is no wrong idea."
            yield case.found(5, mutant, what, "write what somebody with this idea writes")
    named = set(mutant.caught_by)
    missed, unnamed = named - broken, broken - named - set(mutant.at_times)
    if missed or unnamed:
        what = (
            "`Caught by:` is not what happens: "
            f"named and kept {listed(missed)}, broken and not named {listed(unnamed)}."
        )
        yield case.found(5, mutant, what, "name exactly the tests that it breaks, or mend the tests")
    elif (story := first_in(verdict.promises, mutant)) != mutant.first_in:
        yield from _first(case, mutant, story)


def _first(case: Case, mutant: Mutant, story: str) -> Findings:
    """Writes down the story that is shown first, or gives the finding that another one is."""
    page = case.unit.wrong_ideas
    if case.accept:
        text = first_told(page.read_text(encoding="utf-8"), mutant, story)
        page.write_text(text, encoding="utf-8", newline="\n")
        return
    what = f"It is first seen in {_told(story)}, and the page says {_told(mutant.first_in)}."
    step = f"`halfway prove {case.unit.slug} --accept` writes it; read what changed"
    yield case.found(5, mutant, what, step)


def _told(story: str) -> str:
    return f"`{story}`" if story else "the story in which nothing goes wrong"


def law_6_hidden(case: Case) -> Findings:
    """At least one mutant passes all public examples.

    Where not every file is looked at, a few have their turn each day, and all if none of them passes.
    """
    verdicts = case.graded_mutants("examples", case.of_the_day(A_DAY))
    if not any(verdict.passed for _, verdict in verdicts):
        verdicts = case.graded_mutants("examples")
    for mutant, verdict in verdicts:
        if verdict.fault:
            yield case.found(
                6, mutant, f"The examples fail by themselves here: {verdict.fault}", "repair them"
            )
    if not any(verdict.passed for _, verdict in verdicts):
        what = "The public examples catch every mutant, so the hidden suite adds nothing."
        yield case.found(6, case.unit.examples, what, "write the mutant of a mistake that no example shows")


def law_7_tested(case: Case) -> Findings:
    """Every hidden test is failed by at least one mutant."""
    broken: set[str] = set()
    for _, verdict in case.graded_mutants():
        broken.update(result.id for result in verdict.promises if result.status == "broken")
    for name, _ in case.unit.promises():
        if name not in broken:
            what = f"No mutant breaks `{name}`, so nothing shows that it can fail."
            step = "write the mutant that it is there for"
            yield case.found(7, case.unit.suite, what, step, line_of(case, name))
