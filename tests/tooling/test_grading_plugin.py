"""Plain pytest runs hidden suites and public examples; everybody else's pytest does not notice us."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_course import SLUG, TinyCourse

from halfway.grading import Grader

OTHERS = [
    "looptime_plugin",
    "looptime_chronometers",
    "looptime_timeproxies",
    "anyio",
    "hypothesispytest",
    "xdist",
]


def _pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    quiet = [part for name in OTHERS for part in ("-p", f"no:{name}")]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--import-mode=importlib",
        "-p",
        "no:cacheprovider",
        *quiet,
    ]
    # Where CI is set, pytest says each message a second time, in its summary.
    elsewhere = {name: value for name, value in os.environ.items() if name not in ("CI", "BUILD_NUMBER")}
    return subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env=elsewhere,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_reference_keeps_its_suite_under_plain_pytest(tiny: TinyCourse) -> None:
    """Without a submission, a hidden suite judges the reference."""
    done = _pytest(tiny.root, "tests/exercises")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_a_broken_promise_is_shown_as_a_learner_reads_it(tiny: TinyCourse) -> None:
    """Plain pytest shows Saw, Rule, Ask and the story, and no frame of ours."""
    done = _pytest(tiny.root, "tests/exercises", "--submission", str(tiny.mutant("key_per_attempt")))
    assert done.returncode == 1
    assert "  Saw   one incident, 2 keys: ring/disk#1, ring/disk#0" in done.stdout
    assert "  !!   0.000 s  the call is" in done.stdout
    assert "judging.py" not in done.stdout
    assert "1 failed, 2 passed" in done.stdout


@pytest.mark.parametrize("given", ["exercises", f"exercises/{SLUG}", f"exercises/{SLUG}/ring.py"])
def test_a_submission_is_a_file_its_folder_or_a_folder_of_units(tiny: TinyCourse, given: str) -> None:
    """However it is named, the learner's file is judged."""
    done = _pytest(tiny.root, "tests/exercises", "--submission", given)
    assert "3 failed" in done.stdout
    assert "`publish` is still to be written" in done.stdout


def test_a_file_that_does_not_import_is_told_under_plain_pytest(tiny: TinyCourse) -> None:
    """Each promise says why it is not reached."""
    tiny.write("x = (\n")
    done = _pytest(tiny.root, "tests/exercises", "--submission", "exercises")
    assert done.stdout.count("ring.py, line 1, is not Python: '(' was never closed") == 3
    done = _pytest(tiny.root, "exercises")
    assert "ring.py, line 1, is not Python: '(' was never closed" in done.stdout
    assert "submission.py" not in done.stdout


def test_a_story_is_told_again_under_plain_pytest(tiny: TinyCourse) -> None:
    """`--replay` runs the one promise with the one story."""
    submission = str(tiny.mutant("key_per_attempt"))
    arguments = ("tests/exercises", "--submission", submission, "--replay")
    assert "1 failed" in _pytest(tiny.root, *arguments, "2/ring~1~the-call-is-refused").stdout
    assert "1 passed" in _pytest(tiny.root, *arguments, "2").stdout
    refused = _pytest(tiny.root, *arguments, "2/nonsense")
    assert "label~time~option" in refused.stdout + refused.stderr
    assert "Traceback" not in refused.stdout + refused.stderr


def test_public_examples_run_on_the_file_beside_them(tiny: TinyCourse) -> None:
    """`pytest exercises/...` judges the learner's own file; --submission names another."""
    assert "2 failed" in _pytest(tiny.root, f"exercises/{SLUG}").stdout
    tiny.write(tiny.solution)
    assert "2 passed" in _pytest(tiny.root, f"exercises/{SLUG}").stdout
    assert "2 passed" in _pytest(tiny.folder, "test_examples.py").stdout
    mutant = str(tiny.mutant("one_key_for_all"))
    assert "1 failed, 1 passed" in _pytest(tiny.root, "exercises", "--submission", mutant).stdout


def test_two_units_may_name_their_file_alike(tiny: TinyCourse) -> None:
    """Each unit's examples get their own module, also while they run, and none is left behind."""
    import shutil

    tiny.write(tiny.solution)
    other = tiny.root / "exercises" / "ex92_other"
    shutil.copytree(tiny.folder, other)
    (other / "ring.py").write_text("WHO = 'other'\n", encoding="utf-8")
    examples = (
        "from ring import WHO\n\ndef test_who():\n    import ring\n    assert ring.WHO == WHO == 'other'\n"
    )
    (other / "test_examples.py").write_text(examples, encoding="utf-8")
    after = tiny.root / "exercises" / "test_zz_after.py"
    after.write_text(
        "import sys\n\ndef test_nothing_is_left():\n    assert 'ring' not in sys.modules\n", encoding="utf-8"
    )
    done = _pytest(tiny.root, "exercises")
    assert "4 passed" in done.stdout, done.stdout


def test_an_unrelated_run_pays_nothing(tmp_path: Path) -> None:
    """In a project that is no course, nothing of kit, simulation or catalog is imported."""
    (tmp_path / "test_other.py").write_text(
        "import sys\n\n\ndef test_other():\n"
        "    ours = {name for name in sys.modules if name.startswith('halfway')}\n"
        "    assert ours == {'halfway', 'halfway.grading', 'halfway.grading.judge',"
        " 'halfway.grading.judge.plugin', 'halfway.render',"
        " 'halfway.render.reporting'}\n",
        encoding="utf-8",
    )
    done = _pytest(tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_fixtures_explain_where_they_belong(tmp_path: Path) -> None:
    """Outside of a hidden suite `unit` says where it is at home; one's own `unit` is left alone."""
    (tmp_path / "test_ours.py").write_text("def test_a(unit): pass\n", encoding="utf-8")
    (tmp_path / "test_own.py").write_text(
        "import pytest\n@pytest.fixture\ndef unit(): return 7\ndef test_b(unit): assert unit == 7\n",
        encoding="utf-8",
    )
    done = _pytest(tmp_path)
    assert "belongs to the hidden suite of a unit" in done.stdout
    assert "1 passed" in done.stdout


def test_examples_have_a_verdict_of_their_own(tiny: TinyCourse, grader: Grader) -> None:
    """The public examples are judged by the same function: their assertion is what was seen."""
    verdict = grader.grade("91", tiny.mutant("one_key_for_all"), suite="examples")
    kept, broken = verdict.promises
    assert (verdict.suite, kept.status, kept.text) == ("examples", "kept", "One incident rings once.")
    assert broken.saw.splitlines()[0] == "assert False"
    assert "'ring' = key_of('disk-7')" in broken.saw
    assert broken.note.startswith("in test_examples.py, line ")
    assert verdict.misconception is None


@pytest.mark.parametrize(
    ("source", "status", "saw"),
    [
        (None, "broken", "`publish` is still to be written"),
        ("def key_of(x): return 'ring/'\n", "not_reached", "ring.py has no `publish`"),
        ("x = (\n", "not_reached", "ring.py, line 1, is not Python: '(' was never closed"),
        ("raise SystemExit\n", "not_reached", "ring.py ends the process while it is imported (sys.exit)"),
    ],
)  # fmt: skip
def test_examples_name_what_is_wrong_with_the_file(
    tiny: TinyCourse, grader: Grader, source: str | None, status: str, saw: str
) -> None:
    """The same kind lines as for the hidden suite."""
    if source is not None:
        tiny.write(source)
    verdict = grader.grade("91", suite="examples")
    assert (verdict.promises[0].status, verdict.promises[0].saw) == (status, saw)
    assert not verdict.fault


def test_an_error_in_an_example_has_the_learners_line(tiny: TinyCourse, grader: Grader) -> None:
    """An exception that comes out of the learner's code is told with its line there."""
    tiny.write_with('return f"ring/{incident}"', "raise ValueError('no')")
    result = grader.grade("91", suite="examples").promises[1]
    assert result.saw == "your code raised ValueError: no"
    assert [f.text for f in result.frames] == ["raise ValueError('no')"]
