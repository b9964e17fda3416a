"""Runs the laws over units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from halfway import catalog
from halfway.catalog import CatalogError, UnitFiles
from halfway.prove.as_committed import as_committed
from halfway.prove.case import Case
from halfway.prove.law_01_trees import law_1_course, law_1_trees
from halfway.prove.law_02_stub import law_2_stub
from halfway.prove.law_03_names import law_3_names
from halfway.prove.law_04_right_answers import law_4_right_answers
from halfway.prove.law_05_to_07_mutants import law_5_caught, law_6_hidden, law_7_tested
from halfway.prove.law_08_small_steps import law_8_small_steps
from halfway.prove.law_09_promises import law_9_promises
from halfway.prove.law_10_page import law_10_page
from halfway.prove.law_11_hints import law_11_hints
from halfway.prove.law_12_transcripts import difference, law_12_transcripts
from halfway.prove.law_13_time import law_13_time
from halfway.prove.law_14_sandboxes import law_14_sandboxes
from halfway.prove.law_15_filled_in import law_15_filled_in
from halfway.prove.law_16_pressures import law_16_pressures
from halfway.prove.law_17_domain import law_17_domain
from halfway.prove.law_18_rows import law_18_rows
from halfway.prove.law_19_sentences import law_19_sentences
from halfway.prove.matrix import Matrix, matrix
from halfway.prove.page import PAGE, laws_page, page_of
from halfway.prove.report import COURSE, Finding, Report
from halfway.prove.verdicts import Verdicts

LAWS: dict[int, Callable[[Case], Iterator[Finding]]] = {
    1: law_1_trees,
    2: law_2_stub,
    3: law_3_names,
    4: law_4_right_answers,
    5: law_5_caught,
    6: law_6_hidden,
    7: law_7_tested,
    8: law_8_small_steps,
    9: law_9_promises,
    10: law_10_page,
    11: law_11_hints,
    12: law_12_transcripts,
    13: law_13_time,
    14: law_14_sandboxes,
    15: law_15_filled_in,
    16: law_16_pressures,
    17: law_17_domain,
    18: law_18_rows,
    19: law_19_sentences,
}
"""Every law, by its number; the first line of each one's docstring says what it holds."""

Progress = Callable[[int, int, str], None]
"""Hears how many steps are done, of how many, and which begins: `(3, 39, "ex41_dedup_key, law 4")`."""


class Prover:
    """Proves units of one course; what it has graded once, it remembers. A context manager.

    An author's stub is the file in `exercises/`. With `originals`, a folder for copies, it is the stub as
    it was committed: the laws hold for the course, and not for what a learner has made of a stub.
    Unless `every` file is run in every way, it depends on the `day` which ones are looked at in sandboxes.
    """

    def __init__(
        self,
        course: Path | None = None,
        *,
        accept: bool = False,
        originals: Path | None = None,
        every: bool = True,
        day: int = 0,
    ) -> None:
        self.course = course or catalog.root()
        self._originals = originals
        self.report = Report()
        self._accept, self._every, self._day = accept, every, day
        self._written = TemporaryDirectory(prefix="halfway-wrong-")
        self._verdicts = Verdicts(self.course)

    def __enter__(self) -> Prover:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the warm processes, and takes away what was written out for them."""
        self._verdicts.close()
        self._written.cleanup()

    def case(self, unit: UnitFiles) -> Case:
        """Gives the unit as the laws see it."""
        if self._originals is not None:
            unit = as_committed(unit, self._originals)
        folder = Path(self._written.name)
        return Case(unit, self._verdicts, folder, self._accept, self._every, self._day, self.report)

    def findings(self, unit: UnitFiles, law: int) -> list[Finding]:
        """Gives every way in which the unit breaks this law; a file that cannot be read is one of them."""
        case = self.case(unit)
        found: list[Finding] = []
        try:
            found.extend(LAWS[law](case))
        except CatalogError as error:
            found.append(case.unreadable(law, error))
        return found

    def matrix(self, unit: UnitFiles) -> Matrix:
        """Gives which mutant breaks which promise."""
        case = self.case(unit)
        hidden = {mutant.name: verdict for mutant, verdict in case.graded_mutants()}
        examples = {mutant.name: verdict for mutant, verdict in case.graded_mutants("examples")}
        return matrix(unit.slug, hidden, examples)


def prove(
    slugs: Sequence[str] | None = None,
    *,
    accept: bool = False,
    progress: Progress | None = None,
    laws: Iterable[int] | None = None,
    course: Path | None = None,
    every: bool = True,
    day: int = 0,
) -> Report:
    """Checks the laws for these units (by default all, and what holds between them) and gives what was found.

    `accept` writes the transcripts of law 12 anew, and `diffs` has what changed.
    `every` and `day` are those of `Prover`.
    Raises NoUnit for an unknown name.
    """
    course = course or catalog.root()
    wanted = sorted(laws) if laws is not None else list(LAWS)
    units = [catalog.find(slug, course) for slug in slugs] if slugs else catalog.units(course)
    steps = [(unit, law) for unit in units for law in wanted]
    with Prover(course, accept=accept, every=every, day=day) as prover:
        if not slugs and 1 in wanted:
            prover.report.findings.extend(law_1_course(course))
            prover.report.findings.extend(laws_told(course, prover.report if accept else None))
        for done, (unit, law) in enumerate(steps):
            if progress is not None:
                progress(done, len(steps), f"{unit.slug}, law {law}")
            prover.report.findings.extend(prover.findings(unit, law))
        for unit in units if {5, 6, 7} & set(wanted) else ():
            with suppress(CatalogError):  # it is among the findings
                prover.report.matrix[unit.slug] = prover.matrix(unit)
        prover.report.findings[:] = _once(prover.report.findings)
        return prover.report


def laws_told(course: Path, accepted: Report | None = None) -> Iterator[Finding]:
    """Finds a page of the laws that is not what they say; `accepted` has it written, and the difference."""
    path, text = page_of(course), laws_page(LAWS)
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    if not before or before == text:
        return  # only the course itself has this page
    if accepted is None:
        step = "`halfway prove --accept` writes it anew"
        yield Finding(COURSE, 12, PAGE, "The page of the laws does not say what they say.", step)
        return
    path.write_text(text, encoding="utf-8", newline="\n")
    accepted.diffs.append(difference(before, text, PAGE))


def _once(findings: list[Finding]) -> list[Finding]:
    """One broken file breaks many laws; it is told with the first of them."""
    told: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        told.setdefault((finding.unit, finding.where, finding.what), finding)
    return list(told.values())


def matrix_of(unit: str, course: Path | None = None) -> Matrix:
    """Grades the mutants of a unit: which breaks which promise. Raises NoUnit for an unknown name."""
    course = course or catalog.root()
    with Prover(course) as prover:
        return prover.matrix(catalog.find(unit, course))


def render_matrix(unit: str | Matrix, course: Path | None = None) -> str:
    """Gives the kill matrix as plain text: of a unit, which is graded for it, or one that is there."""
    return str(unit if isinstance(unit, Matrix) else matrix_of(unit, course))
