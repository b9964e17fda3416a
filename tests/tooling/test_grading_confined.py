"""Verdicts from sandboxes: equal to those without, and nothing but the declared file is ever looked at."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from whole_machine import confined_grader, needs_sandboxes

from halfway import catalog
from halfway.grading import ConfinementError, Grader, Verdict, grade_confined
from halfway.kit import TheirError, Unit, only_story
from halfway.links.guard import Limits
from halfway.links.sandbox import bubblewrap, pools
from halfway.links.sandbox.client import Sandboxes, ZygoteHost
from halfway.links.sandbox.link import Pool, ReachedError
from halfway.links.sandbox.rehearsal import rehearse

PATIENT = Limits(seconds=40.0)


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Grader, Grader]]:
    """A grader without sandboxes, and one with."""
    with Grader(limits=PATIENT) as direct, confined_grader(limits=PATIENT) as confined:
        yield direct, confined


def _judged(verdict: Verdict) -> Verdict:
    return replace(verdict, seconds=0.0, seeds=(), unusual=())


def test_the_secret_is_kept_in_the_verdict_and_changes_nothing(both, tmp_path: Path):
    """Names and order come from a secret of each run: it stands in the verdict, and decides nothing."""
    unit = catalog.find("51")
    wrong = catalog.write_out(unit, unit.mutants[0], tmp_path)
    first, second = (both[1].grade(unit.slug, wrong, secret=secret) for secret in ("one", "two"))
    assert (first.seeds, second.seeds) == (("one",), ("two",))
    assert _judged(first) == _judged(second)


def test_links_lead_nowhere(both, tmp_path: Path):
    """A link to the solution, a folder that is one, and a pipe that nobody writes to count as no file."""
    unit = catalog.find("41")
    link, folder, pipe = (tmp_path / name / unit.slug for name in ("link", "folder", "pipe"))
    link.mkdir(parents=True)
    (link / unit.file).symlink_to(unit.solution)
    folder.parent.mkdir()
    folder.symlink_to(unit.solution.parent)
    pipe.mkdir(parents=True)
    os.mkfifo(pipe / unit.file)
    for submission in (link.parent, folder.parent, pipe.parent, link / unit.file):
        verdict = both[1].grade(unit.slug, submission)
        assert {result.status for result in verdict.promises} == {"not_reached"}
        assert verdict.promises[0].saw == "keys.py is not there"


@pytest.mark.parametrize(
    "name", ["conftest.py", "pytest.ini", "sitecustomize.py", "asyncio.py", "test_keys.py"]
)
def test_what_is_handed_in_beside_the_file_is_not_looked_at(both, tmp_path: Path, name: str):
    """Settings, plugins and shadows of the standard library have no effect."""
    unit = catalog.find("41")
    (tmp_path / unit.file).write_text(unit.program(unit.mutant("key_per_attempt")))
    skips = "[pytest]\naddopts = --collect-only\n" if name.endswith(".ini") else "raise SystemExit(0)\n"
    (tmp_path / name).write_text(skips)
    verdict = both[1].grade(unit.slug, tmp_path)
    assert {result.status for result in verdict.promises} == {"kept", "broken"}
    assert verdict.misconception is not None
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([unit.file, name])


def test_without_bubblewrap_it_refuses_and_says_what_to_type(monkeypatch: pytest.MonkeyPatch):
    """Where no sandbox can be made nothing is graded: the message names the package and the way round."""
    monkeypatch.setattr(bubblewrap, "program", lambda name: None)
    with pytest.raises(ConfinementError, match=r"apt-get install bubblewrap.*--trust-submissions"):
        grade_confined("41", catalog.find("41").solution)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("sleep 9", r"had not done so after 0\.2 s; next: look whether `.*bwrap --version` answers"),
        (
            "echo 'setting up uid map: Permission denied' >&2; exit 1",
            r"uid map: .*apparmor_restrict_unprivileged",
        ),
    ],
)
def test_bubblewrap_that_hangs_or_is_restricted_has_a_clear_line(tmp_path: Path, monkeypatch, script, said):
    """Before any work begins: what happened, what to look at, and the way round."""
    bwrap = tmp_path / "bwrap"
    bwrap.write_text(f"#!/bin/sh\n{script}\n")
    bwrap.chmod(0o755)
    monkeypatch.setattr(bubblewrap, "found", lambda: str(bwrap))
    monkeypatch.setattr(bubblewrap, "PROBE_S", 0.2)
    with pytest.raises(ConfinementError, match=rf"{said}.*--trust-submissions"):
        Grader(confined=True)


def test_without_libseccomp_it_refuses_and_says_what_to_type(monkeypatch: pytest.MonkeyPatch):
    """Submissions whose system calls cannot be filtered are not run."""
    monkeypatch.setitem(sys.modules, "pyseccomp", None)
    with pytest.raises(ConfinementError, match=r"apt-get install libseccomp2.*--trust-submissions"):
        Grader(confined=True)


def test_whoever_trusts_a_submission_needs_no_sandbox(monkeypatch: pytest.MonkeyPatch):
    """The explicit way round runs it as the learner's own machine does."""
    monkeypatch.setattr(bubblewrap, "program", lambda name: None)
    unit = catalog.find("41")
    verdict = grade_confined("41", unit.solution, trust=True, limits=PATIENT)
    assert verdict.passed
    assert verdict.seeds == ()


def test_a_rehearsal_goes_every_way_a_call_can_end():
    """What sandboxes are forked from has seen a call return, raise, be cancelled and crash; nothing stays."""
    ends = [json.loads(line)[1] for line in rehearse(1) if line.startswith(b'["done"')]
    assert {end[0][0] for end in ends} == {"returned", "raised", "cancelled", "crashed"}
    assert "rehearsal" not in sys.modules


AS_NOBODY = """
import os, sys
os.setgroups([]); os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)
sys.path[:0] = sys.argv[1:]
from halfway.links.sandbox.client import Sandboxes, ZygoteHost
from halfway.links.sandbox.link import Pool
zygote = ZygoteHost()
looks = "import os\\nprint([name for name in NAMES if os.access(f'/{name}', os.F_OK)])\\n"
source = "NAMES = 'tmp usr root home etc proc var run sys'.split()\\n" + looks
pool = Pool(source, "keys", Sandboxes(zygote.channel()))
print(pool.look()['unusual'], pool.try_import(), pool._ask(["printed"]))
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="here no test has root's rights")
def test_whoever_has_no_rights_gets_sandboxes_too(both):
    """Without root a sandbox has a user namespace of its own, and shows no more than root's does."""
    python = shutil.which("python3", path="/usr/bin")
    version = "import sys; sys.exit(sys.version_info < (3, 11))"
    if python is None or subprocess.run([python, "-c", version], check=False).returncode:
        pytest.skip("no Python that every user may run")
    sources = str(Path(bubblewrap.__file__).parents[3])
    filters = str(Path(pytest.importorskip("pyseccomp").__file__).parent)
    command = [python, "-B", "-c", AS_NOBODY, sources, filters]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert done.stderr == ""
    assert done.stdout.startswith("['os'] None ")
    assert "['tmp', 'usr']" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="names among abstract sockets are Linux's")
def test_no_two_judges_take_one_core():
    """Whoever comes second does not get it; when the first one has gone, whoever comes next does."""
    core = 1_000_000 + os.getpid()  # no machine has it, and no judge at work beside this test takes it
    first = pools._lock_of(core)
    assert first is not None
    assert pools._lock_of(core) is None
    first.close()
    again = pools._lock_of(core)
    assert again is not None
    again.close()


FORKS_LATER = """
import os

def ring():
    return 1

def fork():
    return os.fork()

def loop():
    while True:
        pass
"""


@pytest.fixture
def pool() -> Iterator[Pool]:
    """A link to sandboxes whose judge has no clock: whoever asks where a program is ends its time."""
    needs_sandboxes()
    zygote = ZygoteHost()
    sandboxes = Sandboxes(zygote.channel())
    pool = Pool(FORKS_LATER, "program", sandboxes, Limits(seconds=2.0))
    yield pool
    pool.close()
    sandboxes.close()
    zygote.close()


def test_every_sandbox_refuses_processes_and_knows_the_line(pool: Pool):
    """Not only in the sandbox that was looked at first: each says what it refuses, and where it still is."""
    pool.look()
    assert pool.try_import() is None
    unit = Unit(pool)
    story = only_story(unit)
    with story.process():
        assert unit.ring() == 1
    with story.process(), pytest.raises(TheirError, match=r"starts a process \(os\.fork\)"):
        unit.fork()
    assert pool.size == 2
    with story.process(), pytest.raises(ReachedError) as reached:
        threading.Timer(0.2, pool.ask_where).start()
        unit.loop()
    assert reached.value.limit == "time"
    assert {name for _, name in reached.value.frames} == {"loop"}


def test_a_judge_that_ends_while_it_asks_takes_no_sandbox_from_others():
    """Who has asked how a sandbox ended, and is gone when the answer comes, leaves the others theirs."""
    needs_sandboxes()
    zygote = ZygoteHost()
    gone = zygote.channel()
    gone.send(b"take")
    number, descriptors, _, _ = socket.recv_fds(gone, 1024, 3)
    gone.send(b"how " + number)  # that takes a moment, as it lives
    gone.close()
    other = Sandboxes(zygote.channel())
    for descriptor in (*descriptors, *other.take()[1:]):
        os.close(descriptor)
    other.close()
    zygote.close()
