"""A broken promise comes with its smallest story, told the same every time, and can be told again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest
from keeper_children import children_of, keeper_of, made_ahead
from tiny_course import MUTANTS, TinyCourse

from halfway import catalog
from halfway.grading import Event, Grader, PromiseResult, Verdict
from halfway.grading.keeper.keeper import IDLE_S
from halfway.grading.verdict import NOT_ASKED, Started

ONCE = "test_the_phone_rings_once_whatever_goes_wrong"


def _same(verdict: Verdict) -> Verdict:
    return replace(verdict, seconds=0.0)


def _broken(grader: Grader, tiny: TinyCourse) -> PromiseResult:
    verdict = grader.grade("91", tiny.mutant("key_per_attempt"))
    return next(p for p in verdict.promises if not p.kept)


def test_the_smallest_story_is_told_with_its_fault_and_its_lines(tiny: TinyCourse, grader: Grader) -> None:
    """One fault is enough, and the story shows it, what the code did about it, and in which line."""
    result = _broken(grader, tiny)
    assert (result.id, result.faults) == (ONCE, 1)
    assert [e for e in result.timeline if e.fault] == [
        Event(0.0, "", "the call is refused", fault=True, kind="loss", to="phone")
    ]
    assert [event.what for event in result.timeline[1:3]] == [
        "publish('disk', markers, phone)",
        "ring('ring/disk#0', 'disk')  line 38",
    ]
    assert Event(2.0, "phone", "rings  key ring/disk#1") in result.timeline


def test_the_calm_story_goes_up_to_the_first_difference(tiny: TinyCourse, grader: Grader) -> None:
    """Beside it stands the same story without the fault, under the same names, as far as they agree."""
    result = _broken(grader, tiny)
    assert result.calm[:-1] == result.timeline[: len(result.calm) - 1]
    assert result.calm[-1] == Event(1.0, "phone", "rings  key ring/disk#0")
    assert not any(e.fault for e in result.calm)


def test_a_replay_string_tells_that_story_and_no_other(tiny: TinyCourse, grader: Grader) -> None:
    """The string in a verdict tells the same story again, and says that the others were not asked."""
    result = _broken(grader, tiny)
    again = grader.grade("91", tiny.mutant("key_per_attempt"), replay=result.replay)
    assert [p.saw for p in again.promises if p.id != ONCE] == [NOT_ASKED] * 2
    assert again.replayed is not None
    assert replace(again.replayed, stories=result.stories, ways=()) == result
    assert not again.passed


def test_a_replay_shows_its_story_when_it_is_mended(tiny: TinyCourse, grader: Grader) -> None:
    """After the repair, the same string shows how the story goes now; one story is no pass."""
    again = grader.grade("91", tiny.solutions / "ring.py", replay=_broken(grader, tiny).replay)
    assert again.replayed is not None
    assert again.replayed.kept
    assert [e.what for e in again.replayed.timeline if e.fault] == ["the call is refused"]
    assert not again.passed


def test_a_fault_that_never_comes_is_told(tiny: TinyCourse, grader: Grader) -> None:
    """A replay of something that this code does not come to says so, and is not silently a calm story."""
    again = grader.grade("91", tiny.solutions / "ring.py", replay="2/ring~9~the-call-is-refused")
    assert again.replayed is not None
    assert again.replayed.note == "in this story it never came to: ring~9~the-call-is-refused"


def test_a_fault_of_several_words_that_came_is_not_told_as_missed() -> None:
    """A replay names its faults with dashes; the story knows them by their words."""
    unit = catalog.find("31")
    with Grader() as real:
        told = real.grade("31", unit.solution, replay="5/call-comes-back~1~the-reply-is-lost").replayed
    assert told is not None
    assert [event.what for event in told.timeline if event.fault] == ["the reply is lost"]
    assert "never came" not in told.note


def test_promises_are_heard_of_as_they_come(tiny: TinyCourse, grader: Grader) -> None:
    """Each promise is told when it begins and when it ends, in order, with the result of the verdict."""
    heard: list[Started | PromiseResult] = []
    verdict = grader.grade("91", tiny.mutant("key_per_attempt"), on_event=heard.append)
    assert [(type(e), e.id) for e in heard] == [
        (t, p.id) for p in verdict.promises for t in (Started, PromiseResult)
    ]
    assert tuple(e for e in heard if isinstance(e, PromiseResult)) == verdict.promises
    assert all(e.text for e in heard)


def test_a_promise_is_heard_of_before_the_next_one_begins(tiny: TinyCourse, grader: Grader) -> None:
    """What is known is told at once: a loop in the second promise does not hold back the first."""
    import threading

    heard = threading.Event()
    tiny.write_body("while True: pass")

    def hear(event: Started | PromiseResult) -> None:
        if isinstance(event, PromiseResult) and event.kept:
            heard.set()

    thread = threading.Thread(target=grader.grade, args=("91",), kwargs={"on_event": hear})
    thread.start()
    assert heard.wait(4)
    grader.cancel()
    thread.join()


@pytest.mark.parametrize("name", ["key_per_attempt", "one_key_for_all"])
def test_a_verdict_is_the_same_under_every_hash_seed(tiny: TinyCourse, grader: Grader, name: str) -> None:
    """Seeds of hashes, order of tests, a second run: nothing of a verdict changes but its time."""
    first = _same(grader.grade("91", tiny.mutant(name)))
    assert _same(grader.grade("91", tiny.mutant(name), order=7)) == first
    for seed in ("1", "20260105", "random"):
        with Grader(hash_seed=seed) as other:
            assert _same(other.grade("91", tiny.mutant(name))) == first


def test_a_verdict_is_the_same_over_a_pipe(tiny: TinyCourse, grader: Grader) -> None:
    """Judge and learner in one process or in two: every word of the verdict is the same."""
    for path in [tiny.stub, tiny.solutions / "ring.py", *map(tiny.mutant, MUTANTS)]:
        direct, pipe = (_same(grader.grade("91", path, link=link)) for link in ("direct", "pipe"))
        assert direct == pipe


def test_a_verdict_tells_what_was_graded(tiny: TinyCourse, grader: Grader) -> None:
    """File, content, versions and stories are in it; the file is told from the course."""
    from hashlib import sha256

    import halfway

    verdict = grader.grade("91", tiny.solutions)
    assert verdict.file == "solutions/ex91_ring_once/ring.py"
    assert verdict.sha256 == sha256((tiny.solutions / "ring.py").read_bytes()).hexdigest()
    assert verdict.halfway == halfway.__version__
    assert verdict.stories == sum(p.stories for p in verdict.promises) == 76


def test_a_folder_of_units_is_a_submission_too(tiny: TinyCourse, grader: Grader) -> None:
    """A file, its folder, or the folder above it: each names the file."""
    for path in (tiny.solutions / "ring.py", tiny.solutions, tiny.solutions.parent):
        assert grader.grade("91", path).passed


def test_the_course_may_be_named(tiny: TinyCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    """A grader of a named course works from any folder."""
    monkeypatch.chdir("/")
    with Grader(tiny.root) as named:
        assert named.grade("91", tiny.solutions).passed


def test_one_verdict_needs_no_grader(tiny: TinyCourse) -> None:
    """`grade` alone gives a verdict and leaves no process behind."""
    from halfway.grading import grade

    assert grade("91", tiny.solutions).passed


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("is_gone", [False, True], ids=["used", "gone"])
def test_a_child_made_ready_ahead_gives_the_same_verdict(tiny: TinyCourse, is_gone: bool) -> None:
    """Between two saves a child is made ready; used, or gone when it is wanted, the verdict is the same."""
    for name in ("key_per_attempt", "one_key_for_all"):
        with Grader() as warm:
            first = _same(warm.grade("91", tiny.mutant(name)))
            warm.grade("91", tiny.mutant(name))
            spares = made_ahead(warm)  # they have said that they are ready: nobody sees that they are not
            for spare in spares if is_gone else ():
                os.kill(spare, signal.SIGKILL)
            for _ in range(2):
                assert _same(warm.grade("91", tiny.mutant(name))) == first
        assert not any(Path(f"/proc/{spare}").exists() for spare in spares)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_who_wants_nothing_made_ahead_has_the_same_verdict(tiny: TinyCourse, grader: Grader) -> None:
    """However long nobody asks, no child is made; the verdicts are those of every grader."""
    path = tiny.mutant("key_per_attempt")
    with Grader(ahead=False) as busy:
        for _ in range(2):
            assert _same(busy.grade("91", path)) == _same(grader.grade("91", path))
            time.sleep(4 * IDLE_S)  # there is nothing to wait for: nothing happens
            assert children_of(keeper_of(busy)) == set()


@pytest.mark.parametrize(
    ("kept", "status", "saw", "told"),
    [
        ("not story.timeline", "kept", "", []),
        ('story.timeline == "told"', "broken", "key_of('disk') returned", ["process 1 starts"]),
        ("bool(story.timeline)", "broken", "the same story ran differently", []),
    ],
)
def test_the_one_story_of_a_test_is_told_aloud_when_it_breaks(
    tiny: TinyCourse, kept: str, status: str, saw: str, told: list[str]
) -> None:
    """Nobody listens while it is kept; one that breaks is told again, and has to break in the same way."""
    suite = catalog.find("91", tiny.root).suite
    text = suite.read_text().replace("    key = unit.", "    with story.process():\n        key = unit.")
    suite.write_text(text.replace("name in key,", f"{kept},"))
    with Grader() as grader:
        result = grader.grade("91", tiny.solutions).promises[0]
    assert result.status == status
    assert result.saw.startswith(saw)
    assert [event.what for event in result.timeline][:1] == told


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_suite_that_was_collected_ahead_is_asked_for_nothing_else(tiny: TinyCourse) -> None:
    """A child that was made ahead serves its suite as it was: one that has changed is collected again."""
    with Grader() as warm:
        assert all(warm.grade("91", tiny.solutions).passed for _ in range(2))
        made_ahead(warm)
        suite = catalog.find("91", tiny.root).suite
        suite.write_text(suite.read_text().replace("len(phone.rang) == 2,", "len(phone.rang) == 1 + 2,"))
        assert not any(warm.grade("91", tiny.solutions).passed for _ in range(2))
        made_ahead(warm)
        assert warm.grade("91", tiny.solutions, suite="examples").passed


def test_a_grader_that_nobody_closes_ends_with_its_program(tiny: TinyCourse) -> None:
    """The warm process ends when its owner does, however that ends."""
    program = (
        "import os; from halfway.grading import Grader; grader = Grader()\n"
        "print(grader._process._process.pid, flush=True); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    pid = int(done.stdout)
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("the warm process is still there")


THREE = '''
def three(unit, story):
    """Three incidents; the second key that is the first one is noted when it rings."""
    phone, markers, wrong = Phone(story), Markers(story), []
    with story.process():
        for what in ("disk", "load", "mail"):
            unit.publish(story.name(what), markers, phone)
            if len(phone.rang) == 1 and what != "disk":
                wrong.append(Wrong("key", f"{what} rang under one key", len(story.timeline)))
    return wrong


def test_two_incidents_ring_twice(unit, every_story):
    """Two incidents ring under two keys."""
    for story in every_story(three, faults={REFUSED}, depth=1):
        promise_none(story, "key", rule="another incident is another intent", ask="which name is in the key?")
'''


def test_a_story_ends_where_it_was_seen_to_go_wrong(tiny: TinyCourse, grader: Grader) -> None:
    """What comes after that shows nothing of it, and offers no ways out; told again, it ends there too."""
    head, _, _ = tiny.suite.read_text(encoding="utf-8").partition("def test_two_incidents")
    tiny.suite.write_text(head.replace("promise,", "Wrong, promise, promise_none,") + THREE, encoding="utf-8")
    result = grader.grade("91", tiny.mutant("one_key_for_all")).promises[2]
    assert result.saw == "load rang under one key"
    assert [event.what for event in result.timeline if event.what.startswith("publish('")] == [
        f"publish('{what}', markers, phone)" for what in ("disk", "load")
    ]
    again = grader.grade("91", tiny.mutant("one_key_for_all"), replay=result.replay).replayed
    assert again is not None
    assert again.timeline == result.timeline
    assert again.ways
    assert all(way.at <= len(result.timeline) for way in again.ways)
    whole = grader.grade("91", tiny.solutions / "ring.py", replay=result.replay).replayed
    assert whole is not None
    assert len(whole.ways) > len(again.ways)


ASKS_ELSEWHERE = '''
def test_a_key_is_the_same_elsewhere(unit, story):
    """On another machine an incident has the same key."""
    key = story.other_machine(lambda: unit.key_of("disk"))
    promise(key == "ring/disk", saw=key, rule="a key is a name", ask="what is it made of?")
'''


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_child_that_was_made_ahead_asks_no_machine_that_is_gone(tiny: TinyCourse) -> None:
    """Two children are ready, and the machine that both know serves one verdict: the next one has another."""
    suite = catalog.find("91", tiny.root).suite
    suite.write_text(suite.read_text() + textwrap.dedent(ASKS_ELSEWHERE))
    tiny.write(tiny.mutant("key_per_attempt").read_text())
    with Grader() as warm:
        first = _same(warm.grade("91"))
        warm.grade("91")
        made_ahead(warm, machines=1)
        for _ in range(3):
            assert _same(warm.grade("91")) == first
