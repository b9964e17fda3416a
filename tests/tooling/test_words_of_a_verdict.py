"""What a verdict says beside Saw: lanes, titles, differences, reasons, and commands that can be pasted."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path

import pytest
from cli_course import CliCourse
from tiny_course import TinyCourse

from halfway.grading import Event, Grader, PromiseResult, Verdict
from halfway.render.text import verdict_text
from halfway.sim.timeline import ENDS, until_they_differ
from halfway.sim.timeline import Event as Happened

TWO_CALLERS = '''
    """Two callers at once."""

    from halfway.kit import Port, promise, takes_time


    class Phone(Port):
        """A call takes 2 s."""

        def __init__(self, story):
            super().__init__(story)
            self.rang = 0

        @takes_time
        def ring(self, key, text):
            yield 1.0
            self.rang += 1
            self.tell(f"rings  key {key}")
            yield 1.0 if self.rang == 1 else 10.0
            return f"receipt for {text}"


    def test_two_callers_ring_once(unit, story):
        """Two callers of one incident ring once."""
        phone = Phone(story)
        with story.process() as process:
            process.together(
                unit.publish.later("disk", None, phone), unit.publish.later("disk", None, phone)
            )
        promise(phone.rang == 1, saw="2 callers, 2 rings", rule="r", ask="a?", story=story)


    def test_the_archive_is_slow(unit, story):
        """A slow archive is waited for."""
        phone = Phone(story)
        with story.process():
            unit.publish("disk", None, phone)
            unit.key_of("disk")
        promise(False, saw="it waits", rule="r", ask="a?", story=story)
'''


CALLERS = '''
    """A suite that has code of its own on the other side."""

    from halfway.kit import Port, callers, promise


    class Board(Port):
        """What callers tell."""

        for_callers = True

        def note(self, what: str):
            pass


    def names(board):
        import ring

        board.note(ring.key_of("disk"))


    def test_a_caller_tells_the_key(unit, story):
        """A caller tells the key."""
        with story.process() as process:
            process.run(callers(unit, names).names.later(Board(story)))
        promise(False, saw="a caller", rule="r", ask="a?", story=story)
'''


def _lane(result: PromiseResult, who: str) -> list[str]:
    return [event.what for event in result.timeline if event.who == who]


@pytest.fixture
def two(tiny: TinyCourse, grader: Grader) -> Verdict:
    """The verdict on the reference, of a suite with two callers."""
    tiny.suite.write_text(textwrap.dedent(TWO_CALLERS), encoding="utf-8")
    return grader.grade("91", tiny.solutions / "ring.py")


def test_two_callers_have_two_lanes(two: Verdict) -> None:
    """Each call has its lane: how it was made, what it asked for, what it was given, and how it ended."""
    result = two.promises[0]
    for number in (1, 2):
        made, asked, given, ended = _lane(result, f"call {number}")
        assert made == "publish('disk', None, phone)"
        assert asked.startswith("ring('ring/disk', 'disk')  line ")
        assert given == "ring gives 'receipt for disk'"
        assert ended == "returned 'ring/disk'"
    assert _lane(result, "your code") == ["process 1 starts"]


def test_their_own_calls_stand_in_the_story(two: Verdict) -> None:
    """A call in which something happens has its beginning and its end; another one is no event."""
    told = _lane(two.promises[1], "your code")
    assert told[1] == "publish('disk', None, phone)"
    assert told[-1] == "publish() returned 'ring/disk'"
    assert not any("key_of" in what for what in told)


def test_each_call_ends_at_its_own_time(two: Verdict) -> None:
    """Of two calls at once each has its ending when it ended, and not when both were over."""
    ends = [(e.at_s, e.who) for e in two.promises[0].timeline if e.what.startswith("returned ")]
    assert ends == [(2.0, "call 1"), (11.0, "call 2")]
    times = [event.at_s for event in two.promises[0].timeline]
    assert times == sorted(times)


def test_code_of_the_suite_is_not_called_theirs(tiny: TinyCourse, grader: Grader) -> None:
    """What a suite runs beside the learner's code, and what that asks of ports, is the caller's."""
    tiny.suite.write_text(textwrap.dedent(CALLERS), encoding="utf-8")
    (result,) = grader.grade("91", tiny.solutions / "ring.py").promises
    assert _lane(result, "caller") == ["names(board)", "note('ring/disk')", "returned None"]
    assert _lane(result, "your code") == ["process 1 starts"]


def test_a_story_without_a_fault_is_not_called_calm(two: Verdict) -> None:
    """The world may be slow in it, or somebody else at work: it is the smallest story, and that is all."""
    shown = verdict_text(two, opened=None)
    assert shown.splitlines().count("  smallest story") == 2
    assert "nothing goes wrong" not in shown


@pytest.mark.parametrize(
    ("calm", "story", "shown"),
    [
        ("a b c d", "a !x b e", "a b c"),
        ("a b", "a !x", "a b"),
        ("a b", "a b !x", "a b"),
        ("a", "a !x b", "a -"),
        ("a b c", "b !x c", "a"),
    ],
)
def test_the_calm_story_shows_the_difference(calm: str, story: str, shown: str) -> None:
    """It goes up to the first event that differs, a fault apart; where it ends before, it says so."""
    ours = [Happened(0.0, "you", what, False) for what in calm.split()]
    theirs = [Happened(0.0, "you", what.strip("!"), what[0] == "!") for what in story.split()]
    told = [event.what for event in until_they_differ(ours, theirs)]
    assert told == [ENDS if what == "-" else what for what in shown.split()]


def test_a_promise_that_was_not_reached_says_because_of_what(tiny: TinyCourse, grader: Grader) -> None:
    """The line of the promise names the one that came before it, and what that did."""
    tiny.write_body("while True:\n    pass")
    shown = verdict_text(grader.grade("91"), 100)
    assert "· Two incidents ring under two keys. (not reached: promise 2 used up the time)" in shown


def test_what_all_promises_say_is_said_first_and_once(tiny: TinyCourse, grader: Grader) -> None:
    """Neither a typing error nor an unwritten stub is a row of crosses before anybody reads why."""
    unwritten = verdict_text(grader.grade("91")).splitlines()
    assert unwritten[2] == "  Saw   `key_of` is still to be written"
    tiny.write("def key_of(:\n")
    broken = verdict_text(grader.grade("91")).splitlines()
    assert broken[2].startswith("  Saw   ring.py, line 1, is not Python")
    assert sum("Saw" in line for line in broken) == 1


# ---- where it is read


def _without_halfway() -> str:
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if not Path(folder, "halfway").exists())


@pytest.fixture
def course(tmp_path: Path) -> CliCourse:
    course = CliCourse(tmp_path / "course")
    (course.root / "course.py").write_text("", encoding="utf-8")
    return course


def test_every_command_can_be_pasted_as_it_stands(course: CliCourse) -> None:
    """Where `halfway` is not on the path, a command is spelled `python3 course.py`, wherever it is said."""
    course.spoil(course.first)
    path = _without_halfway()
    assert (
        "  python3 course.py grade ex41_dedup_key --replay 1/" in course.type("grade", "41", PATH=path).stdout
    )
    assert "Next: `python3 course.py` watches" in course.type("list", PATH=path).stdout
    assert "`python3 course.py list`" in course.type("grade", "99", PATH=path).stderr
    assert "`python3 course.py grade`" in course.type("graed", PATH=path).stderr


def test_where_halfway_is_on_the_path_it_is_typed(course: CliCourse, tmp_path: Path) -> None:
    """Who has activated the environment types `halfway`."""
    program = tmp_path / "bin" / "halfway"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    course.spoil(course.first)
    path = f"{program.parent}{os.pathsep}{_without_halfway()}"
    assert "  halfway grade ex41_dedup_key --replay 1/" in course.type("grade", "41", PATH=path).stdout


def test_a_terminal_without_the_signs_gets_words(course: CliCourse) -> None:
    """An output that cannot write check marks reads `kept` and `broken`, and never a row of "?"."""
    course.spoil(course.first)
    shown = course.type("grade", "41", PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C").stdout
    assert "\nbroken     " in shown
    assert "\nkept       " in shown
    assert "?" not in shown.replace("?\n", "")
    listed = course.type("list", PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C").stdout
    assert "> tried " in listed


def test_a_timeline_names_no_lane_twice() -> None:
    """A drawing that is given lanes "call 1" and "call 2" keeps them apart."""
    result = PromiseResult(
        "t", "T.", "broken", saw="s", timeline=(Event(0.0, "call 1", "a"), Event(0.0, "call 2", "b"))
    )
    verdict = Verdict("u", "f.py", "0" * 64, "3", "0", (), 0.0, 1, (result, result))
    header = next(line for line in verdict_text(verdict).splitlines() if "virtual t" in line)
    assert header.split()[2:] == ["your", "code", "call", "1", "call", "2"]
