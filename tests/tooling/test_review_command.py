"""`halfway review` as an instructor types it: what it says, how it ends, and how it goes on."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from attack_arena import descendants
from cli_course import read_until
from review_school import SECONDS_MAX, TRUST, School
from whole_machine import needs_sandboxes, on_a_disk

MANY, SOME = 40, 16
WORKER = ("review-worker", "--create-database", "--out")
LATE = """\
import os
while os.path.exists({!r}):
    pass
"""
QUIET = """\
import os, sys
os.getloadavg = lambda: (0.0, 0.0, 0.0)
from halfway.cli import main
sys.exit(main())
"""
"""The command on a machine that does nothing else: on a busy one, a late verdict is given more time."""
FULL = """
    "$@" & review=$!
    while ! [ -e {told}/fill ]; do sleep 0.05; done
    cat /dev/zero > {disk}/ballast 2>/dev/null
    while ! [ -e {told}/room ]; do sleep 0.05; done
    rm {disk}/ballast
    wait $review
"""


def test_without_sandboxes_nothing_is_run(tmp_path: Path) -> None:
    """Where bubblewrap is missing, a review and a worker end with 4: what to install, and the way round."""
    school = School(tmp_path)
    review = [word for word in school.words() if word != TRUST]
    for words in (review, ["review-worker", "--out", str(school.out)]):
        refused = school.type(*words, PATH=str(tmp_path))
        assert refused.returncode == 4
        assert "No submission was run" in refused.stderr
        assert TRUST in refused.stderr
        if sys.platform == "linux":
            assert "apt-get install bubblewrap" in refused.stderr
    assert not school.out.exists()


@pytest.mark.slow
def test_what_is_graded_is_not_graded_again(tmp_path: Path) -> None:
    """A new submission is one verdict more; the others stay as they are, to the second.

    Trust is told loudly, at the terminal and at the foot of each page.
    """
    school = School(tmp_path)
    (school.handed_in / "no.zip").write_bytes(b"hello")
    first = school.type(*school.words())
    assert first.returncode == 0, first.stderr
    assert "not taken: no.zip: is not a zip" in first.stderr
    assert "WARNING: --trust-submissions" in first.stderr
    assert "write its own marks" in first.stderr
    for page in school.out.rglob("*.html"):
        assert "<strong>without sandboxes</strong>" in page.read_text()
    before = school.verdicts()
    assert len(before) == 3
    school.hand_in("late", "x = 1")
    status = school.type(*school.words("--status"))
    assert "     3  graded\n     1  not queued yet\n" in status.stdout
    second = school.type(*school.words())
    assert second.returncode == 0, second.stderr
    assert "3 of 4 graded" in second.stderr
    assert before.items() <= school.verdicts().items()
    assert len(school.verdicts()) == 4


@pytest.mark.slow
def test_faults_of_the_checker_are_graded_again_when_asked(tmp_path: Path) -> None:
    """They end a review with 3, cost nobody anything, and stay until --retry-checker-faults."""
    school = School(tmp_path, learners=1)
    school.fault.touch()
    done = school.type(*school.words())
    assert done.returncode == 3
    assert "The checker failed on 1 of the submissions" in done.stderr
    assert "the same command with `--retry-checker-faults`" in done.stderr
    school.fault.unlink()
    assert school.type(*school.words()).returncode == 3
    again = school.type(*school.words("--retry-checker-faults"))
    assert again.returncode == 0, again.stderr
    assert ",3,3," in (school.out / "exports" / "grades.csv").read_text()


@pytest.mark.slow
def test_what_ran_out_of_time_is_graded_again_when_asked(tmp_path: Path) -> None:
    """It keeps its verdict until --retry-out-of-time, which leaves every other verdict as it is."""
    school, busy = School(tmp_path, learners=2), tmp_path / "busy"
    school.hand_in("late", f"{LATE.format(str(busy))}\n{school.course.solution}")
    busy.touch()
    review = school.words("--workers", "0")
    asked = "ran out of time. If this machine was busy"
    with school.begin(*WORKER, str(school.out), TRUST, program=("-c", QUIET)) as worker:
        first = school.type(*review)
        before = school.verdicts()
        busy.unlink()
        faults = school.type(*review, "--retry-checker-faults")
        unchanged = school.verdicts()
        again = school.type(*review, "--retry-out-of-time")
        worker.terminate()
    assert [run.returncode for run in (first, faults, again)] == [0, 0, 0], first.stderr
    assert f"1 of the submissions {asked}" in first.stderr
    assert f"1 of the submissions {asked}" in faults.stderr
    assert unchanged == before
    assert asked not in again.stderr
    late = next(name for name, text in before.items() if '"out_of_time"' in text)
    after = school.verdicts()
    assert '"passed": true' in after.pop(late)
    assert after.items() <= before.items()
    assert len(after) == 2


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as a POSIX signal")
def test_ctrl_c_cancels_and_the_same_command_goes_on(tmp_path: Path) -> None:
    """What is graded stays; the rest waits until the same command is typed again."""
    school = School(tmp_path, MANY)
    with school.begin(*school.words()) as run:
        read_until(run, f" of {MANY} graded")
        read_until(run, f" of {MANY} graded")
        run.send_signal(signal.SIGINT)
        read_until(run, "Cancelled. What is graded stays")
        assert run.wait(SECONDS_MAX) == 130
    status = school.type(*school.words("--status")).stdout
    assert "  graded\n" in status
    assert "  cancelled\n" in status
    assert "waiting" not in status
    again = school.type(*school.words())
    assert again.returncode == 0, again.stderr
    assert not again.stderr.startswith("0 of")
    assert len(school.verdicts()) == MANY


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="sandboxes need Linux")
def test_a_killed_worker_leaves_no_sandbox(tmp_path: Path) -> None:
    """kill -9 in the middle of confined verdicts: all that it had started ends, and no verdict is missing."""
    needs_sandboxes()
    school = School(tmp_path, SOME)
    words = [word for word in school.words() if word != TRUST]
    with school.begin(*words) as run:
        read_until(run, f" of {SOME} graded")
        read_until(run, f" of {SOME} graded")
        started = descendants(run.pid)
        worker = min(started, key=lambda pid: int(started[pid]))
        below = descendants(worker)
        os.kill(worker, signal.SIGKILL)
        read_until(run, "The report: ")
        assert run.wait(SECONDS_MAX) == 0
    assert len(below) > 3
    assert not below.items() & descendants(1).items()
    right = [name for name, text in school.verdicts().items() if '"passed": true' in text]
    assert len(school.verdicts()) == SOME
    assert len(right) == SOME // 2


# ---- disks


def test_a_disk_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    """Before anything is graded: what cannot be written, and the next command."""
    school = School(tmp_path)
    school.out.mkdir()
    run = school.begin(*school.words(), around=on_a_disk("--ro-bind", str(tmp_path), str(tmp_path)))
    said, _ = run.communicate(timeout=SECONDS_MAX)
    assert run.returncode == 4, said
    assert f"{school.out}" in said
    assert "Read-only file system" in said
    assert "name another folder with `--out`" in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_disk_that_fills_up_is_waited_for(tmp_path: Path) -> None:
    """In the middle of a class the disk is full: it is said, and with room made, no verdict is missing."""
    school = School(tmp_path, MANY)
    disk = tmp_path / "disk"
    disk.mkdir()
    school.out = disk / "report"
    shell = ("sh", "-c", FULL.format(told=tmp_path, disk=disk), "sh")
    around = [*on_a_disk("--size", "9000000", "--tmpfs", str(disk)), *shell]
    with school.begin(*school.words(), around=around) as run:
        read_until(run, f" of {MANY} graded")
        read_until(run, f" of {MANY} graded")
        (tmp_path / "fill").touch()
        read_until(run, "waiting for the database: ")
        (tmp_path / "room").touch()
        read_until(run, f"{MANY} of {MANY} graded")
        read_until(run, "The report: ")
        assert run.wait(SECONDS_MAX) == 0


@pytest.mark.slow
def test_a_database_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """A damaged file, an address that is none, a server that is not there: told, and without a password."""
    school = School(tmp_path)
    (school.out / ".review").mkdir(parents=True)
    (school.out / ".review" / "queue.sqlite").write_bytes(b"this is no database" * 99)
    damaged = school.type(*school.words())
    assert damaged.returncode == 4
    assert "file is not a database" in damaged.stderr
    nowhere = school.type(*school.words("--database-url", "postgresql://me:secret@127.0.0.1:9/none"))
    assert nowhere.returncode == 4
    assert "Next: look whether it runs" in nowhere.stderr
    no_address = school.type(*school.words("--database-url", "mysql://me:secret@host/none"))
    assert no_address.returncode == 4
    assert "postgresql://USER:PASSWORD@HOST/DATABASE" in no_address.stderr
    for run in (damaged, nowhere, no_address):
        assert "Traceback" not in run.stderr
        assert "secret" not in run.stderr
