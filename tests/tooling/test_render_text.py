"""What a learner is shown fits every width, equals its golden text, and says nothing by colour alone."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_course import TinyCourse

from halfway.grading import Event, Frame, Grader, PromiseResult, Verdict
from halfway.grading.verdict import STATUSES
from halfway.render.lanes import Lanes, wrapped
from halfway.render.terminal import verdict_rich
from halfway.render.text import MARKS, SAID, plain, promise_text, verdict_lines, verdict_text

GOLDEN = Path(__file__).with_name("golden")
WIDTHS = (60, 80, 100, 120)
REPLAY = "2/ring~1~the-call-is-refused"


def _golden(name: str, shown: str) -> None:
    """Compares with the golden text; HALFWAY_ACCEPT=1 writes it, for a reader to read."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("HALFWAY_ACCEPT"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8", newline="\n")
    assert shown == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize(
    "name", ["stub", "reference", "key_per_attempt", "one_key_for_all", "no_python", "loop"]
)
def test_what_is_shown_equals_its_golden_text(
    tiny: TinyCourse, grader: Grader, name: str, width: int
) -> None:
    """Stub, reference, wrong ideas, a file that is no Python and a loop are shown as agreed to."""
    path = {"stub": tiny.stub, "reference": tiny.solutions / "ring.py"}.get(name)
    if name == "no_python":
        path = tiny.write("def key_of(incident:\n    return incident\n")
    if name == "loop":
        path = tiny.write_body("while True:\n    pass")
    from halfway.links.guard import Limits

    limits = Limits(seconds=1) if name == "loop" else None
    verdict = grader.grade("91", path or tiny.mutant(name), limits=limits)
    if name == "loop":  # whichever of the two lines the timer met
        whole = replace(verdict.promises[1], frames=(Frame(32, "publish", "while True:"),))
        verdict = replace(verdict, promises=(verdict.promises[0], whole, verdict.promises[2]))
    _golden(f"{name}_{width}", verdict_text(verdict, width))


def test_a_replay_equals_its_golden_text(tiny: TinyCourse, grader: Grader) -> None:
    """One story told again shows that promise alone, kept or broken."""
    verdict = grader.grade("91", tiny.solutions, replay=REPLAY)
    _golden("replay_kept_100", verdict_text(verdict, 100))


def test_examples_equal_their_golden_text(tiny: TinyCourse, grader: Grader) -> None:
    """A broken example shows its assertion, line by line."""
    verdict = grader.grade("91", tiny.mutant("one_key_for_all"), suite="examples")
    _golden("examples_80", verdict_text(verdict, 80))


def _of_every_kind() -> Verdict:
    """A verdict with a promise of every status, long words and many events."""
    story = tuple(
        Event(n * 0.5, ("your code", "phone", "a very long name of a port")[n % 3], f"event {n} " * 3)
        for n in range(9)
    )
    fault = Event(2.0, "", "the reply is lost on its way back to the one who asked for it", fault=True)
    results = [
        PromiseResult(
            f"test_{status}", f"What is {status} is said in a sentence that is a little longer.", status
        )  # type: ignore[arg-type]
        for status in STATUSES
    ]
    results[1] = replace(
        results[1],
        saw="a fact " * 20,
        rule="a rule " * 20,
        ask="what " * 20 + "?",
        frames=(Frame(7, "publish", "await phone.ring(key, text)  " * 5), Frame(112, "inner", "x = 1")),
        timeline=(*story, fault, *story),
        calm=story,
        faults=2,
        replay="2/" + "+".join(f"ring~{n}~the-reply-is-lost" for n in range(1, 5)),
        output="printed line\n" * 30,
        note="a note " * 20,
    )
    return Verdict(
        "ex91_ring_once", "ring.py", "", "3.11", "0", (), 0.0, 3, tuple(results), None, "a fault " * 20
    )


_of_every_kind.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Whatever is shown stays within the width; a command to copy is the one thing that is never broken."""
    shown = verdict_text(_of_every_kind(), width, opened=None)
    too_wide = [line for line in shown.splitlines() if len(line) > width and "halfway grade" not in line]
    assert too_wide == []
    assert shown == "\n".join(line.rstrip() for line in shown.splitlines()) + "\n"


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_of_a_story_is_lost_at_any_width(width: int) -> None:
    """Narrow or wide, every event of the timeline is there, in order."""
    shown = " ".join(verdict_text(_of_every_kind(), width, opened=None).split())
    assert shown.count("event 8") == 9
    assert "!!" in shown


def test_lanes_become_a_list_where_columns_would_break_words() -> None:
    """Columns need room for whole words; with less than that each event is a line with its actor."""
    timeline = (
        Event(0.0, "your code", "calls with_a_long_argument_that_is_one_word"),
        Event(1.0, "phone", "rings"),
    )
    wide, narrow = (plain(Lanes((timeline,), width).lines(timeline)) for width in (100, 52))
    assert wide.splitlines()[0].split() == ["virtual", "t", "your", "code", "phone"]
    assert narrow.splitlines()[-1] == "       1.000 s  phone      rings"


def test_a_line_number_stays_with_its_word() -> None:
    """The number of a line is not broken from its word."""
    assert wrapped("ring('disk')  line 38", 19) == ["ring('disk')", "line 38"]


def test_a_long_story_keeps_its_faults() -> None:
    """Of a story of hundreds of events the middle is left out, and said to be; the faults are not."""
    calm = [Event(float(n), "your code", f"step {n}") for n in range(300)]
    calm[150] = Event(150.0, "", "the reply is lost", fault=True)
    shown = plain(Lanes((calm,), 80).lines(calm))
    assert "... 239 more; `--json` has them all ..." in shown
    assert "the reply is lost" in shown
    assert len(shown.splitlines()) == 63


def test_what_is_left_out_is_said_where_it_was() -> None:
    """The line stands between whole events, the last one before the gap and the first one after it."""
    long = "a call with so many words that it goes over several lines of its narrow column, " * 2
    story = [Event(float(n), "your code", f"step {n} {long if n < 20 else ''}".strip()) for n in range(100)]
    lines = plain(Lanes((story,), 60).lines(story)).splitlines()
    gap = next(at for at, line in enumerate(lines) if "40 more" in line)
    assert lines[gap - 1].endswith("step 29")
    assert lines[gap + 1].endswith("step 70")


def test_colours_change_no_letter(tiny: TinyCourse, grader: Grader) -> None:
    """In colour the same text is shown, letter by letter: no colour says what no word says."""
    from rich.console import Console

    verdict = grader.grade("91", tiny.mutant("key_per_attempt"))
    file = io.StringIO()
    Console(file=file, width=80, color_system=None).print(verdict_rich(verdict, 80), soft_wrap=True)
    assert [line.rstrip() for line in file.getvalue().splitlines()] == verdict_text(verdict, 80).splitlines()
    coloured = io.StringIO()
    Console(file=coloured, width=80, force_terminal=True, color_system="standard").print(
        verdict_rich(verdict, 80)
    )
    assert "\x1b[" in coloured.getvalue()


def test_every_status_has_a_mark_and_words() -> None:
    """No status is shown by its symbol alone."""
    assert set(MARKS) == set(STATUSES)
    assert set(SAID) | {"kept", "broken"} == set(STATUSES)


def test_every_broken_promise_can_be_opened(tiny: TinyCourse, grader: Grader) -> None:
    """The first is open by itself; on request all are."""
    verdict = grader.grade("91", tiny.mutant("one_key_for_all"))
    assert verdict_text(verdict).count("  Saw   ") == 1
    assert verdict_text(verdict, opened=None).count("  Saw   ") == 2
    assert verdict_text(verdict, opened=0).count("  Saw   ") == 0
    assert "  Saw   " in promise_text(verdict.promises[0], "ex91_ring_once")


def test_lines_hold_known_styles_alone() -> None:
    """Every style that a line uses has a colour."""
    from halfway.render.terminal import STYLES

    used = {style for line in verdict_lines(_of_every_kind(), opened=None) for _, style in line}
    assert used <= set(STYLES)
