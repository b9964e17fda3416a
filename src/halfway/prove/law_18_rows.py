"""Law 18: each row of what a caller may believe names the promise that holds it, or says judgement."""

from __future__ import annotations

import re

from halfway.prove.case import Case, Findings, listed

HEADING = "## What a caller may believe"
PROMISE = re.compile(r"`(test_\w+)`")
RULE = re.compile(r"\|[ :|-]+\|?")


def law_18_rows(case: Case) -> Findings:
    """Each row of what a caller may believe names the promise that holds it, or says (judgement)."""
    page = case.unit.concept
    known = {name for name, _ in case.unit.promises()}
    inside, header, rows = False, False, 0
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("## "):
            inside = line == HEADING
        if not inside or not line.startswith("|"):
            header = True
            continue
        if header or RULE.fullmatch(line):
            header = False
            continue
        rows += 1
        named = set(PROMISE.findall(line))
        if named - known:
            what = f"A row names {listed(named - known)}, and the suite has no such promise."
            yield case.found(18, page, what, "name the promise that holds it", number)
        elif not named and "judgement" not in line:
            what = "A row of what a caller may believe does not say what checks it."
            yield case.found(18, page, what, "name the promise, or mark it (judgement)", number)
    if not rows:
        what = "What a caller may believe is no table, so nothing says what checks it."
        yield case.found(18, page, what, "write a row for each way in which a call ends")
