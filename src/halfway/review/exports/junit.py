"""JUnit XML as CI systems read it: one suite for each submission, one case a promise."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from halfway.render.visible import visible_text
from halfway.review.exports.row import Row, said


class Suites:
    """Grows by one learner at a time."""

    def __init__(self, now: datetime) -> None:
        self._text = io.StringIO()
        self._now = now.replace(tzinfo=None).isoformat(timespec="seconds")
        self._xml = XMLGenerator(self._text, "utf-8", short_empty_elements=True)
        self._xml.startDocument()
        self._xml.startElement("testsuites", AttributesImpl({}))

    def add(self, rows: Sequence[Row]) -> None:
        """Adds one learner's submissions."""
        for row in rows:
            faults = sum(promise.status == "checker_fault" for promise in row.promises)
            failures = sum(not promise.kept for promise in row.promises) - faults
            numbers = {"tests": len(row.promises), "failures": failures, "errors": faults}
            seconds = row.verdict.seconds if row.verdict else 0.0
            self._open(
                "testsuite",
                name=f"{row.learner.name}: {row.unit.slug}",
                **{name: str(number) for name, number in numbers.items()},
                skipped="0",
                time=f"{seconds:.3f}",
                timestamp=self._now,
            )
            self._cases(row)
            self._xml.endElement("testsuite")

    def _cases(self, row: Row) -> None:
        for promise in row.promises:
            self._open("testcase", name=promise.text or promise.id, classname=row.unit.slug, time="0")
            if promise.status == "checker_fault":
                told = row.trouble or said(promise)
                self._leaf("error", told, message="the checker itself failed", type="checker_fault")
            elif not promise.kept:
                self._leaf(
                    "failure", said(promise), message=promise.saw or promise.status, type=promise.status
                )
            if promise.output:
                self._leaf("system-out", promise.output)
            self._xml.endElement("testcase")

    def _open(self, tag: str, **attributes: str) -> None:
        cleaned = {name: _clean(text) for name, text in attributes.items()}
        self._xml.startElement(tag, AttributesImpl(cleaned))

    def _leaf(self, tag: str, text: str, **attributes: str) -> None:
        self._open(tag, **attributes)
        self._xml.characters(_clean(text))
        self._xml.endElement(tag)

    def text(self) -> str:
        """Gives the whole document."""
        self._xml.endElement("testsuites")
        return self._text.getvalue() + "\n"


def _clean(text: str) -> str:
    """XML has no way to write a control character; it is shown as what stands for one."""
    return visible_text(text)
