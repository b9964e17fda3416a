"""Laws that grade: one thing of a lawful unit is broken, and exactly that is found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
import tiny_unit as at
from tiny_unit import Tiny

from halfway.grading import ConfinementError
from halfway.links.guard import Limits
from halfway.prove import Prover, prove, verdicts
from halfway.prove.law_01_trees import law_1_course
from halfway.prove.law_13_time import law_13_time
from halfway.prove.verdicts import OTHER_SEED, SEED

TWO_KEYS, ONE_RING = "test_two_incidents_have_two_keys", "test_a_lost_reply_does_not_ring_twice"
KEY = 'return f"ring/{incident}"'


@pytest.fixture(scope="module")
def lawful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiny]:
    """A lawful course, made once."""
    course = Tiny(tmp_path_factory.mktemp("lawful") / "course")
    yield course
    course.close()


@pytest.fixture
def tiny(lawful: Tiny) -> Iterator[Tiny]:
    """A lawful course, restored after each test."""
    yield lawful
    lawful.restore()


@pytest.mark.parametrize("law", [2, 4, 12, 13, 14])
def test_a_lawful_unit_breaks_none_of_them(tiny: Tiny, law: int) -> None:
    """Nothing is found in a unit that keeps the law."""
    assert tiny.findings(law) == []


# ---- 2: the stub


def test_a_stub_imports(tiny: Tiny) -> None:
    """A stub that does not import is found once, and not once for each promise."""
    tiny.append(at.STUB, "\nimport nothing_of_this_name\n")
    (found,) = tiny.findings(2)
    assert found.where == at.STUB
    assert found.what.startswith("The stub does not import: ring.py imports what is not installed")


def test_a_stub_keeps_no_promise(tiny: Tiny) -> None:
    """A promise that code which does nothing keeps is found, at its test."""
    tiny.change(at.SUITE, "    disk, load = unit.key_of(", "    disk, load = str(")
    tiny.change(at.SUITE, 'unit.key_of(story.name("load"))', 'str(story.name("load"))')
    (found,) = tiny.findings(2)
    assert found.what == f"The stub keeps `{TWO_KEYS}`, although nothing of it is written."
    assert found.where.startswith(f"{at.SUITE}:")


def test_a_stub_fails_by_what_is_not_written(tiny: Tiny) -> None:
    """A stub that fails in another way gives a learner the wrong start, and is found."""
    tiny.change(
        at.STUB,
        '    """Give the key of an incident."""\n    raise NotImplementedError',
        '    """Give the key of an incident."""\n    raise KeyError(incident)',
    )
    (found,) = tiny.findings(2)
    assert (
        f"breaks `{TWO_KEYS}` by something else than NotImplementedError: your code raised KeyError"
        in found.what
    )
    assert found.where.startswith(f"{at.SUITE}:")


def test_a_stub_does_not_pass_the_examples(tiny: Tiny) -> None:
    """Examples that say nothing are found."""
    tiny.write(at.EXAMPLES, 'def test_nothing():\n    """Nothing."""\n')
    (found,) = tiny.findings(2)
    assert (found.where, found.what) == (at.EXAMPLES, "The stub already passes every public example.")


def test_a_stub_to_repair_breaks_a_promise_and_is_fenced(tiny: Tiny) -> None:
    """A stub to repair runs and is wrong; what it keeps is broken by a mutant."""
    tiny.change(at.TOML, "implement", "repair")
    tiny.write(at.STUB, tiny.unit.program(tiny.unit.mutant("key_per_attempt")))
    tiny.change(
        at.EXAMPLES,
        '"receipt-1"\n    assert',
        '"receipt-1"\n    assert "-" not in phone.keys[0][5:]\n    assert',
    )
    assert [finding.what for finding in tiny.findings(2)] == []
    tiny.remove_mutant("one_key_for_all")
    (unfenced,) = tiny.findings(2)
    assert (
        unfenced.what
        == f"The stub keeps `{TWO_KEYS}`, and no mutant breaks it: a fence that nobody runs into."
    )


def test_a_stub_to_repair_is_no_right_answer(tiny: Tiny) -> None:
    """A stub to refactor that keeps everything leaves nothing to do, and is found."""
    tiny.change(at.TOML, "implement", "refactor")
    tiny.write(at.STUB, tiny.path(at.SOLUTION).read_text(encoding="utf-8"))
    whats = [finding.what for finding in tiny.findings(2)]
    assert whats == [
        "The stub of a unit to refactor breaks no promise by a promise.",
        "The stub already passes every public example.",
    ]


def test_a_stub_to_write_tests_has_none(tiny: Tiny) -> None:
    """A test that is already there is found, with its line."""
    tiny.change(at.TOML, "implement", "write-the-test")
    assert tiny.findings(2) == []
    tiny.append(at.STUB, "\n\ndef test_it() -> None:\n    assert True\n")
    (found,) = tiny.findings(2)
    assert "has one already: `test_it`" in found.what


# ---- 4: right answers


def test_another_right_answer_is_right(tiny: Tiny) -> None:
    """An answer in also/ that breaks a promise is found, with what a learner would be told."""
    tiny.change(
        at.ALSO,
        "phone.ring(named, incident)\n        except",
        'phone.ring(named + "!", incident)\n        except',
    )
    (found,) = tiny.findings(4)
    assert found.where == at.ALSO
    assert f"does not keep `{ONE_RING}`, in the order of the suite: broken" in found.what
    assert "one incident rang 2 times" in found.what


def test_a_right_answer_passes_the_examples(tiny: Tiny) -> None:
    """An example that a right answer fails is found."""
    tiny.change(at.EXAMPLES, 'startswith("ring")', 'startswith("rang")')
    assert [finding.where for finding in tiny.findings(4)] == [at.SOLUTION, at.ALSO]
    assert all("in the public examples" in finding.what for finding in tiny.findings(4))


def test_a_suite_that_fails_by_itself_is_found(tiny: Tiny) -> None:
    """A fault of the checker is told as one, for every right answer."""
    tiny.change(at.SUITE, "disk != load,", "len({disk, load}) - 1,")
    found = tiny.findings(4)
    assert {finding.where for finding in found} == {at.SOLUTION, at.ALSO}
    assert all("The checker fails on this right answer" in finding.what for finding in found)


def test_tests_do_not_depend_on_their_order(tiny: Tiny) -> None:
    """A test that another one has to run before is found."""
    tiny.change(at.SUITE, "\n\nclass Phone", "\n\nran = []\n\n\nclass Phone")
    tiny.change(at.SUITE, "    disk, load = unit", "    ran.append(unit)\n    disk, load = unit")
    tiny.change(at.SUITE, "{REFUSED, LOST}, depth=2", "{REFUSED, LOST}, depth=2 if ran else 1")
    found = [finding.what for finding in tiny.findings(4)]
    assert found
    assert all(f"`{ONE_RING}` ends differently" in what and "in another order" in what for what in found)


def test_nothing_depends_on_the_hash_seed(tiny: Tiny) -> None:
    """A suite that explores in the order of a set of names is found."""
    tiny.change(
        at.SUITE, "{REFUSED, LOST}, depth=2", f"{{REFUSED, LOST}}, depth=1 + (hash('a') == {hash_of_a(SEED)})"
    )
    found = [finding.what for finding in tiny.findings(4)]
    assert len(found) == 4
    assert all("ends differently" in what and "under another hash seed" in what for what in found)
    assert hash_of_a(SEED) != hash_of_a(OTHER_SEED)


def hash_of_a(seed: str) -> int:
    """Gives the hash of a text in a process of this seed."""
    import os
    import subprocess
    import sys

    command = [sys.executable, "-c", "print(hash('a'))"]
    return int(subprocess.check_output(command, env={**os.environ, "PYTHONHASHSEED": seed}))


def test_a_right_answer_does_not_feel_its_link(tiny: Tiny) -> None:
    """An answer that is right beside its judge alone is found."""
    tiny.change(
        at.SOLUTION,
        KEY,
        'import sys\n\n    return f"ring/{incident}" if "halfway.kit" in sys.modules else "ring"',
    )
    found = [finding.what for finding in tiny.findings(4)]
    assert len(found) == 2
    assert all(f"`{TWO_KEYS}` ends differently over a pipe" in what for what in found)


# ---- 12: transcripts


def test_another_word_is_seen(tiny: Tiny) -> None:
    """A change of what a learner is shown is found, with whose it is and the lines that change."""
    tiny.change(at.SUITE, "what makes two incidents differ?", "what differs?")
    (found,) = tiny.findings(12)
    assert found.where == at.GOLDEN
    assert "for `one_key_for_all`:" in found.what
    assert "-  Ask   what makes two incidents differ?" in found.what
    assert "+  Ask   what differs?" in found.what
    assert f"halfway prove {at.SLUG} --accept" in found.next


def test_a_transcript_holds_what_is_shown_at_once(tiny: Tiny) -> None:
    """Stub, solution and wrong ideas are in one file, with the first broken promise of each open."""
    text = tiny.path(at.GOLDEN).read_text(encoding="utf-8")
    assert re.findall(r"^=+ (\w+)$", text, re.MULTILINE) == [
        "stub",
        "solution",
        "key_per_attempt",
        "one_key_for_all",
    ]
    assert text.count(f"{at.SLUG}  {at.STUB}") == 4
    assert text.count("  Ask   ") == 2


def test_a_transcript_is_missing(tiny: Tiny) -> None:
    """A unit whose transcript nobody has read yet is found."""
    tiny.remove(at.GOLDEN)
    (missing,) = tiny.findings(12)
    assert (missing.where, missing.what) == (at.GOLDEN, "There is no transcript yet.")


def test_a_transcript_that_belongs_to_nobody_is_found(tiny: Tiny) -> None:
    """One of a wrong idea that is gone differs; a file of no unit is told for the course."""
    tiny.change(at.WRONG_IDEAS, "## one_key_for_all", "## same_key")
    (found,) = tiny.findings(12)
    assert "for `one_key_for_all`, `same_key`:" in found.what
    tiny.write("tests/golden/ex90_gone.txt", "old")
    (orphan,) = law_1_course(tiny.course)
    assert (orphan.where, orphan.what) == (
        "tests/golden/ex90_gone.txt",
        "This transcript belongs to no unit.",
    )


def test_accept_writes_what_is_shown_and_gives_the_difference(tiny: Tiny) -> None:
    """After `accept` nothing is found, and the difference is there to be read."""
    tiny.change(at.SUITE, "what makes two incidents differ?", "what differs?")
    with Prover(tiny.course, accept=True) as prover:
        assert prover.findings(tiny.unit, 12) == []
        (changed,) = prover.report.diffs
    assert f"+++ b/{at.GOLDEN}" in changed
    assert "+  Ask   what differs?" in changed
    assert tiny.findings(12) == []


def test_a_verdict_without_an_end_is_no_transcript(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ran into a limit is not written down, also where it is accepted: another machine is faster."""
    monkeypatch.setattr(verdicts, "LIMITS", Limits(seconds=0.4))
    tiny.change(at.WRONG_IDEAS, 'return "ring"', "while True:\n+        pass")
    before = tiny.path(at.GOLDEN).read_text(encoding="utf-8")
    with Prover(tiny.course, accept=True) as prover:
        found = [finding.what for finding in prover.findings(tiny.unit, 12)]
    assert any("`one_key_for_all` came to no end (out_of_time)" in what for what in found)
    assert tiny.path(at.GOLDEN).read_text(encoding="utf-8") == before


# ---- 13: time


def test_a_suite_that_takes_too_long_is_found(tiny: Tiny) -> None:
    """CPU time is measured, and the figure is told."""
    case = tiny.prover.case(tiny.unit)
    assert list(law_13_time(case, cpu_s_max=0.3)) == []
    assert 0 < case.report.cpu_s[at.SLUG] <= 0.3
    tiny.change(
        at.SUITE,
        "    disk, load =",
        "    sum(number * number for number in range(15_000_000))\n    disk, load =",
    )
    (found,) = law_13_time(replace(case, unit=tiny.unit), cpu_s_max=0.3)
    assert f"takes {case.report.cpu_s[at.SLUG]:.2f} s of CPU time" in found.what


# ---- 14: sandboxes


def test_a_sandbox_changes_no_verdict(tiny: Tiny) -> None:
    """An answer that is right beside the judge alone is found with both verdicts, and so is an edit of it."""
    tiny.change(
        at.SOLUTION,
        "    # An incident has one key.",
        '    if "pytest" not in __import__("sys").modules:\n        return "ring"',
    )
    found = tiny.findings(14)
    assert {finding.where for finding in found} == {at.SOLUTION, at.KEY_PER_ATTEMPT}
    assert f"`{TWO_KEYS}` ends differently in sandboxes: first kept" in found[0].what


def test_where_no_sandbox_can_be_made_it_is_said(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law 14 is not passed over in silence: the report says that nobody looked, and what to do."""

    def missing() -> None:
        raise ConfinementError("bubblewrap is not installed")

    monkeypatch.setattr(verdicts.bubblewrap, "probe", missing)
    report = prove(course=tiny.course, laws=[14])
    assert report.ok
    assert str(report) == (
        "Law 14 was not looked at: bubblewrap is not installed\n\nEvery other law is kept."
    )
