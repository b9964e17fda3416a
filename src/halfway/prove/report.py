"""What the laws found: data only."""

from __future__ import annotations

from dataclasses import dataclass, field

from halfway.prove.matrix import Matrix

COURSE = "the course"
"""Stands where a finding is about no single unit."""


@dataclass(frozen=True)
class Finding:
    """One way in which a unit breaks a law: what is wrong, where (`path:line`), what to do next."""

    unit: str
    law: int
    where: str
    what: str
    next: str

    def __str__(self) -> str:
        return f"{self.unit}, law {self.law}: {self.what}\n  Where  {self.where}\n  Next   {self.next}"


@dataclass
class Report:
    """What came of it.

    `matrix` has, for each unit, which mutant breaks which promise. `cpu_s` has the CPU seconds of its suite.
    `diffs` are the transcripts that were accepted, as unified diffs to be read before they are committed.
    `drafts` say, for each unit that says it is one, what is missing.
    `looks` say, for each unit, what was looked at where not every file was.
    `notes` say which law could not be looked at on this machine, and why. `without` has, for each unit, the
    pressures that its suite switches off, each with the reason.
    """

    findings: list[Finding] = field(default_factory=list)
    matrix: dict[str, Matrix] = field(default_factory=dict)
    cpu_s: dict[str, float] = field(default_factory=dict)
    diffs: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    looks: dict[str, str] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    without: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """True if no law is broken."""
        return not self.findings

    def __str__(self) -> str:
        kept = "Every other law is kept." if self.notes else "Every law is kept."
        drafts = self.drafts.items()
        told = [f"{unit} is a draft, on no page and in no edition: {said}." for unit, said in drafts]
        looks = [f"{unit} was looked at {said}." for unit, said in self.looks.items()]
        if looks:
            told.append("\n".join([*looks, "`halfway prove --all` takes every file."]))
        found = map(str, self.findings) if self.findings else [kept]
        return "\n\n".join([*self._switched_off(), *self.notes, *told, *found])

    def _switched_off(self) -> list[str]:
        """Says of each unit which pressures its suite is not under, and why."""
        return [
            "\n".join(
                [f"{unit} is not under", *(f"  {name}: {reason}" for name, reason in sorted(off.items()))]
            )
            for unit, off in self.without.items()
        ]
