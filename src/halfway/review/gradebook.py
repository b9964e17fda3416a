"""A class as data: who handed in what, and what became of it. Verdicts themselves stay in files."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from halfway.catalog import UnitFiles
from halfway.grading import Verdict
from halfway.review.files import write
from halfway.review.intake import Handed, Intake, Person, Remark
from halfway.review.intake.model import digest
from halfway.review.judge import fault_of, was_given_up
from halfway.review.roster import Member
from halfway.review.settings import one_form


@dataclass(frozen=True)
class Summary:
    """What a class is told of one verdict; the whole of it stands in `path`."""

    statuses: dict[str, str]
    misconception: str
    words: str
    fault: str
    passed: bool
    stories: int
    path: Path
    unusual: tuple[str, ...] = ()
    """What the file uses that no unit needs: listed for the instructor, refused to nobody."""
    given_up: bool = False
    """Did judging it end the process that judged it?"""

    @property
    def ran(self) -> bool:
        """False for a file that tells nothing of any promise, because it does not import."""
        return any(status != "not_reached" for status in self.statuses.values())

    @property
    def out_of_time(self) -> bool:
        """True for a verdict that the limit on real time ended."""
        return "out_of_time" in self.statuses.values()

    @property
    def kept(self) -> int:
        """How many promises are kept."""
        return sum(status == "kept" for status in self.statuses.values())

    @property
    def counted(self) -> int:
        """How many promises there are: one that the checker failed on is still to be judged."""
        return len(self.statuses)

    def verdict(self) -> Verdict:
        """Reads the whole verdict."""
        return Verdict.from_dict(json.loads(self.path.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Graded:
    """One file of one learner, with what became of it."""

    handed: Handed
    summary: Summary | None
    fault: str = ""

    @property
    def trouble(self) -> str:
        """What the checker itself did wrong, or ""."""
        return self.fault or (self.summary.fault if self.summary else "")


@dataclass(frozen=True)
class Learner:
    """One learner; `id` names their files, and stays the same from run to run."""

    person: Person
    graded: dict[str, Graded]
    remarks: tuple[Remark, ...] = ()
    """What of theirs was not taken, or was taken under another name."""
    member: Member | None = None
    """Their line in the roster."""

    @property
    def names(self) -> list[str]:
        """Whatever somebody may call them by, the surest first."""
        member = self.member or Member()
        own = (self.name, self.person.name, member.name, member.id, member.login, member.mail)
        return [one_form(name) for name in own if name]

    @property
    def name(self) -> str:
        """The name under which everything here knows them; nobody else has it."""
        return self.person.label

    @property
    def id(self) -> str:
        """A word of plain letters for a name in any script."""
        return "learner-" + digest(self.person.key, 12)


@dataclass
class Gradebook:
    """A class, in the order of names."""

    units: list[UnitFiles]
    learners: list[Learner]
    remarks: list[Remark]
    version: str
    confined: bool
    """Was each submission judged in sandboxes?"""
    promises: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    stubs: dict[str, str] = field(default_factory=dict)
    silent: list[Member] = field(default_factory=list)
    """Those in the roster of whom nothing was handed in."""
    unknown: list[Learner] = field(default_factory=list)
    """Those who handed in and stand in no roster, where there is one."""
    is_listed: bool = False

    def untouched(self, handed: Handed) -> bool:
        """True for a stub that was handed in as it is: it tells nothing of what a class understands."""
        return self.stubs.get(handed.unit) == handed.sha256

    def of(self, unit: str) -> Iterator[tuple[Learner, Graded]]:
        """Gives everybody who handed in this unit."""
        for learner in self.learners:
            if unit in learner.graded:
                yield learner, learner.graded[unit]

    def summaries(self, unit: str) -> Iterator[tuple[Learner, Summary]]:
        """Gives everybody who has a verdict on work of their own for this unit."""
        for learner, graded in self.of(unit):
            if graded.summary is not None and not self.untouched(graded.handed):
                yield learner, graded.summary

    def broken(self, unit: str) -> list[tuple[str, str, int]]:
        """Gives (id, text, by how many it is not kept) of each promise, the most broken first.

        Files that do not import say nothing of it.
        """
        counts: Counter[str] = Counter()
        for summary in (summary for _, summary in self.summaries(unit) if summary.ran):
            counts.update(
                id for id, status in summary.statuses.items() if status not in ("kept", "checker_fault")
            )
        return sorted(((id, text, counts[id]) for id, text in self.promises[unit]), key=lambda row: -row[2])

    def unusual(self) -> list[tuple[Learner, str, tuple[str, ...]]]:
        """Gives (learner, unit, modules) wherever a file imports what no unit needs, the rarest first."""
        found = [
            (learner, unit.slug, summary.unusual)
            for unit in self.units
            for learner, summary in self.summaries(unit.slug)
            if summary.unusual
        ]
        counts = Counter(name for _, _, names in found for name in names)
        return sorted(found, key=lambda row: min(counts[name] for name in row[2]))

    def misconceptions(self, unit: str) -> list[tuple[str, str, list[Learner]]]:
        """Gives (name, words, holders) of each known wrong idea, the most frequent first."""
        holders: defaultdict[tuple[str, str], list[Learner]] = defaultdict(list)
        for learner, summary in self.summaries(unit):
            if summary.misconception:
                holders[summary.misconception, summary.words].append(learner)
        rows = [(name, words, who) for (name, words), who in holders.items()]
        return sorted(rows, key=lambda row: (-len(row[2]), row[0]))


def keep(verdict: Verdict, key: str, folder: Path) -> Summary:
    """Writes the verdict into a file of the report, and gives what is told of it."""
    path = folder / f"{key}.json"
    write(path, verdict.to_json(indent=1) + "\n")
    wrong = verdict.misconception
    return Summary(
        {p.id: p.status for p in verdict.promises},
        wrong.name if wrong else "",
        wrong.words if wrong else "",
        fault_of(verdict),
        verdict.passed,
        verdict.stories,
        path,
        verdict.unusual,
        was_given_up(verdict),
    )


def gradebook(
    intake: Intake,
    keys: Iterable[str],
    told: dict[str, Summary | str],
    units: list[UnitFiles],
    version: str,
    *,
    confined: bool,
) -> Gradebook:
    """Puts verdicts beside what was handed in; `keys` are those of `intake.handed`, in its order."""
    by_learner: dict[str, dict[str, Graded]] = {name: {} for name in intake.learners}
    for handed, key in zip(intake.handed, keys, strict=True):
        answer = told.get(key, "it was not graded")
        graded = Graded(handed, None, answer) if isinstance(answer, str) else Graded(handed, answer)
        by_learner[handed.learner][handed.unit] = graded
    taken = {handed.unit for handed in intake.handed}
    used = [unit for unit in units if unit.slug in taken]
    remarks: defaultdict[str, list[Remark]] = defaultdict(list)
    for remark in intake.remarks:
        remarks[remark.learner].append(remark)
    learners = [
        Learner(intake.person(name), graded, tuple(remarks[name])) for name, graded in by_learner.items()
    ]
    promises = {unit.slug: unit.promises() for unit in used}
    stubs = {unit.slug: hashlib.sha256(unit.stub.read_bytes()).hexdigest() for unit in used}
    return Gradebook(used, learners, list(intake.remarks), version, confined, promises, stubs)
