"""Law 8: a mutant is a small step from the reference, by its form."""

from __future__ import annotations

from halfway.catalog import CatalogError, Mutant
from halfway.prove import sources
from halfway.prove.case import Case, Findings

LINES_MAX = 12
PLACES_MAX = 4


def law_8_small_steps(case: Case) -> Findings:
    """Every wrong idea is an edit that fits the reference: twelve lines at most, in four places at most."""
    known = {path: sources.code_lines(path) for path in (case.unit.stub, *case.right)}
    for mutant in case.unit.mutants:
        yield from _bounded(case, mutant)
        try:
            lines = sources.code_lines(case.written(mutant))
        except CatalogError as error:
            yield case.unreadable(8, error)
            continue
        for path in (path for path, theirs in known.items() if theirs == lines):
            what = f"`{mutant.name}` is {case.unit.shown(path)} itself."
            yield case.found(8, mutant, what, "put its wrong idea into it")


def _bounded(case: Case, mutant: Mutant) -> Findings:
    changed, places = sum(hunk.changed for hunk in mutant.hunks), len(mutant.hunks)
    if changed > LINES_MAX or places > PLACES_MAX:
        what = f"`{mutant.name}` changes {changed} lines in {places} place{'s' * (places > 1)}"
        limit = f"{LINES_MAX} lines in {PLACES_MAX} places at most may change."
        step = "keep the words of the reference, and change what the wrong idea changes"
        yield case.found(8, mutant, f"{what}; {limit}", step)
