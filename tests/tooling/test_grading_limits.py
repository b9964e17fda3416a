"""Every limit is a named line in the verdict, within half a second more; the next verdict is sound."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from types import SimpleNamespace

import pytest
from tiny_course import TinyCourse

from halfway.grading import Frame, Grader, Verdict
from halfway.grading.collector import Collector
from halfway.grading.keeper import client
from halfway.grading.keeper.keeper import Ends
from halfway.links import waiting
from halfway.links.guard import Limits
from halfway.links.waiting import PATIENCE, later_s, waited_s

SECONDS = 1.0
NOT_BACK = "after 1 s of computing it had not come back"
SHORT = Limits(seconds=SECONDS)
MACHINE_S = 1.0
"""What a busy machine may add; the promise itself is half a second."""


def _limited(grader: Grader, limits: Limits = SHORT) -> Verdict:
    began = time.perf_counter()
    verdict = grader.grade("91", limits=limits)
    assert time.perf_counter() - began < limits.seconds + grader.later_s + 0.5 + MACHINE_S
    assert not verdict.passed
    assert not verdict.fault
    return verdict


def _statuses(verdict: Verdict) -> list[str]:
    return [p.status for p in verdict.promises]


def test_a_loop_without_end_is_named_with_its_line(tiny: TinyCourse, grader: Grader) -> None:
    """`while True: pass` in a call is out of time, and the line that was running is told."""
    tiny.write_body("while True:\n    pass")
    verdict = _limited(grader)
    assert _statuses(verdict) == ["kept", "out_of_time", "not_reached"]
    assert verdict.promises[1].saw == "publish('disk', markers, phone): after 1 s it was still running"
    assert verdict.promises[1].frames[-1].function == "publish"
    assert verdict.promises[2].saw == "promise 2 used up the time"


def test_a_call_that_computes_on_is_ended_before_the_time_is_over(tiny: TinyCourse, grader: Grader) -> None:
    """Whoever wrote a loop without end hears it after a second, however long a verdict may take."""
    tiny.write_body("while True:\n    pass")
    verdict = _limited(grader, Limits(seconds=60.0))
    assert _statuses(verdict)[1] == "out_of_time"
    assert verdict.promises[1].saw == f"publish('disk', markers, phone): {NOT_BACK}"
    assert verdict.promises[1].frames[-1].function == "publish"


def test_years_of_virtual_time_use_up_no_real_time(tiny: TinyCourse, grader: Grader) -> None:
    """The limit counts what the machine takes, whatever the frozen clocks of the story show meanwhile."""
    works = 'time.sleep(3e7)\n    assert sum(range(1_000_000))\n    return f"ring/{incident}"'
    tiny.write("import time\n" + tiny.solution.replace('return f"ring/{incident}"', works))
    # Examples run in real time: there, no call is made that would wait until the limit.
    (tiny.folder / "test_examples.py").write_text("def test_nothing_is_called(): pass\n")
    verdict = grader.grade("91", limits=Limits(seconds=60.0))
    assert verdict.seconds > 1.0  # long enough for somebody to look at a clock
    assert "out_of_time" not in _statuses(verdict)


def test_a_loop_that_swallows_the_timeout_is_killed(tiny: TinyCourse, grader: Grader) -> None:
    """Code that catches everything does not outlive its time, and its line is told all the same."""
    tiny.write_body(
        "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass"
    )
    verdict = _limited(grader)
    assert _statuses(verdict) == ["kept", "out_of_time", "not_reached"]
    assert verdict.promises[1].frames[-1].text == "while True: pass"


def test_a_loop_at_import_is_named(tiny: TinyCourse, grader: Grader) -> None:
    """A file whose import never ends is out of time at once, and no promise is reached."""
    tiny.write(tiny.solution + "\nwhile True:\n    pass\n")
    verdict = _limited(grader)
    assert _statuses(verdict) == ["out_of_time", "not_reached", "not_reached"]
    assert "import" in verdict.promises[0].saw
    assert verdict.promises[0].frames[0].text in ("while True:", "pass")


def test_a_timeout_that_is_swallowed_once_is_no_kept_promise(tiny: TinyCourse, grader: Grader) -> None:
    """Code that catches the end of its time and then gives the right answer is out of time all the same."""
    body = "try:\n    while True: pass\nexcept BaseException:\n    pass\n"
    right = "await phone.ring(incident, incident)\nreturn incident"
    tiny.write_body(body + right)
    assert _statuses(_limited(grader)) == ["kept", "out_of_time", "not_reached"]


def test_an_alarm_of_its_own_does_not_save_a_loop(tiny: TinyCourse, grader: Grader) -> None:
    """Code that turns our timer off is killed from outside."""
    tiny.write_body("import signal\nsignal.setitimer(signal.ITIMER_REAL, 0)\nwhile True: pass")
    assert _statuses(_limited(grader)) == ["kept", "out_of_time", "not_reached"]


@pytest.mark.parametrize(
    "body", ["x = bytearray(10**12)", "x = []\nwhile True:\n    x.append(bytearray(10**7))"]
)
def test_memory_without_end_is_named(tiny: TinyCourse, grader: Grader, body: str) -> None:
    """One giant block, or many smaller ones: out of memory, with the line."""
    tiny.write_body(body)
    verdict = _limited(grader, Limits(seconds=10))
    assert verdict.promises[1].status == "out_of_memory"
    assert verdict.promises[1].frames[-1].function == "publish"


def test_memory_at_import_is_named(tiny: TinyCourse, grader: Grader) -> None:
    """A file that needs too much memory to be imported reaches no promise, and says why."""
    tiny.write("x = bytearray(10**12)\n" + tiny.solution)
    verdict = _limited(grader)
    assert _statuses(verdict) == ["not_reached"] * 3
    assert "MemoryError" in verdict.promises[0].saw


@pytest.mark.parametrize(
    "body",
    ["while True:\n    print('x' * 1000)", "import sys\nwhile True:\n    sys.stderr.write('x' * 1000)"],
)
def test_output_without_end_is_named(tiny: TinyCourse, grader: Grader, body: str) -> None:
    """A flood of output ends the verdict long before its time does, and its line is told."""
    tiny.write_body(body)
    verdict = _limited(grader)
    assert _statuses(verdict) == ["kept", "too_much_output", "not_reached"]
    assert "x" in verdict.promises[1].output
    assert len(verdict.promises[1].output) <= 4_000
    assert verdict.promises[1].frames[-1].function == "publish"


def test_a_flood_past_our_streams_goes_nowhere(tiny: TinyCourse, grader: Grader) -> None:
    """Bytes written to the descriptors themselves reach nobody, and harm nobody."""
    tiny.write_body("import os\nfor _ in range(3000):\n    os.write(1, b'x' * 1000)\nreturn 'none'")
    assert _statuses(_limited(grader)) == ["kept", "broken", "broken"]


@pytest.mark.parametrize(
    ("body", "saw"),
    [
        ("import os\nos._exit(0)", "your code ended its own process (exit code 0)"),
        ("import os\nos._exit(7)", "your code ended its own process (exit code 7)"),
        ("import os\nos.kill(os.getpid(), 9)", "the process that ran your code was killed"),
        ("import os\nos.kill(0, 9)", "the process that ran your code was killed"),
        ("import ctypes\nctypes.string_at(0)", "the interpreter itself crashed (SIGSEGV)"),
    ],
)
def test_a_process_that_ends_itself_passes_nothing(
    tiny: TinyCourse, grader: Grader, body: str, saw: str
) -> None:
    """However a process is ended from inside, the promise is broken, and later ones are not reached."""
    tiny.write_body(body)
    verdict = _limited(grader)
    assert _statuses(verdict) == ["kept", "broken", "not_reached"]
    assert verdict.promises[1].saw == saw


@pytest.mark.parametrize(
    ("cpu_s", "saw"),
    [(7.0, "after 5 s it was still running"), (0.5, "the process that ran your code was killed")],
)
def test_a_process_that_the_system_ends_for_its_time_has_not_ended_itself(cpu_s: float, saw: str) -> None:
    """Killed when it has computed longer than a verdict may take: that was the limit, and not the learner."""
    heard = Collector([("a", "It ends.")], b"", 5.0, 0, None)
    heard.feed({"event": "importing"})
    heard.feed({"event": "started", "id": "a"})
    heard.feed({"event": "over", "how": "ended", "code": 0, "signal": 9, "cpu_s": cpu_s})
    (result,) = heard.results()
    assert result.saw == saw


def test_a_process_that_ends_itself_at_import_reaches_no_promise(tiny: TinyCourse, grader: Grader) -> None:
    """`os._exit(0)` at import is told as what it is."""
    tiny.write("import os\nos._exit(0)\n" + tiny.solution)
    verdict = _limited(grader)
    assert _statuses(verdict) == ["not_reached"] * 3
    assert (
        verdict.promises[0].saw
        == "your code ended its own process (exit code 0), while your file was imported"
    )


def test_what_waits_for_the_exit_never_runs(tiny: TinyCourse, grader: Grader) -> None:
    """atexit handlers of a learner's file do not run after the verdict."""
    flag = tiny.root / "flag"
    tiny.write(
        f"import atexit, pathlib\natexit.register(pathlib.Path({str(flag)!r}).touch)\n" + tiny.solution
    )
    assert grader.grade("91").passed
    assert not flag.exists()


@pytest.mark.parametrize(
    "body",
    [
        "import os\nwhile True:\n    os.fork()",
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', ''])",
        "import os\nos.system('true')",
    ],
)
def test_a_process_that_it_starts_is_refused_by_name(tiny: TinyCourse, grader: Grader, body: str) -> None:
    """A fork bomb does not get to its first fork, and the line says so."""
    tiny.write_body(body)
    verdict = _limited(grader)
    assert _statuses(verdict) == ["kept", "broken", "broken"]
    assert verdict.promises[1].saw.startswith("your code starts a process (")
    assert verdict.promises[1].frames[-1].function == "publish"


def test_what_was_left_running_is_ended(tiny: TinyCourse, grader: Grader) -> None:
    """A thread that goes on, started by the learner's code, does not outlive the verdict."""
    beat = tiny.root / "beat"
    tiny.write(
        "import threading, time, pathlib\n"
        "def beat():\n"
        f"    while True: pathlib.Path({str(beat)!r}).write_text(str(time.perf_counter_ns()))\n"
        "threading.Thread(target=beat, daemon=True).start()\n" + tiny.solution
    )
    grader.grade("91", limits=SHORT)
    before = beat.read_text()
    assert beat.read_text() == before


def test_the_keeper_may_be_killed_and_the_next_verdict_is_sound(tiny: TinyCourse, grader: Grader) -> None:
    """Code that kills the process above it gets no pass, and takes nothing from the next verdict."""
    tiny.write_body("import os\nos.kill(os.getppid(), 9)\nwhile True: pass")
    verdict = grader.grade("91", limits=SHORT)
    assert not verdict.passed
    tiny.write(tiny.solution)
    assert grader.grade("91").passed


def test_a_file_size_is_limited(tiny: TinyCourse, grader: Grader) -> None:
    """Nobody fills the disk: a file ends at its limit with an error in the learner's code."""
    big = tiny.root / "big"
    tiny.write_body(f"with open({str(big)!r}, 'wb') as file:\n    while True: file.write(b'x' * 10**6)")
    assert _statuses(_limited(grader, Limits(seconds=10))) == ["kept", "broken", "broken"]
    assert big.stat().st_size <= Limits().file_bytes


def test_standard_input_is_at_its_end(tiny: TinyCourse, grader: Grader) -> None:
    """`input()` and `breakpoint()` do not wait for anybody, and say that nobody is there."""
    tiny.write_with('return f"ring/{incident}"', "return input()")
    said = "your code stops to ask at the keyboard (input()), and nobody is there"
    assert grader.grade("91").promises[0].saw == said
    tiny.write_with('return f"ring/{incident}"', "breakpoint()")
    assert grader.grade("91").promises[0].saw == said.replace("input", "breakpoint")


def test_a_verdict_can_be_cancelled(tiny: TinyCourse, grader: Grader) -> None:
    """A newer save does not wait for the loop of the older one."""
    import threading

    tiny.write_body("while True: pass")
    timer = threading.Timer(0.3, grader.cancel)
    timer.start()
    began = time.perf_counter()
    verdict = grader.grade("91", limits=Limits(seconds=20))
    assert time.perf_counter() - began < 10
    assert _statuses(verdict)[1:] == ["not_reached", "not_reached"]
    timer.join()
    grader.cancel()  # with nothing under way it cancels nothing, now or later
    tiny.write(tiny.solution)
    assert grader.grade("91").passed


@pytest.fixture
def spawning() -> Grader:
    """A grader that works as it does where there is no fork."""
    return Grader(limits=SHORT, forking=False)


def test_without_fork_verdicts_are_the_same(tiny: TinyCourse, grader: Grader, spawning: Grader) -> None:
    """Kept, broken, out of time, ended by itself: spawned or forked, the verdict is one."""
    bodies = ["return 'none'", "while True: pass", "import os\nos._exit(0)"]
    with spawning:
        assert spawning.grade("91", tiny.solutions / "ring.py", limits=Limits()).passed
        for body in bodies:
            tiny.write_body(body)
            ours, theirs = grader.grade("91", limits=SHORT), spawning.grade("91")
            assert [(p.status, p.saw, p.frames) for p in ours.promises] == [
                (p.status, p.saw, p.frames) for p in theirs.promises
            ]


def test_without_fork_a_swallowed_timeout_is_killed(tiny: TinyCourse, spawning: Grader) -> None:
    """The spawned process is held to its time from outside."""
    tiny.write_body(
        "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass"
    )
    with spawning:
        verdict = spawning.grade("91")
    assert _statuses(verdict) == ["kept", "out_of_time", "not_reached"]


def test_frames_are_the_learners_alone(tiny: TinyCourse, grader: Grader) -> None:
    """Of a deep stack, the lines of the learner's file are told, and none of ours."""
    tiny.write_with(
        'return f"ring/{incident}"', "return inner(incident)\n\n\ndef inner(x):\n    return x.nothing"
    )
    lines = tiny.stub.read_text().splitlines()
    frames = grader.grade("91").promises[0].frames
    assert [f.function for f in frames] == ["key_of", "inner"]
    assert frames[1] == Frame(lines.index("    return x.nothing") + 1, "inner", "return x.nothing")


def test_the_learners_folder_stays_as_it_is(tiny: TinyCourse, grader: Grader) -> None:
    """Grading leaves no file in the folder of the unit."""
    before = sorted(path.name for path in tiny.folder.iterdir())
    grader.grade("91")
    grader.grade("91", suite="examples")
    assert sorted(path.name for path in tiny.folder.iterdir()) == before


# ---- a machine that is busy with other things

BUSY = 3
"""How many others want each processor."""


@contextmanager
def _busy_machine() -> Iterator[None]:
    spin = [sys.executable, "-c", "while True: pass"]
    # Each in a session of its own: Linux shares its processors among sessions first.
    count = BUSY * len(os.sched_getaffinity(0))
    others = [subprocess.Popen(spin, start_new_session=True) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how long a process has waited")
@pytest.mark.skipif(sys.platform == "linux" and not waited_s(1), reason="this kernel does not say it")
def test_what_others_use_is_not_counted(tiny: TinyCourse, grader: Grader) -> None:
    """On a busy machine a right answer has its time, and a loop has no more than that."""
    works = 'assert sum(range(400_000))\n    return f"ring/{incident}"'
    tiny.write(tiny.solution.replace('return f"ring/{incident}"', works))
    with _busy_machine():
        patient = grader.grade("91", limits=Limits(seconds=60.0))
        limits = Limits(seconds=1.2 * grader.cpu_s)
        assert patient.seconds > limits.seconds  # it is busy
        verdict = grader.grade("91", limits=limits)
        assert "out_of_time" not in _statuses(verdict)
        assert verdict.seconds > limits.seconds
        tiny.write_body("while True:\n    pass")
        _limited(grader)


def test_a_busy_machine_puts_a_limit_off_where_nothing_forks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said after the limit counts when the process had to wait for a processor, and else not."""
    process = object.__new__(client.Process)
    process._lines, process._process = SimpleQueue(), SimpleNamespace(pid=os.getpid())
    process._lines.put(b"said late")
    over = time.monotonic() - 0.1
    monkeypatch.setattr(waiting, "waited_s", lambda pid: 0.0)
    assert process.receive_late(over, SECONDS) is None
    monkeypatch.setattr(waiting, "waited_s", lambda pid: 60.0)
    assert process.receive_late(over, SECONDS) == b"said late"


def test_a_limit_is_put_off_so_far_and_no_further() -> None:
    """Nobody is judged for ever, however busy a machine is, and nobody loses time."""
    assert later_s(3.0, 5.0) == 3.0
    assert later_s(1e9, 5.0) == (PATIENCE - 1) * 5.0
    assert later_s(-1.0, 5.0) == 0.0


def _ends(link: str, seconds: float) -> Ends:
    return Ends(time.monotonic() - 10.0, {"limits": {"seconds": seconds}, "link": link})


def test_only_a_judge_says_how_long_others_have_waited() -> None:
    """Where a learner's code runs beside the judge, what comes from there puts no end off."""
    told = [json.dumps({"event": "later", "seconds": 1e9}).encode()]
    for link, later in (("direct", 0.0), ("pipe", 0.0), ("pool", (PATIENCE - 1) * 5.0)):
        ends = _ends(link, 5.0)
        ends.left_s(os.getpid())
        ends.hear(told)
        before = ends.left_s(os.getpid())
        assert before == pytest.approx(5.0 - 10.0 + 0.25 + later, abs=1.0)
