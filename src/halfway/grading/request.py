"""What a verdict is asked of, and the verdict that is put together from what was collected."""

from __future__ import annotations

import hashlib
import platform
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import halfway
from halfway import catalog
from halfway.catalog.traces import shows_in
from halfway.grading.collector import Collector, Tell
from halfway.grading.verdict import (
    Misconception,
    PromiseResult,
    Replay,
    Suite,
    Verdict,
    recognise,
    without_what_never_began,
)
from halfway.links.guard import Limits


@dataclass(frozen=True)
class Asked:
    """What a verdict is asked of."""

    files: catalog.UnitFiles
    path: Path
    suite: Suite
    replay: Replay | None
    limits: Limits

    @property
    def tests(self) -> Path:
        return self.files.suite if self.suite == "hidden" else self.files.examples

    @cached_property
    def promises(self) -> list[tuple[str, str]]:
        return catalog.promises_in(self.tests)

    def collector(self, data: bytes, on_event: Tell | None) -> Collector:
        promise = self.replay.promise if self.replay else 0
        return Collector(self.promises, data, self.limits.seconds, promise, on_event)

    def read(self) -> bytes | None:
        try:
            return self.path.read_bytes()
        except OSError:
            return None

    def request(self) -> dict[str, Any]:
        return {
            "tests": str(self.tests),
            "file": self.files.file,
            "submission": str(self.path),
            "promises": self.promises,
            "suite": self.suite,
            "replay": str(self.replay) if self.replay else "",
            "limits": asdict(self.limits),
        }

    def verdict(self, data: bytes | None, collector: Collector, seconds: float, secret: str = "") -> Verdict:
        results = without_what_never_began(collector.results())
        return Verdict(
            unit=self.files.slug,
            file=self.files.shown(self.path),
            sha256="" if data is None else hashlib.sha256(data).hexdigest(),
            python=platform.python_version(),
            halfway=halfway.__version__,
            seeds=(secret,) if secret else (),
            seconds=seconds,
            stories=sum(r.stories for r in results),
            promises=results,
            misconception=self._misconception(results, data or b""),
            fault=collector.fault,
            suite=self.suite,
            unusual=collector.unusual,
        )

    def _misconception(self, results: tuple[PromiseResult, ...], data: bytes) -> Misconception | None:
        if self.suite != "hidden" or self.replay is not None or all(r.kept for r in results):
            return None
        with suppress(catalog.BadUnit):  # the laws tell of it; a learner has other things to read
            source = data.decode(errors="replace")
            ideas = (one for one in self.files.mutants if shows_in(source, one.traces))
            if self.files.kind == "write-the-test":  # many things let one wrong publisher through
                ideas = (one for one in ideas if len(one.caught_by) > 1)
            return recognise(results, ideas)
        return None
