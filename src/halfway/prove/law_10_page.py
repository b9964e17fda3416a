"""Law 10: a page has its headings in order, code that runs, and a pin for each claim about a real system."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from halfway.prove import pins
from halfway.prove.case import Case, Findings, listed

BEFORE = ("Concept position", "Purpose", "The failure")
AFTER = (
    "What a caller may believe",
    "What it costs",
    "Practical guidelines",
    "Exercise",
    "In real systems",
    "Review questions",
)
NUMBERED = re.compile(r"(\d+)\. \S")
HEADING = re.compile(r"(#{1,6}) +(.*?) *\Z")
FENCE = re.compile(r" *(`{3,}|~{3,}) *(.*)")
DIRECTIVE = re.compile(r"<!-- *([a-z]+)(?:: *(.*?))? *--> *\Z")
PIN = re.compile(r"<!-- *pin: *(\w+) *-->")
SOURCE = re.compile(r"\]\(https?://|<https?://|\]\[")
NOT_CODE = ("mermaid", "text", "console")
"""What may stand between fences: a diagram, words to fill in, what somebody types and reads in a terminal."""
GUIDELINES_MAX = 5
WANTED = {"Concept position": "map", "The failure": "program", "Exercise": "card"}


@dataclass
class Section:
    """One part of a page: its heading, and its lines with their numbers, fences taken out."""

    level: int
    title: str
    line: int
    lines: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Fence:
    """Where a fence opens, and what it says it holds."""

    line: int
    holds: str


def law_10_page(case: Case) -> Findings:
    """The page has its parts and questions in order, its code from files that run, a pin below each claim."""
    if not case.unit.concept.is_file():
        yield case.found(10, case.unit.concept, "The concept page is missing.", "write it")
        return
    sections, fences = read(case.unit.concept.read_text(encoding="utf-8"))
    yield from _headings(case, sections)
    for fence in fences:
        if fence.holds.partition(" ")[0] not in NOT_CODE:
            what = f"This block ({fence.holds or 'of no kind'}) is written by hand, so nothing runs it."
            step = "put it into programs/ and include it with `<!-- program: ... -->`, or show the examples"
            yield case.found(10, case.unit.concept, what, step, fence.line)
    yield from _directives(case, sections)
    yield from _questions(case, sections)
    yield from _guidelines(case, sections)
    yield from _claims(case, sections)


def read(text: str) -> tuple[list[Section], list[Fence]]:
    """Gives the parts of a page, and its fences."""
    sections, fences = [Section(0, "", 1)], []
    edge = ""
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if fence and not edge:
            edge = fence[1]
            fences.append(Fence(number, fence[2].strip()))
        elif fence and fence[1].startswith(edge) and not fence[2]:
            edge = ""
        elif not edge and (heading := HEADING.match(line)):
            sections.append(Section(len(heading[1]), heading[2], number))
        elif not edge:
            sections[-1].lines.append((number, line))
    return sections, fences


def _headings(case: Case, sections: list[Section]) -> Findings:
    page = case.unit.concept
    claims = [section for section in sections if section.level == 1]
    if len(claims) != 1 or sections[1] is not claims[0]:
        what = f"A page begins with its claim, as its one H1; this one has {len(claims)}."
        yield case.found(10, page, what, "write `# <claim>` as its first line")
    titles = [section.title for section in sections if section.level == 2]
    numbered = [title for title in titles if NUMBERED.match(title)]
    wanted = [*BEFORE, *numbered, *AFTER]
    if [title.partition(".")[0] for title in numbered] not in ([*"12"], [*"123"], [*"1234"]):
        what = f"A page has two to four sections numbered from 1; this one has {listed(numbered)}."
        yield case.found(10, page, what, "head each with its rule: `## 1. <rule>`")
    if titles != wanted:
        line = next((s.line for s, title in _pairs(sections, wanted) if s.title != title), 0)
        missing = [title for title in wanted if title not in titles]
        what = f"The headings are not the page's, in its order; missing: {listed(missing)}."
        step = "keep this order: " + ", ".join([*BEFORE, "1. ...", *AFTER])
        yield case.found(10, page, what, step, line)


def _pairs(sections: list[Section], wanted: list[str]) -> Iterator[tuple[Section, str]]:
    found = [section for section in sections if section.level == 2]
    return zip(found, [*wanted, *[""] * len(found)], strict=False)


def _directives(case: Case, sections: list[Section]) -> Findings:
    page = case.unit.concept
    mutants = {mutant.name for mutant in case.unit.mutants}
    shown: dict[str, set[str]] = {}
    for section, number, name, argument in _all_directives(sections):
        shown.setdefault(section.title, set()).add(name)
        if name in ("program", "output") and not (page.parent / argument).is_file():
            what = f"There is no `{argument}` beside this page."
            yield case.found(10, page, what, "write it, or name one that is there", number)
        if name == "story" and argument not in mutants:
            what = f"The unit has no mutant `{argument}`."
            yield case.found(10, page, what, f"name one of {listed(mutants)}", number)
    for section in sections:
        wanted = WANTED.get(section.title)
        if wanted and wanted not in shown.get(section.title, ()):
            what = f"`## {section.title}` has no `<!-- {wanted} -->`."
            yield case.found(10, page, what, "write it alone on a line", section.line)


def _all_directives(sections: list[Section]) -> Iterator[tuple[Section, int, str, str]]:
    for section in sections:
        for number, line in section.lines:
            match = DIRECTIVE.match(line)
            if match and match[1] != "pin":
                yield section, number, match[1], match[2] or ""


def _questions(case: Case, sections: list[Section]) -> Findings:
    """A question comes before its program, whose buttons give the answer: only the output follows."""
    for section in sections:
        program, words = "", 0
        for number, line in section.lines:
            match = DIRECTIVE.match(line)
            if match is None:
                words = words or (number if line.strip() else 0)
                continue
            if match[1] == "output" and match[2] == program and words:
                what = f"These words stand between `{program}` and its output, below the button that runs it."
                step = "put the question above the program, and the output right below it"
                yield case.found(10, case.unit.concept, what, step, words)
            program, words = (match[2] or "" if match[1] == "program" else ""), 0


def _guidelines(case: Case, sections: list[Section]) -> Findings:
    """At most five, each held by a promise of the unit, or marked as judgement."""
    page = case.unit.concept
    promises = {name for name, _ in case.unit.promises()}
    for section in sections:
        if section.title != "Practical guidelines":
            continue
        rules = [(number, block) for number, block in _blocks(section) if block.lstrip().startswith("- ")]
        if len(rules) > GUIDELINES_MAX:
            what = f"The page has {len(rules)} guidelines, and {GUIDELINES_MAX} at most are remembered."
            yield case.found(10, page, what, "keep the ones that change what a reader does", section.line)
        for number, rule in rules:
            named = set(re.findall(r"`(test_\w+)`", rule))
            if named - promises:
                what = f"The unit has no promise {listed(named - promises)}."
                yield case.found(10, page, what, "name hidden tests as the suite does", number)
            if not named and "judgement" not in rule:
                what = "Nothing holds this guideline."
                yield case.found(10, page, what, "name the promise that does, or mark it (judgement)", number)


def _claims(case: Case, sections: list[Section]) -> Findings:
    """A claim about a real system names the test that holds it, or, for what cannot run here, its source."""
    page = case.unit.concept
    known, unmarked = pins.known(case.unit)
    for section in sections:
        for number, line in section.lines:
            for name in PIN.findall(line):
                if name not in known:
                    step = f"write it in {pins.shown(case.unit)}: it runs the system of the claim"
                    yield case.found(10, page, f"No pin is named `{name}`.", step, number)
                elif name in unmarked:
                    what = f"`{name}` is no pin: it is not marked."
                    yield case.found(10, page, what, "write `@pytest.mark.pin` above it", number)
    real = [section for section in sections if section.title == "In real systems"]
    for section in real:
        if not any(PIN.search(line) for _, line in section.lines):
            what = "Nothing that is claimed of real systems is pinned."
            yield case.found(10, page, what, "end a claim with `<!-- pin: test_name -->`", section.line)
        for number, block in _blocks(section):
            leads_on = block.rstrip().endswith(":")
            if not (PIN.search(block) or SOURCE.search(block) or leads_on):
                what = "This is claimed of a real system, and has neither a pin nor a source."
                step = (
                    "end it with `<!-- pin: test_name -->`; link the words of a system that cannot run here"
                )
                yield case.found(10, page, what, step, number)


def _blocks(section: Section) -> Iterator[tuple[int, str]]:
    """Gives the paragraphs, list items and rows of a section, each with the line that it begins on."""
    start, block = 0, ""
    for number, line in [*section.lines, (0, "")]:
        begins = not line.strip() or re.match(r" *([-*|]|\d+\.) ", line)
        if begins and _is_prose(block):
            yield start, block
        if begins:
            start, block = number, line
        else:
            block += "\n" + line
            start = start if block.strip() != line.strip() else number


def _is_prose(block: str) -> bool:
    bare = re.sub(r"<!--.*?-->", "", block).strip()
    return bool(bare) and not re.fullmatch(r"[|\s:-]*", bare) and not re.match(r"\[[^\]]+\]:", bare)
