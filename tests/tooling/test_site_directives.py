"""What an author writes on a page, and what is said when it is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import site_course

from halfway import catalog
from halfway.grading.verdict import Event, PromiseResult
from halfway.site import claims, door, stories
from halfway.site.cache import Cache
from halfway.site.pages import Page

CLAIM = "docs/concepts/4_same_work_twice/41_claim.md"
BROKEN = PromiseResult(
    id="test_one_ring",
    text="One incident rings the phone once.",
    status="broken",
    saw="one incident, 2 calls: `disk-7#1`, `disk-7#2`",
    rule="a < b & c",
    ask="what is the same on both tries?",
    faults=1,
    timeline=(
        Event(0.0, "your code", "publish(disk-7)"),
        Event(1.0, "phone", "the reply is lost", fault=True),
    ),
)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of two units."""
    return site_course.make(tmp_path / "course")


def shown(course: Path, text: str, source: str = CLAIM) -> tuple[str, list[str]]:
    """Gives a page with this text as it goes to mkdocs, and what is wrong with it."""
    problems: list[str] = []
    page = Page(course, course / source, Cache(course / ".halfway/site"))
    return page.expanded(text, 1, problems.append), problems


def problem(course: Path, text: str, source: str = CLAIM) -> str:
    """Gives the one thing that is wrong with a page."""
    problems = shown(course, text, source)[1]
    assert len(problems) == 1, problems
    return problems[0]


def test_a_program_is_shown_as_its_file_is(course: Path) -> None:
    """A program on a page is the file, letter by letter, under its name."""
    text, problems = shown(course, "<!-- program: programs/41_rings.py -->")
    assert problems == []
    assert '```{.python title="41_rings.py"}\nfor attempt in (1, 2):\n' in text
    assert 'print(attempt, "rings <disk-7>")\n```' in text


@pytest.mark.parametrize(
    ("code", "starts"),
    [
        ("import threading\nthreading.Thread(target=print).start()\n", "a thread"),
        ("from threading import Timer as later\nlater(1, print).start()\n", "a thread"),
        ("from concurrent.futures import ThreadPoolExecutor\n", "a thread"),
        ("import asyncio as a\nasync def f():\n    await a.to_thread(print)\n", "a thread"),
        ("async def f(loop):\n    await loop.run_in_executor(None, print)\n", "a thread"),
        ("import subprocess\nsubprocess.run(['true'])\n", "a process"),
        ("import os\nos.execv('/bin/true', ['true'])\n", "a process"),
        ("import threading\nlock = threading.Lock()\n", ""),
        ("import concurrent.futures\nprint(concurrent.futures.CancelledError)\n", ""),
    ],
)
def test_a_program_says_what_a_page_cannot_start(course: Path, code: str, starts: str) -> None:
    """A program that starts a thread or a process is told to be one for a terminal, and no other is."""
    site_course.write(course / "docs/concepts/4_same_work_twice/programs/41_rings.py", code)
    text, problems = shown(course, "<!-- program: programs/41_rings.py -->")
    assert problems == []
    assert "data-command=" in text
    assert re.findall(r'data-starts="(.*?)"', text) == ([starts] if starts else [])


def test_output_is_what_the_program_prints(course: Path) -> None:
    """Output is folded, and is what running the program printed, with its signs made harmless."""
    text, problems = shown(course, "<!-- output: programs/41_rings.py -->")
    assert problems == []
    assert "<summary>Show what it prints</summary>" in text
    assert "1 rings &lt;disk-7&gt;\n2 rings &lt;disk-7&gt;" in text


def test_a_program_that_ends_with_an_error_says_so(course: Path) -> None:
    """A failing program may fail: its last words are shown, without the paths of this machine."""
    site_course.write(
        course / "docs/concepts/4_same_work_twice/programs/41_dies.py",
        'print("rings")\nraise TimeoutError("no reply")\n',
    )
    text, problems = shown(course, "<!-- output: programs/41_dies.py -->")
    assert problems == []
    assert "It ends with <code>TimeoutError: no reply</code>" in text
    assert str(course) not in text


def test_output_is_remembered_until_the_program_changes(course: Path) -> None:
    """A program that did not change is not run again; one that did is."""
    program = course / "docs/concepts/4_same_work_twice/programs/41_rings.py"
    mark = course / "ran"
    site_course.write(program, f"open({str(mark)!r}, 'a').write('x')\nprint('once')\n")
    for _ in range(2):
        shown(course, "<!-- output: programs/41_rings.py -->")
    assert mark.read_text() == "x"
    site_course.write(program, "print('twice')\n")
    assert "twice" in shown(course, "<!-- output: programs/41_rings.py -->")[0]


def test_a_program_that_hangs_is_told(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program without an end stops the build with a line, not the build itself."""
    monkeypatch.setattr("halfway.site.programs.TIME_LIMIT_S", 0.2)
    site_course.write(
        course / "docs/concepts/4_same_work_twice/programs/41_rings.py", "while True:\n    pass\n"
    )
    said = problem(course, "<!-- output: programs/41_rings.py -->")
    assert said == f"{CLAIM}:1: 41_rings.py was still running after 0.2 s"


def test_a_program_that_prints_nothing_is_told(course: Path) -> None:
    """A failing program that shows nothing teaches nothing."""
    site_course.write(course / "docs/concepts/4_same_work_twice/programs/41_rings.py", "pass\n")
    said = problem(course, "<!-- output: programs/41_rings.py -->")
    assert said == f"{CLAIM}:1: 41_rings.py prints nothing (exit code 0)"


def test_examples_and_stub_name_their_files(course: Path) -> None:
    """Examples and stub stand under the path a learner finds them by, the stub with its command."""
    text, problems = shown(course, "<!-- examples -->\n\n<!-- stub -->")
    assert problems == []
    assert 'title="exercises/ex41_dedup_key/test_examples.py"' in text
    assert 'title="exercises/ex41_dedup_key/keys.py"' in text
    assert 'data-unit="ex41_dedup_key"' in text
    assert "python3 course.py grade 41" in text


def test_what_is_said_of_the_examples_goes_where_they_go(course: Path) -> None:
    """The words of the directive are in the element that a lab moves, above the code; there may be none."""
    text, problems = shown(course, "<!-- examples: Begin here. -->")
    assert problems == []
    assert re.search(r'<div class="examples"[^>]*>\n\nBegin here\.\n\n```', text)
    assert shown(course, "<!-- examples -->")[1] == []


def test_a_long_file_is_folded(course: Path) -> None:
    """A file that would push the page apart is closed until it is asked for, and says how long it is."""
    assert "<details" not in shown(course, "<!-- examples -->")[0]
    site_course.write(course / "exercises/ex41_dedup_key/test_examples.py", "assert True\n" * 90)
    text, _ = shown(course, "<!-- examples -->")
    assert '<details class="code" data-search-exclude="" markdown="1">' in text  # a search is for words
    assert "<span>90 lines</span>" in text


def test_a_page_shows_the_stub_and_not_the_learners_work(course: Path) -> None:
    """A learner's own file stays their own: the page goes on showing the stub that was kept."""
    site_course.write(course / ".halfway/stubs/ex41_dedup_key/keys.py", site_course.STUB)
    site_course.write(course / "exercises/ex41_dedup_key/keys.py", "mine = True\n")
    text, _ = shown(course, "<!-- stub -->")
    assert "raise NotImplementedError" in text
    assert "mine" not in text


def test_a_card_says_what_is_asked_and_checked(course: Path) -> None:
    """A card has the title, the minutes, the promise and every promise that is checked."""
    text, problems = shown(course, "<!-- card -->")
    assert problems == []
    for words in ("Exercise 41", "35 minutes", "Unit 41", "One incident rings once.", "2 promises"):
        assert words in text
    assert "Two incidents have two <code>keys</code>." in text


def test_a_card_beside_a_stub_does_not_repeat_the_command(course: Path) -> None:
    """The command stands once: beside the stub, and on the card where the page shows no stub."""
    assert "python3 course.py" not in shown(course, "<!-- card -->")[0]
    page = course / CLAIM
    page.write_text(page.read_text(encoding="utf-8").replace("<!-- stub -->", ""), encoding="utf-8")
    assert "python3 course.py grade 41" in shown(course, "<!-- card -->")[0]


def test_units_are_listed_with_links_that_fit_the_page(course: Path) -> None:
    """A module's page lists its own units; any other page lists every module."""
    own, _ = shown(course, "<!-- units -->", "docs/concepts/4_same_work_twice/index.md")
    assert 'href="41_claim/"' in own
    every, _ = shown(course, "<!-- units -->", "docs/index.md")
    assert 'href="concepts/4_same_work_twice/41_claim/"' in every
    assert 'href="concepts/4_same_work_twice/"' in every
    assert every.count("data-unit=") == 2


def test_a_story_is_what_the_grader_says(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A story shows the misconception in the learner's words, then Saw, Rule and Ask."""
    monkeypatch.setattr(stories, "_graded", lambda unit, submission: BROKEN)
    text, problems = shown(course, "<!-- story: key_per_attempt -->")
    assert problems == []
    assert "<q>A fresh key is the safest key.</q>" in text
    assert "<dt>Saw</dt><dd>one incident, 2 calls: <code>disk-7#1</code>, <code>disk-7#2</code></dd>" in text
    assert "<dt>Rule</dt><dd>a &lt; b &amp; c</dd>" in text
    assert "<svg" in text


def test_a_story_is_graded_once(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same wrong program against the same suite is graded once, however often the site is built."""
    graded = []
    monkeypatch.setattr(stories, "_graded", lambda unit, submission: graded.append(submission.stem) or BROKEN)
    first = shown(course, "<!-- story: key_per_attempt -->")
    assert shown(course, "<!-- story: key_per_attempt -->") == first
    assert graded == ["key_per_attempt"]


def test_an_edition_without_answers_has_no_stories(course: Path) -> None:
    """Where the wrong programs are not handed out, the page says so and the build goes on."""
    (course / "solutions").rename(course / "elsewhere")
    text, problems = shown(course, "<!-- story: key_per_attempt -->")
    assert problems == []
    assert "comes without wrong programs" in text


def test_a_rule_is_marked_and_a_new_term_is_not(course: Path) -> None:
    """A paragraph that is one bold sentence is the rule of its section; other bold words are words."""
    html = (
        "<h1>Claim</h1><p><strong>Make it once.</strong></p><p>A <strong>key</strong> <strong>is</strong></p>"
    )
    marked = claims.shown(html, catalog.find("41", course))
    assert '<p class="rule"><strong>Make it once.</strong></p>' in marked
    assert marked.count("rule") == 1
    assert "<b>41</b><span>The same work twice</span></p>\n<h1>Claim" in marked


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<li>It rings: <code>test_one_ring</code> <code>test_two_keys</code></li>", "<li>It rings:"),
        ("<td>yes <small>(<code>test_one_ring</code>, <code>test_two_keys</code>)</small></td>", "<td>yes "),
    ],
)
def test_promises_that_hold_one_thing_stand_in_a_list(course: Path, html: str, words: str) -> None:
    """Promises are sentences, so those of an item or of a row of a table do not run into each other."""
    first, second = (
        f'<a href="#exercise">{text}</a>'
        for text in ("One incident rings the phone once.", "Two incidents have two <code>keys</code>.")
    )
    told = claims.shown(html, catalog.find("41", course))
    held = f'<ul class="held" aria-label="Checked by"><li>{first}</li><li>{second}</li></ul>'
    assert told == f"{words}{held}{html[-5:]}"


def test_promises_in_a_sentence_are_parted(course: Path) -> None:
    """A sentence may hold commas, so that another sign parts two of them."""
    told = claims.shown(
        "<p>So (<code>test_one_ring</code>, <code>test_two_keys</code>).</p>", catalog.find("41", course)
    )
    assert re.sub("<.*?>", "", told) == "So (One incident rings the phone once; Two incidents have two keys)."


def test_marks_of_pinned_claims_are_not_shown(course: Path) -> None:
    """The mark that ties a claim to its test is for the laws, not for the reader."""
    text, problems = shown(course, "asyncio keeps the item. <!-- pin: test_queue_keeps -->")
    assert (text, problems) == ("asyncio keeps the item.", [])


def test_a_directive_in_a_block_of_code_is_an_example(course: Path) -> None:
    """A page may show how a directive is written."""
    block = "````md\n```\n<!-- card -->\n```\n<!-- nonsense -->\n````"
    assert shown(course, block) == (block, [])


def test_an_ordinary_comment_stays(course: Path) -> None:
    """A remark of several words is no directive."""
    assert shown(course, "<!-- ask Ana about this -->") == ("<!-- ask Ana about this -->", [])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<!-- crad -->", "there is no directive 'crad'; there are: card, door, examples, map, output,"),
        ("  <!-- card -->", "the directive 'card' has to begin at the start of its line"),
        ("<!-- card: 41 -->", "write this directive as <!-- card -->"),
        ("<!-- program -->", "write this directive as <!-- program: programs/NAME.py -->"),
        ("<!-- program: programs/no.py -->", "there is no program 'programs/no.py' beside this page"),
        ("<!-- program: ../mkdocs.yml -->", "there is no program '../mkdocs.yml' beside this page"),
        ("<!-- story: other -->", "ex41_dedup_key has no mutant 'other'; it has: key_per_attempt"),
    ],
)
def test_a_wrong_directive_is_told_with_page_and_line(course: Path, text: str, reason: str) -> None:
    """What is wrong is said with the page, the line and what to write."""
    said = problem(course, f"# Claim\n\n{text}\n")
    assert said.startswith(f"{CLAIM}:3: {reason}")


@pytest.mark.parametrize("name", ["map", "card", "stub", "examples"])
def test_a_page_of_no_unit_cannot_show_one(course: Path, name: str) -> None:
    """What belongs to a unit needs a page that an exercise.toml names."""
    said = problem(course, f"<!-- {name} -->", "docs/index.md")
    assert said == "docs/index.md:1: no exercise.toml names this page as its concept"


def test_a_broken_unit_is_told_in_the_words_of_the_catalog(course: Path) -> None:
    """A missing brief is named with its path and the next step, on the page that needs it."""
    (course / "exercises/ex41_dedup_key/README.md").unlink()
    said = problem(course, "<!-- card -->")
    assert re.search(r"41_claim.md:1: A file of this unit is missing\. .*README\.md Next:", said)


def test_a_module_without_units_is_marked_in_a_table() -> None:
    """A reader of the table of modules sees which are still being written."""
    table = "<tr><td>4 The same work twice</td></tr><tr><td>6 Concurrency</td></tr>"
    told = door.marked(table, site_course.CHECKOUT)
    assert "<td>4 The same work twice</td>" in told
    assert told.count("being written") == (
        0 if any(unit.module == 6 for unit in catalog.units(site_course.CHECKOUT)) else 1
    )


def test_the_page_that_is_not_there_helps() -> None:
    """It says what may have happened, and its ways to go on hold below any path."""
    told = door.not_found("<h1>404 - Not found</h1>", "https://example.org/course/")
    assert "There is no page at this address" in told
    assert 'href="/course/concepts/"' in told


def test_a_door_needs_a_story(course: Path) -> None:
    """A door without a wrong idea, or with one that nobody has, is told with its line."""
    assert "one of its wrong ideas" in problem(course, "<!-- door: 41 -->")
    assert "has no mutant" in problem(course, "<!-- door: 41 nobody_thinks_so -->")


def test_the_purpose_comes_before_the_map(course: Path) -> None:
    """A concept page is shown with what it is for first, whatever the order in its file."""
    html = (
        '<h1>A</h1><h2 id="concept-position">P</h2>map<h2 id="purpose">Q</h2>why<h2 id="the-failure">F</h2>'
    )
    told = claims.shown(html, catalog.find("41", course))
    assert told.index("why") < told.index("map") < told.index("the-failure")
